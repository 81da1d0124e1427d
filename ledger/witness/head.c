/* SPDX-License-Identifier: Apache-2.0 */
/* What a witness looks at in the head: that it continues what was cosigned, and who signed it. */
#include "witness/watch.h"

#include "base/fail.h"
#include "base/text.h"
#include "verify/cosignature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- history ------------------------------------------------------------------------------------------------- */

static ak_status id_in_ledger(const ak_watch *w, uint64_t seq, ak_digest *id, ak_error *err)
{
	ak_lines lines;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_record(w->b, seq, &file, err);
	if (st == AK_OK)
		st = ak_record_split(ak_buf_span(&file), &lines, err);
	if (st == AK_OK)
		ak_tree_leaf(lines.header, id);
	ak_buf_clear(&file);
	return st;
}

static bool is_remembered(const ak_watch *w, uint64_t seq)
{
	ak_index_record r;
	ak_digest id;

	return ak_index_by_seq(w->b->index, seq, &r, NULL) == AK_OK && id_in_ledger(w, seq, &id, NULL) == AK_OK &&
	       ak_digest_eq(&id, &r.id);
}

/* The first record that is not the one remembered.  Each header names the one before it, so what differs once differs from
 * there on; where a liar breaks even that, any record that differs will do. */
static void find_difference(ak_watch *w)
{
	uint64_t size = w->b->state.size < w->b->checkpoint.size ? w->b->state.size : w->b->checkpoint.size;
	uint64_t low = 0, high = size;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (is_remembered(w, middle))
			low = middle + 1;
		else
			high = middle;
	}
	w->at = low < size ? (int64_t)low : -1;
}

static ak_status signed_by(ak_span text, ak_span sigs, ak_span origin, const uint8_t key[32], bool *yes, ak_error *err)
{
	ak_note_line l;
	ak_status st = AK_OK;

	while (!*yes && ak_note_next(&sigs, &l)) {
		st = ak_operator_line_check(text, origin, &l, key, err);
		*yes = st == AK_OK;
		if (st != AK_OK && st != AK_BAD_SIGNATURE)
			return st;
	}
	return AK_OK;
}

ak_status ak_watch_forked(ak_watch *w, const char *detail, ak_error *err)
{
	const ak_checkpoint *c = &w->b->checkpoint;
	bool yes = false;
	ak_note note;
	ak_status st = ak_note_parse(ak_buf_span(&w->b->head.checkpoint), &note, err);

	if (st == AK_OK)
		st = signed_by(note.text, note.sigs, ak_span_str(c->origin), w->was.operator_key, &yes, err);
	if (st == AK_OK && w->ask->trust != NULL)
		st = signed_by(note.text, note.sigs, ak_span_str(c->origin), w->ask->trust->log.key, &yes, err);
	if (st != AK_OK)
		return st;
	w->duty = yes ? "history" : "operator";
	w->forked = yes;
	if (!yes)
		return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", c->size,
		               "another history than the one cosigned, and not signed by the operator of that one");
	(void)ak_digest_mismatch(err, AK_FORK, "checkpoint.root", c->size, &w->was.checkpoint.root, &c->root);
	if (err != NULL)
		(void)snprintf(err->detail, sizeof(err->detail),
			       "%" PRIu64 " records were cosigned, the ledger has %" PRIu64 ": %s", w->was.checkpoint.size,
			       c->size, detail);
	return AK_FORK;
}

ak_status ak_watch_history(ak_watch *w, ak_error *err)
{
	const ak_checkpoint *was = &w->was.checkpoint, *now = &w->b->checkpoint;
	ak_digest id;
	ak_status st;

	w->duty = "history";
	if (!w->was.known)
		return AK_OK;
	if (now->size < was->size) {
		find_difference(w);
		return ak_watch_forked(w, "it is an old copy, or records were taken away", err);
	}
	if (now->size == was->size && !ak_digest_eq(&now->root, &was->root)) {
		find_difference(w);
		return ak_watch_forked(w, "two heads of one size, history was rewritten", err);
	}
	if (w->anew || was->size == 0)
		return AK_OK; /* told when the replay comes to that size */
	st = id_in_ledger(w, was->size - 1, &id, err);
	if (st != AK_OK || ak_digest_eq(&id, &w->b->state.last_record_id))
		return st;
	find_difference(w);
	return ak_watch_forked(w, "it has grown out of another history", err);
}

/* ---- the head itself --------------------------------------------------------------------------------------------- */

static ak_status check_tree(ak_watch *w, ak_error *err)
{
	const ak_checkpoint *c = &w->b->checkpoint;
	ak_digest root;

	w->duty = "tree";
	if (w->b->state.size != c->size)
		return ak_fail(err, AK_TREE_MISMATCH, "checkpoint.size", c->size, "the records are not as many as the head says");
	ak_frontier_root(&w->b->state.frontier, &root);
	return ak_digest_eq(&root, &c->root) ? AK_OK
	       : ak_digest_mismatch(err, AK_TREE_MISMATCH, "checkpoint.root", c->size, &root, &c->root);
}

/* First the operator's line; then, when the newest record brought this operator in, that of the one before (FORMAT 9.2). */
static ak_status check_lines(ak_watch *w, ak_error *err)
{
	const ak_checkpoint *c = &w->b->checkpoint;
	const size_t want = w->rotated_by != 0 && w->rotated_by + 1 == c->size ? 2 : 1;
	ak_span origin = ak_span_str(c->origin), rest;
	ak_note note;
	ak_note_line l;
	size_t n = 0;
	ak_status st = ak_note_parse(ak_buf_span(&w->b->head.checkpoint), &note, err);

	if (st != AK_OK)
		return st;
	rest = note.sigs;
	for (; st == AK_OK && ak_note_next(&rest, &l); n++) {
		if (n < want)
			st = ak_operator_line_check(note.text, origin, &l, n == 0 ? w->operator_key : w->old_operator_key, err);
		else if (ak_span_eq(l.name, origin))
			st = ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", c->size,
			             "the head has a line in the ledger's name that is none of its operator's");
	}
	if (st == AK_BAD_SIGNATURE || (st == AK_OK && n < want))
		st = ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", c->size,
		             "the head is not signed by the operator key in force");
	return st;
}

static ak_status check_operator(ak_watch *w, ak_error *err)
{
	const ak_trust *trust = w->ask->trust;

	w->duty = "operator";
	if (!w->has_operator)
		return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", w->b->checkpoint.size, "no keyset stands");
	if (trust != NULL && !w->log_seen)
		return ak_fail(err, AK_NO_TRUSTED_SIG, "trust.log", 0, "the log key is no operator key of this ledger");
	if (trust != NULL && trust->has_keyset && !w->floor_seen)
		return ak_fail(err, AK_NO_TRUSTED_SIG, "trust.keyset", 0, "the keyset chain does not contain the one named");
	return check_lines(w, err);
}

/* ---- the witness itself ------------------------------------------------------------------------------------------- */

/* A record that speaks of the key: did the key sign it? */
static ak_status check_own_record(ak_watch *w, uint64_t seq, const ak_pubkey *own, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	bool good = false;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_record(w->b, seq, &file, err);
	if (st == AK_OK)
		st = ak_sealed_parse_erased(ak_buf_span(&file), &s, err);
	if (st == AK_OK)
		st = ak_sealed_signed_by(&s, own, &good, err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	if (st != AK_OK || !good)
		return st;
	w->at = (int64_t)seq;
	return ak_fail(err, AK_KEY_REUSED, "witness.key", seq,
		       "the witness's key signs records of this ledger: it must do nothing else");
}

/* Its key does nothing else.  Being named in a record proves nothing, or anybody could silence a witness by naming it. */
static ak_status check_not_a_party(ak_watch *w, const ak_pubkey *own, ak_error *err)
{
	char subject[16 + 2 * AK_DIGEST_LEN] = "akashi/key:";
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st;

	ak_hex_encode(ak_pubkey_id(own)->b, AK_DIGEST_LEN, subject + strlen(subject));
	st = ak_index_about(w->b->index, ak_span_str(subject), &seqs, &n, err);
	if (st == AK_NOT_FOUND)
		st = AK_OK;
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = check_own_record(w, seqs[i], own, err);
	ak_mem_free(seqs);
	return st;
}

static ak_status check_key(ak_watch *w, ak_error *err)
{
	const ak_pubkey *own = ak_seckey_public(w->ask->key), *beat = ak_authority_heartbeat(w->authority);

	w->duty = "key";
	if (w->ask->heartbeat)
		return beat != NULL && ak_digest_eq(ak_pubkey_id(beat), ak_pubkey_id(own))
			       ? AK_OK
			       : ak_fail(err, AK_NOT_AUTHORISED, "witness.key", 0,
					 "this is not the heartbeat key of the keyset in force");
	if (ak_authority_key(w->authority, ak_pubkey_id(own)) != NULL)
		return ak_fail(err, AK_KEY_REUSED, "witness.key", 0,
			       "the witness's key is one of this ledger's keyset: it must do nothing else");
	return check_not_a_party(w, own, err);
}

ak_status ak_watch_head(ak_watch *w, ak_error *err)
{
	ak_status st = check_tree(w, err);

	if (st == AK_OK)
		st = check_operator(w, err);
	if (st == AK_OK)
		st = check_key(w, err);
	if (st == AK_OK && w->was.known && w->now < w->was.time) {
		w->duty = "time";
		st = ak_fail(err, AK_CLOCK, "clock", 0, "this machine's clock is before the last cosignature: set the clock");
	}
	return st;
}
