-- From an audit period, given as period_from and period_to, to every day that follows from it; with a listing, to what its standing
-- cycle demands as well.  A period given by months or years gives intervals: the first day is the one to keep.
WITH g AS MATERIALIZED (
	SELECT f.value AS period_from, t.value AS period_to, day_first(f.value) AS from_first, day_last(f.value) AS from_last,
		day_first(t.value) AS to_first, day_last(t.value) AS to_last
	FROM given AS f JOIN given AS t ON t.name = 'period_to' WHERE f.name = 'period_from'),
-- The days after the period and after the next one, on which every term here begins.
d AS MATERIALIZED (
	SELECT g.*, add_days(to_first, 1) AS next_first, add_days(to_last, 1) AS next_last,
		add_period(add_days(to_first, 1), param('period_max_years'), 'year') AS end_first,
		add_period(add_days(to_last, 1), param('period_max_years'), 'year') AS end_last
	FROM g),
r AS MATERIALIZED (
	SELECT d.*, add_period(next_first, param('report_deadline_months'), 'month') AS report_first,
		add_period(next_last, param('report_deadline_months'), 'month') AS report_last,
		add_period(add_days(end_first, 1), param('report_deadline_months'), 'month') AS again_first,
		add_period(add_days(end_last, 1), param('report_deadline_months'), 'month') AS again_last,
		add_period(next_first, param('validity_months'), 'month') AS expiry_first,
		add_period(next_last, param('validity_months'), 'month') AS expiry_last
	FROM d),
s AS MATERIALIZED (SELECT s.* FROM standing AS s JOIN asked AS q ON q.listing = s.listing),
line AS (
	SELECT 1 AS n, 'due' AS kind, 'report-due' AS step, '実施結果報告書の報告日の期限' AS label_ja, 'report dated by' AS label_en,
		report_first AS first, report_last AS last, 'C11' AS rule, 'report_deadline_months' AS parameter FROM r
	UNION ALL
	SELECT 2, 'due', 'application-due', '申請の期限(報告が期限の日である場合)', 'application by (when the report is dated on its last day)',
		add_period(add_days(report_first, 1), param('application_deadline_months'), 'month'),
		add_period(add_days(report_last, 1), param('application_deadline_months'), 'month'), 'D02', 'application_deadline_months' FROM r
	UNION ALL
	SELECT 3, 'date', 'next-period-from', '次の監査対象期間の初日(空白なし)', 'next audit period begins (no gap)',
		next_first, next_last, 'C12', NULL FROM r
	UNION ALL
	SELECT 4, 'due', 'next-period-to', '次の監査対象期間の末日(最長)', 'next audit period ends by', end_first, end_last, 'C08', 'period_max_years' FROM r
	UNION ALL
	SELECT 5, 'due', 'next-report-due', '次の実施結果報告書の報告日の期限(最長の場合)', 'next report dated by (of the longest period)',
		again_first, again_last, 'C11', 'report_deadline_months' FROM r
	UNION ALL
	SELECT 6, 'due', 'renewal-due', '更新申請の期限', 'application to renew by', expiry_first, expiry_last, 'E04', 'validity_months' FROM r
	UNION ALL
	SELECT 7, 'date', 'expiry', '登録の有効期限', 'registration expires on', expiry_first, expiry_last, 'E02', 'validity_months' FROM r
	UNION ALL
	SELECT 8, 'due', 'present-renewal-due', '現在の登録の更新申請の期限', 'application to renew the present registration by',
		s.expiry_first, s.expiry_last, 'E04', 'validity_months' FROM r JOIN s WHERE s.expiry_first IS NOT NULL AND s.to_first < r.from_last),
-- What speaks against the plan.  first: the day to keep to instead, and what it is, as day_ja and day_en.
issue AS (
	SELECT 11 AS n, 'period-too-long' AS step, 'C08' AS rule, 'period_max_years' AS parameter, '監査対象期間が上限より長い' AS label_ja,
		'the audit period is too long' AS label_en, to_first > add_period(from_last, param('period_max_years'), 'year') AS surely,
		to_last > add_period(from_first, param('period_max_years'), 'year') AS maybe, 'invalid' AS severity,
		add_period(from_first, param('period_max_years'), 'year') AS first,
		'末日として認められる最も遅い日' AS day_ja, 'the latest day it may end on is' AS day_en FROM r
	UNION ALL
	SELECT 12, 'period-too-short', 'C09', 'period_min_months', '監査対象期間が下限より短い', 'the audit period is too short',
		to_last < add_period(from_first, param('period_min_months'), 'month'), to_first < add_period(from_last, param('period_min_months'), 'month'),
		'invalid', add_period(from_last, param('period_min_months'), 'month'),
		'末日として認められる最も早い日', 'the earliest day it may end on is' FROM r
	UNION ALL
	SELECT 13, 'gap', 'C12', NULL, '現在の登録の監査対象期間との間に空白がある', 'there is a gap after the audit period of the present registration',
		r.from_first > add_days(s.to_last, 1), r.from_last > add_days(s.to_first, 1), 'warning', add_days(s.to_first, 1),
		'空白のない初日', 'the day to begin on without a gap is' FROM r JOIN s
	WHERE s.to_first IS NOT NULL
	UNION ALL
	SELECT 14, 'overlap', 'C13', 'overlap_tolerance_days', '現在の登録の監査対象期間と重なる', 'it overlaps the audit period of the present registration',
		days_between(r.from_last, s.to_first) + 1 > param('overlap_tolerance_days'), days_between(r.from_first, s.to_last) + 1 > param('overlap_tolerance_days'),
		'invalid', add_days(s.to_last, 1), '重ならない最も早い初日', 'the earliest day to begin on without overlap is' FROM r JOIN s WHERE s.to_first IS NOT NULL AND r.from_last > s.from_first
	UNION ALL
	SELECT 15, 'ends-too-late', 'E04', 'validity_months', '監査対象期間の末日が、現在の登録の更新申請の期限より前でない', 'the period does not end before the application to renew is due',
		r.to_first >= s.expiry_last, r.to_last >= s.expiry_first, 'expired', add_days(s.expiry_first, -1),
		'現在の登録の更新に間に合う最も遅い末日', 'the latest day it may end on, for the present registration to be renewed, is' FROM r JOIN s
	WHERE s.expiry_first IS NOT NULL AND s.to_first < r.from_last)
SELECT kind, step, label_ja, label_en, first, last, rule, parameter, NULL AS severity, NULL AS day_ja, NULL AS day_en FROM (SELECT * FROM line ORDER BY first, n)
UNION ALL
SELECT 'issue', step, label_ja, label_en, first, first, rule, parameter, CASE WHEN surely THEN severity ELSE 'unverifiable' END, day_ja, day_en
FROM (SELECT * FROM issue WHERE maybe ORDER BY n)
