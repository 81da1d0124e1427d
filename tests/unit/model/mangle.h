/* SPDX-License-Identifier: Apache-2.0 */
/* mangle.h - every small damage to some good bytes, each handed over in a block of exactly its size
 *
 * cut: every prefix but the whole.  bit: every bit turned.  drop, twice: every byte left out, every byte doubled.
 */
#ifndef TESTS_MODEL_MANGLE_H
#define TESTS_MODEL_MANGLE_H

#include "base/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Look at one damaged input; `what` says which. */
typedef void mangled_fn(ak_span in, const char *what);

static void hand_over(const uint8_t *head, size_t n_head, const uint8_t *tail, size_t n_tail, mangled_fn *fn,
                      const char *kind, size_t at)
{
	uint8_t *p = malloc(n_head + n_tail + 1);
	char what[48];

	assert_non_null(p);
	p = realloc(p, n_head + n_tail == 0 ? 1 : n_head + n_tail);
	assert_non_null(p);
	memcpy(p, head, n_head);
	memcpy(p + n_head, tail, n_tail);
	(void)snprintf(what, sizeof(what), "%s %zu", kind, at);
	fn((ak_span){ p, n_head + n_tail }, what);
	free(p);
}

static void mangle(ak_span good, mangled_fn *fn)
{
	uint8_t *p = malloc(good.len);

	assert_non_null(p);
	memcpy(p, good.data, good.len);
	for (size_t i = 0; i < good.len; i++)
		hand_over(p, i, p, 0, fn, "cut", i);
	for (size_t i = 0; i < good.len; i++)
		hand_over(p, i, p + i + 1, good.len - i - 1, fn, "drop", i);
	for (size_t i = 0; i < good.len; i++)
		hand_over(p, i + 1, p + i, good.len - i, fn, "twice", i);
	for (size_t bit = 0; bit < 8 * good.len; bit++) {
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		hand_over(p, good.len, p, 0, fn, "bit", bit);
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	free(p);
}

#endif
