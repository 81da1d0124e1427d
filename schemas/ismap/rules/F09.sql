-- id: F09
-- severity: warning
-- ja: 監査機関取消 (報告の後、監査機関が理由により登録を取り消された)
-- en: the auditor was deregistered for cause after its report
-- basis: ISMAP監査機関登録規則 (登録の取消し)。遡る期間は根拠未確認
-- basis-en: ISMAP Auditor Registration Rules (cancellation of a registration); how far back is not verified
-- basis-version: not verified
-- next-ja: 運営委員会が当該報告書をどう扱ったか確認する
-- next-en: find out what the committee made of the report
-- types: auditor-registration/for_cause
WITH cause AS MATERIALIZED (
	SELECT e.seq AS seq, e.auditor AS auditor, e.effective_on AS effective_on, e.first AS first, e.last AS last
	FROM auditor_end AS e JOIN record AS r ON r.seq = e.seq JOIN asked AS q
	WHERE json_extract(r.body, '$.for_cause') AND e.first <= q.as_of)
SELECT j.listing AS listing, c.seq AS record, '監査機関が理由により登録を取り消されている' AS ja, 'the auditor was deregistered for cause' AS en,
	'registered' AS expected, 'deregistered on ' || c.effective_on AS found
FROM cited_report AS j JOIN cause AS c ON c.auditor = j.auditor
WHERE j.dated_first <= c.last AND add_period(add_days(j.dated_last, 1), param('auditor_cause_lookback_years'), 'year') >= c.first
