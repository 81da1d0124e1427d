/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and signatures put together from numbers, keys held elsewhere, and encrypted key files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "crypto/der.h"
#include "crypto/key.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

static void must(ak_status st, const ak_error *err)
{
	if (st != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(st), err->where, err->detail);
}

static ak_span span(const void *p, size_t n)
{
	return (ak_span){ p, n };
}

/* X.690 8.1.3.5, 8.3.2: the fewest bytes for lengths, and for integers with the sign bit clear. */
static void test_der_is_the_shortest_there_is(void **state)
{
	static const struct {
		const char *name;
		uint8_t in[4];
		size_t n;
		uint8_t want[6];
		size_t want_n;
	} rows[] = {
		{ "zero", { 0 }, 1, { 2, 1, 0 }, 3 },
		{ "nothing is zero", { 0 }, 0, { 2, 1, 0 }, 3 },
		{ "sign bit clear", { 0x7f }, 1, { 2, 1, 0x7f }, 3 },
		{ "sign bit set", { 0x80 }, 1, { 2, 2, 0, 0x80 }, 4 },
		{ "leading zeros go", { 0, 0, 0x01 }, 3, { 2, 1, 1 }, 3 },
		{ "one stays for the sign", { 0, 0, 0xff }, 3, { 2, 2, 0, 0xff }, 4 },
	};
	static const size_t lengths[] = { 0, 1, 127, 128, 255, 256, 65535, 65536, AK_DER_LEN_MAX };
	static uint8_t big[AK_DER_LEN_MAX + 1];
	ak_error err = { 0 };
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 1 << 25);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_buf_clear(&b);
		must(ak_der_put_unsigned(&b, span(rows[i].in, rows[i].n), &err), &err);
		if (b.len != rows[i].want_n || memcmp(b.data, rows[i].want, b.len) != 0)
			fail_msg("%s: other bytes", rows[i].name);
	}
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		ak_span in, content;

		ak_buf_clear(&b);
		must(ak_der_put(&b, AK_DER_SEQUENCE, span(big, lengths[i]), &err), &err);
		in = ak_buf_span(&b);
		assert_true(ak_der_take(&in, AK_DER_SEQUENCE, &content));
		assert_int_equal(content.len, lengths[i]);
		assert_int_equal(in.len, 0);
	}
	assert_int_equal(ak_der_put(&b, AK_DER_SEQUENCE, span(big, sizeof(big)), &err), AK_LIMIT);
	ak_buf_clear(&b);
}

static void same_key(EVP_PKEY *pkey, ak_status (*from)(EVP_PKEY *, ak_pubkey **, ak_error *))
{
	unsigned char *der = NULL;
	ak_error err = { 0 };
	ak_pubkey *k = NULL;
	int n = i2d_PUBKEY(pkey, &der);

	assert_true(n > 0);
	must(from(pkey, &k, &err), &err);
	assert_int_equal(ak_pubkey_spki(k).len, n);
	assert_memory_equal(ak_pubkey_spki(k).data, der, (size_t)n);
	ak_pubkey_free(&k);
	OPENSSL_free(der);
	EVP_PKEY_free(pkey);
}

static ak_status from_point(EVP_PKEY *pkey, ak_pubkey **out, ak_error *err)
{
	uint8_t point[65];
	size_t n = 0;

	assert_int_equal(EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &n), 1);
	assert_int_equal(n, sizeof(point));
	return ak_pubkey_from_p256(point, out, err);
}

static ak_status from_numbers(EVP_PKEY *pkey, ak_pubkey **out, ak_error *err)
{
	static const uint8_t f4[] = { 0, 1, 0, 1 };
	uint8_t modulus[1025] = { 0 };
	BIGNUM *n = NULL;
	int len;

	assert_int_equal(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n), 1);
	len = BN_bn2bin(n, modulus + 1); /* with a zero before it, as SSH writes numbers */
	BN_free(n);
	return ak_pubkey_from_rsa(span(modulus, (size_t)len + 1), span(f4, sizeof(f4)), out, err);
}

static void test_keys_from_numbers_are_the_same_keys(void **state)
{
	(void)state;
	same_key(EVP_EC_gen("P-256"), from_point);
	same_key(EVP_RSA_gen(2048), from_numbers);
}

static void test_weak_numbers_are_refused(void **state)
{
	static const uint8_t three[] = { 3 }, f4[] = { 1, 0, 1 };
	static uint8_t point[65] = { 4, 1, 2, 3 }, modulus[4000];
	ak_error err = { 0 };
	ak_pubkey *k = NULL;

	(void)state;
	memset(modulus, 0xff, sizeof(modulus));
	assert_int_equal(ak_pubkey_from_p256(point, &k, &err), AK_WEAK_KEY);
	assert_int_equal(ak_pubkey_from_rsa(span(modulus, 256), span(three, 1), &k, &err), AK_WEAK_KEY);
	assert_int_equal(ak_pubkey_from_rsa(span(modulus, 128), span(f4, 3), &k, &err), AK_WEAK_KEY);
	assert_int_equal(ak_pubkey_from_rsa(span(modulus, sizeof(modulus)), span(f4, 3), &k, &err), AK_WEAK_KEY);
	assert_null(k);
}

/* ---- keys held elsewhere ---- */

typedef struct elsewhere {
	ak_seckey *real;
	bool lies;
	size_t signatures, freed;
} elsewhere;

static ak_status sign(void *ctx, ak_span message, ak_buf *sig, ak_error *err)
{
	elsewhere *e = ctx;
	ak_status st;

	e->signatures++;
	st = ak_seckey_sign(e->real, message, sig, err);
	if (st == AK_OK && e->lies)
		sig->data[10] ^= 1;
	return st;
}

static void let_go(void *ctx)
{
	((elsewhere *)ctx)->freed++;
}

static void test_a_held_key_signs_and_never_leaves(void **state)
{
	const ak_key_alg algs[] = { AK_KEY_ED25519, AK_KEY_P256 };
	ak_span message = ak_span_str("a message");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		elsewhere e = { 0 };
		ak_key_holder holder = { &e, sign, let_go };
		ak_pubkey *pub = NULL;
		ak_seckey *k = NULL;
		ak_error err = { 0 };
		ak_buf b;

		ak_buf_init(&b, 4096);
		must(ak_seckey_generate(algs[i], &e.real, &err), &err);
		must(ak_pubkey_from_spki(ak_pubkey_spki(ak_seckey_public(e.real)), &pub, &err), &err);
		must(ak_seckey_held(pub, &holder, &k, &err), &err);
		assert_int_equal(e.signatures, 0);
		must(ak_seckey_sign(k, message, &b, &err), &err);
		assert_true(ak_pubkey_verify(ak_seckey_public(k), message, ak_buf_span(&b)));
		ak_buf_clear(&b);
		/* What it says is looked at before it is handed on. */
		e.lies = true;
		assert_int_equal(ak_seckey_sign(k, message, &b, &err), AK_INTERNAL);
		assert_int_equal(b.len, 0);
		assert_int_equal(ak_seckey_to_pem(k, &b, &err), AK_INVALID_ARGUMENT);
		assert_int_equal(ak_seckey_to_pem_encrypted(k, "a passphrase", &b, &err), AK_INVALID_ARGUMENT);
		assert_int_equal(b.len, 0);
		ak_seckey_free(&k);
		assert_int_equal(e.freed, 1);
		ak_seckey_free(&e.real);
		ak_buf_clear(&b);
	}
}

/* ---- encrypted key files ---- */

static void test_an_encrypted_key_opens_with_its_passphrase_only(void **state)
{
	ak_seckey *k = NULL, *again = NULL;
	ak_error err = { 0 };
	char long_one[AK_PASSPHRASE_MAX + 2];
	ak_buf b;

	(void)state;
	memset(long_one, 'x', sizeof(long_one) - 1);
	long_one[sizeof(long_one) - 1] = '\0';
	ak_buf_init(&b, 8192);
	must(ak_seckey_generate(AK_KEY_P256, &k, &err), &err);
	assert_int_equal(ak_seckey_to_pem_encrypted(k, "", &b, &err), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_seckey_to_pem_encrypted(k, long_one, &b, &err), AK_INVALID_ARGUMENT);
	must(ak_seckey_to_pem_encrypted(k, "長い合言葉", &b, &err), &err);
	assert_true(ak_span_starts(ak_buf_span(&b), "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
	assert_int_equal(ak_seckey_from_pem(ak_buf_span(&b), NULL, &again, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "key.passphrase");
	assert_int_equal(ak_seckey_from_pem(ak_buf_span(&b), "another", &again, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "key.passphrase");
	must(ak_seckey_from_pem(ak_buf_span(&b), "長い合言葉", &again, &err), &err);
	assert_memory_equal(ak_pubkey_id(ak_seckey_public(again)), ak_pubkey_id(ak_seckey_public(k)), sizeof(ak_digest));
	ak_seckey_free(&again);
	ak_seckey_free(&k);
	ak_buf_wipe(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_der_is_the_shortest_there_is),
		cmocka_unit_test(test_keys_from_numbers_are_the_same_keys),
		cmocka_unit_test(test_weak_numbers_are_refused),
		cmocka_unit_test(test_a_held_key_signs_and_never_leaves),
		cmocka_unit_test(test_an_encrypted_key_opens_with_its_passphrase_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
