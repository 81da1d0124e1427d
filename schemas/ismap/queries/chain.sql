-- The steps of the standing cycle, from the listing back to the statement; before them what ended the registration or suspends it, with the
-- record it takes the effect from in `ends`.
WITH s AS MATERIALIZED (SELECT s.* FROM standing AS s JOIN asked AS q ON q.listing = s.listing),
named AS MATERIALIZED (
	SELECT g.seq AS seq, min(p.ja) AS ja, min(p.en) AS en, count(DISTINCT g.party || '/' || g.member) AS signers
	FROM signer AS g LEFT JOIN party AS p ON p.party = g.party WHERE g.counted GROUP BY g.seq),
step AS (
	SELECT 0 AS n, o.how AS step, CASE o.how WHEN 'deletion' THEN '削除' WHEN 'withdrawal' THEN '取下げ' ELSE '効力停止' END AS label_ja,
		o.how AS label_en, o.on_day AS date, o.seq AS record,
		CASE o.how WHEN 'suspension' THEN '登録の効力を停止' ELSE '登録を終了' END AS text_ja,
		CASE o.how WHEN 'suspension' THEN 'suspends the registration' ELSE 'ends the registration' END AS text_en, s.entry AS ends
	FROM s JOIN stopped AS o ON o.listing = s.listing
	UNION ALL
	SELECT 1, 'listing', '掲載', 'listing',
		coalesce(json_extract(s.body, '$.effective_on'), json_extract(s.body, '$.registered_on')), s.entry,
		'登録番号 ' || s.listing || coalesce('、' || (SELECT value FROM param WHERE name = 'listing_note_ja'), ''),
		'registration ' || s.listing || coalesce(', ' || (SELECT value FROM param WHERE name = 'listing_note_en'), ''), NULL
	FROM s
	UNION ALL
	SELECT 2, 'decision', '決定', 'decision', d.decided_on, d.seq,
		CASE d.outcome WHEN 'registered' THEN '登録' WHEN 'deferred' THEN '登録留保' WHEN 'rejected' THEN '却下' ELSE '削除' END
			|| '、' || json_extract(r.body, '$.meeting'),
		d.outcome || ', ' || json_extract(r.body, '$.meeting'), NULL
	FROM s JOIN decision AS d ON d.seq = s.decision JOIN record AS r ON r.seq = d.seq
	UNION ALL
	SELECT 3, 'technical_review', '技術的審査', 'technical review', v.reviewed_on, v.seq,
		CASE v.outcome WHEN 'accepted' THEN '適合' WHEN 'not-accepted' THEN '不適合' ELSE '追加提出' END, v.outcome, NULL
	FROM s JOIN review AS v ON v.seq = s.review
	UNION ALL
	SELECT 4, CASE a.type WHEN 'application' THEN 'application' ELSE 'renewal_application' END,
		CASE a.type WHEN 'application' THEN '登録申請' ELSE '更新申請' END,
		CASE a.type WHEN 'application' THEN 'application' ELSE 'renewal application' END, a.applied_on, a.seq, '', '', NULL
	FROM s JOIN application AS a ON a.seq = s.application
	UNION ALL
	SELECT 4, CASE k.rel WHEN 'assessment' THEN 'impact_assessment' WHEN 'internal-audit' THEN 'internal_audit_report'
			WHEN 'pre-application' THEN 'pre_application' ELSE 'special_measures' END,
		CASE k.rel WHEN 'assessment' THEN '影響度評価' WHEN 'internal-audit' THEN '内部監査報告' WHEN 'pre-application' THEN '事前申請' ELSE '特別措置' END,
		CASE k.rel WHEN 'assessment' THEN 'impact assessment' WHEN 'internal-audit' THEN 'internal audit report'
			WHEN 'pre-application' THEN 'pre-application' ELSE 'special measures' END,
		coalesce(json_extract(r.body, '$.assessed_on'), json_extract(r.body, '$.report_date'), json_extract(r.body, '$.decided_on'),
			json_extract(r.body, '$.applied_on')), r.seq, '', '', NULL
	FROM s JOIN link AS k ON k.seq = s.application AND k.rel IN ('assessment', 'internal-audit', 'pre-application', 'special-measures')
		JOIN record AS r ON r.seq = k.target
	UNION ALL
	SELECT 5, 'audit_report', '実施結果報告', 'audit result report', r.report_date, r.seq,
		'監査対象期間 ' || r.period_from || '–' || r.period_to, 'audit period ' || r.period_from || ' to ' || r.period_to, NULL
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report
	UNION ALL
	SELECT 6, 'auditor_registration', '監査機関の登録', 'auditor registration', t.valid_from, t.seq,
		'有効期間 ' || t.valid_from || '–' || t.until_last, 'valid ' || t.valid_from || ' to ' || t.until_last, NULL
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN report AS r ON r.seq = c.report
		JOIN auditor_term AS t ON t.auditor = r.auditor AND t.from_first <= r.dated_last AND t.until_last >= r.dated_first
	UNION ALL
	SELECT 7, 'provider_statement', '言明書', 'provider statement', coalesce(json_extract(t.body, '$.stated_on'), x.issued), t.seq,
		coalesce('対象期間 ' || json_extract(t.body, '$.period.from') || '–' || json_extract(t.body, '$.period.to'), ''),
		coalesce('period ' || json_extract(t.body, '$.period.from') || ' to ' || json_extract(t.body, '$.period.to'), ''), NULL
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN link AS k ON k.seq = c.report AND k.rel = 'audits'
		JOIN statement AS t ON t.seq = k.target JOIN record AS x ON x.seq = t.seq)
SELECT w.step AS step, w.label_ja AS label_ja, w.label_en AS label_en, w.date AS date, w.record AS record, w.ends AS ends,
	coalesce(n.ja, '') AS party_ja, coalesce(n.en, '') AS party_en,
	w.text_ja || CASE WHEN w.step = 'decision' THEN '、署名' || coalesce(n.signers, 0) || '名' ELSE '' END AS text_ja,
	w.text_en || CASE WHEN w.step = 'decision' THEN ', signed by ' || coalesce(n.signers, 0) ELSE '' END AS text_en
FROM (SELECT DISTINCT * FROM step) AS w LEFT JOIN named AS n ON n.seq = w.record
ORDER BY w.n, w.record DESC
