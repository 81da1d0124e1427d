/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utctime.h"

#include "base/date.h"

#include <string.h>

enum { DAY_S = 86400 };

static const int64_t UTC_LAST = 253402300799; /* 9999-12-31T23:59:59Z */

/* The number that `n` digits at `at` give, or -1. */
static int32_t digits_at(ak_span in, size_t at, size_t n)
{
	int32_t v = 0;

	for (size_t i = at; i < at + n; i++) {
		if (in.data[i] < '0' || in.data[i] > '9')
			return -1;
		v = v * 10 + (in.data[i] - '0');
	}
	return v;
}

static bool has_frame(ak_span in)
{
	static const char frame[] = "....-..-..T..:..:..Z";

	if (in.len != AK_UTCTIME_LEN)
		return false;
	for (size_t i = 0; i < in.len; i++) {
		if (frame[i] != '.' && in.data[i] != (uint8_t)frame[i])
			return false;
	}
	return true;
}

bool ak_utctime_parse(ak_span in, int64_t *unix_s)
{
	int32_t year, hour, minute, second;
	ak_date date;

	if (!has_frame(in) || !ak_date_parse((ak_span){ in.data, 10 }, &date))
		return false;
	year = digits_at(in, 0, 4);
	hour = digits_at(in, 11, 2);
	minute = digits_at(in, 14, 2);
	second = digits_at(in, 17, 2);
	if (year < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
	    second < 0 || second > 59)
		return false;
	*unix_s = (int64_t)date.first * DAY_S + ((int64_t)hour * 60 + minute) * 60 + second;
	return true;
}

static void put_two(char *out, int64_t v)
{
	out[0] = (char)('0' + v / 10 % 10);
	out[1] = (char)('0' + v % 10);
}

void ak_utctime_format(int64_t unix_s, char out[AK_UTCTIME_LEN + 1])
{
	char day[11];
	int64_t s;

	if (unix_s < 0)
		unix_s = 0;
	if (unix_s > UTC_LAST)
		unix_s = UTC_LAST;
	s = unix_s % DAY_S;
	ak_day_format((int32_t)(unix_s / DAY_S), day);
	memcpy(out, "0000-00-00T00:00:00Z", AK_UTCTIME_LEN + 1);
	memcpy(out, day, 10);
	put_two(out + 11, s / 3600);
	put_two(out + 14, s / 60 % 60);
	put_two(out + 17, s % 60);
}
