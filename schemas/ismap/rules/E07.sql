-- id: E07
-- severity: invalid
-- ja: 登録の日又は効力の生じる日が決定の日より前である
-- en: the registration is dated, or takes effect, before it was decided
-- basis: 政府情報システムのためのセキュリティ評価制度の基本的枠組み (運営委員会の決定による登録)
-- basis-en: Basic Framework of the security assessment programme for government information systems (registration by decision of the steering committee)
-- basis-version: 2021-09 一部改正(案)
-- next-ja: 登録日と決定日を原本で確認する
-- next-en: check the registration and decision dates on the originals
-- A first registration has two days that may not come before its decision: the registration date, and the day from which the entry is
-- in force when it states one.  A later entry keeps the date of the first registration, so that of it only the second is judged.
WITH s AS MATERIALIZED (SELECT * FROM standing WHERE decision IS NOT NULL),
claimed AS (
	SELECT listing, entry, decided_on, decided_first, decided_last, start_first AS first, start_last AS last,
		coalesce(json_extract(body, '$.effective_on'), json_extract(body, '$.registered_on')) AS on_day
	FROM s
	UNION
	SELECT listing, entry, decided_on, decided_first, decided_last, day_first(json_extract(body, '$.registered_on')),
		day_last(json_extract(body, '$.registered_on')), json_extract(body, '$.registered_on')
	FROM s WHERE kind = 'initial' AND NOT EXISTS (SELECT 1 FROM earlier AS e WHERE e.entry = s.entry)),
early AS (
	SELECT c.*, last < decided_first AS surely FROM claimed AS c
	WHERE first < decided_last AND NOT (first = decided_first AND last = decided_last))
SELECT listing, entry AS record, '登録の日又は効力の生じる日が決定の日より前である' AS ja, 'the registration is dated, or takes effect, before it was decided' AS en,
	decided_on || ' or later' AS expected, group_concat(on_day) AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM early GROUP BY listing, entry, surely
