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
WITH term AS MATERIALIZED (
	SELECT j.listing AS listing, j.seq AS seq, t.from_last <= j.dated_first AND t.until_first >= j.dated_last AS surely,
		nullif(json_extract(r.body, '$.engagement_leads'), '[]') AS leads
	FROM cited_report AS j JOIN auditor_term AS t ON t.auditor = j.auditor AND t.from_first <= j.dated_last AND t.until_last >= j.dated_first
		JOIN record AS r ON r.seq = t.seq),
by AS MATERIALIZED (
	SELECT j.listing AS listing, j.seq AS seq, json_extract(j.body, '$.engagement_lead') AS code
	FROM cited_report AS j WHERE json_extract(j.body, '$.engagement_lead') IS NOT NULL
	UNION
	SELECT j.listing, j.seq, g.member FROM cited_report AS j JOIN signer AS g ON g.seq = j.seq AND g.counted AND g.role = 'auditor'),
held AS (
	SELECT b.listing AS listing, b.seq AS seq, b.code AS code, t.surely AS surely, t.leads AS leads,
		EXISTS (SELECT 1 FROM json_each(t.leads) AS l WHERE l.value = b.code) AS named
	FROM by AS b JOIN term AS t ON t.listing = b.listing AND t.seq = b.seq),
-- Not registered in a term that surely ran, nor in all that may have run; a term that has no leads on file is held against nobody.
result AS (
	SELECT listing, seq, code, max(named OR (leads IS NULL AND NOT surely)) AS maybe
	FROM held GROUP BY listing, seq, code
	HAVING NOT max(named AND surely) AND NOT min(named OR leads IS NULL))
SELECT listing, seq AS record,
	CASE WHEN min(maybe) THEN '日付の精度が足りず、報告日に登録されていた業務執行責任者によるか判断できない'
		ELSE '報告書の署名者又は業務執行責任者が登録されていない' END AS ja,
	CASE WHEN min(maybe) THEN 'the dates are too coarse to tell whether the signer of the report, or its engagement lead, was registered as one'
		ELSE 'the signer of the report, or its engagement lead, is not registered as one' END AS en,
	(SELECT group_concat(code, ', ') FROM (SELECT DISTINCT l.value AS code FROM term AS t, json_each(t.leads) AS l
		WHERE t.seq = r.seq)) AS expected,
	group_concat(code, ', ') AS found,
	CASE WHEN min(maybe) THEN 'unverifiable' ELSE 'invalid' END AS severity,
	CASE WHEN min(maybe) THEN 'cannot-decide' ELSE '' END AS reason
FROM result AS r GROUP BY listing, seq
