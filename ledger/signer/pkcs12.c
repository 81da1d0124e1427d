/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/pkcs12.h"

#include "base/fail.h"
#include "crypto/kdf.h"
#include "crypto/ossl.h"
#include "crypto/seckey.h"

#include <openssl/pkcs7.h>
#include <string.h>

enum { DEPTH_MAX = 8 /* bags within bags */ };

static const char where[] = "key.import";

typedef struct opening {
	const char *with; /* as the MAC took it: NULL and "" are two ways to say "none" */
	int len;
	uint64_t spent;
} opening;

static ak_status not_whole(ak_error *err)
{
	return ak_ossl_fail(err, AK_BAD_FORMAT, where, "no private key can be had from this PKCS#12 file (old ones use ciphers that are not read any more)");
}

/* The passphrase opens the box when the MAC over it says so. */
static ak_status check_mac(PKCS12 *box, const char *passphrase, opening *o, ak_error *err)
{
	const X509_ALGOR *how = NULL;
	const ASN1_INTEGER *rounds = NULL;
	ak_status st;

	if (PKCS12_mac_present(box) != 1)
		return ak_fail(err, AK_BAD_FORMAT, where, 0, "a PKCS#12 file without a MAC: nothing says that the passphrase is right");
	PKCS12_get0_mac(NULL, &how, NULL, &rounds, box);
	/* PBMAC1 has its own derivation; else PKCS#12's, as often as it says. */
	st = OBJ_obj2nid(how->algorithm) == NID_pbmac1 ? ak_kdf_admit(how, &o->spent, err) : ak_kdf_admit_rounds(rounds, &o->spent, err);
	if (st != AK_OK)
		return st;
	*o = (opening){ passphrase == NULL ? NULL : passphrase, passphrase == NULL ? 0 : -1, o->spent };
	if (PKCS12_verify_mac(box, o->with, o->len) == 1)
		return AK_OK;
	if (passphrase == NULL) {
		*o = (opening){ "", -1, o->spent };
		if (PKCS12_verify_mac(box, o->with, o->len) == 1)
			return AK_OK;
	}
	return ak_ossl_fail(err, AK_INVALID_ARGUMENT, "key.passphrase",
	                    passphrase == NULL ? "the file is encrypted and no passphrase was given" : "the passphrase does not open the file");
}

static ak_status adopt(const PKCS8_PRIV_KEY_INFO *p8, ak_seckey **out, ak_error *err)
{
	EVP_PKEY *pkey = EVP_PKCS82PKEY(p8);

	return pkey == NULL ? not_whole(err) : ak_seckey_adopt(pkey, out, err);
}

static ak_status open_shrouded(const PKCS12_SAFEBAG *bag, opening *o, ak_seckey **out, ak_error *err)
{
	const X509_ALGOR *how;
	PKCS8_PRIV_KEY_INFO *p8;
	ak_status st;

	X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &how, NULL);
	st = ak_kdf_admit(how, &o->spent, err);
	if (st != AK_OK)
		return st;
	p8 = PKCS12_decrypt_skey(bag, o->with, o->len);
	st = p8 == NULL ? not_whole(err) : adopt(p8, out, err);
	PKCS8_PRIV_KEY_INFO_free(p8);
	return st;
}

/* *out stays NULL when there is none among them. */
static ak_status find(const STACK_OF(PKCS12_SAFEBAG) *bags, unsigned depth, opening *o, ak_seckey **out, ak_error *err)
{
	ak_status st = AK_OK;

	if (depth == DEPTH_MAX)
		return ak_fail(err, AK_LIMIT, where, DEPTH_MAX, "bags within bags, over %d deep", DEPTH_MAX);
	for (int i = 0; st == AK_OK && *out == NULL && i < sk_PKCS12_SAFEBAG_num(bags); i++) {
		const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);

		switch (PKCS12_SAFEBAG_get_nid(bag)) {
		case NID_keyBag:
			st = adopt(PKCS12_SAFEBAG_get0_p8inf(bag), out, err);
			break;
		case NID_pkcs8ShroudedKeyBag:
			st = open_shrouded(bag, o, out, err);
			break;
		case NID_safeContentsBag:
			st = find(PKCS12_SAFEBAG_get0_safes(bag), depth + 1, o, out, err);
			break;
		default:
			break;
		}
	}
	return st;
}

static ak_status find_in(STACK_OF(PKCS12_SAFEBAG) *bags, opening *o, ak_seckey **out, ak_error *err)
{
	ak_status st = bags == NULL ? not_whole(err) : find(bags, 0, o, out, err);

	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	return st;
}

static ak_status find_encrypted(PKCS7 *safe, opening *o, ak_seckey **out, ak_error *err)
{
	ak_status st;

	if (safe->d.encrypted == NULL || safe->d.encrypted->enc_data == NULL || safe->d.encrypted->enc_data->algorithm == NULL)
		return not_whole(err);
	st = ak_kdf_admit(safe->d.encrypted->enc_data->algorithm, &o->spent, err);
	return st == AK_OK ? find_in(PKCS12_unpack_p7encdata(safe, o->with, o->len), o, out, err) : st;
}

static ak_status find_key(const STACK_OF(PKCS7) *safes, opening *o, ak_seckey **out, ak_error *err)
{
	ak_status st = AK_OK;
	int n = sk_PKCS7_num(safes);

	for (int i = 0; st == AK_OK && *out == NULL && i < n; i++) {
		PKCS7 *safe = sk_PKCS7_value(safes, i);

		if (OBJ_obj2nid(safe->type) == NID_pkcs7_data)
			st = find_in(PKCS12_unpack_p7data(safe), o, out, err);
	}
	for (int i = 0; st == AK_OK && *out == NULL && i < n; i++) {
		PKCS7 *safe = sk_PKCS7_value(safes, i);

		if (OBJ_obj2nid(safe->type) == NID_pkcs7_encrypted)
			st = find_encrypted(safe, o, out, err);
	}
	return st == AK_OK && *out == NULL ? not_whole(err) : st;
}

ak_status ak_pkcs12_read(PKCS12 *box, const char *passphrase, ak_seckey **out, ak_error *err)
{
	opening o = { NULL, 0, 0 };
	STACK_OF(PKCS7) *safes;
	ak_seckey *found = NULL;
	ak_status st = check_mac(box, passphrase, &o, err);

	if (st != AK_OK)
		return st;
	safes = PKCS12_unpack_authsafes(box);
	st = safes == NULL ? not_whole(err) : find_key(safes, &o, &found, err);
	sk_PKCS7_pop_free(safes, PKCS7_free);
	if (st == AK_OK)
		*out = found;
	return st;
}
