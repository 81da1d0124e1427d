/* SPDX-License-Identifier: Apache-2.0 */
/* git.h - the ledger in a bare git repository (internal; libgit2 behind this door only)
 *
 * HEAD -> refs/heads/main; tree of every commit:
 *     checkpoint            the signed note
 *     README.md             written with the first commit
 *     records/00/01/23/40/67.jsonl   record 1234067: ten decimal digits in pairs
 *     trust                 a convenience copy of a trust file
 * Objects are made durable (fsync) before the ref moves by compare-and-swap.  Author = committer, UTC (+0000).
 * Strict object creation and hash verification are on.  libgit2's transports are never used (git_remote.h).  SHA-1 is transport only.
 *
 * libgit2's options are one set per process: opening sets them (no configuration but the repository's own, fsync,
 * strict checks, no cache).  One ak_git is used by one thread at a time, and no two threads open, create or free at once.
 * Loose objects do not go through libgit2; see git_inflate.c and git_loose.c.
 */
#ifndef AK_STORE_GIT_H
#define AK_STORE_GIT_H

#include "store/store.h"

typedef struct ak_git ak_git;

/* Create a bare repository (AK_INVALID_ARGUMENT if `path` exists and is not an empty folder).
 * Sets core.fsync-safe configuration, refuses non-fast-forward and deletes: receive.denyNonFastForwards,
 * receive.denyDeletes, transfer.fsckObjects, gc.auto=0 left to the operator. */
AK_MUST_USE ak_status ak_git_create(const char *path, ak_git **out, ak_error *err);
/* Open `path` itself: a bare repository, or the .git folder of a clone, or a work tree. Never searches upwards.
 * AK_NOT_FOUND: no repository.  AK_BAD_FORMAT: HEAD is not refs/heads/main ("git.HEAD"), or a pack is damaged ("git.pack").
 * AK_UNKNOWN_VERSION: SHA-256.  AK_NOT_HELD: objects borrowed from elsewhere ("git.alternates"), or a multi-pack-index.
 * AK_IO: another user's ("git.owner"), or unreadable.  Sealing beside a work tree is refused by stage ("git.bare"). */
AK_MUST_USE ak_status ak_git_open(const char *path, ak_git **out, ak_error *err);
void ak_git_free(ak_git **g);
ak_store ak_git_port(ak_git *g);
const char *ak_git_dir(const ak_git *g); /* the git directory, with final '/' */

/* "records/00/01/23/40/67.jsonl"; seq < 10^10. */
void ak_git_record_path(uint64_t seq, char out[40]);

/* Append the commit object that sealing writes for message, name, email and time of *c (FORMAT 11.4), byte for byte.  `tree` is 40 hex,
 * `parent` too or ""; without `armor`: what is signed. */
AK_MUST_USE ak_status ak_git_commit_format(const ak_change *c, const char *tree, const char *parent, ak_span armor, ak_buf *out,
                                           ak_error *err);

/* One commit as audit sees it. Spans are valid during the callback. */
typedef struct ak_git_commit {
	const char *id, *tree; /* 40 hex */
	const char *parent;    /* 40 hex or "" */
	size_t n_parents;
	ak_span raw;          /* the commit object's bytes as stored                       */
	ak_span signed_bytes; /* what the signature covers (raw without gpgsig); empty if unsigned */
	ak_span signature;    /* armored; empty if unsigned                                */
	ak_buf checkpoint;    /* owned by the walker: contents of `checkpoint`; empty when there is no such file */
	bool long_checkpoint; /* it is over AK_CHECKPOINT_MAX, and was not read            */
	uint64_t first_seq;   /* records added against the parent: first_seq .. +n_added-1 */
	uint64_t n_added;
	bool only_expected_changes; /* false: something else changed, was removed or has a wrong mode;  */
	char unexpected[256];       /* ... its path                                         */
} ak_git_commit;
typedef ak_status ak_git_commit_fn(void *ctx, const ak_git_commit *c, ak_error *err);
/* From the first commit to `head`, oldest first, first parents only (n_parents tells of merges).  Expected are: the
 * checkpoint, always added or changed; records that follow those before, plain files; README.md and trust added or
 * changed, which are read.  A second gpgsig header is "unexpected" too.  Of a commit only tree and parents are taken apart:
 * compare `raw`.  What ends the walk: a commit without readable tree and parents (AK_BAD_FORMAT, "git.commit"), a tree that is
 * not of git's form ("git.tree"), an object of another kind, or missing (AK_IO); a commit, tree, README.md or trust over 1 MiB
 * (AK_LIMIT, "git.commit", "git.tree", "git.file").  Shallow clone: AK_NOT_HELD, "git.shallow".
 * In `unexpected` everything but printing ASCII is '?'. */
AK_MUST_USE ak_status ak_git_walk(ak_git *g, const ak_head *head, ak_git_commit_fn *fn, void *ctx, ak_error *err);

/* The checkpoint of each commit from `head` back to the first, first parents only, until fn clears *more.  A shallow clone is taken
 * as far as it goes: AK_NOT_FOUND where it is cut. */
typedef ak_status ak_git_note_fn(void *ctx, ak_span note, bool *more, ak_error *err);
AK_MUST_USE ak_status ak_git_each_note(ak_git *g, const ak_head *head, ak_git_note_fn *fn, void *ctx, ak_error *err);

/* refs/heads/main as 40 hex digits, or "" when it does not exist. */
AK_MUST_USE ak_status ak_git_tip(ak_git *g, char id[AK_STORE_ID_MAX + 1], ak_error *err);

/* Read a small file of the head's tree (checkpoint, README.md, trust).  AK_NOT_FOUND when absent. */
AK_MUST_USE ak_status ak_git_file(ak_git *g, const ak_head *at, const char *path, size_t max, ak_buf *out, ak_error *err);

/* For a repository that has no head yet: what is staged from now on is durable only when ak_git_begin has returned AK_OK; each file and folder is synced once, then. */
void ak_git_sync_later(ak_git *g);
/* Give such a repository this one, staged there with all its history: AK_CONFLICT when it has one. */
AK_MUST_USE ak_status ak_git_begin(ak_git *g, const char *id, ak_error *err);

/* Sequential reading of records [first, end) of `at`, cheaper than one lookup each. */
typedef ak_status ak_git_record_fn(void *ctx, uint64_t seq, ak_span bytes, ak_error *err);
AK_MUST_USE ak_status ak_git_each_record(ak_git *g, const ak_head *at, uint64_t first, uint64_t end,
                                         ak_git_record_fn *fn, void *ctx, ak_error *err);

#endif
