/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/documents.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "verify/opening.h"

#include <stdio.h>
#include <string.h>

/* What a file is held to be an edited copy of, and where that is sealed; NULL: of nothing that is known. */
typedef struct taken {
	const ak_opened_document *d;
	uint64_t seq;
	bool sure; /* else it may be another that is held back */
} taken;

/* What the holder has, taken apart. */
typedef struct papers {
	const ak_proven *p;
	const ak_judged *j;
	uint64_t known_at;
	ak_report *r;
	ak_standing *s;
	ak_opening *opening; /* owned: one for each of the question */
	size_t n;
	taken *taken;        /* owned: one for each file            */
} papers;

/* What a record shows about a paper. */
typedef enum weight {
	COUNTS, /* it has effect                                                          */
	OPEN,   /* whether it has cannot be said: it lost its authority to a revocation that
	         * reaches back, rests on a key declared compromised that no quorum vouches for,
	         * is of a type that another program may know, or speaks of one that was erased */
	VOID,   /* it has none: whoever has the operator key can lay any number of these   */
	N_WEIGHTS,
	UNSEEN, /* not sealed, or not known yet: as if it were not here                       */
} weight;

/* What is sealed of one file, by records of one weight. */
typedef struct sealed_as {
	ak_json *records;   /* owned: seqs, ascending              */
	const char *name;   /* as the first of them calls it       */
	bool committed;     /* some document here is a commitment  */
} sealed_as;

static bool vouched(const ak_proven *p)
{
	const ak_trust *t = p->q->trust;

	return t->quorum != AK_TRUST_NONE && ak_trust_met(t, t->quorum, p->witness);
}

/* The first record of the evidence that was erased: what was sealed in it cannot be said any more. */
static bool first_erased(const papers *w, uint64_t *seq)
{
	for (size_t i = 0; i < w->p->n_rec && w->p->rec[i].header.seq < w->known_at; i++) {
		if (w->p->rec[i].erased) {
			*seq = w->p->rec[i].header.seq;
			return true;
		}
	}
	return false;
}

static bool speaks_of_erased(const ak_proven *p, const ak_sealed *s)
{
	for (size_t k = 0; k < ak_statement_n_refs(&s->statement); k++) {
		ak_digest id;
		size_t at;

		(void)ak_statement_ref(&s->statement, k, &id);
		if (ak_proven_find(p, &id, &at) && p->rec[at].erased)
			return true;
	}
	return false;
}

static weight weight_of(const papers *w, size_t i)
{
	const ak_judgement *by = &w->j->by[i];

	if (i >= w->p->n_rec - w->p->n_unsealed || w->p->rec[i].header.seq >= w->known_at)
		return UNSEEN;
	if (by->authorised)
		return by->compromised && !vouched(w->p) ? OPEN : COUNTS;
	if (speaks_of_erased(w->p, &w->p->rec[i]) || ak_judged_fell(w->j, i) || by->why.status == AK_UNKNOWN_VERSION || (by->why.status == AK_UNKNOWN_TYPE && w->j->unknown_type))
		return OPEN;
	return VOID;
}

static bool is_commitment(const ak_json *document)
{
	return ak_json_get_text(ak_json_get(document, "annotations"), "commitment").len != 0;
}

static bool opens(const uint8_t salt[AK_SALT_LEN], const ak_digest *document, ak_span hex)
{
	char mine[2 * AK_DIGEST_LEN + 1];
	ak_digest d;

	ak_commitment(salt, document, &d);
	ak_hex_encode(d.b, AK_DIGEST_LEN, mine);
	return ak_span_is(hex, mine);
}

/* Is the document that is sealed as `d` this file, with the file's own salt or one of an opening? */
static bool is_file(const papers *w, const ak_evidence_file *f, const ak_json *d)
{
	ak_span hex = ak_json_get_text(ak_json_get(d, "digest"), "sha256");
	char plain[2 * AK_DIGEST_LEN + 1];

	if (!is_commitment(d)) {
		ak_hex_encode(f->digest.b, AK_DIGEST_LEN, plain);
		return !f->has_salt && ak_span_is(hex, plain);
	}
	if (f->has_salt)
		return opens(f->salt, &f->digest, hex);
	for (size_t i = 0; i < w->n; i++) {
		for (size_t k = 0; k < w->opening[i].n_documents; k++) {
			if (opens(w->opening[i].document[k].salt, &f->digest, hex))
				return true;
		}
	}
	return false;
}

static ak_status look_for(const papers *w, const ak_evidence_file *f, weight where, sealed_as *out, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < w->p->n_rec; i++) {
		const ak_json *documents = w->p->rec[i].statement.subject;
		bool here = false;

		if (weight_of(w, i) != where)
			continue;
		for (size_t k = 0; k < ak_json_len(documents); k++) {
			const ak_json *d = ak_json_at(documents, k);

			out->committed = out->committed || is_commitment(d);
			if (here || !is_file(w, f, d))
				continue;
			here = true;
			if (out->name == NULL)
				out->name = ak_json_get_str(d, "name");
		}
		if (here)
			st = ak_json_add(out->records, ak_json_new_int((int64_t)w->p->rec[i].header.seq), err);
	}
	return st;
}

/* One part of `name` is wrong, or belongs to nothing here. */
static ak_status fails(const papers *w, const char *name, ak_error *why, int64_t record, ak_error *err)
{
	char told[AK_ERROR_DETAIL_MAX];

	(void)snprintf(told, sizeof(told), "%.100s: %.120s", name, why->detail[0] != '\0' ? why->detail : ak_status_text(why->status));
	(void)snprintf(why->detail, sizeof(why->detail), "%s", told);
	if (why->status == AK_NOT_FOUND)
		why->status = AK_BAD_SIGNATURE;
	return ak_report_failed(w->r, "evidence", "A10", record, why, err);
}

static ak_status unsure(const papers *w, const char *why, ak_error *err)
{
	w->s->evidence_unsure = true;
	return ak_report_not_checked(w->r, "evidence", "A10", why, err);
}

/* `name` is in no record that can be read; but not all can. */
static ak_status in_none(const papers *w, const char *name, ak_error *why, ak_error *err)
{
	char told[AK_ERROR_DETAIL_MAX];
	uint64_t seq;

	if (!first_erased(w, &seq))
		return fails(w, name, why, AK_NO_RECORD, err);
	(void)snprintf(told, sizeof(told), "%.100s is in none of the records that can be read; record #%llu was erased, and may have had it", name,
	               (unsigned long long)seq);
	return unsure(w, told, err);
}

/* `name` fits a record that is not one that counts, and none that does. */
static ak_status fits_only(const papers *w, const char *name, weight where, uint64_t seq, ak_error *err)
{
	ak_error why = { .status = AK_BAD_SIGNATURE, .where = "evidence" };

	if (where == OPEN) {
		(void)snprintf(why.detail, sizeof(why.detail), "%.100s: only record #%llu has it, and whether that has effect cannot be said", name,
		               (unsigned long long)seq);
		return unsure(w, why.detail, err);
	}
	(void)snprintf(why.detail, sizeof(why.detail), "only record #%llu has it, which has no effect", (unsigned long long)seq);
	return fails(w, name, &why, (int64_t)seq, err);
}

static bool at_hand(const papers *w, const ak_digest *document)
{
	for (size_t i = 0; i < w->p->q->n_files; i++) {
		if (ak_digest_eq(&w->p->q->files[i].digest, document))
			return true;
	}
	return false;
}

/* The records that a part of an opening may belong to. */
typedef struct range {
	size_t from, to;
	weight where;
} range;

/* The first of them that the document is sealed in. */
static ak_status first_document(const papers *w, const ak_opened_document *d, const range *g, size_t *at, ak_error *why)
{
	ak_status found = AK_NOT_FOUND;

	for (size_t i = g->from; found == AK_NOT_FOUND && i < g->to; i++) {
		if (weight_of(w, i) != g->where)
			continue;
		found = ak_opened_document_check(d, &w->p->rec[i].statement, why);
		*at = i;
	}
	return found;
}

/* Does a record hold this file, as it is or with what opens it, that has effect or may have? */
static bool is_sealed(const papers *w, const ak_evidence_file *f)
{
	for (size_t i = 0; i < w->p->n_rec; i++) {
		const ak_json *documents = w->p->rec[i].statement.subject;
		const weight by = weight_of(w, i);

		for (size_t k = 0; (by == COUNTS || by == OPEN) && k < ak_json_len(documents); k++) {
			if (is_file(w, f, ak_json_at(documents, k)))
				return true;
		}
	}
	return false;
}

static bool is_opened(const papers *w, ak_span hex)
{
	for (size_t i = 0; i < w->n; i++) {
		for (size_t k = 0; k < w->opening[i].n_documents; k++) {
			char one[2 * AK_DIGEST_LEN + 1];

			ak_hex_encode(w->opening[i].document[k].commitment.b, AK_DIGEST_LEN, one);
			if (ak_span_is(hex, one))
				return true;
		}
	}
	for (size_t i = 0; i < w->p->q->n_files; i++) {
		const ak_evidence_file *f = &w->p->q->files[i];

		if (f->has_salt && opens(f->salt, &f->digest, hex))
			return true;
	}
	return false;
}

/* Is everything opened that records hold back?  Else a file without its salt may be what is not. */
static bool all_opened(const papers *w)
{
	for (size_t i = 0; i < w->p->n_rec; i++) {
		const ak_json *documents = w->p->rec[i].statement.subject;
		const weight by = weight_of(w, i);

		for (size_t k = 0; (by == COUNTS || by == OPEN) && k < ak_json_len(documents); k++) {
			const ak_json *d = ak_json_at(documents, k);

			if (is_commitment(d) && !is_opened(w, ak_json_get_text(ak_json_get(d, "digest"), "sha256")))
				return false;
		}
	}
	return true;
}

/* "a.pdf" and "a.pdf.opening.json" */
static bool same_stem(const char *file, const char *opening)
{
	const size_t n = strlen(file);

	return strncmp(opening, file, n) == 0 && strcmp(opening + n, ".opening.json") == 0;
}

/* A file that is not sealed, beside something that opens a document which is, and which is not here: that one it was taken for.  A file with a
 * salt says so itself; else the names do, or (`sole`) that nothing else is left over. */
static taken taken_for(const papers *w, const ak_evidence_file *f, bool sole)
{
	const range all = { .to = w->p->n_rec, .where = COUNTS };
	taken one = { .d = NULL };
	size_t left = 0;

	for (size_t i = 0; i < w->n; i++) {
		for (size_t k = 0; k < w->opening[i].n_documents; k++) {
			const ak_opened_document *d = &w->opening[i].document[k];
			ak_error why = { 0 };
			size_t at = 0;

			if (at_hand(w, &d->document) || (f->has_salt && memcmp(f->salt, d->salt, AK_SALT_LEN) != 0) || first_document(w, d, &all, &at, &why) != AK_OK)
				continue;
			one = (taken){ d, w->p->rec[at].header.seq, f->has_salt || same_stem(f->name, w->p->q->openings[i].name) };
			if (one.sure)
				return one;
			left++;
		}
	}
	if (left != 1 || !sole)
		return (taken){ .d = NULL };
	one.sure = all_opened(w);
	return one;
}

/* Where a record was erased, a file may be what that one had. */
static ak_status take_all(papers *w, ak_error *err)
{
	const size_t n = w->p->q->n_files;
	size_t unsalted = 0;
	uint64_t erased;
	bool *left;

	if (w->n == 0 || first_erased(w, &erased))
		return AK_OK;
	left = ak_mem_array(n + 1, sizeof(*left));
	if (left == NULL)
		return ak_no_memory(err, "verify");
	for (size_t i = 0; i < n; i++) {
		left[i] = !is_sealed(w, &w->p->q->files[i]);
		unsalted += left[i] && !w->p->q->files[i].has_salt;
	}
	for (size_t i = 0; i < n; i++) {
		if (left[i])
			w->taken[i] = taken_for(w, &w->p->q->files[i], unsalted == 1);
	}
	ak_mem_free(left);
	return AK_OK;
}

static ak_status look_everywhere(const papers *w, const ak_evidence_file *f, sealed_as as[N_WEIGHTS], ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t k = 0; st == AK_OK && k < N_WEIGHTS; k++) {
		as[k].records = ak_json_new_array();
		st = as[k].records == NULL ? ak_no_memory(err, "verify") : look_for(w, f, (weight)k, &as[k], err);
	}
	return st;
}

static ak_status tell_file(const papers *w, const ak_evidence_file *f, const taken *as_if, const sealed_as as[N_WEIGHTS], ak_error *err)
{
	ak_error why = { .status = AK_BAD_SIGNATURE, .where = "evidence" };
	uint64_t erased;
	int64_t seq = 0;

	if (ak_json_len(as[COUNTS].records) != 0)
		return ak_report_document(w->r, f->name, as[COUNTS].name, as[COUNTS].records, err);
	if (as_if->d != NULL && as_if->sure) {
		(void)snprintf(why.detail, sizeof(why.detail), "%.100s differs from the document sealed in record #%llu, which what came with it opens: it was changed "
		               "since, or is another one", f->name, (unsigned long long)as_if->seq);
		return ak_report_failed(w->r, "evidence", "A10", (int64_t)as_if->seq, &why, err);
	}
	if (ak_json_int(ak_json_at(as[OPEN].records, 0), &seq))
		return fits_only(w, f->name, OPEN, (uint64_t)seq, err);
	if (as_if->d != NULL) {
		(void)snprintf(why.detail, sizeof(why.detail), "%.60s differs from the document sealed in record #%llu, which what came with it opens: it was changed "
		               "since, or is another that is held back: then give FILE:OPENING", f->name, (unsigned long long)as_if->seq);
		return unsure(w, why.detail, err);
	}
	if ((as[COUNTS].committed || as[OPEN].committed) && !f->has_salt) {
		(void)snprintf(why.detail, sizeof(why.detail), "%.120s came without its salt, and documents here are sealed as commitments: "
		               "give FILE:OPENING", f->name);
		return unsure(w, why.detail, err);
	}
	if (ak_json_int(ak_json_at(as[VOID].records, 0), &seq))
		return fits_only(w, f->name, VOID, (uint64_t)seq, err);
	if (first_erased(w, &erased))
		return in_none(w, f->name, &why, err);
	(void)snprintf(why.detail, sizeof(why.detail), "%s is none of the documents sealed with this listing", f->name);
	return ak_report_failed(w->r, "evidence", "A10", AK_NO_RECORD, &why, err);
}

static ak_status check_file(const papers *w, size_t i, ak_error *err)
{
	const ak_evidence_file *f = &w->p->q->files[i];
	sealed_as as[N_WEIGHTS] = { { 0 } };
	ak_status st = look_everywhere(w, f, as, err);

	if (st == AK_OK)
		st = tell_file(w, f, &w->taken[i], as, err);
	for (size_t k = 0; k < N_WEIGHTS; k++)
		ak_json_free(as[k].records);
	return st;
}

/* ---- openings and disclosures --------------------------------------------------------------------------------------- */

static bool is_taken_for(const papers *w, const ak_opened_document *d)
{
	for (size_t i = 0; i < w->p->q->n_files; i++) {
		if (w->taken[i].d == d)
			return true;
	}
	return false;
}

static ak_status check_document(const papers *w, const char *name, const ak_opened_document *d, range g, ak_error *err)
{
	ak_error why = { .status = AK_NOT_FOUND, .where = "evidence" };
	size_t at = 0;
	ak_status found = first_document(w, d, &g, &at, &why);

	while (found == AK_NOT_FOUND && ++g.where < N_WEIGHTS)
		found = first_document(w, d, &g, &at, &why);
	if (found == AK_NOT_FOUND)
		return in_none(w, name, &why, err);
	if (found != AK_OK)
		return fails(w, name, &why, (int64_t)w->p->rec[at].header.seq, err);
	if (g.where != COUNTS)
		return fits_only(w, name, g.where, w->p->rec[at].header.seq, err);
	if (at_hand(w, &d->document) || is_taken_for(w, d))
		return AK_OK; /* told with the file itself */
	(void)snprintf(why.detail, sizeof(why.detail), "%.120s opens a document that was not handed over: give it too", name);
	return unsure(w, why.detail, err);
}

static ak_status tell_fields(const papers *w, const char *name, const ak_json *found, uint64_t seq, ak_error *err)
{
	ak_json *records = ak_json_new_array();
	ak_status st = ak_json_add(records, ak_json_new_int((int64_t)seq), err);

	if (st == AK_OK)
		st = ak_report_disclosed(w->r, name, found, records, err);
	ak_json_free(records);
	return st;
}

/* The first of them that all fields resolve.  *found is owned by the caller. */
static ak_status first_fields(const papers *w, const ak_opening *o, const range *g, size_t *at, ak_json **found, ak_error *why)
{
	ak_status st = AK_NOT_FOUND;

	for (size_t i = g->from; st == AK_NOT_FOUND && i < g->to; i++) {
		ak_json *resolved = NULL;

		if (weight_of(w, i) != g->where)
			continue;
		st = ak_disclosures_resolve(w->p->rec[i].statement.body, o->disclosure, o->n_fields, &resolved, found, why);
		ak_json_free(resolved);
		*at = i;
	}
	return st;
}

static ak_status check_fields(const papers *w, const char *name, const ak_opening *o, range g, ak_error *err)
{
	ak_error why = { .status = AK_NOT_FOUND, .where = "evidence" };
	ak_json *found = NULL;
	size_t at = 0;
	ak_status st;

	if (o->n_fields == 0)
		return AK_OK;
	st = first_fields(w, o, &g, &at, &found, &why);
	while (st == AK_NOT_FOUND && ++g.where < N_WEIGHTS)
		st = first_fields(w, o, &g, &at, &found, &why);
	if (st == AK_OK && g.where != COUNTS)
		st = fits_only(w, name, g.where, w->p->rec[at].header.seq, err);
	else if (st == AK_OK)
		st = tell_fields(w, name, found, w->p->rec[at].header.seq, err);
	else if (st == AK_NOT_FOUND)
		st = in_none(w, name, &why, err);
	else if (st == AK_BAD_FORMAT)
		st = fails(w, name, &why, (int64_t)w->p->rec[at].header.seq, err);
	else if (err != NULL)
		*err = why;
	ak_json_free(found);
	return st;
}

static ak_status check_opening(const papers *w, const char *name, const ak_opening *o, ak_error *err)
{
	ak_error why = { .status = AK_BAD_SIGNATURE, .where = "evidence" };
	range g = { .to = w->p->n_rec };
	ak_status st = AK_OK;

	if (o->handed_over) {
		if (!ak_proven_find(w->p, &o->record, &g.from) || weight_of(w, g.from) == UNSEEN) {
			(void)snprintf(why.detail, sizeof(why.detail), "it discloses a record that is none of those about this listing");
			return fails(w, name, &why, AK_NO_RECORD, err);
		}
		g.to = g.from + 1;
	}
	for (size_t i = 0; st == AK_OK && i < o->n_documents; i++)
		st = check_document(w, name, &o->document[i], g, err);
	return st == AK_OK ? check_fields(w, name, o, g, err) : st;
}

ak_status ak_check_documents(const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_report *r, ak_standing *s, ak_error *err)
{
	papers w = { .p = p, .j = j, .known_at = known_at, .r = r, .s = s, .opening = ak_mem_array(p->q->n_openings + 1, sizeof(ak_opening)),
		     .taken = ak_mem_array(p->q->n_files + 1, sizeof(taken)) };
	ak_status st = w.opening == NULL || w.taken == NULL ? ak_no_memory(err, "verify") : AK_OK;

	while (st == AK_OK && w.n < p->q->n_openings) {
		st = ak_opening_parse(p->q->openings[w.n].text, &w.opening[w.n], err);
		w.n += st == AK_OK;
	}
	if (st == AK_OK)
		st = take_all(&w, err);
	for (size_t i = 0; st == AK_OK && i < p->q->n_files; i++)
		st = check_file(&w, i, err);
	for (size_t i = 0; st == AK_OK && i < w.n; i++)
		st = check_opening(&w, p->q->openings[i].name, &w.opening[i], err);
	for (size_t i = 0; i < w.n; i++)
		ak_opening_clear(&w.opening[i]);
	ak_mem_free(w.opening);
	ak_mem_free(w.taken);
	return st;
}
