/* SPDX-License-Identifier: Apache-2.0 */
/* The top of the page: what it is, blanks for the file, the verdict, and first of all whether the term of the contract is covered. */
#include "answer.h"
#include "js.h"
#include "report_parts.h"
#include "term.h"
#include "trace.h"
#include "verdict.h"

#include <string.h>

enum { REASON_CELLS = 200 };

static bool says(const ak_sheet *s, const char *verdict)
{
	return strcmp(ak_js_str(s->r, "verdict"), verdict) == 0;
}

static bool because(const ak_sheet *s, const char *reason)
{
	return strcmp(ak_js_str(s->r, "reason"), reason) == 0;
}

/* ---- the form ------------------------------------------------------------------------------------------------------- */

static void row_head(const ak_sheet *s, ak_msg m)
{
	ak_html_msg(s, "th", "scope=\"row\"", m);
}

/* Left empty: filled in with a pen. */
static void blank(const ak_sheet *s, ak_msg m)
{
	row_head(s, m);
	ak_html_put(s, "td", "class=\"blank\"", "\u00a0");
}

static void put_form(const ak_sheet *s)
{
	ak_html_msg(s, "h1", "", MSG_REPORT_TITLE);
	ak_html_msg(s, "p", "class=\"what\"", MSG_REPORT_WHAT);
	(void)fputs("<table class=\"form\">\n<caption class=\"hidden\">", s->f);
	ak_html_text(s, ak_msg_text(MSG_REPORT_FORM, s->c->ja));
	(void)fputs("</caption>\n<tbody>\n<tr>", s->f);
	row_head(s, MSG_REPORT_CASE);
	(void)fputs("<td colspan=\"5\">", s->f);
	ak_html_cut(s, *s->rep->set->title == '\0' ? "\u00a0" : s->rep->set->title, s->lim.title);
	(void)fputs("</td></tr>\n<tr>", s->f);
	blank(s, MSG_REPORT_NUMBER);
	blank(s, MSG_REPORT_CHECKED_BY);
	blank(s, MSG_REPORT_CHECKED_ON);
	(void)fputs("</tr>\n</tbody>\n</table>\n", s->f);
}

/* ---- the term ------------------------------------------------------------------------------------------------------- */

static void term_line(const ak_sheet *s, const char *look, ak_msg m, const char *one, const char *two, const char *three, const char *four)
{
	char text[AK_HTML_TEXT];

	(void)fprintf(s->f, "<p class=\"term %s\">", look);
	ak_html_text(s, ak_out_text(s->c, text, sizeof(text), m, one, two, three, four, NULL));
	(void)fputs("</p>\n", s->f);
}

const json_t *ak_report_end(const ak_sheet *s)
{
	const json_t *step;
	size_t i;

	json_array_foreach(ak_js_at(s->r, "chain"), i, step) {
		if (ak_js_has(step, "ends") && strcmp(ak_js_str(step, "mark"), "failed") == 0)
			return step;
	}
	return NULL;
}

static bool is_suspension(const json_t *end)
{
	return strcmp(ak_js_str(end, "step"), "suspension") == 0;
}

/* A registration that stands no more, or not for now: its old expiry is no longer of interest. */
static void put_ended(const ak_sheet *s, const json_t *end)
{
	const char *day = ak_js_str(end, "date"), *label = ak_js_lang(end, "label", s->c->ja);
	char from[AK_TERM_DATE_MAX], to[AK_TERM_DATE_MAX], date[AK_TERM_DATE_MAX];
	const bool asked = ak_js_has(s->r, "use.contract");
	int64_t gone = 0, first = 0, last = 0;
	const bool known = ak_trace_day(day, &gone) && ak_trace_day(ak_js_str(s->r, "use.contract.from"), &first) &&
	                   ak_trace_day(ak_js_str(s->r, "use.contract.to"), &last);

	(void)ak_html_date(s, "use.contract.from", from);
	(void)ak_html_date(s, "use.contract.to", to);
	day = ak_term_date(s->c->ja, day, date);
	if (is_suspension(end))
		term_line(s, "bad", asked ? MSG_REPORT_TERM_SUSPENDED : MSG_REPORT_SUSPENDED, from, to, day, "");
	else if (!asked || !known || gone > last)
		term_line(s, "bad", MSG_REPORT_ENDED, label, "", day, "");
	else
		term_line(s, "bad", gone <= first ? MSG_REPORT_TERM_GONE : MSG_REPORT_TERM_GONE_WITHIN, from, to, day, label);
}

/* Whether the registration, as it is known, outlasts the contract.  Only whole days are compared. */
static void put_contract(const ak_sheet *s)
{
	char from[AK_TERM_DATE_MAX], to[AK_TERM_DATE_MAX], until[AK_TERM_DATE_MAX];
	const char *expires = ak_js_str(s->r, "listing.expires_on");
	int64_t first, last, end;
	bool known = strlen(expires) == 10 && ak_trace_day(expires, &end) && ak_trace_day(ak_js_str(s->r, "use.contract.from"), &first) &&
	             ak_trace_day(ak_js_str(s->r, "use.contract.to"), &last);

	(void)ak_html_date(s, "use.contract.from", from);
	(void)ak_html_date(s, "use.contract.to", to);
	(void)ak_html_date(s, "listing.expires_on", until);
	if (strcmp(ak_js_str(s->r, "use.listing_verdict"), "invalid") == 0)
		term_line(s, "bad", MSG_REPORT_TERM_INVALID, from, to, "", "");
	else if (!known)
		term_line(s, "unsure", *expires == '\0' ? MSG_REPORT_TERM_NONE : MSG_REPORT_TERM_UNKNOWN, from, to, until, "");
	else if (end < last && ak_js_true(s->r, "listing.carried"))
		term_line(s, "unsure", MSG_REPORT_TERM_CARRIED, from, to, until, "");
	else if (end < first)
		term_line(s, "bad", MSG_REPORT_TERM_BEFORE, from, to, until, "");
	else if (end < last)
		term_line(s, "bad", last - end == 1 ? MSG_REPORT_TERM_WITHIN_ONE : MSG_REPORT_TERM_WITHIN, from, to, until, AK_NUM(last - end));
	else
		term_line(s, says(s, "valid") ? "good" : "plain", MSG_REPORT_TERM_COVERED, from, to, until, "");
}

static void put_term(const ak_sheet *s)
{
	const char *expires = ak_js_str(s->r, "listing.expires_on");
	char date[AK_TERM_DATE_MAX];

	if (because(s, "tampered") || because(s, "other-ledger") || (because(s, "completeness") && !ak_js_has(s->r, "completeness")))
		return; /* nothing that the bytes say counts */
	if (ak_report_end(s) != NULL) {
		put_ended(s, ak_report_end(s));
		return;
	}
	if (ak_js_has(s->r, "use.contract"))
		put_contract(s);
	else if (*expires != '\0')
		term_line(s, "plain", MSG_LISTED_UNTIL, ak_term_date(s->c->ja, expires, date), "", "", "");
	else if (!because(s, "not-found"))
		term_line(s, "unsure", MSG_NO_EXPIRY, "", "", "", "");
	if (ak_js_true(s->r, "listing.carried") && !ak_js_has(s->r, "use.contract"))
		term_line(s, "plain", MSG_REPORT_CARRIED, "", "", "", "");
}

/* ---- the verdict ---------------------------------------------------------------------------------------------------- */

static ak_msg why_of(const ak_sheet *s)
{
	static const struct {
		const char *reason;
		ak_msg m;
	} why[] = {
		{ "tampered", MSG_WHY_TAMPERED_BUNDLE }, { "stale", MSG_REPORT_WHY_STALE }, { "completeness", MSG_REPORT_WHY_INCOMPLETE },
		{ "unknown-version", MSG_WHY_VERSION }, { "not-found", MSG_REPORT_WHY_NOT_FOUND }, { "cannot-decide", MSG_WHY_CANNOT_DECIDE },
		{ "other-ledger", MSG_REPORT_WHY_OTHER }, { "erased", MSG_WHY_ERASED }, { "evidence-not-on-record", MSG_WHY_NO_EVIDENCE },
	};

	if (because(s, "stale") && ak_verdict_ended(s->r))
		return MSG_REPORT_WHY_ENDED;
	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		if (because(s, why[i].reason))
			return why[i].m == MSG_REPORT_WHY_NOT_FOUND && ak_js_num(s->r, "completeness.records") > 0 ? MSG_REPORT_WHY_NONE_LISTS : why[i].m;
	}
	return MSG_NONE;
}

/* Before all else: this is not what is known now. */
static void put_known_then(const ak_sheet *s)
{
	uint64_t known = ak_js_num(s->r, "known_at"), size = ak_js_num(s->r, "ledger.size");
	char text[AK_HTML_TEXT];

	if (known == 0 || known >= size)
		return;
	(void)fputs("<p class=\"why\">", s->f);
	ak_html_cut(s, ak_out_text(s->c, text, sizeof(text), MSG_KNOWN_THEN, AK_NUM(known), AK_NUM(size), NULL), REASON_CELLS);
	(void)fputs("</p>\n", s->f);
}

const char *ak_report_because(const ak_sheet *s)
{
	const json_t *f;
	size_t i;

	if (ak_report_end(s) != NULL || !(because(s, "use") || because(s, "rules")))
		return "";
	json_array_foreach(ak_js_at(s->r, "findings"), i, f) {
		if (says(s, ak_js_str(f, "severity")))
			return ak_js_lang(f, "text", s->c->ja);
	}
	return "";
}

static void put_why(const ak_sheet *s)
{
	ak_msg m = why_of(s);
	char text[AK_HTML_TEXT], source[AK_HTML_TEXT];

	if (*ak_report_because(s) != '\0') {
		(void)fputs("<p class=\"why\">", s->f);
		ak_html_cut(s, ak_report_because(s), s->lim.text);
		(void)fputs("</p>\n", s->f);
	}
	if (because(s, "use"))
		(void)ak_out_text(s->c, text, sizeof(text), MSG_WHY_USE, ak_answer_word(s->c, ak_js_str(s->r, "use.listing_verdict")), NULL);
	else if (because(s, "evidence-not-on-record") && strcmp(ak_js_str(s->r, "listing.basis"), "imported") == 0)
		(void)ak_out_text(s->c, text, sizeof(text), MSG_WHY_IMPORTED,
		                  ak_term_cut(ak_js_lang(s->r, "listing.source", s->c->ja), 80, source, sizeof(source)), NULL);
	else if (m != MSG_NONE)
		(void)ak_out_text(s->c, text, sizeof(text), m, NULL);
	else
		return;
	(void)fputs("<p class=\"why\">", s->f);
	ak_html_cut(s, text, REASON_CELLS);
	(void)fputs("</p>\n", s->f);
}

static void put_pair(const ak_sheet *s, ak_msg name, const char *value, size_t cells)
{
	if (*value == '\0')
		return;
	(void)fputs("<div>", s->f);
	ak_html_msg(s, "dt", "", name);
	(void)fputs("<dd>", s->f);
	ak_html_cut(s, value, cells);
	(void)fputs("</dd></div>\n", s->f);
}

static void put_subject(const ak_sheet *s)
{
	char date[AK_TERM_DATE_MAX], assurance[AK_HTML_TEXT];
	const char *grade = ak_js_str(s->r, "assurance");
	ak_msg m = strcmp(grade, "full-chain") == 0 ? MSG_REPORT_FULL_CHAIN : strcmp(grade, "operator-attested") == 0 ? MSG_REPORT_ATTESTED
	           : strcmp(grade, "public-list") == 0 ? MSG_REPORT_PUBLIC_LIST : MSG_REPORT_NO_ASSURANCE;

	(void)fputs("<dl class=\"facts\">\n", s->f);
	put_pair(s, MSG_REPORT_LISTING, ak_js_str(s->r, "listing.name"), 60);
	put_pair(s, MSG_AS_OF_WORD, ak_html_date(s, "as_of", date), 40);
	put_pair(s, MSG_REPORT_SERVICE, ak_js_lang(s->r, "listing.service", s->c->ja), s->lim.fact);
	put_pair(s, MSG_REPORT_PROVIDER, ak_js_lang(s->r, "listing.provider", s->c->ja), s->lim.fact);
	put_pair(s, MSG_REPORT_ASSURANCE, ak_out_text(s->c, assurance, sizeof(assurance), m, NULL), 120);
	(void)fputs("</dl>\n", s->f);
	ak_report_use(s);
}

void ak_report_head(const ak_sheet *s)
{
	const char *look = says(s, "valid") ? "good" : says(s, "unverifiable") ? "unsure" : "bad";
	const char *sign = says(s, "valid") ? "✓" : says(s, "unverifiable") ? "?" : "✗";

	put_form(s);
	ak_html_heading(s, "verdict", MSG_REPORT_VERDICT);
	(void)fprintf(s->f, "<div class=\"verdict %s\">\n<p class=\"word\"><span aria-hidden=\"true\">%s</span> ", look, sign);
	ak_html_text(s, ak_msg_text(ak_verdict_word(s->r), s->c->ja));
	(void)fputs("</p>\n", s->f);
	put_term(s);
	put_known_then(s);
	put_why(s);
	if (because(s, "tampered"))
		ak_html_msg(s, "p", "class=\"why\"", MSG_NOTHING_ELSE_JUDGED);
	(void)fputs("</div>\n", s->f);
	put_subject(s);
}
