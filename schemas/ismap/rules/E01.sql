-- id: E01
-- severity: invalid
-- ja: 登録の決定に基づく掲載が、基準日に存在しない
-- en: on the day asked about there is no listing that rests on a decision to register
-- basis: 政府情報システムのためのセキュリティ評価制度の基本的枠組み (運営委員会の決定による登録)
-- basis-en: Basic Framework of the security assessment programme for government information systems (registration by decision of the steering committee)
-- basis-version: 2021-09 一部改正(案)
-- next-ja: 登録番号と基準日を確認する。掲載だけが記録されている場合は決定の登載を求める
-- next-en: check the registration number and the day; if only the listing is recorded, ask for the decision to be sealed
-- absence: {scheme}/listing:{listing}
WITH s AS MATERIALIZED (SELECT * FROM standing),
begun AS MATERIALIZED (
	SELECT n.listing AS listing, count(c.entry) AS entries, min(c.start_first) AS start_first, min(c.start_last) AS start_last
	FROM listing_name AS n LEFT JOIN cycle AS c ON c.listing = n.listing GROUP BY n.listing),
target AS MATERIALIZED (
	SELECT s.listing AS listing, s.entry AS entry, f.target_id AS target_id, t.seq AS seq, t.type AS type,
		t.authorised AS authorised, t.annulled AS annulled
	FROM s LEFT JOIN ref AS f ON f.seq = s.entry AND f.rel = 'decided-by'
		LEFT JOIN record_all AS t ON t.seq = f.target_seq
	WHERE s.basis = 'decided' AND s.decision IS NULL)
SELECT b.listing AS listing, NULL AS record, '効力のある掲載の記録がない' AS ja, 'there is no listing record that counts' AS en,
	'a listing' AS expected, 'none' AS found, 'invalid' AS severity, 'no-listing' AS reason
FROM begun AS b WHERE b.entries = 0
UNION ALL
SELECT b.listing, NULL,
	CASE WHEN surely THEN '基準日にはまだ登録されていない'
		ELSE '日付の精度が足りず、基準日に登録されていたか判断できない' END,
	CASE WHEN surely THEN 'not yet registered on the day asked about'
		ELSE 'the dates are too coarse to tell whether it was registered on the day asked about' END,
	'in force on ' || as_of, 'from ' || start_first,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END,
	CASE WHEN surely THEN 'not-yet-registered' ELSE 'cannot-decide' END
FROM (SELECT b.*, q.as_of AS as_of, b.start_first > q.as_of AS surely FROM begun AS b, asked AS q WHERE b.start_last > q.as_of) AS b
UNION ALL
SELECT c.listing, c.entry, '日付の精度が足りず、基準日にどの周期の掲載が効力を持つか判断できない',
	'the dates are too coarse to tell which cycle was in force on the day asked about',
	'a day', c.start_first || '/' || c.start_last, 'unverifiable', 'cannot-decide'
FROM s JOIN cycle AS c ON c.listing = s.listing, asked AS q WHERE c.start_first <= q.as_of AND c.start_last > q.as_of
UNION ALL
SELECT t.listing, t.entry,
	CASE WHEN t.target_id IS NULL THEN '掲載に決定が示されていない' WHEN t.seq IS NULL THEN '掲載が示す決定がこの範囲の記録にない'
		WHEN t.annulled THEN '掲載が示す決定が取り消されている' ELSE '掲載が示す記録は決定ではない' END,
	CASE WHEN t.target_id IS NULL THEN 'the listing names no decision' WHEN t.seq IS NULL THEN 'the decision the listing names is not among these records'
		WHEN t.annulled THEN 'the decision the listing names was annulled' ELSE 'what the listing names is not a decision' END,
	'a decision to register', coalesce('#' || t.seq, t.target_id, 'none'),
	CASE WHEN t.target_id IS NOT NULL AND t.seq IS NULL THEN 'unverifiable' ELSE 'invalid' END,
	CASE WHEN t.target_id IS NOT NULL AND t.seq IS NULL THEN 'evidence-not-on-record' ELSE '' END
FROM target AS t WHERE coalesce(t.type <> 'decision' OR t.annulled OR t.authorised, 1)
UNION ALL
SELECT s.listing, s.decision, '別の掲載についての決定である', 'the decision is on another listing', s.listing, s.decided_listing,
	'invalid', ''
FROM s WHERE s.decided_listing <> s.listing
UNION ALL
SELECT s.listing, s.decision, '削除の決定であり、登録の決定ではない', 'the decision is on deletion, not on registering',
	'initial or renewal', s.kind, 'invalid', ''
FROM s WHERE s.kind = 'deletion'
