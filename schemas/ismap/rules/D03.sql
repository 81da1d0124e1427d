-- id: D03
-- severity: invalid
-- ja: 運用支援機関の技術的審査の記録がない、又は審査で認められていない
-- en: there is no technical review by the operations-support body, or it did not accept
-- basis: {registration-rules} 6.1 (技術的審査)
-- basis-en: {registration-rules-en} 6.1 (technical review)
-- basis-version: not verified
-- next-ja: 決定が拠り所とした技術的審査の記録を確認する
-- next-en: look for the technical review the decision rests on
WITH s AS MATERIALIZED (SELECT * FROM standing WHERE decision IS NOT NULL)
SELECT s.listing AS listing, s.decision AS record, '決定に技術的審査の記録が示されていない' AS ja,
	'the decision names no technical review that counts' AS en, 'a technical review' AS expected, 'none' AS found
FROM s WHERE s.review IS NULL
UNION ALL
SELECT s.listing, v.seq, '技術的審査で認められていない', 'the technical review did not accept', 'accepted', v.outcome
FROM s JOIN review AS v ON v.seq = s.review WHERE v.outcome <> 'accepted'
UNION ALL
SELECT s.listing, v.seq, '別のサービスの技術的審査である', 'the technical review is of another service', s.service, v.service
FROM s JOIN review AS v ON v.seq = s.review WHERE v.service <> s.service
