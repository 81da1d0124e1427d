/* SPDX-License-Identifier: Apache-2.0 */
/* What a test remembers of signatures that were tried lets through nothing that OpenSSL did not. */
#include "tried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/key.h"

enum { MESSAGE = 40, SIGNATURE = 64 };

static const char text[MESSAGE + 1] = "a text that one key signed and no other!";

static void sign(ak_seckey *k, uint8_t sig[SIGNATURE])
{
	ak_buf b;

	ak_buf_init(&b, SIGNATURE);
	assert_int_equal(ak_seckey_sign(k, ak_span_str(text), &b, NULL), AK_OK);
	assert_int_equal(b.len, SIGNATURE);
	memcpy(sig, b.data, SIGNATURE);
	ak_buf_clear(&b);
}

static void is_refused(const ak_pubkey *k, const uint8_t *message, const uint8_t *sig, const char *what, size_t bit)
{
	if (ak_pubkey_check(k, (ak_span){ message, MESSAGE }, (ak_span){ sig, SIGNATURE }, NULL) != AK_BAD_SIGNATURE)
		fail_msg("bit %zu of the %s", bit, what);
}

static void only_what_verified_is_remembered(void **state)
{
	ak_seckey *one = NULL, *other = NULL;
	uint8_t sig[SIGNATURE], message[MESSAGE];

	(void)state;
	assert_int_equal(ak_seckey_generate(AK_KEY_ED25519, &one, NULL), AK_OK);
	assert_int_equal(ak_seckey_generate(AK_KEY_ED25519, &other, NULL), AK_OK);
	sign(one, sig);
	memcpy(message, text, MESSAGE);
	tried_once();
	for (int again = 0; again < 2; again++) {
		is_refused(ak_seckey_public(other), message, sig, "key", 0);
		assert_int_equal(ak_pubkey_check(ak_seckey_public(one), (ak_span){ message, MESSAGE }, (ak_span){ sig, SIGNATURE }, NULL), AK_OK);
		for (size_t bit = 0; bit < 8 * SIGNATURE; bit++) {
			sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
			is_refused(ak_seckey_public(one), message, sig, "signature", bit);
			sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t bit = 0; bit < 8 * MESSAGE; bit++) {
			message[bit / 8] ^= (uint8_t)(1u << bit % 8);
			is_refused(ak_seckey_public(one), message, sig, "message", bit);
			message[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
	ak_seckey_free(&one);
	ak_seckey_free(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(only_what_verified_is_remembered) };

	return cmocka_run_group_tests_name("tried", tests, NULL, NULL);
}
