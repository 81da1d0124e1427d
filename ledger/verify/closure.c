/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/evidence.h"

#include "base/fail.h"
#include "base/strmap.h"
#include "base/text.h"
#include "verify/closure.h"

#include <stdlib.h>
#include <string.h>

static void drop_sealed(ak_evidence_record *r)
{
	if (r->shelved != NULL)
		return;
	if (r->sealed != NULL)
		ak_sealed_clear(r->sealed);
	ak_mem_free(r->sealed);
	r->sealed = NULL;
}

void ak_evidence_clear(ak_evidence *e)
{
	ak_buf_clear(&e->checkpoint);
	ak_buf_clear(&e->last.line);
	for (size_t i = 0; i < e->n_records; i++) {
		drop_sealed(&e->record[i]);
		if (e->record[i].shelved == NULL)
			ak_buf_clear(&e->record[i].file);
		ak_shelved_drop(&e->record[i].shelved);
	}
	for (size_t i = 0; i < e->n_subjects; i++)
		ak_map_proof_clear(&e->subject[i].proof);
	for (size_t i = 0; i < e->n_bases; i++)
		ak_buf_clear(&e->base[i].line);
	ak_mem_free(e->record);
	ak_mem_free(e->subject);
	ak_mem_free(e->base);
	ak_mem_free(e->leaf);
	*e = (ak_evidence){ 0 };
}

/* A record that is not sound is evidence too: the verifier will say what is wrong with it. */
static ak_status let_unsound(ak_status st)
{
	return ak_status_class(st) == AK_CLASS_REJECT || st == AK_UNKNOWN_VERSION ? AK_OK : st;
}

ak_status ak_evidence_take_apart(ak_evidence_record *r, ak_error *err)
{
	ak_sealed *s = ak_mem_alloc(sizeof(*s));
	ak_status st;

	if (s == NULL)
		return ak_no_memory(err, "evidence");
	st = ak_sealed_parse_erased(ak_buf_span(&r->file), s, err);
	if (st == AK_OK) {
		r->sealed = s;
		return AK_OK;
	}
	ak_mem_free(s);
	return let_unsound(st);
}

static void borrow(ak_evidence_record *r, ak_shelved *from)
{
	r->shelved = from;
	r->file = from->file;
	r->sealed = &from->sealed;
}

/* From the shelf, where it has been drawn before. */
static ak_status find_shelved(const ak_source *src, ak_evidence_record *r, ak_error *err)
{
	ak_shelved *found;
	ak_digest id;
	ak_status st;

	if (src->shelf == NULL)
		return AK_OK;
	st = src->leaf(src->ctx, r->seq, &id, err);
	found = st == AK_OK ? ak_shelf_find(src->shelf, &id) : NULL;
	if (found != NULL && found->sealed.header.seq == r->seq)
		borrow(r, found);
	else
		ak_shelved_drop(&found);
	return st;
}

static ak_status shelve(const ak_source *src, ak_evidence_record *r, ak_error *err)
{
	ak_shelved *s = NULL;
	ak_status st = ak_shelf_add(src->shelf, &r->file, &s, err);

	if (st == AK_OK)
		borrow(r, s);
	return let_unsound(st);
}

/* The work list is the evidence itself: records and subjects are looked at in the order they were added. */
typedef struct drawing {
	const ak_source *src;
	ak_evidence e;
	ak_strmap have_record, have_subject, have_base; /* seq or id -> position */
	bool *by_ref;      /* was record i brought by a reference?  its subjects come too */
	size_t cap_by_ref;
	bool dangling;     /* a base or reference is to no record of the ledger */
	bool proofs;       /* false: authority only; refs and other subjects are not followed */
} drawing;

static ak_span seq_span(uint64_t *seq)
{
	return (ak_span){ (const uint8_t *)seq, sizeof(*seq) };
}

static ak_status want_subject(void *ctx, ak_span id, ak_error *err)
{
	drawing *d = ctx;
	ak_evidence *e = &d->e;
	ak_evidence_subject *s;
	uint64_t at;
	ak_status st;

	if (ak_strmap_get(&d->have_subject, id, &at))
		return AK_OK;
	if (id.len > 128)
		return ak_fail(err, AK_BAD_FORMAT, "subject", 0, "id is over 128 bytes");
	if (e->n_subjects == AK_EVIDENCE_SUBJECTS_MAX)
		return ak_fail(err, AK_LIMIT, "evidence.subjects", e->n_subjects, "too many subjects");
	st = ak_mem_grow((void **)&e->subject, &e->cap_subjects, e->n_subjects + 1, sizeof(*s), err);
	if (st == AK_OK)
		st = ak_strmap_put(&d->have_subject, id, e->n_subjects, err);
	if (st != AK_OK)
		return st;
	s = &e->subject[e->n_subjects++];
	*s = (ak_evidence_subject){ 0 };
	memcpy(s->id, id.data, id.len);
	return AK_OK;
}

static ak_status want_record(drawing *d, uint64_t seq, bool by_ref, ak_error *err)
{
	ak_evidence *e = &d->e;
	uint64_t at;
	ak_status st;

	if (ak_strmap_get(&d->have_record, seq_span(&seq), &at)) {
		/* Seen before through a subject: from now on its subjects are wanted as well. */
		d->by_ref[at] = d->by_ref[at] || by_ref;
		return AK_OK;
	}
	if (e->n_records == AK_EVIDENCE_RECORDS_MAX)
		return ak_fail(err, AK_LIMIT, "evidence.records", e->n_records, "too many records");
	st = ak_mem_grow((void **)&e->record, &e->cap_records, e->n_records + 1,
	                 sizeof(*e->record), err);
	if (st == AK_OK)
		st = ak_mem_grow((void **)&d->by_ref, &d->cap_by_ref, e->n_records + 1,
		                 sizeof(*d->by_ref), err);
	if (st == AK_OK)
		st = ak_strmap_put(&d->have_record, seq_span(&seq), e->n_records, err);
	if (st != AK_OK)
		return st;
	e->record[e->n_records] = (ak_evidence_record){ .seq = seq };
	ak_buf_init(&e->record[e->n_records].file,
	            AK_HEADER_MAX + AK_STATEMENT_MAX + AK_SIGNATURES_MAX + 3);
	d->by_ref[e->n_records] = by_ref;
	e->n_records++;
	return AK_OK;
}

static ak_status read_header(const ak_source *src, ak_evidence_header *h, ak_error *err)
{
	ak_buf file;
	ak_lines lines;
	ak_status st;

	ak_buf_init(&file, AK_HEADER_MAX + AK_STATEMENT_MAX + AK_SIGNATURES_MAX + 3);
	st = src->record(src->ctx, h->seq, &file, err);
	if (st == AK_OK)
		st = ak_record_split(ak_buf_span(&file), &lines, err);
	if (st == AK_OK)
		st = ak_buf_add_span(&h->line, lines.header, err);
	if (st == AK_OK && src->shelf != NULL)
		st = ak_shelf_put_header(src->shelf, h->seq, lines.header, err);
	ak_buf_clear(&file);
	return st;
}

/* The header alone of record `seq`, with its proof, into an empty h->line. */
static ak_status draw_header(const ak_source *src, uint64_t seq, ak_evidence_header *h, ak_error *err)
{
	ak_span line = { 0 };
	ak_digest id;
	ak_status st = src->shelf == NULL ? AK_OK : src->leaf(src->ctx, seq, &id, err);

	h->seq = seq;
	if (st == AK_OK && src->shelf != NULL && ak_shelf_header(src->shelf, &id, seq, &line))
		st = ak_buf_add_span(&h->line, line, err);
	else if (st == AK_OK)
		st = read_header(src, h, err);
	return st == AK_OK ? src->prove_record(src->ctx, seq, &h->proof, err) : st;
}

/* The header of a base, so that "nothing lies between" can be checked without the record itself. */
static ak_status want_base(void *ctx, const ak_digest *id, ak_error *err)
{
	drawing *d = ctx;
	ak_evidence *e = &d->e;
	ak_evidence_header h = { 0 };
	uint64_t seq = 0, at;
	ak_status st;

	if (ak_strmap_get(&d->have_base, (ak_span){ id->b, AK_DIGEST_LEN }, &at))
		return AK_OK;
	st = d->src->seq_of(d->src->ctx, id, &seq, err);
	if (st == AK_NOT_FOUND) {
		d->dangling = true;
		return AK_OK;
	}
	ak_buf_init(&h.line, AK_HEADER_MAX);
	if (st == AK_OK)
		st = draw_header(d->src, seq, &h, err);
	if (st == AK_OK)
		st = ak_mem_grow((void **)&e->base, &e->cap_bases, e->n_bases + 1, sizeof(*e->base), err);
	if (st == AK_OK)
		st = ak_strmap_put(&d->have_base, (ak_span){ id->b, AK_DIGEST_LEN }, e->n_bases, err);
	if (st != AK_OK) {
		ak_buf_clear(&h.line);
		return st;
	}
	e->base[e->n_bases++] = h;
	return AK_OK;
}

static ak_status want_referred(void *ctx, const ak_digest *id, ak_error *err)
{
	drawing *d = ctx;
	uint64_t seq = 0;
	ak_status st = d->src->seq_of(d->src->ctx, id, &seq, err);

	if (st == AK_NOT_FOUND) {
		d->dangling = true;
		return AK_OK;
	}
	return st == AK_OK ? want_record(d, seq, true, err) : st;
}

static ak_wants wants_of(drawing *d)
{
	return (ak_wants){ want_subject, d->proofs ? want_referred : NULL, d->proofs ? want_base : NULL, d };
}

static ak_status expand_record(drawing *d, size_t i, ak_error *err)
{
	const ak_sealed *s = d->e.record[i].sealed; /* the array may move below */
	const ak_wants w = wants_of(d);

	return s == NULL ? AK_OK : ak_closure_of(s, d->by_ref[i], &w, err);
}

static ak_status fetch_subject(drawing *d, size_t i, ak_error *err)
{
	ak_evidence_subject *s = &d->e.subject[i];
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_digest key;
	ak_status st;

	ak_map_key(ak_span_str(s->id), &key);
	st = d->src->prove_subject(d->src->ctx, &key, &s->proof, err);
	if (st == AK_OK)
		st = d->src->about(d->src->ctx, ak_span_str(s->id), &seqs, &n, err);
	for (size_t k = 0; st == AK_OK && k < n; k++)
		st = want_record(d, seqs[k], false, err);
	ak_mem_free(seqs);
	return st;
}

static ak_status fetch_record(drawing *d, size_t i, ak_error *err)
{
	ak_evidence_record *r = &d->e.record[i];
	ak_status st = find_shelved(d->src, r, err);

	if (st == AK_OK && r->shelved == NULL)
		st = d->src->record(d->src->ctx, r->seq, &r->file, err);
	if (st == AK_OK && d->proofs)
		st = d->src->prove_record(d->src->ctx, r->seq, &r->proof, err);
	if (st != AK_OK || r->shelved != NULL)
		return st;
	return d->src->shelf != NULL ? shelve(d->src, r, err) : ak_evidence_take_apart(r, err);
}

/* Records may become by_ref after they were expanded, so go round until nothing is new. */
static ak_status close_over(drawing *d, ak_error *err)
{
	size_t fetched = 0, expanded_subjects = 0, before;
	ak_status st = AK_OK;

	do {
		before = d->e.n_records + d->e.n_subjects;
		for (; st == AK_OK && expanded_subjects < d->e.n_subjects; expanded_subjects++)
			st = fetch_subject(d, expanded_subjects, err);
		for (; st == AK_OK && fetched < d->e.n_records; fetched++)
			st = fetch_record(d, fetched, err);
		for (size_t i = 0; st == AK_OK && i < fetched; i++)
			st = expand_record(d, i, err);
	} while (st == AK_OK && d->e.n_records + d->e.n_subjects != before);
	return st;
}

static int order(uint64_t x, uint64_t y)
{
	return x < y ? -1 : x > y;
}

static int by_seq(const void *a, const void *b)
{
	return order(((const ak_evidence_record *)a)->seq, ((const ak_evidence_record *)b)->seq);
}

static int by_header_seq(const void *a, const void *b)
{
	return order(((const ak_evidence_header *)a)->seq, ((const ak_evidence_header *)b)->seq);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const ak_evidence_subject *)a)->id, ((const ak_evidence_subject *)b)->id);
}

/* A base that is here as a record needs no header beside it. */
static void drop_known_bases(drawing *d)
{
	ak_evidence *e = &d->e;
	size_t kept = 0;
	uint64_t at;

	for (size_t i = 0; i < e->n_bases; i++) {
		if (ak_strmap_get(&d->have_record, seq_span(&e->base[i].seq), &at))
			ak_buf_clear(&e->base[i].line);
		else
			e->base[kept++] = e->base[i];
	}
	e->n_bases = kept;
}

/* One order for one content, however it was found. */
static void put_in_order(ak_evidence *e)
{
	if (e->n_records > 1)
		qsort(e->record, e->n_records, sizeof(*e->record), by_seq);
	if (e->n_bases > 1)
		qsort(e->base, e->n_bases, sizeof(*e->base), by_header_seq);
	if (e->n_subjects > 1)
		qsort(e->subject, e->n_subjects, sizeof(*e->subject), by_id);
}

static ak_status draw_last(drawing *d, ak_error *err)
{
	ak_buf_init(&d->e.last.line, AK_HEADER_MAX);
	return draw_header(d->src, d->src->size - 1, &d->e.last, err);
}

static void start(drawing *d, const ak_source *src, bool proofs)
{
	*d = (drawing){ .src = src, .proofs = proofs };
	ak_strmap_init(&d->have_record, 21);
	ak_strmap_init(&d->have_subject, 22);
	ak_strmap_init(&d->have_base, 23);
}

/* Hand the evidence over, or drop it, and free the work tables. */
static ak_status finish(drawing *d, ak_status st, ak_evidence *out)
{
	if (st == AK_OK) {
		for (size_t i = 0; d->proofs && i < d->e.n_records; i++)
			drop_sealed(&d->e.record[i]);
		drop_known_bases(d);
		put_in_order(&d->e);
		*out = d->e;
	} else {
		ak_evidence_clear(&d->e);
	}
	ak_mem_free(d->by_ref);
	ak_strmap_clear(&d->have_record);
	ak_strmap_clear(&d->have_subject);
	ak_strmap_clear(&d->have_base);
	return st;
}

static ak_status draw(const ak_source *src, const ak_span *subjects, size_t n, ak_span scheme, const ak_sealed *candidate,
                      ak_evidence *out, ak_error *err)
{
	drawing d;
	ak_wants w;
	ak_status st;

	if (src->size == 0)
		return ak_fail(err, AK_NOT_FOUND, "ledger", 0, "the ledger is empty");
	start(&d, src, true);
	w = wants_of(&d);
	st = ak_want_profile(&w, scheme, err);
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = want_subject(&d, subjects[i], err);
	if (st == AK_OK && candidate != NULL)
		st = ak_closure_of(candidate, true, &w, err);
	if (st == AK_OK)
		st = want_subject(&d, ak_span_str("akashi/keyset"), err);
	if (st == AK_OK)
		st = close_over(&d, err);
	if (st == AK_OK && d.dangling)
		st = ak_evidence_draw_leaves(src, &d.e, err);
	if (st == AK_OK)
		st = draw_last(&d, err);
	return finish(&d, st, out);
}

ak_status ak_evidence_draw(const ak_source *src, const ak_span *subjects, size_t n, ak_span scheme,
                           ak_evidence *out, ak_error *err)
{
	return draw(src, subjects, n, scheme, NULL, out, err);
}

ak_status ak_evidence_draw_for(const ak_source *src, const ak_sealed *candidate, const ak_span *subjects, size_t n, ak_evidence *out,
                               ak_error *err)
{
	return draw(src, subjects, n, candidate->statement.scheme, candidate, out, err);
}

ak_status ak_evidence_draw_authority(const ak_source *src, const ak_digest *keyids, size_t n_keys,
                                     const ak_span *subjects, size_t n_subjects, ak_evidence *out, ak_error *err)
{
	drawing d;
	ak_wants w;
	ak_status st;

	start(&d, src, false);
	w = wants_of(&d);
	st = want_subject(&d, ak_span_str("akashi/keyset"), err);
	for (size_t i = 0; st == AK_OK && i < n_keys; i++)
		st = ak_want_key(&w, &keyids[i], err);
	for (size_t i = 0; st == AK_OK && i < n_subjects; i++)
		st = want_subject(&d, subjects[i], err);
	if (st == AK_OK)
		st = close_over(&d, err);
	return finish(&d, st, out);
}
