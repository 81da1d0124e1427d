/* SPDX-License-Identifier: Apache-2.0 */
#include "findings.h"

#include "answer.h"
#include "js.h"
#include "term.h"

#include <string.h>

enum { WIDTH = 92, TEXT_MAX = 2048 };

static ak_paint paint_of(const char *severity)
{
	if (strcmp(severity, "invalid") == 0 || strcmp(severity, "expired") == 0 || strcmp(severity, "suspended") == 0)
		return AK_PAINT_BAD;
	return AK_PAINT_UNSURE;
}

/* The legal basis with the version it was read in; what has not been checked against the text itself says so. */
static void print_basis(const ak_cli *c, const json_t *f, size_t column)
{
	const char *basis = ak_js_lang(f, "basis", c->ja), *version = ak_js_str(f, "basis_version");
	bool unverified = strcmp(version, "not verified") == 0 || strcmp(version, "根拠未確認") == 0;
	char text[TEXT_MAX];

	if (*basis == '\0')
		(void)ak_out_text(c, text, sizeof(text), MSG_BASIS_UNKNOWN, NULL);
	else if (*version == '\0')
		(void)ak_out_text(c, text, sizeof(text), MSG_BASIS, basis, NULL);
	else
		(void)ak_out_text(c, text, sizeof(text), MSG_BASIS_VERSION, basis, unverified ? ak_msg_text(MSG_BASIS_UNKNOWN, c->ja) : version, NULL);
	ak_term_spaces(stdout, column);
	ak_term_wrap(stdout, text, column, WIDTH);
	(void)fputc('\n', stdout);
	if (ak_js_has(f, "record")) {
		ak_term_spaces(stdout, column);
		ak_out_line(c, stdout, MSG_SEE_RECORD, AK_NUM(ak_js_num(f, "record")), NULL);
	}
}

void ak_finding_print(const ak_cli *c, const json_t *f, size_t indent)
{
	const char *severity = ak_js_str(f, "severity"), *rule = ak_js_str(f, "rule"), *word = ak_answer_word(c, severity);
	size_t column = indent + ak_term_width(word) + 1 + (*rule != '\0' ? ak_term_width(rule) + 2 : 1);
	const char *next = ak_js_lang(f, "next", c->ja);
	char text[TEXT_MAX];

	ak_term_spaces(stdout, indent);
	ak_out_paint(c, stdout, paint_of(severity));
	ak_term_put(stdout, word);
	ak_out_plain(c, stdout);
	(void)fputc(' ', stdout);
	ak_term_put(stdout, rule);
	ak_term_spaces(stdout, *rule != '\0' ? 2 : 1);
	ak_term_wrap(stdout, ak_term_dates(c->ja, ak_js_lang(f, "text", c->ja), text, sizeof(text)), column, WIDTH);
	(void)fputc('\n', stdout);
	if (*ak_js_str(f, "expected") != '\0' && *ak_js_str(f, "found") != '\0') {
		ak_term_spaces(stdout, column);
		ak_out_line(c, stdout, MSG_EXPECTED_FOUND, ak_js_str(f, "expected"), ak_js_str(f, "found"), NULL);
	}
	print_basis(c, f, column);
	if (*next != '\0') {
		ak_term_spaces(stdout, column);
		ak_term_wrap(stdout, ak_out_text(c, text, sizeof(text), MSG_NEXT, next, NULL), column, WIDTH);
		(void)fputc('\n', stdout);
	}
}

void ak_findings_print(const ak_cli *c, const json_t *o, size_t indent)
{
	const json_t *f;
	size_t i;

	json_array_foreach(ak_js_at(o, "findings"), i, f)
		ak_finding_print(c, f, indent);
}
