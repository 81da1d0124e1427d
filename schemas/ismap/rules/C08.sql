-- id: C08
-- severity: invalid
-- ja: 監査対象期間が1年を超えている
-- en: the audit period is longer than one year
-- basis: ISMAP管理基準 2.2.5、標準監査手続 3.1 (監査対象期間は最大1年)
-- basis-en: ISMAP Control Criteria 2.2.5; Standard Audit Procedures 3.1 (an audit period is one year at most)
-- basis-version: not verified
-- next-ja: 監査対象期間を報告書で確認する
-- next-en: check the audit period in the report
WITH s AS MATERIALIZED (SELECT * FROM standing),
judged AS MATERIALIZED (
	SELECT s.listing AS listing, r.*,
		add_period(r.from_first, param('period_max_years'), 'year') AS limit_first,
		add_period(r.from_last, param('period_max_years'), 'year') AS limit_last
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report)
SELECT listing, seq AS record, '監査対象期間が1年を超えている' AS ja, 'the audit period is longer than one year' AS en,
	'to ' || limit_last || ' at the latest' AS expected, period_from || '/' || period_to AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT j.*, to_first > limit_last AS surely FROM judged AS j WHERE to_last > limit_first)
