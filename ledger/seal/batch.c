/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/batch.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "seal/corrected.h"

#include <inttypes.h>
#include <string.h>

void ak_batch_clear(ak_batch *t)
{
	ak_work_end(&t->verifying);
	for (size_t i = 0; t->item != NULL && i < t->n; i++) {
		ak_sealed_clear(&t->item[i].sealed);
		ak_buf_clear(&t->item[i].statement);
		ak_buf_clear(&t->item[i].signatures);
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
	ak_candidate *item;
} parsing;

static ak_status parse_one(void *ctx, size_t i, ak_error *err)
{
	parsing *p = ctx;
	ak_candidate *c = &p->item[i];
	ak_dsse e;
	ak_status st = ak_dsse_parse(p->envelopes[i], &e, err);

	if (st != AK_OK)
		return st;
	ak_buf_init(&c->statement, AK_STATEMENT_MAX);
	ak_buf_init(&c->signatures, AK_SIGNATURES_MAX);
	ak_buf_init(&c->file, AK_RECORD_MAX);
	if (strcmp(e.type, AK_DSSE_TYPE) != 0)
		st = ak_mismatch(err, AK_BAD_FORMAT, "dsse.payloadType", 0, AK_DSSE_TYPE, e.type);
	if (st == AK_OK && e.payload.len > AK_STATEMENT_MAX)
		st = ak_fail(err, AK_BAD_FORMAT, "statement", AK_STATEMENT_MAX, "%zu bytes, at most %d are allowed",
		             e.payload.len, AK_STATEMENT_MAX);
	if (st == AK_OK)
		st = ak_buf_add_span(&c->statement, ak_buf_span(&e.payload), err);
	if (st == AK_OK)
		st = ak_signatures_from_dsse(&e, &c->signatures, err);
	if (st == AK_OK)
		st = ak_sealed_candidate(ak_buf_span(&c->statement), ak_buf_span(&c->signatures),
		                         &c->sealed, err);
	if (st == AK_OK)
		ak_sha256(ak_buf_span(&c->statement), &c->sealed.header.statement);
	ak_dsse_clear(&e);
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

static ak_status want_for(wanted *w, const ak_sealed *s, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t k = 0; st == AK_OK && k < s->signatures.n; k++)
		st = want_key(w, &s->signatures.sig[k].keyid, err);
	if (st == AK_OK && !ak_span_is(s->statement.scheme, "akashi"))
		st = want_name(w, "akashi/profile:", s->statement.scheme, err);
	/* Core types change standing: what they are about must be known whole. */
	for (size_t k = 0; st == AK_OK && ak_type_is_core(s->statement.type) &&
	                   k < ak_statement_n_about(&s->statement); k++)
		st = want_name(w, "", ak_statement_about(&s->statement, k), err);
	/* Schemes whose roles the party already has, and the party behind a revoked key, come through their records. */
	return st;
}

static ak_status load_authority(ak_batch *t, ak_sealed *one, ak_error *err)
{
	wanted w = { 0 };
	ak_span *subjects = NULL;
	ak_status st = AK_OK;

	ak_buf_init(&w.names, 64 * 1024 * 1024);
	ak_strmap_init(&w.seen, 43);
	for (size_t i = 0; st == AK_OK && i < t->n; i++)
		st = want_for(&w, one != NULL ? one : &t->item[i].sealed, err);
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
	return ak_sealed_try(&((ak_candidate *)ctx)[i].sealed, err);
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
		ak_authority_name_keys(t.authority, &t.item[i].sealed);
	if (st == AK_OK)
		st = ak_work_begin(n, threads, verify_one, t.item, &t.verifying, err);
	if (st != AK_OK)
		ak_batch_clear(&t);
	else
		*out = t;
	return st;
}

ak_status ak_batch_of(ak_books *b, const char *origin, ak_sealed *one, ak_batch *out, ak_error *err)
{
	ak_batch t;
	ak_status st;

	start(&t, b, origin);
	t.n = 1;
	ak_sha256(one->lines.statement, &one->header.statement);
	st = load_authority(&t, one, err);
	if (st != AK_OK)
		ak_batch_clear(&t);
	else
		*out = t;
	return st;
}

/* ---- judging ----------------------------------------------------------------------------------------------- */

/* The {"id","spki"} of that id within a body, or NULL. */
static const ak_json *key_in_body(const ak_json *v, const char *hex)
{
	static const char *const within[] = { "root", "key", "operator", "heartbeat", "members", "keys" };
	const ak_json *found = NULL;

	if (ak_json_is(v, AK_JSON_ARRAY)) {
		for (size_t i = 0; found == NULL && i < ak_json_len(v); i++)
			found = key_in_body(ak_json_at(v, i), hex);
		return found;
	}
	if (!ak_json_is(v, AK_JSON_OBJECT))
		return NULL;
	if (ak_json_get(v, "spki") != NULL && ak_span_is(ak_json_get_text(v, "id"), hex))
		return v;
	for (size_t i = 0; found == NULL && i < sizeof(within) / sizeof(within[0]); i++)
		found = key_in_body(ak_json_get(v, within[i]), hex);
	return found;
}

/* A key that the record itself brings in signs to prove that it is held. */
static ak_status signed_by_own_key(const ak_sealed *s, size_t i, const char *hex, bool *yes, ak_error *err)
{
	const ak_json *k = ak_type_is_core(s->statement.type) ? key_in_body(s->statement.body, hex) : NULL;
	ak_pubkey *pub = NULL;
	ak_error why = { 0 };
	ak_buf der;
	ak_status st = AK_OK;

	*yes = false;
	if (k == NULL)
		return AK_OK;
	ak_buf_init(&der, AK_SPKI_MAX);
	if (ak_base64_decode(ak_json_get_text(k, "spki"), &der, &why))
		st = ak_pubkey_from_spki(ak_buf_span(&der), &pub, &why);
	if (st == AK_OK && pub != NULL)
		st = ak_sealed_verify_once(s, i, pub, yes, err);
	else /* no sound key: whoever judges the record says so */
		st = why.status == AK_NO_MEMORY ? ak_no_memory(err, "key.spki") : AK_OK;
	ak_pubkey_free(&pub);
	ak_buf_clear(&der);
	return st;
}

static bool revokes_itself(const ak_sealed *s, const char *hex)
{
	const ak_json *keys = ak_json_get(s->statement.body, "keys");

	for (size_t i = 0; ak_span_is(s->statement.type, "revocation") && i < ak_json_len(keys); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(keys, i), "id"), hex))
			return true;
	}
	return false;
}

/* A sealed record carries no signature that fails or has no role: a relay cannot make us store junk. */
static ak_status check_role(const ak_batch *t, const ak_sealed *s, size_t i, uint64_t seq,
                            const ak_judgement *j, ak_error *err)
{
	const ak_pubkey *known = ak_authority_key(t->authority, &s->signatures.sig[i].keyid);
	char keyid[AK_DIGEST_TEXT_LEN + 1];
	bool own = false;
	ak_status st;

	ak_digest_format(&s->signatures.sig[i].keyid, keyid);
	st = signed_by_own_key(s, i, keyid + 7, &own, err);
	if (st != AK_OK || own || j->signer[i].counted)
		return st;
	if (known == NULL)
		return ak_fail(err, AK_BAD_SIGNATURE, "signatures", seq,
		               "the signature by %s is by nobody this ledger knows, or does not verify", keyid);
	if (s->result[i].state != AK_SIG_GOOD)
		return ak_fail(err, AK_BAD_SIGNATURE, "signatures", seq,
		               "the signature by %s does not verify", keyid);
	/* Holders of the keyset before, and a key that ends itself, have their part too. */
	if (ak_span_is(s->statement.type, "keyset") || revokes_itself(s, keyid + 7))
		return AK_OK;
	return ak_fail(err, AK_BAD_SIGNATURE, "signatures", seq, "the signature by %s has no role in a %.*s",
	               keyid, (int)s->statement.type.len, (const char *)s->statement.type.data);
}

static ak_status check_roles(const ak_batch *t, const ak_sealed *s, uint64_t seq, const ak_judgement *j, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < s->signatures.n; i++)
		st = check_role(t, s, i, seq, j, err);
	if (st == AK_OK && s->signatures.n_timestamps != 0)
		st = ak_fail(err, AK_BAD_SIGNATURE, "signatures.timestamps", seq,
		             "the profile names no time-stamping authority, so a token has no role");
	return st;
}

/* Operator and root keys are no party's (DESIGN 4); readers let the keyset chain stand alone, so it is refused here. */
static ak_status check_disjoint(const ak_batch *t, const ak_sealed *s, uint64_t seq, ak_error *err)
{
	if (!ak_span_is(s->statement.type, "keyset"))
		return AK_OK;
	for (size_t i = 0; i < s->signatures.n; i++) {
		char keyid[AK_DIGEST_TEXT_LEN + 1];

		ak_digest_format(&s->signatures.sig[i].keyid, keyid);
		if (key_in_body(s->statement.body, keyid + 7) != NULL &&
		    ak_authority_is_member_key(t->authority, &s->signatures.sig[i].keyid))
			return ak_fail(err, AK_KEY_REUSED, "keyset.key", seq, "key %s belongs to a party", keyid);
	}
	return AK_OK;
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

ak_status ak_batch_admit(ak_batch *t, size_t i, ak_sealed *s, int64_t now, ak_judgement *j, ak_error *err)
{
	const ak_past past = { past_seq_of, past_statement, past_newest, t };
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

	if (st == AK_OK)
		st = ak_admit_type(&at, &s->statement, &type, err);
	if (st == AK_OK)
		st = name_repeat(t, s, at.seq, ak_admit_binding(&at, s, err), err);
	if (st == AK_OK)
		st = ak_admit_content(&at, s, type, err);
	if (st == AK_OK)
		st = ak_authority_judge(t->authority, s, at.seq, j, err);
	/* A draft that nobody has signed yet is told too. */
	if (st == AK_OK && (j->authorised || strcmp(j->why.where, "signatures") == 0))
		st = ak_correction_check(t->b, t->authority, &s->statement, at.seq, err);
	if (st != AK_OK)
		return st;
	if (!j->authorised) {
		if (err != NULL)
			*err = j->why;
		return j->why.status;
	}
	st = check_roles(t, s, at.seq, j, err);
	return st == AK_OK ? check_disjoint(t, s, at.seq, err) : st;
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
