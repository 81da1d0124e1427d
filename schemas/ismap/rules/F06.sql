-- id: F06
-- severity: invalid
-- ja: 登録が削除されている
-- en: the registration has been deleted
-- basis: {registration-rules} (登録の削除)。条文は根拠未確認
-- basis-en: {registration-rules-en} (deletion of a registration); the clause is not verified
-- basis-version: not verified
-- next-ja: 削除の理由と効力発生日を確認する。利用中であれば事業者に照会する
-- next-en: check why and from when it was deleted; if the service is in use, ask the provider
-- absence: {scheme}/listing:{listing}
WITH s AS MATERIALIZED (SELECT * FROM standing),
gone AS MATERIALIZED (
	SELECT b.listing AS listing, r.seq AS seq, json_extract(r.body, '$.effective_on') AS on_day,
		day_first(json_extract(r.body, '$.effective_on')) AS first, day_last(json_extract(r.body, '$.effective_on')) AS last
	FROM record AS r JOIN subject AS b ON b.seq = r.seq WHERE r.type = 'deletion'
	UNION ALL
	SELECT d.listing, d.seq, d.decided_on, d.first, d.last FROM decision AS d
	WHERE d.kind = 'deletion' AND d.outcome = 'deleted'
		AND NOT EXISTS (SELECT 1 FROM ref AS f JOIN record AS r ON r.seq = f.seq
			WHERE f.target_seq = d.seq AND f.rel = 'decided-by' AND r.type = 'deletion'))
SELECT listing, seq AS record,
	CASE WHEN surely THEN '登録が削除されている' ELSE '日付の精度が足りず、削除の効力が生じたか判断できない' END AS ja,
	CASE WHEN surely THEN 'the registration has been deleted'
		ELSE 'the date is too coarse to tell whether the deletion has taken effect' END AS en,
	'not deleted on ' || as_of AS expected, 'deleted on ' || on_day AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT g.*, q.as_of AS as_of, g.last <= q.as_of AS surely
	FROM s JOIN asked AS q JOIN gone AS g ON g.listing = s.listing
	WHERE g.first <= q.as_of AND NOT (s.kind IS 'initial' AND s.outcome IS 'registered' AND s.decided_first > g.last))
