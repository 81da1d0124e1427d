-- id: H02
-- severity: invalid
-- ja: 利用するサービス又は地域が、掲載又は言明の対象範囲にない
-- en: the service or region to be used is not within the listing and the scope stated
-- basis: {registration-rules} (言明の対象範囲の登録)
-- basis-en: {registration-rules-en} (what is registered is the scope of the statement)
-- basis-version: not verified
-- next-ja: 調達仕様のサービス名と地域を、掲載と言明書の対象範囲に照らして確認する
-- next-en: compare the service and region of the purchase with the listing and the statement's scope
-- judges: use
WITH u AS MATERIALIZED (SELECT service, region FROM use WHERE service IS NOT NULL OR region IS NOT NULL),
s AS MATERIALIZED (SELECT * FROM standing),
stated AS MATERIALIZED (
	SELECT DISTINCT s.entry AS entry, t.seq AS seq, t.body AS body
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN link AS k ON k.seq = c.report AND k.rel = 'audits'
		JOIN statement AS t ON t.seq = k.target),
known AS MATERIALIZED (
	SELECT s.listing AS listing, s.entry AS entry, u.service AS service, u.region AS region, max(t.seq) AS statement,
		EXISTS (SELECT 1 FROM json_each(s.body, '$.services') AS i
			WHERE u.service IN (json_extract(i.value, '$.id'), json_extract(i.value, '$.name'))) AS listed,
		(SELECT group_concat(json_extract(i.value, '$.name'), ' / ') FROM json_each(s.body, '$.services') AS i) AS names,
		max(json_array_length(t.body, '$.regions')) AS regions,
		max(EXISTS (SELECT 1 FROM json_each(t.body, '$.regions') AS i WHERE i.value = u.region)) AS covered,
		(SELECT group_concat(i.value, ' / ') FROM json_each(t.body, '$.regions') AS i) AS places
	FROM s JOIN u LEFT JOIN stated AS t ON t.entry = s.entry GROUP BY s.listing)
SELECT listing AS listing, entry AS record, '「' || service || '」はこの掲載のサービスではない' AS ja,
	service || ' is not a service of this listing' AS en, names AS expected, service AS found, 'invalid' AS severity, '' AS reason
FROM known WHERE service IS NOT NULL AND NOT listed
UNION ALL
SELECT listing, entry, '言明書が収録されておらず、対象範囲を確認できない', 'the statement is not on record, so its scope cannot be checked',
	'a provider statement', 'none', 'unverifiable', 'evidence-not-on-record'
FROM known WHERE statement IS NULL
UNION ALL
SELECT listing, statement, '言明書の対象地域が記録にない', 'the regions stated are not on record', region, 'none', 'unverifiable', 'evidence-not-on-record'
FROM known WHERE region IS NOT NULL AND statement IS NOT NULL AND coalesce(regions, 0) = 0
UNION ALL
SELECT listing, statement, '「' || region || '」は言明の対象範囲にない', region || ' is not within the scope stated',
	places, region, 'invalid', ''
FROM known WHERE region IS NOT NULL AND regions > 0 AND NOT covered
