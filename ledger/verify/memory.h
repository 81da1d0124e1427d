/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - heads seen before, so that no later answer rests on another history (internal; DESIGN 6, Memory)
 *
 * One memory is about one ledger.  Its text is canonical JSON (FORMAT, Memory of a verifier):
 *
 *   {"akashi":"memory/1","forks":[{"a":[line…],"b":[line…],"proof"?,"root"?}…],"genesis":"sha256:…",
 *    "heads":[{"note":[line…],"root":"sha256:…","seen":"2026-…Z","size":n}…],"origin":"…"}
 *
 * heads[0] is the remembered head; the others were seen and never shown to be of one history with it.  A fork is two
 * signed notes of one size with different roots, or of two sizes and a proof that the larger is of a history with another root at the
 * size of the smaller: whoever has the operator's key can judge it without us.  No two heads are of
 * one size, and no two forks of the same two roots.
 *
 * Only heads all of whose proofs hold may be brought here: a note alone may be signed by a key that was replaced.  Pure: takes
 * text, gives text; files and locks are the caller's.
 */
#ifndef AK_VERIFY_MEMORY_H
#define AK_VERIFY_MEMORY_H

#include "chain/tree.h"
#include "model/checkpoint.h"

enum {
	AK_MEMORY_MAX = 4 * 1024 * 1024, /* bytes of the text                                           */
	AK_MEMORY_HEADS_MAX = 16,        /* with the remembered one; beyond, only the largest is kept   */
	AK_MEMORY_FORKS_MAX = 8,         /* one is enough to convict; more are not kept                 */
};

typedef enum ak_memory_outcome {
	AK_MEMORY_FIRST,       /* nothing was remembered: now this head is              */
	AK_MEMORY_SAME,        /* the remembered head                                   */
	AK_MEMORY_GROWN,       /* shown consistent with the remembered head, and kept   */
	AK_MEMORY_OLDER,       /* smaller than some head that was seen: stale           */
	AK_MEMORY_UNCONNECTED, /* larger, and no proof from the remembered size         */
	AK_MEMORY_BROKEN,      /* the proof at hand leads here from another head than the remembered one */
	AK_MEMORY_FORK,        /* same size, other root than a head that was seen       */
	AK_MEMORY_CONVICTED,   /* no fork with this head, but one that was seen before  */
} ak_memory_outcome;

typedef struct ak_memory_head {
	ak_span genesis_text;         /* "sha256:…" */
	const ak_checkpoint *checkpoint;
	ak_span note;                 /* signed note with that checkpoint */
	const ak_tree_since *since;
	int64_t now;
} ak_memory_head;

typedef struct ak_memory_answer {
	ak_memory_outcome outcome;
	uint64_t size;        /* of the head it was compared with, CONVICTED: of the fork; 0 for FIRST */
	ak_digest root;       /* FORK: of the head seen before */
	bool kept;            /* in `text`, or in the memory already; FORK, BROKEN: both notes are */
	bool changed;         /* the memory is to be replaced by `text` */
	ak_buf text;          /* owned; empty unless changed */
} ak_memory_answer;

void ak_memory_clear(ak_memory_answer *a);
/* `memory` may be empty: nothing is remembered.  AK_BAD_FORMAT (where "memory.…"): the text is not the one that is written
 * here; AK_WRONG_LEDGER: it is about another ledger; AK_UNKNOWN_VERSION. */
AK_MUST_USE ak_status ak_memory_step(ak_span memory, const ak_memory_head *head, ak_memory_answer *out, ak_error *err);
/* Size of the remembered head; 0 when nothing is remembered. */
AK_MUST_USE ak_status ak_memory_size(ak_span memory, uint64_t *size, ak_error *err);

#endif
