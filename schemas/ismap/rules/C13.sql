-- id: C13
-- severity: invalid
-- ja: 監査対象期間が前の周期と重なっている、又は同じ実施結果報告書を二つの周期に用いている
-- en: audit periods of two cycles overlap, or one report serves two cycles
-- basis: 台帳の整合性 (毎年の監査を前提とする登録の更新)
-- basis-en: consistency of the ledger (renewal rests on a yearly audit)
-- basis-version: not verified
-- next-ja: 各周期の実施結果報告書と監査対象期間を確認する
-- next-en: check the report and the audit period of each cycle
WITH s AS MATERIALIZED (SELECT * FROM standing WHERE report IS NOT NULL),
other AS MATERIALIZED (
	SELECT s.listing AS listing, s.report AS report, s.period_from AS period_from, c.report AS earlier, c.period_to AS period_to,
		days_between(s.from_last, c.to_first) + 1 AS least, days_between(s.from_first, c.to_last) + 1 AS most
	FROM s JOIN cycle AS c ON c.listing = s.listing
	WHERE c.entry <> s.entry AND c.decision IS NOT s.decision AND c.outcome IS 'registered'
		AND c.start_last <= s.start_last AND c.report IS NOT NULL
	GROUP BY s.listing, c.report)
SELECT listing, report AS record,
	CASE WHEN again THEN '同じ実施結果報告書を二つの周期に用いている'
		WHEN surely THEN '監査対象期間が前の周期と ' || least || '日重なっている'
		ELSE '日付の精度が足りず、監査対象期間の重なりを判断できない' END AS ja,
	CASE WHEN again THEN 'one report serves two cycles'
		WHEN surely THEN 'the audit period overlaps that of an earlier cycle by ' || least || ' day(s)'
		ELSE 'the dates are too coarse to tell whether the audit periods overlap' END AS en,
	CASE WHEN again THEN 'a report of its own' ELSE 'from after ' || period_to || ' (#' || earlier || ')' END AS expected,
	CASE WHEN again THEN '#' || earlier ELSE 'from ' || period_from END AS found,
	CASE WHEN again OR surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN again OR surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT o.*, earlier = report AS again, least > param('overlap_tolerance_days') AS surely
	FROM other AS o WHERE earlier = report OR most > param('overlap_tolerance_days'))
