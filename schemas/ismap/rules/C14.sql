-- id: C14
-- severity: warning
-- ja: 往査によらない監査手続の理由が示されていない
-- en: procedures were not all on site, and no reason is given
-- basis: 標準監査手続 (往査が困難な場合のリモート監査等の代替手続)
-- basis-en: Standard Audit Procedures (remote audit and other alternative procedures where a visit is difficult)
-- basis-version: not verified
-- effective: 理由の記載を求めるのは、パラメータ particulars_from 以後の報告書
-- next-ja: 往査によらない理由を監査機関に確認する
-- next-en: ask the auditor why
-- types: audit-report/procedure_mode
SELECT listing, seq AS record, '往査によらない理由が示されていない' AS ja, 'no reason is given for procedures that were not on site' AS en,
	'a reason' AS expected, json_extract(body, '$.procedure_mode') AS found
FROM cited_report
WHERE json_extract(body, '$.procedure_mode') <> 'onsite' AND json_extract(body, '$.procedure_reason') IS NULL
	AND dated_first >= param('particulars_from')
