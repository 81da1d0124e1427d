-- id: F08
-- severity: invalid
-- ja: 事業者が登録を取り下げている
-- en: the provider has withdrawn the registration
-- basis: {registration-rules} (登録の取下げ)。条文は根拠未確認
-- basis-en: {registration-rules-en} (withdrawal of a registration); the clause is not verified
-- basis-version: not verified
-- next-ja: 取下げの効力発生日を確認する。利用中であれば事業者に照会する
-- next-en: check from when it was withdrawn; if the service is in use, ask the provider
-- absence: {scheme}/listing:{listing}
WITH s AS MATERIALIZED (
	SELECT s.*, json_extract(s.body, '$.provider.party') AS party FROM standing AS s),
gone AS MATERIALIZED (
	SELECT s.listing AS listing, r.seq AS seq, json_extract(r.body, '$.effective_on') AS on_day,
		json_extract(r.body, '$.provider') AS provider,
		day_first(json_extract(r.body, '$.effective_on')) AS first, day_last(json_extract(r.body, '$.effective_on')) AS last,
		CASE WHEN coalesce(s.party, s.audited_provider) IS NULL THEN NULL
			WHEN h.last <= day_first(json_extract(r.body, '$.effective_on')) THEN 1
			WHEN h.first <= day_last(json_extract(r.body, '$.effective_on')) THEN NULL ELSE 0 END AS own
	FROM record AS r JOIN subject AS b ON b.seq = r.seq JOIN s ON s.listing = b.listing
		LEFT JOIN (SELECT listing, provider, min(first) AS first, min(last) AS last FROM holder GROUP BY listing, provider) AS h
			ON h.listing = s.listing AND h.provider = json_extract(r.body, '$.provider')
	WHERE r.type = 'withdrawal'
		AND NOT (s.kind IS 'initial' AND s.outcome IS 'registered'
			AND s.decided_first > day_last(json_extract(r.body, '$.effective_on'))))
SELECT listing, seq AS record,
	CASE what WHEN 'stranger' THEN '登録の事業者でない者が取下げを記録している'
		WHEN 'unknown' THEN '取下げの記録があるが、登録の事業者によるものか確認できない'
		WHEN 'coarse' THEN '日付の精度が足りず、取下げの効力が生じたか判断できない' ELSE '事業者が登録を取り下げている' END AS ja,
	CASE what WHEN 'stranger' THEN 'a withdrawal was recorded by somebody other than the registered provider'
		WHEN 'unknown' THEN 'there is a withdrawal, but whether it is by the registered provider cannot be told'
		WHEN 'coarse' THEN 'the date is too coarse to tell whether the withdrawal has taken effect'
		ELSE 'the provider has withdrawn the registration' END AS en,
	'not withdrawn on ' || as_of AS expected, 'withdrawn on ' || on_day || ' by ' || provider AS found,
	CASE what WHEN 'stranger' THEN 'warning' WHEN 'own' THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN what IN ('unknown', 'coarse') THEN 'cannot-decide' ELSE '' END AS reason
FROM (SELECT g.*, q.as_of AS as_of, CASE WHEN own = 0 THEN 'stranger' WHEN own IS NULL THEN 'unknown'
		WHEN last <= q.as_of THEN 'own' ELSE 'coarse' END AS what
	FROM gone AS g, asked AS q WHERE first <= q.as_of)
