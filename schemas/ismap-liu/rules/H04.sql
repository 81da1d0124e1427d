-- id: H04
-- severity: invalid
-- ja: ISMAP-LIUの掲載を対象業務一覧にない業務に利用する
-- en: a listing of ISMAP-LIU is to be used for work that is not on the list of tasks
-- basis: ISMAP-LIU 対象業務一覧
-- basis-en: ISMAP-LIU, list of tasks
-- basis-version: not verified
-- effective: 2022-11-01
-- next-ja: 利用する業務を対象業務一覧(L01–L10)に照らし、その番号を --use で示す。当てはまらなければISMAPの登録のあるサービスによる
-- next-en: compare the work with the list of tasks (L01 to L10) and name its number with --use; other work needs a service registered under ISMAP
-- judges: use
WITH s AS MATERIALIZED (SELECT listing, entry FROM standing)
SELECT s.listing AS listing, s.entry AS record, '利用する業務が対象業務一覧にない' AS ja, 'the work is not on the list of tasks' AS en,
	'L01–L10' AS expected, u.task AS found, 'invalid' AS severity, '' AS reason
FROM s JOIN use AS u ON u.task IS NOT NULL
WHERE u.task NOT IN (SELECT json_extract(x.value, '$.id') FROM json_each(param('tasks')) AS x)
UNION ALL
SELECT s.listing, s.entry, '利用する業務が示されていない', 'which work it is to be used for was not named', 'L01–L10', 'none',
	param('task_not_named_severity'), CASE param('task_not_named_severity') WHEN 'unverifiable' THEN 'cannot-decide' ELSE '' END
FROM s JOIN use AS u ON u.task IS NULL
