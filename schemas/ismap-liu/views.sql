-- What the rules of ISMAP-LIU ask of an application beyond those of ISMAP, whose views go before these.

-- The application that the standing cycle rests on.
CREATE VIEW liu AS
	SELECT s.listing AS listing, s.entry AS entry, s.kind AS kind, a.seq AS application, a.service AS service, a.applied_on AS applied_on,
		a.first AS first, a.last AS last, r.body AS body
	FROM standing AS s JOIN application AS a ON a.seq = s.application JOIN record AS r ON r.seq = a.seq;

-- The impact assessments that it names or, where earlier ones will do, that earlier applications for the service name.
CREATE VIEW assessed AS
	SELECT DISTINCT l.listing AS listing, l.application AS application, r.seq AS seq, json_extract(r.body, '$.impact') AS impact,
		json_extract(r.body, '$.assessor') AS assessor, json_extract(r.body, '$.assessed_on') AS assessed_on,
		day_first(json_extract(r.body, '$.assessed_on')) AS first, day_last(json_extract(r.body, '$.assessed_on')) AS last,
		json_extract(r.body, '$.tasks') AS tasks
	FROM liu AS l JOIN application AS b ON b.seq = l.application
			OR (param('assessment_each_cycle') = 0 AND b.service = l.service AND b.seq < l.application)
		JOIN link AS k ON k.seq = b.seq AND k.rel = 'assessment' AND k.target_type = 'impact-assessment'
		JOIN record AS r ON r.seq = k.target;

-- Special measures granted by the day asked about.
CREATE VIEW special AS
	SELECT r.seq AS seq, s.service AS service, json_extract(r.body, '$.applied_on') AS applied_on,
		day_first(json_extract(r.body, '$.applied_on')) AS applied_first, day_last(json_extract(r.body, '$.applied_on')) AS applied_last,
		json_extract(r.body, '$.ends_on') AS ends_on, day_first(json_extract(r.body, '$.ends_on')) AS ends_first,
		day_last(json_extract(r.body, '$.ends_on')) AS ends_last,
		row_number() OVER (PARTITION BY s.service ORDER BY day_last(json_extract(r.body, '$.decided_on')), r.seq) AS nth
	FROM record AS r JOIN subject AS s ON s.seq = r.seq JOIN asked AS q
	WHERE r.type = 'special-measures' AND day_first(json_extract(r.body, '$.decided_on')) <= q.as_of;

-- Standing cycles under the special measures, with the grant: the one the application names, else the newest for the service.
CREATE VIEW special_cycle AS
	SELECT * FROM (
		SELECT s.listing AS listing, s.entry AS entry, s.kind AS kind, g.seq AS seq, g.nth AS nth, g.applied_on AS applied_on,
			g.applied_first AS applied_first, g.applied_last AS applied_last, g.ends_on AS ends_on, g.ends_first AS ends_first,
			g.ends_last AS ends_last,
			row_number() OVER (PARTITION BY s.listing ORDER BY g.seq IS k.target DESC, g.nth DESC) AS n
		FROM standing AS s LEFT JOIN link AS k ON k.seq = s.application AND k.rel = 'special-measures'
			LEFT JOIN special AS g ON g.service = s.service
		WHERE json_extract(s.body, '$.list') = 'special-measures' OR k.target IS NOT NULL)
	WHERE n = 1;
