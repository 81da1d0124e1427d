-- What is on record about each thing asked of the use, in words: the register and the provider's statement that it rests on.  `outcome` passed or
-- failed, not-checked where that cannot be told; a question without a row here is answered by nothing on record.
WITH s AS MATERIALIZED (SELECT s.* FROM standing AS s JOIN asked AS q ON q.listing = s.listing),
o AS MATERIALIZED (
	SELECT o.* FROM stopped AS o JOIN asked AS q ON q.listing = o.listing JOIN use AS u WHERE o.first <= u.contract_to),
begun AS MATERIALIZED (
	SELECT min(c.start_first) AS begins, coalesce(max(c.start_last <= u.contract_from AND c.expiry_first >= u.contract_from), 0) AS held
	FROM s JOIN cycle AS c ON c.listing = s.listing JOIN use AS u),
stated AS MATERIALIZED (
	SELECT t.seq AS seq, t.body AS body
	FROM s JOIN cycle_report AS c ON c.entry = s.entry JOIN link AS k ON k.seq = c.report AND k.rel = 'audits'
		JOIN statement AS t ON t.seq = k.target),
place AS MATERIALIZED (SELECT DISTINCT t.seq AS seq, i.value AS name FROM stated AS t, json_each(t.body, '$.regions') AS i)
SELECT 'contract' AS question, CASE o.how WHEN 'suspension' THEN 'not-checked' ELSE 'failed' END AS outcome, o.seq AS record,
	CASE o.how WHEN 'deletion' THEN '登録は ' || o.on_day || ' に削除' WHEN 'withdrawal' THEN '登録は ' || o.on_day || ' に取下げ' ELSE '登録は ' || o.on_day || ' から効力停止' END AS says_ja,
	CASE o.how WHEN 'deletion' THEN 'the registration was deleted on ' WHEN 'withdrawal' THEN 'the registration was withdrawn on ' ELSE 'the registration is suspended since ' END
		|| o.on_day AS says_en
FROM o
UNION ALL
SELECT 'contract', CASE WHEN b.begins > u.contract_from THEN 'failed' WHEN c.maybe IS NOT 1 AND s.expiry_last < u.contract_from THEN 'failed'
		WHEN b.held AND s.expiry_first >= u.contract_to THEN 'passed' ELSE 'not-checked' END, s.entry,
	CASE WHEN s.expiry_first IS NULL THEN '登録の有効期限は記録にない' WHEN s.expiry_first = s.expiry_last THEN '登録の有効期限 ' || s.expiry_first
		ELSE '登録の有効期限 ' || s.expiry_first || ' から ' || s.expiry_last || ' まで' END
		|| CASE WHEN c.maybe IS 1 THEN '、更新申請中' WHEN s.expiry_last BETWEEN u.contract_from AND add_days(u.contract_to, -1) THEN '。契約期間内に到来し、その後は更新による' ELSE '' END,
	CASE WHEN s.expiry_first IS NULL THEN 'no expiry of the registration is on record' WHEN s.expiry_first = s.expiry_last THEN 'registered until ' || s.expiry_first
		ELSE 'registered until a day from ' || s.expiry_first || ' to ' || s.expiry_last END
		|| CASE WHEN c.maybe IS 1 THEN ', a renewal is applied for' WHEN s.expiry_last BETWEEN u.contract_from AND add_days(u.contract_to, -1) THEN ', within the contract: after it a renewal is needed' ELSE '' END
FROM s JOIN use AS u JOIN begun AS b LEFT JOIN carry AS c ON c.listing = s.listing WHERE u.contract_from IS NOT NULL AND NOT EXISTS (SELECT 1 FROM o)
UNION ALL
SELECT 'service', CASE WHEN max(u.service IN (json_extract(i.value, '$.id'), json_extract(i.value, '$.name'))) THEN 'passed' ELSE 'failed' END, s.entry,
	'掲載のサービス: ' || group_concat(json_extract(i.value, '$.name'), '、'), 'listed: ' || group_concat(json_extract(i.value, '$.name'), ', ')
FROM s JOIN use AS u JOIN json_each(s.body, '$.services') AS i WHERE u.service IS NOT NULL GROUP BY s.entry
UNION ALL
SELECT 'region', CASE WHEN max(p.name = u.region) THEN 'passed' ELSE 'failed' END, p.seq,
	'言明の対象地域: ' || group_concat(p.name, '、'), 'stated: ' || group_concat(p.name, ', ')
FROM place AS p JOIN use AS u WHERE u.region IS NOT NULL GROUP BY p.seq
UNION ALL
SELECT 'task', CASE WHEN max(t.value = u.task) THEN 'passed' ELSE 'not-checked' END, a.seq,
	'申請の対象業務: ' || group_concat(t.value, '、'), 'tasks applied for: ' || group_concat(t.value, ', ')
FROM s JOIN use AS u JOIN record AS a ON a.seq = s.application JOIN json_each(a.body, '$.tasks') AS t WHERE u.task IS NOT NULL GROUP BY a.seq
