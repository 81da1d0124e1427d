-- id: D08
-- severity: suspended
-- ja: 更新が登録留保となっている。猶予の1か月を過ぎても再監査の報告がなければ効力停止とする
-- en: the renewal is deferred; once the month of grace is over without a further audit, the listing is suspended
-- basis: {registration-rules} (登録留保、猶予1か月)。停止とする扱いは本定義の既定値
-- basis-en: {registration-rules-en} (deferral, one month of grace); that it suspends is this definition's default
-- basis-version: not verified
-- next-ja: 再監査の報告と運営委員会の次の決定を確認する
-- next-en: look for the further audit and the committee's next decision
-- absence: {scheme}/listing:{listing}
SELECT listing AS listing, seq AS record,
	CASE WHEN overdue THEN '登録留保の猶予期間が過ぎたが、再監査の報告がない'
		WHEN maybe_overdue THEN '日付の精度が足りず、登録留保の猶予期間を過ぎたか判断できない'
		WHEN surely THEN '登録留保中 (再監査の報告済み、決定待ち)' ELSE '登録留保中 (猶予期間内)' END AS ja,
	CASE WHEN overdue THEN 'the grace of the deferral is over and there is no further audit'
		WHEN maybe_overdue THEN 'the dates are too coarse to tell whether the grace of the deferral is over'
		WHEN surely THEN 'renewal deferred; the further audit is reported, a decision is awaited'
		ELSE 'renewal deferred; within the grace' END AS en,
	'a further audit by ' || until_last AS expected, 'deferred on ' || decided_on AS found,
	CASE WHEN overdue THEN param('deferral_overdue_severity') WHEN maybe_overdue THEN 'unverifiable' ELSE 'warning' END AS severity,
	CASE WHEN overdue THEN 'deferral-overdue' WHEN maybe_overdue THEN 'cannot-decide' ELSE 'deferred' END AS reason
FROM deferral
