/* SPDX-License-Identifier: Apache-2.0 */
/* A small scheme on disk, whole; then with one thing wrong at a time. */
#include "small.h"

#include "base/text.h"
#include "codec/jcs.h"
#include "crypto/hash.h"
#include "pack/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void the_whole_scheme(void **state)
{
	ak_json *p = small_compile_whole(), *again = NULL;
	ak_buf bytes = { 0 };
	ak_digest digest, of_bytes;
	ak_error err = { 0 };

	(void)state;
	/* What the schema file said about its type stands beside the schema. */
	assert_true(ak_json_true(small_at(p, "/types/listing/exclusive")));
	assert_null(small_at(p, "/types/listing/schema/x-exclusive"));
	assert_true(ak_span_is(ak_json_text(small_at(p, "/types/listing/about/0/prefix")), "s/listing:"));
	assert_true(ak_json_is(small_at(p, "/types/correction/exclusive"), AK_JSON_BOOL));
	assert_false(ak_json_true(small_at(p, "/types/correction/exclusive")));
	/* The definitions used, and those that they use, and no others. */
	assert_non_null(small_at(p, "/types/listing/schema/$defs/own"));
	assert_non_null(small_at(p, "/types/listing/schema/$defs/period"));
	assert_non_null(small_at(p, "/types/listing/schema/$defs/day"));
	assert_null(small_at(p, "/types/listing/schema/$defs/unused"));
	assert_null(small_at(p, "/types/correction/schema/$defs"));
	/* SQL as lines, the shared before the own, without tabs. */
	assert_true(ak_span_is(ak_json_text(small_at(p, "/views/0")), "CREATE VIEW link AS SELECT * FROM ref;"));
	assert_true(ak_span_is(ak_json_text(small_at(p, "/views/1")), "-- ours"));
	assert_true(ak_span_is(ak_json_text(small_at(p, "/views/2")), ""));
	assert_int_equal(ak_json_len(small_at(p, "/views")), 4);
	assert_true(ak_span_is(ak_json_text(small_at(p, "/rules/C12/0")), "-- id: C12"));
	assert_true(ak_span_starts(ak_json_text(small_at(p, "/rules/C12/5")), "SELECT listing"));
	assert_int_equal(ak_json_len(small_at(p, "/rules")), 1);
	assert_int_equal(ak_json_len(small_at(p, "/queries")), 1);
	/* The canonical bytes give the package back. */
	ak_buf_init(&bytes, AK_PROFILE_MAX);
	assert_int_equal(ak_pack_digest(p, &bytes, &digest, &err), AK_OK);
	ak_sha256(ak_buf_span(&bytes), &of_bytes);
	assert_true(ak_digest_eq(&digest, &of_bytes));
	assert_int_equal(ak_json_parse(ak_buf_span(&bytes), &again, &err), AK_OK);
	assert_true(ak_json_equal(p, again));
	assert_int_equal(ak_jcs_check(ak_buf_span(&bytes), again, &err), AK_OK);
	assert_int_equal(ak_pack_check(again, &err), AK_OK);
	ak_buf_clear(&bytes);
	ak_json_free(again);
	ak_json_free(p);
}

static void optional_files(void **state)
{
	static const char *const optional[] = { "s/queries/list.sql", "s/rules/C12.sql", "s/views.sql", "common/views.sql" };
	ak_json *p;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		small_remove(optional[i]);
		p = small_compile_whole();
		/* Without views of its own a scheme gets none. */
		if (i >= 2)
			assert_int_equal(ak_json_len(small_at(p, "/views")), 0);
		ak_json_free(p);
	}
	for (size_t i = 0; i < SMALL_WHOLE; i++)
		small_write(small_whole[i].path, small_whole[i].text);
}

#define P "s/profile.json"
#define L "s/listing.schema.json"
#define R "s/rules/C12.sql"

static const mistake mistakes[] = {
	{ "not JSON", P, "{\"format\"", "{format", AK_BAD_FORMAT, "json.syntax", "profile.json: " },
	{ "format of the future", P, "profile/1", "profile/2", AK_UNKNOWN_VERSION, "package.format", "" },
	{ "no format", P, "\"format\":\"akashi-profile/1\",", "", AK_UNKNOWN_VERSION, "package.format", "" },
	{ "unknown member", P, "\"words\":{}", "\"words\":{},\"wrods\":{}", AK_BAD_FORMAT, "package.member", "wrods" },
	{ "member missing", P, ",\"words\":{}", "", AK_BAD_FORMAT, "package.member", "words" },
	{ "views in the profile", P, "\"words\":{}", "\"words\":{},\"views\":[]", AK_BAD_FORMAT, "pack.profile", "views" },
	{ "scheme in capitals", P, "\"scheme\":\"s\"", "\"scheme\":\"S\"", AK_BAD_FORMAT, "package.scheme", "" },
	{ "version with a space", P, "2026.1", "2026 1", AK_BAD_FORMAT, "package.version", "" },
	{ "name in one language", P, "\"ja\":\"制度\",", "", AK_BAD_FORMAT, "package.names", "names" },
	{ "role without enrolment", P, "[{\"mode\":\"root\"}]", "[]", AK_BAD_FORMAT, "package.policy", "roles/board" },
	{ "unknown mode", P, "\"mode\":\"members\"", "\"mode\":\"member\"", AK_BAD_FORMAT, "package.policy", "types/listing" },
	{ "unknown role", P, "\"role\":\"board\",\"threshold\"", "\"role\":\"bored\",\"threshold\"", AK_BAD_FORMAT,
	  "package.policy", "bored" },
	{ "threshold zero", P, "\"threshold\":2", "\"threshold\":0", AK_BAD_FORMAT, "package.policy", "members" },
	{ "threshold missing", P, ",\"threshold\":2", "", AK_BAD_FORMAT, "package.policy", "members" },
	{ "threshold as text", P, "\"threshold\":2", "\"threshold\":\"2\"", AK_BAD_FORMAT, "package.policy", "members" },
	{ "threshold of root", P, "[{\"mode\":\"root\"}]", "[{\"mode\":\"root\",\"threshold\":1}]", AK_BAD_FORMAT,
	  "package.policy", "root" },
	{ "party not a pointer", P, "\"threshold\":2", "\"threshold\":2,\"party\":\"auditor\"", AK_BAD_FORMAT, "package.policy",
	  "members" },
	{ "office without evidence", P, ",\"evidence\":\"/minutes\"", "", AK_BAD_FORMAT, "package.policy", "office" },
	{ "policy misspelt", P, "\"evidence\"", "\"evidense\"", AK_BAD_FORMAT, "package.member", "evidense" },
	{ "as without that reference", P, "\"rel\":\"corrects\"", "\"rel\":\"corects\"", AK_BAD_FORMAT, "package.policy",
	  "types/correction" },
	{ "as with several", "common/correction.schema.json", "\"max\":1", "\"max\":2", AK_BAD_FORMAT, "package.policy",
	  "types/correction" },
	{ "as with no maximum", "common/correction.schema.json", ",\"max\":1", "", AK_BAD_FORMAT, "package.policy", "max 1" },
	{ "title in one language", P, ",\"en\":\"Listing\"", "", AK_BAD_FORMAT, "package.names", "types/listing" },
	{ "a core type", P, "\"types\":{\"listing\"", "\"types\":{\"keyset\"", AK_BAD_FORMAT, "package.types", "types/keyset" },
	{ "type in capitals", P, "\"types\":{\"listing\"", "\"types\":{\"Listing\"", AK_BAD_FORMAT, "package.types", "" },
	{ "schema elsewhere", P, "../common/correction", "../s/correction", AK_BAD_FORMAT, "pack.type", "" },
	{ "schema far away", P, "listing.schema.json", "/etc/passwd", AK_BAD_FORMAT, "pack.type", "" },
	{ "schema not there", P, "listing.schema.json", "lost.schema.json", AK_IO, "pack.file", "lost.schema.json: no such file" },
	{ "id kind without a pattern", P, "\"pattern\":\"^L[0-9]+$\",", "", AK_BAD_FORMAT, "package.ids", "ids/listing" },
	{ "pattern not regular", P, "^L[0-9]+$", "^L[0-9", AK_UNKNOWN_VERSION, "", "ids/listing: " },
	{ "parameter without basis", P, ",\"basis\":\"3.5\"", "", AK_BAD_FORMAT, "package.parameters", "parameters/months" },
	{ "parameter of no certainty", P, "\"certainty\":\"S\"", "\"certainty\":\"A\"", AK_BAD_FORMAT, "package.parameters", "" },
	{ "schema not JSON", L, "\"title\"", "title", AK_BAD_FORMAT, "json.syntax", "listing.schema.json: " },
	{ "schema with an unknown keyword", L, "\"required\"", "\"requires\"", AK_UNKNOWN_VERSION, "", "listing.schema.json: " },
	{ "unknown definition", L, "$defs/period", "$defs/perriod", AK_BAD_FORMAT, "pack.ref", "listing.schema.json: no definition" },
	{ "definition twice", L, "\"own\":{\"type\"", "\"day\":{\"type\":\"string\"},\"own\":{\"type\"", AK_BAD_FORMAT, "pack.ref",
	  "listing.schema.json: \"day\"" },
	{ "reference inside a definition", L, "$defs/period", "$defs/period/properties", AK_BAD_FORMAT, "pack.ref", "" },
	{ "about missing", L, "\"x-about\":[{\"prefix\":\"s/listing:\",\"pointer\":\"/listing\"}],", "", AK_BAD_FORMAT,
	  "package.about", "types/listing" },
	{ "about empty", L, "[{\"prefix\":\"s/listing:\",\"pointer\":\"/listing\"}]", "[]", AK_BAD_FORMAT, "package.about", "" },
	{ "about of an unknown kind", L, "s/listing:", "s/listings:", AK_BAD_FORMAT, "package.about", "" },
	{ "about of another scheme", L, "s/listing:", "t/listing:", AK_BAD_FORMAT, "package.about", "" },
	{ "about without a colon", L, "s/listing:", "s/listing", AK_BAD_FORMAT, "package.about", "" },
	{ "about without a pointer", L, ",\"pointer\":\"/listing\"", "", AK_BAD_FORMAT, "package.about", "" },
	{ "about misspelt", L, "\"pointer\"", "\"poynter\"", AK_BAD_FORMAT, "package.member", "poynter" },
	{ "publication unknown", L, "\"always\"", "\"allways\"", AK_BAD_FORMAT, "package.publication", "" },
	{ "documents unknown", L, "\"none\"", "\"no\"", AK_BAD_FORMAT, "package.documents", "" },
	{ "exclusive a text", L, "\"x-exclusive\":true", "\"x-exclusive\":\"true\"", AK_BAD_FORMAT, "package.exclusive", "" },
	{ "reference to an unknown type", L, "\"types\":[\"listing\"]", "\"types\":[\"liszting\"]", AK_BAD_FORMAT, "package.refs",
	  "liszting" },
	{ "reference to no type", L, "\"types\":[\"listing\"]", "\"types\":[]", AK_BAD_FORMAT, "package.refs", "" },
	{ "reference at most none", L, "\"max\":1", "\"max\":0", AK_BAD_FORMAT, "package.refs", "" },
	{ "reference to be found nowhere", L, "\"max\":1", "\"max\":1,\"find\":[]", AK_BAD_FORMAT, "package.about", "" },
	{ "reference to be found under an unknown kind", L, "\"max\":1",
	  "\"max\":1,\"find\":[{\"prefix\":\"s/lising:\",\"pointer\":\"/listing\"}]", AK_BAD_FORMAT, "package.about", "" },
	{ "reference misspelt", L, "\"max\":1", "\"maks\":1", AK_BAD_FORMAT, "package.member", "maks" },
	{ "field without a class", L, "\"$ref\":\"#/$defs/own\",\"x-class\":\"public\"", "\"$ref\":\"#/$defs/own\"", AK_BAD_FORMAT,
	  "package.class", "\"listing\"" },
	{ "field of an unknown class", L, "\"$ref\":\"#/$defs/own\",\"x-class\":\"public\"",
	  "\"$ref\":\"#/$defs/own\",\"x-class\":\"publik\"", AK_BAD_FORMAT, "package.class", "" },
	{ "said twice", P, "\"schema\":\"listing", "\"documents\":\"none\",\"schema\":\"listing", AK_BAD_FORMAT, "pack.type",
	  "listing.schema.json: x-documents" },
	{ "definitions not JSON", "common/defs.json", "{\"$defs\"", "{\"$defs", AK_BAD_FORMAT, "json.syntax", "../common/defs.json: " },
	{ "a view that is none", "s/views.sql", "CREATE VIEW", "CREATE TABLE", AK_BAD_FORMAT, "package.views", "views.sql: " },
	{ "a view with a clock", "s/views.sql", "SELECT seq,", "SELECT date('now') AS d, seq,", AK_BAD_FORMAT, "package.views",
	  "views.sql: view listing: " },
	{ "a shared view that is none", "common/views.sql", "CREATE", "CRATE", AK_BAD_FORMAT, "package.views", "views.sql: " },
	{ "carriage return", "s/views.sql", "-- ours\n", "-- ours\r\n", AK_BAD_FORMAT, "pack.file",
	  "views.sql: control character in line 1" },
	{ "a patch on nothing", L, "\"title\"", "\"x-reuses\":true,\"title\"", AK_BAD_FORMAT, "pack.reuses", "listing.schema.json: " },
	{ "not UTF-8", R, "expiry", "\xff", AK_BAD_FORMAT, "pack.file", "rules/C12.sql: line 4 is not UTF-8" },
	{ "rule of another id", R, "id: C12", "id: C13", AK_BAD_FORMAT, "package.rules", "rules/C12.sql: " },
	{ "rule without severity", R, "-- severity: expired\n", "", AK_BAD_FORMAT, "package.rules", "\"severity\" is missing" },
	{ "rule that is not SQL", R, "SELECT", "SELEKT", AK_BAD_FORMAT, "package.rules", "rules/C12.sql: rule C12: SQL: " },
	{ "rule that writes", R, "SELECT", "DELETE FROM fact; SELECT", AK_BAD_FORMAT, "package.rules", "not authorized" },
	{ "rule without a column", R, "AS found", "AS fund", AK_BAD_FORMAT, "package.rules", "fund" },
	{ "rule that asks for a parameter that is not there", R, "'months'", "'month'", AK_BAD_FORMAT, "package.rules",
	  "no such parameter" },
	{ "rule with two statements", R, "< :as_of\n", "< :as_of; SELECT 1\n", AK_BAD_FORMAT, "package.rules", "first statement" },
	{ "rule that fails on nothing", R, "SELECT\tlisting AS listing, seq", "SELECT 'x' AS listing, max(seq)", AK_BAD_FORMAT,
	  "package.rules", "without any records" },
	{ "query that is not SQL", "s/queries/list.sql", "SELECT", "SELEKT", AK_BAD_FORMAT, "rules.sql", "queries/list.sql: SQL: " },
};

static void one_mistake_at_a_time(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		const mistake *m = &mistakes[i];
		ak_json *p = NULL;
		ak_error err = { 0 };
		ak_status st;
		size_t f = 0;
		char *text;

		while (f < SMALL_WHOLE - 1 && strcmp(small_whole[f].path, m->path) != 0)
			f++;
		text = small_replaced(small_whole[f].text, m->old, m->now, m->name);
		small_write(m->path, text);
		st = small_compile(&p, &err);
		if (st != m->status || p != NULL || (m->where[0] != '\0' && strcmp(err.where, m->where) != 0) ||
		    strstr(err.detail, m->detail) == NULL) {
			print_error("%s: %s at %s: %s\n", m->name, ak_status_name(st), st == AK_OK ? "" : err.where, err.detail);
			wrong++;
		}
		free(text);
		small_write(m->path, small_whole[f].text);
	}
	assert_int_equal(wrong, 0);
	ak_json_free(small_compile_whole());
}

static void files_that_should_not_be_there(void **state)
{
	static const char *const extra[] = { "s/rules/C13.SQL", "s/rules/C13", "s/rules/a.b.txt", "s/queries/.sql.x.bak",
	                                     "s/rules/a23456789012345678901234567890123.sql" };
	(void)state;
	for (size_t i = 0; i < sizeof(extra) / sizeof(extra[0]); i++) {
		ak_json *p = NULL;
		ak_error err = { 0 };
		ak_status st;

		small_write(extra[i], "SELECT 1");
		st = small_compile(&p, &err);
		if (strstr(extra[i], "/.") != NULL ? st != AK_OK : st != AK_BAD_FORMAT || strstr(err.detail, "NAME.sql") == NULL)
			fail_msg("%s: %s %s", extra[i], ak_status_name(st), err.detail);
		ak_json_free(p);
		small_remove(extra[i]);
	}
}

/* One more byte, and it could be sealed by nobody (FORMAT 17.1). */
static void a_package_of_one_mebibyte_is_the_end(void **state)
{
	ak_json *p = small_compile_whole();
	char *pad = calloc(AK_PROFILE_MAX + 2, 1);
	ak_error err = { 0 };
	ak_digest digest;
	ak_buf bytes;
	size_t room;

	(void)state;
	assert_non_null(pad);
	assert_int_equal(AK_PROFILE_MAX, 1048576);
	assert_int_equal(ak_json_pointer_set(p, ak_span_str("/words/pad"), ak_json_new_str(""), NULL), AK_OK);
	ak_buf_init(&bytes, AK_PROFILE_MAX);
	assert_int_equal(ak_pack_digest(p, &bytes, &digest, NULL), AK_OK);
	room = AK_PROFILE_MAX - bytes.len;
	memset(pad, 'x', room);
	assert_int_equal(ak_json_pointer_set(p, ak_span_str("/words/pad"), ak_json_new_str(pad), NULL), AK_OK);
	assert_int_equal(ak_pack_check(p, &err), AK_OK);
	pad[room] = 'x';
	assert_int_equal(ak_json_pointer_set(p, ak_span_str("/words/pad"), ak_json_new_str(pad), NULL), AK_OK);
	assert_int_equal(ak_pack_check(p, &err), AK_LIMIT);
	ak_buf_clear(&bytes);
	ak_json_free(p);
	free(pad);
}

static void no_such_folder(void **state)
{
	ak_json *p = NULL;
	ak_error err = { 0 };

	(void)state;
	assert_int_equal(ak_pack_compile("/nonexistent/scheme", &p, &err), AK_IO);
	assert_string_equal(err.where, "pack.file");
	assert_null(p);
}

/* Every prefix of the profile fails, with its file named. */
static void every_prefix(void **state)
{
	const char *profile = small_whole[0].text;
	const size_t room = strlen(profile) + 1;
	char *text = malloc(room);

	(void)state;
	assert_non_null(text);
	for (size_t n = 0; n + 1 < room && text != NULL; n += 7) {
		ak_json *p = NULL;
		ak_error err = { 0 };

		memcpy(text, profile, n);
		text[n] = '\0';
		small_write("s/profile.json", text);
		assert_int_not_equal(small_compile(&p, &err), AK_OK);
		assert_non_null(strstr(err.detail, "profile.json: "));
	}
	free(text);
	small_write("s/profile.json", profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_scheme),
		cmocka_unit_test(optional_files),
		cmocka_unit_test(one_mistake_at_a_time),
		cmocka_unit_test(files_that_should_not_be_there),
		cmocka_unit_test(a_package_of_one_mebibyte_is_the_end),
		cmocka_unit_test(no_such_folder),
		cmocka_unit_test(every_prefix),
	};

	return cmocka_run_group_tests(tests, small_open, small_close);
}
