/* SPDX-License-Identifier: Apache-2.0 */
/* Verifier keys of signed notes, and the message that a cosignature signs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/note.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A stand-in for SHA-256, enough to see what is hashed and that the id is compared. */
static void toy_hash(ak_span in, ak_digest *out)
{
	uint32_t h = 2166136261U;

	*out = (ak_digest){ 0 };
	for (size_t i = 0; i < in.len; i++)
		h = (h ^ in.data[i]) * 16777619U;
	ak_put_be32(out->b, h);
}

static void key_id_hashes_name_newline_type_key(void **state)
{
	uint8_t in[6 + 1 + 1 + 32], id[4], key[32];
	ak_digest d;

	(void)state;
	memset(key, 0x5a, sizeof(key));
	memcpy(in, "a.test\n\x04", 8);
	memcpy(in + 8, key, 32);
	toy_hash((ak_span){ in, sizeof(in) }, &d);
	ak_note_key_id(ak_span_str("a.test"), 4, key, toy_hash, id);
	assert_memory_equal(id, d.b, 4);
}

static void make_key(ak_vkey *k, ak_buf *text)
{
	*k = (ak_vkey){ .name = "w.test/証", .type = AK_NOTE_COSIGNATURE };
	for (size_t i = 0; i < sizeof(k->key); i++)
		k->key[i] = (uint8_t)(i * 9 + 200);
	ak_note_key_id(ak_span_str(k->name), k->type, k->key, toy_hash, k->id);
	ak_buf_init(text, 1000);
	assert_int_equal(ak_vkey_format(k, text, NULL), AK_OK);
}

static void verifier_keys_round_trip(void **state)
{
	ak_vkey k, again;
	ak_buf b, c;

	(void)state;
	make_key(&k, &b);
	assert_int_equal(ak_vkey_parse(ak_buf_span(&b), toy_hash, &again, NULL), AK_OK);
	assert_string_equal(again.name, k.name);
	assert_memory_equal(again.id, k.id, 4);
	assert_int_equal(again.type, k.type);
	assert_memory_equal(again.key, k.key, 32);

	/* The base64 of a key may hold '+': only the first two cut. */
	for (size_t n = 0; n < b.len; n++)
		assert_int_not_equal(ak_vkey_parse((ak_span){ b.data, n }, toy_hash, &again,
		                                   NULL), AK_OK);
	for (size_t i = 0; i < b.len * 8; i++) {
		b.data[i / 8] = (uint8_t)(b.data[i / 8] ^ 1U << i % 8);
		/* Every flip changes what is hashed or the id: none may pass. */
		if (ak_vkey_parse(ak_buf_span(&b), toy_hash, &again, NULL) == AK_OK)
			fail_msg("bit %zu", i);
		b.data[i / 8] = (uint8_t)(b.data[i / 8] ^ 1U << i % 8);
	}
	ak_buf_init(&c, 1000);
	assert_int_equal(ak_vkey_parse(ak_buf_span(&b), toy_hash, &again, NULL), AK_OK);
	assert_int_equal(ak_vkey_format(&again, &c, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&b), ak_buf_span(&c)));
	ak_buf_clear(&b);
	ak_buf_clear(&c);
}

#define ZEROS31 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void malformed_keys(void **state)
{
	static const struct {
		const char *name, *in;
		ak_status want;
		const char *where;
		uint64_t at;
	} rows[] = {
		{ "empty", "", AK_BAD_FORMAT, "vkey.name", 0 },
		{ "name alone", "a", AK_BAD_FORMAT, "vkey.name", 1 },
		{ "empty name", "+00000000+AQ" ZEROS31 "A", AK_BAD_FORMAT, "vkey.name", 0 },
		{ "blank in the name", "a b+00000000+AQ==", AK_BAD_FORMAT, "vkey.name", 0 },
		{ "seven digits", "a+0000000+AQ" ZEROS31 "A", AK_BAD_FORMAT, "vkey.id", 2 },
		{ "nine digits", "a+000000000+AQ" ZEROS31 "A", AK_BAD_FORMAT, "vkey.id", 2 },
		{ "upper case", "a+0000000A+AQ" ZEROS31 "A", AK_BAD_FORMAT, "vkey.id", 2 },
		{ "no key", "a+00000000+", AK_BAD_FORMAT, "vkey.key", 11 },
		{ "nothing after the id", "a+00000000", AK_BAD_FORMAT, "vkey.id", 2 },
		{ "padding missing", "a+00000000+AQ" ZEROS31, AK_BAD_FORMAT, "vkey.key", 54 },
		{ "key of 31 bytes", "a+00000000+AQ" ZEROS31 "=", AK_BAD_FORMAT, "vkey.key", 11 },
		{ "key of 33 bytes", "a+00000000+AQ" ZEROS31 "AAA==", AK_BAD_FORMAT, "vkey.key", 11 },
		{ "type alone", "a+00000000+AQ==", AK_BAD_FORMAT, "vkey.key", 11 },
		{ "newline at the end", "a+00000000+AQ" ZEROS31 "A\n", AK_BAD_FORMAT, "vkey.key", 56 },
		{ "ECDSA", "a+00000000+Ag" ZEROS31 "A", AK_UNKNOWN_VERSION, "vkey.type", 11 },
		{ "ML-DSA", "a+00000000+Bg==", AK_UNKNOWN_VERSION, "vkey.type", 11 },
		/* B05 */
		{ "id of another key", "a+00000000+AQ" ZEROS31 "A", AK_BAD_FORMAT, "vkey.id", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_vkey k = { .type = 77 };
		ak_error err = { 0 };
		ak_status st = ak_vkey_parse(ak_span_str(rows[i].in), toy_hash, &k, &err);

		if (st != rows[i].want || strcmp(err.where, rows[i].where) != 0 ||
		    err.at != rows[i].at)
			fail_msg("%s: %s at %s %" PRIu64 " (%s)", rows[i].name,
			         ak_status_name(st), st == AK_OK ? "" : err.where, err.at,
			         err.detail);
		assert_int_equal(k.type, 77);
	}
}

static void an_id_that_differs_is_shown(void **state)
{
	ak_error err = { 0 };
	ak_vkey k;
	ak_buf b;
	char id[9];

	(void)state;
	make_key(&k, &b);
	(void)snprintf(id, sizeof(id), "%08" PRIx32, ak_get_be32(k.id));
	k.id[3] ^= 1;
	ak_buf_clear(&b);
	assert_int_equal(ak_vkey_format(&k, &b, NULL), AK_OK);
	assert_int_equal(ak_vkey_parse(ak_buf_span(&b), toy_hash, &k, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "vkey.id");
	assert_string_equal(err.expected, id);
	assert_int_equal(strlen(err.found), 8);
	assert_string_not_equal(err.found, id);
	ak_buf_clear(&b);
}

static void keys_that_are_not_written(void **state)
{
	ak_vkey k = { .name = "a b", .type = AK_NOTE_ED25519 };
	ak_error err = { 0 };
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 1000);
	assert_int_equal(ak_vkey_format(&k, &b, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "vkey.name");
	k = (ak_vkey){ .name = "a", .type = 0x06 };
	assert_int_equal(ak_vkey_format(&k, &b, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "vkey.type");
	assert_int_equal(b.len, 0);
}

static void cosigned_message(void **state)
{
	ak_error err = { 0 };
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 1000);
	assert_int_equal(ak_cosignature_message(1679315147, ak_span_str("a\n0\n\n"), &b, &err),
	                 AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b), "cosignature/v1\ntime 1679315147\na\n0\n\n"));
	ak_buf_clear(&b);
	assert_int_equal(ak_cosignature_message(INT64_MAX, ak_span_str("\n"), &b, &err), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b),
	                       "cosignature/v1\ntime 9223372036854775807\n\n"));
	ak_buf_clear(&b);
	assert_int_equal(ak_cosignature_message((uint64_t)INT64_MAX + 1, ak_span_str("a\n"), &b,
	                                        &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "cosignature.time");
	assert_int_equal(ak_cosignature_message(1, ak_span_str("a"), &b, &err),
	                 AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "cosignature.text");
	assert_int_equal(ak_cosignature_message(1, (ak_span){ 0 }, &b, &err),
	                 AK_INVALID_ARGUMENT);
	assert_int_equal(b.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_id_hashes_name_newline_type_key),
		cmocka_unit_test(verifier_keys_round_trip),
		cmocka_unit_test(malformed_keys),
		cmocka_unit_test(an_id_that_differs_is_shown),
		cmocka_unit_test(keys_that_are_not_written),
		cmocka_unit_test(cosigned_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
