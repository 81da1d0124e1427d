/* SPDX-License-Identifier: Apache-2.0 */
/* armour.h - bytes as a block of plain ASCII that mail leaves alone (internal)
 *
 *     -----BEGIN <label>-----
 *     Version: 1
 *     Digest: <SHA-256 of the bytes, 64 hex digits>
 *
 *     <base64, 64 characters a line>
 *     -----END <label>-----
 *
 * Writing gives exactly this, with U+000A.  Reading takes what mail does to it, and nothing else: any text before and after,
 * in any encoding; CRLF or CR; spaces and tabs at both ends of a line; any number of ">" before it; a byte order mark before it; empty
 * lines; base64 broken elsewhere.  Within a block anything that is no ASCII, or not where it belongs, is refused with its line: a digit
 * or a letter of another width is not guessed at.  The digest is returned, not checked: this layer does no cryptography.
 */
#ifndef AK_CODEC_ARMOUR_H
#define AK_CODEC_ARMOUR_H

#include "base/bytes.h"

enum { AK_ARMOUR_LINE = 64, AK_ARMOUR_LABEL_MAX = 40 };

/* `label`: upper-case ASCII letters and spaces. */
AK_MUST_USE ak_status ak_armour_write(const char *label, const ak_digest *digest, ak_span bytes, ak_buf *out, ak_error *err);

typedef struct ak_armour_text { /* where reading is; starts as { text, 1 } */
	ak_span rest;
	size_t line; /* the number of the line that `rest` begins with */
} ak_armour_text;

/* The next block of this label: its bytes are appended to `out`, whose ceiling is the limit.  AK_NOT_FOUND when there is none, and `t`
 * is at the end; AK_BAD_FORMAT, AK_UNKNOWN_VERSION, AK_LIMIT with the line in err->at. */
AK_MUST_USE ak_status ak_armour_next(ak_armour_text *t, const char *label, ak_digest *digest, ak_buf *out, ak_error *err);

#endif
