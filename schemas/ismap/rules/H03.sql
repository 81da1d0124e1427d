-- id: H03
-- severity: warning
-- ja: 掲載のないサービスを利用するが、最高情報セキュリティ責任者の確認が示されていない
-- en: a service that is not listed is to be used, and no confirmation by the chief information security officer is named
-- basis: 政府情報システムのためのセキュリティ評価制度の基本的枠組み (登録のないサービスの利用)
-- basis-en: Basic Framework of the security assessment programme for government information systems (use of services that are not registered)
-- basis-version: 2021-09 一部改正(案)
-- next-ja: 最高情報セキュリティ責任者の責任において要求事項を満たすことを確認し、その文書の番号を --confirmed で示す
-- next-en: have the officer confirm on own responsibility that the requirements are met, and name that document with --confirmed
-- absence: {scheme}/listing:{listing}
-- judges: use
WITH u AS MATERIALIZED (SELECT service FROM use WHERE confirmation IS NULL),
s AS MATERIALIZED (SELECT * FROM standing),
gone AS MATERIALIZED (
	SELECT DISTINCT o.listing AS listing FROM stopped AS o WHERE o.how <> 'suspension')
SELECT n.listing AS listing, NULL AS record,
	coalesce('「' || u.service || '」', 'このサービス') || 'は掲載されておらず、利用には最高情報セキュリティ責任者の確認が要る' AS ja,
	coalesce(u.service, 'the service') || ' is not listed: its use needs a confirmation by the chief information security officer' AS en,
	'a confirmation' AS expected, 'none' AS found
FROM listing_name AS n JOIN u LEFT JOIN s ON s.listing = n.listing LEFT JOIN gone AS g ON g.listing = n.listing
WHERE s.listing IS NULL OR g.listing IS NOT NULL OR (u.service IS NOT NULL AND NOT EXISTS (
	SELECT 1 FROM json_each(s.body, '$.services') AS i WHERE u.service IN (json_extract(i.value, '$.id'), json_extract(i.value, '$.name'))))
