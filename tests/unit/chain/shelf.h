/* SPDX-License-Identifier: Apache-2.0 */
/* shelf.h - where the map tests keep flushed nodes, and a source that can be told to lie */
#ifndef TESTS_CHAIN_SHELF_H
#define TESTS_CHAIN_SHELF_H

#include "keys.h"

enum { SHELF_MAX = 8192 };

typedef enum lie { HONEST, MISSING, ALTERED, SWAPPED } lie;

typedef struct shelf {
	struct {
		unsigned depth;
		ak_digest prefix;
		ak_map_node node;
	} row[SHELF_MAX];
	size_t n;
	size_t shown; /* nodes handed over by flushes */
	size_t asked; /* nodes fetched                */
	lie how;
	size_t where;        /* the row lied about                 */
	ak_map_node instead; /* ALTERED: the answer for that row   */
	size_t other;        /* SWAPPED: the row answered instead  */
} shelf;

static inline size_t shelf_find(const shelf *s, unsigned depth, const ak_digest *prefix)
{
	size_t i = 0;

	while (i < s->n && !(s->row[i].depth == depth && ak_digest_eq(&s->row[i].prefix, prefix)))
		i++;
	return i;
}

static inline ak_status shelf_put(void *ctx, unsigned depth, const ak_digest *prefix,
                                  const ak_map_node *node, ak_error *err)
{
	shelf *s = ctx;
	size_t i = shelf_find(s, depth, prefix);

	for (size_t b = depth; b < 256; b++) {
		if (key_bit(prefix, b) != 0)
			return ak_fail(err, AK_INTERNAL, "test.shelf", depth, "prefix not cut");
	}
	if (i == SHELF_MAX)
		return ak_fail(err, AK_LIMIT, "test.shelf", i, "full");
	if (i == s->n)
		s->n++;
	s->shown++;
	s->row[i].depth = depth;
	s->row[i].prefix = *prefix;
	s->row[i].node = *node;
	return AK_OK;
}

static inline ak_status shelf_get(void *ctx, unsigned depth, const ak_digest *prefix,
                                  ak_map_node *out, ak_error *err)
{
	shelf *s = ctx;
	size_t i = shelf_find(s, depth, prefix);

	s->asked++;
	if (i == s->n || (s->how == MISSING && i == s->where))
		return ak_fail(err, AK_NOT_FOUND, "test.shelf", depth, "no such node");
	*out = s->row[i].node;
	if (s->how == ALTERED && i == s->where)
		*out = s->instead;
	if (s->how == SWAPPED && i == s->where)
		*out = s->row[s->other].node;
	return AK_OK;
}

static inline ak_map *reopen(shelf *s, const ak_map_child *top)
{
	const ak_map_source src = { shelf_get, s };
	ak_map *m = NULL;

	assert_int_equal(ak_map_open(top, &src, &m, NULL), AK_OK);
	return m;
}

#endif
