-- id: C18
-- severity: warning
-- ja: 所定の年数のうちに監査されていない管理策がある、又は前回の発見事項が再確認されていない
-- en: a control was not audited within the years of the cycle, or a previous finding was not tested again
-- basis: ISMAP管理基準、標準監査手続 (管理策の複数年監査)。年数は根拠未確認
-- basis-en: ISMAP Control Criteria; Standard Audit Procedures (audit of controls over several years); the number of years is not verified
-- basis-version: not verified
-- effective: 2023-10 (複数年監査)
-- next-ja: 監査しなかった管理策と、前回の発見事項の扱いを監査機関に確認する
-- next-en: ask the auditor about the controls left out, and about the previous findings
WITH control AS (
	SELECT listing, seq, id, last, limit_first, limit_last, last IS NULL OR to_first > limit_last AS surely
	FROM (SELECT j.listing AS listing, j.seq AS seq, j.to_first AS to_first, j.to_last AS to_last, json_extract(n.value, '$.id') AS id,
			json_extract(n.value, '$.last') AS last,
			add_period(add_days(day_first(json_extract(n.value, '$.last')), 1), param('control_cycle_years'), 'year') AS limit_first,
			add_period(add_days(day_last(json_extract(n.value, '$.last')), 1), param('control_cycle_years'), 'year') AS limit_last
		FROM cited_report AS j, json_each(j.body, '$.not_audited') AS n)
	WHERE last IS NULL OR to_last > limit_first)
SELECT listing, seq AS record,
	CASE WHEN surely THEN '所定の年数のうちに監査されていない管理策がある' ELSE '日付の精度が足りず、管理策が所定の年数のうちに監査されたか判断できない' END AS ja,
	CASE WHEN surely THEN 'controls were not audited within the years of the cycle'
		ELSE 'the dates are too coarse to tell whether controls were audited within the years of the cycle' END AS en,
	'within ' || param('control_cycle_years') || ' years' AS expected, group_concat(id) AS found,
	CASE WHEN surely THEN 'warning' ELSE 'unverifiable' END AS severity, CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM control GROUP BY listing, seq, surely
UNION ALL
SELECT j.listing, j.seq, '前回の発見事項が再確認されていない', 'previous findings were not tested again', 'tested again',
	group_concat(json_extract(f.value, '$.no')), 'warning', ''
FROM cited_report AS j, json_each(j.body, '$.retested') AS f
WHERE json_extract(f.value, '$.done') = 0
GROUP BY j.listing, j.seq
UNION ALL
SELECT j.listing, j.seq, '前回の発見事項を再確認したか示されていない', 'whether the previous findings were tested again is not on file',
	'tested again', 'findings: ' || p.findings || ' (#' || p.seq || ')', 'warning', ''
FROM cited_report AS j JOIN earlier AS e ON e.entry = j.entry JOIN report AS p ON p.seq = e.report
WHERE p.findings <> 'none' AND j.cycle = 'annual' AND json_extract(j.body, '$.retested') IS NULL AND j.dated_first >= param('particulars_from')
UNION ALL
-- Before the audit over several years came, every control was audited every year: an audit period that was over by then may leave none out,
-- whenever the control was audited before.
SELECT listing, seq,
	CASE WHEN surely THEN '複数年監査が設けられる前の監査で、監査されていない管理策がある' ELSE '監査対象期間が複数年監査の設けられる前に終わったか判断できない' END,
	CASE WHEN surely THEN 'controls were left out before there was an audit over several years'
		ELSE 'whether the audit period was over before there was an audit over several years cannot be told' END,
	'audit period to ' || param('control_cycle_from') || ' or later', period_to || ' (' || id || ')',
	CASE WHEN surely THEN 'warning' ELSE 'unverifiable' END, CASE WHEN surely THEN '' ELSE 'cannot-decide' END
FROM (SELECT j.listing AS listing, j.seq AS seq, j.period_to AS period_to, j.to_last < day_first(param('control_cycle_from')) AS surely,
		group_concat(json_extract(n.value, '$.id')) AS id
	FROM cited_report AS j, json_each(j.body, '$.not_audited') AS n
	WHERE j.to_first < day_last(param('control_cycle_from')) GROUP BY j.listing, j.seq)
