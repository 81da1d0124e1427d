-- id: G06
-- severity: invalid
-- ja: ISMAPの掲載として示されているが、ISMAP-LIU又は特別措置のリストにしかない
-- en: shown as a listing of ISMAP, though it is only on the list of ISMAP-LIU or of the special measures
-- basis: ISMAP-LIUクラウドサービス登録規則 (別のリストへの掲載)
-- basis-en: ISMAP-LIU Cloud Service Registration Rules (listing on another list)
-- basis-version: not verified
-- next-ja: どのリストの掲載かを公表されたリストで確認する
-- next-en: check on the published lists which of them it is on
-- types: listing/list
SELECT s.listing AS listing, s.entry AS record,
	CASE WHEN l.name = 'ismap' THEN 'ISMAPの掲載として示されている' ELSE '特別措置のリストの掲載であり、ISMAP-LIUの登録ではない' END AS ja,
	CASE WHEN l.name = 'ismap' THEN 'it is shown as a listing of ISMAP itself'
		ELSE 'it is on the list of the special measures, and not registered under ISMAP-LIU' END AS en,
	'ismap-liu' AS expected, l.name AS found, CASE WHEN l.name = 'ismap' THEN 'invalid' ELSE 'warning' END AS severity
FROM standing AS s JOIN (SELECT entry, json_extract(body, '$.list') AS name FROM standing) AS l ON l.entry = s.entry
WHERE l.name <> 'ismap-liu'
