-- id: B10
-- severity: warning
-- ja: 後発事象が申告されているが、掲載に表れていない
-- en: a subsequent event is declared, and the listing does not show it
-- basis: {registration-rules} 3.8 (後発事象の公表)
-- basis-en: {registration-rules-en} 3.8 (publication of subsequent events)
-- basis-version: not verified
-- next-ja: 後発事象の概要を確認し、掲載への反映を事務局に確認する
-- next-en: read what the event is, and ask the secretariat whether the listing will show it
-- types: subsequent-event
SELECT s.listing AS listing, e.seq AS record, '後発事象が掲載に表れていない' AS ja,
	'the listing does not show a subsequent event' AS en, 'subsequent events shown' AS expected, 'declared on ' || e.on_day AS found
FROM standing AS s JOIN asked AS q
	JOIN event AS e ON e.type = 'subsequent-event' AND coalesce(e.listing = s.listing, e.service = s.service)
WHERE e.first <= q.as_of AND e.last > coalesce(s.to_first, s.start_first) AND json_extract(s.body, '$.subsequent_events') IS NOT 1
