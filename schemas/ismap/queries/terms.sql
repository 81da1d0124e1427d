-- From when to when each cycle of the listing is registered, oldest first.  carried: what lies between it and the one before is bridged by an
-- application to renew that was filed in time.
WITH ended AS MATERIALIZED (
	SELECT g.seq AS seq, g.first AS on_day, g.how AS how, g.provider AS provider, h.last AS held
	FROM said_ended AS g JOIN asked AS q ON q.listing = g.listing
		LEFT JOIN (SELECT provider, min(last) AS last FROM holder GROUP BY provider) AS h ON h.provider = g.provider),
term AS MATERIALIZED (
	SELECT c.entry AS record, c.basis AS basis, c.start_first AS first, c.expiry_last AS expiry,
		(SELECT min(e.on_day) FROM ended AS e WHERE e.on_day >= c.start_first AND (c.expiry_last IS NULL OR e.on_day <= c.expiry_last)
			AND (e.how = 'deletion' OR e.held <= e.on_day OR e.provider IN (json_extract(c.body, '$.provider.party'), c.audited_provider))) AS ended_on,
		coalesce(param('carry_over') = 1 AND a.last <= e.expiry_first, 0) AS carried
	FROM cycle AS c JOIN asked AS q ON q.listing = c.listing
		LEFT JOIN earlier AS e ON e.entry = c.entry LEFT JOIN application AS a ON a.seq = c.application AND a.type = 'renewal-application'),
line AS MATERIALIZED (
	SELECT t.record AS record, t.basis AS basis, t.first AS first, t.carried AS carried,
		CASE WHEN t.ended_on IS NOT NULL THEN add_days(t.ended_on, -1) ELSE t.expiry END AS last,
		(SELECT min(e.seq) FROM ended AS e WHERE e.on_day = t.ended_on) AS ended_by
	FROM term AS t)
SELECT first, last, record, basis, ended_by, carried,
	days_between(lag(last) OVER (ORDER BY first, record), first) - 1 AS gap_days
FROM line ORDER BY first, record
