-- id: B04
-- severity: invalid
-- ja: 統制目標(3桁)を選択しない理由が示されていない
-- en: a control objective (three digits) is not selected, and no reason is given
-- basis: ISMAP管理基準 (合理的に説明できる場合に限り統制目標を選択しないことができる)
-- basis-en: ISMAP Control Criteria (a control objective may be left out only with a reasonable explanation)
-- basis-version: not verified
-- next-ja: 選択しない理由を言明書の別添で確認する
-- next-en: look for the reason in the annex of the statement
-- types: provider-statement/controls
SELECT c.listing AS listing, c.seq AS record, '統制目標を選択しない理由が示されていない' AS ja, 'no reason is given for control objectives that are not selected' AS en,
	'a reason for each' AS expected, group_concat(DISTINCT json_extract(u.value, '$.id')) AS found
FROM cited_statement AS c, json_each(c.body, '$.controls.unselected') AS u
WHERE json_extract(u.value, '$.level') = 'objective'
	AND json_extract(u.value, '$.reason') IS NULL AND json_extract(u.value, '$.reason_kept') IS NULL
GROUP BY c.listing, c.seq
