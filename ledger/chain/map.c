/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/map.h"

#include "base/fail.h"
#include "base/text.h"
#include "chain/map_trie.h"

static ak_status take_top(ak_map *m, const ak_map_child *top, ak_error *err)
{
	static const ak_digest no_prefix;
	ak_status st = ak_map_child_check(top, 0, &no_prefix, err);

	if (st == AK_OK && top->kind == AK_MAP_INNER && m->src.node == NULL)
		st = ak_fail(err, AK_INVALID_ARGUMENT, "map.source", 0,
		             "a map with inner nodes needs a source");
	if (st == AK_OK && top->kind == AK_MAP_LEAF)
		st = ak_map_slabs_reserve(&m->leaf, 1, err);
	if (st != AK_OK)
		return st;
	m->top = ak_map_child_take(m, top);
	m->top_hash = top->hash;
	return AK_OK;
}

ak_status ak_map_open(const ak_map_child *top, const ak_map_source *src, ak_map **out,
                      ak_error *err)
{
	ak_map *m = ak_mem_alloc(sizeof(*m));
	ak_status st = AK_OK;

	if (m == NULL)
		return ak_no_memory(err, "map");
	m->inner.slot = sizeof(ak_map_inner_slot);
	m->leaf.slot = sizeof(ak_map_leaf_slot);
	if (src != NULL)
		m->src = *src;
	if (top != NULL)
		st = take_top(m, top, err);
	if (st != AK_OK) {
		ak_map_free(&m);
		return st;
	}
	*out = m;
	return AK_OK;
}

void ak_map_free(ak_map **m)
{
	if (m == NULL || *m == NULL)
		return;
	ak_map_slabs_clear(&(*m)->inner);
	ak_map_slabs_clear(&(*m)->leaf);
	ak_mem_free(*m);
	*m = NULL;
}

void ak_map_root(const ak_map *m, ak_digest *out)
{
	*out = m->top_hash;
}

void ak_map_top(const ak_map *m, ak_map_child *out)
{
	ak_map_child_of(m, m->top, &m->top_hash, out);
}

ak_status ak_map_get(ak_map *m, const ak_digest *key, ak_map_entry *out, bool *found,
                     ak_error *err)
{
	const ak_map_leaf_slot *leaf;
	ak_map_path p;
	ak_status st = ak_map_descend(m, key, &p, err);

	if (st != AK_OK)
		return st;
	*found = false;
	if (ak_ref_kind_of(*p.ref) != AK_REF_LEAF)
		return AK_OK;
	leaf = ak_map_leaf_at(m, *p.ref);
	if (!ak_digest_eq(&leaf->key, key))
		return AK_OK;
	*out = leaf->entry;
	*found = true;
	return AK_OK;
}

/* The place holds another key's leaf: grow inner nodes until the two part, hang the other
 * leaf there, and leave `p` at the empty place beside it.  Room has been reserved. */
static void part_from(ak_map *m, const ak_digest *key, unsigned shared, ak_map_path *p)
{
	uint32_t other = *p->ref;
	ak_digest other_hash = *p->hash;

	while (p->depth <= shared) {
		unsigned b = ak_map_bit(key, p->depth);
		uint32_t ref = ak_ref_to(AK_REF_INNER, ak_map_slabs_take(&m->inner));
		ak_map_inner_slot *node = ak_map_inner_at(m, ref);

		*node = (ak_map_inner_slot){ 0 };
		*p->ref = ref;
		p->node[p->depth++] = node;
		p->ref = &node->ref[b];
		p->hash = &node->hash[b];
		if (p->depth > shared) {
			node->ref[b ^ 1] = other;
			node->hash[b ^ 1] = other_hash;
		}
	}
}

/* Make the place ready for a leaf of `key`; nothing changes on failure. */
static ak_status make_place(ak_map *m, const ak_digest *key, ak_map_path *p, ak_error *err)
{
	bool other = ak_ref_kind_of(*p->ref) == AK_REF_LEAF;
	unsigned shared = 0;
	uint32_t ref;
	ak_status st;

	if (other) {
		shared = ak_map_shared(key, &ak_map_leaf_at(m, *p->ref)->key);
		if (shared == AK_MAP_DEPTH_MAX)
			return AK_OK; /* the key's own leaf */
		st = ak_map_slabs_reserve(&m->inner, shared - p->depth + 1, err);
		if (st != AK_OK)
			return st;
	}
	st = ak_map_slabs_reserve(&m->leaf, 1, err);
	if (st != AK_OK)
		return st;
	if (other)
		part_from(m, key, shared, p);
	ref = ak_ref_to(AK_REF_LEAF, ak_map_slabs_take(&m->leaf));
	ak_map_leaf_at(m, ref)->key = *key;
	*p->ref = ref;
	return AK_OK;
}

/* Carry a changed leaf hash up to the root. */
static void rehash(ak_map *m, const ak_digest *key, ak_map_path *p)
{
	for (unsigned d = p->depth; d > 0; d--) {
		ak_map_inner_slot *node = p->node[d - 1];
		uint32_t *ref = d > 1 ? &p->node[d - 2]->ref[ak_map_bit(key, d - 2)] : &m->top;
		ak_digest *hash = d > 1 ? &p->node[d - 2]->hash[ak_map_bit(key, d - 2)]
		                        : &m->top_hash;

		ak_map_inner(&node->hash[0], &node->hash[1], hash);
		*ref |= AK_REF_DIRTY;
	}
}

ak_status ak_map_put(ak_map *m, const ak_digest *key, const ak_map_entry *e, ak_error *err)
{
	ak_map_path p;
	ak_status st;

	if (e->count == 0)
		return ak_fail(err, AK_INVALID_ARGUMENT, "map.count", 0,
		               "a subject in the map has at least one record");
	st = ak_map_descend(m, key, &p, err);
	if (st == AK_OK)
		st = make_place(m, key, &p, err);
	if (st != AK_OK)
		return st;
	ak_map_leaf_at(m, *p.ref)->entry = *e;
	ak_map_leaf(key, e, p.hash);
	rehash(m, key, &p);
	return AK_OK;
}

ak_status ak_map_prove(ak_map *m, const ak_digest *key, ak_map_proof *out, ak_error *err)
{
	ak_map_proof proof = { .kind = AK_MAP_ABSENT_EMPTY };
	ak_map_path p;
	ak_status st = ak_map_descend(m, key, &p, err);

	if (st != AK_OK)
		return st;
	if (ak_ref_kind_of(*p.ref) == AK_REF_LEAF) {
		const ak_map_leaf_slot *leaf = ak_map_leaf_at(m, *p.ref);
		bool own = ak_digest_eq(&leaf->key, key);

		proof.kind = own ? AK_MAP_PRESENT : AK_MAP_ABSENT_OTHER;
		proof.entry = leaf->entry;
		if (!own)
			proof.other_key = leaf->key;
	}
	proof.n = p.depth;
	if (proof.n > 0) {
		proof.sibling = ak_mem_array(proof.n, sizeof(*proof.sibling));
		if (proof.sibling == NULL)
			return ak_no_memory(err, "map-proof");
	}
	for (unsigned d = 0; d < p.depth; d++)
		proof.sibling[p.depth - 1 - d] = p.node[d]->hash[ak_map_bit(key, d) ^ 1];
	*out = proof;
	return AK_OK;
}

static ak_status show(const ak_map *m, const ak_map_inner_slot *node, unsigned depth,
                      const ak_digest *prefix, ak_map_flush_fn *fn, void *ctx, ak_error *err)
{
	ak_map_node n;

	for (unsigned b = 0; b < 2; b++)
		ak_map_child_of(m, node->ref[b], &node->hash[b], &n.child[b]);
	return fn(ctx, depth, prefix, &n, err);
}

/* Show each dirty inner node to fn; fn NULL: mark them clean instead. */
static ak_status walk_dirty(ak_map *m, ak_map_flush_fn *fn, void *ctx, ak_error *err)
{
	ak_map_inner_slot *node[AK_MAP_DEPTH_MAX];
	uint8_t next[AK_MAP_DEPTH_MAX]; /* which child comes next; 2: none */
	ak_digest prefix = { 0 };
	uint32_t *ref = &m->top;
	unsigned depth = 0;

	for (;;) {
		if ((*ref & AK_REF_DIRTY) != 0) {
			ak_status st = AK_OK;

			node[depth] = ak_map_inner_at(m, *ref);
			next[depth] = 0;
			if (fn != NULL)
				st = show(m, node[depth], depth, &prefix, fn, ctx, err);
			else
				*ref &= ~AK_REF_DIRTY;
			if (st != AK_OK)
				return st;
			depth++;
		}
		while (depth > 0 && next[depth - 1] == 2) {
			depth--;
			prefix.b[depth / 8] &= (uint8_t)~(0x80 >> depth % 8);
		}
		if (depth == 0)
			return AK_OK;
		if (next[depth - 1] == 1)
			prefix.b[(depth - 1) / 8] |= (uint8_t)(0x80 >> (depth - 1) % 8);
		ref = &node[depth - 1]->ref[next[depth - 1]++];
	}
}

ak_status ak_map_flush(ak_map *m, ak_map_flush_fn *fn, void *ctx, ak_error *err)
{
	ak_status st = walk_dirty(m, fn, ctx, err);

	return st == AK_OK ? walk_dirty(m, NULL, NULL, NULL) : st;
}
