/* SPDX-License-Identifier: Apache-2.0 */
/* Is the evidence closed, and is there nothing in it that the question does not bring?  What was left out could only have
 * been left out to get another verdict; what is added could bring half of a story. */
#include "verify/proof_check.h"

#include "base/fail.h"
#include "base/text.h"
#include "verify/closure.h"

#include <stdio.h>

/* How far a record has come. */
enum { UNSEEN, HELD, REFERRED };

typedef struct closing {
	ak_proven *p;
	bool *subject, *base;     /* is it wanted?                 */
	uint8_t *record, *looked; /* how far, and as what expanded */
	uint64_t seq;             /* the record that wants         */
	bool dangling, again;
} closing;

static ak_status want_subject(void *ctx, ak_span id, ak_error *err)
{
	closing *c = ctx;
	uint64_t at;

	if (!ak_strmap_get(&c->p->subjects, id, &at))
		return ak_fail(err, AK_NOT_FOUND, "closure.subject", c->seq, "no map proof for '%.*s'", (int)id.len,
		               (const char *)id.data);
	c->again = c->again || !c->subject[at];
	c->subject[at] = true;
	return AK_OK;
}

/* What is not here must be shown to be nowhere. */
static ak_status missing(closing *c, const ak_digest *id, const char *where, const char *what, ak_error *err)
{
	char hex[AK_DIGEST_TEXT_LEN + 1];

	if (ak_leaves_lack(&c->p->leaves, id)) {
		c->dangling = true;
		return AK_OK;
	}
	ak_digest_format(id, hex);
	return ak_fail(err, AK_NOT_FOUND, where, c->seq, "%s of record #%llu is not here: %s", what, (unsigned long long)c->seq,
	               hex);
}

static ak_status want_record(void *ctx, const ak_digest *id, ak_error *err)
{
	closing *c = ctx;
	size_t at;

	if (!ak_proven_find(c->p, id, &at))
		return missing(c, id, "closure.record", "a reference", err);
	c->again = c->again || c->record[at] != REFERRED;
	c->record[at] = REFERRED;
	return AK_OK;
}

static ak_status want_base(void *ctx, const ak_digest *id, ak_error *err)
{
	closing *c = ctx;
	uint64_t seq;
	size_t at;

	if (ak_proven_find(c->p, id, &at))
		return AK_OK;
	if (!ak_strmap_get(&c->p->bases, (ak_span){ id->b, AK_DIGEST_LEN }, &seq))
		return missing(c, id, "closure.base", "the base", err);
	for (size_t i = 0; i < c->p->e->n_bases; i++)
		c->base[i] = c->base[i] || c->p->e->base[i].seq == seq;
	return AK_OK;
}

/* All records about a proved subject are here, so a record is wanted as soon as one of its subjects is. */
static bool is_wanted(const closing *c, const ak_statement *s)
{
	for (size_t i = 0; i < ak_statement_n_about(s); i++) {
		uint64_t at;

		if (ak_strmap_get(&c->p->subjects, ak_statement_about(s, i), &at) && c->subject[at])
			return true;
	}
	return false;
}

static ak_status close_over(closing *c, ak_error *err)
{
	const ak_wants w = { want_subject, want_record, want_base, c };
	ak_status st = AK_OK;

	while (st == AK_OK && c->again) {
		c->again = false;
		for (size_t i = c->p->n_rec; st == AK_OK && i-- > 0;) {
			const ak_sealed *s = &c->p->rec[i];

			if (c->record[i] == UNSEEN && is_wanted(c, &s->statement))
				c->record[i] = HELD;
			if (c->looked[i] == c->record[i])
				continue;
			c->looked[i] = c->record[i];
			c->again = true;
			c->seq = s->header.seq;
			st = ak_closure_of(s, c->record[i] == REFERRED, &w, err);
		}
	}
	return st;
}

static ak_status start(closing *c, ak_error *err)
{
	const ak_wants w = { want_subject, want_record, want_base, c };
	char id[160];
	ak_status st = want_subject(c, ak_span_str("akashi/keyset"), err);

	(void)snprintf(id, sizeof(id), "%s/listing:%s", c->p->q->scheme, c->p->q->listing);
	if (st == AK_OK)
		st = ak_want_profile(&w, ak_span_str(c->p->q->scheme), err);
	return st == AK_OK ? want_subject(c, ak_span_str(id), err) : st;
}

static ak_status surplus(const closing *c, ak_error *err)
{
	const ak_evidence *e = c->p->e;

	for (size_t i = 0; i < e->n_records; i++) {
		c->p->at = (int64_t)e->record[i].seq;
		if (c->record[i] == UNSEEN)
			return ak_fail(err, AK_BAD_FORMAT, "closure.surplus", e->record[i].seq, "a record that nothing asks for");
	}
	for (size_t i = 0; i < e->n_bases; i++) {
		c->p->at = (int64_t)e->base[i].seq;
		if (!c->base[i])
			return ak_fail(err, AK_BAD_FORMAT, "closure.surplus", e->base[i].seq, "a header that nothing asks for");
	}
	c->p->at = AK_NO_RECORD;
	for (size_t i = 0; i < e->n_subjects; i++) {
		if (!c->subject[i])
			return ak_fail(err, AK_BAD_FORMAT, "closure.surplus", i, "'%s', which nothing asks for", e->subject[i].id);
	}
	if (e->n_leaves != 0 && !c->dangling)
		return ak_fail(err, AK_BAD_FORMAT, "closure.surplus", 0, "ids of all records, which nothing asks for");
	return AK_OK;
}

ak_status ak_prove_closure(ak_proven *p, ak_error *err)
{
	const ak_evidence *e = p->e;
	closing c = { .p = p, .again = true };
	ak_status st = AK_NO_MEMORY;

	c.subject = ak_mem_array(e->n_subjects + 1, sizeof(*c.subject));
	c.base = ak_mem_array(e->n_bases + 1, sizeof(*c.base));
	c.record = ak_mem_array(p->n_rec + 1, sizeof(*c.record));
	c.looked = ak_mem_array(p->n_rec + 1, sizeof(*c.looked));
	if (c.subject == NULL || c.base == NULL || c.record == NULL || c.looked == NULL)
		(void)ak_no_memory(err, "closure");
	else
		st = start(&c, err);
	if (st == AK_OK)
		st = close_over(&c, err);
	if (st == AK_OK)
		st = surplus(&c, err);
	ak_mem_free(c.subject);
	ak_mem_free(c.base);
	ak_mem_free(c.record);
	ak_mem_free(c.looked);
	return st;
}
