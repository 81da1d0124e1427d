/* SPDX-License-Identifier: Apache-2.0 */
/* Making and checking RFC 6962 proofs.  Both walk bits of the sizes; nothing recurses,
 * and no length is taken from the proof. */
#include "chain/tree.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <stdio.h>

/* Where RFC 6962 splits a tree of n > 1 leaves: the largest power of two below n. */
static uint64_t split_of(uint64_t n)
{
	uint64_t k = n - 1;

	for (unsigned s = 1; s < 64; s *= 2)
		k |= k >> s;
	return k - (k >> 1);
}

static unsigned bit_length(uint64_t v)
{
	unsigned n = 0;

	for (; v != 0; v >>= 1)
		n++;
	return n;
}

static unsigned popcount(uint64_t v)
{
	unsigned n = 0;

	for (; v != 0; v &= v - 1)
		n++;
	return n;
}

/* Root of the leaves [lo, hi), where a split of the whole tree made lo, so every part
 * taken here is a complete subtree that the source holds. */
static ak_status range_root(const ak_tree_source *src, uint64_t lo, uint64_t hi,
                            ak_digest *out, ak_error *err)
{
	ak_digest part[AK_TREE_LEVELS];
	size_t n = 0;

	do {
		unsigned level = bit_length(hi - lo) - 1;
		ak_status st = src->node(src->ctx, level, lo >> level, &part[n], err);

		if (st != AK_OK)
			return st;
		n++;
		lo += (uint64_t)1 << level;
	} while (lo < hi);
	while (n > 1) {
		n--;
		ak_tree_node(&part[n - 1], &part[n], &part[n - 1]);
	}
	*out = part[0];
	return AK_OK;
}

/* Proofs are built from the root down and listed from the leaf up. */
static void reverse(ak_tree_proof *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		ak_digest t = p->hash[i];

		p->hash[i] = p->hash[p->n - 1 - i];
		p->hash[p->n - 1 - i] = t;
	}
}

ak_status ak_tree_prove_inclusion(const ak_tree_source *src, uint64_t index,
                                  uint64_t size, ak_tree_proof *out, ak_error *err)
{
	ak_tree_proof p = { .n = 0 };
	uint64_t lo = 0, hi = size;

	if (index >= size)
		return ak_fail(err, AK_INVALID_ARGUMENT, "inclusion.index", index,
		               "the tree has %llu leaves", (unsigned long long)size);
	while (hi - lo > 1) {
		uint64_t mid = lo + split_of(hi - lo);
		bool left = index < mid;
		ak_status st = range_root(src, left ? mid : lo, left ? hi : mid,
		                          &p.hash[p.n], err);

		if (st != AK_OK)
			return st;
		p.n++;
		if (left)
			hi = mid;
		else
			lo = mid;
	}
	reverse(&p);
	*out = p;
	return AK_OK;
}

ak_status ak_tree_prove_consistency(const ak_tree_source *src, uint64_t size1,
                                    uint64_t size2, ak_tree_proof *out, ak_error *err)
{
	ak_tree_proof p = { .n = 0 };
	uint64_t lo = 0, hi = size2;
	ak_status st = AK_OK;

	if (size1 == 0 || size1 > size2)
		return ak_fail(err, AK_INVALID_ARGUMENT, "consistency.size1", size1,
		               "must lie in 1..%llu", (unsigned long long)size2);
	while (hi != size1) {
		uint64_t mid = lo + split_of(hi - lo);
		bool left = size1 <= mid;

		st = range_root(src, left ? mid : lo, left ? hi : mid, &p.hash[p.n], err);
		if (st != AK_OK)
			return st;
		p.n++;
		if (left)
			hi = mid;
		else
			lo = mid;
	}
	/* Left turns only: what remains is the whole old tree, whose root the checker has. */
	if (lo != 0) {
		st = range_root(src, lo, hi, &p.hash[p.n], err);
		if (st != AK_OK)
			return st;
		p.n++;
	}
	reverse(&p);
	*out = p;
	return AK_OK;
}

ak_status ak_tree_prove_since(const ak_tree_source *src, uint64_t size1, uint64_t size2, ak_tree_since *out,
                              ak_error *err)
{
	ak_tree_since s = { .size = size1 };
	ak_status st = AK_OK;

	if (size1 != 0)
		st = ak_tree_prove_consistency(src, size1, size2, &s.proof, err);
	if (st == AK_OK && size1 != 0)
		st = range_root(src, 0, size1, &s.root, err);
	if (st == AK_OK)
		*out = s;
	return st;
}

static ak_status bad_length(ak_error *err, const char *where, size_t want, size_t got)
{
	char a[24], b[24];

	(void)snprintf(a, sizeof(a), "%zu", want);
	(void)snprintf(b, sizeof(b), "%zu", got);
	return ak_mismatch(err, AK_BAD_FORMAT, where, got, a, b);
}

ak_status ak_tree_check_inclusion(const ak_digest *leaf, uint64_t index, uint64_t size,
                                  const ak_tree_proof *p, const ak_digest *root,
                                  ak_error *err)
{
	ak_digest h = *leaf;
	unsigned inner, border;

	if (index >= size)
		return ak_fail(err, AK_BAD_FORMAT, "inclusion.index", index,
		               "the tree has %llu leaves", (unsigned long long)size);
	/* Below `inner` the leaf has siblings on either side; above it the leaf lies on the
	 * right edge and only left siblings count. */
	inner = bit_length(index ^ (size - 1));
	border = inner < 64 ? popcount(index >> inner) : 0;
	if (p->n != inner + border)
		return bad_length(err, "inclusion.length", inner + border, p->n);
	for (size_t i = 0; i < p->n; i++) {
		if (i >= inner || (index >> i & 1) != 0)
			ak_tree_node(&p->hash[i], &h, &h);
		else
			ak_tree_node(&h, &p->hash[i], &h);
	}
	if (!ak_digest_eq(&h, root))
		return ak_digest_mismatch(err, AK_TREE_MISMATCH, "inclusion.root", index,
		                          root, &h);
	return AK_OK;
}

/* How many hashes lead from size1 to size2; 0 < size1 < size2. */
static size_t consistency_length(uint64_t size1, uint64_t size2)
{
	uint64_t lo = 0, hi = size2;
	size_t n = 0;

	while (hi != size1) {
		uint64_t mid = lo + split_of(hi - lo);

		if (size1 <= mid)
			hi = mid;
		else
			lo = mid;
		n++;
	}
	return lo != 0 ? n + 1 : n;
}

/* Fold the proof twice at once: r1 takes only what lies left of the old tree's edge,
 * r2 takes everything.  The length has been checked. */
static void fold_consistency(uint64_t size1, const ak_digest *root1, uint64_t size2,
                             const ak_tree_proof *p, ak_digest *r1, ak_digest *r2)
{
	uint64_t fn = size1 - 1, sn = size2 - 1;
	size_t i = 0;

	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	/* fn == 0 here: the old tree is one complete subtree, and the proof leaves it out. */
	*r1 = *r2 = fn == 0 ? *root1 : p->hash[i++];
	for (; i < p->n; i++) {
		const ak_digest *c = &p->hash[i];

		if ((fn & 1) != 0 || fn == sn) {
			ak_tree_node(c, r1, r1);
			ak_tree_node(c, r2, r2);
			while (fn != 0 && (fn & 1) == 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			ak_tree_node(r2, c, r2);
		}
		fn >>= 1;
		sn >>= 1;
	}
}

ak_status ak_tree_check_consistency(uint64_t size1, const ak_digest *root1, uint64_t size2,
                                    const ak_digest *root2, const ak_tree_proof *p,
                                    ak_error *err)
{
	ak_digest r1 = *root1, r2 = *root1;
	size_t want;

	if (size1 == 0)
		return ak_fail(err, AK_BAD_FORMAT, "consistency.size1", size1,
		               "nothing follows from an empty tree");
	if (size1 > size2)
		return ak_fail(err, AK_BAD_FORMAT, "consistency.size1", size1,
		               "over size2, which is %llu", (unsigned long long)size2);
	want = size1 == size2 ? 0 : consistency_length(size1, size2);
	if (p->n != want)
		return bad_length(err, "consistency.length", want, p->n);
	if (size1 != size2)
		fold_consistency(size1, root1, size2, p, &r1, &r2);
	if (!ak_digest_eq(&r1, root1))
		return ak_digest_mismatch(err, AK_TREE_MISMATCH, "consistency.root1", size1,
		                          root1, &r1);
	if (!ak_digest_eq(&r2, root2))
		return ak_digest_mismatch(err, AK_TREE_MISMATCH, "consistency.root2", size2,
		                          root2, &r2);
	return AK_OK;
}
