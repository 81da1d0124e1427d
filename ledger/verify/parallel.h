/* SPDX-License-Identifier: Apache-2.0 */
/* parallel.h - the same work on many items, on several threads (internal)
 *
 * Items are handed out in small runs; an item's result must not depend on which thread did it.  The first failing item
 * (lowest index) gives the status.  With one thread, or when threads cannot be made, the caller's thread does it all.
 */
#ifndef AK_VERIFY_PARALLEL_H
#define AK_VERIFY_PARALLEL_H

#include "verify/authority.h"

typedef ak_status ak_item_fn(void *ctx, size_t i, ak_error *err);
AK_MUST_USE ak_status ak_parallel(size_t n, unsigned threads, ak_item_fn *fn, void *ctx, size_t *failed, ak_error *err);

/* Processors this process may use; at least 1. */
unsigned ak_processors(void);

/* Verify signatures of records under the keys their keyids name, as far as the engine knows them, so that judging finds
 * them done.  The engine is only read. */
AK_MUST_USE ak_status ak_preverify(const ak_authority *a, ak_sealed *recs, size_t n, unsigned threads, ak_error *err);

#endif
