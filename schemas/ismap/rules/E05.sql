-- id: E05
-- severity: expired
-- ja: 有効期限の後に更新が却下されている
-- en: the renewal was rejected after the expiry
-- basis: ISMAP基本規程 3.5 (更新申請があった場合、決定までの間は有効)
-- basis-en: ISMAP Basic Rules 3.5 (valid until the decision when a renewal was applied for)
-- basis-version: not verified
-- next-ja: 却下の後に改めて登録されたか確認する
-- next-en: find out whether it was registered anew after the rejection
-- types: renewal-application
WITH s AS MATERIALIZED (SELECT * FROM standing),
no AS (
	SELECT s.listing AS listing, d.seq AS seq, d.decided_on AS decided_on, s.expiry_last AS expiry_last,
		d.first > s.expiry_last AND d.last <= q.as_of AS surely
	FROM s JOIN asked AS q JOIN decision AS d ON d.listing = s.listing
	WHERE d.outcome = 'rejected' AND d.kind = 'renewal' AND d.first <= q.as_of AND d.last > s.expiry_first
		AND EXISTS (SELECT 1 FROM renewal AS n WHERE n.listing = s.listing AND n.timely IS NOT 0))
SELECT listing AS listing, seq AS record,
	CASE WHEN surely THEN '更新が却下され、決定の日から期限切れである' ELSE '日付の精度が足りず、更新の却下により期限切れとなったか判断できない' END AS ja,
	CASE WHEN surely THEN 'the renewal was rejected: expired from the day of the decision'
		ELSE 'the dates are too coarse to tell whether the rejection of the renewal has ended the registration' END AS en,
	'a decision to register' AS expected, 'rejected on ' || decided_on AS found,
	CASE WHEN surely THEN 'expired' ELSE 'unverifiable' END AS severity,
	CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM no
