-- id: G04
-- severity: invalid
-- ja: 申請に内部監査報告書がない
-- en: the application has no internal audit report
-- basis: ISMAP-LIUクラウドサービス登録規則 (内部監査報告書)
-- basis-en: ISMAP-LIU Cloud Service Registration Rules (internal audit report)
-- basis-version: not verified
-- effective: 2022-11-01
-- next-ja: 内部監査報告書の提出と登載を確認する
-- next-en: look for the internal audit report
WITH l AS MATERIALIZED (SELECT * FROM liu),
named AS MATERIALIZED (
	SELECT l.application AS application, k.target AS seq, s.service AS service
	FROM l JOIN link AS k ON k.seq = l.application AND k.rel = 'internal-audit' AND k.target_type = 'internal-audit-report'
		JOIN subject AS s ON s.seq = k.target)
SELECT listing AS listing, application AS record, '内部監査報告書がない' AS ja, 'there is no internal audit report' AS en,
	'an internal audit report' AS expected, 'none' AS found
FROM l WHERE application NOT IN (SELECT application FROM named)
UNION ALL
SELECT l.listing, n.seq, '内部監査報告書が別のサービスのものである', 'the internal audit report is of another service', l.service, n.service
FROM l JOIN named AS n ON n.application = l.application WHERE n.service <> l.service
