/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - numbers, hex, base64 and UTF-8: one encoding per value (internal)
 *
 * Every parser here is strict: it accepts exactly what the formatter beside it
 * writes, so whatever parses formats back to the same bytes.
 *
 *   decimal  ASCII digits, no sign, no leading zero, "0" for zero
 *   hex      lower case, two digits a byte
 *   base64   RFC 4648 section 4: padded, no white space, unused bits zero
 *   UTF-8    RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF
 *   digest   "sha256:" and 64 hex digits
 */
#ifndef AK_BASE_TEXT_H
#define AK_BASE_TEXT_H

#include "base/bytes.h"

enum { AK_DIGEST_TEXT_LEN = 7 + 2 * AK_DIGEST_LEN };

bool ak_decimal_parse(ak_span in, uint64_t *out);
bool ak_hex_decode(ak_span in, uint8_t *out, size_t out_len); /* exact length */
void ak_hex_encode(const uint8_t *in, size_t len, char *out); /* 2*len and a NUL */
/* Appends.  False: err->status says whether the text is wrong (AK_BAD_FORMAT, offset in
 * err->at), the buffer too small (AK_LIMIT) or memory short (AK_NO_MEMORY). */
bool ak_base64_decode(ak_span in, ak_buf *out, ak_error *err);
AK_MUST_USE ak_status ak_base64_encode(ak_span in, ak_buf *out, ak_error *err);

bool ak_digest_parse(ak_span in, ak_digest *out);    /* "sha256:" and 64 lower-case digits */
bool ak_digest_from_hex(ak_span in, ak_digest *out); /* the digits alone, as ids of keys are written */
void ak_digest_format(const ak_digest *d, char out[AK_DIGEST_TEXT_LEN + 1]);
bool ak_digest_eq(const ak_digest *a, const ak_digest *b);
bool ak_digest_is_zero(const ak_digest *d);

/* True when `in` is valid UTF-8; else *at is where the first ill-formed
 * sequence starts. */
bool ak_utf8_valid(ak_span in, size_t *at);

#endif
