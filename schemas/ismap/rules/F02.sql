-- id: F02
-- severity: warning
-- ja: 完了とされた改善事項が、監査機関にも運用支援機関にも確認されていない
-- en: an item said to be done was confirmed neither by the auditor nor by the operations-support body
-- basis: {registration-rules} (改善計画書)。確認を要するとする扱いは本定義の既定値
-- basis-en: {registration-rules-en} (improvement plan); that it needs a look is this definition's default
-- basis-version: not verified
-- next-ja: 次の監査又はモニタリングによる確認を待つ
-- next-en: wait for the next audit or a monitoring to confirm it
-- types: improvement-plan/items
WITH done AS (
	SELECT i.*, q.as_of AS as_of FROM plan_item AS i JOIN asked AS q WHERE i.done_first <= q.as_of AND i.nth = 1)
SELECT listing AS listing, seq AS record, '改善事項 ' || no || ' の完了が確認されていない' AS ja,
	'nobody has confirmed that item ' || no || ' of the improvement plan is done' AS en,
	'a confirmation' AS expected, 'done on ' || done_on || ', by the provider''s word' AS found
FROM done AS i
WHERE NOT EXISTS (SELECT 1 FROM event AS e, json_each(e.body, '$.plan_items') AS x
		WHERE e.listing = i.listing AND e.type = 'monitoring' AND e.first <= i.as_of AND e.last >= i.done_first AND x.value = i.no)
	AND NOT EXISTS (SELECT 1 FROM report AS r JOIN record AS b ON b.seq = r.seq, json_each(b.body, '$.retested') AS x
		WHERE r.service = i.service AND r.seq <> i.report AND r.dated_first <= i.as_of AND r.dated_last >= i.done_first
			AND json_extract(x.value, '$.no') = i.no AND json_extract(x.value, '$.done'))
