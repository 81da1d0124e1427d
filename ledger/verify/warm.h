/* SPDX-License-Identifier: Apache-2.0 */
/* warm.h - a sandbox made ready on a thread of its own, while the records are still being proven (internal)
 *
 * Preparing the rules of a scheme takes longer than running them, and needs none of the records.  The answers are those of a sandbox that
 * is opened when the records are there.  The thread reads the package, and nothing else that belongs to the caller.
 */
#ifndef AK_VERIFY_WARM_H
#define AK_VERIFY_WARM_H

#include "rules/sandbox.h"

typedef struct ak_warm ak_warm;

/* NULL where it is not worth it or cannot be had: one processor, no memory, no thread.  `package` outlives what is returned, and what
 * ak_warm_take gives. */
ak_warm *ak_warm_begin(const ak_json *package);
/* Waits for the thread and ends it.  The sandbox, for ak_rules_again, which the caller owns; NULL when there is none: then what it failed of
 * will fail again, and be told, in one that the caller opens.  *w may be NULL, and is afterwards. */
ak_rules *ak_warm_take(ak_warm **w);
/* The same for whoever has no use for it: the thread leaves off within about a millisecond. */
void ak_warm_free(ak_warm **w);

#endif
