/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "files.h"
#include "keys.h"
#include "out.h"
#include "passphrase.h"

#include <stdlib.h>
#include <string.h>

/* The public half as PEM, with a newline at its end. */
static int write_public(const ak_cli *c, const char *path, const json_t *o)
{
	char *pem = ak_keys_pem(o);
	int code;

	if (pem == NULL)
		return ak_out_fault(c, AK_INTERNAL, path, MSG_ANSWER_UNREADABLE, NULL);
	code = ak_file_write(c, path, (ak_span){ (const uint8_t *)pem, strlen(pem) }, AK_WRITE_NEW);
	free(pem);
	return code;
}

/* Write a private key, encrypted when that is asked for. */
static int write_secret(const ak_cli *c, const ak_secret *k, const char *path)
{
	char passphrase[AK_PASSPHRASE_ROOM] = "";
	ak_text pem = { 0 };
	ak_error e = { 0 };
	ak_status st = AK_OK;
	int code = EXIT_HOLDS;

	if (ak_opt_has(&c->opts, OPT_ENCRYPT)) {
		code = ak_passphrase_new(c, path, passphrase);
		if (code == EXIT_HOLDS)
			st = ak_secret_pem_encrypted(k, passphrase, &pem, &e);
		ak_passphrase_wipe(passphrase, sizeof(passphrase));
	} else {
		st = ak_secret_pem(k, &pem, &e);
	}
	if (code == EXIT_HOLDS)
		code = st == AK_OK ? ak_file_write(c, path, (ak_span){ (const uint8_t *)pem.data, pem.len }, AK_WRITE_SECRET)
		                   : ak_out_refused(c, path, &e, NULL);
	ak_text_wipe(&pem);
	return code;
}

/* `path` may be NULL: then only the public half is written. */
static int write_both(const ak_cli *c, const ak_secret *k, const char *path, const char *pub, ak_text *public_json)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	int code = EXIT_HOLDS;

	if (ak_secret_public(k, &json, &e) != AK_OK)
		return ak_out_refused(c, path != NULL ? path : pub, &e, NULL);
	if (path != NULL)
		code = write_secret(c, k, path);
	if (code == EXIT_HOLDS && pub != NULL) {
		o = json_loadb(json.data, json.len, 0, NULL);
		code = write_public(c, pub, o);
	}
	if (code == EXIT_HOLDS && public_json != NULL)
		*public_json = json;
	else
		ak_text_free(&json);
	json_decref(o);
	return code;
}

int ak_keys_make(const ak_cli *c, const char *alg, const char *path, const char *pub, ak_text *public_json)
{
	ak_secret *k = NULL;
	ak_error e = { 0 };
	int code;

	/* Nothing is made when the public half has no place to go. */
	if (pub != NULL && ak_file_exists(pub))
		return ak_out_fault(c, AK_INVALID_ARGUMENT, pub, MSG_FILE_EXISTS, NULL);
	ak_secrets_guard();
	if (ak_secret_generate(alg, &k, &e) != AK_OK)
		return ak_out_refused(c, path, &e, NULL);
	code = write_both(c, k, path, pub, public_json);
	ak_secret_free(&k);
	return code;
}

static ak_status import_by(const ak_cli *c, const char *from, const ak_file *f, char passphrase[AK_PASSPHRASE_ROOM], ak_secret **k, ak_error *err)
{
	size_t wrong = 0;
	ak_status st;

	do {
		*err = (ak_error){ 0 };
		st = ak_secret_import(ak_file_span(f), passphrase, k, err);
	} while (st != AK_OK && ak_keys_wrong(err) && ak_passphrase_once_more(c, from, &wrong, passphrase));
	return st;
}

/* A key of another program: the passphrase is asked for only when there must be one. */
static int import(const ak_cli *c, const char *from, ak_secret **k)
{
	char passphrase[AK_PASSPHRASE_ROOM] = "";
	ak_file f = { 0 };
	ak_error e = { 0 };
	ak_status st;
	int code = ak_file_owner_only(c, from);

	if (code == EXIT_HOLDS)
		code = ak_file_read(c, from, AK_KEY_FILE_MAX, &f);
	if (code != EXIT_HOLDS)
		return code;
	st = ak_secret_import(ak_file_span(&f), NULL, k, &e);
	if (st == AK_INVALID_ARGUMENT && strcmp(e.where, "key.passphrase") == 0 && strstr(f.data, "OPENSSH") == NULL) {
		if (ak_passphrase_ask(c, MSG_PASSPHRASE, from, passphrase, sizeof(passphrase)))
			st = import_by(c, from, &f, passphrase, k, &e);
		else
			code = ak_passphrase_missing(c, from);
		ak_passphrase_wipe(passphrase, sizeof(passphrase));
	}
	if (code == EXIT_HOLDS && st != AK_OK)
		code = ak_keys_refused(c, from, &e);
	ak_file_drop(&f);
	return code;
}

static int take_over(const ak_cli *c, const char *from, const char *path, const char *pub, ak_text *json)
{
	ak_secret *k = NULL;
	int code;

	if (path != NULL && ak_secret_is_held(from))
		return ak_out_usage(c, MSG_KEY_STAYS, from, NULL);
	if (pub != NULL && ak_file_exists(pub))
		return ak_out_fault(c, AK_INVALID_ARGUMENT, pub, MSG_FILE_EXISTS, NULL);
	ak_secrets_guard();
	code = ak_secret_is_held(from) ? ak_file_secret(c, from, &k) : import(c, from, &k);
	if (code == EXIT_HOLDS)
		code = write_both(c, k, path, pub, json);
	ak_secret_free(&k);
	return code;
}

static void tell(const ak_cli *c, const char *path, ak_text *json)
{
	json_t *o;

	if (c->json) {
		ak_out_json_text(json);
		return;
	}
	o = json_loadb(json->data, json->len, 0, NULL);
	ak_out_line(c, stdout, MSG_KEY_MADE, path, json_string_value(json_object_get(o, "algorithm")), json_string_value(json_object_get(o, "id")), NULL);
	json_decref(o);
}

static void note_public(const ak_cli *c, const char *path, const char *pub)
{
	size_t room = strlen(path) + sizeof(".pub");
	char *other = pub != NULL ? NULL : malloc(room);

	if (pub != NULL) {
		ak_out_note(c, MSG_KEY_KEEP_PUB, path, pub, NULL);
	} else if (other != NULL) {
		(void)snprintf(other, room, "%s.pub", path);
		ak_out_note(c, MSG_KEY_KEEP, path, other, NULL);
	}
	free(other);
}

int ak_cmd_keygen(ak_cli *c)
{
	const char *path = ak_opt_value(&c->opts, OPT_OUT), *alg = ak_opt_value(&c->opts, OPT_ALG);
	const char *pub = ak_opt_value(&c->opts, OPT_PUB), *from = ak_opt_value(&c->opts, OPT_IMPORT);
	ak_text json = { 0 };
	int code;

	if (path == NULL && from == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "-o FILE", NULL);
	if (alg != NULL && from != NULL)
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--alg", "--import", NULL);
	if (path == NULL && ak_opt_has(&c->opts, OPT_ENCRYPT))
		return ak_out_usage(c, MSG_OPT_MISSING, "-o FILE", NULL);
	if (alg != NULL && strcmp(alg, "ed25519") != 0 && strcmp(alg, "p256") != 0)
		return ak_out_usage(c, MSG_NOT_AN_ALG, alg, NULL);
	if (path != NULL && strcmp(path, "-") == 0)
		return ak_out_usage(c, MSG_KEY_NOT_TO_STDOUT, NULL);
	code = from != NULL ? take_over(c, from, path, pub, &json) : ak_keys_make(c, alg != NULL ? alg : "ed25519", path, pub, &json);
	if (code != EXIT_HOLDS)
		return code;
	tell(c, path != NULL ? path : pub != NULL ? pub : from, &json);
	if (path != NULL && !c->json)
		note_public(c, path, pub);
	ak_text_free(&json);
	return EXIT_HOLDS;
}
