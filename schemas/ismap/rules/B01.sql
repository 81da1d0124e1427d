-- id: B01
-- severity: invalid
-- ja: 実施結果報告書が、対象とした言明書を示していない
-- en: the report names no provider statement that it is on
-- basis: {registration-rules} (言明書を対象とする監査)
-- basis-en: {registration-rules-en} (the audit is of a statement)
-- basis-version: not verified
-- next-ja: 報告書が対象とした言明書の登載を監査機関に求める
-- next-en: ask the auditor for the statement the report is on
SELECT j.listing AS listing, j.seq AS record, '実施結果報告書が対象の言明書を示していない' AS ja,
	'the report names no provider statement that counts' AS en, 'a provider statement' AS expected, 'none' AS found
FROM cited_report AS j LEFT JOIN link AS k ON k.seq = j.seq AND k.rel = 'audits' AND k.target_type = 'provider-statement'
WHERE k.target IS NULL
