-- id: E09
-- severity: warning
-- ja: 掲載の事業者が言明書の事業者と異なり、変更の届出がない
-- en: the provider listed is not the one of the statement, and no change was notified
-- basis: {registration-rules} (登録事項の変更の届出)。条文は根拠未確認
-- basis-en: {registration-rules-en} (notice of changes to what is registered); the clause is not verified
-- basis-version: not verified
-- next-ja: 事業者の名称の変更又は承継の記録を確認する
-- next-en: look for a notice of the change of name or a succession
WITH RECURSIVE t AS MATERIALIZED (
	SELECT DISTINCT c.listing AS listing, c.entry AS entry, json_extract(c.body, '$.provider') AS party,
		json_extract(s.body, '$.provider.party') AS listed, json_extract(s.body, '$.provider.name') AS name
	FROM cited_statement AS c JOIN standing AS s ON s.entry = c.entry),
other AS (
	SELECT t.*, t.listed <> t.party AS another, coalesce(p.ja, t.party) AS known
	FROM t LEFT JOIN party AS p ON p.party = t.party
	WHERE t.listed <> t.party OR t.name NOT IN (p.ja, p.en)),
-- Organisations that a succession on the listing ties to each other, and those it so ties to the one of the statement.
tie AS MATERIALIZED (
	SELECT e.listing AS listing, json_extract(e.body, '$.organisation') AS organisation, json_extract(e.body, '$.successor') AS successor
	FROM event AS e JOIN asked AS q
	WHERE e.type = 'succession' AND coalesce(day_first(json_extract(e.body, '$.effective_on')), e.first) <= q.as_of),
tied AS (
	SELECT listing, entry, party FROM other
	UNION
	SELECT o.listing, o.entry, CASE WHEN e.organisation = o.party THEN e.successor ELSE e.organisation END
	FROM tied AS o JOIN tie AS e ON e.listing = o.listing AND o.party IN (e.organisation, e.successor))
SELECT o.listing AS listing, o.entry AS record,
	CASE WHEN another THEN '掲載の事業者が言明書の事業者と異なる' ELSE '掲載の事業者の名称が、言明した事業者の名称と異なる' END AS ja,
	CASE WHEN another THEN 'the provider listed is not the one that made the statement'
		ELSE 'the provider''s name on the list is not the name of who made the statement' END AS en,
	CASE WHEN another THEN party ELSE known END AS expected, CASE WHEN another THEN listed ELSE name END AS found
FROM other AS o
WHERE NOT EXISTS (SELECT 1 FROM event AS e JOIN asked AS q
	WHERE e.listing = o.listing AND coalesce(day_first(json_extract(e.body, '$.effective_on')), e.first) <= q.as_of
		AND e.type = 'change-notice' AND instr(json_extract(e.body, '$.changes'), '"provider-name"'))
	AND NOT CASE WHEN another THEN EXISTS (SELECT 1 FROM tied AS x WHERE x.entry = o.entry AND x.party = o.listed)
		ELSE EXISTS (SELECT 1 FROM tie AS x WHERE x.listing = o.listing AND o.party IN (x.organisation, x.successor)) END
