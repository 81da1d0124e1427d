/* SPDX-License-Identifier: Apache-2.0 */
/* judge.h - authority over a proven set, as known now (internal)
 *
 * Two passes: the first finds what the root threshold revoked, also reaching back; the second judges every
 * record with that knowledge.  A record that may not stand where it stands is void before its signatures are asked.  Where some
 * record lost its authority by it there is a third, which says how everything would stand if these had not.
 */
#ifndef AK_VERIFY_JUDGE_H
#define AK_VERIFY_JUDGE_H

#include "verify/fallen.h"

typedef struct ak_judged {
	ak_authority *authority;   /* owned: state after the last record */
	ak_judgement *by;          /* owned: one per record of the proven set */
	size_t n_void, n_counted;  /* void records; signatures that verified */
	bool unknown_type;         /* a record of a type that only another program can know (FORMAT 19.4) */
	bool not_held;             /* a profile of the scheme asked about is neither shipped nor pinned  */
	struct ak_judging *judging; /* owned: what the engine's hooks look into; `p` has to outlive it */
	ak_error unsound;          /* status AK_OK, or what no sound ledger holds: wrong subjects, a repeat */
	ak_fall *fall;             /* owned: the first n_fall records, or NULL when none fell */
	size_t n_fall;
	struct ak_judged *otherwise; /* owned: the same records if none had fallen; NULL when none did */
} ak_judged;

/* Did record `i` lose its authority to a revocation that reaches back? */
bool ak_judged_fell(const ak_judged *j, size_t i);

void ak_judged_clear(ak_judged *j);
/* Of closed evidence (p->closed): a base or reference that is not here is nowhere, as in a replay.  `known_at`: records with
 * seq below it only; but `unsound` is of all that are here. */
AK_MUST_USE ak_status ak_judge(ak_proven *p, uint64_t known_at, ak_judged *out, ak_error *err);
/* How `s` would stand as the next record, after all of `p` with the authority that `j` came to.  Not AK_OK: it may not stand,
 * or that could not be found out. */
AK_MUST_USE ak_status ak_judge_next(const ak_proven *p, const ak_judged *j, ak_sealed *s, ak_judgement *out, ak_error *err);

/* May this keyset stand where it is?  As ak_judge has it; for the walk over keysets that comes before inclusion is proven. */
AK_MUST_USE ak_status ak_judge_keyset_form(const ak_proven *p, const ak_sealed *s, ak_error *why);
/* Is what it rests on (base, references) neither here nor shown to be nowhere?  Then whether it may stand cannot be said. */
bool ak_judge_keyset_open(const ak_proven *p, const ak_sealed *s);

#endif
