/* SPDX-License-Identifier: Apache-2.0 */
/* What failed and what to look at, each with the clause and the next step; and where the answer rests. */
#include "answer.h"
#include "findings.h"
#include "js.h"
#include "phrase.h"
#include "report_parts.h"
#include "term.h"

#include <string.h>

enum { RULES_MAX = 40 };

/* ---- findings ------------------------------------------------------------------------------------------------------- */

static bool is_warning(const json_t *f)
{
	return strcmp(ak_js_str(f, "severity"), "warning") == 0;
}

static void put_dd(const ak_sheet *s, const char *attributes, const char *text, size_t cells)
{
	(void)fprintf(s->f, "<p%s%s>", *attributes == '\0' ? "" : " ", attributes);
	ak_html_cut(s, text, cells);
	(void)fputs("</p>\n", s->f);
}

static void put_values(const ak_sheet *s, const char *expected, const char *found)
{
	char phrase[2][AK_PHRASE_MAX], text[AK_HTML_TEXT];

	if (*expected == '\0' && *found == '\0')
		return;
	(void)ak_out_text(s->c, text, sizeof(text), *expected == '\0' ? MSG_FOUND : *found == '\0' ? MSG_EXPECTED : MSG_EXPECTED_FOUND,
	                  ak_phrase(s->c, *expected == '\0' ? found : expected, phrase[0]), ak_phrase(s->c, found, phrase[1]), NULL);
	put_dd(s, "class=\"soft\"", text, 2 * s->lim.value + 40);
}

/* That nobody has compared the clause with the text in force is said also where the clause is cut. */
static void put_basis(const ak_sheet *s, const char *basis)
{
	const char *unknown = ak_msg_text(MSG_BASIS_UNKNOWN, s->c->ja);
	char text[128];

	(void)fputs("<p class=\"soft\">", s->f);
	ak_html_cut(s, basis, s->lim.basis);
	if (strstr(basis, unknown) != NULL && ak_term_width(basis) > s->lim.basis)
		ak_html_text(s, ak_out_text(s->c, text, sizeof(text), MSG_IN_BRACKETS, unknown, NULL));
	(void)fputs("</p>\n", s->f);
}

static void put_finding(const ak_sheet *s, const json_t *f)
{
	const char *severity = ak_js_str(f, "severity"), *next = ak_js_lang(f, "next", s->c->ja);
	bool unsure = is_warning(f) || strcmp(severity, "unverifiable") == 0;
	char text[AK_HTML_TEXT], basis[AK_HTML_TEXT];

	(void)fprintf(s->f, "<li class=\"%s\"><p><b><span aria-hidden=\"true\">%s</span> ", unsure ? "unsure" : "bad", is_warning(f) ? "!" : unsure ? "?" : "✗");
	ak_html_text(s, ak_answer_word(s->c, severity));
	(void)fputs(" ", s->f);
	ak_html_cut(s, ak_js_str(f, "rule"), 12);
	(void)fputs("</b> ", s->f);
	ak_html_cut(s, ak_term_dates(s->c->ja, ak_js_lang(f, "text", s->c->ja), text, sizeof(text)), s->lim.text);
	if (ak_js_has(f, "record"))
		(void)fprintf(s->f, " (#%llu)", (unsigned long long)ak_js_num(f, "record"));
	(void)fputs("</p>\n", s->f);
	put_values(s, ak_js_str(f, "expected"), ak_js_str(f, "found"));
	put_basis(s, ak_finding_basis(s->c, f, basis, sizeof(basis)));
	if (*next != '\0')
		put_dd(s, "", ak_out_text(s->c, text, sizeof(text), MSG_NEXT, next, NULL), s->lim.next);
	(void)fputs("</li>\n", s->f);
}

/* The rules of what there is no room for. */
static void put_rest(const ak_sheet *s, const json_t *rest, size_t n)
{
	char rules[AK_HTML_TEXT] = "", text[AK_HTML_TEXT];
	const json_t *f;
	size_t i, used = 0;

	json_array_foreach(rest, i, f) {
		if (i < RULES_MAX)
			used += (size_t)snprintf(rules + used, sizeof(rules) - used, "%s%.12s", i > 0 ? s->c->ja ? "、" : ", " : "", ak_js_str(f, ""));
	}
	(void)fputs("<li><p>", s->f);
	ak_html_cut(s, ak_out_text(s->c, text, sizeof(text), MSG_REPORT_MORE, AK_NUM(n), rules, NULL), s->lim.text);
	(void)fputs("</p></li>\n", s->f);
}

/* 0 for what decided, 1 for what is as bad or less, 2 for warnings. */
static int rank(const ak_sheet *s, const json_t *f)
{
	return is_warning(f) ? 2 : strcmp(ak_js_str(f, "severity"), ak_js_str(s->r, "verdict")) == 0 ? 0 : 1;
}

/* Findings from number `from` up to `to`, by rank; those behind are named in `rest`, which may be NULL. */
static void each_finding(const ak_sheet *s, size_t from, size_t to, json_t *rest)
{
	size_t n = 0, i;
	const json_t *f;

	for (int r = 0; r < 3; r++) {
		json_array_foreach(ak_js_at(s->r, "findings"), i, f) {
			if (rank(s, f) != r)
				continue;
			if (n >= from && n < to)
				put_finding(s, f);
			else if (n >= to && rest != NULL)
				(void)json_array_append_new(rest, json_string(ak_js_str(f, "rule")));
			n++;
		}
	}
}

static void put_findings(const ak_sheet *s)
{
	json_t *rest = json_array();

	if (rest == NULL)
		return; /* the sheet's stream fails too, and the page is not made */
	each_finding(s, 0, s->lim.findings, rest);
	if (json_array_size(rest) > 0)
		put_rest(s, rest, json_array_size(rest));
	json_decref(rest);
}

/* ---- checks of the engine ------------------------------------------------------------------------------------------- */

static bool is_rule(const json_t *k)
{
	const char *id = ak_js_str(k, "id");

	return *id >= 'A' && *id <= 'Z';
}

static bool told(const json_t *k)
{
	const char *outcome = ak_js_str(k, "outcome");

	return !is_rule(k) && strcmp(outcome, "passed") != 0 && strcmp(ak_js_str(k, "effect"), "void") != 0;
}

static void put_check(const ak_sheet *s, const json_t *k)
{
	bool failed = strcmp(ak_js_str(k, "outcome"), "failed") == 0;
	char phrase[AK_PHRASE_MAX], text[AK_HTML_TEXT];

	(void)fprintf(s->f, "<li class=\"%s\"><p><b><span aria-hidden=\"true\">%s</span> ", failed ? "bad" : "unsure", failed ? "✗" : "?");
	ak_html_text(s, ak_msg_text(failed ? MSG_REPORT_CHECK_FAILED : MSG_REPORT_NOT_CHECKED, s->c->ja));
	(void)fputs("</b> ", s->f);
	if (ak_js_has(k, "record"))
		ak_html_text(s, ak_out_text(s->c, text, sizeof(text), MSG_RECORD_N, AK_NUM(ak_js_num(k, "record")), NULL));
	ak_html_cut(s, ak_answer_check(s->c, ak_js_str(k, "id")), 40);
	if (*ak_js_str(k, "detail") != '\0') {
		(void)fputs(": ", s->f);
		ak_html_cut(s, ak_phrase(s->c, ak_js_str(k, "detail"), phrase), s->lim.text);
	}
	(void)fputs("</p>\n", s->f);
	put_values(s, ak_js_str(k, "expected"), ak_js_str(k, "found"));
	(void)fputs("</li>\n", s->f);
}

/* Checks to be told of, from number `from` up to `to`; how many there are. */
static size_t put_checks(const ak_sheet *s, size_t from, size_t to)
{
	const json_t *k;
	size_t i, n = 0;

	json_array_foreach(ak_js_at(s->r, "checks"), i, k) {
		if (!told(k))
			continue;
		if (n >= from && n < to)
			put_check(s, k);
		n++;
	}
	return n;
}

static void put_more_checks(const ak_sheet *s)
{
	ak_html_put(s, "li", "", ak_msg_text(MSG_REPORT_MORE_CHECKS, s->c->ja));
}

static size_t count_told(const ak_sheet *s)
{
	const json_t *k;
	size_t i, n = ak_js_len(s->r, "findings");

	json_array_foreach(ak_js_at(s->r, "checks"), i, k)
		n += told(k);
	return n;
}

static size_t count_passed(const ak_sheet *s)
{
	const json_t *k;
	size_t i, n = 0;

	json_array_foreach(ak_js_at(s->r, "checks"), i, k)
		n += strcmp(ak_js_str(k, "outcome"), "passed") == 0;
	return n;
}

/* ---- where it rests ------------------------------------------------------------------------------------------------- */

static void put_item(const ak_sheet *s, const char *text)
{
	(void)fputs("<li>", s->f);
	ak_html_cut(s, text, s->lim.warning);
	(void)fputs("</li>\n", s->f);
}

static void put_ledger(const ak_sheet *s)
{
	char text[AK_HTML_TEXT], date[AK_TERM_DATE_MAX];
	uint64_t size = ak_js_num(s->r, "ledger.size"), known = ak_js_num(s->r, "known_at");
	const char *policy = ak_js_str(s->r, "witnesses.policy");
	size_t n;

	if (known > 0 && known < size)
		(void)ak_out_text(s->c, text, sizeof(text), MSG_LEDGER_FIRST, ak_js_str(s->r, "ledger.origin"), AK_NUM(known), AK_NUM(size), NULL);
	else
		(void)ak_out_text(s->c, text, sizeof(text), MSG_LEDGER_AT, ak_js_str(s->r, "ledger.origin"), AK_NUM(size), NULL);
	n = strlen(text);
	if (*ak_js_str(s->r, "freshness.known_until") != '\0') {
		(void)snprintf(text + n, sizeof(text) - n, " · ");
		(void)ak_out_text(s->c, text + strlen(text), sizeof(text) - strlen(text), MSG_KNOWN_UNTIL, ak_html_date(s, "freshness.known_until", date), NULL);
	}
	if (*policy != '\0' && strcmp(policy, "none") != 0) {
		n = strlen(text);
		(void)snprintf(text + n, sizeof(text) - n, " · ");
		(void)ak_out_text(s->c, text + strlen(text), sizeof(text) - strlen(text), MSG_WITNESSES, AK_NUM(ak_js_num(s->r, "witnesses.got")),
		                  AK_NUM(ak_js_num(s->r, "witnesses.named")), NULL);
	}
	if (*ak_js_str(s->r, "profile.version") != '\0') {
		n = strlen(text);
		(void)snprintf(text + n, sizeof(text) - n, " · ");
		(void)ak_out_text(s->c, text + strlen(text), sizeof(text) - strlen(text), MSG_RULES_VERSION, ak_js_str(s->r, "profile.scheme"),
		                  ak_js_str(s->r, "profile.version"), NULL);
	}
	put_item(s, text);
	put_item(s, ak_out_text(s->c, text, sizeof(text), MSG_REPORT_CHECKPOINT, ak_js_str(s->r, "ledger.root"), NULL));
}

static void put_completeness(const ak_sheet *s)
{
	char text[AK_HTML_TEXT];

	if (*ak_answer_complete(s->c, s->r, text, sizeof(text)) != '\0')
		put_item(s, text);
}

/* Warnings from number `from` up to `to`. */
static void put_warnings(const ak_sheet *s, size_t from, size_t to)
{
	char text[AK_HTML_TEXT], phrase[AK_PHRASE_MAX];
	const json_t *w;
	size_t i, n = ak_js_len(s->r, "warnings");

	json_array_foreach(ak_js_at(s->r, "warnings"), i, w) {
		const char *detail = ak_js_str(w, "detail");

		if (strcmp(ak_js_str(w, "id"), "completeness-on-word") == 0 && ak_js_num(s->r, "completeness.records") > 0)
			continue; /* said with the number of records */
		if (i < from)
			continue;
		if (i >= to) {
			put_item(s, ak_out_text(s->c, text, sizeof(text), MSG_REPORT_MORE_WARNINGS, AK_NUM(n - i), NULL));
			break;
		}
		(void)snprintf(text, sizeof(text), "%s: %.600s%s%.600s", ak_msg_text(MSG_WORD_WARNING, s->c->ja), ak_js_lang(w, "text", s->c->ja),
		               *detail == '\0' ? "" : ": ", ak_phrase(s->c, detail, phrase));
		put_item(s, text);
	}
}

void ak_report_found(const ak_sheet *s)
{
	char text[AK_HTML_TEXT];

	ak_html_heading(s, "findings", MSG_REPORT_FINDINGS);
	if (count_told(s) == 0) {
		put_dd(s, "", ak_out_text(s->c, text, sizeof(text), MSG_REPORT_NOTHING, AK_NUM(count_passed(s)), NULL), s->lim.text);
	} else {
		(void)fputs("<ul class=\"findings\">\n", s->f);
		if (put_checks(s, 0, s->lim.checks) > s->lim.checks)
			put_more_checks(s);
		put_findings(s);
		(void)fputs("</ul>\n", s->f);
	}
	ak_html_heading(s, "ground", MSG_REPORT_GROUND);
	(void)fputs("<ul class=\"ground\">\n", s->f);
	if (ak_js_has(s->r, "ledger"))
		put_ledger(s);
	put_completeness(s);
	put_warnings(s, 0, s->lim.warnings);
	(void)fputs("</ul>\n", s->f);
}

bool ak_report_found_more(const ak_sheet *s, bool put)
{
	const bool checks = put_checks(s, SIZE_MAX, SIZE_MAX) > s->lim.checks, findings = ak_js_len(s->r, "findings") > s->lim.findings;
	const bool warnings = ak_js_len(s->r, "warnings") > s->lim.warnings;

	if (put && (checks || findings)) {
		(void)fputs("<ul class=\"findings\">\n", s->f);
		(void)put_checks(s, s->lim.checks, SIZE_MAX);
		each_finding(s, s->lim.findings, SIZE_MAX, NULL);
		(void)fputs("</ul>\n", s->f);
	}
	if (put && warnings) {
		(void)fputs("<ul class=\"ground\">\n", s->f);
		put_warnings(s, s->lim.warnings, SIZE_MAX);
		(void)fputs("</ul>\n", s->f);
	}
	return checks || findings || warnings;
}
