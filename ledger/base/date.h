/* SPDX-License-Identifier: Apache-2.0 */
/* date.h - civil dates with their precision, and the law's date arithmetic (internal)
 *
 * A claimed date is "2021", "2021-09", "2021-09-13" or an RFC 3339 instant with an
 * offset ("2021-09-13T10:00:00+09:00", "...Z"); it stands for the interval of days
 * [first, last] in Japan Standard Time (UTC+9, no daylight saving).  Years 1868-9999 as written; an offset may carry the
 * instant a day beyond, and what is after 9999-12-31 in Japan counts as that day.
 *
 * Days are counted from 1970-01-01 = 0 in the proleptic Gregorian calendar.
 * Pure: no clock, no locale, no time zone data.
 */
#ifndef AK_BASE_DATE_H
#define AK_BASE_DATE_H

#include "base/bytes.h"

typedef enum ak_precision {
	AK_PRECISION_YEAR,
	AK_PRECISION_MONTH,
	AK_PRECISION_DAY,
	AK_PRECISION_SECOND,
} ak_precision;

typedef struct ak_date {
	ak_precision precision;
	int32_t first; /* days since 1970-01-01, JST */
	int32_t last;  /* == first when the precision is a day or finer */
	int64_t instant; /* first moment it stands for, unix seconds: of the first day, 00:00 in Japan, unless to the second */
} ak_date;

/* Parse the stored form (ASCII, exactly as above; nothing else). */
bool ak_date_parse(ak_span in, ak_date *out);

/* Parse what a person types: the stored form, 2021年9月13日, 2021年9月, 令和3年9月13日 (also
 * 平成, 昭和, 大正, 明治; 元年 = year 1), R3.9.13, 2021/9/13, with full-width digits and
 * punctuation, and spaces between the parts.  An era must have had that day (明治 by month
 * and day only from 明治6年: months followed the moon before).  Of an instant the day in Japan
 * is taken.  Writes the stored form (at most 10 bytes and a NUL) to `stored`;
 * ak_date_parse() of it gives *out. */
bool ak_date_parse_human(ak_span in, ak_date *out, char stored[11]);

int32_t ak_day_from_civil(int32_t y, int32_t m, int32_t d); /* m in 1 .. 12 */
void ak_day_to_civil(int32_t day, int32_t *y, int32_t *m, int32_t *d);

/* Days outside 0001-01-01 .. 9999-12-31 are shown, and returned, as the nearest end. */
void ak_day_format(int32_t day, char out[11]); /* "2021-09-13" */
int32_t ak_day_of_instant_jst(int64_t unix_s);

typedef enum ak_unit { AK_UNIT_DAY, AK_UNIT_MONTH, AK_UNIT_YEAR } ak_unit;

/* Last day of a period of n units whose first counted day is `start` (Civil Code of Japan,
 * Article 143, civil calendar): start + n units, less one day if that day exists, else
 * the last day of that month.  So a listing's expiry is
 * ak_period_last(period_end + 1, 16, AK_UNIT_MONTH).  n == 0, and any n
 * below, gives start - 1; what would be after 9999-12-31 gives that day. */
int32_t ak_period_last(int32_t start, int32_t n, ak_unit unit);

#endif
