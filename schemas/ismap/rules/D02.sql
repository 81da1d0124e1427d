-- id: D02
-- severity: warning
-- ja: 申請が報告日から1か月を過ぎてなされている
-- en: the application was filed more than a month after the report
-- basis: ISMAP基本規程 3.5 (有効期間のうち申請に要する1か月)。起算日は根拠未確認
-- basis-en: ISMAP Basic Rules 3.5 (the one month of the term that an application takes); the day counted from is not verified
-- basis-version: not verified
-- next-ja: 申請日と報告日を確認する
-- next-en: check the dates of report and application
SELECT listing, application AS record,
	CASE WHEN surely THEN '申請が期限を過ぎている' ELSE '日付の精度が足りず、申請が期限内か判断できない' END AS ja,
	CASE WHEN surely THEN 'the application is late' ELSE 'the dates are too coarse to tell whether the application is late' END AS en,
	'by ' || limit_last AS expected, applied_on AS found,
	CASE WHEN surely THEN 'warning' ELSE 'unverifiable' END AS severity, CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT *, first > limit_last AS surely
	FROM (SELECT j.listing AS listing, a.seq AS application, a.applied_on AS applied_on, a.first AS first, a.last AS last,
			max(add_period(add_days(j.dated_first, 1), param('application_deadline_months'), 'month')) AS limit_first,
			max(add_period(add_days(j.dated_last, 1), param('application_deadline_months'), 'month')) AS limit_last
		FROM cited_report AS j JOIN application AS a ON a.seq = j.application
		WHERE j.cycle IN ('initial', 'annual') GROUP BY j.listing)
	WHERE last > limit_first)
