/* SPDX-License-Identifier: Apache-2.0 */
/* ak_jcs_parse is ak_json_parse and then ak_jcs_check, whatever it leaves out on the way: the same answer, at the same place,
 * for canonical texts, for texts that are not, and for every small damage to either. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/jcs.h"
#include "oom.h"

#include <string.h>

static const struct row {
	const char *name, *text;
	bool seen; /* to be canonical, while it is read */
} rows[] = {
	{ "empty object", "{}", true },
	{ "all types", "{\"A\":[null,true,false],\"a\":{\"k\":-1,\"kk\":0},\"b\":\"\xe6\x9d\xb1\",\"c\":{\"A\":[{},{}]}}", true },
	{ "siblings begin anew", "[{\"b\":1,\"c\":[]},{\"a\":{\"x\":1}},{\"a\":{\"b\":1},\"d\":2}]", true },
	{ "a key after an inner one of the same name", "{\"a\":{\"z\":1},\"b\":{\"a\":1}}", true },
	{ "the empty key first", "{\"\":1,\"a\":2}", true },
	{ "needed escapes", "[\"\\\"\\\\\"]", true },
	{ "a needed escape, and one that is not", "[\"\\\"\\u0041\"]", false },
	{ "a needed escape in another form", "[\"\\u0022\"]", false },
	{ "an escape in a key", "{\"a\\\"\":1,\"b\":2,\"c\":{\"d\":1,\"e\":2}}", false },
	{ "an escape in a key that is out of order", "{\"b\\\"\":1,\"a\":2}", false },
	{ "order of keys", "{\"b\":1,\"a\":2}", false },
	{ "the empty key last", "{\"a\":1,\"\":2}", false },
	{ "order within an element", "[{\"a\":{\"d\":1,\"c\":2}}]", false },
	{ "order after an inner object", "{\"b\":{\"c\":1},\"a\":2}", false },
	{ "a key before its beginning", "{\"ab\":1,\"a\":2}", false },
	{ "space after a comma", "[1, 2]", false },
	{ "space after a colon", "{\"a\": 1}", false },
	{ "space before a colon", "{\"a\" :1}", false },
	{ "space in an empty array", "[ ]", false },
	{ "leading space", " []", false },
	{ "final newline", "[]\n", false },
	{ "escaped solidus", "[\"a\\/b\"]", false },
	{ "escaped letter", "[\"\\u0041\"]", false },
	{ "escaped letter of a key", "{\"\\u0061\":1}", false },
};

/* What the two calls would say. */
static ak_status reference(ak_span text, ak_error *err)
{
	ak_json *v = NULL;
	ak_status st = ak_json_parse(text, &v, err);

	if (st == AK_OK)
		st = ak_jcs_check(text, v, err);
	ak_json_free(v);
	return st;
}

static void compare(ak_span text, const char *name)
{
	ak_error want = { 0 }, got = { 0 };
	ak_json *v = NULL;
	ak_status st = reference(text, &want);

	if (ak_jcs_parse(text, &v, &got) != st || (v != NULL) != (st == AK_OK) ||
	    (st != AK_OK && (got.at != want.at || strcmp(got.where, want.where) != 0 || strcmp(got.detail, want.detail) != 0)))
		fail_msg("%s: %.*s", name, (int)text.len, (const char *)text.data);
	ak_json_free(v);
}

static void tells_what_it_saw(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool seen = !rows[i].seen;
		ak_json *v = NULL;

		compare(ak_span_str(rows[i].text), rows[i].name);
		assert_int_equal(ak_json_parse_noting(ak_span_str(rows[i].text), &v, &seen, NULL), AK_OK);
		if (seen != rows[i].seen)
			fail_msg("%s", rows[i].name);
		ak_json_free(v);
	}
}

static void damage(ak_span good, const char *name)
{
	static const char put[] = " \n\t\\\"/,:{}[]0-9aAb\x7f\xe3";
	uint8_t text[256];

	assert_true(good.len + 1 < sizeof(text));
	for (size_t at = 0; at <= good.len; at++) {
		memcpy(text, good.data, at);
		compare((ak_span){ text, at }, name);
		for (size_t k = 0; k < sizeof(put) - 1; k++) {
			text[at] = (uint8_t)put[k];
			memcpy(text + at + 1, good.data + at, good.len - at);
			compare((ak_span){ text, good.len + 1 }, name); /* put in */
			if (at < good.len)
				memcpy(text + at + 1, good.data + at + 1, good.len - at - 1);
			compare((ak_span){ text, good.len }, name); /* in its place */
		}
	}
	for (size_t at = 0; at + 1 < good.len; at++) {
		memcpy(text, good.data, good.len);
		text[at] = good.data[at + 1];
		text[at + 1] = good.data[at];
		compare((ak_span){ text, good.len }, name);
		memmove(text + at, good.data + at + 1, good.len - at - 1);
		compare((ak_span){ text, good.len - 1 }, name);
	}
}

static void every_damage_is_told_alike(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		damage(ak_span_str(rows[i].text), rows[i].name);
}

static ak_status parse_both(void *ctx)
{
	ak_json *v = NULL;
	ak_status st = ak_jcs_parse(ak_span_str(rows[1].text), &v, NULL);

	(void)ctx;
	ak_json_free(v);
	v = NULL;
	if (st == AK_OK)
		st = ak_jcs_parse(ak_span_str("{\"b\\\"\":[1,{}]}"), &v, NULL);
	ak_json_free(v);
	return st;
}

static void survives_want_of_memory(void **state)
{
	(void)state;
	oom_sweep("ak_jcs_parse", parse_both, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_it_saw),
		cmocka_unit_test(every_damage_is_told_alike),
		cmocka_unit_test(survives_want_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
