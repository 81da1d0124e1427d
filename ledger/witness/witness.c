/* SPDX-License-Identifier: Apache-2.0 */
#include "witness/witness.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/note.h"
#include "crypto/hash.h"
#include "verify/cosignature.h"
#include "witness/watch.h"

#include <stdio.h>
#include <string.h>

enum { LOCK_WAIT_MS = 10000, NOTE_MODE = 0644 };

void ak_witness_answer_clear(ak_witness_answer *a)
{
	ak_buf_clear(&a->line);
	*a = (ak_witness_answer){ 0 };
}

static ak_status beside(const char *path, const char *tail, char out[AK_WITNESS_PATH_MAX], ak_error *err)
{
	int n = snprintf(out, AK_WITNESS_PATH_MAX, "%s%s", path, tail);

	return n > 0 && n < AK_WITNESS_PATH_MAX ? AK_OK : ak_fail(err, AK_LIMIT, "witness.state", 0, "the path is too long");
}

/* ---- before anything is looked at -------------------------------------------------------------------------------- */

/* The name that the trust file gives to this key, or NULL. */
static const char *name_in_trust(const ak_witness_ask *ask)
{
	uint8_t raw[32];

	if (ask->trust == NULL || !ak_pubkey_raw_ed25519(ak_seckey_public(ask->key), raw))
		return NULL;
	for (size_t i = 0; i < ask->trust->n_witnesses; i++) {
		if (memcmp(ask->trust->witness[i].key.key, raw, sizeof(raw)) == 0)
			return ask->trust->witness[i].key.name;
	}
	return NULL;
}

static ak_status check_ask(const ak_witness_ask *ask, char name[AK_NOTE_NAME_MAX + 1], ak_error *err)
{
	const char *known = name_in_trust(ask), *use = ask->name != NULL ? ask->name : known;

	if (ak_pubkey_alg(ak_seckey_public(ask->key)) != AK_KEY_ED25519)
		return ak_fail(err, AK_WEAK_KEY, "witness.key", 0, "a key that cosigns must be Ed25519");
	if (ask->heartbeat)
		return AK_OK; /* its name follows from the ledger's */
	if (ask->trust == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "witness.trust", 0, "a witness needs a trust file of its own");
	if (use == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "witness.name", 0,
			       "the trust file does not name this key: give its name");
	if (!ak_note_name_valid(ak_span_str(use)) || strcmp(use, ask->trust->log.name) == 0)
		return ak_fail(err, AK_INVALID_ARGUMENT, "witness.name", 0, "no name for a witness");
	if (known != NULL && strcmp(known, use) != 0)
		return ak_mismatch(err, AK_INVALID_ARGUMENT, "witness.name", 0, known, use);
	memcpy(name, use, strlen(use) + 1);
	return AK_OK;
}

static ak_status check_memory(const ak_watch *w, ak_error *err)
{
	const ak_trust *trust = w->ask->trust;

	if (!w->was.known && !w->ask->first)
		return ak_fail(err, AK_NOT_HELD, "witness.state", 0,
		               "this witness has no memory of what it cosigned: restore it; or, when it has never cosigned this "
		               "ledger, say that it begins");
	if (w->was.known && w->ask->first)
		return ak_fail(err, AK_INVALID_ARGUMENT, "witness.state", 0,
			       "this witness has begun already: its memory is there");
	if (!w->was.known || trust == NULL)
		return AK_OK;
	if (strcmp(w->was.checkpoint.origin, trust->log.name) != 0)
		return ak_mismatch(err, AK_WRONG_LEDGER, "witness.state", 0, trust->log.name, w->was.checkpoint.origin);
	if (!ak_digest_eq(&w->was.genesis, &trust->genesis))
		return ak_digest_mismatch(err, AK_WRONG_LEDGER, "witness.state", 0, &trust->genesis, &w->was.genesis);
	return AK_OK;
}

/* ---- looking ------------------------------------------------------------------------------------------------------- */

static ak_status check_origin(ak_watch *w, ak_error *err)
{
	const char *want = w->ask->trust != NULL ? w->ask->trust->log.name : w->was.checkpoint.origin;

	w->duty = "checkpoint";
	if (w->b->head.id[0] == '\0')
		return ak_fail(err, AK_NOT_FOUND, "ledger", 0, "the repository holds no ledger yet");
	if ((w->ask->trust != NULL || w->was.known) && strcmp(w->b->checkpoint.origin, want) != 0)
		return ak_mismatch(err, AK_WRONG_LEDGER, "checkpoint.origin", 0, want, w->b->checkpoint.origin);
	return AK_OK;
}

/* The index is at the size and root of the head cosigned last, or it is made again from the genesis. */
static ak_status settle_index(ak_watch *w, bool anew, ak_error *err)
{
	ak_books *b = w->b;
	ak_index_record first;
	ak_digest root;
	ak_status st = AK_OK;

	ak_frontier_root(&b->state.frontier, &root);
	w->anew = anew || b->state.size != w->was.checkpoint.size ||
	          (w->was.known && !ak_digest_eq(&root, &w->was.checkpoint.root));
	if (w->anew) {
		st = ak_index_reset(b->index, err);
		if (st == AK_OK)
			st = ak_index_get_state(b->index, &b->state, err);
	} else if (b->state.size != 0) {
		st = ak_index_by_seq(b->index, 0, &first, err);
		if (st == AK_OK)
			b->genesis = first.id;
	}
	return st == AK_OK ? ak_books_open_map(b, err) : st;
}

static ak_status look(ak_watch *w, bool anew, ak_error *err)
{
	const ak_authority_hooks hooks = { .held = ak_held_by_program };
	ak_status st;

	w->duty = "checkpoint";
	w->at = -1;
	w->replayed = 0;
	w->rotated_by = 0;
	w->has_operator = w->log_seen = w->floor_seen = false;
	ak_authority_free(&w->authority);
	ak_gaps_clear(&w->gaps);
	st = ak_books_read_head(w->b, err);
	if (st == AK_OK)
		st = check_origin(w, err);
	if (st == AK_OK)
		st = settle_index(w, anew, err);
	if (st == AK_OK)
		st = ak_authority_open(&w->b->core, &hooks, &w->authority, err);
	if (st == AK_OK)
		st = ak_watch_history(w, err);
	if (st == AK_OK)
		st = ak_watch_recall(w, err);
	if (st == AK_OK)
		st = ak_watch_records(w, err);
	return st == AK_OK ? ak_watch_head(w, err) : st;
}

static void drop_writing(ak_watch *w)
{
	if (w->writing)
		ak_index_rollback(w->b->index);
	w->writing = false;
}

/* Not the ledger's fault but the memory's own: an index that cannot be read, or whose map does not hang together. */
static bool is_of_index(const ak_error *e)
{
	const char *where = e->where == NULL ? "" : e->where;

	return e->status != AK_NO_MEMORY && e->status != AK_LOCKED &&
	       (strncmp(where, "index", 5) == 0 || strncmp(where, "map", 3) == 0);
}

static ak_status look_twice(ak_watch *w, ak_error *err)
{
	ak_error why = { 0 };
	ak_status st = look(w, false, &why);

	if (st != AK_OK && !w->anew && is_of_index(&why)) {
		drop_writing(w);
		st = look(w, true, &why);
	}
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}

/* ---- remembering and signing -------------------------------------------------------------------------------------- */

static ak_status commit_index(ak_watch *w, ak_error *err)
{
	ak_books *b = w->b;
	ak_status st;

	if (!w->writing)
		return AK_OK;
	st = ak_map_flush(b->map, ak_index_map_flush, b->index, err);
	if (st != AK_OK)
		return st;
	ak_map_top(b->map, &b->state.map_top);
	(void)snprintf(b->state.head_id, sizeof(b->state.head_id), "%s", b->head.id);
	st = ak_index_commit(b->index, &b->state, err);
	if (st == AK_OK)
		w->writing = false;
	return st;
}

static ak_status remember(ak_watch *w, ak_error *err)
{
	ak_witness_state next = { .known = true, .checkpoint = w->b->checkpoint, .genesis = w->b->genesis, .time = w->now,
	                          .note = w->b->head.checkpoint /* borrowed */ };
	ak_status st = commit_index(w, err);

	memcpy(next.operator_key, w->operator_key, sizeof(next.operator_key));
	return st == AK_OK ? ak_witness_state_swap(w->ask->state_path, &w->was, &next, err) : st;
}

static ak_status cosign(const ak_watch *w, ak_witness_answer *a, ak_error *err)
{
	ak_note note;
	ak_status st = ak_note_parse(ak_buf_span(&w->b->head.checkpoint), &note, err);

	ak_buf_init(&a->line, AK_NOTE_MAX);
	return st == AK_OK ? ak_cosignature_make(w->ask->key, ak_span_str(a->name), note.text, w->now, &a->line, err) : st;
}

/* Two heads that cannot both be: each in a file named by its digest, so that keeping one again changes nothing. */
static ak_status keep_note(const ak_watch *w, ak_span note, char path[AK_WITNESS_PATH_MAX], ak_error *err)
{
	char tail[40], hex[17];
	ak_digest d;
	ak_status st;

	ak_sha256(note, &d);
	ak_hex_encode(d.b, 8, hex);
	(void)snprintf(tail, sizeof(tail), ".%s.note", hex);
	st = beside(w->ask->state_path, tail, path, err);
	return st == AK_OK ? ak_durable_write(path, note, NOTE_MODE, err) : st;
}

static ak_status refuse(ak_watch *w, const ak_error *why, ak_witness_answer *a, ak_error *err)
{
	ak_status st = AK_OK;

	a->cosigned = false;
	a->duty = w->duty;
	a->seq = w->at;
	a->why = *why;
	if (w->forked) {
		st = keep_note(w, ak_buf_span(&w->was.note), a->kept[0], err);
		if (st == AK_OK)
			st = keep_note(w, ak_buf_span(&w->b->head.checkpoint), a->kept[1], err);
	}
	return st;
}

static ak_status give_name(const ak_watch *w, char name[AK_NOTE_NAME_MAX + 1], ak_error *err)
{
	int n;

	if (!w->ask->heartbeat)
		return AK_OK;
	n = snprintf(name, AK_NOTE_NAME_MAX + 1, "%s/heartbeat", w->b->checkpoint.origin);
	return n <= AK_NOTE_NAME_MAX ? AK_OK
				     : ak_fail(err, AK_LIMIT, "witness.name", 0, "the ledger's name is too long for a heartbeat");
}

/* Everything but the lock. */
static ak_status run(ak_watch *w, const char *index_path, ak_witness_answer *a, ak_error *err)
{
	ak_error why = { 0 };
	ak_status st = ak_witness_state_read(w->ask->state_path, &w->was, err);

	if (st == AK_OK)
		st = check_memory(w, err);
	if (st != AK_OK)
		return st;
	a->since = w->was.checkpoint.size;
	w->duty = "git";
	st = ak_books_open_apart(w->ask->path, index_path, &w->b, &why);
	if (st == AK_OK) {
		st = look_twice(w, &why);
		a->checkpoint = w->b->checkpoint;
		a->genesis = w->b->genesis;
	}
	a->replayed = w->replayed;
	if (ak_status_class(st) == AK_CLASS_REJECT)
		return refuse(w, &why, a, err);
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	st = give_name(w, a->name, err);
	if (st == AK_OK)
		st = remember(w, err);
	if (st == AK_OK)
		st = cosign(w, a, err);
	a->time = w->now;
	a->cosigned = st == AK_OK;
	return st;
}

ak_status ak_witness_run(const ak_witness_ask *ask, ak_witness_answer *out, ak_error *err)
{
	ak_watch w = { .ask = ask, .duty = "git", .at = -1 };
	ak_witness_answer a = { .seq = -1 };
	char index_path[AK_WITNESS_PATH_MAX], lock_path[AK_WITNESS_PATH_MAX];
	ak_lock *lock = NULL;
	ak_status st = check_ask(ask, a.name, err);

	if (st == AK_OK)
		st = beside(ask->state_path, ".db", index_path, err);
	if (st == AK_OK)
		st = beside(ask->state_path, ".lock", lock_path, err);
	if (st == AK_OK)
		st = ak_lock_take(lock_path, LOCK_WAIT_MS, &lock, err);
	if (st == AK_OK) {
		w.now = ask->clock == NULL ? ask->now : ask->clock(ask->clock_ctx);
		st = run(&w, index_path, &a, err);
	}
	if (w.b != NULL)
		drop_writing(&w);
	ak_authority_free(&w.authority);
	ak_gaps_clear(&w.gaps);
	ak_books_free(&w.b);
	ak_witness_state_clear(&w.was);
	ak_lock_release(&lock);
	if (st != AK_OK)
		ak_witness_answer_clear(&a);
	else
		*out = a;
	return st;
}
