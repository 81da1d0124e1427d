-- id: G02
-- severity: invalid
-- ja: 対象業務が対象業務一覧にない、又は影響度が低いと評価されていない
-- en: a task is not on the list of tasks, or its impact was not assessed as low
-- basis: ISMAP-LIUクラウドサービス登録規則 (対象業務一覧と影響度評価の両方を満たす業務)
-- basis-en: ISMAP-LIU Cloud Service Registration Rules (work that is on the list of tasks and of low impact)
-- basis-version: not verified
-- effective: 2022-11-01
-- next-ja: 対象業務と、調達省庁による業務・情報の影響度評価を確認する
-- next-en: check the tasks, and the impact assessment by the procuring body
WITH l AS MATERIALIZED (SELECT * FROM liu),
a AS MATERIALIZED (SELECT * FROM assessed),
task AS MATERIALIZED (SELECT l.listing AS listing, l.application AS application, t.value AS task FROM l, json_each(l.body, '$.tasks') AS t)
SELECT listing AS listing, application AS record, task || ' は対象業務一覧にない' AS ja, task || ' is not on the list of tasks' AS en,
	'L01–L10' AS expected, task AS found, 'invalid' AS severity, '' AS reason
FROM task WHERE task NOT IN (SELECT json_extract(x.value, '$.id') FROM json_each(param('tasks')) AS x)
UNION ALL
SELECT listing, application, '業務・情報の影響度評価がない', 'there is no impact assessment', 'an impact assessment', 'none', 'invalid', ''
FROM l WHERE application NOT IN (SELECT application FROM a)
UNION ALL
SELECT listing, seq, '影響度が低いと評価されていない', 'the impact was not assessed as low', 'low', impact, 'invalid', ''
FROM a WHERE impact <> 'low'
UNION ALL
SELECT t.listing, t.application, t.task || ' の影響度評価がない', t.task || ' was not assessed', t.task, 'not assessed', 'invalid', ''
FROM task AS t
WHERE t.application IN (SELECT application FROM a)
	AND NOT EXISTS (SELECT 1 FROM a, json_each(a.tasks) AS x WHERE a.application = t.application AND x.value = t.task)
UNION ALL
SELECT a.listing, a.seq,
	CASE WHEN a.first > l.last THEN '影響度評価が申請より後である' ELSE '日付の精度が足りず、影響度評価が申請より前か判断できない' END,
	CASE WHEN a.first > l.last THEN 'the impact was assessed after the application'
		ELSE 'the dates are too coarse to tell whether the impact was assessed before the application' END,
	'by ' || l.applied_on, a.assessed_on, CASE WHEN a.first > l.last THEN 'invalid' ELSE 'unverifiable' END,
	CASE WHEN a.first > l.last THEN '' ELSE 'cannot-decide' END
FROM a JOIN l ON l.application = a.application WHERE a.last > l.first AND a.assessed_on <> l.applied_on
