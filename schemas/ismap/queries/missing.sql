-- The links of the chain that are not on record.
SELECT what, label_ja, label_en FROM missing_link ORDER BY listing, step
