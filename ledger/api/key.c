/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include "base/fail.h"
#include "signer/import.h"
#include "signer/signer.h"

#include <string.h>

enum { PEM_MAX = 65536 };

static ak_status wrap(ak_seckey *key, ak_secret **out, ak_error *err)
{
	ak_secret *s = ak_mem_alloc(sizeof(*s));

	if (s == NULL) {
		ak_seckey_free(&key);
		return ak_no_memory(err, "key");
	}
	s->key = key;
	*out = s;
	return AK_OK;
}

ak_status ak_secret_generate(const char *alg, ak_secret **out, ak_error *err)
{
	ak_seckey *key = NULL;
	ak_status st;

	if (strcmp(alg, "ed25519") == 0)
		st = ak_seckey_generate(AK_KEY_ED25519, &key, err);
	else if (strcmp(alg, "p256") == 0)
		st = ak_seckey_generate(AK_KEY_P256, &key, err);
	else
		st = ak_mismatch(err, AK_INVALID_ARGUMENT, "key.algorithm", 0, "ed25519 or p256", alg);
	return st == AK_OK ? wrap(key, out, err) : st;
}

ak_status ak_secret_read(ak_span pem, const char *passphrase, ak_secret **out, ak_error *err)
{
	ak_seckey *key = NULL;
	ak_status st = ak_seckey_from_pem(pem, passphrase, &key, err);

	return st == AK_OK ? wrap(key, out, err) : st;
}

bool ak_secret_is_held(const char *name)
{
	return ak_signer_is(name);
}

ak_status ak_secret_open(const char *name, const ak_key_access *access, ak_secret **out, ak_error *err)
{
	ak_seckey *key = NULL;
	ak_status st = ak_signer_open(name, access, &key, err);

	return st == AK_OK ? wrap(key, out, err) : st;
}

ak_status ak_secret_import(ak_span file, const char *passphrase, ak_secret **out, ak_error *err)
{
	ak_seckey *key = NULL;
	ak_status st = ak_import_secret(file, passphrase, &key, err);

	return st == AK_OK ? wrap(key, out, err) : st;
}

/* passphrase NULL: plain. */
static ak_status to_pem(const ak_secret *k, const char *passphrase, ak_text *out, ak_error *err)
{
	ak_buf b;
	ak_status st;

	ak_buf_init(&b, PEM_MAX);
	st = ak_buf_reserve(&b, 8192, err); /* so that no half-written copy is left behind by growth */
	if (st == AK_OK)
		st = passphrase == NULL ? ak_seckey_to_pem(k->key, &b, err) : ak_seckey_to_pem_encrypted(k->key, passphrase, &b, err);
	if (st == AK_OK) {
		char *p = ak_mem_resize(NULL, b.len + 1);

		if (p == NULL) {
			st = ak_no_memory(err, "key");
		} else {
			memcpy(p, b.data, b.len);
			p[b.len] = '\0';
			*out = (ak_text){ p, b.len };
		}
	}
	ak_buf_wipe(&b);
	return st;
}

ak_status ak_secret_pem(const ak_secret *k, ak_text *out, ak_error *err)
{
	return to_pem(k, NULL, out, err);
}

ak_status ak_secret_pem_encrypted(const ak_secret *k, const char *passphrase, ak_text *out, ak_error *err)
{
	return to_pem(k, passphrase, out, err);
}

void ak_secret_free(ak_secret **k)
{
	if (*k == NULL)
		return;
	ak_seckey_free(&(*k)->key);
	ak_mem_free(*k);
	*k = NULL;
}

void ak_text_wipe(ak_text *t)
{
	volatile char *p = t->data;

	for (size_t i = 0; p != NULL && i < t->len; i++)
		p[i] = 0;
	ak_text_free(t);
}

ak_status ak_secret_public(const ak_secret *k, ak_text *json, ak_error *err)
{
	ak_json *o = NULL;
	ak_status st = ak_api_public(ak_seckey_public(k->key), &o, err);

	return st == AK_OK ? ak_api_text(o, json, err) : st;
}

ak_status ak_public_read(ak_span pem, ak_text *json, ak_error *err)
{
	ak_pubkey *k = NULL;
	ak_json *o = NULL;
	ak_status st = ak_import_public(pem, &k, err);

	if (st != AK_OK)
		return st;
	st = ak_api_public(k, &o, err);
	ak_pubkey_free(&k);
	return st == AK_OK ? ak_api_text(o, json, err) : st;
}
