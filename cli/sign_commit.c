/* SPDX-License-Identifier: Apache-2.0 */
/* --commit-only: a document that is not public enters a draft as it is signed, as a commitment. */
#include "signing.h"

#include "js.h"
#include "opening.h"

#include <stdlib.h>
#include <string.h>

/* What losing the salt means is said before there is one. */
static int say(const ak_cli *c)
{
	const char *spec;

	for (size_t i = 0; (spec = ak_opt_nth(&c->opts, OPT_COMMIT_ONLY, i)) != NULL; i++) {
		const char *colon = ak_file_exists(spec) ? NULL : strrchr(spec, ':');
		char *path = colon == NULL ? strdup(spec) : strndup(spec, (size_t)(colon - spec));
		char *opening = path == NULL ? NULL : ak_opening_path(path);

		if (opening != NULL && !c->quiet && !c->json)
			ak_out_wrapped(c, stderr, 2, MSG_COMMIT_WORDS, path, opening, NULL);
		free(path);
		free(opening);
	}
	return EXIT_HOLDS;
}

/* Names that the draft has given away. */
static void take_names(const json_t *documents, ak_documents *d)
{
	const json_t *v;
	size_t i;

	json_array_foreach(documents, i, v) {
		if (d->n < AK_DOCUMENTS_MAX)
			d->doc[d->n++].name = ak_js_str(v, "name");
	}
}

static bool append(json_t *documents, const ak_document *doc)
{
	char *digest = ak_file_digest_text(&doc->digest);
	bool done = digest != NULL && json_array_append_new(documents, json_pack("{s:s,s:s,s:s,s:b}", "name", doc->name, "kind", doc->kind, "digest", digest,
	                                                                         "commitment", 1)) == 0;

	free(digest);
	return done;
}

int ak_signing_commit(const ak_cli *c, const char *path, ak_signing *s)
{
	json_t *draft, *documents;
	char *text;
	size_t first;
	int code;

	if (!ak_opt_has(&c->opts, OPT_COMMIT_ONLY))
		return EXIT_HOLDS;
	draft = json_loadb(s->input.data, s->input.len, JSON_REJECT_DUPLICATES, NULL);
	/* An envelope, a request for a signature: its statement is what it is. */
	if (strncmp(ak_js_str(draft, "akashi"), "draft/", 6) != 0) {
		json_decref(draft);
		return ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_COMMIT_NOT_A_DRAFT, NULL);
	}
	documents = json_object_get(draft, "documents");
	if (documents != NULL && !json_is_array(documents)) {
		json_decref(draft);
		return EXIT_HOLDS; /* who reads it next says what is wrong with it */
	}
	if (documents == NULL) {
		documents = json_array();
		(void)json_object_set_new(draft, "documents", documents);
	}
	take_names(documents, &s->committed);
	first = s->committed.n;
	code = say(c);
	if (code == EXIT_HOLDS)
		code = ak_documents_commit(c, ak_js_str(draft, "type"), &s->committed);
	for (size_t i = first; code == EXIT_HOLDS && i < s->committed.n; i++) {
		if (!append(documents, &s->committed.doc[i]))
			code = ak_out_no_memory(c);
	}
	text = code == EXIT_HOLDS ? json_dumps(draft, JSON_COMPACT) : NULL;
	if (code == EXIT_HOLDS && text == NULL)
		code = ak_out_no_memory(c);
	if (code == EXIT_HOLDS) {
		ak_file_drop(&s->input);
		s->input = (ak_file){ text, strlen(text) };
	} else {
		ak_documents_undo(&s->committed);
	}
	json_decref(draft);
	return code;
}
