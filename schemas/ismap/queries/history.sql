-- Every record on the way of the listing, by the date it speaks of: those about it, those they lead to, and whatever else there is about
-- the services and auditors met there.  What does not count is shown for what it is, and leads nowhere.
WITH RECURSIVE own AS MATERIALIZED (
	SELECT a.seq AS seq FROM about AS a JOIN asked AS q ON a.subject = '{scheme}/listing:' || q.listing),
way(seq) AS (
	SELECT seq FROM own UNION SELECT k.target FROM way AS w JOIN record AS r ON r.seq = w.seq JOIN link AS k ON k.seq = w.seq),
met AS MATERIALIZED (
	SELECT DISTINCT a.subject AS subject FROM way AS w JOIN record AS r ON r.seq = w.seq JOIN about AS a ON a.seq = w.seq
	WHERE a.subject GLOB '{scheme}/service:*' OR a.subject GLOB '{scheme}/auditor:*'),
shown AS MATERIALIZED (SELECT seq FROM way UNION SELECT a.seq FROM met AS m JOIN about AS a ON a.subject = m.subject),
named AS MATERIALIZED (
	SELECT g.seq AS seq, min(p.ja) AS ja, min(p.en) AS en
	FROM signer AS g LEFT JOIN party AS p ON p.party = g.party WHERE g.counted GROUP BY g.seq),
told AS MATERIALIZED (
	SELECT r.seq AS record, r.type AS type, r.issued AS issued,
		CASE WHEN NOT r.authorised THEN 'void' WHEN r.annulled THEN 'annulled' WHEN r.corrected THEN 'corrected' ELSE '' END AS state,
		coalesce(json_extract(r.body, '$.effective_on'), CASE WHEN e.kind = 'renewal' AND e.decided_first > json_extract(r.body, '$.registered_on')
				THEN e.decided_on END, json_extract(r.body, '$.decided_on'), json_extract(r.body, '$.reviewed_on'), json_extract(r.body, '$.assessed_on'),
			json_extract(r.body, '$.applied_on'), json_extract(r.body, '$.report_date'), json_extract(r.body, '$.stated_on'),
			json_extract(r.body, '$.submitted_on'), json_extract(r.body, '$.withdrawn_on'), json_extract(r.body, '$.registered_on'),
			json_extract(r.body, '$.engaged_on'), json_extract(r.body, '$.as_of'), json_extract(r.body, '$.source.as_of'), r.issued) AS date,
		CASE WHEN r.type <> 'audit-engagement' THEN coalesce(json_extract(r.body, '$.period.from'), json_extract(r.body, '$.valid_from')) END AS first,
		CASE WHEN r.type <> 'audit-engagement' THEN coalesce(json_extract(r.body, '$.period.to'), json_extract(r.body, '$.valid_until')) END AS last,
		CASE r.type WHEN 'audit-report' THEN json_extract(r.body, '$.cycle') WHEN 'listing' THEN json_extract(r.body, '$.basis')
			WHEN 'decision' THEN json_extract(r.body, '$.outcome') WHEN 'technical-review' THEN json_extract(r.body, '$.outcome')
			WHEN 'auditor-registration' THEN json_extract(r.body, '$.kind') WHEN 'incident-report' THEN json_extract(r.body, '$.stage')
			WHEN 're-audit' THEN json_extract(r.body, '$.stage') WHEN 'monitoring' THEN json_extract(r.body, '$.result')
			WHEN 'observation' THEN json_extract(r.body, '$.seen') ELSE '' END AS word,
		coalesce(json_extract(r.body, '$.meeting'), json_extract(r.body, '$.source.name'), json_extract(r.body, '$.reason'),
			json_extract(r.body, '$.summary'), json_extract(r.body, '$.after.ja'), json_extract(r.body, '$.text'), '') AS note,
		(SELECT min(f.target_seq) FROM ref AS f
			WHERE f.seq = r.seq AND r.type IN ('correction', 'annulment', 'report-withdrawal', 'dispute', 'reply')) AS target
	FROM shown AS s JOIN record_all AS r ON r.seq = s.seq LEFT JOIN entry AS e ON e.entry = r.seq)
SELECT t.record AS record, t.type AS type, t.state AS state, t.date AS date, t.first AS first, t.last AS last, t.target AS target,
	coalesce(n.ja, '') AS party_ja, coalesce(n.en, '') AS party_en,
	CASE t.word WHEN 'registered' THEN '登録' WHEN 'deferred' THEN '登録留保' WHEN 'rejected' THEN '却下' WHEN 'deleted' THEN '削除'
		WHEN 'accepted' THEN '適合' WHEN 'not-accepted' THEN '不適合' WHEN 'incomplete' THEN '追加提出'
		WHEN 'initial' THEN CASE t.type WHEN 'audit-report' THEN '初回監査' ELSE '新規' END WHEN 'annual' THEN '毎年の監査'
		WHEN 'additional' THEN '追加監査' WHEN 'renewal' THEN '更新' WHEN 'deregistration' THEN '抹消'
		WHEN 'imported' THEN '転記' WHEN 'prompt' THEN '速報' WHEN 'final' THEN '確報' WHEN 'opened' THEN '開始' WHEN 'closed' THEN '終了'
		WHEN 'under-way' THEN '実施中' WHEN 'no-action' THEN '措置不要' WHEN 'improvement' THEN '改善を要する' WHEN 're-audit' THEN '再監査'
		WHEN 'listed' THEN '掲載あり' WHEN 'not-listed' THEN '掲載なし' WHEN 'under-reaudit' THEN '再監査中の表示' ELSE '' END
		|| CASE WHEN coalesce(t.word, '') NOT IN ('', 'decided') AND t.note <> '' THEN '、' ELSE '' END || t.note AS text_ja,
	CASE t.word WHEN 'decided' THEN '' WHEN 'initial' THEN CASE t.type WHEN 'audit-report' THEN 'initial audit' ELSE 'initial' END
		WHEN 'annual' THEN 'annual audit' WHEN 'additional' THEN 'additional audit' WHEN 're-audit' THEN 're-audit'
		ELSE replace(coalesce(t.word, ''), '-', ' ') END
		|| CASE WHEN coalesce(t.word, '') NOT IN ('', 'decided') AND t.note <> '' THEN ', ' ELSE '' END || t.note AS text_en
FROM told AS t LEFT JOIN named AS n ON n.seq = t.record
ORDER BY coalesce(day_first(t.date), day_first(t.issued)), t.record
