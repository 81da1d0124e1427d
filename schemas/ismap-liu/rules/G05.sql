-- id: G05
-- severity: invalid
-- ja: 特別措置が二度用いられている、又は申請期限の後に申請されている
-- en: the special measures were used twice, or applied for after the last day
-- basis: ISMAP-LIUクラウドサービス登録規則 特別措置 (一回に限る。申請は令和7年3月末まで)
-- basis-en: ISMAP-LIU Cloud Service Registration Rules, special measures (once only; applications until the end of March 2025)
-- basis-version: not verified
-- effective: 2023-05-19
-- next-ja: 特別措置の適用の記録と申請日を確認する
-- next-en: check the records of the special measures and the date of the application
WITH c AS MATERIALIZED (SELECT * FROM special_cycle)
SELECT listing AS listing, coalesce(seq, entry) AS record, '特別措置が一回を超えて用いられている' AS ja, 'the special measures were used more than once' AS en,
	'once' AS expected, CASE WHEN kind IS 'renewal' THEN 'a renewal' ELSE nth || ' times' END AS found, 'invalid' AS severity, '' AS reason
FROM c WHERE nth > param('special_measures_times') OR kind IS 'renewal'
UNION ALL
SELECT listing, seq,
	CASE WHEN applied_first > param('special_measures_last_application') THEN '特別措置の申請期限の後に申請されている'
		ELSE '申請日の精度が足りず、特別措置の申請期限までに申請されたか判断できない' END,
	CASE WHEN applied_first > param('special_measures_last_application') THEN 'applied for after the last day for the special measures'
		ELSE 'the date of the application is too coarse to tell whether it was in time for the special measures' END,
	'by ' || param('special_measures_last_application'), applied_on,
	CASE WHEN applied_first > param('special_measures_last_application') THEN 'invalid' ELSE 'unverifiable' END,
	CASE WHEN applied_first > param('special_measures_last_application') THEN '' ELSE 'cannot-decide' END
FROM c WHERE applied_last > param('special_measures_last_application')
UNION ALL
SELECT listing, entry, '特別措置の適用の記録がない', 'the special measures are not on record', 'special-measures', 'none', 'unverifiable',
	'evidence-not-on-record'
FROM c WHERE seq IS NULL
