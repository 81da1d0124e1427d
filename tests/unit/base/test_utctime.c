/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/utctime.h"

#include <string.h>

static const struct {
	const char *text;
	int64_t unix_s;
} pairs[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1970-01-01T00:00:59Z", 59 },
	{ "1999-12-31T23:59:59Z", 946684799 },
	{ "2000-02-29T00:00:00Z", 951782400 },
	{ "2026-11-21T03:04:05Z", 1795230245 },
	{ "2038-01-19T03:14:08Z", 2147483648 },
	{ "2100-02-28T23:59:59Z", 4107542399 },
	{ "2100-03-01T00:00:00Z", 4107542400 },
	{ "9999-12-31T23:59:59Z", 253402300799 },
};

static void known_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char text[AK_UTCTIME_LEN + 1];
		int64_t s = -1;

		assert_true(ak_utctime_parse(ak_span_str(pairs[i].text), &s));
		assert_int_equal(s, pairs[i].unix_s);
		ak_utctime_format(pairs[i].unix_s, text);
		assert_string_equal(text, pairs[i].text);
	}
}

static const struct {
	const char *rule;
	const char *text;
} refused[] = {
	{ "empty", "" },
	{ "leap second", "2016-12-31T23:59:60Z" },
	{ "second 61", "2016-12-31T23:59:61Z" },
	{ "minute 60", "2026-11-21T03:60:05Z" },
	{ "hour 24", "2026-11-21T24:00:00Z" },
	{ "month 0", "2026-00-21T03:04:05Z" },
	{ "month 13", "2026-13-21T03:04:05Z" },
	{ "day 0", "2026-11-00T03:04:05Z" },
	{ "day 31 of a month of 30", "2026-11-31T03:04:05Z" },
	{ "29 February of a common year", "2026-02-29T03:04:05Z" },
	{ "29 February of 2100", "2100-02-29T03:04:05Z" },
	{ "before 1970", "1969-12-31T23:59:59Z" },
	{ "offset instead of Z", "2026-11-21T03:04:05+00:00" },
	{ "offset of the same length", "2026-11-21T03:04+00Z" },
	{ "fraction", "2026-11-21T03:04:05.0Z" },
	{ "fraction of the same length", "2026-11-21T03:04:5.Z" },
	{ "lower case t", "2026-11-21t03:04:05Z" },
	{ "lower case z", "2026-11-21T03:04:05z" },
	{ "space for T", "2026-11-21 03:04:05Z" },
	{ "sign in the year", "+026-11-21T03:04:05Z" },
	{ "space for a digit", "2026-11-21T 3:04:05Z" },
	{ "five-digit year", "12026-11-21T03:04:05Z" },
	{ "newline after", "2026-11-21T03:04:05Z\n" },
};

static void other_forms_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		int64_t s = -7;

		if (ak_utctime_parse(ak_span_str(refused[i].text), &s))
			fail_msg("%s: accepted", refused[i].rule);
		assert_int_equal(s, -7);
	}
}

/* Every byte value at every place, and every cut: what parses formats to itself. */
static void one_encoding(void **state)
{
	char text[AK_UTCTIME_LEN + 1], back[AK_UTCTIME_LEN + 1];
	int64_t s;

	(void)state;
	for (size_t n = 0; n < AK_UTCTIME_LEN; n++)
		assert_false(ak_utctime_parse(
			(ak_span){ (const uint8_t *)"2026-11-21T03:04:05Z", n }, &s));
	for (size_t i = 0; i < AK_UTCTIME_LEN; i++) {
		for (int c = 0; c < 256; c++) {
			memcpy(text, "2026-11-21T03:04:05Z", sizeof(text));
			text[i] = (char)c;
			if (!ak_utctime_parse((ak_span){ (const uint8_t *)text,
			                                 AK_UTCTIME_LEN }, &s))
				continue;
			ak_utctime_format(s, back);
			assert_memory_equal(text, back, sizeof(text));
		}
	}
}

static void every_step_round_trips(void **state)
{
	(void)state;
	/* A prime step meets every second of the minute, hour of the day, day of the year. */
	for (int64_t s = 0; s <= 253402300799; s += 1299721) {
		char text[AK_UTCTIME_LEN + 1];
		int64_t back;

		ak_utctime_format(s, text);
		assert_true(ak_utctime_parse(ak_span_str(text), &back));
		assert_true(back == s);
	}
}

static void out_of_range_formats_as_the_nearest_end(void **state)
{
	static const struct {
		int64_t s;
		const char *text;
	} rows[] = {
		{ -1, "1970-01-01T00:00:00Z" },
		{ INT64_MIN, "1970-01-01T00:00:00Z" },
		{ 253402300800, "9999-12-31T23:59:59Z" },
		{ INT64_MAX, "9999-12-31T23:59:59Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[AK_UTCTIME_LEN + 1];

		ak_utctime_format(rows[i].s, text);
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_pairs),
		cmocka_unit_test(other_forms_are_refused),
		cmocka_unit_test(one_encoding),
		cmocka_unit_test(every_step_round_trips),
		cmocka_unit_test(out_of_range_formats_as_the_nearest_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
