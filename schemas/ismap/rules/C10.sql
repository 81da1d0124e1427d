-- id: C10
-- severity: invalid
-- ja: 報告日が監査対象期間の末日より前である
-- en: the report is dated before its audit period ended
-- basis: 台帳の整合性 (期間の終了前にその期間の結果は報告できない)
-- basis-en: consistency of the ledger (the results of a period cannot be reported before its end)
-- basis-version: not verified
-- next-ja: 報告日と監査対象期間を報告書で確認する
-- next-en: check the report date and the audit period in the report
WITH s AS MATERIALIZED (SELECT * FROM standing),
early AS (
	SELECT s.listing AS listing, r.*, r.dated_last < r.to_first AS surely
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report
	WHERE r.dated_first < r.to_last)
SELECT listing, seq AS record, '報告日が監査対象期間の末日より前である' AS ja,
	'the report is dated before its audit period ended' AS en,
	period_to || ' or later' AS expected, report_date AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM early
