/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/batch.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "seal/class.h"
#include "seal/corrected.h"
#include "seal/erase.h"
#include "seal/signers.h"

#include <inttypes.h>
#include <string.h>

void ak_batch_clear(ak_batch *t)
{
	ak_work_end(&t->verifying);
	for (size_t i = 0; t->item != NULL && i < t->n; i++) {
		ak_candidate_clear(&t->item[i].candidate);
		ak_buf_clear(&t->item[i].file);
	}
	ak_mem_free(t->item);
	ak_authority_free(&t->authority);
	ak_strmap_clear(&t->statements);
	ak_strmap_clear(&t->newest);
	*t = (ak_batch){ 0 };
}

/* ---- the past, this batch included ------------------------------------------------------------------- */

static ak_status past_seq_of(void *ctx, const ak_digest *id, uint64_t *seq, ak_error *err)
{
	/* Ids of this batch do not exist yet for any drafter: only the ledger's count. */
	return ak_index_by_id(((ak_batch *)ctx)->b->index, id, seq, err);
}

static ak_status past_statement(void *ctx, const ak_digest *d, uint64_t *seq, ak_error *err)
{
	ak_batch *t = ctx;

	if (ak_strmap_get(&t->statements, (ak_span){ d->b, AK_DIGEST_LEN }, seq))
		return AK_OK;
	return ak_index_by_statement(t->b->index, d, seq, err);
}

static ak_status past_newest(void *ctx, ak_span subject, uint64_t *seq, ak_error *err)
{
	ak_batch *t = ctx;

	if (ak_strmap_get(&t->newest, subject, seq))
		return AK_OK;
	return ak_index_newest(t->b->index, subject, seq, err);
}

static void start(ak_batch *t, ak_books *b, const char *origin)
{
	*t = (ak_batch){ .b = b, .origin = b->checkpoint.size == 0 ? origin : b->checkpoint.origin,
	                 .first = b->checkpoint.size };
	ak_strmap_init(&t->statements, 41);
	ak_strmap_init(&t->newest, 42);
}

/* ---- taking apart -------------------------------------------------------------------------------------- */

typedef struct parsing {
	const ak_span *envelopes;
	ak_batch_item *item;
} parsing;

static ak_status parse_one(void *ctx, size_t i, ak_error *err)
{
	parsing *p = ctx;
	ak_batch_item *item = &p->item[i];
	ak_status st = ak_candidate_parse(p->envelopes[i], &item->candidate, err);

	ak_buf_init(&item->file, AK_RECORD_MAX);
	if (st == AK_OK)
		ak_sha256(ak_buf_span(&item->candidate.statement), &item->candidate.sealed.header.statement);
	return st;
}

/* ---- authority ------------------------------------------------------------------------------------------- */

typedef struct wanted {
	ak_digest *keyid;
	size_t n_keys, cap_keys;
	ak_buf names;     /* subject ids, NUL-ended */
	size_t *name_at;
	size_t n_names, cap_names;
	ak_strmap seen;
} wanted;

static ak_status want_key(wanted *w, const ak_digest *id, ak_error *err)
{
	ak_span key = { id->b, AK_DIGEST_LEN };
	uint64_t v;
	ak_status st;

	if (ak_strmap_get(&w->seen, key, &v))
		return AK_OK;
	st = ak_mem_grow((void **)&w->keyid, &w->cap_keys, w->n_keys + 1, sizeof(*w->keyid), err);
	if (st == AK_OK)
		st = ak_strmap_put(&w->seen, key, 1, err);
	if (st == AK_OK)
		w->keyid[w->n_keys++] = *id;
	return st;
}

static ak_status want_name(wanted *w, const char *prefix, ak_span name, ak_error *err)
{
	size_t at = w->names.len;
	ak_span id;
	uint64_t v;
	ak_status st = ak_buf_add_str(&w->names, prefix, err);

	if (st == AK_OK)
		st = ak_buf_add_span(&w->names, name, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(&w->names, 0, err);
	if (st != AK_OK)
		return st;
	id = (ak_span){ w->names.data + at, w->names.len - at - 1 };
	if (id.len > 128 || ak_strmap_get(&w->seen, id, &v)) {
		w->names.len = at;
		return AK_OK;
	}
	st = ak_mem_grow((void **)&w->name_at, &w->cap_names, w->n_names + 1, sizeof(*w->name_at), err);
	if (st == AK_OK)
		st = ak_strmap_put(&w->seen, id, 1, err);
	if (st == AK_OK)
		w->name_at[w->n_names++] = at;
	return st;
}

/* A keyset may name no key of a party. */
static ak_status want_own_keys(wanted *w, const ak_sealed *s, ak_error *err)
{
	ak_own_keys own = { 0 };
	ak_status st = ak_own_keys_read(&s->statement, &own, err);

	for (size_t k = 0; st == AK_OK && k < own.n; k++)
		st = want_key(w, ak_pubkey_id(own.key[k]), err);
	ak_own_keys_clear(&own);
	return st;
}

static ak_status want_for(wanted *w, const ak_sealed *s, ak_error *err)
{
	ak_status st = ak_span_is(s->statement.type, "keyset") ? want_own_keys(w, s, err) : AK_OK;

	for (size_t k = 0; st == AK_OK && k < s->signatures.n; k++)
		st = want_key(w, &s->signatures.sig[k].keyid, err);
	if (st == AK_OK && !ak_span_is(s->statement.scheme, "akashi"))
		st = want_name(w, "akashi/profile:", s->statement.scheme, err);
	/* Core types change standing: what they are about must be known whole. */
	for (size_t k = 0; st == AK_OK && ak_type_gives_standing(s->statement.type) &&
	                   k < ak_statement_n_about(&s->statement); k++)
		st = want_name(w, "", ak_statement_about(&s->statement, k), err);
	/* Schemes whose roles the party already has, and the party behind a revoked key, come through their records. */
	return st;
}

/* Time stamps in records of scheme akashi count by the profiles of every scheme (FORMAT 24.3). */
static bool asks_all(const ak_sealed *s)
{
	return ak_span_is(s->statement.scheme, "akashi") && (ak_span_is(s->statement.type, "timestamp") || s->signatures.n_timestamps > 0);
}

static ak_status load_authority(ak_batch *t, ak_sealed *one, ak_error *err)
{
	wanted w = { 0 };
	ak_span *subjects = NULL;
	ak_status st = AK_OK;

	for (size_t i = 0; i < t->n && !t->everybody; i++)
		t->everybody = asks_all(one != NULL ? one : &t->item[i].candidate.sealed);
	if (t->everybody)
		return ak_books_authority(t->b, NULL, 0, NULL, 0, &t->authority, err);
	ak_buf_init(&w.names, 64 * 1024 * 1024);
	ak_strmap_init(&w.seen, 43);
	for (size_t i = 0; st == AK_OK && i < t->n; i++)
		st = want_for(&w, one != NULL ? one : &t->item[i].candidate.sealed, err);
	subjects = ak_mem_array(w.n_names, sizeof(*subjects));
	if (st == AK_OK && subjects == NULL)
		st = ak_no_memory(err, "seal");
	for (size_t i = 0; st == AK_OK && i < w.n_names; i++)
		subjects[i] = ak_span_str((const char *)w.names.data + w.name_at[i]);
	if (st == AK_OK) {
		static const ak_digest none;

		st = ak_books_authority(t->b, w.n_keys == 0 ? &none : w.keyid, w.n_keys, subjects,
		                        w.n_names, &t->authority, err);
	}
	ak_mem_free(subjects);
	ak_mem_free(w.keyid);
	ak_mem_free(w.name_at);
	ak_buf_clear(&w.names);
	ak_strmap_clear(&w.seen);
	return st;
}

static ak_status verify_one(void *ctx, size_t i, ak_error *err)
{
	return ak_sealed_try(&((ak_batch_item *)ctx)[i].candidate.sealed, err);
}

ak_status ak_batch_open(ak_books *b, const char *origin, const ak_span *envelopes, size_t n, unsigned threads,
                        ak_batch *out, size_t *failed, ak_error *err)
{
	parsing p = { .envelopes = envelopes };
	ak_batch t;
	ak_status st;

	if (threads == 0)
		threads = ak_processors();
	start(&t, b, origin);
	t.item = p.item = ak_mem_array(n, sizeof(*t.item));
	if (t.item == NULL)
		return ak_no_memory(err, "seal");
	t.n = n;
	st = ak_parallel(n, threads, parse_one, &p, failed, err);
	if (st == AK_OK)
		st = load_authority(&t, NULL, err);
	/* Judging changes what authority knows, so the keys are looked up before it begins. */
	for (size_t i = 0; st == AK_OK && i < n; i++)
		ak_authority_name_keys(t.authority, &t.item[i].candidate.sealed);
	if (st == AK_OK)
		st = ak_work_begin(n, threads, verify_one, t.item, &t.verifying, err);
	if (st != AK_OK)
		ak_batch_clear(&t);
	else
		*out = t;
	return st;
}

ak_status ak_batch_of(ak_books *b, const char *origin, ak_candidate *one, ak_batch *out, ak_error *err)
{
	ak_batch t;
	ak_status st;

	start(&t, b, origin);
	t.n = 1;
	ak_sha256(ak_buf_span(&one->statement), &one->sealed.header.statement);
	st = load_authority(&t, &one->sealed, err);
	if (st != AK_OK)
		ak_batch_clear(&t);
	else
		*out = t;
	return st;
}

/* ---- judging ----------------------------------------------------------------------------------------------- */

/* Authority as it is before item i, with all keys of the ledger: some signature is by none of those that keyids lead to. */
static ak_status know_everybody(ak_batch *t, size_t i, ak_error *err)
{
	ak_authority *all = NULL;
	/* Nobody may be trying the keys that go. */
	ak_status st = t->verifying == NULL ? AK_OK : ak_work_until(t->verifying, t->n - 1, NULL, err);

	if (st == AK_OK)
		st = ak_books_authority(t->b, NULL, 0, NULL, 0, &all, err);
	for (size_t k = 0; st == AK_OK && k < i; k++) {
		ak_sealed *s = &t->item[k].candidate.sealed;
		ak_judgement j = { 0 };

		if (!ak_type_gives_standing(s->statement.type))
			continue;
		st = ak_authority_judge(all, s, t->first + k, &j, err);
		if (st == AK_OK)
			st = ak_authority_apply(all, s, t->first + k, &j, err);
	}
	if (st != AK_OK) {
		ak_authority_free(&all);
		return st;
	}
	ak_authority_free(&t->authority);
	t->authority = all;
	t->everybody = true;
	return AK_OK;
}

static ak_status name_signers(ak_batch *t, size_t i, ak_candidate *c, const ak_own_keys *own, ak_error *err)
{
	size_t unnamed = 0;
	ak_status st = ak_signers_name(t->authority, own, c, &unnamed, err);

	if (st != AK_OK || unnamed == 0 || t->everybody)
		return st;
	st = know_everybody(t, i, err);
	return st == AK_OK ? ak_signers_name(t->authority, own, c, &unnamed, err) : st;
}

/* A repeat within the batch has no record number that anybody could look up. */
static ak_status name_repeat(const ak_batch *t, const ak_sealed *s, uint64_t seq, ak_status st, ak_error *err)
{
	uint64_t first;

	if (st != AK_REPEATED || !ak_strmap_get(&t->statements, (ak_span){ s->header.statement.b, AK_DIGEST_LEN }, &first))
		return st;
	return ak_fail(err, st, "batch", seq, "the same statement is twice in this batch, as number %" PRIu64 " and %" PRIu64,
	               first - t->first + 1, seq - t->first + 1);
}

/* The record may stand: do its signatures suffice, and has each of them a part in it? */
static ak_status judge_signatures(ak_batch *t, size_t i, ak_candidate *c, ak_judgement *j, ak_error *err)
{
	ak_sealed *s = &c->sealed;
	uint64_t seq = t->first + i;
	ak_own_keys own = { 0 };
	ak_status st = ak_own_keys_read(&s->statement, &own, err);

	if (st == AK_OK)
		st = name_signers(t, i, c, &own, err);
	if (st == AK_OK)
		st = ak_authority_judge(t->authority, s, seq, j, err);
	/* A draft that nobody has signed yet is told too. */
	if (st == AK_OK && (j->authorised || strcmp(j->why.where, "signatures") == 0))
		st = ak_correction_check(t->b, t->authority, &s->statement, seq, err);
	if (st == AK_OK && !j->authorised) {
		if (err != NULL)
			*err = j->why;
		st = j->why.status;
	}
	if (st == AK_OK)
		st = ak_signers_check(t->authority, &own, s, seq, j, err);
	ak_own_keys_clear(&own);
	return st;
}

ak_status ak_batch_admit(ak_batch *t, size_t i, ak_candidate *c, int64_t now, ak_judgement *j, ak_error *err)
{
	const ak_past past = { past_seq_of, past_statement, past_newest, t };
	const ak_sealed *s = &c->sealed;
	const ak_json *type = NULL;
	ak_place at = {
		.origin = t->origin,
		.genesis = t->b->genesis,
		.seq = t->first + i,
		.time = now,
		.core = &t->b->core,
		.profile = ak_authority_profile(t->authority, s->statement.scheme),
		.past = &past,
	};
	ak_status st = t->verifying == NULL ? AK_OK : ak_work_until(t->verifying, i, NULL, err);

	c->sealed.header.time = now; /* certificates and tokens are judged at this time, before there is a header */
	if (st == AK_OK)
		st = ak_admit_type(&at, &s->statement, &type, err);
	if (st == AK_OK)
		st = name_repeat(t, s, at.seq, ak_admit_binding(&at, s, err), err);
	if (st == AK_OK) /* before the form, which would say no more than that a digest is wanted */
		st = ak_class_check(ak_type_schema(type), s->statement.body, err);
	if (st == AK_OK)
		st = ak_class_documents(type, s->statement.subject, err);
	if (st == AK_OK)
		st = ak_admit_content(&at, s, type, err);
	if (st == AK_OK && ak_span_is(s->statement.type, "erasure"))
		st = ak_erasure_check(t->b, s, err);
	return st == AK_OK ? judge_signatures(t, i, c, j, err) : st;
}

ak_status ak_batch_apply(ak_batch *t, size_t i, ak_sealed *s, const ak_judgement *j, ak_error *err)
{
	uint64_t seq = t->first + i;
	ak_status st = AK_OK;

	/* What reaches back makes authority let go of its keys: nobody may be trying any. */
	if (t->verifying != NULL && ak_authority_reaches_back(s))
		st = ak_work_until(t->verifying, t->n - 1, NULL, err);
	if (st == AK_OK)
		st = ak_authority_apply(t->authority, s, seq, j, err);

	if (st == AK_OK)
		st = ak_strmap_put(&t->statements,
		                   (ak_span){ s->header.statement.b, AK_DIGEST_LEN }, seq, err);
	for (size_t k = 0; st == AK_OK && k < ak_statement_n_about(&s->statement); k++)
		st = ak_strmap_put(&t->newest, ak_statement_about(&s->statement, k), seq, err);
	return st;
}
