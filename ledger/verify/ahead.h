/* SPDX-License-Identifier: Apache-2.0 */
/* ahead.h - trying signatures before the judge asks for them, on all processors (internal)
 *
 * Whether a signature verifies under the key that its keyid names depends on nothing else: found out ahead, or never asked
 * for, it changes no judgement.
 */
#ifndef AK_VERIFY_AHEAD_H
#define AK_VERIFY_AHEAD_H

#include "verify/authority.h"

/* Of rec[0 .. n), which follow what `a` has seen: try the signatures of those before the next record of a core type, since
 * only such a record brings keys that `a` does not have yet.  *run is how many they are, or 1 when rec[0] is of a core type;
 * what was not tried the judge will try itself.  threads: 0, as many as there are processors. */
AK_MUST_USE ak_status ak_try_ahead(const ak_authority *a, ak_sealed *rec, size_t n, unsigned threads, size_t *run, ak_error *err);

#endif
