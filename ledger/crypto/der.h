/* SPDX-License-Identifier: Apache-2.0 */
/* der.h - as much of DER (X.690) as keys, signatures and evidence records need (internal)
 *
 * Every value has one encoding: definite lengths of the fewest bytes, integers of the
 * fewest bytes.  Lengths go to AK_DER_LEN_MAX, tags are one byte.
 */
#ifndef AK_CRYPTO_DER_H
#define AK_CRYPTO_DER_H

#include "base/bytes.h"

enum { AK_DER_LEN_MAX = 0xffffff };

enum {
	AK_DER_INTEGER = 0x02,
	AK_DER_BIT_STRING = 0x03,
	AK_DER_OCTET_STRING = 0x04,
	AK_DER_NULL = 0x05,
	AK_DER_OID = 0x06,
	AK_DER_SEQUENCE = 0x30,
};

/* Cut one value with this tag off the front of `in`.  False: nothing changes. */
bool ak_der_take(ak_span *in, uint8_t tag, ak_span *content);

/* The same for an INTEGER above zero; *n is its magnitude without leading zero. */
bool ak_der_take_positive(ak_span *in, ak_span *n);

/* Append a value with this tag.  AK_LIMIT above AK_DER_LEN_MAX bytes. */
AK_MUST_USE ak_status ak_der_put(ak_buf *out, uint8_t tag, ak_span content, ak_error *err);

/* The same for an INTEGER not below zero, given big-endian with or without leading zeros. */
AK_MUST_USE ak_status ak_der_put_unsigned(ak_buf *out, ak_span n, ak_error *err);

#endif
