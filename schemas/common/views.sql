-- Views every scheme may use; put before the scheme's own.

-- References that lead to a record that counts (authorised, not annulled, known by then).
CREATE VIEW link AS
	SELECT f.seq AS seq, f.rel AS rel, t.seq AS target, t.type AS target_type
	FROM ref AS f JOIN record AS t ON t.seq = f.target_seq;
