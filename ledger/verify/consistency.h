/* SPDX-License-Identifier: Apache-2.0 */
/* consistency.h - does one signed head continue another? evidence that needs no ledger (internal; FORMAT, Continuity)
 *
 * The evidence is one canonical JSON document:
 *
 *   {"akashi":"consistency/1","fork":{"of":"old"|"new","proof":[digest…],"root":digest},"head":[line…],
 *    "keysets":[{"header","signatures","statement"}…],"last":{"header","proof":[digest…]},
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
 * There is one text for each piece of evidence.  Pure: takes bytes and a trust file.
 */
#ifndef AK_VERIFY_CONSISTENCY_H
#define AK_VERIFY_CONSISTENCY_H

#include "chain/map.h"
#include "chain/tree.h"
#include "codec/json.h"
#include "model/checkpoint.h"
#include "model/profile.h"
#include "model/trust.h"

enum {
	AK_CONSISTENCY_MAX = 16 * 1024 * 1024, /* bytes of the text */
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
	ak_fork_of fork;
	ak_digest fork_root;
	ak_tree_proof fork_proof, proof, to_head;
} ak_consistency;

void ak_consistency_init(ak_consistency *c);
void ak_consistency_clear(ak_consistency *c);

typedef struct ak_continuity_found {
	ak_checkpoint old, new, head;
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

AK_MUST_USE ak_status ak_consistency_format(const ak_consistency *c, ak_buf *out, ak_error *err);
/* Looks at form and limits only.  AK_BAD_FORMAT, where "consistency.<member>"; AK_UNKNOWN_VERSION where "consistency.akashi". */
AK_MUST_USE ak_status ak_consistency_parse(ak_span text, ak_consistency *out, ak_error *err);

/* {"exit","format","fork","head","keysets","new","old","origin","outcome","proof","reason"}, as docs/API.md has it.  `c` NULL:
 * nothing was shown, for `reason`. */
AK_MUST_USE ak_status ak_consistency_report(const ak_consistency *c, const ak_continuity_found *found, const char *reason,
                                            ak_json **out, ak_error *err);

#endif
