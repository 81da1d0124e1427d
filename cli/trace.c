/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a listing on a terminal. */
#include "trace.h"

#include "js.h"
#include "term.h"
#include "verdict.h"

#include <string.h>

enum { INDENT = 2, NAME = 8, CANVAS_LEAST = 20, CANVAS_MOST = 60, SAID_LEAST = 20, SAID_MOST = 44, BESIDE_LEAST = 30, WIDE = 34 };

/* The part of a line that time is drawn on. */
typedef struct canvas {
	const ak_cli *c;
	const ak_trace_model *m;
	size_t width;
	size_t now; /* column of the day asked about */
} canvas;

static size_t column(const canvas *v, int64_t day)
{
	int64_t all = v->m->last - v->m->first + 1, at = (day - v->m->first) * (int64_t)v->width / all;

	if (at < 0)
		return 0;
	return at >= (int64_t)v->width ? v->width - 1 : (size_t)at;
}

/* ---- the axis ------------------------------------------------------------------------------------------------------ */

/* Years over their first days, as many as there is room for. */
static void put_years(const canvas *v)
{
	size_t used = 0;

	ak_term_spaces(stdout, INDENT + NAME);
	for (int i = 0; i < v->m->years; i++) {
		size_t at = column(v, ak_trace_new_year(v->m->first_year + i));

		if ((used > 0 && at < used + 1) || at + 4 > v->width)
			continue;
		ak_term_spaces(stdout, at - used);
		used = at + (size_t)printf("%d", v->m->first_year + i);
	}
	(void)fputc('\n', stdout);
}

static void put_axis(const canvas *v)
{
	ak_term_spaces(stdout, INDENT + NAME);
	for (size_t i = 0, year = 0; i < v->width; i++) {
		bool tick = year < (size_t)v->m->years && i == column(v, ak_trace_new_year(v->m->first_year + (int)year));

		while (year < (size_t)v->m->years && column(v, ak_trace_new_year(v->m->first_year + (int)year)) <= i)
			year++;
		(void)fputs(i == v->now ? "▼" : tick ? "┬" : "─", stdout);
	}
	ak_term_spaces(stdout, 2);
	ak_out_line(v->c, stdout, MSG_TRACE_NOW, NULL);
}

/* ---- bars ------------------------------------------------------------------------------------------------------------ */

static const char *piece(const ak_trace_bar *b)
{
	if (b->gap)
		return b->bad ? "×" : "~";
	return b->lane == AK_LANE_TERM ? "▒" : "█";
}

static void put_bar(const canvas *v, const ak_trace_bar *b)
{
	size_t from = column(v, b->first), to = column(v, b->last), used = INDENT + NAME + v->width + 2;
	char name[32] = "";

	if (!b->gap)
		(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)b->record);
	ak_term_spaces(stdout, INDENT);
	ak_term_pad(stdout, name, NAME);
	for (size_t i = 0; i < v->width; i++) {
		bool here = i >= from && i <= to;

		if (here && b->bad)
			ak_out_paint(v->c, stdout, AK_PAINT_UNSURE);
		(void)fputs(!here ? i == v->now ? "┊" : " " : b->open && i == to ? "…" : piece(b), stdout);
		if (here && b->bad)
			ak_out_plain(v->c, stdout);
	}
	ak_term_spaces(stdout, 2);
	ak_term_wrap(stdout, b->text, used, ak_out_width(v->c));
	(void)fputc('\n', stdout);
}

static void put_lane(const canvas *v, ak_trace_lane lane, ak_msg name)
{
	bool named = false;

	for (size_t i = 0; i < v->m->n_bars; i++) {
		if (v->m->bar[i].lane != lane)
			continue;
		if (!named) {
			ak_term_spaces(stdout, INDENT);
			ak_out_line(v->c, stdout, name, piece(&(ak_trace_bar){ .lane = lane }), NULL);
		}
		named = true;
		put_bar(v, &v->m->bar[i]);
	}
	if (named && lane == AK_LANE_PERIOD && *v->m->unbroken != '\0') {
		ak_term_spaces(stdout, INDENT + NAME + v->width + 2);
		ak_term_put(stdout, v->m->unbroken);
		(void)fputc('\n', stdout);
	}
}

static void put_time(const ak_cli *c, const ak_trace_model *m)
{
	size_t width = ak_out_text_width(c), said = SAID_LEAST, taken;
	canvas v = { .c = c, .m = m };

	if (m->n_bars == 0)
		return;
	for (size_t i = 0; i < m->n_bars; i++)
		said = ak_term_width(m->bar[i].text) > said ? ak_term_width(m->bar[i].text) : said;
	taken = INDENT + NAME + 2 + (said > SAID_MOST ? SAID_MOST : said);
	v.width = width > taken + CANVAS_LEAST ? width - taken : CANVAS_LEAST;
	v.width = v.width > CANVAS_MOST ? CANVAS_MOST : v.width;
	v.now = column(&v, m->as_of);
	put_years(&v);
	put_axis(&v);
	put_lane(&v, AK_LANE_TERM, MSG_TRACE_TERMS);
	put_lane(&v, AK_LANE_PERIOD, MSG_TRACE_PERIODS);
	(void)fputc('\n', stdout);
}

/* ---- records ----------------------------------------------------------------------------------------------------------- */

enum { COLUMNS = 4 };

static const char *cell(const ak_cli *c, const json_t *e, size_t k, char out[AK_TRACE_TEXT])
{
	char date[AK_TERM_DATE_MAX];

	switch (k) {
	case 0:
		(void)snprintf(out, AK_TRACE_TEXT, "%.400s", ak_term_date(c->ja, ak_js_str(e, "date"), date));
		return out;
	case 1:
		(void)snprintf(out, AK_TRACE_TEXT, "#%llu", (unsigned long long)ak_js_num(e, "record"));
		return out;
	case 2:
		return ak_trace_label(c, e, out);
	default:
		(void)snprintf(out, AK_TRACE_TEXT, "%.400s", ak_js_lang(e, "party", c->ja));
		return out;
	}
}

static void put_sign(const ak_cli *c, const json_t *e)
{
	const char *mark = ak_trace_mark(e);

	ak_term_spaces(stdout, INDENT);
	ak_out_paint(c, stdout, strcmp(mark, "✓") == 0 ? AK_PAINT_GOOD : strcmp(mark, "?") == 0 ? AK_PAINT_UNSURE : AK_PAINT_BAD);
	(void)fputs(mark, stdout);
	ak_out_plain(c, stdout);
	(void)fputc(' ', stdout);
}

/* Where what is said begins: behind the columns, or on a line of its own when there is too little room. */
static size_t said_at(const ak_cli *c, size_t used, size_t below, const char *said)
{
	size_t width = ak_out_text_width(c), w = ak_term_width(said);

	return used + (w < BESIDE_LEAST ? w : BESIDE_LEAST) <= width ? used : below;
}

static void put_event(const ak_cli *c, const json_t *e, const size_t width[COLUMNS])
{
	size_t used = INDENT + 2, below = INDENT + 4 + width[0], at, last = 0;
	bool alone;
	char text[AK_TRACE_TEXT], said[AK_TRACE_TEXT], date[AK_TERM_DATE_MAX], digest[AK_TERM_DIGEST_MAX];

	for (size_t k = 0; k < COLUMNS; k++) {
		size_t w = ak_term_width(cell(c, e, k, text));

		used += (w > width[k] ? w : width[k]) + 2;
		last = w > 0 ? k : last;
	}
	at = said_at(c, used, below, ak_trace_said(c, e, said));
	alone = *said == '\0' || at == below; /* no line ends in blanks */
	put_sign(c, e);
	for (size_t k = 0; k <= (alone ? last : COLUMNS - 1); k++)
		ak_term_pad(stdout, cell(c, e, k, text), alone && k == last ? 0 : width[k] + 2);
	if (*said != '\0' && at == below) {
		(void)fputc('\n', stdout);
		ak_term_spaces(stdout, below);
	}
	ak_term_wrap(stdout, said, at, ak_out_text_width(c));
	(void)fputc('\n', stdout);
	if (c->full) {
		ak_term_spaces(stdout, below);
		ak_out_line(c, stdout, MSG_TRACE_SEALED, ak_term_date(c->ja, ak_js_str(e, "sealed"), date),
		            ak_term_digest(true, ak_js_str(e, "id"), digest), NULL);
	}
}

static void put_now(const ak_cli *c, const json_t *r)
{
	char date[AK_TERM_DATE_MAX];

	ak_term_spaces(stdout, INDENT);
	ak_out_line(c, stdout, MSG_TRACE_NOW_LINE, ak_term_date(c->ja, ak_js_str(r, "as_of"), date), NULL);
}

static void put_records(const ak_cli *c, const json_t *r, const ak_trace_model *m)
{
	const json_t *history = ak_js_at(r, "history"), *e;
	size_t width[COLUMNS] = { 0 }, i;
	bool told = false;

	json_array_foreach(history, i, e) {
		for (size_t k = 0; k < COLUMNS; k++) {
			char text[AK_TRACE_TEXT];
			size_t w = ak_term_width(cell(c, e, k, text));

			if (w > width[k] && w <= WIDE)
				width[k] = w;
		}
	}
	json_array_foreach(history, i, e) {
		int64_t day;

		if (!told && ak_trace_day(ak_js_str(e, "date"), &day) && day > m->as_of) {
			put_now(c, r);
			told = true;
		}
		put_event(c, e, width);
	}
	if (json_array_size(history) > 0 && !told)
		put_now(c, r);
	ak_verdict_missing(c, r);
	if (json_array_size(history) > 0)
		(void)fputc('\n', stdout);
}

void ak_trace_print(const ak_cli *c, const json_t *r)
{
	ak_trace_model m;

	ak_verdict_answer(c, r);
	if (!ak_trace_make(c, r, &m)) {
		ak_out_line(c, stderr, MSG_NO_MEMORY, NULL);
		return;
	}
	put_time(c, &m);
	put_records(c, r, &m);
	ak_verdict_rest(c, r);
	ak_trace_drop(&m);
}
