/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - what the ledger needs from the place it is kept in (internal)
 *
 * A store holds records by seq (append-only) and one mutable cell, the head: a checkpoint and an
 * opaque id of the state it was read from.  A store does not parse, sign, check or decide.
 * Each implementation (mem.c, git.c) must pass tests/unit/store/test_conformance.c.
 *
 * States of one append, and what a reader finds if we die in each:
 *     READ ---> STAGED ---> PUBLISHED
 *     old head  old head,   new head
 *               plus unreferenced objects, harmless
 * (S1) The head never names anything that is not durable.
 * (S3) Nothing is ever overwritten or deleted, in success or in failure.
 * (S7) What carries the head's signatures, checkpoint and commit, is written last: when the signer of the commit is called all else
 *      is durable, and before it has returned AK_OK nothing of these two is in any file.
 */
#ifndef AK_STORE_STORE_H
#define AK_STORE_STORE_H

#include "base/bytes.h"

enum {
	AK_STORE_ID_MAX = 64,            /* characters of an opaque state id */
	AK_CHECKPOINT_MAX = 65536,       /* bytes */
	AK_RECORD_MAX = 5 * 1024 * 1024, /* bytes of a record file */
};

typedef struct ak_head {
	char id[AK_STORE_ID_MAX + 1]; /* "" for a store never written (git: commit id) */
	ak_buf checkpoint;            /* owned; empty when id is ""                    */
} ak_head;

void ak_head_clear(ak_head *h);

/* Signs the bytes of a commit; appends armored SSHSIG text without final newline.  Stores
 * without commits never call it. */
typedef struct ak_commit_signer {
	ak_status (*sign)(void *ctx, ak_span commit, ak_buf *armor, ak_error *err);
	void *ctx;
} ak_commit_signer;

typedef struct ak_change {
	uint64_t first_seq;      /* seq of records[0]                                 */
	const ak_span *records;  /* complete record files; may be none (cosignatures) */
	size_t n_records;
	ak_span checkpoint;      /* the new head                                      */
	ak_span readme, trust;   /* convenience files; empty: keep what is there      */
	const char *message;     /* commit message, ends in newline                   */
	const char *name, *email; /* author and committer                             */
	int64_t time;            /* author and committer date, UTC                    */
	ak_commit_signer signer;
} ak_change;

typedef struct ak_store_ops {
	/* Read the head.  *out must be { 0 } or cleared. */
	ak_status (*head)(void *ctx, ak_head *out, ak_error *err);
	/* Append record `seq` of the state `at` to *out.  AK_NOT_FOUND: that state has no such file. */
	ak_status (*record)(void *ctx, const ak_head *at, uint64_t seq, ak_buf *out, ak_error *err);
	/* Write everything `change` needs on top of `was`.  When this returns AK_OK it survives power
	 * loss, and is still invisible.  new_id names the staged state. */
	ak_status (*stage)(void *ctx, const ak_head *was, const ak_change *change,
	                   char new_id[AK_STORE_ID_MAX + 1], ak_error *err);
	/* If the head's id still equals `was_id` ("" = never written), make it new_id, durably and at once;
	 * otherwise AK_CONFLICT and nothing changes.  The only commit point.  After any other error the head
	 * is re-read inside, and AK_OK is returned when it is new_id; AK_IO means it is not. */
	ak_status (*publish)(void *ctx, const char *was_id, const char *new_id, ak_error *err);
} ak_store_ops;

/* Borrowed: whoever opened the store closes it, after the last use. */
typedef struct ak_store {
	const ak_store_ops *ops;
	void *ctx;
} ak_store;

/* An in-memory store, for tests. */
typedef struct ak_mem_store ak_mem_store;
AK_MUST_USE ak_status ak_mem_store_open(ak_mem_store **out, ak_error *err);
void ak_mem_store_free(ak_mem_store **s);
ak_store ak_mem_store_port(ak_mem_store *s);

#endif
