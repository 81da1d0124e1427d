-- id: E13
-- severity: warning
-- ja: 公表されたリストと台帳が一致しない
-- en: the published list and the ledger differ
-- basis: 台帳の整合性 (公表されたリストとの照合)
-- basis-en: consistency of the ledger (comparison with the published list)
-- basis-version: not verified
-- next-ja: 差異の理由を事務局に確認し、確認した事実に理由を付して登載する
-- next-en: ask the secretariat why they differ, and seal an observation with the reason
-- types: observation, portal-snapshot
WITH name AS MATERIALIZED (
	SELECT listing FROM listing_name
	UNION
	SELECT json_extract(i.value, '$.listing') FROM event AS p JOIN asked AS q, json_each(p.body, '$.entries') AS i
	WHERE p.type = 'portal-snapshot' AND p.first <= q.as_of AND q.listing IS NULL),
e AS MATERIALIZED (
	SELECT e.seq AS seq, e.listing AS listing, e.stage AS seen, e.on_day AS on_day, e.first AS first, e.last AS last,
		json_extract(e.body, '$.reason') AS reason
	FROM event AS e JOIN asked AS q WHERE e.type = 'observation' AND e.stage IN ('listed', 'not-listed') AND e.first <= q.as_of
	UNION ALL
	SELECT p.seq, n.listing, CASE WHEN EXISTS (SELECT 1 FROM json_each(p.body, '$.entries') AS i
			WHERE json_extract(i.value, '$.listing') = n.listing) THEN 'listed' ELSE 'not-listed' END, p.on_day, p.first, p.last, NULL
	FROM event AS p JOIN asked AS q JOIN name AS n WHERE p.type = 'portal-snapshot' AND p.first <= q.as_of),
newest AS MATERIALIZED (
	SELECT * FROM (SELECT e.*, row_number() OVER (PARTITION BY listing ORDER BY last DESC, reason IS NULL, seq DESC) AS n FROM e) WHERE n = 1),
gone AS MATERIALIZED (
	SELECT e.listing AS listing, min(e.first) AS first, max(e.last) AS last FROM ending AS e GROUP BY e.listing),
differs AS (
	SELECT n.*, CASE
		WHEN n.seen = 'not-listed' AND s.start_last < n.first AND (g.first IS NULL OR g.first > n.last)
			THEN '台帳では掲載されているが、公表されたリストにない'
		WHEN n.seen = 'listed' AND (s.listing IS NULL OR g.last < n.first) THEN '公表されたリストにあるが、台帳では掲載されていない' END AS ja
	FROM newest AS n LEFT JOIN standing AS s ON s.listing = n.listing LEFT JOIN gone AS g ON g.listing = n.listing)
SELECT listing AS listing, seq AS record, ja AS ja,
	CASE seen WHEN 'listed' THEN 'the published list shows it, the ledger does not' ELSE 'the ledger shows it, the published list does not' END AS en,
	CASE seen WHEN 'listed' THEN 'a listing' ELSE 'on the published list' END AS expected, seen || ' on ' || on_day AS found,
	CASE WHEN reason IS NULL THEN 'unverifiable' ELSE 'warning' END AS severity,
	CASE WHEN reason IS NULL THEN 'cannot-decide' ELSE '' END AS reason
FROM differs WHERE ja IS NOT NULL
