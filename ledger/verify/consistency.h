/* SPDX-License-Identifier: Apache-2.0 */
/* consistency.h - does one signed head continue another? evidence that needs no ledger (internal; FORMAT, Continuity)
 *
 * The evidence is one canonical JSON document:
 *
 *   {"akashi":"consistency/1","fork":{"of":"old"|"new","proof":[digest…],"root":digest},"head":[line…],
 *    "keysets":[{"header","signatures","statement"}…],"leaves":[digest…],"last":{"header","proof":[digest…]},
 *    "map":{"chain","count","siblings":[digest…]},"new":[line…],"old":[line…],"proof":[digest…],"to_head":[digest…]}
 *
 * Everything is seen from one signed head: "head", or "new" when that member is absent.  "last" is its newest header, included
 * in its tree; "map" shows under that header that "keysets" are all keyset records there are, so that nobody can pass off the
 * signature of a key that was replaced.  Each note must carry the signature of the operator in force at its own size.
 *
 *   continues  "proof" leads from old to new, "to_head" from new to the head when that is another
 *   forked     the head's history has `root` where the note `of` has another: "fork" leads from there to the head.  Then
 *              "proof" is absent, and "to_head" is there exactly when `of` is "old" and there is a "head"
 *
 * "leaves", the ids of all records of the head's tree, is there where a keyset has a base that is nowhere or refers to what is no
 * keyset: only they show whether such a keyset stands.
 *
 * There is one text for each piece of evidence.  Pure: takes bytes and a trust file.
 */
#ifndef AK_VERIFY_CONSISTENCY_H
#define AK_VERIFY_CONSISTENCY_H

#include "chain/map.h"
#include "chain/tree.h"
#include "codec/json.h"
#include "codec/note.h"
#include "model/checkpoint.h"
#include "model/profile.h"
#include "model/trust.h"
#include "verify/memory.h"

enum {
	AK_CONSISTENCY_MAX = 64 * 1024 * 1024, /* bytes of the text, as of a bundle: with the ids of some 900,000 records */
	AK_CONSISTENCY_VALUES_MAX = 1 << 20,   /* JSON values in it; nearly all are digests and lines, of 60 bytes and more */
	AK_CONSISTENCY_KEYSETS_MAX = 4096,
};

typedef enum ak_fork_of { AK_FORK_NONE, AK_FORK_OLD, AK_FORK_NEW } ak_fork_of;

typedef struct ak_consistency {
	ak_buf old_note, new_note, head_note; /* owned; head_note empty: new is the head */
	ak_buf *keyset;                       /* owned: record files in order            */
	size_t n_keysets, cap_keysets;
	ak_buf last;                          /* owned: line 1 of the head's newest record */
	ak_tree_proof last_proof;
	ak_map_proof map;                     /* owned: of akashi/keyset */
	ak_digest *leaf;                      /* owned: ids of all records of the head, or NULL */
	size_t n_leaves;
	ak_fork_of fork;
	ak_digest fork_root;
	ak_tree_proof fork_proof, proof, to_head;
} ak_consistency;

void ak_consistency_init(ak_consistency *c);
void ak_consistency_clear(ak_consistency *c);

/* A pair of a memory that does not hold, and where. */
typedef struct ak_continuity_bad {
	size_t pair; /* from 1 */
	ak_status status;
	const char *where;
} ak_continuity_bad;

typedef struct ak_continuity_found {
	ak_checkpoint old, new, head;
	ak_continuity_bad bad[AK_MEMORY_FORKS_MAX];
	size_t n_bad;
} ak_continuity_found;

/* AK_OK: everything holds, and `c->fork` says what that shows.  Else what does not hold, err->where "old", "new", "head" (with
 * ".signature", ".origin"), "consistency.…", "inclusion.…", "map-proof.…", "genesis" or "trust.…". */
AK_MUST_USE ak_status ak_consistency_judge(const ak_consistency *c, const ak_trust *trust, const ak_profile *core,
                                           ak_continuity_found *out, ak_error *err);

/* Two notes and nothing else: what the key of the trust file alone shows.  Two of one size are of one history or convict whoever
 * holds that key: *shown is like evidence of it, without keysets; *reason is "".  Else *reason says why nothing is shown:
 * "other-key" another key of this ledger's signed one of them, "no-ledger" they are of two sizes.  Clear *shown. */
AK_MUST_USE ak_status ak_consistency_judge_notes(ak_span old, ak_span new, const ak_trust *trust, ak_consistency *shown,
                                                 ak_continuity_found *out, const char **reason, ak_error *err);

/* Is this text what a verifier kept: a whole memory of heads seen, or one pair of its forks (verify/memory.h)? */
bool ak_consistency_is_kept(ak_span text);
/* What such a text shows by the trust file alone: the first pair that convicts, as for two notes.  A pair of two sizes has its root and proof
 * with it, and those of the larger one's history: FORK_OLD.  *reason "other-key": no pair is signed by the key of the trust file alone.
 * Each pair of a memory is judged for itself: those that do not hold are in out->bad and hide no other; where none holds, what is wrong with
 * the first is the error.  AK_BAD_FORMAT, where "memory.…": it is not of its form, or holds no pair; AK_WRONG_LEDGER. */
AK_MUST_USE ak_status ak_consistency_judge_kept(ak_span text, const ak_trust *trust, ak_consistency *shown,
                                                ak_continuity_found *out, const char **reason, ak_error *err);

/* A note of the ledger that the trust file names; err->where `name` or `origin_place`. */
AK_MUST_USE ak_status ak_consistency_note(ak_span bytes, const char *name, const char *origin_place, const ak_trust *trust, ak_note *note,
                                          ak_checkpoint *out, ak_error *err);

AK_MUST_USE ak_status ak_consistency_format(const ak_consistency *c, ak_buf *out, ak_error *err);
/* Looks at form and limits only.  AK_BAD_FORMAT, where "consistency.<member>"; AK_UNKNOWN_VERSION where "consistency.akashi". */
AK_MUST_USE ak_status ak_consistency_parse(ak_span text, ak_consistency *out, ak_error *err);

/* {"bad","exit","format","fork","head","keysets","new","old","origin","outcome","proof","reason"}, as docs/API.md has it.  `c` NULL:
 * nothing was shown, for `reason`. */
AK_MUST_USE ak_status ak_consistency_report(const ak_consistency *c, const ak_continuity_found *found, const char *reason,
                                            ak_json **out, ak_error *err);

#endif
