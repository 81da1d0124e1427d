/* SPDX-License-Identifier: Apache-2.0 */
/* An evidence record, written: what was there stays byte for byte, so that nothing stamped before comes loose. */
#include "base/fail.h"
#include "crypto/der.h"
#include "stamp/ers.h"

/* AlgorithmIdentifier without parameters (RFC 5754 2). */
static ak_status put_algorithm(ak_buf *out, ak_ers_hash h, ak_error *err)
{
	uint8_t oid[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0 };
	ak_buf b;
	ak_status st;

	if (h == AK_ERS_HASH_NONE)
		return ak_fail(err, AK_INVALID_ARGUMENT, "evidence_record.digestAlgorithms", 0, "no digest named");
	oid[8] = h == AK_ERS_SHA256 ? 1 : h == AK_ERS_SHA384 ? 2 : 3;
	ak_buf_init(&b, 32);
	st = ak_der_put(&b, AK_DER_OID, (ak_span){ oid, sizeof(oid) }, err);
	if (st == AK_OK)
		st = ak_der_put(out, AK_DER_SEQUENCE, ak_buf_span(&b), err);
	ak_buf_clear(&b);
	return st;
}

/* What is in *b, inside one more sequence. */
static ak_status wrap(ak_buf *b, ak_error *err)
{
	ak_buf t;
	ak_status st;

	ak_buf_init(&t, AK_ERS_MAX);
	st = ak_der_put(&t, AK_DER_SEQUENCE, ak_buf_span(b), err);
	ak_buf_clear(st == AK_OK ? b : &t);
	if (st == AK_OK)
		*b = t;
	return st;
}

/* reducedHashtree [2] of one list of two values. */
static ak_status put_tree(ak_buf *out, const ak_ers_next *next, ak_error *err)
{
	size_t len = ak_ers_hash_len(next->imprint.hash);
	ak_buf list;
	ak_status st;

	ak_buf_init(&list, 4 * AK_ERS_HASH_LEN_MAX);
	st = ak_der_put(&list, AK_DER_OCTET_STRING, (ak_span){ next->list[0], len }, err);
	if (st == AK_OK)
		st = ak_der_put(&list, AK_DER_OCTET_STRING, (ak_span){ next->list[1], len }, err);
	if (st == AK_OK)
		st = wrap(&list, err);
	if (st == AK_OK)
		st = ak_der_put(out, 0xa2, ak_buf_span(&list), err);
	ak_buf_clear(&list);
	return st;
}

/* *seq becomes the archiveTimeStampSequence of `r`, if there is one, and the new stamp. */
static ak_status put_sequence(const ak_ers *r, const ak_ers_next *next, ak_span token, ak_buf *seq, ak_error *err)
{
	ak_span before = { 0 }, chain = { 0 };
	ak_buf stamp, all;
	ak_status st = AK_OK;

	if (r != NULL)
		before = r->sequence;
	ak_buf_init(&stamp, AK_ERS_MAX);
	ak_buf_init(&all, AK_ERS_MAX);
	if (!next->chain) {
		ak_span last = r->chain[r->chains - 1];

		before.len = (size_t)(last.data - before.data);
		if (!ak_der_take(&last, AK_DER_SEQUENCE, &chain))
			st = ak_fail(err, AK_INTERNAL, "evidence_record", 0, "a chain that was read is none");
	}
	if (st == AK_OK && next->tree)
		st = put_tree(&stamp, next, err);
	if (st == AK_OK)
		st = ak_buf_add_span(&stamp, token, err);
	if (st == AK_OK)
		st = wrap(&stamp, err);
	if (st == AK_OK)
		st = ak_buf_add_span(&all, chain, err);
	if (st == AK_OK)
		st = ak_buf_add_span(&all, ak_buf_span(&stamp), err);
	if (st == AK_OK)
		st = wrap(&all, err); /* the chain */
	if (st == AK_OK)
		st = ak_buf_add_span(seq, before, err);
	if (st == AK_OK)
		st = ak_buf_add_span(seq, ak_buf_span(&all), err);
	if (st == AK_OK)
		st = wrap(seq, err);
	ak_buf_clear(&stamp);
	ak_buf_clear(&all);
	return st;
}

/* The whole: the digests, with one more unless it is NONE, and the sequence as it is given, header and all. */
static ak_status put_record(ak_span digests, ak_ers_hash more, ak_span sequence, ak_buf *out, ak_error *err)
{
	static const uint8_t version[] = { AK_DER_INTEGER, 1, 1 };
	ak_buf b, d;
	ak_status st;

	ak_buf_init(&b, AK_ERS_MAX);
	ak_buf_init(&d, AK_ERS_MAX);
	st = ak_buf_add_span(&d, digests, err);
	if (st == AK_OK && more != AK_ERS_HASH_NONE)
		st = put_algorithm(&d, more, err);
	if (st == AK_OK)
		st = ak_buf_add(&b, version, sizeof(version), err);
	if (st == AK_OK)
		st = ak_der_put(&b, AK_DER_SEQUENCE, ak_buf_span(&d), err);
	if (st == AK_OK)
		st = ak_buf_add_span(&b, sequence, err);
	ak_buf_clear(&d);
	if (st == AK_OK)
		st = ak_der_put(out, AK_DER_SEQUENCE, ak_buf_span(&b), err);
	ak_buf_clear(&b);
	return st;
}

ak_status ak_ers_put(const ak_ers *r, const ak_ers_next *next, ak_span token, ak_buf *out, ak_error *err)
{
	ak_span digests = { 0 };
	ak_ers_hash more = next->imprint.hash;
	ak_buf seq;
	ak_status st;

	if (r != NULL) {
		digests = r->digests;
		if ((r->used & 1u << more) != 0)
			more = AK_ERS_HASH_NONE;
	} else if (!next->chain) {
		return ak_fail(err, AK_INVALID_ARGUMENT, "evidence_record", 0, "nothing to renew");
	}
	ak_buf_init(&seq, AK_ERS_MAX);
	st = put_sequence(r, next, token, &seq, err);
	if (st == AK_OK)
		st = put_record(digests, more, ak_buf_span(&seq), out, err);
	ak_buf_clear(&seq);
	return st;
}
