/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/time_proof.h"

#include "base/fail.h"
#include "crypto/hash.h"
#include "model/record.h"

ak_status ak_time_records_digest(const ak_time_question *q, ak_ers_hash hash, uint8_t out[AK_ERS_HASH_LEN_MAX], ak_error *err)
{
	ak_sha512_ctx *c = NULL;
	ak_buf file;
	ak_status st = ak_sha512_open(hash == AK_ERS_SHA384, &c, err);

	ak_buf_init(&file, AK_RECORD_LINES_MAX);
	for (uint64_t seq = 0; st == AK_OK && seq < q->size; seq++) {
		ak_buf_clear(&file);
		st = q->file(q->ctx, seq, &file, err);
		if (st == AK_OK)
			st = ak_sha512_update(c, ak_buf_span(&file), err);
	}
	if (st == AK_OK)
		st = ak_sha512_close(&c, out, err);
	ak_sha512_free(&c);
	ak_buf_clear(&file);
	return st;
}

/* A bare response as an evidence record of one stamp. */
static ak_status wrap_token(ak_span tsr, const ak_ers_object *data, ak_buf *out, ak_error *err)
{
	ak_ers_next next;
	ak_stamp *s = NULL;
	ak_status st = ak_stamp_parse(tsr, &s, err);

	if (st == AK_OK) {
		size_t len = ak_stamp_get_info(s)->imprint_len;

		st = ak_ers_next_first(data, len == 32 ? AK_ERS_SHA256 : len == 48 ? AK_ERS_SHA384 : AK_ERS_SHA512, &next, err);
	}
	if (st == AK_OK)
		st = ak_ers_put(NULL, &next, ak_stamp_token(s), out, err);
	ak_stamp_free(&s);
	return st;
}

/* Each chain but the first covers the records too, under its own digest. */
static ak_status check_records(const ak_time_question *q, const ak_ers *r, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 1; st == AK_OK && i < r->stamps; i++) {
		uint8_t d[AK_ERS_HASH_LEN_MAX];
		ak_stamp *s = NULL;
		ak_ers_hash h = AK_ERS_HASH_NONE;

		if (r->stamp[i].chain == 0 || r->stamp[i].place != 0)
			continue;
		st = ak_stamp_parse_token(r->stamp[i].token, &s, err);
		if (st == AK_OK)
			h = ak_stamp_get_info(s)->imprint_len == 48 ? AK_ERS_SHA384 : AK_ERS_SHA512;
		if (st == AK_OK && ak_stamp_get_info(s)->imprint_len == 32)
			st = ak_fail(err, AK_CHAIN_BROKEN, "evidence_record.reducedHashtree", i, "a renewed hash tree under SHA-256 covers no records");
		ak_stamp_free(&s);
		if (st == AK_OK)
			st = ak_time_records_digest(q, h, d, err);
		if (st == AK_OK && !ak_ers_lists(r, r->stamp[i].chain, (ak_span){ d, ak_ers_hash_len(h) }))
			st = ak_fail(err, AK_CHAIN_BROKEN, "evidence_record.reducedHashtree", i, "the renewed hash tree does not cover the records of this ledger");
	}
	return st;
}

static ak_status judge(const ak_time_question *q, const ak_ers_object *data, ak_span record, ak_ers_found *out, ak_error *err)
{
	ak_ers_found found = { 0 };
	ak_ers r;
	ak_status st = ak_ers_parse(record, &r, err);

	if (st == AK_OK)
		st = ak_ers_verify_tokens(&r, data, q->query, &found, err);
	/* Last: it costs as much as the ledger is long, and only what an authority stamped gets here. */
	if (st == AK_OK && q->file != NULL)
		st = check_records(q, &r, err);
	if (st == AK_OK)
		*out = found;
	return st;
}

ak_status ak_time_record_judge(const ak_time_question *q, ak_span record, ak_ers_found *out, ak_error *err)
{
	uint8_t room[3][AK_ERS_HASH_LEN_MAX];
	ak_ers_object data;

	ak_ers_object_of(q->text, room, &data);
	return judge(q, &data, record, out, err);
}

ak_status ak_time_proof_judge(const ak_time_question *q, bool evidence, ak_span der, ak_buf *record, ak_ers_found *out, ak_error *err)
{
	uint8_t room[3][AK_ERS_HASH_LEN_MAX];
	ak_ers_object data;
	ak_status st;

	ak_ers_object_of(q->text, room, &data);
	st = evidence ? ak_buf_add_span(record, der, err) : wrap_token(der, &data, record, err);
	return st == AK_OK ? judge(q, &data, ak_buf_span(record), out, err) : st;
}
