-- id: C05
-- severity: warning
-- ja: 業務実施責任者が示されていない、又はその資格が登載されていない
-- en: the report names no field lead, or the qualification is not on file
-- basis: ISMAP監査機関登録規則 (業務実施責任者の資格要件)
-- basis-en: ISMAP Auditor Registration Rules (qualification of the field lead)
-- basis-version: not verified
-- effective: 記載を求めるのは、パラメータ particulars_from 以後の報告書
-- next-ja: 業務実施責任者とその資格を監査機関に確認する
-- next-en: ask the auditor for the field lead and the qualification
SELECT j.listing AS listing, j.seq AS record,
	CASE WHEN code IS NULL THEN '業務実施責任者が示されていない' ELSE '業務実施責任者の資格が登載されていない' END AS ja,
	CASE WHEN code IS NULL THEN 'the report names no field lead' ELSE 'the qualification of the field lead is not on file' END AS en,
	'a qualified field lead' AS expected, coalesce(code, 'none') AS found
FROM (SELECT *, json_extract(body, '$.field_lead') AS code FROM cited_report) AS j
WHERE (code IS NOT NULL OR j.dated_first >= param('particulars_from'))
	AND NOT EXISTS (SELECT 1 FROM auditor_term AS t JOIN record AS r ON r.seq = t.seq, json_each(r.body, '$.field_leads') AS l
		WHERE t.auditor = j.auditor AND t.from_first <= j.dated_last AND t.until_last >= j.dated_first
			AND json_extract(l.value, '$.code') = code AND json_extract(l.value, '$.qualification') IS NOT NULL)
