/* SPDX-License-Identifier: Apache-2.0 */
/* The sheet that is looked through before anybody signs: totals first, then each case with what it rests on and what speaks against it. */
#include "answer.h"
#include "findings.h"
#include "js.h"
#include "meeting.h"
#include "phrase.h"
#include "term.h"

#include <string.h>

enum { TEXT_ROOM = 2048 };

typedef struct totals {
	size_t cases, flagged, bad, missing, follow;
} totals;

static totals count(const json_t *index)
{
	totals t = { 0 };
	const json_t *one, *f;
	size_t i, k;

	json_array_foreach(ak_js_at(index, "cases"), i, one) {
		json_t *flags = ak_case_flags(one, false);
		bool bad = false;

		json_array_foreach(flags, k, f)
			bad = bad || ak_flag_is_bad(f);
		t.cases++;
		t.bad += bad;
		t.flagged += json_array_size(flags) > 0;
		t.missing += ak_case_row(one, "missing", 0) != NULL;
		t.follow += ak_js_len(one, "then");
		json_decref(flags);
	}
	return t;
}

/* ---- the top -------------------------------------------------------------------------------------------------------- */

/* What the same field says of every case; "" when they differ. */
static const char *common(const json_t *index, const char *field)
{
	const char *first = ak_js_str(ak_js_nth(index, "cases", 0), field);
	const json_t *one;
	size_t i;

	json_array_foreach(ak_js_at(index, "cases"), i, one) {
		if (strcmp(ak_js_str(one, field), first) != 0)
			return "";
	}
	return first;
}

static void put_about(const ak_sheet *s, const json_t *index)
{
	char text[TEXT_ROOM], date[AK_TERM_DATE_MAX], digest[AK_TERM_DIGEST_MAX];

	(void)fputs("<table class=\"facts-table\">\n<tbody>\n", s->f);
	ak_paper_pair(s, MSG_PAPER_MEETING, common(index, "matter.meeting"));
	ak_paper_pair(s, MSG_PAPER_DECIDED_ON, ak_term_date(s->c->ja, common(index, "matter.decided_on"), date));
	ak_paper_pair(s, MSG_PAPER_AGENDA, ak_out_text(s->c, text, sizeof(text), MSG_PAPER_FILE, ak_js_str(index, "agenda.name"),
	                                               ak_term_digest(false, ak_js_str(index, "agenda.digest"), digest), NULL));
	ak_paper_pair(s, MSG_PAPER_LEDGER, ak_out_text(s->c, text, sizeof(text), MSG_PAPER_AT, ak_js_str(index, "ledger"), AK_NUM(ak_js_num(index, "size")),
	                                               ak_term_date(s->c->ja, ak_js_str(index, "made"), date), NULL));
	(void)fputs("</tbody>\n</table>\n", s->f);
}

static void put_totals(const ak_sheet *s, const totals *t)
{
	static const ak_msg heads[] = { MSG_PAPER_CASES, MSG_PAPER_BAD, MSG_PAPER_FLAGGED, MSG_PAPER_LACKING, MSG_PAPER_FOLLOW };
	const size_t n[] = { t->cases, t->bad, t->flagged, t->missing, t->follow };

	(void)fputs("<table>\n<thead>\n<tr>", s->f);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		ak_html_msg(s, "th", "scope=\"col\" class=\"num\"", heads[i]);
	(void)fputs("</tr>\n</thead>\n<tbody>\n<tr>", s->f);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		ak_html_put(s, "td", "class=\"num\"", AK_NUM(n[i]));
	(void)fputs("</tr>\n</tbody>\n</table>\n", s->f);
}

/* The first day that follows from the decision, on a line of its own. */
static void put_outlook(const ak_sheet *s, const json_t *one)
{
	const json_t *row;
	char date[AK_TERM_DATE_MAX];
	size_t i = 0;

	while ((row = ak_case_row(one, "note", i)) != NULL && !ak_js_has(row, "date"))
		i++;
	(void)fputs("<td>", s->f);
	if (row != NULL) {
		ak_html_text(s, ak_row_text(s->c, row, "label"));
		(void)fputs("<br><span class=\"nowrap\">", s->f);
		ak_html_text(s, ak_term_date(s->c->ja, ak_js_str(row, "date"), date));
		(void)fputs("</span>", s->f);
	}
	(void)fputs("</td>", s->f);
}

static void put_flag_counts(const ak_sheet *s, const json_t *one)
{
	json_t *flags = ak_case_flags(one, false);
	bool missing = ak_case_row(one, "missing", 0) != NULL;
	size_t bad = 0, i;
	const json_t *f;
	char text[TEXT_ROOM];

	json_array_foreach(flags, i, f)
		bad += ak_flag_is_bad(f);
	(void)fputs("<td>", s->f);
	if (json_array_size(flags) == 0 && !missing)
		ak_html_msg(s, "span", "", MSG_PAPER_NOTHING);
	else
		ak_html_put(s, "span", bad > 0 || missing ? "class=\"bad\"" : "class=\"unsure\"",
		            ak_out_text(s->c, text, sizeof(text), missing ? MSG_PAPER_COUNTS_MISSING : MSG_PAPER_COUNTS, AK_NUM(bad), AK_NUM(json_array_size(flags) - bad), NULL));
	(void)fputs("</td>", s->f);
	json_decref(flags);
}

static void put_overview(const ak_sheet *s, const json_t *index)
{
	static const ak_msg heads[] = { MSG_PAPER_NO, MSG_PAPER_MATTER, MSG_PAPER_SUBJECT, MSG_PAPER_OUTCOME, MSG_PAPER_OUTLOOK, MSG_PAPER_TO_CHECK };
	char text[TEXT_ROOM];
	const json_t *one;
	size_t i;

	(void)fputs("<table>\n<thead>\n<tr>", s->f);
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		ak_html_msg(s, "th", "scope=\"col\"", heads[i]);
	(void)fputs("</tr>\n</thead>\n<tbody>\n", s->f);
	json_array_foreach(ak_js_at(index, "cases"), i, one) {
		const char *head = ak_row_text(s->c, ak_case_row(one, "head", 0), "label");

		(void)fputs("<tr>", s->f);
		ak_html_put(s, "td", "class=\"num\"", ak_case_number(one));
		ak_html_put(s, "td", "class=\"nowrap\"", ak_case_word(s->c, one, "matter"));
		ak_html_put(s, "td", "", ak_out_text(s->c, text, sizeof(text), *head == '\0' ? MSG_PAPER_ONE : MSG_PAPER_TWO, ak_case_subject(one), head, NULL));
		ak_html_put(s, "td", "class=\"nowrap\"", ak_case_outcome(s->c, one));
		put_outlook(s, one);
		put_flag_counts(s, one);
		(void)fputs("</tr>\n", s->f);
	}
	(void)fputs("</tbody>\n</table>\n", s->f);
}

/* ---- a case ---------------------------------------------------------------------------------------------------------- */

static void put_facts(const ak_sheet *s, const json_t *one)
{
	static const struct {
		ak_msg head;
		const char *field;
	} rows[] = { { MSG_PAPER_EFFECTIVE, "matter.effective_on" }, { MSG_PAPER_REGISTERED_ON, "matter.registered_on" }, { MSG_PAPER_VALID_FROM, "matter.valid_from" },
		     { MSG_PAPER_VALID_UNTIL, "matter.valid_until" }, { MSG_PAPER_REASON, "matter.reason" }, { MSG_PAPER_REMARKS, "matter.remarks" } };
	const json_t *head = ak_case_row(one, "head", 0), *row;
	char date[AK_TERM_DATE_MAX], text[TEXT_ROOM];

	(void)fputs("<table class=\"facts-table\">\n<tbody>\n", s->f);
	ak_paper_pair(s, MSG_PAPER_WHAT, ak_row_text(s->c, head, "label"));
	ak_paper_pair(s, MSG_PAPER_PROVIDER, ak_row_text(s->c, head, "text"));
	ak_paper_pair(s, MSG_PAPER_OUTCOME, ak_case_outcome(s->c, one));
	ak_paper_pair(s, MSG_PAPER_MEETING, ak_js_str(one, "matter.meeting"));
	ak_paper_pair(s, MSG_PAPER_DECIDED_ON, ak_term_date(s->c->ja, ak_js_str(one, "matter.decided_on"), date));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ak_paper_pair(s, rows[i].head, ak_term_date(s->c->ja, ak_js_str(one, rows[i].field), date));
	for (size_t i = 0; (row = ak_case_row(one, "note", i)) != NULL; i++)
		ak_paper_pair(s, MSG_PAPER_FOLLOWS,
		              ak_js_has(row, "date") ? ak_out_text(s->c, text, sizeof(text), MSG_PAPER_NOTE, ak_row_text(s->c, row, "label"),
		                                                   ak_term_date(s->c->ja, ak_js_str(row, "date"), date), NULL)
		                                     : ak_row_text(s->c, row, "label"));
	(void)fputs("</tbody>\n</table>\n", s->f);
}

static void put_chain(const ak_sheet *s, const json_t *one)
{
	static const ak_msg heads[] = { MSG_PAPER_STEP, MSG_PAPER_DATE, MSG_PAPER_RECORD, MSG_PAPER_BY, MSG_PAPER_SAYS };
	char text[TEXT_ROOM], date[AK_TERM_DATE_MAX];
	const json_t *row;

	ak_html_msg(s, "h3", "", MSG_PAPER_CHAIN);
	if (ak_case_row(one, "chain", 0) == NULL) {
		ak_html_msg(s, "p", "", MSG_PAPER_NO_CHAIN);
		return;
	}
	(void)fputs("<table class=\"chain\">\n<thead>\n<tr>", s->f);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		ak_html_msg(s, "th", "scope=\"col\"", heads[i]);
	(void)fputs("</tr>\n</thead>\n<tbody>\n", s->f);
	for (size_t i = 0; (row = ak_case_row(one, "chain", i)) != NULL; i++) {
		(void)fputs("<tr>", s->f);
		ak_html_put(s, "td", "", ak_row_text(s->c, row, "label"));
		ak_html_put(s, "td", "class=\"nowrap\"", ak_term_date(s->c->ja, ak_js_str(row, "date"), date));
		(void)snprintf(text, sizeof(text), "#%llu", (unsigned long long)ak_js_num(row, "record"));
		ak_html_put(s, "td", "class=\"num\"", text);
		ak_html_put(s, "td", "", ak_row_text(s->c, row, "party"));
		ak_html_put(s, "td", "", ak_term_dates(s->c->ja, ak_row_text(s->c, row, "text"), text, sizeof(text)));
		(void)fputs("</tr>\n", s->f);
	}
	(void)fputs("</tbody>\n</table>\n", s->f);
}

static void put_soft(const ak_sheet *s, const char *text)
{
	ak_html_put(s, "p", "class=\"soft\"", text);
}

static void put_flag(const ak_sheet *s, const json_t *f)
{
	const char *severity = ak_js_str(f, "severity"), *expected = ak_js_lang(f, "expected", s->c->ja), *found = ak_js_lang(f, "found", s->c->ja);
	bool bad = ak_flag_is_bad(f), warning = strcmp(severity, "warning") == 0;
	char text[TEXT_ROOM], phrase[2][AK_PHRASE_MAX];

	(void)fprintf(s->f, "<li class=\"%s\"><p><b><span aria-hidden=\"true\">%s</span> ", bad ? "bad" : "unsure", warning ? "!" : bad ? "✗" : "?");
	ak_html_text(s, ak_answer_word(s->c, severity));
	(void)fputs(" ", s->f);
	ak_html_text(s, ak_js_str(f, "rule"));
	(void)fputs("</b> ", s->f);
	ak_html_text(s, ak_term_dates(s->c->ja, ak_js_lang(f, "text", s->c->ja), text, sizeof(text)));
	if (ak_js_has(f, "record") && ak_js_num(f, "record") < ak_js_num(s->r, "size")) /* the others are drafts: they have no number yet */
		(void)fprintf(s->f, " (#%llu)", (unsigned long long)ak_js_num(f, "record"));
	(void)fputs("</p>\n", s->f);
	if (*expected != '\0' && *found != '\0' && strcmp(found, "none") != 0)
		put_soft(s, ak_out_text(s->c, text, sizeof(text), MSG_EXPECTED_FOUND, ak_phrase(s->c, expected, phrase[0]), ak_phrase(s->c, found, phrase[1]), NULL));
	else if (*found != '\0' && strcmp(found, "none") != 0)
		put_soft(s, ak_out_text(s->c, text, sizeof(text), MSG_FOUND, ak_phrase(s->c, found, phrase[0]), NULL));
	if (*ak_js_str(f, "rule") != '\0')
		put_soft(s, ak_finding_basis(s->c, f, text, sizeof(text)));
	(void)fputs("</li>\n", s->f);
}

static void put_flags(const ak_sheet *s, const json_t *one, bool effects)
{
	json_t *flags = ak_case_flags(one, effects);
	const json_t *f, *row;
	size_t i;

	if (!effects || json_array_size(flags) > 0)
		ak_html_msg(s, "h3", "", effects ? MSG_PAPER_EFFECTS : MSG_PAPER_FLAGS);
	if (!effects && json_array_size(flags) == 0 && ak_case_row(one, "missing", 0) == NULL)
		ak_html_msg(s, "p", "", MSG_PAPER_NO_FLAGS);
	(void)fputs("<ul class=\"findings\">\n", s->f);
	for (i = 0; !effects && (row = ak_case_row(one, "missing", i)) != NULL; i++) {
		(void)fputs("<li class=\"bad\"><p><b><span aria-hidden=\"true\">✗</span> ", s->f);
		ak_html_text(s, ak_msg_text(MSG_PAPER_MISSING, s->c->ja));
		(void)fputs("</b> ", s->f);
		ak_html_text(s, ak_row_text(s->c, row, "label"));
		(void)fputs("</p></li>\n", s->f);
	}
	json_array_foreach(flags, i, f) {
		if (ak_flag_is_bad(f))
			put_flag(s, f);
	}
	json_array_foreach(flags, i, f) {
		if (!ak_flag_is_bad(f))
			put_flag(s, f);
	}
	(void)fputs("</ul>\n", s->f);
	json_decref(flags);
}

static void put_case(const ak_sheet *s, const json_t *one)
{
	char label[AK_CASE_ROOM], text[TEXT_ROOM];

	(void)fputs("<section class=\"case\">\n", s->f);
	ak_html_put(s, "h2", "", ak_case_label(s->c, one, label));
	put_facts(s, one);
	put_chain(s, one);
	put_flags(s, one, false);
	put_flags(s, one, true);
	(void)fputs("<p class=\"soft\">", s->f);
	ak_html_text(s, ak_out_text(s->c, text, sizeof(text), MSG_PAPER_DRAFT, ak_js_str(one, "file"), NULL));
	(void)fputs(" <span class=\"digest\">", s->f);
	ak_html_text(s, ak_js_str(one, "statement"));
	(void)fputs("</span></p>\n</section>\n", s->f);
}

void ak_meeting_review(FILE *f, const ak_cli *c, const void *papers)
{
	static const ak_msg blanks[] = { MSG_REPORT_NUMBER, MSG_REPORT_CHECKED_BY, MSG_REPORT_CHECKED_ON };
	const ak_papers *p = papers;
	const ak_sheet s = { .f = f, .c = c, .r = p->index };
	const totals t = count(p->index);
	const json_t *one;
	size_t i;

	ak_paper_begin(&s, p, MSG_PAPER_REVIEW);
	ak_html_msg(&s, "p", "class=\"what\"", MSG_PAPER_REVIEW_WHAT);
	ak_paper_blanks(&s, blanks, sizeof(blanks) / sizeof(blanks[0]));
	ak_html_msg(&s, "h2", "", MSG_PAPER_TOTALS);
	put_totals(&s, &t);
	put_about(&s, p->index);
	ak_html_msg(&s, "h2", "", MSG_PAPER_OVERVIEW);
	put_overview(&s, p->index);
	json_array_foreach(ak_js_at(p->index, "cases"), i, one)
		put_case(&s, one);
	ak_html_msg(&s, "p", "class=\"notice\"", MSG_PAPER_REVIEW_NOTICE);
	ak_paper_end(&s);
}
