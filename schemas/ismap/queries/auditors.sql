-- Every auditor with its newest registration, and how it stands on the day asked about.  until_first and until_last: the bounds of the day
-- to which it is registered, never longer than the rules allow, nor past a deregistration; after: the day behind.
WITH newest AS MATERIALIZED (
	SELECT * FROM (
		SELECT r.seq AS seq, s.auditor AS auditor, r.body AS body, row_number() OVER (PARTITION BY s.auditor ORDER BY r.seq DESC) AS n
		FROM record AS r JOIN subject AS s ON s.seq = r.seq WHERE r.type = 'auditor-registration' AND s.auditor IS NOT NULL)
	WHERE n = 1),
term AS MATERIALIZED (
	SELECT * FROM (SELECT t.*, row_number() OVER (PARTITION BY t.auditor ORDER BY t.seq DESC) AS n FROM auditor_term AS t) WHERE n = 1),
now AS MATERIALIZED (
	SELECT t.auditor AS auditor, max(t.from_last <= q.as_of AND q.as_of <= t.until_first) AS surely,
		max(t.from_first <= q.as_of AND q.as_of <= t.until_last) AS maybe, min(t.from_first) AS from_first, max(t.until_last) AS until_last
	FROM auditor_term AS t JOIN asked AS q GROUP BY t.auditor),
told AS MATERIALIZED (
	SELECT n.auditor AS auditor, n.seq AS record, n.body AS body,
		CASE WHEN e.last <= q.as_of THEN 'deregistered' WHEN e.first <= q.as_of OR w.auditor IS NULL THEN 'unknown'
			WHEN w.surely THEN 'registered' WHEN w.maybe THEN 'unknown' WHEN q.as_of > w.until_last THEN 'lapsed'
			WHEN q.as_of < w.from_first THEN 'not-yet' ELSE 'lapsed' END AS standing,
		min(t.until_first, coalesce(add_days(e.first, -1), t.until_first)) AS until_first,
		min(t.until_last, coalesce(add_days(e.last, -1), t.until_last)) AS until_last
	FROM newest AS n JOIN asked AS q LEFT JOIN term AS t ON t.auditor = n.auditor LEFT JOIN now AS w ON w.auditor = n.auditor
		LEFT JOIN auditor_end AS e ON e.seq = n.seq)
SELECT t.auditor AS auditor, json_extract(t.body, '$.kind') AS kind, json_extract(t.body, '$.registered_on') AS registered_on,
	json_extract(t.body, '$.valid_from') AS valid_from, json_extract(t.body, '$.valid_until') AS valid_until, t.record AS record,
	t.standing AS standing, CASE WHEN t.standing <> 'deregistered' THEN t.until_first END AS until_first,
	CASE WHEN t.standing <> 'deregistered' THEN t.until_last END AS until_last,
	CASE WHEN t.standing <> 'deregistered' THEN add_days(t.until_last, 1) END AS after,
	CASE WHEN t.standing = 'registered' THEN days_between(q.as_of, t.until_first) END AS days_left, 'C03' AS rule, 'auditor_term_years' AS parameter
FROM told AS t JOIN asked AS q ORDER BY t.auditor
