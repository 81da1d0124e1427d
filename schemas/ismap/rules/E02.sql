-- id: E02
-- severity: expired
-- ja: 登録の有効期限を過ぎており、期限までの更新申請もない
-- en: the registration has expired, and no application to renew was filed in time
-- basis: ISMAP基本規程 3.5 (監査対象期間の末日の翌日から1年4か月、更新申請)
-- basis-en: ISMAP Basic Rules 3.5 (one year and four months from the day after the audit period, renewal application)
-- basis-version: not verified
-- next-ja: 事業者に更新の状況を確認し、より新しい証跡を求める
-- next-en: ask the provider about the renewal and for a newer bundle
-- absence: {scheme}/listing:{listing}
WITH s AS MATERIALIZED (SELECT * FROM standing),
c AS MATERIALIZED (SELECT * FROM carry),
state AS MATERIALIZED (
	SELECT s.listing AS listing, s.entry AS entry, s.basis AS basis, s.computed AS computed, s.period_to AS period_to,
		s.expiry_first AS expiry_first, s.expiry_last AS expiry_last, q.as_of AS as_of,
		coalesce(c.surely, 0) AS carried, coalesce(c.maybe, 0) AS maybe,
		EXISTS (SELECT 1 FROM proved AS p WHERE p.subject = '{scheme}/listing:' || s.listing) AS whole
	FROM s JOIN asked AS q LEFT JOIN c ON c.listing = s.listing)
SELECT listing, entry AS record, '監査対象期間が記録になく、有効期限を計算できない' AS ja,
	'the audit period is not on record, so the expiry cannot be computed' AS en,
	'an audit period' AS expected, 'none' AS found, 'unverifiable' AS severity, 'evidence-not-on-record' AS reason
FROM state WHERE expiry_first IS NULL
UNION ALL
SELECT listing, CASE WHEN whole THEN entry END,
	CASE reason WHEN 'cannot-decide' THEN '日付の精度が足りず、有効期限内か判断できない'
		WHEN 'evidence-not-on-record' THEN '転記された有効期限を過ぎている。更新の有無は記録にない'
		ELSE '登録の有効期限を過ぎており、期限までの更新申請がない' END,
	CASE reason WHEN 'cannot-decide' THEN 'the dates are too coarse to tell whether it has expired'
		WHEN 'evidence-not-on-record' THEN 'the expiry copied from the list is past; whether it was renewed is not on record'
		ELSE 'expired, and no application to renew was filed in time' END,
	'valid on ' || as_of,
	'expired on ' || expiry_last || CASE WHEN computed THEN ' (audit period to ' || period_to || ')' ELSE '' END,
	CASE reason WHEN '' THEN 'expired' ELSE 'unverifiable' END, reason
FROM (SELECT t.*, CASE WHEN as_of <= expiry_last OR maybe THEN 'cannot-decide'
		WHEN basis = 'imported' THEN 'evidence-not-on-record' ELSE '' END AS reason
	FROM state AS t WHERE as_of > expiry_first AND NOT carried)
