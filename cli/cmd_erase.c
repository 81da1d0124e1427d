/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "draft.h"
#include "files.h"
#include "js.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

static bool is_reason(const char *s)
{
	return strcmp(s, "personal-data") == 0 || strcmp(s, "confidential") == 0 || strcmp(s, "order") == 0;
}

/* With --reason: the draft that the root holders sign. */
static int draft(ak_cli *c, ak_ledger *l, const char *record)
{
	const char *reason = ak_opt_value(&c->opts, OPT_REASON), *basis = ak_opt_value(&c->opts, OPT_BASIS);
	ak_text text = { 0 };
	ak_error e = { 0 };
	char issued[11], next[AK_NEXT_ROOM];
	int code;

	code = ak_cli_date(c, OPT_ISSUED, issued);
	if (code == EXIT_HOLDS)
		code = ak_drafting_can_write(c);
	if (code != EXIT_HOLDS)
		return code;
	ak_scheme_use(c, l, NULL);
	if (ak_ledger_draft_erasure(l, record, reason, basis, *issued != '\0' ? issued : NULL, c->now, &text, &e) != AK_OK)
		code = ak_out_refused(c, record, &e, e.status == AK_REPEATED ? ak_out_text(c, next, sizeof(next), MSG_NEXT_ERASE, record, NULL) : NULL);
	else
		code = ak_drafting_finish(c, &text);
	ak_text_free(&text);
	return code;
}

static void tell_repeated(const ak_cli *c, const json_t *list)
{
	const json_t *seq;
	size_t i;

	json_array_foreach(list, i, seq) {
		ak_term_spaces(stdout, 2);
		ak_out_wrapped(c, stdout, 2, MSG_ERASE_REPEATED, AK_NUM((uint64_t)json_integer_value(seq)), NULL);
	}
}

static int tell(const ak_cli *c, const ak_text *json)
{
	json_t *o = NULL;
	const char *where;
	int code;

	if (c->json) {
		ak_out_json_text(json);
		return EXIT_HOLDS;
	}
	code = ak_answer(c, json, &o);
	if (code != EXIT_HOLDS)
		return code;
	where = ak_js_str(o, "repository");
	if (*where == '\0') {
		ak_out_wrapped(c, stdout, 0, MSG_ERASE_WOULD, AK_NUM(ak_js_num(o, "record")), AK_NUM(ak_js_num(o, "erasure")), NULL);
		tell_repeated(c, ak_js_at(o, "repeated"));
		ak_out_wrapped(c, stdout, 0, MSG_ERASE_WOULD_NEXT, AK_NUM(ak_js_num(o, "record")), NULL);
	} else {
		ak_out_wrapped(c, stdout, 0, MSG_ERASE_DONE, where, AK_NUM(ak_js_num(o, "record")), AK_NUM(ak_js_num(o, "erasure")),
		               AK_NUM(ak_js_num(o, "signed_again")), NULL);
		tell_repeated(c, ak_js_at(o, "repeated"));
		ak_out_wrapped(c, stdout, 0, MSG_ERASE_NEXT, where, NULL);
	}
	json_decref(o);
	return EXIT_HOLDS;
}

/* Without: what the sealed erasure asks for. */
static int carry_out(ak_cli *c, ak_ledger *l, const char *record, const char *to)
{
	ak_secret *key = NULL;
	char *path = NULL;
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code = EXIT_HOLDS;

	if (to != NULL)
		code = ak_cli_operator_path(c, &path);
	if (code == EXIT_HOLDS && to != NULL)
		code = ak_file_secret(c, path, &key);
	if (code == EXIT_HOLDS && ak_ledger_erase(l, record, to, key, &json, &e) != AK_OK)
		code = ak_out_refused(c, record, &e, e.status == AK_NOT_FOUND && e.where != NULL && strcmp(e.where, "erasure") == 0
		                      ? ak_msg_text(MSG_NEXT_ERASURE, c->ja) : NULL);
	else if (code == EXIT_HOLDS)
		code = tell(c, &json);
	ak_text_free(&json);
	ak_secret_free(&key);
	free(path);
	return code;
}

int ak_cmd_erase(ak_cli *c)
{
	const char *record = c->opts.operand[0], *to = ak_opt_value(&c->opts, OPT_OUT);
	bool drafts = ak_opt_has(&c->opts, OPT_REASON), dry = ak_opt_has(&c->opts, OPT_DRY_RUN);
	ak_ledger *l = NULL;
	int code;

	if (drafts && dry)
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--reason", "--dry-run", NULL);
	if (drafts && !is_reason(ak_opt_value(&c->opts, OPT_REASON)))
		return ak_out_usage(c, MSG_ERASE_REASONS, ak_opt_value(&c->opts, OPT_REASON), NULL);
	if (drafts && ak_opt_value(&c->opts, OPT_BASIS) == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "--basis TEXT", NULL);
	if (!drafts && ak_opt_has(&c->opts, OPT_BASIS))
		return ak_out_usage(c, MSG_OPT_MISSING, "--reason WORD", NULL);
	if (!drafts && !dry && to == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "-o NEWREPO", NULL);
	code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS)
		code = drafts ? draft(c, l, record) : carry_out(c, l, record, dry ? NULL : to);
	ak_ledger_free(&l);
	return code;
}
