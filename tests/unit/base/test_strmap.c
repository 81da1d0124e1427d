/* SPDX-License-Identifier: Apache-2.0 */
/* The hash table against a plain array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/strmap.h"
#include "oom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	return (*state ^ *state >> 31) * UINT64_C(0xbf58476d1ce4e5b9) >> 20;
}

static void nothing_in_it(void **state)
{
	uint64_t v = 7;
	ak_strmap m;

	(void)state;
	ak_strmap_init(&m, 1);
	assert_false(ak_strmap_get(&m, ak_span_str("a"), &v));
	assert_false(ak_strmap_get(&m, (ak_span){ 0 }, &v));
	assert_int_equal(v, 7);
	ak_strmap_clear(&m);
	ak_strmap_clear(&m);
	assert_int_equal(m.seed, 1);
}

static void insert_and_replace(void **state)
{
	uint64_t v = 0;
	ak_strmap m;

	(void)state;
	ak_strmap_init(&m, 1);
	assert_int_equal(ak_strmap_put(&m, (ak_span){ 0 }, UINT64_MAX, NULL), AK_OK);
	assert_int_equal(ak_strmap_put(&m, ak_span_str("a"), 1, NULL), AK_OK);
	assert_int_equal(ak_strmap_put(&m, (ak_span){ (const uint8_t *)"a\0", 2 }, 2, NULL), AK_OK);
	assert_int_equal(ak_strmap_put(&m, ak_span_str("a"), 3, NULL), AK_OK);
	assert_int_equal(m.n, 3);
	assert_true(ak_strmap_get(&m, (ak_span){ 0 }, &v) && v == UINT64_MAX);
	assert_true(ak_strmap_get(&m, ak_span_str("a"), &v) && v == 3);
	assert_true(ak_strmap_get(&m, (ak_span){ (const uint8_t *)"a\0", 2 }, &v) && v == 2);
	assert_false(ak_strmap_get(&m, ak_span_str("b"), &v));
	ak_strmap_clear(&m);
	assert_false(ak_strmap_get(&m, ak_span_str("a"), &v));
	assert_int_equal(ak_strmap_put(&m, ak_span_str("a"), 4, NULL), AK_OK);
	assert_true(ak_strmap_get(&m, ak_span_str("a"), &v) && v == 4);
	ak_strmap_clear(&m);
}

/* The table keeps its own copy of a key. */
static void keys_are_copied(void **state)
{
	char key[] = "key";
	uint64_t v = 0;
	ak_strmap m;

	(void)state;
	ak_strmap_init(&m, 1);
	assert_int_equal(ak_strmap_put(&m, ak_span_str(key), 1, NULL), AK_OK);
	memset(key, 'x', 3);
	assert_false(ak_strmap_get(&m, ak_span_str(key), &v));
	assert_true(ak_strmap_get(&m, ak_span_str("key"), &v) && v == 1);
	ak_strmap_clear(&m);
}

enum { KEYS = 3000, STEPS = 60000 };

/* Keys of 0 to 20 bytes over two letters: many share a beginning. */
static ak_span key_of(size_t i, uint8_t room[32])
{
	size_t n = 0;

	for (size_t k = i + 1; k > 1; k >>= 1)
		room[n++] = (uint8_t)('a' + (k & 1));
	return (ak_span){ room, n };
}

static void random_operations(void **state)
{
	uint64_t *want = calloc(KEYS, sizeof(*want));
	uint64_t rnd = 5;

	(void)state;
	assert_non_null(want);
	for (uint64_t seed = 0; seed < 3; seed++) {
		size_t held = 0;
		ak_strmap m;

		ak_strmap_init(&m, seed * UINT64_C(0x0123456789abcdef));
		memset(want, 0, KEYS * sizeof(*want));
		for (size_t step = 0; step < STEPS; step++) {
			/* Few keys at first, so that replacing is met before growing. */
			size_t i = (size_t)(next(&rnd) % (1 + step * KEYS / STEPS));
			uint8_t room[32];
			ak_span key = key_of(i, room);
			uint64_t v = 0;

			if (ak_strmap_get(&m, key, &v) != (want[i] != 0) || v != want[i])
				fail_msg("seed %llu step %zu key %zu", (unsigned long long)seed, step, i);
			if (next(&rnd) % 2 == 0)
				continue;
			held += want[i] == 0 ? 1 : 0;
			want[i] = step + 1;
			assert_int_equal(ak_strmap_put(&m, key, want[i], NULL), AK_OK);
			assert_int_equal(m.n, held);
		}
		for (size_t i = 0; i < KEYS; i++) {
			uint8_t room[32];
			uint64_t v = 0;

			assert_int_equal(ak_strmap_get(&m, key_of(i, room), &v), want[i] != 0);
			assert_int_equal(v, want[i]);
		}
		ak_strmap_clear(&m);
	}
	free(want);
}

/* Never more than 3/4 full, always a power of two, and only as much as needed. */
static void growth(void **state)
{
	size_t grown = 0, was = 0;
	ak_strmap m;

	(void)state;
	ak_strmap_init(&m, 0);
	for (size_t i = 0; i < 100000; i++) {
		char key[24];

		(void)snprintf(key, sizeof(key), "ledger/subject:%zu", i);
		assert_int_equal(ak_strmap_put(&m, ak_span_str(key), i, NULL), AK_OK);
		assert_true(m.n == i + 1 && (m.cap & (m.cap - 1)) == 0);
		assert_true(m.n <= m.cap / 4 * 3);
		assert_true(m.cap <= 64 || m.n + 1 >= m.cap / 2 / 4 * 3);
		grown += m.cap != was ? 1 : 0;
		was = m.cap;
	}
	assert_int_equal(grown, 13); /* 2^6 to 2^18 */
	for (size_t i = 0; i < 100000; i += 77) {
		char key[24];
		uint64_t v = 0;

		(void)snprintf(key, sizeof(key), "ledger/subject:%zu", i);
		assert_true(ak_strmap_get(&m, ak_span_str(key), &v) && v == i);
	}
	ak_strmap_clear(&m);
}

/* Digests as keys, as in the closure of a bundle: no key is found under another's bytes. */
static void one_bit_apart(void **state)
{
	ak_strmap m;

	(void)state;
	ak_strmap_init(&m, 0);
	for (size_t bit = 0; bit < 256; bit++) {
		uint8_t key[32] = { 0 };

		key[bit / 8] = (uint8_t)(1u << bit % 8);
		assert_int_equal(ak_strmap_put(&m, (ak_span){ key, 32 }, bit, NULL), AK_OK);
	}
	for (size_t bit = 0; bit < 256; bit++) {
		uint8_t key[32] = { 0 };
		uint64_t v = 0;

		key[bit / 8] = (uint8_t)(1u << bit % 8);
		assert_true(ak_strmap_get(&m, (ak_span){ key, 32 }, &v) && v == bit);
		key[(bit + 100) % 256 / 8] ^= (uint8_t)(1u << (bit + 100) % 8);
		assert_false(ak_strmap_get(&m, (ak_span){ key, 32 }, &v));
	}
	assert_int_equal(m.n, 256);
	ak_strmap_clear(&m);
}

/* When a put fails, what was there before is there still. */
static ak_status fill(void *ctx)
{
	size_t *broken = ctx, done = 0;
	ak_status st = AK_OK;
	ak_strmap m;

	ak_strmap_init(&m, 3);
	for (size_t i = 0; st == AK_OK && i < 200; i++) {
		uint8_t room[32];

		st = ak_strmap_put(&m, key_of(i, room), i, NULL);
		done += st == AK_OK ? 1 : 0;
	}
	for (size_t i = 0; i < 200; i++) {
		uint8_t room[32];
		uint64_t v = UINT64_MAX;

		if (ak_strmap_get(&m, key_of(i, room), &v) != (i < done) || (i < done && v != i))
			(*broken)++;
	}
	if (m.n != done)
		(*broken)++;
	ak_strmap_clear(&m);
	return st;
}

static void out_of_memory(void **state)
{
	size_t broken = 0;

	(void)state;
	oom_sweep("strmap", fill, &broken);
	assert_int_equal(broken, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_it),
		cmocka_unit_test(insert_and_replace),
		cmocka_unit_test(keys_are_copied),
		cmocka_unit_test(random_operations),
		cmocka_unit_test(growth),
		cmocka_unit_test(one_bit_apart),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
