-- id: D01
-- severity: invalid
-- ja: 申請に必要な書類がそろっていない
-- en: a document that an application needs was not submitted
-- basis: {registration-rules} 様式 (登録申請の書類)
-- basis-en: {registration-rules-en}, forms (papers of an application)
-- basis-version: not verified
-- effective: 提出書類の登載を求めるのは、パラメータ particulars_from 以後の申請
-- next-ja: 提出書類チェックリストで提出の有無を確認する
-- next-en: check the list of documents submitted
WITH a AS MATERIALIZED (
	SELECT s.listing AS listing, s.entry AS entry, p.seq AS seq, p.first AS first, json_extract(r.body, '$.submitted') AS submitted
	FROM standing AS s JOIN application AS p ON p.seq = s.application JOIN record AS r ON r.seq = p.seq),
needed AS (
	SELECT a.listing AS listing, a.seq AS seq, a.submitted AS submitted, n.value AS kind FROM a, json_each(param('submission_set')) AS n
	UNION
	SELECT a.listing, a.seq, a.submitted, 'improvement-plan' FROM a JOIN cited_report AS j ON j.entry = a.entry WHERE j.findings <> 'none')
SELECT listing, seq AS record,
	'申請に必要な書類が提出されていない: ' || group_concat(CASE kind WHEN 'pledge' THEN '誓約書' WHEN 'capital-and-officers' THEN '資本関係及び役員等の情報'
		WHEN 'provider-statement' THEN '言明書' WHEN 'audit-report' THEN '実施結果報告書' WHEN 'improvement-plan' THEN '改善計画書'
		WHEN 'application-form' THEN '登録申請書' WHEN 'other-certificates' THEN '他の認証の写し' WHEN 'checklist' THEN '提出書類チェックリスト'
		WHEN 'pre-application' THEN '事前申請書' WHEN 'impact-assessment' THEN '業務・情報の影響度評価' WHEN 'internal-audit-report' THEN '内部監査報告書'
		ELSE kind END, '、') AS ja,
	'not submitted: ' || group_concat(kind, ', ') AS en, 'submitted documents' AS expected, 'none' AS found, 'invalid' AS severity
FROM needed AS n
WHERE submitted IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(n.submitted) AS x WHERE x.value = n.kind)
GROUP BY listing, seq
UNION ALL
SELECT listing, seq, '申請の提出書類が登載されていない', 'which documents were submitted is not on file', 'submitted documents', 'none', 'warning'
FROM a WHERE submitted IS NULL AND first >= param('particulars_from')
