/* SPDX-License-Identifier: Apache-2.0 */
/* Signature verification against the Wycheproof vectors: every "valid" test is accepted,
 * nothing else is.  RSA keys whose exponent is not 65537 are refused as keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crypto/key.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define VECTORS AK_SHARED_DIR "/vectors/wycheproof/"

typedef struct hex {
	uint8_t *b; /* exactly as long as the value, so that reads past the end show */
	size_t len;
} hex;

static uint8_t digit(char c)
{
	const char *digits = "0123456789abcdef", *p = strchr(digits, c);

	assert_non_null(p);
	return (uint8_t)(p - digits);
}

static hex hex_of(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));
	hex h;

	assert_non_null(s);
	h.len = strlen(s) / 2;
	h.b = malloc(h.len == 0 ? 1 : h.len);
	assert_non_null(h.b);
	for (size_t i = 0; i < h.len; i++)
		h.b[i] = (uint8_t)(digit(s[2 * i]) << 4 | digit(s[2 * i + 1]));
	return h;
}

static bool check_test(const ak_pubkey *key, const json_t *test)
{
	hex msg = hex_of(test, "msg"), sig = hex_of(test, "sig");
	const char *result = json_string_value(json_object_get(test, "result"));
	bool want = strcmp(result, "valid") == 0; /* "acceptable" is an old form: refused */
	bool got = ak_pubkey_verify(key, (ak_span){ msg.b, msg.len },
	                            (ak_span){ sig.b, sig.len });

	if (want != got)
		print_error("tcId %lld (%s): %s, and we say %s\n",
		            (long long)json_integer_value(json_object_get(test, "tcId")),
		            json_string_value(json_object_get(test, "comment")), result,
		            got ? "good" : "bad");
	free(msg.b);
	free(sig.b);
	return want == got;
}

/* NULL when the exponent makes the key one that akashi does not take. */
static ak_pubkey *key_of(const json_t *group)
{
	const json_t *e = json_object_get(json_object_get(group, "publicKey"), "publicExponent");
	bool weak = e != NULL && strcmp(json_string_value(e), "010001") != 0;
	hex spki = hex_of(group, "publicKeyDer");
	ak_pubkey *key = NULL;
	ak_error err;
	ak_status st = ak_pubkey_from_spki((ak_span){ spki.b, spki.len }, &key, &err);

	if (st != (weak ? AK_WEAK_KEY : AK_OK))
		fail_msg("%s for a %s key", ak_status_name(st), weak ? "weak" : "good");
	free(spki.b);
	return key;
}

static void run(const char *path, size_t want_run, size_t want_refused)
{
	json_t *root = json_load_file(path, 0, NULL), *group, *test;
	size_t i, k, tests = 0, refused = 0, wrong = 0;

	assert_non_null(root);
	json_array_foreach(json_object_get(root, "testGroups"), i, group) {
		ak_pubkey *key = key_of(group);

		json_array_foreach(json_object_get(group, "tests"), k, test) {
			if (key == NULL) {
				refused++;
				continue;
			}
			tests++;
			wrong += !check_test(key, test);
		}
		ak_pubkey_free(&key);
	}
	json_decref(root);
	assert_int_equal(wrong, 0);
	/* A vector file that is read only in part must not look like success. */
	assert_int_equal(tests, want_run);
	assert_int_equal(refused, want_refused);
}

static void ed25519(void **state)
{
	(void)state;
	run(VECTORS "ed25519_test.json", 151, 0);
}

static void p256(void **state)
{
	(void)state;
	run(VECTORS "ecdsa_secp256r1_sha256_test.json", 484, 0);
}

static void rsa_2048(void **state)
{
	(void)state;
	run(VECTORS "rsa_signature_2048_sha256_test.json", 257, 2);
}

static void rsa_3072(void **state)
{
	(void)state;
	run(VECTORS "rsa_signature_3072_sha256_test.json", 258, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ed25519),
		cmocka_unit_test(p256),
		cmocka_unit_test(rsa_2048),
		cmocka_unit_test(rsa_3072),
	};

	if (access(VECTORS "ed25519_test.json", R_OK) != 0) {
		(void)puts("skipped: vectors not present");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
