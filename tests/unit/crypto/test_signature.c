/* SPDX-License-Identifier: Apache-2.0 */
/* Signing and verifying: what holds, what does not, and from many threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "crypto/key.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <string.h>

enum { ED25519, P256, RSA2048, KINDS };

static ak_seckey *keys[KINDS];

/* akashi makes no RSA keys, but reads them. */
static ak_seckey *rsa_key(void)
{
	EVP_PKEY *pkey = EVP_RSA_gen(2048);
	BIO *bio = BIO_new(BIO_s_mem());
	ak_seckey *k = NULL;
	char *pem;
	long len;

	assert_non_null(pkey);
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL), 1);
	len = BIO_get_mem_data(bio, &pem);
	assert_int_equal(ak_seckey_from_pem((ak_span){ (const uint8_t *)pem, (size_t)len }, NULL,
	                                    &k, NULL), AK_OK);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return k;
}

static int make_keys(void **state)
{
	(void)state;
	assert_int_equal(ak_seckey_generate(AK_KEY_ED25519, &keys[ED25519], NULL), AK_OK);
	assert_int_equal(ak_seckey_generate(AK_KEY_P256, &keys[P256], NULL), AK_OK);
	keys[RSA2048] = rsa_key();
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		ak_seckey_free(&keys[i]);
	return 0;
}

static const ak_span message = { (const uint8_t *)"listing C21-0004-2", 18 };

static ak_buf sign(size_t kind, ak_span m)
{
	ak_buf sig;

	ak_buf_init(&sig, AK_SIGNATURE_MAX);
	assert_int_equal(ak_seckey_sign(keys[kind], m, &sig, NULL), AK_OK);
	return sig;
}

static bool holds(size_t kind, ak_span m, ak_span sig)
{
	const ak_pubkey *k = ak_seckey_public(keys[kind]);
	ak_error err = { 0 };
	ak_status st = ak_pubkey_check(k, m, sig, &err);

	assert_int_equal(ak_pubkey_verify(k, m, sig), st == AK_OK);
	if (st != AK_OK) {
		assert_int_equal(st, AK_BAD_SIGNATURE);
		assert_string_equal(err.where, "signature");
	}
	assert_true(ERR_peek_error() == 0);
	return st == AK_OK;
}

static void a_signature_verifies(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		ak_buf sig = sign(i, message);

		assert_true(holds(i, message, ak_buf_span(&sig)));
		ak_buf_clear(&sig);
		sig = sign(i, (ak_span){ 0 });
		assert_true(holds(i, (ak_span){ 0 }, ak_buf_span(&sig)));
		assert_true(holds(i, ak_span_str(""), ak_buf_span(&sig)));
		assert_false(holds(i, message, ak_buf_span(&sig)));
		ak_buf_clear(&sig);
	}
}

static void a_signature_of_another_key_does_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		ak_buf sig = sign(i, message);

		for (size_t k = 0; k < KINDS; k++)
			assert_int_equal(holds(k, message, ak_buf_span(&sig)), k == i);
		ak_buf_clear(&sig);
	}
}

static void flipped_bits_are_noticed(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		ak_buf sig = sign(i, message);
		uint8_t m[64];

		for (size_t bit = 0; bit < sig.len * 8; bit++) {
			sig.data[bit / 8] = (uint8_t)(sig.data[bit / 8] ^ (1u << bit % 8));
			if (holds(i, message, ak_buf_span(&sig)))
				fail_msg("key %zu: bit %zu of the signature", i, bit);
			sig.data[bit / 8] = (uint8_t)(sig.data[bit / 8] ^ (1u << bit % 8));
		}
		for (size_t bit = 0; bit < message.len * 8; bit++) {
			memcpy(m, message.data, message.len);
			m[bit / 8] = (uint8_t)(m[bit / 8] ^ (1u << bit % 8));
			if (holds(i, (ak_span){ m, message.len }, ak_buf_span(&sig)))
				fail_msg("key %zu: bit %zu of the message", i, bit);
		}
		assert_true(holds(i, message, ak_buf_span(&sig)));
		ak_buf_clear(&sig);
	}
}

static void cut_and_lengthened_signatures_are_noticed(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		ak_buf sig = sign(i, message);

		for (size_t n = 0; n < sig.len; n++)
			assert_false(holds(i, message, (ak_span){ sig.data, n }));
		assert_false(holds(i, message, (ak_span){ 0 }));
		assert_int_equal(ak_buf_add_byte(&sig, 0, NULL), AK_OK);
		assert_false(holds(i, message, ak_buf_span(&sig)));
		ak_buf_clear(&sig);
	}
}

/* --- ECDSA ------------------------------------------------------------------------- */

/* A signature with the given r and s, in the DER that OpenSSL writes. */
static ak_buf ecdsa(const BIGNUM *r, const BIGNUM *s)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	unsigned char *der = NULL;
	ak_buf out;
	int len;

	assert_int_equal(ECDSA_SIG_set0(sig, BN_dup(r), BN_dup(s)), 1);
	len = i2d_ECDSA_SIG(sig, &der);
	assert_true(len > 0);
	ak_buf_init(&out, AK_SIGNATURE_MAX);
	assert_int_equal(ak_buf_add(&out, der, (size_t)len, NULL), AK_OK);
	OPENSSL_free(der);
	ECDSA_SIG_free(sig);
	return out;
}

static void split(const ak_buf *sig, BIGNUM **r, BIGNUM **s)
{
	const unsigned char *p = sig->data;
	ECDSA_SIG *e = d2i_ECDSA_SIG(NULL, &p, (long)sig->len);

	assert_non_null(e);
	*r = BN_dup(ECDSA_SIG_get0_r(e));
	*s = BN_dup(ECDSA_SIG_get0_s(e));
	ECDSA_SIG_free(e);
}

static BIGNUM *group_order(void)
{
	BIGNUM *n = NULL;

	assert_true(BN_hex2bn(&n, "ffffffff00000000ffffffffffffffff"
	                          "bce6faada7179e84f3b9cac2fc632551") > 0);
	return n;
}

/* Both strings are true signatures: whoever counts strings counts one key twice. */
static void s_and_its_complement_both_verify(void **state)
{
	ak_buf sig = sign(P256, message), twin;
	BIGNUM *r, *s, *n = group_order();

	(void)state;
	split(&sig, &r, &s);
	assert_int_equal(BN_sub(s, n, s), 1);
	twin = ecdsa(r, s);
	assert_false(ak_span_eq(ak_buf_span(&sig), ak_buf_span(&twin)));
	assert_true(holds(P256, message, ak_buf_span(&twin)));
	ak_buf_clear(&sig);
	ak_buf_clear(&twin);
	BN_free(r);
	BN_free(s);
	BN_free(n);
}

static void numbers_out_of_range_do_not_verify(void **state)
{
	ak_buf sig = sign(P256, message), bad;
	BIGNUM *r, *s, *n = group_order(), *zero = BN_new();

	(void)state;
	split(&sig, &r, &s);
	bad = ecdsa(zero, s);
	assert_false(holds(P256, message, ak_buf_span(&bad)));
	ak_buf_clear(&bad);
	bad = ecdsa(r, zero);
	assert_false(holds(P256, message, ak_buf_span(&bad)));
	ak_buf_clear(&bad);
	bad = ecdsa(zero, zero);
	assert_false(holds(P256, message, ak_buf_span(&bad)));
	ak_buf_clear(&bad);
	bad = ecdsa(n, s);
	assert_false(holds(P256, message, ak_buf_span(&bad)));
	ak_buf_clear(&bad);
	assert_int_equal(BN_add(s, s, n), 1); /* the same residue */
	bad = ecdsa(r, s);
	assert_false(holds(P256, message, ak_buf_span(&bad)));
	ak_buf_clear(&bad);
	ak_buf_clear(&sig);
	BN_free(r);
	BN_free(s);
	BN_free(n);
	BN_free(zero);
}

static void ecdsa_in_ber_does_not_verify(void **state)
{
	ak_buf sig = sign(P256, message);
	uint8_t b[96];

	(void)state;
	/* 30 len -> 30 81 len */
	b[0] = 0x30;
	b[1] = 0x81;
	memcpy(b + 2, sig.data + 1, sig.len - 1);
	assert_false(holds(P256, message, (ak_span){ b, sig.len + 1 }));
	/* one more zero before r */
	memcpy(b, sig.data, 4);
	b[1]++;
	b[3]++;
	b[4] = 0;
	memcpy(b + 5, sig.data + 4, sig.len - 4);
	assert_false(holds(P256, message, (ak_span){ b, sig.len + 1 }));
	/* a third number in the sequence */
	memcpy(b, sig.data, sig.len);
	b[1] = (uint8_t)(b[1] + 3);
	memcpy(b + sig.len, "\x02\x01\x01", 3);
	assert_false(holds(P256, message, (ak_span){ b, sig.len + 3 }));
	ak_buf_clear(&sig);
}

/* --- Ed25519 ----------------------------------------------------------------------- */

/* RFC 8032 7.1, test 3. */
static void ed25519_known_answer(void **state)
{
	uint8_t raw[32], sig[64];
	const uint8_t m[] = { 0xaf, 0x82 };
	ak_pubkey *k = NULL;

	(void)state;
	assert_true(ak_hex_decode(ak_span_str("fc51cd8e6218a1a38da47ed00230f058"
	                                      "0816ed13ba3303ac5deb911548908025"),
	                          raw, sizeof(raw)));
	assert_true(ak_hex_decode(ak_span_str("6291d657deec24024827e69c3abe01a3"
	                                      "0ce548a284743a445e3680d7db5ac3ac"
	                                      "18ff9b538d16f290ae67f760984dc659"
	                                      "4a7c15e9716ed28dc027beceea1ec40a"),
	                          sig, sizeof(sig)));
	assert_int_equal(ak_pubkey_from_ed25519(raw, &k, NULL), AK_OK);
	assert_true(ak_pubkey_verify(k, (ak_span){ m, 2 }, (ak_span){ sig, 64 }));
	assert_false(ak_pubkey_verify(k, (ak_span){ m, 1 }, (ak_span){ sig, 64 }));
	ak_pubkey_free(&k);
}

/* S + L stands for the same number: refused, or one signature would have two strings. */
static void ed25519_s_not_reduced_does_not_verify(void **state)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
		                           0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		                           [31] = 0x10 };
	ak_buf sig = sign(ED25519, message);
	unsigned carry = 0;

	(void)state;
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)sig.data[32 + i] + order[i];
		sig.data[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
	assert_false(holds(ED25519, message, ak_buf_span(&sig)));
	ak_buf_clear(&sig);
}

/* --- threads ----------------------------------------------------------------------- */

typedef struct job {
	ak_span good[KINDS];
	size_t wrong;
} job;

static void *verify_many(void *arg)
{
	job *j = arg;

	for (int round = 0; round < 50; round++) {
		for (size_t i = 0; i < KINDS; i++) {
			const ak_pubkey *k = ak_seckey_public(keys[i]);

			if (!ak_pubkey_verify(k, message, j->good[i]))
				j->wrong++;
			if (ak_pubkey_verify(k, ak_span_str("another"), j->good[i]))
				j->wrong++;
		}
	}
	return NULL;
}

static void one_key_serves_many_threads(void **state)
{
	ak_buf sigs[KINDS];
	pthread_t threads[8];
	job jobs[8];

	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		sigs[i] = sign(i, message);
	for (size_t t = 0; t < 8; t++) {
		jobs[t] = (job){ .wrong = 0 };
		for (size_t i = 0; i < KINDS; i++)
			jobs[t].good[i] = ak_buf_span(&sigs[i]);
		assert_int_equal(pthread_create(&threads[t], NULL, verify_many, &jobs[t]), 0);
	}
	for (size_t t = 0; t < 8; t++) {
		assert_int_equal(pthread_join(threads[t], NULL), 0);
		assert_int_equal(jobs[t].wrong, 0);
	}
	for (size_t i = 0; i < KINDS; i++)
		ak_buf_clear(&sigs[i]);
}

static void a_full_buffer_is_an_error(void **state)
{
	ak_error err;
	ak_buf sig;

	(void)state;
	ak_buf_init(&sig, 63);
	assert_int_equal(ak_seckey_sign(keys[ED25519], message, &sig, &err), AK_LIMIT);
	assert_string_equal(err.where, "buffer");
	ak_buf_clear(&sig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_verifies),
		cmocka_unit_test(a_signature_of_another_key_does_not),
		cmocka_unit_test(flipped_bits_are_noticed),
		cmocka_unit_test(cut_and_lengthened_signatures_are_noticed),
		cmocka_unit_test(s_and_its_complement_both_verify),
		cmocka_unit_test(numbers_out_of_range_do_not_verify),
		cmocka_unit_test(ecdsa_in_ber_does_not_verify),
		cmocka_unit_test(ed25519_known_answer),
		cmocka_unit_test(ed25519_s_not_reduced_does_not_verify),
		cmocka_unit_test(one_key_serves_many_threads),
		cmocka_unit_test(a_full_buffer_is_an_error),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
