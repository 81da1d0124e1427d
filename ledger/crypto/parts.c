/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and signatures put together from the numbers that agents and tokens give. */
#include "crypto/key.h"

#include "base/fail.h"
#include "crypto/der.h"

enum { P256_POINT = 65 };

static ak_status take_spki(ak_status st, ak_buf *spki, ak_pubkey **out, ak_error *err)
{
	if (st == AK_OK)
		st = ak_pubkey_from_spki(ak_buf_span(spki), out, err);
	ak_buf_clear(spki);
	return st;
}

ak_status ak_pubkey_from_p256(const uint8_t point[65], ak_pubkey **out, ak_error *err)
{
	/* SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING of no spare bits }: RFC 5480 */
	static const uint8_t head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
		                        0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00 };
	ak_buf spki;
	ak_status st;

	ak_buf_init(&spki, AK_SPKI_MAX);
	st = ak_buf_add(&spki, head, sizeof(head), err);
	if (st == AK_OK)
		st = ak_buf_add(&spki, point, P256_POINT, err);
	return take_spki(st, &spki, out, err);
}

ak_status ak_pubkey_from_rsa(ak_span n, ak_span e, ak_pubkey **out, ak_error *err)
{
	/* SEQUENCE { rsaEncryption, NULL }: RFC 3279 */
	static const uint8_t algorithm[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
	ak_buf numbers, bits, all, spki;
	ak_status st;

	ak_buf_init(&numbers, AK_SPKI_MAX);
	ak_buf_init(&bits, AK_SPKI_MAX);
	ak_buf_init(&all, AK_SPKI_MAX);
	ak_buf_init(&spki, AK_SPKI_MAX);
	st = ak_der_put_unsigned(&numbers, n, err);
	if (st == AK_OK)
		st = ak_der_put_unsigned(&numbers, e, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(&bits, 0, err); /* no spare bits */
	if (st == AK_OK)
		st = ak_der_put(&bits, AK_DER_SEQUENCE, ak_buf_span(&numbers), err);
	if (st == AK_OK)
		st = ak_buf_add(&all, algorithm, sizeof(algorithm), err);
	if (st == AK_OK)
		st = ak_der_put(&all, AK_DER_BIT_STRING, ak_buf_span(&bits), err);
	if (st == AK_OK)
		st = ak_der_put(&spki, AK_DER_SEQUENCE, ak_buf_span(&all), err);
	/* A number that leaves no room is a key too big to be taken. */
	if (st == AK_LIMIT)
		st = ak_fail(err, AK_WEAK_KEY, "key.spki", 0, "RSA modulus or exponent too big");
	ak_buf_clear(&numbers);
	ak_buf_clear(&bits);
	ak_buf_clear(&all);
	return take_spki(st, &spki, out, err);
}

ak_status ak_ecdsa_der(ak_span r, ak_span s, ak_buf *out, ak_error *err)
{
	ak_buf numbers;
	ak_status st;

	ak_buf_init(&numbers, AK_SIGNATURE_MAX);
	st = ak_der_put_unsigned(&numbers, r, err);
	if (st == AK_OK)
		st = ak_der_put_unsigned(&numbers, s, err);
	if (st == AK_OK)
		st = ak_der_put(out, AK_DER_SEQUENCE, ak_buf_span(&numbers), err);
	ak_buf_clear(&numbers);
	return st;
}
