/* SPDX-License-Identifier: Apache-2.0 */
/* The sheet that goes with the minutes, so that they commit to the records: digests before sealing; record numbers, ids and the checkpoint
 * after. */
#include "js.h"
#include "meeting.h"
#include "term.h"

#include <string.h>

enum { TEXT_ROOM = 1024 };

static void put_heads(const ak_sheet *s, const ak_msg *heads, size_t n)
{
	(void)fputs("<table>\n<thead>\n<tr>", s->f);
	for (size_t i = 0; i < n; i++)
		ak_html_msg(s, "th", "scope=\"col\"", heads[i]);
	(void)fputs("</tr>\n</thead>\n<tbody>\n", s->f);
}

static void put_case(const ak_sheet *s, const ak_papers *p, const json_t *one, size_t i)
{
	const json_t *sealed = p->sealed == NULL ? NULL : json_array_get(p->sealed, i);
	char text[TEXT_ROOM], date[AK_TERM_DATE_MAX];
	const char *head = ak_row_text(s->c, ak_case_row(one, "head", 0), "label");

	(void)fputs("<tr>", s->f);
	ak_html_put(s, "td", "class=\"num\"", ak_case_number(one));
	(void)fputs("<td>", s->f);
	(void)ak_out_text(s->c, text, sizeof(text), *head == '\0' ? MSG_PAPER_ONE : MSG_PAPER_TWO, ak_case_subject(one), head, NULL);
	ak_html_text(s, ak_case_word(s->c, one, "matter"));
	(void)fputs("<br>", s->f);
	ak_html_text(s, text);
	(void)fputs("</td>", s->f);
	ak_html_put(s, "td", "class=\"nowrap\"", ak_case_outcome(s->c, one));
	ak_html_put(s, "td", "class=\"nowrap\"", ak_term_date(s->c->ja, ak_js_str(one, "matter.decided_on"), date));
	if (sealed != NULL) {
		(void)snprintf(text, sizeof(text), "#%llu", (unsigned long long)ak_js_num(sealed, "seq"));
		ak_html_put(s, "td", "class=\"num\"", text);
	}
	(void)fputs("<td class=\"digest\">", s->f);
	ak_html_text(s, ak_js_str(one, "statement"));
	if (sealed != NULL) {
		(void)fputs("<br>", s->f);
		ak_html_text(s, ak_msg_text(MSG_PAPER_RECORD_ID, s->c->ja));
		(void)fputs(" ", s->f);
		ak_html_text(s, ak_js_str(sealed, "id"));
	}
	(void)fputs("</td></tr>\n", s->f);
}

static void put_note(const ak_sheet *s, const ak_papers *p)
{
	char text[TEXT_ROOM];
	const char *line = p->note;

	ak_html_msg(s, "h2", "", MSG_PAPER_CHECKPOINT);
	ak_html_put(s, "p", "", ak_out_text(s->c, text, sizeof(text), MSG_PAPER_CHECKPOINT_WHAT, AK_NUM(p->size), NULL));
	(void)fputs("<pre><code>", s->f);
	while (*line != '\0') { /* line by line: escaping shows a line end as what it is */
		size_t n = strcspn(line, "\n");

		(void)snprintf(text, sizeof(text), "%.*s", (int)(n < sizeof(text) - 1 ? n : sizeof(text) - 1), line);
		ak_html_text(s, text);
		(void)fputc('\n', s->f);
		line += n + (line[n] == '\n');
	}
	(void)fputs("</code></pre>\n", s->f);
}

/* Commands that give the same digests, without this program where that is possible. */
static void put_how(const ak_sheet *s, const ak_papers *p)
{
	char text[TEXT_ROOM];

	ak_html_msg(s, "h2", "", MSG_PAPER_HOW);
	if (p->sealed == NULL) {
		ak_html_msg(s, "p", "", MSG_PAPER_HOW_BEFORE);
		(void)fputs("<pre><code>", s->f);
		ak_html_text(s, "jq -j .payload 01-decision.dsse.json | base64 -d | sha256sum");
		(void)fputs("\n</code></pre>\n", s->f);
		return;
	}
	ak_html_msg(s, "p", "", MSG_PAPER_HOW_AFTER);
	(void)fputs("<pre><code>", s->f);
	(void)snprintf(text, sizeof(text), "akashi show %llu -C ledger.git --raw | sed -n 2p | tr -d '\\n' | sha256sum",
	               (unsigned long long)ak_js_num(json_array_get(p->sealed, 0), "seq"));
	ak_html_text(s, text);
	(void)fputs("\n</code></pre>\n", s->f);
}

void ak_meeting_minutes(FILE *f, const ak_cli *c, const void *papers)
{
	static const ak_msg before[] = { MSG_PAPER_NO, MSG_PAPER_MATTER, MSG_PAPER_OUTCOME, MSG_PAPER_DECIDED_ON, MSG_PAPER_STATEMENT };
	static const ak_msg after[] = { MSG_PAPER_NO, MSG_PAPER_MATTER, MSG_PAPER_OUTCOME, MSG_PAPER_DECIDED_ON, MSG_PAPER_RECORD, MSG_PAPER_STATEMENT };
	static const ak_msg blanks[] = { MSG_REPORT_NUMBER, MSG_PAPER_RECORDED_BY, MSG_PAPER_RECORDED_ON };
	const ak_papers *p = papers;
	const ak_sheet s = { .f = f, .c = c };
	char text[TEXT_ROOM], date[AK_TERM_DATE_MAX];
	const json_t *one;
	size_t i;

	ak_paper_begin(&s, p, p->sealed == NULL ? MSG_PAPER_MINUTES : MSG_PAPER_MINUTES_SEALED);
	ak_html_msg(&s, "p", "class=\"what\"", p->sealed == NULL ? MSG_PAPER_MINUTES_WHAT : MSG_PAPER_MINUTES_SEALED_WHAT);
	ak_paper_blanks(&s, blanks, sizeof(blanks) / sizeof(blanks[0]));
	(void)fputs("<table class=\"facts-table\">\n<tbody>\n", f);
	ak_paper_pair(&s, MSG_PAPER_MEETING, ak_js_str(ak_js_nth(p->index, "cases", 0), "matter.meeting"));
	ak_paper_pair(&s, MSG_PAPER_LEDGER, ak_out_text(c, text, sizeof(text), p->sealed == NULL ? MSG_PAPER_AT : MSG_PAPER_IN, ak_js_str(p->index, "ledger"),
	                                               AK_NUM(ak_js_num(p->index, "size")), ak_term_date(c->ja, ak_js_str(p->index, "made"), date), NULL));
	ak_paper_pair(&s, MSG_PAPER_GENESIS, ak_js_str(p->index, "genesis"));
	(void)fputs("</tbody>\n</table>\n", f);
	ak_html_msg(&s, "h2", "", MSG_PAPER_RECORDS);
	if (p->sealed == NULL)
		put_heads(&s, before, sizeof(before) / sizeof(before[0]));
	else
		put_heads(&s, after, sizeof(after) / sizeof(after[0]));
	json_array_foreach(ak_js_at(p->index, "cases"), i, one)
		put_case(&s, p, one, i);
	(void)fputs("</tbody>\n</table>\n", f);
	if (p->note != NULL)
		put_note(&s, p);
	put_how(&s, p);
	ak_paper_end(&s);
}
