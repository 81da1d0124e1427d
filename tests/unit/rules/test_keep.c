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

/* From round `first` on, with a sandbox that was made ready before there was a record, or that is new. */
static void judge_sets(int first, bool warm)
{
	static const char *const queries[] = { "q", "of another package", NULL };
	ak_json *p = package();
	ak_rules *kept = open_rules(p);
	atomic_bool stop = false;
	bool stopped = false;
	answers got;

	if (warm)
		need(ak_rules_warm(kept, queries, &stop, NULL), &(ak_error){ 0 });
	for (int round = first; round < ROUNDS; round++) {
		ak_rules *fresh = open_rules(p);
		ak_error err = { 0 };

		if (round > first || warm)
			need(ak_rules_again(kept, &err), &err);
		fill(kept, round);
		fill(fresh, round);
		compare(kept, fresh, round);
		run_rules(kept, "A", &got);
		stopped = stopped || got.a[1].outcome == AK_NOT_CHECKED;
		ak_rules_free(&fresh);
	}
	assert_int_equal(stopped, first <= 1); /* the second set does it */
	ak_rules_free(&kept);
	ak_json_free(p);
}

static void each_set_is_judged_as_the_only_one(void **state)
{
	(void)state;
	judge_sets(0, false);
}

/* Whichever set comes first: of three records that spoil a view, or of none. */
static void what_was_prepared_without_records_judges_alike(void **state)
{
	(void)state;
	judge_sets(1, true);
	judge_sets(3, true);
}

/* What cannot be prepared is told when it is asked, of the rule that it is. */
static void what_cannot_be_prepared_fails_nothing_else(void **state)
{
	static const char *const queries[] = { "bad", NULL };
	ak_json *p = new_package();
	atomic_bool stop = false;
	ak_error err = { 0 };
	ak_rules *r;
	answers got;

	(void)state;
	put_rule(p, "R1", "", SELECTING("random()"));
	put_rule(p, "R2", "", SELECTING("(SELECT count(*) FROM record)"));
	put(p, "/queries/bad", ak_json_new_str("SELECT nothing FROM nowhere"));
	r = open_rules(p);
	need(ak_rules_warm(r, queries, &stop, &err), &err);
	need(ak_rules_again(r, &err), &err);
	add(r, 1, "listing", "{}");
	ready(r);
	run_rules(r, "A", &got);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.a[0].outcome, AK_NOT_CHECKED);
	assert_string_equal(got.a[1].found, "1");
	ak_rules_free(&r);
	ak_json_free(p);
}

static void whoever_is_told_to_stop_stops(void **state)
{
	static const char *const queries[] = { NULL };
	ak_json *p = package();
	ak_rules *r = open_rules(p);
	atomic_bool stop = true;
	ak_error err = { 0 };

	(void)state;
	assert_int_equal(ak_rules_warm(r, queries, &stop, &err), AK_STOPPED);
	ak_rules_free(&r);
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

/* ---- how it is joined (plan.c) ---------------------------------------------------------------------------------------- */

enum { SMALL = 3, LARGE = 2000, RECORDS = 100 };

/* As many items as that in one record: no row of a view is as dear as a record. */
static char *items(size_t n)
{
	ak_buf b;
	ak_text t = { 0 };
	ak_error err = { 0 };

	ak_buf_init(&b, 1 << 16);
	need(ak_buf_add_str(&b, "{\"items\":[0", &err), &err);
	for (size_t i = 1; i < n; i++)
		need(ak_buf_addf(&b, &err, ",%zu", i), &err);
	need(ak_buf_add_str(&b, "]}", &err), &err);
	need(ak_buf_take_text(&b, &t, &err), &err);
	return t.data;
}

/* Which row comes first is for SQLite to say, and hangs on how it joins. */
static ak_json *joining(void)
{
	ak_json *p = new_package();

	put(p, "/views", ak_json_new_str("CREATE VIEW item AS SELECT r.seq, e.value AS v FROM record r, json_each(r.body, '$.items') e;"
	                                 "CREATE VIEW pair AS SELECT a.v FROM item a JOIN item b ON b.v = a.v"));
	put_rule(p, "R1", "", SELECTING("(SELECT count(*) FROM item a JOIN item b ON a.v = b.v)"));
	put_rule(p, "R2", "", SELECTING("(SELECT count(*) FROM pair)"));
	put_rule(p, "R3", "", SELECTING("(SELECT substr(group_concat(a.v || ',' || b.seq), 1, 60) FROM item a JOIN item b ON b.v + 1 = a.v)"));
	put(p, "/queries/q", ak_json_new_str("SELECT count(*) AS n, 0 AS c FROM item a JOIN item b ON a.v = b.v"));
	return p;
}

static void fill_items(ak_rules *r, size_t n, uint64_t records)
{
	char *body = items(n);

	for (uint64_t i = 1; i <= records; i++)
		add(r, i, "listing", i == 1 ? body : "{\"items\":[1,2]}");
	ready(r);
	ak_mem_free(body);
}

/* Without an index two thousand rows joined with themselves are many more steps than few records are given; they are not too many. */
static void few_records_may_have_many_rows(void **state)
{
	ak_json *p = joining();
	ak_rules *r = open_rules(p);
	ak_json *rows = NULL;
	ak_error err = { 0 };
	int64_t n = 0;
	answers got;

	(void)state;
	fill_items(r, LARGE, 1);
	need(ak_rules_query(r, "q", ak_day_from_civil(2026, 3, 1), KNOWN_AT, "A", &rows, &err), &err);
	assert_int_equal(ak_json_len(rows), 1); /* not also what came before it was begun again */
	assert_true(ak_json_int(ak_json_get(ak_json_at(rows, 0), "n"), &n));
	assert_int_equal(n, LARGE);
	run_rules(r, "A", &got);
	assert_int_equal(got.n, 3);
	for (size_t i = 0; i < got.n; i++)
		assert_int_equal(got.a[i].outcome, AK_FAILED);
	assert_string_equal(got.a[0].found, "2000");
	assert_string_equal(got.a[1].found, "2000");
	ak_json_free(rows);
	ak_rules_free(&r);
	ak_json_free(p);
}

/* A rule that gives a row, and then stops: that row is not told twice. */
static void what_is_begun_again_is_told_once(void **state)
{
	ak_json *p = new_package();
	ak_rules *r;
	answers got;

	(void)state;
	put(p, "/views", ak_json_new_str("CREATE VIEW item AS SELECT e.value AS v FROM record r, json_each(r.body, '$.items') e"));
	put_rule(p, "R1", "", SELECTING("'row'") " UNION ALL " SELECTING("(SELECT count(*) FROM item a JOIN item b ON a.v = b.v)"));
	r = open_rules(p);
	fill_items(r, LARGE, 1);
	run_rules(r, "A", &got);
	assert_int_equal(got.n, 2);
	assert_string_equal(got.a[0].found, "row");
	assert_string_equal(got.a[1].found, "2000");
	ak_rules_free(&r);
	ak_json_free(p);
}

/* What was judged before does not decide how the next is joined. */
static void each_set_is_joined_as_the_only_one(void **state)
{
	static const struct { size_t items; uint64_t records; } set[] = {
		{ SMALL, 1 }, { LARGE, 1 }, { SMALL, 1 }, { SMALL, RECORDS }, { SMALL, 2 }, { LARGE, RECORDS }, { SMALL, 1 },
	};
	ak_json *p = joining();
	ak_rules *kept = open_rules(p);

	(void)state;
	for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++) {
		ak_rules *fresh = open_rules(p);
		ak_error err = { 0 };

		if (i > 0)
			need(ak_rules_again(kept, &err), &err);
		fill_items(kept, set[i].items, set[i].records);
		fill_items(fresh, set[i].items, set[i].records);
		compare(kept, fresh, (int)i + ROUNDS);
		ak_rules_free(&fresh);
	}
	ak_rules_free(&kept);
	ak_json_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_set_is_judged_as_the_only_one),
		cmocka_unit_test(what_was_prepared_without_records_judges_alike),
		cmocka_unit_test(what_cannot_be_prepared_fails_nothing_else),
		cmocka_unit_test(whoever_is_told_to_stop_stops),
		cmocka_unit_test(only_what_was_ready_is_emptied),
		cmocka_unit_test(what_is_kept_still_only_reads),
		cmocka_unit_test(few_records_may_have_many_rows),
		cmocka_unit_test(what_is_begun_again_is_told_once),
		cmocka_unit_test(each_set_is_joined_as_the_only_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
