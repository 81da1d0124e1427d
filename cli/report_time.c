/* SPDX-License-Identifier: Apache-2.0 */
/* Time: registrations, audit periods with what lies between them, the term of the contract and the records, on one line of years;
 * and the same as a list. */
#include "js.h"
#include "report_parts.h"
#include "svg.h"
#include "term.h"
#include "trace.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 740, LEFT = 118, RIGHT = WIDTH - 10, TOP = 34, BAR = 13, ROW = 16, LANE = 7, ROWS_MAX = 3, POINT_ROWS = 6,
       YEARS_MOST = 60, SIZE = 11, OTHER_CELLS = 115 };

/* Lines of the axis keep clear of small words. */
#define HALO "paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"3\" "

typedef struct chart {
	const ak_sheet *s;
	ak_trace_model m;
	bool contract;
	int64_t from, to; /* of the contract */
	double y;
} chart;

static double at_day(const chart *v, int64_t day)
{
	double x = (double)(day - v->m.first) / (double)(v->m.last - v->m.first + 1);

	return LEFT + (x < 0 ? 0 : x > 1 ? 1 : x) * (RIGHT - LEFT);
}

/* The contract is on the chart as a whole, unless it is ages away. */
static void reach_contract(chart *v)
{
	ak_trace_model *m = &v->m;

	v->contract = ak_trace_day(ak_js_str(v->s->r, "use.contract.from"), &v->from) && ak_trace_day(ak_js_str(v->s->r, "use.contract.to"), &v->to);
	if (!v->contract)
		return;
	for (; m->years < YEARS_MOST && ak_trace_new_year(m->first_year) > v->from; m->years++)
		m->first_year--;
	while (m->years < YEARS_MOST && ak_trace_new_year(m->first_year + m->years) <= v->to)
		m->years++;
	m->first = ak_trace_new_year(m->first_year);
	m->last = ak_trace_new_year(m->first_year + m->years) - 1;
}

/* ---- picture -------------------------------------------------------------------------------------------------------- */

static void put_lane_name(chart *v, ak_msg m)
{
	char text[256], cut[256];

	(void)ak_out_text(v->s->c, text, sizeof(text), m, "", NULL);
	ak_svg_text(v->s->f, 2, v->y + 10, SIZE, "font-weight=\"bold\"", ak_term_cut(text, 19, cut, sizeof(cut)));
}

static void put_bar(const chart *v, double y, int64_t first, int64_t last, const char *look, const char *text, const char *shorter)
{
	double x = at_day(v, first), width = at_day(v, last + 1) - x;

	width = width < 2 ? 2 : width;
	(void)fprintf(v->s->f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" %s/>\n", x, y, width, BAR, look);
	if (ak_svg_width(text, 9) + 6 > width)
		text = shorter;
	if (ak_svg_width(text, 9) + 6 <= width)
		ak_svg_text(v->s->f, x + 3, y + 10, 9, HALO, text);
}

static const char *look_of(const ak_trace_bar *b)
{
	if (b->open)
		return "fill=\"url(#open)\" stroke=\"" AK_SVG_LINE "\" stroke-dasharray=\"6 3\"";
	if (b->gap)
		return b->bad ? "fill=\"url(#gap)\" stroke=\"" AK_SVG_BAD "\"" : "fill=\"#ffffff\" stroke=\"" AK_SVG_GOOD "\" stroke-dasharray=\"3 2\"";
	return b->lane == AK_LANE_TERM ? "fill=\"#dcefe3\" stroke=\"" AK_SVG_GOOD "\"" : "fill=\"#dbe7f7\" stroke=\"" AK_SVG_BLUE "\"";
}

/* Bars of one kind in as few rows as keep them apart. */
static void put_lane(chart *v, ak_trace_lane lane, ak_msg name)
{
	int64_t used[ROWS_MAX];
	size_t rows = 0;

	for (size_t i = 0; i < v->m.n_bars; i++) {
		const ak_trace_bar *b = &v->m.bar[i];
		char seq[32] = "";
		size_t row = 0;

		if (b->lane != lane)
			continue;
		if (rows == 0)
			put_lane_name(v, name);
		while (row < rows && row + 1 < ROWS_MAX && used[row] >= b->first)
			row++;
		used[row] = row < rows && used[row] > b->last ? used[row] : b->last;
		rows = row + 1 > rows ? row + 1 : rows;
		if (!b->gap)
			(void)snprintf(seq, sizeof(seq), "#%llu", (unsigned long long)b->record);
		put_bar(v, v->y + (double)row * ROW, b->first, b->last, look_of(b), b->text, seq);
	}
	v->y += rows == 0 ? 0 : (double)rows * ROW + LANE;
}

/* The first day of the contract on which the registration, as it is known, has ended. */
static bool uncovered(const chart *v, int64_t *day)
{
	const char *expires = ak_js_str(v->s->r, "listing.expires_on");
	const json_t *stop = ak_report_end(v->s);
	int64_t end;

	if (stop != NULL && ak_trace_day(ak_js_str(stop, "date"), &end) && end <= v->to) {
		*day = end < v->from ? v->from : end;
		return true;
	}
	if (strlen(expires) != 10 || !ak_trace_day(expires, &end) || ak_js_true(v->s->r, "listing.carried") || end >= v->to)
		return false;
	*day = end < v->from ? v->from : end + 1;
	return true;
}

static void put_contract(chart *v)
{
	char from[AK_TERM_DATE_MAX], to[AK_TERM_DATE_MAX], text[256];
	int64_t open;

	if (!v->contract)
		return;
	put_lane_name(v, MSG_REPORT_CONTRACT);
	(void)ak_out_text(v->s->c, text, sizeof(text), MSG_TRACE_STRETCH, ak_html_date(v->s, "use.contract.from", from),
	                  ak_html_date(v->s, "use.contract.to", to), NULL);
	put_bar(v, v->y, v->from, v->to, "fill=\"#f6ead2\" stroke=\"" AK_SVG_UNSURE "\"", "", "");
	if (uncovered(v, &open))
		put_bar(v, v->y, open, v->to, "fill=\"url(#gap)\" stroke=\"" AK_SVG_BAD "\"", "", "");
	put_bar(v, v->y, v->from, v->to, "fill=\"none\"", text, ""); /* over both */
	v->y += ROW + LANE;
}

static void put_point(const chart *v, double x, double y, const json_t *e)
{
	const char *mark = ak_trace_mark(e);
	const json_t *stop = ak_report_end(v->s);

	if (stop != NULL && ak_js_has(stop, "record") && ak_js_num(stop, "record") == ak_js_num(e, "record"))
		(void)fprintf(v->s->f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\" fill=\"" AK_SVG_BAD "\"/>", x - 4, y - 4);
	else if (strcmp(mark, "✓") == 0)
		(void)fprintf(v->s->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"" AK_SVG_GOOD "\"/>", x, y);
	else if (strcmp(mark, "?") == 0)
		(void)fprintf(v->s->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"#ffffff\" stroke=\"" AK_SVG_UNSURE "\" stroke-width=\"1.5\"/>", x, y);
	else
		(void)fprintf(v->s->f, "<path d=\"M%.1f %.1fl8 8m0 -8l-8 8\" stroke=\"" AK_SVG_BAD "\" stroke-width=\"2\"/>", x - 4, y - 4);
}

static void put_points(chart *v)
{
	double used[POINT_ROWS] = { 0 };
	size_t i, rows = 0;
	const json_t *e;

	if (ak_js_len(v->s->r, "history") == 0)
		return;
	put_lane_name(v, MSG_REPORT_RECORDS);
	json_array_foreach(ak_js_at(v->s->r, "history"), i, e) {
		char seq[32];
		size_t row = 0;
		int64_t day;
		double x;

		if (!ak_trace_day(ak_js_str(e, "date"), &day))
			continue;
		(void)snprintf(seq, sizeof(seq), "#%llu", (unsigned long long)ak_js_num(e, "record"));
		x = at_day(v, day);
		while (row + 1 < POINT_ROWS && used[row] > x - 5)
			row++;
		put_point(v, x, v->y + 6 + (double)row * 12, e);
		rows = row + 1 > rows ? row + 1 : rows;
		if (used[row] > x - 5) /* too many for that day: the mark alone */
			continue;
		used[row] = x + 10 + ak_svg_width(seq, 9);
		ak_svg_text(v->s->f, x + 6, v->y + 9 + (double)row * 12, 9, HALO "fill=\"" AK_SVG_SOFT "\"", seq);
	}
	v->y += (double)rows * 12 + 4;
}

static void put_axis(const chart *v, double bottom)
{
	double now = at_day(v, v->m.as_of), clear = 0;
	char text[256], date[AK_TERM_DATE_MAX];

	for (int i = 0; i <= v->m.years; i++) {
		double x = at_day(v, ak_trace_new_year(v->m.first_year + i));

		(void)fprintf(v->s->f, "<path d=\"M%.1f %dV%.1f\" stroke=\"#d0d0d0\"/>\n", x, TOP - 8, bottom);
		if (x < clear || i == v->m.years)
			continue;
		(void)snprintf(text, sizeof(text), "%d", v->m.first_year + i);
		ak_svg_text(v->s->f, x + 3, TOP - 10, 10, "fill=\"" AK_SVG_SOFT "\"", text);
		clear = x + 34;
	}
	(void)fprintf(v->s->f, "<path d=\"M%d %dH%d\" stroke=\"" AK_SVG_LINE "\"/>\n<path d=\"M%.1f %dV%.1f\" stroke=\"" AK_SVG_INK "\" stroke-width=\"1.5\""
	              " stroke-dasharray=\"5 3\"/>\n<path d=\"M%.1f %dl-5 -7h10z\" fill=\"" AK_SVG_INK "\"/>\n", LEFT, TOP - 8, RIGHT, now, TOP - 8, bottom, now, TOP - 8);
	(void)ak_out_text(v->s->c, text, sizeof(text), MSG_AS_OF, ak_html_date(v->s, "as_of", date), NULL);
	ak_svg_text(v->s->f, now > RIGHT - 70 ? RIGHT : now < LEFT + 70 ? LEFT : now, 10, SIZE,
	            now > RIGHT - 70 ? "text-anchor=\"end\" font-weight=\"bold\"" : now < LEFT + 70 ? "font-weight=\"bold\"" : "text-anchor=\"middle\" font-weight=\"bold\"", text);
}

/* What stands on the axis is drawn first, since the axis is as long. */
static void put_picture(chart *v)
{
	ak_sheet over = *v->s;
	const ak_sheet *page = v->s;
	char *body = NULL, title[256];
	size_t len = 0;

	over.f = open_memstream(&body, &len);
	if (over.f == NULL)
		return;
	v->s = &over;
	v->y = TOP;
	put_contract(v);
	put_lane(v, AK_LANE_TERM, MSG_TRACE_TERMS);
	put_lane(v, AK_LANE_PERIOD, MSG_TRACE_PERIODS);
	put_points(v);
	v->s = page;
	if (fclose(over.f) == 0) {
		(void)fputs("<figure>\n", page->f);
		ak_html_svg_open(page, "time-picture", WIDTH, (unsigned)v->y + 2,
		                 ak_out_text(page->c, title, sizeof(title), MSG_REPORT_TIME_PICTURE, ak_js_str(page->r, "listing.name"), NULL), "time-list");
		(void)fputs("<defs><pattern id=\"gap\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		            "<path d=\"M0 0V5\" stroke=\"" AK_SVG_BAD "\" stroke-width=\"1.6\"/></pattern>"
		            "<pattern id=\"open\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		            "<path d=\"M0 0V6\" stroke=\"#c9c9c9\" stroke-width=\"1.5\"/></pattern></defs>\n", page->f);
		put_axis(v, v->y);
		(void)fwrite(body, 1, len, page->f);
		(void)fputs("</svg>\n", page->f);
		ak_html_msg(page, "figcaption", "", MSG_REPORT_TIME_LEGEND);
		(void)fputs("</figure>\n", page->f);
	}
	free(body);
}

/* ---- list ----------------------------------------------------------------------------------------------------------- */

/* The newest bars of one kind, in words. */
static void put_stretches(const chart *v, ak_trace_lane lane, ak_msg name)
{
	const ak_sheet *s = v->s;
	size_t n = 0, i = v->m.n_bars, left = 0;
	char text[AK_HTML_TEXT];
	bool first = true;

	for (size_t k = 0; k < v->m.n_bars; k++)
		left += v->m.bar[k].lane == lane;
	while (i > 0 && n < s->lim.shown) { /* the one to begin with, so that as many of them follow */
		i--;
		n += v->m.bar[i].lane == lane;
	}
	if (n == 0)
		return;
	(void)fputs("<li><b>", s->f);
	(void)ak_out_text(s->c, text, sizeof(text), name, "", NULL);
	ak_html_text(s, text);
	(void)fputs("</b> ", s->f);
	if (left > n)
		ak_html_text(s, ak_out_text(s->c, text, sizeof(text), MSG_PERIODS_LEFT_OUT, AK_NUM(left - n), NULL));
	for (; i < v->m.n_bars; i++) {
		const ak_trace_bar *b = &v->m.bar[i];

		if (b->lane != lane)
			continue;
		(void)fputs(first ? "" : " · ", s->f);
		(void)fputs(b->gap && b->bad ? "<strong>" : "<span>", s->f);
		ak_html_text(s, b->text);
		(void)fputs(b->gap && b->bad ? "</strong>" : "</span>", s->f);
		if (!b->gap)
			(void)fprintf(s->f, " (#%llu)", (unsigned long long)b->record);
		first = false;
	}
	if (lane == AK_LANE_PERIOD && *v->m.unbroken != '\0') {
		(void)fputs(" · <span>", s->f);
		ak_html_text(s, v->m.unbroken);
		(void)fputs("</span>", s->f);
	}
	(void)fputs("</li>\n", s->f);
}

static bool in_chain(const ak_sheet *s, uint64_t seq)
{
	const json_t *step;
	size_t i;

	json_array_foreach(ak_js_at(s->r, "chain"), i, step) {
		if (ak_js_has(step, "record") && ak_js_num(step, "record") == seq)
			return true;
	}
	return false;
}

/* Records beside those of the chain: renewals, corrections, events.  The newest, oldest of them first. */
static void put_others(const ak_sheet *s)
{
	const json_t *history = ak_js_at(s->r, "history"), *e;
	size_t n = 0, i, from = json_array_size(history), others = 0;
	char label[AK_TRACE_TEXT], said[AK_TRACE_TEXT], date[AK_TERM_DATE_MAX], text[AK_HTML_TEXT], cut[AK_HTML_TEXT];

	json_array_foreach(history, i, e)
		others += !in_chain(s, ak_js_num(e, "record"));
	while (from > 0 && n < s->lim.others) {
		from--;
		n += !in_chain(s, ak_js_num(json_array_get(history, from), "record"));
	}
	if (n == 0)
		return;
	(void)fputs("<li><b>", s->f);
	ak_html_text(s, ak_msg_text(MSG_REPORT_OTHERS, s->c->ja));
	(void)fputs("</b> ", s->f);
	if (others > n)
		ak_html_text(s, ak_out_text(s->c, text, sizeof(text), MSG_REPORT_EARLIER, AK_NUM(others - n), NULL));
	(void)fputs("<ul>\n", s->f);
	for (; from < json_array_size(history); from++) {
		e = json_array_get(history, from);
		if (in_chain(s, ak_js_num(e, "record")))
			continue;
		(void)snprintf(text, sizeof(text), "%s %s  #%llu  %s  %.300s  %.400s", ak_trace_mark(e), ak_term_date(s->c->ja, ak_js_str(e, "date"), date),
		               (unsigned long long)ak_js_num(e, "record"), ak_trace_label(s->c, e, label), ak_js_lang(e, "party", s->c->ja),
		               ak_trace_said(s->c, e, said));
		(void)fputs("<li>", s->f);
		ak_html_text(s, ak_term_cut(text, OTHER_CELLS, cut, sizeof(cut)));
		(void)fputs("</li>\n", s->f);
	}
	(void)fputs("</ul></li>\n", s->f);
}

static void put_list(const chart *v)
{
	char from[AK_TERM_DATE_MAX], to[AK_TERM_DATE_MAX], text[256];

	(void)fputs("<ul class=\"time\" id=\"time-list\">\n", v->s->f);
	if (v->contract) {
		(void)fputs("<li><b>", v->s->f);
		ak_html_text(v->s, ak_msg_text(MSG_REPORT_CONTRACT, v->s->c->ja));
		(void)fputs("</b> ", v->s->f);
		ak_html_text(v->s, ak_out_text(v->s->c, text, sizeof(text), MSG_TRACE_STRETCH, ak_html_date(v->s, "use.contract.from", from),
		                               ak_html_date(v->s, "use.contract.to", to), NULL));
		(void)fputs("</li>\n", v->s->f);
	}
	put_stretches(v, AK_LANE_TERM, MSG_TRACE_TERMS);
	put_stretches(v, AK_LANE_PERIOD, MSG_TRACE_PERIODS);
	put_others(v->s);
	(void)fputs("</ul>\n", v->s->f);
}

void ak_report_time(const ak_sheet *s)
{
	chart v = { .s = s };

	if (ak_js_len(s->r, "history") == 0 || !ak_trace_make(s->c, s->r, &v.m))
		return; /* without memory the sheet's stream fails too, and the page is not made */
	reach_contract(&v);
	ak_html_heading(s, "time", MSG_REPORT_TIME);
	put_picture(&v);
	put_list(&v);
	ak_trace_drop(&v.m);
}
