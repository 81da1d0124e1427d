/* SPDX-License-Identifier: Apache-2.0 */
/* walk.h - is this strict DER?  Asked before OpenSSL sees bytes from outside (internal)
 *
 * The whole input is one value in the distinguished encoding (X.690, 8 and 10):
 *
 *   tags      one byte; tag number 0 to 30; of the universal types only SEQUENCE and SET are constructed, and they always are
 *   lengths   definite, of the fewest bytes, inside what encloses them; nothing left over anywhere
 *   BOOLEAN   00 or FF; INTEGER and ENUMERATED: at least one byte, of the fewest; NULL empty
 *   OID       at least one byte, arcs of the fewest bytes, the last one ended
 *   BIT STRING  0 to 7 unused bits, all zero; no bits, none unused
 *   times     UTCTime YYMMDDhhmmssZ; GeneralizedTime YYYYMMDDhhmmssZ or with .f… that does not end in 0
 *
 * What it does not look at: the order of a SET OF, the characters of strings, and what OCTET STRINGs and implicitly tagged
 * primitives hold; a caller that wants the inside walked walks it as a value of its own.  No recursion, no allocation: time is
 * linear in the bytes.
 */
#ifndef AK_PKI_WALK_H
#define AK_PKI_WALK_H

#include "base/bytes.h"

enum {
	AK_WALK_DEPTH_MAX = 32,
	AK_TAG_BOOLEAN = 0x01,
	AK_TAG_INTEGER = 0x02,
	AK_TAG_BIT_STRING = 0x03,
	AK_TAG_OCTET_STRING = 0x04,
	AK_TAG_NULL = 0x05,
	AK_TAG_OID = 0x06,
	AK_TAG_ENUMERATED = 0x0a,
	AK_TAG_UTC_TIME = 0x17,
	AK_TAG_GENERALIZED_TIME = 0x18,
	AK_TAG_SEQUENCE = 0x30,
	AK_TAG_SET = 0x31,
};

typedef struct ak_walk {
	const char *where; /* static: for errors */
	size_t bytes;      /* the input is at most this long ...    */
	size_t values;     /* ... of at most this many values ...   */
	size_t depth;      /* ... nested at most this deep, ≤ AK_WALK_DEPTH_MAX; the outermost value has depth 1 */
	/* Called for each value in order, a constructed one before what it holds; may be NULL.  Anything but AK_OK ends the walk. */
	ak_status (*visit)(void *ctx, uint8_t tag, ak_span content, ak_error *err);
	void *ctx;
} ak_walk;

/* AK_BAD_FORMAT, with the byte in err->at, for whatever is not strict DER or goes over a bound. */
AK_MUST_USE ak_status ak_walk_der(const ak_walk *w, ak_span der, ak_error *err);

/* Cut the tag and content of one value off the front of `in`; only lengths are looked at.  False: nothing changes. */
bool ak_walk_take(ak_span *in, uint8_t *tag, ak_span *content);

#endif
