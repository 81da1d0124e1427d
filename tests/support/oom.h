/* SPDX-License-Identifier: Apache-2.0 */
/* oom.h - run a piece of work with every one of its allocations failing in turn
 *
 * oom.c replaces malloc and its relatives in every unit test, so the libraries' allocations
 * fail too.  Unless a sweep is running it only passes calls on.
 *
 * A sweep runs `body` cleanly, then once per allocation with that allocation alone failing,
 * then once per allocation with that one and all later ones failing, each time followed by
 * a clean run.  It fails the test when
 *   - a clean run does not answer AK_OK;
 *   - a starved run answers a status that is neither AK_OK nor of class UNKNOWN: running out
 *     of memory must never read as "tampered" or as "asked wrongly";
 *   - a run leaves memory allocated, unless the plan says that it may.
 *
 * `body` must release what it allocates, also when it fails, and must not call cmocka's
 * assertions (they would leave by longjmp); what it finds wrong it reports as AK_INTERNAL to a
 * clean run, or through ctx.  Built with a sanitizer that has its own allocator, a sweep is one clean run.
 */
#ifndef TESTS_SUPPORT_OOM_H
#define TESTS_SUPPORT_OOM_H

#include "akashi/types.h"

typedef ak_status oom_body(void *ctx);

typedef struct oom_plan {
	size_t first;   /* first allocation to fail; 0 reads as 1                     */
	size_t stride;  /* fail every stride-th; 0: all, or as `points` demands       */
	size_t points;  /* at most about so many allocations are made to fail; 0: 2000 */
	bool may_keep;  /* the body may leave memory allocated: caches in ctx or in a library */
} oom_plan;

void oom_sweep(const char *name, oom_body *body, void *ctx);
void oom_sweep_plan(const char *name, oom_body *body, void *ctx, const oom_plan *plan);

/* From here on the bytes held at most at one time, beyond those held now; oom_peak ends the counting and tells.  Not during a sweep. */
void oom_weigh(void);
size_t oom_peak(void);

/* True when allocations can be made to fail, and weighed, in this build.  Else the peak is 0. */
bool oom_available(void);

#endif
