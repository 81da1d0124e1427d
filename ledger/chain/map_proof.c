/* SPDX-License-Identifier: Apache-2.0 */
/* The map's hashes and the check of a proof: pure, no map in memory. */
#include "chain/map_trie.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <string.h>

static ak_span span_of(const ak_digest *d)
{
	return (ak_span){ d->b, sizeof(d->b) };
}

void ak_map_key(ak_span subject_id, ak_digest *out)
{
	ak_sha256(subject_id, out);
}

void ak_map_chain_step(ak_digest *chain, uint64_t seq, int64_t time,
                       const ak_digest *statement, const ak_digest *signatures)
{
	uint8_t a[AK_DIGEST_LEN + 16], b[2 * AK_DIGEST_LEN];

	memcpy(a, chain->b, AK_DIGEST_LEN);
	ak_put_be64(a + AK_DIGEST_LEN, seq);
	ak_put_be64(a + AK_DIGEST_LEN + 8, (uint64_t)time);
	memcpy(b, statement->b, AK_DIGEST_LEN);
	memcpy(b + AK_DIGEST_LEN, signatures->b, AK_DIGEST_LEN);
	ak_sha256_tagged(AK_TAG_CHAIN, (ak_span){ a, sizeof(a) },
	                 (ak_span){ b, sizeof(b) }, chain);
}

void ak_map_leaf(const ak_digest *key, const ak_map_entry *e, ak_digest *out)
{
	uint8_t b[8 + AK_DIGEST_LEN];

	ak_put_be64(b, e->count);
	memcpy(b + 8, e->chain.b, AK_DIGEST_LEN);
	ak_sha256_tagged(AK_TAG_MAP_LEAF, span_of(key), (ak_span){ b, sizeof(b) }, out);
}

void ak_map_inner(const ak_digest *left, const ak_digest *right, ak_digest *out)
{
	ak_sha256_tagged(AK_TAG_MAP_NODE, span_of(left), span_of(right), out);
}

unsigned ak_map_shared(const ak_digest *a, const ak_digest *b)
{
	unsigned n = 0;

	while (n < AK_MAP_DEPTH_MAX && a->b[n / 8] == b->b[n / 8])
		n += 8;
	while (n < AK_MAP_DEPTH_MAX && ak_map_bit(a, n) == ak_map_bit(b, n))
		n++;
	return n;
}

void ak_map_proof_clear(ak_map_proof *p)
{
	ak_mem_free(p->sibling);
	*p = (ak_map_proof){ 0 };
}

/* What the proof says stands at the place where `key` belongs. */
static ak_status place_hash(const ak_digest *key, const ak_map_proof *p, ak_digest *out,
                            ak_error *err)
{
	bool leaf = p->kind != AK_MAP_ABSENT_EMPTY;

	if (leaf && p->entry.count == 0)
		return ak_fail(err, AK_BAD_FORMAT, "map-proof.count", 0,
		               "a subject in the map has at least one record");
	switch (p->kind) {
	case AK_MAP_PRESENT:
		ak_map_leaf(key, &p->entry, out);
		return AK_OK;
	case AK_MAP_ABSENT_EMPTY:
		*out = (ak_digest){ 0 };
		return AK_OK;
	case AK_MAP_ABSENT_OTHER:
		/* The asked key standing there would prove presence, not absence. */
		if (ak_digest_eq(&p->other_key, key))
			return ak_fail(err, AK_BAD_FORMAT, "map-proof.other-key", p->n,
			               "absence shown with the asked key itself");
		if (ak_map_shared(&p->other_key, key) < p->n)
			return ak_fail(err, AK_BAD_FORMAT, "map-proof.other-key", p->n,
			               "the other key does not lie on the asked key's path");
		ak_map_leaf(&p->other_key, &p->entry, out);
		return AK_OK;
	}
	return ak_fail(err, AK_BAD_FORMAT, "map-proof.kind", (uint64_t)p->kind, "unknown kind");
}

ak_status ak_map_check(const ak_digest *key, const ak_map_proof *p, const ak_digest *root,
                       ak_error *err)
{
	size_t max = p->kind == AK_MAP_ABSENT_EMPTY ? AK_MAP_DEPTH_MAX - 1 : AK_MAP_DEPTH_MAX;
	ak_digest h;
	ak_status st;

	if (p->n > max)
		return ak_fail(err, AK_BAD_FORMAT, "map-proof.siblings", p->n,
		               "over %zu of them", max);
	if (p->n > 0 && ak_digest_is_zero(&p->sibling[0]))
		return ak_fail(err, AK_BAD_FORMAT, "map-proof.deepest", 0,
		               "the deepest sibling is empty");
	st = place_hash(key, p, &h, err);
	if (st != AK_OK)
		return st;
	for (size_t i = 0; i < p->n; i++) {
		if (ak_map_bit(key, (unsigned)(p->n - 1 - i)) != 0)
			ak_map_inner(&p->sibling[i], &h, &h);
		else
			ak_map_inner(&h, &p->sibling[i], &h);
	}
	if (!ak_digest_eq(&h, root))
		return ak_digest_mismatch(err, AK_MAP_MISMATCH, "map-proof.root", p->n, root, &h);
	return AK_OK;
}
