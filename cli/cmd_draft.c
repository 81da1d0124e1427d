/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "draft.h"
#include "fields.h"
#include "files.h"
#include "keys.h"
#include "scheme.h"

#include <stdlib.h>
#include <string.h>

enum { NEXT_MAX = 2048 };

/* The assignments and references of the command line.  Texts are cut at their '=' in copies. */
typedef struct wishes {
	ak_assignment set[AK_OPTS_MAX];
	ak_named_ref ref[AK_OPTS_MAX];
	char *text[AK_OPTS_MAX * 2];
	size_t n_set, n_refs, n_texts;
} wishes;

static void wishes_free(wishes *w)
{
	for (size_t i = 0; w != NULL && i < w->n_texts; i++)
		free(w->text[i]);
	free(w);
}

static char *keep(wishes *w, char *text)
{
	if (text != NULL)
		w->text[w->n_texts++] = text;
	return text;
}

/* Cut "left=right" into two; NULL without memory, *right NULL without '='. */
static char *cut(wishes *w, const char *spec, char **right)
{
	char *left = keep(w, strdup(spec));
	char *equals = left == NULL ? NULL : strchr(left, '=');

	*right = equals == NULL ? NULL : equals + 1;
	if (equals != NULL)
		*equals = '\0';
	return left;
}

static int date_wish(const ak_cli *c, wishes *w, const char *spec, char **value)
{
	char stored[11];
	ak_error e = { 0 };

	if (ak_date_normalise(*value, stored, &e) != AK_OK)
		return ak_out_usage(c, MSG_NOT_A_DATE, spec, *value, NULL);
	*value = keep(w, strdup(stored));
	return *value == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

/* The digest of a file that stays where it is: minutes, an approval. */
static int digest_wish(const ak_cli *c, wishes *w, char **value)
{
	ak_digest d;
	int code = ak_file_digest(c, *value, &d);

	if (code != EXIT_HOLDS)
		return code;
	*value = keep(w, ak_file_digest_text(&d));
	return *value == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

static int wish(const ak_cli *c, wishes *w, ak_opt_id id, const char *spec)
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
	if (code == EXIT_HOLDS)
		w->set[w->n_set++] = (ak_assignment){ pointer, value, id == OPT_SET_JSON };
	return code;
}

static int read_wishes(const ak_cli *c, wishes *w)
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

		if (id == OPT_SET || id == OPT_SET_DATE || id == OPT_SET_JSON || id == OPT_SET_DIGEST) {
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

/* Whoever mistypes a type is told which there are. */
static int draft_refused(const ak_cli *c, const char *type, const ak_error *e)
{
	char *types = e->status == AK_UNKNOWN_TYPE && c->package != NULL ? ak_scheme_types(c) : NULL;
	char next[NEXT_MAX] = "";
	int code;

	if (types != NULL)
		(void)ak_out_text(c, next, sizeof(next), MSG_NEXT_TYPES, types, NULL);
	code = ak_out_refused(c, type, e, next);
	free(types);
	return code;
}

static int draft_record(ak_cli *c, const char *type, ak_text *draft)
{
	const char *body_path = ak_opt_value(&c->opts, OPT_BODY);
	wishes *w = calloc(1, sizeof(*w));
	ak_documents docs = { 0 };
	ak_file body = { 0 };
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	char issued[11] = "";
	int code = w == NULL ? ak_out_no_memory(c) : read_wishes(c, w);

	if (code == EXIT_HOLDS)
		code = ak_cli_date(c, OPT_ISSUED, issued);
	if (code == EXIT_HOLDS && body_path != NULL)
		code = ak_file_read(c, body_path, AK_FILE_MAX, &body);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS)
		code = ak_documents_read(c, &docs);
	if (code == EXIT_HOLDS) {
		const char *scheme = ak_opt_value(&c->opts, OPT_SCHEME);
		ak_draft_options o = {
			.scheme = scheme, .type = type, .issued = *issued != '\0' ? issued : NULL,
			.now = c->now, .body = ak_file_span(&body), .set = w->set, .n_set = w->n_set, .refs = w->ref, .n_refs = w->n_refs,
			.find_refs = !ak_opt_has(&c->opts, OPT_NO_REFS), .documents = docs.doc, .n_documents = docs.n,
		};

		ak_scheme_use(c, l, scheme);
		if (ak_ledger_draft(l, &o, draft, &e) != AK_OK) {
			code = draft_refused(c, type, &e);
			ak_documents_undo(&docs);
		} else {
			ak_documents_tell(c, &docs);
		}
	}
	ak_ledger_free(&l);
	ak_file_drop(&body);
	ak_documents_clear(&docs);
	wishes_free(w);
	return code;
}

/* --body FILE may give the package; else the one shipped for the scheme. */
static int draft_profile(const ak_cli *c, ak_text *draft)
{
	const char *scheme = ak_opt_value(&c->opts, OPT_SCHEME), *path = ak_opt_value(&c->opts, OPT_BODY);
	ak_file package = { 0 };
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	int code = EXIT_HOLDS;

	if (path != NULL)
		code = ak_file_read(c, path, AK_FILE_MAX, &package);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS &&
	    ak_ledger_draft_profile(l, scheme, ak_file_span(&package), c->now, draft, &e) != AK_OK)
		code = ak_out_refused(c, scheme, &e, NULL);
	ak_ledger_free(&l);
	ak_file_drop(&package);
	return code;
}

static int draft_genesis(const ak_cli *c, ak_text *draft)
{
	ak_keyset_files k = { 0 };
	int code = ak_keyset_files_read(c, &k);

	if (code == EXIT_HOLDS)
		code = ak_keyset_draft(c, &k, draft);
	ak_keyset_files_clear(&k);
	return code;
}

/* Options of the other kinds of draft would be silently without effect. */
static int out_of_place(const ak_cli *c, const ak_opt_id *ids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ak_opt_has(&c->opts, ids[i]))
			return ak_out_usage(c, MSG_OPT_OUT_OF_PLACE, ak_opt_get(ids[i])->name, c->opts.operand[0], NULL);
	}
	return EXIT_HOLDS;
}

int ak_cmd_draft(ak_cli *c)
{
	static const ak_opt_id of_genesis[] = { OPT_ORIGIN, OPT_ROOT_KEYS, OPT_THRESHOLD, OPT_OPERATOR, OPT_HEARTBEAT };
	static const ak_opt_id of_records[] = { OPT_SET,     OPT_SET_DATE, OPT_SET_JSON, OPT_SET_DIGEST, OPT_LISTING, OPT_SERVICE,
		                                OPT_OUTCOME, OPT_REF,  OPT_NO_REFS,  OPT_DOCUMENT, OPT_COMMIT };
	enum { N_GENESIS = sizeof(of_genesis) / sizeof(of_genesis[0]), N_RECORDS = sizeof(of_records) / sizeof(of_records[0]) };
	const char *type = c->opts.operand[0];
	bool genesis = strcmp(type, "keyset") == 0 && ak_opt_has(&c->opts, OPT_ORIGIN), profile = strcmp(type, "profile") == 0;
	ak_text draft = { 0 };
	int code;

	if (ak_opt_has(&c->opts, OPT_FIELDS))
		return ak_fields(c, ak_opt_value(&c->opts, OPT_SCHEME), type);
	code = ak_drafting_can_write(c);
	if (code == EXIT_HOLDS && !genesis)
		code = out_of_place(c, of_genesis, N_GENESIS);
	if (code == EXIT_HOLDS && (genesis || profile))
		code = out_of_place(c, of_records, N_RECORDS);
	if (code != EXIT_HOLDS)
		return code;
	if (genesis)
		code = draft_genesis(c, &draft);
	else if (profile)
		code = draft_profile(c, &draft);
	else
		code = draft_record(c, type, &draft);
	if (code == EXIT_HOLDS)
		code = ak_drafting_finish(c, &draft);
	ak_text_free(&draft);
	return code;
}
