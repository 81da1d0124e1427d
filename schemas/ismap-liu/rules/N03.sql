-- id: N03
-- severity: expired
-- ja: 特別措置の期限を過ぎている
-- en: the special measures have ended
-- basis: ISMAP-LIUクラウドサービス登録規則 特別措置 (期限)。期限を過ぎた掲載の扱いは本定義の既定値
-- basis-en: ISMAP-LIU Cloud Service Registration Rules, special measures (their end); what becomes of the listing is this definition's default
-- basis-version: not verified
-- effective: 2023-05-19
-- next-ja: ISMAP-LIUの登録の有無を確認する
-- next-en: look for a registration under ISMAP-LIU
-- types: special-measures
SELECT c.listing AS listing, c.seq AS record,
	CASE WHEN c.ends_last < q.as_of THEN '特別措置の期限を過ぎている' ELSE '日付の精度が足りず、特別措置の期限を過ぎたか判断できない' END AS ja,
	CASE WHEN c.ends_last < q.as_of THEN 'the special measures have ended'
		ELSE 'the date is too coarse to tell whether the special measures have ended' END AS en,
	'valid on ' || q.as_of AS expected, c.ends_on AS found,
	CASE WHEN c.ends_last < q.as_of THEN param('special_measures_end_severity') ELSE 'unverifiable' END AS severity,
	CASE WHEN c.ends_last < q.as_of THEN '' ELSE 'cannot-decide' END AS reason
FROM special_cycle AS c JOIN asked AS q WHERE c.ends_first < q.as_of
