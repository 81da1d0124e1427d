/* SPDX-License-Identifier: Apache-2.0 */
/* rests.h - what rests on records that were erased (internal; FORMAT 19.4)
 *
 * A record rests on an erased one when it is about a subject of it, or names such a subject in its body: before it, since the erased one may
 * have corrected or annulled it, and after it, since rules join records by what they are about and not by references alone.  So does every
 * record that refers to one that was erased or rests, directly or through others.
 */
#ifndef AK_VERIFY_RESTS_H
#define AK_VERIFY_RESTS_H

#include "verify/judge.h"

/* Of the records with seq < known_at: *out[i] says whether record i of the evidence was erased or rests on one that was, and *newest is the
 * last that was erased.  *out is NULL where none was, else the caller's (ak_mem_free). */
AK_MUST_USE ak_status ak_rests_mark(const ak_proven *p, uint64_t known_at, bool **out, size_t *newest, ak_error *err);

/* May what is said of record `seq` be otherwise for what was erased?  It rests on it, or comes before the newest, which may have corrected, annulled
 * or renewed it; `seq` < 0: it is said of no record, and of what is not there, which may have been erased. */
bool ak_rests_doubt(const ak_proven *p, const bool *on, size_t newest, int64_t seq);

/* In the rows `name` of the report (periods, terms) "gap_days" becomes null where one of both sides is in doubt: what was erased may lie between. */
AK_MUST_USE ak_status ak_rests_gaps(const ak_proven *p, const bool *on, size_t newest, const char *name, ak_json *root, ak_error *err);

#endif
