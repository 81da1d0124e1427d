/* SPDX-License-Identifier: Apache-2.0 */
#include "submission.h"

#include "answer.h"
#include "files.h"
#include "findings.h"
#include "js.h"
#include "phrase.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 256, TEXT_ROOM = 1024 };

static int worst_of(const json_t *o)
{
	const json_t *row;
	int code = EXIT_HOLDS;
	size_t i;

	if (ak_js_len(o, "erased") > 0)
		code = EXIT_NOT_DECIDED;
	json_array_foreach(ak_js_at(o, "rows"), i, row) {
		if (strcmp(ak_js_str(row, "severity"), "unverifiable") == 0 && code == EXIT_HOLDS)
			code = EXIT_NOT_DECIDED;
		else if (strcmp(ak_js_str(row, "severity"), "warning") != 0 &&
			 strcmp(ak_js_str(row, "severity"), "unverifiable") != 0)
			code = EXIT_DOES_NOT_HOLD;
	}
	return code;
}

static void print_row(const ak_cli *c, const json_t *row)
{
	const char *severity = ak_js_str(row, "severity"), *label = ak_js_str(row, c->ja ? "label_ja" : "label_en");
	const char *expected = ak_js_str(row, "expected"), *found = ak_js_str(row, "found");
	bool bad = strcmp(severity, "warning") != 0 && strcmp(severity, "unverifiable") != 0;
	char text[TEXT_ROOM], one[AK_TERM_DATE_MAX], two[AK_TERM_DATE_MAX];

	ak_out_paint(c, stdout, bad ? AK_PAINT_BAD : AK_PAINT_UNSURE);
	(void)fputs(bad ? "  ✗ " : strcmp(severity, "warning") == 0 ? "  ! " : "  ? ", stdout);
	if (ak_js_has(row, "file"))
		(void)ak_out_text(c, text, sizeof(text), MSG_SUBMISSION_ROW,
				  ak_file_base(c->opts.operand[ak_js_num(row, "file")]), label, NULL);
	else
		(void)snprintf(text, sizeof(text), "%s", label);
	ak_term_wrap(stdout, text, 4, ak_out_text_width(c));
	ak_out_plain(c, stdout);
	if (*ak_js_str(row, "rule") != '\0') {
		(void)fputs("  ", stdout);
		ak_term_put(stdout, ak_js_str(row, "rule"));
	}
	(void)fputc('\n', stdout);
	expected = ak_term_date(c->ja, expected, one);
	found = ak_term_date(c->ja, found, two);
	if (*expected != '\0' || *found != '\0') {
		ak_term_spaces(stdout, 4);
		if (*expected == '\0')
			ak_out_line(c, stdout, MSG_FOUND, found, NULL);
		else
			ak_out_line(c, stdout, MSG_EXPECTED_FOUND, expected, found, NULL);
	}
	if (ak_js_has(row, "basis")) {
		ak_out_paint(c, stdout, AK_PAINT_DIM);
		ak_term_spaces(stdout, 4);
		ak_term_wrap(stdout, ak_finding_basis(c, row, text, sizeof(text)), 4, ak_out_text_width(c));
		ak_out_plain(c, stdout);
		(void)fputc('\n', stdout);
	}
}

static void print(const ak_cli *c, const json_t *o)
{
	const bool complete = ak_js_true(o, "complete"), unsure = ak_js_len(o, "erased") > 0;
	char room[AK_SCHEME_TEXT];
	const json_t *v;
	size_t i;

	ak_out_line(c, stdout, MSG_SUBMISSION_TITLE, AK_NUM(c->opts.n_operands), NULL);
	json_array_foreach(ak_js_at(o, "files"), i, v) {
		(void)fputs("  ", stdout);
		ak_out_line(c, stdout, MSG_SUBMISSION_ROW, ak_scheme_type(c, ak_js_str(v, "type"), room), c->opts.operand[i],
			    NULL);
	}
	(void)fputc('\n', stdout);
	ak_out_paint(c, stdout, complete ? AK_PAINT_GOOD : unsure ? AK_PAINT_UNSURE : AK_PAINT_BAD);
	ak_out_put(c, stdout, complete ? MSG_SUBMISSION_COMPLETE : unsure ? MSG_SUBMISSION_UNSURE : MSG_SUBMISSION_NOT, NULL);
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
	json_array_foreach(ak_js_at(o, "erased"), i, v) {
		(void)fputs("  ? ", stdout);
		ak_out_wrapped(c, stdout, 4, MSG_SUBMISSION_ERASED, AK_NUM((uint64_t)json_integer_value(v)), NULL);
	}
	json_array_foreach(ak_js_at(o, "rows"), i, v)
		print_row(c, v);
	ak_out_line(c, stdout, MSG_SUBMISSION_SIGNED_APART, NULL);
}

static int ask(const ak_cli *c, ak_ledger *l, const ak_span *in)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	size_t failed = SIZE_MAX;
	int code;

	if (ak_ledger_check_submission(l, in, c->opts.n_operands, c->now, &json, &failed, &e) != AK_OK)
		return ak_out_refused(c, failed < c->opts.n_operands ? c->opts.operand[failed] : NULL, &e, NULL);
	code = ak_answer(c, &json, &o);
	if (code == EXIT_HOLDS) {
		if (c->json)
			ak_out_json_text(&json);
		else
			print(c, o);
		code = worst_of(o);
	}
	json_decref(o);
	ak_text_free(&json);
	return code;
}

int ak_check_submission(ak_cli *c, ak_ledger *l)
{
	size_t n = c->opts.n_operands, read = 0;
	ak_file *file;
	ak_span *in;
	int code = EXIT_HOLDS;

	if (n > FILES_MAX)
		return ak_out_usage(c, MSG_OPERAND_TOO_MANY, c->opts.operand[FILES_MAX], NULL);
	file = calloc(n, sizeof(*file));
	in = calloc(n, sizeof(*in));
	if (file == NULL || in == NULL)
		code = ak_out_no_memory(c);
	for (; code == EXIT_HOLDS && read < n; read++) {
		code = ak_file_read(c, c->opts.operand[read], AK_FILE_MAX, &file[read]);
		in[read] = ak_file_span(&file[read]);
	}
	if (code == EXIT_HOLDS)
		code = ask(c, l, in);
	for (size_t i = 0; file != NULL && i < read; i++)
		ak_file_drop(&file[i]);
	free(file);
	free(in);
	return code;
}
