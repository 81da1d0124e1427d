-- id: H01
-- severity: expired
-- ja: 契約の期間が登録の有効期間に収まっていない
-- en: the term of the contract is not within the validity of the registration
-- basis: 政府情報システムのためのセキュリティ評価制度の基本的枠組み (登録されたサービスからの調達)、ISMAP基本規程 3.5
-- basis-en: Basic Framework of the security assessment programme for government information systems (procurement from registered services); ISMAP Basic Rules 3.5
-- basis-version: not verified
-- next-ja: 登録が契約期間を通じて続くかを事業者に確認し、契約の前と有効期限の前後に改めて検証する
-- next-en: ask the provider whether the registration lasts for the contract, and verify again before it and around the expiry
-- absence: {scheme}/listing:{listing}
-- judges: use
WITH u AS MATERIALIZED (SELECT contract_from AS f, contract_to AS t FROM use WHERE contract_from IS NOT NULL),
s AS MATERIALIZED (SELECT s.listing AS listing, s.entry AS entry, c.surely AS surely, c.maybe AS maybe
	FROM standing AS s LEFT JOIN carry AS c ON c.listing = s.listing),
bridge AS MATERIALIZED (
	SELECT e.previous AS entry, max(CASE WHEN a.last <= e.expiry_first THEN add_days(n.start_first, -1) END) AS surely,
		max(CASE WHEN a.first <= e.expiry_last THEN add_days(n.start_last, -1) END) AS maybe
	FROM earlier AS e JOIN cycle AS n ON n.entry = e.entry
		JOIN application AS a ON a.seq = n.application AND a.type = 'renewal-application'
	WHERE param('carry_over') = 1
	GROUP BY e.previous),
held AS MATERIALIZED (
	SELECT c.listing AS listing, c.entry AS entry, c.start_first AS start_first, c.start_last AS start_last,
		c.expiry_first AS expiry_first, c.expiry_last AS expiry_last,
		max(c.expiry_first, coalesce(b.surely, ''), CASE WHEN s.surely THEN q.as_of ELSE '' END) AS end_first,
		CASE WHEN s.maybe THEN '9999-12-31' ELSE max(coalesce(c.expiry_last, '9999-12-31'), coalesce(b.maybe, '')) END AS end_last
	FROM cycle AS c JOIN asked AS q LEFT JOIN s ON s.entry = c.entry LEFT JOIN bridge AS b ON b.entry = c.entry
	WHERE q.listing IS NULL OR c.listing = q.listing),
state AS MATERIALIZED (
	SELECT h.listing AS listing, u.f AS f, u.t AS t, min(h.start_first) AS begins,
		coalesce(max(h.start_last <= u.f AND h.end_first >= u.f), 0) AS surely, max(h.start_first <= u.f AND h.end_last >= u.f) AS maybe,
		max(CASE WHEN h.start_first <= u.t THEN h.expiry_first END) AS expiry_first,
		max(CASE WHEN h.start_first <= u.t THEN h.expiry_last END) AS expiry_last,
		max(CASE WHEN h.start_first <= u.t THEN h.entry END) AS entry
	FROM held AS h JOIN u GROUP BY h.listing),
over AS MATERIALIZED (
	SELECT o.*, t.t AS t, o.last <= t.f AS before, o.how <> 'suspension' AS for_good
	FROM stopped AS o JOIN state AS t ON t.listing = o.listing WHERE o.first <= t.t),
live AS MATERIALIZED (SELECT * FROM state WHERE listing NOT IN (SELECT listing FROM over WHERE for_good)),
to_end AS (
	SELECT t.*, e.seq AS seq, e.on_day AS on_day,
		CASE WHEN e.last <= t.f THEN 'invalid' WHEN e.first <= t.f THEN 'unverifiable' ELSE 'warning' END AS severity
	FROM state AS t JOIN asked AS q JOIN ending AS e ON e.listing = t.listing WHERE e.last > q.as_of AND e.first <= t.t)
SELECT listing AS listing, seq AS record,
	'登録は ' || on_day || CASE how WHEN 'deletion' THEN ' に削除されている' WHEN 'withdrawal' THEN ' に取り下げられている' ELSE ' から効力停止となっている' END
		|| CASE WHEN NOT for_good THEN '。停止の間は契約期間を満たさない' WHEN before THEN '。契約の期間を通じて登録がない' ELSE '。契約期間の途中であり、その後は登録がない' END AS ja,
	'the registration ' || CASE how WHEN 'deletion' THEN 'was deleted on ' WHEN 'withdrawal' THEN 'was withdrawn on ' ELSE 'is suspended since ' END || on_day
		|| CASE WHEN NOT for_good THEN ': while it is, no day of the contract is covered' WHEN before THEN ': no day of the contract is covered' ELSE ', within the term of the contract: the days after it are not covered' END AS en,
	'registered until ' || t AS expected,
	CASE how WHEN 'deletion' THEN 'deleted on ' WHEN 'withdrawal' THEN 'withdrawn on ' ELSE 'suspended since ' END || on_day AS found,
	CASE WHEN for_good THEN 'invalid' ELSE 'suspended' END AS severity, 'stands-no-more' AS reason
FROM over
UNION ALL
SELECT listing, entry,
	CASE what WHEN 'before' THEN '契約の開始日には、まだ登録されていない' WHEN 'no-expiry' THEN '有効期限が記録になく、契約の開始日に有効か判断できない'
		WHEN 'maybe' THEN '契約の開始日に登録が有効か、記録からは判断できない'
		ELSE '契約の開始日が登録の有効期限より後である' END AS ja,
	CASE what WHEN 'before' THEN 'the contract begins before the registration'
		WHEN 'no-expiry' THEN 'the expiry is not on record, so whether the contract begins within it cannot be told'
		WHEN 'maybe' THEN 'whether the registration is valid when the contract begins cannot be told from the records'
		ELSE 'the contract begins after the registration has expired' END AS en,
	'registered on ' || f AS expected,
	CASE what WHEN 'before' THEN 'registered from ' || begins ELSE coalesce('registered until ' || expiry_last, 'no expiry') END AS found,
	CASE what WHEN 'before' THEN 'invalid' WHEN 'after' THEN 'expired' ELSE 'unverifiable' END AS severity,
	CASE what WHEN 'before' THEN 'not-yet-registered' WHEN 'no-expiry' THEN 'evidence-not-on-record' WHEN 'maybe' THEN 'cannot-decide'
		ELSE '' END AS reason
FROM (SELECT t.*, CASE WHEN maybe AND expiry_last IS NULL THEN 'no-expiry' WHEN maybe THEN 'maybe' WHEN begins > f THEN 'before'
	ELSE 'after' END AS what FROM live AS t WHERE NOT surely)
UNION ALL
SELECT listing, entry, '登録の有効期限 ' || expiry_last || ' が契約期間内に到来する',
	'the registration expires within the term of the contract, on ' || expiry_last,
	'registered until ' || t, 'registered until ' || expiry_last, 'warning', 'expires-within-term'
FROM live WHERE (surely OR maybe) AND expiry_first < t
UNION ALL
SELECT listing, seq, '登録の終了する日が契約期間内又はその前にある', 'the registration ends within the term of the contract or before it',
	'registered until ' || t, 'ends on ' || on_day, severity, CASE severity WHEN 'unverifiable' THEN 'cannot-decide' ELSE '' END
FROM to_end
