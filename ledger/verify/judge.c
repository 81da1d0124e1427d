/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/judge.h"

#include "base/fail.h"
#include "base/text.h"
#include "verify/admit.h"

#include <string.h>

void ak_judged_clear(ak_judged *j)
{
	ak_authority_free(&j->authority);
	ak_mem_free(j->by);
	*j = (ak_judged){ 0 };
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

/* The judgements of a pass are kept beside the set while it runs. */
typedef struct judging {
	ak_proven *p;
	ak_judged *out;
} judging;

static ak_status hook_standing(void *ctx, const ak_digest *id, bool *authorised, char party[64], ak_error *err)
{
	const judging *g = ctx;
	size_t at;

	if (!ak_proven_find(g->p, id, &at))
		return ak_fail(err, AK_NOT_FOUND, "evidence", 0, "the record referred to is not in the evidence");
	*authorised = g->out->by[at].authorised;
	memcpy(party, g->out->by[at].party, 64);
	return AK_OK;
}

static ak_status hook_record(void *ctx, const ak_digest *id, ak_buf *out, ak_error *err)
{
	return find_record(((const judging *)ctx)->p, id, out, err);
}

static bool hook_held(void *ctx, ak_span scheme, const ak_digest *digest)
{
	const ak_question *q = ((const judging *)ctx)->p->q;

	return q->held != NULL && q->held(q->held_ctx, scheme, digest);
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
	ak_status st = ak_admit_type(&at, &s->statement, &type, why);

	out->unknown_type = out->unknown_type || st == AK_UNKNOWN_TYPE;
	out->not_held = out->not_held || (at.profile != NULL && !at.profile->held &&
	                                  !ak_type_is_core(s->statement.type));
	/* Subjects before all else, as in a replay: the map proves nothing about a record that names others. */
	if (st == AK_OK)
		st = ak_about_check(type, &s->statement, why);
	if (st == AK_OK)
		st = ak_admit_binding(&at, s, why);
	if (st == AK_OK)
		st = ak_admit_content(&at, s, type, why);
	return st;
}

/* Is it shown that its base, or a record it refers to, does not exist? */
static bool leads_nowhere(const ak_proven *p, const ak_statement *s)
{
	ak_digest d;

	for (size_t i = 0; i < ak_statement_n_refs(s); i++) {
		(void)ak_statement_ref(s, i, &d);
		if (ak_leaves_lack(p->e, &d))
			return true;
	}
	return ak_leaves_lack(p->e, &s->base);
}

/* What it stands on is not here.  Without authority that does not matter; with it, leaving the base or a reference out
 * of the evidence would take a record's effect away, so nothing is concluded. */
static ak_status judge_dangling(ak_proven *p, ak_authority *a, size_t i, ak_judged *out, ak_error *err)
{
	ak_judgement j = { 0 };
	ak_status st;

	if (leads_nowhere(p, &p->rec[i].statement))
		return AK_OK; /* void, as in a replay */
	st = ak_authority_judge(a, &p->rec[i], p->rec[i].header.seq, &j, err);
	/* The original of a correction is about the same subjects: had it been sealed, it would be here. */
	if (st == AK_NOT_FOUND)
		return AK_OK;
	out->incomplete = out->incomplete || (st == AK_OK && j.authorised);
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
		return st == AK_DANGLING ? judge_dangling(p, a, i, out, err) : AK_OK;
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

static ak_status pass(ak_proven *p, ak_authority *a, uint64_t known_at, ak_judged *out, ak_error *err)
{
	ak_status st = AK_OK;

	out->n_void = out->n_counted = 0;
	for (size_t i = 0; st == AK_OK && i < p->n_rec && p->rec[i].header.seq < known_at; i++) {
		st = judge_one(p, a, i, out, err);
		out->n_void += st == AK_OK && !out->by[i].authorised;
		out->n_counted += st == AK_OK ? out->by[i].good : 0;
	}
	return st;
}

typedef struct carry {
	ak_authority *to;
	size_t n;
} carry;

static ak_status carry_cutoff(void *ctx, const ak_digest *keyid, uint64_t last, bool compromise, ak_error *err)
{
	carry *c = ctx;

	c->n++;
	return c->to == NULL ? AK_OK : ak_authority_cutoff(c->to, keyid, last, compromise, err);
}

/* Signature results name keys of the engine that found them; a new engine has its own. */
static void forget_results(ak_proven *p)
{
	for (size_t i = 0; i < p->n_rec; i++)
		memset(p->rec[i].result, 0, sizeof(p->rec[i].result));
}

static ak_status second_pass(ak_proven *p, const ak_authority_hooks *hooks, uint64_t known_at, ak_judged *j,
                             ak_error *err)
{
	ak_authority *first = j->authority, *a = NULL;
	carry c = { 0 };
	ak_status st = ak_authority_open(p->q->core, hooks, &a, err);

	if (st != AK_OK)
		return st;
	forget_results(p);
	c.to = a;
	j->unknown_type = j->not_held = j->incomplete = false;
	j->unsound = (ak_error){ 0 };
	st = ak_authority_each_root_cutoff(first, carry_cutoff, &c, err);
	if (st == AK_OK)
		st = pass(p, a, known_at, j, err);
	if (st != AK_OK) {
		ak_authority_free(&a);
		return st;
	}
	ak_authority_free(&j->authority);
	j->authority = a;
	return AK_OK;
}

ak_status ak_judge(ak_proven *p, uint64_t known_at, ak_judged *out, ak_error *err)
{
	carry c = { 0 };
	ak_judged j = { 0 };
	judging g = { p, &j };
	const ak_authority_hooks hooks = { hook_held, hook_record, hook_standing, &g };
	ak_status st;

	forget_results(p);
	j.by = ak_mem_array(p->n_rec, sizeof(*j.by));
	if (j.by == NULL)
		return ak_no_memory(err, "judge");
	st = ak_authority_open(p->q->core, &hooks, &j.authority, err);
	if (st == AK_OK)
		st = pass(p, j.authority, known_at, &j, err);
	if (st == AK_OK)
		st = ak_authority_each_root_cutoff(j.authority, carry_cutoff, &c, err);
	/* Only a root revocation can change what was judged before it. */
	if (st == AK_OK && c.n != 0)
		st = second_pass(p, &hooks, known_at, &j, err);
	forget_results(p);
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
	memset(s->result, 0, sizeof(s->result));
	if (st == AK_OK)
		*out = by;
	return st;
}
