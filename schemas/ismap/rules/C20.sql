-- id: C20
-- severity: warning
-- ja: 期間中に変更した管理策が、変更後の状態で監査されていない
-- en: controls changed in the period were not audited as changed
-- basis: ISMAP管理基準 2.2.4 (個別管理策の変更)
-- basis-en: ISMAP Control Criteria 2.2.4 (change of individual controls)
-- basis-version: not verified
-- next-ja: 変更した管理策の監査を監査機関に確認する
-- next-en: ask the auditor about the controls that changed
-- types: provider-statement/changed_controls
SELECT c.listing AS listing, c.report AS record, '変更した管理策が変更後の状態で監査されていない' AS ja,
	'controls that changed were not audited as changed' AS en, 'audited as changed' AS expected, group_concat(x.value) AS found
FROM cited_statement AS c, json_each(c.body, '$.changed_controls') AS x
WHERE NOT EXISTS (SELECT 1 FROM json_each(c.report_body, '$.changed_audited') AS a WHERE a.value = x.value)
GROUP BY c.listing, c.report
