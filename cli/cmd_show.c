/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "basis.h"
#include "body.h"
#include "commands.h"
#include "js.h"
#include "phrase.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { BODY_LINES = 60 };

static void field(const ak_cli *c, ak_msg label, const char *value)
{
	if (*value == '\0')
		return;
	ak_term_spaces(stdout, 2);
	ak_term_pad(stdout, ak_msg_text(label, c->ja), 12);
	ak_term_put(stdout, value);
	(void)fputc('\n', stdout);
}

static void print_head(const ak_cli *c, const json_t *o)
{
	char number[24], date[AK_TERM_DATE_MAX], named[AK_SCHEME_TEXT], room[AK_CELL_ROOM];
	const char *type = ak_js_str(o, "type"), *called = ak_scheme_type(c, type, named);
	const json_t *v;
	size_t i;

	ak_out_paint(c, stdout, AK_PAINT_BOLD);
	(void)printf("#%s  ", ak_term_number(ak_js_num(o, "seq"), number));
	ak_term_put(stdout, ak_answer_title(c, o, room));
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
	field(c, MSG_HEAD_ID, ak_js_str(o, "id")); /* whole: this is where one looks it up */
	(void)ak_out_text(c, room, sizeof(room), MSG_NAME_AND_WORD, called, type, NULL);
	field(c, MSG_HEAD_TYPE, strcmp(called, type) == 0 ? type : room);
	json_array_foreach(ak_js_at(o, "about"), i, v)
		field(c, i == 0 ? MSG_HEAD_ABOUT : MSG_NONE, json_is_string(v) ? json_string_value(v) : "");
	field(c, MSG_HEAD_ISSUED, ak_term_date(c->ja, ak_js_str(o, "issued"), date));
	field(c, MSG_HEAD_SEALED, ak_term_date(c->ja, ak_js_str(o, "time"), date));
}

static void print_signers(const ak_cli *c, ak_ledger *l, const json_t *o)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(o, "signatures"), i, v) {
		const char *seat = ak_js_str(v, "seat");
		char *who = *seat == '\0' ? ak_answer_who(c, l, ak_js_str(v, "keyid")) : ak_answer_party(c, l, ak_js_str(v, "party"));
		bool bad = json_is_false(ak_js_at(v, "verifies"));
		char named[AK_CELL_ROOM], date[AK_TERM_DATE_MAX];

		ak_term_spaces(stdout, 2);
		ak_term_pad(stdout, i == 0 ? ak_msg_text(MSG_HEAD_SIGNED, c->ja) : "", 12);
		(void)fputs(bad ? "✗ " : ak_js_true(v, "counted") ? "✓ " : "· ", stdout);
		if (*seat != '\0') {
			ak_term_put(stdout, who == NULL ? ak_js_str(v, "party") : who);
			(void)fputc(' ', stdout);
			ak_term_put(stdout, ak_answer_seat(c, seat, ak_js_str(v, "member"), named, sizeof(named)));
		} else {
			ak_term_put(stdout, who == NULL ? "?" : who);
		}
		if (bad)
			ak_out_put(c, stdout, MSG_SIGNATURE_FAILS, NULL);
		if (ak_js_has(v, "stamped"))
			ak_out_put(c, stdout, MSG_SHOW_STAMPED, ak_term_date(c->ja, ak_js_str(v, "stamped"), date), NULL);
		(void)fputc('\n', stdout);
		free(who);
	}
}

/* What proves when it was there, beside the operator's own word. */
static void print_times(const ak_cli *c, const json_t *o)
{
	const uint64_t total = ak_js_num(o, "timestamps.total"), count = ak_js_num(o, "timestamps.count");
	char text[AK_CELL_ROOM], proven[AK_TERM_DATE_MAX], until[AK_TERM_DATE_MAX];
	const json_t *v;
	size_t i;

	if (count < total)
		field(c, MSG_HEAD_TIMES, ak_out_text(c, text, sizeof(text), MSG_SHOW_STAMPS_IDLE, AK_NUM(total - count), AK_NUM(total), ak_js_str(o, "timestamps.why"), NULL));
	json_array_foreach(ak_js_at(o, "proofs"), i, v) {
		const ak_msg form = strcmp(ak_js_str(v, "form"), "rfc4998") == 0 ? MSG_SHOW_EVIDENCE : MSG_SHOW_STAMP;

		if (!ak_js_has(v, "proven"))
			(void)ak_out_text(c, text, sizeof(text), MSG_SHOW_PROOF_IDLE, AK_NUM(ak_js_num(v, "record")), NULL);
		else
			(void)ak_out_text(c, text, sizeof(text), form, AK_NUM(ak_js_num(v, "record")), ak_term_date(c->ja, ak_js_str(v, "proven"), proven), ak_js_str(v, "authority"),
			                  ak_js_has(v, "until") ? ak_term_date(c->ja, ak_js_str(v, "until"), until) : "—", NULL);
		field(c, i == 0 && count >= total ? MSG_HEAD_TIMES : MSG_NONE, text);
	}
}

/* What was sealed about this record later; an annulment is the worse of the two. */
static void print_later(const ak_cli *c, const json_t *v)
{
	bool annuls = strcmp(ak_js_str(v, "type"), "annulment") == 0, effect = ak_js_true(v, "effect");

	if (annuls && effect)
		ak_out_paint(c, stdout, AK_PAINT_BAD);
	ak_out_put(c, stdout, annuls ? MSG_ANNULLED_BY : MSG_CORRECTED_BY, AK_NUM(ak_js_num(v, "seq")),
	           effect ? "" : ak_msg_text(MSG_LATER_IDLE, c->ja), NULL);
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
}

static int print(ak_cli *c, ak_ledger *l, const ak_text *json)
{
	char why[AK_PHRASE_MAX];
	json_t *o = NULL;
	const json_t *v;
	size_t i;
	int code = ak_answer(c, json, &o);

	if (code != EXIT_HOLDS)
		return code;
	ak_scheme_use(c, l, *ak_js_str(o, "scheme") != '\0' ? ak_js_str(o, "scheme") : NULL);
	print_head(c, o);
	ak_basis_print(c, NULL, stdout, o, 2, 12);
	print_signers(c, l, o);
	print_times(c, o);
	if (json_is_false(ak_js_at(o, "authorised"))) {
		ak_out_paint(c, stdout, AK_PAINT_BAD);
		ak_out_put(c, stdout, MSG_RECORD_VOID, ak_phrase(c, ak_js_str(o, "why"), why), NULL);
		ak_out_plain(c, stdout);
		(void)fputc('\n', stdout);
	}
	json_array_foreach(ak_js_at(o, "corrections"), i, v)
		print_later(c, v);
	(void)fputc('\n', stdout);
	ak_body_print(c, l, stdout, ak_js_str(o, "type"), json_object_get(o, "body"), 2, c->full ? SIZE_MAX : BODY_LINES);
	json_decref(o);
	return EXIT_HOLDS;
}

int ak_cmd_show(ak_cli *c)
{
	const char *record = c->opts.operand[0];
	ak_ledger *l = NULL;
	ak_text text = { 0 };
	ak_error e = { 0 };
	bool raw = ak_opt_has(&c->opts, OPT_RAW);
	ak_status st;
	int code;

	if (raw && c->json)
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--raw", "--json", NULL);
	code = ak_cli_open_as_known(c, &l);
	if (code != EXIT_HOLDS)
		return code;
	st = raw ? ak_ledger_raw(l, record, &text, &e) : ak_ledger_show(l, record, &text, &e);
	if (st != AK_OK)
		code = ak_out_refused(c, record, &e, NULL);
	else if (raw)
		(void)fwrite(text.data, 1, text.len, stdout);
	else if (c->json)
		ak_out_json_text(&text);
	else
		code = print(c, l, &text);
	ak_text_free(&text);
	ak_ledger_free(&l);
	return code;
}
