/* SPDX-License-Identifier: Apache-2.0 */
/* The authority engine for sealing: fed from the ledger with what the signatures at hand need. */
#include "seal/books.h"

#include "base/fail.h"
#include "base/text.h"
#include "seal/times.h"
#include "verify/erased.h"

#include <stdlib.h>
#include <string.h>

static ak_status hook_record(void *ctx, const ak_digest *id, ak_buf *out, ak_error *err)
{
	ak_books *b = ctx;
	uint64_t seq = 0;
	ak_status st = ak_index_by_id(b->index, id, &seq, err);

	return st == AK_OK ? ak_books_record(b, seq, out, err) : st;
}

static ak_status stand_at(ak_books *b, uint64_t before, const ak_authority *now, ak_authority **out, ak_error *err);

/* Judged at its own place, as it was sealed (FORMAT 16.7.1: so the next record is judged): an engine of its own, since
 * corrections are rare and their targets anywhere. */
static ak_status hook_standing(void *ctx, const ak_digest *id, bool *authorised, char party[64], ak_error *err)
{
	ak_books *b = ctx;
	ak_authority *a = NULL;
	ak_sealed s = { 0 };
	ak_judgement j = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = hook_record(ctx, id, &file, err);
	if (st == AK_OK)
		st = ak_sealed_parse_erased(ak_buf_span(&file), &s, err);
	if (st == AK_OK)
		st = stand_at(b, s.header.seq, NULL, &a, err);
	if (st == AK_OK)
		st = ak_books_judge(b, a, &s, &j, err);
	if (st == AK_OK) {
		*authorised = j.authorised;
		memcpy(party, j.party, 64);
	}
	ak_authority_free(&a);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static ak_status hook_root(void *ctx, uint64_t size, ak_digest *out, ak_error *err)
{
	return ak_times_root(ctx, size, out, err);
}

static ak_status hook_file(void *ctx, uint64_t seq, ak_buf *out, ak_error *err)
{
	return ak_books_record(ctx, seq, out, err);
}

static ak_authority_hooks hooks_of(ak_books *b)
{
	return (ak_authority_hooks){ .held = ak_held_by_program, .record = hook_record, .standing = hook_standing, .root = hook_root, .file = hook_file,
	                             .ctx = b };
}

static ak_status admit(ak_books *b, const ak_authority *a, const ak_sealed *s, ak_error *err)
{
	ak_books_past ctx = { b, s->header.seq };
	const ak_past past = ak_books_past_of(&ctx);
	const ak_json *type = NULL;
	ak_place at = {
		.origin = b->checkpoint.origin,
		.genesis = b->genesis,
		.seq = s->header.seq,
		.time = s->header.time,
		.core = &b->core,
		.profile = ak_authority_profile(a, s->statement.scheme),
		.past = &past,
	};
	ak_status st = s->erased ? ak_erased_why(s, err) : ak_admit_type(&at, &s->statement, &type, err);

	if (st == AK_OK)
		st = ak_admit_binding(&at, s, err);
	if (st == AK_OK)
		st = ak_admit_content(&at, s, type, err);
	return st;
}

ak_status ak_books_judge(ak_books *b, ak_authority *a, ak_sealed *s, ak_judgement *j, ak_error *err)
{
	ak_error why = { 0 };
	ak_status st = admit(b, a, s, &why);

	*j = (ak_judgement){ 0 };
	if (ak_status_class(st) == AK_CLASS_REJECT) {
		j->why = why;
		return AK_OK;
	}
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	return ak_authority_judge(a, s, s->header.seq, j, err);
}

static ak_status feed(ak_books *b, ak_authority *a, ak_sealed *s, ak_error *err)
{
	ak_judgement j;
	ak_status st;

	if (!ak_type_gives_standing(s->statement.type))
		return AK_OK;
	st = ak_books_judge(b, a, s, &j, err);
	if (st == AK_OK)
		st = ak_authority_apply(a, s, s->header.seq, &j, err);
	/* Results point at this engine's keys, and the record may outlive it. */
	memset(s->result, 0, sizeof(s->result));
	return st;
}

ak_status ak_books_feed(ak_books *b, ak_authority *a, ak_span file, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_status st = ak_sealed_parse_erased(file, &s, err);

	if (st == AK_OK)
		st = feed(b, a, &s, err);
	ak_sealed_clear(&s);
	return st;
}

/* The records before `before`, in order.  One that is not sound makes the engine impossible. */
static ak_status feed_all(ak_books *b, ak_authority *a, const ak_evidence *e, uint64_t before, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < e->n_records && e->record[i].seq < before; i++)
		st = e->record[i].sealed != NULL ? feed(b, a, e->record[i].sealed, err)
		                                 : ak_books_feed(b, a, ak_buf_span(&e->record[i].file), err);
	return st;
}

/* Did the index name every record about each subject?  The map, checked against the head, says how many and which. */
static ak_status check_complete(ak_books *b, const ak_evidence *e, ak_error *err)
{
	ak_map_entry *have = ak_mem_array(e->n_subjects, sizeof(*have));
	ak_status st = AK_OK;

	if (have == NULL)
		return ak_no_memory(err, "authority");
	for (size_t i = 0; i < e->n_records; i++) {
		const ak_sealed *s = e->record[i].sealed;

		for (size_t k = 0; s != NULL && k < ak_statement_n_about(&s->statement); k++) {
			for (size_t m = 0; m < e->n_subjects; m++) {
				if (!ak_span_is(ak_statement_about(&s->statement, k), e->subject[m].id))
					continue;
				have[m].count++;
				ak_map_chain_step(&have[m].chain, s->header.seq, s->header.time,
				                  &s->header.statement, &s->header.signatures);
			}
		}
	}
	for (size_t m = 0; st == AK_OK && m < e->n_subjects; m++) {
		ak_map_entry want = { 0 };
		ak_digest key;
		bool found = false;

		ak_map_key(ak_span_str(e->subject[m].id), &key);
		st = ak_map_get(b->map, &key, &want, &found, err);
		if (st == AK_OK && (found ? want.count != have[m].count ||
		                            !ak_digest_eq(&want.chain, &have[m].chain)
		                          : have[m].count != 0))
			st = ak_fail(err, AK_MAP_MISMATCH, "index.about", 0, "the index does not know all records about %s",
			             e->subject[m].id);
	}
	ak_mem_free(have);
	return st;
}

static ak_status all_of(ak_books *b, ak_evidence *e, ak_error *err)
{
	static const char *const types[] = { "keyset", "profile", "party", "revocation", "closing", "crl" };
	ak_status st = AK_OK;

	for (size_t t = 0; st == AK_OK && t < sizeof(types) / sizeof(types[0]); t++) {
		uint64_t *seqs = NULL;
		size_t n = 0;

		st = ak_index_of_type(b->index, types[t], &seqs, &n, err);
		for (size_t i = 0; st == AK_OK && i < n; i++) {
			if (seqs[i] >= b->checkpoint.size)
				continue; /* being sealed */
			st = ak_mem_grow((void **)&e->record, &e->cap_records, e->n_records + 1,
			                 sizeof(*e->record), err);
			if (st != AK_OK)
				break;
			e->record[e->n_records] = (ak_evidence_record){ .seq = seqs[i] };
			ak_buf_init(&e->record[e->n_records].file, AK_RECORD_MAX);
			e->n_records++;
			st = ak_books_record(b, seqs[i], &e->record[e->n_records - 1].file, err);
			if (st == AK_OK)
				st = ak_evidence_take_apart(&e->record[e->n_records - 1], err);
		}
		ak_mem_free(seqs);
	}
	return st;
}

static int by_seq(const void *a, const void *b)
{
	const ak_evidence_record *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static ak_status draw(ak_books *b, const ak_digest *keyids, size_t n_keys, const ak_span *subjects,
                      size_t n_subjects, ak_evidence *e, ak_error *err)
{
	ak_status st;

	if (keyids == NULL) {
		st = all_of(b, e, err);
		if (e->n_records > 1)
			qsort(e->record, e->n_records, sizeof(*e->record), by_seq);
		return st;
	}
	st = ak_evidence_draw_authority(&b->source, keyids, n_keys, subjects, n_subjects, e, err);
	if (st == AK_OK)
		st = check_complete(b, e, err);
	return st;
}

ak_status ak_books_authority(ak_books *b, const ak_digest *keyids, size_t n_keys, const ak_span *subjects,
                             size_t n_subjects, ak_authority **out, ak_error *err)
{
	const ak_authority_hooks hooks = hooks_of(b);
	ak_authority *a = NULL;
	ak_evidence e = { 0 };
	ak_status st = AK_OK;

	if (b->checkpoint.size != 0) {
		st = draw(b, keyids, n_keys, subjects, n_subjects, &e, err);
		if ((st == AK_MAP_MISMATCH || st == AK_NOT_FOUND) && !b->index_fresh) { /* the cache lied: build it anew, once */
			ak_evidence_clear(&e);
			st = ak_books_rebuild(b, err);
			if (st == AK_OK)
				st = draw(b, keyids, n_keys, subjects, n_subjects, &e, err);
		}
	}
	if (st == AK_OK)
		st = ak_authority_open(&b->core, &hooks, &a, err);
	if (st == AK_OK)
		st = feed_all(b, a, &e, UINT64_MAX, err);
	ak_evidence_clear(&e);
	if (st != AK_OK)
		ak_authority_free(&a);
	else
		*out = a;
	return st;
}

/* All that gives standing before record `before`; with what is known `now`, or (NULL) as known then. */
static ak_status stand_at(ak_books *b, uint64_t before, const ak_authority *now, ak_authority **out, ak_error *err)
{
	const ak_authority_hooks hooks = hooks_of(b);
	ak_authority *a = NULL;
	ak_evidence e = { 0 };
	size_t n;
	ak_status st = ak_authority_open(&b->core, &hooks, &a, err);

	if (st == AK_OK && now != NULL)
		st = ak_authority_carry_cutoffs(now, a, &n, err);
	if (st == AK_OK)
		st = draw(b, NULL, 0, NULL, 0, &e, err);
	if (st == AK_OK)
		st = feed_all(b, a, &e, before, err);
	ak_evidence_clear(&e);
	if (st != AK_OK)
		ak_authority_free(&a);
	else
		*out = a;
	return st;
}

ak_status ak_books_authority_as_known(ak_books *b, uint64_t before, uint64_t known_at, ak_authority **out, ak_error *err)
{
	ak_authority *now = NULL;
	ak_status st = known_at == 0 ? ak_books_authority(b, NULL, 0, NULL, 0, &now, err)
	                             : stand_at(b, known_at, NULL, &now, err);

	if (st == AK_OK)
		st = stand_at(b, before, now, out, err);
	ak_authority_free(&now);
	return st;
}
