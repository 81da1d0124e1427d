-- id: C09
-- severity: invalid
-- ja: 監査対象期間が3か月に満たない
-- en: the audit period is shorter than three months
-- basis: ISMAP管理基準 2.2.5 (1年より短い場合も3か月以上の運用)
-- basis-en: ISMAP Control Criteria 2.2.5 (three months of operation at least where it is shorter than a year)
-- basis-version: not verified
-- next-ja: 監査対象期間を報告書で確認する
-- next-en: check the audit period in the report
WITH s AS MATERIALIZED (SELECT * FROM standing),
judged AS MATERIALIZED (
	SELECT s.listing AS listing, r.*,
		add_period(r.from_first, param('period_min_months'), 'month') AS least_first,
		add_period(r.from_last, param('period_min_months'), 'month') AS least_last
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report
	WHERE r.cycle IN ('initial', 'annual'))
SELECT listing, seq AS record, '監査対象期間が3か月に満たない' AS ja, 'the audit period is shorter than three months' AS en,
	'to ' || least_first || ' at the earliest' AS expected, period_from || '/' || period_to AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT j.*, to_last < least_first AS surely FROM judged AS j WHERE to_first < least_last)
