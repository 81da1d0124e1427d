/* SPDX-License-Identifier: Apache-2.0 */
/* state.h - what an operator key remembers of the last head it signed (internal; DESIGN 3.5)
 *
 * A small file beside the operator key, written durably before a signed head can leave the process:
 *     {"commit":"<base64>","origin":"…","published":0,"root":"sha256:…","size":12,"was":"<commit id>"}     canonical JSON
 * size and root: of the head signed last.  was and commit: the git head it was built on and the unsigned bytes of its commit,
 * so that what a writer left that died between signing and moving the ref is finished exactly.  When the file is written all that
 * head needs is durable but what carries its signatures (store.h, S7), and these can be made again (git_recover.h).
 * published: 1 once the ref has moved.  A repository at `was` that lacks the commit then is no dead writer's but a backup.
 *
 *     head is (size, root)         nothing is pending
 *     head.id is was               the writer died: finish that very commit, making again what is not there; where that cannot be, or it
 *                                  was published and is gone, AK_FORK: what was signed may exist elsewhere
 *     head larger than size        fine when (size, root) lies in its history; else AK_FORK
 *     anything else                AK_FORK: the repository is older than, or other than, what this key has signed
 *
 * A rotation is signed by two keys, and each has its file: both speak of the new head before it is written.
 *
 * Invariant (S6): of one size one head at most is ever signed in any file, whole or in parts.
 */
#ifndef AK_SEAL_STATE_H
#define AK_SEAL_STATE_H

#include "seal/books.h"

typedef struct ak_sign_state {
	bool known;                    /* the file exists */
	char origin[AK_ORIGIN_MAX + 1];
	uint64_t size;
	ak_digest root;
	char was[AK_STORE_ID_MAX + 1];
	bool published;
	ak_buf commit;                 /* owned */
} ak_sign_state;

void ak_sign_state_clear(ak_sign_state *s);
AK_MUST_USE ak_status ak_sign_state_read(const char *path, ak_sign_state *out, ak_error *err);
AK_MUST_USE ak_status ak_sign_state_write(const char *path, const ak_sign_state *s, ak_error *err);

/* The head it names is the ledger's now.  One byte changes in place: nothing can be torn, and nothing is waited for, since
 * a loss of power that takes the mark back leaves the head it speaks of. */
void ak_sign_state_published(const char *path);

/* Compare with the ledger's head (b is synced).  *pending: the state's head is not the ledger's and may have to be finished. */
AK_MUST_USE ak_status ak_sign_state_check(const ak_sign_state *s, ak_books *b, bool *pending, ak_error *err);

#endif
