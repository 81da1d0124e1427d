-- id: D11
-- severity: warning
-- ja: 決定に適用した規程の版が、決定日に施行されているものでない
-- en: the decision applied a version of the rules that was not in force on its day
-- basis: 政府情報システムのためのセキュリティ評価制度の基本的枠組み (改正と施行日)。版は決定日により適用する
-- basis-en: Basic Framework of the security assessment programme for government information systems (amendments and their dates of effect); the version in force on the day of the decision applies
-- basis-version: not verified
-- next-ja: 決定に適用した規程の版を議事録で確認する
-- next-en: check in the minutes which version was applied
-- types: decision/rules_version
WITH version AS (
	SELECT json_extract(value, '$.version') AS name, day_first(json_extract(value, '$.from')) AS first, day_last(json_extract(value, '$.from')) AS last,
		lead(day_first(json_extract(value, '$.from'))) OVER (ORDER BY json_extract(value, '$.from')) AS next_first,
		lead(day_last(json_extract(value, '$.from'))) OVER (ORDER BY json_extract(value, '$.from')) AS next_last
	FROM json_each(param('rules_versions'))),
judged AS (
	SELECT s.listing AS listing, s.decision AS decision, s.decided_on AS decided_on, json_extract(r.body, '$.rules_version') AS named, v.name AS name,
		s.decided_first >= v.last AND coalesce(s.decided_last < v.next_first, 1) AS surely,
		s.decided_last >= v.first AND coalesce(s.decided_first < v.next_last, 1) AS maybe
	FROM standing AS s JOIN record AS r ON r.seq = s.decision LEFT JOIN version AS v ON v.name = json_extract(r.body, '$.rules_version')
	WHERE json_extract(r.body, '$.rules_version') IS NOT NULL)
SELECT listing, decision AS record,
	CASE WHEN name IS NULL THEN '決定に適用した規程の版が、この制度の定義にない'
		WHEN maybe THEN '日付の精度が足りず、決定日に施行されていた規程の版か判断できない' ELSE '決定日に施行されていない規程の版を適用している' END AS ja,
	CASE WHEN name IS NULL THEN 'this profile does not know the version of the rules applied'
		WHEN maybe THEN 'the dates are too coarse to tell whether the version of the rules was in force'
		ELSE 'the version of the rules applied was not in force on the day of the decision' END AS en,
	'in force on ' || decided_on AS expected, 'version ' || named AS found,
	CASE WHEN maybe THEN 'unverifiable' ELSE 'warning' END AS severity, CASE WHEN name IS NULL OR maybe THEN 'cannot-decide' ELSE '' END AS reason
FROM judged WHERE surely IS NOT 1
