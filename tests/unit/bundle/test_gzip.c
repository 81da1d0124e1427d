/* SPDX-License-Identifier: Apache-2.0 */
/* The gzip around a bundle: one member, nothing beside it, and never more than it may unpack to. */
#include "bundle/bundle.h"
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static const char text[] = "{\"akashi\":\"bundle/1\",\"of\":\"a few bytes, a few bytes, and some more of them\"}";

static ak_buf pack(ak_span in)
{
	ak_buf b;

	ak_buf_init(&b, AK_BUNDLE_FILE_MAX);
	assert_int_equal(ak_bundle_pack(in, &b, NULL), AK_OK);
	return b;
}

static void is_refused(ak_span file, ak_status want, const char *where, size_t row)
{
	ak_buf out;
	ak_error err = { 0 };
	ak_status st;

	ak_buf_init(&out, 8);
	assert_int_equal(ak_buf_add_byte(&out, 'x', NULL), AK_OK);
	st = ak_bundle_unpack(file, &out, &err);
	if (st != want || strcmp(err.where, where) != 0)
		fail_msg("%zu: %s at %s, want %s at %s", row, ak_status_name(st), st == AK_OK ? "-" : err.where,
		         ak_status_name(want), where);
	assert_int_equal(out.len, 1); /* not touched */
	ak_buf_clear(&out);
}

static void what_was_packed_comes_out(void **state)
{
	static const size_t sizes[] = { 0, 1, 100, 65535, 65536, 65537, 3000000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *in = malloc(sizes[i] + 1);
		ak_buf file, out;
		uint32_t r = 1;

		assert_non_null(in);
		for (size_t k = 0; k < sizes[i]; k++) {
			r = r * 1664525 + 1013904223;
			in[k] = (uint8_t)("0123456789abcdef"[r >> 28]);
		}
		file = pack((ak_span){ in, sizes[i] });
		ak_buf_init(&out, 1);
		assert_int_equal(ak_bundle_unpack(ak_buf_span(&file), &out, NULL), AK_OK);
		assert_true(ak_span_eq(ak_buf_span(&out), (ak_span){ in, sizes[i] }));
		ak_buf_clear(&out);
		ak_buf_clear(&file);
		free(in);
	}
}

static void the_frame_is_fixed(void **state)
{
	static const uint8_t frame[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3 };
	ak_buf a = pack(ak_span_str(text)), b = pack(ak_span_str(text));

	(void)state;
	assert_memory_equal(a.data, frame, sizeof(frame));
	assert_true(ak_span_eq(ak_buf_span(&a), ak_buf_span(&b)));
	for (size_t i = 0; i < 8 * sizeof(frame); i++) {
		a.data[i / 8] ^= (uint8_t)(1 << i % 8);
		is_refused(ak_buf_span(&a), AK_BAD_FORMAT, "container.header", i);
		a.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	ak_buf_clear(&a);
	ak_buf_clear(&b);
}

static void each_end_has_its_own_place(void **state)
{
	ak_buf f = pack(ak_span_str(text)), two;
	size_t n = f.len;

	(void)state;
	for (size_t i = 8 * (n - 8); i < 8 * (n - 4); i++) {
		f.data[i / 8] ^= (uint8_t)(1 << i % 8);
		is_refused(ak_buf_span(&f), AK_BAD_FORMAT, "container.crc", i);
		f.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t i = 8 * (n - 4); i < 8 * n; i++) {
		f.data[i / 8] ^= (uint8_t)(1 << i % 8);
		is_refused(ak_buf_span(&f), AK_BAD_FORMAT, "container.isize", i);
		f.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t cut = 0; cut < n; cut++)
		is_refused((ak_span){ f.data, cut }, AK_BAD_FORMAT, cut < 10 ? "container.header" : "container.gzip", cut);
	ak_buf_init(&two, 2 * n + 1);
	assert_int_equal(ak_buf_add_span(&two, ak_buf_span(&f), NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&two, 0, NULL), AK_OK);
	is_refused(ak_buf_span(&two), AK_BAD_FORMAT, "container.trailing", 0);
	two.len--;
	assert_int_equal(ak_buf_add_span(&two, ak_buf_span(&f), NULL), AK_OK);
	is_refused(ak_buf_span(&two), AK_BAD_FORMAT, "container.trailing", 1);
	ak_buf_clear(&two);
	ak_buf_clear(&f);
}

/* A flip inside the stream is refused, or what comes out is what went in. */
static void no_flip_gives_other_bytes(void **state)
{
	ak_buf f = pack(ak_span_str(text));
	size_t padding = 0, unseen = 0;

	(void)state;
	for (size_t i = 80; i < 8 * (f.len - 8); i++) {
		ak_error err = { 0 };
		ak_buf out;

		ak_buf_init(&out, 1);
		f.data[i / 8] ^= (uint8_t)(1 << i % 8);
		if (ak_bundle_unpack(ak_buf_span(&f), &out, &err) == AK_OK) {
			assert_true(ak_span_eq(ak_buf_span(&out), ak_span_str(text)));
			unseen++;
		} else {
			padding += strcmp(err.where, "container.padding") == 0;
		}
		ak_buf_clear(&out);
		f.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	assert_int_equal(unseen, 0);
	print_message("%zu bits of padding\n", padding);
	ak_buf_clear(&f);
}

static void bits_after_the_last_block_count(void **state)
{
	size_t seen = 0;

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		ak_buf f = pack((ak_span){ (const uint8_t *)text, len });
		ak_error err = { 0 };
		ak_buf out;

		ak_buf_init(&out, 1);
		f.data[f.len - 9] ^= 0x80;
		if (ak_bundle_unpack(ak_buf_span(&f), &out, &err) != AK_OK)
			seen += strcmp(err.where, "container.padding") == 0;
		else
			fail_msg("%zu: the highest bit of the last byte may be anything", len);
		ak_buf_clear(&out);
		ak_buf_clear(&f);
	}
	assert_true(seen > sizeof(text) / 2);
}

/* `noise` bytes that do not pack, then zeros, in the same frame. */
static ak_buf bomb(size_t noise, size_t zeros)
{
	static const uint8_t frame[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3 };
	z_stream z = { 0 };
	uint8_t *in = calloc(1, noise + zeros);
	uint32_t r = 7, crc;
	uint8_t end[8];
	ak_buf b;

	assert_non_null(in);
	for (size_t i = 0; i < noise; i++) {
		r = r * 1664525 + 1013904223;
		in[i] = (uint8_t)(r >> 24);
	}
	ak_buf_init(&b, 1 << 28);
	assert_int_equal(ak_buf_add(&b, frame, sizeof(frame), NULL), AK_OK);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(ak_buf_reserve(&b, deflateBound(&z, (uLong)(noise + zeros)), NULL), AK_OK);
	z.next_in = in;
	z.avail_in = (uInt)(noise + zeros);
	z.next_out = b.data + b.len;
	z.avail_out = (uInt)(b.cap - b.len);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b.len += z.total_out;
	assert_int_equal(deflateEnd(&z), Z_OK);
	crc = (uint32_t)crc32_z(0, in, noise + zeros);
	for (int i = 0; i < 4; i++) {
		end[i] = (uint8_t)(crc >> 8 * i);
		end[4 + i] = (uint8_t)((noise + zeros) >> 8 * i);
	}
	assert_int_equal(ak_buf_add(&b, end, sizeof(end), NULL), AK_OK);
	free(in);
	return b;
}

static void bombs_are_refused(void **state)
{
	static const struct { size_t noise, zeros; const char *where; } row[] = {
		{ 0, 20000, "container.ratio" },                    /* 40 bytes that say they are 20000 */
		{ 0, 4 << 20, "container.ratio" },
		{ 1000, 1 << 20, "container.ratio" },
		{ 400000, AK_BUNDLE_JSON_MAX, "container.size" },   /* under the ratio, over the size   */
		{ 400000, 2 * (size_t)AK_BUNDLE_JSON_MAX, "container.size" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_buf b = bomb(row[i].noise, row[i].zeros);

		is_refused(ak_buf_span(&b), AK_LIMIT, row[i].where, i);
		ak_buf_clear(&b);
	}
}

/* The bounds themselves are allowed. */
static void just_below_a_bomb(void **state)
{
	ak_buf b = bomb(400000, AK_BUNDLE_JSON_MAX - 400000), out;
	size_t most;

	(void)state;
	ak_buf_init(&out, 1);
	assert_int_equal(ak_bundle_unpack(ak_buf_span(&b), &out, NULL), AK_OK);
	assert_int_equal(out.len, AK_BUNDLE_JSON_MAX);
	ak_buf_clear(&out);
	ak_buf_clear(&b);
	b = bomb(1000, 100000);
	most = b.len * AK_BUNDLE_RATIO_MAX;
	assert_true(most > 101000);
	assert_int_equal(ak_bundle_unpack(ak_buf_span(&b), &out, NULL), AK_OK);
	ak_buf_clear(&out);
	ak_buf_clear(&b);
}

static void a_file_over_the_limit_is_not_looked_at(void **state)
{
	uint8_t *big = calloc(1, AK_BUNDLE_FILE_MAX + 1);

	(void)state;
	assert_non_null(big);
	memcpy(big, "\x1f\x8b\x08\0\0\0\0\0\x02\x03", 10);
	is_refused((ak_span){ big, AK_BUNDLE_FILE_MAX + 1 }, AK_LIMIT, "container.size", 0);
	free(big);
}

static ak_status there_and_back(void *ctx)
{
	ak_buf file, out;
	ak_status st;

	(void)ctx;
	ak_buf_init(&file, AK_BUNDLE_FILE_MAX);
	ak_buf_init(&out, 1);
	st = ak_bundle_pack(ak_span_str(text), &file, NULL);
	if (st == AK_OK)
		st = ak_bundle_unpack(ak_buf_span(&file), &out, NULL);
	if (st == AK_OK && !ak_span_eq(ak_buf_span(&out), ak_span_str(text)))
		st = AK_INTERNAL;
	ak_buf_clear(&file);
	ak_buf_clear(&out);
	return st;
}

static void running_out_of_memory(void **state)
{
	(void)state;
	oom_sweep("gzip", there_and_back, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_comes_out),
		cmocka_unit_test(the_frame_is_fixed),
		cmocka_unit_test(each_end_has_its_own_place),
		cmocka_unit_test(no_flip_gives_other_bytes),
		cmocka_unit_test(bits_after_the_last_block_count),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(just_below_a_bomb),
		cmocka_unit_test(a_file_over_the_limit_is_not_looked_at),
		cmocka_unit_test(running_out_of_memory),
	};

	return cmocka_run_group_tests_name("gzip", tests, NULL, NULL);
}
