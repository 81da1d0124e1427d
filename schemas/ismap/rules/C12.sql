-- id: C12
-- severity: warning
-- ja: 前回の監査対象期間との間に監査空白期間がある
-- en: there is a gap between the previous audit period and this one
-- basis: {registration-rules} (監査対象期間の連続)
-- basis-en: {registration-rules-en} (continuity of audit periods)
-- basis-version: not verified
-- next-ja: 前回と今回の実施結果報告書の監査対象期間を確認する
-- next-en: compare the audit periods of the previous and the present report
WITH s AS MATERIALIZED (SELECT * FROM standing WHERE report IS NOT NULL),
before AS MATERIALIZED (
	SELECT s.entry AS entry, r.seq AS record, r.period_to AS period_to, r.to_first AS to_first, r.to_last AS to_last
	FROM s JOIN asked AS q JOIN report AS r ON r.service = s.service AND r.seq <> s.report
	WHERE r.cycle IN ('initial', 'annual') AND r.from_first < s.from_first
		AND NOT EXISTS (SELECT 1 FROM withdrawn_report AS w WHERE w.report = r.seq AND w.last <= q.as_of)
	UNION ALL
	SELECT s.entry, e.previous, e.period_to, e.to_first, e.to_last
	FROM s JOIN earlier AS e ON e.entry = s.entry
	WHERE e.period_to IS NOT NULL AND e.report IS NULL),
last AS MATERIALIZED (
	SELECT * FROM (SELECT b.*, row_number() OVER (PARTITION BY entry ORDER BY to_last DESC, record DESC) AS n FROM before AS b)
	WHERE n = 1),
gap AS (
	SELECT s.listing AS listing, s.report AS report, s.audit_cycle AS audit_cycle, s.kind AS kind, s.period_from AS period_from,
		l.record AS previous, l.period_to AS period_to,
		days_between(l.to_last, s.from_first) - 1 AS least, days_between(l.to_first, s.from_last) - 1 AS most
	FROM s LEFT JOIN last AS l ON l.entry = s.entry),
result AS (
	SELECT g.*, CASE WHEN previous IS NULL THEN 'evidence-not-on-record' WHEN least > 0 THEN '' ELSE 'cannot-decide' END AS reason
	FROM gap AS g
	WHERE CASE WHEN previous IS NULL THEN kind = 'renewal' AND audit_cycle = 'annual' ELSE most > 0 END)
SELECT listing, report AS record,
	CASE reason WHEN 'evidence-not-on-record' THEN '前回の監査対象期間が台帳になく、空白の有無を確認できない'
		WHEN '' THEN '監査空白期間 ' || least || '日' ELSE '日付の精度が足りず、監査空白期間の有無を判断できない' END AS ja,
	CASE reason WHEN 'evidence-not-on-record' THEN 'the previous audit period is not on record, so a gap cannot be ruled out'
		WHEN '' THEN 'audit gap of ' || least || CASE least WHEN 1 THEN ' day' ELSE ' days' END
		ELSE 'the dates are too coarse to tell whether there is an audit gap' END AS en,
	coalesce('from the day after ' || period_to || ' (#' || previous || ')', 'the previous audit period') AS expected,
	'from ' || period_from AS found,
	CASE reason WHEN 'cannot-decide' THEN 'unverifiable' ELSE 'warning' END AS severity, reason
FROM result
