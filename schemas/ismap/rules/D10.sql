-- id: D10
-- severity: invalid
-- ja: 決定又は審査が、申請と異なる報告書・言明書を拠り所としている
-- en: the decision or the review rests on another report or statement than the application
-- basis: 台帳の整合性 (申請・審査・決定の対象の一致)
-- basis-en: consistency of the ledger (application, review and decision are of the same thing)
-- basis-version: not verified
-- next-ja: 申請、技術的審査、決定が示す報告書と言明書を照合する
-- next-en: compare the reports and statements that application, review and decision name
WITH s AS MATERIALIZED (SELECT * FROM standing WHERE decision IS NOT NULL),
cited AS MATERIALIZED (
	SELECT s.listing AS listing, s.decision AS by_record, s.application AS application, r.seq AS seq, r.service AS service
	FROM s JOIN link AS k ON k.seq = s.decision AND k.rel = 'report' JOIN report AS r ON r.seq = k.target
	WHERE r.cycle IN ('initial', 'annual')
	UNION ALL
	SELECT s.listing, s.review, s.application, r.seq, r.service
	FROM s JOIN link AS k ON k.seq = s.review AND k.rel = 'report' JOIN report AS r ON r.seq = k.target
	WHERE r.cycle IN ('initial', 'annual')),
applied AS MATERIALIZED (
	SELECT s.listing AS listing, k.rel AS rel, k.target AS target
	FROM s JOIN link AS k ON k.seq = s.application AND k.rel IN ('report', 'statement')),
stated AS MATERIALIZED (
	SELECT c.listing AS listing, k.target AS target
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN link AS k ON k.seq = c.report AND k.rel = 'audits')
SELECT c.listing AS listing, c.by_record AS record, '申請と異なる実施結果報告書を拠り所としている' AS ja,
	'it rests on another report than the application' AS en,
	'#' || (SELECT min(p.target) FROM applied AS p WHERE p.listing = c.listing AND p.rel = 'report') AS expected, '#' || c.seq AS found
FROM cited AS c
WHERE EXISTS (SELECT 1 FROM applied AS p WHERE p.listing = c.listing AND p.rel = 'report')
	AND NOT EXISTS (SELECT 1 FROM applied AS p WHERE p.listing = c.listing AND p.rel = 'report' AND p.target = c.seq)
UNION ALL
SELECT s.listing, s.decision, '申請とも監査とも異なる言明書を拠り所としている',
	'it rests on a statement that is neither the application''s nor the audited one',
	'#' || (SELECT min(p.target) FROM applied AS p WHERE p.listing = s.listing AND p.rel = 'statement'), '#' || k.target
FROM s JOIN link AS k ON k.seq = s.decision AND k.rel = 'statement'
WHERE EXISTS (SELECT 1 FROM applied AS p WHERE p.listing = s.listing AND p.rel = 'statement')
	AND NOT EXISTS (SELECT 1 FROM applied AS p WHERE p.listing = s.listing AND p.rel = 'statement' AND p.target = k.target)
	AND NOT EXISTS (SELECT 1 FROM stated AS t WHERE t.listing = s.listing AND t.target = k.target)
UNION ALL
SELECT p.listing, s.application, '申請が、監査されていない言明書を示している',
	'the application names a statement that was not audited',
	'#' || (SELECT min(t.target) FROM stated AS t WHERE t.listing = p.listing), '#' || p.target
FROM s JOIN applied AS p ON p.listing = s.listing AND p.rel = 'statement'
WHERE EXISTS (SELECT 1 FROM stated AS t WHERE t.listing = p.listing)
	AND NOT EXISTS (SELECT 1 FROM stated AS t WHERE t.listing = p.listing AND t.target = p.target)
UNION ALL
SELECT s.listing, s.decision, '別のサービスの申請に対する決定である', 'the application is for another service',
	s.service, a.service
FROM s JOIN application AS a ON a.seq = s.application WHERE a.service <> s.service
UNION ALL
SELECT s.listing, r.seq, '別のサービスの実施結果報告書を拠り所としている', 'the report is on another service',
	s.service, r.service
FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report WHERE r.service <> s.service
UNION ALL
SELECT s.listing, s.application, '別の掲載の更新申請である', 'the application is to renew another listing',
	s.listing, a.listing
FROM s JOIN application AS a ON a.seq = s.application WHERE a.listing <> s.listing
