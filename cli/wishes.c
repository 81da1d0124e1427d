/* SPDX-License-Identifier: Apache-2.0 */
#include "wishes.h"

#include "files.h"
#include "out.h"
#include "secrets.h"

#include <stdlib.h>
#include <string.h>

enum { COMMIT_VALUE_MAX = 65536 /* bytes: more is a document */ };

void ak_wishes_free(ak_wishes *w)
{
	for (size_t i = 0; w != NULL && i < w->n_texts; i++)
		ak_secrets_free_text(w->text[i]); /* values that are not public among them */
	ak_secrets_free_json(w == NULL ? NULL : w->committed);
	free(w);
}

static char *keep(ak_wishes *w, char *text)
{
	if (text != NULL)
		w->text[w->n_texts++] = text;
	return text;
}

/* Cut "left=right" into two; NULL without memory, *right NULL without '='. */
static char *cut(ak_wishes *w, const char *spec, char **right)
{
	char *left = keep(w, strdup(spec));
	char *equals = left == NULL ? NULL : strchr(left, '=');

	*right = equals == NULL ? NULL : equals + 1;
	if (equals != NULL)
		*equals = '\0';
	return left;
}

static int date_wish(const ak_cli *c, ak_wishes *w, const char *spec, char **value)
{
	char stored[11];
	ak_error e = { 0 };

	if (ak_date_normalise(*value, stored, &e) != AK_OK)
		return ak_out_usage(c, MSG_NOT_A_DATE, spec, *value, NULL);
	*value = keep(w, strdup(stored));
	return *value == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

/* The digest of a file that stays where it is: minutes, an approval. */
static int digest_wish(const ak_cli *c, ak_wishes *w, char **value)
{
	ak_digest d;
	int code = ak_file_digest(c, *value, &d);

	if (code != EXIT_HOLDS)
		return code;
	*value = keep(w, ak_file_digest_text(&d));
	return *value == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

/* The name of the member that a pointer leads to; NULL for an element of an array.  `room` holds the pointer's text. */
static const char *member_of(const char *pointer, char *room)
{
	const char *from = strrchr(pointer, '/') + 1;
	size_t n = 0;

	if (*from != '\0' && strspn(from, "0123456789") == strlen(from))
		return NULL;
	for (; *from != '\0'; from++) {
		if (from[0] == '~' && (from[1] == '0' || from[1] == '1'))
			room[n++] = *++from == '0' ? '~' : '/';
		else
			room[n++] = *from;
	}
	room[n] = '\0';
	return room;
}

/* "@FILE", "@-": the text of a file, so that nothing confidential stands in the list of processes or the shell's history.  One end of a line
 * at its end is not part of it. */
static int value_in_file(const ak_cli *c, ak_wishes *w, const char *pointer, char **value)
{
	const char *path = *value + 1;
	ak_file f = { 0 };
	int code;

	if (strcmp(path, "-") == 0 && w->used_stdin)
		return ak_out_usage(c, MSG_SET_COMMIT_STDIN, pointer, NULL);
	w->used_stdin = w->used_stdin || strcmp(path, "-") == 0;
	code = ak_file_read(c, path, COMMIT_VALUE_MAX, &f);
	if (code != EXIT_HOLDS)
		return code;
	if (f.len > 0 && f.data[f.len - 1] == '\n')
		f.len -= f.len > 1 && f.data[f.len - 2] == '\r' ? 2 : 1;
	if (memchr(f.data, '\0', f.len) != NULL)
		code = ak_out_fault(c, AK_BAD_FORMAT, path, MSG_SET_COMMIT_NOT_TEXT, NULL);
	else if ((*value = keep(w, strndup(f.data, f.len))) == NULL)
		code = ak_out_no_memory(c);
	ak_file_drop(&f);
	return code;
}

/* A text that is not to be in the record: its digest is, and what opens it is kept. */
static int commit_wish(const ak_cli *c, ak_wishes *w, const char *pointer, char **value)
{
	json_t *text;
	char *json, *room;
	ak_text disclosure = { 0 };
	ak_digest digest;
	ak_error e = { 0 };
	int code = EXIT_HOLDS;

	ak_secrets_guard();
	if (**value == '@')
		code = value_in_file(c, w, pointer, value);
	if (code != EXIT_HOLDS)
		return code;
	text = json_string(*value);
	json = text == NULL ? NULL : json_dumps(text, JSON_ENCODE_ANY | JSON_COMPACT);
	room = strdup(pointer);
	if (w->committed == NULL)
		w->committed = json_array();
	if (text == NULL && room != NULL)
		code = ak_out_fault(c, AK_BAD_FORMAT, pointer, MSG_SET_COMMIT_NOT_TEXT, NULL);
	else if (json == NULL || room == NULL || w->committed == NULL)
		code = ak_out_no_memory(c);
	else if (ak_field_commit(member_of(pointer, room), (ak_span){ (const uint8_t *)json, strlen(json) }, &disclosure, &digest, &e) != AK_OK)
		code = ak_out_usage(c, MSG_BAD_SET_COMMIT, pointer, NULL);
	else if (json_array_append_new(w->committed, json_pack("{s:s,s:s}", "disclosure", disclosure.data, "field", pointer)) != 0 ||
	         (*value = keep(w, ak_file_digest_text(&digest))) == NULL)
		code = ak_out_no_memory(c);
	ak_text_wipe(&disclosure);
	ak_secrets_free_json(text);
	ak_secrets_free_text(json);
	free(room);
	return code;
}

static int wish(const ak_cli *c, ak_wishes *w, ak_opt_id id, const char *spec)
{
	char *value, *pointer = cut(w, spec, &value);
	int code = EXIT_HOLDS;

	if (pointer == NULL)
		return ak_out_no_memory(c);
	if (*pointer != '/' || value == NULL)
		return ak_out_usage(c, MSG_BAD_SET, ak_opt_get(id)->name, spec, NULL);
	if (id == OPT_SET_DATE)
		code = date_wish(c, w, pointer, &value);
	else if (id == OPT_SET_DIGEST)
		code = digest_wish(c, w, &value);
	else if (id == OPT_SET_COMMIT)
		code = commit_wish(c, w, pointer, &value);
	if (code == EXIT_HOLDS)
		w->set[w->n_set++] = (ak_assignment){ pointer, value, id == OPT_SET_JSON };
	return code;
}

int ak_wishes_read(const ak_cli *c, ak_wishes *w)
{
	static const struct {
		ak_opt_id id;
		const char *pointer;
	} shortcuts[] = { { OPT_LISTING, "/listing" }, { OPT_SERVICE, "/service" }, { OPT_OUTCOME, "/outcome" } };
	int code = EXIT_HOLDS;

	for (size_t i = 0; i < sizeof(shortcuts) / sizeof(shortcuts[0]); i++) {
		const char *value = ak_opt_value(&c->opts, shortcuts[i].id);

		if (value != NULL)
			w->set[w->n_set++] = (ak_assignment){ shortcuts[i].pointer, value, false };
	}
	for (size_t i = 0; code == EXIT_HOLDS && i < c->opts.n_given; i++) {
		ak_opt_id id = c->opts.given[i].id;
		const char *spec = c->opts.given[i].value;

		if (id == OPT_SET || id == OPT_SET_DATE || id == OPT_SET_JSON || id == OPT_SET_DIGEST || id == OPT_SET_COMMIT) {
			code = wish(c, w, id, spec);
		} else if (id == OPT_REF) {
			char *record, *rel = cut(w, spec, &record);

			if (rel == NULL)
				code = ak_out_no_memory(c);
			else if (*rel == '\0' || record == NULL)
				code = ak_out_usage(c, MSG_BAD_REF, spec, NULL);
			else
				w->ref[w->n_refs++] = (ak_named_ref){ rel, record };
		}
	}
	return code;
}
