-- id: N02
-- severity: warning
-- ja: 異議が記録されている (表示のみ。判定には用いない)
-- en: a dispute is on record (shown; no verdict rests on it)
-- basis: 台帳の収録範囲 (異議と回答)
-- basis-en: what the ledger holds (disputes and replies)
-- basis-version: not verified
-- next-ja: 異議と回答の内容を読む
-- next-en: read the dispute and the reply
-- types: dispute
SELECT s.listing AS listing, e.seq AS record,
	CASE WHEN r.seq IS NULL THEN '異議が記録されている。回答はない' ELSE '異議が記録されている。回答がある(#' || max(r.seq) || ')' END AS ja,
	CASE WHEN r.seq IS NULL THEN 'a dispute is on record, without a reply' ELSE 'a dispute is on record, with a reply (#' || max(r.seq) || ')' END AS en,
	'none' AS expected, 'disputed on ' || e.on_day || ' by ' || e.party AS found
FROM standing AS s JOIN asked AS q JOIN event AS e ON e.type = 'dispute' AND e.first <= q.as_of
		AND (e.listing = s.listing OR e.service = s.service
			OR e.auditor IN (SELECT j.auditor FROM cited_report AS j WHERE j.entry = s.entry))
	LEFT JOIN link AS k ON k.target = e.seq AND k.rel = 'replies-to' LEFT JOIN event AS r ON r.seq = k.seq AND r.first <= q.as_of
GROUP BY s.listing, e.seq
