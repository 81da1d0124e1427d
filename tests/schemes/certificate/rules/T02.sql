-- id: T02
-- severity: invalid
-- ja: 一時停止されている
-- en: it is suspended
-- basis: 根拠未確認 (試験用の制度)
-- basis-en: not verified (a scheme for tests)
-- basis-version: not verified
-- next-ja: 制度の登録簿を確認する
-- next-en: look at the scheme's own register
-- types: suspension
SELECT c.listing AS listing, x.seq AS record, '一時停止されている' AS ja, 'it is suspended' AS en, 'suspension_effect: ' || param('suspension_effect') AS expected,
	x.day AS found, CASE WHEN x.too_long THEN 'unverifiable' WHEN x.surely THEN param('suspension_effect') ELSE 'unverifiable' END AS severity,
	CASE WHEN x.surely AND NOT x.too_long THEN '' ELSE 'cannot-decide' END AS reason
FROM cert AS c JOIN (
	SELECT r.seq AS seq, substr(a.subject, instr(a.subject, ':') + 1) AS listing, json_extract(r.body, '$.from') AS day,
		day_last(json_extract(r.body, '$.from')) <= q.as_of
			AND coalesce(day_first(json_extract(r.body, '$.to')) >= q.as_of, 1) AS surely,
		param('suspension_max_days') > 0
			AND add_period(day_last(json_extract(r.body, '$.from')), param('suspension_max_days'), 'day') < q.as_of AS too_long
	FROM record AS r JOIN about AS a ON a.seq = r.seq JOIN asked AS q
	WHERE r.type = 'suspension' AND day_first(json_extract(r.body, '$.from')) <= q.as_of
		AND coalesce(day_last(json_extract(r.body, '$.to')) >= q.as_of, 1)) AS x ON x.listing = c.listing
