-- id: D06
-- severity: invalid
-- ja: 決定日が、申請、技術的審査又は報告の日より前である
-- en: the decision is dated before the application, the review or the report it rests on
-- basis: 台帳の整合性 (申請・監査・審査を経た決定)
-- basis-en: consistency of the ledger (a decision after application, audit and review)
-- basis-version: not verified
-- next-ja: 各書類の日付を原本で確認する
-- next-en: check the dates on the originals
WITH s AS MATERIALIZED (SELECT * FROM standing WHERE decision IS NOT NULL),
step AS (
	SELECT s.listing AS listing, s.decision AS decision, s.decided_on AS decided_on, s.decided_first AS decided_first,
		s.decided_last AS decided_last, '申請' AS ja, 'the application' AS en, a.seq AS seq, a.applied_on AS on_day,
		a.first AS first, a.last AS last
	FROM s JOIN application AS a ON a.seq = s.application
	UNION ALL
	SELECT s.listing, s.decision, s.decided_on, s.decided_first, s.decided_last, '技術的審査', 'the review', v.seq,
		v.reviewed_on, v.first, v.last
	FROM s JOIN review AS v ON v.seq = s.review
	UNION ALL
	SELECT s.listing, s.decision, s.decided_on, s.decided_first, s.decided_last, '実施結果報告', 'the report', r.seq,
		r.report_date, r.dated_first, r.dated_last
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report)
SELECT listing, decision AS record, '決定日が' || ja || 'の日より前である' AS ja,
	'the decision is dated before ' || en AS en, on_day || ' or later (#' || seq || ')' AS expected, decided_on AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT t.*, decided_last < first AS surely FROM step AS t WHERE decided_first < last)
