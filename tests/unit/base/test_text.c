/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Lengths with embedded NULs need a span of a literal. */
#define LIT(s) ((ak_span){ (const uint8_t *)(s), sizeof(s) - 1 })

static void decimals(void **state)
{
	static const struct { const char *name, *in; bool ok; uint64_t value; } rows[] = {
		{ "zero", "0", true, 0 },
		{ "one digit", "7", true, 7 },
		{ "many digits", "12345678901234567890", true, UINT64_C(12345678901234567890) },
		{ "greatest", "18446744073709551615", true, UINT64_MAX },
		{ "greatest and one", "18446744073709551616", false, 0 },
		{ "greatest, last digit 9", "18446744073709551619", false, 0 },
		{ "ten times too great", "184467440737095516150", false, 0 },
		{ "wraps to a small number", "36893488147419103233", false, 0 },
		{ "empty", "", false, 0 },
		{ "leading zero", "01", false, 0 },
		{ "two zeros", "00", false, 0 },
		{ "sign", "+1", false, 0 },
		{ "minus", "-1", false, 0 },
		{ "blank before", " 1", false, 0 },
		{ "blank after", "1 ", false, 0 },
		{ "newline after", "1\n", false, 0 },
		{ "slash, below 0", "1/", false, 0 },
		{ "colon, above 9", "1:", false, 0 },
		{ "hex", "0x1", false, 0 },
		{ "full-width", "１", false, 0 },
		{ "underscore", "1_0", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t v = 99;
		bool ok = ak_decimal_parse(ak_span_str(rows[i].in), &v);

		if (ok != rows[i].ok || v != (ok ? rows[i].value : 99))
			fail_msg("%s: %d, %" PRIu64, rows[i].name, ok, v);
	}
	assert_false(ak_decimal_parse(LIT("1\0"), &(uint64_t){ 0 }));
}

static void decimals_round_trip(void **state)
{
	uint64_t v = 1;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		uint64_t got = 0, want = v >> (i % 64);
		char text[32];

		v = v * UINT64_C(6364136223846793005) + 1;
		(void)snprintf(text, sizeof(text), "%" PRIu64, want);
		assert_true(ak_decimal_parse(ak_span_str(text), &got));
		assert_true(got == want);
	}
}

static void hex_round_trips_every_byte(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 256; v++) {
		uint8_t in = (uint8_t)v, out = 0;
		char text[3], want[3];

		ak_hex_encode(&in, 1, text);
		(void)snprintf(want, sizeof(want), "%02x", v);
		assert_string_equal(text, want);
		assert_true(ak_hex_decode(ak_span_str(text), &out, 1));
		assert_int_equal(out, in);
	}
}

/* All pairs of characters: exactly the 256 that encode gives. */
static void hex_accepts_what_it_writes(void **state)
{
	unsigned int good = 0;

	(void)state;
	for (unsigned int v = 0; v < 65536; v++) {
		uint8_t in[2] = { (uint8_t)(v >> 8), (uint8_t)v }, out = 0xa5;
		char again[3];

		if (!ak_hex_decode((ak_span){ in, 2 }, &out, 1)) {
			assert_int_equal(out, 0xa5);
			continue;
		}
		good++;
		ak_hex_encode(&out, 1, again);
		assert_memory_equal(again, in, 2);
	}
	assert_int_equal(good, 256);
}

static void hex_needs_the_exact_length(void **state)
{
	uint8_t out[2] = { 0xa5, 0xa5 };

	(void)state;
	assert_false(ak_hex_decode(ak_span_str(""), out, 2));
	assert_false(ak_hex_decode(ak_span_str("001"), out, 2));
	assert_false(ak_hex_decode(ak_span_str("00112"), out, 2));
	assert_false(ak_hex_decode(ak_span_str("001122"), out, 2));
	assert_false(ak_hex_decode(ak_span_str("001g"), out, 2));
	assert_false(ak_hex_decode(ak_span_str("00AB"), out, 2));
	assert_int_equal(out[0], 0xa5);
	assert_true(ak_hex_decode(ak_span_str(""), out, 0));
	assert_true(ak_hex_decode(ak_span_str("00ab"), out, 2));
	assert_int_equal(out[1], 0xab);
}

static void base64_rows(void **state)
{
	static const struct { const char *name, *in, *out; uint64_t at; } rows[] = {
		/* the examples of RFC 4648 section 10 */
		{ "empty", "", "", 0 },
		{ "one byte", "Zg==", "f", 0 },
		{ "two bytes", "Zm8=", "fo", 0 },
		{ "three bytes", "Zm9v", "foo", 0 },
		{ "six bytes", "Zm9vYmFy", "foobar", 0 },
		{ "both last letters", "+/+/", "\xfb\xff\xbf", 0 },
		{ "no padding", "Zg", NULL, 2 },
		{ "half the padding", "Zg=", NULL, 3 },
		{ "too much padding", "Zm9v====", NULL, 4 },
		{ "padding only", "====", NULL, 0 },
		{ "three pads", "Z===", NULL, 0 },
		{ "pad before a letter", "Zg=g", NULL, 0 },
		{ "pad in the middle", "Zg==Zm9v", NULL, 0 },
		{ "unused bits, one byte", "Zh==", NULL, 0 },
		{ "unused bits, two bytes", "Zm9=", NULL, 0 },
		{ "unused bits in a later group", "Zm9vZh==", NULL, 4 },
		{ "newline between groups", "Zm9v\nZm9v", NULL, 9 },
		{ "newline inside", "Zm9\n", NULL, 0 },
		{ "blank", "Zm 9", NULL, 0 },
		{ "URL-safe minus", "-_-_", NULL, 0 },
		{ "URL-safe later", "Zm9vZm9-", NULL, 4 },
		{ "comma", "Zm9,", NULL, 0 },
		{ "high bit", "Zm9\xf6", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_error err = { 0 };
		ak_buf b;
		bool ok;

		ak_buf_init(&b, 100);
		ok = ak_base64_decode(ak_span_str(rows[i].in), &b, &err);
		if (ok != (rows[i].out != NULL))
			fail_msg("%s: %d", rows[i].name, ok);
		if (ok && !ak_span_is(ak_buf_span(&b), rows[i].out))
			fail_msg("%s: other bytes", rows[i].name);
		if (!ok && (err.status != AK_BAD_FORMAT || err.at != rows[i].at ||
		            strcmp(err.where, "base64") != 0))
			fail_msg("%s: %s at %" PRIu64, rows[i].name, err.where, err.at);
		ak_buf_clear(&b);
	}
}

/* Encode every length, decode into a buffer that has room for not one byte more. */
static void base64_round_trips_in_exact_room(void **state)
{
	uint8_t in[64];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 37 + 250);
	for (size_t n = 0; n <= sizeof(in); n++) {
		ak_buf text, out, small;
		ak_error err = { 0 };

		ak_buf_init(&text, (n + 2) / 3 * 4);
		ak_buf_init(&out, n);
		ak_buf_init(&small, n == 0 ? 0 : n - 1);
		assert_int_equal(ak_base64_encode((ak_span){ in, n }, &text, &err), AK_OK);
		assert_true(ak_base64_decode(ak_buf_span(&text), &out, &err));
		assert_true(ak_span_eq(ak_buf_span(&out), (ak_span){ in, n }));
		if (n != 0) {
			assert_false(ak_base64_decode(ak_buf_span(&text), &small, &err));
			assert_int_equal(err.status, AK_LIMIT);
			assert_int_equal(ak_base64_encode((ak_span){ in, n }, &small, &err),
			                 AK_LIMIT);
		}
		ak_buf_clear(&text);
		ak_buf_clear(&out);
		ak_buf_clear(&small);
	}
}

static bool group_round_trips(const uint8_t *group)
{
	ak_buf out, again;
	bool ok;

	ak_buf_init(&out, 3);
	ak_buf_init(&again, 4);
	ok = ak_base64_decode((ak_span){ group, 4 }, &out, NULL);
	if (ok) {
		assert_int_equal(ak_base64_encode(ak_buf_span(&out), &again, NULL), AK_OK);
		assert_memory_equal(again.data, group, 4);
	}
	ak_buf_clear(&out);
	ak_buf_clear(&again);
	return ok;
}

/* One encoding per value: count what is accepted over all last two characters. */
static void base64_has_one_encoding(void **state)
{
	unsigned int good = 0;

	(void)state;
	for (unsigned int v = 0; v < 65536; v++) {
		uint8_t g[4] = { 'A', 'Q', (uint8_t)(v >> 8), (uint8_t)v };

		good += group_round_trips(g);
	}
	/* 64 x 64 full groups; 16 third letters with zero bits before one pad; "AQ==" */
	assert_int_equal(good, 64 * 64 + 16 + 1);
	good = 0;
	for (unsigned int v = 0; v < 65536; v++) {
		uint8_t g[4] = { (uint8_t)(v >> 8), (uint8_t)v, '=', '=' };

		good += group_round_trips(g);
	}
	assert_int_equal(good, 256);
}

/* Whole groups are read another way than the last: a character outside the alphabet is refused in its group all the same. */
static void base64_is_looked_at_to_the_end(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[] = "QUJDREVGR0hJ"; /* ABCDEFGHI */

	(void)state;
	for (size_t at = 0; at < sizeof(text) - 1; at++) {
		const char was = text[at];

		for (int c = 0; c < 256; c++) {
			bool good = c != 0 && strchr(alphabet, c) != NULL;
			ak_error err = { 0 };
			ak_buf b;

			text[at] = (char)c;
			ak_buf_init(&b, 16);
			/* "R0h=" has bits left over: no padding is good here. */
			if (ak_base64_decode((ak_span){ (const uint8_t *)text, sizeof(text) - 1 }, &b, &err) != good)
				fail_msg("character 0x%02x at %zu", (unsigned int)c, at);
			if (!good)
				assert_int_equal(err.at, at / 4 * 4);
			else
				assert_int_equal(b.len, 9);
			ak_buf_clear(&b);
		}
		text[at] = was;
	}
}

static void base64_appends(void **state)
{
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 100);
	assert_int_equal(ak_buf_add_str(&b, "x:", NULL), AK_OK);
	assert_true(ak_base64_decode(ak_span_str("Zm8="), &b, NULL));
	assert_int_equal(ak_base64_encode(ak_span_str("f"), &b, NULL), AK_OK);
	assert_true(ak_base64_decode((ak_span){ 0 }, &b, NULL));
	assert_true(ak_span_is(ak_buf_span(&b), "x:foZg=="));
	ak_buf_clear(&b);
}

static void digests(void **state)
{
	char text[AK_DIGEST_TEXT_LEN + 1];
	ak_digest d = { .b = { 0 } }, e;

	(void)state;
	assert_true(ak_digest_is_zero(&d));
	for (size_t i = 0; i < sizeof(d.b); i++)
		d.b[i] = (uint8_t)(i * 8 + 1);
	assert_false(ak_digest_is_zero(&d));
	ak_digest_format(&d, text);
	assert_int_equal(strlen(text), AK_DIGEST_TEXT_LEN);
	assert_true(ak_digest_parse(ak_span_str(text), &e));
	assert_true(ak_digest_eq(&d, &e));
	memset(&e, 0, sizeof(e));
	assert_true(ak_digest_from_hex(ak_span_str(text + 7), &e));
	assert_true(ak_digest_eq(&d, &e));
	e.b[31] ^= 1;
	assert_false(ak_digest_eq(&d, &e));

	for (size_t n = 0; n < AK_DIGEST_TEXT_LEN; n++)
		assert_false(ak_digest_parse((ak_span){ (uint8_t *)text, n }, &e));
	/* Each bit flipped: refused, or another digest. */
	for (size_t i = 0; i < AK_DIGEST_TEXT_LEN; i++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			char again[AK_DIGEST_TEXT_LEN + 1];

			text[i] = (char)(text[i] ^ (1 << bit));
			if (ak_digest_parse(ak_span_str(text), &e)) {
				ak_digest_format(&e, again);
				assert_string_equal(again, text);
				assert_false(ak_digest_eq(&d, &e));
			}
			text[i] = (char)(text[i] ^ (1 << bit));
		}
	}
	assert_false(ak_digest_parse(ak_span_str("sha512:"), &e));
	assert_false(ak_digest_parse((ak_span){ 0 }, &e));
	assert_false(ak_digest_from_hex(ak_span_str(text), &e)); /* with its prefix */
	assert_false(ak_digest_from_hex((ak_span){ 0 }, &e));
}

static void a_single_bit_is_not_zero(void **state)
{
	(void)state;
	for (size_t i = 0; i < AK_DIGEST_LEN; i++) {
		ak_digest d = { .b = { 0 } };

		d.b[i] = 0x80;
		assert_false(ak_digest_is_zero(&d));
	}
}

static void utf8_rows(void **state)
{
	const struct { const char *name; ak_span in; bool ok; size_t at; } rows[] = {
		{ "empty", { NULL, 0 }, true, 0 },
		{ "ASCII with NUL and DEL", LIT("a\0\x7f"), true, 0 },
		{ "least of two bytes", LIT("\xc2\x80"), true, 0 },
		{ "greatest of two bytes", LIT("\xdf\xbf"), true, 0 },
		{ "least of three bytes", LIT("\xe0\xa0\x80"), true, 0 },
		{ "before the surrogates", LIT("\xed\x9f\xbf"), true, 0 },
		{ "after the surrogates", LIT("\xee\x80\x80"), true, 0 },
		{ "greatest of three bytes", LIT("\xef\xbf\xbf"), true, 0 },
		{ "least of four bytes", LIT("\xf0\x90\x80\x80"), true, 0 },
		{ "greatest of all", LIT("\xf4\x8f\xbf\xbf"), true, 0 },
		{ "Japanese", LIT("証し"), true, 0 },
		{ "continuation alone", LIT("a\x80"), false, 1 },
		{ "overlong of two bytes", LIT("a\xc0\x80"), false, 1 },
		{ "overlong c1", LIT("\xc1\xbf"), false, 0 },
		{ "overlong of three bytes", LIT("\xe0\x9f\xbf"), false, 0 },
		{ "overlong of four bytes", LIT("\xf0\x8f\xbf\xbf"), false, 0 },
		{ "first surrogate", LIT("\xed\xa0\x80"), false, 0 },
		{ "last surrogate", LIT("\xed\xbf\xbf"), false, 0 },
		{ "above U+10FFFF", LIT("\xf4\x90\x80\x80"), false, 0 },
		{ "f5", LIT("\xf5\x80\x80\x80"), false, 0 },
		{ "fe", LIT("\xfe"), false, 0 },
		{ "ff", LIT("ok\xff"), false, 2 },
		{ "cut after one of two", LIT("\xc2"), false, 0 },
		{ "cut after two of three", LIT("a\xe3\x81"), false, 1 },
		{ "cut after three of four", LIT("\xf0\x90\x80"), false, 0 },
		{ "third byte is ASCII", LIT("\xe3\x81" "a"), false, 0 },
		{ "fourth byte is a lead", LIT("\xf0\x90\x80\xc2"), false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t at = 99;
		bool ok = ak_utf8_valid(rows[i].in, &at);

		if (ok != rows[i].ok || at != (ok ? 99 : rows[i].at))
			fail_msg("%s: %d at %zu", rows[i].name, ok, at);
	}
}

/* Encode as RFC 3629 says, for any number; the test's own, so as not to ask the code
 * about itself. */
static size_t put_code(uint32_t c, uint8_t out[4])
{
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i > 1; i--) {
		out[i - 1] = (uint8_t)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (uint8_t)(n == 1 ? c : lead[n] | c);
	return n;
}

static void utf8_knows_every_code_point(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x120000; c++) {
		bool want = c < 0xd800 || (c > 0xdfff && c < 0x110000), got;
		uint8_t text[4];
		size_t at, n = put_code(c, text);

		got = ak_utf8_valid((ak_span){ text, n }, &at);
		if (got != want)
			fail_msg("U+%04" PRIX32, c);
		for (size_t cut = 1; want && cut < n; cut++) {
			if (ak_utf8_valid((ak_span){ text, cut }, &at))
				fail_msg("U+%04" PRIX32 " cut", c);
		}
	}
}

/* Over all strings of three bytes: as many are valid as the code points allow. */
static void utf8_accepts_nothing_else(void **state)
{
	size_t good = 0;

	(void)state;
	for (uint32_t v = 0; v < 0x1000000; v++) {
		uint8_t in[3] = { (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
		size_t at;

		good += ak_utf8_valid((ak_span){ in, 3 }, &at);
	}
	/* aaa; a two-byte and an ASCII character in either order; one of three bytes */
	assert_int_equal(good, 128 * 128 * 128 + 2 * 128 * 1920 + (0x10000 - 0x800 - 0x800));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimals),
		cmocka_unit_test(decimals_round_trip),
		cmocka_unit_test(hex_round_trips_every_byte),
		cmocka_unit_test(hex_accepts_what_it_writes),
		cmocka_unit_test(hex_needs_the_exact_length),
		cmocka_unit_test(base64_rows),
		cmocka_unit_test(base64_round_trips_in_exact_room),
		cmocka_unit_test(base64_has_one_encoding),
		cmocka_unit_test(base64_is_looked_at_to_the_end),
		cmocka_unit_test(base64_appends),
		cmocka_unit_test(digests),
		cmocka_unit_test(a_single_bit_is_not_zero),
		cmocka_unit_test(utf8_rows),
		cmocka_unit_test(utf8_knows_every_code_point),
		cmocka_unit_test(utf8_accepts_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
