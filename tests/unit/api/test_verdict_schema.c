/* SPDX-License-Identifier: Apache-2.0 */
/* schemas/verdict.schema.json is what reports really look like (docs/API.md, the verdict). */
#include "attack.h"

#include "codec/jcs.h"
#include "codec/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

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
		cmocka_unit_test(a_report_of_tampering_fits),
		cmocka_unit_test(what_is_no_report_does_not_fit),
	};

	return cmocka_run_group_tests_name("verdict_schema", tests, attack_world_open, attack_world_close);
}
