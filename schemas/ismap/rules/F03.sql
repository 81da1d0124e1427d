-- id: F03
-- severity: warning
-- ja: インシデントの速報の後、定められた期間内に確報がない
-- en: an incident was reported promptly, and no final report followed within the term
-- basis: {registration-rules} 第9章 (インシデントの報告)。期間は根拠未確認
-- basis-en: {registration-rules-en}, Chapter 9 (incident reports); the period is not verified
-- basis-version: not verified
-- next-ja: 確報の提出を事業者に確認する
-- next-en: ask the provider for the final report
-- types: incident-report
WITH prompt AS (
	SELECT e.listing AS listing, e.seq AS seq, e.on_day AS on_day, json_extract(e.body, '$.incident') AS incident,
		add_days(e.first, param('incident_final_days')) AS due_first, add_days(e.last, param('incident_final_days')) AS due_last, q.as_of AS as_of
	FROM event AS e JOIN asked AS q WHERE e.type = 'incident-report' AND e.stage = 'prompt' AND e.first <= q.as_of
		AND day_last(coalesce(json_extract(e.body, '$.known_on'), e.on_day)) >= param('incident_report_from'))
SELECT listing AS listing, seq AS record,
	CASE WHEN due_last < as_of THEN 'インシデントの確報がない' ELSE '日付の精度が足りず、インシデントの確報の期限を過ぎたか判断できない' END AS ja,
	CASE WHEN due_last < as_of THEN 'there is no final report on the incident'
		ELSE 'the date is too coarse to tell whether the final report on the incident is overdue' END AS en,
	'a final report by ' || due_last AS expected, 'reported promptly on ' || on_day AS found,
	CASE WHEN due_last < as_of THEN '' ELSE 'cannot-decide' END AS reason
FROM prompt AS p
WHERE due_first < as_of AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.listing = p.listing AND e.type = 'incident-report'
	AND e.stage = 'final' AND e.first <= p.as_of AND json_extract(e.body, '$.incident') = p.incident)
