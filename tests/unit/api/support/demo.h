/* SPDX-License-Identifier: Apache-2.0 */
/* demo.h - a world with a small scheme of its own, so that much can be asked of it in little time
 *
 * Scheme "demo": a desk lists and deletes (two of its members, or the root), judges report and withdraw reports.  A listing
 * refers to a report; it is suspended when that is withdrawn, expired after "until", invalid when deleted.  Keys 0 to 2 of
 * the pool are the desk's, 3 to 5 the judges'.
 */
#ifndef AK_TEST_DEMO_H
#define AK_TEST_DEMO_H

#include "attack.h"

enum { DEMO_POOL = 6, DEMO_DESK = 3 /* keys of the desk */ };

typedef struct demo {
	world w;
	ak_secret *pool[DEMO_POOL];
} demo;

extern const char demo_package[];

/* Group set-up: keyset, profile and both parties, in *state. */
int demo_group_open(void **state);
int demo_group_close(void **state);
void demo_branch(const demo *of, demo *d); /* world_branch */
void demo_close(demo *d);                  /* of a branch  */

/* A draft that refers to `record` as `rel` (NULL: to nothing). */
ak_text demo_draft(demo *d, const char *scheme, const char *type, const char *body, const char *rel, uint64_t record);
/* Sign by each key (NULL-ended); frees `in`. */
ak_text demo_sign(ak_text in, const char *scheme, ak_secret *const *keys);
/* Enrolment of the keys [from, to) of the pool, signed by these and one or two roots. */
ak_text demo_party(demo *d, const char *party, const char *role, size_t from, size_t to, bool by_two);
/* Revocation of a key; last < 0: none is named. */
ak_text demo_revocation(demo *d, const ak_secret *of, int64_t last, ak_secret *const *keys);
/* Draft, sign by `n` of the desk or of the judges, seal. */
uint64_t demo_add(demo *d, const char *type, const char *body, const char *rel, uint64_t record, bool desk, size_t n);
/* The chain of a listing "L0" that is valid until 2026-12-01: a report and the listing. */
void demo_listing(demo *d);
#define DEMO_LISTED "2026-05-31"

#endif
