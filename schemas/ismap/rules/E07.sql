-- id: E07
-- severity: invalid
-- ja: 登録の日が決定の日より前である
-- en: the registration takes effect before it was decided
-- basis: 政府情報システムのためのセキュリティ評価制度の基本的枠組み (運営委員会の決定による登録)
-- basis-en: Basic Framework of the security assessment programme for government information systems (registration by decision of the steering committee)
-- basis-version: 2021-09 一部改正(案)
-- next-ja: 登録日と決定日を原本で確認する
-- next-en: check the registration and decision dates on the originals
WITH s AS MATERIALIZED (SELECT * FROM standing WHERE decision IS NOT NULL),
early AS (
	SELECT s.*, start_last < decided_first AS surely FROM s
	WHERE start_first < decided_last AND NOT (start_first = decided_first AND start_last = decided_last))
SELECT listing, entry AS record, '登録の日が決定の日より前である' AS ja, 'the registration takes effect before it was decided' AS en,
	decided_on || ' or later' AS expected,
	coalesce(json_extract(body, '$.effective_on'), json_extract(body, '$.registered_on')) AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM early
