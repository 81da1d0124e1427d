/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/tree.h"

#include "base/fail.h"
#include "crypto/hash.h"

void ak_tree_leaf(ak_span entry, ak_digest *out)
{
	ak_sha256_tagged(AK_TAG_LEAF, entry, (ak_span){ 0 }, out);
}

void ak_tree_node(const ak_digest *l, const ak_digest *r, ak_digest *out)
{
	ak_sha256_tagged(AK_TAG_NODE, (ak_span){ l->b, sizeof(l->b) },
	                 (ak_span){ r->b, sizeof(r->b) }, out);
}

static ak_status tell(const ak_tree_sink *sink, unsigned level, uint64_t index,
                      const ak_digest *hash, ak_error *err)
{
	if (sink == NULL || sink->seen == NULL)
		return AK_OK;
	return sink->seen(sink->ctx, level, index, hash, err);
}

ak_status ak_frontier_add(ak_frontier *f, const ak_digest *leaf,
                          const ak_tree_sink *sink, ak_error *err)
{
	ak_digest h = *leaf;
	unsigned level = 0;
	ak_status st;

	/* The count of leaves itself must fit: 2^64 would read as an empty tree. */
	if (f->size == UINT64_MAX)
		return ak_fail(err, AK_LIMIT, "tree.size", f->size, "the tree is full");
	st = tell(sink, 0, f->size, &h, err);
	/* Each set low bit is a subtree that the new leaf completes a pair with.  The
	 * frontier is written once, at the end, so a failing sink changes nothing. */
	while (st == AK_OK && (f->size >> level & 1) != 0) {
		ak_tree_node(&f->node[level], &h, &h);
		level++;
		st = tell(sink, level, f->size >> level, &h, err);
	}
	if (st != AK_OK)
		return st;
	f->node[level] = h;
	f->size++;
	return AK_OK;
}

void ak_frontier_root(const ak_frontier *f, ak_digest *out)
{
	ak_digest h;
	bool any = false;

	if (f->size == 0) {
		ak_sha256((ak_span){ 0 }, out);
		return;
	}
	for (unsigned level = 0; level < AK_TREE_LEVELS; level++) {
		if ((f->size >> level & 1) == 0)
			continue;
		if (any)
			ak_tree_node(&f->node[level], &h, &h);
		else
			h = f->node[level];
		any = true;
	}
	*out = h;
}
