/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/map_trie.h"

#include "base/fail.h"
#include "base/text.h"

enum { SLAB = 256 }; /* slots a slab */

ak_map_leaf_slot *ak_map_leaf_at(const ak_map *m, uint32_t ref)
{
	uint32_t i = ref & AK_REF_INDEX;
	ak_map_leaf_slot *slab = m->leaf.slab[i / SLAB];

	return slab + i % SLAB;
}

ak_map_inner_slot *ak_map_inner_at(const ak_map *m, uint32_t ref)
{
	uint32_t i = ref & AK_REF_INDEX;
	ak_map_inner_slot *slab = m->inner.slab[i / SLAB];

	return slab + i % SLAB;
}

ak_status ak_map_slabs_reserve(ak_map_slabs *s, uint32_t more, ak_error *err)
{
	void *list = s->slab;
	ak_status st;

	if (more > AK_REF_INDEX - s->used)
		return ak_fail(err, AK_LIMIT, "map", s->used, "too many subjects for one map");
	while (s->n * SLAB < (size_t)s->used + more) {
		st = ak_mem_grow(&list, &s->cap, s->n + 1, sizeof(*s->slab), err);
		if (st != AK_OK)
			return st;
		s->slab = list;
		s->slab[s->n] = ak_mem_array(SLAB, s->slot);
		if (s->slab[s->n] == NULL)
			return ak_no_memory(err, "map");
		s->n++;
	}
	return AK_OK;
}

uint32_t ak_map_slabs_take(ak_map_slabs *s)
{
	return s->used++;
}

void ak_map_slabs_clear(ak_map_slabs *s)
{
	for (size_t i = 0; i < s->n; i++)
		ak_mem_free(s->slab[i]);
	ak_mem_free(s->slab);
	*s = (ak_map_slabs){ .slot = s->slot };
}

void ak_map_child_of(const ak_map *m, uint32_t ref, const ak_digest *hash, ak_map_child *out)
{
	const ak_map_leaf_slot *leaf;

	*out = (ak_map_child){ .hash = *hash };
	switch (ak_ref_kind_of(ref)) {
	case AK_REF_EMPTY:
		out->kind = AK_MAP_EMPTY;
		break;
	case AK_REF_LEAF:
		leaf = ak_map_leaf_at(m, ref);
		out->kind = AK_MAP_LEAF;
		out->key = leaf->key;
		out->entry = leaf->entry;
		break;
	case AK_REF_INNER:
	case AK_REF_AWAY:
		out->kind = AK_MAP_INNER;
		break;
	}
}

uint32_t ak_map_child_take(ak_map *m, const ak_map_child *c)
{
	uint32_t ref;

	if (c->kind == AK_MAP_EMPTY)
		return ak_ref_to(AK_REF_EMPTY, 0);
	if (c->kind == AK_MAP_INNER)
		return ak_ref_to(AK_REF_AWAY, 0);
	ref = ak_ref_to(AK_REF_LEAF, ak_map_slabs_take(&m->leaf));
	*ak_map_leaf_at(m, ref) = (ak_map_leaf_slot){ c->key, c->entry };
	return ref;
}

static ak_status bad_node(ak_error *err, const char *where, unsigned depth, const char *why)
{
	return ak_fail(err, AK_MAP_MISMATCH, where, depth, "%s", why);
}

ak_status ak_map_child_check(const ak_map_child *c, unsigned depth, const ak_digest *prefix,
                             ak_error *err)
{
	ak_digest h;

	switch (c->kind) {
	case AK_MAP_EMPTY:
		if (!ak_digest_is_zero(&c->hash))
			return bad_node(err, "map-node.hash", depth, "an empty child has a hash");
		return AK_OK;
	case AK_MAP_INNER:
		if (ak_digest_is_zero(&c->hash) || depth >= AK_MAP_DEPTH_MAX)
			return bad_node(err, "map-node.hash", depth, "no inner node can be here");
		return AK_OK;
	case AK_MAP_LEAF:
		if (c->entry.count == 0)
			return bad_node(err, "map-node.count", depth, "a leaf without records");
		if (ak_map_shared(&c->key, prefix) < depth)
			return bad_node(err, "map-node.key", depth, "a leaf in the wrong place");
		ak_map_leaf(&c->key, &c->entry, &h);
		if (!ak_digest_eq(&h, &c->hash))
			return ak_digest_mismatch(err, AK_MAP_MISMATCH, "map-node.leaf", depth,
			                          &c->hash, &h);
		return AK_OK;
	}
	return bad_node(err, "map-node.kind", depth, "unknown kind of child");
}

/* The first `depth` bits of key, zeros after them. */
static void prefix_of(const ak_digest *key, unsigned depth, ak_digest *out)
{
	*out = *key;
	if (depth % 8 != 0)
		out->b[depth / 8] &= (uint8_t)(0xff << (8 - depth % 8));
	for (unsigned i = (depth + 7) / 8; i < AK_DIGEST_LEN; i++)
		out->b[i] = 0;
}

/* The source is a cache that nobody vouches for: believe a node only when it hashes to what
 * its parent says and could stand where it claims to stand. */
static ak_status check_node(const ak_map_node *n, unsigned depth, const ak_digest *prefix,
                            const ak_digest *want, ak_error *err)
{
	ak_map_child_kind l = n->child[0].kind, r = n->child[1].kind;
	ak_digest h;

	ak_map_inner(&n->child[0].hash, &n->child[1].hash, &h);
	if (!ak_digest_eq(&h, want))
		return ak_digest_mismatch(err, AK_MAP_MISMATCH, "map-node.hash", depth, want, &h);
	if (l != AK_MAP_INNER && r != AK_MAP_INNER && (l == AK_MAP_EMPTY || r == AK_MAP_EMPTY))
		return bad_node(err, "map-node.kind", depth, "fewer than two keys below");
	for (unsigned b = 0; b < 2; b++) {
		ak_digest p = *prefix;
		ak_status st;

		if (b == 1)
			p.b[depth / 8] |= (uint8_t)(0x80 >> depth % 8);
		st = ak_map_child_check(&n->child[b], depth + 1, &p, err);
		if (st != AK_OK)
			return st;
	}
	return AK_OK;
}

/* Fetch the inner node at *ref, which is away. */
static ak_status load(ak_map *m, unsigned depth, const ak_digest *key, uint32_t *ref,
                      const ak_digest *hash, ak_error *err)
{
	ak_map_node n = { 0 };
	ak_map_inner_slot *slot;
	ak_digest prefix;
	uint32_t loaded;
	ak_status st;

	prefix_of(key, depth, &prefix);
	st = m->src.node(m->src.ctx, depth, &prefix, &n, err);
	if (st == AK_OK)
		st = check_node(&n, depth, &prefix, hash, err);
	if (st == AK_OK)
		st = ak_map_slabs_reserve(&m->inner, 1, err);
	if (st == AK_OK)
		st = ak_map_slabs_reserve(&m->leaf, 2, err);
	if (st != AK_OK)
		return st;
	loaded = ak_ref_to(AK_REF_INNER, ak_map_slabs_take(&m->inner));
	slot = ak_map_inner_at(m, loaded);
	for (unsigned b = 0; b < 2; b++) {
		slot->hash[b] = n.child[b].hash;
		slot->ref[b] = ak_map_child_take(m, &n.child[b]);
	}
	*ref = loaded;
	return AK_OK;
}

ak_status ak_map_descend(ak_map *m, const ak_digest *key, ak_map_path *out, ak_error *err)
{
	out->depth = 0;
	out->ref = &m->top;
	out->hash = &m->top_hash;
	while (ak_ref_kind_of(*out->ref) >= AK_REF_INNER) {
		unsigned b = ak_map_bit(key, out->depth);
		ak_map_inner_slot *node;

		if (ak_ref_kind_of(*out->ref) == AK_REF_AWAY) {
			ak_status st = load(m, out->depth, key, out->ref, out->hash, err);

			if (st != AK_OK)
				return st;
		}
		node = ak_map_inner_at(m, *out->ref);
		out->node[out->depth++] = node;
		out->ref = &node->ref[b];
		out->hash = &node->hash[b];
	}
	return AK_OK;
}
