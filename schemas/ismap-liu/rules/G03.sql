-- id: G03
-- severity: invalid
-- ja: 業務・情報の影響度評価が、調達省庁によるものでない
-- en: the impact assessment is not by a procuring government body
-- basis: ISMAP-LIUクラウドサービス登録規則 (調達省庁による業務・情報の影響度評価)
-- basis-en: ISMAP-LIU Cloud Service Registration Rules (impact assessment by the procuring ministry)
-- basis-version: not verified
-- effective: 2022-11-01
-- next-ja: 影響度評価を行った機関を確認する
-- next-en: check who made the impact assessment
-- types: impact-assessment
SELECT a.listing AS listing, a.seq AS record, '影響度評価に調達省庁の署名がない' AS ja,
	'no procuring government body signed the impact assessment' AS en, 'procuring-body' AS expected, a.assessor AS found
FROM assessed AS a
WHERE NOT EXISTS (SELECT 1 FROM signer AS g WHERE g.seq = a.seq AND g.counted AND g.role = 'procuring-body' AND g.party = a.assessor)
