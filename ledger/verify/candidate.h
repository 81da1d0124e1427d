/* SPDX-License-Identifier: Apache-2.0 */
/* candidate.h - a record that is signed and not sealed (internal)
 *
 * From its exchange file, a DSSE envelope (FORMAT 6.4): the two lines it would have, taken apart.  It has no header.
 */
#ifndef AK_VERIFY_CANDIDATE_H
#define AK_VERIFY_CANDIDATE_H

#include "verify/sealed.h"

typedef struct ak_candidate {
	ak_buf statement, signatures; /* owned: lines 2 and 3     */
	ak_sealed sealed;             /* owned; borrows from them */
} ak_candidate;

void ak_candidate_clear(ak_candidate *c);
AK_MUST_USE ak_status ak_candidate_parse(ak_span envelope, ak_candidate *out, ak_error *err);

#endif
