/* SPDX-License-Identifier: Apache-2.0 */
/* map.h - the subject map: proof that nothing about a subject was left out (internal)
 *
 * DESIGN: from each subject to (count, chain).
 *   chain_0 = 32 zero bytes
 *   chain_i = SHA-256(0x03 || chain_{i-1} || be64(seq) || be64(time) || statement digest || signatures digest)
 *   key     = SHA-256(subject id)
 *   leaf    = SHA-256(0x04 || key || be64(count) || chain)
 *   trie    over the bits of key, most significant first: an empty subtree is 32 zero bytes; a subtree
 *           with one key is that key's leaf; any other is SHA-256(0x05 || left || right)
 * A proof lists siblings from the leaf's place up to the root (sibling[0] is the deepest).  An absence proof
 * ends in an empty place or in one OTHER leaf whose key shares the first n bits of the asked key; the
 * asked key itself there is a malformed proof.  n = number of siblings = depth of the place, <= 256.
 * A deepest sibling that is empty is malformed beside a leaf (the leaf would have moved up) and beside an
 * empty place (that subtree would be empty).  An empty place at depth 256 is malformed too: its sibling could
 * only be a leaf, which would have moved up.
 */
#ifndef AK_CHAIN_MAP_H
#define AK_CHAIN_MAP_H

#include "base/bytes.h"

enum { AK_MAP_DEPTH_MAX = 256 };

typedef struct ak_map_entry {
	uint64_t count; /* >= 1 */
	ak_digest chain;
} ak_map_entry;

void ak_map_key(ak_span subject_id, ak_digest *out);
void ak_map_chain_step(ak_digest *chain, uint64_t seq, int64_t time, const ak_digest *statement,
                       const ak_digest *signatures);
void ak_map_leaf(const ak_digest *key, const ak_map_entry *e, ak_digest *out);

typedef enum ak_map_kind { AK_MAP_PRESENT, AK_MAP_ABSENT_EMPTY, AK_MAP_ABSENT_OTHER } ak_map_kind;

typedef struct ak_map_proof { /* members that the kind does not use are ignored */
	ak_map_kind kind;
	ak_map_entry entry;       /* PRESENT: of the asked key; ABSENT_OTHER: of the other leaf */
	ak_digest other_key;      /* ABSENT_OTHER only */
	ak_digest *sibling;       /* owned; n of them, deepest first */
	size_t n;
} ak_map_proof;

void ak_map_proof_clear(ak_map_proof *p);
/* Pure check of a proof for `key` against `root`.  AK_BAD_FORMAT: no map could give such a proof (where:
 * map-proof.kind, .siblings, .deepest, .count, .other-key); AK_MAP_MISMATCH: the root differs (map-proof.root). */
AK_MUST_USE ak_status ak_map_check(const ak_digest *key, const ak_map_proof *p, const ak_digest *root, ak_error *err);

/* An updatable map.  Nodes that are not in memory are fetched through `src` (NULL: the map starts empty
 * and is wholly in memory).  What src answers is verified against `root` on the way down: every fetched node
 * must hash to what its parent says, so a damaged cache is AK_MAP_MISMATCH and never a wrong root. */
typedef enum ak_map_child_kind { AK_MAP_EMPTY = 0, AK_MAP_LEAF = 1, AK_MAP_INNER = 2 } ak_map_child_kind;
typedef struct ak_map_child {
	ak_map_child_kind kind;
	ak_digest hash;     /* zero for EMPTY */
	ak_digest key;      /* LEAF only      */
	ak_map_entry entry; /* LEAF only      */
} ak_map_child;
typedef struct ak_map_node { /* an inner node; child[b] holds the keys whose next bit is b */
	ak_map_child child[2];
} ak_map_node;
/* Nodes are named by (depth, prefix): the inner node at `depth` covers all keys whose first `depth` bits are
 * those of `prefix` (later bits zero).  */
typedef struct ak_map_source {
	/* AK_NOT_FOUND when the cache lacks it. */
	ak_status (*node)(void *ctx, unsigned depth, const ak_digest *prefix, ak_map_node *out, ak_error *err);
	void *ctx;
} ak_map_source;

/* One caller at a time: reading loads nodes too. */
typedef struct ak_map ak_map;
/* An empty map (top NULL), or one whose top is `top` (the root as a child: EMPTY, LEAF or INNER).  The caller
 * has compared top->hash with a root it trusts.  src is copied; src->ctx must outlive the map. */
AK_MUST_USE ak_status ak_map_open(const ak_map_child *top, const ak_map_source *src, ak_map **out, ak_error *err);
void ak_map_free(ak_map **m);
void ak_map_root(const ak_map *m, ak_digest *out);
void ak_map_top(const ak_map *m, ak_map_child *out);
/* Absent: *found = false. */
AK_MUST_USE ak_status ak_map_get(ak_map *m, const ak_digest *key, ak_map_entry *out, bool *found, ak_error *err);
/* Insert or replace.  Hashes along the path are updated at once, so ak_map_root is always current.  On failure
 * the map is as before. */
AK_MUST_USE ak_status ak_map_put(ak_map *m, const ak_digest *key, const ak_map_entry *e, ak_error *err);
/* *out must be { 0 } or cleared. */
AK_MUST_USE ak_status ak_map_prove(ak_map *m, const ak_digest *key, ak_map_proof *out, ak_error *err);
/* Hand every inner node created or changed since the last flush to fn, parents before children, then mark them
 * clean.  When fn fails all stay marked, and the next flush hands them over again.  fn must not use the map. */
typedef ak_status ak_map_flush_fn(void *ctx, unsigned depth, const ak_digest *prefix, const ak_map_node *node, ak_error *err);
AK_MUST_USE ak_status ak_map_flush(ak_map *m, ak_map_flush_fn *fn, void *ctx, ak_error *err);

#endif
