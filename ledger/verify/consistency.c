/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/consistency.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/note.h"
#include "crypto/hash.h"
#include "verify/admit.h"
#include "verify/authority.h"
#include "verify/evidence.h"

#include <inttypes.h>
#include <string.h>

static const char keyset_subject[] = "akashi/keyset";

void ak_consistency_init(ak_consistency *c)
{
	*c = (ak_consistency){ 0 };
	ak_buf_init(&c->old_note, AK_NOTE_MAX);
	ak_buf_init(&c->new_note, AK_NOTE_MAX);
	ak_buf_init(&c->head_note, AK_NOTE_MAX);
	ak_buf_init(&c->last, AK_HEADER_MAX);
}

void ak_consistency_clear(ak_consistency *c)
{
	ak_buf_clear(&c->old_note);
	ak_buf_clear(&c->new_note);
	ak_buf_clear(&c->head_note);
	ak_buf_clear(&c->last);
	for (size_t i = 0; i < c->n_keysets; i++)
		ak_buf_clear(&c->keyset[i]);
	ak_mem_free(c->keyset);
	ak_mem_free(c->leaf);
	ak_map_proof_clear(&c->map);
	*c = (ak_consistency){ 0 };
}

/* One signed head while it is looked at. */
typedef struct head {
	const char *name, *origin_place, *signature_place;
	ak_note note;
	ak_checkpoint at;
	ak_pubkey *operator_key; /* in force at its size; owned, NULL before that is known */
	ak_pubkey *before_key;   /* the one before it, where a rotation is its last record; owned, else NULL */
} head;

typedef struct judging {
	const ak_consistency *c;
	const ak_trust *trust;
	const ak_profile *core;
	head old, new, other; /* other: c->head_note, when there is one */
	const head *top;      /* the head that everything is seen from  */
	ak_header last;
} judging;

ak_status ak_consistency_note(ak_span bytes, const char *name, const char *origin_place, const ak_trust *trust, ak_note *note,
                              ak_checkpoint *out, ak_error *err)
{
	ak_status st = ak_note_parse(bytes, note, err);

	if (st == AK_OK)
		st = ak_checkpoint_parse(note->text, out, err);
	if (st != AK_OK) {
		if (err != NULL && ak_status_class(st) == AK_CLASS_REJECT)
			err->where = name;
		return st;
	}
	if (strcmp(out->origin, trust->log.name) != 0)
		return ak_mismatch(err, AK_WRONG_LEDGER, origin_place, 0, trust->log.name, out->origin);
	return AK_OK;
}

static ak_status read_note(head *h, ak_span bytes, const ak_trust *trust, ak_error *err)
{
	return ak_consistency_note(bytes, h->name, h->origin_place, trust, &h->note, &h->at, err);
}

static ak_status read_notes(judging *j, ak_error *err)
{
	const ak_consistency *c = j->c;
	ak_status st;

	j->old = (head){ .name = "old", .origin_place = "old.origin", .signature_place = "old.signature" };
	j->new = (head){ .name = "new", .origin_place = "new.origin", .signature_place = "new.signature" };
	j->other = (head){ .name = "head", .origin_place = "head.origin", .signature_place = "head.signature" };
	st = read_note(&j->old, ak_buf_span(&c->old_note), j->trust, err);
	if (st == AK_OK)
		st = read_note(&j->new, ak_buf_span(&c->new_note), j->trust, err);
	if (st == AK_OK && c->head_note.len != 0)
		st = read_note(&j->other, ak_buf_span(&c->head_note), j->trust, err);
	if (st != AK_OK)
		return st;
	j->top = c->head_note.len != 0 ? &j->other : &j->new;
	if (j->old.at.size > j->new.at.size)
		return ak_fail(err, AK_BAD_FORMAT, "consistency.order", j->old.at.size,
		               "the old head has %" PRIu64 " records, the new one %" PRIu64, j->old.at.size, j->new.at.size);
	if (j->new.at.size > j->top->at.size)
		return ak_fail(err, AK_BAD_FORMAT, "consistency.head", j->top->at.size,
		               "the head that all is seen from is smaller than the new one");
	return AK_OK;
}

/* ---- who may sign ------------------------------------------------------------------------------------------- */

static ak_status check_last(judging *j, ak_error *err)
{
	ak_span line = ak_buf_span(&j->c->last);
	ak_digest id;
	ak_status st = ak_header_parse(line, &j->last, err);

	if (st != AK_OK)
		return st;
	if (j->last.seq != j->top->at.size - 1)
		return ak_fail(err, AK_BAD_FORMAT, "consistency.last", j->last.seq,
		               "the newest header must be that of record %" PRIu64, j->top->at.size - 1);
	ak_tree_leaf(line, &id);
	return ak_tree_check_inclusion(&id, j->last.seq, j->top->at.size, &j->c->last_proof, &j->top->at.root, err);
}

/* The keyset records at hand are all there are: else a key that was replaced could sign a history of its own. */
static ak_status check_keysets_are_all(const judging *j, const ak_map_entry *have, ak_error *err)
{
	const ak_map_proof *p = &j->c->map;
	ak_digest key;
	ak_status st;

	ak_map_key(ak_span_str(keyset_subject), &key);
	st = ak_map_check(&key, p, &j->last.subjects, err);
	if (st != AK_OK)
		return st;
	if (p->kind != AK_MAP_PRESENT || p->entry.count != have->count || !ak_digest_eq(&p->entry.chain, &have->chain))
		return ak_fail(err, AK_MAP_MISMATCH, "consistency.keysets", have->count,
		               "the keyset records are not all there, or not the right ones");
	return AK_OK;
}

/* A keyset record that was taken. */
typedef struct seen {
	ak_digest id, statement;
	uint64_t seq;
} seen;

typedef struct walk {
	const ak_consistency *c;
	ak_authority *authority;
	ak_leaves leaves;
	ak_map_entry have;
	seen *seen; /* have.count of them; the last is the newest */
	uint64_t next; /* seq of the one that is looked at */
	bool log_seen, floor_seen;
	uint64_t rotated; /* size of the head of the newest rotation to another operator key; 0: none */
	uint8_t before[32]; /* that key's predecessor                                                */
} walk;

/* Up to that size this is the operator. */
static ak_status note_operator(head *h, const walk *w, uint64_t next_seq, ak_error *err)
{
	const ak_pubkey *op = ak_authority_operator(w->authority);
	uint8_t raw[32];
	ak_status st;

	if (h->operator_key != NULL || h->note.text.len == 0 || h->at.size > next_seq)
		return AK_OK;
	if (op == NULL || !ak_pubkey_raw_ed25519(op, raw))
		return ak_fail(err, AK_NOT_AUTHORISED, "consistency.keysets", h->at.size,
		               "no operator key is in force at this size");
	st = ak_pubkey_from_ed25519(raw, &h->operator_key, err);
	return st == AK_OK && w->rotated != 0 && w->rotated == h->at.size ? ak_pubkey_from_ed25519(w->before, &h->before_key, err) : st;
}

static ak_status note_operators(judging *j, const walk *w, uint64_t next_seq, ak_error *err)
{
	ak_status st = note_operator(&j->old, w, next_seq, err);

	if (st == AK_OK)
		st = note_operator(&j->new, w, next_seq, err);
	return st == AK_OK ? note_operator(&j->other, w, next_seq, err) : st;
}

/* FORMAT 9.2: the head that a rotation makes is signed by the operator before it, too. */
static void note_rotation(walk *w, const uint8_t before[32], const uint8_t now[32], uint64_t seq)
{
	if (memcmp(before, now, 32) == 0)
		return;
	w->rotated = seq + 1;
	memcpy(w->before, before, 32);
}

static bool is_keyset(const walk *w, const ak_digest *id, uint64_t *seq)
{
	for (uint64_t i = 0; i < w->have.count; i++) {
		if (ak_digest_eq(&w->seen[i].id, id)) {
			*seq = w->seen[i].seq;
			return true;
		}
	}
	return false;
}

/* What is no keyset is not here.  With the ids of all records its place is known all the same, or that it has none; else it is taken for
 * a record that fits, and judge_keyset says where that is too much. */
static ak_status past_seq_of(void *ctx, const ak_digest *id, uint64_t *seq, ak_error *err)
{
	const walk *w = ctx;

	if (is_keyset(w, id, seq))
		return AK_OK;
	if (ak_leaves_find(&w->leaves, id, seq))
		return AK_OK;
	if (w->c->n_leaves != 0)
		return ak_fail(err, AK_NOT_FOUND, "consistency.leaves", 0, "no record has this id");
	*seq = w->next == 0 ? 0 : w->next - 1;
	return AK_OK;
}

/* Does it refer to a record that is no keyset, and of which nothing is known? */
static bool refers_beyond(const walk *w, const ak_statement *s)
{
	uint64_t seq;

	if (w->c->n_leaves != 0)
		return false;
	for (size_t i = 0; i < ak_statement_n_refs(s); i++) {
		ak_digest id;

		(void)ak_statement_ref(s, i, &id);
		if (!is_keyset(w, &id, &seq))
			return true;
	}
	return false;
}

static ak_status past_statement(void *ctx, const ak_digest *d, uint64_t *seq, ak_error *err)
{
	const walk *w = ctx;

	for (uint64_t i = 0; i < w->have.count; i++) {
		if (ak_digest_eq(&w->seen[i].statement, d)) {
			*seq = w->seen[i].seq;
			return AK_OK;
		}
	}
	return ak_fail(err, AK_NOT_FOUND, "consistency.keysets", 0, "not repeated");
}

static ak_status past_newest(void *ctx, ak_span subject, uint64_t *seq, ak_error *err)
{
	const walk *w = ctx;

	if (!ak_span_is(subject, keyset_subject) || w->have.count == 0)
		return ak_fail(err, AK_NOT_FOUND, "consistency.keysets", 0, "none about it");
	*seq = w->seen[w->have.count - 1].seq;
	return AK_OK;
}

/* Void records are among them: one moved from another ledger or not of its form stays without effect, whoever signed it. */
static ak_status judge_keyset(judging *j, walk *w, ak_sealed *s, ak_error *err)
{
	ak_past past = { past_seq_of, past_statement, past_newest, w };
	const ak_place at = { .origin = j->trust->log.name, .genesis = j->trust->genesis, .seq = s->header.seq,
	                      .time = s->header.time, .core = j->core, .past = &past };
	ak_judgement by;
	uint8_t raw[32], before[32];
	bool first = ak_authority_keyset_number(w->authority) == 0;
	ak_status st;

	w->next = s->header.seq;
	st = ak_admit_keyset(&at, s, err);
	if (ak_status_class(st) == AK_CLASS_REJECT)
		return AK_OK;
	first = first || !ak_pubkey_raw_ed25519(ak_authority_operator(w->authority), before);
	if (st == AK_OK)
		st = ak_authority_judge(w->authority, s, s->header.seq, &by, err);
	/* It would be in force, if that record is one: who has the keysets alone cannot say, for or against. */
	if (st == AK_OK && by.authorised && refers_beyond(w, &s->statement))
		st = ak_fail(err, AK_NOT_HELD, "consistency.keysets", s->header.seq, "this keyset refers to a record that is no keyset: "
		             "whether it stands is to be seen in the ledger");
	if (st == AK_OK)
		st = ak_authority_apply(w->authority, s, s->header.seq, &by, err);
	if (st != AK_OK || !by.authorised)
		return st;
	if (ak_pubkey_raw_ed25519(ak_authority_operator(w->authority), raw)) {
		w->log_seen = w->log_seen || memcmp(raw, j->trust->log.key, 32) == 0;
		if (!first)
			note_rotation(w, before, raw, s->header.seq);
	}
	w->floor_seen = w->floor_seen || (ak_span_is(s->statement.type, "keyset") && ak_digest_eq(&s->id, &j->trust->keyset));
	return AK_OK;
}

static ak_status take_keyset(judging *j, walk *w, ak_span file, ak_error *err)
{
	const bool first = w->have.count == 0;
	ak_sealed s = { 0 };
	ak_status st = ak_sealed_parse(file, &s, err);

	if (st != AK_OK)
		return st;
	if ((!first && s.header.seq <= w->seen[w->have.count - 1].seq) || s.header.seq >= j->top->at.size ||
	    !ak_type_of_chain(s.statement.type) || ak_statement_n_about(&s.statement) != 1 ||
	    !ak_span_is(ak_statement_about(&s.statement, 0), keyset_subject))
		st = ak_fail(err, AK_BAD_FORMAT, "consistency.keysets", s.header.seq, "no record of the keyset chain, or out of order");
	else if (first && (s.header.seq != 0 || !ak_digest_eq(&s.id, &j->trust->genesis)))
		st = ak_digest_mismatch(err, AK_WRONG_LEDGER, "genesis", 0, &j->trust->genesis, &s.id);
	if (st == AK_OK && !first)
		st = note_operators(j, w, s.header.seq, err);
	if (st == AK_OK)
		st = judge_keyset(j, w, &s, err);
	w->seen[w->have.count++] = (seen){ s.id, s.header.statement, s.header.seq };
	ak_map_chain_step(&w->have.chain, s.header.seq, s.header.time, &s.header.statement, &s.header.signatures);
	ak_sealed_clear(&s);
	return st;
}

static ak_status check_leaves(const judging *j, ak_error *err)
{
	const ak_evidence ids = { .leaf = j->c->leaf, .n_leaves = j->c->n_leaves };
	ak_status st = ak_leaves_check(&ids, j->top->at.size, &j->top->at.root, err);

	if (st != AK_OK && err != NULL && ak_status_class(st) == AK_CLASS_REJECT)
		err->where = "consistency.leaves";
	return st;
}

static ak_status order_leaves(const judging *j, ak_leaves *out, ak_error *err)
{
	ak_status st = ak_leaves_order(j->c->leaf, j->c->n_leaves, out, err);

	if (st == AK_BAD_FORMAT && err != NULL)
		err->where = "consistency.leaves";
	return st;
}

static ak_status check_keysets(judging *j, ak_error *err)
{
	const ak_authority_hooks none = { 0 };
	walk w = { .c = j->c, .floor_seen = !j->trust->has_keyset, .seen = ak_mem_array(j->c->n_keysets + 1, sizeof(*w.seen)) };
	ak_status st;

	if (w.seen == NULL)
		return ak_no_memory(err, "consistency.keysets");
	st = order_leaves(j, &w.leaves, err);
	if (st == AK_OK)
		st = ak_authority_open(j->core, &none, &w.authority, err);
	for (size_t i = 0; st == AK_OK && i < j->c->n_keysets; i++)
		st = take_keyset(j, &w, ak_buf_span(&j->c->keyset[i]), err);
	if (st == AK_OK && ak_authority_keyset_number(w.authority) == 0)
		st = ak_fail(err, AK_NOT_AUTHORISED, "consistency.keysets", 0, "the genesis keyset does not stand");
	if (st == AK_OK)
		st = check_keysets_are_all(j, &w.have, err);
	if (st == AK_OK && !w.log_seen)
		st = ak_fail(err, AK_NO_TRUSTED_SIG, "trust.log", 0,
		             "the key in the trust file is no operator key of this ledger");
	if (st == AK_OK && !w.floor_seen)
		st = ak_fail(err, AK_NO_TRUSTED_SIG, "trust.keyset", 0,
		             "the keyset chain does not pass through the record the trust file names");
	if (st == AK_OK)
		st = note_operators(j, &w, UINT64_MAX, err);
	ak_authority_free(&w.authority);
	ak_leaves_clear(&w.leaves);
	ak_mem_free(w.seen);
	return st;
}

static ak_status check_line_by(const head *h, const ak_pubkey *key, const char *missing, ak_error *err)
{
	ak_span rest = h->note.sigs, origin = ak_span_str(h->at.origin);
	ak_note_line l;
	uint8_t raw[32], id[4];

	if (!ak_pubkey_raw_ed25519(key, raw))
		return ak_fail(err, AK_INTERNAL, h->signature_place, 0, "the operator key is not Ed25519");
	ak_note_key_id(origin, AK_NOTE_ED25519, raw, ak_sha256, id);
	while (ak_note_next(&rest, &l)) {
		ak_status st;

		if (!ak_span_eq(l.name, origin) || memcmp(l.key_id, id, 4) != 0)
			continue;
		st = ak_pubkey_check(key, h->note.text, (ak_span){ l.blob, l.blob_len }, err);
		if (st == AK_BAD_SIGNATURE)
			return ak_fail(err, AK_BAD_SIGNATURE, h->signature_place, h->at.size,
			               "the operator's signature does not verify");
		return st;
	}
	return ak_fail(err, AK_NO_TRUSTED_SIG, h->signature_place, h->at.size, "%s", missing);
}

static ak_status check_signature(const head *h, ak_error *err)
{
	ak_status st = check_line_by(h, h->operator_key, "no signature by the operator key in force", err);

	return st == AK_OK && h->before_key != NULL ? check_line_by(h, h->before_key, "the operator before the rotation has not signed", err) : st;
}

static ak_status check_signatures(const judging *j, ak_error *err)
{
	ak_status st = check_signature(&j->old, err);

	if (st == AK_OK)
		st = check_signature(&j->new, err);
	return st == AK_OK && j->top == &j->other ? check_signature(&j->other, err) : st;
}

/* ---- what the proofs show ------------------------------------------------------------------------------------ */

static ak_status leads(const ak_checkpoint *from, const ak_digest *root, const ak_checkpoint *to, const ak_tree_proof *p,
                       ak_error *err)
{
	return ak_tree_check_consistency(from->size, root, to->size, &to->root, p, err);
}

static ak_status check_fork(const judging *j, ak_error *err)
{
	const ak_consistency *c = j->c;
	const head *h = c->fork == AK_FORK_OLD ? &j->old : &j->new;

	if (ak_digest_eq(&h->at.root, &c->fork_root))
		return ak_fail(err, AK_BAD_FORMAT, "consistency.fork", h->at.size, "both roots are the same: that is no fork");
	return leads(&h->at, &c->fork_root, &j->top->at, &c->fork_proof, err);
}

static ak_status check_proofs(const judging *j, ak_error *err)
{
	const ak_consistency *c = j->c;
	ak_status st = AK_OK;

	if (c->fork == AK_FORK_NONE)
		st = leads(&j->old.at, &j->old.at.root, &j->new.at, &c->proof, err);
	if (st == AK_OK && c->fork != AK_FORK_NEW && j->top == &j->other)
		st = leads(&j->new.at, &j->new.at.root, &j->top->at, &c->to_head, err);
	return st == AK_OK && c->fork != AK_FORK_NONE ? check_fork(j, err) : st;
}

ak_status ak_consistency_judge(const ak_consistency *c, const ak_trust *trust, const ak_profile *core,
                               ak_continuity_found *out, ak_error *err)
{
	judging j = { .c = c, .trust = trust, .core = core };
	ak_status st = read_notes(&j, err);

	if (st == AK_OK)
		st = check_last(&j, err);
	if (st == AK_OK)
		st = check_leaves(&j, err);
	if (st == AK_OK)
		st = check_keysets(&j, err);
	if (st == AK_OK)
		st = check_signatures(&j, err);
	if (st == AK_OK)
		st = check_proofs(&j, err);
	if (st == AK_OK)
		*out = (ak_continuity_found){ .old = j.old.at, .new = j.new.at, .head = j.top->at };
	ak_pubkey_free(&j.old.operator_key);
	ak_pubkey_free(&j.old.before_key);
	ak_pubkey_free(&j.new.operator_key);
	ak_pubkey_free(&j.new.before_key);
	ak_pubkey_free(&j.other.operator_key);
	ak_pubkey_free(&j.other.before_key);
	return st;
}
