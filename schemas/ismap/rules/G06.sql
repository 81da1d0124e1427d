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
SELECT s.listing AS listing, s.entry AS record, 'ISMAPのリストの掲載ではない' AS ja, 'it is not a listing of ISMAP itself' AS en,
	'ismap' AS expected, json_extract(s.body, '$.list') AS found
FROM standing AS s WHERE json_extract(s.body, '$.list') <> 'ismap'
