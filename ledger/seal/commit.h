/* SPDX-License-Identifier: Apache-2.0 */
/* commit.h - one commit of the ledger, from a head in memory to the ref that has moved (internal to seal/)
 *
 * What sealing and cosigning share: the operator's memory is read and a dead writer's commit finished (ak_commit_recover, recover.c);
 * then what is not signed is staged, the new head is remembered durably, what is signed follows, and the ref is moved by
 * compare-and-swap (ak_commit_publish).  The caller holds the ledger's lock throughout (taken first), and its books are in step.
 */
#ifndef AK_SEAL_COMMIT_H
#define AK_SEAL_COMMIT_H

#include "crypto/key.h"
#include "seal/books.h"
#include "seal/remote.h"
#include "seal/state.h"

typedef struct ak_commit_job {
	ak_books *b;
	const ak_seckey *key;     /* the operator's */
	const char *state_path;
	const ak_seckey *old_key; /* the operator's before a rotation; NULL: none at hand */
	const char *old_state_path; /* its memory; NULL or the same path: one for both */
	bool old_signs;           /* this head is a rotation's: the old key signs it too */
	bool adopt_head;          /* no state file yet: accept the head as it is */
	bool known;               /* there was a memory, with an old key that one's */
	ak_sign_state state;      /* as read, then as it will be; owned */
	ak_lock *lock, *old_lock; /* on the state files, from recover to clear; owned */
	ak_git_remote remote;     /* where the commit point is; url "": here */
	ak_checkpoint checkpoint; /* the head to be */
} ak_commit_job;

void ak_commit_job_clear(ak_commit_job *j); /* lets the lock go */

/* Meet the remote (remote.h); take the lock on the memory, read it, compare it with the repository, and finish exactly the commit that a dead writer
 * remembered.  Two copies of a ledger have a lock each, but one operator: between reading the memory and publishing, nobody
 * else may sign with it (DESIGN 3.5).  AK_LOCKED when another process keeps it. */
AK_MUST_USE ak_status ak_commit_recover(ak_commit_job *j, ak_error *err);
/* What this key signs of a commit. */
AK_MUST_USE ak_status ak_commit_sign(const ak_seckey *key, ak_span commit, ak_buf *armor, ak_error *err);
/* j->state becomes the memory of every key that signs this head, durably: the old key's first. */
AK_MUST_USE ak_status ak_commit_remember(const ak_commit_job *j, ak_error *err);
/* The one instant at which the ledger changes (S1, S2): with a remote, there (R1); the head here follows. */
AK_MUST_USE ak_status ak_commit_move(ak_commit_job *j, const char *was, const char *id, ak_error *err);
/* A key without memory signs nothing on a ledger that has records, unless it is told to adopt the head. */
AK_MUST_USE ak_status ak_commit_check_memory(const ak_commit_job *j, ak_error *err);
/* Is this the operator key in force?  (NULL: there is none yet.) */
AK_MUST_USE ak_status ak_commit_check_operator(const ak_commit_job *j, const ak_pubkey *in_force, ak_error *err);
/* The end of every commit message: "size <size>\nroot <root>\n". */
AK_MUST_USE ak_status ak_commit_message_end(const ak_checkpoint *c, ak_buf *out, ak_error *err);
/* `c` has records, checkpoint, papers, message and time; people and signer are filled in here.  The head's id moves on in
 * b->state; the books are out of step until they are synced. */
AK_MUST_USE ak_status ak_commit_publish(ak_commit_job *j, ak_change *c, ak_error *err);

#endif
