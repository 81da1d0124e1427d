-- id: A11
-- severity: invalid
-- ja: 一意であるべき番号(登録番号・監査機関の登録番号・報告書番号)を二つの記録が名乗っている
-- en: two records claim the same unique number (registration, auditor registration, report)
-- basis: 台帳の整合性 (登録番号の体系は公表資料による)
-- basis-en: consistency of the ledger (system of registration numbers by published sources)
-- basis-version: not verified
-- next-ja: どちらの記録が正しいかを確認し、誤った記録を訂正又は取り消す
-- next-en: find out which record is right; correct or annul the other
WITH s AS MATERIALIZED (SELECT * FROM standing),
known AS MATERIALIZED (
	SELECT r.* FROM report AS r, asked AS q
	WHERE r.dated_first <= q.as_of
		AND NOT EXISTS (SELECT 1 FROM withdrawn_report AS w WHERE w.report = r.seq AND w.first <= q.as_of)),
named AS MATERIALIZED (
	SELECT c.listing AS listing, c.entry AS seq, coalesce(json_extract(c.body, '$.registration_number'), c.listing) AS number
	FROM cycle AS c, asked AS q WHERE c.start_first <= q.as_of),
auditor AS MATERIALIZED (
	SELECT t.auditor AS auditor, r.seq AS seq, json_extract(r.body, '$.registration_no') AS number
	FROM record AS r JOIN subject AS t ON t.seq = r.seq
	WHERE r.type = 'auditor-registration' AND json_extract(r.body, '$.registration_no') IS NOT NULL)
SELECT s.listing AS listing, a.seq AS record,
	'登録番号 ' || a.number || ' を別の掲載も名乗っている' AS ja,
	'another listing claims the registration number ' || a.number AS en,
	'1' AS expected, a.listing || ', ' || min(b.listing) AS found
FROM s JOIN named AS a ON a.listing = s.listing JOIN named AS b ON b.number = a.number AND b.listing <> a.listing
GROUP BY s.listing
UNION ALL
SELECT s.listing, a.seq,
	'同じ監査機関の同じ報告書番号 ' || a.report_no || ' を二つの報告書が名乗っている',
	'two reports of one auditor carry the number ' || a.report_no,
	'1', '#' || a.seq || ', #' || min(b.seq)
FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN known AS a ON a.seq = c.report
	JOIN known AS b ON b.auditor = a.auditor AND b.report_no = a.report_no AND b.seq <> a.seq
GROUP BY s.listing, a.seq
UNION ALL
SELECT s.listing, x.seq,
	'監査機関の登録番号 ' || x.number || ' を別の監査機関も名乗っている',
	'another auditor claims the registration number ' || x.number,
	x.auditor, min(y.auditor)
FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report
	JOIN auditor AS x ON x.auditor = r.auditor
	JOIN auditor AS y ON y.number = x.number AND y.auditor <> x.auditor
GROUP BY s.listing, x.seq
