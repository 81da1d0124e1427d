-- id: C03
-- severity: expired
-- ja: 監査機関の登録が2年の有効期間を過ぎ、更新の決定がないまま報告がなされている
-- en: the auditor's registration had run out (two years, no renewal decision) when the report was made
-- basis: ISMAP監査機関登録規則 (2年ごとの更新)
-- basis-en: ISMAP Auditor Registration Rules (renewal every two years)
-- basis-version: not verified
-- next-ja: 監査機関の登録の更新記録を確認する
-- next-en: look for the decision that renewed the auditor's registration
WITH s AS MATERIALIZED (SELECT * FROM standing),
judged AS MATERIALIZED (
	SELECT s.listing AS listing, r.*
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report),
begun AS MATERIALIZED (
	SELECT j.listing AS listing, j.seq AS seq, j.report_date AS report_date, j.dated_first AS dated_first,
		j.dated_last AS dated_last, max(t.until_first) AS until_first, max(t.until_last) AS until_last
	FROM judged AS j JOIN auditor_term AS t ON t.auditor = j.auditor AND t.from_first <= j.dated_last
	WHERE EXISTS (SELECT 1 FROM proved AS p WHERE p.subject = '{scheme}/auditor:' || j.auditor)
	GROUP BY j.listing, j.seq)
SELECT listing, seq AS record,
	'監査機関の登録の有効期間が報告日より前に終わっている' AS ja,
	'the auditor''s registration ended before the report date' AS en,
	'valid on ' || report_date AS expected, 'valid until ' || until_last AS found,
	CASE WHEN surely THEN 'expired' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT b.*, until_last < dated_first AS surely FROM begun AS b WHERE until_first < dated_last)
