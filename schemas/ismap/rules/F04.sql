-- id: F04
-- severity: warning
-- ja: 再監査中 (掲載は続いている)
-- en: under re-audit (the listing goes on)
-- basis: {registration-rules} 第12章 (再監査。2024年以降の版では第13条とする資料もある)
-- basis-en: {registration-rules-en}, Chapter 12 (re-audit; Article 13 in versions since 2024, by some sources)
-- basis-version: not verified
-- next-ja: 再監査の結果と運営委員会の決定を待つ
-- next-en: wait for the result of the re-audit and the committee's decision
-- types: re-audit
SELECT listing AS listing, seq AS record, '再監査中' AS ja, 'under re-audit' AS en, 'no open re-audit' AS expected,
	'opened on ' || on_day AS found
FROM reaudit WHERE closed IS NULL
