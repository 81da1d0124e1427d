-- What expires and what falls due on the listing asked about: of the standing cycle, unless it has ended, and of the improvement plans of
-- its services.  first and last: the bounds of the day; after: the day behind it.  What is over and done is left out.
WITH s AS MATERIALIZED (SELECT s.* FROM standing AS s JOIN asked AS q ON q.listing = s.listing),
ended AS MATERIALIZED (
	SELECT o.seq AS seq FROM s JOIN stopped AS o ON o.listing = s.listing WHERE o.how <> 'suspension'),
c AS MATERIALIZED (SELECT * FROM s WHERE NOT EXISTS (SELECT 1 FROM ended)),
n AS MATERIALIZED (
	SELECT c.entry AS entry, add_days(c.to_first, 1) AS first, add_days(c.to_last, 1) AS last,
		add_period(add_days(c.to_first, 1), param('period_max_years'), 'year') AS end_first,
		add_period(add_days(c.to_last, 1), param('period_max_years'), 'year') AS end_last
	FROM c WHERE c.computed),
own AS MATERIALIZED (
	SELECT c.service AS service FROM c WHERE c.service IS NOT NULL
	UNION SELECT json_extract(i.value, '$.id') FROM c, json_each(c.body, '$.services') AS i),
-- What is to be improved by when: each item as the newest plan on the report has it, or the plan as a whole where it names none.
improve AS MATERIALIZED (
	SELECT seq, due_on FROM (
		SELECT p.seq AS seq, coalesce(json_extract(i.value, '$.due_on'), json_extract(p.body, '$.due_on')) AS due_on,
			json_extract(i.value, '$.done_on') AS done_on,
			row_number() OVER (PARTITION BY p.report, json_extract(i.value, '$.no') ORDER BY p.last DESC, p.seq DESC) AS n
		FROM plan AS p JOIN own AS o ON o.service = p.service JOIN asked AS q ON p.listing IS NULL OR p.listing = q.listing
			LEFT JOIN json_each(p.body, '$.items') AS i ON 1)
		JOIN asked AS q
	WHERE n = 1 AND due_on IS NOT NULL AND (done_on IS NULL OR day_first(done_on) > q.as_of)
	GROUP BY seq, due_on),
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
	SELECT 'plan-due', '改善計画の期限', 'improvement plan is due', day_first(p.due_on), day_last(p.due_on), p.seq, 'F01', NULL, '', ''
	FROM improve AS p
	UNION ALL
	SELECT 'deferral-ends', '登録留保の猶予の末日', 'grace of the deferral ends', add_period(add_days(h.first, 1), param('deferral_grace_months'), 'month'),
		add_period(add_days(h.last, 1), param('deferral_grace_months'), 'month'), h.seq, 'D08', 'deferral_grace_months', '', ''
	FROM held AS h)
SELECT kind, label_ja, label_en, first, last, add_days(last, 1) AS after, record, rule, parameter, text_ja, text_en
FROM item ORDER BY first, kind, record
