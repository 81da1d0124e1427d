/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered of a line under a head is that it verified: over these bytes, under this key (good_lines.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "crypto/hash.h"
#include "verify/cosignature.h"
#include "verify/good_lines.h"

#include <string.h>

#define NAME "log.example/x"
#define TEXT NAME "\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
#define OTHER NAME "\n4\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

enum { TIME = 1700000000 };

typedef struct lines {
	ak_seckey *key, *other;
	uint8_t raw[32], raw_other[32];
	ak_buf bytes[2];
	ak_note_line operator_line, cosignature;
} lines;

static void line_of(lines *s, size_t i, ak_note_line *out)
{
	ak_span rest = ak_buf_span(&s->bytes[i]);

	assert_true(ak_note_next(&rest, out));
}

static void begin(lines *s)
{
	uint8_t id[4];
	ak_buf sig;

	*s = (lines){ 0 };
	for (size_t i = 0; i < 2; i++)
		ak_buf_init(&s->bytes[i], AK_NOTE_MAX);
	ak_buf_init(&sig, 64);
	assert_int_equal(ak_seckey_generate(AK_KEY_ED25519, &s->key, NULL), AK_OK);
	assert_int_equal(ak_seckey_generate(AK_KEY_ED25519, &s->other, NULL), AK_OK);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(s->key), s->raw));
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(s->other), s->raw_other));
	ak_note_key_id(ak_span_str(NAME), AK_NOTE_ED25519, s->raw, ak_sha256, id);
	assert_int_equal(ak_seckey_sign(s->key, ak_span_str(TEXT), &sig, NULL), AK_OK);
	assert_int_equal(ak_note_line_format(ak_span_str(NAME), id, ak_buf_span(&sig), &s->bytes[0], NULL), AK_OK);
	assert_int_equal(ak_cosignature_make(s->key, ak_span_str("w.example"), ak_span_str(TEXT), TIME, &s->bytes[1], NULL), AK_OK);
	line_of(s, 0, &s->operator_line);
	line_of(s, 1, &s->cosignature);
	ak_buf_clear(&sig);
}

static void end(lines *s)
{
	for (size_t i = 0; i < 2; i++)
		ak_buf_clear(&s->bytes[i]);
	ak_seckey_free(&s->key);
	ak_seckey_free(&s->other);
}

static ak_status operator_says(ak_good_lines *g, const char *text, const ak_note_line *l, const uint8_t key[32])
{
	return ak_good_operator_line(g, ak_span_str(text), ak_span_str(NAME), l, key, NULL);
}

static bool witness_says(ak_good_lines *g, const char *text, const ak_note_line *l, const uint8_t key[32])
{
	bool good = false;
	int64_t time = 0;

	assert_int_equal(ak_good_cosignature(g, ak_span_str(text), l, key, &good, &time, NULL), AK_OK);
	if (good)
		assert_int_equal(time, TIME);
	return good;
}

/* The last byte of the signature, in the line as in what was read of it. */
static ak_note_line altered(lines *s, size_t i, ak_buf *bytes)
{
	ak_span rest;
	ak_note_line l;

	ak_buf_init(bytes, AK_NOTE_MAX);
	assert_int_equal(ak_buf_add_span(bytes, ak_buf_span(&s->bytes[i]), NULL), AK_OK);
	bytes->data[bytes->len - 10] = bytes->data[bytes->len - 10] == 'A' ? 'B' : 'A';
	rest = ak_buf_span(bytes);
	assert_true(ak_note_next(&rest, &l));
	return l;
}

static void what_was_good_is_good_for_these_bytes_only(void **state)
{
	ak_good_lines g = { 0 };
	ak_buf bent[2];
	static ak_note_line bad[2];
	static lines s;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < 2; i++)
		bad[i] = altered(&s, i, &bent[i]);
	for (int round = 0; round < 2; round++) { /* first it is tried, then remembered */
		assert_int_equal(operator_says(&g, TEXT, &s.operator_line, s.raw), AK_OK);
		assert_true(witness_says(&g, TEXT, &s.cosignature, s.raw));
		assert_int_equal(g.n, 2);
		assert_int_equal(operator_says(&g, OTHER, &s.operator_line, s.raw), AK_BAD_SIGNATURE);
		assert_int_equal(operator_says(&g, TEXT, &s.operator_line, s.raw_other), AK_BAD_SIGNATURE);
		assert_int_equal(operator_says(&g, TEXT, &s.cosignature, s.raw), AK_BAD_SIGNATURE);
		assert_int_equal(operator_says(&g, TEXT, &bad[0], s.raw), AK_BAD_SIGNATURE);
		assert_false(witness_says(&g, OTHER, &s.cosignature, s.raw));
		assert_false(witness_says(&g, TEXT, &s.cosignature, s.raw_other));
		assert_false(witness_says(&g, TEXT, &s.operator_line, s.raw));
		assert_false(witness_says(&g, TEXT, &bad[1], s.raw));
		assert_int_equal(g.n, 2); /* nothing bad is remembered */
	}
	for (size_t i = 0; i < 2; i++)
		ak_buf_clear(&bent[i]);
	end(&s);
}

static void the_oldest_makes_room(void **state)
{
	ak_good_lines g = { 0 };
	static lines s;

	(void)state;
	begin(&s);
	for (int64_t t = 0; t < 2 * AK_GOOD_LINES_MAX; t++) {
		ak_buf b;
		ak_span rest;
		ak_note_line l;
		bool good = false;
		int64_t time = 0;

		ak_buf_init(&b, AK_NOTE_MAX);
		assert_int_equal(ak_cosignature_make(s.key, ak_span_str("w.example"), ak_span_str(TEXT), TIME + t, &b, NULL), AK_OK);
		rest = ak_buf_span(&b);
		assert_true(ak_note_next(&rest, &l));
		assert_int_equal(ak_good_cosignature(&g, ak_span_str(TEXT), &l, s.raw, &good, &time, NULL), AK_OK);
		assert_true(good);
		assert_int_equal(time, TIME + t);
		ak_buf_clear(&b);
	}
	assert_true(witness_says(&g, TEXT, &s.cosignature, s.raw)); /* forgotten, and tried again */
	assert_int_equal(g.n, 2 * AK_GOOD_LINES_MAX + 1);
	end(&s);
}

/* Who keeps nothing is told the same. */
static void nothing_need_be_kept(void **state)
{
	static lines s;

	(void)state;
	begin(&s);
	assert_int_equal(operator_says(NULL, TEXT, &s.operator_line, s.raw), AK_OK);
	assert_int_equal(operator_says(NULL, OTHER, &s.operator_line, s.raw), AK_BAD_SIGNATURE);
	assert_true(witness_says(NULL, TEXT, &s.cosignature, s.raw));
	assert_false(witness_says(NULL, OTHER, &s.cosignature, s.raw));
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_good_is_good_for_these_bytes_only),
		cmocka_unit_test(the_oldest_makes_room),
		cmocka_unit_test(nothing_need_be_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
