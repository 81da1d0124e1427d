-- id: E10
-- severity: invalid
-- ja: 掲載の公表事項が、封緘された言明書の公表部分と異なる
-- en: what is published differs from the public part of the sealed statement
-- basis: {registration-rules} 3.8 (公表事項)
-- basis-en: {registration-rules-en} 3.8 (what is published)
-- basis-version: not verified
-- next-ja: 掲載と言明書の公表部分を照合し、誤りなら訂正する
-- next-en: compare the listing with the public part of the statement, and correct what is wrong
WITH base AS MATERIALIZED (
	SELECT s.listing AS listing, s.entry AS entry, s.body AS listed, t.body AS stated,
		json_extract(s.body, '$.audit_period') AS shown, json_extract(t.body, '$.period') AS period
	FROM standing AS s JOIN link AS k ON k.seq = s.report AND k.rel = 'audits' JOIN statement AS t ON t.seq = k.target
	WHERE s.basis = 'decided'),
pair AS (
	SELECT b.listing AS listing, b.entry AS entry, n.value AS field, json_extract(b.shown, '$.' || n.value) AS shown,
		json_extract(b.period, '$.' || n.value) AS stated
	FROM base AS b, json_each('["from","to"]') AS n)
SELECT b.listing AS listing, b.entry AS record, 'サービスの公表名称が言明書と異なる' AS ja,
	'the name of a service differs from the statement' AS en, json_extract(y.value, '$.name') AS expected,
	json_extract(x.value, '$.name') AS found, 'invalid' AS severity, '' AS reason
FROM base AS b, json_each(b.listed, '$.services') AS x, json_each(b.stated, '$.services') AS y
WHERE json_extract(x.value, '$.id') = json_extract(y.value, '$.id') AND json_extract(x.value, '$.name') <> json_extract(y.value, '$.name')
UNION ALL
SELECT listing, entry,
	CASE WHEN surely THEN '公表された監査対象期間が言明書の対象期間と異なる' ELSE '日付の精度が足りず、監査対象期間の一致を判断できない' END,
	CASE WHEN surely THEN 'the audit period published differs from the period stated'
		ELSE 'the dates are too coarse to compare the period published with the one stated' END,
	field || ' ' || stated, field || ' ' || shown,
	CASE WHEN surely THEN 'invalid' ELSE 'unverifiable' END, CASE WHEN surely THEN '' ELSE 'cannot-decide' END
FROM (SELECT p.*, day_last(shown) < day_first(stated) OR day_first(shown) > day_last(stated) AS surely FROM pair AS p WHERE shown <> stated)
