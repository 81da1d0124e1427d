/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked of the use, as a table: the question, and what the register or the statement says of it. */
#include "js.h"
#include "report_parts.h"
#include "term.h"
#include "verdict.h"

#include <string.h>

static void put_answer(const ak_sheet *s, const char *sign, const char *text)
{
	(void)fprintf(s->f, "<span aria-hidden=\"true\">%s</span> ", sign);
	ak_html_cut(s, text, s->lim.answer);
}

static void put_row(const ak_sheet *s, const ak_asked_of_use *q, const char *what)
{
	char text[AK_HTML_TEXT];
	const json_t *a;
	size_t n = 0;

	(void)fputs("<tr>", s->f);
	ak_html_msg(s, "th", "scope=\"row\"", q->name);
	(void)fputs("<td>", s->f);
	ak_html_cut(s, what, s->lim.fact);
	(void)fputs("</td><td>", s->f);
	for (; (a = ak_verdict_answered(s->r, q->question, n)) != NULL; n++) {
		if (n > 0)
			(void)fputs("<br>", s->f);
		put_answer(s, ak_verdict_sign(a), ak_verdict_says(s->c, a, text, sizeof(text)));
	}
	if (n == 0)
		put_answer(s, "?", ak_msg_text(ak_verdict_not_answered(q->question), s->c->ja));
	(void)fputs("</td></tr>\n", s->f);
}

void ak_report_use(const ak_sheet *s)
{
	static const ak_msg heads[] = { MSG_REPORT_COL_ASKED, MSG_REPORT_COL_WHAT, MSG_REPORT_COL_SAYS };
	char text[AK_HTML_TEXT];
	bool begun = false;

	for (size_t i = 0; i < AK_ASKED_OF_USE; i++) {
		const char *what = ak_verdict_asked(s->c, s->r, &ak_asked_of_uses[i], text, sizeof(text));

		if (*what == '\0')
			continue;
		if (!begun) {
			(void)fputs("<table class=\"asked\">\n<caption class=\"hidden\">", s->f);
			ak_html_text(s, ak_msg_text(MSG_REPORT_ASKED, s->c->ja));
			(void)fputs("</caption>\n<thead><tr>", s->f);
			for (size_t k = 0; k < sizeof(heads) / sizeof(heads[0]); k++)
				ak_html_msg(s, "th", "scope=\"col\"", heads[k]);
			(void)fputs("</tr></thead>\n<tbody>\n", s->f);
			begun = true;
		}
		put_row(s, &ak_asked_of_uses[i], what);
	}
	if (begun)
		(void)fputs("</tbody>\n</table>\n", s->f);
}
