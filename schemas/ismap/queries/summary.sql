-- One line on the listing asked about: what stands, on what basis, until when.
WITH s AS MATERIALIZED (SELECT * FROM standing),
c AS MATERIALIZED (SELECT * FROM carry)
SELECT s.listing AS listing,
	(SELECT group_concat(json_extract(i.value, '$.name'), ' / ') FROM json_each(s.body, '$.services') AS i) AS service,
	json_extract(s.body, '$.provider.name') AS provider, s.basis AS basis,
	json_extract(s.body, '$.registered_on') AS registered_on,
	CASE WHEN s.computed AND s.expiry_first = s.expiry_last THEN s.expiry_first END AS expires_on,
	json_extract(s.body, '$.expires_on') AS expires_stated,
	coalesce(q.as_of > s.expiry_first AND c.surely, 0) AS carried,
	json_extract(s.body, '$.source.name') AS source,
	EXISTS (SELECT 1 FROM link AS b WHERE b.seq = s.entry AND b.rel = 'baseline' AND b.target_type = 'baseline') AS attested
FROM s JOIN asked AS q LEFT JOIN c ON c.listing = s.listing
