/* SPDX-License-Identifier: Apache-2.0 */
#include "recheck.h"

#include "answer.h"
#include "js.h"
#include "term.h"
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

enum { QUESTION_MAX = 2048 };

/* ---- comparing ------------------------------------------------------------------------------------------------------ */

static ak_span span_of(const ak_file *f)
{
	return (ak_span){ (const uint8_t *)f->data, f->len };
}

static bool by_this_version(const ak_recheck *k)
{
	return strcmp(k->file.set.version, AK_VERSION) == 0;
}

static const char *text_or_null(const json_t *o, const char *path)
{
	return json_string_value(ak_js_at(o, path));
}

/* What the report was asked for, out of its verdict. */
static void take_question(ak_recheck *k)
{
	const json_t *v = k->embedded;

	k->known_at = ak_js_num(v, "known_at");
	k->use_asked = ak_js_has(v, "use");
	k->use = (ak_use){ .contract_from = text_or_null(v, "use.contract.from"), .contract_to = text_or_null(v, "use.contract.to"),
	                   .service = text_or_null(v, "use.service"), .region = text_or_null(v, "use.region"),
	                   .task = text_or_null(v, "use.task"), .confirmation = text_or_null(v, "use.confirmation") };
}

static bool same_word(const json_t *a, const json_t *b, const char *key)
{
	return strcmp(ak_js_str(a, key), ak_js_str(b, key)) == 0;
}

/* Other rules may find other words, but an answer that turned into another one is never passed over. */
static ak_found compare_verdicts(const ak_recheck *k, const ak_text *again)
{
	json_t *o;
	bool same;

	if (again->len == k->file.verdict.len && memcmp(again->data, k->file.verdict.data, again->len) == 0)
		return AK_FOUND_SAME;
	if (by_this_version(k))
		return AK_FOUND_OTHER;
	o = ak_js_parse(again);
	same = same_word(o, k->embedded, "verdict") && same_word(o, k->embedded, "reason") && same_word(o, k->embedded, "as_of") &&
	       same_word(o, k->embedded, "listing.subject") && same_word(o, k->embedded, "listing.expires_on");
	json_decref(o);
	return same ? AK_FOUND_OPEN : AK_FOUND_OTHER;
}

/* The question comes out of the report: that it cannot be put is the report's fault, not that of who typed the command. */
static const ak_error *not_asked(ak_error *e)
{
	*e = (ak_error){ .status = AK_BAD_FORMAT, .where = "report.verdict" };
	(void)snprintf(e->detail, sizeof(e->detail), "no verdict answers this question");
	return e;
}

static int judge_again(const ak_cli *c, ak_recheck *k)
{
	ak_verify_options o = { .trust = span_of(&k->file.trust), .as_of = ak_js_str(k->embedded, "as_of"), .known_at = k->known_at,
	                        .use = k->use_asked ? &k->use : NULL };
	ak_verdict verdict;
	ak_text json = { 0 };
	ak_error e = { 0 };

	if (!ak_report_instant(k->file.set.made, &o.now))
		return ak_out_refused(c, c->opts.operand[0], not_asked(&e), NULL);
	if (ak_bundle_verify(span_of(&k->file.bundle), &o, &verdict, &json, &e) != AK_OK)
		return ak_out_refused(c, c->opts.operand[0], ak_status_class(e.status) == AK_CLASS_USAGE ? not_asked(&e) : &e, NULL);
	k->verdict = compare_verdicts(k, &json);
	ak_text_free(&json);
	return EXIT_HOLDS;
}

static int draw_again(const ak_cli *c, ak_span page, ak_recheck *k)
{
	const ak_report r = { span_of(&k->file.bundle), span_of(&k->file.trust), span_of(&k->file.verdict), &k->file.set };
	char *html = NULL;
	size_t len = 0;
	ak_error e = { 0 };

	if (ak_report_render(&r, &html, &len, &e) != AK_OK)
		return ak_out_refused(c, c->opts.operand[0], &e, NULL);
	if (len == page.len && memcmp(html, page.data, len) == 0)
		k->page = AK_FOUND_SAME;
	else
		k->page = by_this_version(k) || !k->file.whole ? AK_FOUND_OTHER : AK_FOUND_OPEN;
	free(html);
	return EXIT_HOLDS;
}

int ak_recheck_open(const ak_cli *c, ak_span page, ak_recheck *out)
{
	ak_error e = { 0 };
	int code;

	if (ak_report_read(page, &out->file, &e) != AK_OK)
		return ak_out_refused(c, c->opts.operand[0], &e, NULL);
	out->embedded = json_loadb(out->file.verdict.data, out->file.verdict.len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(out->embedded)) {
		e = (ak_error){ .status = AK_BAD_FORMAT, .where = "report.verdict" };
		return ak_out_refused(c, c->opts.operand[0], &e, NULL);
	}
	take_question(out);
	code = judge_again(c, out);
	return code == EXIT_HOLDS ? draw_again(c, page, out) : code;
}

void ak_recheck_close(ak_recheck *k)
{
	json_decref(k->embedded);
	ak_report_drop(&k->file);
	*k = (ak_recheck){ 0 };
}

/* ---- telling -------------------------------------------------------------------------------------------------------- */

static bool edited(const ak_recheck *k)
{
	return k->page == AK_FOUND_OTHER || k->verdict == AK_FOUND_OTHER;
}

int ak_recheck_exit(const ak_recheck *k, int code)
{
	if (edited(k))
		return EXIT_DOES_NOT_HOLD;
	if (code == EXIT_HOLDS && (k->page == AK_FOUND_OPEN || k->verdict == AK_FOUND_OPEN))
		return EXIT_NOT_DECIDED;
	return code;
}

static void line(const ak_cli *c, ak_paint p, const char *sign, ak_msg m, const char *one, const char *two)
{
	ak_term_spaces(stdout, 2);
	ak_out_paint(c, stdout, p);
	(void)printf("%s ", sign);
	ak_out_plain(c, stdout);
	ak_out_wrapped(c, stdout, 4, m, one, two, NULL);
}

void ak_recheck_before(const ak_cli *c, const ak_recheck *k, bool own_trust)
{
	if (edited(k)) {
		ak_out_paint(c, stdout, AK_PAINT_BAD);
		ak_out_put(c, stdout, MSG_RECHECK_EDITED, c->opts.operand[0], NULL);
		ak_out_plain(c, stdout);
		(void)fputc('\n', stdout);
		if (k->verdict == AK_FOUND_OTHER)
			line(c, AK_PAINT_BAD, "✗", MSG_RECHECK_VERDICT_OTHER, ak_answer_word(c, ak_js_str(k->embedded, "verdict")), "");
		if (k->page == AK_FOUND_OTHER)
			line(c, AK_PAINT_BAD, "✗", MSG_RECHECK_PAGE_OTHER, "", "");
		ak_out_wrapped(c, stdout, 2, MSG_RECHECK_ONLY_THIS, NULL);
		(void)fputc('\n', stdout);
	}
	if (!own_trust) {
		ak_out_wrapped(c, stdout, 0, MSG_RECHECK_ITS_TRUST, NULL);
		(void)fputc('\n', stdout);
	}
}

/* What it was made for, whatever is asked now. */
static void put_purchase(const ak_cli *c, const ak_recheck *k)
{
	char text[QUESTION_MAX], all[QUESTION_MAX];
	size_t used = 0;

	all[0] = '\0';
	for (size_t i = 0; i < AK_ASKED_OF_USE; i++) {
		const char *what = ak_verdict_asked(c, k->embedded, &ak_asked_of_uses[i], text, sizeof(text));

		if (*what != '\0' && used < sizeof(all))
			used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s %s", used == 0 ? "" : c->ja ? "、" : ", ",
			                         ak_msg_text(ak_asked_of_uses[i].name, c->ja), what);
	}
	if (k->file.set.title[0] != '\0')
		ak_out_wrapped(c, stdout, 0, MSG_RECHECK_CASE, k->file.set.title, NULL);
	if (used > 0)
		ak_out_wrapped(c, stdout, 0, MSG_RECHECK_ASKED, all, NULL);
}

void ak_recheck_after(const ak_cli *c, const ak_recheck *k, bool own_trust, bool same_trust)
{
	char date[2][AK_TERM_DATE_MAX];

	(void)fputc('\n', stdout);
	ak_out_wrapped(c, stdout, 0, MSG_RECHECK_REPORT, ak_term_date(c->ja, k->file.set.made, date[0]), k->file.set.version,
	               ak_term_date(c->ja, ak_js_str(k->embedded, "as_of"), date[1]), NULL);
	put_purchase(c, k);
	if (k->page == AK_FOUND_SAME)
		line(c, AK_PAINT_GOOD, "✓", MSG_RECHECK_PAGE_SAME, "", "");
	else if (k->page == AK_FOUND_OPEN)
		line(c, AK_PAINT_UNSURE, "?", MSG_RECHECK_PAGE_OPEN, k->file.set.version, "");
	if (k->verdict == AK_FOUND_SAME)
		line(c, AK_PAINT_GOOD, "✓", MSG_RECHECK_VERDICT_SAME, ak_answer_word(c, ak_js_str(k->embedded, "verdict")), "");
	else if (k->verdict == AK_FOUND_OPEN)
		line(c, AK_PAINT_UNSURE, "?", MSG_RECHECK_VERDICT_OPEN, ak_answer_word(c, ak_js_str(k->embedded, "verdict")), k->file.set.version);
	if (own_trust && same_trust)
		line(c, AK_PAINT_GOOD, "✓", MSG_RECHECK_TRUST_SAME, c->trust_path, "");
	else if (own_trust)
		line(c, AK_PAINT_UNSURE, "!", MSG_RECHECK_TRUST_OTHER, c->trust_path, "");
}

static const char *outcome(ak_found f)
{
	return f == AK_FOUND_SAME ? "passed" : f == AK_FOUND_OTHER ? "failed" : "not-checked";
}

int ak_recheck_json(const ak_cli *c, const ak_recheck *k, const char *trust, json_t *verdict, int code)
{
	const ak_report_settings *s = &k->file.set;
	json_t *report = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "case", s->title, "file", s->file, "lang", s->ja ? "ja" : "en", "made", s->made,
	                           "page", outcome(k->page), "trust", trust, "verdict", outcome(k->verdict), "version", s->version);

	return ak_out_json(c, json_pack("{s:i,s:s,s:o,s:O,s:O}", "exit", code, "format", "akashi-report-check/1", "report", report,
	                                "said", k->embedded, "verdict", verdict), code);
}
