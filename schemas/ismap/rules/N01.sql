-- id: N01
-- severity: unverifiable
-- ja: 掲載は確認できるが、その証跡の全部又は一部が台帳に収録されていない (証跡未収録)
-- en: the listing is on record, but all or part of the evidence behind it is not
-- basis: 台帳の収録範囲 (公表されたリストから転記した掲載)
-- basis-en: what the ledger holds (listings copied from the published list)
-- basis-version: not verified
-- next-ja: 運用支援機関又は事業者に、不足している記録の登載を求める
-- next-en: ask the operations-support body or the provider to have the missing records sealed
-- absence: {scheme}/listing:{listing}
WITH m AS MATERIALIZED (SELECT * FROM missing_link ORDER BY listing, step),
s AS MATERIALIZED (SELECT * FROM standing)
SELECT s.listing AS listing, s.entry AS record,
	'証跡未収録: ' || group_concat(m.label_ja, '、') AS ja, 'not on record: ' || group_concat(m.label_en, ', ') AS en,
	'decision, technical_review, audit_report, provider_statement' AS expected,
	'missing: ' || group_concat(m.what, ', ') AS found, 'unverifiable' AS severity, 'evidence-not-on-record' AS reason
FROM m JOIN s ON s.entry = m.entry
WHERE s.basis = 'imported' OR (m.what = 'audit_report' AND s.decision IS NOT NULL)
GROUP BY s.listing
