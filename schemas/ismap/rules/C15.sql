-- id: C15
-- severity: invalid
-- ja: 実施結果報告書の対象範囲と言明書の対象範囲が一致しない
-- en: the report and the provider statement do not cover the same scope
-- basis: {registration-rules} (言明書を対象とする監査)
-- basis-en: {registration-rules-en} (the audit is of a statement)
-- basis-version: not verified
-- next-ja: 報告書が対象とした言明書とその対象範囲を確認する
-- next-en: check which statement the report is on, and its scope
WITH s AS MATERIALIZED (SELECT * FROM standing),
judged AS MATERIALIZED (
	SELECT s.listing AS listing, r.seq AS seq, r.service AS service, r.provider AS provider, r.scope AS scope,
		t.seq AS statement, t.service AS stated_service, t.provider AS stated_provider, t.body AS body
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report
		JOIN link AS k ON k.seq = r.seq AND k.rel = 'audits' JOIN statement AS t ON t.seq = k.target),
named AS MATERIALIZED (
	SELECT j.*,
		(SELECT json_group_array(value) FROM (SELECT value FROM json_each(j.scope, '$.services') ORDER BY value)) AS audited,
		(SELECT json_group_array(id) FROM (SELECT json_extract(value, '$.id') AS id
			FROM json_each(j.body, '$.services') ORDER BY 1)) AS stated,
		(SELECT json_group_array(value) FROM (SELECT value FROM json_each(j.scope, '$.regions') ORDER BY value)) AS audited_regions,
		(SELECT json_group_array(value) FROM (SELECT value FROM json_each(j.body, '$.regions') ORDER BY value)) AS stated_regions
	FROM judged AS j)
SELECT listing, seq AS record, '別のサービスの言明書を対象としている' AS ja, 'the statement is on another service' AS en,
	service AS expected, stated_service AS found
FROM named WHERE stated_service <> service
UNION ALL
SELECT listing, seq, '別の事業者の言明書を対象としている', 'the statement is by another provider', provider, stated_provider
FROM named WHERE stated_provider <> provider
UNION ALL
SELECT listing, seq, '監査したサービスと言明したサービスが異なる', 'the services audited are not those stated', stated, audited
FROM named WHERE json_type(scope, '$.services') = 'array' AND audited <> stated
UNION ALL
SELECT listing, seq, '監査した地域と言明した地域が異なる', 'the regions audited are not those stated', stated_regions, audited_regions
FROM named WHERE json_type(scope, '$.regions') = 'array' AND json_type(body, '$.regions') = 'array'
	AND audited_regions <> stated_regions
