/* SPDX-License-Identifier: Apache-2.0 */
/* Signing: show in words what is signed, ask, sign, write.  An envelope is updated in its place; a draft stays and its
 * envelope is written beside it. */
#include "answer.h"
#include "apart.h"
#include "commands.h"
#include "js.h"
#include "sign_many.h"
#include "signing.h"
#include "staged.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

static int show_signers(const ak_cli *c, const ak_signing *s, const char *path)
{
	const json_t *v;
	size_t i;

	if (c->json)
		return ak_out_json(c, json_incref(s->shown), EXIT_HOLDS);
	ak_signing_tell(c, s, stdout);
	json_array_foreach(ak_js_at(s->shown, "signatures"), i, v) {
		char *who = ak_answer_who_by_id(c, s->ledger, ak_js_str(v, "keyid"));

		(void)fputs("  · ", stdout);
		ak_term_put(stdout, who == NULL ? "?" : who);
		(void)fputc('\n', stdout);
		free(who);
	}
	if (strcmp(ak_js_str(s->shown, "kind"), "draft") == 0)
		ak_out_line(c, stdout, MSG_NOT_SIGNED_YET, path, NULL);
	else if (s->request)
		ak_out_wrapped(c, stdout, 2, MSG_APART_REQUEST_SHOWN, NULL);
	else
		ak_signing_count(c, s, path, s->shown);
	if (s->ledger == NULL && !s->request)
		ak_apart_needed(c, s->shown);
	return EXIT_HOLDS;
}

static int merge(const ak_cli *c, ak_signing *s, size_t *added)
{
	const char *path;
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (path = ak_opt_nth(&c->opts, OPT_ADD, i)) != NULL; i++)
		code = ak_apart_add(c, s, path, added);
	return code;
}

/* Whoever answers a request sends back what was signed, and nothing else. */
static bool answers(const ak_cli *c, const ak_signing *s)
{
	return s->request && !ak_opt_has(&c->opts, OPT_ADD);
}

static int sign_with(const ak_cli *c, ak_signing *s, const char *path)
{
	ak_secret *k = NULL;
	ak_text envelope = { 0 };
	ak_error e = { 0 };
	char *who = NULL;
	int code = ak_file_secret(c, path, &k);

	if (code != EXIT_HOLDS)
		return code;
	if (!ak_signing_silent(c)) {
		who = ak_signing_who(c, s, k);
		ak_out_line(c, stderr, MSG_SIGN_AS, who == NULL ? "?" : who, NULL);
		ak_signing_tell(c, s, stderr);
	}
	code = ak_signing_part(c, s, path, k);
	if (code != EXIT_HOLDS || !ak_signing_agreed(c, MSG_SIGN_ASK, 1, &code))
		goto out;
	if (ak_exchange_sign(ak_signing_now(s), ak_file_span(&s->profile), k, &envelope, &e) != AK_OK) {
		code = ak_out_refused(c, s->now.data != NULL ? s->out : c->opts.operand[0], &e, NULL);
	} else {
		ak_text_free(&s->now);
		s->now = envelope;
		if (answers(c, s))
			code = ak_apart_take(c, s, k);
	}
out:
	free(who);
	ak_secret_free(&k);
	return code;
}

/* Which of them have a part in the record, as far as the ledger here can tell. */
static void put_parts(const ak_cli *c, const ak_signing *s, const json_t *signatures)
{
	ak_text json = { 0 };
	json_t *o = NULL, *one;
	const json_t *v;
	size_t i, k;

	if (s->ledger != NULL && ak_ledger_check(s->ledger, ak_signing_now(s), c->now, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	json_array_foreach(signatures, i, one) {
		json_array_foreach(ak_js_at(o, "signatures.signers"), k, v) {
			if (strcmp(ak_js_str(v, "keyid"), ak_js_str(one, "keyid")) == 0)
				(void)json_object_set(one, "part", json_object_get(v, "part"));
		}
	}
	json_decref(o);
	ak_text_free(&json);
}

static int finish_answer(const ak_cli *c, ak_signing *s, const char *path)
{
	int code = ak_apart_answer(c, s, path);

	if (code != EXIT_HOLDS || strcmp(s->out, "-") == 0)
		return code;
	if (c->json)
		return ak_out_json(c, json_pack("{s:s,s:O}", "answer", s->out, "statement", json_object_get(s->shown, "statement")), EXIT_HOLDS);
	ak_out_wrapped(c, stdout, 2, MSG_APART_ANSWERED, s->out, NULL);
	return EXIT_HOLDS;
}

static int finish(const ak_cli *c, ak_signing *s)
{
	json_t *after = NULL;
	int code = ak_file_write(c, s->out, ak_signing_now(s), AK_WRITE_REPLACE);

	s->written = code == EXIT_HOLDS;
	if (s->written)
		ak_documents_tell(c, &s->committed);
	if (code == EXIT_HOLDS && strcmp(s->out, "-") == 0)
		return EXIT_HOLDS; /* stdout is the envelope and nothing else */
	if (code == EXIT_HOLDS)
		code = ak_signing_show(c, s->out, ak_signing_now(s), ak_file_span(&s->profile), &after);
	if (code != EXIT_HOLDS)
		return code;
	if (c->json)
		put_parts(c, s, json_object_get(after, "signatures"));
	if (c->json)
		code = ak_out_json(c, json_pack("{s:s,s:O,s:O}", "envelope", s->out, "statement", json_object_get(after, "statement"),
		                                "signatures", json_object_get(after, "signatures")), EXIT_HOLDS);
	else
		ak_signing_count(c, s, s->out, after);
	json_decref(after);
	return code;
}

static int sign_one(ak_cli *c, ak_ledger *l)
{
	const char *path = c->opts.operand[0], *key;
	ak_signing *s = calloc(1, sizeof(*s));
	bool shown = false;
	size_t added = 0;
	int code = EXIT_HOLDS;

	if (s == NULL)
		return ak_out_no_memory(c);
	if (ak_opt_has(&c->opts, OPT_SHOW))
		code = ak_apart_show(c, l, path, &shown);
	if (code != EXIT_HOLDS || shown) {
		free(s);
		return code;
	}
	s->ledger = l;
	code = ak_signing_read(c, path, s);
	if (code == EXIT_HOLDS && ak_opt_has(&c->opts, OPT_SHOW)) {
		code = show_signers(c, s, path);
		goto out;
	}
	if (code == EXIT_HOLDS)
		code = ak_signing_ended(c, l, path);
	if (code == EXIT_HOLDS)
		code = ak_signing_blanks(c, path, s->shown);
	if (code == EXIT_HOLDS)
		code = ak_signing_refused(c, s, path);
	if (code == EXIT_HOLDS && ak_opt_has(&c->opts, OPT_REQUEST)) {
		code = ak_apart_request(c, s, path);
		goto out;
	}
	if (code == EXIT_HOLDS)
		code = ak_signing_drop(c, path, s);
	if (code == EXIT_HOLDS)
		code = merge(c, s, &added);
	for (size_t i = 0; code == EXIT_HOLDS && (key = ak_opt_nth(&c->opts, OPT_KEY, i)) != NULL; i++)
		code = sign_with(c, s, key);
	if (code == EXIT_HOLDS)
		code = answers(c, s) ? finish_answer(c, s, path) : finish(c, s);
out:
	ak_signing_clear(s);
	free(s);
	return code;
}

int ak_cmd_sign(ak_cli *c)
{
	ak_ledger *l = NULL;
	int code;

	if (!ak_opt_has(&c->opts, OPT_SHOW) && !ak_opt_has(&c->opts, OPT_KEY) && !ak_opt_has(&c->opts, OPT_ADD) && !ak_opt_has(&c->opts, OPT_REQUEST) &&
	    !ak_opt_has(&c->opts, OPT_DROP))
		return ak_out_usage(c, MSG_OPT_MISSING, "--key FILE", NULL);
	if (ak_opt_has(&c->opts, OPT_SHOW) && (ak_opt_has(&c->opts, OPT_KEY) || ak_opt_has(&c->opts, OPT_ADD)))
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--show", "--key, --add", NULL);
	if (ak_opt_has(&c->opts, OPT_DROP) && (ak_opt_has(&c->opts, OPT_SHOW) || ak_opt_has(&c->opts, OPT_REQUEST) || ak_opt_has(&c->opts, OPT_COMMIT_ONLY)))
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--drop", "--show, --request, --commit-only", NULL);
	if (ak_opt_has(&c->opts, OPT_DROP) && (c->opts.n_operands > 1 || ak_path_is_folder(c->opts.operand[0])))
		return ak_out_usage(c, MSG_DROP_ONE, NULL);
	if (ak_opt_has(&c->opts, OPT_COMMIT_ONLY) && (ak_opt_has(&c->opts, OPT_SHOW) || ak_opt_has(&c->opts, OPT_ADD)))
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--commit-only", "--show, --add", NULL);
	if (ak_opt_has(&c->opts, OPT_COMMIT_ONLY) && (c->opts.n_operands > 1 || ak_path_is_folder(c->opts.operand[0])))
		return ak_out_usage(c, MSG_COMMIT_ONE, NULL);
	if (ak_opt_has(&c->opts, OPT_REQUEST) && (ak_opt_has(&c->opts, OPT_KEY) || ak_opt_has(&c->opts, OPT_ADD) || ak_opt_has(&c->opts, OPT_SHOW) ||
	                                            ak_opt_has(&c->opts, OPT_COMMIT_ONLY)))
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--request", "--key, --add, --show, --commit-only", NULL);
	/* Names of signers and fields come from the ledger, when there is one; signing does not need it. */
	if (ak_ledger_open(c->dir, &l, NULL) != AK_OK)
		l = NULL;
	if (c->opts.n_operands > 1 || ak_path_is_folder(c->opts.operand[0]))
		code = ak_sign_many(c, l);
	else
		code = sign_one(c, l);
	ak_ledger_free(&l);
	return code;
}
