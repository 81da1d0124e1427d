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

#endif
