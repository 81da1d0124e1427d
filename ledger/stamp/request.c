/* SPDX-License-Identifier: Apache-2.0 */
#include "stamp/stamp.h"

#include "base/fail.h"
#include "crypto/der.h"

#include <string.h>

static const uint8_t sha2_oid[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0 }; /* and 1, 2 or 3 */
static const uint8_t one[] = { 1 }, yes[] = { 0xff };

enum { OCTET_STRING = 0x04, BOOLEAN = 0x01 };

static ak_status put_imprint(ak_span imprint, ak_buf *out, ak_error *err)
{
	uint8_t oid[sizeof(sha2_oid)];
	ak_buf algorithm, parts;
	ak_status st;

	memcpy(oid, sha2_oid, sizeof(oid));
	oid[sizeof(oid) - 1] = imprint.len == 32 ? 1 : imprint.len == 48 ? 2 : 3;

	ak_buf_init(&algorithm, AK_STAMP_REQUEST_MAX);
	ak_buf_init(&parts, AK_STAMP_REQUEST_MAX);
	st = ak_der_put(&algorithm, AK_DER_OID, (ak_span){ oid, sizeof(oid) }, err);
	if (st == AK_OK)
		st = ak_der_put(&algorithm, AK_DER_NULL, (ak_span){ 0 }, err);
	if (st == AK_OK)
		st = ak_der_put(&parts, AK_DER_SEQUENCE, ak_buf_span(&algorithm), err);
	if (st == AK_OK)
		st = ak_der_put(&parts, OCTET_STRING, imprint, err);
	if (st == AK_OK)
		st = ak_der_put(out, AK_DER_SEQUENCE, ak_buf_span(&parts), err);
	ak_buf_clear(&algorithm);
	ak_buf_clear(&parts);
	return st;
}

ak_status ak_stamp_request(ak_span imprint, ak_span nonce, ak_buf *out, ak_error *err)
{
	ak_buf parts;
	ak_status st;

	if (imprint.len != 32 && imprint.len != 48 && imprint.len != 64)
		return ak_fail(err, AK_INVALID_ARGUMENT, "timestamp.imprint", imprint.len, "32, 48 or 64 bytes");
	if (nonce.len == 0 || nonce.len > AK_NONCE_LEN_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "timestamp.nonce", nonce.len, "1 to %d bytes", AK_NONCE_LEN_MAX);
	ak_buf_init(&parts, AK_STAMP_REQUEST_MAX);
	st = ak_der_put_unsigned(&parts, (ak_span){ one, sizeof(one) }, err);
	if (st == AK_OK)
		st = put_imprint(imprint, &parts, err);
	if (st == AK_OK)
		st = ak_der_put_unsigned(&parts, nonce, err);
	if (st == AK_OK)
		st = ak_der_put(&parts, BOOLEAN, (ak_span){ yes, sizeof(yes) }, err);
	if (st == AK_OK)
		st = ak_der_put(out, AK_DER_SEQUENCE, ak_buf_span(&parts), err);
	ak_buf_clear(&parts);
	return st;
}
