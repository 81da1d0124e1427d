-- id: B07
-- severity: warning
-- ja: ガバナンス基準又はマネジメント基準に選択していないものがある(原則としてすべて実施する)
-- en: part of the governance or management criteria is not selected (in principle all are carried out)
-- basis: ISMAP管理基準 (マネジメント基準は原則としてすべて実施)。ガバナンス基準については本定義の既定値
-- basis-en: ISMAP Control Criteria (all of the management criteria as a rule); of the governance criteria, this definition's default
-- basis-version: not verified
-- next-ja: 選択していない理由を言明書で確認する
-- next-en: check in the statement why it is not selected
-- types: provider-statement/controls
SELECT c.listing AS listing, c.seq AS record, 'ガバナンス基準又はマネジメント基準に選択していないものがある' AS ja, 'part of the governance or management criteria is not selected' AS en,
	'all of them' AS expected, group_concat(DISTINCT json_extract(u.value, '$.id')) AS found
FROM cited_statement AS c, json_each(c.body, '$.controls.unselected') AS u
WHERE json_extract(u.value, '$.level') IN ('governance', 'management')
GROUP BY c.listing, c.seq
