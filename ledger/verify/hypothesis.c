/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/hypothesis.h"

#include "base/fail.h"

#include <stdio.h>
#include <string.h>

/* The evidence as if proven, with room for the candidate at the end. */
static ak_status take_apart(ak_proven *p, const char *origin, ak_error *err)
{
	ak_status st = AK_OK;

	(void)snprintf(p->checkpoint.origin, sizeof(p->checkpoint.origin), "%s", origin);
	p->rec = ak_mem_array(p->e->n_records + 1, sizeof(*p->rec));
	if (p->rec == NULL)
		return ak_no_memory(err, "check");
	for (size_t i = 0; st == AK_OK && i < p->e->n_records; i++) {
		st = ak_sealed_parse(ak_buf_span(&p->e->record[i].file), &p->rec[i], err);
		if (st != AK_OK)
			return st;
		p->n_rec = i + 1;
		st = ak_strmap_put(&p->by_id, (ak_span){ p->rec[i].id.b, AK_DIGEST_LEN }, i, err);
	}
	for (size_t i = 0; st == AK_OK && i < p->e->n_bases; i++) {
		ak_digest id;

		ak_tree_leaf(ak_buf_span(&p->e->base[i].line), &id);
		st = ak_strmap_put(&p->bases, (ak_span){ id.b, AK_DIGEST_LEN }, p->e->base[i].seq, err);
	}
	return st;
}

static ak_status add_candidate(ak_proven *p, ak_judged *j, const ak_sealed *candidate, uint64_t seq, int64_t time,
                               ak_error *err)
{
	ak_judgement *by = ak_mem_array(p->n_rec + 1, sizeof(*by));
	ak_sealed *slot = &p->rec[p->n_rec];

	if (by == NULL)
		return ak_no_memory(err, "check");
	memcpy(by, j->by, p->n_rec * sizeof(*by));
	ak_mem_free(j->by);
	j->by = by;
	by[p->n_rec].authorised = true;
	*slot = *candidate;
	slot->header.seq = seq;
	slot->header.time = time;
	p->n_rec++;
	return AK_OK;
}

ak_status ak_hypothesis(const ak_evidence *e, const ak_question *q, const char *origin, ak_sealed *candidate,
                        uint64_t seq, int64_t time, ak_json **report, ak_error *err)
{
	ak_proven p = { .e = e, .q = q };
	ak_judged j = { 0 };
	ak_report r = { 0 };
	ak_standing s = { .sure_day = q->as_of }; /* advice rests on the records that are here: none is waited for */
	ak_status st;

	ak_strmap_init(&p.by_id, 51);
	ak_strmap_init(&p.bases, 52);
	ak_strmap_init(&p.subjects, 53);
	st = take_apart(&p, origin, err);
	if (st == AK_OK)
		st = ak_judge(&p, INT64_MAX, &j, err);
	if (st == AK_OK)
		st = ak_report_open(&r, err);
	if (st == AK_OK)
		st = ak_standing_listing(q, r.root, err);
	if (st == AK_OK)
		st = add_candidate(&p, &j, candidate, seq, time, err);
	if (st == AK_OK) {
		st = ak_scheme_rules(&p, &j, INT64_MAX, &r, &s, err);
		p.n_rec--; /* the candidate stays the caller's */
		p.rec[p.n_rec] = (ak_sealed){ 0 };
	}
	ak_judged_clear(&j);
	ak_proven_clear(&p);
	if (st == AK_OK) {
		*report = r.root;
		r.root = NULL;
	}
	ak_report_clear(&r);
	return st;
}
