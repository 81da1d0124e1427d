/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "draft.h"
#include "files.h"
#include "findings.h"
#include "js.h"
#include "phrase.h"
#include "scheme.h"
#include "signing.h"
#include "submission.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

static void print_refusal(const ak_cli *c, ak_ledger *l, const char *file, const json_t *o)
{
	const json_t *r = ak_js_at(o, "refusal");
	ak_error e = { .status = ak_phrase_status_named(ak_js_str(r, "status")), .where = ak_js_str(r, "where") };
	char room[AK_NEXT_ROOM];
	const char *next, *detail = e.detail;
	const char *expected = ak_js_str(r, "expected"), *found = ak_js_str(r, "found");
	char text[2][AK_PHRASE_MAX], drop[AK_DROP_DIGITS + 1];

	(void)snprintf(e.detail, sizeof(e.detail), "%s", ak_js_str(r, "detail"));
	next = ak_signing_partless(o, drop) != NULL ? ak_out_text(c, room, sizeof(room), MSG_NEXT_DROP, file, drop, NULL) : ak_out_next(c, file, &e, room);
	ak_answer_name_key(c, l, &e);

	ak_out_paint(c, stdout, AK_PAINT_BAD);
	ak_out_put(c, stdout, MSG_CHECK_WOULD_NOT, file, ak_phrase_status(c, ak_js_str(r, "status")), NULL);
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
	if (*detail != '\0') {
		ak_term_spaces(stdout, 4);
		if (c->ja && ak_phrase_ja(detail, text[0]) == NULL)
			ak_out_wrapped(c, stdout, 4, MSG_DETAIL_ENGLISH, detail, NULL);
		else
			ak_out_wrapped(c, stdout, 4, MSG_WHAT, ak_phrase(c, detail, text[0]), NULL);
	}
	if (*expected != '\0' || *found != '\0') {
		ak_term_spaces(stdout, 4);
		ak_out_line(c, stdout, MSG_EXPECTED_FOUND, ak_phrase_value(c, ak_js_str(r, "where"), expected, text[0]),
		            ak_phrase_value(c, ak_js_str(r, "where"), found, text[1]), NULL);
	}
	if (*ak_js_str(r, "where") != '\0') {
		ak_term_spaces(stdout, 4);
		ak_out_line(c, stdout, MSG_PLACE, ak_js_str(r, "where"), NULL);
	}
	if (*next != '\0') {
		ak_term_spaces(stdout, 4);
		ak_out_wrapped(c, stdout, 4, MSG_NEXT, next, NULL);
	}
}

static int print(const ak_cli *c, ak_ledger *l, const char *file, const json_t *o, const char *type)
{
	bool fine = ak_js_true(o, "would_seal");

	if (ak_js_has(o, "sealed_as")) {
		ak_out_line(c, stdout, MSG_CHECK_SEALED, file, AK_NUM(ak_js_num(o, "sealed_as")), NULL);
		return EXIT_DOES_NOT_HOLD;
	}
	if (fine) {
		ak_out_paint(c, stdout, AK_PAINT_GOOD);
		ak_out_put(c, stdout, MSG_CHECK_WOULD, file, NULL);
		ak_out_plain(c, stdout);
		(void)fputc('\n', stdout);
	} else {
		print_refusal(c, l, file, o);
	}
	if (ak_js_num(o, "signatures.needed") > 0 && ak_js_num(o, "signatures.of") == 0) {
		ak_term_spaces(stdout, 4);
		ak_out_wrapped(c, stdout, 4, MSG_SIGN_NO_ROLE, ak_scheme_role(c, ak_js_str(o, "signatures.role")), NULL);
	} else if (ak_js_num(o, "signatures.needed") > 0) {
		ak_term_spaces(stdout, 4);
		ak_out_line(c, stdout, MSG_CHECK_SIGNATURES, AK_NUM(ak_js_num(o, "signatures.counted")),
		            AK_NUM(ak_js_num(o, "signatures.needed")), AK_NUM(ak_js_num(o, "signatures.of")), NULL);
	}
	ak_answer_print_partless(c, l, o, stdout, 4);
	ak_warnings_print(c, ak_js_at(o, "warnings"), type, stdout, 4);
	ak_findings_print(c, o, 4);
	return fine ? EXIT_HOLDS : EXIT_DOES_NOT_HOLD;
}

/* The answer does not say what type it is of: fields are named by it. */
static int print_of(const ak_cli *c, ak_ledger *l, const char *file, const ak_file *input, const json_t *o)
{
	ak_text json = { 0 };
	json_t *shown = NULL;
	int code;

	if (ak_exchange_show(ak_file_span(input), (ak_span){ 0 }, &json, NULL) == AK_OK)
		shown = ak_js_parse(&json);
	if (ak_js_len(shown, "blanks") > 0) { /* the fields by their names, as where it is signed */
		char *blanks = ak_drafting_blanks(c, ak_js_str(shown, "type"), ak_js_at(shown, "blanks")), text[AK_CELL_ROOM];

		(void)ak_out_text(c, text, sizeof(text), MSG_BLANKS_LEFT, blanks == NULL ? "" : blanks, NULL);
		ak_out_wrapped(c, stdout, 4, MSG_CHECK_WOULD_NOT, file, text, NULL);
		free(blanks);
		code = EXIT_DOES_NOT_HOLD;
	} else {
		code = print(c, l, file, o, *ak_js_str(shown, "type") != '\0' ? ak_js_str(shown, "type") : NULL);
	}
	json_decref(shown);
	ak_text_free(&json);
	return code;
}

static int check(const ak_cli *c, ak_ledger *l, const char *file)
{
	ak_file input = { 0 };
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	int code = ak_file_read(c, file, AK_FILE_MAX, &input);

	if (code != EXIT_HOLDS)
		return code;
	if (ak_ledger_check(l, ak_file_span(&input), c->now, &json, &e) != AK_OK) {
		code = ak_out_refused(c, file, &e, NULL);
	} else {
		code = ak_answer(c, &json, &o);
		if (code == EXIT_HOLDS && c->json) {
			ak_out_json_text(&json);
			code = ak_js_true(o, "would_seal") ? EXIT_HOLDS : EXIT_DOES_NOT_HOLD;
		} else if (code == EXIT_HOLDS) {
			code = print_of(c, l, file, &input, o);
		}
	}
	json_decref(o);
	ak_text_free(&json);
	ak_file_drop(&input);
	return code;
}

int ak_cmd_check(ak_cli *c)
{
	ak_ledger *l = NULL;
	int code = ak_cli_open(c, &l), worst = EXIT_HOLDS;

	if (code != EXIT_HOLDS)
		return code;
	ak_scheme_use(c, l, NULL);
	if (ak_opt_has(&c->opts, OPT_SUBMISSION)) {
		code = ak_check_submission(c, l);
		ak_ledger_free(&l);
		return code;
	}
	for (size_t i = 0; i < c->opts.n_operands; i++) {
		code = check(c, l, c->opts.operand[i]);
		if (code > worst) /* the codes are in order of what a script must look at first */
			worst = code;
	}
	ak_ledger_free(&l);
	return worst;
}
