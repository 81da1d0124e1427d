-- id: A05
-- severity: warning
-- ja: 記録の登載が、文書の日付から定められた日数より遅い
-- en: a record was sealed later after its date than the limit allows
-- basis: 台帳の整合性 (遅れた登載は日付の遡及ではない)。日数は根拠未確認
-- basis-en: integrity of the ledger (sealing late is not back-dating); the limit is this definition's default
-- basis-version: not verified
-- next-ja: 登載が遅れた理由を運用者に確認する
-- next-en: ask the operator why it was sealed late
SELECT s.listing AS listing, r.seq AS record, '登載まで' || days_between(r.issued_last, r.sealed_on) || '日' AS ja,
	'sealed after ' || days_between(r.issued_last, r.sealed_on) || ' days' AS en,
	'sealed by ' || add_days(r.issued_last, param('late_sealing_days')) AS expected, 'sealed on ' || r.sealed_on AS found
FROM standing AS s JOIN record AS r ON r.seq IN (s.entry, s.decision, s.review, s.application, s.report)
WHERE param('late_sealing_days') > 0 AND days_between(r.issued_last, r.sealed_on) > param('late_sealing_days')
