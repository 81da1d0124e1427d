-- id: T04
-- severity: invalid
-- ja: 申請の時に審査が古い
-- en: the assessment was too old at the application
-- basis: 根拠未確認 (試験用の制度)
-- basis-en: not verified (a scheme for tests)
-- basis-version: not verified
-- next-ja: 制度の登録簿を確認する
-- next-en: look at the scheme's own register
-- types: application
SELECT c.listing AS listing, a.seq AS record, CASE WHEN d.surely THEN '申請の時に審査が古い' ELSE '日付の精度が足りず判断できない' END AS ja,
	CASE WHEN d.surely THEN 'the assessment was too old at the application' ELSE 'the dates are too coarse to tell' END AS en,
	'by ' || d.until AS expected, json_extract(a.body, '$.applied_on') AS found, CASE WHEN d.surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN d.surely THEN '' ELSE 'cannot-decide' END AS reason
FROM cert AS c JOIN link AS k ON k.seq = c.seq AND k.rel = 'application' JOIN record AS a ON a.seq = k.target
	JOIN (
		SELECT b.seq AS application, add_period(add_days(day_first(json_extract(r.body, '$.assessed_on')), 1), param('assessment_fresh_months'), 'month') AS until,
			day_first(json_extract(b.body, '$.applied_on'))
				> add_period(add_days(day_last(json_extract(r.body, '$.assessed_on')), 1), param('assessment_fresh_months'), 'month') AS surely,
			day_last(json_extract(b.body, '$.applied_on')) AS last
		FROM record AS b JOIN link AS j ON j.seq = b.seq AND j.rel = 'assessment' JOIN record AS r ON r.seq = j.target
		WHERE b.type = 'application') AS d ON d.application = a.seq
WHERE param('assessment_fresh_months') > 0 AND d.last > d.until
