-- id: C02
-- severity: warning
-- ja: 契約日又は監査実施期間のいずれかの日に、監査機関の登録が切れている
-- en: the auditor was not registered when engaged, or on some day of the fieldwork
-- basis: ISMAP監査機関登録規則 (登録された監査機関による監査)
-- basis-en: ISMAP Auditor Registration Rules (audit by a registered auditor)
-- basis-version: not verified
-- next-ja: 監査機関の登録記録と、契約日・監査実施期間を確認する
-- next-en: compare the auditor's registrations with the days of engagement and fieldwork
-- types: audit-report/engaged_on, audit-report/fieldwork, audit-engagement
WITH work AS MATERIALIZED (
	SELECT j.listing AS listing, j.seq AS seq, j.auditor AS auditor,
		coalesce(json_extract(j.body, '$.engaged_on'), e.on_day) AS engaged, json_extract(j.body, '$.fieldwork.from') AS work_from,
		json_extract(j.body, '$.fieldwork.to') AS work_to
	FROM cited_report AS j LEFT JOIN link AS k ON k.seq = j.seq AND k.rel = 'engagement'
		LEFT JOIN event AS e ON e.seq = k.target AND e.type = 'audit-engagement'
	WHERE coalesce(engaged, work_from) IS NOT NULL
		AND EXISTS (SELECT 1 FROM proved AS p WHERE p.subject = '{scheme}/auditor:' || j.auditor)),
-- A gap in the fieldwork begins on its first day, or on the day after a term.
day AS MATERIALIZED (
	SELECT listing, seq, auditor, engaged AS on_day, day_first(engaged) AS first, day_last(engaged) AS last FROM work WHERE engaged IS NOT NULL
	UNION
	SELECT listing, seq, auditor, work_from, day_first(work_from), day_last(work_from) FROM work WHERE work_from IS NOT NULL
	UNION
	SELECT w.listing, w.seq, w.auditor, add_days(t.until_last, 1), add_days(t.until_first, 1), add_days(t.until_last, 1)
	FROM work AS w JOIN auditor_term AS t ON t.auditor = w.auditor AND t.until_last >= day_first(w.work_from) AND t.until_first < day_last(w.work_to)
	UNION
	SELECT w.listing, w.seq, w.auditor, e.effective_on, e.first, e.last
	FROM work AS w JOIN auditor_end AS e ON e.auditor = w.auditor AND e.last >= day_first(w.work_from) AND e.first <= day_last(w.work_to)),
covered AS (
	SELECT d.listing AS listing, d.seq AS seq, d.auditor AS auditor, d.on_day AS on_day,
		coalesce(max(t.from_last <= d.first AND t.until_first >= d.last AND NOT EXISTS (SELECT 1 FROM auditor_end AS e
			WHERE e.auditor = d.auditor AND e.last >= t.from_first AND e.first <= d.last)), 0) AS surely,
		coalesce(max(t.from_first <= d.last AND t.until_last >= d.first AND NOT EXISTS (SELECT 1 FROM auditor_end AS e
			WHERE e.auditor = d.auditor AND e.first >= t.from_last AND e.last <= d.first)), 0) AS maybe
	FROM day AS d LEFT JOIN auditor_term AS t ON t.auditor = d.auditor
	GROUP BY d.listing, d.seq, d.on_day)
SELECT listing, seq AS record,
	CASE WHEN maybe THEN '日付の精度が足りず、監査の間に監査機関の登録が切れたか判断できない' ELSE '監査機関の登録が切れている日がある' END AS ja,
	CASE WHEN maybe THEN 'the dates are too coarse to tell whether the auditor was registered throughout'
		ELSE 'the auditor was not registered on a day of the engagement' END AS en,
	auditor || ' registered on ' || on_day AS expected, 'no registration on record' AS found,
	CASE WHEN maybe THEN 'unverifiable' ELSE param('auditor_lapse_severity') END AS severity,
	CASE WHEN maybe THEN 'cannot-decide' ELSE '' END AS reason
FROM covered WHERE NOT surely
