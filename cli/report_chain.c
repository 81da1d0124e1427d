/* SPDX-License-Identifier: Apache-2.0 */
/* The chain: a picture with a mark for each link, from what a listing rests on to the listing, and the same as a table. */
#include "js.h"
#include "report_parts.h"
#include "svg.h"
#include "term.h"
#include "trace.h"

#include <string.h>

enum { WIDTH = 740, BOX = 92, BOX_NARROW = 78, BOX_TOP = 20, BOX_HEIGHT = 58, STEPS_MAX = 16, ROW_HEIGHT = 92, A_ROW = 7, LABEL_CELLS = 14, LABEL_ROOM = 256 };
enum { TEXT = 11, TEXT_NARROW = 10 };

/* A link of the picture: a step, or one that is missing. */
typedef struct chain_link {
	const json_t *step;
	bool missing;
} chain_link;

static const char *mark_of(const chain_link *l)
{
	const char *mark = l->missing ? "" : ak_js_str(l->step, "mark");

	return strcmp(mark, "passed") == 0 ? "✓" : strcmp(mark, "failed") == 0 ? "✗" : "?";
}

static const char *tone_of(const chain_link *l)
{
	const char *mark = l->missing ? "" : ak_js_str(l->step, "mark");

	return strcmp(mark, "passed") == 0 ? AK_SVG_GOOD : strcmp(mark, "failed") == 0 ? AK_SVG_BAD : AK_SVG_UNSURE;
}

static ak_msg mark_word(const ak_sheet *s, const chain_link *l)
{
	const char *mark = l->missing ? "" : ak_js_str(l->step, "mark");
	const json_t *end = ak_report_end(s);

	if (end != NULL && (l->step == end || (ak_js_has(l->step, "record") && ak_js_num(l->step, "record") == ak_js_num(end, "ends"))))
		return strcmp(ak_js_str(end, "step"), "suspension") == 0 ? MSG_REPORT_MARK_SUSPENDED : MSG_REPORT_MARK_ENDED;
	return strcmp(mark, "passed") == 0 ? MSG_REPORT_MARK_HOLDS : strcmp(mark, "failed") == 0 ? MSG_REPORT_MARK_FAILED
	       : l->missing ? MSG_REPORT_MARK_MISSING : MSG_REPORT_MARK_OPEN;
}

static const char *label_of(const ak_sheet *s, const chain_link *l)
{
	const char *label = ak_js_lang(l->step, "label", s->c->ja);

	return *label != '\0' ? label : ak_js_str(l->step, l->missing ? "what" : "step");
}

/* Newest first, as the verdict has them; what is missing comes last. */
static size_t collect(const ak_sheet *s, chain_link out[STEPS_MAX])
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(ak_js_at(s->r, "chain"), i, row) {
		if (n < STEPS_MAX)
			out[n++] = (chain_link){ row, false };
	}
	json_array_foreach(ak_js_at(s->r, "missing"), i, row) {
		if (n < STEPS_MAX)
			out[n++] = (chain_link){ row, true };
	}
	return n;
}

/* ---- picture -------------------------------------------------------------------------------------------------------- */

/* Bytes of a label that make its first line: up to a space where it has one, else as many characters as fit. */
static size_t first_line(const char *label, char line[LABEL_ROOM])
{
	bool spaced = strchr(label, ' ') != NULL;
	size_t best = 0;

	for (size_t i = 1; i < LABEL_ROOM && label[i] != '\0'; i++) {
		if (((unsigned char)label[i] & 0xc0) == 0x80 || (spaced && label[i] != ' '))
			continue;
		(void)snprintf(line, LABEL_ROOM, "%.*s", (int)i, label);
		if (ak_term_width(line) > LABEL_CELLS)
			break;
		best = i;
	}
	(void)snprintf(line, LABEL_ROOM, "%.*s", (int)best, label);
	return best;
}

/* In two lines at most. */
static void put_label(const ak_sheet *s, double x, double y, unsigned size, const char *label)
{
	static const char style[] = "text-anchor=\"middle\" font-weight=\"bold\"";
	char line[LABEL_ROOM], cut[LABEL_ROOM];
	size_t n;

	if (ak_term_width(label) <= LABEL_CELLS) {
		ak_svg_text(s->f, x, y + 6, size, style, label);
		return;
	}
	n = first_line(label, line);
	ak_svg_text(s->f, x, y, size, style, n == 0 ? "" : line);
	label += n + (label[n] == ' ');
	ak_svg_text(s->f, x, y + 13, size, style, ak_term_cut(label, LABEL_CELLS, cut, sizeof(cut)));
}

static void put_box(const ak_sheet *s, const chain_link *l, double x, double top, int box)
{
	char date[AK_TERM_DATE_MAX], seq[32] = "";
	double middle = x + box / 2.0;

	(void)fprintf(s->f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"#ffffff\" stroke=\"%s\" stroke-width=\"1.5\"%s/>\n",
	              x, top + BOX_TOP, box, BOX_HEIGHT, tone_of(l), l->missing ? " stroke-dasharray=\"4 3\"" : "");
	(void)fprintf(s->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"9\" fill=\"%s\"/>\n", middle, top + BOX_TOP, tone_of(l));
	ak_svg_text(s->f, middle, top + BOX_TOP + 4.5, 13, "text-anchor=\"middle\" font-weight=\"bold\" fill=\"#ffffff\"", mark_of(l));
	put_label(s, middle, top + BOX_TOP + 23, box == BOX ? TEXT : TEXT_NARROW, label_of(s, l));
	if (!l->missing && ak_js_has(l->step, "record"))
		(void)snprintf(seq, sizeof(seq), "#%llu", (unsigned long long)ak_js_num(l->step, "record"));
	ak_svg_text(s->f, middle, top + BOX_TOP + 51, 11, "text-anchor=\"middle\" fill=\"" AK_SVG_SOFT "\"",
	            *seq != '\0' ? seq : l->missing ? ak_msg_text(MSG_REPORT_MARK_MISSING, s->c->ja)
	                                            : ak_term_date(s->c->ja, ak_js_str(l->step, "date"), date));
}

static void put_picture(const ak_sheet *s, const chain_link *chain, size_t n)
{
	/* What ended a registration is one more than a row holds, and belongs beside what it ended. */
	const bool narrow = n == A_ROW + 1;
	const int box = narrow ? BOX_NARROW : BOX;
	size_t rows = narrow ? 1 : (n + A_ROW - 1) / A_ROW, a_row = (n + rows - 1) / rows;
	double step = a_row < 2 ? 0 : (double)(WIDTH - 2 - box) / (double)(a_row - 1);
	char title[256];

	step = step > box + 40 ? box + 40 : step;
	(void)fputs("<figure>\n", s->f);
	ak_html_svg_open(s, "chain-picture", WIDTH, (unsigned)(rows * ROW_HEIGHT),
	                 ak_out_text(s->c, title, sizeof(title), MSG_REPORT_CHAIN_PICTURE, ak_js_str(s->r, "listing.name"), NULL), "chain-table");
	for (size_t i = 0; i < n; i++) { /* oldest foundation first */
		const size_t row = i / a_row;
		double x = 1 + (double)(i % a_row) * step, top = (double)row * ROW_HEIGHT, y = top + BOX_TOP + BOX_HEIGHT / 2.0;

		if (i % a_row > 0)
			(void)fprintf(s->f, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"" AK_SVG_INK "\" stroke-width=\"1.5\"/>"
			              "<path d=\"M%.1f %.1fl-6 -4v8z\" fill=\"" AK_SVG_INK "\"/>\n",
			              x - step + box, y, x - 5, x - 1, y);
		put_box(s, &chain[n - 1 - i], x, top, box);
	}
	(void)fputs("</svg>\n</figure>\n", s->f);
}

/* ---- table ---------------------------------------------------------------------------------------------------------- */

static void put_party(const ak_sheet *s, const json_t *step)
{
	const char *party = ak_js_lang(step, "party", s->c->ja), *mode = ak_js_str(step, "signing.mode");
	char text[AK_HTML_TEXT];
	uint64_t of = ak_js_num(step, "signing.of");

	if (strcmp(mode, "office") == 0)
		party = ak_out_text(s->c, text, sizeof(text), MSG_CHAIN_OFFICE, party, NULL);
	else if (of > 1)
		party = ak_out_text(s->c, text, sizeof(text), MSG_CHAIN_COUNTED, party, AK_NUM(ak_js_num(step, "signing.counted")), AK_NUM(of), NULL);
	(void)fputs("<td>", s->f);
	ak_html_cut(s, party, s->lim.party);
	(void)fputs("</td>", s->f);
}

static void put_row(const ak_sheet *s, const chain_link *l)
{
	char date[AK_TERM_DATE_MAX], seq[32] = "", said[AK_HTML_TEXT];

	(void)fprintf(s->f, "<tr><td class=\"mark\"><span aria-hidden=\"true\">%s</span> ", mark_of(l));
	ak_html_text(s, ak_msg_text(mark_word(s, l), s->c->ja));
	(void)fputs("</td><th scope=\"row\">", s->f);
	ak_html_cut(s, label_of(s, l), s->lim.label);
	(void)fputs("</th>", s->f);
	ak_html_put(s, "td", "class=\"nowrap\"", ak_term_date(s->c->ja, ak_js_str(l->step, "date"), date));
	if (!l->missing && ak_js_has(l->step, "record"))
		(void)snprintf(seq, sizeof(seq), "#%llu", (unsigned long long)ak_js_num(l->step, "record"));
	ak_html_put(s, "td", "", seq);
	put_party(s, l->step);
	(void)fputs("<td>", s->f);
	ak_html_cut(s, ak_term_dates(s->c->ja, ak_js_lang(l->step, "text", s->c->ja), said, sizeof(said)), s->lim.said);
	(void)fputs("</td></tr>\n", s->f);
}

void ak_report_chain(const ak_sheet *s)
{
	static const ak_msg heads[] = { MSG_REPORT_COL_MARK, MSG_REPORT_COL_STEP, MSG_REPORT_COL_DATE, MSG_REPORT_COL_RECORD,
	                                MSG_REPORT_COL_PARTY, MSG_REPORT_COL_TEXT };
	chain_link chain[STEPS_MAX];
	size_t n = collect(s, chain);

	if (n == 0)
		return;
	ak_html_heading(s, "chain", MSG_REPORT_CHAIN);
	put_picture(s, chain, n);
	(void)fputs("<table class=\"chain\" id=\"chain-table\">\n<caption class=\"hidden\">", s->f);
	ak_html_text(s, ak_msg_text(MSG_REPORT_CHAIN_TABLE, s->c->ja));
	(void)fputs("</caption>\n<thead><tr>", s->f);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		ak_html_msg(s, "th", "scope=\"col\"", heads[i]);
	(void)fputs("</tr></thead>\n<tbody>\n", s->f);
	for (size_t i = 0; i < n; i++)
		put_row(s, &chain[i]);
	(void)fputs("</tbody>\n</table>\n", s->f);
}
