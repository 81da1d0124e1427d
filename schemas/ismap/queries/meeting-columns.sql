-- The agenda of a meeting as a table: what its columns are called, and what may stand in them.  what: column (a field of a matter), its
-- form (text, line, date, number, word, subject, remark, digest), every name it goes by in a row of its own, the first for people; word (a
-- value of a field) likewise.  No two
-- matters of a meeting have the same subject.  A remark is shown on the sheets and goes into no record; a digest is given with the command.
WITH c(n, field, form) AS (VALUES
	(1, 'no', 'remark'), (2, 'matter', 'word'), (3, 'outcome', 'word'), (4, 'listing', 'subject'), (5, 'service', 'subject'), (6, 'name', 'remark'),
	(7, 'provider', 'remark'), (8, 'auditor', 'subject'), (9, 'meeting', 'line'), (10, 'decided_on', 'date'), (11, 'registered_on', 'date'),
	(12, 'effective_on', 'date'), (13, 'due_on', 'date'), (14, 'valid_from', 'date'), (15, 'valid_until', 'date'),
	(16, 'registration_no', 'line'), (17, 'reason', 'text'), (18, 'rules_version', 'line'), (19, 'seats', 'number'),
	(20, 'present', 'number'), (21, 'remarks', 'remark'), (22, 'minutes', 'digest')),
name(field, k, ja, en) AS (VALUES
	('no', 1, '番号', 'No.'), ('no', 2, '議案番号', 'number'),
	('matter', 1, '議案の区分', 'matter'), ('matter', 2, '議案', 'item'), ('matter', 3, '区分', 'kind'),
	('outcome', 1, '決定', 'outcome'), ('outcome', 2, '決定の内容', 'decision'),
	('listing', 1, '登録番号', 'listing'), ('listing', 2, '掲載', 'registration number'),
	('service', 1, 'サービスの識別名', 'service'), ('service', 2, 'サービス識別名', 'service id'),
	('name', 1, 'サービスの名称', 'service name'), ('name', 2, 'クラウドサービスの名称', 'cloud service'), ('name', 3, 'サービス名', 'name'),
	('provider', 1, '事業者', 'provider'), ('provider', 2, '事業者の名称', 'applicant'), ('provider', 3, 'クラウドサービス事業者', 'cloud service provider'),
	('auditor', 1, '監査機関', 'auditor'), ('auditor', 2, '監査機関の識別名', 'auditor id'),
	('meeting', 1, '会議の回次', 'meeting'), ('meeting', 2, '会議', 'session'), ('meeting', 3, '回次', 'meeting number'),
	('decided_on', 1, '決定日', 'decided on'), ('decided_on', 2, '開催日', 'held on'), ('decided_on', 3, '審議日', 'date of the meeting'),
	('registered_on', 1, '登録日', 'registered on'), ('effective_on', 1, '効力発生日', 'takes effect on'),
	('due_on', 1, '報告期限', 'report due on'), ('valid_from', 1, '有効期間の初日', 'valid from'), ('valid_until', 1, '有効期間の末日', 'valid until'),
	('registration_no', 1, '監査機関の登録番号', 'auditor registration number'), ('reason', 1, '理由', 'reason'),
	('rules_version', 1, '規程の版', 'rules version'), ('seats', 1, '委員の数', 'seats'), ('present', 1, '出席者の数', 'present'),
	('remarks', 1, '備考', 'remarks'), ('minutes', 1, '議事録のハッシュ値', 'digest of the minutes')),
word(field, word, k, ja, en) AS (VALUES
	('matter', 'initial', 1, '新規登録', 'initial registration'), ('matter', 'initial', 2, '新規', 'initial'),
	('matter', 'renewal', 1, '更新', 'renewal'),
	('matter', 'deletion', 1, '登録の削除', 'deletion'), ('matter', 'deletion', 2, '削除', 'deletion of a registration'),
	('matter', 're-audit-opened', 1, '再監査の開始', 're-audit opened'), ('matter', 're-audit-opened', 2, '再監査', 're-audit'),
	('matter', 're-audit-closed', 1, '再監査の終了', 're-audit closed'), ('matter', 're-audit-closed', 2, '再監査の結果', 're-audit result'),
	('matter', 'auditor-initial', 1, '監査機関の登録', 'auditor registration'),
	('matter', 'auditor-renewal', 1, '監査機関の更新', 'auditor renewal'),
	('matter', 'auditor-deregistration', 1, '監査機関の抹消', 'auditor deregistration'),
	('outcome', 'registered', 1, '登録', 'registered'), ('outcome', 'deferred', 1, '登録留保', 'deferred'), ('outcome', 'deferred', 2, '留保', 'deferral'),
	('outcome', 'rejected', 1, '却下', 'rejected'), ('outcome', 'deleted', 1, '削除', 'deleted'),
	('outcome', 'confirmed', 1, '要件を満たすことを確認', 'requirements confirmed'), ('outcome', 'confirmed', 2, '確認', 'confirmed'),
	('outcome', 'not-confirmed', 1, '要件を満たすことを確認できない', 'requirements not confirmed'),
	('outcome', 'not-confirmed', 2, '確認できない', 'not confirmed'))
SELECT 'column' AS what, c.field AS field, c.form AS form, NULL AS word, x.ja AS label_ja, x.en AS label_en
FROM c JOIN name AS x ON x.field = c.field
UNION ALL
SELECT 'word', field, NULL, word, ja, en FROM word
