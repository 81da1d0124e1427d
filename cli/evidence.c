/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence.h"

#include "files.h"
#include "js.h"
#include "opening.h"
#include "out.h"
#include "secrets.h"

#include <stdlib.h>
#include <string.h>

enum { SALT = 32, SALT_FILE_MAX = 128 };

static int hex_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* 64 hex digits. */
static bool salt_of(const char *hex, size_t len, uint8_t out[SALT])
{
	uint8_t salt[SALT];

	if (len != 2 * SALT)
		return false;
	for (size_t i = 0; i < SALT; i++) {
		int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		salt[i] = (uint8_t)((high & 15) << 4 | (low & 15));
	}
	memcpy(out, salt, SALT);
	ak_secrets_wipe(salt, sizeof(salt));
	return true;
}

/* A salt alone, as a line of text. */
static int read_salt(const ak_cli *c, const char *path, ak_evidence_file *f)
{
	ak_file text = { 0 };
	int code;

	ak_secrets_guard();
	code = ak_file_read(c, path, SALT_FILE_MAX, &text);
	if (code != EXIT_HOLDS)
		return code;
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	f->has_salt = salt_of(text.data, text.len, f->salt);
	ak_file_drop(&text);
	return f->has_salt ? EXIT_HOLDS : ak_out_fault(c, AK_BAD_FORMAT, path, MSG_NOT_A_SALT, NULL);
}

/* The opening's salt for this document; when it is of one document only, for whatever is said to be that.  Is it this one? */
static bool take_salt(const json_t *what, ak_evidence_file *f)
{
	bool same = false;
	char *digest = ak_file_digest_text(&f->digest);
	const json_t *d;
	size_t i;

	json_array_foreach(ak_js_at(what, "documents"), i, d) {
		const char *hex = ak_js_str(d, "salt");

		if (digest == NULL || (strcmp(ak_js_str(d, "document"), digest) != 0 && ak_js_len(what, "documents") != 1))
			continue;
		same = same || strcmp(ak_js_str(d, "document"), digest) == 0;
		f->has_salt = salt_of(hex, strlen(hex), f->salt);
	}
	free(digest);
	return same;
}

/* `f`: the document it was given with, or NULL.  A holder's own opening given so is for that document, whatever else it opens; where it does not open
 * it, it says what the file is not. */
static int add_opening(const ak_cli *c, ak_evidence_args *e, const char *path, ak_evidence_file *f)
{
	json_t *what = NULL;
	ak_file *text = &e->text[e->n_openings];
	bool same = false;
	int code;

	if (e->n_openings == AK_EVIDENCE_ARGS_MAX)
		return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
	code = ak_opening_read(c, path, text, &what);
	if (code == EXIT_HOLDS && f != NULL)
		same = take_salt(what, f);
	if (code == EXIT_HOLDS && (!same || strcmp(ak_js_str(what, "kind"), "disclosure") == 0))
		e->opening[e->n_openings++] = (ak_evidence_opening){ ak_file_base(path), ak_file_span(text) };
	else
		ak_file_drop(text);
	json_decref(what);
	return code;
}

/* FILE, FILE:OPENING, or an opening or disclosure alone; a file whose own name has a colon is found because it is there. */
static int add(const ak_cli *c, ak_evidence_args *e, const char *spec)
{
	ak_evidence_file *f = &e->file[e->n];
	char *path, *colon;
	int code;

	if (e->n_paths == AK_EVIDENCE_ARGS_MAX)
		return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
	path = strdup(spec);
	if (path == NULL)
		return ak_out_no_memory(c);
	e->path[e->n_paths++] = path;
	colon = ak_file_exists(path) ? NULL : strrchr(path, ':');
	if (colon == NULL && ak_opening_is(path))
		return add_opening(c, e, path, NULL);
	if (colon != NULL)
		*colon = '\0';
	f->name = ak_file_base(path);
	code = ak_file_digest(c, path, &f->digest);
	if (code == EXIT_HOLDS)
		e->n++;
	if (code == EXIT_HOLDS && colon != NULL)
		code = ak_opening_is(colon + 1) ? add_opening(c, e, colon + 1, f) : read_salt(c, colon + 1, f);
	return code;
}

int ak_evidence_read(const ak_cli *c, ak_evidence_args *e)
{
	const char *spec;
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (spec = ak_opt_nth(&c->opts, OPT_EVIDENCE, i)) != NULL; i++)
		code = add(c, e, spec);
	return code;
}

void ak_evidence_put(const ak_evidence_args *e, ak_verify_options *o)
{
	o->evidence = e->file;
	o->n_evidence = e->n;
	o->openings = e->opening;
	o->n_openings = e->n_openings;
}

void ak_evidence_drop(ak_evidence_args *e)
{
	for (size_t i = 0; i < e->n_openings; i++)
		ak_file_drop(&e->text[i]);
	for (size_t i = 0; i < e->n_paths; i++)
		free(e->path[i]);
	ak_secrets_wipe(e, sizeof(*e));
	*e = (ak_evidence_args){ 0 };
}
