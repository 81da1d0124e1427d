-- id: C07
-- severity: warning
-- ja: 監査契約が事業者と監査機関の間のものでない
-- en: the audit was not engaged or paid by the provider
-- basis: {registration-rules} (事業者による監査機関の選定と契約)
-- basis-en: {registration-rules-en} (the provider selects the auditor and contracts with it)
-- basis-version: not verified
-- next-ja: 監査契約の当事者と報酬の負担者を確認する
-- next-en: check who engaged the auditor, and who paid
-- types: audit-report/client, audit-report/payer, audit-engagement
WITH work AS MATERIALIZED (
	SELECT j.listing AS listing, j.seq AS seq, coalesce(json_extract(j.body, '$.client'), json_extract(e.body, '$.client')) AS client,
		coalesce(json_extract(j.body, '$.payer'), json_extract(e.body, '$.payer')) AS payer
	FROM cited_report AS j LEFT JOIN link AS k ON k.seq = j.seq AND k.rel = 'engagement' LEFT JOIN event AS e ON e.seq = k.target)
SELECT listing, seq AS record, '監査契約の委託者が事業者でない' AS ja, 'somebody other than the provider engaged the auditor' AS en,
	'engaged by provider' AS expected, 'engaged by ' || client AS found
FROM work WHERE client <> 'provider'
UNION ALL
SELECT listing, seq, '監査報酬の負担者が事業者でない', 'somebody other than the provider paid the auditor', 'paid by provider', 'paid by ' || payer
FROM work WHERE payer <> 'provider'
