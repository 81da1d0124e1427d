/* SPDX-License-Identifier: Apache-2.0 */
/* The subjects that a body is about, and statements that name others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/profile.h"

#include <string.h>

#define HEX "1111111111111111111111111111111111111111111111111111111111111111"
#define X60 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static ak_json *json(const char *text)
{
	ak_json *v = NULL;

	if (ak_json_parse(ak_span_str(text), &v, NULL) != AK_OK)
		fail_msg("not JSON: %s", text);
	return v;
}

static ak_json *type_of(const char *about)
{
	ak_json *t = ak_json_new_object();

	assert_int_equal(ak_json_set(t, "about", json(about), NULL), AK_OK);
	return t;
}

#define AT(pointer) "[{\"prefix\":\"d/n:\",\"pointer\":\"" pointer "\"}]"

static const struct row {
	const char *name, *about, *body, *want; /* want NULL: AK_SCHEMA; else ids, each with a blank behind it */
} rows[] = {
	{ "one", AT("/n"), "{\"n\":\"a\"}", "d/n:a " },
	{ "a whole id", "[{\"id\":\"akashi/keyset\"}]", "{}", "akashi/keyset " },
	{ "sorted", "[{\"prefix\":\"d/z:\",\"pointer\":\"/n\"},{\"prefix\":\"d/a:\",\"pointer\":\"/n\"}]", "{\"n\":\"x\"}", "d/a:x d/z:x " },
	{ "capitals before small letters", AT("/n/*"), "{\"n\":[\"a\",\"B\",\"1\"]}", "d/n:1 d/n:B d/n:a " },
	{ "unique", AT("/n/*"), "{\"n\":[\"b\",\"a\",\"b\"]}", "d/n:a d/n:b " },
	{ "stars within stars", AT("/p/*/k/*/id"), "{\"p\":[{\"k\":[{\"id\":\"1\"},{\"id\":\"2\"}]},{},{\"k\":[]},{\"k\":[{\"id\":\"3\"}]}]}", "d/n:1 d/n:2 d/n:3 " },
	{ "a step that begins with a star is a name", AT("/*n"), "{\"*n\":\"a\"}", "d/n:a " },
	{ "a step that ends with a star is a name", AT("/n*"), "{\"n*\":\"a\"}", "d/n:a " },
	{ "a star leads into arrays only", AT("/n/*"), "{\"n\":{\"*\":\"a\"}}", NULL },
	{ "nowhere gives nothing", "[{\"id\":\"d/n:a\"},{\"prefix\":\"d/n:\",\"pointer\":\"/absent\"}]", "{}", "d/n:a " },
	{ "all nowhere", AT("/absent"), "{}", NULL },
	{ "a number gives nothing", "[{\"id\":\"d/n:a\"},{\"prefix\":\"d/n:\",\"pointer\":\"/n\"}]", "{\"n\":7}", "d/n:a " },
	{ "null", "[{\"id\":\"d/n:a\"},{\"prefix\":\"d/n:\",\"pointer\":\"/n\"}]", "{\"n\":null}", "d/n:a " },
	{ "an object", "[{\"id\":\"d/n:a\"},{\"prefix\":\"d/n:\",\"pointer\":\"/n\"}]", "{\"n\":{}}", "d/n:a " },
	{ "a number among texts", AT("/n/*"), "{\"n\":[\"a\",1]}", "d/n:a " },
	{ "empty text", "[{\"id\":\"d/n:a\"},{\"prefix\":\"d/n:\",\"pointer\":\"/n\"}]", "{\"n\":\"\"}", "d/n:a " },
	{ "a blank", AT("/n"), "{\"n\":\"a b\"}", NULL },
	{ "another script", AT("/n"), "{\"n\":\"令和\"}", NULL },
	{ "128 bytes", AT("/n"), "{\"n\":\"xxxx" X60 X60 "\"}", "d/n:xxxx" X60 X60 " " },
	{ "129 bytes", AT("/n"), "{\"n\":\"xxxxx" X60 X60 "\"}", NULL },
	{ "prefix alone too long", "[{\"prefix\":\"d/n:xxxxx" X60 X60 "\",\"pointer\":\"/n\"}]", "{\"n\":\"a\"}", NULL },
	{ "whole ids", "[{\"prefix\":\"\",\"pointer\":\"/n/*\"}]", "{\"n\":[\"d/n:b\",\"d/n:a\"]}", "d/n:a d/n:b " },
	{ "whole ids, one with a blank", "[{\"prefix\":\"\",\"pointer\":\"/n/*\"}]", "{\"n\":[\"d/n:b\",\"b b\"]}", NULL },
};

static void derivation(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_json *type = type_of(r->about), *body = json(r->body);
		static ak_subjects s, before;
		ak_error err = { 0 };
		ak_status st;
		ak_buf got;

		memset(&s, 0xa5, sizeof(s));
		memcpy(&before, &s, sizeof(s));
		st = ak_about_derive(type, body, &s, &err);
		if (st != (r->want == NULL ? AK_SCHEMA : AK_OK))
			fail_msg("%s: %s (%s)", r->name, ak_status_name(st), err.detail);
		if (st == AK_OK) {
			ak_buf_init(&got, 10000);
			for (size_t k = 0; k < s.n; k++)
				assert_int_equal(ak_buf_addf(&got, NULL, "%s ", s.id[k]), AK_OK);
			if (!ak_span_is(ak_buf_span(&got), r->want))
				fail_msg("%s: %.*s", r->name, (int)got.len, (const char *)got.data);
			ak_buf_clear(&got);
		} else {
			assert_string_equal(err.where, "statement.about");
			assert_memory_equal(&s, &before, sizeof(s));
		}
		ak_json_free(body);
		ak_json_free(type);
	}
}

/* n different names, each `times` times. */
static ak_status derive_many(size_t n, size_t times, ak_subjects *out)
{
	ak_json *type = type_of(AT("/n/*")), *body = ak_json_new_object(), *list = ak_json_new_array();
	ak_status st;

	for (size_t i = 0; i < n * times; i++)
		assert_int_equal(ak_json_add(list, ak_json_new_strf("%zu", i % n), NULL), AK_OK);
	assert_int_equal(ak_json_set(body, "n", list, NULL), AK_OK);
	st = ak_about_derive(type, body, out, NULL);
	ak_json_free(body);
	ak_json_free(type);
	return st;
}

static void how_many(void **state)
{
	ak_subjects s;

	(void)state;
	assert_int_equal(derive_many(AK_ABOUT_MAX, 1, &s), AK_OK);
	assert_int_equal(s.n, AK_ABOUT_MAX);
	assert_int_equal(derive_many(AK_ABOUT_MAX, 3, &s), AK_OK);
	assert_int_equal(s.n, AK_ABOUT_MAX);
	assert_int_equal(derive_many(AK_ABOUT_MAX + 1, 1, &s), AK_SCHEMA);
}

/* ---- a statement names exactly these --------------------------------------------------------------------- */

static ak_statement statement(const char *scheme, const char *about, const char *body)
{
	ak_statement s;
	ak_buf b;
	ak_status st;

	ak_buf_init(&b, 10000);
	assert_int_equal(ak_buf_addf(&b, NULL, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"about\":%s,"
	                             "\"base\":\"sha256:" HEX "\",\"body\":%s,\"genesis\":\"sha256:" HEX "\",\"issued\":\"2026\","
	                             "\"ledger\":\"l.example\",\"refs\":[],\"scheme\":\"%s\"},\"predicateType\":\"urn:akashi:note:v1\","
	                             "\"subject\":[{\"digest\":{\"sha256\":\"" HEX "\"},\"name\":\"body\"}]}", about, body, scheme), AK_OK);
	st = ak_statement_parse(ak_buf_span(&b), &s, NULL);
	ak_buf_clear(&b);
	assert_int_equal(st, AK_OK);
	return s;
}

static void exactly_these(void **state)
{
	static const struct {
		const char *name, *scheme, *about;
		ak_status want;
		uint64_t at;
		const char *expected, *found;
	} r[] = {
		{ "the same", "d", "[\"akashi/key:k\",\"d/n:a\",\"d/n:c\"]", AK_OK, 0, "", "" },
		{ "one hidden", "d", "[\"akashi/key:k\",\"d/n:a\"]", AK_ABOUT_MISMATCH, 2, "d/n:c", "nothing more" },
		{ "the first hidden", "d", "[\"d/n:a\",\"d/n:c\"]", AK_ABOUT_MISMATCH, 0, "akashi/key:k", "d/n:a" },
		{ "one more", "d", "[\"akashi/key:k\",\"d/n:a\",\"d/n:c\",\"d/n:d\"]", AK_ABOUT_MISMATCH, 3, "nothing more", "d/n:d" },
		{ "one in between", "d", "[\"akashi/key:k\",\"d/n:a\",\"d/n:b\",\"d/n:c\"]", AK_ABOUT_MISMATCH, 2, "d/n:c", "d/n:b" },
		{ "another", "d", "[\"akashi/key:k\",\"d/n:a\",\"d/n:b\"]", AK_ABOUT_MISMATCH, 2, "d/n:c", "d/n:b" },
		{ "other case", "d", "[\"akashi/key:k\",\"d/n:A\",\"d/n:c\"]", AK_ABOUT_MISMATCH, 1, "d/n:a", "d/n:A" },
		{ "of another scheme", "e", "[\"akashi/key:k\",\"d/n:a\",\"d/n:c\"]", AK_ABOUT_MISMATCH, 1, "a subject of e or akashi", "d/n:a" },
		{ "of a longer scheme that begins alike", "d-2", "[\"akashi/key:k\",\"d/n:a\",\"d/n:c\"]", AK_ABOUT_MISMATCH, 1,
		  "a subject of d-2 or akashi", "d/n:a" },
		{ "of core, which owns core ids only", "akashi", "[\"akashi/key:k\",\"d/n:a\",\"d/n:c\"]", AK_ABOUT_MISMATCH, 1,
		  "a subject of akashi", "d/n:a" },
	};
	ak_json *type = type_of("[{\"prefix\":\"d/n:\",\"pointer\":\"/n/*\"},{\"prefix\":\"akashi/key:\",\"pointer\":\"/key\"}]");

	(void)state;
	for (size_t i = 0; i < sizeof(r) / sizeof(r[0]); i++) {
		ak_statement s = statement(r[i].scheme, r[i].about, "{\"key\":\"k\",\"n\":[\"c\",\"a\"]}");
		ak_error err = { 0 };
		ak_status st = ak_about_check(type, &s, &err);

		if (st != r[i].want || err.at != r[i].at || strcmp(err.expected, r[i].expected) != 0 ||
		    strcmp(err.found, r[i].found) != 0)
			fail_msg("%s: %s at %llu, %s, %s", r[i].name, ak_status_name(st),
			         (unsigned long long)err.at, err.expected, err.found);
		if (st != AK_OK)
			assert_string_equal(err.where, "statement.about");
		ak_statement_clear(&s);
	}
	ak_json_free(type);
}

/* "d-2/n:x" is of scheme "d-2", not of "d". */
static void schemes_are_compared_whole(void **state)
{
	ak_json *type = type_of("[{\"prefix\":\"\",\"pointer\":\"/id\"}]");
	ak_statement mine = statement("d-2", "[\"d-2/n:x\"]", "{\"id\":\"d-2/n:x\"}");
	ak_statement shorter = statement("d", "[\"d-2/n:x\"]", "{\"id\":\"d-2/n:x\"}");

	(void)state;
	assert_int_equal(ak_about_check(type, &mine, NULL), AK_OK);
	assert_int_equal(ak_about_check(type, &shorter, NULL), AK_ABOUT_MISMATCH);
	ak_statement_clear(&shorter);
	ak_statement_clear(&mine);
	ak_json_free(type);
}

/* A body that gives no subjects at all fits no statement, and the record says so. */
static void no_derivation_no_match(void **state)
{
	ak_json *type = type_of(AT("/n"));
	ak_statement s = statement("d", "[\"d/n:a\"]", "{\"n\":\"a b\"}");
	ak_error err = { 0 };

	(void)state;
	assert_int_equal(ak_about_check(type, &s, &err), AK_ABOUT_MISMATCH);
	assert_int_equal(err.status, AK_ABOUT_MISMATCH);
	assert_int_equal(ak_about_check(type, &s, NULL), AK_ABOUT_MISMATCH);
	ak_statement_clear(&s);
	ak_json_free(type);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derivation),
		cmocka_unit_test(how_many),
		cmocka_unit_test(exactly_these),
		cmocka_unit_test(schemes_are_compared_whole),
		cmocka_unit_test(no_derivation_no_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
