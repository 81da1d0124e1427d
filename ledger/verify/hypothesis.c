/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/hypothesis.h"

#include "base/fail.h"

#include <stdio.h>
#include <string.h>

/* The evidence as if proven, with room for n candidates at the end. */
static ak_status take_apart(ak_proven *p, const char *origin, size_t n, ak_error *err)
{
	ak_status st = AK_OK;

	(void)snprintf(p->checkpoint.origin, sizeof(p->checkpoint.origin), "%s", origin);
	p->rec = ak_mem_array(p->e->n_records + n, sizeof(*p->rec));
	if (p->rec == NULL)
		return ak_no_memory(err, "check");
	for (size_t i = 0; st == AK_OK && i < p->e->n_records; i++) {
		st = ak_sealed_parse_erased(ak_buf_span(&p->e->record[i].file), &p->rec[i], err);
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

/* Room for n more, all with authority. */
static ak_status widen(ak_judged *j, size_t n_rec, size_t n, ak_error *err)
{
	ak_judgement *by = ak_mem_array(n_rec + n, sizeof(*by));

	if (by == NULL)
		return ak_no_memory(err, "check");
	memcpy(by, j->by, n_rec * sizeof(*by));
	for (size_t i = 0; i < n; i++)
		by[n_rec + i].authorised = true;
	ak_mem_free(j->by);
	j->by = by;
	return j->otherwise == NULL ? AK_OK : widen(j->otherwise, n_rec, n, err);
}

static ak_status add_candidates(ak_proven *p, ak_judged *j, ak_sealed *const *candidate, size_t n, uint64_t seq, int64_t time,
                                ak_error *err)
{
	ak_status st = widen(j, p->n_rec, n, err);

	if (st != AK_OK)
		return st;
	for (size_t i = 0; i < n; i++) {
		ak_sealed *slot = &p->rec[p->n_rec];

		*slot = *candidate[i];
		slot->header.seq = seq + i;
		slot->header.time = time;
		p->n_rec++;
	}
	return AK_OK;
}

/* They stay the caller's. */
static void drop_candidates(ak_proven *p, size_t sealed)
{
	while (p->n_rec > sealed)
		p->rec[--p->n_rec] = (ak_sealed){ 0 };
}

static void start(ak_proven *p)
{
	ak_strmap_init(&p->by_id, 51);
	ak_strmap_init(&p->bases, 52);
	ak_strmap_init(&p->subjects, 53);
}

ak_status ak_hypothesis(const ak_evidence *e, const ak_question *q, const char *origin, ak_sealed *const *candidate, size_t n,
                        uint64_t seq, int64_t time, ak_json **report, ak_error *err)
{
	ak_proven p = { .e = e, .q = q };
	ak_judged j = { 0 };
	ak_report r = { 0 };
	ak_standing s = { .sure_day = q->as_of }; /* advice rests on the records that are here: none is waited for */
	size_t sealed;
	ak_status st;

	start(&p);
	st = take_apart(&p, origin, n, err);
	sealed = p.n_rec;
	if (st == AK_OK)
		st = ak_judge(&p, INT64_MAX, &j, err);
	if (st == AK_OK)
		st = ak_report_open(&r, err);
	if (st == AK_OK)
		st = ak_standing_listing(q, r.root, err);
	if (st == AK_OK)
		st = add_candidates(&p, &j, candidate, n, seq, time, err);
	if (st == AK_OK) {
		st = ak_scheme_rules(&p, &j, INT64_MAX, &r, &s, err);
		drop_candidates(&p, sealed);
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

ak_status ak_evidence_rows(const ak_evidence *e, const ak_question *q, const char *origin, ak_json **rows, ak_error *err)
{
	ak_proven p = { .e = e, .q = q };
	ak_judged j = { 0 };
	ak_status st;

	start(&p);
	st = take_apart(&p, origin, 0, err);
	if (st == AK_OK)
		st = ak_judge(&p, INT64_MAX, &j, err);
	if (st == AK_OK)
		st = ak_scheme_rows(&p, &j, rows, err);
	ak_judged_clear(&j);
	ak_proven_clear(&p);
	return st;
}
