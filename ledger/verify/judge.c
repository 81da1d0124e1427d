/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/judge.h"

#include "base/fail.h"
#include "base/text.h"
#include "verify/admit.h"
#include "verify/ahead.h"
#include "verify/erased.h"

#include <string.h>

void ak_judged_clear(ak_judged *j)
{
	ak_authority_free(&j->authority);
	ak_mem_free(j->by);
	ak_mem_free(j->judging);
	ak_mem_free(j->fall);
	if (j->otherwise != NULL)
		ak_judged_clear(j->otherwise);
	ak_mem_free(j->otherwise);
	*j = (ak_judged){ 0 };
}

bool ak_judged_fell(const ak_judged *j, size_t i)
{
	return i < j->n_fall && j->fall[i].fell;
}

/* The past as far as the proven set shows it, before record `before`. */
typedef struct window {
	const ak_proven *p;
	uint64_t before;
	bool unsealed; /* what is judged is not of the ledger */
} window;

static ak_status win_seq_of(void *ctx, const ak_digest *id, uint64_t *seq, ak_error *err)
{
	const window *w = ctx;
	size_t at;

	if (ak_proven_find(w->p, id, &at)) {
		*seq = w->p->rec[at].header.seq;
		return AK_OK;
	}
	if (ak_strmap_get(&w->p->bases, (ak_span){ id->b, AK_DIGEST_LEN }, seq))
		return AK_OK;
	/* The evidence was not drawn for what is not sealed: there, not to be found says nothing. */
	if (w->unsealed) {
		*seq = w->p->checkpoint.size - 1;
		return AK_OK;
	}
	return ak_fail(err, AK_NOT_FOUND, "evidence", 0, "not in the evidence");
}

/* A repeat would be about the same subjects, all of whose records are here. */
static ak_status win_statement(void *ctx, const ak_digest *d, uint64_t *seq, ak_error *err)
{
	const window *w = ctx;

	for (size_t i = 0; i < w->p->n_rec && w->p->rec[i].header.seq < w->before; i++) {
		if (ak_digest_eq(&w->p->rec[i].header.statement, d)) {
			*seq = w->p->rec[i].header.seq;
			return AK_OK;
		}
	}
	return ak_fail(err, AK_NOT_FOUND, "evidence", 0, "not repeated");
}

static ak_status win_newest(void *ctx, ak_span subject, uint64_t *seq, ak_error *err)
{
	const window *w = ctx;
	bool found = false;

	for (size_t i = 0; i < w->p->n_rec && w->p->rec[i].header.seq < w->before; i++) {
		const ak_statement *s = &w->p->rec[i].statement;

		for (size_t k = 0; k < ak_statement_n_about(s); k++) {
			if (ak_span_eq(ak_statement_about(s, k), subject)) {
				*seq = w->p->rec[i].header.seq;
				found = true;
			}
		}
	}
	return found ? AK_OK : ak_fail(err, AK_NOT_FOUND, "evidence", 0, "none about it");
}

static ak_status find_record(const ak_proven *p, const ak_digest *id, ak_buf *out, ak_error *err)
{
	size_t at;

	if (!ak_proven_find(p, id, &at))
		return ak_fail(err, AK_NOT_FOUND, "evidence", 0, "the record referred to is not in the evidence");
	return ak_buf_add_span(out, ak_buf_span(&p->e->record[at].file), err);
}

/* What the engine's hooks look into, for as long as the engine lives: it is asked again about what comes next. */
struct ak_judging {
	const ak_proven *p;
	const ak_judgement *by;
};

static ak_status hook_standing(void *ctx, const ak_digest *id, bool *authorised, char party[64], ak_error *err)
{
	const struct ak_judging *g = ctx;
	size_t at;

	if (!ak_proven_find(g->p, id, &at))
		return ak_fail(err, AK_NOT_FOUND, "evidence", 0, "the record referred to is not in the evidence");
	*authorised = g->by[at].authorised;
	memcpy(party, g->by[at].party, 64);
	return AK_OK;
}

static ak_status hook_record(void *ctx, const ak_digest *id, ak_buf *out, ak_error *err)
{
	return find_record(((const struct ak_judging *)ctx)->p, id, out, err);
}

static bool hook_held(void *ctx, ak_span scheme, const ak_digest *digest)
{
	const ak_question *q = ((const struct ak_judging *)ctx)->p->q;

	return q->held != NULL && q->held(q->held_ctx, scheme, digest);
}

/* When the cutoff was: not before the newest record at hand that is not past it. */
static bool hook_older(void *ctx, const ak_sealed *r, size_t i, uint64_t cutoff)
{
	const ak_proven *p = ((const struct ak_judging *)ctx)->p;
	int64_t time = 0;

	for (size_t k = 0; k < p->n_rec && p->rec[k].header.seq <= cutoff; k++)
		time = p->rec[k].header.time;
	return (r->result[i].stamped && r->result[i].stamped_by <= time) || (p->q->older != NULL && p->q->older(p->q->older_ctx, r, i, time));
}

static ak_status admit(const ak_proven *p, const ak_authority *a, const ak_sealed *s, bool unsealed, ak_judged *out,
                       ak_error *why)
{
	window w = { p, s->header.seq, unsealed };
	ak_past past = { win_seq_of, win_statement, win_newest, &w };
	const ak_json *type = NULL;
	ak_place at = {
		.origin = p->checkpoint.origin,
		.genesis = p->q->trust->genesis,
		.seq = s->header.seq,
		.time = s->header.time,
		.core = p->q->core,
		.profile = ak_authority_profile(a, s->statement.scheme),
		.past = &past,
	};
	ak_status st;

	if (s->erased)
		return ak_erased_why(s, why);
	st = ak_admit_type(&at, &s->statement, &type, why);
	/* Another scheme's types mean nothing to the rules of this one, whoever holds them. */
	if (at.profile != NULL && !at.profile->held && !ak_type_is_core(s->statement.type) &&
	    ak_span_is(s->statement.scheme, p->q->scheme)) {
		out->not_held = true;
		out->unknown_type = out->unknown_type || st == AK_UNKNOWN_TYPE;
	}
	/* Subjects before all else, as in a replay: the map proves nothing about a record that names others. */
	if (st == AK_OK)
		st = ak_about_check(type, &s->statement, why);
	if (st == AK_OK)
		st = ak_admit_binding(&at, s, why);
	if (st == AK_OK)
		st = ak_admit_content(&at, s, type, why);
	return st;
}

ak_status ak_judge_keyset_form(const ak_proven *p, const ak_sealed *s, ak_error *why)
{
	window w = { p, s->header.seq, false };
	ak_past past = { win_seq_of, win_statement, win_newest, &w };
	const ak_place at = {
		.origin = p->checkpoint.origin,
		.genesis = p->q->trust->genesis,
		.seq = s->header.seq,
		.time = s->header.time,
		.core = p->q->core,
		.past = &past,
	};

	return ak_admit_keyset(&at, s, why);
}

static bool is_open(const ak_proven *p, const ak_digest *id)
{
	uint64_t seq;
	size_t at;

	return !ak_proven_find(p, id, &at) && !ak_strmap_get(&p->bases, (ak_span){ id->b, AK_DIGEST_LEN }, &seq) &&
	       !ak_leaves_lack(&p->leaves, id);
}

bool ak_judge_keyset_open(const ak_proven *p, const ak_sealed *s)
{
	bool open = s->header.seq != 0 && is_open(p, &s->statement.base);

	for (size_t i = 0; !open && i < ak_statement_n_refs(&s->statement); i++) {
		ak_digest id;

		(void)ak_statement_ref(&s->statement, i, &id);
		open = is_open(p, &id);
	}
	return open;
}

/* Nobody has authority for a type that is defined nowhere: void.  But a newer program may know one more type of the core, and
 * then the root signs it (FORMAT 19.4). */
static ak_status judge_unknown(ak_authority *a, ak_sealed *s, ak_judged *out, ak_error *err)
{
	bool by_root = false;
	ak_status st;

	if (!ak_span_is(s->statement.scheme, "akashi") || ak_type_is_core(s->statement.type))
		return AK_OK;
	st = ak_authority_by_root(a, s, s->header.seq, &by_root, err);
	out->unknown_type = out->unknown_type || (st == AK_OK && by_root);
	return st;
}

static ak_status judge_one(ak_proven *p, ak_authority *a, size_t i, ak_judged *out, ak_error *err)
{
	ak_sealed *s = &p->rec[i];
	ak_judgement *j = &out->by[i];
	ak_error why = { 0 };
	ak_status st = admit(p, a, s, i >= p->n_rec - p->n_unsealed, out, &why);

	*j = (ak_judgement){ 0 };
	if ((st == AK_ABOUT_MISMATCH || st == AK_REPEATED) && out->unsound.status == AK_OK) {
		out->unsound = why;
		out->unsound.at = s->header.seq;
	}
	if (ak_status_class(st) == AK_CLASS_REJECT || st == AK_UNKNOWN_VERSION) {
		j->why = why;
		return st == AK_UNKNOWN_TYPE ? judge_unknown(a, s, out, err) : AK_OK;
	}
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	st = ak_authority_judge(a, s, s->header.seq, j, err);
	if (st == AK_NOT_FOUND) { /* what it is judged like is not here: no authority shown */
		*j = (ak_judgement){ 0 };
		(void)ak_fail(&j->why, AK_NOT_AUTHORISED, "statement.refs", s->header.seq,
		              "the record it speaks of is not in the evidence");
		return AK_OK;
	}
	if (st == AK_OK)
		st = ak_authority_apply(a, s, s->header.seq, j, err);
	return st;
}

static size_t n_known(const ak_proven *p, uint64_t known_at)
{
	size_t n = 0;

	while (n < p->n_rec && p->rec[n].header.seq < known_at)
		n++;
	return n;
}

static ak_status pass(ak_proven *p, ak_authority *a, uint64_t known_at, ak_judged *out, ak_error *err)
{
	size_t n = n_known(p, known_at), tried = 0; /* records whose signatures were tried, if they can be by now */
	ak_status st = AK_OK;

	out->n_void = out->n_counted = 0;
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		size_t run = 0;

		if (i == tried)
			st = ak_try_ahead(a, &p->rec[i], n - i, p->q->threads, &run, err);
		tried += run;
		if (st == AK_OK)
			st = judge_one(p, a, i, out, err);
		out->n_void += st == AK_OK && !out->by[i].authorised;
		out->n_counted += st == AK_OK ? out->by[i].good : 0;
	}
	return st;
}

static ak_status begin(const ak_proven *p, ak_judged *j, ak_error *err)
{
	ak_authority_hooks hooks = { .held = hook_held, .record = hook_record, .standing = hook_standing, .older = hook_older };

	j->by = ak_mem_array(p->n_rec, sizeof(*j->by));
	j->judging = ak_mem_alloc(sizeof(*j->judging));
	if (j->by == NULL || j->judging == NULL)
		return ak_no_memory(err, "judge");
	*j->judging = (struct ak_judging){ p, j->by };
	hooks.ctx = j->judging;
	return ak_authority_open(p->q->core, &hooks, &j->authority, err);
}

/* What the root revoked stays revoked, and so does the record that says so, also when the keys' enrolment falls (FORMAT 16.8). */
static void root_revocations_stand(const ak_proven *p, const ak_judgement *sealed, size_t n, ak_judged *now)
{
	for (size_t i = 0; i < n; i++) {
		ak_judgement *j = &now->by[i];

		if (j->authorised || strcmp(sealed[i].mode, "root") != 0 || !ak_span_is(p->rec[i].statement.type, "revocation"))
			continue;
		j->authorised = true;
		memcpy(j->mode, sealed[i].mode, sizeof(j->mode));
		j->why = (ak_error){ 0 };
		now->n_void--;
	}
}

/* `sealed`: what the first pass came to. */
static ak_status second_pass(ak_proven *p, const ak_judged *sealed, uint64_t known_at, ak_judged *out, ak_error *err)
{
	ak_judged j = { 0 };
	size_t n;
	ak_status st = begin(p, &j, err);

	if (st == AK_OK)
		st = ak_authority_carry_cutoffs(sealed->authority, j.authority, &n, err);
	if (st == AK_OK)
		st = pass(p, j.authority, known_at, &j, err);
	if (st != AK_OK) {
		ak_judged_clear(&j);
		return st;
	}
	root_revocations_stand(p, sealed->by, n_known(p, known_at), &j);
	*out = j;
	return AK_OK;
}

/* As what fell would stand if it had not: each revocation acts on what follows it only.  Of other records this says nothing: one that was
 * void all along may rest on what fell. */
static ak_status as_if_none_fell(ak_proven *p, uint64_t known_at, ak_judged *now, ak_error *err)
{
	ak_judged *o = ak_mem_alloc(sizeof(*o));
	ak_status st;

	if (o == NULL)
		return ak_no_memory(err, "judge");
	*o = (ak_judged){ 0 };
	st = begin(p, o, err);
	if (st == AK_OK) {
		ak_authority_look_forward(o->authority);
		st = pass(p, o->authority, known_at, o, err);
	}
	now->otherwise = o;
	return st;
}

/* `sealed`: what the first pass came to. */
static ak_status find_fallen(ak_proven *p, const ak_judged *sealed, uint64_t known_at, ak_judged *now, ak_error *err)
{
	const size_t n = n_known(p, known_at);
	ak_status st = ak_fallen_find(p, n, sealed->by, now->by, now->authority, &now->fall, err);

	if (st != AK_OK || now->fall == NULL)
		return st;
	now->n_fall = n;
	return as_if_none_fell(p, known_at, now, err);
}

static ak_status judge(ak_proven *p, uint64_t known_at, ak_judged *out, ak_error *err)
{
	ak_judged j = { 0 }, now = { 0 };
	size_t n = 0;
	ak_status st = begin(p, &j, err);

	if (st == AK_OK)
		st = pass(p, j.authority, known_at, &j, err);
	if (st == AK_OK)
		st = ak_authority_carry_cutoffs(j.authority, NULL, &n, err);
	/* Only a root revocation can change what was judged before it. */
	if (st == AK_OK && n != 0) {
		st = second_pass(p, &j, known_at, &now, err);
		if (st == AK_OK)
			st = find_fallen(p, &j, known_at, &now, err);
		ak_judged_clear(&j);
		j = now;
	}
	if (st != AK_OK)
		ak_judged_clear(&j);
	else
		*out = j;
	return st;
}

/* What was erased is believed when the whole of the evidence has the erasure: else line 2 is not what was sealed. */
static ak_status check_gaps(const ak_proven *p, const ak_judged *j, ak_error *unsound, ak_error *err)
{
	ak_gaps gaps = { 0 };
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->n_rec - p->n_unsealed; i++) {
		if (p->rec[i].erased)
			st = ak_gaps_add(&gaps, &p->rec[i], p->checkpoint.origin, &p->q->trust->genesis, err);
		else if (j->by[i].authorised)
			ak_gaps_prove(&gaps, &p->rec[i]);
	}
	if (st == AK_OK && unsound->status == AK_OK)
		(void)ak_gaps_check(&gaps, unsound);
	ak_gaps_clear(&gaps);
	return st;
}

ak_status ak_judge(ak_proven *p, uint64_t known_at, ak_judged *out, ak_error *err)
{
	ak_judged j = { 0 }, whole = { 0 };
	ak_status st = judge(p, known_at, &j, err);

	/* What makes the history unsound does so wherever it is: the head commits to all of it (FORMAT 19.1). */
	if (st == AK_OK && j.unsound.status == AK_OK && n_known(p, known_at) < p->n_rec) {
		st = judge(p, UINT64_MAX, &whole, err);
		j.unsound = whole.unsound;
		if (st == AK_OK)
			st = check_gaps(p, &whole, &j.unsound, err);
		ak_judged_clear(&whole);
	} else if (st == AK_OK) {
		st = check_gaps(p, &j, &j.unsound, err);
	}
	if (st != AK_OK)
		ak_judged_clear(&j);
	else
		*out = j;
	return st;
}

ak_status ak_judge_next(const ak_proven *p, const ak_judged *j, ak_sealed *s, ak_judgement *out, ak_error *err)
{
	ak_judged aside = { 0 };
	ak_judgement by = { 0 };
	ak_status st = admit(p, j->authority, s, true, &aside, err);

	if (st == AK_OK)
		st = ak_authority_judge(j->authority, s, s->header.seq, &by, err);
	if (st == AK_OK)
		*out = by;
	return st;
}
