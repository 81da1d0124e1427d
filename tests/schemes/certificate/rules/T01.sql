-- id: T01
-- severity: expired
-- ja: 有効期間が過ぎている
-- en: the term is over
-- basis: 根拠未確認 (試験用の制度)
-- basis-en: not verified (a scheme for tests)
-- basis-version: not verified
-- next-ja: 制度の登録簿を確認する
-- next-en: look at the scheme's own register
SELECT t.listing AS listing, t.seq AS record, CASE WHEN t.until_last < q.as_of THEN '有効期間が過ぎている' ELSE '日付の精度が足りず判断できない' END AS ja,
	CASE WHEN t.until_last < q.as_of THEN 'the term is over' ELSE 'the dates are too coarse to tell' END AS en, 'valid on ' || q.as_of AS expected,
	t.until_last AS found, CASE WHEN t.until_last < q.as_of THEN 'expired' ELSE 'unverifiable' END AS severity,
	CASE WHEN t.until_last < q.as_of THEN '' ELSE 'cannot-decide' END AS reason
FROM term AS t JOIN asked AS q WHERE t.until_first < q.as_of
