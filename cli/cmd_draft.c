/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "draft.h"
#include "fields.h"
#include "files.h"
#include "js.h"
#include "keys.h"
#include "meeting.h"
#include "opening.h"
#include "revoked.h"
#include "scheme.h"
#include "standing.h"
#include "term.h"
#include "wishes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NEXT_MAX = 4096 };

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

/* What opens the fields of --set-commit goes beside the draft.  `path` is freed with free(). */
static int keep_fields(const ak_cli *c, ak_wishes *w, char **path)
{
	const char *out = ak_opt_value(&c->opts, OPT_OUT);
	char *opening;
	int code;

	if (json_array_size(w->committed) == 0)
		return EXIT_HOLDS;
	if (out == NULL || strcmp(out, "-") == 0)
		return ak_out_usage(c, MSG_SET_COMMIT_OUT, NULL);
	opening = ak_opening_path(out);
	if (opening != NULL && !c->quiet && !c->json)
		ak_out_wrapped(c, stderr, 2, MSG_COMMIT_FIELDS_WORDS, AK_NUM(json_array_size(w->committed)), opening, NULL);
	free(opening);
	code = ak_opening_write(c, out, NULL, w->committed, path);
	w->committed = NULL; /* taken over */
	if (code == EXIT_HOLDS)
		ak_out_note(c, MSG_OPENING_WRITTEN, *path, NULL);
	return code;
}

/* A revocation names keys of people: what names another is never sealed. */
static int check_revoked(const ak_cli *c, ak_ledger *l, const char *type, const ak_text *draft)
{
	json_t *o = strcmp(type, "revocation") == 0 ? ak_js_parse(draft) : NULL;
	int code = o == NULL ? EXIT_HOLDS : ak_revoked_check(c, l, type, ak_js_at(o, "body"));

	json_decref(o);
	return code;
}

static int draft_record(ak_cli *c, const char *type, ak_text *draft)
{
	const char *body_path = ak_opt_value(&c->opts, OPT_BODY);
	ak_wishes *w = calloc(1, sizeof(*w));
	ak_documents docs = { 0 };
	ak_file body = { 0 };
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	char issued[11] = "", *opening = NULL, *keys = NULL;
	int code = w == NULL ? ak_out_no_memory(c) : ak_wishes_read(c, w);

	if (code == EXIT_HOLDS && ak_opt_has(&c->opts, OPT_KEY)) {
		code = ak_standing_keys(c, &keys);
		if (code == EXIT_HOLDS)
			w->set[w->n_set++] = (ak_assignment){ "/keys", keys, true };
	}
	if (code == EXIT_HOLDS)
		code = ak_cli_date(c, OPT_ISSUED, issued);
	if (code == EXIT_HOLDS && body_path != NULL)
		code = ak_file_read(c, body_path, AK_FILE_MAX, &body);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	ak_drafting_caution(c, l);
	if (code == EXIT_HOLDS) {
		ak_scheme_load(c, l, ak_opt_value(&c->opts, OPT_SCHEME));
		code = ak_wishes_check(c, type, w);
	}
	if (code == EXIT_HOLDS)
		code = ak_documents_read(c, &docs);
	if (code == EXIT_HOLDS) {
		code = keep_fields(c, w, &opening);
		if (code != EXIT_HOLDS)
			ak_documents_undo(&docs);
	}
	if (code == EXIT_HOLDS) {
		const char *scheme = ak_opt_value(&c->opts, OPT_SCHEME);
		ak_draft_options o = {
			.scheme = scheme, .type = type, .issued = *issued != '\0' ? issued : NULL,
			.now = c->now, .body = ak_file_span(&body), .set = w->set, .n_set = w->n_set, .refs = w->ref, .n_refs = w->n_refs,
			.find_refs = !ak_opt_has(&c->opts, OPT_NO_REFS), .documents = docs.doc, .n_documents = docs.n,
		};

		if (ak_ledger_draft(l, &o, draft, &e) != AK_OK) {
			code = draft_refused(c, type, &e);
			ak_documents_undo(&docs);
			if (opening != NULL)
				(void)unlink(opening);
		} else {
			ak_documents_tell(c, &docs);
			code = check_revoked(c, l, type, draft);
		}
	}
	ak_ledger_free(&l);
	ak_file_drop(&body);
	free(opening);
	ak_documents_clear(&docs);
	ak_wishes_free(w);
	free(keys);
	return code;
}

/* The keyset that follows the one in force. */
static int draft_rotation(ak_cli *c, ak_text *draft)
{
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	char issued[11] = "", *body = NULL;
	int code = ak_cli_date(c, OPT_ISSUED, issued);

	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	ak_drafting_caution(c, l);
	if (code == EXIT_HOLDS)
		code = ak_standing_next_keyset(c, l, &body);
	if (code == EXIT_HOLDS) {
		ak_draft_options o = { .scheme = "akashi", .type = "keyset", .issued = *issued != '\0' ? issued : NULL, .now = c->now,
			               .body = { (const uint8_t *)body, strlen(body) } };

		if (ak_ledger_draft(l, &o, draft, &e) != AK_OK)
			code = draft_refused(c, "keyset", &e);
	}
	free(body);
	ak_ledger_free(&l);
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
	ak_drafting_caution(c, l);
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

/* Options of one record's draft say nothing of a whole meeting. */
static int draft_meeting(ak_cli *c)
{
	static const ak_opt_id others[] = { OPT_KEY, OPT_SET_JSON, OPT_SET_COMMIT, OPT_LISTING, OPT_SERVICE, OPT_OUTCOME, OPT_BODY, OPT_FIELDS, OPT_REF, OPT_NO_REFS, OPT_DOCUMENT, OPT_COMMIT, OPT_ISSUED,
		                            OPT_FORCE, OPT_ORIGIN, OPT_ROOT_KEYS, OPT_THRESHOLD, OPT_OPERATOR, OPT_HEARTBEAT };
	static const ak_opt_id of_tables[] = { OPT_SET, OPT_SET_DATE, OPT_SET_DIGEST, OPT_ENCODING, OPT_SCHEME };
	bool after = ak_opt_has(&c->opts, OPT_AFTER);
	const char *what = after ? "--after" : "--meeting";

	if (after && ak_opt_has(&c->opts, OPT_MEETING))
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--meeting", "--after", NULL);
	if (c->opts.n_operands > 0)
		return ak_out_usage(c, MSG_NOT_TOGETHER, what, c->opts.operand[0], NULL);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (ak_opt_has(&c->opts, others[i]))
			return ak_out_usage(c, MSG_NOT_TOGETHER, what, ak_opt_get(others[i])->name, NULL);
	}
	for (size_t i = 0; after && i < sizeof(of_tables) / sizeof(of_tables[0]); i++) {
		if (ak_opt_has(&c->opts, of_tables[i]))
			return ak_out_usage(c, MSG_NOT_TOGETHER, what, ak_opt_get(of_tables[i])->name, NULL);
	}
	return after ? ak_meeting_after(c) : ak_meeting_draft(c);
}

int ak_cmd_draft(ak_cli *c)
{
	static const ak_opt_id of_genesis[] = { OPT_ORIGIN, OPT_ROOT_KEYS, OPT_THRESHOLD, OPT_OPERATOR, OPT_HEARTBEAT };
	static const ak_opt_id of_records[] = { OPT_SET,     OPT_SET_DATE, OPT_SET_JSON, OPT_SET_DIGEST, OPT_SET_COMMIT, OPT_LISTING, OPT_SERVICE,
		                                OPT_OUTCOME, OPT_REF,  OPT_NO_REFS,  OPT_DOCUMENT, OPT_COMMIT };
	static const ak_opt_id of_revocations[] = { OPT_KEY };
	enum { N_GENESIS = sizeof(of_genesis) / sizeof(of_genesis[0]), N_RECORDS = sizeof(of_records) / sizeof(of_records[0]) };
	const char *type = c->opts.n_operands > 0 ? c->opts.operand[0] : "";
	bool genesis = strcmp(type, "keyset") == 0 && ak_opt_has(&c->opts, OPT_ORIGIN), profile = strcmp(type, "profile") == 0;
	bool rotation = strcmp(type, "keyset") == 0 && !genesis && !ak_opt_has(&c->opts, OPT_BODY);
	ak_text draft = { 0 };
	int code;

	if (ak_opt_has(&c->opts, OPT_MEETING) || ak_opt_has(&c->opts, OPT_AFTER))
		return draft_meeting(c);
	if (c->opts.n_operands == 0)
		return ak_out_usage(c, MSG_OPERAND_MISSING, c->command->operands, NULL);
	if (ak_opt_has(&c->opts, OPT_ENCODING))
		return ak_out_usage(c, MSG_OPT_OUT_OF_PLACE, ak_opt_get(OPT_ENCODING)->name, type, NULL);
	if (ak_opt_has(&c->opts, OPT_FIELDS))
		return ak_fields(c, ak_opt_value(&c->opts, OPT_SCHEME), type);
	code = ak_drafting_can_write(c);
	if (code == EXIT_HOLDS && !genesis && !rotation)
		code = out_of_place(c, of_genesis, N_GENESIS);
	if (code == EXIT_HOLDS && (genesis || profile || rotation))
		code = out_of_place(c, of_records, N_RECORDS);
	if (code == EXIT_HOLDS && strcmp(type, "revocation") != 0)
		code = out_of_place(c, of_revocations, 1);
	if (code != EXIT_HOLDS)
		return code;
	if (genesis)
		code = draft_genesis(c, &draft);
	else if (profile)
		code = draft_profile(c, &draft);
	else if (rotation)
		code = draft_rotation(c, &draft);
	else
		code = draft_record(c, type, &draft);
	if (code == EXIT_HOLDS)
		code = ak_drafting_finish(c, &draft);
	ak_text_free(&draft);
	return code;
}
