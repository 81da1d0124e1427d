/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/proof_check.h"

#include "base/fail.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void ak_proven_clear(ak_proven *p)
{
	for (size_t i = 0; i < p->n_rec; i++)
		ak_sealed_clear(&p->rec[i]);
	ak_mem_free(p->rec);
	ak_strmap_clear(&p->by_id);
	ak_strmap_clear(&p->bases);
	ak_leaves_clear(&p->leaves);
	ak_strmap_clear(&p->subjects);
	*p = (ak_proven){ 0 };
}

bool ak_proven_find(const ak_proven *p, const ak_digest *id, size_t *at)
{
	uint64_t v;

	if (!ak_strmap_get(&p->by_id, (ak_span){ id->b, AK_DIGEST_LEN }, &v))
		return false;
	*at = (size_t)v;
	return true;
}

static bool has_subject(const ak_proven *p, ak_span id)
{
	uint64_t v;

	return ak_strmap_get(&p->subjects, id, &v);
}

/* Is its first record the one that the trust file names?  Then a head in another name is no other ledger's but a forged one. */
static bool begins_as_trusted(const ak_proven *p)
{
	ak_lines lines;
	ak_digest id;

	if (p->e->n_records == 0 || p->e->record[0].seq != 0 ||
	    ak_record_split(ak_buf_span(&p->e->record[0].file), &lines, NULL) != AK_OK)
		return false;
	ak_tree_leaf(lines.header, &id);
	return ak_digest_eq(&id, &p->q->trust->genesis);
}

static ak_status check_container(ak_proven *p, ak_error *err)
{
	const ak_evidence *e = p->e;
	ak_status st = ak_note_parse(ak_buf_span(&e->checkpoint), &p->note, err);

	if (st == AK_OK)
		st = ak_checkpoint_parse(p->note.text, &p->checkpoint, err);
	if (st != AK_OK)
		return st;
	if (p->checkpoint.size == 0 || e->last.seq != p->checkpoint.size - 1)
		return ak_fail(err, AK_BAD_FORMAT, "container.last", e->last.seq,
		               "the newest header must be that of record %" PRIu64,
		               p->checkpoint.size - 1);
	for (size_t i = 0; i < e->n_records; i++) {
		if (e->record[i].seq >= p->checkpoint.size ||
		    (i > 0 && e->record[i].seq <= e->record[i - 1].seq))
			return ak_fail(err, AK_BAD_FORMAT, "container.records", e->record[i].seq,
			               "records must be in order, each below the size");
	}
	st = ak_leaves_order(e->leaf, e->n_leaves, &p->leaves, err);
	if (st != AK_OK || strcmp(p->checkpoint.origin, p->q->trust->log.name) == 0)
		return st;
	p->other_ledger = !begins_as_trusted(p);
	return ak_mismatch(err, AK_WRONG_LEDGER, "checkpoint.origin", 0, p->q->trust->log.name, p->checkpoint.origin);
}

static ak_status check_header_proof(ak_proven *p, const ak_evidence_header *h, ak_header *out, ak_digest *id, ak_error *err)
{
	ak_status st = ak_header_parse(ak_buf_span(&h->line), out, err);

	p->at = (int64_t)h->seq;
	if (st == AK_OK && out->seq != h->seq)
		st = ak_fail(err, AK_CHAIN_BROKEN, "header.seq", h->seq, "the header says %" PRIu64,
		             out->seq);
	if (st == AK_OK) {
		ak_tree_leaf(ak_buf_span(&h->line), id);
		st = ak_tree_check_inclusion(id, h->seq, p->checkpoint.size, &h->proof,
		                             &p->checkpoint.root, err);
	}
	return st;
}

/* Whether the head it starts from is one that was seen before is for ak_prove_memory; here, that it holds at all. */
static ak_status check_since(const ak_proven *p, ak_error *err)
{
	const ak_tree_since *s = &p->e->since;
	ak_status st;

	if (s->size == 0)
		return AK_OK;
	st = ak_tree_check_consistency(s->size, &s->root, p->checkpoint.size, &p->checkpoint.root, &s->proof, err);
	if (st != AK_OK && err != NULL)
		err->where = "container.since";
	return st;
}

static ak_status check_inclusion(ak_proven *p, ak_error *err)
{
	ak_digest id;
	ak_header h;
	ak_status st = ak_leaves_check(p->e, p->checkpoint.size, &p->checkpoint.root, err);

	if (st == AK_OK)
		st = check_since(p, err);
	if (st == AK_OK)
		st = check_header_proof(p, &p->e->last, &p->last, &id, err);
	for (size_t i = 0; st == AK_OK && i < p->n_rec; i++) {
		p->at = (int64_t)p->rec[i].header.seq;
		st = ak_tree_check_inclusion(&p->rec[i].id, p->rec[i].header.seq, p->checkpoint.size,
		                             &p->e->record[i].proof, &p->checkpoint.root, err);
	}
	for (size_t i = 0; st == AK_OK && i < p->e->n_bases; i++)
		st = check_header_proof(p, &p->e->base[i], &h, &id, err);
	return st;
}

static ak_status check_chain(ak_proven *p, ak_error *err)
{
	for (size_t i = 1; i < p->n_rec; i++) {
		const ak_header *a = &p->rec[i - 1].header, *b = &p->rec[i].header;

		p->at = (int64_t)b->seq;
		if (b->seq == a->seq + 1 && !ak_digest_eq(&b->prev, &p->rec[i - 1].id))
			return ak_digest_mismatch(err, AK_CHAIN_BROKEN, "header.prev", b->seq,
			                          &p->rec[i - 1].id, &b->prev);
		if (b->time < a->time)
			return ak_fail(err, AK_CLOCK, "header.time", b->seq, "runs backwards");
	}
	p->at = (int64_t)p->last.seq;
	if (p->last.time < p->rec[p->n_rec - 1].header.time)
		return ak_fail(err, AK_CLOCK, "header.time", p->last.seq, "runs backwards");
	return AK_OK;
}

/* What the records at hand add up to, for each subject that is to be proved. */
static void add_up(const ak_proven *p, ak_map_entry *have)
{
	for (size_t i = 0; i < p->n_rec; i++) {
		const ak_header *h = &p->rec[i].header;

		for (size_t k = 0; k < ak_statement_n_about(&p->rec[i].statement); k++) {
			uint64_t at;

			if (!ak_strmap_get(&p->subjects, ak_statement_about(&p->rec[i].statement, k), &at))
				continue;
			have[at].count++;
			ak_map_chain_step(&have[at].chain, h->seq, h->time, &h->statement, &h->signatures);
		}
	}
}

/* The records held about a subject must be exactly those that the newest header commits to. */
static ak_status check_subject(const ak_proven *p, const ak_evidence_subject *s, const ak_map_entry *have, ak_error *err)
{
	ak_digest key;
	char want[32], got[32];
	ak_status st;

	ak_map_key(ak_span_str(s->id), &key);
	st = ak_map_check(&key, &s->proof, &p->last.subjects, err);
	if (st != AK_OK)
		return st;
	if (s->proof.kind != AK_MAP_PRESENT && have->count != 0)
		return ak_fail(err, AK_MAP_MISMATCH, "map.absent", 0, "records about '%s' are held, but the "
		               "ledger says there are none", s->id);
	if (s->proof.kind != AK_MAP_PRESENT ||
	    (s->proof.entry.count == have->count && ak_digest_eq(&s->proof.entry.chain, &have->chain)))
		return AK_OK;
	(void)snprintf(want, sizeof(want), "%" PRIu64 " records", s->proof.entry.count);
	(void)snprintf(got, sizeof(got), "%" PRIu64 " records", have->count);
	(void)ak_mismatch(err, AK_MAP_MISMATCH, "map.count", 0, want, got);
	if (err != NULL)
		(void)snprintf(err->detail, sizeof(err->detail),
		               "the records about '%s' are not all there, or not the right ones", s->id);
	return AK_MAP_MISMATCH;
}

static ak_status check_map(ak_proven *p, ak_error *err)
{
	size_t n = p->e->n_subjects;
	ak_map_entry *have = ak_mem_array(n + 1, sizeof(*have));
	ak_status st = have == NULL ? ak_no_memory(err, "verify") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_span id = ak_span_str(p->e->subject[i].id);

		st = has_subject(p, id) ? ak_fail(err, AK_BAD_FORMAT, "container.subjects", i, "'%s' twice", p->e->subject[i].id)
		                              : ak_strmap_put(&p->subjects, id, i, err);
	}
	if (st == AK_OK)
		add_up(p, have);
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = check_subject(p, &p->e->subject[i], &have[i], err);
	ak_mem_free(have);
	return st;
}

static ak_status not_trusted_for(const ak_proven *p, ak_report *r, const char *id, const char *rule, ak_error *err)
{
	char why[2 * AK_NOTE_NAME_MAX + 64];

	(void)snprintf(why, sizeof(why), "the trust file speaks of %s, this is of %s", p->q->trust->log.name, p->checkpoint.origin);
	return ak_report_not_checked(r, id, rule, why, err);
}

/* Write a step's outcome; *go_on says whether the next one makes sense. */
static ak_status told(ak_proven *p, ak_report *r, const char *id, const char *rule, uint64_t count, ak_status got,
                      const ak_error *why, bool *go_on, ak_error *err)
{
	int64_t record = p->at;

	*go_on = got == AK_OK;
	p->at = AK_NO_RECORD;
	if (got == AK_OK)
		return ak_report_passed(r, id, rule, count, err);
	if (p->other_ledger) /* nothing is known of it, bad or good */
		return not_trusted_for(p, r, id, rule, err);
	if (got == AK_UNKNOWN_VERSION || got == AK_NOT_FOUND)
		return ak_report_not_checked(r, id, rule, why->detail, err);
	if (ak_status_class(got) == AK_CLASS_UNKNOWN) { /* a limit is no tampering */
		if (err != NULL)
			*err = *why;
		return got;
	}
	return ak_report_failed(r, id, rule, record, why, err);
}

static ak_status prove(ak_proven *p, ak_report *r, ak_error *err)
{
	ak_error why = { 0 };
	bool go_on = false;
	ak_status got = check_container(p, &why);
	ak_status st = told(p, r, "container", NULL, 0, got, &why, &go_on, err);

	if (st == AK_OK && go_on) {
		got = ak_prove_records(p, &why);
		st = told(p, r, "records", "A01", p->e->n_records, got, &why, &go_on, err);
	}
	if (st == AK_OK && go_on) {
		got = ak_prove_note(p, &why);
		st = told(p, r, "checkpoint", "A02", 0, got, &why, &go_on, err);
		go_on = go_on || (p->keyset_open && got == AK_NOT_FOUND);
	}
	if (st == AK_OK && go_on) {
		got = check_inclusion(p, &why);
		st = told(p, r, "inclusion", "A03", p->n_rec, got, &why, &go_on, err);
	}
	if (st == AK_OK && go_on) {
		got = check_chain(p, &why);
		st = told(p, r, "chain", "A01", p->n_rec, got, &why, &go_on, err);
	}
	if (st == AK_OK && go_on) {
		got = check_map(p, &why);
		st = told(p, r, "map", "A03", p->e->n_subjects, got, &why, &go_on, err);
	}
	p->sound = go_on;
	if (st == AK_OK && go_on) {
		got = ak_prove_closure(p, &why);
		st = told(p, r, "closure", NULL, p->e->n_subjects, got, &why, &go_on, err);
		p->closed = go_on && !p->keyset_open;
		p->sound = ak_status_class(got) != AK_CLASS_REJECT;
	}
	return st;
}

ak_status ak_prove(const ak_evidence *e, const ak_question *q, ak_report *report, ak_proven *out, ak_error *err)
{
	ak_proven p = { .e = e, .q = q, .at = AK_NO_RECORD };
	ak_status st;

	ak_strmap_init(&p.by_id, 31);
	ak_strmap_init(&p.bases, 32);
	ak_strmap_init(&p.subjects, 33);
	st = prove(&p, report, err);
	if (st != AK_OK)
		ak_proven_clear(&p);
	else
		*out = p;
	return st;
}
