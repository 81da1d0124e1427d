/* SPDX-License-Identifier: Apache-2.0 */
/* The records of the evidence taken apart, in bounded memory: trees of JSON are many times their text, and text may come out of a gzip
 * of 1/200 of it.  What is more than anybody needs is read only when head and proofs show that the operator signed it. */
#include "verify/proof_check.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"

#include <inttypes.h>

/* JSON values in lines 2 and 3 of one record. */
static size_t count_values(const ak_evidence_record *r)
{
	ak_lines l;

	if (r->shelved != NULL)
		return r->shelved->n_values;
	if (ak_record_split(ak_buf_span(&r->file), &l, NULL) != AK_OK)
		return 0; /* it will be refused before it is read */
	return ak_json_count(l.statement) + ak_json_count(l.signatures);
}

/* Does line 2, as its text has it, claim to be of a type that says who the operator is? */
static bool claims_chain(const ak_evidence_record *r)
{
	static const char stem[] = "\"urn:akashi:";
	ak_lines l;
	ak_span type;
	size_t n = 0;

	if (ak_record_split(ak_buf_span(&r->file), &l, NULL) != AK_OK || !ak_jcs_member(l.statement, NULL, "predicateType", &type) ||
	    !ak_span_starts(type, stem))
		return false;
	type = (ak_span){ type.data + sizeof(stem) - 1, type.len - (sizeof(stem) - 1) };
	while (n < type.len && type.data[n] != ':')
		n++;
	type.len = n;
	return ak_type_of_chain(type);
}

static ak_status name(ak_proven *p, size_t i, ak_error *err)
{
	return ak_strmap_put(&p->by_id, (ak_span){ p->rec[i].id.b, AK_DIGEST_LEN }, i, err);
}

/* By their ids, for the walk over keysets; one that is no header of its seq is found when inclusion is checked. */
static ak_status name_bases(ak_proven *p, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->e->n_bases; i++) {
		const ak_evidence_header *b = &p->e->base[i];
		ak_digest id;

		ak_tree_leaf(ak_buf_span(&b->line), &id);
		st = ak_strmap_put(&p->bases, (ak_span){ id.b, AK_DIGEST_LEN }, b->seq, err);
	}
	return st;
}

/* Of a record only what stands in its header, and all of it where it may say who the operator is. */
static ak_status take_header(ak_proven *p, size_t i, bool whole, ak_error *err)
{
	ak_sealed *s = &p->rec[i];
	ak_lines l;
	ak_status st = whole ? ak_sealed_parse(ak_buf_span(&p->e->record[i].file), s, err)
	                     : ak_record_split(ak_buf_span(&p->e->record[i].file), &l, err);

	p->n_rec = i + 1;
	if (st == AK_OK && !whole) {
		st = ak_header_parse(l.header, &s->header, err);
		ak_tree_leaf(l.header, &s->id);
	}
	if (st == AK_OK && s->header.seq != p->e->record[i].seq)
		st = ak_fail(err, AK_CHAIN_BROKEN, "header.seq", s->header.seq, "another seq");
	if (st == AK_OK)
		st = ak_tree_check_inclusion(&s->id, s->header.seq, p->checkpoint.size, &p->e->record[i].proof, &p->checkpoint.root, err);
	return st == AK_OK ? name(p, i, err) : st;
}

/* Is the head signed by who may sign it, and are all these records under it?  Everything is left as it was. */
static ak_status see_signed(ak_proven *p, bool *yes, ak_error *err)
{
	ak_error why = { 0 };
	size_t values = 0;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->e->n_records; i++) {
		bool whole = claims_chain(&p->e->record[i]);

		values += whole ? count_values(&p->e->record[i]) : 0;
		st = values > AK_EVIDENCE_VALUES_UNSIGNED ? ak_fail(&why, AK_LIMIT, "evidence.values", i, "too many") : take_header(p, i, whole, &why);
	}
	if (st == AK_OK) {
		ak_proven probe = *p; /* what the walk learns is not known yet */

		st = ak_prove_note(&probe, &why);
	}
	while (p->n_rec > 0)
		ak_sealed_clear(&p->rec[--p->n_rec]);
	ak_strmap_clear(&p->by_id);
	ak_strmap_init(&p->by_id, 31);
	*yes = st == AK_OK;
	if (st == AK_NO_MEMORY && err != NULL)
		*err = why;
	return st == AK_NO_MEMORY ? st : AK_OK;
}

static ak_status within_bounds(ak_proven *p, ak_error *err)
{
	size_t n = 0;
	bool seen = true;
	ak_status st = AK_OK;

	for (size_t i = 0; i < p->e->n_records; i++)
		n += count_values(&p->e->record[i]);
	if (n > AK_EVIDENCE_VALUES_MAX)
		return ak_fail(err, AK_LIMIT, "evidence.values", n, "the records have over %d JSON values", AK_EVIDENCE_VALUES_MAX);
	if (n > AK_EVIDENCE_VALUES_UNSIGNED)
		st = see_signed(p, &seen, err);
	if (st == AK_OK && !seen)
		return ak_fail(err, AK_LIMIT, "evidence.values", n, "the records have over %d JSON values, and nothing shows that the operator "
		               "signed them", AK_EVIDENCE_VALUES_UNSIGNED);
	return st;
}

static ak_status take_apart(ak_proven *p, size_t i, ak_error *err)
{
	const ak_evidence_record *er = &p->e->record[i];
	ak_sealed *s = &p->rec[i];
	ak_status st = AK_OK;

	if (er->shelved != NULL)
		ak_sealed_share(&er->shelved->sealed, s);
	else
		st = ak_sealed_parse_erased(ak_buf_span(&er->file), s, err);
	p->at = (int64_t)er->seq;
	if (st != AK_OK) {
		if (err != NULL)
			err->at = er->seq;
		return st;
	}
	p->n_rec = i + 1;
	if (s->header.seq != er->seq)
		return ak_fail(err, AK_CHAIN_BROKEN, "header.seq", er->seq, "the header says %" PRIu64, s->header.seq);
	if (er->seq == 0 && !ak_digest_eq(&s->id, &p->q->trust->genesis))
		return ak_digest_mismatch(err, AK_WRONG_LEDGER, "genesis", 0, &p->q->trust->genesis, &s->id);
	return name(p, i, err);
}

ak_status ak_prove_records(ak_proven *p, ak_error *err)
{
	ak_status st;

	p->rec = ak_mem_array(p->e->n_records, sizeof(*p->rec));
	if (p->rec == NULL)
		return ak_no_memory(err, "verify");
	st = name_bases(p, err);
	if (st == AK_OK)
		st = within_bounds(p, err);
	for (size_t i = 0; st == AK_OK && i < p->e->n_records; i++)
		st = take_apart(p, i, err);
	if (st != AK_OK)
		return st;
	p->at = 0;
	if (p->n_rec == 0 || p->rec[0].header.seq != 0)
		return ak_fail(err, AK_BAD_FORMAT, "container.records", 0, "the genesis record is missing");
	return AK_OK;
}
