-- What the ISMAP rules and queries share.  A date given as a year or a month stands for an interval of days, kept
-- as two columns *_first and *_last; a rule that cannot decide from the bounds says so.  What a record is about is taken
-- from its sealed subjects and not from its body, so that no correction can move it to another listing.

-- First the views that hold for every day asked about.

CREATE VIEW subject AS
	SELECT a.seq AS seq,
		max(CASE WHEN a.subject GLOB '{scheme}/listing:*' THEN substr(a.subject, instr(a.subject, ':') + 1) END) AS listing,
		max(CASE WHEN a.subject GLOB '{scheme}/service:*' THEN substr(a.subject, instr(a.subject, ':') + 1) END) AS service,
		max(CASE WHEN a.subject GLOB '{scheme}/auditor:*' THEN substr(a.subject, instr(a.subject, ':') + 1) END) AS auditor
	FROM about AS a
	WHERE a.subject GLOB '{scheme}/*'
	GROUP BY a.seq;

CREATE VIEW decision AS
	SELECT r.seq AS seq, s.listing AS listing, s.service AS service, r.mode AS mode,
		json_extract(r.body, '$.kind') AS kind, json_extract(r.body, '$.outcome') AS outcome,
		json_extract(r.body, '$.minutes') AS minutes, json_extract(r.body, '$.decided_on') AS decided_on,
		day_first(json_extract(r.body, '$.decided_on')) AS first,
		day_last(json_extract(r.body, '$.decided_on')) AS last
	FROM record AS r JOIN subject AS s ON s.seq = r.seq
	WHERE r.type = 'decision';

-- Applications of both kinds.
CREATE VIEW application AS
	SELECT r.seq AS seq, r.type AS type, s.listing AS listing, s.service AS service,
		json_extract(r.body, '$.provider') AS provider, json_extract(r.body, '$.applied_on') AS applied_on,
		day_first(json_extract(r.body, '$.applied_on')) AS first,
		day_last(json_extract(r.body, '$.applied_on')) AS last
	FROM record AS r JOIN subject AS s ON s.seq = r.seq
	WHERE r.type IN ('application', 'renewal-application');

CREATE VIEW review AS
	SELECT r.seq AS seq, s.service AS service, json_extract(r.body, '$.outcome') AS outcome,
		json_extract(r.body, '$.reviewed_on') AS reviewed_on,
		day_first(json_extract(r.body, '$.reviewed_on')) AS first,
		day_last(json_extract(r.body, '$.reviewed_on')) AS last
	FROM record AS r JOIN subject AS s ON s.seq = r.seq
	WHERE r.type = 'technical-review';

CREATE VIEW statement AS
	SELECT r.seq AS seq, s.service AS service, json_extract(r.body, '$.provider') AS provider, r.body AS body,
		json_extract(r.body, '$.stated_on') AS stated_on, day_first(json_extract(r.body, '$.stated_on')) AS first,
		day_last(json_extract(r.body, '$.stated_on')) AS last
	FROM record AS r JOIN subject AS s ON s.seq = r.seq
	WHERE r.type = 'provider-statement';

CREATE VIEW report AS
	SELECT r.seq AS seq, s.service AS service, json_extract(r.body, '$.auditor') AS auditor,
		json_extract(r.body, '$.provider') AS provider, json_extract(r.body, '$.cycle') AS cycle,
		json_extract(r.body, '$.findings') AS findings, json_extract(r.body, '$.report_no') AS report_no,
		json_extract(r.body, '$.period.from') AS period_from, json_extract(r.body, '$.period.to') AS period_to,
		day_first(json_extract(r.body, '$.period.from')) AS from_first,
		day_last(json_extract(r.body, '$.period.from')) AS from_last,
		day_first(json_extract(r.body, '$.period.to')) AS to_first,
		day_last(json_extract(r.body, '$.period.to')) AS to_last,
		json_extract(r.body, '$.report_date') AS report_date,
		day_first(json_extract(r.body, '$.report_date')) AS dated_first,
		day_last(json_extract(r.body, '$.report_date')) AS dated_last,
		json_extract(r.body, '$.scope') AS scope
	FROM record AS r JOIN subject AS s ON s.seq = r.seq
	WHERE r.type = 'audit-report';

-- Reports that their own auditor has withdrawn.
CREATE VIEW withdrawn_report AS
	SELECT r.seq AS report, day_first(json_extract(w.body, '$.withdrawn_on')) AS first, day_last(json_extract(w.body, '$.withdrawn_on')) AS last
	FROM report AS r JOIN ref AS f ON f.target_seq = r.seq AND f.rel = 'withdraws'
		JOIN record AS w ON w.seq = f.seq AND w.type = 'report-withdrawal' AND json_extract(w.body, '$.auditor') = r.auditor;

-- One term of an auditor's registration; it never lasts longer than the term the rules allow.
CREATE VIEW auditor_term AS
	SELECT r.seq AS seq, s.auditor AS auditor,
		json_extract(r.body, '$.valid_from') AS valid_from, json_extract(r.body, '$.valid_until') AS valid_until,
		day_first(json_extract(r.body, '$.valid_from')) AS from_first,
		day_last(json_extract(r.body, '$.valid_from')) AS from_last,
		min(day_first(json_extract(r.body, '$.valid_until')),
			add_period(day_first(json_extract(r.body, '$.valid_from')), param('auditor_term_years'), 'year')) AS until_first,
		min(day_last(json_extract(r.body, '$.valid_until')),
			add_period(day_last(json_extract(r.body, '$.valid_from')), param('auditor_term_years'), 'year')) AS until_last
	FROM record AS r JOIN subject AS s ON s.seq = r.seq
	WHERE r.type = 'auditor-registration' AND json_extract(r.body, '$.kind') <> 'deregistration';

CREATE VIEW auditor_end AS
	SELECT r.seq AS seq, s.auditor AS auditor, json_extract(r.body, '$.effective_on') AS effective_on,
		day_first(json_extract(r.body, '$.effective_on')) AS first,
		day_last(json_extract(r.body, '$.effective_on')) AS last
	FROM record AS r JOIN subject AS s ON s.seq = r.seq
	WHERE r.type = 'auditor-registration' AND json_extract(r.body, '$.kind') = 'deregistration';

-- A listing record with the decision it names.  It is in force from the day it states for itself; without one a first
-- registration counts from its registration date, a renewal not before its decision (the published registration date
-- stays that of the first registration).
CREATE VIEW entry AS
	SELECT r.seq AS entry, s.listing AS listing, json_extract(r.body, '$.basis') AS basis, r.body AS body,
		d.seq AS decision, d.listing AS decided_listing, d.service AS decided_service, d.kind AS kind, d.outcome AS outcome,
		d.decided_on AS decided_on, d.first AS decided_first, d.last AS decided_last,
		CASE WHEN json_extract(r.body, '$.effective_on') IS NOT NULL THEN day_first(json_extract(r.body, '$.effective_on'))
			WHEN d.kind = 'renewal' THEN max(day_first(json_extract(r.body, '$.registered_on')), d.first)
			ELSE day_first(json_extract(r.body, '$.registered_on')) END AS start_first,
		CASE WHEN json_extract(r.body, '$.effective_on') IS NOT NULL THEN day_last(json_extract(r.body, '$.effective_on'))
			WHEN d.kind = 'renewal' THEN max(day_last(json_extract(r.body, '$.registered_on')), d.last)
			ELSE day_last(json_extract(r.body, '$.registered_on')) END AS start_last,
		day_first(json_extract(r.body, '$.source.as_of')) AS seen_on
	FROM record AS r JOIN subject AS s ON s.seq = r.seq
		LEFT JOIN link AS k ON k.seq = r.seq AND k.rel = 'decided-by' AND k.target_type = 'decision'
		LEFT JOIN decision AS d ON d.seq = k.target
	WHERE r.type = 'listing' AND s.listing IS NOT NULL;

-- The application and the review behind each entry.
CREATE VIEW entry_path AS
	SELECT e.entry AS entry, e.listing AS listing, e.decision AS decision, v.target AS review,
		coalesce(a.target, w.target) AS application
	FROM entry AS e
		LEFT JOIN link AS v ON v.seq = e.decision AND v.rel = 'review' AND v.target_type = 'technical-review'
		LEFT JOIN link AS a ON a.seq = e.decision AND a.rel = 'application'
		LEFT JOIN link AS w ON w.seq = v.target AND w.rel = 'reviews';

-- Every report that the decision, its application or its review names.
CREATE VIEW cycle_report AS
	SELECT p.entry AS entry, p.listing AS listing, k.target AS report
	FROM entry_path AS p JOIN link AS k ON k.seq = p.decision AND k.rel = 'report' AND k.target_type = 'audit-report'
	UNION
	SELECT p.entry, p.listing, k.target
	FROM entry_path AS p JOIN link AS k ON k.seq = p.application AND k.rel = 'report' AND k.target_type = 'audit-report'
	UNION
	SELECT p.entry, p.listing, k.target
	FROM entry_path AS p JOIN link AS k ON k.seq = p.review AND k.rel = 'report' AND k.target_type = 'audit-report';

-- The report whose period the expiry is counted from: an additional or repeated audit does not move it.
CREATE VIEW base_report AS
	SELECT * FROM (
		SELECT c.entry AS entry, r.seq AS report, r.cycle AS cycle, r.service AS service, r.provider AS provider,
			r.period_from AS period_from, r.period_to AS period_to,
			r.from_first AS from_first, r.from_last AS from_last, r.to_first AS to_first, r.to_last AS to_last,
			row_number() OVER (PARTITION BY c.entry
				ORDER BY r.cycle IN ('initial', 'annual') DESC, r.to_last DESC, r.seq DESC) AS n
		FROM cycle_report AS c JOIN report AS r ON r.seq = c.report)
	WHERE n = 1;

-- A listing record with its audit period and its expiry.  For an imported entry without a report the published
-- period counts, or else the published expiry; a decided entry stands on its report alone.
CREATE VIEW period AS
	SELECT e.entry AS entry, b.report AS report, b.cycle AS cycle, b.service AS service, b.provider AS provider,
		CASE WHEN b.report IS NOT NULL THEN b.period_from
			WHEN e.basis = 'imported' THEN json_extract(e.body, '$.audit_period.from') END AS period_from,
		CASE WHEN b.report IS NOT NULL THEN b.period_to
			WHEN e.basis = 'imported' THEN json_extract(e.body, '$.audit_period.to') END AS period_to
	FROM entry AS e LEFT JOIN base_report AS b ON b.entry = e.entry;

CREATE VIEW cycle AS
	SELECT e.*, p.review AS review, p.application AS application, q.report AS report, q.cycle AS audit_cycle,
		coalesce(e.decided_service, q.service) AS service, q.provider AS audited_provider,
		q.period_from AS period_from, q.period_to AS period_to,
		day_first(q.period_from) AS from_first, day_last(q.period_from) AS from_last,
		day_first(q.period_to) AS to_first, day_last(q.period_to) AS to_last,
		CASE WHEN q.period_to IS NOT NULL
				THEN add_period(add_days(day_first(q.period_to), 1), param('validity_months'), 'month')
			WHEN e.basis = 'imported' THEN day_first(json_extract(e.body, '$.expires_on')) END AS expiry_first,
		CASE WHEN q.period_to IS NOT NULL
				THEN add_period(add_days(day_last(q.period_to), 1), param('validity_months'), 'month')
			WHEN e.basis = 'imported' THEN day_last(json_extract(e.body, '$.expires_on')) END AS expiry_last,
		q.period_to IS NOT NULL AS computed
	FROM entry AS e JOIN entry_path AS p ON p.entry = e.entry JOIN period AS q ON q.entry = e.entry;

-- The cycle before each cycle: the newest earlier one that rests on another decision.
CREATE VIEW earlier AS
	SELECT * FROM (
		SELECT c.entry AS entry, p.entry AS previous, p.report AS report, p.start_last AS start_last,
			p.from_first AS from_first, p.from_last AS from_last, p.to_first AS to_first, p.to_last AS to_last,
			p.period_from AS period_from, p.period_to AS period_to,
			p.expiry_first AS expiry_first, p.expiry_last AS expiry_last,
			row_number() OVER (PARTITION BY c.entry ORDER BY p.start_last DESC, p.entry DESC) AS n
		FROM cycle AS c JOIN cycle AS p ON p.listing = c.listing
		WHERE p.start_last < c.start_first AND p.decision IS NOT c.decision)
	WHERE n = 1;

-- What happens beside the chain, one row for each listing concerned; what only one type has is read from the body.
CREATE VIEW event AS
	SELECT *, day_first(on_day) AS first, day_last(on_day) AS last
	FROM (SELECT r.seq AS seq, r.type AS type, substr(a.subject, instr(a.subject, ':') + 1) AS listing, s.service AS service, s.auditor AS auditor,
			coalesce(json_extract(r.body, '$.provider'), json_extract(r.body, '$.party')) AS party,
			coalesce(json_extract(r.body, '$.stage'), json_extract(r.body, '$.seen')) AS stage,
			coalesce(json_extract(r.body, '$.submitted_on'), json_extract(r.body, '$.decided_on'), json_extract(r.body, '$.reviewed_on'),
				json_extract(r.body, '$.engaged_on'), json_extract(r.body, '$.effective_on'),
				json_extract(r.body, '$.source.as_of')) AS on_day,
			r.body AS body
		FROM record AS r JOIN subject AS s ON s.seq = r.seq
			LEFT JOIN about AS a ON a.seq = r.seq AND a.subject GLOB '{scheme}/listing:*'
		WHERE r.type IN ('incident-report', 'change-notice', 'monitoring', 're-audit', 'subsequent-event', 'succession',
			'audit-engagement', 'observation', 'portal-snapshot', 'dispute', 'reply'));

-- By a succession on a listing: who came after an organisation, and since when, of a date that is no day from its first and its last.
CREATE VIEW heir AS
	WITH RECURSIVE one(listing, origin, provider, first, last) AS (
		SELECT e.listing, json_extract(e.body, '$.organisation'), json_extract(e.body, '$.organisation'), '', '' FROM event AS e
		WHERE e.type = 'succession' AND e.listing IS NOT NULL
		UNION
		SELECT o.listing, o.origin, json_extract(e.body, '$.successor'), max(o.first, day_first(json_extract(e.body, '$.effective_on'))),
			max(o.last, day_last(json_extract(e.body, '$.effective_on')))
		FROM one AS o JOIN event AS e ON e.listing = o.listing AND e.type = 'succession'
			AND json_extract(e.body, '$.organisation') = o.provider)
	SELECT listing, origin, provider, min(first) AS first, min(last) AS last FROM one WHERE provider <> origin GROUP BY listing, origin, provider;

-- Improvement plans on a report, by the provider that was audited (listing is NULL: whichever the report is cited for) or by who came after it
-- on the listing.  own: 1 yes, NULL when the dates are too coarse to tell whether it had come after it by then.
CREATE VIEW plan AS
	SELECT p.seq AS seq, r.seq AS report, r.service AS service, h.listing AS listing, p.body AS body,
		day_first(json_extract(p.body, '$.submitted_on')) AS first, day_last(json_extract(p.body, '$.submitted_on')) AS last,
		CASE WHEN h.listing IS NULL OR h.last <= day_first(json_extract(p.body, '$.submitted_on')) THEN 1 END AS own
	FROM record AS p JOIN link AS k ON k.seq = p.seq AND k.rel = 'report' AND k.target_type = 'audit-report'
		JOIN report AS r ON r.seq = k.target
		LEFT JOIN heir AS h ON h.origin = r.provider AND h.provider = json_extract(p.body, '$.provider')
	WHERE p.type = 'improvement-plan'
		AND (json_extract(p.body, '$.provider') = r.provider OR h.first <= day_last(json_extract(p.body, '$.submitted_on')));

-- What was said to end a registration: a deletion (its record or, where none names the decision, the decision alone), or a withdrawal by whoever
-- signed it.  A deletion that names no decision puts none off: it need not be the one that was decided, and one office may have signed it.
CREATE VIEW said_ended AS
	SELECT b.listing AS listing, r.seq AS seq, r.type AS how, json_extract(r.body, '$.effective_on') AS on_day,
		day_first(json_extract(r.body, '$.effective_on')) AS first, day_last(json_extract(r.body, '$.effective_on')) AS last,
		json_extract(r.body, '$.provider') AS provider
	FROM record AS r JOIN subject AS b ON b.seq = r.seq WHERE r.type IN ('deletion', 'withdrawal')
	UNION ALL
	SELECT d.listing, d.seq, 'deletion', d.decided_on, d.first, d.last, NULL FROM decision AS d
	WHERE d.kind = 'deletion' AND d.outcome = 'deleted'
		AND NOT EXISTS (SELECT 1 FROM ref AS f JOIN record AS r ON r.seq = f.seq JOIN subject AS b ON b.seq = r.seq
			WHERE f.target_seq = d.seq AND f.rel = 'decided-by' AND r.type = 'deletion' AND b.listing = d.listing);

-- From here on the views depend on the day asked about.

-- Every listing there is a word about, also when none of its records counts.
CREATE VIEW listing_name AS
	SELECT DISTINCT s.listing AS listing
	FROM record_all AS r JOIN subject AS s ON s.seq = r.seq, asked AS q
	WHERE r.type = 'listing' AND (q.listing IS NULL OR s.listing = q.listing)
	UNION
	SELECT q.listing FROM asked AS q WHERE q.listing IS NOT NULL;

CREATE VIEW in_force AS
	SELECT * FROM (
		SELECT c.*,
			CASE WHEN c.basis = 'imported' AND c.seen_on <= q.as_of THEN max(c.start_last, c.seen_on)
				ELSE c.start_last END AS known_on,
			row_number() OVER (PARTITION BY c.listing, c.basis ORDER BY
				CASE WHEN c.basis = 'imported' AND c.seen_on <= q.as_of THEN max(c.start_last, c.seen_on)
					ELSE c.start_last END DESC, c.entry DESC) AS n
		FROM cycle AS c, asked AS q
		WHERE c.start_last <= q.as_of AND (q.listing IS NULL OR c.listing = q.listing))
	WHERE n = 1;

-- The cycle a listing stands on.  What was decided on record goes before what was copied from a list, unless it had run
-- out when the list still showed the service: then a renewal happened that is not on record.
CREATE VIEW standing AS
	SELECT * FROM (
		SELECT f.*,
			max(CASE WHEN f.basis = 'decided' THEN coalesce(f.expiry_last, '9999-12-31') END)
				OVER (PARTITION BY f.listing) AS decided_until,
			max(CASE WHEN f.basis = 'imported' THEN f.known_on END) OVER (PARTITION BY f.listing) AS list_seen
		FROM in_force AS f)
	WHERE CASE WHEN decided_until IS NULL OR list_seen IS NULL THEN 1
		WHEN decided_until < list_seen THEN basis = 'imported'
		ELSE basis = 'decided' END;

-- The reports the standing cycle rests on, and the statements they are on.
CREATE VIEW cited_report AS
	SELECT s.listing AS listing, s.entry AS entry, s.decision AS decision, s.application AS application, r.*, x.body AS body
	FROM standing AS s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report JOIN record AS x ON x.seq = r.seq;

CREATE VIEW cited_statement AS
	SELECT j.listing AS listing, j.entry AS entry, j.decision AS decision, j.seq AS report, j.from_first AS from_first,
		j.from_last AS from_last, j.to_first AS to_first, j.to_last AS to_last, j.body AS report_body, t.*
	FROM cited_report AS j JOIN link AS k ON k.seq = j.seq AND k.rel = 'audits' JOIN statement AS t ON t.seq = k.target;

-- Items of the improvement plans on the service, each as the newest plan on the same report has it.  Where it cannot be told whether that
-- plan is its provider's own, the item is there a second time, as the newest one that surely is has it (nth is 1 of the first).
CREATE VIEW plan_item AS
	SELECT * FROM (
		SELECT s.listing AS listing, p.service AS service, p.report AS report, p.seq AS seq, p.own AS own, json_extract(i.value, '$.no') AS no,
			coalesce(json_extract(i.value, '$.due_on'), json_extract(p.body, '$.due_on')) AS due_on,
			day_first(coalesce(json_extract(i.value, '$.due_on'), json_extract(p.body, '$.due_on'))) AS due_first,
			day_last(coalesce(json_extract(i.value, '$.due_on'), json_extract(p.body, '$.due_on'))) AS due_last,
			json_extract(i.value, '$.done_on') AS done_on, day_first(json_extract(i.value, '$.done_on')) AS done_first,
			row_number() OVER (PARTITION BY s.listing, p.report, json_extract(i.value, '$.no') ORDER BY p.last DESC, p.seq DESC) AS nth,
			row_number() OVER (PARTITION BY s.listing, p.report, json_extract(i.value, '$.no'), p.own ORDER BY p.last DESC, p.seq DESC) AS n
		FROM standing AS s JOIN asked AS q JOIN plan AS p ON p.service = s.service AND (p.listing IS NULL OR p.listing = s.listing),
			json_each(p.body, '$.items') AS i
		WHERE p.first <= q.as_of)
	WHERE nth = 1 OR (own AND n = 1);

-- Re-audits opened by the day asked about, with what closed them by then.
CREATE VIEW reaudit AS
	SELECT * FROM (
		SELECT o.listing AS listing, o.seq AS seq, o.on_day AS on_day, o.first AS first, json_extract(o.body, '$.due_on') AS due_on,
			c.seq AS closed, c.on_day AS closed_on, c.first AS closed_first, c.last AS closed_last,
			json_extract(c.body, '$.result') AS result,
			row_number() OVER (PARTITION BY o.listing, o.seq ORDER BY c.last DESC, c.seq DESC) AS n
		FROM event AS o JOIN asked AS q
			LEFT JOIN event AS c ON c.listing = o.listing AND c.type = 're-audit' AND c.stage = 'closed' AND c.first <= q.as_of
				AND EXISTS (SELECT 1 FROM link AS k WHERE k.seq = c.seq AND k.rel = 'opened-by' AND k.target = o.seq)
		WHERE o.type = 're-audit' AND o.stage = 'opened' AND o.first <= q.as_of AND (q.listing IS NULL OR o.listing = q.listing))
	WHERE n = 1;

-- Whose listing it is: the provider listed and the one of the audit, and by a succession on the listing whoever came after one of them,
-- from the day that it took effect; of a date that is no day, from its first and its last.
CREATE VIEW holder AS
	WITH RECURSIVE one(listing, entry, provider, first, last) AS (
		SELECT s.listing, s.entry, json_extract(s.body, '$.provider.party'), '', '' FROM standing AS s
		UNION
		SELECT s.listing, s.entry, s.audited_provider, '', '' FROM standing AS s
		UNION
		SELECT o.listing, o.entry, json_extract(e.body, '$.successor'), max(o.first, day_first(json_extract(e.body, '$.effective_on'))),
			max(o.last, day_last(json_extract(e.body, '$.effective_on')))
		FROM one AS o JOIN event AS e ON e.listing = o.listing AND e.type = 'succession'
			AND json_extract(e.body, '$.organisation') = o.provider)
	SELECT listing, entry, provider, first, last FROM one WHERE provider IS NOT NULL;

-- Applications to renew the standing cycle: filed after it began and after its audit period, by its provider or who came after it.
-- timely: 1 yes, 0 no, NULL cannot be told.  over: the committee has decided.
CREATE VIEW renewal AS
	SELECT s.listing AS listing, s.entry AS entry, a.seq AS application, a.applied_on AS applied_on,
		CASE WHEN a.last <= s.expiry_first AND a.last <= q.as_of AND (h.listing IS NULL OR h.last <= a.first) THEN 1
			WHEN a.first > s.expiry_last THEN 0 END AS timely,
		coalesce(max(d.last <= q.as_of AND (d.outcome = 'rejected'
			OR (d.outcome = 'deferred' AND param('deferral_ends_carry_over') = 1)
			OR (d.outcome = 'registered' AND add_days(d.last, param('decision_to_listing_days')) < q.as_of))), 0) AS over_surely,
		coalesce(max(d.outcome = 'rejected'
			OR (d.outcome = 'deferred' AND param('deferral_ends_carry_over') = 1)
			OR (d.outcome = 'registered' AND add_days(d.first, param('decision_to_listing_days')) < q.as_of)), 0) AS over_maybe
	FROM standing AS s JOIN asked AS q
		JOIN application AS a ON a.listing = s.listing AND a.type = 'renewal-application'
		LEFT JOIN (SELECT listing, provider, min(first) AS first, min(last) AS last FROM holder GROUP BY listing, provider) AS h
			ON h.listing = s.listing AND h.provider = a.provider
		LEFT JOIN decision AS d ON d.listing = s.listing AND d.kind <> 'deletion' AND d.last >= a.first
			AND d.first <= q.as_of AND d.seq IS NOT s.decision
	WHERE a.first <= q.as_of AND a.last > max(s.start_last, coalesce(s.decided_last, ''), coalesce(s.to_last, ''))
		AND a.seq IS NOT s.application
		AND (h.first <= a.last OR NOT EXISTS (SELECT 1 FROM holder AS n WHERE n.listing = s.listing))
	GROUP BY s.listing, a.seq;

-- Does a timely application carry the listing past its expiry?
CREATE VIEW carry AS
	SELECT listing, max(param('carry_over') = 1 AND timely IS 1 AND NOT over_maybe) AS surely,
		max(param('carry_over') = 1 AND timely IS NOT 0 AND NOT over_surely) AS maybe
	FROM renewal GROUP BY listing;

-- The links of the chain that are not on record for the standing cycle.
CREATE VIEW missing_link AS
	SELECT listing, entry, 1 AS step, 'decision' AS what, '運営委員会の決定' AS label_ja, 'decision' AS label_en
	FROM standing WHERE decision IS NULL
	UNION ALL
	SELECT listing, entry, 2, 'technical_review', '技術的審査', 'technical review' FROM standing WHERE review IS NULL
	UNION ALL
	SELECT listing, entry, 3, 'audit_report', '実施結果報告書', 'audit result report' FROM standing WHERE report IS NULL
	UNION ALL
	SELECT s.listing, s.entry, 4, 'provider_statement', '言明書', 'provider statement'
	FROM standing AS s LEFT JOIN link AS k ON k.seq = s.report AND k.rel = 'audits' AND k.target_type = 'provider-statement'
	WHERE k.target IS NULL;

-- What ends a registration for good: a deletion or a withdrawal by its own provider or who came after it, unless a first registration was
-- decided after it.
CREATE VIEW ending AS
	SELECT g.* FROM said_ended AS g
		LEFT JOIN standing AS s ON s.listing = g.listing
		LEFT JOIN (SELECT listing, provider, min(last) AS last FROM holder GROUP BY listing, provider) AS h
			ON h.listing = g.listing AND h.provider = g.provider
	WHERE NOT (s.kind IS 'initial' AND s.outcome IS 'registered' AND s.decided_first > g.last)
		AND (g.how = 'deletion' OR h.last <= g.first);

-- A re-audit that went badly, on which the committee has not decided by the day asked about.
CREATE VIEW reaudit_failed AS
	SELECT * FROM (
		SELECT a.listing AS listing, a.closed AS seq, a.closed_on AS on_day, a.closed_first AS first, a.closed_last AS last,
			a.closed_last <= q.as_of AS surely, 'negative' AS what
		FROM reaudit AS a JOIN asked AS q WHERE a.result = 'not-confirmed'
		UNION ALL
		SELECT a.listing, a.seq, a.due_on, day_first(a.due_on), day_last(a.due_on), day_last(a.due_on) < q.as_of, 'overdue'
		FROM reaudit AS a JOIN asked AS q JOIN standing AS s ON s.listing = a.listing
		WHERE a.closed IS NULL AND day_first(a.due_on) < q.as_of AND NOT EXISTS (
			SELECT 1 FROM report AS r WHERE r.service = s.service AND r.cycle = 're-audit' AND r.dated_last >= a.first
				AND r.dated_first <= q.as_of AND r.dated_first <= day_last(a.due_on))) AS b
	WHERE NOT EXISTS (SELECT 1 FROM decision AS d JOIN asked AS q WHERE d.listing = b.listing AND d.first <= q.as_of AND d.last >= b.first);

-- A renewal that stands deferred on the day asked about, with the month of grace and whether a further audit was reported in it.
CREATE VIEW deferral AS
	WITH later AS MATERIALIZED (
		SELECT * FROM (
			SELECT s.listing AS listing, d.seq AS seq, d.outcome AS outcome, d.decided_on AS decided_on, d.first AS first,
				d.last AS last, coalesce(a.service, s.service) AS service,
				row_number() OVER (PARTITION BY s.listing ORDER BY d.last DESC, d.seq DESC) AS n
			FROM standing AS s JOIN asked AS q JOIN decision AS d ON d.listing = s.listing AND d.kind = 'renewal'
				LEFT JOIN link AS k ON k.seq = d.seq AND k.rel = 'application' LEFT JOIN application AS a ON a.seq = k.target
			WHERE d.first <= q.as_of AND d.seq IS NOT s.decision AND d.last >= s.start_first)
		WHERE n = 1 AND outcome = 'deferred'),
	grace AS MATERIALIZED (
		SELECT l.*, add_period(add_days(l.first, 1), param('deferral_grace_months'), 'month') AS until_first,
			add_period(add_days(l.last, 1), param('deferral_grace_months'), 'month') AS until_last
		FROM later AS l),
	audited AS MATERIALIZED (
		SELECT g.listing AS listing, coalesce(max(r.dated_last <= g.until_first), 0) AS surely, count(r.seq) > 0 AS maybe
		FROM grace AS g JOIN asked AS q LEFT JOIN report AS r ON r.service = g.service AND r.cycle IN ('additional', 're-audit')
			AND r.dated_last >= g.first AND r.dated_first <= g.until_last AND r.dated_first <= q.as_of
		GROUP BY g.listing)
	SELECT g.*, a.surely AS surely, q.as_of > g.until_last AND NOT a.maybe AS overdue,
		q.as_of > g.until_first AND NOT a.surely AS maybe_overdue
	FROM grace AS g JOIN asked AS q JOIN audited AS a ON a.listing = g.listing;

-- Since when a listing stands no more or, suspended, does not for now: in effect on the day asked about beyond doubt.
CREATE VIEW stopped AS
	SELECT e.listing AS listing, e.seq AS seq, e.how AS how, e.on_day AS on_day, e.first AS first, e.last AS last
	FROM ending AS e JOIN asked AS q WHERE e.last <= q.as_of
	UNION ALL
	SELECT b.listing, b.seq, 'suspension', CASE what WHEN 'overdue' THEN add_days(b.last, 1) ELSE b.on_day END,
		CASE what WHEN 'overdue' THEN add_days(b.last, 1) ELSE b.first END, CASE what WHEN 'overdue' THEN add_days(b.last, 1) ELSE b.last END
	FROM reaudit_failed AS b WHERE b.surely AND param('reaudit_failed_severity') = 'suspended'
	UNION ALL
	SELECT d.listing, d.seq, 'suspension', add_days(d.until_last, 1), add_days(d.until_last, 1), add_days(d.until_last, 1)
	FROM deferral AS d WHERE d.overdue AND param('deferral_overdue_severity') = 'suspended';
