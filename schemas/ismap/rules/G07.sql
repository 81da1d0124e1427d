-- id: G07
-- severity: warning
-- ja: マネジメント基準の複数年監査が前提とするISMS認証の有効期間が過ぎている
-- en: the ISMS certificate that the multi-year audit of the management criteria rests on has expired
-- basis: {registration-rules} 様式3別添7 (マネジメント基準の監査の複数年での実施)
-- basis-en: {registration-rules-en}, Form 3, Annex 7 (audit of the management criteria over several years)
-- basis-version: not verified
-- effective: 2024-08-01
-- next-ja: ISMS認証の更新を事業者に確認する
-- next-en: ask the provider about the renewal of the certificate
-- types: audit-report/management_cycle
WITH m AS (
	SELECT j.listing AS listing, j.seq AS seq, q.as_of AS as_of, json_extract(j.body, '$.management_cycle.valid.to') AS until
	FROM cited_report AS j JOIN asked AS q WHERE json_extract(j.body, '$.management_cycle') IS NOT NULL)
SELECT listing AS listing, seq AS record, 'ISMS認証の有効期間が過ぎている' AS ja, 'the ISMS certificate has expired' AS en,
	'valid on ' || as_of AS expected, 'valid until ' || until AS found,
	CASE WHEN day_last(until) < as_of OR param('prerequisite_severity') = 'warning' THEN param('prerequisite_severity') ELSE 'unverifiable' END AS severity,
	CASE WHEN day_last(until) < as_of THEN '' ELSE 'cannot-decide' END AS reason
FROM m WHERE day_first(until) < as_of
