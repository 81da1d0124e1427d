/* SPDX-License-Identifier: Apache-2.0 */
#include "stamp/ers.h"

#include "base/fail.h"
#include "crypto/der.h"
#include "crypto/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	size_t len;
} hashes[] = {
	[AK_ERS_HASH_NONE] = { "", 0 },
	[AK_ERS_SHA256] = { "sha256", 32 },
	[AK_ERS_SHA384] = { "sha384", 48 },
	[AK_ERS_SHA512] = { "sha512", 64 },
};

size_t ak_ers_hash_len(ak_ers_hash h)
{
	return hashes[h].len;
}

const char *ak_ers_hash_name(ak_ers_hash h)
{
	return hashes[h].name;
}

ak_ers_hash ak_ers_hash_named(ak_span name)
{
	for (ak_ers_hash h = AK_ERS_SHA256; h <= AK_ERS_SHA512; h++)
		if (ak_span_is(name, hashes[h].name))
			return h;
	return AK_ERS_HASH_NONE;
}

void ak_ers_hash_of(ak_ers_hash h, ak_span in, uint8_t *out)
{
	ak_digest d;

	switch (h) {
	case AK_ERS_SHA256:
		ak_sha256(in, &d);
		memcpy(out, d.b, sizeof(d.b));
		break;
	case AK_ERS_SHA384:
		ak_sha384(in, out);
		break;
	case AK_ERS_SHA512:
		ak_sha512(in, out);
		break;
	case AK_ERS_HASH_NONE:
		break;
	}
}

static const uint8_t *object_digest(const ak_ers_object *data, ak_ers_hash h)
{
	switch (h) {
	case AK_ERS_SHA256:
		return data->sha256;
	case AK_ERS_SHA384:
		return data->sha384;
	case AK_ERS_SHA512:
		return data->sha512;
	case AK_ERS_HASH_NONE:
		break;
	}
	return NULL;
}

static int by_bytes(const void *a, const void *b)
{
	return ak_span_cmp(*(const ak_span *)a, *(const ak_span *)b);
}

/* The values of one list and what came of the list before it, also when that is among them already (RFC 4998 4.3: it is
 * added); *have says how many there are. */
static bool list_values(ak_span list, size_t len, const ak_span *before, ak_span values[AK_ERS_HASHES_MAX + 1], size_t *have)
{
	size_t n = 0;

	while (list.len > 0) {
		ak_span v;

		if (!ak_der_take(&list, AK_DER_OCTET_STRING, &v) || v.len != len || n == AK_ERS_HASHES_MAX)
			return false;
		values[n++] = v;
	}
	if (before != NULL)
		values[n++] = *before;
	*have = n;
	return true;
}

/* Follow a reduced hash tree from `leaf` to its root, which takes the place of `leaf`. */
static ak_status climb(const ak_ers_stamp *s, ak_ers_hash h, size_t at, uint8_t leaf[AK_ERS_HASH_LEN_MAX], bool leaf_known,
                       ak_error *err)
{
	static const char where[] = "evidence_record.reducedHashtree";
	size_t len = ak_ers_hash_len(h);
	ak_span values[AK_ERS_HASHES_MAX + 1];
	uint8_t joined[(AK_ERS_HASHES_MAX + 1) * AK_ERS_HASH_LEN_MAX];
	uint8_t result[AK_ERS_HASH_LEN_MAX];
	ak_span tree = s->tree, list, before = { result, len };
	bool first = true;

	while (ak_der_take(&tree, AK_DER_SEQUENCE, &list)) {
		size_t n, found = 0;

		if (!list_values(list, len, first ? NULL : &before, values, &n))
			return ak_fail(err, AK_BAD_FORMAT, where, at, "a digest of another length");
		qsort(values, n, sizeof(values[0]), by_bytes);
		for (size_t i = 0; i < n; i++) {
			found += first && leaf_known && memcmp(values[i].data, leaf, len) == 0;
			memcpy(joined + i * len, values[i].data, len);
		}
		if (first && leaf_known && found == 0)
			return ak_fail(err, AK_CHAIN_BROKEN, where, at, "what is to be covered is not in the first list");
		if (n == 1)
			memcpy(result, joined, len);
		else
			ak_ers_hash_of(h, (ak_span){ joined, n * len }, result);
		first = false;
	}
	memcpy(leaf, result, len);
	return AK_OK;
}

/* H(DER of the sequence of the first `chains` chains). */
static ak_status chains_digest(const ak_ers *r, size_t chains, ak_ers_hash h, uint8_t out[AK_ERS_HASH_LEN_MAX], ak_error *err)
{
	const uint8_t *begin = r->chain[0].data;
	const uint8_t *end = r->chain[chains - 1].data + r->chain[chains - 1].len;
	ak_buf b;
	ak_status st;

	/* Chains stand one behind the other. */
	ak_buf_init(&b, AK_ERS_MAX + 8);
	st = ak_der_put(&b, AK_DER_SEQUENCE, (ak_span){ begin, (size_t)(end - begin) }, err);
	if (st == AK_OK)
		ak_ers_hash_of(h, ak_buf_span(&b), out);
	ak_buf_clear(&b);
	return st;
}

/* What the first stamp of the chain behind the first `chains` is over, under `h`. */
static ak_status chain_leaf(const ak_ers *r, size_t chains, const ak_ers_object *data, ak_ers_hash h, size_t at,
                            uint8_t out[AK_ERS_HASH_LEN_MAX], ak_error *err)
{
	const uint8_t *d = object_digest(data, h);
	uint8_t both[2 * AK_ERS_HASH_LEN_MAX];
	size_t len = ak_ers_hash_len(h);
	ak_status st;

	if (d == NULL)
		return ak_fail(err, AK_NOT_HELD, "evidence_record.data", at, "no %s of the data at hand", ak_ers_hash_name(h));
	if (chains == 0) {
		memcpy(out, d, len);
		return AK_OK;
	}
	memcpy(both, d, len);
	st = chains_digest(r, chains, h, both + len, err);
	if (st == AK_OK)
		ak_ers_hash_of(h, (ak_span){ both, 2 * len }, out);
	return st;
}

enum { IMPRINT_TEXT_MAX = 8 + 2 * AK_ERS_HASH_LEN_MAX };

/* "sha256:" and the hash in hex. */
static void imprint_text(ak_ers_hash h, const uint8_t *hash, char out[IMPRINT_TEXT_MAX])
{
	size_t n = strlen(hashes[h].name);

	memcpy(out, hashes[h].name, n);
	out[n++] = ':';
	for (size_t i = 0; i < hashes[h].len; i++, n += 2)
		(void)snprintf(out + n, 3, "%02x", hash[i]);
}

/* Does the stamp cover what it has to, and does its tree lead to its token? */
static ak_status check_cover(const ak_ers *r, size_t at, const ak_ers_seen *seen, const ak_ers_object *data, ak_error *err)
{
	static const char where[] = "evidence_record.archiveTimeStamp";
	const ak_ers_stamp *s = &r->stamp[at];
	ak_ers_hash h = seen->imprint.hash;
	char expected[IMPRINT_TEXT_MAX], found[IMPRINT_TEXT_MAX];
	uint8_t leaf[AK_ERS_HASH_LEN_MAX];
	bool known = true;
	ak_status st = AK_OK;

	if (h == AK_ERS_HASH_NONE)
		return ak_fail(err, AK_UNKNOWN_VERSION, where, at, "a token over a digest that is not known here");
	if (s->stated != AK_ERS_HASH_NONE && s->stated != h)
		return ak_mismatch(err, AK_CHAIN_BROKEN, "evidence_record.digestAlgorithm", at, ak_ers_hash_name(s->stated), ak_ers_hash_name(h));
	if ((r->used & 1u << h) == 0)
		return ak_fail(err, AK_CHAIN_BROKEN, "evidence_record.digestAlgorithms", at, "%s is not named", ak_ers_hash_name(h));
	if (s->place > 0)
		ak_ers_hash_of(h, r->stamp[at - 1].token, leaf);
	else if (data != NULL)
		st = chain_leaf(r, s->chain, data, h, at, leaf, err);
	else
		known = false;
	if (st == AK_OK && s->has_tree)
		st = climb(s, h, at, leaf, known, err);
	if (st != AK_OK || (!known && !s->has_tree))
		return st;
	if (memcmp(leaf, seen->imprint.b, ak_ers_hash_len(h)) == 0)
		return AK_OK;
	st = ak_fail(err, AK_CHAIN_BROKEN, where, at, s->has_tree ? "its hash tree does not lead to its token" : "its token is over something else");
	imprint_text(h, leaf, expected);
	imprint_text(h, seen->imprint.b, found);
	return ak_fail_values(err, st, expected, found);
}

static bool later(const ak_ers_seen *a, const ak_ers_seen *b)
{
	return a->time != b->time ? a->time > b->time : a->nanos > b->nanos;
}

ak_status ak_ers_verify(const ak_ers *r, const ak_ers_object *data, const ak_ers_judge *judge, ak_ers_result *out, ak_error *err)
{
	static const char where[] = "evidence_record.archiveTimeStamp";
	ak_ers_seen was = { 0 };
	ak_ers_result res = { .chains = r->chains, .stamps = r->stamps };

	for (size_t i = 0; i < r->stamps; i++) {
		ak_ers_seen seen = { 0 };
		ak_status st = judge->token(judge->ctx, r->stamp[i].token, i, &seen, err);

		if (st != AK_OK) {
			if (err != NULL)
				err->at = i;
			return st;
		}
		st = check_cover(r, i, &seen, data, err);
		if (st != AK_OK)
			return st;
		if (i > 0 && r->stamp[i].place > 0 && seen.imprint.hash != was.imprint.hash)
			return ak_mismatch(err, AK_CHAIN_BROKEN, "evidence_record.archiveTimeStampChain", i, ak_ers_hash_name(was.imprint.hash),
			                   ak_ers_hash_name(seen.imprint.hash));
		if (i > 0 && !later(&seen, &was))
			return ak_fail(err, AK_CLOCK, where, i, "not later than the one before it");
		if (i > 0 && was.until < seen.latest)
			return ak_fail(err, AK_CLOCK, where, i, "the one before it may have ended when this one was made");
		if (i == 0)
			res.from = seen.time;
		res.last = seen.time;
		res.until = seen.until;
		res.hash = seen.imprint.hash;
		was = seen;
	}
	*out = res;
	return AK_OK;
}

bool ak_ers_lists(const ak_ers *r, size_t chain, ak_span digest)
{
	size_t i = 0;
	ak_span tree, list, v;

	while (i < r->stamps && r->stamp[i].chain != chain)
		i++;
	if (i == r->stamps || !r->stamp[i].has_tree)
		return false;
	tree = r->stamp[i].tree;
	if (!ak_der_take(&tree, AK_DER_SEQUENCE, &list))
		return false;
	while (ak_der_take(&list, AK_DER_OCTET_STRING, &v))
		if (ak_span_eq(v, digest))
			return true;
	return false;
}

ak_status ak_ers_next_first(const ak_ers_object *data, ak_ers_hash hash, ak_ers_next *out, ak_error *err)
{
	ak_ers_next n = { .imprint = { .hash = hash }, .chain = true };
	ak_status st = chain_leaf(NULL, 0, data, hash, 0, n.imprint.b, err);

	if (st == AK_OK)
		*out = n;
	return st;
}

void ak_ers_next_renew(const ak_ers *r, ak_ers_hash hash, ak_ers_next *out)
{
	*out = (ak_ers_next){ .imprint = { .hash = hash } };
	ak_ers_hash_of(hash, r->stamp[r->stamps - 1].token, out->imprint.b);
}

ak_status ak_ers_next_rehash(const ak_ers *r, const ak_ers_object *data, ak_ers_hash hash, const uint8_t *beside,
                             ak_ers_next *out, ak_error *err)
{
	ak_ers_next n = { .imprint = { .hash = hash }, .chain = true, .tree = beside != NULL };
	uint8_t leaf[AK_ERS_HASH_LEN_MAX], joined[2 * AK_ERS_HASH_LEN_MAX];
	size_t len = ak_ers_hash_len(hash);
	ak_status st = chain_leaf(r, r->chains, data, hash, r->stamps, leaf, err);

	if (st != AK_OK)
		return st;
	if (beside == NULL) {
		memcpy(n.imprint.b, leaf, len);
	} else {
		bool leaf_first = memcmp(leaf, beside, len) <= 0;

		memcpy(n.list[0], leaf_first ? leaf : beside, len);
		memcpy(n.list[1], leaf_first ? beside : leaf, len);
		memcpy(joined, n.list[0], len);
		memcpy(joined + len, n.list[1], len);
		ak_ers_hash_of(hash, (ak_span){ joined, 2 * len }, n.imprint.b);
	}
	*out = n;
	return AK_OK;
}
