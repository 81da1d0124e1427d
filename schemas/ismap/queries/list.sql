-- Every listing that stands on the day asked about.
SELECT s.listing AS listing,
	(SELECT group_concat(json_extract(i.value, '$.name'), ' / ') FROM json_each(s.body, '$.services') AS i) AS service,
	json_extract(s.body, '$.provider.name') AS provider, json_extract(s.body, '$.registered_on') AS registered_on,
	CASE WHEN s.expiry_first = s.expiry_last THEN s.expiry_first END AS expires_on, s.basis AS basis, s.entry AS record
FROM standing AS s ORDER BY s.listing
