/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "js.h"
#include "phrase.h"
#include "remote.h"
#include "term.h"

#include <string.h>

int ak_remote_ask(const ak_cli *c, json_t **out)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code;

	if (ak_repository_remote(c->dir, &json, &e) != AK_OK)
		return ak_out_refused(c, c->dir, &e, e.status == AK_NOT_FOUND ? ak_msg_text(MSG_NEXT_NO_LEDGER, c->ja) : NULL);
	code = ak_answer(c, &json, out);
	ak_text_free(&json);
	return code;
}

static void mark(const ak_cli *c, ak_paint p, const char *sign)
{
	(void)fputs("  ", stdout);
	ak_out_paint(c, stdout, p);
	(void)fputs(sign, stdout);
	ak_out_plain(c, stdout);
}

void ak_remote_tell(const ak_cli *c, const json_t *o)
{
	enum { INDENT = 4 };
	const char *url = ak_js_str(o, "url"), *relation = ak_js_str(o, "relation");
	const char *here = AK_NUM(ak_js_num(o, "here.size")), *there = AK_NUM(ak_js_num(o, "there.size"));
	char text[AK_PHRASE_MAX], commit[2][AK_TERM_DIGEST_MAX];

	if (*url == '\0') {
		ak_out_line(c, stdout, MSG_REMOTE_NO, NULL);
		return;
	}
	ak_out_wrapped(c, stdout, INDENT, ak_js_true(o, "commit_point") ? MSG_REMOTE_POINT : MSG_REMOTE_CLONED, url, NULL);
	if (strcmp(relation, "same") == 0) {
		mark(c, AK_PAINT_GOOD, "✓ ");
		ak_out_wrapped(c, stdout, INDENT, MSG_REMOTE_SAME, here, NULL);
	} else if (strcmp(relation, "ahead") == 0) {
		mark(c, AK_PAINT_UNSURE, "? ");
		ak_out_wrapped(c, stdout, INDENT, MSG_REMOTE_AHEAD, there, here, NULL);
	} else if (strcmp(relation, "behind") == 0) {
		mark(c, AK_PAINT_BAD, "✗ ");
		ak_out_wrapped(c, stdout, INDENT, MSG_REMOTE_BEHIND, there, here, url, NULL);
	} else if (strcmp(relation, "apart") == 0) {
		(void)snprintf(commit[0], sizeof(commit[0]), "%.12s", ak_js_str(o, "there.commit"));
		(void)snprintf(commit[1], sizeof(commit[1]), "%.12s", ak_js_str(o, "here.commit"));
		mark(c, AK_PAINT_BAD, "✗ ");
		ak_out_wrapped(c, stdout, INDENT, MSG_REMOTE_APART, there, here, commit[0], commit[1], NULL);
	} else {
		mark(c, AK_PAINT_UNSURE, "? ");
		ak_out_wrapped(c, stdout, INDENT, MSG_WHAT, ak_phrase(c, ak_js_str(o, "problem.detail"), text), NULL);
	}
}

int ak_remote_exit(const json_t *o)
{
	const char *relation = ak_js_str(o, "relation");

	if (*relation == '\0' || strcmp(relation, "same") == 0)
		return EXIT_HOLDS;
	return strcmp(relation, "behind") == 0 || strcmp(relation, "apart") == 0 ? EXIT_DOES_NOT_HOLD : EXIT_NOT_DECIDED;
}

static int show(const ak_cli *c)
{
	json_t *o = NULL;
	int code = ak_remote_ask(c, &o);

	if (code != EXIT_HOLDS)
		return code;
	code = ak_remote_exit(o);
	if (c->json)
		return ak_out_json(c, o, code);
	ak_remote_tell(c, o);
	json_decref(o);
	return code;
}

static int set(ak_cli *c, const char *url)
{
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	int code = ak_cli_open(c, &l);

	if (code == EXIT_HOLDS && ak_ledger_set_remote(l, url, &e) != AK_OK)
		code = ak_out_refused(c, url != NULL ? url : c->dir, &e, NULL);
	ak_ledger_free(&l);
	if (code != EXIT_HOLDS)
		return code;
	if (c->json)
		return ak_out_json(c, json_pack("{s:s?}", "url", url), code);
	ak_out_wrapped(c, stdout, 0, url != NULL ? MSG_REMOTE_SET : MSG_REMOTE_UNSET, url != NULL ? url : "", NULL);
	return code;
}

int ak_cmd_remote(ak_cli *c)
{
	const char *verb = c->opts.n_operands > 0 ? c->opts.operand[0] : "show";
	const char *url = c->opts.n_operands > 1 ? c->opts.operand[1] : NULL;
	bool setting = strcmp(verb, "set") == 0;

	if (!setting && strcmp(verb, "show") != 0 && strcmp(verb, "none") != 0)
		return ak_out_usage(c, MSG_REMOTE_VERBS, verb, NULL);
	if (setting && url == NULL)
		return ak_out_usage(c, MSG_OPERAND_MISSING, "URL", NULL);
	if (!setting && url != NULL)
		return ak_out_usage(c, MSG_OPERAND_TOO_MANY, url, NULL);
	return *verb == 's' && !setting ? show(c) : set(c, url);
}
