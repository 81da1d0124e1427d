-- id: D09
-- severity: invalid
-- ja: 掲載前の最後の決定が登録留保又は却下である
-- en: the last decision before the listing was a deferral or a rejection
-- basis: {registration-rules} (登録・登録留保・却下)
-- basis-en: {registration-rules-en} (registration, deferral, rejection)
-- basis-version: not verified
-- next-ja: 掲載の拠り所である決定を確認する
-- next-en: check the decision the listing rests on
-- absence: {scheme}/listing:{listing}
WITH s AS MATERIALIZED (SELECT * FROM standing WHERE basis = 'decided'),
found AS MATERIALIZED (
	SELECT s.entry AS entry, d.seq AS seq FROM s JOIN decision AS d ON d.listing = s.listing
	UNION
	SELECT s.entry, d.seq FROM s JOIN decision AS d ON d.service = s.decided_service
	UNION
	SELECT s.entry, s.decision FROM s WHERE s.decision IS NOT NULL),
last AS MATERIALIZED (
	SELECT * FROM (
		SELECT s.listing AS listing, s.decision AS cited, s.start_first AS start_first, d.seq AS seq, d.outcome AS outcome,
			d.decided_on AS decided_on, d.last AS last,
			row_number() OVER (PARTITION BY s.listing ORDER BY d.last DESC, d.seq DESC) AS n
		FROM s JOIN found AS f ON f.entry = s.entry JOIN decision AS d ON d.seq = f.seq
		WHERE d.kind <> 'deletion' AND (d.first <= s.start_last OR d.seq = s.decision))
	WHERE n = 1)
SELECT listing, seq AS record,
	CASE WHEN outcome = 'deferred' THEN '掲載前の最後の決定が登録留保である' ELSE '掲載前の最後の決定が却下である' END AS ja,
	CASE WHEN outcome = 'deferred' THEN 'the last decision before the listing was a deferral'
		ELSE 'the last decision before the listing was a rejection' END AS en,
	'registered' AS expected, outcome || ' on ' || decided_on AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT l.*, last <= start_first OR seq = cited AS surely FROM last AS l WHERE outcome <> 'registered')
UNION ALL
SELECT s.listing, s.decision, '掲載の拠り所である決定が登録の決定ではない', 'the decision the listing names did not register it',
	'registered', s.outcome || ' on ' || s.decided_on, 'invalid', ''
FROM s JOIN last AS l ON l.listing = s.listing WHERE s.outcome <> 'registered' AND s.kind <> 'deletion' AND l.seq <> s.decision
