-- id: D04
-- severity: invalid
-- ja: ISMAP運営委員会の決定として必要な署名がない
-- en: the decision does not carry the signatures a decision of the steering committee needs
-- basis: 政府情報システムのためのセキュリティ評価制度の基本的枠組み (運営委員会が最高意思決定機関)
-- basis-en: Basic Framework of the security assessment programme for government information systems (the steering committee is the highest decision-making body)
-- basis-version: 2021-09 一部改正(案)
-- next-ja: 決定の署名者と議事録を確認する
-- next-en: check who signed the decision, and the minutes
WITH s AS MATERIALIZED (SELECT * FROM standing),
signed AS MATERIALIZED (
	SELECT s.listing AS listing, d.seq AS seq, d.mode AS mode, d.minutes IS NOT NULL AS minuted,
		count(DISTINCT CASE WHEN g.counted AND g.role = 'committee' THEN g.party || '/' || g.member END) AS members
	FROM s JOIN decision AS d ON d.seq = s.decision LEFT JOIN signer AS g ON g.seq = d.seq
	GROUP BY s.listing, d.seq)
SELECT listing, seq AS record, '決定の署名が署名方式の定めを満たさない' AS ja,
	'the signatures on the decision do not satisfy a signing mode' AS en,
	'members ' || param('committee_threshold') || ', office with minutes, or mixed with minutes' AS expected,
	mode || ' ' || members || CASE WHEN minuted THEN ' with minutes' ELSE ' without minutes' END AS found
FROM signed
WHERE NOT CASE mode WHEN 'members' THEN members >= param('committee_threshold')
	WHEN 'office' THEN members >= 1 AND minuted WHEN 'mixed' THEN members >= 2 AND minuted ELSE 0 END
UNION ALL
SELECT s.listing, d.seq, '掲載の拠り所である決定が権限を欠き、効力がない',
	'the decision the listing rests on lacks authority and is void', 'an authorised decision', 'void'
FROM s JOIN ref AS f ON f.seq = s.entry AND f.rel = 'decided-by'
	JOIN record_all AS d ON d.seq = f.target_seq AND d.type = 'decision'
WHERE NOT d.authorised
