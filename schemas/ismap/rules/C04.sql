-- id: C04
-- severity: invalid
-- ja: 実施結果報告書が、登録された業務執行責任者によるものでない
-- en: the report is not by a registered engagement lead
-- basis: ISMAP監査機関登録規則 (業務執行責任者)
-- basis-en: ISMAP Auditor Registration Rules (engagement partner)
-- basis-version: not verified
-- next-ja: 報告日に登録されていた業務執行責任者を監査機関の登録記録で確認する
-- next-en: check who was registered as engagement lead on the report date
-- types: auditor-registration/engagement_leads
WITH lead AS MATERIALIZED (
	SELECT DISTINCT j.listing AS listing, j.seq AS seq, l.value AS code
	FROM cited_report AS j JOIN auditor_term AS t ON t.auditor = j.auditor AND t.from_first <= j.dated_last AND t.until_last >= j.dated_first
		JOIN record AS r ON r.seq = t.seq, json_each(r.body, '$.engagement_leads') AS l),
by AS MATERIALIZED (
	SELECT j.listing AS listing, j.seq AS seq, json_extract(j.body, '$.engagement_lead') AS code
	FROM cited_report AS j WHERE json_extract(j.body, '$.engagement_lead') IS NOT NULL
	UNION
	SELECT j.listing, j.seq, g.member FROM cited_report AS j JOIN signer AS g ON g.seq = j.seq AND g.counted AND g.role = 'auditor')
SELECT b.listing AS listing, b.seq AS record, '報告書の署名者又は業務執行責任者が登録されていない' AS ja,
	'the signer of the report, or its engagement lead, is not registered as one' AS en,
	(SELECT group_concat(l.code, ', ') FROM lead AS l WHERE l.seq = b.seq AND l.listing = b.listing) AS expected,
	group_concat(b.code, ', ') AS found
FROM by AS b
WHERE EXISTS (SELECT 1 FROM lead AS l WHERE l.seq = b.seq AND l.listing = b.listing)
	AND NOT EXISTS (SELECT 1 FROM lead AS l WHERE l.seq = b.seq AND l.listing = b.listing AND l.code = b.code)
GROUP BY b.listing, b.seq
