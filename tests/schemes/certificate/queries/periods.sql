SELECT '' AS first, '' AS last, '' AS cycle, 0 AS record, 0 AS gap_days WHERE 0
