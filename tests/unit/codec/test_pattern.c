/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/pattern: what matches, what is refused, and that work is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/pattern.h"

#include <string.h>

#define BUDGET UINT64_C(1000000)

static const struct row {
	const char *pattern;
	const char *yes[4]; /* up to four texts that match    */
	const char *no[4];  /* and that do not; NULL ends each */
} rows[] = {
	{ "", { "", "a" }, { NULL } },
	{ "b", { "b", "abc" }, { "", "a" } },
	{ "^b", { "b", "bc" }, { "ab", "" } },
	{ "b$", { "b", "ab" }, { "bc", "" } },
	{ "^$", { "" }, { "a" } },
	{ "^a*$", { "", "aaa" }, { "b", "aab" } },
	{ "^a+$", { "a", "aaa" }, { "", "ab" } },
	{ "^ab?c$", { "abc", "ac" }, { "abbc", "c" } },
	{ "^a{2}$", { "aa" }, { "a", "aaa", "" } },
	{ "^a{2,}$", { "aa", "aaaaa" }, { "a", "" } },
	{ "^a{2,3}$", { "aa", "aaa" }, { "a", "aaaa" } },
	{ "^a{0,2}$", { "", "a", "aa" }, { "aaa" } },
	{ "^a{0}b$", { "b" }, { "ab" } },
	{ "^(ab){2,3}$", { "abab", "ababab" }, { "ab", "aba", "abababab" } },
	{ "^(a|bc){0,2}$", { "", "a", "bca", "bcbc" }, { "aaa", "b", "c" } },
	{ "^(a|b|c)$", { "a", "b", "c" }, { "", "ab", "d" } },
	{ "^(?:a|b)+c$", { "ac", "abac" }, { "c", "ab" } },
	{ "^(|a)$", { "", "a" }, { "aa" } },
	{ "^((a*)*)*$", { "", "aaaa" }, { "ab" } },
	{ "^()*x$", { "x" }, { "" } },
	{ "^a|b$", { "ax", "xb" }, { "xa", "bx" } },
	{ "^[a-c]$", { "a", "b", "c" }, { "d", "-", "" } },
	{ "^[^a-c]$", { "d", "\xe3\x81\x82" }, { "a", "b", "dd" } },
	{ "^[a-]$", { "a", "-" }, { "b" } },
	{ "^[-a]$", { "a", "-" }, { "b" } },
	{ "^[\\]\\\\^]$", { "]", "\\", "^" }, { "a" } },
	{ "^[\\w.-]+$", { "a_Z.9-" }, { "a b", "\xc3\xa9", "" } },
	{ "^\\d{4}-\\d{2}$", { "2021-09" }, { "2021-9", "\xef\xbc\x92\xef\xbc\x90-09" } },
	{ "^\\D\\W\\S$", { "a-b" }, { "1-b", "aab", "a- " } },
	{ "^\\s$", { " ", "\xe3\x80\x80", "\xc2\xa0" }, { "a", "" } },
	{ "^.$", { "a", "\xe3\x81\x82", "\xf0\x9f\x90\xb2" }, { "", "ab" } },
	{ "^\xf0\x9f\x90\xb2*$", { "", "\xf0\x9f\x90\xb2\xf0\x9f\x90\xb2" }, { "\xf0\x9f\x90\x89" } },
	{ "^[\xe3\x81\x81-\xe3\x82\x93]+$", { "\xe3\x81\x82\xe3\x82\x93" }, { "\xe3\x82\xa2" } },
	{ "\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/\\^\\$\\\\", { "a.*+?()[]{}|/^$\\b" }, { "x" } },
	{ "^C[0-9]{2}-[0-9]{4}-[0-9]$", { "C21-0004-2" }, { "C21-004-2", "c21-0004-2", "C21-0004-22" } },
};

static bool matches(ak_pattern *p, const char *text)
{
	uint64_t budget = BUDGET;
	bool matched = false;

	assert_int_equal(ak_pattern_match(p, ak_span_str(text), &budget, &matched, NULL), AK_OK);
	return matched;
}

static void matches_as_the_table_says(void **state)
{
	ak_pattern *p = ak_pattern_new();

	(void)state;
	assert_non_null(p);
	assert_true(matches(p, ""));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_error err = { 0 };

		if (ak_pattern_compile(p, ak_span_str(r->pattern), &err) != AK_OK)
			fail_msg("%s: %s", r->pattern, err.detail);
		for (size_t k = 0; k < 4 && r->yes[k] != NULL; k++) {
			if (!matches(p, r->yes[k]))
				fail_msg("%s does not match \"%s\"", r->pattern, r->yes[k]);
		}
		for (size_t k = 0; k < 4 && r->no[k] != NULL; k++) {
			if (matches(p, r->no[k]))
				fail_msg("%s matches \"%s\"", r->pattern, r->no[k]);
		}
	}
	ak_pattern_free(p);
}

static void refuses_what_is_outside_the_subset(void **state)
{
	static const struct {
		const char *pattern;
		ak_status want;
		uint64_t at;
	} bad[] = {
		{ "(", AK_UNKNOWN_VERSION, 1 }, { "a)", AK_UNKNOWN_VERSION, 1 },
		{ "[", AK_UNKNOWN_VERSION, 1 }, { "[a", AK_UNKNOWN_VERSION, 2 },
		{ "[]", AK_UNKNOWN_VERSION, 1 }, { "[^]", AK_UNKNOWN_VERSION, 2 },
		{ "[b-a]", AK_UNKNOWN_VERSION, 4 }, { "[\\d-z]", AK_UNKNOWN_VERSION, 5 },
		{ "[[:alpha:]]", AK_UNKNOWN_VERSION, 2 }, { "[\\D]", AK_UNKNOWN_VERSION, 3 },
		{ "a**", AK_UNKNOWN_VERSION, 2 }, { "a+?", AK_UNKNOWN_VERSION, 2 },
		{ "*a", AK_UNKNOWN_VERSION, 1 }, { "^*", AK_UNKNOWN_VERSION, 2 },
		{ "a{", AK_UNKNOWN_VERSION, 2 }, { "a{1", AK_UNKNOWN_VERSION, 3 },
		{ "a{,1}", AK_UNKNOWN_VERSION, 2 }, { "a{2,1}", AK_UNKNOWN_VERSION, 6 },
		{ "a}", AK_UNKNOWN_VERSION, 2 }, { "a]", AK_UNKNOWN_VERSION, 2 },
		{ "\\", AK_UNKNOWN_VERSION, 1 }, { "\\b", AK_UNKNOWN_VERSION, 2 },
		{ "(a)\\1", AK_UNKNOWN_VERSION, 5 }, { "\\p{L}", AK_UNKNOWN_VERSION, 2 },
		{ "\\u0041", AK_UNKNOWN_VERSION, 2 }, { "(?=a)", AK_UNKNOWN_VERSION, 2 },
		{ "(?<n>a)", AK_UNKNOWN_VERSION, 2 }, { "a{1001}", AK_LIMIT, 7 },
		{ "a{99999999999999999999}", AK_LIMIT, 23 },
		{ "((((((((((((((((((a))))))))))))))))))", AK_LIMIT, 17 },
		{ "(a{1000}){1000}", AK_LIMIT, 15 },
	};
	ak_pattern *p = ak_pattern_new();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ak_error err = { 0 };
		ak_status st = ak_pattern_compile(p, ak_span_str(bad[i].pattern), &err);

		if (st != bad[i].want || err.at != bad[i].at)
			fail_msg("%s: %s at %llu", bad[i].pattern, ak_status_name(st),
			         (unsigned long long)err.at);
		assert_string_equal(err.where, "pattern");
		assert_false(matches(p, "")); /* what failed to compile matches nothing */
	}
	ak_pattern_free(p);
}

/* Patterns that make a backtracking matcher run for years. */
static void work_is_bounded(void **state)
{
	static char text[20001];
	ak_pattern *p = ak_pattern_new();
	uint64_t budget = BUDGET;
	ak_error err = { 0 };
	bool matched = true;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	assert_int_equal(ak_pattern_compile(p, ak_span_str("^(a+)+(a|aa)*b$"), NULL), AK_OK);
	assert_int_equal(ak_pattern_match(p, ak_span_str(text), &budget, &matched, NULL), AK_OK);
	assert_false(matched);
	assert_true(budget < BUDGET);
	assert_int_equal(ak_pattern_compile(p, ak_span_str("(a?){1000}b"), NULL), AK_OK);
	budget = BUDGET;
	assert_int_equal(ak_pattern_match(p, ak_span_str(text), &budget, &matched, &err), AK_STOPPED);
	assert_string_equal(err.where, "pattern");
	ak_pattern_free(p);
	ak_pattern_free(NULL);
}

/* No byte string, as pattern or as text, may lead astray. */
static void any_bytes_are_safe(void **state)
{
	static const char base[] = "^(a|[b-d]{1,2})*\\d\xe3\x81\x82$";
	ak_pattern *p = ak_pattern_new();
	char mangled[sizeof(base)];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(base); i++) {
		for (unsigned c = 0; c < 256; c++) {
			ak_span s = { (const uint8_t *)mangled, sizeof(base) - 1 };
			uint64_t budget = BUDGET;
			bool matched;

			memcpy(mangled, base, sizeof(base));
			mangled[i] = (char)c;
			if (ak_pattern_compile(p, s, NULL) == AK_OK)
				assert_int_equal(ak_pattern_match(p, s, &budget, &matched, NULL), AK_OK);
			s.len = i;
			if (ak_pattern_compile(p, s, NULL) == AK_OK)
				assert_int_equal(ak_pattern_match(p, s, &budget, &matched, NULL), AK_OK);
		}
	}
	ak_pattern_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_as_the_table_says),
		cmocka_unit_test(refuses_what_is_outside_the_subset),
		cmocka_unit_test(work_is_bounded),
		cmocka_unit_test(any_bytes_are_safe),
	};

	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
