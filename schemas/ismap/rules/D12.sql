-- id: D12
-- severity: warning
-- ja: 却下された申請と同じ実施結果報告書により、改めて申請している
-- en: after a rejection, the same report was used for another application
-- basis: {registration-rules} (却下後の再申請)。条文は根拠未確認
-- basis-en: {registration-rules-en} (application after a rejection); the clause is not verified
-- basis-version: not verified
-- next-ja: 却下の理由が解消されたことを議事録で確認する
-- next-en: check in the minutes that the grounds of the rejection are gone
WITH used AS (
	SELECT d.*, k.target AS report FROM decision AS d JOIN link AS k ON k.seq = d.seq AND k.rel = 'report' WHERE d.outcome = 'rejected'
	UNION
	SELECT d.*, k.target
	FROM decision AS d JOIN link AS p ON p.seq = d.seq AND p.rel = 'application' JOIN link AS k ON k.seq = p.target AND k.rel = 'report'
	WHERE d.outcome = 'rejected')
SELECT listing, application AS record,
	CASE WHEN surely THEN '却下された申請と同じ実施結果報告書を用いている' ELSE '日付の精度が足りず、却下の後の申請か判断できない' END AS ja,
	CASE WHEN surely THEN 'it rests on the report of an application that was rejected'
		ELSE 'the dates are too coarse to tell whether it was applied for after the rejection' END AS en,
	'a report of its own' AS expected, 'rejected on ' || decided_on || ' (#' || decision || ')' AS found,
	CASE WHEN surely THEN 'warning' ELSE 'unverifiable' END AS severity, CASE WHEN surely THEN '' ELSE 'cannot-decide' END AS reason
FROM (SELECT j.listing AS listing, j.application AS application, u.seq AS decision, u.decided_on AS decided_on, u.last <= a.first AS surely
	FROM cited_report AS j JOIN application AS a ON a.seq = j.application JOIN used AS u ON u.report = j.seq AND u.kind <> 'deletion'
	WHERE u.seq <> j.decision AND u.first <= a.last)
