/* SPDX-License-Identifier: Apache-2.0 */
/* What the two sheets have no room for, in full, on sheets of its own behind them: texts that were cut, by number, then findings, checks
 * and warnings beyond those shown.  A listing with names and findings as they usually are has none of it. */
#include "js.h"
#include "report_parts.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

/* Beyond these the embedded verdict alone has the rest: a page stays a page. */
enum { NOTES_MAX = 200, NOTE_CELLS = 6000, CELL_BYTES = 4 };

void ak_annex_drop(ak_annex *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->text[i]);
	free(a->text);
	*a = (ak_annex){ 0 };
}

/* The number of a text, the same for the same one; 0 when there is no room. */
static size_t number_of(ak_annex *a, const char *text)
{
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->text[i], text) == 0)
			return i + 1;
	}
	if (a->n == NOTES_MAX)
		return 0;
	if (a->n == a->cap) {
		const size_t cap = a->cap == 0 ? 8 : 2 * a->cap;
		char **bigger = realloc(a->text, cap * sizeof(*bigger));

		if (bigger == NULL)
			return 0; /* the sheet's stream fails too, and the page is not made */
		a->text = bigger;
		a->cap = cap;
	}
	a->text[a->n] = strdup(text);
	if (a->text[a->n] == NULL)
		return 0;
	return ++a->n;
}

void ak_html_cut(const ak_sheet *s, const char *text, size_t cells)
{
	char out[AK_HTML_TEXT], mark[64];
	size_t n;

	if (ak_term_width(text) <= cells && strlen(text) < sizeof(out)) {
		ak_html_text(s, text);
		return;
	}
	ak_html_text(s, ak_term_cut(text, cells, out, sizeof(out)));
	n = number_of(s->annex, text);
	if (n > 0)
		ak_html_text(s, ak_out_text(s->c, mark, sizeof(mark), MSG_REPORT_ANNEX_MARK, AK_NUM(n), NULL));
}

static void put_notes(const ak_sheet *s)
{
	char *room = s->annex->n == 0 ? NULL : malloc((size_t)NOTE_CELLS * CELL_BYTES + 8);

	if (room == NULL)
		return; /* none, or no memory: then the sheet's stream fails too */
	(void)fputs("<ol class=\"annex\">\n", s->f);
	for (size_t i = 0; i < s->annex->n; i++) {
		(void)fputs("<li>", s->f);
		ak_html_text(s, ak_term_cut(s->annex->text[i], NOTE_CELLS, room, (size_t)NOTE_CELLS * CELL_BYTES + 8));
		(void)fputs("</li>\n", s->f);
	}
	(void)fputs("</ol>\n", s->f);
	free(room);
}

void ak_report_annex(const ak_sheet *s)
{
	const bool more = ak_report_found_more(s, false);
	ak_sheet whole = *s; /* here there is room */

	whole.lim.text = whole.lim.basis = whole.lim.next = whole.lim.warning = whole.lim.value = NOTE_CELLS;
	if (s->annex->n == 0 && !more)
		return;
	(void)fputs("<section class=\"sheet\">\n", s->f);
	ak_html_heading(s, "annex", MSG_REPORT_ANNEX);
	if (more)
		(void)ak_report_found_more(&whole, true);
	put_notes(s);
	(void)fputs("</section>\n", s->f);
}
