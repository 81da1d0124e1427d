/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"

#include <string.h>

enum {
	DAY_S = 86400,
	JST_S = 9 * 3600,
	YEAR_MIN = 1868,
	YEAR_MAX = 9999,
	DAYS_400Y = 146097,   /* the Gregorian calendar repeats after 400 years  */
	EPOCH_FROM_0 = 719468, /* days from 0000-03-01 to 1970-01-01             */
	DAY_MIN = -719162,    /* 0001-01-01: the first day with a four-digit year */
	DAY_MAX = 2932896,    /* 9999-12-31                                      */
};

static bool is_leap(int32_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

static int32_t month_length(int32_t y, int32_t m)
{
	static const int8_t length[] = { 31, 28, 31, 30, 31, 30,
		                         31, 31, 30, 31, 30, 31 };

	return m == 2 && is_leap(y) ? 29 : length[m - 1];
}

static bool civil_exists(int32_t y, int32_t m, int32_t d)
{
	return y >= YEAR_MIN && y <= YEAR_MAX && m >= 1 && m <= 12 && d >= 1 &&
	       d <= month_length(y, m);
}

/* Counting years from March puts the leap day last, so that the days before a month
 * follow one formula: 30 a month and 3 more every 5 months. */
int32_t ak_day_from_civil(int32_t y, int32_t m, int32_t d)
{
	int64_t from_march = m > 2 ? m - 3 : m + 9;
	int64_t year = (int64_t)y - (m <= 2);
	int64_t cycle = (year >= 0 ? year : year - 399) / 400;
	int64_t in_cycle = year - cycle * 400;
	int64_t day = in_cycle * 365 + in_cycle / 4 - in_cycle / 100 +
	              (from_march * 153 + 2) / 5 + d - 1;

	return (int32_t)(cycle * DAYS_400Y + day - EPOCH_FROM_0);
}

void ak_day_to_civil(int32_t day, int32_t *y, int32_t *m, int32_t *d)
{
	int64_t n = (int64_t)day + EPOCH_FROM_0;
	int64_t cycle = (n >= 0 ? n : n - (DAYS_400Y - 1)) / DAYS_400Y;
	int64_t in_cycle = n - cycle * DAYS_400Y;
	/* Take out the leap days passed, and what is left divides by 365. */
	int64_t year = (in_cycle - in_cycle / 1460 + in_cycle / 36524 -
	                in_cycle / (DAYS_400Y - 1)) / 365;
	int64_t in_year = in_cycle - (year * 365 + year / 4 - year / 100);
	int64_t from_march = (in_year * 5 + 2) / 153;

	*d = (int32_t)(in_year - (from_march * 153 + 2) / 5 + 1);
	*m = (int32_t)(from_march < 10 ? from_march + 3 : from_march - 9);
	*y = (int32_t)(year + cycle * 400 + (*m <= 2));
}

static int32_t clamp_day(int64_t day)
{
	return day < DAY_MIN ? DAY_MIN : day > DAY_MAX ? DAY_MAX : (int32_t)day;
}

static char *put_digits(char *out, int32_t v, int32_t n)
{
	for (int32_t i = n - 1; i >= 0; i--) {
		out[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return out + n;
}

static char *put_str(char *out, const char *s)
{
	size_t n = strlen(s);

	memcpy(out, s, n + 1);
	return out + n;
}

void ak_day_format(int32_t day, char out[11])
{
	int32_t y, m, d;

	ak_day_to_civil(clamp_day(day), &y, &m, &d);
	out = put_str(put_digits(out, y, 4), "-");
	out = put_str(put_digits(out, m, 2), "-");
	(void)put_str(put_digits(out, d, 2), "");
}

int32_t ak_day_of_instant_jst(int64_t unix_s)
{
	int64_t day = unix_s / DAY_S;
	int64_t rest = unix_s % DAY_S;

	if (rest < 0) {
		rest += DAY_S;
		day--;
	}
	if (rest + JST_S >= DAY_S)
		day++;
	return clamp_day(day);
}

int32_t ak_period_last(int32_t start, int32_t n, ak_unit unit)
{
	int32_t y, m, d;
	int64_t months;

	if (n < 0)
		n = 0;
	start = clamp_day(start);
	if (unit == AK_UNIT_DAY)
		return clamp_day((int64_t)start + n - 1);
	ak_day_to_civil(start, &y, &m, &d);
	months = (int64_t)y * 12 + m - 1;
	months += (int64_t)n * (unit == AK_UNIT_YEAR ? 12 : 1);
	if (months / 12 > YEAR_MAX + 1)
		return DAY_MAX;
	y = (int32_t)(months / 12);
	m = (int32_t)(months % 12) + 1;
	if (d > month_length(y, m))
		return clamp_day(ak_day_from_civil(y, m, month_length(y, m)));
	return clamp_day((int64_t)ak_day_from_civil(y, m, d) - 1);
}

/* --- the stored form --------------------------------------------------------------- */

/* True when `in` looks like `frame`, where 'd' is any digit and '+' either sign; the
 * numbers go to v[], one for each run of 'd'. */
static bool read_frame(ak_span in, const char *frame, int32_t v[8])
{
	size_t k = 0;

	if (in.len != strlen(frame))
		return false;
	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = in.data[i];

		if (frame[i] != 'd') {
			if (c != (uint8_t)frame[i] &&
			    !(frame[i] == '+' && c == '-'))
				return false;
			continue;
		}
		if (c < '0' || c > '9')
			return false;
		if (i == 0 || frame[i - 1] != 'd')
			v[k++] = 0;
		v[k - 1] = v[k - 1] * 10 + (c - '0');
	}
	return true;
}

static bool set_days(ak_precision p, int32_t first, int32_t last, ak_date *out)
{
	*out = (ak_date){ .precision = p, .first = first, .last = last,
	                  .instant = (int64_t)first * DAY_S - JST_S };
	return true;
}

/* v = year, month, day, as many as the precision asks for. */
static bool from_civil(const int32_t *v, ak_precision p, ak_date *out)
{
	int32_t m1 = p >= AK_PRECISION_MONTH ? v[1] : 1;
	int32_t m2 = p >= AK_PRECISION_MONTH ? v[1] : 12;
	int32_t d1 = p >= AK_PRECISION_DAY ? v[2] : 1;
	int32_t d2;

	if (!civil_exists(v[0], m1, d1))
		return false;
	d2 = p >= AK_PRECISION_DAY ? v[2] : month_length(v[0], m2);
	return set_days(p, ak_day_from_civil(v[0], m1, d1),
	                ak_day_from_civil(v[0], m2, d2), out);
}

/* v = date and time of day, and with `sign` the offset in v[6], v[7]. */
static bool from_instant(const int32_t *v, int32_t sign, ak_date *out)
{
	int64_t s;
	int32_t day;

	/* The years are those written.  The offset may carry the day in Japan a day beyond them. */
	if (!civil_exists(v[0], v[1], v[2]) || v[3] > 23 || v[4] > 59 || v[5] > 59)
		return false;
	s = (int64_t)ak_day_from_civil(v[0], v[1], v[2]) * DAY_S;
	s += ((int64_t)v[3] * 60 + v[4]) * 60 + v[5];
	if (sign != 0) {
		int64_t offset = ((int64_t)v[6] * 60 + v[7]) * 60;

		/* "-00:00" says that the offset is not known (RFC 3339 4.3). */
		if (v[6] > 23 || v[7] > 59 || (sign < 0 && v[6] == 0 && v[7] == 0))
			return false;
		s -= sign * offset;
	}
	day = ak_day_of_instant_jst(s);
	if (!set_days(AK_PRECISION_SECOND, day, day, out))
		return false;
	out->instant = s;
	return true;
}

bool ak_date_parse(ak_span in, ak_date *out)
{
	int32_t v[8];

	if (read_frame(in, "dddd", v))
		return from_civil(v, AK_PRECISION_YEAR, out);
	if (read_frame(in, "dddd-dd", v))
		return from_civil(v, AK_PRECISION_MONTH, out);
	if (read_frame(in, "dddd-dd-dd", v))
		return from_civil(v, AK_PRECISION_DAY, out);
	if (read_frame(in, "dddd-dd-ddTdd:dd:ddZ", v))
		return from_instant(v, 0, out);
	if (read_frame(in, "dddd-dd-ddTdd:dd:dd+dd:dd", v))
		return from_instant(v, in.data[19] == '-' ? -1 : 1, out);
	return false;
}
