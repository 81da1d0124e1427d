-- id: B03
-- severity: invalid
-- ja: 決定の前に言明書が改められたが、追加監査がない
-- en: the statement was amended before the decision, and no additional audit is on the amended one
-- basis: {registration-rules} (追加監査)。条文は根拠未確認
-- basis-en: {registration-rules-en} (additional audit); the clause is not verified
-- basis-version: not verified
-- next-ja: 改められた言明書を対象とする追加監査の報告書を確認する
-- next-en: look for the report of an additional audit on the amended statement
SELECT listing, seq AS record,
	CASE WHEN surely THEN '決定前に改められた言明書を対象とする監査がない' ELSE '日付の精度が足りず、言明書が決定前に改められたか判断できない' END AS ja,
	CASE WHEN surely THEN 'no audit is on the statement as amended before the decision'
		ELSE 'the dates are too coarse to tell whether the statement was amended before the decision' END AS en,
	'an additional audit' AS expected, 'amended on ' || stated_on AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity, CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT DISTINCT c.listing AS listing, a.seq AS seq, a.stated_on AS stated_on, a.last < d.first AS surely
	FROM cited_statement AS c JOIN link AS k ON k.target = c.seq AND k.rel = 'amends' JOIN statement AS a ON a.seq = k.seq
		JOIN decision AS d ON d.seq = c.decision
	WHERE a.first < d.last AND a.service = c.service AND a.provider = c.provider
		AND NOT EXISTS (SELECT 1 FROM link AS x JOIN report AS r ON r.seq = x.seq
			WHERE x.target = a.seq AND x.rel = 'audits' AND r.dated_first <= d.last))
