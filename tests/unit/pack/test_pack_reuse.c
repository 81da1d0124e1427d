/* SPDX-License-Identifier: Apache-2.0 */
/* A small scheme on disk that another one reuses. */
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
#include <sys/stat.h>

static const char other_profile[] =
	"{\"reuses\":\"s\",\"scheme\":\"s-two\",\"version\":\"2026.2\",\"names\":{\"ja\":\"第二\",\"en\":\"Two\"},"
	"\"parameters\":{\"months\":{\"value\":6},\"days\":{\"value\":1,\"ja\":\"日\",\"en\":\"days\",\"basis\":\"1\",\"certainty\":\"INF\"}},"
	"\"types\":{\"correction\":null,\"note\":{\"title\":{\"ja\":\"覚\",\"en\":\"Note\"},\"schema\":\"note.schema.json\","
	"\"signing\":[{\"mode\":\"root\"}]}}}";

static const small_source other[] = {
	{ "s-two/profile.json", other_profile },
	{ "s-two/note.schema.json", "{\"x-about\":[{\"prefix\":\"{scheme}/listing:\",\"pointer\":\"/listing\"}],\"x-publication\":\"closed\","
	                            "\"x-documents\":\"none\",\"properties\":{\"listing\":{\"x-class\":\"public\"}}}" },
	{ "s-two/listing.schema.json", "{\"x-reuses\":true,\"x-exclusive\":false,\"properties\":{\"more\":{\"x-class\":\"public\"}}}" },
	{ "s-two/views.sql", "CREATE VIEW twice AS SELECT * FROM listing;" },
	{ "s-two/rules/C13.sql", HEADER("C13") "SELECT listing" ROWS "\n" },
};

enum { OTHER = sizeof(other) / sizeof(other[0]) };

static ak_status compile_other(ak_json **package, ak_error *err)
{
	char folder[128];

	(void)snprintf(folder, sizeof(folder), "%s/s-two", small_base);
	return ak_pack_compile(folder, package, err);
}

static void write_other(void)
{
	static const char *const folders[] = { "s-two", "s-two/rules" };
	char full[256];

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(full, sizeof(full), "%s/%s", small_base, folders[i]);
		(void)mkdir(full, 0700);
	}
	for (size_t i = 0; i < OTHER; i++)
		small_write(other[i].path, other[i].text);
	/* The scheme that is reused names itself by {scheme}, so that what it has fits another. */
	small_edit(small_whole, SMALL_WHOLE, "s/listing.schema.json", "s/listing:", "{scheme}/listing:");
}

static void what_is_reused_is_under_what_is_said_here(void **state)
{
	ak_json *p = NULL, *first, *changed = NULL;
	ak_digest one, two;
	ak_error err = { 0 };
	int64_t months = 0;

	(void)state;
	write_other();
	if (compile_other(&p, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	assert_true(small_is_text(p, "/scheme", "s-two") && small_is_text(p, "/version", "2026.2"));
	assert_true(small_is_text(p, "/types/listing/about/0/prefix", "s-two/listing:"));
	assert_true(small_is_text(p, "/types/note/about/0/prefix", "s-two/listing:"));
	assert_null(small_at(p, "/types/correction"));
	/* Its schema is a patch on the other's. */
	assert_false(ak_json_true(small_at(p, "/types/listing/exclusive")));
	assert_non_null(small_at(p, "/types/listing/schema/properties/more"));
	assert_non_null(small_at(p, "/types/listing/schema/properties/period"));
	assert_null(small_at(p, "/types/listing/schema/x-reuses"));
	assert_true(ak_json_int(small_at(p, "/parameters/months/value"), &months));
	assert_int_equal(months, 6);
	assert_true(small_is_text(p, "/parameters/months/basis", "3.5") && small_is_text(p, "/parameters/days/basis", "1"));
	assert_true(small_is_text(p, "/views/0", "CREATE VIEW link AS SELECT * FROM ref;") && small_is_text(p, "/views/1", "-- ours"));
	assert_true(small_is_text(p, "/views/4", "CREATE VIEW twice AS SELECT * FROM listing;"));
	assert_int_equal(ak_json_len(small_at(p, "/rules")), 2);
	assert_null(small_at(p, "/reuses"));
	first = small_compile_whole();
	assert_true(small_is_text(first, "/types/listing/about/0/prefix", "s/listing:"));
	ak_json_free(first);
	/* The digest covers what is reused. */
	assert_int_equal(ak_pack_digest(p, NULL, &one, &err), AK_OK);
	small_edit(small_whole, SMALL_WHOLE, "s/rules/C12.sql", "ja: 期限", "ja: 期間");
	assert_int_equal(compile_other(&changed, &err), AK_OK);
	assert_int_equal(ak_pack_digest(changed, NULL, &two, &err), AK_OK);
	assert_false(ak_digest_eq(&one, &two));
	ak_json_free(changed);
	/* A rule of the same name here stands in its place. */
	small_write("s-two/rules/C12.sql", HEADER("C12") "SELECT listing" ROWS " WHERE 0\n");
	changed = NULL;
	assert_int_equal(compile_other(&changed, &err), AK_OK);
	assert_int_equal(ak_json_len(small_at(changed, "/rules")), 2);
	assert_true(small_is_text(changed, "/rules/C12/4", "-- basis: 3.5") && small_is_text(changed, "/rules/C12/3", "-- en: expiry"));
	assert_int_equal(ak_json_len(small_at(changed, "/rules/C12")), 6);
	small_remove("s-two/rules/C12.sql");
	ak_json_free(changed);
	ak_json_free(p);
}

static void what_cannot_be_reused(void **state)
{
	static const mistake wrong[] = {
		{ "a path", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"../s\"", AK_BAD_FORMAT, "pack.reuses", "beside" },
		{ "a number", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":1", AK_BAD_FORMAT, "pack.reuses", "beside" },
		{ "no folder", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"t\"", AK_IO, "pack.file", "profile.json: no such" },
		{ "itself", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"s-two\"", AK_BAD_FORMAT, "pack.reuses", "reuses another" },
		{ "fill with a quote", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"s\",\"fill\":{\"a\":\"it's\"}", AK_BAD_FORMAT,
		  "pack.fill", "fill \"a\"" },
		{ "fill of the scheme", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"s\",\"fill\":{\"scheme\":\"x\"}", AK_BAD_FORMAT,
		  "pack.fill", "{scheme} is the scheme" },
		{ "fill of the listing", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"s\",\"fill\":{\"listing\":\"x\"}", AK_BAD_FORMAT,
		  "pack.fill", "fill \"listing\"" },
		{ "nothing to fill in", "s-two/note.schema.json", "{scheme}", "{shceme}", AK_BAD_FORMAT, "pack.fill",
		  "note.schema.json: nothing is said to stand for {shceme}" },
		{ "schema in neither", "s-two/profile.json", "note.schema", "lost.schema", AK_IO, "pack.file", "lost.schema.json: no such" },
		{ "schema that does not say how", "s-two/listing.schema.json", "true,", "1,", AK_BAD_FORMAT, "pack.reuses", "x-reuses is true" },
		{ "schema on none", "s-two/note.schema.json", "\"x-about\"", "\"x-reuses\":true,\"x-about\"", AK_IO, "pack.file",
		  "note.schema.json: no such" },
		{ "another rule's id", "s-two/rules/C13.sql", "id: C13", "id: C12", AK_BAD_FORMAT, "package.rules", "rules/C13.sql: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const mistake *m = &wrong[i];
		ak_json *p = NULL;
		ak_error err = { 0 };
		ak_status st;

		write_other();
		small_edit(other, OTHER, m->path, m->old, m->now);
		st = compile_other(&p, &err);
		if (st != m->status || p != NULL || strcmp(err.where, m->where) != 0 || strstr(err.detail, m->detail) == NULL)
			fail_msg("%s: %s at %s: %s", m->name, ak_status_name(st), st == AK_OK ? "" : err.where, err.detail);
	}
}

/* In absence it is the rule's own word, and everywhere else braces that hold no name are what they are. */
static void the_hole_for_a_listing_stays(void **state)
{
	ak_json *p;

	(void)state;
	small_edit(small_whole, SMALL_WHOLE, "s/rules/C12.sql", "-- basis: 3.5", "-- basis: {clause}, {1}, {A}\n-- absence: {scheme}/listing:{listing}");
	small_edit(small_whole, SMALL_WHOLE, "s/profile.json", "\"words\":{}", "\"words\":{},\"fill\":{\"clause\":\"規則 3.5\"}");
	p = small_compile_whole();
	assert_true(small_is_text(p, "/rules/C12/4", "-- basis: 規則 3.5, {1}, {A}"));
	assert_true(small_is_text(p, "/rules/C12/5", "-- absence: s/listing:{listing}"));
	assert_null(small_at(p, "/fill"));
	ak_json_free(p);
	for (size_t i = 0; i < SMALL_WHOLE; i++)
		small_write(small_whole[i].path, small_whole[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_reused_is_under_what_is_said_here),
		cmocka_unit_test(what_cannot_be_reused),
		cmocka_unit_test(the_hole_for_a_listing_stays),
	};

	return cmocka_run_group_tests(tests, small_open, small_close);
}
