/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "keys.h"
#include "term.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { NEXT_MAX = 4096 };

/* Sign with the key in `path`; the envelope takes the place of *draft. */
static int sign_with(const ak_cli *c, const char *path, ak_text *draft)
{
	ak_secret *k = NULL;
	ak_text signed_ = { 0 };
	ak_error e = { 0 };
	int code = ak_file_secret(c, path, &k);

	if (code != EXIT_HOLDS)
		return code;
	if (ak_exchange_sign((ak_span){ (const uint8_t *)draft->data, draft->len }, (ak_span){ 0 }, k, &signed_, &e) != AK_OK) {
		code = ak_out_refused(c, path, &e, NULL);
	} else {
		ak_text_free(draft);
		*draft = signed_;
	}
	ak_secret_free(&k);
	return code;
}

/* All keys at hand: root holders, and operator and heartbeat key to show that somebody has them. */
static int make_genesis(const ak_cli *c, const ak_keyset_files *k, ak_text *envelope)
{
	ak_text draft = { 0 };
	int code = ak_keyset_draft(c, k, &draft);

	for (size_t i = 0; code == EXIT_HOLDS && i < k->n; i++)
		code = sign_with(c, k->path[i], &draft);
	if (code == EXIT_HOLDS)
		code = sign_with(c, k->operator_path, &draft);
	if (code == EXIT_HOLDS)
		code = sign_with(c, k->heartbeat_path, &draft);
	if (code == EXIT_HOLDS)
		*envelope = draft;
	else
		ak_text_free(&draft);
	return code;
}

static int create(const ak_cli *c, const char *dir, ak_span genesis, const char *operator_path, ak_text *json)
{
	char *state = NULL;
	ak_secret *k = NULL;
	ak_error e = { 0 };
	int code = ak_file_secret(c, operator_path, &k);

	if (code == EXIT_HOLDS)
		code = ak_cli_state_path(c, operator_path, k, ".state", &state);
	if (code == EXIT_HOLDS && ak_ledger_create(dir, genesis, k, state, c->now, json, &e) != AK_OK)
		code = ak_out_refused(c, dir, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_cli_note_operator(c, dir, operator_path);
	ak_secret_free(&k);
	free(state);
	return code;
}

static int write_trust(const ak_cli *c, const char *dir, const char *path)
{
	ak_ledger *l = NULL;
	ak_text trust = { 0 };
	ak_error e = { 0 };
	int code = EXIT_HOLDS;

	if (ak_ledger_open(dir, &l, &e) != AK_OK || ak_ledger_trust(l, &trust, &e) != AK_OK)
		code = ak_out_refused(c, dir, &e, NULL);
	else
		code = ak_file_write(c, path, (ak_span){ (const uint8_t *)trust.data, trust.len }, AK_WRITE_NEW);
	ak_text_free(&trust);
	ak_ledger_free(&l);
	return code;
}

/* The ledger is there and its keys are in use: without its remote it stays, and what is missing is said. */
static int join_remote(const ak_cli *c, const char *dir, const char *url)
{
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	int code = EXIT_HOLDS;

	if (ak_ledger_open(dir, &l, &e) != AK_OK || ak_ledger_set_remote(l, url, &e) != AK_OK) {
		char next[NEXT_MAX];

		code = ak_out_refused(c, url, &e, ak_out_text(c, next, sizeof(next), MSG_INIT_NO_REMOTE, dir, url, NULL));
	}
	ak_ledger_free(&l);
	return code;
}

static int report(const ak_cli *c, const char *dir, const ak_keyset_files *k, const ak_text *json)
{
	const char *trust = ak_opt_value(&c->opts, OPT_TRUST_OUT);
	const json_t *first;
	json_t *o = NULL;
	int code;

	if (c->json) {
		ak_out_json_text(json);
		return EXIT_HOLDS;
	}
	code = ak_answer(c, json, &o);
	if (code != EXIT_HOLDS)
		return code;
	first = ak_js_nth(o, "sealed", 0);
	ak_out_line(c, stdout, MSG_INIT_DONE, ak_js_str(o, "origin"), dir, NULL);
	ak_out_line(c, stdout, MSG_INIT_GENESIS, ak_js_str(first, "id"), NULL); /* whole: it is to be compared */
	if (ak_opt_has(&c->opts, OPT_REMOTE))
		ak_out_line(c, stdout, MSG_INIT_REMOTE, ak_opt_value(&c->opts, OPT_REMOTE), NULL);
	if (trust != NULL)
		ak_out_line(c, stdout, MSG_INIT_TRUST, trust, NULL);
	if (ak_opt_has(&c->opts, OPT_MAKE_KEYS))
		ak_out_note(c, MSG_INIT_KEYS, ak_opt_value(&c->opts, OPT_MAKE_KEYS), AK_NUM(k->threshold), AK_NUM(k->n), NULL);
	ak_out_note(c, MSG_INIT_NEXT, dir, NULL);
	json_decref(o);
	return EXIT_HOLDS;
}

static int from_envelope(const ak_cli *c, const char *dir, ak_text *json)
{
	const char *path = ak_opt_value(&c->opts, OPT_GENESIS), *op = ak_opt_value(&c->opts, OPT_OPERATOR);
	ak_file genesis = { 0 };
	int code;

	if (op == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "--operator FILE", NULL);
	if (ak_opt_has(&c->opts, OPT_ORIGIN) || ak_opt_has(&c->opts, OPT_ROOT_KEYS) || ak_opt_has(&c->opts, OPT_MAKE_KEYS) ||
	    ak_opt_has(&c->opts, OPT_HEARTBEAT) || ak_opt_has(&c->opts, OPT_THRESHOLD) || ak_opt_has(&c->opts, OPT_ISSUED))
		return ak_out_usage(c, MSG_GENESIS_SAYS_ALL, NULL);
	code = ak_file_read(c, path, AK_FILE_MAX, &genesis);
	if (code == EXIT_HOLDS)
		code = create(c, dir, ak_file_span(&genesis), op, json);
	ak_file_drop(&genesis);
	return code;
}

/* A place for a new ledger: nothing there, or an empty folder.  Looked at first, so that no keys are made for nothing. */
static bool is_free(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	bool empty = true;

	if (d == NULL)
		return !ak_file_exists(dir);
	while (empty && (entry = readdir(d)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	(void)closedir(d);
	return empty;
}

int ak_cmd_init(ak_cli *c)
{
	const char *dir = c->opts.operand[0], *trust = ak_opt_value(&c->opts, OPT_TRUST_OUT);
	const char *remote = ak_opt_value(&c->opts, OPT_REMOTE);
	ak_keyset_files k = { 0 };
	ak_text envelope = { 0 }, json = { 0 };
	ak_error e = { 0 };
	int code;

	if (trust != NULL && ak_file_exists(trust))
		return ak_out_fault(c, AK_INVALID_ARGUMENT, trust, MSG_FILE_EXISTS, NULL);
	if (!is_free(dir))
		return ak_out_fault(c, AK_INVALID_ARGUMENT, dir, MSG_DIR_NOT_EMPTY, NULL);
	if (remote != NULL && ak_remote_is_free(remote, &e) != AK_OK)
		return ak_out_refused(c, remote, &e, NULL);
	if (ak_opt_has(&c->opts, OPT_GENESIS)) {
		code = from_envelope(c, dir, &json);
	} else {
		code = ak_keyset_files_read(c, &k);
		if (code == EXIT_HOLDS)
			code = make_genesis(c, &k, &envelope);
		if (code == EXIT_HOLDS)
			code = create(c, dir, (ak_span){ (const uint8_t *)envelope.data, envelope.len }, k.operator_path, &json);
	}
	/* Where there is a ledger now its keys stay, whatever went wrong after that. */
	if (code != EXIT_HOLDS && is_free(dir))
		ak_keyset_files_unmake(c, &k);
	if (code == EXIT_HOLDS && trust != NULL)
		code = write_trust(c, dir, trust);
	if (code == EXIT_HOLDS && remote != NULL)
		code = join_remote(c, dir, remote);
	if (code == EXIT_HOLDS)
		code = report(c, dir, &k, &json);
	ak_text_free(&envelope);
	ak_text_free(&json);
	ak_keyset_files_clear(&k);
	return code;
}
