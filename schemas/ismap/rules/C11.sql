-- id: C11
-- severity: warning
-- ja: 報告日が監査対象期間の末日から3か月を過ぎている
-- en: the report is dated more than three months after its audit period
-- basis: ISMAP基本規程 3.5 (有効期間のうち報告に要する3か月)。起算日は根拠未確認
-- basis-en: ISMAP Basic Rules 3.5 (the three months of the term that reporting takes); the day counted from is not verified
-- basis-version: not verified
-- next-ja: 報告が遅れた理由を監査機関に確認する
-- next-en: ask the auditor why the report is late
SELECT listing, seq AS record,
	CASE WHEN surely THEN '報告日が期限を過ぎている' ELSE '日付の精度が足りず、報告が期限内か判断できない' END AS ja,
	CASE WHEN surely THEN 'the report is late' ELSE 'the dates are too coarse to tell whether the report is late' END AS en,
	'by ' || limit_last AS expected, report_date AS found,
	CASE WHEN surely THEN param('report_late_severity') ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT *, dated_first > limit_last AS surely
	FROM (SELECT *, add_period(add_days(to_first, 1), param('report_deadline_months'), 'month') AS limit_first,
			add_period(add_days(to_last, 1), param('report_deadline_months'), 'month') AS limit_last
		FROM cited_report WHERE cycle IN ('initial', 'annual'))
	WHERE dated_last > limit_first)
