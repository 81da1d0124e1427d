-- What expires and what falls due on the listing asked about: of the standing cycle, unless it has ended, and of the improvement plans of
-- its services.  first and last: the bounds of the day; after: the day behind it.  What is over and done is left out.
WITH s AS MATERIALIZED (SELECT s.* FROM standing AS s JOIN asked AS q ON q.listing = s.listing),
ended AS MATERIALIZED (
	SELECT r.seq AS seq FROM s JOIN asked AS q JOIN subject AS b ON b.listing = s.listing
		JOIN record AS r ON r.seq = b.seq AND r.type IN ('deletion', 'withdrawal')
	WHERE day_last(json_extract(r.body, '$.effective_on')) BETWEEN s.start_first AND q.as_of),
c AS MATERIALIZED (SELECT * FROM s WHERE NOT EXISTS (SELECT 1 FROM ended)),
n AS MATERIALIZED (
	SELECT c.entry AS entry, add_days(c.to_first, 1) AS first, add_days(c.to_last, 1) AS last,
		add_period(add_days(c.to_first, 1), param('period_max_years'), 'year') AS end_first,
		add_period(add_days(c.to_last, 1), param('period_max_years'), 'year') AS end_last
	FROM c WHERE c.computed),
own AS MATERIALIZED (
	SELECT c.service AS service FROM c WHERE c.service IS NOT NULL
	UNION SELECT json_extract(i.value, '$.id') FROM c, json_each(c.body, '$.services') AS i),
plan AS MATERIALIZED (
	SELECT r.seq AS seq, r.body AS body FROM record AS r JOIN subject AS b ON b.seq = r.seq JOIN own AS o ON o.service = b.service
	WHERE r.type = 'improvement-plan' AND json_extract(r.body, '$.due_on') IS NOT NULL),
-- A deferral that nothing decided since has settled.
held AS MATERIALIZED (
	SELECT d.seq AS seq, d.first AS first, d.last AS last FROM c JOIN asked AS q JOIN decision AS d ON d.listing = c.listing
	WHERE d.outcome = 'deferred' AND d.last <= q.as_of AND d.first >= c.start_first
		AND NOT EXISTS (SELECT 1 FROM decision AS x WHERE x.listing = c.listing AND x.first > d.last AND x.last <= q.as_of)),
item AS (
	SELECT 'expires' AS kind, '登録の有効期限' AS label_ja, 'registration expires' AS label_en, c.expiry_first AS first, c.expiry_last AS last,
		c.entry AS record, CASE WHEN k.surely THEN 'E03' ELSE 'E02' END AS rule, CASE WHEN c.computed THEN 'validity_months' END AS parameter,
		CASE WHEN k.surely THEN '更新審査中' ELSE '' END AS text_ja, CASE WHEN k.surely THEN 'renewal pending' ELSE '' END AS text_en
	FROM c LEFT JOIN carry AS k ON k.listing = c.listing WHERE c.expiry_first IS NOT NULL
	UNION ALL
	SELECT 'renewal-due', '更新申請の期限', 'application to renew is due', c.expiry_first, c.expiry_last, c.entry, 'E04',
		CASE WHEN c.computed THEN 'validity_months' END, '', ''
	FROM c WHERE c.expiry_first IS NOT NULL AND NOT EXISTS (SELECT 1 FROM renewal AS w WHERE w.timely IS 1)
	UNION ALL
	SELECT 'period-ends', '次の監査対象期間の末日(最長)', 'next audit period ends by', n.end_first, n.end_last, n.entry, 'C08', 'period_max_years', '', ''
	FROM n JOIN asked AS q WHERE n.end_last >= q.as_of
	UNION ALL
	SELECT 'report-due', '次の実施結果報告書の期限(最長の場合)', 'next report is due (of the longest period)',
		add_period(add_days(n.end_first, 1), param('report_deadline_months'), 'month'),
		add_period(add_days(n.end_last, 1), param('report_deadline_months'), 'month'), n.entry, 'C11', 'report_deadline_months', '', ''
	FROM n JOIN asked AS q WHERE add_period(add_days(n.end_last, 1), param('report_deadline_months'), 'month') >= q.as_of
		AND NOT EXISTS (SELECT 1 FROM renewal AS w WHERE w.timely IS 1)
	UNION ALL
	SELECT 'plan-due', '改善計画の期限', 'improvement plan is due', day_first(json_extract(p.body, '$.due_on')), day_last(json_extract(p.body, '$.due_on')),
		p.seq, 'F01', NULL, '', ''
	FROM plan AS p
	UNION ALL
	SELECT 'deferral-ends', '登録留保の猶予の末日', 'grace of the deferral ends', add_period(add_days(h.first, 1), param('deferral_grace_months'), 'month'),
		add_period(add_days(h.last, 1), param('deferral_grace_months'), 'month'), h.seq, 'D08', 'deferral_grace_months', '', ''
	FROM held AS h)
SELECT kind, label_ja, label_en, first, last, add_days(last, 1) AS after, record, rule, parameter, text_ja, text_en
FROM item ORDER BY first, kind, record
