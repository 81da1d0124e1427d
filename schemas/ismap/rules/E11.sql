-- id: E11
-- severity: invalid
-- ja: 公表された改善計画書の有無が台帳の記録と矛盾する
-- en: whether there is an improvement plan, as published, contradicts the ledger
-- basis: {registration-rules} (詳細情報として公表する改善計画書の有無)
-- basis-en: {registration-rules-en} (whether there is an improvement plan is published)
-- basis-version: not verified
-- next-ja: 改善計画書の提出と掲載の内容を確認し、誤りなら訂正する
-- next-en: check the plan and what the listing says of it, and correct what is wrong
-- types: listing/improvement_plan
WITH flag AS MATERIALIZED (
	SELECT s.listing AS listing, s.entry AS entry, s.service AS service, json_extract(s.body, '$.improvement_plan') AS shown,
		max(p.own IS 1 AND p.last <= q.as_of) AS surely, max(p.first <= q.as_of) AS maybe,
		EXISTS (SELECT 1 FROM proved AS p WHERE p.subject = '{scheme}/service:' || s.service) AS whole
	FROM standing AS s JOIN asked AS q JOIN cycle_report AS c ON c.entry = s.entry
		LEFT JOIN plan AS p ON p.report = c.report AND (p.listing IS NULL OR p.listing = s.listing)
	WHERE json_extract(s.body, '$.improvement_plan') IS NOT NULL
	GROUP BY s.listing),
result AS (
	SELECT f.*, CASE WHEN shown AND maybe IS NOT 1 THEN CASE WHEN whole THEN '' ELSE 'completeness' END
		WHEN NOT shown AND surely IS 1 THEN '' ELSE 'cannot-decide' END AS reason
	FROM flag AS f WHERE CASE WHEN shown THEN surely IS NOT 1 ELSE maybe IS 1 END)
SELECT listing AS listing, entry AS record,
	CASE reason WHEN '' THEN CASE WHEN shown THEN '改善計画書があると公表されているが、台帳にない' ELSE '改善計画書がないと公表されているが、台帳にある' END
		WHEN 'completeness' THEN 'サービスに関する記録が全部そろっておらず、改善計画書の有無を確認できない'
		ELSE '改善計画書の提出日又は承継の日の精度が足りず、判断できない' END AS ja,
	CASE reason WHEN '' THEN CASE WHEN shown THEN 'the list says that there is an improvement plan, and none is on record'
			ELSE 'the list says that there is no improvement plan, and one is on record' END
		WHEN 'completeness' THEN 'not all records about the service are here, so a plan cannot be ruled out'
		ELSE 'the date of the improvement plan, or of the succession, is too coarse to tell' END AS en,
	CASE WHEN shown THEN 'an improvement plan' ELSE 'no improvement plan' END AS expected,
	CASE WHEN surely IS 1 THEN 'an improvement plan' ELSE 'none' END AS found,
	CASE reason WHEN '' THEN 'invalid' ELSE 'unverifiable' END AS severity, reason AS reason
FROM result
