/* SPDX-License-Identifier: Apache-2.0 */
/* Where a verdict rests: the ledger and how far it is known, whether all records are here, warnings, and what it does not promise. */
#include "verdict.h"

#include "answer.h"
#include "js.h"
#include "phrase.h"
#include "term.h"

#include <string.h>

enum { INDENT = 2, PIECE_MAX = 256, WARNING_MAX = 1024 };

/* "ledger …   witnesses 2/2   known until …", on a new line where it would grow too wide. */
static void piece(const ak_cli *c, const char *text, size_t *used)
{
	size_t w = ak_term_width(text);

	if (*used > 0 && *used + 3 + w > ak_out_text_width(c)) {
		(void)fputc('\n', stdout);
		*used = 0;
	}
	ak_term_spaces(stdout, *used == 0 ? INDENT : 3);
	*used += (*used == 0 ? INDENT : 3) + w;
	ak_term_put(stdout, text);
}

static void print_ledger(const ak_cli *c, const json_t *r)
{
	const char *time = ak_js_str(r, "ledger.time"), *until = ak_js_str(r, "freshness.known_until");
	uint64_t size = ak_js_num(r, "ledger.size"), known = ak_js_num(r, "known_at");
	char text[PIECE_MAX], date[AK_TERM_DATE_MAX];
	size_t used = 0, n;

	if (known > 0 && known < size)
		(void)ak_out_text(c, text, sizeof(text), MSG_LEDGER_FIRST, ak_js_str(r, "ledger.origin"), AK_NUM(known), AK_NUM(size), NULL);
	else
		(void)ak_out_text(c, text, sizeof(text), MSG_LEDGER_AT, ak_js_str(r, "ledger.origin"), AK_NUM(size), NULL);
	n = strlen(text);
	if (*time != '\0' && strcmp(time, until) != 0)
		(void)ak_out_text(c, text + n, sizeof(text) - n, MSG_LEDGER_TIME, ak_term_date(c->ja, time, date), NULL);
	piece(c, text, &used);
	if (*ak_js_str(r, "witnesses.policy") != '\0' && strcmp(ak_js_str(r, "witnesses.policy"), "none") != 0)
		piece(c, ak_out_text(c, text, sizeof(text), MSG_WITNESSES, AK_NUM(ak_js_num(r, "witnesses.got")),
		                     AK_NUM(ak_js_num(r, "witnesses.named")), NULL), &used);
	if (*until != '\0')
		piece(c, ak_out_text(c, text, sizeof(text), MSG_KNOWN_UNTIL, ak_term_date(c->ja, until, date), NULL), &used);
	if (*ak_js_str(r, "profile.version") != '\0')
		piece(c, ak_out_text(c, text, sizeof(text), MSG_RULES_VERSION, ak_js_str(r, "profile.scheme"),
		                     ak_js_str(r, "profile.version"), NULL), &used);
	(void)fputc('\n', stdout);
}

static void warning(const ak_cli *c, const char *text)
{
	const char *word = ak_msg_text(MSG_WORD_WARNING, c->ja);
	size_t column = INDENT + 2 + ak_term_width(word);

	ak_term_spaces(stdout, INDENT);
	ak_out_paint(c, stdout, AK_PAINT_UNSURE);
	ak_term_put(stdout, word);
	ak_out_plain(c, stdout);
	(void)fputs("  ", stdout);
	ak_term_wrap(stdout, text, column, ak_out_text_width(c));
	(void)fputc('\n', stdout);
}

/* The library tells in English only why a record has no effect: in Japanese as far as the phrase is known. */
static void warning_of(const ak_cli *c, const json_t *v)
{
	const char *detail = ak_js_str(v, "detail"), *text = ak_js_lang(v, "text", c->ja);
	char whole[WARNING_MAX], phrase[AK_PHRASE_MAX], note[WARNING_MAX];

	if (*detail == '\0' || strcmp(ak_js_str(v, "id"), "authority-lost") == 0) { /* whose text has it */
		warning(c, text);
		return;
	}
	if (c->ja && ak_phrase_ja(detail, phrase) == NULL)
		(void)ak_out_text(c, note, sizeof(note), MSG_DETAIL_ENGLISH, detail, NULL);
	else
		(void)snprintf(note, sizeof(note), "%s", ak_phrase(c, detail, phrase));
	(void)snprintf(whole, sizeof(whole), "%.400s: %.600s", text, note);
	warning(c, whole);
}

/* True when the operator's word is all there is, and that has been said. */
static bool print_completeness(const ak_cli *c, const json_t *r)
{
	char text[WARNING_MAX];

	if (*ak_answer_complete(c, r, text, sizeof(text)) == '\0')
		return false;
	if (ak_answer_warned(r, "completeness-on-word")) {
		warning(c, text);
		return true;
	}
	ak_term_spaces(stdout, INDENT);
	ak_term_wrap(stdout, text, INDENT, ak_out_text_width(c));
	(void)fputc('\n', stdout);
	return false;
}

/* "E02, E04" */
static void join_rules(const ak_cli *c, const json_t *list, const char *member, char *out, size_t room)
{
	size_t i, used = 0;
	const json_t *v;

	*out = '\0';
	json_array_foreach(list, i, v) {
		const char *id = member == NULL ? json_string_value(v) : ak_js_str(v, member);

		if (id != NULL && used + strlen(id) + 4 < room)
			used += (size_t)snprintf(out + used, room - used, "%s%s", used == 0 ? "" : c->ja ? "、" : ", ", id);
	}
}

/* What the ledger's own rules say, when they are others than the verifier's. */
static void print_own_rules(const ak_cli *c, const json_t *r)
{
	const json_t *own = ak_js_at(r, "ledger_rules");
	const char *worst = ak_js_str(own, "worst"), *version = ak_js_str(own, "version");
	char found[PIECE_MAX], not_run[PIECE_MAX];

	if (!json_is_object(own))
		return;
	join_rules(c, ak_js_at(own, "findings"), "rule", found, sizeof(found));
	join_rules(c, ak_js_at(own, "not_checked"), NULL, not_run, sizeof(not_run));
	if (*found != '\0') {
		ak_term_spaces(stdout, INDENT);
		ak_out_line(c, stdout, MSG_LEDGER_RULES_FOUND, version, ak_answer_word(c, worst), found, NULL);
	}
	if (*not_run != '\0' || *found == '\0') {
		ak_term_spaces(stdout, INDENT);
		ak_out_line(c, stdout, *not_run != '\0' ? MSG_LEDGER_RULES_NOT_RUN : MSG_LEDGER_RULES_FINE, version, not_run, NULL);
	}
}

void ak_verdict_ground(const ak_cli *c, const json_t *r)
{
	const char *notice = ak_js_lang(r, "notice", c->ja);
	const json_t *v;
	bool told = false;
	size_t i;

	if (ak_js_has(r, "ledger")) {
		print_ledger(c, r);
		told = print_completeness(c, r);
	}
	print_own_rules(c, r);
	json_array_foreach(ak_js_at(r, "warnings"), i, v) {
		if (!told || strcmp(ak_js_str(v, "id"), "completeness-on-word") != 0)
			warning_of(c, v);
	}
	if (*notice != '\0') {
		ak_term_spaces(stdout, INDENT);
		ak_term_wrap(stdout, notice, INDENT, ak_out_text_width(c));
		(void)fputc('\n', stdout);
	}
}
