-- id: B09
-- severity: warning
-- ja: 言明の責任者がガバナンスの最終責任を有する者でない、又はその権限が登載されていない
-- en: who answers for the statement has no final responsibility for governance, or the authority is not on file
-- basis: {registration-rules}、言明書の様式 (言明の責任者)
-- basis-en: {registration-rules-en}; form of the statement (who is responsible for the statement)
-- basis-version: not verified
-- effective: 権限の登載を求めるのは、パラメータ particulars_from 以後の言明書
-- next-ja: 言明の責任者の職と権限を事業者に確認する
-- next-en: ask the provider for seat and authority of who answers for the statement
SELECT listing, seq AS record,
	CASE WHEN governs = 0 THEN '言明の責任者がガバナンスの最終責任を有しない' ELSE '言明の責任者の権限が登載されていない' END AS ja,
	CASE WHEN governs = 0 THEN 'who answers for the statement has no final responsibility for governance'
		ELSE 'the authority of who answers for the statement is not on file' END AS en,
	'final responsibility for governance' AS expected, coalesce(seat, 'none') AS found
FROM (SELECT DISTINCT listing, seq, first, json_extract(body, '$.signatory.seat') AS seat,
		json_extract(body, '$.signatory.governs') AS governs, json_extract(body, '$.signatory.authority') AS authority
	FROM cited_statement)
WHERE governs = 0 OR (authority IS NULL AND first >= param('particulars_from'))
