/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of a draft.  An open one enters by its digest and file name; a confidential one by a commitment, under its kind: the
 * name of a file may tell what the document is meant to keep to itself. */
#include "draft.h"

#include "files.h"
#include "opening.h"
#include "secrets.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SALT = 32 };

void ak_documents_clear(ak_documents *d)
{
	for (size_t i = 0; i < d->n_texts; i++)
		free(d->text[i]);
	for (size_t i = 0; i < d->n_salts; i++)
		free(d->salt[i]);
	*d = (ak_documents){ 0 };
}

void ak_documents_undo(const ak_documents *d)
{
	for (size_t i = 0; i < d->n_salts; i++)
		(void)unlink(d->salt[i]);
}

void ak_documents_tell(const ak_cli *c, const ak_documents *d)
{
	for (size_t i = 0; i < d->n_salts; i++)
		ak_out_note(c, MSG_OPENING_WRITTEN, d->salt[i], NULL);
}

/* Keeps `text` for as long as the documents live. */
static const char *keep(ak_documents *d, char *text)
{
	if (text != NULL)
		d->text[d->n_texts++] = text;
	return text;
}

static bool name_taken(const ak_documents *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++) {
		if (strcmp(d->doc[i].name, name) == 0)
			return true;
	}
	return false;
}

/* `stem`, or with a number when that name is taken: names in a record differ. */
static char *free_name(const ak_documents *d, const char *stem)
{
	size_t room = strlen(stem) + 16;
	char *name = malloc(room);

	if (name == NULL)
		return NULL;
	(void)snprintf(name, room, "%s", stem);
	for (unsigned i = 2; name_taken(d, name); i++)
		(void)snprintf(name, room, "%s-%u", stem, i);
	return name;
}

static int commit(const ak_cli *c, ak_documents *d, const char *path, ak_document *doc)
{
	uint8_t salt[SALT];
	ak_digest commitment;
	json_t *list = json_array();
	char *file = NULL;
	ak_error e = { 0 };
	int code;

	if (ak_commit_document(&doc->digest, &commitment, salt, &e) != AK_OK) {
		json_decref(list);
		return ak_out_refused(c, path, &e, NULL);
	}
	if (list == NULL || json_array_append_new(list, ak_opening_document(doc->name, doc->kind, &doc->digest, &commitment, salt)) != 0) {
		ak_secrets_wipe(salt, sizeof(salt));
		json_decref(list);
		return ak_out_no_memory(c);
	}
	ak_secrets_wipe(salt, sizeof(salt));
	doc->digest = commitment;
	doc->commitment = true;
	code = ak_opening_write(c, path, list, NULL, &file);
	if (code == EXIT_HOLDS)
		d->salt[d->n_salts++] = file;
	return code;
}

/* FILE:KIND; with a usual kind FILE alone, also one that has a colon in its name. */
static int add(const ak_cli *c, ak_documents *d, ak_opt_id option, const char *spec, const char *usual)
{
	const bool committed = option != OPT_DOCUMENT;
	const char *colon = usual != NULL && ak_file_exists(spec) ? NULL : strrchr(spec, ':');
	ak_document doc = { 0 };
	char *path;
	int code;

	if (colon == NULL && usual == NULL)
		return ak_out_usage(c, MSG_BAD_DOCUMENT, ak_opt_get(option)->name, spec, NULL);
	if (colon != NULL && (colon == spec || colon[1] == '\0'))
		return ak_out_usage(c, MSG_BAD_DOCUMENT, ak_opt_get(option)->name, spec, NULL);
	if (d->n == AK_DOCUMENTS_MAX)
		return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
	if (committed)
		ak_secrets_guard();
	path = colon == NULL ? strdup(spec) : strndup(spec, (size_t)(colon - spec));
	if (path == NULL)
		return ak_out_no_memory(c);
	doc.kind = keep(d, strdup(colon == NULL ? usual : colon + 1));
	if (doc.kind != NULL)
		doc.name = keep(d, free_name(d, committed ? doc.kind : ak_file_base(path)));
	if (doc.name == NULL)
		code = ak_out_no_memory(c);
	else
		code = ak_file_digest(c, path, &doc.digest);
	if (code == EXIT_HOLDS && committed)
		code = commit(c, d, path, &doc);
	if (code == EXIT_HOLDS)
		d->doc[d->n++] = doc;
	free(path);
	return code;
}

int ak_documents_read(const ak_cli *c, ak_documents *d)
{
	int code = EXIT_HOLDS;
	const char *spec;

	for (size_t i = 0; code == EXIT_HOLDS && (spec = ak_opt_nth(&c->opts, OPT_DOCUMENT, i)) != NULL; i++)
		code = add(c, d, OPT_DOCUMENT, spec, NULL);
	for (size_t i = 0; code == EXIT_HOLDS && (spec = ak_opt_nth(&c->opts, OPT_COMMIT, i)) != NULL; i++)
		code = add(c, d, OPT_COMMIT, spec, NULL);
	if (code != EXIT_HOLDS)
		ak_documents_undo(d);
	return code;
}

int ak_documents_commit(const ak_cli *c, const char *kind, ak_documents *d)
{
	int code = EXIT_HOLDS;
	const char *spec;

	for (size_t i = 0; code == EXIT_HOLDS && (spec = ak_opt_nth(&c->opts, OPT_COMMIT_ONLY, i)) != NULL; i++)
		code = add(c, d, OPT_COMMIT_ONLY, spec, kind);
	if (code != EXIT_HOLDS)
		ak_documents_undo(d);
	return code;
}
