/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/import.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/kdf.h"
#include "crypto/ossl.h"
#include "crypto/pem.h"
#include "crypto/seckey.h"
#include "signer/openssh.h"
#include "signer/pkcs12.h"
#include "signer/ssh_key.h"

#include <openssl/decoder.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

static const char where[] = "key.import";

static ak_status too_long(ak_error *err)
{
	return ak_fail(err, AK_LIMIT, where, AK_IMPORT_MAX, "over %d bytes", AK_IMPORT_MAX);
}

/* ---- private keys ---- */

static ak_status read_openssh(ak_span file, ak_seckey **out, ak_error *err)
{
	ak_buf body;
	ak_status st;

	ak_buf_init(&body, AK_IMPORT_MAX);
	st = ak_buf_reserve(&body, file.len, err); /* so that growing leaves no copy behind */
	if (st == AK_OK)
		st = ak_pem_read(file, "OPENSSH PRIVATE KEY", &body, err);
	if (st == AK_OK)
		st = ak_openssh_read(ak_buf_span(&body), out, err);
	ak_buf_wipe(&body);
	return st;
}

typedef struct answer {
	const char *passphrase;
	bool asked;
} answer;

static int give(char *buf, size_t room, size_t *len, const OSSL_PARAM params[], void *ctx)
{
	answer *a = ctx;
	size_t n = a->passphrase == NULL ? 0 : strlen(a->passphrase);

	(void)params;
	a->asked = true;
	if (a->passphrase == NULL || n > room)
		return 0;
	memcpy(buf, a->passphrase, n);
	*len = n;
	return 1;
}

static ak_status read_with_openssl(ak_span file, const char *passphrase, ak_seckey **out, ak_error *err)
{
	answer a = { passphrase, false };
	EVP_PKEY *pkey = NULL;
	const unsigned char *p = file.data;
	size_t left = file.len;
	OSSL_DECODER_CTX *ctx;
	ak_status st = ak_kdf_admit_file(file, err);
	bool read;

	if (st != AK_OK)
		return st;
	ctx = OSSL_DECODER_CTX_new_for_pkey(&pkey, NULL, NULL, NULL, OSSL_KEYMGMT_SELECT_PRIVATE_KEY, NULL, NULL);
	read = ctx != NULL && OSSL_DECODER_CTX_set_passphrase_cb(ctx, give, &a) == 1 && OSSL_DECODER_from_data(ctx, &p, &left) == 1;

	OSSL_DECODER_CTX_free(ctx);
	if (!read && a.asked)
		return ak_ossl_fail_locked(err, "key.passphrase",
		                           passphrase == NULL ? "the key is encrypted and no passphrase was given" : "the passphrase does not open the key");
	if (!read)
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "no private key in a form that is read");
	return ak_seckey_adopt(pkey, out, err);
}

ak_status ak_import_secret(ak_span file, const char *passphrase, ak_seckey **out, ak_error *err)
{
	const unsigned char *p = file.data;
	PKCS12 *box;
	ak_status st;

	if (file.len > AK_IMPORT_MAX)
		return too_long(err);
	if (passphrase != NULL && strlen(passphrase) > AK_PASSPHRASE_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.passphrase", 0, "over %d bytes", AK_PASSPHRASE_MAX);
	if (ak_pem_opens(file, "OPENSSH PRIVATE KEY"))
		return read_openssh(file, out, err);
	box = d2i_PKCS12(NULL, &p, (long)file.len);
	if (box == NULL) {
		(void)ak_ossl_drain();
		return read_with_openssl(file, passphrase, out, err);
	}
	st = ak_pkcs12_read(box, passphrase, out, err);
	PKCS12_free(box);
	return st;
}

/* ---- public keys ---- */

static ak_status of_certificate(ak_span der, ak_pubkey **out, ak_error *err)
{
	const unsigned char *p = der.data;
	X509 *c = d2i_X509(NULL, &p, (long)der.len);
	unsigned char *spki = NULL;
	ak_status st;
	int len;

	if (c == NULL || p != der.data + der.len) {
		X509_free(c);
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "not an X.509 certificate");
	}
	len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(c), &spki);
	X509_free(c);
	if (len <= 0)
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "a certificate without a usable key");
	st = ak_pubkey_from_spki((ak_span){ spki, (size_t)len }, out, err);
	OPENSSL_free(spki);
	return st;
}

static ak_status of_pem_certificate(ak_span file, ak_pubkey **out, ak_error *err)
{
	ak_buf der;
	ak_status st;

	ak_buf_init(&der, AK_PEM_MAX);
	st = ak_pem_read(file, "CERTIFICATE", &der, err);
	if (st == AK_OK)
		st = of_certificate(ak_buf_span(&der), out, err);
	ak_buf_clear(&der);
	return st;
}

/* "kind base64 comment", as in .pub files: one line. */
static ak_status of_ssh_line(ak_span file, ak_pubkey **out, ak_error *err)
{
	ak_span line = file, rest = file;
	size_t from, to;
	ak_buf blob;
	ak_status st = AK_OK;

	if (ak_span_line(&rest, &line) && rest.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, where, line.len, "more than one line");
	for (from = 0; from < line.len && line.data[from] != ' '; from++)
		;
	for (to = from + 1; to < line.len && line.data[to] != ' ' && line.data[to] != '\r'; to++)
		;
	ak_buf_init(&blob, AK_IMPORT_MAX);
	if (to > line.len || !ak_base64_decode((ak_span){ line.data + from + 1, to - from - 1 }, &blob, err))
		st = ak_fail(err, AK_BAD_FORMAT, where, from, "not a public key of OpenSSH");
	if (st == AK_OK)
		st = ak_ssh_key_read(ak_buf_span(&blob), out, err);
	if (st == AK_NOT_FOUND)
		st = ak_fail(err, AK_WEAK_KEY, where, 0, "neither Ed25519, P-256 nor RSA");
	ak_buf_clear(&blob);
	return st;
}

ak_status ak_import_public(ak_span file, ak_pubkey **out, ak_error *err)
{
	if (file.len > AK_IMPORT_MAX)
		return too_long(err);
	if (ak_pem_opens(file, "CERTIFICATE"))
		return of_pem_certificate(file, out, err);
	if (ak_span_starts(file, "ssh-") || ak_span_starts(file, "ecdsa-"))
		return of_ssh_line(file, out, err);
	if (file.len > 1 && file.data[0] == 0x30)
		return of_certificate(file, out, err);
	return ak_pubkey_from_pem(file, out, err);
}
