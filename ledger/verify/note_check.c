/* SPDX-License-Identifier: Apache-2.0 */
/* Who signed the head: the operator in force by the keyset chain, and which witnesses cosigned it. */
#include "verify/proof_check.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "verify/cosignature.h"
#include "verify/good_lines.h"
#include "verify/judge.h"

#include <string.h>

/* Whose line a head has to carry: the operator's and, where a rotation is its last record, that of the one before. */
typedef struct operators {
	uint8_t now[32], before[32];
	bool rotated;
} operators;

/* The watched never choose the watchers: a key of any keyset of the chain, in whatever function, is no witness of it. */
static void mark_own_witnesses(ak_proven *p, const ak_authority *a)
{
	const ak_pubkey *key;

	for (size_t k = 0; (key = ak_authority_key_at(a, k)) != NULL; k++) {
		uint8_t raw[32];

		if (!ak_pubkey_raw_ed25519(key, raw))
			continue;
		for (size_t w = 0; w < p->q->trust->n_witnesses; w++)
			p->witness_own[w] = p->witness_own[w] || memcmp(p->q->trust->witness[w].key.key, raw, sizeof(raw)) == 0;
	}
}

/* Which keys signed heads of this ledger: the keyset chain from the pinned genesis.  Bases and ids of records are taken as they say
 * they are; that they are so is shown by inclusion, which is checked next. */
static ak_status walk_keysets(ak_proven *p, ak_authority **out, operators *o, ak_error *err)
{
	const ak_authority_hooks none = { 0 };
	ak_authority *a = NULL;
	size_t tried = 0;
	bool log_seen = false, floor_seen = !p->q->trust->has_keyset;
	ak_status st = ak_authority_open(p->q->core, &none, &a, err);

	for (size_t i = 0; st == AK_OK && i < p->n_rec; i++) {
		ak_sealed *s = &p->rec[i];
		ak_judgement j;
		uint8_t raw[32];

		if (!ak_type_of_chain(s->statement.type))
			continue;
		if (++tried > AK_EVIDENCE_KEYSETS_MAX) {
			st = ak_fail(err, AK_LIMIT, "evidence.keysets", s->header.seq, "over %d records say who the operator is", AK_EVIDENCE_KEYSETS_MAX);
			break;
		}
		p->keyset_open = p->keyset_open || ak_judge_keyset_open(p, s);
		/* One that may not stand is void, whoever signed it. */
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
		if (p->q->trust->has_keyset && ak_span_is(s->statement.type, "keyset") && ak_digest_eq(&s->id, &p->q->trust->keyset))
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
	if (st != AK_OK) {
		ak_authority_free(&a);
		return st;
	}
	mark_own_witnesses(p, a);
	*out = a;
	return AK_OK;
}

/* Can this clock believe the time of a cosignature? */
static bool believed(ak_proven *p, int64_t t)
{
	if (t <= p->q->now + AK_CLOCK_SLACK_S)
		return true;
	p->ahead = t > p->ahead ? t : p->ahead;
	return false;
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
		st = ak_good_cosignature(p->q->good_lines, p->note.text, l, tw->key.key, &good, &t, err);
		if (st != AK_OK)
			return st;
		if (!good)
			return ak_fail(err, AK_BAD_SIGNATURE, "checkpoint.cosignature", 0,
			               "the line of witness %s does not verify", tw->name);
		if (p->witness_own[w])
			continue;
		if (!believed(p, t)) {
			p->n_ahead++;
		} else if (!p->witness[w] || t > p->witness_time[w]) {
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
	st = ak_good_cosignature(p->q->good_lines, p->note.text, l, raw, &good, &t, err);
	if (st == AK_OK && !good)
		return ak_fail(err, AK_BAD_SIGNATURE, "checkpoint.cosignature", 0, "the line of the heartbeat key does not verify");
	if (st == AK_OK && good && believed(p, t) && t > p->heartbeat_time)
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
	st = ak_good_operator_line(p->q->good_lines, p->note.text, origin, l, raw, err);
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

ak_status ak_prove_note(ak_proven *p, ak_error *err)
{
	ak_authority *keysets = NULL;
	operators lines = { 0 };
	ak_status st = walk_keysets(p, &keysets, &lines, err);

	if (st == AK_OK)
		st = check_note(p, keysets, &lines, err);
	ak_authority_free(&keysets);
	/* Who may sign is not known where something is missing that a keyset rests on: the closure is not there, and says so. */
	if (p->keyset_open && ak_status_class(st) == AK_CLASS_REJECT)
		return ak_fail(err, AK_NOT_FOUND, "checkpoint.keysets", 0, "the base of a keyset, or a record that it refers to, is not here");
	return st;
}
