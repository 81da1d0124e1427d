SELECT c.listing AS listing, c.service AS service, c.provider AS provider, 'decided' AS basis, c.counted_from AS registered_on,
	t.until_last AS expires_on, NULL AS expires_stated, 0 AS carried, NULL AS source
FROM cert AS c JOIN term AS t ON t.listing = c.listing JOIN asked AS q ON q.listing = c.listing
