/* SPDX-License-Identifier: Apache-2.0 */
/* rotation.h - keysets to come, for tests of what changes the keys */
#ifndef AK_TEST_ROTATION_H
#define AK_TEST_ROTATION_H

#include "world.h"

/* All borrowed.  The threshold is two. */
typedef struct rotation {
	int number;
	const char *holder[WORLD_ROOTS];
	const ak_secret *root[WORLD_ROOTS]; /* up to a NULL */
	const ak_secret *op, *heartbeat;
	const char *more;                   /* of the body, after a comma; NULL: nothing */
	const char *issued;                 /* NULL: as world_draft() dates it           */
} rotation;

/* Keyset 2 with the keys of keyset 1, for what is to be another. */
rotation rotation_of(const world *w);
/* Put a new holder at one of the three places. */
void rotation_replace(rotation *r, size_t at, const char *holder, const ak_secret *key);

/* Its record, not signed yet, and signed by these. */
ak_text rotation_draft(world *w, const rotation *r);
ak_text rotation_signed(world *w, const rotation *r, ak_secret *const *keys);

/* Seal by the new operator, with the old one's key and both memories beside; one minute later.  state NULL: that of w.
 * Frees the envelope. */
ak_status rotation_seal(world *w, ak_text e, const ak_secret *op, const ak_secret *old, ak_error *err);
ak_status rotation_seal_as(world *w, ak_text e, const ak_secret *op, const char *state, const ak_secret *old, const char *old_state,
                           ak_error *err);

#endif
