-- id: T03
-- severity: expired
-- ja: 前提とする認証が有効でない
-- en: a certificate it rests on is not valid
-- basis: 根拠未確認 (試験用の制度)
-- basis-en: not verified (a scheme for tests)
-- basis-version: not verified
-- next-ja: 制度の登録簿を確認する
-- next-en: look at the scheme's own register
SELECT c.listing AS listing, c.seq AS record, '前提とする認証が有効でない' AS ja, 'a certificate it rests on is not valid' AS en,
	'valid on ' || q.as_of AS expected, json_extract(p.value, '$.valid.from') || '/' || json_extract(p.value, '$.valid.to') AS found,
	CASE WHEN day_last(json_extract(p.value, '$.valid.to')) < q.as_of OR day_first(json_extract(p.value, '$.valid.from')) > q.as_of
		THEN param('prerequisite_effect') ELSE 'unverifiable' END AS severity,
	CASE WHEN day_last(json_extract(p.value, '$.valid.to')) < q.as_of OR day_first(json_extract(p.value, '$.valid.from')) > q.as_of
		THEN '' ELSE 'cannot-decide' END AS reason
FROM cert AS c JOIN asked AS q, json_each(c.body, '$.requires') AS p
WHERE day_first(json_extract(p.value, '$.valid.to')) < q.as_of OR day_last(json_extract(p.value, '$.valid.from')) > q.as_of
