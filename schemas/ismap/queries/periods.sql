-- Every audit period that a cycle of the listing rests on, up to the day asked about.
WITH c AS MATERIALIZED (
	SELECT c.report AS record, min(c.listing) AS listing, c.period_from AS first, c.period_to AS last, c.audit_cycle AS cycle,
		c.from_first AS from_first, c.to_last AS to_last
	FROM cycle AS c, asked AS q
	WHERE c.start_first <= q.as_of AND c.listing = q.listing AND c.report IS NOT NULL
	GROUP BY c.report)
SELECT first, last, cycle, record,
	days_between(lag(to_last) OVER (ORDER BY from_first, record), from_first) - 1 AS gap_days
FROM c ORDER BY from_first, record
