/* SPDX-License-Identifier: Apache-2.0 */
/* A draft of the notice to whom a decision concerns: what was decided, where it is on record, and how to check that. */
#include "js.h"
#include "meeting.h"
#include "term.h"

#include <string.h>

enum { TEXT_ROOM = 1024 };

static void put_facts(const ak_sheet *s, const ak_papers *p, const json_t *one)
{
	const json_t *head = ak_case_row(one, "head", 0), *sealed = json_array_get(p->sealed, p->one), *row;
	char date[AK_TERM_DATE_MAX], text[TEXT_ROOM];

	(void)fputs("<table class=\"facts-table\">\n<tbody>\n", s->f);
	ak_paper_pair(s, MSG_PAPER_MATTER, ak_case_word(s->c, one, "matter"));
	ak_paper_pair(s, MSG_PAPER_WHAT, ak_row_text(s->c, head, "label"));
	ak_paper_pair(s, MSG_PAPER_SUBJECT, ak_case_subject(one));
	ak_paper_pair(s, MSG_PAPER_OUTCOME, ak_case_outcome(s->c, one));
	ak_paper_pair(s, MSG_PAPER_MEETING, ak_js_str(one, "matter.meeting"));
	ak_paper_pair(s, MSG_PAPER_DECIDED_ON, ak_term_date(s->c->ja, ak_js_str(one, "matter.decided_on"), date));
	ak_paper_pair(s, MSG_PAPER_REGISTERED_ON, ak_term_date(s->c->ja, ak_js_str(one, "matter.registered_on"), date));
	ak_paper_pair(s, MSG_PAPER_EFFECTIVE, ak_term_date(s->c->ja, ak_js_str(one, "matter.effective_on"), date));
	ak_paper_pair(s, MSG_PAPER_VALID_FROM, ak_term_date(s->c->ja, ak_js_str(one, "matter.valid_from"), date));
	ak_paper_pair(s, MSG_PAPER_VALID_UNTIL, ak_term_date(s->c->ja, ak_js_str(one, "matter.valid_until"), date));
	for (size_t i = 0; (row = ak_case_row(one, "note", i)) != NULL; i++) {
		if (ak_js_has(row, "date"))
			ak_paper_pair(s, MSG_PAPER_FOLLOWS, ak_out_text(s->c, text, sizeof(text), MSG_PAPER_NOTE, ak_row_text(s->c, row, "label"),
			                                                ak_term_date(s->c->ja, ak_js_str(row, "date"), date), NULL));
	}
	ak_paper_pair(s, MSG_PAPER_REASON, ak_js_str(one, "matter.reason"));
	(void)fputs("</tbody>\n</table>\n", s->f);
	ak_html_msg(s, "h2", "", MSG_NOTICE_RECORD);
	(void)fputs("<table class=\"facts-table\">\n<tbody>\n", s->f);
	ak_paper_pair(s, MSG_PAPER_LEDGER, ak_js_str(p->index, "ledger"));
	(void)snprintf(text, sizeof(text), "#%llu", (unsigned long long)ak_js_num(sealed, "seq"));
	ak_paper_pair(s, MSG_PAPER_RECORD, text);
	ak_paper_pair(s, MSG_PAPER_RECORD_ID, ak_js_str(sealed, "id"));
	ak_paper_pair(s, MSG_PAPER_STATEMENT, ak_js_str(one, "statement"));
	ak_paper_pair(s, MSG_NOTICE_SEALED, ak_term_date(s->c->ja, ak_js_str(sealed, "time"), date));
	(void)fputs("</tbody>\n</table>\n", s->f);
}

static void put_how(const ak_sheet *s, const ak_papers *p, const json_t *one)
{
	const char *listing = ak_js_str(one, "matter.listing");
	unsigned long long seq = ak_js_num(json_array_get(p->sealed, p->one), "seq");
	char text[TEXT_ROOM];

	ak_html_msg(s, "h2", "", MSG_NOTICE_HOW);
	ak_html_msg(s, "p", "", MSG_NOTICE_HOW_WHAT);
	(void)fputs("<pre><code>", s->f);
	(void)snprintf(text, sizeof(text), "akashi audit -C ledger.git --trust trust");
	ak_html_text(s, text);
	(void)fputc('\n', s->f);
	(void)snprintf(text, sizeof(text), "akashi show %llu -C ledger.git --full", seq);
	ak_html_text(s, text);
	if (*listing != '\0') {
		(void)fputc('\n', s->f);
		/* The number is the agenda's, so it is told as text and never as part of a command unless it is a plain one. */
		if (strspn(listing, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(listing) && listing[0] != '-') {
			(void)snprintf(text, sizeof(text), "akashi-verify %.100s.akashi --trust trust", listing);
			ak_html_text(s, text);
		}
	}
	(void)fputs("\n</code></pre>\n", s->f);
	if (*listing != '\0')
		ak_html_msg(s, "p", "class=\"soft\"", MSG_NOTICE_LATER);
}

void ak_meeting_notice(FILE *f, const ak_cli *c, const void *papers)
{
	const ak_papers *p = papers;
	const ak_sheet s = { .f = f, .c = c };
	const json_t *one = ak_js_nth(p->index, "cases", p->one), *head = ak_case_row(one, "head", 0);
	const char *to = ak_row_text(c, head, "text");
	char text[TEXT_ROOM];

	ak_paper_begin(&s, p, MSG_NOTICE_TITLE);
	ak_html_msg(&s, "p", "class=\"what\"", MSG_NOTICE_WHAT);
	ak_html_msg(&s, "p", "class=\"date\"", MSG_NOTICE_NUMBER);
	ak_html_msg(&s, "p", "class=\"date\"", MSG_NOTICE_DATE);
	if (*to == '\0')
		to = ak_row_text(c, head, "label");
	ak_html_put(&s, "p", "class=\"to\"", ak_out_text(c, text, sizeof(text), MSG_NOTICE_TO, *to == '\0' ? ak_case_subject(one) : to, NULL));
	ak_html_msg(&s, "p", "class=\"from\"", MSG_NOTICE_FROM);
	ak_html_msg(&s, "p", "", MSG_NOTICE_TEXT);
	if (c->ja)
		ak_html_msg(&s, "p", "class=\"middle\"", MSG_NOTICE_BELOW);
	put_facts(&s, p, one);
	put_how(&s, p, one);
	if (c->ja)
		ak_html_msg(&s, "p", "class=\"date\"", MSG_NOTICE_ENDS);
	ak_html_msg(&s, "p", "class=\"notice\"", MSG_NOTICE_NO_GUARANTEE);
	ak_paper_end(&s);
}
