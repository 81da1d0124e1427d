-- id: E06
-- severity: invalid
-- ja: 公表されている有効期限が、監査対象期間から計算した期限と異なる
-- en: the expiry stated is not the one computed from the audit period
-- basis: ISMAP基本規程 3.5 (監査対象期間の末日の翌日から1年4か月)
-- basis-en: ISMAP Basic Rules 3.5 (one year and four months from the day after the audit period)
-- basis-version: not verified
-- next-ja: 監査対象期間と公表された有効期限を確認し、誤りなら訂正する
-- next-en: check the audit period and the expiry published; correct the one that is wrong
-- absence: {scheme}/listing:{listing}
WITH stated AS MATERIALIZED (
	SELECT s.listing AS listing, s.entry AS entry, json_extract(s.body, '$.expires_on') AS stated,
		day_first(json_extract(s.body, '$.expires_on')) AS first, day_last(json_extract(s.body, '$.expires_on')) AS last,
		s.expiry_first AS expiry_first, s.expiry_last AS expiry_last
	FROM standing AS s WHERE s.computed AND json_extract(s.body, '$.expires_on') IS NOT NULL),
compared AS (
	SELECT t.*, last < expiry_first OR first > expiry_last AS surely,
		first = last AND expiry_first = expiry_last AND first = expiry_first AS same
	FROM stated AS t)
SELECT listing, entry AS record,
	CASE WHEN surely THEN '公表された有効期限が計算と異なる' ELSE '日付の精度が足りず、有効期限の一致を判断できない' END AS ja,
	CASE WHEN surely THEN 'the expiry stated is not the one computed'
		ELSE 'the dates are too coarse to compare the expiry stated with the one computed' END AS en,
	CASE WHEN expiry_first = expiry_last THEN expiry_first ELSE expiry_first || '/' || expiry_last END AS expected, stated AS found,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM compared WHERE NOT same
