/* SPDX-License-Identifier: Apache-2.0 */
/* audit.h - state of one audit, shared by its own files (internal) */
#ifndef AK_API_AUDIT_H
#define AK_API_AUDIT_H

#include "api/api.h"
#include "model/checkpoint.h"
#include "model/trust.h"
#include "store/git.h"
#include "verify/parallel.h"
#include "verify/replay.h"

/* A commit as the walk showed it, kept until the replay stands at its end. */
typedef struct ak_commit_copy {
	char id[41], tree[41], parent[41]; /* parent "": none */
	uint64_t first, n;
	char unexpected[256];
	ak_checkpoint checkpoint;
	ak_status no_checkpoint; /* AK_OK, or why there is none */
	ak_error why;
	ak_buf note, raw, signature, signed_bytes; /* owned */
} ak_commit_copy;

typedef struct ak_chunk_record {
	ak_buf file; /* owned */
	ak_status st;
	ak_error err;
} ak_chunk_record;

/* Records that follow each other, and the commits that end among them.  Two of these take turns: the records of one are
 * read while the signatures of the other are being verified. */
typedef struct ak_chunk {
	ak_commit_copy *commit;
	size_t n_commits;
	ak_chunk_record *record;
	ak_sealed *sealed;   /* parallel to record */
	size_t n_records;
	size_t bytes;        /* of the records */
	uint64_t first;      /* seq of record[0] */
	ak_work *verifying;  /* or NULL; ended before anything above changes */
} ak_chunk;

enum { AK_CHUNK_RECORDS = 1024, AK_CHUNK_COMMITS = 512, AK_CHUNK_BYTES = 8 << 20 };

/* A key that signed commits whose tree has a gap, and is not the operator's of their time: whether it is a later one's shows at the end. */
typedef struct ak_late_signer {
	uint8_t key[32];
	char commit[41]; /* the first that it signed */
	uint64_t first;  /* ... and its first record */
} ak_late_signer;

typedef struct ak_audit {
	const ak_audit_options *o;
	const ak_profile *core;
	const ak_trust *trust;          /* or NULL */
	char origin[AK_ORIGIN_MAX + 1];
	ak_git *git;                    /* borrowed */
	ak_head head;                   /* owned    */
	uint64_t head_size;
	ak_replay *replay;
	const struct ak_audit *earlier; /* a second pass: cutoffs come from there */

	ak_chunk chunk[2];
	ak_chunk *reading, *ahead;      /* being filled; being verified, or empty */
	bool broken;                    /* nothing after this can be judged */
	bool other;                     /* not the ledger that the trust file names: nothing was judged */
	bool unknown;                   /* for it is of a version that we do not know, and nothing before was wrong */

	uint8_t operator_key[32], old_operator_key[32]; /* in force; before a rotation at this size */
	bool has_operator, rotated;
	bool log_seen, floor_seen;      /* what the trust file names was met in the keyset chain */
	uint64_t keyset_before;         /* number of the keyset in force at the commit before */
	ak_buf last_note;               /* head of the commit before; owned */
	uint64_t total_commits, n_checked_commits, n_signatures, n_authorised;
	ak_json *errors, *voids, *changed, *skipped, *erased; /* owned */
	ak_json *unproven;              /* timestamp records whose tokens do not prove the time; owned */
	uint64_t stamped[AK_TIME_UNSOUND + 1]; /* timestamp records by ak_time_outcome */
	ak_late_signer *late;           /* owned: of commits that were written again */
	size_t n_late, cap_late;
	uint8_t *authorised;            /* one ak_audit_standing a record */
	size_t cap_authorised;
} ak_audit;

/* What the root revokes it revokes for good: how that record stood is not judged again (FORMAT 16.8). */
typedef enum ak_audit_standing { AK_AUDIT_VOID, AK_AUDIT_STANDS, AK_AUDIT_STANDS_FOR_GOOD } ak_audit_standing;

void ak_audit_clear(ak_audit *t);
void ak_chunk_clear(ak_chunk *c); /* frees it */
AK_MUST_USE ak_status ak_audit_run(ak_audit *t, ak_error *err);

/* Check a commit when the replay stands at its end; then let it be the one before. */
AK_MUST_USE ak_status ak_audit_commit(ak_audit *t, const ak_commit_copy *c, ak_error *err);
AK_MUST_USE ak_status ak_audit_commit_done(ak_audit *t, const ak_commit_copy *c, ak_error *err);

void ak_commit_copy_clear(ak_commit_copy *c);
AK_MUST_USE ak_status ak_commit_copy_take(const ak_git_commit *c, ak_commit_copy *out, ak_error *err);

/* The report (akashi/ledger.h, ak_audit_repository); `now`: the second pass, or one that is all zero. */
AK_MUST_USE ak_status ak_audit_answer(const ak_audit *t, const ak_audit *now, bool *ok, ak_text *json, ak_error *err);
/* Something is wrong: told, with its place. */
AK_MUST_USE ak_status ak_audit_problem(ak_audit *t, const ak_error *why, ak_error *err);
/* A record without effect. */
AK_MUST_USE ak_status ak_audit_void(ak_audit *t, uint64_t seq, const ak_error *why, ak_error *err);
/* How it stands, for comparing "when sealed" with "as known now". */
AK_MUST_USE ak_status ak_audit_mark(ak_audit *t, uint64_t seq, ak_audit_standing how, ak_error *err);
/* When all is replayed: is every erased record named by an erasure, and every late signer an operator?  Else a problem; fills t->erased. */
AK_MUST_USE ak_status ak_audit_erased(ak_audit *t, ak_error *err);
/* The signature of a commit; where records were erased, by the operator in force or a later one (FORMAT 11.5). */
AK_MUST_USE ak_status ak_audit_signature(ak_audit *t, const ak_commit_copy *c, ak_error *err);
/* Signatures that no key verifies are told; they are no problem. */
AK_MUST_USE ak_status ak_audit_skipped(ak_audit *t, uint64_t seq, size_t n, ak_error *err);
/* In a second pass: what the first found revoked by the root. */
AK_MUST_USE ak_status ak_audit_preload(ak_audit *t, ak_error *err);
/* What was found of the tokens of a timestamp record. */
AK_MUST_USE ak_status ak_audit_stamped(ak_audit *t, const ak_sealed *s, const ak_judgement *j, ak_error *err);
/* How many of these do not prove the time? */
uint64_t ak_audit_unproven(const ak_audit *t);
/* "timestamps" of the report. */
AK_MUST_USE ak_status ak_audit_put_stamps(const ak_audit *t, ak_json *o, ak_error *err);
ak_status ak_audit_hook_root(void *ctx, uint64_t size, ak_digest *out, ak_error *err);
ak_status ak_audit_hook_file(void *ctx, uint64_t seq, ak_buf *out, ak_error *err);
ak_status ak_audit_hook_record(void *ctx, const ak_digest *id, ak_buf *out, ak_error *err);
ak_status ak_audit_hook_standing(void *ctx, const ak_digest *id, bool *authorised, char party[64], ak_error *err);

#endif
