/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation, SQLite's and jansson's too, fails in turn: the answer is "could not find out", never a verdict. */
#include "fixture.h"
#include "oom.h"

static ak_status count(void *ctx, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f, const char *why,
                       ak_error *err)
{
	size_t *seen = ctx;

	(void)rule, (void)f, (void)why, (void)err;
	*seen += outcome == AK_FAILED ? 100 : outcome == AK_PASSED ? 10 : 1;
	return AK_OK;
}

static ak_status load(ak_rules *r, const ak_json *bodies, ak_error *err)
{
	static const char *const types[] = { "listing", "correction", "annulment" };
	ak_status st = AK_OK;

	for (uint64_t i = 0; st == AK_OK && i < 3; i++) {
		ak_fact f = { .seq = i + 1, .id = id_of(i + 1), .type = types[i], .scheme = "s", .issued = "2021", .mode = "root",
		              .authorised = true, .body = ak_json_at(bodies, i) };
		ak_digest target = id_of(i);

		st = ak_rules_add_record(r, &f, err);
		if (st == AK_OK)
			st = ak_rules_add_about(r, f.seq, ak_span_str("s/listing:A"), err);
		if (st == AK_OK && i != 0)
			st = ak_rules_add_ref(r, f.seq, ak_span_str("on"), &target, err);
	}
	return st;
}

typedef struct scene {
	ak_json *package, *bodies;
} scene;

static ak_status ask(ak_rules *r, const scene *s, ak_error *err)
{
	ak_json *rows = NULL;
	size_t seen = 0;
	ak_status st = load(r, s->bodies, err);

	if (st == AK_OK)
		st = ak_rules_ready(r, err);
	if (st == AK_OK)
		st = ak_rules_run(r, 20000, 9, "A", count, &seen, err);
	if (st == AK_OK)
		st = ak_rules_query(r, "q", 20000, 9, NULL, &rows, err);
	/* A rule that ran out of memory half way is no rule that passed. */
	if (st == AK_OK && (seen != 111 || ak_json_len(rows) != 1))
		st = AK_INVALID_ARGUMENT;
	ak_json_free(rows);
	return st;
}

/* Once with a sandbox that is new, once emptied and everything to be prepared, once with what was kept. */
static ak_status work(void *ctx)
{
	ak_rules *r = NULL;
	ak_error err = { 0 };
	ak_status st = ak_rules_open(((scene *)ctx)->package, &r, &err);

	if (st == AK_OK)
		st = ask(r, ctx, &err);
	for (int i = 0; st == AK_OK && i < 2; i++) {
		st = ak_rules_again(r, &err);
		if (st == AK_OK)
			st = ask(r, ctx, &err);
	}
	ak_rules_free(&r);
	return st;
}

/* The same with one that was made ready before. */
static ak_status work_warm(void *ctx)
{
	static const char *const queries[] = { "q", NULL };
	atomic_bool stop = false;
	ak_rules *r = NULL;
	ak_error err = { 0 };
	ak_status st = ak_rules_open(((scene *)ctx)->package, &r, &err);

	if (st == AK_OK)
		st = ak_rules_warm(r, queries, &stop, &err);
	if (st == AK_OK)
		st = ak_rules_again(r, &err);
	if (st == AK_OK)
		st = ask(r, ctx, &err);
	ak_rules_free(&r);
	return st;
}

static void every_allocation_fails(void **state)
{
	scene s = { .package = new_package() };

	(void)state;
	put(s.package, "/parameters", json_of("{\"n\":{\"value\":1},\"list\":{\"value\":[1]}}"));
	put(s.package, "/views", json_of("[\"CREATE VIEW l(seq, a) AS SELECT seq, body ->> 'a' FROM record WHERE type = 'listing';\","
	                                 "\"CREATE VIEW d AS SELECT as_of AS day, (SELECT count(*) FROM l) AS n FROM asked;\"]"));
	put_rule(s.package, "A", "", "SELECT 'A' AS listing, seq AS record, '' AS ja, '' AS en, param('list') AS expected, a AS found"
	                             " FROM l, d WHERE a = param('n') AND day > '1970-01-01'");
	put_rule(s.package, "B", "", "SELECT '' AS listing, 1 AS record, 1 AS ja, 1 AS en, 1 AS expected, 1 AS found WHERE 0");
	put_rule(s.package, "C", "-- absence: s/listing:{listing}\n",
	         "SELECT '' AS listing, 1 AS record, 1 AS ja, 1 AS en, 1 AS expected, 1 AS found WHERE day_last('2021') IS NULL");
	put(s.package, "/queries/q", ak_json_new_str("SELECT seq, a, NULL AS n FROM l"));
	s.bodies = json_of("[{\"a\":1},{\"record\":\"sha256:0101010101010101010101010101010101010101010101010101010101010101\","
	                   "\"field\":\"/a\",\"before\":1,\"after\":2},"
	                   "{\"record\":\"sha256:0202020202020202020202020202020202020202020202020202020202020202\"}]");
	oom_sweep_plan("rules", work, &s, &(oom_plan){ .points = 700 });
	oom_sweep_plan("rules, warm", work_warm, &s, &(oom_plan){ .points = 400 });
	ak_json_free(s.bodies);
	ak_json_free(s.package);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
