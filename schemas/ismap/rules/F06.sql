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
SELECT listing AS listing, seq AS record,
	CASE WHEN alone THEN '登録の削除が決定されている。効力の生じる日は記録にない' WHEN surely THEN '登録が削除されている' ELSE '日付の精度が足りず、削除の効力が生じたか判断できない' END AS ja,
	CASE WHEN alone THEN 'the committee has decided to delete the registration; from when is not on record' WHEN surely THEN 'the registration has been deleted'
		ELSE 'the date is too coarse to tell whether the deletion has taken effect' END AS en,
	'not deleted on ' || as_of AS expected, CASE WHEN alone THEN 'decided on ' ELSE 'deleted on ' END || on_day AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT e.*, q.as_of AS as_of, e.last <= q.as_of AS surely,
		e.last <= q.as_of AND e.seq IN (SELECT d.seq FROM decision AS d WHERE d.kind = 'deletion') AS alone
	FROM ending AS e JOIN asked AS q JOIN standing AS s ON s.listing = e.listing WHERE e.how = 'deletion' AND e.first <= q.as_of)
