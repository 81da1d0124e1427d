/* SPDX-License-Identifier: Apache-2.0 */
/* jcs.h - RFC 8785 (JSON Canonicalization Scheme) for the ledger's profile (internal)
 *
 * With ASCII keys and integers only: members sorted bytewise by key, no white space,
 * shortest escapes, decimal integers.  There is one encoding per value.
 */
#ifndef AK_CODEC_JCS_H
#define AK_CODEC_JCS_H

#include "codec/json.h"

/* Append the canonical form of `v`, which may be of any type.  A value outside the profile
 * is AK_INVALID_ARGUMENT (NULL too). */
AK_MUST_USE ak_status ak_jcs_write(const ak_json *v, ak_buf *out, ak_error *err);

/* The canonical text of `v`, at most `max` bytes.  Takes `v` over, also on failure; NULL is AK_NO_MEMORY, so what was just
 * built needs no check. */
AK_MUST_USE ak_status ak_jcs_text(ak_json *v, size_t max, ak_text *out, ak_error *err);

/* AK_OK when `text` is byte for byte the canonical form of `v`, which was parsed from it;
 * else AK_BAD_FORMAT with the offset of the first difference in err->at. */
AK_MUST_USE ak_status ak_jcs_check(ak_span text, const ak_json *v, ak_error *err);

/* Parse a text that has to be canonical: ak_json_parse, then ak_jcs_check, in one pass over most texts that are. */
AK_MUST_USE ak_status ak_jcs_parse(ak_span text, ak_json **out, ak_error *err);

/* The bytes of member `key` of the object that is member `outer` (NULL: that `text` itself is) in `text`, the canonical form of an
 * object; false when there is none.  Of a text that is not canonical the answer is some part of it, or none. */
bool ak_jcs_member(ak_span text, const char *outer, const char *key, ak_span *value);

/* For reading by people: two-space indentation, same order as stored, final newline. */
AK_MUST_USE ak_status ak_json_write_pretty(const ak_json *v, ak_buf *out, ak_error *err);

#endif
