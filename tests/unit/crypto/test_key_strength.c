/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that are well formed and yet refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "spki_builder.h"

#include <openssl/core_names.h>

static const uint8_t oid_pss[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
	                           0xf7, 0x0d, 0x01, 0x01, 0x0a };

static void expect_point(const char *rule, const uint8_t raw[32], ak_status want)
{
	static const uint8_t head[] = { 0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0 };
	ak_pubkey *k = NULL;
	ak_error err = { 0 };
	der d = { .len = 0 };

	if (ak_pubkey_from_ed25519(raw, &k, &err) != want)
		fail_msg("%s: wrong answer", rule);
	ak_pubkey_free(&k);
	if (want == AK_OK)
		return;
	assert_string_equal(err.where, "key.ed25519");
	append(&d, head, sizeof(head));
	append(&d, raw, 32);
	expect(rule, span_of(&d), want, "key.ed25519");
}

static void ed25519_points_of_small_order_are_weak(void **state)
{
	static const char *const y[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(y); i++) {
		uint8_t raw[32];

		assert_true(ak_hex_decode(ak_span_str(y[i]), raw, sizeof(raw)));
		expect_point("small order", raw, AK_WEAK_KEY);
		raw[31] |= 0x80;
		expect_point("small order, other x", raw, AK_WEAK_KEY);
	}
}

static void ed25519_points_not_reduced_are_weak(void **state)
{
	uint8_t raw[32];

	(void)state;
	for (unsigned low = 0xed; low <= 0xff; low++) {
		memset(raw, 0xff, sizeof(raw));
		raw[0] = (uint8_t)low;
		expect_point("not reduced, x odd", raw, AK_WEAK_KEY);
		raw[31] = 0x7f;
		expect_point("not reduced", raw, AK_WEAK_KEY);
	}
}

/* Whether small y have an x was computed apart, with another program. */
static void ed25519_points_off_the_curve_are_weak(void **state)
{
	static const struct {
		uint8_t y;
		bool on;
	} rows[] = { { 2, false }, { 3, true },  { 4, true }, { 5, true },   { 6, true },
		     { 7, false }, { 8, false }, { 9, true }, { 10, true },  { 11, false } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t raw[32] = { rows[i].y };

		expect_point("small y", raw, rows[i].on ? AK_OK : AK_WEAK_KEY);
		raw[31] = 0x80;
		expect_point("small y, other x", raw, rows[i].on ? AK_OK : AK_WEAK_KEY);
	}
}

static der ec_with(const char *param, const char *value)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");

	assert_non_null(pkey);
	assert_int_equal(EVP_PKEY_set_utf8_string_param(pkey, param, value), 1);
	return spki_and_free(pkey);
}

static void ec_keys_are_p256_named_and_whole(void **state)
{
	der good = spki_and_free(EVP_EC_gen("P-256")), d;

	(void)state;
	d = spki_and_free(EVP_EC_gen("P-384"));
	expect("P-384", span_of(&d), AK_WEAK_KEY, "key.spki");
	d = spki_and_free(EVP_EC_gen("secp256k1"));
	expect("secp256k1", span_of(&d), AK_WEAK_KEY, "key.spki");
	d = ec_with(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed");
	expect("compressed point", span_of(&d), AK_BAD_FORMAT, "key.spki");
	d = ec_with(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "hybrid");
	expect("hybrid point", span_of(&d), AK_BAD_FORMAT, "key.p256");
	d = ec_with(OSSL_PKEY_PARAM_EC_ENCODING, "explicit");
	expect("explicit curve", span_of(&d), AK_BAD_FORMAT, "key.spki");
	d = good;
	d.b[d.len - 1] ^= 1;
	expect("point off the curve", span_of(&d), AK_WEAK_KEY, "key.p256");
	d = good;
	memset(d.b + HEAD_P256, 0, 64);
	expect("zero", span_of(&d), AK_WEAK_KEY, "key.p256");
}

/* Two points with a coordinate so small that adding p still gives 32 bytes. */
static void p256_coordinates_are_reduced(void **state)
{
	static const char p[] = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
	static const char p_and_5[] =
		"ffffffff00000001000000000000000000000001000000000000000000000004";
	static const char y_of_0[] =
		"66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4";
	static const char x_of_5[] =
		"d7325d7646cd60d80a92738ceb345f844cffaf35841022cab176f692de8de1d7";
	der d = spki_and_free(EVP_EC_gen("P-256"));
	uint8_t *x = d.b + HEAD_P256, *y = x + 32;

	(void)state;
	memset(x, 0, 32);
	assert_true(ak_hex_decode(ak_span_str(y_of_0), y, 32));
	check_good(&d, AK_KEY_P256);
	assert_true(ak_hex_decode(ak_span_str(p), x, 32));
	expect("x not reduced", span_of(&d), AK_WEAK_KEY, "key.p256");
	assert_true(ak_hex_decode(ak_span_str(x_of_5), x, 32));
	memset(y, 0, 32);
	y[31] = 5;
	check_good(&d, AK_KEY_P256);
	assert_true(ak_hex_decode(ak_span_str(p_and_5), y, 32));
	expect("y not reduced", span_of(&d), AK_WEAK_KEY, "key.p256");
}

static void rsa_keys_are_bounded(void **state)
{
	static const struct {
		const char *rule;
		size_t bits;
		const char *e;
		size_t e_len;
		bool even;
	} rows[] = {
		{ "1024 bits", 1024, "\1\0\1", 3, false },
		{ "2047 bits", 2047, "\1\0\1", 3, false },
		{ "8193 bits", 8193, "\1\0\1", 3, false },
		{ "e = 1", 2048, "\1", 1, false },
		{ "e = 3", 2048, "\3", 1, false },
		{ "e = 65539", 2048, "\1\0\3", 3, false },
		{ "e of four bytes", 2048, "\1\0\0\1", 4, false },
		{ "even modulus", 2048, "\1\0\1", 3, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		der n = rsa_numbers(rows[i].bits, rows[i].e, rows[i].e_len, rows[i].even);
		der d = spki_from(oid_rsa, sizeof(oid_rsa), "\5\0", 2, n.b, n.len);

		expect(rows[i].rule, span_of(&d), AK_WEAK_KEY, "key.spki");
	}
}

static void other_algorithms_are_weak(void **state)
{
	static const char *const names[] = { "ED448", "X25519", "X448" };
	der n = rsa_numbers(2048, "\1\0\1", 3, false), d;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		d = spki_and_free(EVP_PKEY_Q_keygen(NULL, NULL, names[i]));
		expect(names[i], span_of(&d), AK_WEAK_KEY, "key.spki");
	}
	d = spki_from(oid_pss, sizeof(oid_pss), "", 0, n.b, n.len);
	expect("RSA-PSS", span_of(&d), AK_WEAK_KEY, "key.spki");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ed25519_points_of_small_order_are_weak),
		cmocka_unit_test(ed25519_points_not_reduced_are_weak),
		cmocka_unit_test(ed25519_points_off_the_curve_are_weak),
		cmocka_unit_test(ec_keys_are_p256_named_and_whole),
		cmocka_unit_test(p256_coordinates_are_reduced),
		cmocka_unit_test(rsa_keys_are_bounded),
		cmocka_unit_test(other_algorithms_are_weak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
