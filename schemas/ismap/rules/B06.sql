-- id: B06
-- severity: invalid
-- ja: 選択した統制目標に、詳細管理策が一つもない
-- en: a control objective is selected without any detailed control
-- basis: ISMAP管理基準 (統制目標ごとに、手段となる詳細管理策を選択する)
-- basis-en: ISMAP Control Criteria (for each control objective, detailed controls are selected as its means)
-- basis-version: not verified
-- next-ja: 言明書の別添で、統制目標ごとの詳細管理策を確認する
-- next-en: check the detailed controls of each objective in the annex of the statement
-- types: provider-statement/controls
SELECT c.listing AS listing, c.seq AS record, '詳細管理策が一つもない統制目標がある' AS ja,
	'control objectives without any detailed control' AS en, 'one detailed control or more' AS expected,
	group_concat(json_extract(o.value, '$.id')) AS found
FROM (SELECT DISTINCT listing, seq, body FROM cited_statement) AS c, json_each(c.body, '$.controls.objectives') AS o
WHERE json_extract(o.value, '$.detailed') = 0
GROUP BY c.listing, c.seq
