/* SPDX-License-Identifier: Apache-2.0 */
/* shipped.h - the packages of held.h as profiles (internal)
 *
 * Who judges needs them: the core package says how core types are signed, and the newest package of a scheme gives the rules.
 */
#ifndef AK_HELD_SHIPPED_H
#define AK_HELD_SHIPPED_H

#include "held/held.h"
#include "model/profile.h"

/* The scheme that is meant where none is named. */
#define AK_USUAL_SCHEME "ismap"

/* Does this program ship the package?  `ctx` is not used: it fits ak_authority_hooks. */
bool ak_held_by_program(void *ctx, ak_span scheme, const ak_digest *digest);
AK_MUST_USE ak_status ak_core_profile(ak_profile *out, ak_error *err);
/* Newest package shipped for a scheme; AK_NOT_HELD when none is. */
AK_MUST_USE ak_status ak_shipped_profile(ak_span scheme, ak_profile *out, ak_error *err);

#endif
