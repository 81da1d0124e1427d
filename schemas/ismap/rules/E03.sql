-- id: E03
-- severity: warning
-- ja: 更新審査中 (有効期限は過ぎているが、期限までに更新申請があり、運営委員会の決定がまだない)
-- en: renewal pending (past its expiry, applied for in time, the committee has not decided)
-- basis: ISMAP基本規程 3.5 (更新申請があった場合、決定までの間は有効)
-- basis-en: ISMAP Basic Rules 3.5 (valid until the decision when a renewal was applied for)
-- basis-version: not verified
-- next-ja: 運営委員会の決定を待ち、決定後に改めて検証する
-- next-en: wait for the committee's decision and verify again
-- absence: {scheme}/listing:{listing}
WITH s AS MATERIALIZED (SELECT * FROM standing),
n AS MATERIALIZED (SELECT * FROM renewal WHERE timely IS 1 AND NOT over_maybe)
SELECT s.listing AS listing, max(n.application) AS record, '更新審査中' AS ja, 'renewal pending' AS en,
	'a decision on the renewal' AS expected,
	'expired on ' || s.expiry_last || ', applied on ' || n.applied_on AS found
FROM s JOIN asked AS q JOIN n ON n.listing = s.listing
WHERE q.as_of > s.expiry_first AND param('carry_over') = 1
GROUP BY s.listing
