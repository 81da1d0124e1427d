/* SPDX-License-Identifier: Apache-2.0 */
/* What comes of a rule: findings, passes, absence, limits; and a whole scheme at once. */
#include "fixture.h"

#include "base/fail.h"

#include <time.h>

static void findings_are_told_as_written(void **state)
{
	ak_json *p = new_package();
	answers got;
	ak_rules *r;

	(void)state;
	put_rule(p, "R10", "", "SELECT 'A' AS listing, 7 AS record, '日' AS ja, 'day' AS en, 2 AS expected, NULL AS found,"
	                       " 'warning' AS severity, 'late' AS reason UNION ALL"
	                       " SELECT 'A', NULL, NULL, NULL, 'e', 'f', NULL, NULL UNION ALL"
	                       " SELECT 'B', 1, '', '', '', '', 'expired', ''");
	put_rule(p, "R2", "", "SELECT 1 AS listing, 2 AS record, 3 AS ja, 4 AS en, 5 AS expected, 6 AS found WHERE 0");
	r = open_rules(p);
	ready(r);
	run_rules(r, "A", &got);
	assert_int_equal(got.n, 3);
	assert_string_equal(got.a[0].rule, "R10");
	assert_int_equal(got.a[0].outcome, AK_FAILED);
	assert_string_equal(got.a[0].listing, "A");
	assert_int_equal(got.a[0].record, 7);
	assert_int_equal(got.a[0].severity, AK_SEVERITY_WARNING);
	assert_string_equal(got.a[0].reason, "late");
	assert_string_equal(got.a[0].ja, "日");
	assert_string_equal(got.a[0].expected, "2");
	assert_string_equal(got.a[0].found, "");
	assert_int_equal(got.a[1].record, -1);
	assert_int_equal(got.a[1].severity, AK_SEVERITY_INVALID);
	assert_string_equal(got.a[1].reason, "");
	assert_string_equal(got.a[1].ja, "規則"); /* the rule's own words */
	assert_string_equal(got.a[2].rule, "R2");
	assert_int_equal(got.a[2].outcome, AK_PASSED);
	run_rules(r, NULL, &got);
	assert_int_equal(got.n, 4);
	assert_string_equal(got.a[2].listing, "B");
	assert_int_equal(got.a[2].severity, AK_SEVERITY_EXPIRED);
	run_rules(r, "a", &got); /* names are compared as bytes */
	assert_int_equal(got.n, 2);
	assert_int_equal(got.a[0].outcome, AK_PASSED);
	ak_rules_free(&r);
	ak_json_free(p);
}

static ak_status refuse(void *ctx, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f, const char *why,
                        ak_error *err)
{
	(void)note(ctx, rule, outcome, f, why, err);
	return ak_fail(err, AK_IO, "test", 5, "enough");
}

/* Each rule would always find something, so that a pass says that it was not run. */
static void a_rule_waits_for_its_types_and_members(void **state)
{
	static const struct { const char *types, *type, *body; bool runs; } rows[] = {
		{ "-- types: plan\n", "listing", "{}", false },
		{ "-- types: plan\n", "plan", "{}", true },
		{ "-- types: plan, listing\n", "listing", "{}", true },
		{ "-- types: plan/due_on\n", "plan", "{}", false },
		{ "-- types: plan/due_on\n", "listing", "{\"due_on\":\"2021\"}", false },
		{ "-- types: plan/due_on\n", "plan", "{\"in\":{\"due_on\":1}}", false },
		{ "-- types: plan/due_on\n", "plan", "{\"due_on\":\"2021\"}", true },
		{ "-- types: plan/none, plan/due_on\n", "plan", "{\"due_on\":null}", true },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		ak_json *p = new_package();
		bool all = i % 2 == 1;
		answers got;
		ak_rules *r;

		put_rule(p, "R", rows[i / 2].types, "SELECT 'A' AS listing, 5 AS record, 'a' AS ja, 'a' AS en, 1 AS expected, 2 AS found");
		r = open_rules(p);
		add(r, 5, rows[i / 2].type, rows[i / 2].body);
		if (all)
			ak_rules_skip_none(r);
		ready(r);
		run_rules(r, "A", &got);
		assert_int_equal(got.n, 1);
		assert_int_equal(got.a[0].outcome, rows[i / 2].runs || all ? AK_FAILED : AK_PASSED);
		ak_rules_free(&r);
		ak_json_free(p);
	}
}

/* A correction may put a member where the record as sealed has none. */
static void a_correction_may_bring_the_member_a_rule_waits_for(void **state)
{
	ak_json *p = new_package();
	answers got;
	ak_rules *r;

	(void)state;
	put_rule(p, "R", "-- types: plan/due_on\n", "SELECT 'A' AS listing, seq AS record, 'a' AS ja, 'a' AS en, 1 AS expected, 2 AS found"
	         " FROM record WHERE json_extract(body, '$.due_on') = '2021'");
	r = open_rules(p);
	add(r, 5, "plan", "{}");
	add(r, 6, "correction", "{\"record\":\"sha256:0505050505050505050505050505050505050505050505050505050505050505\","
	                        "\"field\":\"/due_on\",\"before\":null,\"after\":\"2021\"}");
	refer(r, 6, "corrects", 5);
	ready(r);
	run_rules(r, "A", &got);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.a[0].outcome, AK_FAILED);
	assert_int_equal(got.a[0].record, 5);
	ak_rules_free(&r);
	ak_json_free(p);
}

static void an_error_of_the_caller_ends_the_run(void **state)
{
	ak_json *p = new_package();
	ak_error err = { 0 };
	answers got;
	ak_rules *r;

	(void)state;
	memset(&got, 0, sizeof(got));
	put_rule(p, "A", "", "SELECT value AS listing, NULL AS record, '' AS ja, '' AS en, '' AS expected, '' AS found"
	                     " FROM json_each('[\"x\",\"y\"]')");
	r = open_rules(p);
	ready(r);
	assert_int_equal(ak_rules_run(r, 0, 1, NULL, refuse, &got, &err), AK_IO);
	assert_string_equal(err.where, "test");
	assert_int_equal(got.n, 1);
	run_rules(r, NULL, &got); /* and it can be asked again */
	assert_int_equal(got.n, 2);
	ak_rules_free(&r);
	ak_json_free(p);
}

#define ROW(text) "SELECT 'A' AS listing, NULL AS record, '' AS ja, '' AS en, '' AS expected, " text " AS found"

/* Its rows would show that it was run after all. */
static void a_rule_waits_for_a_record_of_its_types(void **state)
{
	ak_json *p = new_package();
	answers got;
	ak_rules *r;

	(void)state;
	put_rule(p, "R", "-- types: incident, notice\n", ROW("'ran'"));
	put_rule(p, "S", "-- types: incident\n-- absence: s/listing:{listing}\n", ROW("'ran'"));
	put_rule(p, "T", "-- types: incident\n", "not even SQL");
	r = open_rules(p);
	add(r, 1, "decision", "{}");
	ready(r);
	run_rules(r, "A", &got);
	assert_int_equal(got.n, 3);
	assert_int_equal(got.a[0].outcome, AK_PASSED);
	assert_int_equal(got.a[1].outcome, AK_NOT_CHECKED); /* that there is none has to be proved as before */
	assert_int_equal(got.a[2].outcome, AK_PASSED);
	ak_rules_skip_none(r);
	run_rules(r, "A", &got);
	assert_int_equal(got.a[0].outcome, AK_FAILED);
	assert_int_equal(got.a[2].outcome, AK_NOT_CHECKED);
	ak_rules_free(&r);
	r = open_rules(p);
	add_full(r, 1, "notice", "{}", false, "s/listing:A"); /* a void one is a record too */
	ready(r);
	run_rules(r, "A", &got);
	assert_int_equal(got.a[0].outcome, AK_FAILED);
	assert_int_equal(got.a[1].outcome, AK_NOT_CHECKED);
	ak_rules_free(&r);
	ak_json_free(p);
}

static void a_use_is_judged_when_there_is_one(void **state)
{
	static const ak_rules_use use = { .contract_from = "2026-04-01", .contract_to = "2027-03-31", .region = "東日本" };
	ak_json *p = new_package();
	ak_error err = { 0 };
	answers got;
	ak_rules *r;

	(void)state;
	put_rule(p, "H", "-- judges: use\n", ROW("(SELECT contract_from || contract_to || region || typeof(service) FROM use)"));
	put_rule(p, "N", "", ROW("(SELECT count(*) FROM use)"));
	r = open_rules(p);
	ready(r);
	run_rules(r, "A", &got);
	assert_int_equal(got.n, 1);
	assert_string_equal(got.a[0].rule, "N");
	assert_string_equal(got.a[0].found, "0");
	assert_int_equal(ak_rules_add_use(r, &use, &err), AK_INVALID_ARGUMENT); /* too late */
	assert_string_equal(err.where, "rules.use");
	ak_rules_free(&r);
	r = open_rules(p);
	need(ak_rules_add_use(r, &use, &err), &err);
	assert_int_equal(ak_rules_add_use(r, &use, &err), AK_INVALID_ARGUMENT); /* twice */
	ready(r);
	run_rules(r, "A", &got);
	assert_int_equal(got.n, 2);
	assert_string_equal(got.a[0].found, "2026-04-012027-03-31東日本null");
	assert_string_equal(got.a[1].found, "1");
	ak_rules_free(&r);
	ak_json_free(p);
}

/* A rule that finds listings without a decision, or with a deletion. */
static const char standing[] =
	"SELECT substr(a.subject, 11) AS listing, NULL AS record, '' AS ja, '' AS en, '' AS expected, 'no decision' AS found,"
	" NULL AS reason FROM (SELECT DISTINCT subject FROM about WHERE subject LIKE 's/listing:%') a WHERE NOT EXISTS"
	" (SELECT 1 FROM about b JOIN record r ON r.seq = b.seq WHERE b.subject = a.subject AND r.type = 'decision')"
	" UNION ALL SELECT substr(a.subject, 11), r.seq, '', '', '', 'deleted', r.body ->> 'why' FROM about a JOIN record r"
	" ON r.seq = a.seq WHERE r.type = 'deletion'";

/* A: decided, proved.  B: decided.  C: deleted.  D: nothing.  E: no decision, proved.  F: deleted on no evidence. */
static ak_rules *standing_rules(ak_json *p, const char *header)
{
	ak_error err = { 0 };
	ak_rules *r;

	put_rule(p, "R", header, standing);
	r = open_rules(p);
	add_full(r, 1, "decision", "{}", true, "s/listing:A");
	add_full(r, 2, "decision", "{}", true, "s/listing:B");
	add_full(r, 3, "deletion", "{}", true, "s/listing:C");
	add_full(r, 4, "listing", "{}", true, "s/listing:D");
	add_full(r, 5, "listing", "{}", true, "s/listing:E");
	add_full(r, 6, "decision", "{}", true, "s/listing:F");
	add_full(r, 7, "deletion", "{\"why\":\"evidence-not-on-record\"}", true, "s/listing:F");
	need(ak_rules_add_proved(r, ak_span_str("s/listing:A"), &err), &err);
	need(ak_rules_add_proved(r, ak_span_str("s/listing:E"), &err), &err);
	ready(r);
	return r;
}

static void expect(const answers *got, size_t i, const char *listing, ak_outcome outcome, const char *text)
{
	const answer *a = &got->a[i];

	if (i >= got->n || a->outcome != outcome || strcmp(a->listing, listing) != 0 ||
	    strstr(outcome == AK_NOT_CHECKED ? a->why : a->found, text) == NULL)
		fail_msg("answer %zu of %zu: %s outcome %d found \"%s\" why \"%s\", want %s %d %s", i, got->n, a->listing,
		         (int)a->outcome, a->found, a->why, listing, (int)outcome, text);
}

static void absence_needs_proof(void **state)
{
	ak_json *p = new_package();
	ak_rules *r = standing_rules(p, "-- absence: s/listing:{listing}\n");
	answers got;

	(void)state;
	run_rules(r, "A", &got);
	expect(&got, 0, "", AK_PASSED, "");
	assert_int_equal(got.n, 1);
	run_rules(r, "B", &got); /* would pass, but a deletion may have been left out */
	expect(&got, 0, "", AK_NOT_CHECKED, "rule R: no proof that all records about s/listing:B are here");
	assert_int_equal(got.n, 1);
	run_rules(r, "C", &got); /* the deletion stands on a record; that there is no decision does not */
	expect(&got, 0, "", AK_NOT_CHECKED, "s/listing:C");
	expect(&got, 1, "C", AK_FAILED, "deleted");
	assert_int_equal(got.n, 2);
	run_rules(r, "D", &got);
	expect(&got, 0, "", AK_NOT_CHECKED, "s/listing:D");
	assert_int_equal(got.n, 1);
	run_rules(r, "E", &got);
	expect(&got, 0, "E", AK_FAILED, "no decision");
	assert_int_equal(got.n, 1);
	run_rules(r, "F", &got); /* a row that says itself that evidence is missing */
	expect(&got, 0, "", AK_NOT_CHECKED, "s/listing:F");
	assert_int_equal(got.n, 1);
	run_rules(r, "never heard of", &got);
	expect(&got, 0, "", AK_NOT_CHECKED, "s/listing:never heard of");

	run_rules(r, NULL, &got); /* all at once: each listing is named */
	assert_int_equal(got.n, 6);
	expect(&got, 0, "C", AK_NOT_CHECKED, "s/listing:C");
	expect(&got, 1, "C", AK_FAILED, "deleted");
	expect(&got, 2, "D", AK_NOT_CHECKED, "s/listing:D");
	expect(&got, 3, "E", AK_FAILED, "no decision");
	expect(&got, 4, "F", AK_NOT_CHECKED, "s/listing:F");
	expect(&got, 5, "B", AK_NOT_CHECKED, "s/listing:B");
	ak_rules_free(&r);
	ak_json_free(p);
}

static void absence_not_claimed_needs_none(void **state)
{
	ak_json *p = new_package();
	ak_rules *r = standing_rules(p, "");
	answers got;

	(void)state;
	run_rules(r, "B", &got);
	expect(&got, 0, "", AK_PASSED, "");
	run_rules(r, "D", &got);
	expect(&got, 0, "D", AK_FAILED, "no decision");
	ak_rules_free(&r);
	ak_json_free(p);
}

/* A pattern with a star: all that a loaded record is about must be proved; several patterns: all of them. */
static void absence_patterns(void **state)
{
	static const struct { const char *header; ak_outcome a; const char *missing; } rows[] = {
		{ "-- absence: s/listing:*\n", AK_NOT_CHECKED, "s/listing:B" },
		{ "-- absence: s/list*\n", AK_NOT_CHECKED, "s/listing:B" },
		{ "-- absence: s/listing:A*\n", AK_PASSED, "" },
		{ "-- absence: s/auditor:*\n", AK_PASSED, "" },
		{ "-- absence: s/auditor:x\n", AK_NOT_CHECKED, "s/auditor:x" },
		{ "-- absence: s/listing:{listing}, s/auditor:{listing}.x\n", AK_NOT_CHECKED, "s/auditor:A.x" },
		{ "-- absence: s/listing:E,s/listing:A\n", AK_PASSED, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_json *p = new_package();
		ak_rules *r = standing_rules(p, rows[i].header);
		answers got;

		run_rules(r, "A", &got);
		if (got.n != 1 || got.a[0].outcome != rows[i].a || strstr(got.a[0].why, rows[i].missing) == NULL)
			fail_msg("%s: %d %s", rows[i].header, (int)got.a[0].outcome, got.a[0].why);
		ak_rules_free(&r);
		ak_json_free(p);
	}
}

static void limits(void **state)
{
	ak_json *p = new_package();
	answers got;
	ak_rules *r;

	(void)state;
	put_rule(p, "A", "", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000) SELECT 'L' AS listing,"
	                     " NULL AS record, '' AS ja, '' AS en, '' AS expected, i AS found FROM n");
	put_rule(p, "B", "", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10001) SELECT 'L' AS listing,"
	                     " NULL AS record, '' AS ja, '' AS en, '' AS expected, i AS found FROM n");
	r = open_rules(p);
	ready(r);
	run_rules(r, "L", &got);
	assert_int_equal(got.n, 10001);
	assert_string_equal(got.a[ANSWERS - 1].why, "rule B: more than 10000 findings");
	run_rules(r, "M", &got); /* what is not asked for does not count */
	assert_int_equal(got.n, 2);
	assert_int_equal(got.a[1].outcome, AK_PASSED);
	run_rules(r, NULL, &got);
	assert_int_equal(got.n, 20001);
	ak_rules_free(&r);
	ak_json_free(p);
}

/* A long field is cut between two characters. */
static size_t cut_len;

static ak_status measure(void *ctx, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f, const char *why,
                         ak_error *err)
{
	size_t at;

	(void)ctx, (void)rule, (void)outcome, (void)why, (void)err;
	assert_non_null(f);
	cut_len = strlen(f->found);
	assert_true(ak_utf8_valid(ak_span_str(f->found), &at));
	return AK_OK;
}

static void long_fields_are_cut(void **state)
{
	static const char *const starts[] = { "", "x", "xx" }; /* so that the limit falls on each byte of a character */

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		ak_json *p = new_package();
		ak_error err = { 0 };
		char sql[400];
		ak_rules *r;

		(void)snprintf(sql, sizeof(sql), "SELECT 'L' AS listing, NULL AS record, '' AS ja, '' AS en, '' AS expected, '%s' ||"
		               " replace(hex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), '61', replace('xxxxxxxxxx', 'x',"
		               " '日本日本日本日本')) AS found", starts[i]);
		put_rule(p, "A", "", sql);
		r = open_rules(p);
		ready(r);
		need(ak_rules_run(r, 0, 1, NULL, measure, NULL, &err), &err);
		assert_int_equal(cut_len, 4096 - (4096 - i) % 3);
		ak_rules_free(&r);
		ak_json_free(p);
	}
}

enum { MANY = 10000 }; /* listings, of ten records each */

static void load_many(ak_rules *r)
{
	ak_json *body[10];
	char text[200], subject[40];
	ak_error err = { 0 };

	for (uint64_t i = 0; i < MANY; i++) {
		(void)snprintf(subject, sizeof(subject), "s/listing:C21-%05llu", (unsigned long long)i);
		for (uint64_t k = 0; k < 10; k++) {
			ak_fact f = { .seq = i * 10 + k, .scheme = "s", .type = k == 0 ? "listing" : k == 1 ? "decision" : "audit",
			              .issued = "2021-09-13", .time = 1600000000, .authorised = true, .mode = "members" };
			ak_digest target;

			(void)snprintf(text, sizeof(text), "{\"listing\":\"C21-%05llu\",\"service\":\"svc-%llu\",\"to\":\"2025-0%llu-01\"}",
			               (unsigned long long)i, (unsigned long long)i, (unsigned long long)(1 + k % 9));
			body[k] = json_of(text);
			f.body = body[k];
			memcpy(f.id.b, &f.seq, sizeof(f.seq));
			need(ak_rules_add_record(r, &f, &err), &err);
			need(ak_rules_add_about(r, f.seq, ak_span_str(subject), &err), &err);
			ak_json_free(body[k]);
			if (k == 0)
				continue;
			target = f.id;
			memcpy(target.b, &(uint64_t){ f.seq - 1 }, sizeof(f.seq));
			need(ak_rules_add_ref(r, f.seq, ak_span_str("on"), &target, &err), &err);
		}
		need(ak_rules_add_proved(r, ak_span_str(subject), &err), &err);
	}
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* Ten thousand listings, a hundred thousand records: views over JSON joined on what they took out of it.  Were the views not
 * filled, the joins would take a hundred million steps. */
static void a_whole_scheme(void **state)
{
	ak_json *p = new_package();
	struct timespec start;
	answers got;
	ak_rules *r;

	(void)state;
	put(p, "/views", ak_json_new_str("CREATE VIEW listing AS SELECT seq, body ->> 'listing' AS listing, body ->> 'service' AS"
	                                 " service FROM record WHERE type = 'listing';"
	                                 "CREATE VIEW audit AS SELECT seq, body ->> 'listing' AS listing, day_last(body ->> 'to') AS"
	                                 " ends FROM record WHERE type = 'audit';"
	                                 "CREATE VIEW standing AS SELECT l.listing, max(a.ends) AS ends, max(a.seq) AS seq FROM listing l"
	                                 " JOIN audit a ON a.listing = l.listing GROUP BY l.listing"));
	put_rule(p, "R1", "-- absence: s/listing:{listing}\n", "SELECT l.listing AS listing, l.seq AS record, '' AS ja, '' AS en,"
	         " '' AS expected, a.ends AS found FROM listing l JOIN audit a ON a.listing = l.listing WHERE a.ends > :as_of");
	put_rule(p, "R2", "", "SELECT s.listing AS listing, s.seq AS record, '' AS ja, '' AS en, '' AS expected, s.ends AS found"
	         " FROM standing s WHERE add_period(add_days(s.ends, 1), 16, 'month') < :as_of AND s.listing < 'C21-00005'"
	         " OR NOT EXISTS (SELECT 1 FROM ref JOIN record t ON t.seq = ref.target_seq WHERE ref.seq = s.seq)");
	r = open_rules(p);
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &start), 0);
	load_many(r);
	print_message("loaded %d records: %.2f s\n", MANY * 10, seconds_since(&start));
	ready(r);
	print_message("ready: %.2f s\n", seconds_since(&start));
	run_rules(r, NULL, &got);
	print_message("two rules over %d listings: %.2f s\n", MANY, seconds_since(&start));
	assert_int_equal(got.n, 2);
	assert_int_equal(got.a[0].outcome, AK_PASSED);
	assert_int_equal(got.a[1].outcome, AK_PASSED);
	run_rules(r, "C21-00007", &got);
	print_message("and over one: %.2f s\n", seconds_since(&start));
	assert_int_equal(got.n, 2);
	ak_rules_free(&r);
	ak_json_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_are_told_as_written),
		cmocka_unit_test(an_error_of_the_caller_ends_the_run),
		cmocka_unit_test(a_rule_waits_for_a_record_of_its_types),
		cmocka_unit_test(a_use_is_judged_when_there_is_one),
		cmocka_unit_test(absence_needs_proof),
		cmocka_unit_test(a_rule_waits_for_its_types_and_members),
		cmocka_unit_test(a_correction_may_bring_the_member_a_rule_waits_for),
		cmocka_unit_test(absence_not_claimed_needs_none),
		cmocka_unit_test(absence_patterns),
		cmocka_unit_test(limits),
		cmocka_unit_test(long_fields_are_cut),
		cmocka_unit_test(a_whole_scheme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
