/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/key.h"

#include "base/fail.h"
#include "crypto/kdf.h"
#include "crypto/ossl.h"
#include "crypto/pem.h"
#include "crypto/seckey.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

static const char pem_label[] = "PRIVATE KEY";
static const char pem_label_encrypted[] = "ENCRYPTED PRIVATE KEY";
static const char where[] = "key.private";

struct ak_seckey {
	EVP_PKEY *pkey; /* NULL: held elsewhere */
	ak_key_holder holder;
	ak_pubkey *pub;
};

/* The public half as an ak_pubkey, which refuses every key that akashi does not take. */
static ak_status public_half(EVP_PKEY *pkey, ak_pubkey **out, ak_error *err)
{
	unsigned char *der = NULL;
	ak_status st;
	int len;

	/* A key file may ask for compressed points; our form has them whole. */
	if (EVP_PKEY_is_a(pkey, "EC") == 1 &&
	    EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
	                                   "uncompressed") != 1)
		return ak_ossl_fail(err, AK_INTERNAL, where, "not a usable EC key");
	len = i2d_PUBKEY(pkey, &der);
	if (len <= 0)
		return ak_ossl_fail(err, AK_INTERNAL, where, "the public half could not be had");
	st = ak_pubkey_from_spki((ak_span){ der, (size_t)len }, out, err);
	OPENSSL_free(der);
	return st;
}

static bool make_signature(const ak_seckey *k, ak_span message, uint8_t sig[AK_SIGNATURE_MAX],
                           size_t *len)
{
	static const uint8_t empty[1];
	const char *md = ak_pubkey_alg(k->pub) == AK_KEY_ED25519 ? NULL : "SHA256";
	const uint8_t *data = message.len == 0 ? empty : message.data;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	*len = AK_SIGNATURE_MAX;
	ok = ctx != NULL &&
	     EVP_DigestSignInit_ex(ctx, NULL, md, NULL, NULL, k->pkey, NULL) == 1 &&
	     EVP_DigestSign(ctx, sig, len, data, message.len) == 1;
	EVP_MD_CTX_free(ctx);
	/* OpenSSL 3.0 out of memory in the midst of ECDSA says 1, and 2^32 - 1 bytes. */
	return ok && *len != 0 && *len <= AK_SIGNATURE_MAX;
}

/* A file can pair a private key with somebody else's public key: use both once. */
static ak_status try_out(const ak_seckey *k, ak_error *err)
{
	ak_span message = ak_span_str("akashi: do the two halves of this key belong together?");
	uint8_t sig[AK_SIGNATURE_MAX];
	size_t len;
	ak_status st;

	if (!make_signature(k, message, sig, &len))
		return ak_ossl_fail(err, AK_INTERNAL, where, "the key does not sign");
	st = ak_pubkey_check(k->pub, message, (ak_span){ sig, len }, err);
	if (st == AK_BAD_SIGNATURE)
		return ak_fail(err, AK_BAD_FORMAT, where, 0,
		               "the private and the public half do not belong together");
	return st;
}

ak_status ak_seckey_adopt(EVP_PKEY *pkey, ak_seckey **out, ak_error *err)
{
	ak_seckey *k = ak_mem_alloc(sizeof(*k));
	ak_status st;

	if (k == NULL) {
		EVP_PKEY_free(pkey);
		return ak_no_memory(err, where);
	}
	k->pkey = pkey;
	st = public_half(pkey, &k->pub, err);
	if (st == AK_OK)
		st = try_out(k, err);
	if (st != AK_OK) {
		ak_seckey_free(&k);
		return st;
	}
	*out = k;
	return AK_OK;
}

ak_status ak_seckey_held(ak_pubkey *pub, const ak_key_holder *holder, ak_seckey **out, ak_error *err)
{
	ak_seckey *k = ak_mem_alloc(sizeof(*k));

	if (k == NULL) {
		ak_pubkey_free(&pub);
		holder->free(holder->ctx);
		return ak_no_memory(err, where);
	}
	k->holder = *holder;
	k->pub = pub;
	*out = k;
	return AK_OK;
}

ak_status ak_seckey_generate(ak_key_alg alg, ak_seckey **out, ak_error *err)
{
	EVP_PKEY *pkey;

	if (alg == AK_KEY_ED25519)
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else if (alg == AK_KEY_P256)
		pkey = EVP_EC_gen("P-256");
	else
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.algorithm", 0,
		               "only Ed25519 and P-256 keys are generated");
	if (pkey == NULL)
		return ak_ossl_fail(err, AK_INTERNAL, where, "could not be generated");
	return ak_seckey_adopt(pkey, out, err);
}

static ak_status read_plain(ak_span der, PKCS8_PRIV_KEY_INFO **out, ak_error *err)
{
	const unsigned char *p = der.data;
	PKCS8_PRIV_KEY_INFO *p8 = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.len);

	if (p8 == NULL)
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "not a PKCS#8 private key");
	if (p != der.data + der.len) {
		PKCS8_PRIV_KEY_INFO_free(p8);
		return ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(p - der.data),
		               "bytes after the key");
	}
	*out = p8;
	return AK_OK;
}

static ak_status read_encrypted(ak_span der, const char *passphrase, PKCS8_PRIV_KEY_INFO **out,
                                ak_error *err)
{
	const unsigned char *p = der.data;
	PKCS8_PRIV_KEY_INFO *p8 = NULL;
	const X509_ALGOR *how;
	uint64_t spent = 0;
	X509_SIG *box;
	ak_status st;

	if (passphrase == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.passphrase", 0,
		               "the key is encrypted and no passphrase was given");
	if (strlen(passphrase) > AK_PASSPHRASE_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.passphrase", 0,
		               "over %d bytes", AK_PASSPHRASE_MAX);
	box = d2i_X509_SIG(NULL, &p, (long)der.len);
	if (box == NULL)
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "not an encrypted PKCS#8 key");
	if (p != der.data + der.len) {
		X509_SIG_free(box);
		return ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(p - der.data),
		               "bytes after the key");
	}
	X509_SIG_get0(box, &how, NULL);
	st = ak_kdf_admit(how, &spent, err);
	if (st == AK_OK)
		p8 = PKCS8_decrypt(box, passphrase, (int)strlen(passphrase));
	if (st == AK_OK && p8 == NULL)
		st = ak_ossl_fail(err, AK_INVALID_ARGUMENT, "key.passphrase",
		                  "the passphrase does not open the key");
	X509_SIG_free(box);
	if (st == AK_OK)
		*out = p8;
	return st;
}

ak_status ak_seckey_from_pem(ak_span pem, const char *passphrase, ak_seckey **out,
                             ak_error *err)
{
	bool encrypted = ak_pem_opens(pem, pem_label_encrypted);
	PKCS8_PRIV_KEY_INFO *p8 = NULL;
	EVP_PKEY *pkey;
	ak_buf der;
	ak_status st;

	ak_buf_init(&der, AK_PEM_MAX);
	st = ak_pem_read(pem, encrypted ? pem_label_encrypted : pem_label, &der, err);
	if (st == AK_OK)
		st = encrypted ? read_encrypted(ak_buf_span(&der), passphrase, &p8, err)
		               : read_plain(ak_buf_span(&der), &p8, err);
	ak_buf_wipe(&der);
	if (st != AK_OK)
		return st;
	pkey = EVP_PKCS82PKEY(p8);
	PKCS8_PRIV_KEY_INFO_free(p8);
	if (pkey == NULL)
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "not a usable private key");
	return ak_seckey_adopt(pkey, out, err);
}

static ak_status pkcs8_of(const ak_seckey *k, PKCS8_PRIV_KEY_INFO **out, ak_error *err)
{
	if (k->pkey == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, where, 0, "this key does not leave the place where it is held");
	*out = EVP_PKEY2PKCS8(k->pkey);
	return *out != NULL ? AK_OK : ak_ossl_fail(err, AK_INTERNAL, where, "could not be written");
}

static ak_status write_block(const char *label, unsigned char *der, int len, ak_buf *out, ak_error *err)
{
	ak_status st;

	if (len <= 0)
		return ak_ossl_fail(err, AK_INTERNAL, where, "could not be written");
	st = ak_pem_write(label, (ak_span){ der, (size_t)len }, out, err);
	OPENSSL_clear_free(der, (size_t)len);
	return st;
}

ak_status ak_seckey_to_pem(const ak_seckey *k, ak_buf *out, ak_error *err)
{
	PKCS8_PRIV_KEY_INFO *p8 = NULL;
	unsigned char *der = NULL;
	ak_status st = pkcs8_of(k, &p8, err);
	int len;

	if (st != AK_OK)
		return st;
	len = i2d_PKCS8_PRIV_KEY_INFO(p8, &der);
	PKCS8_PRIV_KEY_INFO_free(p8);
	return write_block(pem_label, der, len, out, err);
}

ak_status ak_seckey_to_pem_encrypted(const ak_seckey *k, const char *passphrase, ak_buf *out, ak_error *err)
{
	PKCS8_PRIV_KEY_INFO *p8 = NULL;
	unsigned char *der = NULL;
	size_t n = strlen(passphrase);
	X509_ALGOR *how;
	X509_SIG *box = NULL;
	ak_status st;
	int len;

	if (n == 0 || n > AK_PASSPHRASE_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.passphrase", n, "not 1 to %d bytes", AK_PASSPHRASE_MAX);
	st = pkcs8_of(k, &p8, err);
	if (st != AK_OK)
		return st;
	how = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), AK_KEY_ROUNDS, NULL, 0, NULL, NID_hmacWithSHA256);
	if (how != NULL)
		box = PKCS8_set0_pbe(passphrase, (int)n, p8, how);
	if (box == NULL)
		X509_ALGOR_free(how); /* else the box has it */
	len = box == NULL ? -1 : i2d_X509_SIG(box, &der);
	X509_SIG_free(box);
	PKCS8_PRIV_KEY_INFO_free(p8);
	return write_block(pem_label_encrypted, der, len, out, err);
}

void ak_seckey_free(ak_seckey **k)
{
	if (k == NULL || *k == NULL)
		return;
	ak_pubkey_free(&(*k)->pub);
	EVP_PKEY_free((*k)->pkey); /* overwrites the secret */
	if ((*k)->pkey == NULL)
		(*k)->holder.free((*k)->holder.ctx);
	ak_mem_free(*k);
	*k = NULL;
}

const ak_pubkey *ak_seckey_public(const ak_seckey *k)
{
	return k->pub;
}

/* Nothing leaves that was not verified: a fault while signing can give the key away, an RSA key that once ran out of
 * memory signs wrongly for a while (OpenSSL 3.0, blinding), and an agent may answer with anything. */
ak_status ak_seckey_sign(const ak_seckey *k, ak_span message, ak_buf *out, ak_error *err)
{
	uint8_t sig[AK_SIGNATURE_MAX];
	ak_buf made;
	size_t len;
	ak_status st;

	ak_buf_init(&made, AK_SIGNATURE_MAX);
	if (k->pkey == NULL)
		st = k->holder.sign(k->holder.ctx, message, &made, err);
	else if (!make_signature(k, message, sig, &len))
		st = ak_ossl_fail(err, AK_INTERNAL, "signature", "could not be made");
	else
		st = ak_buf_add(&made, sig, len, err);
	if (st == AK_OK) {
		st = ak_pubkey_check(k->pub, message, ak_buf_span(&made), err);
		if (st == AK_BAD_SIGNATURE)
			st = ak_fail(err, AK_INTERNAL, "signature", 0, "the signature made does not verify");
	}
	if (st == AK_OK)
		st = ak_buf_add_span(out, ak_buf_span(&made), err);
	ak_buf_clear(&made);
	return st;
}
