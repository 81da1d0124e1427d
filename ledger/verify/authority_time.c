/* SPDX-License-Identifier: Apache-2.0 */
/* Records of type timestamp: what their tokens are over, and by whom (FORMAT 15.5, 24.3, 25). */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"
#include "model/checkpoint.h"
#include "verify/time_proof.h"

#include <string.h>

/* The authorities of every profile in force. */
static ak_status everybody(const ak_authority *a, ak_tsa **out, size_t *n, ak_error *err)
{
	size_t most = 0, k = 0;
	ak_tsa *all;

	for (size_t i = 0; i < a->n_profiles; i++)
		most += ak_pins_n(a->pins[i]);
	all = ak_mem_array(most + 1, sizeof(*all));
	if (all == NULL)
		return ak_no_memory(err, "timestamp");
	for (size_t i = 0; i < a->n_profiles; i++) {
		for (size_t p = 0; p < ak_pins_n(a->pins[i]); p++)
			all[k++] = ak_pins_all(a->pins[i])[p];
	}
	*out = all;
	*n = k;
	return AK_OK;
}

/* What keeps a token from being judged, as against what speaks against it.  Its own limits are part of its form (FORMAT 25.4). */
static bool is_unjudged(ak_status st)
{
	return st == AK_NO_MEMORY || (ak_status_class(st) == AK_CLASS_UNKNOWN && st != AK_LIMIT && st != AK_UNKNOWN_VERSION);
}

static ak_time_outcome outcome_of(const ak_error *why, bool evidence)
{
	if (why->status == AK_NO_TRUSTED_SIG)
		return AK_TIME_UNPINNED;
	return why->status == AK_CHAIN_BROKEN && (!evidence || why->at == 0) ? AK_TIME_ELSEWHERE : AK_TIME_UNSOUND;
}

static ak_status judge_one(const ak_time_question *q, bool evidence, ak_span text, ak_error *why)
{
	ak_ers_found found;
	ak_buf der, record;
	ak_status st;

	ak_buf_init(&der, AK_ERS_MAX);
	ak_buf_init(&record, AK_ERS_MAX);
	if (ak_base64_decode(text, &der, why))
		st = ak_time_proof_judge(q, evidence, ak_buf_span(&der), &record, &found, why);
	else
		st = why->status == AK_NO_MEMORY ? AK_NO_MEMORY : ak_fail(why, AK_BAD_FORMAT, "timestamp.tokens", 0, "not base64");
	ak_buf_clear(&record);
	ak_buf_clear(&der);
	return st;
}

static ak_status judge_tokens(const ak_time_question *q, const ak_json *body, uint64_t seq, ak_judgement *j, ak_error *err)
{
	const ak_json *tokens = ak_json_get(body, "tokens");
	const bool evidence = ak_span_is(ak_json_get_text(body, "form"), "rfc4998");
	const size_t n = ak_json_len(tokens);

	for (size_t i = 0; i < n; i++) {
		ak_error why = { 0 }, no = { 0 };
		ak_status st = judge_one(q, evidence, ak_json_text(ak_json_at(tokens, i)), &why);

		if (st == AK_OK)
			continue;
		if (is_unjudged(st)) {
			if (err != NULL)
				*err = why;
			return st;
		}
		j->time = outcome_of(&why, evidence);
		/* Every one of these says that it was looked at and does not prove the time, also what is beyond us. */
		if (ak_status_class(st) != AK_CLASS_REJECT)
			st = AK_BAD_TIMESTAMP;
		(void)ak_fail(&no, st, why.where, seq, "time stamp %zu of %zu does not count: %.180s", i + 1, n,
		              why.detail[0] != '\0' ? why.detail : ak_status_text(why.status));
		(void)ak_fail_values(&no, st, why.expected, why.found);
		return ak_auth_void(j, &no);
	}
	j->time = AK_TIME_SOUND;
	return AK_OK;
}

/* What the record says of the root has to be so, where that is known. */
static ak_status check_root(const ak_authority *a, uint64_t size, const ak_digest *said, uint64_t seq, ak_judgement *j, ak_error *err)
{
	char expected[AK_DIGEST_TEXT_LEN + 1], found[AK_DIGEST_TEXT_LEN + 1];
	ak_error why = { 0 };
	ak_digest is;
	ak_status st = a->hooks.root == NULL ? AK_NOT_FOUND : a->hooks.root(a->hooks.ctx, size, &is, &why);

	if (st == AK_NOT_FOUND)
		return AK_OK;
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	if (ak_digest_eq(&is, said))
		return AK_OK;
	j->time = AK_TIME_ELSEWHERE;
	(void)ak_fail(&why, AK_TREE_MISMATCH, "timestamp.root", seq, "the tree of that many records has another root");
	ak_digest_format(&is, expected);
	ak_digest_format(said, found);
	(void)ak_fail_values(&why, AK_TREE_MISMATCH, expected, found);
	return ak_auth_void(j, &why);
}

ak_status ak_auth_judge_time(const ak_authority *a, const ak_sealed *r, uint64_t seq, ak_judgement *j, ak_error *err)
{
	const ak_json *body = r->statement.body;
	ak_stamp_query query = { .now = r->header.time + AK_STAMP_SKEW_S };
	ak_time_question q = { .query = &query, .file = a->hooks.file, .ctx = a->hooks.ctx };
	ak_checkpoint c = { 0 };
	ak_tsa *all = NULL;
	int64_t size = 0;
	ak_buf text;
	ak_status st;

	/* What is said of a head can be said only by who comes after it. */
	if (!ak_json_int(ak_json_get(body, "size"), &size) || size < 1 || (uint64_t)size > seq)
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "timestamp.size", seq, "must be that of an earlier checkpoint");
	if (!ak_digest_parse(ak_json_get_text(body, "root"), &c.root) || r->statement.ledger.len > AK_ORIGIN_MAX)
		return ak_auth_voidf(j, AK_SCHEMA, "timestamp.root", seq, "not in form");
	c.size = q.size = (uint64_t)size;
	memcpy(c.origin, r->statement.ledger.data, r->statement.ledger.len);
	st = check_root(a, q.size, &c.root, seq, j, err);
	if (st != AK_OK || !j->authorised)
		return st;
	ak_buf_init(&text, 4096);
	st = ak_checkpoint_format(&c, &text, err);
	q.text = ak_buf_span(&text);
	if (st == AK_OK)
		st = everybody(a, &all, &query.n_tsa, err);
	query.tsa = all;
	if (st == AK_OK)
		st = judge_tokens(&q, body, seq, j, err);
	ak_mem_free(all);
	ak_buf_clear(&text);
	return st;
}
