/* SPDX-License-Identifier: Apache-2.0 */
#include "stamp/ers.h"

#include "base/fail.h"
#include "crypto/der.h"
#include "pki/walk.h"

#include <string.h>

enum {
	TAG_0 = 0xa0, /* implicit, constructed */
	TAG_1 = 0xa1,
	TAG_2 = 0xa2,
};

typedef struct reader {
	ak_span der; /* all of it, for places */
} reader;

static ak_status bad(const reader *r, ak_span here, const char *where, const char *why, ak_error *err)
{
	return ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(here.data - r->der.data), "%s", why);
}

/* One value with this tag, header and all. */
static bool take_whole(ak_span *in, uint8_t tag, ak_span *whole, ak_span *content)
{
	ak_span was = *in;

	if (!ak_der_take(in, tag, content))
		return false;
	*whole = (ak_span){ was.data, was.len - in->len };
	return true;
}

/* The rest of an AlgorithmIdentifier: an OID, parameters absent or NULL.  NONE for one not known here. */
static bool algorithm(ak_span in, ak_ers_hash *out)
{
	static const uint8_t sha2[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02 };
	ak_ers_hash h = AK_ERS_HASH_NONE;
	ak_span oid, null;

	if (!ak_der_take(&in, AK_DER_OID, &oid) || oid.len == 0)
		return false;
	if (oid.len == sizeof(sha2) + 1 && memcmp(oid.data, sha2, sizeof(sha2)) == 0)
		h = oid.data[8] == 1   ? AK_ERS_SHA256
		    : oid.data[8] == 2 ? AK_ERS_SHA384
		    : oid.data[8] == 3 ? AK_ERS_SHA512
		                       : AK_ERS_HASH_NONE;
	if (h != AK_ERS_HASH_NONE && in.len > 0 && (!ak_der_take(&in, AK_DER_NULL, &null) || null.len != 0 || in.len != 0))
		return false;
	*out = h;
	return true;
}

static ak_status read_digests(reader *r, ak_ers *e, ak_error *err)
{
	ak_span in = e->digests;
	size_t n = 0;

	while (in.len > 0) {
		ak_span at = in, a;
		ak_ers_hash h;

		if (!ak_der_take(&in, AK_DER_SEQUENCE, &a) || !algorithm(a, &h))
			return bad(r, at, "evidence_record.digestAlgorithms", "not an algorithm", err);
		if (++n > AK_ERS_DIGESTS_MAX)
			return bad(r, at, "evidence_record.digestAlgorithms", "too many", err);
		if (h != AK_ERS_HASH_NONE)
			e->used |= 1u << h;
	}
	return n > 0 ? AK_OK : bad(r, e->digests, "evidence_record.digestAlgorithms", "none", err);
}

/* Lists of digests: their number and shape.  Their lengths are those of the chain's digest, which the token tells. */
static ak_status read_tree(reader *r, ak_span tree, ak_error *err)
{
	static const char where[] = "evidence_record.reducedHashtree";
	size_t lists = 0;

	while (tree.len > 0) {
		ak_span at = tree, list, hash;
		size_t n = 0;

		if (!ak_der_take(&tree, AK_DER_SEQUENCE, &list))
			return bad(r, at, where, "not a list", err);
		if (++lists > AK_ERS_LISTS_MAX)
			return bad(r, at, where, "too many lists", err);
		for (; list.len > 0; n++) {
			at = list;
			if (n == AK_ERS_HASHES_MAX)
				return bad(r, at, where, "a list of too many values", err);
			if (!ak_der_take(&list, AK_DER_OCTET_STRING, &hash) || hash.len == 0 || hash.len > AK_ERS_HASH_LEN_MAX)
				return bad(r, at, where, "not a digest", err);
		}
		if (n == 0)
			return bad(r, at, where, "an empty list", err);
	}
	return lists > 0 ? AK_OK : bad(r, tree, where, "no list", err);
}

static ak_status read_stamp(reader *r, ak_ers *e, ak_span in, size_t place, ak_error *err)
{
	static const char where[] = "evidence_record.archiveTimeStamp";
	ak_ers_stamp s = { .chain = e->chains, .place = place };
	ak_span at = in, content;
	ak_status st;

	if (e->stamps == AK_ERS_STAMPS_MAX)
		return bad(r, at, where, "too many time stamps", err);
	if (ak_der_take(&in, TAG_0, &content)) {
		if (!algorithm(content, &s.stated))
			return bad(r, at, where, "digestAlgorithm is not an algorithm", err);
		if (s.stated == AK_ERS_HASH_NONE)
			return ak_fail(err, AK_UNKNOWN_VERSION, where, e->stamps, "a digest that is not known here");
	}
	(void)ak_der_take(&in, TAG_1, &content); /* attributes say nothing here */
	if (ak_der_take(&in, TAG_2, &s.tree)) {
		s.has_tree = true;
		st = read_tree(r, s.tree, err);
		if (st != AK_OK)
			return st;
	}
	at = in;
	if (!take_whole(&in, AK_DER_SEQUENCE, &s.token, &content))
		return bad(r, at, where, "no timeStamp", err);
	if (in.len != 0)
		return bad(r, in, where, "something after timeStamp", err);
	e->stamp[e->stamps++] = s;
	return AK_OK;
}

static ak_status read_chains(reader *r, ak_ers *e, ak_error *err)
{
	static const char where[] = "evidence_record.archiveTimeStampSequence";
	ak_span in = e->sequence;

	while (in.len > 0) {
		ak_span at = in, whole, chain, stamp;

		if (e->chains == AK_ERS_CHAINS_MAX)
			return bad(r, at, where, "too many chains", err);
		if (!take_whole(&in, AK_DER_SEQUENCE, &whole, &chain))
			return bad(r, at, where, "not a chain", err);
		if (chain.len == 0)
			return bad(r, at, where, "an empty chain", err);
		for (size_t place = 0; chain.len > 0; place++) {
			ak_status st;

			at = chain;
			if (!ak_der_take(&chain, AK_DER_SEQUENCE, &stamp))
				return bad(r, at, where, "not a time stamp", err);
			st = read_stamp(r, e, stamp, place, err);
			if (st != AK_OK)
				return st;
		}
		e->chain[e->chains++] = whole;
	}
	return e->chains > 0 ? AK_OK : bad(r, e->sequence, where, "no chain", err);
}

ak_status ak_ers_parse(ak_span der, ak_ers *out, ak_error *err)
{
	static const ak_walk strict = { .where = "evidence_record", .bytes = AK_ERS_MAX, .values = AK_ERS_VALUES_MAX, .depth = AK_WALK_DEPTH_MAX };
	reader r = { .der = der };
	ak_span in = der, at, top, n;
	ak_ers e = { 0 };
	ak_status st;

	if (der.len > AK_ERS_MAX)
		return ak_fail(err, AK_LIMIT, "evidence_record", der.len, "over %d bytes", AK_ERS_MAX);
	st = ak_walk_der(&strict, der, err);
	if (st != AK_OK)
		return st;
	if (!ak_der_take(&in, AK_DER_SEQUENCE, &top))
		return bad(&r, der, "evidence_record", "not a sequence", err);
	if (in.len != 0)
		return bad(&r, in, "evidence_record", "something after it", err);
	at = top;
	if (!ak_der_take_positive(&top, &n) || n.len != 1 || n.data[0] != 1)
		return bad(&r, at, "evidence_record.version", "not 1", err);
	at = top;
	if (!ak_der_take(&top, AK_DER_SEQUENCE, &e.digests))
		return bad(&r, at, "evidence_record.digestAlgorithms", "missing", err);
	(void)ak_der_take(&top, TAG_0, &n); /* cryptoInfos: certificates for convenience; tokens carry theirs */
	if (ak_der_take(&top, TAG_1, &n))
		return ak_fail(err, AK_UNKNOWN_VERSION, "evidence_record.encryptionInfo", (uint64_t)(n.data - der.data),
		               "data that was encrypted before it was stamped");
	at = top;
	if (!ak_der_take(&top, AK_DER_SEQUENCE, &e.sequence))
		return bad(&r, at, "evidence_record.archiveTimeStampSequence", "missing", err);
	if (top.len != 0)
		return bad(&r, top, "evidence_record", "something after archiveTimeStampSequence", err);
	st = read_digests(&r, &e, err);
	if (st == AK_OK)
		st = read_chains(&r, &e, err);
	if (st == AK_OK)
		*out = e;
	return st;
}
