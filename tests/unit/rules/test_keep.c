/* SPDX-License-Identifier: Apache-2.0 */
/* One sandbox over one set of records after another: every set is judged as if there had been no other. */
#include "fixture.h"

#define SELECTING(found) "SELECT 'A' AS listing, NULL AS record, '' AS ja, '' AS en, '' AS expected, " found " AS found"

enum { ROUNDS = 7 };

/* Set `round` holds records 1 to its number; with three of them view `deep` does not come to an end. */
static ak_json *package(void)
{
	ak_json *p = new_package();

	put(p, "/parameters", json_of("{\"n\":{\"value\":1}}"));
	put(p, "/views", json_of("[\"CREATE VIEW few AS SELECT seq, body ->> 'a' AS a FROM record;\","
	                         "\"CREATE VIEW deep AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE\","
	                         "\" (SELECT count(*) FROM few) = 3) SELECT count(*) AS i FROM n;\","
	                         "\"CREATE VIEW day AS SELECT as_of, listing, (SELECT i FROM deep) AS i FROM asked;\"]"));
	put_rule(p, "R1", "", SELECTING("(SELECT group_concat(seq || ':' || a) FROM few)"));
	put_rule(p, "R2", "", SELECTING("(SELECT i FROM deep)"));
	put_rule(p, "R3", "", SELECTING("(SELECT listing || i FROM day)"));
	put_rule(p, "R4", "-- types: rare\n", SELECTING("(SELECT count(*) FROM record WHERE type = 'rare')"));
	put_rule(p, "R5", "-- absence: s/auditor:{listing}\n", SELECTING("1") " WHERE 0");
	put_rule(p, "R6", "-- judges: use\n", SELECTING("(SELECT service FROM use)"));
	put(p, "/queries/q", ak_json_new_str("SELECT count(*) AS n, (SELECT count(*) FROM correction_state) AS c FROM record"));
	return p;
}

static void fill(ak_rules *r, int round)
{
	static const int numbers[ROUNDS] = { 1, 3, 2, 0, 3, 1, 2 };
	const ak_rules_use use = { .service = "mail" };
	ak_error err = { 0 };

	for (int i = 1; i <= numbers[round]; i++)
		add(r, (uint64_t)i, round == 2 ? "rare" : "listing", round % 2 == 0 ? "{\"a\":1}" : "{\"a\":2}");
	if (round == 4) {
		add(r, 9, "correction", "{\"record\":\"sha256:0101010101010101010101010101010101010101010101010101010101010101\","
		                        "\"field\":\"/a\",\"before\":1,\"after\":5}");
		add(r, 10, "annulment", "{\"record\":\"sha256:0202020202020202020202020202020202020202020202020202020202020202\"}");
		refer(r, 10, "annuls", 2);
		refer(r, 9, "corrects", 1);
	}
	if (round % 3 == 0)
		need(ak_rules_add_proved(r, ak_span_str("s/auditor:A"), &err), &err);
	if (round == 5)
		need(ak_rules_add_use(r, &use, &err), &err);
	ready(r);
}

static void compare(ak_rules *kept, ak_rules *fresh, int round)
{
	static answers a, b;
	ak_json *x = NULL, *y = NULL;
	ak_error err = { 0 };

	run_rules(kept, "A", &a);
	run_rules(fresh, "A", &b);
	if (a.n != b.n)
		fail_msg("set %d: %zu answers, not %zu", round, a.n, b.n);
	for (size_t i = 0; i < a.n; i++) {
		if (memcmp(&a.a[i], &b.a[i], sizeof(a.a[i])) != 0)
			fail_msg("set %d, %s: %d %s %s, not %d %s %s", round, b.a[i].rule, a.a[i].outcome, a.a[i].found, a.a[i].why,
			         b.a[i].outcome, b.a[i].found, b.a[i].why);
	}
	need(ak_rules_query(kept, "q", ak_day_from_civil(2026, 3, 1), KNOWN_AT, "A", &x, &err), &err);
	need(ak_rules_query(fresh, "q", ak_day_from_civil(2026, 3, 1), KNOWN_AT, "A", &y, &err), &err);
	assert_true(ak_json_equal(x, y));
	if (round == 4) { /* else the next set shows nothing */
		int64_t n = 0;

		assert_true(ak_json_int(ak_json_get(ak_json_at(x, 0), "c"), &n));
		assert_int_equal(n, 1);
	}
	ak_json_free(x);
	ak_json_free(y);
}

static void each_set_is_judged_as_the_only_one(void **state)
{
	ak_json *p = package();
	ak_rules *kept = open_rules(p);
	bool stopped = false;
	answers got;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		ak_rules *fresh = open_rules(p);
		ak_error err = { 0 };

		if (round > 0)
			need(ak_rules_again(kept, &err), &err);
		fill(kept, round);
		fill(fresh, round);
		compare(kept, fresh, round);
		run_rules(kept, "A", &got);
		stopped = stopped || got.a[1].outcome == AK_NOT_CHECKED;
		ak_rules_free(&fresh);
	}
	assert_true(stopped);
	ak_rules_free(&kept);
	ak_json_free(p);
}

static void only_what_was_ready_is_emptied(void **state)
{
	ak_json *p = package();
	ak_rules *r = open_rules(p);
	ak_error err = { 0 };

	(void)state;
	assert_int_equal(ak_rules_again(r, &err), AK_INVALID_ARGUMENT);
	ready(r);
	need(ak_rules_again(r, &err), &err);
	assert_int_equal(ak_rules_again(r, &err), AK_INVALID_ARGUMENT);
	ak_rules_free(&r);
	ak_json_free(p);
}

/* A statement that is kept is under the guard whenever it runs. */
static void what_is_kept_still_only_reads(void **state)
{
	ak_json *p = new_package();
	ak_rules *r;
	answers got;
	ak_error err = { 0 };

	(void)state;
	put_rule(p, "R1", "", "DELETE FROM fact RETURNING 'A' AS listing, 1 AS record, '' AS ja, '' AS en, '' AS expected, '' AS found");
	put_rule(p, "R2", "", SELECTING("random()"));
	put_rule(p, "R3", "", SELECTING("(SELECT count(*) FROM record)"));
	r = open_rules(p);
	ready(r);
	for (int i = 0; i < 3; i++) {
		need(ak_rules_again(r, &err), &err);
		add(r, 1, "listing", "{}");
		ready(r);
		run_rules(r, "A", &got);
		assert_int_equal(got.n, 3);
		assert_int_equal(got.a[0].outcome, AK_NOT_CHECKED);
		assert_int_equal(got.a[1].outcome, AK_NOT_CHECKED);
		assert_string_equal(got.a[2].found, "1");
	}
	ak_rules_free(&r);
	ak_json_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_set_is_judged_as_the_only_one),
		cmocka_unit_test(only_what_was_ready_is_emptied),
		cmocka_unit_test(what_is_kept_still_only_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
