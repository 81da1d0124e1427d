/* SPDX-License-Identifier: Apache-2.0 */
/* held.h - the profile packages this binary ships (internal)
 *
 * Made at build time from schemas/: canonical bytes and their SHA-256.  Everything here is constant.
 */
#ifndef AK_HELD_HELD_H
#define AK_HELD_HELD_H

#include "base/bytes.h"

typedef struct ak_held_package {
	const char *scheme, *version;
	ak_digest digest; /* SHA-256 of bytes               */
	ak_span bytes;    /* JCS of an akashi-profile/1     */
} ak_held_package;

size_t ak_held_count(void);
const ak_held_package *ak_held_at(size_t i); /* NULL past the end */

/* The package of a scheme with that digest; `digest` NULL: the newest held.  NULL when none is held. */
const ak_held_package *ak_held_find(const char *scheme, const ak_digest *digest);
/* The bytes of the package with that digest, whatever its scheme; false when none is held. */
bool ak_held_bytes(const ak_digest *digest, ak_span *bytes);

#endif
