-- id: B08
-- severity: invalid
-- ja: 言明書の管理基準の版が、監査対象期間に施行されていない
-- en: the version of the control criteria in the statement was not in force in the audit period
-- basis: ISMAP管理基準の改定と経過措置。版は監査対象期間の日付により適用する
-- basis-en: ISMAP Control Criteria, revisions and transitional measures; the version follows from the dates of the audit period
-- basis-version: not verified
-- next-ja: 言明書の管理基準の版を確認する。定義にない版であれば、新しい制度の定義を用いる
-- next-en: check the version in the statement; when it is new, use a newer profile
-- types: provider-statement/criteria_version
WITH version AS (
	SELECT json_extract(value, '$.version') AS name, day_first(json_extract(value, '$.from')) AS first, day_last(json_extract(value, '$.from')) AS last,
		lead(day_first(json_extract(value, '$.from'))) OVER (ORDER BY json_extract(value, '$.from')) AS next_first,
		lead(day_last(json_extract(value, '$.from'))) OVER (ORDER BY json_extract(value, '$.from')) AS next_last
	FROM json_each(param('criteria_versions'))),
judged AS (
	SELECT c.listing AS listing, c.seq AS seq, json_extract(c.body, '$.criteria_version') AS named, v.name AS name, v.first AS from_day,
		c.from_first || '/' || c.to_last AS period,
		c.to_first >= v.last AND coalesce(c.from_last < v.next_first, 1) AS surely,
		c.to_last >= v.first AND coalesce(c.from_first < v.next_last, 1) AS maybe
	FROM cited_statement AS c LEFT JOIN version AS v ON v.name = json_extract(c.body, '$.criteria_version')
	WHERE json_extract(c.body, '$.criteria_version') IS NOT NULL)
SELECT listing, seq AS record,
	CASE WHEN name IS NULL THEN '言明書の管理基準の版が、この制度の定義にない'
		WHEN maybe THEN '日付の精度が足りず、管理基準の版が監査対象期間に施行されていたか判断できない'
		ELSE '管理基準の版が監査対象期間に施行されていない' END AS ja,
	CASE WHEN name IS NULL THEN 'this profile does not know the version of the control criteria'
		WHEN maybe THEN 'the dates are too coarse to tell whether the version was in force in the audit period'
		ELSE 'the version of the control criteria was not in force in the audit period' END AS en,
	'in force in ' || period AS expected, 'version ' || named AS found,
	CASE WHEN name IS NULL OR maybe THEN 'unverifiable' ELSE 'invalid' END AS severity,
	CASE WHEN name IS NULL OR maybe THEN 'cannot-decide' ELSE '' END AS reason
FROM judged WHERE surely IS NOT 1
