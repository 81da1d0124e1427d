/* SPDX-License-Identifier: Apache-2.0 */
#include "findings.h"

#include "answer.h"
#include "js.h"
#include "phrase.h"
#include "term.h"

#include <string.h>

enum { TEXT_MAX = 2048 };

static ak_paint paint_of(const char *severity)
{
	if (strcmp(severity, "invalid") == 0 || strcmp(severity, "expired") == 0 || strcmp(severity, "suspended") == 0)
		return AK_PAINT_BAD;
	return AK_PAINT_UNSURE;
}

/* Law is quoted: in English as the rule renders it, and without that who reads English is told why it is not English. */
static const char *basis_text(const ak_cli *c, const json_t *f, const char *basis, char *out, size_t room)
{
	if (!c->ja && *ak_js_str(f, "basis_en") != '\0')
		return ak_js_str(f, "basis_en");
	for (const char *p = basis; !c->ja && *p != '\0'; p++) {
		if ((unsigned char)*p >= 0x80)
			return ak_out_text(c, out, room, MSG_BASIS_JAPANESE, basis, NULL);
	}
	return basis;
}

const char *ak_finding_basis_words(const ak_cli *c, const json_t *f, char *out, size_t room)
{
	const char *basis = ak_js_lang(f, "basis", c->ja), *version = ak_js_str(f, "basis_version");
	const char *unknown = ak_msg_text(MSG_BASIS_UNKNOWN, c->ja);
	char quoted[TEXT_MAX];
	bool unverified = strcmp(version, "not verified") == 0 || strcmp(version, "根拠未確認") == 0;

	if (*basis == '\0')
		(void)snprintf(out, room, "%s", unknown);
	else if (*version == '\0' || (unverified && strstr(basis, ak_msg_text(MSG_BASIS_UNKNOWN, true)) != NULL)) /* it says so itself */
		(void)snprintf(out, room, "%s", basis_text(c, f, basis, quoted, sizeof(quoted)));
	else
		(void)ak_out_text(c, out, room, MSG_BASIS_VERSION, basis_text(c, f, basis, quoted, sizeof(quoted)), unverified ? unknown : version, NULL);
	return out;
}

const char *ak_finding_basis(const ak_cli *c, const json_t *f, char *out, size_t room)
{
	char words[TEXT_MAX];

	(void)ak_finding_basis_words(c, f, words, sizeof(words));
	if (*ak_js_lang(f, "basis", c->ja) == '\0')
		(void)snprintf(out, room, "%s", words);
	else
		(void)ak_out_text(c, out, room, MSG_BASIS, words, NULL);
	return out;
}

/* Then the record to look at. */
static void print_basis(const ak_cli *c, const json_t *f, size_t column)
{
	char text[TEXT_MAX], see[64], both[TEXT_MAX];

	(void)ak_finding_basis(c, f, text, sizeof(text));
	ak_term_spaces(stdout, column);
	if (!ak_js_has(f, "record")) {
		ak_term_wrap(stdout, text, column, ak_out_text_width(c));
		(void)fputc('\n', stdout);
		return;
	}
	(void)ak_out_text(c, see, sizeof(see), MSG_SEE_RECORD, AK_NUM(ak_js_num(f, "record")), NULL);
	(void)ak_out_text(c, both, sizeof(both), MSG_BASIS_AND_RECORD, text, see, NULL);
	if (column + ak_term_width(both) <= ak_out_text_width(c)) {
		ak_term_put(stdout, both);
	} else {
		ak_term_wrap(stdout, text, column, ak_out_text_width(c));
		(void)fputc('\n', stdout);
		ak_term_spaces(stdout, column);
		ak_term_put(stdout, see);
	}
	(void)fputc('\n', stdout);
}

/* What was expected and what was there, unless nothing was there: then the text has said so. */
static void print_values(const ak_cli *c, const json_t *f, size_t column)
{
	const char *expected = ak_js_lang(f, "expected", c->ja), *found = ak_js_lang(f, "found", c->ja);
	char text[2][AK_PHRASE_MAX];

	if (*expected == '\0' || *found == '\0' || strcmp(found, "none") == 0 || strncmp(found, "missing: ", 9) == 0)
		return;
	ak_term_spaces(stdout, column);
	ak_out_wrapped(c, stdout, column, MSG_EXPECTED_FOUND, ak_phrase(c, expected, text[0]), ak_phrase(c, found, text[1]), NULL);
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
	ak_term_wrap(stdout, ak_term_dates(c->ja, ak_js_lang(f, "text", c->ja), text, sizeof(text)), column, ak_out_text_width(c));
	(void)fputc('\n', stdout);
	print_values(c, f, column);
	print_basis(c, f, column);
	if (*next != '\0') {
		ak_term_spaces(stdout, column);
		ak_term_wrap(stdout, ak_out_text(c, text, sizeof(text), MSG_NEXT, next, NULL), column, ak_out_text_width(c));
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

const json_t *ak_finding_deciding(const json_t *verdict)
{
	static const char *const worst_first[] = { "invalid", "expired", "suspended", "unverifiable" };
	const json_t *f;
	size_t i;

	for (size_t k = 0; k < sizeof(worst_first) / sizeof(worst_first[0]); k++) {
		json_array_foreach(ak_js_at(verdict, "findings"), i, f) {
			if (strcmp(ak_js_str(f, "severity"), worst_first[k]) == 0)
				return f;
		}
	}
	return NULL;
}

const char *ak_finding_reason(const ak_cli *c, const json_t *row, char *out, size_t room)
{
	const json_t *f = json_object_get(row, "finding");
	const char *reason = ak_js_str(row, "reason");

	if (!json_is_object(f) || (strcmp(reason, "rules") != 0 && strcmp(reason, "cannot-decide") != 0))
		return ak_answer_word(c, reason);
	(void)snprintf(out, room, "%s  %s", ak_js_str(f, "rule"), ak_js_lang(f, "text", c->ja));
	return out;
}
