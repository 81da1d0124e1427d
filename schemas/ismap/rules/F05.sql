-- id: F05
-- severity: suspended
-- ja: 再監査で要件を満たすことが確認されなかった、又は再監査の報告が期限を過ぎているが、運営委員会の決定がない
-- en: a re-audit did not confirm the requirements, or is overdue, and the committee has not decided
-- basis: {registration-rules} 第12章 (再監査)。停止とする扱いは本定義の既定値
-- basis-en: {registration-rules-en}, Chapter 12 (re-audit); that it suspends is this definition's default
-- basis-version: not verified
-- next-ja: 再監査の結果と運営委員会の決定を確認する
-- next-en: look for the result of the re-audit and the committee's decision
-- absence: {scheme}/listing:{listing}
-- types: re-audit
SELECT listing AS listing, seq AS record,
	CASE what WHEN 'negative' THEN '再監査で要件を満たすことが確認されていない' ELSE '再監査の報告が期限を過ぎている' END AS ja,
	CASE what WHEN 'negative' THEN 'the re-audit did not confirm the requirements' ELSE 'the report of the re-audit is overdue' END AS en,
	CASE what WHEN 'negative' THEN 'a decision after ' || on_day ELSE 'a report of the re-audit by ' || on_day END AS expected, 'none' AS found,
	CASE WHEN surely THEN param('reaudit_failed_severity') WHEN param('reaudit_failed_severity') = 'warning' THEN 'warning' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN 'reaudit-failed' ELSE 'cannot-decide' END AS reason
FROM reaudit_failed
