/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - sets of keys for the map tests, and the map's definition word for word: slow,
 * recursive, and sharing nothing with the code under test but the leaf hash. */
#ifndef TESTS_CHAIN_KEYS_H
#define TESTS_CHAIN_KEYS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chain/map.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <stdlib.h>
#include <string.h>

typedef struct item {
	ak_digest key;
	ak_map_entry entry;
} item;

static uint64_t dice = 1;

static inline uint64_t roll(void)
{
	/* xorshift64*, so that a failure repeats */
	dice ^= dice >> 12;
	dice ^= dice << 25;
	dice ^= dice >> 27;
	return dice * 0x2545f4914f6cdd1dULL;
}

static inline void roll_digest(ak_digest *out)
{
	for (size_t i = 0; i < sizeof(out->b); i++)
		out->b[i] = (uint8_t)(roll() >> 56);
}

static inline unsigned key_bit(const ak_digest *key, size_t i)
{
	return (unsigned)key->b[i / 8] >> (7 - i % 8) & 1;
}

static inline void flip_bit(uint8_t *bytes, size_t bit)
{
	bytes[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
}

/* A key that leaves `near` exactly at bit `at`. */
static inline ak_digest key_near(const ak_digest *near, size_t at)
{
	ak_digest key;

	roll_digest(&key);
	for (size_t i = 0; i <= at; i++) {
		if (key_bit(&key, i) != key_bit(near, i))
			flip_bit(key.b, i);
	}
	flip_bit(key.b, at);
	return key;
}

static inline size_t find_item(const item *it, size_t n, const ak_digest *key)
{
	size_t i = 0;

	while (i < n && !ak_digest_eq(&it[i].key, key))
		i++;
	return i;
}

static inline void roll_entry(ak_map_entry *e)
{
	e->count = 1 + roll() % 1000;
	roll_digest(&e->chain);
}

/* n different keys; crafted: many of them part late, some only at the last bit. */
static inline void roll_items(item *it, size_t n, bool crafted)
{
	for (size_t i = 0; i < n;) {
		roll_digest(&it[i].key);
		if (crafted && i > 0)
			it[i].key = key_near(&it[roll() % i].key,
			                     roll() % 4 == 0 ? 255 : roll() % 256);
		roll_entry(&it[i].entry);
		if (find_item(it, i, &it[i].key) == i)
			i++;
	}
}

static inline int by_key(const void *a, const void *b)
{
	return memcmp(((const item *)a)->key.b, ((const item *)b)->key.b, AK_DIGEST_LEN);
}

static inline size_t zeros_first(const item *sorted, size_t n, size_t depth)
{
	size_t k = 0;

	while (k < n && key_bit(&sorted[k].key, depth) == 0)
		k++;
	return k;
}

static inline ak_digest join(const ak_digest *l, const ak_digest *r)
{
	ak_digest h;
	uint8_t in[65] = { 0x05 };

	memcpy(in + 1, l->b, 32);
	memcpy(in + 33, r->b, 32);
	ak_sha256((ak_span){ in, sizeof(in) }, &h);
	return h;
}

/* Root of the subtree at `depth` that holds these items, sorted by key. */
static inline ak_digest defined_root(const item *sorted, size_t n, size_t depth)
{
	ak_digest l = { 0 }, r;
	size_t k;

	if (n == 0)
		return l;
	if (n == 1) {
		ak_map_leaf(&sorted[0].key, &sorted[0].entry, &l);
		return l;
	}
	k = zeros_first(sorted, n, depth);
	l = defined_root(sorted, k, depth + 1);
	r = defined_root(sorted + k, n - k, depth + 1);
	return join(&l, &r);
}

/* The proof of a key by the definition: siblings deepest first, returns how many. */
static inline size_t defined_proof(const item *sorted, size_t n, size_t depth,
                                   const ak_digest *key, ak_digest *sibling, ak_map_kind *kind)
{
	size_t k, m;

	if (n <= 1) {
		*kind = n == 0 ? AK_MAP_ABSENT_EMPTY
		        : ak_digest_eq(&sorted[0].key, key) ? AK_MAP_PRESENT : AK_MAP_ABSENT_OTHER;
		return 0;
	}
	k = zeros_first(sorted, n, depth);
	if (key_bit(key, depth) == 0) {
		m = defined_proof(sorted, k, depth + 1, key, sibling, kind);
		sibling[m] = defined_root(sorted + k, n - k, depth + 1);
	} else {
		m = defined_proof(sorted + k, n - k, depth + 1, key, sibling, kind);
		sibling[m] = defined_root(sorted, k, depth + 1);
	}
	return m + 1;
}

static inline void put_all(ak_map *m, const item *it, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ak_map_put(m, &it[i].key, &it[i].entry, NULL), AK_OK);
}

static inline void assert_root(const ak_map *m, const ak_digest *want)
{
	ak_digest got;

	ak_map_root(m, &got);
	assert_memory_equal(&got, want, sizeof(got));
}

static inline void assert_where(const char *name, ak_status got, ak_status want,
                                const ak_error *err, const char *where)
{
	if (got != want || strcmp(err->where, where) != 0)
		fail_msg("%s: %s at %s, want %s at %s", name, ak_status_name(got),
		         got == AK_OK ? "-" : err->where, ak_status_name(want), where);
}

#endif
