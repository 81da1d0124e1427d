/* SPDX-License-Identifier: Apache-2.0 */
/* Files encrypted for several recipients (FORMAT 28): who may be one, what is opened, and negative tests N90b: any bit changed, any prefix, a tag that was cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "envelope/envelope.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

enum { NOW = 1795230245, PEM_MAX = 8192 };

typedef struct holder {
	ak_cert *cert;
	char key[PEM_MAX];
	size_t key_len;
} holder;

static holder rsa, ec, p521, small, curve, ed, signer, ended;

static void make(holder *h, EVP_PKEY *k, const char *usage, int64_t from, int64_t until)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	unsigned char *der = NULL;
	BIO *b = BIO_new(BIO_s_mem());
	int len;

	assert_non_null(k);
	assert_int_equal(X509_set_version(x, 2), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 7), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"Fictional", -1, -1, 0), 1);
	assert_int_equal(X509_set_issuer_name(x, name), 1);
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), from));
	assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), until));
	assert_int_equal(X509_set_pubkey(x, k), 1);
	if (usage != NULL) {
		X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, usage);

		assert_non_null(e);
		assert_int_equal(X509_add_ext(x, e, -1), 1);
		X509_EXTENSION_free(e);
	}
	assert_true(X509_sign(x, k, EVP_PKEY_get_base_id(k) == EVP_PKEY_ED25519 ? NULL : EVP_sha256()) > 0);
	len = i2d_X509(x, &der);
	assert_true(len > 0);
	assert_int_equal(ak_cert_parse((ak_span){ der, (size_t)len }, &h->cert, NULL), AK_OK);
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(b, k, NULL, NULL, 0, NULL, NULL), 1);
	h->key_len = (size_t)BIO_read(b, h->key, PEM_MAX - 1);
	BIO_free(b);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(k);
}

static int set_up(void **state)
{
	const int64_t from = NOW - 1000, until = NOW + 1000;

	(void)state;
	make(&rsa, EVP_RSA_gen(2048), "critical,keyEncipherment", from, until);
	make(&ec, EVP_EC_gen("P-256"), "critical,keyAgreement", from, until);
	make(&p521, EVP_EC_gen("P-521"), NULL, from, until);
	make(&small, EVP_RSA_gen(1024), NULL, from, until);
	make(&curve, EVP_EC_gen("P-224"), NULL, from, until);
	make(&ed, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL, from, until);
	make(&signer, EVP_EC_gen("P-256"), "critical,digitalSignature", from, until);
	make(&ended, EVP_EC_gen("P-256"), NULL, from, NOW - 1);
	return 0;
}

static int tear_down(void **state)
{
	holder *const all[] = { &rsa, &ec, &p521, &small, &curve, &ed, &signer, &ended };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		ak_cert_free(&all[i]->cert);
	return 0;
}

static ak_span key_of(const holder *h)
{
	return (ak_span){ (const uint8_t *)h->key, h->key_len };
}

static const char text[] = "a confidential report\n";

static void sealed(ak_cert *const *to, size_t n, ak_buf *out)
{
	ak_buf_init(out, AK_ENVELOPE_MAX);
	assert_int_equal(ak_envelope_seal(to, n, NOW, ak_span_str(text), out, NULL), AK_OK);
}

static ak_status opened(ak_span der, const holder *h, ak_buf *out, ak_error *e)
{
	ak_buf_init(out, 4096);
	return ak_envelope_open(der, key_of(h), NULL, out, e);
}

static void each_recipient_opens_it(void **state)
{
	ak_cert *const to[] = { rsa.cert, ec.cert, p521.cert };
	const holder *const who[] = { &rsa, &ec, &p521 };
	ak_error e = { 0 };
	ak_buf der, plain;

	(void)state;
	sealed(to, 3, &der);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(opened(ak_buf_span(&der), who[i], &plain, &e), AK_OK);
		assert_true(ak_span_is(ak_buf_span(&plain), text));
		ak_buf_wipe(&plain);
	}
	assert_int_equal(opened(ak_buf_span(&der), &signer, &plain, &e), AK_BAD_SIGNATURE);
	assert_string_equal(e.where, "envelope.content");
	assert_int_equal(plain.len, 0);
	ak_buf_clear(&plain);
	ak_buf_clear(&der);
}

static ak_status count(void *ctx, const char *issuer, const char *serial, const char *key, ak_error *err)
{
	(void)err;
	(void)key;
	assert_string_equal(issuer, "O=Fictional");
	assert_string_equal(serial, "07");
	++*(size_t *)ctx;
	return AK_OK;
}

static void its_recipients_are_told(void **state)
{
	ak_cert *const to[] = { rsa.cert, ec.cert };
	size_t n = 0;
	ak_buf der;

	(void)state;
	sealed(to, 2, &der);
	assert_int_equal(ak_envelope_recipients(ak_buf_span(&der), count, &n, NULL), AK_OK);
	assert_int_equal(n, 2);
	ak_buf_clear(&der);
}

static void weak_recipients_are_refused(void **state)
{
	const struct {
		const holder *h;
		ak_status want;
	} rows[] = { { &small, AK_WEAK_KEY }, { &curve, AK_WEAK_KEY }, { &ed, AK_WEAK_KEY }, { &signer, AK_BAD_CERTIFICATE }, { &ended, AK_BAD_CERTIFICATE } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_cert *const to[] = { rsa.cert, rows[i].h->cert };
		ak_error e = { 0 };
		ak_buf der;

		ak_buf_init(&der, AK_ENVELOPE_MAX);
		assert_int_equal(ak_envelope_seal(to, 2, NOW, ak_span_str(text), &der, &e), rows[i].want);
		assert_string_equal(e.where, "envelope.recipient");
		assert_int_equal(e.at, 1);
		assert_int_equal(der.len, 0);
		ak_buf_clear(&der);
	}
	{
		ak_cert *const twice[] = { rsa.cert, rsa.cert };
		ak_buf der;

		ak_buf_init(&der, AK_ENVELOPE_MAX);
		assert_int_equal(ak_envelope_seal(twice, 2, NOW, ak_span_str(text), &der, NULL), AK_INVALID_ARGUMENT);
		assert_int_equal(ak_envelope_seal(twice, 0, NOW, ak_span_str(text), &der, NULL), AK_INVALID_ARGUMENT);
		ak_buf_clear(&der);
	}
}

/* N90b.  A bit of who it is for may change and it still opens for whom nothing changed: CMS does not authenticate that.  What comes out is the
 * same bytes or nothing. */
static void every_bit_and_every_prefix(void **state)
{
	ak_cert *const to[] = { ec.cert };
	ak_buf der, plain;
	size_t same = 0;

	(void)state;
	sealed(to, 1, &der);
	for (size_t i = 0; i < der.len * 8; i++) {
		der.data[i / 8] ^= (uint8_t)(1U << i % 8);
		if (opened(ak_buf_span(&der), &ec, &plain, NULL) == AK_OK) {
			assert_true(ak_span_is(ak_buf_span(&plain), text));
			assert_true(i / 8 < der.len - sizeof(text) - 16); /* neither content nor tag */
			same++;
		} else {
			assert_int_equal(plain.len, 0);
		}
		ak_buf_wipe(&plain);
		der.data[i / 8] ^= (uint8_t)(1U << i % 8);
	}
	assert_true(same < der.len * 8 / 2);
	for (size_t n = 0; n < der.len; n++) {
		assert_int_equal(ak_envelope_check((ak_span){ der.data, n }, NULL), AK_BAD_FORMAT);
	}
	ak_buf_clear(&der);
}

/* A tag of four bytes is guessed by whoever may try for a while: lengths are mended so that only the tag is short. */
static void a_short_tag_is_refused(void **state)
{
	ak_cert *const to[] = { ec.cert };
	ak_error e = { 0 };
	ak_buf der;
	size_t end;

	(void)state;
	sealed(to, 1, &der);
	assert_int_equal(der.data[der.len - 18], 0x04);
	assert_int_equal(der.data[der.len - 17], 16);
	der.data[der.len - 17] = 4;
	end = der.len - 12;
	/* SEQUENCE (two length bytes), OID of 11 bytes, [0], SEQUENCE */
	for (size_t at = 2; at <= 25; at = at == 2 ? 4 + 13 + 2 : at + 4) {
		size_t len = (size_t)der.data[at] << 8 | der.data[at + 1];

		assert_int_equal(der.data[at - 1], 0x82);
		len -= 12;
		der.data[at] = (uint8_t)(len >> 8);
		der.data[at + 1] = (uint8_t)len;
	}
	assert_int_equal(ak_envelope_check((ak_span){ der.data, end }, &e), AK_BAD_FORMAT);
	assert_non_null(strstr(e.detail, "tag"));
	ak_buf_clear(&der);
}

static void a_passphrase_is_wanted(void **state)
{
	ak_cert *const to[] = { ec.cert };
	BIO *b = BIO_new(BIO_s_mem()), *in = BIO_new_mem_buf(ec.key, (int)ec.key_len);
	EVP_PKEY *k = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	char pass[] = "aikotoba";
	ak_error e = { 0 };
	ak_buf der, plain;
	char pem[PEM_MAX];
	ak_span locked;

	(void)state;
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(b, k, EVP_aes_256_cbc(), pass, (int)strlen(pass), NULL, NULL), 1);
	locked = (ak_span){ (const uint8_t *)pem, (size_t)BIO_read(b, pem, PEM_MAX) };
	sealed(to, 1, &der);
	ak_buf_init(&plain, 4096);
	assert_int_equal(ak_envelope_open(ak_buf_span(&der), locked, NULL, &plain, &e), AK_INVALID_ARGUMENT);
	assert_string_equal(e.where, "envelope.key");
	assert_int_equal(ak_envelope_open(ak_buf_span(&der), locked, "another", &plain, &e), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_envelope_open(ak_buf_span(&der), ak_span_str("no key"), NULL, &plain, &e), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_envelope_open(ak_buf_span(&der), locked, pass, &plain, &e), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&plain), text));
	ak_buf_wipe(&plain);
	ak_buf_clear(&der);
	BIO_free(b);
	BIO_free(in);
	EVP_PKEY_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_recipient_opens_it),
		cmocka_unit_test(its_recipients_are_told),
		cmocka_unit_test(weak_recipients_are_refused),
		cmocka_unit_test(every_bit_and_every_prefix),
		cmocka_unit_test(a_short_tag_is_refused),
		cmocka_unit_test(a_passphrase_is_wanted),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
