/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Schema draft 2020-12 test suite.  A schema with a keyword outside our subset must be
 * refused when it is checked, and is counted apart; so is a case whose JSON the profile does not
 * know (floats, keys beyond ASCII, controls).  Every other case must come out as listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/schema.h"
#include "vector_file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "json-schema"

static struct tally {
	size_t run, passed, failed, unsupported, outside;
} total;

/* The suite's own JSON is wider than the profile: read it with jansson, and hand each piece
 * over as text.  NULL: outside the profile.  The piece is wrapped: it may be a bare scalar. */
static ak_json *through_the_profile(const json_t *piece)
{
	json_t *wrapped = json_pack("[O]", piece);
	char *text = json_dumps(wrapped, JSON_COMPACT);
	ak_json *v = NULL;

	if (ak_json_parse(ak_span_str(text), &v, NULL) != AK_OK)
		v = NULL;
	json_decref(wrapped);
	free(text);
	return v;
}

static void run_case(struct tally *t, const char *group, const ak_json *schema, json_t *test)
{
	ak_json *data = through_the_profile(json_object_get(test, "data"));
	bool want = json_is_true(json_object_get(test, "valid"));
	ak_error err = { 0 };
	ak_status st;

	if (data == NULL) {
		t->outside++;
		return;
	}
	t->run++;
	st = ak_schema_validate(schema, ak_json_at(data, 0), &err);
	if (st == (want ? AK_OK : AK_SCHEMA)) {
		t->passed++;
	} else {
		t->failed++;
		print_error("%s: %s: %s %s\n", group,
		            json_string_value(json_object_get(test, "description")),
		            ak_status_name(st), err.detail);
	}
	ak_json_free(data);
}

static void run_group(struct tally *t, json_t *group)
{
	json_t *tests = json_object_get(group, "tests");
	ak_json *schema = through_the_profile(json_object_get(group, "schema"));
	const char *name = json_string_value(json_object_get(group, "description"));
	ak_error err = { 0 };
	ak_status st;

	if (schema == NULL) {
		t->outside += json_array_size(tests);
		return;
	}
	st = ak_schema_check(ak_json_at(schema, 0), &err);
	if (st == AK_OK) {
		for (size_t i = 0; i < json_array_size(tests); i++)
			run_case(t, name, ak_json_at(schema, 0), json_array_get(tests, i));
	} else {
		/* Refusing is right only for what we do not support, never for a fault we see. */
		if (st != AK_UNKNOWN_VERSION)
			fail_msg("%s: %s %s", name, ak_status_name(st), err.detail);
		t->unsupported += json_array_size(tests);
	}
	ak_json_free(schema);
}

static void run_file(const ak_span column[VECTOR_COLUMNS_MAX])
{
	struct tally t = { 0 };
	json_t *groups;
	char name[160];
	ak_buf b;

	/* These ask that formats be assertions, which they are not in this draft. */
	if (ak_span_starts(column[0], "optional/format/"))
		return;
	(void)snprintf(name, sizeof(name), "tests/%.*s", (int)column[0].len,
	               (const char *)column[0].data);
	vector_read(FOLDER, ak_span_str(name), &b);
	groups = json_loadb((const char *)b.data, b.len, JSON_ALLOW_NUL, NULL);
	assert_non_null(groups);
	for (size_t i = 0; i < json_array_size(groups); i++)
		run_group(&t, json_array_get(groups, i));
	json_decref(groups);
	ak_buf_clear(&b);
	print_message("%-40s run %3zu passed %3zu failed %zu unsupported %2zu outside %2zu\n",
	              name, t.run, t.passed, t.failed, t.unsupported, t.outside);
	total.run += t.run;
	total.passed += t.passed;
	total.failed += t.failed;
	total.unsupported += t.unsupported;
	total.outside += t.outside;
}

static void judges_as_the_suite_says(void **state)
{
	(void)state;
	(void)vector_rows(FOLDER, "cases.tsv", run_file);
	print_message("json-schema: run %zu passed %zu failed %zu unsupported %zu outside the profile %zu\n",
	              total.run, total.passed, total.failed, total.unsupported, total.outside);
	assert_int_equal(total.failed, 0);
	assert_true(total.run > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_as_the_suite_says),
	};

	vectors_or_skip(FOLDER);
	return cmocka_run_group_tests_name("schema vectors", tests, NULL, NULL);
}
