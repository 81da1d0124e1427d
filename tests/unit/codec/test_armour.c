/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks that go by mail: what is written is read, whatever mail does; what was changed is refused or is the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/armour.h"
#include "oom.h"

#include <stdio.h>
#include <string.h>

static const char label[] = "TEST BLOCK";
static const char bytes[] = "{\"statement\":\"a body that is longer than one line of base64, so that lines are broken and joined again\"}";

/* The digest is carried; what it is of is not this layer's matter. */
static const ak_digest digest = { { 0x5f, 0x0c, 1, 2, 3 } };

static void write_block(ak_buf *out)
{
	ak_buf_init(out, 65536);
	assert_int_equal(ak_armour_write(label, &digest, ak_span_str(bytes), out, NULL), AK_OK);
}

/* AK_INTERNAL when other bytes come out under the digest of these. */
static ak_status read_block(ak_span text, ak_buf *out, ak_error *err)
{
	ak_armour_text t = { text, 1 };
	ak_digest d = { { 0 } };
	ak_status st;

	ak_buf_init(out, 4096);
	st = ak_armour_next(&t, label, &d, out, err);
	if (st == AK_OK && memcmp(d.b, digest.b, sizeof(d.b)) != 0)
		return AK_BAD_SIGNATURE; /* as whoever compares it would say */
	return st != AK_OK || ak_span_eq(ak_buf_span(out), ak_span_str(bytes)) ? st : AK_INTERNAL;
}

static void is(ak_status want, const char *name, ak_span text)
{
	ak_error err = { 0 };
	ak_buf out;
	ak_status st = read_block(text, &out, &err);

	ak_buf_clear(&out);
	if (st != want)
		fail_msg("%s: %d, want %d (%s)", name, (int)st, (int)want, err.detail);
}

static void the_form_is_that_of_the_format(void **state)
{
	static const char want[] = "-----BEGIN TEST BLOCK-----\nVersion: 1\nDigest: 5f0c010203000000000000000000000000000000000000000000000000000000\n\n"
	                           "eyJzdGF0ZW1lbnQiOiJhIGJvZHkgdGhhdCBpcyBsb25nZXIgdGhhbiBvbmUgbGlu\n";
	ak_buf out;
	size_t width = 0;

	(void)state;
	write_block(&out);
	assert_true(ak_span_starts(ak_buf_span(&out), want));
	for (size_t i = 0; i < out.len; i++) {
		width = out.data[i] == '\n' ? 0 : width + 1;
		assert_true(width <= 76);
		assert_true(out.data[i] < 0x80 && out.data[i] != '\r');
	}
	is(AK_OK, "as written", ak_buf_span(&out));
	ak_buf_clear(&out);
}

/* Each line with something before and after it. */
static void mailed(ak_span in, const char *head, const char *before, const char *after, ak_buf *out)
{
	ak_span line;

	ak_buf_init(out, 65536);
	assert_int_equal(ak_buf_add_str(out, head, NULL), AK_OK);
	while (ak_span_line(&in, &line)) {
		assert_int_equal(ak_buf_add_str(out, before, NULL), AK_OK);
		assert_int_equal(ak_buf_add_span(out, line, NULL), AK_OK);
		assert_int_equal(ak_buf_add_str(out, after, NULL), AK_OK);
	}
}

static void mail_may_do_this(void **state)
{
	static const struct {
		const char *name, *head, *before, *after;
	} rows[] = {
		{ "CRLF", "", "", "\r\n" },
		{ "CR", "", "", "\r" },
		{ "blanks at the end", "", "", " \t \n" },
		{ "quoted", "On Monday somebody wrote:\n", "> ", "\n" },
		{ "quoted twice, without blanks", "", ">>", "\r\n" },
		{ "quoted, stuffed, indented", "", " > > \t", "  \r\n" },
		{ "byte order mark", "\xef\xbb\xbf", "", "\n" },
		{ "empty lines", "", "", "\n\n" },
		{ "words before it in another encoding", "\x1b$B=pL>\x1b(B \xff\xfe\n", "", "\n" },
	};
	ak_buf block, text;

	(void)state;
	write_block(&block);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		mailed(ak_buf_span(&block), rows[i].head, rows[i].before, rows[i].after, &text);
		is(AK_OK, rows[i].name, ak_buf_span(&text));
		ak_buf_clear(&text);
	}
	ak_buf_clear(&block);
}

static void replace(const char *what, const char *by, ak_buf *out)
{
	ak_buf block;
	ak_span all;
	size_t at = 0;

	write_block(&block);
	all = ak_buf_span(&block);
	assert_true(ak_span_find(all, ak_span_str(what), &at));
	ak_buf_init(out, 65536);
	assert_int_equal(ak_buf_add(out, all.data, at, NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(out, by, NULL), AK_OK);
	assert_int_equal(ak_buf_add(out, all.data + at + strlen(what), all.len - at - strlen(what), NULL), AK_OK);
	ak_buf_clear(&block);
}

static void nothing_else_is_mended(void **state)
{
	static const struct {
		const char *name, *what, *by;
		ak_status want;
		uint64_t line;
	} rows[] = {
		{ "full-width letter", "eyJ", "ｅyJ", AK_BAD_FORMAT, 5 },
		{ "full-width digit in the digest", "5f0c", "５f0c", AK_BAD_FORMAT, 3 },
		{ "no-break space", "eyJ", "\xc2\xa0" "eyJ", AK_BAD_FORMAT, 5 },
		{ "invisible character", "eyJ", "\xe2\x80\x8b" "eyJ", AK_BAD_FORMAT, 5 },
		{ "blank in a line", "eyJ", "e yJ", AK_BAD_FORMAT, 5 },
		{ "URL-safe digit", "eyJ", "e-J", AK_BAD_FORMAT, 5 },
		{ "quoted-printable", "\n-----END", "=3D\n-----END", AK_BAD_FORMAT, 1 },
		{ "later version", "Version: 1", "Version: 2", AK_UNKNOWN_VERSION, 2 },
		{ "no version", "Version: 1\n", "", AK_BAD_FORMAT, 2 },
		{ "no digest", "Digest: ", "Summe: ", AK_BAD_FORMAT, 3 },
		{ "digest in capitals", "5f0c", "5F0C", AK_BAD_FORMAT, 3 },
		{ "another block inside", "eyJ", "-----BEGIN OTHER-----\neyJ", AK_BAD_FORMAT, 5 },
		{ "no end", "-----END TEST BLOCK-----\n", "", AK_BAD_FORMAT, 0 },
		{ "the end of another", "-----END TEST", "-----END REST", AK_BAD_FORMAT, 0 },
		{ "dashes of another width", "-----BEGIN", "－－－－－BEGIN", AK_NOT_FOUND, 0 },
		{ "four dashes", "-----BEGIN", "----BEGIN", AK_NOT_FOUND, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_error err = { 0 };
		ak_buf text, out;
		ak_status st;

		replace(rows[i].what, rows[i].by, &text);
		st = read_block(ak_buf_span(&text), &out, &err);
		if (st != rows[i].want || (rows[i].line != 0 && err.at != rows[i].line))
			fail_msg("%s: %d at %llu: %s", rows[i].name, (int)st, (unsigned long long)err.at, err.detail);
		ak_buf_clear(&out);
		ak_buf_clear(&text);
	}
}

/* Every prefix is refused.  Every bit: refused, or else other bytes or another digest, so that whoever hashes sees it. */
static void every_change_is_seen(void **state)
{
	ak_buf block;

	(void)state;
	write_block(&block);
	for (size_t n = 0; n + 1 < block.len; n++) {
		ak_buf out;

		assert_int_not_equal(read_block((ak_span){ block.data, n }, &out, NULL), AK_OK);
		ak_buf_clear(&out);
	}
	for (size_t i = 0; i < block.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			const uint8_t was = block.data[i];
			ak_buf out;
			ak_status st;

			block.data[i] ^= (uint8_t)(1U << bit);
			st = read_block(ak_buf_span(&block), &out, NULL);
			/* The same bytes: an end of line became another, or was the last. */
			if (st == AK_OK && was != '\n')
				fail_msg("byte %zu, bit %u: nothing was seen", i, bit);
			ak_buf_clear(&out);
			block.data[i] = was;
		}
	}
	ak_buf_clear(&block);
}

static void one_block_after_another(void **state)
{
	ak_armour_text t;
	ak_buf two, block;
	ak_digest d;

	(void)state;
	write_block(&block);
	ak_buf_init(&two, 65536);
	assert_int_equal(ak_buf_add_span(&two, ak_buf_span(&block), NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(&two, "between\n", NULL), AK_OK);
	assert_int_equal(ak_buf_add_span(&two, ak_buf_span(&block), NULL), AK_OK);
	t = (ak_armour_text){ ak_buf_span(&two), 1 };
	for (int i = 0; i < 3; i++) {
		ak_buf out;

		ak_buf_init(&out, 4096);
		assert_int_equal(ak_armour_next(&t, label, &d, &out, NULL), i < 2 ? AK_OK : AK_NOT_FOUND);
		ak_buf_clear(&out);
	}
	ak_buf_clear(&two);
	ak_buf_clear(&block);
}

static void a_block_has_a_ceiling(void **state)
{
	ak_armour_text t;
	ak_buf block, out;
	ak_digest d;

	(void)state;
	write_block(&block);
	t = (ak_armour_text){ ak_buf_span(&block), 1 };
	ak_buf_init(&out, sizeof(bytes) - 8);
	assert_int_equal(ak_armour_next(&t, label, &d, &out, NULL), AK_LIMIT);
	ak_buf_clear(&out);
	ak_buf_clear(&block);
}

static ak_status starved(void *ctx)
{
	ak_error err = { 0 };
	ak_buf block, out;
	ak_status st;

	(void)ctx;
	ak_buf_init(&block, 65536);
	ak_buf_init(&out, 4096);
	st = ak_armour_write(label, &digest, ak_span_str(bytes), &block, &err);
	if (st == AK_OK) {
		ak_armour_text t = { ak_buf_span(&block), 1 };
		ak_digest d;

		st = ak_armour_next(&t, label, &d, &out, &err);
	}
	ak_buf_clear(&out);
	ak_buf_clear(&block);
	return st;
}

static void without_memory(void **state)
{
	(void)state;
	oom_sweep("armour", starved, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_is_that_of_the_format), cmocka_unit_test(mail_may_do_this),
		cmocka_unit_test(nothing_else_is_mended),         cmocka_unit_test(every_change_is_seen),
		cmocka_unit_test(one_block_after_another),        cmocka_unit_test(a_block_has_a_ceiling),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests_name("armour", tests, NULL, NULL);
}
