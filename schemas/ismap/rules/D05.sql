-- id: D05
-- severity: invalid
-- ja: 決定に定足数を満たしたことの記録がない
-- en: the decision does not show that a quorum was present
-- basis: 根拠未確認 (本定義の既定では求めない。パラメータ quorum_required)
-- basis-en: basis not verified (not asked for by default in this definition; parameter quorum_required)
-- basis-version: not verified
-- next-ja: 議事録で出席者の数を確認する
-- next-en: check in the minutes how many were present
SELECT s.listing AS listing, s.decision AS record,
	CASE WHEN seats IS NULL THEN '出席の状況が登載されていない' ELSE '定足数を満たしていない' END AS ja,
	CASE WHEN seats IS NULL THEN 'how many were present is not on file' ELSE 'no quorum was present' END AS en,
	'more than ' || param('quorum_percent') || ' per cent' AS expected, coalesce('present: ' || present || ' of ' || seats, 'none') AS found
FROM (SELECT s.listing AS listing, s.decision AS decision, json_extract(r.body, '$.quorum.seats') AS seats,
		json_extract(r.body, '$.quorum.present') AS present
	FROM standing AS s JOIN record AS r ON r.seq = s.decision) AS s
WHERE param('quorum_required') = 1 AND coalesce(present * 100 <= seats * param('quorum_percent'), 1)
