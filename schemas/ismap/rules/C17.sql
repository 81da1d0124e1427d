-- id: C17
-- severity: invalid
-- ja: 発見事項があるのに改善計画書がない
-- en: there are findings but no improvement plan
-- basis: {registration-rules} (発見事項がある場合の改善計画書)
-- basis-en: {registration-rules-en} (improvement plan where there are findings)
-- basis-version: not verified
-- next-ja: 改善計画書の提出と登載を確認する
-- next-en: look for the improvement plan
WITH s AS MATERIALIZED (SELECT * FROM standing),
judged AS MATERIALIZED (
	SELECT s.listing AS listing, r.seq AS seq, r.service AS service, r.findings AS findings,
		coalesce(max(p.own IS 1 AND p.last <= q.as_of), 0) AS surely,
		coalesce(max(p.first <= q.as_of), 0) AS maybe
	FROM s JOIN asked AS q JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report
		LEFT JOIN plan AS p ON p.report = r.seq AND (p.listing IS NULL OR p.listing = s.listing)
	WHERE r.findings <> 'none'
	GROUP BY s.listing, r.seq),
result AS (
	SELECT j.*, EXISTS (SELECT 1 FROM proved AS p WHERE p.subject = '{scheme}/service:' || j.service) AS whole
	FROM judged AS j WHERE NOT surely)
SELECT listing, seq AS record,
	CASE WHEN maybe THEN '改善計画書の提出日又は承継の日の精度が足りず、判断できない'
		WHEN NOT whole THEN 'サービスに関する記録が全部そろっておらず、改善計画書の有無を確認できない'
		ELSE '発見事項があるのに改善計画書がない' END AS ja,
	CASE WHEN maybe THEN 'the date of the improvement plan, or of the succession, is too coarse to tell'
		WHEN NOT whole THEN 'not all records about the service are here, so a plan cannot be ruled out'
		ELSE 'there are findings but no improvement plan' END AS en,
	'an improvement plan' AS expected, 'findings: ' || findings AS found,
	CASE WHEN maybe OR NOT whole THEN 'unverifiable' ELSE 'invalid' END AS severity,
	CASE WHEN maybe THEN 'cannot-decide' WHEN NOT whole THEN 'completeness' ELSE '' END AS reason
FROM result
