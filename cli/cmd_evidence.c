/* SPDX-License-Identifier: Apache-2.0 */
/* Confidential files beside the ledger: encrypted for those who may read them, kept under a name, opened, dropped. */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "opening.h"
#include "out.h"
#include "passphrase.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { RECIPIENTS_MAX = 64, CERT_FILE_MAX = 256 * 1024, PLAIN_MAX = 128 * 1024 * 1024, NAME_LEN = 17 };

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

/* ---- encrypt ---------------------------------------------------------------------------------------------------------- */

typedef struct recipients {
	ak_file file[RECIPIENTS_MAX];
	ak_span cert[RECIPIENTS_MAX];
	size_t n;
} recipients;

static int read_recipients(const ak_cli *c, recipients *r)
{
	const char *path;
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (path = ak_opt_nth(&c->opts, OPT_TO, i)) != NULL; i++) {
		if (r->n == RECIPIENTS_MAX)
			return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
		code = ak_file_read(c, path, CERT_FILE_MAX, &r->file[r->n]);
		r->cert[r->n] = ak_file_span(&r->file[r->n]);
		r->n++;
	}
	return code;
}

/* The certificate that is at fault, and not the file. */
static const char *blamed(const ak_cli *c, const ak_error *e, const char *otherwise)
{
	const char *where = e->where == NULL ? "" : e->where;
	const bool of_file = strcmp(where, "envelope") == 0;
	const char *cert = of_file ? NULL : ak_opt_nth(&c->opts, OPT_TO, (size_t)e->at);

	return cert != NULL ? cert : otherwise;
}

/* A key where a certificate is wanted; else nothing. */
static const char *next_of(const ak_cli *c, const recipients *r, const ak_error *e, char room[AK_NEXT_ROOM])
{
	static const char *const keys[] = { "-----BEGIN PUBLIC KEY-----", "-----BEGIN PRIVATE KEY-----", "-----BEGIN ENCRYPTED PRIVATE KEY-----",
		                            "-----BEGIN OPENSSH PRIVATE KEY-----", "-----BEGIN EC PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----",
		                            "ssh-ed25519 ", "ssh-rsa ", "ecdsa-sha2-" };
	const ak_span at = e->status == AK_BAD_FORMAT && strcmp(e->where, "certificate") == 0 && e->at < r->n ? r->cert[e->at] : (ak_span){ 0 };

	room[0] = '\0';
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (at.len >= strlen(keys[i]) && memcmp(at.data, keys[i], strlen(keys[i])) == 0)
			return ak_out_text(c, room, AK_NEXT_ROOM, MSG_EVIDENCE_NEXT_KEY, NULL);
	}
	return room;
}

/* Under the name given; else under one that says nothing of the file: the name of a file may tell what is in it. */
static void name_of(const ak_cli *c, const json_t *what, char out[64])
{
	const char *given = ak_opt_value(&c->opts, OPT_NAME), *digest = ak_js_str(what, "digest");

	if (given != NULL)
		(void)snprintf(out, 64, "%.63s", given);
	else
		(void)snprintf(out, 64, "e%.16s", strlen(digest) > 7 ? digest + 7 : "");
}

static int keep(const ak_cli *c, const ak_text *envelope, const json_t *what)
{
	const char *given = ak_opt_value(&c->opts, OPT_NAME);
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	char name[64];
	int code = ak_cli_open(c, &l);

	if (code != EXIT_HOLDS)
		return code;
	name_of(c, what, name);
	if (ak_ledger_evidence_put(l, given != NULL ? given : name, span_of(envelope), &e) != AK_OK)
		code = ak_out_refused(c, given != NULL ? given : name, &e, NULL);
	else if (c->json)
		code = ak_out_json(c, json_pack("{s:s,s:O,s:O}", "name", name, "digest", json_object_get(what, "digest"), "recipients",
		                                json_object_get(what, "recipients")), EXIT_HOLDS);
	else
		ak_out_wrapped(c, stdout, 2, MSG_EVIDENCE_KEPT, name, AK_NUM(ak_js_len(what, "recipients")), NULL);
	if (code == EXIT_HOLDS)
		ak_out_note(c, MSG_EVIDENCE_APART, name, NULL);
	ak_ledger_free(&l);
	return code;
}

static int write_out(const ak_cli *c, const char *out, const ak_text *envelope, const json_t *what)
{
	int code = ak_file_write(c, out, span_of(envelope), AK_WRITE_NEW);

	if (code != EXIT_HOLDS || strcmp(out, "-") == 0)
		return code;
	if (c->json)
		return ak_out_json(c, json_pack("{s:s,s:O,s:O}", "file", out, "digest", json_object_get(what, "digest"), "recipients",
		                                json_object_get(what, "recipients")), EXIT_HOLDS);
	ak_out_wrapped(c, stdout, 2, MSG_EVIDENCE_WRITTEN, out, AK_NUM(ak_js_len(what, "recipients")), NULL);
	return EXIT_HOLDS;
}

static int encrypt(const ak_cli *c, const char *path)
{
	recipients *r = calloc(1, sizeof(*r));
	const char *out = ak_opt_value(&c->opts, OPT_OUT);
	char next[AK_NEXT_ROOM];
	ak_file plain = { 0 };
	ak_text envelope = { 0 }, json = { 0 };
	json_t *what = NULL;
	ak_error e = { 0 };
	int code = r == NULL ? ak_out_no_memory(c) : read_recipients(c, r);

	if (code == EXIT_HOLDS && r->n == 0)
		code = ak_out_usage(c, MSG_OPT_MISSING, "--to CERT", NULL);
	if (code == EXIT_HOLDS)
		code = ak_file_read(c, path, PLAIN_MAX, &plain);
	if (code == EXIT_HOLDS && ak_envelope_make(ak_file_span(&plain), r->cert, r->n, c->now, &envelope, &e) != AK_OK)
		code = ak_out_refused(c, blamed(c, &e, path), &e, next_of(c, r, &e, next));
	if (code == EXIT_HOLDS && ak_envelope_describe(span_of(&envelope), &json, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &json, &what);
	if (code == EXIT_HOLDS)
		code = out != NULL ? write_out(c, out, &envelope, what) : keep(c, &envelope, what);
	json_decref(what);
	ak_text_free(&json);
	ak_text_free(&envelope);
	ak_file_drop(&plain);
	for (size_t i = 0; r != NULL && i < r->n; i++)
		ak_file_drop(&r->file[i]);
	free(r);
	return code;
}

/* ---- list, get, drop -------------------------------------------------------------------------------------------------- */

static void print_recipients(const json_t *v)
{
	const json_t *one;
	size_t i;

	json_array_foreach(ak_js_at(v, "recipients"), i, one) {
		(void)fputs("  · ", stdout);
		ak_term_put(stdout, ak_js_has(one, "key") ? ak_js_str(one, "key") : ak_js_str(one, "issuer"));
		if (ak_js_has(one, "serial")) {
			(void)fputs("  ", stdout);
			ak_term_put(stdout, ak_js_str(one, "serial"));
		}
		(void)fputc('\n', stdout);
	}
}

static int list(const ak_cli *c)
{
	ak_ledger *l = NULL;
	ak_text json = { 0 };
	json_t *all = NULL;
	const json_t *v;
	ak_error e = { 0 };
	size_t i;
	int code = ak_cli_open(c, &l);

	if (code == EXIT_HOLDS && ak_ledger_evidence_list(l, &json, &e) != AK_OK)
		code = ak_out_refused(c, c->dir, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &json, &all);
	if (code == EXIT_HOLDS && c->json)
		ak_out_json_text(&json);
	else if (code == EXIT_HOLDS && json_array_size(all) == 0)
		ak_out_line(c, stdout, MSG_EVIDENCE_NONE, NULL);
	json_array_foreach(code == EXIT_HOLDS && !c->json ? all : NULL, i, v) {
		char digest[AK_TERM_DIGEST_MAX];

		if (ak_js_has(v, "problem")) {
			ak_out_line(c, stdout, MSG_EVIDENCE_BAD, ak_js_str(v, "name"), ak_js_str(v, "problem"), NULL);
			continue;
		}
		ak_out_line(c, stdout, MSG_EVIDENCE_ROW, ak_js_str(v, "name"), AK_NUM(ak_js_num(v, "bytes")), ak_term_digest(c->full, ak_js_str(v, "digest"), digest), NULL);
		print_recipients(v);
	}
	json_decref(all);
	ak_text_free(&json);
	ak_ledger_free(&l);
	return code;
}

static int get(const ak_cli *c, const char *name)
{
	const char *out = ak_opt_value(&c->opts, OPT_OUT);
	ak_ledger *l = NULL;
	ak_text envelope = { 0 };
	ak_error e = { 0 };
	int code;

	if (out == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "-o FILE", NULL);
	code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS && ak_ledger_evidence_get(l, name, &envelope, &e) != AK_OK)
		code = ak_out_refused(c, name, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_file_write(c, out, span_of(&envelope), AK_WRITE_NEW);
	ak_text_free(&envelope);
	ak_ledger_free(&l);
	return code;
}

static int drop(const ak_cli *c, const char *name)
{
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	bool gone = false;
	int code = ak_cli_open(c, &l);

	if (code == EXIT_HOLDS && ak_ledger_evidence_drop(l, name, &gone, &e) != AK_OK)
		code = ak_out_refused(c, name, &e, NULL);
	if (code == EXIT_HOLDS && c->json)
		code = ak_out_json(c, json_pack("{s:s,s:b}", "dropped", name, "gone", (int)gone), EXIT_HOLDS);
	else if (code == EXIT_HOLDS)
		ak_out_wrapped(c, stdout, 2, gone ? MSG_EVIDENCE_GONE : MSG_EVIDENCE_DROPPED, name, NULL);
	ak_ledger_free(&l);
	return code;
}

/* ---- decrypt ------------------------------------------------------------------------------------------------------------ */

/* A file of that name, else what the ledger keeps under it. */
static int read_envelope(const ak_cli *c, const char *name, ak_text *out)
{
	ak_file f = { 0 };
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	int code;

	if (ak_file_exists(name) || strcmp(name, "-") == 0) {
		code = ak_file_read(c, name, PLAIN_MAX + 1024 * 1024, &f);
		if (code == EXIT_HOLDS)
			*out = (ak_text){ f.data, f.len };
		return code;
	}
	code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS && ak_ledger_evidence_get(l, name, out, &e) != AK_OK)
		code = ak_out_refused(c, name, &e, NULL);
	ak_ledger_free(&l);
	return code;
}

static int read_key(const ak_cli *c, ak_file *key, char passphrase[AK_PASSPHRASE_ROOM], bool *locked)
{
	const char *path = ak_opt_value(&c->opts, OPT_KEY);
	int code;

	if (path == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "--key FILE", NULL);
	ak_secrets_guard();
	code = ak_file_owner_only(c, path);
	if (code == EXIT_HOLDS)
		code = ak_file_read(c, path, AK_KEY_FILE_MAX, key);
	*locked = code == EXIT_HOLDS && (strstr(key->data, "-----BEGIN ENCRYPTED PRIVATE KEY-----") != NULL || strstr(key->data, "Proc-Type: 4,ENCRYPTED") != NULL);
	if (*locked && !ak_passphrase_ask(c, MSG_PASSPHRASE, path, passphrase, AK_PASSPHRASE_ROOM))
		return ak_passphrase_missing(c, path);
	return code;
}

static bool digest_of(const ak_text *plain, ak_digest *out)
{
	ak_hasher *h = NULL;
	ak_digest unused;
	bool added;

	if (ak_hasher_open(&h, NULL) != AK_OK)
		return false;
	added = ak_hasher_add(h, span_of(plain), NULL) == AK_OK;
	return ak_hasher_close(&h, added ? out : &unused, NULL) == AK_OK && added;
}

/* With openings: is this a document that one of them opens?  A file that was swapped for another is not handed out under its name. */
static int check_opening(const ak_cli *c, const char *name, const ak_text *plain)
{
	const char *path;
	char *digest = NULL;
	ak_digest d;
	bool found = false;
	int code = EXIT_HOLDS;

	if (!ak_opt_has(&c->opts, OPT_OPENING))
		return EXIT_HOLDS;
	if (!digest_of(plain, &d))
		return ak_out_no_memory(c);
	digest = ak_file_digest_text(&d);
	for (size_t i = 0; code == EXIT_HOLDS && (path = ak_opt_nth(&c->opts, OPT_OPENING, i)) != NULL; i++) {
		ak_file text = { 0 };
		json_t *what = NULL;
		const json_t *v;
		size_t k;

		code = ak_opening_read(c, path, &text, &what);
		json_array_foreach(ak_js_at(what, "documents"), k, v)
			found = found || (digest != NULL && strcmp(ak_js_str(v, "document"), digest) == 0);
		ak_secrets_free_json(what);
		ak_file_drop(&text);
	}
	free(digest);
	if (code == EXIT_HOLDS && !found)
		return ak_out_fault(c, AK_BAD_SIGNATURE, name, MSG_EVIDENCE_SWAPPED, NULL);
	return code;
}

/* A passphrase that does not open the key is asked for again. */
static ak_status open_envelope(const ak_cli *c, const ak_text *envelope, const ak_file *key, char *passphrase, ak_text *plain, ak_error *err)
{
	const char *path = ak_opt_value(&c->opts, OPT_KEY);
	size_t wrong = 0;
	ak_status st;

	do {
		*err = (ak_error){ 0 };
		st = ak_envelope_read(span_of(envelope), ak_file_span(key), passphrase, plain, err);
	} while (st == AK_INVALID_ARGUMENT && passphrase != NULL && err->where != NULL && strcmp(err->where, "envelope.key") == 0 &&
	         ak_passphrase_once_more(c, path, &wrong, passphrase));
	return st;
}

static int decrypt(const ak_cli *c, const char *name)
{
	const char *out = ak_opt_value(&c->opts, OPT_OUT), *key_path = ak_opt_value(&c->opts, OPT_KEY);
	char passphrase[AK_PASSPHRASE_ROOM] = "";
	ak_text envelope = { 0 }, plain = { 0 };
	ak_file key = { 0 };
	ak_error e = { 0 };
	bool locked = false;
	int code;

	if (out == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "-o FILE", NULL);
	code = read_key(c, &key, passphrase, &locked);
	if (code == EXIT_HOLDS)
		code = read_envelope(c, name, &envelope);
	if (code == EXIT_HOLDS && open_envelope(c, &envelope, &key, locked ? passphrase : NULL, &plain, &e) != AK_OK)
		code = ak_out_refused(c, e.where != NULL && strcmp(e.where, "envelope.key") == 0 ? key_path : name, &e, NULL);
	ak_passphrase_wipe(passphrase, sizeof(passphrase));
	if (code == EXIT_HOLDS)
		code = check_opening(c, name, &plain);
	if (code == EXIT_HOLDS)
		code = ak_file_write(c, out, span_of(&plain), AK_WRITE_SECRET);
	if (code == EXIT_HOLDS)
		ak_out_note(c, ak_opt_has(&c->opts, OPT_OPENING) ? MSG_EVIDENCE_OPENED_CHECKED : MSG_EVIDENCE_OPENED, out, NULL);
	ak_text_wipe(&plain);
	ak_text_free(&envelope);
	ak_file_drop(&key);
	return code;
}

int ak_cmd_evidence(ak_cli *c)
{
	static const struct {
		const char *word;
		int (*run)(const ak_cli *c, const char *name);
	} of_one[] = { { "encrypt", encrypt }, { "get", get }, { "decrypt", decrypt }, { "drop", drop } };
	const char *what = c->opts.operand[0];

	if (strcmp(what, "list") == 0 && c->opts.n_operands == 1)
		return list(c);
	for (size_t i = 0; i < sizeof(of_one) / sizeof(of_one[0]); i++) {
		if (strcmp(what, of_one[i].word) == 0 && c->opts.n_operands == 2)
			return of_one[i].run(c, c->opts.operand[1]);
	}
	return ak_out_usage(c, MSG_OPERAND_MISSING, c->command->operands, NULL);
}
