/* SPDX-License-Identifier: Apache-2.0 */
/* What people type for a date.  The input is cut into marks (a number, an era, 年, 月, 日
 * or one of . / -); the row of marks must be one of the few shapes that dates have. */
#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum { MARKS_MAX = 8 };

typedef struct era {
	int32_t year_1;   /* western year of 元年                             */
	int32_t from[3];  /* first and last day; two eras share the day on    */
	int32_t until[3]; /* which 明治 and 大正 ended                        */
} era;

enum { MEIJI, TAISHO, SHOWA, HEISEI, REIWA };

/* Japan counted months by the moon until 明治5年12月2日 (1872-12-31), so an earlier month
 * or day in 明治 is not the month or day of that number in this calendar. */
static const era eras[] = {
	[MEIJI] = { 1868, { 1873, 1, 1 }, { 1912, 7, 30 } },
	[TAISHO] = { 1912, { 1912, 7, 30 }, { 1926, 12, 25 } },
	[SHOWA] = { 1926, { 1926, 12, 25 }, { 1989, 1, 7 } },
	[HEISEI] = { 1989, { 1989, 1, 8 }, { 2019, 4, 30 } },
	[REIWA] = { 2019, { 2019, 5, 1 }, { 9999, 12, 31 } },
};

typedef struct mark {
	const char *text;
	char kind; /* 'E' era, 'G' 元, 'Y' 'M' 'D', '.', '/', '-', ' '; 'n' is a number */
	uint8_t era;
} mark;

static const mark marks[] = {
	{ " ", ' ', 0 },     { "　", ' ', 0 },     { "\t", ' ', 0 },
	{ "年", 'Y', 0 },    { "月", 'M', 0 },     { "日", 'D', 0 },
	/* Text copied out of a PDF often has these look-alikes for 月 and 日. */
	{ "\xe2\xbd\x89", 'M', 0 }, { "\xe2\xbd\x87", 'D', 0 },
	{ "元", 'G', 0 },
	{ ".", '.', 0 },     { "．", '.', 0 },
	{ "/", '/', 0 },     { "／", '/', 0 },
	{ "-", '-', 0 },     { "－", '-', 0 },     { "−", '-', 0 },
	{ "‐", '-', 0 },     { "ー", '-', 0 },
	{ "令和", 'E', REIWA },  { "㋿", 'E', REIWA },  { "R", 'E', REIWA },
	{ "Ｒ", 'E', REIWA },    { "r", 'E', REIWA },   { "ｒ", 'E', REIWA },
	{ "平成", 'E', HEISEI }, { "㍻", 'E', HEISEI }, { "H", 'E', HEISEI },
	{ "Ｈ", 'E', HEISEI },   { "h", 'E', HEISEI },  { "ｈ", 'E', HEISEI },
	{ "昭和", 'E', SHOWA },  { "㍼", 'E', SHOWA },  { "S", 'E', SHOWA },
	{ "Ｓ", 'E', SHOWA },    { "s", 'E', SHOWA },   { "ｓ", 'E', SHOWA },
	{ "大正", 'E', TAISHO }, { "㍽", 'E', TAISHO }, { "T", 'E', TAISHO },
	{ "Ｔ", 'E', TAISHO },   { "t", 'E', TAISHO },  { "ｔ", 'E', TAISHO },
	{ "明治", 'E', MEIJI },  { "㍾", 'E', MEIJI },  { "M", 'E', MEIJI },
	{ "Ｍ", 'E', MEIJI },    { "m", 'E', MEIJI },   { "ｍ", 'E', MEIJI },
};

typedef struct typed {
	char shape[MARKS_MAX + 1]; /* kinds in order, without the era */
	const era *era;            /* NULL: a western year            */
	int32_t v[MARKS_MAX];      /* the numbers, in order           */
	size_t width[MARKS_MAX];   /* and their digits                */
	size_t n;
} typed;

static void skip(ak_span *in, size_t n)
{
	in->data += n;
	in->len -= n;
}

/* A digit, ASCII or full-width (U+FF10..U+FF19). */
static bool take_digit(ak_span *in, int32_t *digit)
{
	if (in->len >= 1 && in->data[0] >= '0' && in->data[0] <= '9') {
		*digit = in->data[0] - '0';
		skip(in, 1);
		return true;
	}
	if (ak_span_starts(*in, "\xef\xbc") && in->len >= 3 &&
	    in->data[2] >= 0x90 && in->data[2] <= 0x99) {
		*digit = in->data[2] - 0x90;
		skip(in, 3);
		return true;
	}
	return false;
}

/* A run of digits; one too long for a year is no number. */
static bool take_number(ak_span *in, int32_t *v, size_t *width)
{
	int32_t digit;

	*v = 0;
	*width = 0;
	while (take_digit(in, &digit)) {
		if (++*width > 4)
			return false;
		*v = *v * 10 + digit;
	}
	return *width != 0;
}

static const mark *take_mark(ak_span *in)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (ak_span_starts(*in, marks[i].text)) {
			skip(in, strlen(marks[i].text));
			return &marks[i];
		}
	}
	return NULL;
}

static bool add_mark(typed *t, size_t *len, const mark *m)
{
	switch (m->kind) {
	case ' ':
		return true;
	case 'E':
		if (*len != 0 || t->era != NULL)
			return false;
		t->era = &eras[m->era];
		return true;
	case 'G':
		if (*len != 0 || t->era == NULL)
			return false;
		t->v[t->n] = 1;
		t->width[t->n++] = 1;
		t->shape[(*len)++] = 'n';
		return true;
	default:
		t->shape[(*len)++] = m->kind;
		return true;
	}
}

static bool cut(ak_span in, typed *t)
{
	size_t len = 0;

	while (in.len != 0) {
		const mark *m = take_mark(&in);

		if (len == MARKS_MAX)
			return false;
		if (m != NULL) {
			if (!add_mark(t, &len, m))
				return false;
			continue;
		}
		if (!take_number(&in, &t->v[t->n], &t->width[t->n]))
			return false;
		t->n++;
		t->shape[len++] = 'n';
	}
	return true;
}

static bool has_date_shape(const typed *t)
{
	static const char *const shapes[] = {
		"n", "nY", "nYnM", "nYnMnD", "n-n", "n-n-n",
		"n/n", "n/n/n", "n.n", "n.n.n",
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		if (strcmp(t->shape, shapes[i]) == 0)
			return true;
	}
	return false;
}

/* Years of an era have one or two digits, others four: "21/9/13" is not guessed at. */
static bool widths_fit(const typed *t)
{
	if (t->era != NULL ? t->width[0] > 2 : t->width[0] != 4)
		return false;
	for (size_t i = 1; i < t->n; i++) {
		if (t->width[i] > 2)
			return false;
	}
	return true;
}

static bool in_era(const era *e, const ak_date *d)
{
	int32_t from = ak_day_from_civil(e->from[0], e->from[1], e->from[2]);
	int32_t until = ak_day_from_civil(e->until[0], e->until[1], e->until[2]);

	if (e == &eras[MEIJI] && d->precision == AK_PRECISION_YEAR)
		return d->first <= until;
	return d->last >= from && d->first <= until;
}

/* Cut a full date to its precision. */
static void cut_stored(char *text, ak_precision p)
{
	static const size_t width[] = { 4, 7, 10, 10 };

	text[width[p]] = '\0';
}

/* The stored form of what was typed; whether that day exists is for its parser to say. */
static void to_stored(const typed *t, char stored[11])
{
	int32_t year = t->v[0] + (t->era != NULL ? t->era->year_1 - 1 : 0);
	int32_t month = t->n > 1 ? t->v[1] : 1;
	int32_t day = t->n > 2 ? t->v[2] : 1;
	char text[48]; /* room for any three numbers: the compiler counts */

	(void)snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
	cut_stored(text, t->n == 1 ? AK_PRECISION_YEAR : t->n == 2 ? AK_PRECISION_MONTH
	                                                           : AK_PRECISION_DAY);
	memcpy(stored, text, strlen(text) + 1);
}

bool ak_date_parse_human(ak_span in, ak_date *out, char stored[11])
{
	typed t = { .n = 0 };
	ak_date date, again;
	char text[11];

	if (ak_date_parse(in, &date)) {
		/* Of an instant a person means the day, and in Japan. */
		if (date.precision == AK_PRECISION_SECOND)
			date.precision = AK_PRECISION_DAY;
		ak_day_format(date.first, text);
		cut_stored(text, date.precision);
		/* Its offset may have carried it beyond the years that can be stored. */
		if (!ak_date_parse(ak_span_str(text), &again) || date.instant - again.instant >= 86400)
			return false;
	} else {
		if (!cut(in, &t) || !has_date_shape(&t) || !widths_fit(&t))
			return false;
		to_stored(&t, text);
		if (!ak_date_parse(ak_span_str(text), &date) ||
		    (t.era != NULL && !in_era(t.era, &date)))
			return false;
	}
	memcpy(stored, text, strlen(text) + 1);
	*out = date;
	return true;
}
