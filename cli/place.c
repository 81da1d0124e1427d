/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger at -C, and where its operator key lies. */
#define _XOPEN_SOURCE 700 /* realpath() */

#include "answer.h"
#include "cli.h"
#include "files.h"
#include "js.h"
#include "out.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_TEXT_MAX = 4096 };

int ak_cli_open(const ak_cli *c, ak_ledger **out)
{
	ak_error e = { 0 };

	if (ak_ledger_open(c->dir, out, &e) == AK_OK)
		return EXIT_HOLDS;
	return ak_out_refused(c, c->dir, &e, e.status == AK_NOT_FOUND ? ak_msg_text(MSG_NEXT_NO_LEDGER, c->ja) : NULL);
}

int ak_cli_open_as_known(const ak_cli *c, ak_ledger **out)
{
	uint64_t known_at = 0;
	ak_error e = { 0 };
	int code = ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &known_at);

	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, out);
	if (code != EXIT_HOLDS)
		return code;
	if (ak_ledger_as_known(*out, known_at, &e) == AK_OK) {
		ak_cli_note_trust(c, *out);
		return EXIT_HOLDS;
	}
	ak_ledger_free(out);
	return ak_out_refused(c, c->dir, &e, NULL);
}

/* The ledger's git directory: itself when bare, else .git in it. */
static bool note_path(const char *dir, bool make, char out[PATH_TEXT_MAX])
{
	char git[PATH_TEXT_MAX];
	struct stat st;
	int n;

	n = snprintf(git, sizeof(git), "%s/.git", dir);
	if (n < 0 || (size_t)n >= sizeof(git))
		return false;
	if (stat(git, &st) != 0 || !S_ISDIR(st.st_mode))
		git[n - 5] = '\0';
	n = snprintf(out, PATH_TEXT_MAX, "%s/akashi", git);
	if (n < 0 || n + 10 >= PATH_TEXT_MAX)
		return false;
	if (make)
		(void)mkdir(out, 0755); /* writing into it tells whether that went well */
	(void)snprintf(out + n, (size_t)(PATH_TEXT_MAX - n), "/operator");
	return true;
}

int ak_cli_note_operator(const ak_cli *c, const char *dir, const char *path)
{
	char place[PATH_TEXT_MAX];
	char *absolute = ak_secret_is_held(path) ? strdup(path) : realpath(path, NULL);
	int code;

	if (absolute == NULL)
		return ak_out_no_memory(c);
	if (note_path(dir, true, place))
		code = ak_file_write(c, place, (ak_span){ (const uint8_t *)absolute, strlen(absolute) }, AK_WRITE_REPLACE);
	else
		code = ak_out_fault(c, AK_LIMIT, dir, MSG_PATH_TOO_LONG, NULL);
	free(absolute);
	return code;
}

/* Where there is no ledger, that is what is wrong, and no key would help. */
static int no_note(const ak_cli *c)
{
	ak_ledger *l = NULL;
	int code = ak_cli_open(c, &l);

	ak_ledger_free(&l);
	return code == EXIT_HOLDS ? ak_out_usage(c, MSG_NO_OPERATOR, NULL) : code;
}

int ak_cli_operator_path(const ak_cli *c, char **path)
{
	const char *option = ak_opt_value(&c->opts, OPT_OPERATOR);
	char place[PATH_TEXT_MAX];
	ak_file f = { 0 };
	int code;

	if (option != NULL) {
		*path = strdup(option);
		return *path == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
	}
	if (!note_path(c->dir, false, place) || !ak_file_exists(place))
		return no_note(c);
	code = ak_file_read(c, place, PATH_TEXT_MAX, &f);
	if (code == EXIT_HOLDS) {
		f.data[strcspn(f.data, "\n")] = '\0';
		*path = f.data;
	}
	return code;
}

/* The folder for the memory of keys that are kept elsewhere; made when it is not there. */
static int state_folder(const ak_cli *c, char out[PATH_TEXT_MAX])
{
	static const char *const steps[] = { "", "/akashi", "/akashi/keys" };
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char base[PATH_TEXT_MAX];
	int n, code = EXIT_HOLDS;

	if (xdg != NULL && *xdg == '/')
		n = snprintf(base, sizeof(base), "%s", xdg);
	else if (home != NULL && *home == '/')
		n = snprintf(base, sizeof(base), "%s/.local/state", home);
	else
		return ak_out_fault(c, AK_IO, "HOME", MSG_NO_HOME, NULL);
	if (n < 0 || (size_t)n + sizeof("/akashi/keys") > sizeof(base))
		return ak_out_fault(c, AK_LIMIT, "HOME", MSG_PATH_TOO_LONG, NULL);
	if (xdg == NULL || *xdg != '/') {
		base[n - (int)strlen("/state")] = '\0';
		code = ak_file_make_folder(c, base, false);
		base[n - (int)strlen("/state")] = '/';
	}
	for (size_t i = 0; code == EXIT_HOLDS && i < sizeof(steps) / sizeof(steps[0]); i++) {
		(void)snprintf(out, PATH_TEXT_MAX, "%s%s", base, steps[i]);
		code = ak_file_make_folder(c, out, true);
	}
	return code;
}

static int beside(const ak_cli *c, const char *path, const char *suffix, char **out)
{
	size_t room = strlen(path) + strlen(suffix) + 1;

	*out = malloc(room);
	if (*out == NULL)
		return ak_out_no_memory(c);
	(void)snprintf(*out, room, "%s%s", path, suffix);
	return EXIT_HOLDS;
}

int ak_cli_state_path(const ak_cli *c, const char *key_path, const ak_secret *key, const char *suffix, char **out)
{
	char folder[PATH_TEXT_MAX], path[PATH_TEXT_MAX + 80];
	ak_text json = { 0 };
	json_t *o = NULL;
	ak_error e = { 0 };
	int code;

	if (!ak_secret_is_held(key_path))
		return beside(c, key_path, suffix, out);
	code = state_folder(c, folder);
	if (code == EXIT_HOLDS && ak_secret_public(key, &json, &e) != AK_OK)
		code = ak_out_refused(c, key_path, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &json, &o);
	if (code == EXIT_HOLDS) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, ak_js_str(o, "id"));
		code = beside(c, path, suffix, out);
	}
	json_decref(o);
	ak_text_free(&json);
	return code;
}

int ak_cli_head(const ak_cli *c, ak_ledger *l, json_t **out)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code;

	if (ak_ledger_head(l, &json, &e) != AK_OK)
		return ak_out_refused(c, NULL, &e, NULL);
	code = ak_answer(c, &json, out);
	ak_text_free(&json);
	return code;
}

int ak_cli_operate(const ak_cli *c, ak_operating *out)
{
	int code;

	*out = (ak_operating){ 0 };
	code = ak_cli_operator_path(c, &out->path);
	if (code == EXIT_HOLDS)
		code = ak_file_secret(c, out->path, &out->key);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &out->l);
	if (code == EXIT_HOLDS)
		code = ak_cli_state_path(c, out->path, out->key, ".state", &out->state);
	out->o = (ak_seal_options){ .operator_key = out->key, .state_path = out->state, .adopt_head = ak_opt_has(&c->opts, OPT_ADOPT_HEAD), .clock = ak_cli_clock };
	return code;
}

void ak_operating_clear(ak_operating *w)
{
	ak_ledger_free(&w->l);
	ak_secret_free(&w->key);
	free(w->state);
	free(w->path);
	*w = (ak_operating){ 0 };
}
