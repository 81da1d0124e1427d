/* SPDX-License-Identifier: Apache-2.0 */
/* types.h - the few plain types that cross the public interface
 *
 *   ak_span    borrowed bytes: never owns, valid as long as what it was cut from
 *   ak_text    owned bytes, NUL-terminated for convenience; ak_text_free()
 *   ak_digest  a SHA-256 value
 *
 * All text is UTF-8.  All times are seconds since 1970-01-01T00:00:00Z without
 * leap seconds, unless a name says otherwise.
 */
#ifndef AKASHI_TYPES_H
#define AKASHI_TYPES_H

#include "akashi/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ak_span {
	const uint8_t *data;
	size_t len; /* bytes */
} ak_span;

typedef struct ak_text {
	char *data; /* len bytes and a NUL, or NULL when empty */
	size_t len; /* bytes, without the NUL                   */
} ak_text;

AK_API void ak_text_free(ak_text *t); /* NULL and empty are fine; empties *t */

enum { AK_DIGEST_LEN = 32 };

typedef struct ak_digest {
	uint8_t b[AK_DIGEST_LEN];
} ak_digest;

#endif
