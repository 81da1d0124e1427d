SELECT 'listing' AS step, '登録' AS label_ja, 'listing' AS label_en, c.counted_from AS date, c.seq AS record, '' AS party_ja, '' AS party_en,
	'' AS text_ja, '' AS text_en
FROM cert AS c JOIN asked AS q ON q.listing = c.listing
