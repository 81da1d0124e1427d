-- id: F01
-- severity: warning
-- ja: 改善計画書の改善事項が期限を過ぎている
-- en: an item of the improvement plan is overdue
-- basis: {registration-rules} (改善計画書)
-- basis-en: {registration-rules-en} (improvement plan)
-- basis-version: not verified
-- next-ja: 改善の状況を事業者に確認する
-- next-en: ask the provider how far the improvement is
-- types: improvement-plan/items
WITH item AS (
	SELECT i.*, q.as_of AS as_of, i.due_last < q.as_of AND (i.done_first IS NULL OR i.done_first > q.as_of) AS surely,
		i.due_first < q.as_of AND (i.done_first IS NULL OR i.done_first > q.as_of) AS maybe
	FROM plan_item AS i JOIN asked AS q),
late AS (
	SELECT listing, report, no, as_of, min(surely) AND max(own IS 1) AS surely,
		max(CASE WHEN nth = 1 THEN seq END) AS seq, max(CASE WHEN nth = 1 THEN due_on END) AS due_on
	FROM item GROUP BY listing, report, no HAVING max(maybe))
SELECT listing AS listing, seq AS record, '改善事項 ' || no || CASE WHEN surely THEN ' が期限を過ぎている' ELSE ' が期限を過ぎたか判断できない' END AS ja,
	CASE WHEN surely THEN 'item ' || no || ' of the improvement plan is overdue'
		ELSE 'whether item ' || no || ' of the improvement plan is overdue cannot be told' END AS en,
	'done by ' || due_on AS expected, 'not done on ' || as_of AS found,
	CASE WHEN surely OR param('plan_overdue_severity') = 'warning' THEN param('plan_overdue_severity') ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM late
