-- id: C01
-- severity: invalid
-- ja: 報告日に監査機関が監査機関リストに登録されていない
-- en: the auditor was not registered on the report date
-- basis: ISMAP監査機関登録規則、{registration-rules} (監査機関リストに登録された監査機関による監査)
-- basis-en: ISMAP Auditor Registration Rules; {registration-rules-en} (audit by an auditor on the auditor list)
-- basis-version: not verified
-- next-ja: 監査機関の登録記録を確認する。登録が記録されていないだけなら事務局に登載を求める
-- next-en: look for the auditor's registration; if it is only missing from the ledger, ask the secretariat to seal it
WITH s AS MATERIALIZED (SELECT * FROM standing),
judged AS MATERIALIZED (
	SELECT s.listing AS listing, r.*
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report),
covered AS MATERIALIZED (
	SELECT j.listing AS listing, j.seq AS seq,
		max(t.from_last <= j.dated_first AND t.until_first >= j.dated_last AND NOT EXISTS (
			SELECT 1 FROM auditor_end AS e
			WHERE e.auditor = t.auditor AND e.last >= t.from_first AND e.first <= j.dated_last)) AS surely,
		max(t.from_first <= j.dated_last AND t.until_last >= j.dated_first AND NOT EXISTS (
			SELECT 1 FROM auditor_end AS e
			WHERE e.auditor = t.auditor AND e.first >= t.from_last AND e.last <= j.dated_first)) AS maybe
	FROM judged AS j JOIN auditor_term AS t ON t.auditor = j.auditor
	GROUP BY j.listing, j.seq),
result AS (
	SELECT j.listing AS listing, j.seq AS seq, j.auditor AS auditor, j.report_date AS report_date,
		coalesce(c.surely, 0) AS surely, coalesce(c.maybe, 0) AS maybe,
		EXISTS (SELECT 1 FROM proved AS p WHERE p.subject = '{scheme}/auditor:' || j.auditor) AS whole,
		(SELECT max(t.valid_from || '/' || t.valid_until) FROM auditor_term AS t WHERE t.auditor = j.auditor) AS term
	FROM judged AS j LEFT JOIN covered AS c ON c.listing = j.listing AND c.seq = j.seq)
SELECT listing, seq AS record,
	CASE WHEN NOT whole THEN '監査機関の登録に関する記録が全部そろっていない'
		WHEN maybe THEN '日付の精度が足りず、報告日に登録されていたか判断できない'
		ELSE '報告日に監査機関が登録されていない' END AS ja,
	CASE WHEN NOT whole THEN 'not all records about the auditor''s registration are here'
		WHEN maybe THEN 'the dates are too coarse to tell whether the auditor was registered on the report date'
		ELSE 'the auditor was not registered on the report date' END AS en,
	auditor || ' registered on ' || report_date AS expected, coalesce(term, 'no registration on record') AS found,
	CASE WHEN NOT whole OR maybe THEN 'unverifiable' ELSE 'invalid' END AS severity,
	CASE WHEN NOT whole THEN 'completeness' WHEN maybe THEN 'cannot-decide' ELSE '' END AS reason
FROM result WHERE NOT surely OR NOT whole
