/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/jcs: one encoding per value, and the place where a text leaves it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/jcs.h"

#include <jansson.h>
#include <string.h>

static const struct row {
	const char *name;
	const char *text;
	const char *canonical;
	uint64_t at; /* first difference; UINT64_MAX: none */
} rows[] = {
	{ "empty object", "{}", "{}", UINT64_MAX },
	{ "empty array", "[]", "[]", UINT64_MAX },
	{ "all types", "[null,true,false,0,-1,\"a\",{\"k\":[]}]",
	  "[null,true,false,0,-1,\"a\",{\"k\":[]}]", UINT64_MAX },
	{ "largest integers", "[9007199254740991,-9007199254740991]",
	  "[9007199254740991,-9007199254740991]", UINT64_MAX },
	{ "order of keys", "{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}", 2 },
	{ "a key before its extension", "{\"ab\":1,\"a\":2}", "{\"a\":2,\"ab\":1}", 3 },
	{ "upper case before lower", "{\"a\":1,\"B\":2}", "{\"B\":2,\"a\":1}", 2 },
	{ "digits sort as text", "{\"9\":1,\"10\":2}", "{\"10\":2,\"9\":1}", 2 },
	{ "order inside an element", "[{\"a\":{\"d\":1,\"c\":2}}]", "[{\"a\":{\"c\":2,\"d\":1}}]", 8 },
	{ "last two keys", "{\"a\":1,\"c\":2,\"b\":3}", "{\"a\":1,\"b\":3,\"c\":2}", 8 },
	{ "space after a comma", "[1, 2]", "[1,2]", 3 },
	{ "space after a colon", "{\"a\": 1}", "{\"a\":1}", 5 },
	{ "leading space", " []", "[]", 0 },
	{ "final newline", "[]\n", "[]", 2 },
	{ "escaped solidus", "[\"a\\/b\"]", "[\"a/b\"]", 3 },
	{ "escaped letter", "[\"\\u0041\"]", "[\"A\"]", 2 },
	{ "escaped kana", "[\"\\u3042\"]", "[\"\xe3\x81\x82\"]", 2 },
	{ "escaped beyond the BMP", "[\"\\ud834\\udd1e\"]", "[\"\xf0\x9d\x84\x9e\"]", 2 },
	{ "escaped quote by number", "[\"\\u0022\"]", "[\"\\\"\"]", 3 },
	{ "escaped backslash by number", "[\"a\\u005cb\"]", "[\"a\\\\b\"]", 4 },
	{ "needed escapes", "[\"\\\"\\\\\",\"\\\"a\\\"\"]", "[\"\\\"\\\\\",\"\\\"a\\\"\"]", UINT64_MAX },
	{ "escapes in a key", "{\"a\\\"b\\\\\":\"\"}", "{\"a\\\"b\\\\\":\"\"}", UINT64_MAX },
	{ "escaped key", "{\"\\u0061\":1}", "{\"a\":1}", 2 },
	{ "no normalisation", "[\"e\xcc\x81\",\"\xc3\xa9\"]", "[\"e\xcc\x81\",\"\xc3\xa9\"]", UINT64_MAX },
	{ "text that is equal up to its end", "[1,2,3 ]", "[1,2,3]", 6 },
};

static ak_json *parsed(ak_span text)
{
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse(text, &v, NULL), AK_OK);
	return v;
}

static void has_one_encoding_per_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_json *v = parsed(ak_span_str(r->text));
		ak_error err = { 0 };
		ak_status st;
		ak_buf b;

		ak_buf_init(&b, 1024);
		assert_int_equal(ak_jcs_write(v, &b, &err), AK_OK);
		if (!ak_span_is(ak_buf_span(&b), r->canonical))
			fail_msg("%s: %.*s", r->name, (int)b.len, (const char *)b.data);
		assert_int_equal(ak_jcs_check(ak_buf_span(&b), v, &err), AK_OK);
		st = ak_jcs_check(ak_span_str(r->text), v, &err);
		if (st != (r->at == UINT64_MAX ? AK_OK : AK_BAD_FORMAT))
			fail_msg("%s: %s", r->name, ak_status_name(st));
		if (st != AK_OK && (err.at != r->at || strcmp(err.where, "jcs") != 0))
			fail_msg("%s: at %llu, want %llu", r->name, (unsigned long long)err.at,
			         (unsigned long long)r->at);
		ak_buf_clear(&b);
		ak_json_free(v);
	}
}

static void every_other_text_differs(void **state)
{
	static const char good[] = "{\"a\":[1,\"x\\\"\",{\"b\":true}],\"c\":-20}";
	ak_span whole = { (const uint8_t *)good, sizeof(good) - 1 };
	ak_json *v = parsed(whole);
	ak_error err;

	(void)state;
	for (size_t cut = 0; cut < whole.len; cut++) {
		assert_int_equal(ak_jcs_check((ak_span){ whole.data, cut }, v, &err), AK_BAD_FORMAT);
		assert_int_equal(err.at, cut);
	}
	for (size_t i = 0; i < whole.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			char text[sizeof(good)];

			memcpy(text, good, sizeof(good));
			text[i] = (char)(text[i] ^ (1 << bit));
			assert_int_equal(ak_jcs_check((ak_span){ (const uint8_t *)text, whole.len },
			                              v, &err), AK_BAD_FORMAT);
			assert_int_equal(err.at, i);
		}
	}
	assert_int_equal(ak_jcs_check((ak_span){ 0 }, v, &err), AK_BAD_FORMAT);
	ak_json_free(v);
}

static void expect_outside(ak_json *v, const char *why)
{
	ak_error err = { 0 };
	ak_buf b;

	ak_buf_init(&b, 4096);
	assert_int_equal(ak_jcs_write(v, &b, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.detail, why);
	assert_int_equal(ak_jcs_check(ak_span_str(""), v, &err),
	                 ak_json_is(v, AK_JSON_ARRAY) || ak_json_is(v, AK_JSON_STRING)
	                 ? AK_BAD_FORMAT : AK_INVALID_ARGUMENT);
	ak_buf_clear(&b);
	ak_json_free(v);
}

static void refuses_what_the_profile_forbids(void **state)
{
	ak_json *deep = ak_json_new_array();

	(void)state;
	expect_outside(NULL, "no value");
	expect_outside(ak_json_new_int(AK_JSON_INT_MAX + 1), "number beyond 2^53-1");
	expect_outside(ak_json_new_int(-AK_JSON_INT_MAX - 1), "number beyond 2^53-1");
	expect_outside(ak_json_new_int(INT64_MIN), "number beyond 2^53-1");
	expect_outside(ak_json_new_str("a\n"), "control character in a string");
	expect_outside(ak_json_new_str("\x7f"), "control character in a string");
	expect_outside(json_real(1.0), "not an integer");
	for (int i = 1; i < AK_JSON_DEPTH_MAX; i++) {
		ak_json *outer = ak_json_new_array();

		assert_int_equal(ak_json_add(outer, deep, NULL), AK_OK);
		deep = outer;
	}
	{
		ak_json *outer = ak_json_new_array();
		ak_buf b;

		ak_buf_init(&b, 4096);
		assert_int_equal(ak_jcs_write(deep, &b, NULL), AK_OK);
		ak_buf_clear(&b);
		assert_int_equal(ak_json_add(outer, deep, NULL), AK_OK);
		expect_outside(outer, "nested too deeply");
	}
}

static void a_buffer_ceiling_is_reported(void **state)
{
	ak_json *v = parsed(ak_span_str("{\"b\":\"0123456789\",\"a\":[1,2,3]}"));
	size_t whole = strlen("{\"a\":[1,2,3],\"b\":\"0123456789\"}");
	ak_buf b;

	(void)state;
	for (size_t max = 0; max <= whole; max++) {
		ak_buf_init(&b, max);
		assert_int_equal(ak_jcs_write(v, &b, NULL), max < whole ? AK_LIMIT : AK_OK);
		ak_buf_clear(&b);
	}
	ak_json_free(v);
}

static void prints_for_people(void **state)
{
	static const char want[] =
		"{\n  \"b\": [\n    1,\n    {\n      \"x\": \"\\\"\"\n    }\n  ],\n"
		"  \"a\": {},\n  \"c\": []\n}\n";
	ak_json *v = parsed(ak_span_str("{\"b\":[1,{\"x\":\"\\\"\"}],\"a\":{},\"c\":[]}"));
	ak_json *again;
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 1024);
	assert_int_equal(ak_json_write_pretty(v, &b, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b), want));
	again = parsed(ak_buf_span(&b));
	assert_true(ak_json_equal(v, again));
	ak_json_free(again);
	ak_json_free(v);
	ak_buf_clear(&b);
}

static void a_member_is_found_in_the_text_itself(void **state)
{
	static const struct member_row {
		const char *name, *text, *outer, *key, *value; /* value NULL: there is none */
	} members[] = {
		{ "first", "{\"a\":1,\"b\":2}", NULL, "a", "1" },
		{ "last", "{\"a\":1,\"b\":[2,3]}", NULL, "b", "[2,3]" },
		{ "none", "{\"a\":1}", NULL, "b", NULL },
		{ "empty", "{}", NULL, "a", NULL },
		{ "not a member of a member", "{\"a\":{\"b\":1}}", NULL, "b", NULL },
		{ "not a member of another", "{\"a\":{\"x\":1},\"b\":{\"y\":2}}", "a", "y", NULL },
		{ "not a key that begins so", "{\"ab\":1}", NULL, "a", NULL },
		{ "of a member", "{\"a\":{\"x\":{}},\"b\":{\"c\":0,\"x\":{\"k\":[{}]}}}", "b", "x", "{\"k\":[{}]}" },
		{ "past brackets in a text", "{\"a\":\"},]{\",\"b\":2}", NULL, "b", "2" },
		{ "past a quote in a text", "{\"a\":\"\\\",\\\"b\\\":1\",\"b\":2}", NULL, "b", "2" },
		{ "past a backslash that ends a text", "{\"a\":\"\\\\\",\"b\":2}", NULL, "b", "2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct member_row *r = &members[i];
		ak_span got = { 0 };
		bool found = ak_jcs_member(ak_span_str(r->text), r->outer, r->key, &got);

		if (found != (r->value != NULL) || (found && !ak_span_is(got, r->value)))
			fail_msg("%s: %.*s", r->name, (int)got.len, got.len == 0 ? "" : (const char *)got.data);
	}
}

/* The bytes are somebody else's: whatever they are, the answer lies within them. */
static void a_member_lies_within_a_text_cut_anywhere(void **state)
{
	static const char text[] = "{\"a\":{\"b\\\"\":[\"\\\\\",{\"c\":1}],\"d\":\"x\"},\"e\":2}";

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		ak_span cut = { (const uint8_t *)text, n }, got = { cut.data, 0 };

		if (ak_jcs_member(cut, "a", "d", &got) || ak_jcs_member(cut, NULL, "e", &got))
			assert_true(got.data >= cut.data && got.data + got.len <= cut.data + n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_one_encoding_per_value),
		cmocka_unit_test(every_other_text_differs),
		cmocka_unit_test(refuses_what_the_profile_forbids),
		cmocka_unit_test(a_buffer_ceiling_is_reported),
		cmocka_unit_test(prints_for_people),
		cmocka_unit_test(a_member_is_found_in_the_text_itself),
		cmocka_unit_test(a_member_lies_within_a_text_cut_anywhere),
	};

	return cmocka_run_group_tests_name("jcs", tests, NULL, NULL);
}
