/* SPDX-License-Identifier: Apache-2.0 */
/* forest.h - the leaves 00, 01, 02, ... and what a sink is shown while a tree grows over them;
 * the root of RFC 6962 section 2.1 word for word.  For test_tree.c and test_proof.c. */
#ifndef TESTS_CHAIN_FOREST_H
#define TESTS_CHAIN_FOREST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chain/tree.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <stdio.h>
#include <string.h>

enum { N = 130 };

typedef struct forest {
	ak_digest node[9][N];
	bool have[9][N];
	uint64_t size; /* the source refuses what lies beyond it */
} forest;

static ak_digest leaf[N];

static inline ak_status remember(void *ctx, unsigned level, uint64_t index, const ak_digest *h,
                          ak_error *err)
{
	forest *f = ctx;

	if (level > 8 || index >= N || f->have[level][index])
		return ak_fail(err, AK_INTERNAL, "test.sink", index, "level %u twice", level);
	f->node[level][index] = *h;
	f->have[level][index] = true;
	return AK_OK;
}

static inline ak_status recall(void *ctx, unsigned level, uint64_t index, ak_digest *out,
                        ak_error *err)
{
	const forest *f = ctx;

	if (level > 8 || index >= N || (index + 1) << level > f->size || !f->have[level][index])
		return ak_fail(err, AK_NOT_FOUND, "test.source", index, "level %u", level);
	*out = f->node[level][index];
	return AK_OK;
}

static inline void grow(forest *f, const ak_digest *from, size_t n)
{
	ak_frontier top = { .size = 0 };
	const ak_tree_sink sink = { remember, f };

	memset(f, 0, sizeof(*f));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ak_frontier_add(&top, &from[i], &sink, NULL), AK_OK);
	f->size = n;
}

static inline void plant_leaves(void)
{
	for (size_t i = 0; i < N; i++) {
		uint8_t b = (uint8_t)i;

		ak_tree_leaf((ak_span){ &b, 1 }, &leaf[i]);
	}
}

static inline size_t k_of(size_t n)
{
	size_t k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

static inline ak_digest mth(const ak_digest *d, size_t n)
{
	ak_digest l, r;

	if (n == 0) {
		ak_sha256((ak_span){ 0 }, &l);
		return l;
	}
	if (n == 1)
		return d[0];
	l = mth(d, k_of(n));
	r = mth(d + k_of(n), n - k_of(n));
	ak_tree_node(&l, &r, &l);
	return l;
}

static inline void assert_where(ak_status got, ak_status want, const ak_error *err, const char *where)
{
	if (got != want || strcmp(err->where, where) != 0)
		fail_msg("%s at %s, want %s at %s", ak_status_name(got), err->where,
		         ak_status_name(want), where);
}

#endif
