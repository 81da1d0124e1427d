/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked of the use, one line each: the question, and what the register or the statement says of it. */
#include "verdict.h"

#include "js.h"
#include "term.h"

#include <string.h>

enum { INDENT = 2, TEXT_MAX = 2048 };

const ak_asked_of_use ak_asked_of_uses[AK_ASKED_OF_USE] = {
	{ "contract", "use.contract", MSG_REPORT_CONTRACT_TERM }, { "service", "use.service", MSG_REPORT_USE_SERVICE },
	{ "region", "use.region", MSG_REPORT_USE_REGION },        { "task", "use.task", MSG_REPORT_USE_TASK },
	{ "confirmation", "use.confirmation", MSG_REPORT_USE_CONFIRMED },
};

const char *ak_verdict_asked(const ak_cli *c, const json_t *r, const ak_asked_of_use *q, char *out, size_t room)
{
	char from[AK_TERM_DATE_MAX], to[AK_TERM_DATE_MAX];

	if (strcmp(q->question, "contract") != 0)
		return ak_js_str(r, q->path);
	if (*ak_js_str(r, "use.contract.from") == '\0')
		return "";
	return ak_out_text(c, out, room, MSG_TRACE_STRETCH, ak_term_date(c->ja, ak_js_str(r, "use.contract.from"), from),
	                   ak_term_date(c->ja, ak_js_str(r, "use.contract.to"), to), NULL);
}

const json_t *ak_verdict_answered(const json_t *r, const char *question, size_t n)
{
	const json_t *a;
	size_t i;

	json_array_foreach(ak_js_at(r, "use.answers"), i, a) {
		if (strcmp(ak_js_str(a, "question"), question) == 0 && n-- == 0)
			return a;
	}
	return NULL;
}

ak_msg ak_verdict_not_answered(const char *question)
{
	return strcmp(question, "confirmation") == 0 ? MSG_USE_ON_WORD : MSG_USE_NOT_ON_RECORD;
}

const char *ak_verdict_sign(const json_t *answer)
{
	const char *outcome = ak_js_str(answer, "outcome");

	return strcmp(outcome, "passed") == 0 ? "✓" : strcmp(outcome, "failed") == 0 ? "✗" : "?";
}

const char *ak_verdict_says(const ak_cli *c, const json_t *answer, char *out, size_t room)
{
	const char *says = ak_term_dates(c->ja, ak_js_lang(answer, "says", c->ja), out, room);
	size_t n;

	if (says != out)
		(void)snprintf(out, room, "%s", says);
	n = strlen(out);
	if (ak_js_has(answer, "record") && n < room)
		(void)snprintf(out + n, room - n, c->ja ? "（#%llu）" : " (#%llu)", (unsigned long long)ak_js_num(answer, "record"));
	return out;
}

static void put_answer(const ak_cli *c, const char *sign, const char *text, size_t column)
{
	ak_term_spaces(stdout, column);
	ak_out_paint(c, stdout, strcmp(sign, "✓") == 0 ? AK_PAINT_GOOD : strcmp(sign, "✗") == 0 ? AK_PAINT_BAD : AK_PAINT_UNSURE);
	(void)fputs(sign, stdout);
	ak_out_plain(c, stdout);
	(void)fputc(' ', stdout);
	ak_term_wrap(stdout, text, column + 2, ak_out_text_width(c));
	(void)fputc('\n', stdout);
}

void ak_verdict_use(const ak_cli *c, const json_t *r)
{
	size_t asked = 0;

	for (size_t i = 0; i < AK_ASKED_OF_USE; i++) {
		const ak_asked_of_use *q = &ak_asked_of_uses[i];
		char text[TEXT_MAX], line[TEXT_MAX];
		const char *what = ak_verdict_asked(c, r, q, text, sizeof(text));
		const json_t *a;
		size_t n = 0;

		if (*what == '\0')
			continue;
		asked++;
		(void)snprintf(line, sizeof(line), "%s: %.1500s", ak_msg_text(q->name, c->ja), what);
		ak_term_spaces(stdout, INDENT);
		ak_term_wrap(stdout, line, INDENT + 2, ak_out_text_width(c));
		(void)fputc('\n', stdout);
		for (; (a = ak_verdict_answered(r, q->question, n)) != NULL; n++)
			put_answer(c, ak_verdict_sign(a), ak_verdict_says(c, a, text, sizeof(text)), INDENT + 2);
		if (n == 0)
			put_answer(c, "?", ak_msg_text(ak_verdict_not_answered(q->question), c->ja), INDENT + 2);
	}
	if (asked > 0)
		(void)fputc('\n', stdout);
}
