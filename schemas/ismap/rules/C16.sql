-- id: C16
-- severity: invalid
-- ja: 決定の拠り所である実施結果報告書が、撤回され又は同じ期間の後の報告書に差し替えられている
-- en: the report the decision rests on was withdrawn, or replaced by a later one for the same period
-- basis: 台帳の整合性 (有効な実施結果報告書に基づく決定)
-- basis-en: consistency of the ledger (a decision rests on a valid result report)
-- basis-version: not verified
-- next-ja: 有効な報告書に基づく改めての決定があるか確認する
-- next-en: look for a new decision that rests on the report in force
WITH s AS MATERIALIZED (SELECT * FROM standing),
judged AS MATERIALIZED (
	SELECT s.listing AS listing, s.entry AS entry, r.*
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report),
gone AS MATERIALIZED (
	SELECT j.listing AS listing, j.seq AS seq, w.seq AS by_record, json_extract(w.body, '$.withdrawn_on') AS on_day,
		json_extract(w.body, '$.auditor') = j.auditor AS own
	FROM judged AS j JOIN ref AS f ON f.target_seq = j.seq AND f.rel = 'withdraws'
		JOIN record AS w ON w.seq = f.seq AND w.type = 'report-withdrawal')
SELECT g.listing AS listing, g.seq AS record,
	CASE WHEN NOT own THEN '別の監査機関が実施結果報告書の撤回を記録している'
		ELSE '実施結果報告書が監査機関により撤回されている' END AS ja,
	CASE WHEN NOT own THEN 'another auditor has recorded a withdrawal of the report'
		ELSE 'the report was withdrawn by its auditor' END AS en,
	'a report in force' AS expected, 'withdrawn on ' || g.on_day || ' (#' || g.by_record || ')' AS found,
	CASE WHEN NOT own THEN 'warning' WHEN day_last(g.on_day) <= q.as_of THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN own AND day_last(g.on_day) > q.as_of THEN 'cannot-decide' ELSE '' END AS reason
FROM gone AS g, asked AS q WHERE day_first(g.on_day) <= q.as_of
UNION ALL
SELECT j.listing, j.seq,
	CASE WHEN max(r.dated_first > j.dated_last OR r.report_date = j.report_date) THEN '同じ期間について後の実施結果報告書がある'
		ELSE '日付の精度が足りず、同じ期間の実施結果報告書のどちらが後か判断できない' END,
	CASE WHEN max(r.dated_first > j.dated_last OR r.report_date = j.report_date) THEN 'there is a later report for the same period'
		ELSE 'the dates are too coarse to tell which of two reports for the same period is the later one' END,
	'#' || max(r.seq), '#' || j.seq,
	CASE WHEN max(r.dated_first > j.dated_last OR r.report_date = j.report_date) THEN 'invalid' ELSE 'unverifiable' END,
	CASE WHEN max(r.dated_first > j.dated_last OR r.report_date = j.report_date) THEN '' ELSE 'cannot-decide' END
FROM judged AS j JOIN asked AS q JOIN report AS r ON r.service = j.service AND r.auditor = j.auditor
	AND r.provider = j.provider AND r.cycle = j.cycle AND r.period_from = j.period_from AND r.period_to = j.period_to
WHERE r.seq <> j.seq AND r.dated_last <= q.as_of
	AND (r.dated_last > j.dated_first OR (r.report_date = j.report_date AND r.seq > j.seq))
	AND NOT EXISTS (SELECT 1 FROM judged AS o WHERE o.entry = j.entry AND o.seq = r.seq)
	AND NOT EXISTS (SELECT 1 FROM withdrawn_report AS w WHERE w.report = j.seq AND w.last <= q.as_of)
	AND NOT EXISTS (SELECT 1 FROM withdrawn_report AS w WHERE w.report = r.seq AND w.first <= q.as_of)
GROUP BY j.listing, j.seq
UNION ALL
SELECT j.listing, j.seq, 'サービスに関する記録が全部そろっておらず、撤回の有無を確認できない',
	'not all records about the service are here, so a withdrawal cannot be ruled out',
	'{scheme}/service:' || j.service, 'not proved', 'unverifiable', 'completeness'
FROM judged AS j WHERE NOT EXISTS (SELECT 1 FROM proved AS p WHERE p.subject = '{scheme}/service:' || j.service)
