/* SPDX-License-Identifier: Apache-2.0 */
/* map_trie.h - the subject map in memory (internal to chain/)
 *
 * An inner node keeps the hashes of its two children side by side, so going down touches one
 * node a level and hashing a node reads 64 bytes in a row; a child that was never fetched costs
 * nothing but its reference.  Nodes live in slabs that never move, named by 32-bit references:
 *
 *     bits 31-30  kind: empty, leaf, inner, or an inner node that is still in the source
 *     bit  29     the inner node or something below it changed since the last flush
 *     bits 28-0   index in its slab array
 *
 * With random keys that is about 104 bytes of inner nodes and 72 of leaf a key.
 */
#ifndef AK_CHAIN_MAP_TRIE_H
#define AK_CHAIN_MAP_TRIE_H

#include "chain/map.h"

typedef enum ak_ref_kind {
	AK_REF_EMPTY,
	AK_REF_LEAF,
	AK_REF_INNER,
	AK_REF_AWAY, /* an inner node known only by its hash */
} ak_ref_kind;

#define AK_REF_DIRTY ((uint32_t)1 << 29)
#define AK_REF_INDEX (AK_REF_DIRTY - 1)

typedef struct ak_map_leaf_slot {
	ak_digest key;
	ak_map_entry entry;
} ak_map_leaf_slot;

typedef struct ak_map_inner_slot {
	ak_digest hash[2];
	uint32_t ref[2];
} ak_map_inner_slot;

typedef struct ak_map_slabs {
	void **slab; /* owned, n of them, AK_MAP_SLAB slots each */
	size_t n, cap;
	size_t slot; /* bytes */
	uint32_t used;
} ak_map_slabs;

struct ak_map {
	ak_map_slabs inner, leaf;
	ak_map_source src; /* node NULL: none */
	uint32_t top;
	ak_digest top_hash; /* the root */
};

/* The way from the top to the place where a key is, or would be. */
typedef struct ak_map_path {
	ak_map_inner_slot *node[AK_MAP_DEPTH_MAX];
	unsigned depth;  /* of the place = inner nodes above it      */
	uint32_t *ref;   /* the place: never an inner node           */
	ak_digest *hash; /* its hash                                 */
} ak_map_path;

static inline unsigned ak_map_bit(const ak_digest *key, unsigned depth)
{
	return (unsigned)key->b[depth / 8] >> (7 - depth % 8) & 1;
}

/* Length in bits of what two keys have in common from the start; 256 when equal. */
unsigned ak_map_shared(const ak_digest *a, const ak_digest *b);
void ak_map_inner(const ak_digest *left, const ak_digest *right, ak_digest *out);

static inline ak_ref_kind ak_ref_kind_of(uint32_t ref)
{
	return (ak_ref_kind)(ref >> 30);
}

static inline uint32_t ak_ref_to(ak_ref_kind kind, uint32_t index)
{
	return (uint32_t)kind << 30 | index;
}

ak_map_leaf_slot *ak_map_leaf_at(const ak_map *m, uint32_t ref);
ak_map_inner_slot *ak_map_inner_at(const ak_map *m, uint32_t ref);

/* Make room for `more` slots; after that so many takes cannot fail. */
AK_MUST_USE ak_status ak_map_slabs_reserve(ak_map_slabs *s, uint32_t more, ak_error *err);
uint32_t ak_map_slabs_take(ak_map_slabs *s);
void ak_map_slabs_clear(ak_map_slabs *s);

/* Show a reference and its hash as a child, and take one in (room for a leaf reserved). */
void ak_map_child_of(const ak_map *m, uint32_t ref, const ak_digest *hash, ak_map_child *out);
uint32_t ak_map_child_take(ak_map *m, const ak_map_child *c);
/* A child that can stand at `depth` below `prefix`: fields consistent, leaf hash right. */
AK_MUST_USE ak_status ak_map_child_check(const ak_map_child *c, unsigned depth,
                                         const ak_digest *prefix, ak_error *err);

/* Go to the place of `key`, fetching and checking nodes that are away. */
AK_MUST_USE ak_status ak_map_descend(ak_map *m, const ak_digest *key, ak_map_path *out,
                                     ak_error *err);

#endif
