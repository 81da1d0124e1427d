-- id: E12
-- severity: warning
-- ja: 登録番号が定まった形でない、又は番号の年が最初の登録の年と異なる
-- en: the registration number is not of the usual form, or its year is not that of the first registration
-- basis: 登録番号の体系 (公表資料による)
-- basis-en: system of registration numbers (by published sources)
-- basis-version: not verified
-- next-ja: 登録番号と登録日を公表されたリストで確認する
-- next-en: check the number and the date of registration against the published list
WITH n AS (
	SELECT s.listing AS listing, s.entry AS entry, json_extract(s.body, '$.registered_on') AS registered_on,
		coalesce(json_extract(s.body, '$.registration_number'), CASE WHEN s.listing NOT GLOB 'list-*' THEN s.listing END) AS number
	FROM standing AS s)
SELECT listing AS listing, entry AS record,
	CASE WHEN formed THEN '登録番号の年が最初の登録の年と異なる' ELSE '登録番号が定まった形でない' END AS ja,
	CASE WHEN formed THEN 'the year in the registration number is not that of the first registration'
		ELSE 'the registration number is not of the usual form' END AS en,
	CASE WHEN formed THEN substr(number, 1, at - 1) || substr(registered_on, 3, 2) ELSE replace(form, '[0-9]', '0') END AS expected, number AS found
FROM (SELECT n.*, param('registration_number_form') AS form, param('registration_number_year_at') AS at,
		number GLOB param('registration_number_form') AS formed FROM n)
WHERE form <> '' AND (NOT formed OR (at > 0 AND substr(number, at, 2) <> substr(registered_on, 3, 2)))
