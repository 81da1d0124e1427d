-- id: N04
-- severity: expired
-- ja: 契約の期間が特別措置の期限に収まっていない
-- en: the term of the contract is not within the special measures
-- basis: ISMAP-LIUクラウドサービス登録規則 特別措置 (期限)。期限を過ぎた掲載の扱いは本定義の既定値
-- basis-en: ISMAP-LIU Cloud Service Registration Rules, special measures (their end); what becomes of the listing is this definition's default
-- basis-version: not verified
-- effective: 2023-05-19
-- next-ja: 特別措置の期限の後に利用する根拠(ISMAP-LIUの登録)を確認する
-- next-en: find out what the use rests on after the special measures (a registration under ISMAP-LIU)
-- types: special-measures
-- judges: use
SELECT listing AS listing, seq AS record,
	CASE what WHEN 'over' THEN '契約の開始日に特別措置の期限を過ぎている' WHEN 'maybe' THEN '日付の精度が足りず、契約の開始日に特別措置の期限を過ぎているか判断できない'
		ELSE '特別措置の期限 ' || ends_on || ' が契約期間内に到来する' END AS ja,
	CASE what WHEN 'over' THEN 'the contract begins after the special measures have ended'
		WHEN 'maybe' THEN 'the date is too coarse to tell whether the special measures have ended when the contract begins'
		ELSE 'the special measures end within the term of the contract, on ' || ends_on END AS en,
	'valid on ' || CASE what WHEN 'within' THEN t ELSE f END AS expected, ends_on AS found,
	CASE what WHEN 'over' THEN param('special_measures_end_severity') WHEN 'maybe' THEN 'unverifiable' ELSE 'warning' END AS severity,
	CASE what WHEN 'over' THEN '' WHEN 'maybe' THEN 'cannot-decide' ELSE 'expires-within-term' END AS reason
FROM (SELECT c.listing AS listing, c.seq AS seq, c.ends_on AS ends_on, u.contract_from AS f, u.contract_to AS t,
		CASE WHEN c.ends_last < u.contract_from THEN 'over' WHEN c.ends_first < u.contract_from THEN 'maybe' ELSE 'within' END AS what
	FROM special_cycle AS c JOIN use AS u WHERE c.ends_first < u.contract_to)
