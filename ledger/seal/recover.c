/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be done before this key signs: what it signed before, and whether that came to its end. */
#include "seal/commit.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/note.h"
#include "codec/sshsig.h"
#include "seal/head.h"
#include "store/durable.h"
#include "store/git_recover.h"

#include <inttypes.h>
#include <string.h>

enum { LOCK_WAIT_MS = 10000 };

/* ---- one memory, or two ------------------------------------------------------------------------------------ */

/* An operator key given beside the one before it, each with a memory of its own. */
static bool has_two(const ak_commit_job *j)
{
	return j->old_key != NULL && j->old_state_path != NULL && strcmp(j->old_state_path, j->state_path) != 0;
}

/* The operator's memory is shared by all copies of a ledger that this key writes. */
static ak_status lock_memory(const char *state_path, ak_lock **lock, ak_error *err)
{
	ak_buf path;
	ak_status st;

	ak_buf_init(&path, 8192);
	st = ak_buf_addf(&path, err, "%s.lock", state_path);
	if (st == AK_OK)
		st = ak_buf_add_byte(&path, '\0', err);
	if (st == AK_OK)
		st = ak_lock_take((const char *)path.data, LOCK_WAIT_MS, lock, err);
	ak_buf_clear(&path);
	return st;
}

static bool is_same_head(const ak_sign_state *a, const ak_sign_state *b)
{
	return a->size == b->size && ak_digest_eq(&a->root, &b->root);
}

/* Both memories agree with the ledger; j->state is that which has something to finish, or does not agree. */
static ak_status read_old(ak_commit_job *j, bool *pending, ak_error *err)
{
	ak_sign_state old = { 0 };
	bool old_pending = false;
	ak_status st = ak_sign_state_read(j->old_state_path, &old, err), found;

	if (st != AK_OK)
		return st;
	j->known = old.known;
	found = ak_sign_state_check(&old, j->b, &old_pending, err);
	if (found == AK_OK && *pending && old_pending && !is_same_head(&j->state, &old))
		found = ak_fail(err, AK_FORK, "operator.state", old.size,
		                "the operator key and the one before it remember different heads of what they signed last");
	if (found != AK_OK || (old_pending && !*pending)) {
		ak_sign_state swap = j->state;

		j->state = old;
		old = swap;
		*pending = old_pending;
	}
	ak_sign_state_clear(&old);
	return found;
}

static ak_status read_memory(ak_commit_job *j, bool *pending, ak_error *err)
{
	ak_status st = lock_memory(j->state_path, &j->lock, err);

	if (st == AK_OK && has_two(j))
		st = lock_memory(j->old_state_path, &j->old_lock, err);
	if (st == AK_OK)
		st = ak_sign_state_read(j->state_path, &j->state, err);
	j->known = j->state.known;
	if (st == AK_OK)
		st = ak_sign_state_check(&j->state, j->b, pending, err);
	return st == AK_OK && has_two(j) ? read_old(j, pending, err) : st;
}

/* ---- what a writer that died left ---------------------------------------------------------------------------- */

/* The commit that the memory speaks of: signing is deterministic, so its id is known; is it in the repository? */
static ak_status find_pending(const ak_commit_job *j, ak_buf *armor, char id[AK_STORE_ID_MAX + 1], bool *there, ak_error *err)
{
	ak_status st = ak_commit_sign(j->key, ak_buf_span(&j->state.commit), armor, err);

	return st == AK_OK ? ak_git_find_staged(j->b->git, ak_buf_span(&j->state.commit), ak_buf_span(armor), id, there, err) : st;
}

/* Its signed head, as it was: by this key alone, or with the one before it. */
static ak_status make_note(ak_commit_job *j, ak_buf *note, bool *same, ak_error *err)
{
	const ak_seckey *before[] = { NULL, j->old_key };
	ak_checkpoint c = { .size = j->state.size, .root = j->state.root };
	ak_status st = AK_OK;

	memcpy(c.origin, j->state.origin, sizeof(c.origin));
	*same = false;
	for (size_t i = 0; st == AK_OK && !*same && i < (j->old_key == NULL ? 1 : 2); i++) {
		note->len = 0;
		st = ak_head_note(j->key, before[i], &c, note, err);
		if (st == AK_OK)
			st = ak_git_is_checkpoint_of(j->b->git, ak_buf_span(note), ak_buf_span(&j->state.commit), same, err);
		j->old_signs = st == AK_OK && *same && before[i] != NULL;
	}
	return st;
}

/* All that carries no signature was durable before the memory was written (S7). */
static ak_status make_again(ak_commit_job *j, ak_span armor, ak_error *err)
{
	ak_buf note;
	bool same = false;
	ak_status st;

	ak_buf_init(&note, AK_NOTE_MAX);
	st = make_note(j, &note, &same, err);
	if (st == AK_OK && !same)
		st = ak_fail(err, AK_FORK, "operator.state", j->state.size,
		             "this key has signed a head of %" PRIu64 " records that cannot be finished with it in this repository: bring back the "
		             "repository as it was, or give both operator keys if one was taking the other's place; never sign over it",
		             j->state.size);
	/* A rotation may have been remembered by one of its keys only. */
	if (st == AK_OK && j->old_signs)
		st = ak_commit_remember(j, err);
	if (st == AK_OK)
		st = ak_git_write_signed(j->b->git, ak_buf_span(&note), ak_buf_span(&j->state.commit), armor, err);
	ak_buf_clear(&note);
	return st;
}

/* Looked at before the reference follows: somebody may have tidied up what nothing named yet. */
static ak_status check_whole(ak_commit_job *j, const char *id, ak_error *err)
{
	ak_books *b = j->b;
	ak_status st;

	ak_git_look_at(b->git, id);
	st = ak_books_sync(b, err);
	ak_git_look_at(b->git, "");
	if (st == AK_OK && (b->checkpoint.size != j->state.size || !ak_digest_eq(&b->checkpoint.root, &j->state.root)))
		st = ak_fail(err, AK_FORK, "operator.state", j->state.size, "the commit to be finished holds another head than this key remembers");
	if (st != AK_OK && ak_books_sync(b, NULL) != AK_OK)
		b->index_fresh = false;
	return st;
}

static ak_status finish_pending(ak_commit_job *j, ak_error *err)
{
	char id[AK_STORE_ID_MAX + 1];
	bool there = false;
	ak_buf armor;
	ak_status st;

	ak_buf_init(&armor, AK_SSHSIG_MAX);
	st = find_pending(j, &armor, id, &there, err);
	if (st == AK_OK && !there && j->state.published)
		st = ak_fail(err, AK_FORK, "operator.state", j->state.size,
		             "the repository lacks the head of %" PRIu64 " records that this key has signed and published; "
		             "bring the newer repository back, never sign over it", j->state.size);
	else if (st == AK_OK && !there)
		st = make_again(j, ak_buf_span(&armor), err);
	ak_buf_clear(&armor);
	if (st == AK_OK)
		st = check_whole(j, id, err);
	if (st == AK_OK)
		st = ak_commit_move(j, j->state.was, id, err);
	j->old_signs = false;
	return st == AK_OK ? ak_books_sync(j->b, err) : st;
}

/* ---- what another machine was first with ----------------------------------------------------------------------- */

/* Did the remote's history go on from where our commit was to stand, and without it?  It took no such commit then, and never will:
 * another machine with this key was first.  Nothing was acknowledged. */
static bool is_overtaken(const ak_commit_job *j)
{
	ak_relation how = AK_RELATION_APART;

	return j->remote.url[0] != '\0' && j->state.known && !j->state.published &&
	       strcmp(j->state.origin, j->b->checkpoint.origin) == 0 &&
	       ak_git_relate(j->b->git, j->state.was, j->b->head.id, &how, NULL) == AK_OK && how == AK_RELATION_AHEAD;
}

/* R4: all of it that is signed goes, and the head that both have is the one this key has signed last. */
static ak_status drop_overtaken(ak_commit_job *j, ak_error *err)
{
	char id[AK_STORE_ID_MAX + 1];
	bool there = false;
	ak_buf armor;
	ak_status st;

	ak_buf_init(&armor, AK_SSHSIG_MAX);
	st = find_pending(j, &armor, id, &there, err);
	ak_buf_clear(&armor);
	if (st == AK_OK)
		st = ak_git_drop_staged(j->b->git, ak_buf_span(&j->state.commit), id, err);
	if (st != AK_OK)
		return st;
	ak_sign_state_clear(&j->state);
	j->adopt_head = true;
	return AK_OK;
}

ak_status ak_commit_recover(ak_commit_job *j, ak_error *err)
{
	bool pending = false;
	ak_status st = ak_remote_meet(j->b, &j->remote, err);

	if (st == AK_OK)
		st = read_memory(j, &pending, err);
	if (st == AK_FORK && is_overtaken(j))
		return drop_overtaken(j, err);
	return st == AK_OK && pending ? finish_pending(j, err) : st;
}
