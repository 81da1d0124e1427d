/* SPDX-License-Identifier: Apache-2.0 */
/* Profile packages: what is needed of them, and the subjects that a body is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "edit.h"
#include "model/profile.h"
#include "oom.h"

#define NOTE "\"note\":{\"about\":[{\"pointer\":\"/note\",\"prefix\":\"demo/note:\"}],\"exclusive\":true," \
             "\"schema\":{\"type\":\"object\"},\"signing\":[{\"mode\":\"members\",\"role\":\"clerk\",\"threshold\":2}]}"
#define TYPES "\"types\":{" NOTE ",\"plan\":{\"about\":[{\"id\":\"akashi/keyset\"}],\"schema\":true,\"signing\":[" \
              "{\"mode\":\"root\"},{\"evidence\":\"/minutes\",\"mode\":\"office\",\"role\":\"board\"}," \
              "{\"evidence\":\"/minutes\",\"mode\":\"mixed\",\"role\":\"board\",\"threshold\":64}," \
              "{\"mode\":\"as\",\"rel\":\"corrects\"}]}}"
#define ROLES "\"roles\":{\"clerk\":{\"enrolled_by\":[{\"mode\":\"root\"}]}}"
#define GOOD "{\"format\":\"akashi-profile/1\",\"ids\":{\"note\":{\"pattern\":\"^n[0-9]$\"}}," ROLES \
             ",\"scheme\":\"demo\"," TYPES ",\"version\":\"2026.11\"}"

static ak_json *json(const char *text)
{
	ak_json *v = NULL;

	if (ak_json_parse(ak_span_str(text), &v, NULL) != AK_OK)
		fail_msg("not JSON: %s", text);
	return v;
}

static void good_package(void **state)
{
	const ak_json *t;
	ak_profile p;

	(void)state;
	assert_int_equal(ak_profile_init(json(GOOD), &p, NULL), AK_OK);
	assert_true(ak_span_is(p.scheme, "demo") && ak_span_is(p.version, "2026.11"));
	assert_false(p.held);
	t = ak_profile_type(&p, ak_span_str("note"));
	assert_non_null(t);
	assert_true(ak_type_exclusive(t));
	assert_non_null(ak_type_schema(t));
	assert_int_equal(ak_json_len(ak_type_signing(t)), 1);
	assert_false(ak_type_exclusive(ak_profile_type(&p, ak_span_str("plan"))));
	assert_null(ak_profile_type(&p, ak_span_str("notes")));
	assert_null(ak_profile_type(&p, (ak_span){ 0 }));
	assert_int_equal(ak_json_len(ak_profile_enrolled_by(&p, ak_span_str("clerk"))), 1);
	assert_null(ak_profile_enrolled_by(&p, ak_span_str("board")));
	ak_profile_clear(&p);
	ak_profile_clear(&p);
}

static const struct row {
	const char *name, *from, *to;
	ak_status want;
	const char *where;
} rows[] = {
	{ "no roles", ROLES ",", "", AK_OK, "" },
	{ "no types but an object", TYPES, "\"types\":{}", AK_OK, "" },
	{ "another format", "profile/1", "profile/2", AK_UNKNOWN_VERSION, "profile.format" },
	{ "format not text", "\"akashi-profile/1\"", "1", AK_UNKNOWN_VERSION, "profile.format" },
	{ "scheme in capitals", "\"demo\"", "\"Demo\"", AK_BAD_FORMAT, "profile.scheme" },
	{ "no version", "\"2026.11\"", "\"\"", AK_BAD_FORMAT, "profile.scheme" },
	{ "types missing", TYPES ",", "", AK_BAD_FORMAT, "profile.types" },
	{ "types an array", TYPES, "\"types\":[]", AK_BAD_FORMAT, "profile.types" },
	{ "roles an array", ROLES, "\"roles\":[]", AK_BAD_FORMAT, "profile.roles" },
	{ "type name in capitals", "\"note\":{\"about\"", "\"Note\":{\"about\"", AK_BAD_FORMAT, "profile.types" },
	{ "type not an object", NOTE, "\"note\":1", AK_BAD_FORMAT, "profile.types" },
	{ "about missing", "\"about\":[{\"id\":\"akashi/keyset\"}],", "", AK_BAD_FORMAT, "profile.types" },
	{ "about empty", "[{\"id\":\"akashi/keyset\"}]", "[]", AK_BAD_FORMAT, "profile.types" },
	{ "about of text", "[{\"id\":\"akashi/keyset\"}]", "[\"akashi/keyset\"]", AK_BAD_FORMAT, "profile.types" },
	{ "about id not an id", "akashi/keyset", "akashi keyset", AK_BAD_FORMAT, "profile.types" },
	{ "about with id and prefix", "{\"id\":\"akashi/keyset\"}", "{\"id\":\"akashi/keyset\",\"prefix\":\"a/b:\"}", AK_BAD_FORMAT, "profile.types" },
	{ "about without pointer", "\"pointer\":\"/note\",", "", AK_BAD_FORMAT, "profile.types" },
	{ "about without prefix", ",\"prefix\":\"demo/note:\"", "", AK_BAD_FORMAT, "profile.types" },
	{ "about pointer without slash", "\"/note\"", "\"note\"", AK_BAD_FORMAT, "profile.types" },
	{ "about pointer empty", "\"/note\"", "\"\"", AK_BAD_FORMAT, "profile.types" },
	{ "schema missing", "\"schema\":true,", "", AK_BAD_FORMAT, "profile.types" },
	{ "schema keyword unknown", "\"schema\":{\"type\":\"object\"}", "\"schema\":{\"unevaluatedItems\":true}", AK_UNKNOWN_VERSION, NULL },
	{ "signing missing", ",\"signing\":[{\"mode\":\"members\",\"role\":\"clerk\",\"threshold\":2}]", "", AK_BAD_FORMAT, "profile.signing" },
	{ "signing empty", "[{\"mode\":\"members\",\"role\":\"clerk\",\"threshold\":2}]", "[]", AK_BAD_FORMAT, "profile.signing" },
	{ "mode unknown", "\"mode\":\"members\"", "\"mode\":\"member\"", AK_BAD_FORMAT, "profile.signing" },
	{ "mode missing", "\"mode\":\"members\",", "", AK_BAD_FORMAT, "profile.signing" },
	{ "threshold 0", "\"threshold\":2", "\"threshold\":0", AK_BAD_FORMAT, "profile.signing" },
	{ "threshold 65", "\"threshold\":64", "\"threshold\":65", AK_BAD_FORMAT, "profile.signing" },
	{ "threshold text", "\"threshold\":2", "\"threshold\":\"2\"", AK_BAD_FORMAT, "profile.signing" },
	{ "threshold missing", ",\"threshold\":2", "", AK_BAD_FORMAT, "profile.signing" },
	{ "role missing", "\"role\":\"clerk\",", "", AK_BAD_FORMAT, "profile.signing" },
	{ "evidence not a pointer", "\"/minutes\",\"mode\":\"office\"", "\"minutes\",\"mode\":\"office\"", AK_BAD_FORMAT, "profile.signing" },
	{ "evidence missing", "\"evidence\":\"/minutes\",\"mode\":\"mixed\"", "\"mode\":\"mixed\"", AK_BAD_FORMAT, "profile.signing" },
	{ "as without rel", ",\"rel\":\"corrects\"", "", AK_BAD_FORMAT, "profile.signing" },
	{ "role name in capitals", "\"clerk\":", "\"Clerk\":", AK_BAD_FORMAT, "profile.roles" },
	{ "enrolled by nobody", "{\"enrolled_by\":[{\"mode\":\"root\"}]}", "{\"enrolled_by\":[]}", AK_BAD_FORMAT, "profile.signing" },
	{ "enrolled by nothing said", "{\"enrolled_by\":[{\"mode\":\"root\"}]}", "{}", AK_BAD_FORMAT, "profile.signing" },
	{ "enrolled as another record", "{\"enrolled_by\":[{\"mode\":\"root\"}]}", "{\"enrolled_by\":[{\"mode\":\"as\",\"rel\":\"x\"}]}", AK_BAD_FORMAT, "profile.roles" },
};

static void every_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_profile p, before;
		ak_error err = { 0 };
		ak_json *package = NULL;
		ak_status st;
		ak_buf b;

		memset(&p, 0xa5, sizeof(p));
		memcpy(&before, &p, sizeof(p));
		edit(&b, GOOD, r->from, r->to);
		assert_int_equal(ak_json_parse(ak_buf_span(&b), &package, NULL), AK_OK);
		ak_buf_clear(&b);
		st = ak_profile_init(package, &p, &err);
		if (st != r->want || (st != AK_OK && r->where != NULL && strcmp(err.where, r->where) != 0))
			fail_msg("%s: %s %s (%s)", r->name, ak_status_name(st), err.where, err.detail);
		if (st == AK_OK) {
			ak_profile_clear(&p);
			continue;
		}
		assert_memory_equal(&p, &before, sizeof(p));
		ak_json_free(package); /* on failure it stays the caller's */
	}
}

static void grammar_of_names(void **state)
{
	ak_error err = { 0 };
	ak_profile p;

	(void)state;
	assert_int_equal(ak_profile_init(json(GOOD), &p, NULL), AK_OK);
	assert_int_equal(ak_profile_check_name(&p, ak_span_str("demo/note:n7"), &err), AK_OK);
	assert_int_equal(ak_profile_check_name(&p, ak_span_str("demo/note:n77"), &err), AK_SCHEMA);
	assert_string_equal(err.where, "statement.about");
	assert_string_equal(err.expected, "^n[0-9]$");
	assert_string_equal(err.found, "n77");
	assert_int_equal(ak_profile_check_name(&p, ak_span_str("demo/note:x/n7"), &err), AK_SCHEMA);
	/* A kind without a grammar, core ids, and what is no id at all have none to break. */
	assert_int_equal(ak_profile_check_name(&p, ak_span_str("demo/plan:n77"), &err), AK_OK);
	assert_int_equal(ak_profile_check_name(&p, ak_span_str("akashi/note:n77"), &err), AK_OK);
	assert_int_equal(ak_profile_check_name(&p, ak_span_str("akashi/keyset"), &err), AK_OK);
	assert_int_equal(ak_profile_check_name(&p, (ak_span){ 0 }, &err), AK_OK);
	ak_profile_clear(&p);
}

static ak_status use_one(void *ctx)
{
	ak_json *package = NULL;
	ak_profile p;
	ak_status st = ak_json_parse(ak_span_str(GOOD), &package, NULL);

	(void)ctx;
	if (st != AK_OK)
		return st;
	st = ak_profile_init(package, &p, NULL);
	if (st != AK_OK) {
		ak_json_free(package);
		return st;
	}
	st = ak_profile_check_name(&p, ak_span_str("demo/note:n7"), NULL);
	ak_profile_clear(&p);
	return st;
}

static void out_of_memory(void **state)
{
	(void)state;
	oom_sweep("profile", use_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_package),
		cmocka_unit_test(every_rule),
		cmocka_unit_test(grammar_of_names),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
