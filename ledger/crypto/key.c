/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/key.h"

#include "base/fail.h"
#include "crypto/der.h"
#include "crypto/hash.h"
#include "crypto/ossl.h"
#include "crypto/pem.h"
#include "crypto/spki.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdatomic.h>
#include <string.h>

enum { PROBE = 32 * 1024 /* bytes: more than any verification allocates at a time */ };

static const char pem_label[] = "PUBLIC KEY";

/* `ready` has been through EVP_DigestVerifyInit, which looks algorithms up by name under a
 * lock (about 3 us); a verification copies it instead (0.3 us) and never changes it. */
struct ak_pubkey {
	atomic_size_t refs;
	EVP_PKEY *pkey;
	EVP_MD_CTX *ready;
	ak_digest id;
	ak_key_alg alg;
	size_t sig_len; /* Ed25519 and RSA: bytes of every signature */
	size_t spki_len;
	uint8_t spki[];
};

/* Give the parts to OpenSSL one by one: its own SPKI decoder takes ten times as long, and
 * would take forms that spki.c refused. */
static EVP_PKEY *from_params(const char *name, OSSL_PARAM_BLD *bld)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, name, NULL);
	EVP_PKEY *pkey = NULL;

	if (params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return pkey;
}

static EVP_PKEY *make_p256(ak_span point)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY *pkey = NULL;

	if (bld != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point.data,
	                                     point.len) == 1)
		pkey = from_params("EC", bld);
	OSSL_PARAM_BLD_free(bld);
	return pkey;
}

static EVP_PKEY *make_rsa(ak_span modulus)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_bin2bn(modulus.data, (int)modulus.len, NULL);
	EVP_PKEY *pkey = NULL;

	if (bld != NULL && n != NULL &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_uint(bld, OSSL_PKEY_PARAM_RSA_E, 65537) == 1)
		pkey = from_params("RSA", bld);
	OSSL_PARAM_BLD_free(bld);
	BN_free(n);
	return pkey;
}

static EVP_PKEY *make_pkey(const ak_spki *s)
{
	switch (s->alg) {
	case AK_KEY_ED25519:
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, s->key.data,
		                                   s->key.len);
	case AK_KEY_P256:
		return make_p256(s->key);
	case AK_KEY_RSA:
		return make_rsa(s->key);
	}
	return NULL;
}

static ak_status prepare(ak_pubkey *k, const ak_spki *s, ak_error *err)
{
	const char *md = s->alg == AK_KEY_ED25519 ? NULL : "SHA256";

	k->pkey = make_pkey(s);
	if (k->pkey == NULL)
		return ak_ossl_fail(err, AK_INTERNAL, "key.spki", "OpenSSL does not take the key");
	k->ready = EVP_MD_CTX_new();
	if (k->ready == NULL ||
	    EVP_DigestVerifyInit_ex(k->ready, NULL, md, NULL, NULL, k->pkey, NULL) != 1)
		return ak_ossl_fail(err, AK_INTERNAL, "key.spki", "verification is not available");
	k->alg = s->alg;
	k->sig_len = s->alg == AK_KEY_ED25519 ? 64 : s->key.len;
	return AK_OK;
}

ak_status ak_pubkey_from_spki(ak_span spki, ak_pubkey **out, ak_error *err)
{
	ak_pubkey *k;
	ak_spki parts;
	ak_status st = ak_spki_read(spki, &parts, err);

	if (st != AK_OK)
		return st;
	k = ak_mem_alloc(sizeof(*k) + spki.len);
	if (k == NULL)
		return ak_no_memory(err, "key.spki");
	atomic_init(&k->refs, 1);
	memcpy(k->spki, spki.data, spki.len);
	k->spki_len = spki.len;
	ak_sha256(spki, &k->id);
	st = prepare(k, &parts, err);
	if (st != AK_OK) {
		ak_pubkey_free(&k);
		return st;
	}
	*out = k;
	return AK_OK;
}

ak_status ak_pubkey_from_ed25519(const uint8_t raw[32], ak_pubkey **out, ak_error *err)
{
	uint8_t spki[AK_ED25519_SPKI_LEN];

	ak_spki_of_ed25519(raw, spki);
	return ak_pubkey_from_spki((ak_span){ spki, sizeof(spki) }, out, err);
}

ak_pubkey *ak_pubkey_ref(ak_pubkey *k)
{
	(void)atomic_fetch_add_explicit(&k->refs, 1, memory_order_relaxed);
	return k;
}

void ak_pubkey_free(ak_pubkey **k)
{
	if (k == NULL || *k == NULL)
		return;
	if (atomic_fetch_sub_explicit(&(*k)->refs, 1, memory_order_acq_rel) == 1) {
		EVP_MD_CTX_free((*k)->ready);
		EVP_PKEY_free((*k)->pkey);
		ak_mem_free(*k);
	}
	*k = NULL;
}

ak_span ak_pubkey_spki(const ak_pubkey *k)
{
	return (ak_span){ k->spki, k->spki_len };
}

const ak_digest *ak_pubkey_id(const ak_pubkey *k)
{
	return &k->id;
}

ak_key_alg ak_pubkey_alg(const ak_pubkey *k)
{
	return k->alg;
}

bool ak_pubkey_raw_ed25519(const ak_pubkey *k, uint8_t out[32])
{
	if (k->alg != AK_KEY_ED25519)
		return false;
	memcpy(out, k->spki + k->spki_len - 32, 32);
	return true;
}

/* SEQUENCE { INTEGER r, INTEGER s } and nothing else, both of at most 256 bits. */
static bool is_ecdsa_der(ak_span sig)
{
	ak_span body, r, s;

	return ak_der_take(&sig, AK_DER_SEQUENCE, &body) && sig.len == 0 &&
	       ak_der_take_positive(&body, &r) && ak_der_take_positive(&body, &s) &&
	       body.len == 0 && r.len <= 32 && s.len <= 32;
}

static bool has_form(const ak_pubkey *k, ak_span sig)
{
	return k->alg == AK_KEY_P256 ? is_ecdsa_der(sig) : sig.len == k->sig_len;
}

/* Only 1 is good: OpenSSL says 0 or a negative number for a bad signature, and also for its
 * own failures. */
static bool verifies(const ak_pubkey *k, ak_span message, ak_span sig)
{
	static const uint8_t empty[1];
	const uint8_t *data = message.len == 0 ? empty : message.data;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL && EVP_MD_CTX_copy_ex(ctx, k->ready) == 1 &&
	            EVP_DigestVerify(ctx, sig.data, sig.len, data, message.len) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

static bool has_memory(void)
{
	void *p = OPENSSL_malloc(PROBE);

	OPENSSL_free(p);
	return p != NULL;
}

ak_status ak_pubkey_check(const ak_pubkey *k, ak_span message, ak_span sig, ak_error *err)
{
	if (!has_form(k, sig))
		return ak_fail(err, AK_BAD_SIGNATURE, "signature", 0,
		               "not the form this key's signatures have");
	(void)ak_ossl_drain(); /* what an earlier call left is not said of this one */
	if (verifies(k, message, sig))
		return AK_OK;
	/* Some of OpenSSL's failed allocations look just like a bad signature.  "Could not
	 * check" must not read as "forged", so a bad answer has to be given twice, and with
	 * memory to be had in between. */
	if (ak_ossl_drain() || !has_memory())
		return ak_ossl_fail(err, AK_NO_MEMORY, "signature", "could not be checked");
	if (verifies(k, message, sig))
		return AK_OK;
	return ak_ossl_fail(err, AK_BAD_SIGNATURE, "signature", "does not verify");
}

bool ak_pubkey_verify(const ak_pubkey *k, ak_span message, ak_span sig)
{
	return ak_pubkey_check(k, message, sig, NULL) == AK_OK;
}

ak_status ak_pubkey_to_pem(const ak_pubkey *k, ak_buf *out, ak_error *err)
{
	return ak_pem_write(pem_label, ak_pubkey_spki(k), out, err);
}

ak_status ak_pubkey_from_pem(ak_span pem, ak_pubkey **out, ak_error *err)
{
	ak_buf der;
	ak_status st;

	ak_buf_init(&der, AK_PEM_MAX);
	st = ak_pem_read(pem, pem_label, &der, err);
	if (st == AK_OK)
		st = ak_pubkey_from_spki(ak_buf_span(&der), out, err);
	ak_buf_clear(&der);
	return st;
}
