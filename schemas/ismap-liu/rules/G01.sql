-- id: G01
-- severity: invalid
-- ja: SaaSでないサービスがISMAP-LIUに登録されている
-- en: a service that is not SaaS is registered under ISMAP-LIU
-- basis: ISMAP-LIUクラウドサービス登録規則 (対象はSaaS)
-- basis-en: ISMAP-LIU Cloud Service Registration Rules (SaaS only)
-- basis-version: not verified
-- effective: 2022-11-01
-- next-ja: サービスの形態を確認する。SaaSでなければISMAPの登録を求める
-- next-en: check the service model; what is not SaaS needs a registration under ISMAP
WITH said AS (
	SELECT listing AS listing, application AS record, json_extract(body, '$.service_model') AS model FROM liu
	UNION ALL
	SELECT listing, entry, json_extract(body, '$.service_model') FROM standing)
SELECT listing, record, 'サービスの形態がSaaSでない' AS ja, 'the service model is not SaaS' AS en, 'saas' AS expected, model AS found
FROM said WHERE model <> 'saas'
