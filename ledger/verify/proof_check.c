/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/proof_check.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "verify/judge.h"
#include "verify/cosignature.h"

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

bool ak_proven_subject(const ak_proven *p, ak_span id)
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
	if (strcmp(p->checkpoint.origin, p->q->trust->log.name) == 0)
		return AK_OK;
	p->other_ledger = !begins_as_trusted(p);
	return ak_mismatch(err, AK_WRONG_LEDGER, "checkpoint.origin", 0, p->q->trust->log.name, p->checkpoint.origin);
}

static ak_status parse_records(ak_proven *p, ak_error *err)
{
	p->rec = ak_mem_array(p->e->n_records, sizeof(*p->rec));
	if (p->rec == NULL)
		return ak_no_memory(err, "verify");
	for (size_t i = 0; i < p->e->n_records; i++) {
		const ak_evidence_record *er = &p->e->record[i];
		ak_sealed *s = &p->rec[i];
		ak_status st = ak_sealed_parse(ak_buf_span(&er->file), s, err);

		p->at = (int64_t)er->seq;
		if (st != AK_OK) {
			if (err != NULL)
				err->at = er->seq;
			return st;
		}
		p->n_rec = i + 1;
		if (s->header.seq != er->seq)
			return ak_fail(err, AK_CHAIN_BROKEN, "header.seq", er->seq,
			               "the header says %" PRIu64, s->header.seq);
		if (er->seq == 0 && !ak_digest_eq(&s->id, &p->q->trust->genesis))
			return ak_digest_mismatch(err, AK_WRONG_LEDGER, "genesis", 0,
			                          &p->q->trust->genesis, &s->id);
		st = ak_strmap_put(&p->by_id, (ak_span){ s->id.b, AK_DIGEST_LEN }, i, err);
		if (st != AK_OK)
			return st;
	}
	p->at = 0;
	if (p->n_rec == 0 || p->rec[0].header.seq != 0)
		return ak_fail(err, AK_BAD_FORMAT, "container.records", 0, "the genesis record is missing");
	return AK_OK;
}

/* Whose line a head has to carry: the operator's and, where a rotation is its last record, that of the one before. */
typedef struct operators {
	uint8_t now[32], before[32];
	bool rotated;
} operators;

/* Which keys signed heads of this ledger: the keyset chain from the pinned genesis. */
static ak_status walk_keysets(ak_proven *p, ak_authority **out, operators *o, ak_error *err)
{
	const ak_authority_hooks none = { 0 };
	ak_authority *a = NULL;
	bool log_seen = false, floor_seen = !p->q->trust->has_keyset;
	ak_status st = ak_authority_open(p->q->core, &none, &a, err);

	for (size_t i = 0; st == AK_OK && i < p->n_rec; i++) {
		ak_sealed *s = &p->rec[i];
		ak_judgement j;
		uint8_t raw[32];

		if (!ak_span_is(s->statement.type, "keyset"))
			continue;
		/* One that may not stand is void, whoever signed it: moved from another ledger, or not of its form. */
		st = ak_judge_keyset_form(p, s, err);
		if (ak_status_class(st) == AK_CLASS_REJECT) {
			st = AK_OK;
			continue;
		}
		if (ak_authority_keyset_number(a) > 0 && ak_pubkey_raw_ed25519(ak_authority_operator(a), raw))
			memcpy(o->before, raw, sizeof(raw));
		if (st == AK_OK)
			st = ak_authority_judge(a, s, s->header.seq, &j, err);
		if (st == AK_OK)
			st = ak_authority_apply(a, s, s->header.seq, &j, err);
		if (st != AK_OK || !j.authorised)
			continue;
		if (!ak_pubkey_raw_ed25519(ak_authority_operator(a), raw))
			st = ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint", 0, "the operator key is not Ed25519");
		else
			memcpy(o->now, raw, sizeof(raw));
		o->rotated = s->header.seq > 0 && s->header.seq + 1 == p->checkpoint.size && memcmp(o->before, o->now, sizeof(raw)) != 0;
		if (memcmp(o->now, p->q->trust->log.key, sizeof(raw)) == 0)
			log_seen = true;
		if (p->q->trust->has_keyset && ak_digest_eq(&s->id, &p->q->trust->keyset))
			floor_seen = true;
	}
	if (st == AK_OK && ak_authority_keyset_number(a) == 0)
		st = ak_fail(err, AK_NOT_AUTHORISED, "keyset", 0, "the genesis keyset does not stand");
	if (st == AK_OK && !log_seen)
		st = ak_fail(err, AK_NO_TRUSTED_SIG, "trust.log", 0,
		             "the key in the trust file is no operator key of this ledger");
	if (st == AK_OK && !floor_seen)
		st = ak_fail(err, AK_NO_TRUSTED_SIG, "trust.keyset", 0,
		             "the keyset chain does not pass through the record the trust file names");
	if (st != AK_OK)
		ak_authority_free(&a);
	else
		*out = a;
	return st;
}

/* A line by a known witness must verify; unknown names and keys are passed over. */
static ak_status check_witness_line(ak_proven *p, const ak_note_line *l, ak_error *err)
{
	for (size_t w = 0; w < p->q->trust->n_witnesses; w++) {
		const ak_trust_witness *tw = &p->q->trust->witness[w];
		bool good = false;
		int64_t t = 0;
		ak_status st;

		if (!ak_span_is(l->name, tw->key.name) || memcmp(l->key_id, tw->key.id, 4) != 0)
			continue;
		st = ak_cosignature_check(p->note.text, l, tw->key.key, &good, &t, err);
		if (st != AK_OK)
			return st;
		if (!good)
			return ak_fail(err, AK_BAD_SIGNATURE, "checkpoint.cosignature", 0,
			               "the line of witness %s does not verify", tw->name);
		if (t <= p->q->now + AK_CLOCK_SLACK_S && (!p->witness[w] || t > p->witness_time[w])) {
			p->witness[w] = true;
			p->witness_time[w] = t;
		}
	}
	return AK_OK;
}

static ak_status check_heartbeat_line(ak_proven *p, const ak_note_line *l, const ak_pubkey *beat, ak_error *err)
{
	uint8_t raw[32];
	bool good = false;
	int64_t t = 0;
	ak_status st;

	if (beat == NULL || !ak_pubkey_raw_ed25519(beat, raw) || !ak_cosignature_by(l, raw))
		return AK_OK;
	st = ak_cosignature_check(p->note.text, l, raw, &good, &t, err);
	if (st == AK_OK && !good)
		return ak_fail(err, AK_BAD_SIGNATURE, "checkpoint.cosignature", 0, "the line of the heartbeat key does not verify");
	if (st == AK_OK && t <= p->q->now + AK_CLOCK_SLACK_S && t > p->heartbeat_time)
		p->heartbeat_time = t;
	return st;
}

static ak_status check_operator_line(const ak_proven *p, const ak_note_line *l, const uint8_t raw[32], ak_error *err)
{
	ak_span origin = ak_span_str(p->checkpoint.origin);
	uint8_t id[4];
	ak_status st;

	ak_note_key_id(origin, AK_NOTE_ED25519, raw, ak_sha256, id);
	if (!ak_span_eq(l->name, origin) || memcmp(l->key_id, id, sizeof(id)) != 0)
		return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", 0, "no signature by the operator key in force");
	st = ak_operator_line_check(p->note.text, origin, l, raw, err);
	return st == AK_BAD_SIGNATURE ? ak_fail(err, AK_BAD_SIGNATURE, "checkpoint.signature", 0, "the operator's signature does not verify") : st;
}

/* The lines in the order that FORMAT 9.2 and 9.3 give them, and no other of the ledger's name. */
static ak_status check_note(ak_proven *p, const ak_authority *a, const operators *o, ak_error *err)
{
	const size_t want = o->rotated ? 2 : 1;
	ak_span rest = p->note.sigs;
	ak_note_line l, last = { 0 };
	size_t n = 0;
	ak_status st = AK_OK;

	for (; st == AK_OK && ak_note_next(&rest, &l); n++) {
		if (n < want) {
			st = check_operator_line(p, &l, n == 0 ? o->now : o->before, err);
			continue;
		}
		if (ak_span_is(l.name, p->checkpoint.origin))
			return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", 0,
			               "a line named as the ledger is none of its operator's");
		if (n > want && ak_cosignature_cmp(&last, &l) >= 0)
			return ak_fail(err, AK_BAD_FORMAT, "checkpoint.cosignatures", 0,
			               "the cosignatures are not in order, or one key stands twice");
		st = check_witness_line(p, &l, err);
		if (st == AK_OK)
			st = check_heartbeat_line(p, &l, ak_authority_heartbeat(a), err);
		last = l;
	}
	if (st == AK_OK && n < want)
		st = ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", 0, "the operator before the rotation has not signed");
	return st;
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
	for (size_t i = 0; st == AK_OK && i < p->e->n_bases; i++) {
		st = check_header_proof(p, &p->e->base[i], &h, &id, err);
		if (st == AK_OK)
			st = ak_strmap_put(&p->bases, (ak_span){ id.b, AK_DIGEST_LEN }, h.seq, err);
	}
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

		st = ak_proven_subject(p, id) ? ak_fail(err, AK_BAD_FORMAT, "container.subjects", i, "'%s' twice", p->e->subject[i].id)
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
	ak_authority *keysets = NULL;
	operators lines = { 0 };
	ak_error why = { 0 };
	bool go_on = false;
	ak_status got = check_container(p, &why);
	ak_status st = told(p, r, "container", NULL, 0, got, &why, &go_on, err);

	if (st == AK_OK && go_on) {
		got = parse_records(p, &why);
		st = told(p, r, "records", "A01", p->e->n_records, got, &why, &go_on, err);
	}
	if (st == AK_OK && go_on) {
		got = walk_keysets(p, &keysets, &lines, &why);
		if (got == AK_OK)
			got = check_note(p, keysets, &lines, &why);
		ak_authority_free(&keysets);
		st = told(p, r, "checkpoint", "A02", 0, got, &why, &go_on, err);
	}
	if (st == AK_OK && go_on && p->q->memory != NULL)
		st = ak_prove_memory(p, r, &go_on, err);
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
		p->closed = go_on;
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
