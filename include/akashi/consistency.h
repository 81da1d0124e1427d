/* SPDX-License-Identifier: Apache-2.0 */
/* consistency.h - does one signed head of a ledger continue another? (FORMAT, Continuity)
 *
 * A head is a signed checkpoint, as the file `checkpoint` of a ledger holds it.  That a later one continues an earlier one means
 * that nothing of the earlier history was changed, removed or put in between.  Evidence of that, or of the contrary, is one
 * file that can be checked with nothing but a trust file.
 */
#ifndef AKASHI_CONSISTENCY_H
#define AKASHI_CONSISTENCY_H

#include "akashi/types.h"

typedef enum ak_continuity {
	AK_CONTINUES, /* the new head continues the old one, or is the same        */
	AK_FORKED,    /* the operator signed two histories: the evidence shows it  */
	AK_NOT_SHOWN, /* it could not be found out here; the report says why       */
} ak_continuity;

/* Check a file of evidence: one that ak_ledger_consistency made, a verifier's memory of heads seen (FORMAT, Memory of a verifier), or one pair of
 * its "forks" taken out as JSON.  Answers AK_CONTINUES or AK_FORKED with a report (docs/API.md); AK_NOT_SHOWN, reason "other-key", where
 * pairs of a memory are by operator keys of which the trust file names none.  A memory without forks: AK_NOT_FOUND, where "memory.forks";
 * a pair of it that does not hold is told in the report, and the others are judged; where none holds, and of everything else,
 * what does not hold is an error: AK_BAD_FORMAT, AK_TREE_MISMATCH, AK_BAD_SIGNATURE, AK_NO_TRUSTED_SIG, AK_MAP_MISMATCH,
 * AK_WRONG_LEDGER, with err->where "old", "new", "head", "consistency.…", "memory.…" or "trust.…".  Beyond 64 MiB: AK_LIMIT. */
AK_API AK_MUST_USE ak_status ak_consistency_check(ak_span file, ak_span trust, ak_continuity *out, ak_text *json, ak_error *err);

/* Two signed heads and a trust file alone, without ledger or evidence: two of one size are the same, or convict whoever holds the
 * operator key that the trust file names.  AK_NOT_SHOWN for everything else: the report's reason is "no-ledger" (two sizes) or
 * "other-key" (signed by an operator key that the trust file does not name).  A signature in the name of that key that does not
 * hold, or another ledger's head, is an error as above. */
AK_API AK_MUST_USE ak_status ak_consistency_notes(ak_span old_note, ak_span new_note, ak_span trust, ak_continuity *out,
                                                  ak_text *json, ak_error *err);

#endif
