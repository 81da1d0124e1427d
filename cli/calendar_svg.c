/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar as a sheet: a row for each quarter from the first to the last that holds something, a column for each of its
 * months. What a matter is, is told by its sign and its words; colour only repeats it. */
#include "calendar.h"

#include "js.h"
#include "out.h"
#include "svg.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum {
	WIDTH = 1120,
	LEFT = 24,
	SIDE = 96,
	COLUMN = (WIDTH - 2 * LEFT - SIDE) / 3,
	SIZE = 13,
	LINE = 19,
	PAD = 10,
	TOP = 96,
	LINE_TEXT = 1024,
	QUARTERS_MAX = 400
};

#define PLAIN "fill=\"" AK_SVG_INK "\""
#define SOFT  "fill=\"" AK_SVG_SOFT "\""
#define BOLD  "font-weight=\"bold\" fill=\"" AK_SVG_INK "\""

typedef struct sheet {
	FILE *f;
	const ak_cli *c;
	const json_t *calendar;
} sheet;

static const char *sign_of(const json_t *item)
{
	return json_is_true(json_object_get(item, "past")) ? "!" : ak_calendar_ends(item) ? "■" : "▲";
}

static const char *tone_of(const json_t *item)
{
	return json_is_true(json_object_get(item, "past")) ? AK_SVG_BAD : ak_calendar_ends(item) ? AK_SVG_BLUE : AK_SVG_UNSURE;
}

static const char *name_of(const json_t *item)
{
	return ak_js_str(item, strcmp(ak_js_str(item, "kind"), "auditor-ends") == 0 ? "provider" : "subject");
}

/* "■ 7月31日 登録の有効期限 C24-0101-2 架空の雲 IaaS" */
static const char *item_text(const sheet *s, const json_t *item, char out[LINE_TEXT])
{
	const char *service = ak_js_str(item, "service"), *text = ak_js_lang(item, "text", s->c->ja);
	char dates[2 * AK_TERM_DATE_MAX + 8];

	(void)snprintf(out, LINE_TEXT, "%s %s  %s  %s%s%.200s%s%s", sign_of(item),
		       ak_calendar_dates(s->c, item, dates, sizeof(dates)), ak_calendar_label(s->c, item), name_of(item),
		       *service != '\0' ? "  " : "", service, *text != '\0' ? " · " : "", text);
	return out;
}

/* The lines of an item in a column; drawn when `f` is not NULL. */
static size_t item_lines(const sheet *s, FILE *f, const json_t *item, double x, double y)
{
	char text[LINE_TEXT], style[64], *lines = NULL;
	size_t len = 0, n = 0;
	FILE *m = open_memstream(&lines, &len);

	if (m == NULL)
		return 1;
	ak_term_wrap(m, item_text(s, item, text), 0, (size_t)((COLUMN - 2 * PAD) / (SIZE * 0.54)));
	if (fclose(m) != 0) {
		free(lines);
		return 1;
	}
	(void)snprintf(style, sizeof(style), "fill=\"%s\"", tone_of(item));
	for (char *line = lines, *end; line != NULL; line = end, n++) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		if (f != NULL)
			ak_svg_text(f, x, y + (double)n * LINE, SIZE, n == 0 ? style : PLAIN, line);
	}
	free(lines);
	return n;
}

static size_t quarter_number(const char *quarter)
{
	unsigned year, first;

	return ak_calendar_months(quarter, &year, &first) ? (size_t)year * 4 + (first - 1) / 3 : 0;
}

/* Lines that the fullest month of a quarter takes; drawn with the items when `f` is not NULL. */
static size_t quarter_lines(const sheet *s, FILE *f, size_t quarter, double top)
{
	size_t used[3] = { 0 }, most = 2, i; /* the year and its months take two */
	const json_t *item;

	json_array_foreach(json_object_get(s->calendar, "items"), i, item) {
		const char *first = ak_js_str(item, "first");
		size_t month;

		if (quarter_number(ak_js_str(item, "quarter")) != quarter)
			continue;
		month = (size_t)((first[5] - '0') * 10 + (first[6] - '0') - 1) % 3;
		used[month] += item_lines(s, f, item, LEFT + SIDE + (double)month * COLUMN + PAD,
					  top + PAD + SIZE + (double)(used[month] * LINE));
		if (used[month] > most)
			most = used[month];
	}
	return most;
}

static const char *months_text(const sheet *s, size_t quarter, char out[64])
{
	unsigned first = (unsigned)(quarter % 4) * 3 + 1;
	static const char *const en[] = { "Jan", "Apr", "Jul", "Oct" }, *const end[] = { "Mar", "Jun", "Sep", "Dec" };
	char year[24], month[24], last[24];

	(void)ak_term_number(quarter / 4, year);
	if (s->c->ja)
		return ak_out_text(s->c, out, 64, MSG_CALENDAR_QUARTER, year, ak_term_number(first, month),
				   ak_term_number(first + 2, last), NULL);
	return ak_out_text(s->c, out, 64, MSG_CALENDAR_QUARTER, year, en[quarter % 4], end[quarter % 4], NULL);
}

static double put_quarter(const sheet *s, size_t quarter, double top)
{
	double height = (double)(quarter_lines(s, NULL, quarter, 0) * LINE) + 2 * PAD;
	char text[64], year[24];

	(void)fprintf(s->f, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"none\" stroke=\"" AK_SVG_LINE "\"/>\n",
		      LEFT, top, WIDTH - 2 * LEFT, height);
	for (int k = 0; k < 3; k++)
		(void)fprintf(s->f, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"" AK_SVG_LINE "\"/>\n",
			      LEFT + SIDE + k * COLUMN, top, LEFT + SIDE + k * COLUMN, top + height);
	ak_svg_text(s->f, LEFT + 6, top + PAD + SIZE, SIZE, BOLD, ak_term_number(quarter / 4, year));
	(void)months_text(s, quarter, text);
	ak_svg_text(s->f, LEFT + 6, top + PAD + SIZE + LINE, SIZE - 1, SOFT, text + strlen(year) + (s->c->ja ? strlen("年") : 1));
	(void)quarter_lines(s, s->f, quarter, top);
	return top + height;
}

static void put_description(const sheet *s)
{
	char text[LINE_TEXT];
	const json_t *item;
	size_t i;

	ak_svg_desc_open(s->f);
	json_array_foreach(json_object_get(s->calendar, "items"), i, item) {
		ak_svg_escaped(s->f, item_text(s, item, text));
		(void)fputc('\n', s->f);
	}
	ak_svg_escaped(s->f, ak_msg_text(MSG_CALENDAR_NOTICE, s->c->ja));
	ak_svg_desc_close(s->f);
}

void ak_calendar_svg(FILE *f, const ak_cli *c, const void *what)
{
	const sheet s = { f, c, what };
	const json_t *items = json_object_get(what, "items");
	size_t n = json_array_size(items), first = quarter_number(ak_js_str(json_array_get(items, 0), "quarter"));
	size_t last = n == 0 ? 0 : quarter_number(ak_js_str(json_array_get(items, n - 1), "quarter"));
	char title[256], date[AK_TERM_DATE_MAX];
	double y = TOP;

	if (n > 0 && last - first >= QUARTERS_MAX) /* something is due in another century: as many rows as a sheet can have */
		last = first + QUARTERS_MAX - 1;
	for (size_t q = first; n > 0 && q <= last; q++)
		y += (double)(quarter_lines(&s, NULL, q, 0) * LINE) + 2 * PAD;
	(void)ak_out_text(c, title, sizeof(title), MSG_CALENDAR_TITLE,
			  ak_js_has(what, "listing") ? ak_js_str(what, "listing") : ak_js_str(what, "origin"),
			  ak_term_date(c->ja, ak_js_str(what, "as_of"), date), NULL);
	ak_svg_open(f, c, WIDTH, (unsigned)y + 56, title);
	put_description(&s);
	ak_svg_text(f, LEFT, 44, 22, BOLD, title);
	ak_svg_text(f, LEFT, 74, SIZE, SOFT, ak_msg_text(n == 0 ? MSG_CALENDAR_EMPTY : MSG_CALENDAR_LEGEND, c->ja));
	y = TOP;
	for (size_t q = first; n > 0 && q <= last; q++)
		y = put_quarter(&s, q, y);
	ak_svg_text(f, LEFT, y + 28, SIZE, SOFT, ak_msg_text(MSG_CALENDAR_NOTICE, c->ja));
	ak_svg_close(f);
}
