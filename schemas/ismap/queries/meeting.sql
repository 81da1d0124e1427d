-- What becomes of one matter that a meeting decided, given as `matter`, a JSON object of the fields of meeting-columns: the record to be
-- signed and sealed (draft), what follows once it is on record (then), what the matter rests on (chain), and what has to be said of it
-- before anybody signs (missing, flag, note; effect: a rule that speaks because it was decided so;
-- unasked: one that says nothing yet).  A fault names the field that the row cannot stand with.  In `refs` a record is its seq; null stands for the draft.
WITH m AS MATERIALIZED (
	SELECT json_extract(value, '$.matter') AS matter, json_extract(value, '$.outcome') AS outcome, json_extract(value, '$.listing') AS listing,
		json_extract(value, '$.service') AS named_service, json_extract(value, '$.name') AS name, json_extract(value, '$.provider') AS provider,
		json_extract(value, '$.auditor') AS auditor, json_extract(value, '$.meeting') AS meeting, json_extract(value, '$.decided_on') AS decided_on,
		json_extract(value, '$.registered_on') AS registered_on, json_extract(value, '$.effective_on') AS effective_on,
		json_extract(value, '$.due_on') AS due_on, json_extract(value, '$.valid_from') AS valid_from, json_extract(value, '$.valid_until') AS valid_until,
		json_extract(value, '$.registration_no') AS registration_no, json_extract(value, '$.reason') AS reason,
		json_extract(value, '$.rules_version') AS rules_version, json_extract(value, '$.minutes') AS minutes,
		json_extract(value, '$.seats') + 0 AS seats, json_extract(value, '$.present') + 0 AS present
	FROM given WHERE name = 'matter'),
-- The newest entry of the listing, whether it still counts on the day or not.
held AS MATERIALIZED (
	SELECT c.* FROM m JOIN cycle AS c ON c.listing = m.listing ORDER BY c.start_last DESC, c.entry DESC LIMIT 1),
gone AS MATERIALIZED (
	SELECT r.seq AS seq, r.type AS type FROM m JOIN subject AS s ON s.listing = m.listing JOIN record AS r ON r.seq = s.seq
	WHERE r.type IN ('deletion', 'withdrawal') OR (r.type = 'decision' AND json_extract(r.body, '$.outcome') = 'deleted')
	ORDER BY r.seq DESC LIMIT 1),
sv AS MATERIALIZED (
	SELECT CASE WHEN m.matter = 'initial' THEN m.named_service
		ELSE coalesce(m.named_service, (SELECT a.service FROM application AS a WHERE a.listing = m.listing ORDER BY a.first DESC, a.seq DESC LIMIT 1),
			(SELECT h.service FROM held AS h)) END AS service FROM m),
-- The application that is before the meeting: the newest that no decision has settled.
app AS MATERIALIZED (
	SELECT a.* FROM m JOIN sv JOIN application AS a ON CASE m.matter WHEN 'initial' THEN a.type = 'application' AND a.service = sv.service
			WHEN 'renewal' THEN a.type = 'renewal-application' AND a.listing = m.listing ELSE 0 END
	WHERE NOT EXISTS (SELECT 1 FROM link AS k JOIN decision AS d ON d.seq = k.seq
		WHERE k.rel = 'application' AND k.target = a.seq AND d.outcome IN ('registered', 'rejected'))
	ORDER BY a.first DESC, a.seq DESC LIMIT 1),
rev AS MATERIALIZED (
	SELECT v.* FROM app AS a JOIN link AS k ON k.target = a.seq AND k.rel = 'reviews' JOIN review AS v ON v.seq = k.seq
	ORDER BY v.first DESC, v.seq DESC LIMIT 1),
deferral AS MATERIALIZED (
	SELECT d.* FROM app AS a JOIN link AS k ON k.target = a.seq AND k.rel = 'application' JOIN decision AS d ON d.seq = k.seq
	WHERE d.outcome = 'deferred' ORDER BY d.first DESC, d.seq DESC LIMIT 1),
-- What the application and the review name, and further audits reported since a deferral.
rep AS MATERIALIZED (
	SELECT r.* FROM report AS r WHERE r.seq IN (
		SELECT k.target FROM link AS k WHERE k.rel = 'report' AND k.seq IN (SELECT seq FROM app UNION SELECT seq FROM rev))
	UNION
	SELECT r.* FROM deferral AS d JOIN sv JOIN report AS r ON r.service = sv.service AND r.cycle IN ('additional', 're-audit') AND r.dated_first >= d.first),
base AS MATERIALIZED (
	SELECT r.* FROM rep AS r ORDER BY r.cycle IN ('initial', 'annual') DESC, r.to_last DESC, r.seq DESC LIMIT 1),
st AS MATERIALIZED (
	SELECT t.* FROM statement AS t JOIN (
		SELECT k.target AS seq, 1 AS n FROM app AS a JOIN link AS k ON k.seq = a.seq AND k.rel = 'statement'
		UNION ALL SELECT k.target, 2 FROM base AS b JOIN link AS k ON k.seq = b.seq AND k.rel = 'audits') AS x ON x.seq = t.seq
	ORDER BY x.n, t.seq DESC LIMIT 1),
due AS MATERIALIZED (
	SELECT add_period(add_days(b.to_first, 1), param('validity_months'), 'month') AS first,
		add_period(add_days(b.to_last, 1), param('validity_months'), 'month') AS last FROM base AS b),
-- The record of the auditor that is renewed or ended, and the re-audit that is closed.
term AS MATERIALIZED (
	SELECT r.seq AS seq, r.body AS body FROM m JOIN auditor_term AS t ON t.auditor = m.auditor JOIN record AS r ON r.seq = t.seq
	ORDER BY t.until_last DESC, t.seq DESC LIMIT 1),
opened AS MATERIALIZED (
	SELECT o.seq AS seq, o.on_day AS on_day FROM m JOIN event AS o ON o.listing = m.listing AND o.type = 're-audit' AND o.stage = 'opened'
	WHERE NOT EXISTS (SELECT 1 FROM link AS k WHERE k.target = o.seq AND k.rel = 'opened-by')
	ORDER BY o.last DESC, o.seq DESC LIMIT 1),
again AS MATERIALIZED (
	SELECT r.* FROM opened AS o JOIN sv JOIN report AS r ON r.service = sv.service AND r.cycle = 're-audit' AND r.dated_first >= day_first(o.on_day)),
why AS MATERIALIZED (
	SELECT CASE e.type WHEN 'monitoring' THEN 'monitoring' ELSE 'incident' END AS rel, max(e.seq) AS seq
	FROM m JOIN event AS e ON e.listing = m.listing AND e.type IN ('monitoring', 'incident-report')
	WHERE m.matter = 're-audit-opened' GROUP BY 1),
named AS MATERIALIZED (
	SELECT g.seq AS seq, min(p.ja) AS ja, min(p.en) AS en FROM signer AS g LEFT JOIN party AS p ON p.party = g.party WHERE g.counted GROUP BY g.seq),
-- What the matter is about, as it is published or stated.
called AS MATERIALIZED (
	SELECT coalesce((SELECT group_concat(json_extract(i.value, '$.name'), '／') FROM st, json_each(st.body, '$.services') AS i),
			(SELECT group_concat(json_extract(i.value, '$.name'), '／') FROM held AS h, json_each(h.body, '$.services') AS i)) AS services,
		coalesce((SELECT json_extract(h.body, '$.provider.name') FROM held AS h), (SELECT n.ja FROM st JOIN named AS n ON n.seq = st.seq)) AS provider),
fault(field, ja, en) AS (
	SELECT 'matter', '議案の区分が要る', 'the matter is needed' FROM m WHERE m.matter IS NULL
	UNION ALL
	SELECT 'decided_on', '決定日が要る', 'the day of the decision is needed' FROM m WHERE m.decided_on IS NULL
	UNION ALL
	SELECT 'meeting', '会議の回次が要る', 'the meeting is needed' FROM m
	WHERE m.meeting IS NULL AND m.matter IN ('initial', 'renewal', 'deletion')
	UNION ALL
	SELECT 'outcome', CASE WHEN m.outcome IS NULL THEN 'この議案には決定の内容が要る' ELSE 'この議案の決定としては取れない' END,
		CASE WHEN m.outcome IS NULL THEN 'this matter needs an outcome' ELSE 'not an outcome of this matter' END
	FROM m WHERE CASE WHEN m.matter IN ('initial', 'renewal') THEN coalesce(m.outcome, '') NOT IN ('registered', 'deferred', 'rejected')
		WHEN m.matter = 'deletion' THEN coalesce(m.outcome, '') NOT IN ('deleted', 'rejected')
		WHEN m.matter = 're-audit-closed' THEN coalesce(m.outcome, '') NOT IN ('confirmed', 'not-confirmed')
		WHEN m.matter IN ('re-audit-opened', 'auditor-deregistration') THEN m.outcome IS NOT NULL
		WHEN m.matter IN ('auditor-initial', 'auditor-renewal') THEN coalesce(m.outcome, 'registered') <> 'registered' ELSE 0 END
	UNION ALL
	SELECT 'listing', 'この議案には登録番号が要る', 'this matter needs a registration number' FROM m
	WHERE m.listing IS NULL AND m.matter IN ('renewal', 'deletion', 're-audit-opened', 're-audit-closed')
	UNION ALL
	SELECT 'listing', '台帳にこの登録番号の掲載がない', 'there is no listing of this number in the ledger' FROM m
	WHERE m.listing IS NOT NULL AND m.matter IN ('renewal', 'deletion', 're-audit-opened', 're-audit-closed') AND NOT EXISTS (SELECT 1 FROM held)
	UNION ALL
	SELECT 'listing', 'この登録番号の掲載は既に台帳にある', 'a listing of this number is in the ledger already' FROM m
	WHERE m.matter = 'initial' AND EXISTS (SELECT 1 FROM held)
	UNION ALL
	SELECT 'service', 'この議案にはサービスの識別名が要る', 'this matter needs the name of the service in the ledger' FROM m
	WHERE m.matter = 'initial' AND m.named_service IS NULL
	UNION ALL
	SELECT 'service', '台帳にこのサービスの記録がない', 'the ledger has no record of this service' FROM m JOIN sv
	WHERE m.matter = 'initial' AND sv.service IS NOT NULL AND NOT EXISTS (SELECT 1 FROM statement AS t WHERE t.service = sv.service)
		AND NOT EXISTS (SELECT 1 FROM application AS a WHERE a.service = sv.service)
	UNION ALL
	SELECT 'service', 'この掲載のサービスではない', 'not a service of this listing' FROM m JOIN held AS h
	WHERE m.named_service IS NOT NULL AND m.named_service <> coalesce(h.service, m.named_service)
		AND NOT EXISTS (SELECT 1 FROM json_each(h.body, '$.services') AS i WHERE json_extract(i.value, '$.id') = m.named_service)
	UNION ALL
	SELECT 'reason', '削除の効力発生日を定める場合は理由が要る', 'a deletion with a day of effect needs its reason' FROM m
	WHERE m.matter = 'deletion' AND m.outcome = 'deleted' AND m.effective_on IS NOT NULL AND m.reason IS NULL
	UNION ALL
	SELECT 'registered_on', '登録日は登録の決定にだけ書ける', 'a day of registration goes with a decision to register only' FROM m
	WHERE m.registered_on IS NOT NULL AND NOT (m.matter = 'initial' AND m.outcome = 'registered')
	UNION ALL
	SELECT 'auditor', 'この議案には監査機関の識別名が要る', 'this matter needs the auditor' FROM m
	WHERE m.auditor IS NULL AND m.matter IN ('auditor-initial', 'auditor-renewal', 'auditor-deregistration')
	UNION ALL
	SELECT 'auditor', '台帳にこの監査機関の登録がない', 'the ledger has no registration of this auditor' FROM m
	WHERE m.auditor IS NOT NULL AND m.matter IN ('auditor-renewal', 'auditor-deregistration') AND NOT EXISTS (SELECT 1 FROM term)
	UNION ALL
	SELECT 'auditor', 'この監査機関の登録は既に台帳にある', 'a registration of this auditor is in the ledger already' FROM m
	WHERE m.matter = 'auditor-initial' AND EXISTS (SELECT 1 FROM term)
	UNION ALL
	SELECT f.value, 'この議案には有効期間の初日と末日が要る', 'this matter needs the first and the last day of validity' FROM m, json_each('["valid_from","valid_until"]') AS f
	WHERE m.matter IN ('auditor-initial', 'auditor-renewal') AND CASE f.value WHEN 'valid_from' THEN m.valid_from ELSE m.valid_until END IS NULL
	UNION ALL
	SELECT 'effective_on', '抹消の効力発生日が要る', 'the day on which it takes effect is needed' FROM m
	WHERE m.matter = 'auditor-deregistration' AND m.effective_on IS NULL
	UNION ALL
	SELECT 'listing', '終了すべき再監査が台帳にない', 'the ledger has no open re-audit of it' FROM m
	WHERE m.matter = 're-audit-closed' AND EXISTS (SELECT 1 FROM held) AND NOT EXISTS (SELECT 1 FROM opened)
	UNION ALL
	SELECT 'present', '出席者の数が委員の数より多い', 'more are present than there are seats' FROM m WHERE m.present > m.seats
	UNION ALL
	SELECT CASE WHEN m.seats IS NULL THEN 'seats' ELSE 'present' END, '委員の数と出席者の数は両方を書く', 'seats and present go together' FROM m
	WHERE (m.seats IS NULL) <> (m.present IS NULL)),
cited(rel, seq) AS (
	SELECT 'application', seq FROM app UNION ALL SELECT 'review', seq FROM rev UNION ALL SELECT 'report', seq FROM rep
	UNION ALL SELECT 'statement', seq FROM st),
-- A decision to delete takes effect on its day.  Where that is another day the committee signs the deletion itself, which says so: a
-- decision sealed before it would count until then.
later_deletion AS (
	SELECT m.matter = 'deletion' AND m.outcome = 'deleted' AND coalesce(m.effective_on, m.decided_on) <> m.decided_on AS later FROM m),
draft AS (
	SELECT 'decision' AS type, json_object('listing', CASE WHEN m.matter <> 'initial' THEN m.listing END,
			'service', CASE WHEN m.matter = 'initial' THEN m.named_service END, 'kind', m.matter, 'outcome', m.outcome,
			'decided_on', m.decided_on, 'meeting', m.meeting, 'reason', m.reason, 'minutes', m.minutes, 'rules_version', m.rules_version,
			'quorum', json(CASE WHEN m.seats IS NOT NULL THEN json_object('seats', m.seats, 'present', m.present) END)) AS body,
		(SELECT json_group_array(json_object('rel', rel, 'record', seq)) FROM (SELECT * FROM cited ORDER BY rel, seq)) AS refs
	FROM m WHERE m.matter IN ('initial', 'renewal', 'deletion') AND NOT (SELECT later FROM later_deletion)
	UNION ALL
	SELECT 'deletion', json_object('listing', m.listing, 'effective_on', m.effective_on, 'decided_on', m.decided_on, 'meeting', m.meeting, 'reason', m.reason,
			'minutes', m.minutes), '[]'
	FROM m JOIN later_deletion AS d ON d.later
	UNION ALL
	SELECT 're-audit', json_object('listing', m.listing, 'stage', substr(m.matter, 10), 'decided_on', m.decided_on,
			'due_on', CASE WHEN m.matter = 're-audit-opened' THEN m.due_on END, 'result', m.outcome, 'meeting', m.meeting, 'reason', m.reason, 'minutes', m.minutes),
		(SELECT json_group_array(json_object('rel', rel, 'record', seq)) FROM (
			SELECT rel, seq FROM why
			UNION ALL SELECT 'opened-by', o.seq FROM opened AS o, m WHERE m.matter = 're-audit-closed'
			UNION ALL SELECT 'report', a.seq FROM again AS a, m WHERE m.matter = 're-audit-closed' ORDER BY 1, 2))
	FROM m WHERE m.matter IN ('re-audit-opened', 're-audit-closed')
	UNION ALL
	SELECT 'auditor-registration', json_object('auditor', m.auditor, 'kind', substr(m.matter, 9), 'registered_on', m.decided_on,
			'valid_from', m.valid_from, 'valid_until', m.valid_until, 'effective_on', m.effective_on,
			'registration_no', coalesce(m.registration_no, (SELECT json_extract(t.body, '$.registration_no') FROM term AS t)),
			'meeting', m.meeting, 'minutes', m.minutes,
			'engagement_leads', json(CASE WHEN m.matter = 'auditor-renewal' THEN (SELECT json_extract(t.body, '$.engagement_leads') FROM term AS t) END),
			'field_leads', json(CASE WHEN m.matter = 'auditor-renewal' THEN (SELECT json_extract(t.body, '$.field_leads') FROM term AS t) END)), '[]'
	FROM m WHERE m.matter IN ('auditor-initial', 'auditor-renewal', 'auditor-deregistration')),
-- The listing that follows a decision to register.
follows AS (
	SELECT 'listing' AS type, json_object('listing', m.listing, 'basis', 'decided', 'list', json_extract(h.body, '$.list'),
			'registration_number', json_extract(h.body, '$.registration_number'),
			'services', json(coalesce((SELECT json_extract(t.body, '$.services') FROM st AS t), json_extract(h.body, '$.services'))),
			'provider', json(coalesce(json_extract(h.body, '$.provider'),
				json_object('name', coalesce(c.provider, m.provider), 'party', (SELECT t.provider FROM st AS t)))),
			'registered_on', coalesce(json_extract(h.body, '$.registered_on'), m.registered_on),
			'effective_on', CASE WHEN m.matter = 'renewal' THEN coalesce(m.effective_on, m.decided_on) ELSE m.effective_on END,
			'expires_on', d.last, 'audit_period', json(CASE WHEN b.period_from IS NOT NULL THEN json_object('from', b.period_from, 'to', b.period_to) END),
			'improvement_plan', json(CASE WHEN b.seq IS NULL THEN NULL WHEN EXISTS (SELECT 1 FROM rep AS r JOIN plan AS x ON x.report = r.seq
				WHERE x.listing IS NULL OR x.listing = m.listing) THEN 'true' ELSE 'false' END),
			'homepage', json_extract(h.body, '$.homepage')) AS body,
		(SELECT json_group_array(json_object('rel', rel, 'record', seq)) FROM (
			SELECT 'decided-by' AS rel, NULL AS seq UNION ALL SELECT 'statement', t.seq FROM st AS t
			UNION ALL SELECT 'previous', h.entry FROM held AS h ORDER BY 1)) AS refs
	FROM m JOIN called AS c LEFT JOIN held AS h LEFT JOIN base AS b LEFT JOIN due AS d
	WHERE m.outcome = 'registered' AND m.listing IS NOT NULL AND (m.matter = 'renewal' OR (m.matter = 'initial' AND m.registered_on IS NOT NULL))),
chain AS (
	SELECT 1 AS n, '言明書' AS label_ja, 'provider statement' AS label_en, coalesce(t.stated_on, x.issued) AS date, t.seq AS record,
		coalesce('対象期間 ' || json_extract(t.body, '$.period.from') || '–' || json_extract(t.body, '$.period.to'), '') AS text_ja,
		coalesce('period ' || json_extract(t.body, '$.period.from') || ' to ' || json_extract(t.body, '$.period.to'), '') AS text_en
	FROM st AS t JOIN record AS x ON x.seq = t.seq
	UNION ALL
	SELECT 2, '実施結果報告', 'audit result report', r.report_date, r.seq,
		'監査対象期間 ' || r.period_from || '–' || r.period_to || '、' || CASE r.findings WHEN 'none' THEN '発見事項なし' WHEN 'minor' THEN '軽微な発見事項あり'
			WHEN 'not-minor' THEN '軽微でない発見事項あり' ELSE '発見事項の記載なし' END,
		'audit period ' || r.period_from || ' to ' || r.period_to || ', ' || CASE r.findings WHEN 'none' THEN 'no findings' WHEN 'minor' THEN 'minor findings'
			WHEN 'not-minor' THEN 'findings that are not minor' ELSE 'findings not stated' END
	FROM (SELECT * FROM rep UNION SELECT a.* FROM again AS a, m WHERE m.matter = 're-audit-closed') AS r
	UNION ALL
	SELECT 3, '監査機関の登録', 'auditor registration', t.valid_from, t.seq, '有効期間 ' || t.valid_from || '–' || t.until_last,
		'valid ' || t.valid_from || ' to ' || t.until_last
	FROM rep AS r JOIN auditor_term AS t ON t.auditor = r.auditor AND t.from_first <= r.dated_last AND t.until_last >= r.dated_first
	UNION ALL
	SELECT 3, '監査機関の登録(これまで)', 'auditor registration so far', json_extract(t.body, '$.valid_from'), t.seq,
		'有効期間 ' || json_extract(t.body, '$.valid_from') || '–' || json_extract(t.body, '$.valid_until'),
		'valid ' || json_extract(t.body, '$.valid_from') || ' to ' || json_extract(t.body, '$.valid_until')
	FROM term AS t
	UNION ALL
	SELECT 4, CASE a.type WHEN 'application' THEN '登録申請' ELSE '更新申請' END, CASE a.type WHEN 'application' THEN 'application' ELSE 'renewal application' END,
		a.applied_on, a.seq, '', '' FROM app AS a
	UNION ALL
	SELECT 5, '技術的審査', 'technical review', v.reviewed_on, v.seq,
		CASE v.outcome WHEN 'accepted' THEN '適合' WHEN 'not-accepted' THEN '不適合' ELSE '追加提出' END, v.outcome FROM rev AS v
	UNION ALL
	SELECT 6, '登録留保の決定', 'decision to defer', d.decided_on, d.seq, '', '' FROM deferral AS d
	UNION ALL
	SELECT 7, '再監査の開始', 're-audit opened', o.on_day, o.seq, '', '' FROM opened AS o
	UNION ALL
	SELECT 8, '現在の掲載', 'present listing', coalesce(json_extract(h.body, '$.effective_on'), json_extract(h.body, '$.registered_on')), h.entry,
		coalesce('登録の有効期限 ' || h.expiry_last, ''), coalesce('expires on ' || h.expiry_last, '') FROM held AS h
	UNION ALL
	SELECT 9, '削除・取下げ', 'deletion or withdrawal', coalesce(json_extract(r.body, '$.effective_on'), json_extract(r.body, '$.decided_on')), g.seq, '', ''
	FROM gone AS g JOIN record AS r ON r.seq = g.seq),
missing AS (
	SELECT 1 AS n, '言明書' AS ja, 'provider statement' AS en FROM m WHERE m.matter IN ('initial', 'renewal') AND NOT EXISTS (SELECT 1 FROM st)
	UNION ALL SELECT 2, '実施結果報告書', 'audit result report' FROM m WHERE m.matter IN ('initial', 'renewal') AND NOT EXISTS (SELECT 1 FROM rep)
	UNION ALL SELECT 3, '決定を待つ申請', 'an application that waits for a decision' FROM m WHERE m.matter IN ('initial', 'renewal') AND NOT EXISTS (SELECT 1 FROM app)
	UNION ALL SELECT 4, 'その申請の技術的審査', 'the technical review of that application' FROM m
		WHERE m.matter IN ('initial', 'renewal') AND EXISTS (SELECT 1 FROM app) AND NOT EXISTS (SELECT 1 FROM rev)
	UNION ALL SELECT 5, '再監査の実施結果報告書', 'the report of the re-audit' FROM m WHERE m.matter = 're-audit-closed' AND NOT EXISTS (SELECT 1 FROM again)
	UNION ALL SELECT 6, '再監査の理由となる記録(モニタリング、インシデント報告)', 'a record of why it is audited again (monitoring, incident)' FROM m
		WHERE m.matter = 're-audit-opened' AND NOT EXISTS (SELECT 1 FROM why)),
flag(n, ja, en, rule, severity, expected, found) AS (
	SELECT 1, 'サービスの名称が台帳と異なる', 'the name of the service differs from the ledger', NULL, 'warning', c.services, m.name
	FROM m JOIN called AS c WHERE m.name IS NOT NULL AND c.services IS NOT NULL AND m.name <> c.services
		AND NOT EXISTS (SELECT 1 FROM st, json_each(st.body, '$.services') AS i WHERE json_extract(i.value, '$.name') = m.name)
		AND NOT EXISTS (SELECT 1 FROM held AS h, json_each(h.body, '$.services') AS i WHERE json_extract(i.value, '$.name') = m.name)
	UNION ALL
	SELECT 2, '事業者の名称が台帳と異なる', 'the name of the provider differs from the ledger', NULL, 'warning', c.provider, m.provider
	FROM m JOIN called AS c WHERE m.provider IS NOT NULL AND c.provider IS NOT NULL AND m.provider <> c.provider
	UNION ALL
	SELECT 3, '軽微でない発見事項があるのに登録とする', 'registered although findings are not minor', NULL, 'warning', NULL, '#' || r.seq
	FROM m JOIN rep AS r WHERE m.outcome = 'registered' AND r.findings = 'not-minor'
		AND NOT EXISTS (SELECT 1 FROM rep AS x WHERE x.cycle IN ('additional', 're-audit') AND x.findings <> 'not-minor' AND x.dated_first >= r.dated_last AND x.seq <> r.seq)
	UNION ALL
	SELECT 4, '技術的審査で認められていないのに登録とする', 'registered although the technical review did not accept', 'D03', 'invalid', 'accepted', v.outcome
	FROM m JOIN rev AS v WHERE m.outcome = 'registered' AND v.outcome <> 'accepted'
	UNION ALL
	SELECT 5, '登録の根拠となる記録がそろっていない', 'the records that a registration rests on are not all there', 'D03', 'invalid', NULL, NULL
	FROM m WHERE m.outcome = 'registered' AND m.matter IN ('initial', 'renewal') AND EXISTS (SELECT 1 FROM missing)
	UNION ALL
	SELECT 6, '決定日が申請、審査又は報告の日より前である', 'decided before the application, the review or the report', 'D06', 'invalid', x.day, m.decided_on
	FROM m JOIN (SELECT max(day) AS day FROM (SELECT last AS day FROM app UNION ALL SELECT last FROM rev UNION ALL SELECT dated_last FROM rep)) AS x
	WHERE day_last(m.decided_on) < x.day
	UNION ALL
	SELECT 7, '削除又は取下げの記録がある', 'there is a deletion or a withdrawal on record', 'F06', 'warning', NULL, '#' || g.seq
	FROM m JOIN gone AS g WHERE m.matter IN ('renewal', 'deletion', 're-audit-opened')
	UNION ALL
	SELECT 8, '監査機関の有効期間が上限より長い', 'the term of the auditor is longer than the rules allow', 'C03', 'warning',
		add_period(day_first(m.valid_from), param('auditor_term_years'), 'year'), m.valid_until
	FROM m WHERE day_first(m.valid_until) > add_period(day_first(m.valid_from), param('auditor_term_years'), 'year')
	UNION ALL
	SELECT 9, '有効期間の末日が初日より前である', 'the validity ends before it begins', 'C03', 'invalid', m.valid_from, m.valid_until
	FROM m WHERE day_last(m.valid_until) < day_first(m.valid_from)),
-- What the rules say because it was decided so: no objection to deciding it.
effect(rule) AS (
	SELECT 'F06' FROM m WHERE m.outcome = 'deleted' UNION ALL SELECT 'F04' FROM m WHERE m.matter = 're-audit-opened'
	UNION ALL SELECT x.value FROM m, json_each('["D08","D09"]') AS x WHERE m.outcome = 'deferred'
	UNION ALL SELECT x.value FROM m, json_each('["D09","E05"]') AS x WHERE m.outcome = 'rejected'),
-- The rule about who signed the decision has nothing to look at before anybody has.
unasked(rule) AS (VALUES ('D04')),
note(n, ja, en, date) AS (
	SELECT 1, '登録の有効期限', 'the registration would expire on', d.last FROM m JOIN due AS d WHERE m.outcome = 'registered' AND d.last IS NOT NULL
	UNION ALL
	SELECT 2, '登録留保の猶予の末日', 'grace of the deferral ends on', add_period(add_days(day_last(m.decided_on), 1), param('deferral_grace_months'), 'month')
	FROM m WHERE m.outcome = 'deferred'
	UNION ALL
	SELECT 3, '登録番号と登録日がそろっていないので、掲載の案は作らない', 'registration number or day is not given: no listing is drafted', NULL
	FROM m WHERE m.matter = 'initial' AND m.outcome = 'registered' AND (m.listing IS NULL OR m.registered_on IS NULL)
	UNION ALL
	SELECT 4, '再監査の報告期限', 'the re-audit is to be reported by', m.due_on FROM m WHERE m.matter = 're-audit-opened' AND m.due_on IS NOT NULL),
said AS (
	SELECT 0 AS s, 0 AS n, 'fault' AS what, f.field AS field, f.ja AS label_ja, f.en AS label_en, NULL AS date, NULL AS record, '' AS text_ja, '' AS text_en,
		NULL AS rule, NULL AS severity, NULL AS expected, NULL AS found, NULL AS type, NULL AS body, NULL AS refs FROM fault AS f
	UNION ALL
	SELECT 1, 0, 'head', NULL, coalesce(c.services, m.name, CASE WHEN m.auditor IS NOT NULL THEN (SELECT p.ja FROM party AS p WHERE p.party = m.auditor) END, ''),
		coalesce(c.services, m.name, CASE WHEN m.auditor IS NOT NULL THEN (SELECT nullif(p.en, '') FROM party AS p WHERE p.party = m.auditor) END, ''),
		max(m.decided_on, coalesce(m.effective_on, ''), coalesce(m.registered_on, '')), NULL, coalesce(c.provider, m.provider, ''),
		coalesce(c.provider, m.provider, ''), NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM m JOIN called AS c
	UNION ALL
	SELECT 2, 0, 'draft', NULL, '', '', NULL, NULL, '', '', NULL, NULL, NULL, NULL, type, body, refs FROM draft
	UNION ALL
	SELECT 3, 0, 'then', NULL, '', '', NULL, NULL, '', '', NULL, NULL, NULL, NULL, type, body, refs FROM follows
	UNION ALL
	SELECT 4, n, 'chain', NULL, label_ja, label_en, date, record, text_ja, text_en, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT DISTINCT * FROM chain)
	UNION ALL
	SELECT 5, n, 'missing', NULL, ja, en, NULL, NULL, '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM missing
	UNION ALL
	SELECT 6, n, 'flag', NULL, ja, en, NULL, NULL, '', '', rule, severity, expected, found, NULL, NULL, NULL FROM flag
	UNION ALL
	SELECT 8, 0, 'effect', NULL, '', '', NULL, NULL, '', '', rule, NULL, NULL, NULL, NULL, NULL, NULL FROM effect
	UNION ALL
	SELECT 9, 0, 'unasked', NULL, '', '', NULL, NULL, '', '', rule, NULL, NULL, NULL, NULL, NULL, NULL FROM m, unasked
	UNION ALL
	SELECT 7, n, 'note', NULL, ja, en, date, NULL, '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM note)
SELECT s.what AS what, s.field AS field, s.label_ja AS label_ja, s.label_en AS label_en, s.date AS date, s.record AS record, s.text_ja AS text_ja,
	s.text_en AS text_en, coalesce(n.ja, '') AS party_ja, coalesce(n.en, '') AS party_en, s.rule AS rule, s.severity AS severity,
	s.expected AS expected, s.found AS found, s.type AS type, s.body AS body, s.refs AS refs
FROM said AS s LEFT JOIN named AS n ON n.seq = s.record
ORDER BY s.s, s.n, s.record
