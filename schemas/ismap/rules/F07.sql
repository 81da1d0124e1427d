-- id: F07
-- severity: warning
-- ja: 届け出られた統制の重大な変更について、その後の監査がない
-- en: a significant change of controls was notified, and no audit followed
-- basis: ISMAP管理基準 2.2.4、{registration-rules} (変更の届出、追加監査)
-- basis-en: ISMAP Control Criteria 2.2.4; {registration-rules-en} (notice of changes, additional audit)
-- basis-version: not verified
-- next-ja: 追加監査の要否を確認する
-- next-en: find out whether the change needs an additional audit
-- types: change-notice
WITH notice AS MATERIALIZED (
	SELECT e.listing AS listing, e.seq AS seq, coalesce(json_extract(e.body, '$.effective_on'), e.on_day) AS on_day
	FROM event AS e JOIN asked AS q
	WHERE e.type = 'change-notice' AND json_extract(e.body, '$.significant') AND instr(json_extract(e.body, '$.changes'), '"controls"') AND e.first <= q.as_of)
SELECT n.listing AS listing, n.seq AS record, '重大な変更の後の監査が記録にない' AS ja, 'no audit after a significant change is on record' AS en,
	'an audit after ' || n.on_day AS expected, 'none' AS found
FROM notice AS n JOIN standing AS s ON s.listing = n.listing JOIN asked AS q
WHERE day_last(n.on_day) <= q.as_of AND NOT EXISTS (
	SELECT 1 FROM report AS r WHERE r.service = s.service AND r.to_last >= day_first(n.on_day) AND r.dated_first <= q.as_of)
