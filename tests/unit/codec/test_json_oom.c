/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, writing, building and validating with every allocation failing in turn: an error,
 * never a crash, and never another tree or another verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/jcs.h"
#include "codec/schema.h"
#include "oom.h"

#include <jansson.h>
#include <stdlib.h>

#define TEXT                                                                              \
	"{\"list\":[1,2,3,4,5,6,7,8,9,{\"b\":1,\"a\":2}],\"a\\u0062cdefghijklmnopqrstuvwxyz\":" \
	"\"0123456789\\u30420123456789012345678901234567890123456789\",\"zz\":{\"\":null}}"
#define CANONICAL                                                                         \
	"{\"abcdefghijklmnopqrstuvwxyz\":\"0123456789\xe3\x81\x82"                              \
	"0123456789012345678901234567890123456789\",\"list\":[1,2,3,4,5,6,7,8,9,{\"a\":2,\"b\":1}]," \
	"\"zz\":{\"\":null}}"

static ak_status read_and_write(void *ctx)
{
	ak_json *v = NULL;
	ak_status st;
	ak_buf b;

	(void)ctx;
	ak_buf_init(&b, 4096);
	st = ak_json_parse(ak_span_str(TEXT), &v, NULL);
	if (st == AK_OK)
		st = ak_jcs_write(v, &b, NULL);
	/* Whatever was reported as done must be right. */
	if (st == AK_OK && !ak_span_is(ak_buf_span(&b), CANONICAL))
		st = AK_BAD_FORMAT;
	if (st == AK_OK)
		st = ak_jcs_check(ak_span_str(CANONICAL), v, NULL);
	ak_buf_clear(&b);
	if (st == AK_OK)
		st = ak_json_write_pretty(v, &b, NULL);
	ak_buf_clear(&b);
	ak_json_free(v);
	return st;
}

static ak_status build(void *ctx)
{
	ak_json *v = ak_json_new_object(), *list = ak_json_new_array(), *copy = NULL;
	ak_status st = v == NULL || list == NULL ? AK_NO_MEMORY : AK_OK;

	(void)ctx;
	for (int i = 0; st == AK_OK && i < 20; i++)
		st = ak_json_add(list, ak_json_new_strf("item %d", i), NULL);
	if (st == AK_OK)
		st = ak_json_set(v, "list", ak_json_ref(list), NULL);
	for (int i = 0; st == AK_OK && i < 20; i++) {
		char key[2] = { (char)('a' + i), '\0' };

		st = ak_json_set(v, key, ak_json_new_int(i), NULL);
	}
	if (st == AK_OK)
		st = ak_json_pointer_set(v, ak_span_str("/x~1y"), ak_json_new_str("z"), NULL);
	if (st == AK_OK)
		st = ak_json_pointer_set(v, ak_span_str("/list/3"), ak_json_new_null(), NULL);
	if (st == AK_OK) {
		copy = ak_json_copy(v);
		st = copy == NULL ? AK_NO_MEMORY : ak_json_equal(v, copy) ? AK_OK : AK_BAD_FORMAT;
	}
	ak_json_free(copy);
	ak_json_free(list);
	ak_json_free(v);
	return st;
}

static const char schema_text[] =
	"{\"$ref\":\"#/$defs/a%20b\",\"$defs\":{\"a b\":{\"propertyNames\":{\"pattern\":\"^[a-z]*$\"},"
	"\"properties\":{\"list\":{\"uniqueItems\":true,\"contains\":{\"const\":4}}},"
	"\"anyOf\":[{\"required\":[\"none\"]},{\"minProperties\":3}]}}}";

static ak_status validate(void *ctx)
{
	ak_json *schema = NULL, *good = NULL, *bad = NULL;
	ak_error err = { 0 };
	ak_status st = ak_json_parse(ak_span_str(schema_text), &schema, NULL);

	(void)ctx;
	if (st == AK_OK)
		st = ak_json_parse(ak_span_str(CANONICAL), &good, NULL);
	if (st == AK_OK)
		st = ak_json_parse(ak_span_str("{\"list\":[4,1,1],\"a\":1,\"b\":2}"), &bad, NULL);
	if (st == AK_OK)
		st = ak_schema_check(schema, &err);
	if (st == AK_OK)
		st = ak_schema_validate(schema, good, &err);
	if (st == AK_OK) {
		st = ak_schema_validate(schema, bad, &err);
		/* Valid would be a wrong verdict: say so with a status no sweep forgives. */
		st = st == AK_SCHEMA ? AK_OK : st == AK_OK ? AK_BAD_FORMAT : st;
	}
	ak_json_free(schema);
	ak_json_free(good);
	ak_json_free(bad);
	return st;
}

/* jansson's allocator can be made to fail by itself, so this sweep also runs under sanitizers. */
static size_t calls, fail_from;
static bool for_good;

static void *failing_malloc(size_t n)
{
	calls++;
	if (fail_from != 0 && (for_good ? calls >= fail_from : calls == fail_from))
		return NULL;
	return malloc(n);
}

static void a_failed_allocation_never_changes_the_tree(void **state)
{
	const char *text = "{\"abcdefghijklmnopqrstuvwxyz\":\"0123456789012345678901234567890123456789\","
	                   "\"k\":[1,2,3,4,5,6,7,8,9,10,{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,"
	                   "\"g\":7,\"h\":8,\"i\":9}]}";
	ak_json *v = NULL;
	json_malloc_t m;
	json_free_t f;
	size_t total;

	(void)state;
	/* The first object of a process seeds the hash, with allocations of its own. */
	ak_json_free(ak_json_new_object());
	json_get_alloc_funcs(&m, &f);
	json_set_alloc_funcs(failing_malloc, free);
	calls = 0;
	assert_int_equal(ak_json_parse(ak_span_str(text), &v, NULL), AK_OK);
	total = calls;
	assert_true(total > 20);
	for (int sticky = 0; sticky <= 1; sticky++) {
		for (size_t n = 1; n <= total; n++) {
			ak_json *none = NULL;
			ak_error err = { 0 };
			ak_status st;

			calls = 0;
			for_good = sticky != 0;
			fail_from = n;
			st = ak_json_parse(ak_span_str(text), &none, &err);
			fail_from = 0;
			assert_int_equal(st, AK_NO_MEMORY);
			assert_int_equal(err.status, AK_NO_MEMORY);
			assert_null(none);
		}
	}
	json_set_alloc_funcs(m, f);
	ak_json_free(v);
}

static void reading_and_writing(void **state)
{
	(void)state;
	oom_sweep("json", read_and_write, NULL);
}

static void building(void **state)
{
	(void)state;
	oom_sweep("build", build, NULL);
}

static void validating(void **state)
{
	(void)state;
	oom_sweep("schema", validate, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_allocation_never_changes_the_tree),
		cmocka_unit_test(reading_and_writing),
		cmocka_unit_test(building),
		cmocka_unit_test(validating),
	};

	return cmocka_run_group_tests_name("json oom", tests, NULL, NULL);
}
