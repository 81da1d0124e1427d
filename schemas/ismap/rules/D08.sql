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
WITH s AS MATERIALIZED (SELECT * FROM standing),
later AS MATERIALIZED (
	SELECT * FROM (
		SELECT s.listing AS listing, d.seq AS seq, d.outcome AS outcome, d.decided_on AS decided_on, d.first AS first,
			d.last AS last, coalesce(a.service, s.service) AS service,
			row_number() OVER (PARTITION BY s.listing ORDER BY d.last DESC, d.seq DESC) AS n
		FROM s JOIN asked AS q JOIN decision AS d ON d.listing = s.listing AND d.kind = 'renewal'
			LEFT JOIN link AS k ON k.seq = d.seq AND k.rel = 'application' LEFT JOIN application AS a ON a.seq = k.target
		WHERE d.first <= q.as_of AND d.seq IS NOT s.decision AND d.last >= s.start_first)
	WHERE n = 1 AND outcome = 'deferred'),
grace AS MATERIALIZED (
	SELECT l.*, add_period(add_days(l.first, 1), param('deferral_grace_months'), 'month') AS until_first,
		add_period(add_days(l.last, 1), param('deferral_grace_months'), 'month') AS until_last
	FROM later AS l),
audited AS MATERIALIZED (
	SELECT g.listing AS listing, coalesce(max(r.dated_last <= g.until_first), 0) AS surely, count(r.seq) > 0 AS maybe
	FROM grace AS g JOIN asked AS q LEFT JOIN report AS r ON r.service = g.service AND r.cycle IN ('additional', 're-audit')
		AND r.dated_last >= g.first AND r.dated_first <= g.until_last AND r.dated_first <= q.as_of
	GROUP BY g.listing),
result AS (
	SELECT g.*, a.surely AS surely,
		q.as_of > g.until_last AND NOT a.maybe AS overdue,
		q.as_of > g.until_first AND NOT a.surely AS maybe_overdue
	FROM grace AS g JOIN asked AS q JOIN audited AS a ON a.listing = g.listing)
SELECT listing, seq AS record,
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
FROM result
