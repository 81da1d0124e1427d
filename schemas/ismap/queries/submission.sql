-- What is missing of a submission, and where its papers do not fit each other.  The papers in hand are the records from given `first` on; with them
-- are those they refer to, the plans on record and the successions.  A paper that becomes a record has to be there; of the others the application
-- says whether they were submitted.  A report counts when it is in hand or the application names it, a statement likewise or when such a report is on
-- it, a plan when it is on such a report: what else they refer to, as the statement that is amended, is of an earlier year.
WITH hand AS MATERIALIZED (SELECT value + 0 AS first FROM given WHERE name = 'first'),
a AS MATERIALIZED (
	SELECT p.*, json_extract(r.body, '$.submitted') AS submitted, r.body AS body
	FROM application AS p JOIN record AS r ON r.seq = p.seq JOIN hand AS h ON p.seq >= h.first),
audited AS MATERIALIZED (
	SELECT r.seq AS seq FROM report AS r JOIN hand AS h
	WHERE r.seq >= h.first OR EXISTS (SELECT 1 FROM a JOIN link AS k ON k.seq = a.seq AND k.rel = 'report' AND k.target = r.seq)),
cited AS MATERIALIZED (
	SELECT seq FROM audited
	UNION
	SELECT k.target FROM audited AS r JOIN link AS k ON k.seq = r.seq AND k.rel = 'audits'
	UNION
	SELECT k.target FROM a JOIN link AS k ON k.seq = a.seq AND k.rel = 'statement'
	UNION
	SELECT k.seq FROM audited AS r JOIN link AS k ON k.target = r.seq AND k.rel = 'report' JOIN record AS p ON p.seq = k.seq AND p.type = 'improvement-plan'),
paper AS MATERIALIZED (
	SELECT r.seq AS seq, r.type AS type, s.service AS service, json_extract(r.body, '$.provider') AS provider, r.seq >= h.first AS in_hand
	FROM record AS r JOIN subject AS s ON s.seq = r.seq JOIN hand AS h
	WHERE r.type IN ('provider-statement', 'audit-report', 'improvement-plan')
		AND (r.seq >= h.first OR EXISTS (SELECT 1 FROM cited AS c WHERE c.seq = r.seq))),
need AS MATERIALIZED (
	SELECT a.seq AS seq, a.service AS service, a.submitted AS submitted, n.value AS kind FROM a, json_each(param('submission_set')) AS n
	UNION
	SELECT a.seq, a.service, a.submitted, 'improvement-plan' FROM a JOIN report AS r ON r.service = a.service JOIN audited AS t ON t.seq = r.seq WHERE r.findings <> 'none'),
pair AS MATERIALIZED (
	SELECT a.seq AS application, a.first AS first, a.last AS last, a.applied_on AS applied_on, a.body AS body, r.*
	FROM a JOIN report AS r ON r.service = a.service JOIN audited AS t ON t.seq = r.seq),
-- A paper of another provider than the applicant, who may have come after it on the listing.
apart AS MATERIALIZED (
	SELECT p.seq AS seq, p.provider AS found, a.provider AS expected, h.provider IS NOT NULL AS maybe
	FROM paper AS p JOIN a ON a.service = p.service
		LEFT JOIN heir AS h ON h.listing = a.listing AND h.origin = p.provider AND h.provider = a.provider AND h.first <= a.last
	WHERE p.provider <> a.provider AND NOT (h.last IS NOT NULL AND h.last <= a.first)),
said AS (
	SELECT 1 AS n, 'application' AS what, '登録申請書又は更新申請書がない' AS ja, 'there is no application' AS en, NULL AS record, 'D01' AS rule,
		'invalid' AS severity, NULL AS expected, NULL AS found FROM hand WHERE NOT EXISTS (SELECT 1 FROM a)
	UNION ALL
	SELECT 2, n.kind, CASE n.kind WHEN 'pledge' THEN '誓約書' WHEN 'capital-and-officers' THEN '資本関係及び役員等の情報' WHEN 'provider-statement' THEN '言明書'
			WHEN 'audit-report' THEN '実施結果報告書' WHEN 'improvement-plan' THEN '改善計画書' WHEN 'pre-application' THEN '事前申請書'
			WHEN 'impact-assessment' THEN '業務・情報の影響度評価' WHEN 'internal-audit-report' THEN '内部監査報告書' ELSE n.kind END
			|| CASE WHEN n.submitted IS NULL AND t.type IS NULL THEN 'の提出の有無が申請書に記載されていない' ELSE 'がない' END,
		n.kind || CASE WHEN n.submitted IS NULL AND t.type IS NULL THEN ': the application does not say whether it was submitted' ELSE ' is missing' END,
		n.seq, 'D01', CASE WHEN n.submitted IS NULL AND t.type IS NULL THEN 'unverifiable' ELSE 'invalid' END, NULL, NULL
	FROM need AS n LEFT JOIN (SELECT 'provider-statement' AS type UNION SELECT 'audit-report' UNION SELECT 'improvement-plan') AS t ON t.type = n.kind
	WHERE CASE WHEN t.type IS NULL THEN NOT EXISTS (SELECT 1 FROM json_each(coalesce(n.submitted, '[]')) AS x WHERE x.value = n.kind)
		ELSE NOT EXISTS (SELECT 1 FROM paper AS p WHERE p.type = n.kind AND p.service = n.service) END
	UNION ALL
	SELECT 3, 'other-service', '申請と別のサービスの書類である', 'a paper of another service than the application', p.seq, NULL, 'invalid', min(a.service), p.service
	FROM paper AS p JOIN a ON p.in_hand GROUP BY p.seq HAVING max(p.service IS a.service) = 0
	UNION ALL
	SELECT 4, 'other-provider',
		CASE WHEN maybe THEN '申請者と別の事業者の書類であり、申請の日までに承継されていたか判断できない' ELSE '申請者と別の事業者の書類である' END,
		CASE WHEN maybe THEN 'a paper of another provider than the applicant: whether it was succeeded by the day of the application cannot be told'
			ELSE 'a paper of another provider than the applicant' END,
		seq, NULL, CASE WHEN maybe THEN 'unverifiable' ELSE 'invalid' END, expected, found
	FROM apart
	UNION ALL
	SELECT 5, 'twice', '同じ種別の書類が二つある', 'two papers of one type', max(p.seq), NULL, 'warning', NULL, p.type
	FROM paper AS p WHERE p.in_hand GROUP BY p.type, p.service HAVING count(*) > 1
	UNION ALL
	SELECT 6, 'period', '言明書の対象期間と監査対象期間が異なる', 'the statement covers another period than the audit', r.seq, 'C15', 'warning',
		json_extract(t.body, '$.period.from') || '–' || json_extract(t.body, '$.period.to'), r.period_from || '–' || r.period_to
	FROM report AS r JOIN statement AS t ON t.service = r.service JOIN hand AS h ON t.seq >= h.first AND r.seq >= h.first
	WHERE day_first(json_extract(t.body, '$.period.from')) <> r.from_first OR day_last(json_extract(t.body, '$.period.to')) <> r.to_last
	UNION ALL
	SELECT 7, 'scope', '監査対象のサービスが言明書にない', 'the audit covers a service that the statement does not name', r.seq, 'C15', 'invalid', NULL, x.value
	FROM report AS r JOIN statement AS t ON t.service = r.service JOIN hand AS h ON t.seq >= h.first AND r.seq >= h.first, json_each(r.scope, '$.services') AS x
	WHERE NOT EXISTS (SELECT 1 FROM json_each(t.body, '$.services') AS i WHERE json_extract(i.value, '$.id') = x.value)
	UNION ALL
	SELECT 8, 'applied-before-report', '申請日が報告日より前である', 'applied for before the report', application, 'D06', 'invalid', report_date, applied_on
	FROM pair WHERE last < dated_first
	UNION ALL
	SELECT 9, 'applied-late', '報告日から申請までの期間が長い', 'applied for long after the report', application, 'D02', 'warning',
		add_period(add_days(dated_last, 1), param('application_deadline_months'), 'month'), applied_on
	FROM pair WHERE first > add_period(add_days(dated_last, 1), param('application_deadline_months'), 'month')
	UNION ALL
	SELECT 10, 'report-before-end', '報告日が監査対象期間の末日より前である', 'the report is dated before its period ends', seq, 'C10', 'invalid', period_to, report_date
	FROM pair WHERE dated_last < to_first
	UNION ALL
	SELECT 11, 'report-late', '報告が期限より遅い', 'the report is late', seq, 'C11', 'warning',
		add_period(add_days(to_last, 1), param('report_deadline_months'), 'month'), report_date
	FROM pair WHERE dated_first > add_period(add_days(to_last, 1), param('report_deadline_months'), 'month')
	UNION ALL
	SELECT 12, 'period-too-long', '監査対象期間が上限より長い', 'the audit period is too long', seq, 'C08', 'invalid',
		add_period(from_last, param('period_max_years'), 'year'), period_to
	FROM pair WHERE to_first > add_period(from_last, param('period_max_years'), 'year')
	UNION ALL
	SELECT 13, 'period-too-short', '監査対象期間が下限より短い', 'the audit period is too short', seq, 'C09', 'invalid',
		add_period(from_first, param('period_min_months'), 'month'), period_to
	FROM pair WHERE to_last < add_period(from_first, param('period_min_months'), 'month')
	UNION ALL
	SELECT 14, 'ties', '監査機関と資本関係等がある', 'the applicant has ties with the auditor', application, 'C06', 'invalid', NULL, auditor
	FROM pair AS p WHERE EXISTS (SELECT 1 FROM json_each(p.body, '$.capital_ties') AS x WHERE json_extract(x.value, '$.party') = p.auditor)
	UNION ALL
	SELECT 15, 'not-a-paper', '申請者の提出書類ではない', 'not a paper that an applicant submits', r.seq, 'D01', 'warning', NULL, r.type
	FROM record AS r JOIN hand AS h ON r.seq >= h.first
	WHERE r.type NOT IN ('application', 'renewal-application', 'provider-statement', 'audit-report', 'improvement-plan', 'audit-engagement',
		'change-notice', 'subsequent-event', 'pre-application', 'impact-assessment', 'internal-audit-report'))
SELECT what, ja AS label_ja, en AS label_en, record, rule, severity, expected, found FROM said ORDER BY n, record, what
