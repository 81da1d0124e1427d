-- id: C06
-- severity: invalid
-- ja: 監査機関が事業者自身である、又は事業者と資本若しくは役員の関係を有する
-- en: the auditor is the provider itself, or is tied to it by capital or officers
-- basis: {registration-rules} (外部監査、資本関係及び役員等の情報)
-- basis-en: {registration-rules-en} (external audit; capital ties, officers and the like)
-- basis-version: not verified
-- next-ja: 資本関係及び役員等の情報を確認する
-- next-en: check the information on capital and officers
SELECT j.listing AS listing, j.seq AS record, '監査機関が事業者自身である' AS ja, 'the auditor is the provider itself' AS en,
	'an independent auditor' AS expected, j.auditor AS found
FROM cited_report AS j WHERE j.auditor = j.provider
UNION ALL
SELECT j.listing, j.seq, '監査機関が事業者と資本又は役員の関係を有する', 'the auditor is tied to the provider by capital or officers',
	'an independent auditor', j.auditor
FROM cited_report AS j JOIN record AS a ON a.seq = j.application, json_each(a.body, '$.capital_ties') AS t
WHERE json_extract(t.value, '$.party') = j.auditor
GROUP BY j.listing, j.seq
