/* SPDX-License-Identifier: Apache-2.0 */
/* Key files: what is read, what is written, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crypto/key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { TEXT_MAX = 4000 };

typedef struct text {
	char s[TEXT_MAX + 1];
	size_t len;
} text;

static ak_span span_of(const text *t)
{
	return (ak_span){ (const uint8_t *)t->s, t->len };
}

static text text_of(const char *a, const char *b, const char *c)
{
	text t;

	t.len = (size_t)snprintf(t.s, sizeof(t.s), "%s%s%s", a, b, c);
	assert_true(t.len < sizeof(t.s));
	return t;
}

/* PKCS#8 PEM as the openssl program writes it; takes the key over. */
static text openssl_pem(EVP_PKEY *pkey, const char *passphrase)
{
	BIO *bio = BIO_new(BIO_s_mem());
	const EVP_CIPHER *cipher = passphrase == NULL ? NULL : EVP_aes_256_cbc();
	text t = { .len = 0 };
	char pass[64];
	int n;

	assert_non_null(pkey);
	(void)snprintf(pass, sizeof(pass), "%s", passphrase == NULL ? "" : passphrase);
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, pkey, cipher, pass,
	                                               (int)strlen(pass), NULL, NULL), 1);
	n = BIO_read(bio, t.s, TEXT_MAX);
	assert_true(n > 0);
	t.len = (size_t)n;
	t.s[n] = '\0';
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return t;
}

static EVP_PKEY *ed25519(void)
{
	return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

/* No run of the secret's base64 may come back in an error. */
static void assert_silent(const ak_error *err, const text *pem)
{
	for (size_t i = 0; i + 8 <= pem->len; i++) {
		char run[9];

		memcpy(run, pem->s + i, 8);
		run[8] = '\0';
		if (strchr(run, '-') != NULL || strchr(run, ' ') != NULL ||
		    strstr("PRIVATE ENCRYPTED", run) != NULL)
			continue;
		assert_null(strstr(err->detail, run));
		assert_null(strstr(err->expected, run));
		assert_null(strstr(err->found, run));
	}
}

static void expect(const char *rule, const text *pem, const char *pass, ak_status want,
                   const char *where)
{
	ak_seckey *k = NULL;
	ak_error err = { 0 };
	ak_status st = ak_seckey_from_pem(span_of(pem), pass, &k, &err);

	if (st != want)
		fail_msg("%s: %s (%s), want %s", rule, ak_status_name(st), err.detail,
		         ak_status_name(want));
	assert_true(ERR_peek_error() == 0);
	if (want == AK_OK) {
		ak_seckey_free(&k);
		return;
	}
	if (strcmp(err.where, where) != 0)
		fail_msg("%s: at %s, want %s", rule, err.where, where);
	assert_null(k);
	assert_silent(&err, pem);
}

static void written_keys_are_read_back(void **state)
{
	static const ak_key_alg algs[] = { AK_KEY_ED25519, AK_KEY_P256 };

	(void)state;
	for (size_t i = 0; i < COUNT(algs); i++) {
		ak_seckey *k = NULL, *back = NULL;
		ak_pubkey *pub = NULL;
		ak_buf pem, again;

		ak_buf_init(&pem, TEXT_MAX);
		ak_buf_init(&again, TEXT_MAX);
		assert_int_equal(ak_seckey_generate(algs[i], &k, NULL), AK_OK);
		assert_int_equal(ak_pubkey_alg(ak_seckey_public(k)), algs[i]);
		assert_int_equal(ak_seckey_to_pem(k, &pem, NULL), AK_OK);
		assert_int_equal(ak_seckey_from_pem(ak_buf_span(&pem), NULL, &back, NULL), AK_OK);
		assert_int_equal(ak_seckey_to_pem(back, &again, NULL), AK_OK);
		assert_true(ak_span_eq(ak_buf_span(&pem), ak_buf_span(&again)));
		assert_true(ak_span_eq(ak_pubkey_spki(ak_seckey_public(k)),
		                       ak_pubkey_spki(ak_seckey_public(back))));
		ak_buf_clear(&again);
		assert_int_equal(ak_pubkey_to_pem(ak_seckey_public(k), &again, NULL), AK_OK);
		assert_int_equal(ak_pubkey_from_pem(ak_buf_span(&again), &pub, NULL), AK_OK);
		assert_true(ak_span_eq(ak_pubkey_spki(pub), ak_pubkey_spki(ak_seckey_public(k))));
		ak_pubkey_free(&pub);
		ak_buf_wipe(&pem);
		ak_buf_clear(&again);
		ak_seckey_free(&back);
		ak_seckey_free(&k);
		ak_seckey_free(&k);
		ak_seckey_free(NULL);
	}
}

/* The same text as the openssl program's, in both directions. */
static void openssl_writes_the_same_text(void **state)
{
	text all[] = { openssl_pem(ed25519(), NULL), openssl_pem(EVP_EC_gen("P-256"), NULL),
		       openssl_pem(EVP_RSA_gen(3072), NULL) };

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		ak_seckey *k = NULL;
		EVP_PKEY *pkey;
		BIO *bio;
		ak_buf pem;

		ak_buf_init(&pem, TEXT_MAX);
		assert_int_equal(ak_seckey_from_pem(span_of(&all[i]), NULL, &k, NULL), AK_OK);
		assert_int_equal(ak_seckey_to_pem(k, &pem, NULL), AK_OK);
		assert_true(ak_span_eq(ak_buf_span(&pem), span_of(&all[i])));
		ak_buf_wipe(&pem);
		assert_int_equal(ak_pubkey_to_pem(ak_seckey_public(k), &pem, NULL), AK_OK);
		bio = BIO_new_mem_buf(pem.data, (int)pem.len);
		pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
		assert_non_null(pkey);
		EVP_PKEY_free(pkey);
		BIO_free(bio);
		ak_buf_clear(&pem);
		ak_seckey_free(&k);
	}
}

static void encrypted_keys_need_their_passphrase(void **state)
{
	text enc = openssl_pem(ed25519(), "correct horse"), plain = openssl_pem(ed25519(), NULL);
	static char longer[2000];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	expect("right", &enc, "correct horse", AK_OK, "");
	expect("none", &enc, NULL, AK_INVALID_ARGUMENT, "key.passphrase");
	expect("wrong", &enc, "incorrect horse", AK_INVALID_ARGUMENT, "key.passphrase");
	expect("empty", &enc, "", AK_INVALID_ARGUMENT, "key.passphrase");
	expect("over 1024 bytes", &enc, longer, AK_INVALID_ARGUMENT, "key.passphrase");
	expect("not asked for", &plain, "correct horse", AK_OK, "");
}

static void white_space_around_is_allowed(void **state)
{
	text pem = openssl_pem(ed25519(), NULL), t;

	(void)state;
	t = text_of(" \r\n\n", pem.s, "\n \t\n");
	expect("around", &t, NULL, AK_OK, "");
	t = pem;
	t.len--;
	expect("no newline at the end", &t, NULL, AK_OK, "");
	t.len = 0;
	for (size_t i = 0; i < pem.len; i++) {
		if (pem.s[i] == '\n')
			t.s[t.len++] = '\r';
		t.s[t.len++] = pem.s[i];
	}
	expect("CRLF", &t, NULL, AK_OK, "");
}

static void one_block_and_nothing_else(void **state)
{
	text pem = openssl_pem(ed25519(), NULL), t;

	(void)state;
	t = text_of("", "", "");
	expect("empty", &t, NULL, AK_BAD_FORMAT, "key.pem");
	t = text_of(pem.s, pem.s, "");
	expect("two blocks", &t, NULL, AK_BAD_FORMAT, "key.pem");
	t = text_of("my key\n", pem.s, "");
	expect("text before", &t, NULL, AK_BAD_FORMAT, "key.pem");
	t = text_of(pem.s, "my key\n", "");
	expect("text after", &t, NULL, AK_BAD_FORMAT, "key.pem");
	t = text_of("-----BEGIN PRIVATE KEY-----\n", "", "-----END PRIVATE KEY-----\n");
	expect("empty block", &t, NULL, AK_BAD_FORMAT, "key.pem");
	t = text_of("-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n", pem.s + 28, "");
	expect("header", &t, NULL, AK_BAD_FORMAT, "key.pem");
	t = text_of("-----BEGIN PUBLIC KEY-----\n", pem.s + 28, "");
	expect("public label", &t, NULL, AK_BAD_FORMAT, "key.pem");
	t = text_of("-----BEGIN EC PRIVATE KEY-----\n", pem.s + 28, "");
	expect("label of another form", &t, NULL, AK_BAD_FORMAT, "key.pem");
	t = text_of("-----BEGIN PRIVATE KEY----- \n", pem.s + 28, "");
	expect("space after the label", &t, NULL, AK_BAD_FORMAT, "key.pem");
	t = text_of("-----BEGIN PRIVATE KEY-----\nA", pem.s + 28, "");
	expect("one letter more", &t, NULL, AK_BAD_FORMAT, "key.pem");
	t = text_of("-----BEGIN PRIVATE KEY-----\nAAAA", pem.s + 28, "");
	expect("other bytes before", &t, NULL, AK_BAD_FORMAT, "key.private");
	t = pem;
	t.s[40] = '*';
	expect("not base64", &t, NULL, AK_BAD_FORMAT, "key.pem");
}

static void long_files_are_refused(void **state)
{
	static const size_t limit = 16 * 1024;
	text pem = openssl_pem(ed25519(), NULL);
	uint8_t *big = malloc(limit + 1);
	ak_seckey *k = NULL;
	ak_error err;

	(void)state;
	assert_non_null(big);
	memset(big, ' ', limit + 1);
	memcpy(big, pem.s, pem.len);
	assert_int_equal(ak_seckey_from_pem((ak_span){ big, limit + 1 }, NULL, &k, &err),
	                 AK_BAD_FORMAT);
	assert_string_equal(err.where, "key.pem");
	assert_int_equal(ak_seckey_from_pem((ak_span){ big, limit }, NULL, &k, &err), AK_OK);
	ak_seckey_free(&k);
	free(big);
}

static void cut_and_mangled_files_fail_cleanly(void **state)
{
	text pem = openssl_pem(ed25519(), NULL);

	(void)state;
	for (size_t n = 0; n + 1 < pem.len; n++) {
		text t = pem;

		t.len = n;
		expect("cut", &t, NULL, AK_BAD_FORMAT, "key.pem");
	}
	for (size_t bit = 0; bit < pem.len * 8; bit++) {
		text t = pem;
		ak_seckey *k = NULL;

		t.s[bit / 8] = (char)(t.s[bit / 8] ^ (1 << bit % 8));
		/* Another secret is another key; anything else is refused. */
		if (ak_seckey_from_pem(span_of(&t), NULL, &k, NULL) == AK_OK)
			ak_seckey_free(&k);
		assert_true(ERR_peek_error() == 0);
	}
}

static void weak_private_keys_are_refused(void **state)
{
	text t;

	(void)state;
	t = openssl_pem(EVP_RSA_gen(1024), NULL);
	expect("RSA 1024", &t, NULL, AK_WEAK_KEY, "key.spki");
	t = openssl_pem(EVP_EC_gen("P-384"), NULL);
	expect("P-384", &t, NULL, AK_WEAK_KEY, "key.spki");
	t = openssl_pem(EVP_PKEY_Q_keygen(NULL, NULL, "ED448"), NULL);
	expect("Ed448", &t, NULL, AK_WEAK_KEY, "key.spki");
	t = openssl_pem(EVP_PKEY_Q_keygen(NULL, NULL, "X25519"), NULL);
	expect("X25519", &t, NULL, AK_WEAK_KEY, "key.spki");
}

static void compressed_ec_files_are_read(void **state)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	text t;

	(void)state;
	assert_int_equal(EVP_PKEY_set_utf8_string_param(
		pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed"), 1);
	t = openssl_pem(pkey, NULL);
	expect("compressed point in the file", &t, NULL, AK_OK, "");
}

/* A P-256 file with one key's secret and another's point. */
static void halves_of_two_keys_are_refused(void **state)
{
	EVP_PKEY *a = EVP_EC_gen("P-256"), *b = EVP_EC_gen("P-256"), *mix = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params;
	BIGNUM *secret = NULL;
	uint8_t point[65];
	size_t len;
	text t;

	(void)state;
	assert_int_equal(EVP_PKEY_get_bn_param(a, OSSL_PKEY_PARAM_PRIV_KEY, &secret), 1);
	assert_int_equal(EVP_PKEY_get_octet_string_param(b, OSSL_PKEY_PARAM_PUB_KEY, point,
	                                                 sizeof(point), &len), 1);
	OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
	OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, len);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, secret);
	params = OSSL_PARAM_BLD_to_param(bld);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &mix, EVP_PKEY_KEYPAIR, params), 1);
	t = openssl_pem(mix, NULL);
	expect("halves of two keys", &t, NULL, AK_BAD_FORMAT, "key.private");
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(a);
	EVP_PKEY_free(b);
	BN_clear_free(secret);
}

static void rsa_keys_are_not_generated(void **state)
{
	ak_seckey *k = NULL;
	ak_error err;

	(void)state;
	assert_int_equal(ak_seckey_generate(AK_KEY_RSA, &k, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "key.algorithm");
	assert_null(k);
}

static void public_files_are_strict_too(void **state)
{
	ak_seckey *k = NULL;
	ak_pubkey *pub = NULL;
	ak_error err;
	ak_buf pem;

	(void)state;
	ak_buf_init(&pem, TEXT_MAX);
	assert_int_equal(ak_seckey_generate(AK_KEY_ED25519, &k, NULL), AK_OK);
	assert_int_equal(ak_seckey_to_pem(k, &pem, NULL), AK_OK);
	assert_int_equal(ak_pubkey_from_pem(ak_buf_span(&pem), &pub, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "key.pem");
	ak_buf_wipe(&pem);
	assert_int_equal(ak_pubkey_to_pem(ak_seckey_public(k), &pem, NULL), AK_OK);
	for (size_t n = 0; n + 1 < pem.len; n++) {
		assert_int_equal(ak_pubkey_from_pem((ak_span){ pem.data, n }, &pub, &err),
		                 AK_BAD_FORMAT);
		assert_null(pub);
	}
	ak_buf_clear(&pem);
	ak_buf_init(&pem, 40);
	assert_int_equal(ak_pubkey_to_pem(ak_seckey_public(k), &pem, &err), AK_LIMIT);
	ak_buf_clear(&pem);
	ak_seckey_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_keys_are_read_back),
		cmocka_unit_test(openssl_writes_the_same_text),
		cmocka_unit_test(encrypted_keys_need_their_passphrase),
		cmocka_unit_test(white_space_around_is_allowed),
		cmocka_unit_test(one_block_and_nothing_else),
		cmocka_unit_test(long_files_are_refused),
		cmocka_unit_test(cut_and_mangled_files_fail_cleanly),
		cmocka_unit_test(weak_private_keys_are_refused),
		cmocka_unit_test(compressed_ec_files_are_read),
		cmocka_unit_test(halves_of_two_keys_are_refused),
		cmocka_unit_test(rsa_keys_are_not_generated),
		cmocka_unit_test(public_files_are_strict_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
