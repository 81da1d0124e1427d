/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "crypto/hash.h"

#include <string.h>

/* FIPS 180-4 examples, and the lengths at which padding takes another block. */
static const struct {
	const char *what;
	char fill; /* 0: `text` as it stands */
	const char *text;
	size_t len;
	const char *sha256, *sha512;
} known[] = {
	{ "empty", 0, "", 0,
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
	{ "abc", 0, "abc", 3,
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "a million a", 'a', NULL, 1000000,
	  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	  "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
	  "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b" },
	{ "55 bytes", 'x', NULL, 55,
	  "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072",
	  "db9981645857e59805132f7699e78bbcf39f69380a41aac8e6fa158a0593f201"
	  "7ffe48764687aa855dae3023fcceefd51a1551d57730423df18503e80ba381ba" },
	{ "56 bytes", 'x', NULL, 56,
	  "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e",
	  "a9436ec7761f9f0d5fa48e652d72b54622f763b36106e6551900b32f6cd7f4d8"
	  "8dbeaadeb866d7f5311663eda3bbcda04ffb5a8e6779e14b84e95da5327c083e" },
	{ "63 bytes", 'x', NULL, 63,
	  "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2",
	  "a6662db83dd0037dd13091be284aa0ece35d796b1cefe154a8ae10f7910a1f3c"
	  "c6a097c0e8d068ca10099c5d0bfead8cefb93d4588b3a546017aa9a0f0509c12" },
	{ "64 bytes", 'x', NULL, 64,
	  "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c",
	  "791c91ff44685987a5c01d2811eede6f3a28d65e43709953c295931afc494125"
	  "1e3a5dccbacabaf01dd729589b1c4d47da93f6991c414f21188fb8449a2d1064" },
	{ "65 bytes", 'x', NULL, 65,
	  "9537c5fdf120482f7d58d25e9ed583f52c02b4e304ea814db1633ad565aed7e9",
	  "460d9da1179e60cf8ee45d2c687e45c963611cdf87d24f006e503608ddf28634"
	  "4cffdc6d4ecdc58ee6b0aa83dad625629e4bb0c22b0161135ea53597a4106850" },
	{ "111 bytes", 'x', NULL, 111,
	  "5ba60613dba318e9ed9020301e5dc59c721c19d82862e4d03718708aa75d2bad",
	  "9a2a120825c2319867758ec277924f6faa254968bf752046dacdd948d8ad299b"
	  "10359fd04bfd7d3810b5fa1b16a294236138baff981cbb85248478053ac4d3dd" },
	{ "112 bytes", 'x', NULL, 112,
	  "87bf6e70ecc829aa717756ac6797b82de8b30fca1281ea1659df31949839fc6b",
	  "a3722b515ef40c910f2419f6e0da8ca51d410114ce6272faae64045f9e9f630e"
	  "7fa8dd5a3243c9860b899d148c3da4bc0f9e07454542604d030bb55531fe0d5b" },
	{ "127 bytes", 'x', NULL, 127,
	  "70156a14adbabf98cff3a71c7084b417abf057a8efd27329ca36b7202c87d81f",
	  "1d5a8893e7b7ed83d485d26f88cfb846f3760279916976fe538e539fc16f7cd1"
	  "9ba3e1c2cd5fda78749a74205755cdf694e8fa90b2bfed8815f406af76c1d7bf" },
	{ "128 bytes", 'x', NULL, 128,
	  "24da1b81d0b16df6428eee73c69fcb2a93c76bc6df706f0c6670fe6bfe800464",
	  "e2e22f8422b54b06e35c3ea30a383d1de7a8fbc27992923074103117020d8dd7"
	  "024c3ecf7d6d1a15a6de5a75ff32fb486b9e8ced4c02ffe05822bf2cb734d0e0" },
};

static void known_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		uint8_t *data = malloc(known[i].len + 1);
		char hex[129];
		ak_digest d;
		uint8_t d512[64];

		assert_non_null(data);
		if (known[i].fill != 0)
			memset(data, known[i].fill, known[i].len);
		else
			memcpy(data, known[i].text, known[i].len);
		ak_sha256((ak_span){ data, known[i].len }, &d);
		ak_hex_encode(d.b, sizeof(d.b), hex);
		assert_string_equal(hex, known[i].sha256);
		ak_sha512((ak_span){ data, known[i].len }, d512);
		ak_hex_encode(d512, sizeof(d512), hex);
		assert_string_equal(hex, known[i].sha512);
		free(data);
	}
}

/* FIPS 180-4 examples; SHA-384 pads as SHA-512 does. */
static void sha384_known_answers(void **state)
{
	static const struct {
		const char *text, *sha384;
	} rows[] = {
		{ "", "38b060a751ac96384cd9327eb1b1e36a21fdb71114be0743"
		      "4c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b" },
		{ "abc", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
		         "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
	};
	char hex[97];
	uint8_t d[48];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_sha384(ak_span_str(rows[i].text), d);
		ak_hex_encode(d, sizeof(d), hex);
		assert_string_equal(hex, rows[i].sha384);
	}
}

/* In one piece or in many, it is the same; what is closed is refused. */
static void long_input_of_sha512(void **state)
{
	static uint8_t data[5000];
	ak_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	for (int as_384 = 0; as_384 < 2; as_384++) {
		uint8_t whole[64] = { 0 }, parts[64] = { 0 };
		ak_sha512_ctx *c = NULL;

		assert_int_equal(ak_sha512_open(as_384 != 0, &c, &err), AK_OK);
		for (size_t at = 0, n = 1; at < sizeof(data); at += n, n = n * 2 + 1) {
			size_t len = n < sizeof(data) - at ? n : sizeof(data) - at;

			assert_int_equal(ak_sha512_update(c, (ak_span){ data + at, len }, &err), AK_OK);
		}
		assert_int_equal(ak_sha512_close(&c, parts, &err), AK_OK);
		if (as_384)
			ak_sha384((ak_span){ data, sizeof(data) }, whole);
		else
			ak_sha512((ak_span){ data, sizeof(data) }, whole);
		assert_memory_equal(whole, parts, 64);
		assert_int_equal(ak_sha512_update(c, (ak_span){ data, 1 }, &err), AK_INVALID_ARGUMENT);
		assert_int_equal(ak_sha512_close(&c, parts, &err), AK_INVALID_ARGUMENT);
	}
}

static void no_bytes_may_be_a_null_span(void **state)
{
	ak_digest a, b;
	uint8_t x[64], y[64];

	(void)state;
	ak_sha256((ak_span){ 0 }, &a);
	ak_sha256(ak_span_str(""), &b);
	assert_true(ak_digest_eq(&a, &b));
	ak_sha512((ak_span){ 0 }, x);
	ak_sha512(ak_span_str(""), y);
	assert_memory_equal(x, y, sizeof(x));
	ak_sha256_tagged(0, (ak_span){ 0 }, (ak_span){ 0 }, &a);
	ak_sha256((ak_span){ (const uint8_t *)"", 1 }, &b);
	assert_true(ak_digest_eq(&a, &b));
}

/* The tagged hash is the hash of tag, a and b in a row, on both sides of the length
 * up to which they are joined first. */
static void tagged_is_the_hash_of_the_row(void **state)
{
	uint8_t row[1 + 300] = { AK_TAG_NODE };

	(void)state;
	for (size_t i = 1; i < sizeof(row); i++)
		row[i] = (uint8_t)(i * 7);
	for (size_t la = 0; la <= 150; la++) {
		for (size_t lb = 0; lb <= 150; lb += la % 3 == 0 ? 1 : 13) {
			ak_digest want, got;

			ak_sha256((ak_span){ row, 1 + la + lb }, &want);
			ak_sha256_tagged(AK_TAG_NODE, (ak_span){ row + 1, la },
			                 (ak_span){ row + 1 + la, lb }, &got);
			if (!ak_digest_eq(&want, &got))
				fail_msg("lengths %zu and %zu", la, lb);
		}
	}
}

static void tags_separate(void **state)
{
	static const uint8_t tags[] = { AK_TAG_LEAF, AK_TAG_NODE, AK_TAG_CHAIN,
		                        AK_TAG_MAP_LEAF, AK_TAG_MAP_NODE,
		                        AK_TAG_COMMITMENT };
	ak_digest d[sizeof(tags)];

	(void)state;
	for (size_t i = 0; i < sizeof(tags); i++) {
		ak_sha256_tagged(tags[i], ak_span_str("a"), ak_span_str("b"), &d[i]);
		for (size_t k = 0; k < i; k++)
			assert_false(ak_digest_eq(&d[i], &d[k]));
	}
}

static void streamed_is_the_same_however_cut(void **state)
{
	uint8_t data[1000];
	ak_digest want;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * i);
	ak_sha256((ak_span){ data, sizeof(data) }, &want);
	for (size_t step = 1; step <= sizeof(data); step += step < 130 ? 1 : 97) {
		ak_sha256_ctx *c = NULL;
		ak_digest got;

		assert_int_equal(ak_sha256_open(&c, NULL), AK_OK);
		for (size_t at = 0; at < sizeof(data); at += step) {
			size_t n = sizeof(data) - at < step ? sizeof(data) - at : step;

			assert_int_equal(ak_sha256_update(c, (ak_span){ data + at, n }, NULL),
			                 AK_OK);
			assert_int_equal(ak_sha256_update(c, (ak_span){ 0 }, NULL), AK_OK);
		}
		assert_int_equal(ak_sha256_close(&c, &got, NULL), AK_OK);
		assert_null(c);
		assert_true(ak_digest_eq(&got, &want));
	}
}

static void a_closed_stream_is_refused(void **state)
{
	ak_sha256_ctx *c = NULL;
	ak_digest d = { { 7 } };
	ak_error err;

	(void)state;
	assert_int_equal(ak_sha256_close(&c, &d, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "sha256");
	assert_int_equal(d.b[0], 7);
	assert_int_equal(ak_sha256_update(c, ak_span_str("x"), &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "sha256");
	ak_sha256_free(&c);
	ak_sha256_free(NULL);
}

static void random_bytes_differ(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };
	ak_error err;

	(void)state;
	assert_int_equal(ak_random(a, sizeof(a), NULL), AK_OK);
	assert_int_equal(ak_random(b, sizeof(b), NULL), AK_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_int_equal(ak_random(a, 0, NULL), AK_OK);
	assert_int_equal(ak_random(a, (size_t)INT32_MAX + 1, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "random");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(sha384_known_answers),
		cmocka_unit_test(long_input_of_sha512),
		cmocka_unit_test(no_bytes_may_be_a_null_span),
		cmocka_unit_test(tagged_is_the_hash_of_the_row),
		cmocka_unit_test(tags_separate),
		cmocka_unit_test(streamed_is_the_same_however_cut),
		cmocka_unit_test(a_closed_stream_is_refused),
		cmocka_unit_test(random_bytes_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
