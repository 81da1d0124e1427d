-- id: D07
-- severity: warning
-- ja: 利害関係を申告した委員が決定に加わっている
-- en: a member with a declared interest took part in the decision
-- basis: 根拠未確認 (本定義の既定では確かめない。パラメータ interests_checked)
-- basis-en: basis not verified (not checked by default in this definition; parameter interests_checked)
-- basis-version: not verified
-- next-ja: 議事録で回避の状況を確認する
-- next-en: check in the minutes who stood aside
-- types: decision/interests
SELECT s.listing AS listing, s.decision AS record, '利害関係を申告した委員が決定に加わっている' AS ja,
	'a member with a declared interest took part' AS en, 'stood aside' AS expected,
	group_concat(json_extract(i.value, '$.member'), ', ') AS found
FROM standing AS s JOIN record AS r ON r.seq = s.decision, json_each(r.body, '$.interests') AS i
WHERE param('interests_checked') = 1 AND (json_extract(i.value, '$.stood_aside') = 0 OR EXISTS (
	SELECT 1 FROM signer AS g WHERE g.seq = s.decision AND g.counted AND g.member = json_extract(i.value, '$.member')))
GROUP BY s.listing, s.decision
