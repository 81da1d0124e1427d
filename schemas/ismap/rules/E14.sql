-- id: E14
-- severity: warning
-- ja: 更新準備 (有効期限が近いが、次の監査の契約も更新申請も記録にない)
-- en: time to prepare the renewal (the expiry is near; neither the next audit's engagement nor an application is on record)
-- basis: ISMAP基本規程 3.5 (有効期限までの更新申請)
-- basis-en: ISMAP Basic Rules 3.5 (renewal application by the expiry date)
-- basis-version: not verified
-- next-ja: 次の監査と更新申請の予定を事業者に確認する
-- next-en: ask the provider about the next audit and the application
WITH near AS MATERIALIZED (
	SELECT s.listing AS listing, s.entry AS entry, s.service AS service, s.report AS report, s.to_first AS to_first,
		s.expiry_last AS expiry_last, s.decided_last AS decided_last, q.as_of AS as_of
	FROM standing AS s JOIN asked AS q
	WHERE s.computed AND s.report IS NOT NULL AND q.as_of <= s.expiry_first
		AND add_period(q.as_of, param('renewal_notice_months'), 'month') >= s.expiry_last),
ready AS (
	SELECT n.listing AS listing FROM near AS n JOIN ending AS e ON e.listing = n.listing WHERE e.first <= n.as_of
	UNION ALL
	SELECT n.listing FROM near AS n JOIN renewal AS a ON a.listing = n.listing
	UNION ALL
	SELECT n.listing FROM near AS n JOIN report AS r ON r.service = n.service
	WHERE r.seq <> n.report AND r.to_last > n.to_first AND r.dated_first <= n.as_of AND r.cycle IN ('initial', 'annual')
	UNION ALL
	SELECT n.listing FROM near AS n JOIN event AS e ON e.service = n.service AND e.type = 'audit-engagement'
	WHERE e.first <= n.as_of AND coalesce(day_last(json_extract(e.body, '$.period.to')) > n.to_first, e.last > n.decided_last))
SELECT listing AS listing, entry AS record, '更新準備: 次の監査の契約も更新申請も記録にない' AS ja,
	'time to prepare the renewal: neither an engagement nor an application is on record' AS en,
	'an application by ' || expiry_last AS expected, 'none' AS found
FROM near
WHERE listing NOT IN (SELECT listing FROM ready) AND EXISTS (SELECT 1 FROM proved AS p WHERE p.subject = '{scheme}/service:' || service)
