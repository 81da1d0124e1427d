/* SPDX-License-Identifier: Apache-2.0 */
/* remote.h - the remote as the commit point (internal to seal/ and api/; DESIGN 3.5, FORMAT 11.6, adr/0026)
 *
 * With a remote, a head counts when it is there.  A writer goes through these, and dies at any instant:
 *     MET       the remote's head is ours, or continues it and was taken over      nothing signed
 *     SIGNED, STAGED  as without (seal.h)                                            old head here and there
 *     PUSHED    the remote took the new head: the commit point                      old head here, new head there
 *     PUBLISHED refs/heads/main here followed                                       new head
 * The next writer meets the remote first: a head that is there is taken over, also one of a dead writer's own; one that is not is
 * pushed again, exactly that commit (state.h).  The head here is never ahead of the remote's.
 *
 *	(R1) Nothing is acknowledged that the remote has not taken.
 *	(R2) What is taken over continues the head here, is signed by the operator key in force at its end, head and commit, and its
 *	     records give the signed root.  Before that no reference here moves.
 *	(R3) A remote that is behind, or has another history, is refused with both heads named, and nothing is signed.
 *	(R4) What was signed, staged or only remembered, is dropped only when the remote's history has gone on without it.
 */
#ifndef AK_SEAL_REMOTE_H
#define AK_SEAL_REMOTE_H

#include "seal/books.h"
#include "store/git_remote.h"

/* Before anything is signed.  The caller holds the ledger's lock and b is synced; afterwards it is so again, at the head that both
 * have.  *out: the remote, url "" when there is none.  AK_FORK, "remote.head" (behind) or "remote.history"; AK_INVALID_ARGUMENT,
 * "remote.unsaid": a clone of which nobody said where its commit point is; AK_IO as in git_remote.h. */
AK_MUST_USE ak_status ak_remote_meet(ak_books *b, ak_git_remote *out, ak_error *err);

/* Make `url` the commit point; NULL: none.  A remote that is empty or behind is brought to the head here first, one that is ahead is
 * taken over.  Takes the ledger's lock. */
AK_MUST_USE ak_status ak_remote_set(ak_books *b, const char *url, ak_error *err);

/* The head of a commit of this repository, as it says itself; nothing of it is verified. */
AK_MUST_USE ak_status ak_remote_head_size(ak_git *g, const char *id, uint64_t *size, ak_error *err);

#endif
