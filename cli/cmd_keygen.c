/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "files.h"
#include "keys.h"
#include "out.h"

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

int ak_keys_make(const ak_cli *c, const char *alg, const char *path, const char *pub, ak_text *public_json)
{
	ak_secret *k = NULL;
	ak_text pem = { 0 }, json = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	int code = EXIT_HOLDS;

	/* Nothing is made when the public half has no place to go. */
	if (pub != NULL && ak_file_exists(pub))
		return ak_out_fault(c, AK_INVALID_ARGUMENT, pub, MSG_FILE_EXISTS, NULL);
	if (ak_secret_generate(alg, &k, &e) != AK_OK || ak_secret_pem(k, &pem, &e) != AK_OK || ak_secret_public(k, &json, &e) != AK_OK) {
		code = ak_out_refused(c, path, &e, NULL);
		goto out;
	}
	code = ak_file_write(c, path, (ak_span){ (const uint8_t *)pem.data, pem.len }, AK_WRITE_SECRET);
	if (code != EXIT_HOLDS || pub == NULL)
		goto out;
	o = json_loadb(json.data, json.len, 0, NULL);
	code = write_public(c, pub, o);
out:
	if (code == EXIT_HOLDS && public_json != NULL)
		*public_json = json;
	else
		ak_text_free(&json);
	json_decref(o);
	ak_text_wipe(&pem);
	ak_secret_free(&k);
	return code;
}

int ak_cmd_keygen(ak_cli *c)
{
	const char *path = ak_opt_value(&c->opts, OPT_OUT), *alg = ak_opt_value(&c->opts, OPT_ALG);
	const char *pub = ak_opt_value(&c->opts, OPT_PUB);
	ak_text json = { 0 };
	json_t *o;
	int code;

	if (path == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "-o FILE", NULL);
	if (alg != NULL && strcmp(alg, "ed25519") != 0 && strcmp(alg, "p256") != 0)
		return ak_out_usage(c, MSG_NOT_AN_ALG, alg, NULL);
	if (strcmp(path, "-") == 0)
		return ak_out_usage(c, MSG_KEY_NOT_TO_STDOUT, NULL);
	code = ak_keys_make(c, alg != NULL ? alg : "ed25519", path, pub, &json);
	if (code != EXIT_HOLDS)
		return code;
	if (c->json) {
		ak_out_json_text(&json);
	} else {
		o = json_loadb(json.data, json.len, 0, NULL);
		ak_out_line(c, stdout, MSG_KEY_MADE, path, json_string_value(json_object_get(o, "algorithm")),
		            json_string_value(json_object_get(o, "id")), NULL);
		json_decref(o);
		ak_out_note(c, MSG_KEY_KEEP, path, NULL);
	}
	ak_text_free(&json);
	return EXIT_HOLDS;
}
