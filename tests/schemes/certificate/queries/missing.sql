SELECT '' AS what, '' AS label_ja, '' AS label_en WHERE 0
