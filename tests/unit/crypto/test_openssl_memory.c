/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL running out of memory, at each allocation in turn, once and for good: it must
 * never look like a bad signature, a bad key, or a good anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crypto/key.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

enum { KINDS = 3, NEVER = -1 };

static ak_seckey *keys[KINDS];
static ak_buf sigs[KINDS];
static const ak_span message = { (const uint8_t *)"listing C21-0004-2", 18 };

/* --- an allocator that fails on demand --------------------------------------------- */

static long until_failure = NEVER;
static bool for_good, failed;

static bool fails(void)
{
	if (until_failure == NEVER)
		return false;
	if (until_failure > 0) {
		until_failure--;
		return false;
	}
	failed = true;
	if (!for_good)
		until_failure = NEVER;
	return true;
}

static void *failing_alloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : malloc(n);
}

static void *failing_resize(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : realloc(p, n);
}

static void plain_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* Run `step` with the n-th allocation failing, for every n there is. */
static void sweep(ak_status (*step)(size_t kind, ak_error *err), size_t kind)
{
	for (int good = 0; good < 2; good++) {
		size_t refused = 0;

		for (long n = 0;; n++) {
			ak_error err = { 0 };
			ak_status st;

			for_good = good != 0;
			failed = false;
			until_failure = n;
			st = step(kind, &err);
			until_failure = NEVER;
			if (ak_status_class(st) != AK_CLASS_OK &&
			    ak_status_class(st) != AK_CLASS_UNKNOWN)
				fail_msg("key %zu, allocation %ld: %s: %s", kind, n,
				         ak_status_name(st), err.detail);
			refused += st != AK_OK;
			if (failed)
				continue;
			assert_int_equal(st, AK_OK);
			break;
		}
		assert_true(refused != 0); /* else the allocator was never asked */
	}
}

static ak_status check(size_t kind, ak_error *err)
{
	return ak_pubkey_check(ak_seckey_public(keys[kind]), message, ak_buf_span(&sigs[kind]),
	                       err);
}

/* A forged signature: "good" is as wrong as anything can be. */
static ak_status check_forged(size_t kind, ak_error *err)
{
	ak_status st = ak_pubkey_check(ak_seckey_public(keys[kind]), ak_span_str("forged"),
	                               ak_buf_span(&sigs[kind]), err);

	if (st == AK_OK)
		fail_msg("key %zu: a forged signature is good", kind);
	return st == AK_BAD_SIGNATURE ? AK_OK : st;
}

static ak_status read_spki(size_t kind, ak_error *err)
{
	ak_pubkey *k = NULL;
	ak_status st = ak_pubkey_from_spki(ak_pubkey_spki(ak_seckey_public(keys[kind])), &k, err);

	assert_int_equal(k != NULL, st == AK_OK);
	ak_pubkey_free(&k);
	return st;
}

/* A key that ran out of memory may be damaged (RSA blinding), so each try has its own. */
static ak_seckey *copy_of(const ak_seckey *k)
{
	ak_seckey *copy = NULL;
	ak_buf pem;

	ak_buf_init(&pem, 16 * 1024);
	assert_int_equal(ak_seckey_to_pem(k, &pem, NULL), AK_OK);
	assert_int_equal(ak_seckey_from_pem(ak_buf_span(&pem), NULL, &copy, NULL), AK_OK);
	ak_buf_wipe(&pem);
	return copy;
}

/* Either an error, or something that verifies. */
static ak_status sign_with(const ak_seckey *k, long n, ak_error *err)
{
	ak_status st;
	ak_buf sig;

	/* Roomy: a length that OpenSSL makes up must not be believed. */
	ak_buf_init(&sig, (size_t)1 << 40);
	until_failure = n;
	st = ak_seckey_sign(k, message, &sig, err);
	until_failure = NEVER;
	if (st == AK_OK)
		assert_true(ak_pubkey_verify(ak_seckey_public(k), message, ak_buf_span(&sig)));
	else
		assert_int_equal(sig.len, 0);
	ak_buf_clear(&sig);
	return st;
}

static ak_status sign(size_t kind, ak_error *err)
{
	long n = until_failure;
	ak_seckey *k;
	ak_status st, next;

	until_failure = NEVER;
	k = copy_of(keys[kind]);
	st = sign_with(k, n, err);
	for (int i = 0; i < 3; i++) {
		next = sign_with(k, NEVER, NULL);
		assert_int_equal(next == AK_OK || ak_status_class(next) == AK_CLASS_UNKNOWN, 1);
	}
	ak_seckey_free(&k);
	return st;
}

static void checking_never_turns_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		sweep(check, i);
}

static void forged_never_turns_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		sweep(check_forged, i);
}

/* Nor does a want of memory that is over, and that nobody has read of. */
static void what_was_left_is_not_said_of_the_next(void **state)
{
	static const ak_span other = { (const uint8_t *)"listing C21-0005-2", 18 };

	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		ERR_raise(ERR_LIB_EVP, ERR_R_MALLOC_FAILURE);
		assert_int_equal(ak_pubkey_check(ak_seckey_public(keys[i]), other, ak_buf_span(&sigs[i]), NULL), AK_BAD_SIGNATURE);
	}
}

static void reading_a_key_never_turns_weak(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		sweep(read_spki, i);
}

static void what_is_signed_verifies(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		sweep(sign, i);
}

static void read_rsa(ak_seckey **out)
{
	EVP_PKEY *pkey = EVP_RSA_gen(2048);
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	long len;

	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL), 1);
	len = BIO_get_mem_data(bio, &pem);
	assert_int_equal(ak_seckey_from_pem((ak_span){ (const uint8_t *)pem, (size_t)len }, NULL,
	                                    out, NULL), AK_OK);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(ak_seckey_generate(AK_KEY_ED25519, &keys[0], NULL), AK_OK);
	assert_int_equal(ak_seckey_generate(AK_KEY_P256, &keys[1], NULL), AK_OK);
	read_rsa(&keys[2]);
	for (size_t i = 0; i < KINDS; i++) {
		ak_buf_init(&sigs[i], AK_SIGNATURE_MAX);
		assert_int_equal(ak_seckey_sign(keys[i], message, &sigs[i], NULL), AK_OK);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		ak_buf_clear(&sigs[i]);
		ak_seckey_free(&keys[i]);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checking_never_turns_bad),
		cmocka_unit_test(forged_never_turns_good),
		cmocka_unit_test(what_was_left_is_not_said_of_the_next),
		cmocka_unit_test(reading_a_key_never_turns_weak),
		cmocka_unit_test(what_is_signed_verifies),
	};

	/* Only before OpenSSL's first allocation. */
	if (CRYPTO_set_mem_functions(failing_alloc, failing_resize, plain_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, setup, teardown);
}
