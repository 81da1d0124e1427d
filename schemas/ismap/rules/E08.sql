-- id: E08
-- severity: invalid
-- ja: 掲載されたサービスが言明書の対象範囲に含まれていない
-- en: a listed service is not within the scope of the provider statement
-- basis: {registration-rules} (言明の対象範囲の登録)
-- basis-en: {registration-rules-en} (what is registered is the scope of the statement)
-- basis-version: not verified
-- next-ja: 掲載の内容と言明書の対象範囲を照合する
-- next-en: compare the listing with the scope of the statement
WITH s AS MATERIALIZED (SELECT * FROM standing),
audited AS MATERIALIZED (
	SELECT s.entry AS entry, k.target AS statement
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN link AS k ON k.seq = c.report AND k.rel = 'audits'),
stated AS MATERIALIZED (
	SELECT DISTINCT a.entry AS entry, json_extract(i.value, '$.id') AS id
	FROM audited AS a JOIN statement AS t ON t.seq = a.statement, json_each(t.body, '$.services') AS i),
listed AS MATERIALIZED (
	SELECT s.listing AS listing, s.entry AS entry, json_extract(i.value, '$.id') AS id, json_extract(i.value, '$.name') AS name
	FROM s, json_each(s.body, '$.services') AS i),
scope AS MATERIALIZED (SELECT entry, group_concat(id, ', ') AS ids FROM stated GROUP BY entry)
SELECT l.listing AS listing, l.entry AS record,
	'「' || l.name || '」が言明書の対象範囲にない' AS ja, l.name || ' is not within the statement''s scope' AS en,
	c.ids AS expected, l.id AS found
FROM listed AS l JOIN scope AS c ON c.entry = l.entry LEFT JOIN stated AS t ON t.entry = l.entry AND t.id = l.id
WHERE t.id IS NULL
UNION ALL
SELECT s.listing, s.entry, '掲載が、監査されていない言明書を示している', 'the listing names a statement that was not audited',
	'the audited statement', '#' || k.target
FROM s JOIN link AS k ON k.seq = s.entry AND k.rel = 'statement' LEFT JOIN audited AS a ON a.entry = s.entry AND a.statement = k.target
WHERE s.report IS NOT NULL AND a.entry IS NULL
