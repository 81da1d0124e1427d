/* SPDX-License-Identifier: Apache-2.0 */
/* The audit periods that a listing rests on, oldest first, as one line of time: where one ends the next should begin. */
#include "verdict.h"

#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 2, PIECE_MAX = 256, SHOWN_MAX = 6 };

typedef struct line {
	const ak_cli *c;
	size_t used, column, n;
} line;

/* One more piece of the line, on the next one when it does not fit. */
static void piece(line *l, const char *text, bool warn)
{
	static const char gap[] = " · ";
	size_t w = ak_term_width(text);

	if (l->n > 0 && l->used + 3 + w > ak_out_text_width(l->c)) {
		(void)fputc('\n', stdout);
		ak_term_spaces(stdout, l->column);
		l->used = l->column;
	} else if (l->n > 0) {
		(void)fputs(gap, stdout);
		l->used += 3;
	}
	if (warn)
		ak_out_paint(l->c, stdout, AK_PAINT_UNSURE);
	ak_term_put(stdout, text);
	if (warn)
		ak_out_plain(l->c, stdout);
	l->used += w;
	l->n++;
}

static int64_t days_before(const json_t *period)
{
	return json_integer_value(ak_js_at(period, "gap_days"));
}

/* What lies between this period and the one before it, when it is not nothing. */
static void between(line *l, const json_t *period)
{
	int64_t days = days_before(period);
	char text[PIECE_MAX];

	if (!ak_js_has(period, "gap_days"))
		piece(l, ak_msg_text(MSG_PERIOD_UNKNOWN, l->c->ja), true);
	else if (days == 1)
		piece(l, ak_msg_text(MSG_PERIOD_GAP_ONE, l->c->ja), true);
	else if (days > 0)
		piece(l, ak_out_text(l->c, text, sizeof(text), MSG_PERIOD_GAP, AK_NUM(days), NULL), true);
	else if (days < 0)
		piece(l, ak_out_text(l->c, text, sizeof(text), MSG_PERIOD_OVERLAP, AK_NUM(-days), NULL), false);
}

static void period(line *l, const json_t *p)
{
	char first[AK_TERM_DATE_MAX], last[AK_TERM_DATE_MAX], text[PIECE_MAX];

	piece(l, ak_out_text(l->c, text, sizeof(text), MSG_PERIOD_BETWEEN, ak_term_date(l->c->ja, ak_js_str(p, "first"), first),
	                     ak_term_date(l->c->ja, ak_js_str(p, "last"), last), AK_NUM(ak_js_num(p, "record")), NULL), false);
}

static void sum_up(line *l, const json_t *periods)
{
	uint64_t gaps = 0, days = 0, n = json_array_size(periods);
	char text[PIECE_MAX];
	bool unsure = false;
	const json_t *p;
	size_t i;

	json_array_foreach(periods, i, p) {
		if (i == 0)
			continue;
		unsure = unsure || !ak_js_has(p, "gap_days");
		if (days_before(p) > 0) {
			gaps++;
			days += (uint64_t)days_before(p);
		}
	}
	if (gaps == 1)
		return; /* named where it is */
	if (gaps > 1)
		piece(l, ak_out_text(l->c, text, sizeof(text), MSG_PERIODS_GAPS, AK_NUM(gaps), AK_NUM(days), NULL), true);
	else if (unsure)
		piece(l, ak_msg_text(MSG_PERIODS_UNSURE, l->c->ja), true);
	else
		piece(l, ak_out_text(l->c, text, sizeof(text), MSG_PERIODS_NO_GAP, AK_NUM(n), NULL), false);
}

/* Of a long line the middle is left out, but not where it breaks. */
static bool left_out(const ak_cli *c, const json_t *periods, size_t i)
{
	size_t n = json_array_size(periods);
	const json_t *here = json_array_get(periods, i), *after = json_array_get(periods, i + 1);

	return !c->full && n > SHOWN_MAX && i > 0 && i + 3 < n && days_before(here) == 0 && days_before(after) == 0 &&
	       ak_js_has(here, "gap_days") && ak_js_has(after, "gap_days");
}

void ak_verdict_periods(const ak_cli *c, const json_t *report)
{
	const json_t *periods = ak_js_at(report, "periods"), *p;
	size_t i, n = json_array_size(periods), skipped = 0;
	ak_msg head = n > 1 ? MSG_PERIODS : MSG_PERIOD;
	line l = { .c = c };

	if (n == 0)
		return;
	ak_term_spaces(stdout, INDENT);
	ak_out_put(c, stdout, head, NULL);
	l.used = l.column = INDENT + ak_term_width(ak_msg_text(head, c->ja));
	json_array_foreach(periods, i, p) {
		char text[PIECE_MAX];

		if (left_out(c, periods, i)) {
			skipped++;
			continue;
		}
		if (skipped > 0)
			piece(&l, ak_out_text(c, text, sizeof(text), MSG_PERIODS_LEFT_OUT, AK_NUM(skipped), NULL), false);
		skipped = 0;
		if (i > 0)
			between(&l, p);
		period(&l, p);
	}
	if (n > 1)
		sum_up(&l, periods);
	(void)fputs("\n\n", stdout);
}
