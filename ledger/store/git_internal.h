/* SPDX-License-Identifier: Apache-2.0 */
/* git_internal.h - what the git_*.c files share (internal to the store)
 *
 * libgit2 opens repositories, reads and builds packs, and keeps references and configuration.  Loose objects
 * are read and written by our own code (git_inflate.c and git_loose.c say why), and trees and commits are taken
 * apart and put together here, so that what is read has a ceiling and has one form only.
 */
#ifndef AK_STORE_GIT_INTERNAL_H
#define AK_STORE_GIT_INTERNAL_H

#include "store/git.h"

#include <git2.h>

#define AK_GIT_REF "refs/heads/main"

enum {
	AK_GIT_TREE_MAX = 1 << 20,   /* bytes of a tree object; ours stay under 5,000  */
	AK_GIT_COMMIT_MAX = 1 << 20, /* bytes of a commit object                       */
	AK_GIT_PAPER_MAX = 1 << 20,  /* bytes of README.md or trust                    */
	AK_GIT_LEVELS = 6,           /* root, records, and four folders of digit pairs */
	AK_GIT_LOOSE_MAX = 8,        /* records in one change that go into loose objects; more make a pack */
	AK_GIT_MODE_TREE = 040000,
	AK_GIT_MODE_FILE = 0100644,
};

/* An object read: its bytes, and whoever owns them. */
typedef struct ak_git_object {
	ak_span bytes;
	ak_buf loose;
	git_odb_object *packed;
} ak_git_object;

/* The trees on the way to the record read last, so that the next one costs one lookup. */
typedef struct ak_git_path {
	char commit[AK_STORE_ID_MAX + 1]; /* "" when nothing is kept */
	git_oid root;
	git_oid id[AK_GIT_LEVELS];
	ak_git_object tree[AK_GIT_LEVELS];
	bool held[AK_GIT_LEVELS];
	uint64_t leaf; /* seq / 100 of tree[5], or UINT64_MAX */
} ak_git_path;

struct ak_git {
	git_repository *repo;
	git_odb *odb; /* packs only */
	char *dir; /* git directory, with final '/' */
	char look_at[AK_STORE_ID_MAX + 1]; /* a commit that is read as the head; "": the reference's */
	bool sync_later; /* loose objects are synced by ak_git_sync_loose, all at once */
	ak_git_path path;
};

/* Status and text of a libgit2 failure.  `what` names the object or file. */
ak_status ak_git_fail(ak_error *err, int rc, const char *where, const char *what);

/* -- git_packs.c: fills g->odb -- */
AK_MUST_USE ak_status ak_git_open_packs(ak_git *g, ak_error *err);

/* -- git_objects.c -- */

typedef struct ak_git_item {
	uint32_t mode;
	ak_span name; /* into the tree's bytes */
	git_oid id;
} ak_git_item;

/* Read an object of this type of at most `max` bytes into *out, which is { 0 } or cleared. */
AK_MUST_USE ak_status ak_git_read(ak_git *g, const git_oid *id, git_object_t type, size_t max,
                                  const char *where, ak_git_object *out, ak_error *err);
void ak_git_object_clear(ak_git_object *o);
/* What a zlib stream holds, as far as `out` may grow; nothing may follow it. */
AK_MUST_USE ak_status ak_git_inflate(ak_span in, ak_buf *out, ak_error *err);
uint32_t ak_git_adler32(uint32_t sum, ak_span s); /* begins with 1 */
/* Take the next entry off a tree's bytes; *more = false at the end. */
AK_MUST_USE ak_status ak_git_item_next(ak_span *rest, ak_git_item *out, bool *more, ak_error *err);
/* *found = false when the tree has no such name. */
AK_MUST_USE ak_status ak_git_item_find(ak_span tree, ak_span name, ak_git_item *out, bool *found, ak_error *err);
/* The order git keeps the entries of a tree in. */
int ak_git_item_cmp(const ak_git_item *a, const ak_git_item *b);
/* The tree of a commit given as 40 hex digits. */
AK_MUST_USE ak_status ak_git_commit_tree(ak_git *g, const char *commit, git_oid *tree, ak_error *err);
AK_MUST_USE ak_status ak_git_parse_id(const char *hex, git_oid *out, ak_error *err);
/* Append a file of at most `max` bytes from the top of tree `root`; *found = false when absent. */
AK_MUST_USE ak_status ak_git_top_file(ak_git *g, const git_oid *root, const char *name, size_t max,
                                      ak_buf *out, bool *found, ak_error *err);
AK_MUST_USE ak_status ak_git_record(ak_git *g, const char *commit, uint64_t seq, ak_buf *out, ak_error *err);
/* AK_OK and *found: does this state hold record `seq`? */
AK_MUST_USE ak_status ak_git_has_record(ak_git *g, const char *commit, uint64_t seq, bool *found, ak_error *err);
void ak_git_path_clear(ak_git_path *p);

/* -- git_pending.c: objects that are to be written together -- */

typedef struct ak_git_pending_item {
	git_oid id;
	git_object_t type;
	ak_span bytes;
	bool owned;
} ak_git_pending_item;

typedef struct ak_git_pending {
	ak_git_pending_item *items;
	size_t n, cap;
} ak_git_pending;

void ak_git_pending_clear(ak_git_pending *p);
/* Borrow `bytes` until the pending set is cleared. */
AK_MUST_USE ak_status ak_git_pending_add(ak_git_pending *p, git_object_t type, ak_span bytes, git_oid *id,
                                         ak_error *err);
/* The same, taking over the bytes of *b, which is empty afterwards. */
AK_MUST_USE ak_status ak_git_pending_take(ak_git_pending *p, git_object_t type, ak_buf *b, git_oid *id,
                                          ak_error *err);
/* Write them all so that they survive power loss: as loose objects, or as one pack. */
AK_MUST_USE ak_status ak_git_write_loose(ak_git *g, const ak_git_pending *p, ak_error *err);
AK_MUST_USE ak_status ak_git_write_pack(ak_git *g, const ak_git_pending *p, ak_error *err);
/* Where ak_git_sync_later was asked for: from now on loose objects written so far survive power loss. */
AK_MUST_USE ak_status ak_git_sync_loose(ak_git *g, ak_error *err);
/* Append `head` and `body` as one zlib stream of stored blocks. */
AK_MUST_USE ak_status ak_git_store_stream(ak_span head, ak_span body, ak_buf *out, ak_error *err);
/* Remove what dead processes left in the object folder before `now`, less one hour.  Best effort. */
void ak_git_sweep(ak_git *g, int64_t now);
/* Take these loose objects away, durably, and every temporary file of ours, however young: the caller holds the ledger's lock.  One that
 * is not there is fine; AK_IO, "git.objects", for one in a pack. */
AK_MUST_USE ak_status ak_git_forget(ak_git *g, const git_oid *id, size_t n, ak_error *err);

/* -- git_stage.c, git_publish.c: the writing half of the port -- */

ak_status ak_git_stage(void *ctx, const ak_head *was, const ak_change *change,
                       char new_id[AK_STORE_ID_MAX + 1], ak_error *err);
ak_status ak_git_publish(void *ctx, const char *was_id, const char *new_id, ak_error *err);
/* The compare-and-swap alone: that new_id continues was_id is the caller's to know. */
AK_MUST_USE ak_status ak_git_move(ak_git *g, const char *was_id, const char *new_id, ak_error *err);

/* -- git_run.c -- */

/* Run argv[0], looked for in PATH, to its end, at most timeout_s seconds; stdin is empty.  What it writes is appended to *out and
 * *told (stderr), and what is over their bounds is dropped.  AK_OK: it ended, *code as a shell says it.  AK_IO: "git.run", it
 * could not be run; "remote.timeout", it was killed. */
AK_MUST_USE ak_status ak_git_run(const char *const argv[], unsigned timeout_s, ak_buf *out, ak_buf *told, int *code,
                                 ak_error *err);

/* -- git_commit.c -- */

/* Of a commit's headers what a history hangs by. */
typedef struct ak_git_headers {
	git_oid tree, parent; /* parent: the first one, when there is any */
	size_t n_parents, n_signatures;
} ak_git_headers;

/* AK_BAD_FORMAT: does not begin with tree and parents, or has more of them further down; `at` is the offset. */
AK_MUST_USE ak_status ak_git_commit_parse(ak_span raw, ak_git_headers *out, ak_error *err);
/* The first signature's text, and the commit without its signatures. */
AK_MUST_USE ak_status ak_git_commit_split(ak_span raw, ak_buf *signature, ak_buf *rest, ak_error *err);

/* -- git_diff.c -- */

/* What a commit's tree changed against its parent's. */
typedef struct ak_git_changes {
	uint64_t next;        /* in: records before this commit; out: after it */
	bool checkpoint;      /* the checkpoint was added or changed           */
	bool papers;          /* README.md or trust was                        */
	char unexpected[256]; /* path of the first other change, or ""         */
} ak_git_changes;
/* parent NULL: the first commit.  README.md and trust are read where they change; a tree out of order is AK_BAD_FORMAT, "git.tree". */
AK_MUST_USE ak_status ak_git_diff(ak_git *g, const git_oid *parent, const git_oid *tree, ak_git_changes *c,
                                  ak_error *err);

#endif
