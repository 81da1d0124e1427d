/* SPDX-License-Identifier: Apache-2.0 */
/* Handing over what opens one record's commitments: a disclosure, made of openings and checked against the record. */
#include "commands.h"
#include "files.h"
#include "js.h"
#include "opening.h"
#include "out.h"
#include "secrets.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 64, TEXT_ROOM = 4000 };

typedef struct asked {
	ak_file text[PARTS_MAX];
	ak_span opening[PARTS_MAX];
	ak_digest document[PARTS_MAX];
	const char *field[PARTS_MAX];
	json_t *what; /* what each opening says of itself; owned */
	size_t n_openings, n_documents, n_fields;
} asked;

static int read_opening(const ak_cli *c, asked *a, const char *path)
{
	json_t *what = NULL;
	int code;

	if (a->n_openings == PARTS_MAX)
		return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
	code = ak_opening_read(c, path, &a->text[a->n_openings], &what);
	if (a->what == NULL)
		a->what = json_array();
	if (what != NULL && json_array_append_new(a->what, what) != 0 && code == EXIT_HOLDS)
		code = ak_out_no_memory(c);
	a->opening[a->n_openings] = ak_file_span(&a->text[a->n_openings]);
	a->n_openings++;
	return code;
}

/* The document, and the opening beside it unless another was named. */
static int read_document(const ak_cli *c, asked *a, const char *path)
{
	char *beside;
	int code;

	if (a->n_documents == PARTS_MAX)
		return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
	code = ak_file_digest(c, path, &a->document[a->n_documents]);
	if (code != EXIT_HOLDS)
		return code;
	a->n_documents++;
	if (ak_opt_has(&c->opts, OPT_OPENING))
		return EXIT_HOLDS;
	beside = ak_opening_path(path);
	if (beside == NULL)
		return ak_out_no_memory(c);
	code = ak_file_exists(beside) ? read_opening(c, a, beside) : ak_out_fault(c, AK_NOT_FOUND, path, MSG_DISCLOSE_NO_OPENING, beside, NULL);
	free(beside);
	return code;
}

static int read_asked(const ak_cli *c, asked *a)
{
	int code = EXIT_HOLDS;
	const char *v;

	for (size_t i = 0; code == EXIT_HOLDS && (v = ak_opt_nth(&c->opts, OPT_OPENING, i)) != NULL; i++)
		code = read_opening(c, a, v);
	for (size_t i = 0; code == EXIT_HOLDS && (v = ak_opt_nth(&c->opts, OPT_DOC_FILE, i)) != NULL; i++)
		code = read_document(c, a, v);
	for (size_t i = 0; code == EXIT_HOLDS && (v = ak_opt_nth(&c->opts, OPT_FIELD, i)) != NULL; i++) {
		if (a->n_fields == PARTS_MAX)
			return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
		a->field[a->n_fields++] = v;
	}
	return code;
}

static uint64_t seq_of(ak_ledger *l, const char *record)
{
	ak_text json = { 0 };
	json_t *o = NULL;
	uint64_t seq = 0;

	if (ak_ledger_show(l, record, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	seq = ak_js_num(o, "seq");
	json_decref(o);
	ak_text_free(&json);
	return seq;
}

/* What the record's refusal is about: the document or field that was asked for. */
static const char *blamed(const ak_cli *c, const ak_error *e)
{
	const char *where = e->where == NULL ? "" : e->where, *v = NULL;

	if (strcmp(where, "disclose.document") == 0)
		v = ak_opt_nth(&c->opts, OPT_DOC_FILE, (size_t)e->at);
	return v != NULL ? v : c->opts.operand[0];
}

static bool opens(const asked *a, const ak_digest *document)
{
	char *digest = ak_file_digest_text(document);
	const json_t *o, *d;
	bool found = false;
	size_t i, k;

	json_array_foreach(a->what, i, o) {
		json_array_foreach(ak_js_at(o, "documents"), k, d)
			found = found || (digest != NULL && strcmp(ak_js_str(d, "document"), digest) == 0);
	}
	free(digest);
	return found;
}

/* Does the record hold any document back?  Its lines are canonical JSON. */
static bool holds_back(ak_span raw)
{
	static const char member[] = "\"commitment\":\"akashi-1\"";

	for (size_t at = 0; at + sizeof(member) - 1 <= raw.len; at++) {
		if (memcmp(raw.data + at, member, sizeof(member) - 1) == 0)
			return true;
	}
	return false;
}

/* Three slips look alike to who computes digests: no such document in the record, another file, another opening. */
static int not_disclosed(const ak_cli *c, const asked *a, ak_span raw, ak_error *e)
{
	const char *record = c->opts.operand[0], *path = blamed(c, e);
	ak_msg what = MSG_DISCLOSE_OTHER_OPENING, then = MSG_DISCLOSE_OTHER_OPENING_NEXT;
	char next[AK_NEXT_ROOM];

	if (e->where == NULL || strcmp(e->where, "disclose.document") != 0 || e->at >= a->n_documents)
		return ak_out_refused(c, path, e, NULL);
	if (!holds_back(raw)) {
		what = MSG_DISCLOSE_NOT_CLOSED;
		then = MSG_DISCLOSE_NOT_CLOSED_NEXT;
	} else if (!opens(a, &a->document[e->at])) {
		what = MSG_DISCLOSE_OTHER_DOCUMENT;
		then = MSG_DISCLOSE_OTHER_DOCUMENT_NEXT;
	}
	(void)ak_out_text(c, e->detail, sizeof(e->detail), what, record, NULL);
	return ak_out_told(c, path, e, ak_out_text(c, next, sizeof(next), then, record + (*record == '#'), NULL));
}

/* "--evidence REPORT.pdf:d.json": what the receiver types, with each document. */
static void how_checked(const ak_cli *c, const char *out, char *text, size_t room)
{
	const char *path;
	size_t used = 0;

	for (size_t i = 0; used + 1 < room && (path = ak_opt_nth(&c->opts, OPT_DOC_FILE, i)) != NULL; i++) {
		char both[TEXT_ROOM];

		(void)snprintf(both, sizeof(both), "%.1500s:%.1500s", ak_file_base(path), ak_file_base(out));
		if (used > 0)
			text[used++] = ' ';
		(void)ak_out_text(c, text + used, room - used, MSG_DISCLOSE_CHECK, both, NULL);
		used += strlen(text + used);
	}
	if (used == 0)
		(void)ak_out_text(c, text, room, MSG_DISCLOSE_CHECK, ak_file_base(out), NULL);
}

static int finish(const ak_cli *c, ak_ledger *l, const asked *a, const ak_text *disclosure)
{
	const uint64_t seq = seq_of(l, c->opts.operand[0]);
	const char *out = ak_opt_value(&c->opts, OPT_OUT);
	char named[64], how[TEXT_ROOM];
	int code;

	(void)snprintf(named, sizeof(named), "record-%llu.disclosure.json", (unsigned long long)seq);
	if (out == NULL)
		out = named;
	if (strcmp(out, "-") == 0) {
		ak_out_json_text(disclosure);
		return EXIT_HOLDS;
	}
	code = ak_file_write(c, out, (ak_span){ (const uint8_t *)disclosure->data, disclosure->len }, AK_WRITE_SECRET);
	if (code != EXIT_HOLDS)
		return code;
	if (c->json)
		return ak_out_json(c, json_pack("{s:s,s:I,s:I,s:I}", "disclosure", out, "record", (json_int_t)seq, "documents", (json_int_t)a->n_documents,
		                                "fields", (json_int_t)a->n_fields), EXIT_HOLDS);
	how_checked(c, out, how, sizeof(how));
	ak_out_wrapped(c, stdout, 2, MSG_DISCLOSE_DONE, out, AK_NUM(a->n_documents), AK_NUM(a->n_fields), AK_NUM(seq), how, NULL);
	if (!c->quiet)
		ak_out_wrapped(c, stdout, 2, MSG_DISCLOSE_FOR_EVER, NULL);
	return EXIT_HOLDS;
}

int ak_cmd_disclose(ak_cli *c)
{
	const char *record = c->opts.operand[0];
	asked *a;
	ak_ledger *l = NULL;
	ak_text raw = { 0 }, disclosure = { 0 };
	ak_error e = { 0 };
	int code;

	if (!ak_opt_has(&c->opts, OPT_DOC_FILE) && !ak_opt_has(&c->opts, OPT_FIELD))
		return ak_out_usage(c, MSG_DISCLOSE_NOTHING, NULL);
	if (!ak_opt_has(&c->opts, OPT_DOC_FILE) && !ak_opt_has(&c->opts, OPT_OPENING))
		return ak_out_usage(c, MSG_OPT_MISSING, "--opening FILE", NULL);
	a = calloc(1, sizeof(*a));
	code = a == NULL ? ak_out_no_memory(c) : read_asked(c, a);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS && ak_ledger_raw(l, record, &raw, &e) != AK_OK)
		code = ak_out_refused(c, record, &e, NULL);
	if (code == EXIT_HOLDS && ak_disclose((ak_span){ (const uint8_t *)raw.data, raw.len }, a->opening, a->n_openings, a->document, a->n_documents,
	                                      a->field, a->n_fields, &disclosure, &e) != AK_OK)
		code = not_disclosed(c, a, (ak_span){ (const uint8_t *)raw.data, raw.len }, &e);
	if (code == EXIT_HOLDS)
		code = finish(c, l, a, &disclosure);
	ak_text_wipe(&disclosure);
	ak_text_free(&raw);
	ak_ledger_free(&l);
	for (size_t i = 0; a != NULL && i < a->n_openings; i++)
		ak_file_drop(&a->text[i]);
	if (a != NULL)
		ak_secrets_free_json(a->what);
	free(a);
	return code;
}
