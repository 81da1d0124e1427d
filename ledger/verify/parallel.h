/* SPDX-License-Identifier: Apache-2.0 */
/* parallel.h - the same work on many items, on several threads (internal)
 *
 * Items are handed out in order, in small runs; an item's result must not depend on which thread did it.  The first failing
 * item (lowest index) gives the status, whatever the threads did meanwhile.  With one thread, or when threads cannot be made,
 * the caller's thread does it all.
 */
#ifndef AK_VERIFY_PARALLEL_H
#define AK_VERIFY_PARALLEL_H

#include "base/bytes.h"

typedef ak_status ak_item_fn(void *ctx, size_t i, ak_error *err);
AK_MUST_USE ak_status ak_parallel(size_t n, unsigned threads, ak_item_fn *fn, void *ctx, size_t *failed, ak_error *err);

/* The same while the caller does something else: begin, then ask for item after item, then end.  `threads` counts the
 * caller's, which works too whenever it would have to wait.  fn and ctx must stay until the end. */
typedef struct ak_work ak_work;
AK_MUST_USE ak_status ak_work_begin(size_t n, unsigned threads, ak_item_fn *fn, void *ctx, ak_work **out, ak_error *err);
/* Returns when item i and all before it are done, or one of these has failed: then its status, and *failed (may be NULL) is
 * its index. */
AK_MUST_USE ak_status ak_work_until(ak_work *w, size_t i, size_t *failed, ak_error *err);
/* What nobody has begun is not done any more.  NULL is fine. */
void ak_work_end(ak_work **w);

/* Processors this process may use; at least 1. */
unsigned ak_processors(void);

#endif
