/* SPDX-License-Identifier: Apache-2.0 */
/* part.h - what the files of stamp/ share (private to stamp/) */
#ifndef AK_STAMP_PART_H
#define AK_STAMP_PART_H

#include "stamp/stamp.h"

struct ak_stamp {
	uint8_t *der; /* owned: what was parsed */
	size_t len;
	ak_span token; /* ContentInfo, within der */
	ak_span nonce; /* content of the INTEGER, within der; empty: none */
	ak_stamp_info info;
};

/* One value with this tag off the front of `in`, or AK_BAD_FORMAT at its place in `all`. */
AK_MUST_USE ak_status ak_stamp_take(ak_span all, ak_span *in, uint8_t tag, const char *where, ak_span *content, ak_error *err);
bool ak_stamp_next_is(ak_span in, uint8_t tag);
/* False: an arc over 63 bits, or a text longer than its room. */
bool ak_stamp_oid_text(ak_span oid, char out[AK_OID_TEXT_MAX]);
bool ak_stamp_oid_is(ak_span oid, const char *dotted);
/* Length of the hash with that identifier: 32, 48 or 64; 0 for all others. */
size_t ak_stamp_hash_len(ak_span oid);
/* The TSTInfo `t`, which is somewhere in `all`. */
AK_MUST_USE ak_status ak_stamp_read_info(ak_span all, ak_span t, ak_stamp_info *out, ak_span *nonce, ak_error *err);

#endif
