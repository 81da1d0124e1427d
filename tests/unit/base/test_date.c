/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/date.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int32_t day_of(const char *text)
{
	ak_date d;

	if (!ak_date_parse(ak_span_str(text), &d) || d.precision != AK_PRECISION_DAY)
		fail_msg("%s is not a day", text);
	return d.first;
}

/* --- the calendar ------------------------------------------------------------------ */

static const struct {
	int32_t day, y, m, d;
} fixed_points[] = {
	{ 0, 1970, 1, 1 },          { -1, 1969, 12, 31 },     { 18883, 2021, 9, 13 },
	{ 10957, 2000, 1, 1 },      { 11016, 2000, 2, 29 },   { 47540, 2100, 2, 28 },
	{ 47541, 2100, 3, 1 },      { -37255, 1868, 1, 1 },   { 2932896, 9999, 12, 31 },
	{ -719162, 1, 1, 1 },       { -719163, 0, 12, 31 },   { -719468, 0, 3, 1 },
	{ -719469, 0, 2, 29 },      { -865565, -400, 3, 1 },
};

static void days_at_fixed_points(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fixed_points); i++) {
		int32_t y, m, d;

		ak_day_to_civil(fixed_points[i].day, &y, &m, &d);
		assert_int_equal(y, fixed_points[i].y);
		assert_int_equal(m, fixed_points[i].m);
		assert_int_equal(d, fixed_points[i].d);
		assert_int_equal(ak_day_from_civil(y, m, d), fixed_points[i].day);
	}
}

/* Count the days one by one, by the rule as a school child knows it. */
static void every_day_follows_the_one_before(void **state)
{
	static const int32_t length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t day = -37255;

	(void)state;
	for (int32_t y = 1868; y <= 9999; y++) {
		bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

		for (int32_t m = 1; m <= 12; m++) {
			int32_t last = length[m - 1] + (m == 2 && leap);

			for (int32_t d = 1; d <= last; d++, day++) {
				int32_t gy, gm, gd;

				ak_day_to_civil(day, &gy, &gm, &gd);
				if (gy != y || gm != m || gd != d)
					fail_msg("day %d is not %d-%d-%d", day, y, m, d);
				if (ak_day_from_civil(y, m, d) != day)
					fail_msg("%d-%d-%d is not day %d", y, m, d, day);
			}
		}
	}
	assert_int_equal(day, 2932897);
}

static void days_are_written(void **state)
{
	static const struct {
		int32_t day;
		const char *iso;
	} rows[] = {
		{ 18883, "2021-09-13" },
		{ 0, "1970-01-01" },
		{ 2932896, "9999-12-31" },
		{ INT32_MAX, "9999-12-31" },
		{ -719162, "0001-01-01" },
		{ INT32_MIN, "0001-01-01" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char iso[11];

		ak_day_format(rows[i].day, iso);
		assert_string_equal(iso, rows[i].iso);
	}
}

static void the_day_begins_at_15_utc_in_japan(void **state)
{
	(void)state;
	assert_int_equal(ak_day_of_instant_jst(0), 0);
	assert_int_equal(ak_day_of_instant_jst(15 * 3600 - 1), 0);
	assert_int_equal(ak_day_of_instant_jst(15 * 3600), 1);
	assert_int_equal(ak_day_of_instant_jst(-9 * 3600), 0);
	assert_int_equal(ak_day_of_instant_jst(-9 * 3600 - 1), -1);
	assert_int_equal(ak_day_of_instant_jst(INT64_MAX), 2932896);
	assert_int_equal(ak_day_of_instant_jst(INT64_MIN), -719162);
}

/* --- periods ----------------------------------------------------------------------- */

static const struct {
	const char *period_end, *expiry;
} sixteen_months[] = {
	{ "2020-09-30", "2022-01-31" }, { "2020-10-31", "2022-02-28" },
	{ "2021-03-31", "2022-07-31" }, { "2021-10-29", "2023-02-28" },
	{ "2021-10-30", "2023-02-28" }, { "2021-10-31", "2023-02-28" },
	{ "2022-10-30", "2024-02-29" }, { "2022-12-30", "2024-04-30" },
	{ "2024-02-29", "2025-06-30" }, { "2024-11-30", "2026-03-31" },
};

static void a_listing_expires_after_16_months(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sixteen_months); i++) {
		char got[11];

		ak_day_format(ak_period_last(day_of(sixteen_months[i].period_end) + 1, 16,
		                             AK_UNIT_MONTH), got);
		if (strcmp(got, sixteen_months[i].expiry) != 0)
			fail_msg("%s expires %s, not %s", sixteen_months[i].period_end, got,
			         sixteen_months[i].expiry);
	}
}

static const struct {
	const char *rule, *start;
	int32_t n;
	ak_unit unit;
	const char *last;
} periods[] = {
	{ "no days", "2021-09-13", 0, AK_UNIT_DAY, "2021-09-12" },
	{ "no months", "2021-03-01", 0, AK_UNIT_MONTH, "2021-02-28" },
	{ "no years", "2021-01-01", 0, AK_UNIT_YEAR, "2020-12-31" },
	{ "below zero is zero", "2021-03-01", -5, AK_UNIT_MONTH, "2021-02-28" },
	{ "one day", "2021-09-13", 1, AK_UNIT_DAY, "2021-09-13" },
	{ "28 days over February", "2021-02-01", 28, AK_UNIT_DAY, "2021-02-28" },
	{ "29 days over a leap February", "2024-02-01", 29, AK_UNIT_DAY, "2024-02-29" },
	{ "a month from the first", "2021-02-01", 1, AK_UNIT_MONTH, "2021-02-28" },
	{ "a month from 31 January", "2021-01-31", 1, AK_UNIT_MONTH, "2021-02-28" },
	{ "a month from 31 January, leap", "2024-01-31", 1, AK_UNIT_MONTH, "2024-02-29" },
	{ "a month from 29 January, leap", "2024-01-29", 1, AK_UNIT_MONTH, "2024-02-28" },
	{ "over the new year", "2021-12-15", 1, AK_UNIT_MONTH, "2022-01-14" },
	{ "to December", "2021-11-01", 1, AK_UNIT_MONTH, "2021-11-30" },
	{ "12 months are a year", "2021-04-01", 12, AK_UNIT_MONTH, "2022-03-31" },
	{ "a year", "2021-04-01", 1, AK_UNIT_YEAR, "2022-03-31" },
	{ "a year from a leap day", "2024-02-29", 1, AK_UNIT_YEAR, "2025-02-28" },
	{ "four years from a leap day", "2024-02-29", 4, AK_UNIT_YEAR, "2028-02-28" },
	{ "a year from 1 March after a leap day", "2023-03-01", 1, AK_UNIT_YEAR, "2024-02-29" },
	{ "no leap day in 2100", "2096-02-29", 4, AK_UNIT_YEAR, "2100-02-28" },
	{ "past the last year", "2021-04-01", 96000, AK_UNIT_MONTH, "9999-12-31" },
	{ "days beyond 32 bits", "2021-04-01", 10000000, AK_UNIT_YEAR, "9999-12-31" },
	{ "days beyond 32 bits", "2021-04-01", 100000000, AK_UNIT_MONTH, "9999-12-31" },
	{ "to the last day", "9999-01-01", 1, AK_UNIT_YEAR, "9999-12-31" },
	{ "most days", "2021-04-01", INT32_MAX, AK_UNIT_DAY, "9999-12-31" },
	{ "most months", "2021-04-01", INT32_MAX, AK_UNIT_MONTH, "9999-12-31" },
	{ "most years", "2021-04-01", INT32_MAX, AK_UNIT_YEAR, "9999-12-31" },
};

static void periods_end_by_article_143(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(periods); i++) {
		char got[11];

		ak_day_format(ak_period_last(day_of(periods[i].start), periods[i].n,
		                             periods[i].unit), got);
		if (strcmp(got, periods[i].last) != 0)
			fail_msg("%s: %s, not %s", periods[i].rule, got, periods[i].last);
	}
}

static void a_period_from_any_day_stays_in_range(void **state)
{
	static const int32_t starts[] = { INT32_MIN, INT32_MIN + 1, -719162, 0, 2932896,
		                          INT32_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		for (int unit = AK_UNIT_DAY; unit <= AK_UNIT_YEAR; unit++) {
			int32_t d = ak_period_last(starts[i], INT32_MAX, (ak_unit)unit);

			assert_in_range(d + 719162, 0, 719162 + 2932896);
			d = ak_period_last(starts[i], 1, (ak_unit)unit);
			assert_in_range(d + 719162, 0, 719162 + 2932896);
		}
	}
}

/* --- the stored form --------------------------------------------------------------- */

static const struct {
	const char *text;
	ak_precision precision;
	const char *first, *last;
} stored[] = {
	{ "2021", AK_PRECISION_YEAR, "2021-01-01", "2021-12-31" },
	{ "1868", AK_PRECISION_YEAR, "1868-01-01", "1868-12-31" },
	{ "9999", AK_PRECISION_YEAR, "9999-01-01", "9999-12-31" },
	{ "2021-09", AK_PRECISION_MONTH, "2021-09-01", "2021-09-30" },
	{ "2021-02", AK_PRECISION_MONTH, "2021-02-01", "2021-02-28" },
	{ "2024-02", AK_PRECISION_MONTH, "2024-02-01", "2024-02-29" },
	{ "2021-12", AK_PRECISION_MONTH, "2021-12-01", "2021-12-31" },
	{ "2021-09-13", AK_PRECISION_DAY, "2021-09-13", "2021-09-13" },
	{ "2000-02-29", AK_PRECISION_DAY, "2000-02-29", "2000-02-29" },
	{ "2021-09-13T10:00:00+09:00", AK_PRECISION_SECOND, "2021-09-13", "2021-09-13" },
	{ "2021-09-13T00:00:00+09:00", AK_PRECISION_SECOND, "2021-09-13", "2021-09-13" },
	{ "2021-09-13T23:59:59+09:00", AK_PRECISION_SECOND, "2021-09-13", "2021-09-13" },
	{ "2021-09-13T14:59:59Z", AK_PRECISION_SECOND, "2021-09-13", "2021-09-13" },
	{ "2021-09-13T15:00:00Z", AK_PRECISION_SECOND, "2021-09-14", "2021-09-14" },
	{ "2021-09-13T15:00:00+00:00", AK_PRECISION_SECOND, "2021-09-14", "2021-09-14" },
	{ "2021-12-31T15:00:00Z", AK_PRECISION_SECOND, "2022-01-01", "2022-01-01" },
	{ "2021-09-13T06:59:59-08:00", AK_PRECISION_SECOND, "2021-09-13", "2021-09-13" },
	{ "2021-09-13T07:00:00-08:00", AK_PRECISION_SECOND, "2021-09-14", "2021-09-14" },
	{ "2021-09-14T04:59:59+14:00", AK_PRECISION_SECOND, "2021-09-13", "2021-09-13" },
	{ "9999-12-31T14:59:59Z", AK_PRECISION_SECOND, "9999-12-31", "9999-12-31" },
	{ "1868-01-01T00:00:00+09:00", AK_PRECISION_SECOND, "1868-01-01", "1868-01-01" },
};

static void stored_dates_stand_for_days_in_japan(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stored); i++) {
		ak_date d;

		if (!ak_date_parse(ak_span_str(stored[i].text), &d))
			fail_msg("%s: refused", stored[i].text);
		assert_int_equal(d.precision, stored[i].precision);
		assert_int_equal(d.first, day_of(stored[i].first));
		assert_int_equal(d.last, day_of(stored[i].last));
	}
}

/* The years are those written: the offset may carry the instant beyond them. */
static void an_offset_may_lead_out_of_the_years(void **state)
{
	static const struct {
		const char *text, *day;
		int64_t instant;
	} row[] = {
		{ "1868-01-01T00:00:00+10:00", "1867-12-31", -3218868000 },
		{ "1868-01-01T00:00:00+23:59", "1867-12-31", -3218918340 },
		{ "9999-12-31T15:00:00Z", "9999-12-31", 253402268400 },
		{ "9999-12-31T23:59:59-23:59", "9999-12-31", 253402387139 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		char day[11];
		ak_date d;

		if (!ak_date_parse(ak_span_str(row[i].text), &d))
			fail_msg("%s: refused", row[i].text);
		ak_day_format(d.first, day);
		assert_string_equal(day, row[i].day);
		assert_int_equal(d.last, d.first);
		assert_int_equal(d.instant, row[i].instant);
	}
}

static const struct {
	const char *rule, *text;
} not_stored[] = {
	{ "empty", "" },
	{ "year before 1868", "1867" },
	{ "three-digit year", "868" },
	{ "five-digit year", "12021" },
	{ "month 0", "2021-00" },
	{ "month 13", "2021-13" },
	{ "month without zero", "2021-9" },
	{ "day 0", "2021-09-00" },
	{ "day 31 of 30", "2021-09-31" },
	{ "29 February of a common year", "2021-02-29" },
	{ "29 February of 1900", "1900-02-29" },
	{ "day without zero", "2021-09-3" },
	{ "hyphen at the end", "2021-09-" },
	{ "slashes", "2021/09/13" },
	{ "no hyphens", "20210913" },
	{ "space before", " 2021-09-13" },
	{ "newline after", "2021-09-13\n" },
	{ "sign", "+021-09-13" },
	{ "full-width digits", "２０２１" },
	{ "instant without offset", "2021-09-13T10:00:00" },
	{ "instant without seconds", "2021-09-13T10:00+09:00" },
	{ "fraction of a second", "2021-09-13T10:00:00.5Z" },
	{ "leap second", "2016-12-31T23:59:60Z" },
	{ "hour 24", "2021-09-13T24:00:00Z" },
	{ "minute 60", "2021-09-13T10:60:00Z" },
	{ "lower case t", "2021-09-13t10:00:00Z" },
	{ "lower case z", "2021-09-13T10:00:00z" },
	{ "unknown offset", "2021-09-13T10:00:00-00:00" },
	{ "offset hour 24", "2021-09-13T10:00:00+24:00" },
	{ "offset minute 60", "2021-09-13T10:00:00+09:60" },
	{ "offset without colon", "2021-09-13T10:00:00+0900" },
	{ "offset of hours only", "2021-09-13T10:00:00+09" },
	{ "instant on a day that is none", "2021-02-29T10:00:00Z" },
};

static void other_stored_forms_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(not_stored); i++) {
		ak_date d = { .first = 77 };

		if (ak_date_parse(ak_span_str(not_stored[i].text), &d))
			fail_msg("%s: accepted", not_stored[i].rule);
		assert_int_equal(d.first, 77);
	}
}

static void cut_dates_are_refused_or_coarser(void **state)
{
	static const char full[] = "2021-09-13T10:00:00+09:00";

	(void)state;
	for (size_t n = 0; n < sizeof(full) - 1; n++) {
		ak_date d;
		bool ok = ak_date_parse((ak_span){ (const uint8_t *)full, n }, &d);

		assert_int_equal(ok, n == 4 || n == 7 || n == 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_at_fixed_points),
		cmocka_unit_test(every_day_follows_the_one_before),
		cmocka_unit_test(days_are_written),
		cmocka_unit_test(the_day_begins_at_15_utc_in_japan),
		cmocka_unit_test(a_listing_expires_after_16_months),
		cmocka_unit_test(periods_end_by_article_143),
		cmocka_unit_test(a_period_from_any_day_stays_in_range),
		cmocka_unit_test(stored_dates_stand_for_days_in_japan),
		cmocka_unit_test(an_offset_may_lead_out_of_the_years),
		cmocka_unit_test(other_stored_forms_are_refused),
		cmocka_unit_test(cut_dates_are_refused_or_coarser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
