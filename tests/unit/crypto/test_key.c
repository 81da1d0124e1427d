/* SPDX-License-Identifier: Apache-2.0 */
/* Which public keys are taken, and that each has one encoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "spki_builder.h"

static void good_keys_are_taken(void **state)
{
	static const size_t rsa_bits[] = { 2048, 2049, 3072, 4095, 4096, 8191, 8192 };

	(void)state;
	for (int i = 0; i < 20; i++) {
		der ed = spki_and_free(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
		der ec = spki_and_free(EVP_EC_gen("P-256"));

		check_good(&ed, AK_KEY_ED25519);
		check_good(&ec, AK_KEY_P256);
	}
	for (size_t i = 0; i < COUNT(rsa_bits); i++) {
		der rsa = rsa_spki(rsa_bits[i]);

		check_good(&rsa, AK_KEY_RSA);
	}
}

/* OpenSSL reads and writes the very same bytes: ours is the encoding everybody has. */
static void openssl_agrees_on_the_encoding(void **state)
{
	der all[] = { spki_and_free(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")),
		      spki_and_free(EVP_EC_gen("P-256")), rsa_spki(2048), rsa_spki(8192) };

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		const unsigned char *p = all[i].b;
		der back = spki_and_free(d2i_PUBKEY(NULL, &p, (long)all[i].len));

		assert_true(ak_span_eq(span_of(&back), span_of(&all[i])));
	}
}

/* --- form -------------------------------------------------------------------------- */

/* Every bit: either it is refused, or it is another key that OpenSSL writes the same way. */
static void flipped(const der *good)
{
	for (size_t bit = 0; bit < good->len * 8; bit++) {
		der d = *good, back;
		ak_pubkey *k = NULL;
		const unsigned char *p = d.b;

		d.b[bit / 8] = (uint8_t)(d.b[bit / 8] ^ (1u << bit % 8));
		if (ak_pubkey_from_spki(span_of(&d), &k, NULL) != AK_OK)
			continue;
		assert_true(ak_span_eq(ak_pubkey_spki(k), span_of(&d)));
		ak_pubkey_free(&k);
		back = spki_and_free(d2i_PUBKEY(NULL, &p, (long)d.len));
		if (!ak_span_eq(span_of(&back), span_of(&d)))
			fail_msg("bit %zu: two encodings", bit);
	}
}

static void mangled_keys_have_no_second_encoding(void **state)
{
	der all[] = { spki_and_free(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")),
		      spki_and_free(EVP_EC_gen("P-256")), rsa_spki(2048) };

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		der longer = all[i];

		flipped(&all[i]);
		for (size_t n = 0; n < all[i].len; n++) {
			uint8_t *cut = malloc(n == 0 ? 1 : n); /* so that reads past the end show */

			assert_non_null(cut);
			memcpy(cut, all[i].b, n);
			expect("cut", (ak_span){ cut, n }, AK_BAD_FORMAT, "key.spki");
			free(cut);
		}
		append(&longer, "", 1);
		expect("byte after", span_of(&longer), AK_BAD_FORMAT, "key.spki");
	}
}

static void ber_is_refused(void **state)
{
	der good = rsa_spki(2048), d;
	der ed = spki_and_free(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	uint8_t big[AK_SPKI_MAX + 1] = { 0x30 };

	(void)state;
	d = ed; /* 30 2a -> 30 81 2a */
	memmove(d.b + 2, d.b + 1, d.len++ - 1);
	d.b[1] = 0x81;
	expect("length longer than needed", span_of(&d), AK_BAD_FORMAT, "key.spki");
	d = good; /* 30 82 xx xx -> 30 83 00 xx xx */
	memmove(d.b + 3, d.b + 2, d.len++ - 2);
	d.b[1] = 0x83;
	d.b[2] = 0;
	expect("length of three bytes", span_of(&d), AK_BAD_FORMAT, "key.spki");
	d = ed;
	d.b[1] = 0x80;
	append(&d, "\0\0", 2);
	expect("indefinite length", span_of(&d), AK_BAD_FORMAT, "key.spki");
	expect("empty", (ak_span){ 0 }, AK_BAD_FORMAT, "key.spki");
	expect("over the limit", (ak_span){ big, sizeof(big) }, AK_BAD_FORMAT, "key.spki");
}

static void parameters_are_exact(void **state)
{
	static const uint8_t oid_ec[] = { 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1 };
	static const uint8_t p256_and_null[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7,
		                                 5, 0 };
	static const uint8_t oid_ed[] = { 6, 3, 0x2b, 0x65, 0x70 };
	static const uint8_t y[32] = { 3 };
	der n = rsa_numbers(2048, "\1\0\1", 3, false), d, odd;

	(void)state;
	d = spki_from(oid_ed, sizeof(oid_ed), "\5\0", 2, y, sizeof(y));
	expect("Ed25519 with NULL", span_of(&d), AK_BAD_FORMAT, "key.spki");
	d = spki_from(oid_ed, sizeof(oid_ed), "", 0, y, 31);
	expect("Ed25519 of 31 bytes", span_of(&d), AK_BAD_FORMAT, "key.spki");
	d = spki_from(oid_rsa, sizeof(oid_rsa), "", 0, n.b, n.len);
	expect("RSA without NULL", span_of(&d), AK_BAD_FORMAT, "key.spki");
	d = spki_from(oid_rsa, sizeof(oid_rsa), "\5\1\0", 3, n.b, n.len);
	expect("NULL with content", span_of(&d), AK_BAD_FORMAT, "key.spki");
	odd = rsa_numbers(2048, "\0\1\0\1", 4, false);
	d = spki_from(oid_rsa, sizeof(oid_rsa), "\5\0", 2, odd.b, odd.len);
	expect("exponent with a zero before", span_of(&d), AK_BAD_FORMAT, "key.spki");
	d = spki_and_free(EVP_EC_gen("P-256"));
	d = spki_from(oid_ec, sizeof(oid_ec), p256_and_null, sizeof(p256_and_null),
	              d.b + HEAD_P256 - 1, 65);
	expect("curve and NULL", span_of(&d), AK_BAD_FORMAT, "key.spki");
	odd = (der){ .len = 0 }; /* n and e, and then a third number */
	append(&odd, n.b + 4, n.len - 4);
	append(&odd, "\2\1\1", 3);
	wrap(&odd, 0x30);
	d = spki_from(oid_rsa, sizeof(oid_rsa), "\5\0", 2, odd.b, odd.len);
	expect("third RSA number", span_of(&d), AK_BAD_FORMAT, "key.spki");
	odd = rsa_spki(2048); /* algorithm and key, and then a NULL */
	d = (der){ .len = 0 };
	append(&d, odd.b + 4, odd.len - 4);
	append(&d, "\5\0", 2);
	wrap(&d, 0x30);
	expect("third part", span_of(&d), AK_BAD_FORMAT, "key.spki");
	odd = n;
	append(&odd, "", 1);
	d = spki_from(oid_rsa, sizeof(oid_rsa), "\5\0", 2, odd.b, odd.len);
	expect("byte after the RSA numbers", span_of(&d), AK_BAD_FORMAT, "key.spki");
	odd = n;
	odd.b[8] |= 0x80; /* the zero before the modulus */
	d = spki_from(oid_rsa, sizeof(oid_rsa), "\5\0", 2, odd.b, odd.len);
	expect("negative modulus", span_of(&d), AK_BAD_FORMAT, "key.spki");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_keys_are_taken),
		cmocka_unit_test(openssl_agrees_on_the_encoding),
		cmocka_unit_test(mangled_keys_have_no_second_encoding),
		cmocka_unit_test(ber_is_refused),
		cmocka_unit_test(parameters_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
