-- id: C19
-- severity: invalid
-- ja: マネジメント基準の複数年監査が、その要件を満たさない
-- en: the management criteria were audited over several years without meeting the conditions
-- basis: {registration-rules} 様式3別添7 (ISMS認証を前提とするマネジメント基準の複数年監査)
-- basis-en: {registration-rules-en}, Form 3, Annex 7 (audit of the management criteria over several years on an ISMS certificate)
-- basis-version: not verified
-- effective: 2024-08-01
-- next-ja: ISMS認証の有効期間、認証範囲、認証機関の認定を確認する
-- next-en: check validity, scope and accreditation of the ISMS certificate
-- types: audit-report/management_cycle
WITH used AS MATERIALIZED (
	SELECT j.*, d.kind AS kind, json_extract(j.body, '$.management_cycle.covers') AS covers,
		json_extract(j.body, '$.management_cycle.accredited') AS accredited,
		json_extract(j.body, '$.management_cycle.valid.from') AS valid_from, json_extract(j.body, '$.management_cycle.valid.to') AS valid_to
	FROM cited_report AS j LEFT JOIN decision AS d ON d.seq = j.decision
	WHERE json_extract(j.body, '$.management_cycle') IS NOT NULL),
valid AS (
	SELECT u.*, day_last(valid_from) <= from_first AND day_first(valid_to) >= to_last AS surely,
		day_first(valid_from) <= from_last AND day_last(valid_to) >= to_first AS maybe
	FROM used AS u)
SELECT listing, seq AS record, '新規の登録に複数年監査を用いている' AS ja, 'it is used for a first registration' AS en, 'a renewal' AS expected,
	'initial' AS found, 'invalid' AS severity, '' AS reason
FROM used WHERE cycle = 'initial' OR kind IS 'initial'
UNION ALL
SELECT listing, seq,
	CASE WHEN maybe THEN '日付の精度が足りず、ISMS認証が監査対象期間に有効か判断できない' ELSE 'ISMS認証が監査対象期間の全部にわたって有効でない' END,
	CASE WHEN maybe THEN 'the dates are too coarse to tell whether the certificate covers the audit period'
		ELSE 'the certificate does not cover the audit period' END,
	'valid ' || period_from || '/' || period_to, valid_from || '/' || valid_to,
	CASE WHEN maybe THEN 'unverifiable' ELSE 'invalid' END, CASE WHEN maybe THEN 'cannot-decide' ELSE '' END
FROM valid WHERE NOT surely
UNION ALL
SELECT listing, seq, '認証範囲がサービスと組織を含むことが示されていない', 'its scope is not shown to cover service and organisation', 'covers',
	CASE WHEN covers = 0 THEN 'does not cover' ELSE 'none' END, CASE WHEN covers = 0 THEN 'invalid' ELSE 'unverifiable' END,
	CASE WHEN covers = 0 THEN '' ELSE 'evidence-not-on-record' END
FROM used WHERE covers IS NOT 1
UNION ALL
SELECT listing, seq, '認証機関の認定が示されていない', 'the certification body is not shown to be accredited', 'accredited',
	CASE WHEN accredited = 0 THEN 'not accredited' ELSE 'none' END, CASE WHEN accredited = 0 THEN 'invalid' ELSE 'unverifiable' END,
	CASE WHEN accredited = 0 THEN '' ELSE 'evidence-not-on-record' END
FROM used WHERE accredited IS NOT 1
UNION ALL
SELECT listing, seq,
	CASE WHEN to_last < day_first(day) THEN 'マネジメント基準の複数年監査が設けられる前の監査に用いている' ELSE '監査対象期間が複数年監査の設けられる前に終わったか判断できない' END,
	CASE WHEN to_last < day_first(day) THEN 'it is used before there was an audit of the management criteria over several years'
		ELSE 'whether the audit period was over before there was such an audit cannot be told' END,
	'audit period to ' || day || ' or later', period_to,
	CASE WHEN to_last < day_first(day) THEN 'invalid' ELSE 'unverifiable' END, CASE WHEN to_last < day_first(day) THEN '' ELSE 'cannot-decide' END
FROM (SELECT u.*, param('management_cycle_from') AS day FROM used AS u) WHERE to_first < day_last(day)
