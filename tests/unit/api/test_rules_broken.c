/* SPDX-License-Identifier: Apache-2.0 */
/* A rule that cannot run names itself, and makes no verdict better: what it would have found may be there.
 *
 * The scheme of demo.h with its rule on the expiry (E1) broken in one way each, sealed and asked, by itself and beside a rule that finds
 * something.  And one that depends on the day: what it held against a listing before says nothing of what it holds against it now.
 */
#include "demo.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOUND "'L0' AS listing, NULL AS record, 'a' AS ja, 'a' AS en, '' AS expected, "

typedef struct broken {
	const char *name, *sql, *why;
} broken;

static const broken rules[] = {
	{ "an error", "SELEKT 1", "SELEKT" },
	{ "no such column", "SELECT nothing FROM record", "nothing" },
	{ "no such parameter", "SELECT " FOUND "param('months') AS found", "parameter" },
	{ "writes", "DELETE FROM proved", "not authorized" },
	{ "writes where it reads", "INSERT INTO asked SELECT '2020-01-01', 0, 'L0' FROM asked", "not authorized" },
	{ "attaches", "ATTACH 'x.db' AS x", "not authorized" },
	{ "reads the clock", "SELECT " FOUND "date('now') AS found", "date" },
	{ "reads the clock by its name", "SELECT " FOUND "CURRENT_DATE AS found", "CURRENT_DATE" },
	{ "does not end", "WITH RECURSIVE t(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM t) SELECT " FOUND "max(a) AS found FROM t", "" },
	{ "eats memory", "WITH RECURSIVE t(a) AS (SELECT 'xxxxxxxx' UNION ALL SELECT a || a FROM t) SELECT " FOUND "count(a) AS found FROM t", "" },
	{ "two statements", "SELECT " FOUND "'' AS found; SELECT 1", "" },
	{ "a column too few", "SELECT 'L0' AS listing", "" },
};

/* The demo's package with other SQL in rule E1; the SQL holds no quotes. */
static char *package_with(const char *sql)
{
	const char *from = strstr(demo_package, "SELECT n.listing AS listing, n.seq AS record, '期限'"), *to;
	size_t size = strlen(demo_package) + strlen(sql) + 1;
	char *out = malloc(size);

	assert_non_null(out);
	assert_non_null(from);
	to = strchr(from, '"');
	assert_non_null(to);
	(void)snprintf(out, size, "%.*s%s%s", (int)(from - demo_package), demo_package, sql, to);
	return out;
}

static void put_package(demo *d, const char *package)
{
	ak_secret *roots[] = { d->w.root[0], d->w.root[1], NULL };
	ak_text t = { 0 };
	ak_error err = { 0 };

	if (ak_ledger_draft_profile(d->w.l, "demo", ak_span_str(package), d->w.now, &t, &err) != AK_OK)
		fail_msg("profile: %s: %s", err.where, err.detail);
	(void)world_seal(&d->w, demo_sign(t, "akashi", roots));
	world_retrust(&d->w);
}

/* The verdict, and whether the report says of rule E1 that it was not checked. */
static ak_verdict ask(demo *d, const char *as_of, const broken *b)
{
	ak_json *report = NULL;
	const ak_json *checks;
	bool named = b == NULL;
	ak_verdict v;

	d->w.scheme = "demo";
	v = world_verify(&d->w, "L0", as_of, 0, &report);
	checks = ak_json_get(report, "checks");
	for (size_t i = 0; b != NULL && i < ak_json_len(checks); i++) {
		const ak_json *c = ak_json_at(checks, i);
		const char *why = ak_json_get_str(c, "detail");

		if (ak_span_is(ak_json_get_text(c, "id"), "E1") && ak_span_is(ak_json_get_text(c, "outcome"), "not-checked"))
			named = why != NULL && strstr(why, b->why) != NULL;
	}
	if (!named)
		fail_msg("%s: the report does not say that E1 was not checked and why", b->name);
	ak_json_free(report);
	return v;
}

static void a_rule_that_cannot_run_makes_no_verdict_better(void **state)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		char *package = package_with(rules[i].sql);
		demo d;

		demo_branch(*state, &d);
		put_package(&d, package);
		demo_listing(&d);
		d.w.now = INT64_C(1798000000); /* 2026-12-23 */
		(void)demo_add(&d, "report", "{\"number\":\"2\",\"service\":\"s1\"}", NULL, 0, false, 1);
		/* Valid, had the rule run and found nothing; expired, had it run and found something. */
		if (ask(&d, "2026-11-30", &rules[i]) != AK_VERDICT_UNVERIFIABLE || ask(&d, "2026-12-20", &rules[i]) != AK_VERDICT_UNVERIFIABLE)
			fail_msg("%s: not unverifiable", rules[i].name);
		(void)demo_add(&d, "deletion", "{\"listing\":\"L0\"}", NULL, 0, true, 2);
		if (ask(&d, "2026-11-30", &rules[i]) != AK_VERDICT_INVALID)
			fail_msg("%s: what another rule finds is lost", rules[i].name);
		demo_close(&d);
		free(package);
	}
}

static void the_same_rule_in_order(void **state)
{
	demo d;

	demo_branch(*state, &d);
	demo_listing(&d);
	d.w.now = INT64_C(1798000000);
	(void)demo_add(&d, "report", "{\"number\":\"2\",\"service\":\"s1\"}", NULL, 0, false, 1);
	assert_int_equal(ask(&d, "2026-11-30", NULL), AK_VERDICT_VALID);
	assert_int_equal(ask(&d, "2026-12-20", NULL), AK_VERDICT_EXPIRED);
	demo_close(&d);
}

/* A withdrawal says in its number between which days. */
#define PAUSED "SELECT a.listing AS listing, r.seq AS record, 'p' AS ja, 'paused' AS en, '' AS expected, '' AS found FROM asked AS a " \
	"JOIN record AS r ON r.type = 'withdrawal' WHERE a.as_of >= substr(r.body ->> '$.number', 1, 10) AND a.as_of < substr(r.body ->> '$.number', 12)"

/* Of rule E1: the record that it speaks of and "stale" or "", or -1 when it found nothing. */
static int64_t found_by_e1(const ak_json *report, const char **reason)
{
	const ak_json *list = ak_json_get(report, "findings");
	int64_t record = -1;

	*reason = "";
	for (size_t i = 0; i < ak_json_len(list); i++) {
		const ak_json *f = ak_json_at(list, i);

		if (!ak_span_is(ak_json_get_text(f, "rule"), "E1"))
			continue;
		assert_int_equal(record, -1);
		assert_true(ak_json_int(ak_json_get(f, "record"), &record));
		*reason = ak_json_get_str(f, "reason");
	}
	return record;
}

/* Both are of one rule.  The first began on a day that is known; the second only after the last such day, when the first is over:
 * a record that takes it back may have come in between. */
static void what_a_rule_found_on_a_known_day_vouches_for_no_other_record(void **state)
{
	enum { FIRST, SECOND, NEITHER };
	static const struct { const char *as_of, *verdict, *why; int which; const char *reason; } row[] = {
		{ "2026-06-08", "expired", "rules", FIRST, "" },
		{ "2026-06-09", "expired", "rules", FIRST, "" }, /* the ledger is known to the 8th */
		{ "2026-06-30", "expired", "rules", FIRST, "" },
		{ "2026-07-02", "unverifiable", "stale", NEITHER, "" },
		{ "2026-07-05", "unverifiable", "stale", SECOND, "stale" },
		{ "2026-07-10", "unverifiable", "stale", SECOND, "stale" },
	};
	char *package = package_with(PAUSED);
	int64_t record[] = { [NEITHER] = -1 };
	demo d;

	demo_branch(*state, &d);
	put_package(&d, package);
	demo_listing(&d);
	record[FIRST] = (int64_t)demo_add(&d, "withdrawal", "{\"number\":\"2026-06-01/2026-07-01\",\"service\":\"s0\"}", NULL, 0, false, 1);
	record[SECOND] = (int64_t)demo_add(&d, "withdrawal", "{\"number\":\"2026-07-05/2026-08-01\",\"service\":\"s0\"}", NULL, 0, false, 1);
	d.w.scheme = "demo";
	d.w.now = INT64_C(1784100000); /* 2026-07-15 */
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_json *report = NULL;
		const char *reason;

		(void)world_verify(&d.w, "L0", row[i].as_of, 0, &report);
		if (!ak_span_is(ak_json_get_text(report, "verdict"), row[i].verdict) || !ak_span_is(ak_json_get_text(report, "reason"), row[i].why))
			fail_msg("%s: %s (%s)", row[i].as_of, ak_json_get_str(report, "verdict"), ak_json_get_str(report, "reason"));
		assert_int_equal(found_by_e1(report, &reason), record[row[i].which]);
		assert_string_equal(reason, row[i].reason);
		ak_json_free(report);
	}
	demo_close(&d);
	free(package);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_rule_in_order),
		cmocka_unit_test(a_rule_that_cannot_run_makes_no_verdict_better),
		cmocka_unit_test(what_a_rule_found_on_a_known_day_vouches_for_no_other_record),
	};

	return cmocka_run_group_tests_name("rules_broken", tests, demo_group_open, demo_group_close);
}
