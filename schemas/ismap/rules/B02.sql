-- id: B02
-- severity: invalid
-- ja: 掲載が、報告日の後に改められた言明書を示している
-- en: the listing names a provider statement that was amended after the report
-- basis: {registration-rules} (言明書を対象とする監査)
-- basis-en: {registration-rules-en} (the audit is of a statement)
-- basis-version: not verified
-- next-ja: 掲載の拠り所とする言明書と、それを対象とした監査を確認する
-- next-en: check which statement the listing stands on, and which audit was on it
WITH named AS (
	SELECT s.listing AS listing, s.entry AS entry, t.seq AS seq, t.stated_on AS stated_on, t.first AS first, t.last AS last,
		max(j.dated_first) AS dated_first, max(j.dated_last) AS dated_last
	FROM standing AS s JOIN link AS k ON k.seq = s.entry AND k.rel = 'statement' JOIN statement AS t ON t.seq = k.target
		JOIN cited_report AS j ON j.entry = s.entry
	WHERE NOT EXISTS (SELECT 1 FROM cited_statement AS c WHERE c.entry = s.entry AND c.seq = t.seq)
	GROUP BY s.listing, t.seq)
SELECT listing, entry AS record,
	CASE WHEN surely THEN '言明書(#' || seq || ')が報告日の後に改められている' ELSE '日付の精度が足りず、言明書が報告日の後のものか判断できない' END AS ja,
	CASE WHEN surely THEN 'the statement (#' || seq || ') was amended after the report'
		ELSE 'the dates are too coarse to tell whether the statement is later than the report' END AS en,
	dated_last || ' or earlier' AS expected, stated_on AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity, CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT n.*, first > dated_last AS surely FROM named AS n WHERE last > dated_first)
