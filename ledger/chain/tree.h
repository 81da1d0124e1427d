/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - the RFC 6962 SHA-256 tree: appending, roots, proofs (internal)
 *
 * The frontier holds the roots of the complete subtrees of a tree of `size` leaves, largest first:
 * popcount(size) digests.  Appending and taking the root are O(log size).  Proofs are checked without
 * recursion and must have exactly the right length.  Making a proof needs the leaf hashes of the whole
 * tree or stored nodes, which arrive through a callback.
 */
#ifndef AK_CHAIN_TREE_H
#define AK_CHAIN_TREE_H

#include "base/bytes.h"

enum { AK_TREE_LEVELS = 64 };

typedef struct ak_frontier {
	uint64_t size;                   /* leaves */
	ak_digest node[AK_TREE_LEVELS];  /* node[level] is meaningful when bit `level` of size is set */
} ak_frontier;

void ak_tree_leaf(ak_span entry, ak_digest *out); /* SHA-256(0x00 || entry) */
void ak_tree_node(const ak_digest *l, const ak_digest *r, ak_digest *out);

/* When a complete subtree of 2^level leaves is closed, `seen` (may be NULL) gets (level, index, hash):
 * index counts subtrees of that level from the left; level 0 is the leaf itself. */
typedef struct ak_tree_sink {
	ak_status (*seen)(void *ctx, unsigned level, uint64_t index, const ak_digest *hash, ak_error *err);
	void *ctx;
} ak_tree_sink;
AK_MUST_USE ak_status ak_frontier_add(ak_frontier *f, const ak_digest *leaf, const ak_tree_sink *sink, ak_error *err);
void ak_frontier_root(const ak_frontier *f, ak_digest *out); /* size 0: SHA-256("") */

/* Where complete subtrees come from when a proof is made. */
typedef struct ak_tree_source {
	ak_status (*node)(void *ctx, unsigned level, uint64_t index, ak_digest *out, ak_error *err);
	void *ctx;
} ak_tree_source;

typedef struct ak_tree_proof {
	ak_digest hash[AK_TREE_LEVELS + 1];
	size_t n;
} ak_tree_proof;

/* A consistency proof that leads from an earlier size to here; size 0: none. */
typedef struct ak_tree_since {
	uint64_t size;
	ak_digest root; /* of the tree at that size, says whoever made the proof */
	ak_tree_proof proof;
} ak_tree_since;

AK_MUST_USE ak_status ak_tree_prove_inclusion(const ak_tree_source *src, uint64_t index, uint64_t size,
                                              ak_tree_proof *out, ak_error *err);
AK_MUST_USE ak_status ak_tree_prove_consistency(const ak_tree_source *src, uint64_t size1, uint64_t size2,
                                                ak_tree_proof *out, ak_error *err);
/* Root at size1, and the proof that leads from there; size1 0: none. */
AK_MUST_USE ak_status ak_tree_prove_since(const ak_tree_source *src, uint64_t size1, uint64_t size2, ak_tree_since *out,
                                          ak_error *err);
/* AK_TREE_MISMATCH or AK_BAD_FORMAT (wrong length, index out of range, size1 = 0). */
AK_MUST_USE ak_status ak_tree_check_inclusion(const ak_digest *leaf, uint64_t index, uint64_t size,
                                              const ak_tree_proof *p, const ak_digest *root, ak_error *err);
AK_MUST_USE ak_status ak_tree_check_consistency(uint64_t size1, const ak_digest *root1, uint64_t size2,
                                                const ak_digest *root2, const ak_tree_proof *p, ak_error *err);

#endif
