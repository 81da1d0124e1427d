/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - a small ISMAP world for tests: a ledger with keyset, profile and parties, and ways to add to it,
 * rightly and wrongly
 *
 * Everybody is fictional.  Keys are made afresh; time starts at 2026-06-01 and moves a minute a seal.
 * Functions named world_* fail the test when they cannot do what they say; those named try_* answer a status.
 */
#ifndef AK_TEST_WORLD_H
#define AK_TEST_WORLD_H

#include "akashi/akashi.h"
#include "codec/json.h"
#include "seal/books.h"

enum { WORLD_COMMITTEE = 5, WORLD_ROOTS = 3, WORLD_LABELS = 64 };

typedef struct world {
	char dir[64];              /* temporary folder, removed by world_close */
	char ledger[96], state[96];
	ak_ledger *l;
	int64_t now;
	ak_secret *root[WORLD_ROOTS], *op, *heartbeat;
	ak_secret *committee[WORLD_COMMITTEE], *secretariat, *ops, *auditor, *provider, *stranger;
	ak_secret *agency;         /* of ismap-liu: a procuring government body */
	ak_text trust;
	struct { char name[48]; uint64_t seq; } label[WORLD_LABELS];
	size_t n_labels;
	const char *scheme;        /* of everything sealed in it */
	ak_span package;           /* of the scheme, when no program ships it; else empty */
	bool branch;               /* the keys are another world's */
} world;

void world_open(world *w);             /* keyset, profile, parties: records 0 .. 6 */
void world_open_scheme(world *w, const char *scheme); /* the same of another scheme; of ismap-liu one party more */
/* The same of a scheme that nobody ships; the bytes of its package must outlive the world. */
void world_open_package(world *w, const char *scheme, ak_span package);
void world_open_bare(world *w);        /* keyset only */
/* A copy to spoil: the same keys, a ledger and a memory of its own. `of` must outlive it. */
void world_branch(const world *of, world *w);
void world_close(world *w);
/* Read the head again as the newest thing to trust, after a rotation or a new profile. */
void world_retrust(world *w);
/* {"id","spki"} of a key, as records hold it. */
void world_key_json(const ak_secret *k, char *out, size_t size);
ak_secret *world_new_key(const char *alg);

/* A draft of `body` (JSON) with references ("rel=label", NULL-ended list may be NULL). Free the text. */
ak_text world_draft(world *w, const char *scheme, const char *type, const char *issued, const char *body, const char *const *refs);
/* Sign a draft or envelope by each key (NULL-ended); frees `in`. */
ak_text world_sign(ak_text in, ak_secret *const *keys);
/* Who signs this type in this world (committee: three of five). */
ak_secret *const *world_signers(world *w, const char *type);

/* Seal one envelope; frees it. */
ak_status try_seal(world *w, ak_text envelope, ak_error *err);
uint64_t world_seal(world *w, ak_text envelope);
/* Draft, sign by world_signers, seal, remember under `label`. */
uint64_t world_add(world *w, const char *label, const char *type, const char *issued, const char *body, const char *const *refs);
ak_status try_add(world *w, const char *type, const char *body, const char *const *refs, ak_secret *const *keys, ak_error *err);
/* All records of tests/rules/base/<name>.json ("first": one complete chain; "three-years": what follows it). */
void world_play(world *w, const char *name);
/* One record of a case. */
void world_play_record(world *w, const ak_json *record);
uint64_t world_seq(const world *w, const char *label);

/* Verify; *report is freed by the caller with ak_json_free (may be NULL). */
ak_verdict world_verify_use(world *w, const char *listing, const char *as_of, uint64_t known_at, const ak_use *use,
                            ak_json **report);
ak_verdict world_verify(world *w, const char *listing, const char *as_of, uint64_t known_at, ak_json **report);
bool world_audit(world *w, ak_json **report);
/* Is there a failing check or error of this id? */
bool report_failed(const ak_json *report, const char *id);
bool report_finding(const ak_json *report, const char *rule);

/* Lay a record with these lines on the ledger without asking whether it may stand there: what a thief of the operator key can do.
 * statement and signatures are lines 2 and 3; `about_map` NULL: the subjects the statement names take a step; else a NULL-ended list of
 * ids takes one instead (a forged map).  The ledger is reopened. */
typedef struct forgery {
	ak_span statement, signatures;
	const char *const *about_map;
	int64_t time;          /* 0: w->now */
	bool wrong_prev, wrong_seq;
	bool wrong_digest;     /* of line 2, in the header                                    */
	bool wrong_root;       /* of the tree, in the head                                    */
	bool stranger_too;     /* the stranger adds a line in the ledger's name to the head  */
} forgery;
void world_forge(world *w, const forgery *f);
/* Lines 2 and 3 of an envelope. */
void world_lines(const ak_text *envelope, ak_buf *statement, ak_buf *signatures);

#endif
