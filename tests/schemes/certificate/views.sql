-- A certificate with its term, as the small schemes of tests/schemes share it.

CREATE VIEW cert AS
	SELECT * FROM (
		SELECT r.seq AS seq, substr(a.subject, instr(a.subject, ':') + 1) AS listing, r.body AS body,
			json_extract(r.body, '$.service') AS service, json_extract(r.body, '$.provider') AS provider,
			json_extract(r.body, '$.counted_from') AS counted_from,
			CASE WHEN param('validity_months') > 0 THEN add_period(add_days(day_first(json_extract(r.body, '$.counted_from')), 1),
				param('validity_months'), 'month') END AS until_first,
			CASE WHEN param('validity_months') > 0 THEN add_period(add_days(day_last(json_extract(r.body, '$.counted_from')), 1),
				param('validity_months'), 'month') END AS until_last,
			row_number() OVER (PARTITION BY a.subject ORDER BY r.seq DESC) AS n
		FROM record AS r JOIN about AS a ON a.seq = r.seq AND a.subject GLOB '{scheme}/listing:*'
		WHERE r.type = 'listing')
	WHERE n = 1;

-- Extensions filed by the end of the term, and not before the window opens.  surely: on every reading of the dates.
CREATE VIEW extended AS
	SELECT c.listing AS listing, max(x.last <= c.until_first AND x.first >= add_days(c.until_last, -param('extension_window_days'))) AS surely,
		max(x.first <= c.until_last AND x.last >= add_days(c.until_first, -param('extension_window_days'))) AS maybe
	FROM cert AS c JOIN asked AS q JOIN (
		SELECT substr(a.subject, instr(a.subject, ':') + 1) AS listing, day_first(json_extract(r.body, '$.filed_on')) AS first,
			day_last(json_extract(r.body, '$.filed_on')) AS last
		FROM record AS r JOIN about AS a ON a.seq = r.seq WHERE r.type = 'extension') AS x ON x.listing = c.listing
	WHERE param('extension_months') > 0 AND x.first <= q.as_of
	GROUP BY c.listing;

-- The end with and without the extension; NULL: none.
CREATE VIEW term AS
	SELECT c.seq AS seq, c.listing AS listing,
		CASE WHEN x.surely THEN add_period(add_days(c.until_first, 1), param('extension_months'), 'month') ELSE c.until_first END AS until_first,
		CASE WHEN x.maybe THEN add_period(add_days(c.until_last, 1), param('extension_months'), 'month') ELSE c.until_last END AS until_last
	FROM cert AS c LEFT JOIN extended AS x ON x.listing = c.listing;
