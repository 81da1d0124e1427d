/* SPDX-License-Identifier: Apache-2.0 */
#include "envelope/envelope.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/kdf.h"
#include "pki/walk.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <limits.h>
#include <string.h>

enum { VALUES_MAX = 8192, DEPTH_MAX = 20, TAG_LEN = 16, NONCE_LEN = 12, RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192, TEXT_MAX = 4096 };

/* Object identifiers as they stand in DER. */
static const uint8_t auth_enveloped[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17 };
static const uint8_t plain_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01 };
static const uint8_t aes256_gcm[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2e };

static ak_status ossl(ak_error *err, ak_status status, const char *where, const char *what)
{
	bool memory = false;
	unsigned long e;

	while ((e = ERR_get_error()) != 0)
		memory = memory || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	return memory ? ak_no_memory(err, where) : ak_fail(err, status, where, 0, "%s", what);
}

/* ---- recipients ----------------------------------------------------------------------------------------------------------- */

static bool strong_curve(EVP_PKEY *k)
{
	char name[64] = "";
	size_t len = 0;

	return EVP_PKEY_get_group_name(k, name, sizeof(name), &len) == 1 &&
	       (strcmp(name, "prime256v1") == 0 || strcmp(name, "P-256") == 0 || strcmp(name, "secp384r1") == 0 || strcmp(name, "P-384") == 0 ||
	        strcmp(name, "secp521r1") == 0 || strcmp(name, "P-521") == 0);
}

/* May its holder be sent something at `now`? */
static ak_status check_recipient(const ak_cert *c, int64_t now, ak_error *err)
{
	X509 *x = ak_cert_x509(c);
	EVP_PKEY *k = X509_get0_pubkey(x);
	const int kind = k == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(k), bits = k == NULL ? 0 : EVP_PKEY_get_bits(k);
	const uint32_t usage = X509_get_key_usage(x); /* all bits when the certificate does not say */

	if (kind == EVP_PKEY_RSA && (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX))
		return ossl(err, AK_WEAK_KEY, "envelope.recipient", "an RSA key has 2048 to 8192 bits");
	if (kind == EVP_PKEY_EC && !strong_curve(k))
		return ossl(err, AK_WEAK_KEY, "envelope.recipient", "a curve other than P-256, P-384 and P-521");
	if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC)
		return ossl(err, AK_WEAK_KEY, "envelope.recipient", "nothing can be encrypted to this kind of key: RSA or P-256, P-384, P-521 is needed");
	if (now < ak_cert_not_before(c) || now > ak_cert_not_after(c))
		return ak_fail(err, AK_BAD_CERTIFICATE, "envelope.recipient", 0, "the certificate is not valid at this time");
	if ((usage & (kind == EVP_PKEY_RSA ? (uint32_t)KU_KEY_ENCIPHERMENT : (uint32_t)KU_KEY_AGREEMENT)) == 0)
		return ak_fail(err, AK_BAD_CERTIFICATE, "envelope.recipient", 0, "its key usage is not for encryption");
	return AK_OK;
}

static bool add_recipient(CMS_ContentInfo *cms, const ak_cert *c)
{
	X509 *x = ak_cert_x509(c);
	CMS_RecipientInfo *ri = CMS_add1_recipient_cert(cms, x, CMS_KEY_PARAM);
	EVP_PKEY_CTX *p = ri == NULL ? NULL : CMS_RecipientInfo_get0_pkey_ctx(ri);

	if (p == NULL)
		return false;
	if (EVP_PKEY_get_base_id(X509_get0_pubkey(x)) == EVP_PKEY_RSA)
		return EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_OAEP_PADDING) > 0 && EVP_PKEY_CTX_set_rsa_oaep_md(p, EVP_sha256()) > 0;
	/* The function itself, X9.63, is chosen by CMS, which takes no choice of it from here. */
	return EVP_PKEY_CTX_set_ecdh_kdf_md(p, EVP_sha256()) > 0;
}

static ak_status check_recipients(ak_cert *const *to, size_t n, int64_t now, ak_error *err)
{
	if (n == 0 || n > AK_ENVELOPE_RECIPIENTS_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "envelope.recipient", n, "1 to %d recipients", AK_ENVELOPE_RECIPIENTS_MAX);
	for (size_t i = 0; i < n; i++) {
		ak_status st = check_recipient(to[i], now, err);

		if (st != AK_OK) {
			if (err != NULL)
				err->at = i;
			return st;
		}
		for (size_t k = 0; k < i; k++) {
			if (ak_digest_eq(ak_cert_id(to[i]), ak_cert_id(to[k])))
				return ak_fail(err, AK_INVALID_ARGUMENT, "envelope.recipient", i, "the same certificate twice");
		}
	}
	return AK_OK;
}

static ak_status write_der(CMS_ContentInfo *cms, ak_buf *out, ak_error *err)
{
	unsigned char *der = NULL;
	int len = i2d_CMS_ContentInfo(cms, &der);
	ak_status st = len <= 0 ? ossl(err, AK_INTERNAL, "envelope", "could not be written") : ak_buf_add(out, der, (size_t)len, err);

	OPENSSL_free(der);
	return st;
}

ak_status ak_envelope_seal(ak_cert *const *to, size_t n, int64_t now, ak_span plain, ak_buf *out, ak_error *err)
{
	CMS_ContentInfo *cms = NULL;
	BIO *in = NULL;
	bool good;
	ak_status st = check_recipients(to, n, now, err);

	if (st != AK_OK)
		return st;
	if (plain.len > AK_ENVELOPE_PLAIN_MAX)
		return ak_fail(err, AK_LIMIT, "envelope", AK_ENVELOPE_PLAIN_MAX, "over %d bytes", AK_ENVELOPE_PLAIN_MAX);
	in = BIO_new_mem_buf(plain.len == 0 ? (const void *)"" : plain.data, (int)plain.len);
	cms = in == NULL ? NULL : CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), CMS_BINARY | CMS_PARTIAL);
	good = cms != NULL;
	for (size_t i = 0; good && i < n; i++)
		good = add_recipient(cms, to[i]);
	good = good && CMS_final(cms, in, NULL, CMS_BINARY) == 1;
	st = good ? write_der(cms, out, err) : ossl(err, AK_INTERNAL, "envelope", "could not be encrypted");
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	ERR_clear_error();
	return st;
}

/* ---- what is read ----------------------------------------------------------------------------------------------------------- */

static bool take(ak_span *in, uint8_t want, ak_span *content)
{
	ak_span rest = *in;
	uint8_t tag;

	if (!ak_walk_take(&rest, &tag, content) || tag != want)
		return false;
	*in = rest;
	return true;
}

static bool is_oid(ak_span s, const uint8_t *oid, size_t len)
{
	return s.len == len && memcmp(s.data, oid, len) == 0;
}

/* EncryptedContentInfo: data, by AES-256-GCM with a nonce of 12 bytes and a tag of 16, the content here. */
static bool is_content(ak_span c)
{
	ak_span oid, algorithm, parameters, nonce, length, bytes;

	return take(&c, AK_TAG_OID, &oid) && is_oid(oid, plain_data, sizeof(plain_data)) && take(&c, AK_TAG_SEQUENCE, &algorithm) &&
	       take(&algorithm, AK_TAG_OID, &oid) && is_oid(oid, aes256_gcm, sizeof(aes256_gcm)) && take(&algorithm, AK_TAG_SEQUENCE, &parameters) &&
	       algorithm.len == 0 && take(&parameters, AK_TAG_OCTET_STRING, &nonce) && nonce.len == NONCE_LEN &&
	       take(&parameters, AK_TAG_INTEGER, &length) && length.len == 1 && length.data[0] == TAG_LEN && parameters.len == 0 &&
	       take(&c, 0x80, &bytes) && c.len == 0;
}

static size_t count(ak_span set)
{
	size_t n = 0;
	ak_span one;
	uint8_t tag;

	while (set.len > 0 && ak_walk_take(&set, &tag, &one))
		n++;
	return n;
}

ak_status ak_envelope_check(ak_span der, ak_error *err)
{
	const ak_walk w = { .where = "envelope", .bytes = AK_ENVELOPE_MAX, .values = VALUES_MAX, .depth = DEPTH_MAX };
	ak_span all, oid, tagged, body, version, recipients, content, mac, rest;
	ak_status st;

	if (der.len > AK_ENVELOPE_MAX)
		return ak_fail(err, AK_LIMIT, "envelope", AK_ENVELOPE_MAX, "over %d bytes", AK_ENVELOPE_MAX);
	st = ak_walk_der(&w, der, err);
	if (st != AK_OK)
		return st;
	rest = der;
	if (!take(&rest, AK_TAG_SEQUENCE, &all) || !take(&all, AK_TAG_OID, &oid) || !is_oid(oid, auth_enveloped, sizeof(auth_enveloped)) ||
	    !take(&all, 0xa0, &tagged) || all.len != 0 || !take(&tagged, AK_TAG_SEQUENCE, &body) || tagged.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, "envelope", 0, "not authenticated CMS encryption (AuthEnvelopedData)");
	if (!take(&body, AK_TAG_INTEGER, &version) || version.len != 1 || version.data[0] != 0 || !take(&body, AK_TAG_SET, &recipients))
		return ak_fail(err, AK_BAD_FORMAT, "envelope", 0, "no recipients where they belong");
	if (recipients.len == 0 || count(recipients) > AK_ENVELOPE_RECIPIENTS_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "envelope", 0, "1 to %d recipients", AK_ENVELOPE_RECIPIENTS_MAX);
	if (!take(&body, AK_TAG_SEQUENCE, &content) || !is_content(content))
		return ak_fail(err, AK_BAD_FORMAT, "envelope", 0, "the content is not encrypted by AES-256-GCM with a nonce of 12 bytes and a tag of 16");
	if (!take(&body, AK_TAG_OCTET_STRING, &mac) || mac.len != TAG_LEN || body.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, "envelope", 0, "the tag has not 16 bytes, or something follows it");
	return AK_OK;
}

static ak_status parse(ak_span der, CMS_ContentInfo **out, ak_error *err)
{
	const unsigned char *p = der.data;
	ak_status st = ak_envelope_check(der, err);

	if (st != AK_OK)
		return st;
	*out = d2i_CMS_ContentInfo(NULL, &p, (long)der.len);
	if (*out == NULL)
		return ossl(err, AK_BAD_FORMAT, "envelope", "not CMS");
	if (p != der.data + der.len) {
		CMS_ContentInfo_free(*out);
		*out = NULL;
		return ak_fail(err, AK_BAD_FORMAT, "envelope", 0, "bytes after it");
	}
	return AK_OK;
}

static void name_text(const X509_NAME *name, char out[TEXT_MAX])
{
	BIO *b = name == NULL ? NULL : BIO_new(BIO_s_mem());
	int n = -1;

	out[0] = '\0';
	if (b != NULL && X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0)
		n = BIO_read(b, out, TEXT_MAX - 1);
	out[n > 0 ? n : 0] = '\0';
	BIO_free(b);
}

static void hex_text(const unsigned char *data, int len, char out[TEXT_MAX])
{
	out[0] = '\0';
	if (data != NULL && len > 0 && len < TEXT_MAX / 2)
		ak_hex_encode(data, (size_t)len, out);
}

static ak_status tell_one(const X509_NAME *issuer, const ASN1_INTEGER *serial, const ASN1_OCTET_STRING *key, ak_envelope_recipient_fn *fn, void *ctx, ak_error *err)
{
	char *text = ak_mem_alloc(3 * (size_t)TEXT_MAX);
	ak_status st;

	if (text == NULL)
		return ak_no_memory(err, "envelope");
	name_text(issuer, text);
	hex_text(serial == NULL ? NULL : ASN1_STRING_get0_data(serial), serial == NULL ? 0 : ASN1_STRING_length(serial), text + TEXT_MAX);
	hex_text(key == NULL ? NULL : ASN1_STRING_get0_data(key), key == NULL ? 0 : ASN1_STRING_length(key), text + 2 * TEXT_MAX);
	st = fn(ctx, text, text + TEXT_MAX, text + 2 * TEXT_MAX, err);
	ak_mem_free(text);
	return st;
}

static ak_status tell_recipient(CMS_RecipientInfo *ri, ak_envelope_recipient_fn *fn, void *ctx, ak_error *err)
{
	ASN1_OCTET_STRING *key = NULL;
	X509_NAME *issuer = NULL;
	ASN1_INTEGER *serial = NULL;
	STACK_OF(CMS_RecipientEncryptedKey) *keys;
	ak_status st = AK_OK;

	if (CMS_RecipientInfo_type(ri) == CMS_RECIPINFO_TRANS)
		return CMS_RecipientInfo_ktri_get0_signer_id(ri, &key, &issuer, &serial) == 1
		       ? tell_one(issuer, serial, key, fn, ctx, err) : ossl(err, AK_BAD_FORMAT, "envelope", "a recipient cannot be read");
	if (CMS_RecipientInfo_type(ri) != CMS_RECIPINFO_AGREE)
		return tell_one(NULL, NULL, NULL, fn, ctx, err);
	keys = CMS_RecipientInfo_kari_get0_reks(ri);
	for (int i = 0; st == AK_OK && i < sk_CMS_RecipientEncryptedKey_num(keys); i++) {
		if (CMS_RecipientEncryptedKey_get0_id(sk_CMS_RecipientEncryptedKey_value(keys, i), &key, NULL, NULL, &issuer, &serial) != 1)
			return ossl(err, AK_BAD_FORMAT, "envelope", "a recipient cannot be read");
		st = tell_one(issuer, serial, key, fn, ctx, err);
	}
	return st;
}

ak_status ak_envelope_recipients(ak_span der, ak_envelope_recipient_fn *fn, void *ctx, ak_error *err)
{
	CMS_ContentInfo *cms = NULL;
	STACK_OF(CMS_RecipientInfo) *list;
	ak_status st = parse(der, &cms, err);

	if (st != AK_OK)
		return st;
	list = CMS_get0_RecipientInfos(cms);
	if (list == NULL)
		st = ossl(err, AK_BAD_FORMAT, "envelope", "no recipients");
	for (int i = 0; st == AK_OK && i < sk_CMS_RecipientInfo_num(list); i++)
		st = tell_recipient(sk_CMS_RecipientInfo_value(list, i), fn, ctx, err);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return st;
}

/* ---- opening ------------------------------------------------------------------------------------------------------------------ */

static int passphrase_of(char *buf, int size, int writing, void *ctx)
{
	const char *passphrase = ctx;
	size_t len = passphrase == NULL ? 0 : strlen(passphrase);

	(void)writing;
	if (passphrase == NULL || size < 0 || len > (size_t)size)
		return -1;
	memcpy(buf, passphrase, len);
	return (int)len;
}

static ak_status read_key(ak_span pem, const char *passphrase, EVP_PKEY **out, ak_error *err)
{
	/* The callback takes no const; it only reads. */
	union {
		const char *text;
		void *ctx;
	} given = { .text = passphrase };
	ak_status st;
	BIO *in;

	if (pem.len == 0 || pem.len > AK_ENVELOPE_KEY_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "envelope.key", 0, "not a private key in PEM");
	st = ak_kdf_admit_file(pem, err);
	if (st != AK_OK)
		return st;
	in = BIO_new_mem_buf(pem.data, (int)pem.len);
	if (in == NULL)
		return ak_no_memory(err, "envelope.key");
	*out = PEM_read_bio_PrivateKey(in, NULL, passphrase_of, given.ctx);
	BIO_free(in);
	return *out != NULL ? AK_OK : ossl(err, AK_INVALID_ARGUMENT, "envelope.key", "no private key in PEM, or its passphrase is missing or wrong");
}

static ak_status take_plain(BIO *plain, ak_buf *out, ak_error *err)
{
	char *data = NULL;
	long len = BIO_get_mem_data(plain, &data);

	return len <= 0 ? AK_OK : ak_buf_add(out, data, (size_t)len, err);
}

ak_status ak_envelope_open(ak_span der, ak_span key, const char *passphrase, ak_buf *out, ak_error *err)
{
	CMS_ContentInfo *cms = NULL;
	EVP_PKEY *k = NULL;
	BIO *plain = NULL;
	ak_status st = read_key(key, passphrase, &k, err);

	if (st == AK_OK)
		st = parse(der, &cms, err);
	if (st == AK_OK) {
		plain = BIO_new(BIO_s_secmem());
		if (plain == NULL)
			st = ak_no_memory(err, "envelope");
	}
	/* OpenSSL answers for content whose tag does not fit as for a key that does not: with an error, after it has written.  What it wrote is not taken. */
	if (st == AK_OK && (CMS_decrypt_set1_pkey(cms, k, NULL) != 1 || CMS_decrypt(cms, NULL, NULL, NULL, plain, CMS_BINARY) != 1))
		st = ossl(err, AK_BAD_SIGNATURE, "envelope.content", "it is not for this key, or it was changed");
	if (st == AK_OK)
		st = take_plain(plain, out, err);
	BIO_free(plain);
	CMS_ContentInfo_free(cms);
	EVP_PKEY_free(k);
	ERR_clear_error();
	return st;
}
