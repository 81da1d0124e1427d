/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/openssh.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/ssh.h"
#include "crypto/seckey.h"
#include "signer/ssh_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <string.h>

enum { SEED_LEN = 32, ED25519_SECRET = 64, POINT_LEN = 65, BLOCK = 8, RSA_NUMBERS = 6 };

static const char where[] = "key.openssh";

static ak_status not_whole(ak_error *err)
{
	return ak_fail(err, AK_BAD_FORMAT, where, 0, "not a whole OpenSSH private key");
}

static EVP_PKEY *made(const char *name, OSSL_PARAM_BLD *bld)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, name, NULL);
	EVP_PKEY *pkey = NULL;

	if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return pkey;
}

static EVP_PKEY *make_p256(ak_span point, ak_span secret)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *d = BN_secure_new();
	EVP_PKEY *pkey = NULL;

	if (bld != NULL && d != NULL && BN_bin2bn(secret.data, (int)secret.len, d) != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point.data, point.len) == 1 &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1)
		pkey = made("EC", bld);
	OSSL_PARAM_BLD_free(bld);
	BN_clear_free(d);
	return pkey;
}

/* d mod (p - 1), which OpenSSH leaves out and others want. */
static bool exponent(BIGNUM *out, const BIGNUM *d, const BIGNUM *p)
{
	BN_CTX *ctx = BN_CTX_secure_new();
	BIGNUM *less = BN_secure_new();
	bool ok;

	if (less != NULL)
		BN_set_flags(less, BN_FLG_CONSTTIME);
	ok = ctx != NULL && less != NULL && BN_copy(less, p) != NULL && BN_sub_word(less, 1) == 1 && BN_mod(out, d, less, ctx) == 1;
	BN_clear_free(less);
	BN_CTX_free(ctx);
	return ok;
}

/* number: as OpenSSH orders them. */
static EVP_PKEY *make_rsa(const ak_span number[RSA_NUMBERS])
{
	enum { N, E, D, IQMP, P, Q, DMP1, DMQ1, ALL };
	static const char *const names[ALL] = { [N] = OSSL_PKEY_PARAM_RSA_N,
		                                [E] = OSSL_PKEY_PARAM_RSA_E,
		                                [D] = OSSL_PKEY_PARAM_RSA_D,
		                                [IQMP] = OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
		                                [P] = OSSL_PKEY_PARAM_RSA_FACTOR1,
		                                [Q] = OSSL_PKEY_PARAM_RSA_FACTOR2,
		                                [DMP1] = OSSL_PKEY_PARAM_RSA_EXPONENT1,
		                                [DMQ1] = OSSL_PKEY_PARAM_RSA_EXPONENT2 };
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *bn[ALL] = { NULL };
	EVP_PKEY *pkey = NULL;
	bool ok = bld != NULL;

	for (size_t i = 0; ok && i < ALL; i++) {
		bn[i] = BN_secure_new();
		ok = bn[i] != NULL && (i >= RSA_NUMBERS || BN_bin2bn(number[i].data, (int)number[i].len, bn[i]) != NULL);
	}
	ok = ok && exponent(bn[DMP1], bn[D], bn[P]) && exponent(bn[DMQ1], bn[D], bn[Q]);
	for (size_t i = 0; ok && i < ALL; i++)
		ok = OSSL_PARAM_BLD_push_BN(bld, names[i], bn[i]) == 1;
	if (ok)
		pkey = made("RSA", bld);
	OSSL_PARAM_BLD_free(bld);
	for (size_t i = 0; i < ALL; i++)
		BN_clear_free(bn[i]);
	return pkey;
}

static ak_status adopt(EVP_PKEY *pkey, ak_seckey **out, ak_error *err)
{
	return pkey != NULL ? ak_seckey_adopt(pkey, out, err) : ak_fail(err, AK_BAD_FORMAT, where, 0, "numbers that make no key");
}

static ak_status read_ed25519(ak_span *in, ak_seckey **out, ak_error *err)
{
	ak_span pub, secret;

	if (!ak_ssh_take_string(in, &pub) || !ak_ssh_take_string(in, &secret) || pub.len != SEED_LEN || secret.len != ED25519_SECRET ||
	    memcmp(secret.data + SEED_LEN, pub.data, SEED_LEN) != 0)
		return not_whole(err);
	return adopt(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret.data, SEED_LEN), out, err);
}

static ak_status read_p256(ak_span *in, ak_seckey **out, ak_error *err)
{
	ak_span point, secret;

	if (!ak_ssh_take_str(in, "nistp256") || !ak_ssh_take_string(in, &point) || !ak_ssh_take_string(in, &secret) || point.len != POINT_LEN ||
	    secret.len > SEED_LEN + 1)
		return not_whole(err);
	return adopt(make_p256(point, secret), out, err);
}

static ak_status read_rsa(ak_span *in, ak_seckey **out, ak_error *err)
{
	ak_span number[RSA_NUMBERS];

	for (size_t i = 0; i < RSA_NUMBERS; i++) {
		if (!ak_ssh_take_string(in, &number[i]) || number[i].len > AK_SPKI_MAX)
			return not_whole(err);
	}
	return adopt(make_rsa(number), out, err);
}

static ak_status read_numbers(ak_span *in, ak_seckey **out, ak_error *err)
{
	if (ak_ssh_take_str(in, "ssh-ed25519"))
		return read_ed25519(in, out, err);
	if (ak_ssh_take_str(in, "ecdsa-sha2-nistp256"))
		return read_p256(in, out, err);
	if (ak_ssh_take_str(in, "ssh-rsa"))
		return read_rsa(in, out, err);
	return ak_fail(err, AK_WEAK_KEY, where, 0, "neither Ed25519, P-256 nor RSA");
}

/* The comment, and the filling up to the block size: 1, 2, 3 … */
static bool ends_well(ak_span in)
{
	ak_span comment;

	if (!ak_ssh_take_string(&in, &comment) || in.len >= BLOCK)
		return false;
	for (size_t i = 0; i < in.len; i++) {
		if (in.data[i] != i + 1)
			return false;
	}
	return true;
}

/* The public half is written in front, in the open: a secret that was damaged gives another one. */
static ak_status belongs(ak_span public, const ak_seckey *k, ak_error *err)
{
	ak_pubkey *p = NULL;
	ak_status st = ak_ssh_key_read(public, &p, err);

	if (st == AK_OK && !ak_digest_eq(ak_pubkey_id(p), ak_pubkey_id(ak_seckey_public(k))))
		st = ak_fail(err, AK_BAD_FORMAT, where, 0, "the private and the public half do not belong together");
	ak_pubkey_free(&p);
	return st;
}

static ak_status read_private(ak_span in, ak_span public, ak_seckey **out, ak_error *err)
{
	uint32_t a, b;
	ak_status st;

	if (!ak_ssh_take_u32(&in, &a) || !ak_ssh_take_u32(&in, &b) || a != b)
		return not_whole(err);
	st = read_numbers(&in, out, err);
	if (st != AK_OK)
		return st;
	st = ends_well(in) ? belongs(public, *out, err) : not_whole(err);
	if (st != AK_OK)
		ak_seckey_free(out);
	return st;
}

ak_status ak_openssh_read(ak_span body, ak_seckey **out, ak_error *err)
{
	static const char magic[] = "openssh-key-v1";
	ak_span cipher, derivation, options, public, private;
	uint32_t n;

	if (body.len < sizeof(magic) || memcmp(body.data, magic, sizeof(magic)) != 0)
		return not_whole(err);
	body = (ak_span){ body.data + sizeof(magic), body.len - sizeof(magic) };
	if (!ak_ssh_take_string(&body, &cipher) || !ak_ssh_take_string(&body, &derivation))
		return not_whole(err);
	if (!ak_span_is(cipher, "none") || !ak_span_is(derivation, "none"))
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.passphrase", 0,
		               "OpenSSH's own encryption is not read here: add the key to ssh-agent and name it agent:COMMENT, or take the passphrase off a copy");
	if (!ak_ssh_take_string(&body, &options) || options.len != 0 || !ak_ssh_take_u32(&body, &n) || n != 1 ||
	    !ak_ssh_take_string(&body, &public) || !ak_ssh_take_string(&body, &private) || body.len != 0)
		return not_whole(err);
	return read_private(private, public, out, err);
}
