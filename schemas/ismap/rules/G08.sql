-- id: G08
-- severity: warning
-- ja: 制度にない資格が表示されている
-- en: a standing is claimed that the scheme does not have
-- basis: 各制度の用語 (ISMAP相当、FedRAMP compliant 等の区分はない)
-- basis-en: terms of each scheme (there is no such class as ISMAP-equivalent or FedRAMP compliant)
-- basis-version: not verified
-- next-ja: 表示の根拠を事業者に確認する。制度の区分は公表されたリストによる
-- next-en: ask the provider what the claim rests on; what counts is the published list
-- types: observation
SELECT e.listing AS listing, e.seq AS record, '「' || w.value || '」という区分は制度にない' AS ja, 'no scheme has the standing "' || w.value || '"' AS en,
	'a standing of the scheme' AS expected, w.value AS found
FROM event AS e JOIN asked AS q, json_each(param('no_such_standing')) AS w
WHERE e.type = 'observation' AND e.first <= q.as_of AND instr(lower(json_extract(e.body, '$.text')), lower(w.value))
