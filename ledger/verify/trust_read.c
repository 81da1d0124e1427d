/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/trust_read.h"

#include "base/fail.h"
#include "crypto/hash.h"
#include "crypto/key.h"

static ak_status check_key(const ak_vkey *k, const char *where, uint64_t line, ak_error *err)
{
	ak_error why = { 0 };
	ak_pubkey *pub = NULL;
	ak_status st = ak_pubkey_from_ed25519(k->key, &pub, &why);

	ak_pubkey_free(&pub);
	if (st == AK_OK)
		return AK_OK;
	return ak_fail(err, st, where, line, "not a key that can be relied on: %s", why.detail);
}

ak_status ak_trust_read(ak_span text, ak_trust *out, ak_error *err)
{
	ak_status st = ak_trust_parse(text, ak_sha256, out, err);

	if (st == AK_OK)
		st = check_key(&out->log, "trust.log", out->log_line, err);
	for (size_t i = 0; st == AK_OK && i < out->n_witnesses; i++)
		st = check_key(&out->witness[i].key, "trust.witness", out->witness[i].line, err);
	return st;
}
