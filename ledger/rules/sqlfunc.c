/* SPDX-License-Identifier: Apache-2.0 */
/* The functions a profile may call besides SQLite's own.  Days are texts "2021-09-13".  Whatever is not a date (or not a
 * number) gives NULL, as SQL has it; what is a mistake in the rule itself, such as the name of a parameter or of a unit, is an
 * error, so that the rule is not-checked and not silently passed. */
#include "rules/db.h"

#include "base/date.h"
#include "base/fail.h"
#include "codec/jcs.h"

#include <string.h>

static bool text_of(sqlite3_value *v, ak_span *out)
{
	const unsigned char *p;

	if (sqlite3_value_type(v) != SQLITE_TEXT)
		return false;
	p = sqlite3_value_text(v);
	if (p == NULL)
		return false;
	*out = (ak_span){ p, (size_t)sqlite3_value_bytes(v) };
	return true;
}

static bool date_of(sqlite3_value *v, ak_date *out)
{
	ak_span s;

	return text_of(v, &s) && ak_date_parse(s, out);
}

/* Exactly one day, written as such: a month or an instant must go through day_first or day_last. */
static bool day_of(sqlite3_value *v, int32_t *day)
{
	ak_date d;
	ak_span s;

	if (!text_of(v, &s) || s.len != 10 || !ak_date_parse(s, &d) || d.precision != AK_PRECISION_DAY)
		return false;
	*day = d.first;
	return true;
}

static bool int_of(sqlite3_value *v, int64_t min, int64_t max, int64_t *out)
{
	sqlite3_int64 n;

	if (sqlite3_value_type(v) != SQLITE_INTEGER)
		return false;
	n = sqlite3_value_int64(v);
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}

static void give_day(sqlite3_context *c, int64_t day)
{
	char text[11];

	if (day < ak_day_from_civil(1868, 1, 1) || day > ak_day_from_civil(9999, 12, 31))
		return;
	ak_day_format((int32_t)day, text);
	sqlite3_result_text(c, text, -1, SQLITE_TRANSIENT);
}

static void day_first(sqlite3_context *c, int n, sqlite3_value **v)
{
	ak_date d;

	(void)n;
	if (date_of(v[0], &d))
		give_day(c, d.first);
}

static void day_last(sqlite3_context *c, int n, sqlite3_value **v)
{
	ak_date d;

	(void)n;
	if (date_of(v[0], &d))
		give_day(c, d.last);
}

enum {
	DAYS_MAX = 4 * 1000 * 1000,
	MONTHS_MAX = 12 * 10000,
	YEARS_MAX = 10000,
};

static bool unit_of(sqlite3_value *v, ak_unit *unit, int64_t *max)
{
	ak_span s;

	if (!text_of(v, &s))
		return false;
	if (ak_span_is(s, "day")) {
		*unit = AK_UNIT_DAY;
		*max = DAYS_MAX;
	} else if (ak_span_is(s, "month")) {
		*unit = AK_UNIT_MONTH;
		*max = MONTHS_MAX;
	} else if (ak_span_is(s, "year")) {
		*unit = AK_UNIT_YEAR;
		*max = YEARS_MAX;
	} else {
		return false;
	}
	return true;
}

static void add_period(sqlite3_context *c, int n, sqlite3_value **v)
{
	int64_t count, max;
	int32_t start, y, m, d;
	ak_unit unit;

	(void)n;
	if (!unit_of(v[2], &unit, &max)) {
		sqlite3_result_error(c, "add_period: the unit is 'day', 'month' or 'year'", -1);
		return;
	}
	if (!day_of(v[0], &start) || !int_of(v[1], 0, max, &count))
		return;
	/* Stay inside the calendar that the period arithmetic is defined on. */
	ak_day_to_civil(start, &y, &m, &d);
	if ((unit == AK_UNIT_YEAR && y + count > 9999) || (unit == AK_UNIT_MONTH && y + count / 12 > 9998) ||
	    (unit == AK_UNIT_DAY && start + count > ak_day_from_civil(9999, 12, 31)))
		return;
	give_day(c, ak_period_last(start, (int32_t)count, unit));
}

static void add_days(sqlite3_context *c, int n, sqlite3_value **v)
{
	int64_t count;
	int32_t day;

	(void)n;
	if (day_of(v[0], &day) && int_of(v[1], -DAYS_MAX, DAYS_MAX, &count))
		give_day(c, day + count);
}

static void days_between(sqlite3_context *c, int n, sqlite3_value **v)
{
	int32_t a, b;

	(void)n;
	if (day_of(v[0], &a) && day_of(v[1], &b))
		sqlite3_result_int64(c, (sqlite3_int64)b - a);
}

#define LAST_INSTANT INT64_C(253402268399) /* 9999-12-31T23:59:59+09:00 */

static void jst_day(sqlite3_context *c, int n, sqlite3_value **v)
{
	int64_t t;

	(void)n;
	if (int_of(v[0], 0, LAST_INSTANT, &t))
		give_day(c, ak_day_of_instant_jst(t));
}

static void give_json(sqlite3_context *c, const ak_json *v)
{
	ak_buf b = { 0 };
	ak_status st;

	ak_buf_init(&b, AK_RULES_LENGTH);
	st = ak_jcs_write(v, &b, NULL);
	if (st == AK_NO_MEMORY)
		sqlite3_result_error_nomem(c);
	else if (st != AK_OK)
		sqlite3_result_error(c, "param: value too long", -1);
	else
		sqlite3_result_text64(c, (const char *)b.data, b.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	ak_buf_clear(&b);
}

static void param(sqlite3_context *c, int n, sqlite3_value **v)
{
	const ak_json *package = sqlite3_user_data(c), *value = NULL;
	char name[AK_ERROR_VALUE_MAX];
	ak_span s;
	int64_t i;

	(void)n;
	if (text_of(v[0], &s) && s.len < sizeof(name)) {
		if (s.len != 0)
			memcpy(name, s.data, s.len);
		name[s.len] = '\0';
		value = ak_json_get(ak_json_get(ak_json_get(package, "parameters"), name), "value");
	}
	if (value == NULL) {
		sqlite3_result_error(c, "param: the profile has no such parameter", -1);
		return;
	}
	s = ak_json_text(value);
	if (ak_json_is(value, AK_JSON_STRING))
		sqlite3_result_text64(c, (const char *)s.data, s.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	else if (ak_json_int(value, &i))
		sqlite3_result_int64(c, i);
	else if (ak_json_is(value, AK_JSON_BOOL))
		sqlite3_result_int(c, ak_json_true(value));
	else if (!ak_json_is(value, AK_JSON_NULL))
		give_json(c, value);
}

ak_status ak_rules_functions(sqlite3 *db, const ak_json *package, ak_error *err)
{
	static const struct {
		const char *name;
		int args;
		void (*fn)(sqlite3_context *c, int n, sqlite3_value **v);
	} own[] = {
		{ "day_first", 1, day_first }, { "day_last", 1, day_last }, { "add_period", 3, add_period },
		{ "add_days", 2, add_days }, { "days_between", 2, days_between }, { "jst_day", 1, jst_day },
		{ "param", 1, param },
	};
	union { const void *in; void *out; } ctx = { .in = package }; /* SQLite hands it back, and never looks */

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		int rc = sqlite3_create_function_v2(db, own[i].name, own[i].args,
		                                    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
		                                    ctx.out, own[i].fn, NULL, NULL, NULL);

		if (rc != SQLITE_OK)
			return ak_fail(err, rc == SQLITE_NOMEM ? AK_NO_MEMORY : AK_INTERNAL, "rules.functions",
			               (uint64_t)i, "could not add %s", own[i].name);
	}
	return AK_OK;
}
