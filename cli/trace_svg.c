/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a listing as a picture: a sheet that reads from top to bottom as the text does, and says all of it in its
 * description too. */
#include "trace.h"

#include "answer.h"
#include "findings.h"
#include "js.h"
#include "phrase.h"
#include "term.h"
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 1120, LEFT = 32, RIGHT = WIDTH - 32, TIME_LEFT = 96, SIZE = 14, ROW = 26, BAR = 20, LINE_TEXT = 1024 };

#define BOLD "font-weight=\"bold\" fill=\"" AK_SVG_INK "\""
#define PLAIN "fill=\"" AK_SVG_INK "\""
#define SOFT "fill=\"" AK_SVG_SOFT "\""

typedef struct sheet {
	FILE *f;
	const ak_cli *c;
	const json_t *r;
	const ak_trace_model *m;
	double y;
} sheet;

static double at_day(const sheet *s, int64_t day)
{
	double all = (double)(s->m->last - s->m->first + 1), x = (double)(day - s->m->first) / all;

	x = x < 0 ? 0 : x > 1 ? 1 : x;
	return TIME_LEFT + x * (RIGHT - TIME_LEFT);
}

/* A text in lines of at most `pixels`, from x on; leaves y under the last one. */
static void paragraph(sheet *s, double x, double pixels, unsigned size, const char *style, const char *text)
{
	size_t cells = (size_t)(pixels / (size * 0.54)), len = 0;
	char *lines = NULL;
	FILE *m = open_memstream(&lines, &len);

	if (m == NULL)
		return;
	ak_term_wrap(m, text, 0, cells);
	if (fclose(m) == 0) {
		for (char *line = lines, *end; line != NULL; line = end) {
			end = strchr(line, '\n');
			if (end != NULL)
				*end++ = '\0';
			ak_svg_text(s->f, x, s->y, size, style, line);
			s->y += size * 1.5;
		}
	}
	free(lines);
}

/* ---- the verdict ---------------------------------------------------------------------------------------------------- */

static const char *sign_of(const json_t *r)
{
	const char *v = ak_js_str(r, "verdict");

	return strcmp(v, "valid") == 0 ? "✓" : strcmp(v, "unverifiable") == 0 ? "?" : "✗";
}

static const char *tone_of(const json_t *r)
{
	const char *v = ak_js_str(r, "verdict");

	return strcmp(v, "valid") == 0 ? AK_SVG_GOOD : strcmp(v, "unverifiable") == 0 ? AK_SVG_UNSURE : AK_SVG_BAD;
}

static void put_verdict(sheet *s)
{
	char text[LINE_TEXT], date[AK_TERM_DATE_MAX], style[128];
	const char *provider = ak_js_lang(s->r, "listing.provider", s->c->ja), *until = ak_js_str(s->r, "listing.expires_on");
	const char *reason = ak_answer_word(s->c, ak_js_str(s->r, "reason"));

	s->y = 52;
	(void)snprintf(style, sizeof(style), "font-weight=\"bold\" fill=\"%s\"", tone_of(s->r));
	(void)snprintf(text, sizeof(text), "%s %s", sign_of(s->r), ak_msg_text(ak_verdict_word(s->r), s->c->ja));
	ak_svg_text(s->f, LEFT, s->y, 28, style, text);
	ak_svg_text(s->f, LEFT + ak_svg_width(text, 28) + 28, s->y, 24, BOLD, ak_js_str(s->r, "listing.name"));
	(void)ak_out_text(s->c, text, sizeof(text), MSG_AS_OF, ak_term_date(s->c->ja, ak_js_str(s->r, "as_of"), date), NULL);
	ak_svg_text(s->f, RIGHT, s->y, 16, "text-anchor=\"end\" " PLAIN, text);
	s->y += 32;
	(void)snprintf(text, sizeof(text), "%.480s", ak_js_lang(s->r, "listing.service", s->c->ja));
	if (*provider != '\0')
		(void)ak_out_text(s->c, text + strlen(text), sizeof(text) - strlen(text), MSG_IN_BRACKETS, provider, NULL);
	paragraph(s, LEFT, RIGHT - LEFT, 16, PLAIN, text);
	if (*reason != '\0' && strcmp(reason, ak_msg_text(ak_verdict_word(s->r), s->c->ja)) != 0)
		paragraph(s, LEFT, RIGHT - LEFT, 16, style, reason);
	if (strcmp(ak_js_str(s->r, "verdict"), "valid") == 0 && *until != '\0') {
		(void)ak_out_text(s->c, text, sizeof(text), MSG_LISTED_UNTIL, ak_term_date(s->c->ja, until, date), NULL);
		if (ak_js_true(s->r, "listing.carried"))
			(void)ak_out_text(s->c, text + strlen(text), sizeof(text) - strlen(text), MSG_RENEWAL_PENDING, NULL);
		paragraph(s, LEFT, RIGHT - LEFT, 16, PLAIN, text);
	}
}

/* What follows a finding, a little smaller and further in. */
static void put_detail(sheet *s, ak_msg m, const char *one, const char *two)
{
	char text[LINE_TEXT];

	paragraph(s, LEFT + 20, RIGHT - LEFT - 20, 13, SOFT, ak_out_text(s->c, text, sizeof(text), m, one, two, NULL));
}

static void put_finding(sheet *s, const json_t *f)
{
	const char *severity = ak_js_str(f, "severity"), *expected = ak_js_str(f, "expected"), *found = ak_js_str(f, "found");
	bool bad = strcmp(severity, "warning") != 0 && strcmp(severity, "unverifiable") != 0;
	char text[2 * LINE_TEXT], shown[LINE_TEXT], phrase[2][AK_PHRASE_MAX];

	(void)snprintf(text, sizeof(text), "%s %s  %.900s", bad ? "✗" : strcmp(severity, "warning") == 0 ? "!" : "?",
	               ak_js_str(f, "rule"), ak_term_dates(s->c->ja, ak_js_lang(f, "text", s->c->ja), shown, sizeof(shown)));
	paragraph(s, LEFT, RIGHT - LEFT, SIZE, bad ? "fill=\"" AK_SVG_BAD "\"" : "fill=\"" AK_SVG_UNSURE "\"", text);
	if (*expected != '\0' && *found != '\0')
		put_detail(s, MSG_EXPECTED_FOUND, ak_phrase(s->c, expected, phrase[0]), ak_phrase(s->c, found, phrase[1]));
	put_detail(s, MSG_WHAT, ak_finding_basis(s->c, f, shown, sizeof(shown)), "");
	if (*ak_js_lang(f, "next", s->c->ja) != '\0')
		put_detail(s, MSG_NEXT, ak_js_lang(f, "next", s->c->ja), "");
}

static void put_findings(sheet *s)
{
	const json_t *f;
	size_t i;

	json_array_foreach(ak_js_at(s->r, "findings"), i, f)
		put_finding(s, f);
}

/* ---- time --------------------------------------------------------------------------------------------------------------- */

static void put_axis(sheet *s, double top, double bottom)
{
	char text[LINE_TEXT], date[AK_TERM_DATE_MAX];
	double now = at_day(s, s->m->as_of), free_from = 0;

	for (int i = 0; i <= s->m->years; i++) {
		double x = at_day(s, ak_trace_new_year(s->m->first_year + i));

		(void)fprintf(s->f, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"#d0d0d0\"/>\n", x, top, bottom);
		if (x < free_from || i == s->m->years)
			continue;
		(void)snprintf(text, sizeof(text), "%d", s->m->first_year + i);
		ak_svg_text(s->f, x + 3, top - 4, 13, SOFT, text);
		free_from = x + 44;
	}
	(void)fprintf(s->f, "<path d=\"M%d %.1fH%d\" stroke=\"" AK_SVG_LINE "\"/>\n", TIME_LEFT, top, RIGHT);
	(void)fprintf(s->f, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"" AK_SVG_INK "\" stroke-width=\"1.5\""
	              " stroke-dasharray=\"5 3\"/>\n"
	              "<path d=\"M%.1f %.1fl-6 -9h12z\" fill=\"" AK_SVG_INK "\"/>\n", now, top, bottom, now, top);
	(void)ak_out_text(s->c, text, sizeof(text), MSG_AS_OF, ak_term_date(s->c->ja, ak_js_str(s->r, "as_of"), date), NULL);
	ak_svg_text(s->f, now > RIGHT - 90 ? RIGHT : now, top - 22, 13,
	            now > RIGHT - 90 ? "text-anchor=\"end\" " BOLD : "text-anchor=\"middle\" " BOLD, text);
}

/* The words of a bar: in it, else after it, else before it; the lines of the axis keep clear of them. */
#define CLEAR "paint-order=\"stroke\" stroke=\"" AK_SVG_PAPER "\" stroke-width=\"5\" "
static void put_bar_text(sheet *s, double x, double width, const char *text)
{
	double w = ak_svg_width(text, 13);

	double now = at_day(s, s->m->as_of), after = x + width + 8;
	bool crossed = now > after - 4 && now < after + w && x - 8 - w >= TIME_LEFT;

	if (w + 12 <= width)
		ak_svg_text(s->f, x + 6, s->y + 15, 13, PLAIN, text);
	else if (after + w <= RIGHT && !crossed)
		ak_svg_text(s->f, after, s->y + 15, 13, CLEAR PLAIN, text);
	else
		ak_svg_text(s->f, x - 8, s->y + 15, 13, CLEAR "text-anchor=\"end\" " PLAIN, text);
}

static void put_bar(sheet *s, const ak_trace_bar *b)
{
	double x = at_day(s, b->first), width = at_day(s, b->last + 1) - x;
	const char *look = b->gap ? b->bad ? "fill=\"url(#gap)\" stroke=\"" AK_SVG_BAD "\" stroke-width=\"1.5\""
	                                   : "fill=\"#ffffff\" stroke=\"" AK_SVG_GOOD "\" stroke-dasharray=\"4 3\""
	                   : b->lane == AK_LANE_TERM ? "fill=\"#dcefe3\" stroke=\"" AK_SVG_GOOD "\""
	                                             : "fill=\"#dbe7f7\" stroke=\"" AK_SVG_BLUE "\"";
	char text[300];

	width = width < 3 ? 3 : width;
	(void)fprintf(s->f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill-opacity=\"0.85\" %s%s/>\n",
	              x, s->y, width, BAR, look, b->open ? " stroke-dasharray=\"2 3\"" : "");
	if (!b->gap) {
		(void)snprintf(text, sizeof(text), "#%llu", (unsigned long long)b->record);
		ak_svg_text(s->f, TIME_LEFT - 10, s->y + 15, 13, "text-anchor=\"end\" " SOFT, text);
	}
	put_bar_text(s, x, width, b->text);
	s->y += ROW;
}

static void put_lane(sheet *s, ak_trace_lane lane, ak_msg name)
{
	bool named = false;
	char text[LINE_TEXT];

	for (size_t i = 0; i < s->m->n_bars; i++) {
		if (s->m->bar[i].lane != lane)
			continue;
		if (!named) {
			s->y += 16;
			(void)ak_out_text(s->c, text, sizeof(text), name, "", NULL);
			if (lane == AK_LANE_PERIOD && *s->m->unbroken != '\0')
				(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "  %s", s->m->unbroken);
			ak_svg_text(s->f, LEFT, s->y, SIZE, CLEAR BOLD, text);
			s->y += 8;
		}
		named = true;
		put_bar(s, &s->m->bar[i]);
	}
}

/* A record's sign: what it means is in its shape. */
static void put_sign(sheet *s, double x, double y, const json_t *e)
{
	const char *mark = ak_trace_mark(e);

	if (strcmp(mark, "✓") == 0)
		(void)fprintf(s->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"" AK_SVG_GOOD "\"/>\n", x, y);
	else if (strcmp(mark, "?") == 0)
		(void)fprintf(s->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"" AK_SVG_PAPER "\" stroke=\"" AK_SVG_UNSURE "\""
		              " stroke-width=\"2\"/>\n", x, y);
	else
		(void)fprintf(s->f, "<path d=\"M%.1f %.1fl10 10m0 -10l-10 10\" stroke=\"" AK_SVG_BAD "\" stroke-width=\"2.5\"/>\n",
		              x - 5, y - 5);
}

/* Every record on its day, in as many rows as keep them apart. */
static void put_points(sheet *s)
{
	enum { ROWS = 12 };
	double used[ROWS] = { 0 };
	size_t i, rows = 0;
	const json_t *e;

	s->y += 16;
	ak_svg_text(s->f, LEFT, s->y, SIZE, CLEAR BOLD, ak_msg_text(MSG_TRACE_RECORDS, s->c->ja));
	s->y += 8;
	json_array_foreach(ak_js_at(s->r, "history"), i, e) {
		char text[32];
		size_t row = 0;
		int64_t day;
		double x, w;

		if (!ak_trace_day(ak_js_str(e, "date"), &day))
			continue;
		(void)snprintf(text, sizeof(text), "#%llu", (unsigned long long)ak_js_num(e, "record"));
		x = at_day(s, day);
		w = ak_svg_width(text, 12) + 18;
		while (row + 1 < ROWS && used[row] > x - 6)
			row++;
		used[row] = x + w;
		rows = row + 1 > rows ? row + 1 : rows;
		put_sign(s, x, s->y + 10 + (double)row * 18, e);
		ak_svg_text(s->f, x + 8, s->y + 14 + (double)row * 18, 12, CLEAR SOFT, text);
	}
	s->y += 10 + (double)rows * 18;
}

/* The axis lies under what stands on it, and is as long: so it is drawn second and written first. */
static void put_time(sheet *s)
{
	double top = s->y + 44;
	char *over = NULL;
	size_t len = 0;
	FILE *sheet_file = s->f, *m;

	if (ak_js_len(s->r, "history") == 0)
		return;
	m = open_memstream(&over, &len);
	if (m == NULL)
		return;
	s->y = top + 6;
	s->f = m;
	put_lane(s, AK_LANE_TERM, MSG_TRACE_TERMS);
	put_lane(s, AK_LANE_PERIOD, MSG_TRACE_PERIODS);
	put_points(s);
	s->f = sheet_file;
	put_axis(s, top, s->y);
	if (fclose(m) == 0)
		(void)fwrite(over, 1, len, s->f);
	free(over);
	s->y += 34;
}

/* ---- the records, one to a line -------------------------------------------------------------------------------------------- */

static void put_record(sheet *s, const json_t *e)
{
	enum { NUMBER = LEFT + 176, LABEL = LEFT + 230, PARTY = LEFT + 420, TEXT = LEFT + 640 };
	char text[AK_TRACE_TEXT], date[AK_TERM_DATE_MAX], cut[AK_TRACE_TEXT];
	double y = s->y;

	put_sign(s, LEFT + 6, y - 5, e);
	ak_svg_text(s->f, LEFT + 20, y, SIZE, PLAIN, ak_term_date(s->c->ja, ak_js_str(e, "date"), date));
	(void)snprintf(text, sizeof(text), "#%llu", (unsigned long long)ak_js_num(e, "record"));
	ak_svg_text(s->f, NUMBER, y, SIZE, PLAIN, text);
	ak_svg_text(s->f, LABEL, y, SIZE, BOLD, ak_term_cut(ak_trace_label(s->c, e, text), 24, cut, sizeof(cut)));
	ak_svg_text(s->f, PARTY, y, SIZE, PLAIN, ak_term_cut(ak_js_lang(e, "party", s->c->ja), 28, cut, sizeof(cut)));
	paragraph(s, TEXT, RIGHT - TEXT, SIZE, ak_trace_void(e) ? "fill=\"" AK_SVG_BAD "\"" : PLAIN,
	          ak_trace_said(s->c, e, text));
	s->y = s->y < y + 21 ? y + 21 : s->y;
}

static void put_now(sheet *s)
{
	char text[LINE_TEXT], date[AK_TERM_DATE_MAX];

	(void)ak_out_text(s->c, text, sizeof(text), MSG_AS_OF, ak_term_date(s->c->ja, ak_js_str(s->r, "as_of"), date), NULL);
	ak_svg_text(s->f, LEFT + 20, s->y, 13, BOLD, text);
	(void)fprintf(s->f, "<path d=\"M%.1f %.1fH%d\" stroke=\"" AK_SVG_INK "\" stroke-dasharray=\"5 3\"/>\n",
	              LEFT + 28 + ak_svg_width(text, 13), s->y - 4, RIGHT);
	s->y += 21;
}

static void put_missing(sheet *s)
{
	char text[LINE_TEXT];
	const json_t *m;
	size_t i;

	(void)snprintf(text, sizeof(text), "? %s", ak_msg_text(MSG_MISSING, s->c->ja));
	json_array_foreach(ak_js_at(s->r, "missing"), i, m) {
		size_t n = strlen(text);

		(void)snprintf(text + n, sizeof(text) - n, "%s%.200s", i == 0 ? "" : s->c->ja ? "、" : ", ",
		               ak_js_lang(m, "label", s->c->ja));
	}
	paragraph(s, LEFT + 20, RIGHT - LEFT - 20, SIZE, "fill=\"" AK_SVG_UNSURE "\"", text);
}

static void put_records(sheet *s)
{
	const json_t *e;
	bool told = ak_js_len(s->r, "history") == 0;
	size_t i;

	json_array_foreach(ak_js_at(s->r, "history"), i, e) {
		int64_t day;

		if (!told && ak_trace_day(ak_js_str(e, "date"), &day) && day > s->m->as_of) {
			put_now(s);
			told = true;
		}
		put_record(s, e);
	}
	if (!told)
		put_now(s);
	if (ak_js_len(s->r, "missing") > 0)
		put_missing(s);
	if (ak_js_len(s->r, "history") > 0)
		paragraph(s, LEFT + 20, RIGHT - LEFT, 13, SOFT, ak_msg_text(MSG_TRACE_LEGEND, s->c->ja));
}

/* ---- where it rests --------------------------------------------------------------------------------------------- */

static void put_ground(sheet *s)
{
	char text[LINE_TEXT], date[AK_TERM_DATE_MAX];
	const char *until = ak_js_str(s->r, "freshness.known_until"), *notice = ak_js_lang(s->r, "notice", s->c->ja);
	const json_t *w;
	size_t i;

	s->y += 10;
	(void)fprintf(s->f, "<path d=\"M%d %.1fH%d\" stroke=\"" AK_SVG_LINE "\"/>\n", LEFT, s->y - 14, RIGHT);
	s->y += 10;
	if (ak_js_has(s->r, "ledger")) {
		(void)ak_out_text(s->c, text, sizeof(text), MSG_LEDGER_AT, ak_js_str(s->r, "ledger.origin"),
		                  AK_NUM(ak_js_num(s->r, "ledger.size")), NULL);
		paragraph(s, LEFT, RIGHT - LEFT, 13, SOFT, text);
		paragraph(s, LEFT, RIGHT - LEFT, 13, SOFT, ak_js_str(s->r, "ledger.root"));
	}
	if (*until != '\0')
		paragraph(s, LEFT, RIGHT - LEFT, 13, SOFT,
		          ak_out_text(s->c, text, sizeof(text), MSG_KNOWN_UNTIL, ak_term_date(s->c->ja, until, date), NULL));
	json_array_foreach(ak_js_at(s->r, "warnings"), i, w) {
		(void)snprintf(text, sizeof(text), "! %.900s", ak_js_lang(w, "text", s->c->ja));
		paragraph(s, LEFT, RIGHT - LEFT, 13, "fill=\"" AK_SVG_UNSURE "\"", text);
	}
	if (*notice != '\0')
		paragraph(s, LEFT, RIGHT - LEFT, 13, PLAIN, notice);
}

/* ---- all of it in words ----------------------------------------------------------------------------------------- */

static void describe(FILE *f, const ak_cli *c, const json_t *r, const ak_trace_model *m)
{
	char text[AK_TRACE_TEXT], said[AK_TRACE_TEXT], date[AK_TERM_DATE_MAX];
	const json_t *e;
	size_t i;

	(void)ak_out_text(c, text, sizeof(text), MSG_AS_OF, ak_term_date(c->ja, ak_js_str(r, "as_of"), date), NULL);
	ak_svg_escaped(f, text);
	json_array_foreach(ak_js_at(r, "findings"), i, e) {
		(void)fputs("\n", f);
		ak_svg_escaped(f, ak_answer_word(c, ak_js_str(e, "severity")));
		(void)fputs(": ", f);
		ak_svg_escaped(f, ak_js_lang(e, "text", c->ja));
	}
	for (size_t k = 0; k < m->n_bars; k++) {
		const ak_trace_bar *b = &m->bar[k];

		(void)fputs("\n", f);
		ak_svg_escaped(f, ak_out_text(c, text, sizeof(text), b->lane == AK_LANE_TERM ? MSG_TRACE_TERMS : MSG_TRACE_PERIODS,
		                              "", NULL));
		if (!b->gap)
			(void)fprintf(f, " #%llu", (unsigned long long)b->record);
		(void)fputs(": ", f);
		ak_svg_escaped(f, b->text);
	}
	if (*m->unbroken != '\0') {
		(void)fputs("\n", f);
		ak_svg_escaped(f, m->unbroken);
	}
	json_array_foreach(ak_js_at(r, "history"), i, e) {
		char line[3 * AK_TRACE_TEXT];

		(void)snprintf(line, sizeof(line), "\n%s %s #%llu %s  %.400s  %s", ak_trace_mark(e),
		               ak_term_date(c->ja, ak_js_str(e, "date"), date), (unsigned long long)ak_js_num(e, "record"),
		               ak_trace_label(c, e, text), ak_js_lang(e, "party", c->ja), ak_trace_said(c, e, said));
		(void)fputs("\n", f);
		ak_svg_escaped(f, line + 1);
	}
}

void ak_trace_draw(FILE *f, const ak_cli *c, const void *what)
{
	const json_t *r = what;
	char title[LINE_TEXT], *body = NULL;
	size_t len = 0;
	ak_trace_model m = { 0 };
	sheet s = { .f = open_memstream(&body, &len), .c = c, .r = r, .m = &m };

	if (s.f == NULL || !ak_trace_make(c, r, &m)) {
		if (s.f != NULL)
			(void)fclose(s.f);
		free(body);
		return;
	}
	put_verdict(&s);
	put_findings(&s);
	put_time(&s);
	put_records(&s);
	put_ground(&s);
	if (fclose(s.f) == 0) {
		ak_svg_open(f, c, WIDTH, (unsigned)s.y + 16,
		            ak_out_text(c, title, sizeof(title), MSG_TRACE_PICTURE, ak_js_str(r, "listing.name"),
		                        ak_msg_text(ak_verdict_word(r), c->ja), NULL));
		ak_svg_desc_open(f);
		describe(f, c, r, &m);
		ak_svg_desc_close(f);
		(void)fputs("<defs><pattern id=\"gap\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\""
		            " patternTransform=\"rotate(45)\">"
		            "<path d=\"M0 0V6\" stroke=\"" AK_SVG_BAD "\" stroke-width=\"2\"/></pattern></defs>\n", f);
		(void)fwrite(body, 1, len, f);
		ak_svg_close(f);
	}
	free(body);
	ak_trace_drop(&m);
}
