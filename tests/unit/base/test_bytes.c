/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "oom.h"

#include <stdlib.h>
#include <string.h>

static void zero_buffer_holds_nothing(void **state)
{
	ak_buf b = { 0 };
	ak_error err = { 0 };

	(void)state;
	assert_int_equal(ak_buf_add(&b, "x", 1, &err), AK_LIMIT);
	assert_string_equal(err.where, "buffer");
	assert_int_equal(err.at, 0);
	assert_int_equal(ak_buf_add(&b, NULL, 0, &err), AK_OK);
	assert_int_equal(ak_buf_reserve(&b, 0, &err), AK_OK);
	assert_null(b.data);
	ak_buf_clear(&b);
	ak_buf_clear(&b);
	ak_buf_wipe(&b);
}

/* Every ceiling, every way to split the bytes: exactly `max` bytes fit. */
static void ceiling_is_exact(void **state)
{
	static const uint8_t bytes[64] = { 1, 2, 3 };

	(void)state;
	for (size_t max = 0; max <= 40; max++) {
		for (size_t step = 1; step <= max + 1; step++) {
			ak_error err = { 0 };
			size_t len = 0;
			ak_buf b;

			ak_buf_init(&b, max);
			while (len + step <= max) {
				assert_int_equal(ak_buf_add(&b, bytes, step, &err), AK_OK);
				len += step;
				assert_int_equal(b.len, len);
				assert_true(b.cap <= max);
			}
			assert_int_equal(ak_buf_add(&b, bytes, step, &err), AK_LIMIT);
			assert_int_equal(err.at, len);
			assert_int_equal(b.len, len);
			/* A refused piece does not spoil the buffer. */
			assert_int_equal(ak_buf_add(&b, bytes, max - len, &err), AK_OK);
			assert_int_equal(b.len, max);
			ak_buf_clear(&b);
			assert_int_equal(b.max, max);
		}
	}
}

static void reserve_does_not_overflow(void **state)
{
	ak_error err = { 0 };
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 100);
	assert_int_equal(ak_buf_add_str(&b, "abc", &err), AK_OK);
	assert_int_equal(ak_buf_reserve(&b, SIZE_MAX, &err), AK_LIMIT);
	assert_int_equal(ak_buf_reserve(&b, SIZE_MAX - 2, &err), AK_LIMIT);
	assert_int_equal(ak_buf_reserve(&b, 98, &err), AK_LIMIT);
	assert_int_equal(ak_buf_reserve(&b, 97, &err), AK_OK);
	assert_true(b.cap >= 100);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "abc", 3);
	ak_buf_clear(&b);
}

static void pieces_join_in_order(void **state)
{
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 100);
	assert_int_equal(ak_buf_add(&b, "a\0b", 3, NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(&b, "cd", NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&b, 0xff, NULL), AK_OK);
	assert_int_equal(ak_buf_add_span(&b, (ak_span){ 0 }, NULL), AK_OK);
	assert_int_equal(ak_buf_addf(&b, NULL, "%d-%s", 7, "x"), AK_OK);
	assert_int_equal(b.len, 9);
	assert_memory_equal(b.data, "a\0bcd\xff" "7-x", 9);
	assert_true(ak_span_eq(ak_buf_span(&b), (ak_span){ b.data, b.len }));
	ak_buf_clear(&b);
}

static void formatted_text_has_its_own_limit(void **state)
{
	char wide[1025];
	ak_error err = { 0 };
	ak_buf b;

	(void)state;
	memset(wide, 'w', sizeof(wide) - 1);
	wide[1024] = '\0';
	ak_buf_init(&b, 5000);
	assert_int_equal(ak_buf_addf(&b, &err, "%s", wide), AK_LIMIT);
	assert_int_equal(b.len, 0);
	assert_int_equal(ak_buf_addf(&b, &err, "%s", wide + 1), AK_OK);
	assert_int_equal(b.len, 1023);
	assert_int_equal(ak_buf_addf(&b, &err, "%s", ""), AK_OK);
	ak_buf_clear(&b);
}

static void wipe_empties_and_keeps_ceiling(void **state)
{
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 10);
	assert_int_equal(ak_buf_add_str(&b, "secret", NULL), AK_OK);
	ak_buf_wipe(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, 0);
	assert_int_equal(b.max, 10);
	assert_int_equal(ak_buf_add_str(&b, "0123456789", NULL), AK_OK);
	ak_buf_wipe(&b);
}

static void take_text_moves_and_terminates(void **state)
{
	ak_text t = { 0 };
	ak_buf b;

	(void)state;
	/* A full buffer has no room of its own for the NUL. */
	ak_buf_init(&b, 4);
	assert_int_equal(ak_buf_add_str(&b, "full", NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &t, NULL), AK_OK);
	assert_string_equal(t.data, "full");
	assert_int_equal(t.len, 4);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.max, 4);
	ak_text_free(&t);
	assert_null(t.data);
	ak_text_free(&t);
	ak_text_free(NULL);

	assert_int_equal(ak_buf_take_text(&b, &t, NULL), AK_OK);
	assert_string_equal(t.data, "");
	assert_int_equal(t.len, 0);
	ak_text_free(&t);
}

static void array_grows_only_when_needed(void **state)
{
	uint32_t *items = NULL;
	void *raw = NULL;
	ak_error err = { 0 };
	size_t cap = 0;

	(void)state;
	for (size_t n = 0; n < 100; n++) {
		size_t was = cap;

		assert_int_equal(ak_mem_grow(&raw, &cap, n + 1, sizeof(*items), &err), AK_OK);
		assert_true(cap > n);
		assert_true(cap == was || was == n);
		items = raw;
		items[n] = (uint32_t)n;
	}
	for (size_t n = 0; n < 100; n++)
		assert_int_equal(items[n], n);
	assert_int_equal(ak_mem_grow(&raw, &cap, SIZE_MAX / 4 + 1, sizeof(*items), &err),
	                 AK_LIMIT);
	assert_string_equal(err.where, "array");
	assert_ptr_equal(raw, items);
	assert_int_equal(ak_mem_grow(&raw, &cap, 0, sizeof(*items), &err), AK_OK);
	ak_mem_free(raw);
}

static void memory_is_zeroed_and_overflow_is_null(void **state)
{
	static const uint8_t zero[32];
	uint8_t *p = ak_mem_alloc(32);

	(void)state;
	assert_non_null(p);
	assert_memory_equal(p, zero, 32);
	ak_mem_free(p);
	p = ak_mem_array(8, 4);
	assert_non_null(p);
	assert_memory_equal(p, zero, 32);
	ak_mem_free(p);
	if (oom_available()) /* a sanitizer would abort here instead */
		assert_null(ak_mem_array(SIZE_MAX / 2, 4));
	/* Nothing is still a block of its own. */
	p = ak_mem_alloc(0);
	assert_non_null(p);
	ak_mem_free(p);
	p = ak_mem_resize(NULL, 0);
	assert_non_null(p);
	ak_mem_free(p);
	ak_mem_free(NULL);
}

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

static void spans_compare_bytewise(void **state)
{
	static const char *const order[] = { "", "\x01", "a", "a\x01", "aa", "ab", "b",
	                                     "\x7f", "\x80", "\xff" };
	const size_t n = sizeof(order) / sizeof(order[0]);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++) {
			ak_span a = ak_span_str(order[i]), b = ak_span_str(order[k]);

			assert_int_equal(sign(ak_span_cmp(a, b)), (i > k) - (i < k));
			assert_int_equal(ak_span_eq(a, b), i == k);
			assert_int_equal(ak_span_is(a, order[k]), i == k);
		}
	}
	assert_true(ak_span_eq((ak_span){ 0 }, ak_span_str("")));
	assert_true(ak_span_eq((ak_span){ 0 }, ak_span_str(NULL)));
	assert_int_equal(ak_span_cmp((ak_span){ 0 }, (ak_span){ 0 }), 0);
	assert_true(ak_span_starts((ak_span){ 0 }, ""));
	assert_false(ak_span_starts((ak_span){ 0 }, "a"));
	assert_true(ak_span_starts(ak_span_str("ab"), "a"));
	assert_true(ak_span_starts(ak_span_str("ab"), "ab"));
	assert_false(ak_span_starts(ak_span_str("ab"), "abc"));
	assert_false(ak_span_starts(ak_span_str("ab"), "b"));
}

static void finds_the_first_place(void **state)
{
	static const struct {
		const char *in, *what;
		bool found;
		size_t at;
	} row[] = {
		{ "", "", true, 0 }, { "abc", "", true, 0 }, { "", "a", false, 0 }, { "abc", "abc", true, 0 }, { "abc", "abcd", false, 0 },
		{ "abcabc", "bc", true, 1 }, { "aaab", "aab", true, 1 }, { "aaab", "b", true, 3 }, { "aaab", "ba", false, 0 },
		{ "xaxaxab", "xab", true, 4 }, { "abc", "d", false, 0 }, { "abc", "c", true, 2 }, { "abc", "cc", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		size_t at = 99;

		assert_int_equal(ak_span_find(ak_span_str(row[i].in), ak_span_str(row[i].what), &at), row[i].found);
		assert_int_equal(at, row[i].found ? row[i].at : 99);
	}
}

static void lines_are_cut_at_newlines_only(void **state)
{
	ak_span in = ak_span_str("one\n\ntwo\r\nrest"), line = { 0 };

	(void)state;
	assert_true(ak_span_line(&in, &line));
	assert_true(ak_span_is(line, "one"));
	assert_true(ak_span_line(&in, &line));
	assert_int_equal(line.len, 0);
	assert_true(ak_span_line(&in, &line));
	assert_true(ak_span_is(line, "two\r"));
	assert_false(ak_span_line(&in, &line));
	assert_true(ak_span_is(line, "two\r"));
	assert_true(ak_span_is(in, "rest"));
	in = ak_span_str("end\n");
	assert_true(ak_span_line(&in, &line));
	assert_int_equal(in.len, 0);
	assert_false(ak_span_line(&in, &line));
	in = (ak_span){ 0 };
	assert_false(ak_span_line(&in, &line));
}

static void dup_copies_bytes_and_terminates(void **state)
{
	char *p = ak_span_dup(ak_span_str("abc"));

	(void)state;
	assert_string_equal(p, "abc");
	ak_mem_free(p);
	p = ak_span_dup((ak_span){ 0 });
	assert_string_equal(p, "");
	ak_mem_free(p);
	p = ak_span_dup((ak_span){ (const uint8_t *)"a\0b", 3 });
	assert_memory_equal(p, "a\0b", 4);
	ak_mem_free(p);
}

static void numbers_are_big_endian(void **state)
{
	static const uint8_t bytes[8] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
	uint8_t out[8];

	(void)state;
	ak_put_be64(out, UINT64_C(0x0123456789abcdef));
	assert_memory_equal(out, bytes, 8);
	assert_true(ak_get_be64(bytes) == UINT64_C(0x0123456789abcdef));
	ak_put_be32(out, UINT32_C(0xfedcba98));
	assert_int_equal(out[0], 0xfe);
	assert_int_equal(out[3], 0x98);
	for (unsigned int bit = 0; bit < 64; bit++) {
		uint64_t v = UINT64_C(1) << bit;

		ak_put_be64(out, v);
		assert_true(ak_get_be64(out) == v);
		assert_int_equal(out[7 - bit / 8], 1U << bit % 8);
		if (bit < 32) {
			ak_put_be32(out, (uint32_t)v);
			assert_true(ak_get_be32(out) == v);
		}
	}
}

/* Every function here that allocates, in one go. */
static ak_status allocating_body(void *ctx)
{
	ak_text t = { 0 };
	void *items = NULL;
	size_t cap = 0;
	ak_error err = { 0 };
	char *copy = NULL;
	ak_buf b;
	ak_status st;

	(void)ctx;
	ak_buf_init(&b, 4000);
	st = ak_mem_grow(&items, &cap, 3, 16, &err);
	if (st == AK_OK)
		st = ak_mem_grow(&items, &cap, 300, 16, &err);
	for (int i = 0; st == AK_OK && i < 200; i++)
		st = ak_buf_addf(&b, &err, "line %d\n", i);
	if (st == AK_OK) {
		copy = ak_span_dup(ak_buf_span(&b));
		if (copy == NULL)
			st = ak_no_memory(&err, "copy");
	}
	if (st == AK_OK)
		st = ak_buf_take_text(&b, &t, &err);
	if (st != err.status)
		st = AK_INVALID_ARGUMENT; /* the record must say what happened */
	ak_mem_free(copy);
	ak_text_free(&t);
	ak_buf_clear(&b);
	ak_mem_free(items);
	return st;
}

static void out_of_memory_is_an_error(void **state)
{
	(void)state;
	oom_sweep("bytes", allocating_body, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zero_buffer_holds_nothing),
		cmocka_unit_test(ceiling_is_exact),
		cmocka_unit_test(reserve_does_not_overflow),
		cmocka_unit_test(pieces_join_in_order),
		cmocka_unit_test(formatted_text_has_its_own_limit),
		cmocka_unit_test(wipe_empties_and_keeps_ceiling),
		cmocka_unit_test(take_text_moves_and_terminates),
		cmocka_unit_test(array_grows_only_when_needed),
		cmocka_unit_test(memory_is_zeroed_and_overflow_is_null),
		cmocka_unit_test(spans_compare_bytewise),
		cmocka_unit_test(finds_the_first_place),
		cmocka_unit_test(lines_are_cut_at_newlines_only),
		cmocka_unit_test(dup_copies_bytes_and_terminates),
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(out_of_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
