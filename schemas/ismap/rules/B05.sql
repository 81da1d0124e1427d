-- id: B05
-- severity: warning
-- ja: 詳細管理策(4桁)を選択しない理由が示されていない
-- en: a detailed control (four digits) is not selected, and no reason is given
-- basis: ISMAP管理基準、言明書の様式 (選択しない詳細管理策の理由)
-- basis-en: ISMAP Control Criteria; form of the statement (reasons for detailed controls that are not selected)
-- basis-version: not verified
-- next-ja: 選択しない理由を言明書の別添で確認する
-- next-en: look for the reason in the annex of the statement
-- types: provider-statement/controls
SELECT c.listing AS listing, c.seq AS record, '詳細管理策を選択しない理由が示されていない' AS ja, 'no reason is given for detailed controls that are not selected' AS en,
	'a reason for each' AS expected, group_concat(DISTINCT json_extract(u.value, '$.id')) AS found
FROM cited_statement AS c, json_each(c.body, '$.controls.unselected') AS u
WHERE json_extract(u.value, '$.level') = 'detailed'
	AND json_extract(u.value, '$.reason') IS NULL AND json_extract(u.value, '$.reason_kept') IS NULL
GROUP BY c.listing, c.seq
