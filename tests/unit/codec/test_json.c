/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/json: rows are named after the rule of the profile they break. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/jcs.h"

#include <stdlib.h>
#include <string.h>

#define LIT(text)  { (const uint8_t *)(text), sizeof(text) - 1 }
#define SPAN(text) ((ak_span)LIT(text))

static const struct row {
	const char *name;
	ak_span text;
	const char *where; /* NULL: accepted */
	uint64_t at;
} rows[] = {
	{ "ok: empty object", LIT("{}"), NULL, 0 },
	{ "ok: empty array", LIT("[]"), NULL, 0 },
	{ "ok: space everywhere", LIT(" \t\r\n{ \"a\" :\n[ 1 , null ]\t} \n"), NULL, 0 },
	{ "ok: every kind of value", LIT("[null,true,false,0,-1,\"\",{},[]]"), NULL, 0 },
	{ "ok: largest integers", LIT("[9007199254740991,-9007199254740991]"), NULL, 0 },
	{ "ok: escapes of printable text", LIT("[\"\\\"\\\\\\/\\u0041\\u3042\"]"), NULL, 0 },
	{ "ok: surrogate pair", LIT("[\"\\ud834\\uDD1E\"]"), NULL, 0 },
	{ "ok: C1 control", LIT("[\"\\u0080\"]"), NULL, 0 },
	{ "ok: noncharacter", LIT("[\"\xef\xbf\xbe\"]"), NULL, 0 },
	{ "ok: empty key", LIT("{\"\":0}"), NULL, 0 },
	{ "ok: keys that differ in case", LIT("{\"run\":0,\"Run\":1}"), NULL, 0 },

	{ "no bytes", LIT(""), "json.syntax", 0 },
	{ "only space", LIT(" \n"), "json.syntax", 2 },
	{ "byte order mark", LIT("\xef\xbb\xbf{}"), "json.syntax", 0 },
	{ "bare number", LIT("42"), "json.syntax", 0 },
	{ "bare string", LIT("\"a\""), "json.syntax", 0 },
	{ "bare null", LIT("null"), "json.syntax", 0 },
	{ "bytes after the value", LIT("{} x"), "json.end", 3 },
	{ "two documents", LIT("{}{}"), "json.end", 2 },
	{ "NUL and a second document", LIT("{}\0{}"), "json.end", 2 },
	{ "trailing NUL", LIT("[]\0"), "json.end", 2 },
	{ "extra bracket", LIT("[1]]"), "json.end", 3 },
	{ "trailing comma in array", LIT("[1,]"), "json.syntax", 3 },
	{ "trailing comma in object", LIT("{\"a\":1,}"), "json.syntax", 7 },
	{ "two commas", LIT("[1,,2]"), "json.syntax", 3 },
	{ "leading comma", LIT("[,1]"), "json.syntax", 1 },
	{ "missing comma", LIT("[1 2]"), "json.syntax", 3 },
	{ "missing colon", LIT("{\"a\" 1}"), "json.syntax", 5 },
	{ "missing value", LIT("{\"a\":}"), "json.syntax", 5 },
	{ "wrong bracket", LIT("[1}"), "json.syntax", 2 },
	{ "wrong brace", LIT("{\"a\":1]"), "json.syntax", 6 },
	{ "key that is no string", LIT("{1:1}"), "json.syntax", 1 },
	{ "single quotes", LIT("{'a':1}"), "json.syntax", 1 },
	{ "comment", LIT("[1/**/]"), "json.syntax", 2 },
	{ "NaN", LIT("[NaN]"), "json.syntax", 1 },
	{ "misspelt true", LIT("[True]"), "json.syntax", 1 },
	{ "word cut short", LIT("[nul]"), "json.syntax", 1 },
	{ "word with a tail", LIT("[nulll]"), "json.syntax", 5 },
	{ "form feed as space", LIT("[\f]"), "json.syntax", 1 },
	{ "no-break space", LIT("[\xc2\xa0]"), "json.syntax", 1 },
	{ "open array", LIT("[1"), "json.syntax", 2 },
	{ "open object", LIT("{\"a\":1"), "json.syntax", 6 },
	{ "ends at a value", LIT("{\"a\":"), "json.syntax", 5 },

	{ "fraction", LIT("[1.0]"), "json.number", 2 },
	{ "exponent", LIT("[1e2]"), "json.number", 2 },
	{ "capital exponent", LIT("[1E2]"), "json.number", 2 },
	{ "zero with fraction", LIT("[0.5]"), "json.number", 2 },
	{ "minus zero", LIT("[-0]"), "json.number", 1 },
	{ "leading zero", LIT("[01]"), "json.number", 1 },
	{ "minus and leading zero", LIT("[-01]"), "json.number", 2 },
	{ "just a minus", LIT("[-]"), "json.number", 2 },
	{ "plus sign", LIT("[+1]"), "json.syntax", 1 },
	{ "2^53", LIT("[9007199254740992]"), "json.number", 1 },
	{ "-2^53", LIT("[-9007199254740992]"), "json.number", 1 },
	{ "2^64+1", LIT("[18446744073709551617]"), "json.number", 1 },
	{ "1e400", LIT("[1e400]"), "json.number", 2 },
	{ "hexadecimal", LIT("[0x1]"), "json.syntax", 2 },

	{ "raw control", LIT("[\"a\nb\"]"), "json.string", 3 },
	{ "raw NUL", LIT("[\"a\0b\"]"), "json.string", 3 },
	{ "raw DEL", LIT("[\"\x7f\"]"), "json.string", 2 },
	{ "escaped newline", LIT("[\"a\\n\"]"), "json.string", 3 },
	{ "escaped tab", LIT("[\"\\t\"]"), "json.string", 2 },
	{ "escaped control by number", LIT("[\"\\u001f\"]"), "json.string", 2 },
	{ "escaped NUL", LIT("[\"\\u0000\"]"), "json.string", 2 },
	{ "escaped NUL in a key", LIT("{\"a\\u0000\":1}"), "json.string", 3 },
	{ "escaped DEL", LIT("[\"\\u007F\"]"), "json.string", 2 },
	{ "unknown escape", LIT("[\"\\x41\"]"), "json.string", 2 },
	{ "escape of a letter outside ASCII", LIT("[\"\\\xc3\xa9\"]"), "json.string", 2 },
	{ "short \\u", LIT("[\"\\u12\"]"), "json.string", 6 },
	{ "bad hex", LIT("[\"\\u12g4\"]"), "json.string", 6 },
	{ "lone high surrogate", LIT("[\"\\ud800\"]"), "json.string", 2 },
	{ "lone low surrogate", LIT("[\"\\udc00\"]"), "json.string", 2 },
	{ "two high surrogates", LIT("[\"\\ud800\\ud800\"]"), "json.string", 2 },
	{ "surrogates the wrong way round", LIT("[\"\\udd1e\\ud834\"]"), "json.string", 2 },
	{ "high surrogate, then text", LIT("[\"\\ud834x\"]"), "json.string", 2 },
	{ "open string", LIT("[\"a"), "json.string", 3 },
	{ "ends in an escape", LIT("[\"\\"), "json.string", 3 },
	{ "escaped closing quote", LIT("[\"\\\"]"), "json.string", 5 },

	{ "lone continuation byte", LIT("[\"a\x80\"]"), "json.utf8", 3 },
	{ "overlong", LIT("[\"\xc0\xaf\"]"), "json.utf8", 2 },
	{ "cut sequence", LIT("[\"\xe3\x81\"]"), "json.utf8", 2 },
	{ "bad after good", LIT("[\"\xe3\x81\x82\xff\"]"), "json.utf8", 5 },
	{ "raw surrogate", LIT("[\"\xed\xa0\x80\"]"), "json.utf8", 2 },
	{ "above U+10FFFF", LIT("[\"\xf4\x90\x80\x80\"]"), "json.utf8", 2 },

	{ "key beyond ASCII", LIT("{\"\xc3\xa9\":1}"), "json.key", 2 },
	{ "escaped key beyond ASCII", LIT("{\"\\u00e9\":1}"), "json.key", 2 },
	{ "duplicate key", LIT("{\"a\":1,\"a\":1}"), "json.key", 7 },
	{ "duplicate key through an escape", LIT("{\"run\":1,\"b\":2,\"ru\\u006e\":3}"), "json.key", 15 },
	{ "duplicate key, first escaped", LIT("{\"\\u0061\":1,\"a\":[]}"), "json.key", 12 },
	{ "duplicate empty key", LIT("{\"\":1,\"\":2}"), "json.key", 6 },
	{ "duplicate in a nested object", LIT("[{\"a\":{\"b\":{},\"b\":{}}}]"), "json.key", 14 },
};

static void follows_the_profile(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_json *const untouched = (ak_json *)&state;
		ak_json *v = untouched;
		ak_error err = { 0 };
		ak_status st = ak_json_parse(r->text, &v, &err);

		if (r->where == NULL) {
			if (st != AK_OK)
				fail_msg("%s: refused: %s at %llu: %s", r->name, err.where,
				         (unsigned long long)err.at, err.detail);
			ak_json_free(v);
			continue;
		}
		if (st != AK_BAD_FORMAT)
			fail_msg("%s: %s", r->name, ak_status_name(st));
		if (strcmp(err.where, r->where) != 0 || err.at != r->at)
			fail_msg("%s: %s at %llu, want %s at %llu", r->name, err.where,
			         (unsigned long long)err.at, r->where, (unsigned long long)r->at);
		assert_ptr_equal(v, untouched);
		assert_int_equal(ak_json_parse(r->text, &v, NULL), AK_BAD_FORMAT);
	}
}

static ak_status parse_nested(size_t depth, bool objects, uint64_t *at)
{
	const char *open = objects ? "{\"a\":" : "[";
	size_t n = strlen(open);
	char *text = malloc(depth * (n + 1) + 2);
	ak_error err = { 0 };
	ak_json *v = NULL;
	ak_status st;

	assert_non_null(text);
	for (size_t i = 0; i < depth; i++)
		memcpy(text + i * n, open, n);
	/* The innermost object needs a value. */
	text[depth * n] = '1';
	memset(text + depth * n + 1, objects ? '}' : ']', depth);
	st = ak_json_parse((ak_span){ (uint8_t *)text, depth * (n + 1) + 1 }, &v, &err);
	free(text);
	ak_json_free(v);
	*at = err.at;
	return st;
}

static void nesting_stops_at_the_limit(void **state)
{
	uint64_t at;

	(void)state;
	assert_int_equal(parse_nested(AK_JSON_DEPTH_MAX, false, &at), AK_OK);
	assert_int_equal(parse_nested(AK_JSON_DEPTH_MAX, true, &at), AK_OK);
	assert_int_equal(parse_nested(AK_JSON_DEPTH_MAX + 1, false, &at), AK_BAD_FORMAT);
	assert_int_equal(at, AK_JSON_DEPTH_MAX);
	assert_int_equal(parse_nested(AK_JSON_DEPTH_MAX + 1, true, &at), AK_BAD_FORMAT);
	assert_int_equal(at, 5 * AK_JSON_DEPTH_MAX);
	assert_int_equal(parse_nested(100000, false, &at), AK_BAD_FORMAT);
	assert_int_equal(at, AK_JSON_DEPTH_MAX);
}

/* `piece` over and over in an array: how a small text asks for a large tree. */
static ak_status parse_many(const char *piece, size_t count, const char **where)
{
	size_t n = strlen(piece);
	char *text = malloc(count * n + 2);
	ak_error err = { 0 };
	ak_json *v = NULL;
	ak_status st;

	assert_non_null(text);
	text[0] = '[';
	for (size_t i = 0; i < count; i++)
		memcpy(text + 1 + i * n, piece, n);
	text[count * n] = ']'; /* in place of the last comma */
	st = ak_json_parse((ak_span){ (uint8_t *)text, count * n + 1 }, &v, &err);
	free(text);
	ak_json_free(v);
	*where = err.where;
	return st;
}

static void size_and_count_are_bounded(void **state)
{
	const char *where;

	(void)state;
	assert_int_equal(parse_many("1,", AK_JSON_VALUES_MAX, &where), AK_OK);
	assert_int_equal(parse_many("1,", AK_JSON_VALUES_MAX + 1, &where), AK_LIMIT);
	assert_string_equal(where, "json.values");
	assert_int_equal(parse_many("\"0123456789\",", AK_JSON_TEXT_MAX / 13 + 1, &where), AK_LIMIT);
	assert_string_equal(where, "json.size");
}

/* Strings are read several bytes at a time: what ends one, or may not be in it, is seen wherever it lies. */
static void every_byte_is_seen_at_every_place(void **state)
{
	enum { LENGTH = 40 };
	uint8_t text[LENGTH + 4] = "[\"";

	(void)state;
	memset(text + 2, 'x', LENGTH);
	memcpy(text + 2 + LENGTH, "\"]", 2);
	for (size_t at = 0; at < LENGTH; at++) {
		for (unsigned int c = 0; c < 256; c++) {
			bool refused = c < 0x20 || c == 0x7f || c >= 0x80 || c == '"' || c == '\\';
			ak_json *v = NULL;
			ak_error err;

			text[2 + at] = (uint8_t)c;
			if (ak_json_parse((ak_span){ text, sizeof(text) }, &v, &err) != (refused ? AK_BAD_FORMAT : AK_OK))
				fail_msg("byte 0x%02x at %zu", c, at);
			/* Where it is itself what is wrong, that is the place. */
			if (refused && c != '"' && c != '\\')
				assert_int_equal(err.at, 2 + at);
			if (!refused)
				assert_memory_equal(ak_json_text(ak_json_at(v, 0)).data, text + 2, LENGTH);
			ak_json_free(v);
		}
		text[2 + at] = 'x';
	}
}

#define SAMPLE "{\"a\":[1,-20,\"\\u3042\\\"x\"],\"b\":{\"c\":null,\"d\":[true,false]},\"e\":\"\xe8\xa8\xbc\xe3\x81\x97\"}"

/* A mangled text is refused, or its canonical form reads back as the same tree. */
static void check_mangled(ak_span text)
{
	ak_json *v, *w;
	ak_buf b;

	if (ak_json_parse(text, &v, NULL) != AK_OK)
		return;
	ak_buf_init(&b, 4096);
	assert_int_equal(ak_jcs_write(v, &b, NULL), AK_OK);
	assert_int_equal(ak_json_parse(ak_buf_span(&b), &w, NULL), AK_OK);
	assert_true(ak_json_equal(v, w));
	assert_int_equal(ak_jcs_check(ak_buf_span(&b), w, NULL), AK_OK);
	ak_json_free(v);
	ak_json_free(w);
	ak_buf_clear(&b);
}

static void every_mangling_is_refused_or_sound(void **state)
{
	char text[sizeof(SAMPLE)];
	size_t n = sizeof(SAMPLE) - 1;

	(void)state;
	for (size_t cut = 0; cut < n; cut++) {
		ak_json *v;

		assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)SAMPLE, cut }, &v, NULL),
		                 AK_BAD_FORMAT);
	}
	for (size_t i = 0; i < n; i++) {
		for (unsigned c = 0; c < 256; c++) {
			memcpy(text, SAMPLE, n);
			text[i] = (char)c;
			check_mangled((ak_span){ (const uint8_t *)text, n });
		}
		memcpy(text, SAMPLE, i);
		memcpy(text + i, &SAMPLE[i + 1], n - i - 1);
		check_mangled((ak_span){ (const uint8_t *)text, n - 1 });
	}
}

static ak_json *parsed(const char *text)
{
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse(ak_span_str(text), &v, NULL), AK_OK);
	return v;
}

static void reads_values(void **state)
{
	ak_json *v = parsed(SAMPLE);
	const ak_json *a = ak_json_get(v, "a");
	int64_t n = 7;

	(void)state;
	assert_int_equal(ak_json_type_of(v), AK_JSON_OBJECT);
	assert_int_equal(ak_json_type_of(NULL), AK_JSON_NULL);
	assert_false(ak_json_is(NULL, AK_JSON_NULL));
	assert_true(ak_json_is(ak_json_get(ak_json_get(v, "b"), "c"), AK_JSON_NULL));
	assert_true(ak_json_is(a, AK_JSON_ARRAY));
	assert_int_equal(ak_json_len(v), 3);
	assert_int_equal(ak_json_len(a), 3);
	assert_int_equal(ak_json_len(NULL), 0);
	assert_int_equal(ak_json_len(ak_json_at(a, 0)), 0);
	assert_true(ak_json_int(ak_json_at(a, 1), &n));
	assert_int_equal(n, -20);
	assert_false(ak_json_int(v, &n));
	assert_null(ak_json_at(a, 3));
	assert_null(ak_json_at(v, 0));
	assert_null(ak_json_get(a, "a"));
	assert_null(ak_json_get(NULL, "a"));
	assert_true(ak_span_is(ak_json_text(ak_json_at(a, 2)), "\xe3\x81\x82\"x"));
	assert_true(ak_span_is(ak_json_get_text(v, "e"), "\xe8\xa8\xbc\xe3\x81\x97"));
	assert_int_equal(ak_json_get_text(v, "a").len, 0);
	assert_null(ak_json_get_str(v, "a"));
	assert_string_equal(ak_json_get_str(v, "e"), "\xe8\xa8\xbc\xe3\x81\x97");
	assert_ptr_equal(ak_json_get_span(v, (ak_span){ (const uint8_t *)"ax", 1 }), a);
	a = ak_json_get(ak_json_get(v, "b"), "d");
	assert_true(ak_json_true(ak_json_at(a, 0)));
	assert_false(ak_json_true(ak_json_at(a, 1)));
	assert_false(ak_json_true(NULL));
	ak_json_free(v);
	ak_json_free(NULL);
}

static bool collect(void *ctx, ak_span key, const ak_json *value)
{
	char *s = ctx;

	(void)value;
	strncat(s, (const char *)key.data, key.len);
	return strlen(s) < 3;
}

static void members_come_in_order_of_the_text(void **state)
{
	ak_json *v = parsed("{\"z\":1,\"a\":2,\"m\":3,\"b\":4}");
	const ak_json *value;
	char seen[8] = "";
	ak_span key;
	int64_t n, want = 1;

	(void)state;
	for (void *it = NULL; ak_json_next(v, &it, &key, &value); want++) {
		assert_true(ak_json_int(value, &n));
		assert_int_equal(n, want);
	}
	assert_int_equal(want, 5);
	assert_false(ak_json_each(v, collect, seen));
	assert_string_equal(seen, "zam");
	assert_true(ak_json_each(NULL, collect, seen));
	ak_json_free(v);
}

static void follows_pointers(void **state)
{
	static const struct {
		const char *pointer;
		int64_t want; /* -1: nowhere */
	} at[] = {
		{ "/a/0", 1 }, { "/a/1", 2 }, { "/a/2", -1 }, { "/a/01", -1 }, { "/a/-", -1 },
		{ "/a/", -1 }, { "/a/1/x", -1 }, { "a", -1 }, { "/x~1y", 3 }, { "/x/y", -1 },
		{ "/p~0q", 4 }, { "/p~q", -1 }, { "/p~2", -1 }, { "/p~", -1 }, { "/", 5 },
		{ "//", -1 }, { "/~01", 6 }, { "/o//", 7 }, { "/none", -1 },
		{ "/a/18446744073709551616", -1 }, { "/x~1", -1 }, { "/x~1yz", -1 },
	};
	ak_json *v = parsed("{\"a\":[1,2],\"x/y\":3,\"p~q\":4,\"\":5,\"~1\":6,\"o\":{\"\":{\"\":7}}}");

	(void)state;
	assert_ptr_equal(ak_json_pointer(v, SPAN("")), v);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		const ak_json *found = ak_json_pointer(v, ak_span_str(at[i].pointer));
		int64_t n = -1;

		(void)ak_json_int(found, &n);
		if (n != at[i].want || (found != NULL) != (at[i].want >= 0))
			fail_msg("\"%s\": %lld", at[i].pointer, (long long)n);
	}
	ak_json_free(v);
}

static void expect_canonical(const ak_json *v, const char *want)
{
	ak_buf b;

	ak_buf_init(&b, 4096);
	assert_int_equal(ak_jcs_write(v, &b, NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&b, 0, NULL), AK_OK);
	assert_string_equal((const char *)b.data, want);
	ak_buf_clear(&b);
}

static void sets_through_pointers(void **state)
{
	static const struct {
		const char *pointer;
		ak_status want;
	} at[] = {
		{ "/a/0", AK_OK }, { "/a/2", AK_NOT_FOUND }, { "/a/-", AK_NOT_FOUND },
		{ "/b/new", AK_OK }, { "/b/x~1~0y", AK_OK }, { "/b/x~", AK_INVALID_ARGUMENT },
		{ "/b/x~2", AK_INVALID_ARGUMENT }, { "/c/d", AK_NOT_FOUND }, { "", AK_NOT_FOUND },
		{ "b", AK_NOT_FOUND }, { "/b/c/d", AK_NOT_FOUND }, { "/b/\xc3\xa9", AK_INVALID_ARGUMENT },
	};
	ak_json *v = parsed("{\"a\":[1,2],\"b\":{\"c\":3}}");

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		ak_status st = ak_json_pointer_set(v, ak_span_str(at[i].pointer),
		                                   ak_json_new_int(9), NULL);

		if (st != at[i].want)
			fail_msg("\"%s\": %s", at[i].pointer, ak_status_name(st));
	}
	assert_int_equal(ak_json_pointer_set(v, SPAN("/a/0"), NULL, NULL), AK_NO_MEMORY);
	expect_canonical(v, "{\"a\":[9,2],\"b\":{\"c\":3,\"new\":9,\"x/~y\":9}}");
	ak_json_free(v);
}

static void builds_values(void **state)
{
	ak_json *v = ak_json_new_object(), *list = ak_json_new_array(), *copy;
	char long_text[2049];

	(void)state;
	assert_int_equal(ak_json_add(list, ak_json_new_null(), NULL), AK_OK);
	assert_int_equal(ak_json_add(list, ak_json_new_bool(true), NULL), AK_OK);
	assert_int_equal(ak_json_add(list, ak_json_new_strf("%s-%d", "C21", 4), NULL), AK_OK);
	assert_int_equal(ak_json_set(v, "z", ak_json_ref(list), NULL), AK_OK);
	assert_int_equal(ak_json_set(v, "a", ak_json_new_text(SPAN("")), NULL), AK_OK);
	assert_int_equal(ak_json_set(v, "", ak_json_new_str("x"), NULL), AK_OK);
	assert_int_equal(ak_json_set(v, "gone", ak_json_new_int(1), NULL), AK_OK);
	ak_json_remove(v, "gone");
	ak_json_remove(v, "gone");
	expect_canonical(v, "{\"\":\"x\",\"a\":\"\",\"z\":[null,true,\"C21-4\"]}");

	copy = ak_json_copy(v);
	assert_true(ak_json_equal(v, copy));
	assert_int_equal(ak_json_add(list, ak_json_new_int(1), NULL), AK_OK);
	assert_false(ak_json_equal(v, copy)); /* deep */
	ak_json_free(copy);

	assert_null(ak_json_new_str(NULL));
	assert_null(ak_json_new_str("\xff"));
	assert_null(ak_json_new_text(SPAN("a\0b")));
	memset(long_text, 'x', sizeof(long_text));
	long_text[2048] = '\0';
	assert_null(ak_json_new_strf("%s", long_text));

	assert_int_equal(ak_json_set(v, "k", NULL, NULL), AK_NO_MEMORY);
	assert_int_equal(ak_json_add(list, NULL, NULL), AK_NO_MEMORY);
	assert_int_equal(ak_json_set(v, "\xc3\xa9", ak_json_new_int(1), NULL), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_json_set(v, "a\n", ak_json_new_int(1), NULL), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_json_set(list, "a", ak_json_new_int(1), NULL), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_json_set(v, "a", ak_json_ref(v), NULL), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_json_add(v, ak_json_new_int(1), NULL), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_json_add(list, ak_json_ref(list), NULL), AK_INVALID_ARGUMENT);
	ak_json_free(list);
	ak_json_free(v);
}

/* Every refusal says what was there, and what should have been. */
static void a_refusal_has_its_values(void **state)
{
	static const struct {
		ak_span text;
		const char *expected, *found;
	} values[] = {
		{ LIT("[01]"), "an integer, at most 2^53-1 either way", "01]" },
		{ LIT("{} x"), "nothing more", "x" },
		{ LIT("{\"a\":1,\"a\":2}"), "each key once, in ASCII", "\"a\":2}" },
		{ LIT("[\"\xff\"]"), "UTF-8", "byte 0xff" },
		{ LIT("[1,"), "JSON", "the end of the text" },
		{ LIT("[\"\x01\"]"), "text without control characters", "byte 0x01" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		ak_json *v = NULL;
		ak_error err = { 0 };

		assert_int_equal(ak_json_parse(values[i].text, &v, &err), AK_BAD_FORMAT);
		assert_string_equal(err.expected, values[i].expected);
		assert_string_equal(err.found, values[i].found);
	}
	{
		ak_json *v = NULL;
		ak_error err = { 0 };

		assert_int_equal(ak_jcs_parse(SPAN("{\"b\":1,\"a\":2}"), &v, &err), AK_BAD_FORMAT);
		assert_string_equal(err.expected, "the canonical form (RFC 8785)");
		assert_string_equal(err.found, "b\":1,\"a\":2}");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_has_its_values),
		cmocka_unit_test(follows_the_profile),
		cmocka_unit_test(nesting_stops_at_the_limit),
		cmocka_unit_test(size_and_count_are_bounded),
		cmocka_unit_test(every_byte_is_seen_at_every_place),
		cmocka_unit_test(every_mangling_is_refused_or_sound),
		cmocka_unit_test(reads_values),
		cmocka_unit_test(members_come_in_order_of_the_text),
		cmocka_unit_test(follows_pointers),
		cmocka_unit_test(sets_through_pointers),
		cmocka_unit_test(builds_values),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
