-- id: E04
-- severity: expired
-- ja: 更新申請が有効期限の後になされている
-- en: the application to renew was filed after the expiry
-- basis: ISMAP基本規程 3.5 (有効期限までの更新申請)
-- basis-en: ISMAP Basic Rules 3.5 (renewal application by the expiry date)
-- basis-version: not verified
-- next-ja: 新規の登録として決定されたものか確認する
-- next-en: find out whether it was decided as a new registration
-- absence: {scheme}/listing:{listing}
WITH s AS MATERIALIZED (SELECT * FROM standing),
c AS MATERIALIZED (SELECT * FROM carry),
filed AS MATERIALIZED (
	SELECT s.listing AS listing, n.application AS application, n.applied_on AS applied_on, n.timely AS timely,
		s.expiry_first AS expiry_first, s.expiry_last AS expiry_last
	FROM s JOIN asked AS q JOIN renewal AS n ON n.listing = s.listing LEFT JOIN c ON c.listing = s.listing
	WHERE q.as_of > s.expiry_first AND NOT coalesce(c.surely, 0)),
renewed AS MATERIALIZED (
	SELECT s.listing AS listing, s.decision AS decision, a.seq AS application, a.applied_on AS applied_on, a.first AS first,
		a.last AS last, e.expiry_first AS expiry_first, e.expiry_last AS expiry_last, s.decided_last AS decided_last
	FROM s JOIN earlier AS e ON e.entry = s.entry LEFT JOIN application AS a ON a.seq = s.application
	WHERE s.kind = 'renewal' AND e.expiry_first IS NOT NULL)
SELECT listing, application AS record, '更新申請が有効期限の後になされている' AS ja,
	'the application to renew was filed after the expiry' AS en,
	'by ' || expiry_last AS expected, 'on ' || applied_on AS found,
	CASE WHEN timely = 0 THEN 'expired' ELSE 'unverifiable' END AS severity,
	CASE WHEN timely = 0 THEN '' ELSE 'cannot-decide' END AS reason
FROM filed WHERE timely = 0 OR (timely IS NULL AND day_last(applied_on) > expiry_first)
UNION ALL
SELECT listing, application, '前の周期の有効期限の後になされた更新申請に基づいている',
	'this cycle rests on an application to renew filed after the previous expiry',
	'by ' || expiry_last, 'on ' || applied_on,
	CASE WHEN surely THEN 'expired' ELSE 'unverifiable' END, CASE WHEN surely THEN '' ELSE 'cannot-decide' END
FROM (SELECT r.*, first > expiry_last AS surely FROM renewed AS r WHERE last > expiry_first)
UNION ALL
SELECT listing, decision, '前の周期の有効期限の後に決定されているが、期限までの更新申請が記録にない',
	'decided after the previous expiry, with no application to renew on record',
	'an application by ' || expiry_last, 'none', 'unverifiable', 'evidence-not-on-record'
FROM renewed WHERE application IS NULL AND decided_last > expiry_first
