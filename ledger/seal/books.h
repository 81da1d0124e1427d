/* SPDX-License-Identifier: Apache-2.0 */
/* books.h - a ledger open: the git repository, its head, and the index kept in step (internal)
 *
 * The index is a cache.  ak_books_sync brings it to the head and checks it there: the tree root it computes must be the signed
 * one, and its map root must be what the newest header commits to; otherwise it is rebuilt from the records, and if that
 * does not agree either the ledger is damaged.  Deleting the index changes no answer (S5).
 */
#ifndef AK_SEAL_BOOKS_H
#define AK_SEAL_BOOKS_H

#include "held/shipped.h"
#include "model/checkpoint.h"
#include "model/profile.h"
#include "store/durable.h"
#include "store/git.h"
#include "store/index.h"
#include "verify/admit.h"
#include "verify/authority.h"
#include "verify/evidence.h"

typedef struct ak_books {
	ak_git *git;
	ak_index *index;
	ak_head head;
	ak_checkpoint checkpoint;  /* of the head; size 0 when never written */
	ak_index_state state;      /* of the index, in step after sync       */
	ak_digest genesis;
	ak_profile core;           /* the core package                       */
	ak_map *map;               /* at b->state, nodes from the index      */
	ak_source source;          /* for closures; ctx is this              */
	bool index_fresh;          /* was rebuilt during this sync           */
	bool writer;               /* the caller holds the ledger's lock     */
} ak_books;

AK_MUST_USE ak_status ak_books_open(const char *path, ak_books **out, ak_error *err);
/* `git` is taken over, also on failure. */
AK_MUST_USE ak_status ak_books_from_git(ak_git *git, ak_books **out, ak_error *err);
/* With an index of the caller's own, neither synced nor looked at: for who brings it to the head itself and judges every record
 * on the way (witness/).  b->state is the index's; head and map are not read yet. */
AK_MUST_USE ak_status ak_books_open_apart(const char *path, const char *index_path, ak_books **out, ak_error *err);
void ak_books_free(ak_books **b);
/* Read the head and its checkpoint; the index stays where it is. */
AK_MUST_USE ak_status ak_books_read_head(ak_books *b, ak_error *err);
/* Read the head again and bring the index to it.  From then on the index is read as it is at that moment, also while other
 * processes write.  An index that cannot be brought there is made anew: in its file by whoever holds the ledger's lock,
 * else in memory, for this process alone. */
AK_MUST_USE ak_status ak_books_sync(ak_books *b, ak_error *err);
/* Throw the index away and build it anew (an answer drawn from it did not hold). */
AK_MUST_USE ak_status ak_books_rebuild(ak_books *b, ak_error *err);

/* Leave the shared index to others and go on with one in memory. */
AK_MUST_USE ak_status ak_books_detach(ak_books *b, ak_error *err);
/* Take the ledger's lock; AK_LOCKED when another process has it after wait_ms. */
AK_MUST_USE ak_status ak_books_lock(ak_books *b, unsigned wait_ms, ak_lock **out, ak_error *err);

/* One record's file. */
AK_MUST_USE ak_status ak_books_record(ak_books *b, uint64_t seq, ak_buf *out, ak_error *err);
/* The same taken apart.  `file`, empty, is the caller's and has to outlive *out, which borrows from it; both are cleared by the caller.
 * out->erased: one that was erased, and whose erasure the books have seen. */
AK_MUST_USE ak_status ak_books_sealed(ak_books *b, uint64_t seq, ak_buf *file, ak_sealed *out, ak_error *err);
/* Is every record that was erased named by an authorised erasure record?  AK_CHAIN_BROKEN, "header.statement", of the first that is not. */
AK_MUST_USE ak_status ak_books_check_erased(ak_books *b, ak_error *err);
/* "#12", "12", "sha256:…" or an unambiguous prefix of at least 8 hex digits of an id. */
AK_MUST_USE ak_status ak_books_resolve(ak_books *b, ak_span name, uint64_t *seq, ak_digest *id, ak_error *err);

/* Put what the index keeps about a record whose subjects b->map has taken in already; frontier and last record in b->state
 * move on.  Within an index transaction. */
AK_MUST_USE ak_status ak_books_enter(ak_books *b, const ak_sealed *r, ak_error *err);
/* The records before `before`, as the index knows them; ctx of the ak_past is a place of the caller. */
typedef struct ak_books_past {
	ak_books *b;
	uint64_t before;
} ak_books_past;
ak_past ak_books_past_of(ak_books_past *ctx);
/* Open b->map anew at b->state. */
AK_MUST_USE ak_status ak_books_open_map(ak_books *b, ak_error *err);
/* Move the subjects of a record on by one step: the map root after it is what its header commits to. */
AK_MUST_USE ak_status ak_map_step(ak_map *map, const ak_statement *s, uint64_t seq, int64_t time,
                                  const ak_digest *statement, const ak_digest *signatures, ak_error *err);

/* An engine fed with all that judging signatures by these keys needs (NULL keys: all parties of the ledger); records that may not
 * stand are left without effect. Checked against the map. */
AK_MUST_USE ak_status ak_books_authority(ak_books *b, const ak_digest *keyids, size_t n_keys, const ak_span *subjects,
                                         size_t n_subjects, ak_authority **out, ak_error *err);

/* The engine as it stood before record `before` (all keys, parties, profiles until then), with what the root threshold revoked since,
 * also reaching back: for judging that record as known when the ledger had `known_at` records; 0: now. */
AK_MUST_USE ak_status ak_books_authority_as_known(ak_books *b, uint64_t before, uint64_t known_at, ak_authority **out, ak_error *err);
/* Let one more record take effect in such an engine: the next one, or any that is no core type. */
AK_MUST_USE ak_status ak_books_feed(ak_books *b, ak_authority *a, ak_span file, ak_error *err);

/* How a sealed record stands in an engine that is at its place: void when it may not stand there, else as its signatures give. */
AK_MUST_USE ak_status ak_books_judge(ak_books *b, ak_authority *a, ak_sealed *s, ak_judgement *j, ak_error *err);

#endif
