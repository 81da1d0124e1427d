-- The links of the chain that are not on record.
SELECT m.what AS what, m.label_ja AS label_ja, m.label_en AS label_en
FROM missing_link AS m JOIN asked AS q ON q.listing = m.listing ORDER BY m.step
