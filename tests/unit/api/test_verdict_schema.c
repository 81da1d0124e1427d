/* SPDX-License-Identifier: Apache-2.0 */
/* schemas/verdict.schema.json is what reports really look like (docs/API.md, the verdict). */
#include "continuity.h"

#include "codec/jcs.h"
#include "codec/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SCHEMA_MAX = 256 * 1024 };

static ak_json *load_schema(void)
{
	static char text[SCHEMA_MAX];
	FILE *f = fopen(AK_SOURCE_DIR "/schemas/verdict.schema.json", "rb");
	ak_json *v = NULL;
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text), f);
	assert_true(n > 0 && n < sizeof(text));
	(void)fclose(f);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)text, n }, &v, NULL), AK_OK);
	assert_int_equal(ak_schema_check(v, NULL), AK_OK);
	return v;
}

/* Verify, and hold the report against the schema.  Answers the report. */
static ak_json *ask(world *w, const char *listing, const char *as_of, uint64_t known_at, ak_verdict want, const char *reason)
{
	ak_json *schema = load_schema(), *report = NULL;
	ak_error err = { 0 };

	assert_int_equal(world_verify(w, listing, as_of, known_at, &report), want);
	assert_true(ak_span_is(ak_json_get_text(report, "reason"), reason));
	if (ak_schema_validate(schema, report, &err) != AK_OK)
		fail_msg("%s as of %s: %s, expected %s, found %s", listing, as_of, err.detail, err.expected, err.found);
	ak_json_free(schema);
	return report;
}

static void every_verdict_fits(void **state)
{
	world w;

	world_branch(*state, &w);
	ak_json_free(ask(&w, LISTING, LISTED_ON, 0, AK_VERDICT_VALID, ""));
	ak_json_free(ask(&w, LISTING, "2024-01-01", 0, AK_VERDICT_INVALID, "rules"));
	ak_json_free(ask(&w, LISTING, "2026-01-01", 0, AK_VERDICT_EXPIRED, "rules"));
	ak_json_free(ask(&w, "C99-9999-9", LISTED_ON, 0, AK_VERDICT_UNVERIFIABLE, "not-found"));
	ak_json_free(ask(&w, LISTING, LISTED_ON, 3, AK_VERDICT_UNVERIFIABLE, "not-found"));
	ak_json_free(ask(&w, LISTING, LISTED_ON, 1, AK_VERDICT_UNVERIFIABLE, "not-found"));
	world_close(&w);
}

/* As ask(), of a use. */
static ak_json *ask_use(world *w, const char *listing, const ak_use *use, ak_verdict want, const char *reason)
{
	const ak_verify_options o = { .listing = listing, .trust = { (const uint8_t *)w->trust.data, w->trust.len }, .as_of = LISTED_ON,
	                              .now = w->now, .use = use };
	ak_json *schema = load_schema(), *report = NULL;
	ak_verdict got = AK_VERDICT_INVALID;
	ak_text json = { 0 };
	ak_error err = { 0 };

	assert_int_equal(ak_ledger_verify(w->l, &o, &got, &json, &err), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)json.data, json.len }, &report, NULL), AK_OK);
	if (got != want || !ak_span_is(ak_json_get_text(report, "reason"), reason))
		fail_msg("%s: %s", ak_verdict_name(got), ak_json_get_str(report, "reason"));
	if (ak_schema_validate(schema, report, &err) != AK_OK)
		fail_msg("%s, expected %s, found %s", err.detail, err.expected, err.found);
	ak_text_free(&json);
	ak_json_free(schema);
	return report;
}

/* What is wrong with the use makes the verdict worse, and leaves the listing's own verdict and chain as they are. */
static void a_use_is_judged_apart_from_the_listing(void **state)
{
	const ak_use within = { .contract_from = "2024-08-01", .contract_to = "2025-03-31", .service = "kumo-iaas" };
	const ak_use beyond = { .contract_from = "2024-08-01", .contract_to = "2026-03-31" };
	const ak_use after = { .contract_from = "2025-08-01", .contract_to = "2026-03-31" };
	const ak_use elsewhere = { .region = "海外" }, unlisted = { .service = "kumo-ai" };
	ak_json *r;
	world w;

	world_branch(*state, &w);
	r = ask_use(&w, LISTING, &within, AK_VERDICT_VALID, "");
	assert_false(report_finding(r, "H01"));
	assert_true(ak_span_is(ak_json_get_text(ak_json_get(r, "use"), "listing_verdict"), "valid"));
	ak_json_free(r);
	r = ask_use(&w, LISTING, &beyond, AK_VERDICT_VALID, "");
	assert_true(report_finding(r, "H01"));
	ak_json_free(r);
	r = ask_use(&w, LISTING, &after, AK_VERDICT_EXPIRED, "use");
	assert_true(report_finding(r, "H01"));
	assert_true(ak_span_is(ak_json_get_text(ak_json_get(r, "use"), "listing_verdict"), "valid"));
	for (size_t i = 0; i < ak_json_len(ak_json_get(r, "chain")); i++)
		assert_true(ak_span_is(ak_json_get_text(ak_json_at(ak_json_get(r, "chain"), i), "mark"), "passed"));
	ak_json_free(r);
	r = ask_use(&w, LISTING, &elsewhere, AK_VERDICT_INVALID, "use");
	assert_true(report_finding(r, "H02"));
	ak_json_free(r);
	r = ask_use(&w, "C99-9999-9", &unlisted, AK_VERDICT_UNVERIFIABLE, "not-found");
	assert_true(report_finding(r, "H03") && !report_finding(r, "E01"));
	ak_json_free(r);
	r = ask(&w, LISTING, LISTED_ON, 0, AK_VERDICT_VALID, "");
	assert_null(ak_json_get(r, "use"));
	ak_json_free(r);
	world_close(&w);
}

static void a_use_that_is_none_is_refused(void **state)
{
	static const struct { const char *where; ak_use use; } rows[] = {
		{ "use", { 0 } },
		{ "use.contract", { .contract_from = "2026-04-01" } },
		{ "use.contract", { .contract_to = "2026-04-01" } },
		{ "use.contract", { .contract_from = "2026-04", .contract_to = "2027-03-31" } },
		{ "use.contract", { .contract_from = "2026-04-01", .contract_to = "2026-03-31" } },
		{ "use.service", { .service = "" } },
		{ "use.region", { .region = "a\nb" } },
		{ "use.task", { .task = "\xff" } },
		{ "use.confirmation", { .confirmation = "\x7f" } },
	};
	const world *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const ak_verify_options o = { .listing = LISTING, .trust = { (const uint8_t *)w->trust.data, w->trust.len }, .now = w->now,
		                              .use = &rows[i].use };
		ak_verdict v = AK_VERDICT_VALID;
		ak_text json = { 0 };
		ak_error err = { 0 };

		if (ak_ledger_verify(w->l, &o, &v, &json, &err) != AK_INVALID_ARGUMENT || strcmp(err.where, rows[i].where) != 0)
			fail_msg("row %zu: %s", i, err.where == NULL ? "no error" : err.where);
		assert_null(json.data);
	}
}

/* As ask(), by who remembers: `memory` is what it has become. */
static void ask_seen(world *w, ak_text *memory, const char *lost, ak_verdict want, const char *reason, const char *outcome)
{
	const ak_span before = { (const uint8_t *)memory->data, memory->len };
	ak_text json = { 0 }, now = { 0 };
	const ak_verify_options o = { .listing = LISTING, .trust = { (const uint8_t *)w->trust.data, w->trust.len }, .as_of = LISTED_ON,
	                              .now = w->now, .memory = &before, .new_memory = &now, .memory_lost = lost };
	ak_json *schema = load_schema(), *report = NULL;
	ak_verdict got = AK_VERDICT_INVALID;
	ak_error err = { 0 };

	assert_int_equal(ak_ledger_verify(w->l, &o, &got, &json, &err), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)json.data, json.len }, &report, NULL), AK_OK);
	assert_int_equal(got, want);
	assert_true(ak_span_is(ak_json_get_text(report, "reason"), reason));
	assert_true(ak_span_is(ak_json_get_text(ak_json_get(report, "memory"), "outcome"), outcome));
	if (ak_schema_validate(schema, report, &err) != AK_OK)
		fail_msg("%s: %s, expected %s, found %s", outcome, err.detail, err.expected, err.found);
	ak_json_remove(report, "memory");
	if (*reason != '\0' && ak_span_is(ak_json_get_text(report, "reason"), "fork") && ak_schema_validate(schema, report, NULL) != AK_SCHEMA)
		fail_msg("a fork without what it was compared with fits");
	if (now.data != NULL) {
		ak_text_free(memory);
		*memory = now;
	}
	ak_json_free(report);
	ak_text_free(&json);
	ak_json_free(schema);
}

static void what_is_said_with_a_memory_fits(void **state)
{
	ak_text memory = { 0 };
	world w, a, b;

	world_branch(*state, &w);
	continuity_part(*state, &a, &b);
	ask_seen(&w, &memory, NULL, AK_VERDICT_VALID, "", "first");
	ask_seen(&w, &memory, NULL, AK_VERDICT_VALID, "", "same");
	ask_seen(&a, &memory, NULL, AK_VERDICT_VALID, "", "grown");
	ask_seen(&w, &memory, NULL, AK_VERDICT_UNVERIFIABLE, "stale", "older");
	ask_seen(&b, &memory, "the disk is full", AK_VERDICT_INVALID, "fork", "fork");
	ask_seen(&b, &memory, NULL, AK_VERDICT_INVALID, "fork", "fork");
	ask_seen(&a, &memory, NULL, AK_VERDICT_UNVERIFIABLE, "fork", "convicted");
	ak_text_free(&memory);
	world_close(&w);
	world_close(&a);
	world_close(&b);
}

static void a_report_of_tampering_fits(void **state)
{
	world w;

	world_branch(*state, &w);
	(void)attack_forge(&w, attack_unseal(&w, world_seq(&w, "decision-1")));
	ak_json_free(ask(&w, LISTING, LISTED_ON, 0, AK_VERDICT_INVALID, "tampered"));
	world_close(&w);
}

/* A schema that lets everything through would show nothing. */
static void what_is_no_report_does_not_fit(void **state)
{
	static const char *const members[] = { "format", "verdict", "reason", "exit", "as_of", "known_at", "assurance", "listing",
	                                       "ledger", "profile", "chain", "periods", "terms", "history", "missing", "findings", "checks",
	                                       "witnesses", "completeness", "freshness", "warnings", "notice" };
	ak_json *schema = load_schema(), *report, *copy;
	world w;

	world_branch(*state, &w);
	report = ask(&w, LISTING, LISTED_ON, 0, AK_VERDICT_VALID, "");
	assert_int_equal(ak_json_len(report), sizeof(members) / sizeof(members[0]));
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		copy = ak_json_copy(report);
		ak_json_remove(copy, members[i]);
		if (ak_schema_validate(schema, copy, NULL) != AK_SCHEMA)
			fail_msg("without %s it fits", members[i]);
		assert_int_equal(ak_json_set(copy, members[i], ak_json_new_bool(true), NULL), AK_OK);
		if (ak_schema_validate(schema, copy, NULL) != AK_SCHEMA)
			fail_msg("with another %s it fits", members[i]);
		ak_json_free(copy);
	}
	copy = ak_json_copy(report);
	assert_int_equal(ak_json_set(copy, "verdict", ak_json_new_str("expired"), NULL), AK_OK);
	assert_int_equal(ak_schema_validate(schema, copy, NULL), AK_SCHEMA); /* its exit and reason say valid */
	ak_json_free(copy);
	ak_json_free(report);
	ak_json_free(schema);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_fits),
		cmocka_unit_test(a_use_is_judged_apart_from_the_listing),
		cmocka_unit_test(a_use_that_is_none_is_refused),
		cmocka_unit_test(what_is_said_with_a_memory_fits),
		cmocka_unit_test(a_report_of_tampering_fits),
		cmocka_unit_test(what_is_no_report_does_not_fit),
	};

	return cmocka_run_group_tests_name("verdict_schema", tests, attack_world_open, attack_world_close);
}
