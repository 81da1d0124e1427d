/* SPDX-License-Identifier: Apache-2.0 */
/* pem.h - one PEM block (RFC 7468), and nothing beside it (private to crypto/)
 *
 * Reading takes lines of any length ended by LF or CRLF, and white space before and after
 * the block; the base64 must be canonical.  No explanatory text, no headers, no second
 * block: with two keys in a file somebody would have to guess.  Writing gives lines of 64.
 * What is read and written may be secret: copies made on the way are overwritten, and
 * errors never quote the text.
 */
#ifndef AK_CRYPTO_PEM_H
#define AK_CRYPTO_PEM_H

#include "base/bytes.h"

enum { AK_PEM_MAX = 16 * 1024 /* bytes of text */ };

/* True when the text opens with a block of this label. */
bool ak_pem_opens(ak_span pem, const char *label);

/* Append the bytes of the block.  Wipe `der` after use when they are secret. */
AK_MUST_USE ak_status ak_pem_read(ak_span pem, const char *label, ak_buf *der, ak_error *err);
AK_MUST_USE ak_status ak_pem_write(const char *label, ak_span der, ak_buf *out, ak_error *err);

#endif
