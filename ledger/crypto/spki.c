/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/spki.h"

#include "base/fail.h"
#include "crypto/der.h"

#include <string.h>

static const char where[] = "key.spki";

static const uint8_t oid_ed25519[] = { 0x2b, 0x65, 0x70 };
static const uint8_t oid_ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };
static const uint8_t oid_p256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
static const uint8_t oid_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };

static bool is(ak_span a, const uint8_t *b, size_t len)
{
	return ak_span_eq(a, (ak_span){ b, len });
}

/* The three fields of an SPKI; `params` is what follows the OID, as it stands. */
typedef struct fields {
	const uint8_t *start; /* offsets in errors count from here */
	ak_span oid;
	ak_span params;
	ak_span bits;
} fields;

static uint64_t offset(const fields *f, ak_span part)
{
	return (uint64_t)(part.data - f->start);
}

static ak_status read_fields(ak_span spki, fields *f, ak_error *err)
{
	ak_span rest = spki, body, alg;

	if (!ak_der_take(&rest, AK_DER_SEQUENCE, &body))
		return ak_fail(err, AK_BAD_FORMAT, where, 0, "not a DER sequence");
	if (rest.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, rest), "bytes after the key");
	if (!ak_der_take(&body, AK_DER_SEQUENCE, &alg))
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, body), "no algorithm");
	if (!ak_der_take(&alg, AK_DER_OID, &f->oid))
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, alg), "no algorithm OID");
	f->params = alg;
	if (!ak_der_take(&body, AK_DER_BIT_STRING, &f->bits) || f->bits.len == 0 ||
	    f->bits.data[0] != 0)
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, body),
		               "no bit string of whole bytes");
	if (body.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, body),
		               "more than algorithm and key");
	f->bits = (ak_span){ f->bits.data + 1, f->bits.len - 1 };
	return AK_OK;
}

static ak_status read_ed25519(const fields *f, ak_spki *out, ak_error *err)
{
	ak_status st;

	if (f->params.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, f->params),
		               "Ed25519 takes no parameters");
	if (f->bits.len != 32)
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, f->bits),
		               "Ed25519 key of %zu bytes", f->bits.len);
	st = ak_ed25519_check_point(f->bits.data, err);
	if (st != AK_OK)
		return st;
	*out = (ak_spki){ AK_KEY_ED25519, f->bits };
	return AK_OK;
}

static ak_status read_ec(const fields *f, ak_spki *out, ak_error *err)
{
	ak_span params = f->params, curve;
	ak_status st;

	if (!ak_der_take(&params, AK_DER_OID, &curve) || params.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, f->params),
		               "the curve is not given by name");
	if (!is(curve, oid_p256, sizeof(oid_p256)))
		return ak_fail(err, AK_WEAK_KEY, where, offset(f, curve),
		               "a curve other than P-256");
	if (f->bits.len != 65)
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, f->bits),
		               "P-256 point of %zu bytes; 65 are an uncompressed one",
		               f->bits.len);
	st = ak_p256_check_point(f->bits.data, err);
	if (st != AK_OK)
		return st;
	*out = (ak_spki){ AK_KEY_P256, f->bits };
	return AK_OK;
}

static size_t bit_length(ak_span n)
{
	size_t bits = n.len * 8;

	for (uint8_t top = n.data[0]; (top & 0x80) == 0; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static ak_status read_rsa(const fields *f, ak_spki *out, ak_error *err)
{
	static const uint8_t null[] = { AK_DER_NULL, 0 };
	static const uint8_t f4[] = { 1, 0, 1 };
	ak_span rest = f->bits, body, n, e;
	size_t bits;

	if (!is(f->params, null, sizeof(null)))
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, f->params),
		               "RSA parameters are not NULL");
	if (!ak_der_take(&rest, AK_DER_SEQUENCE, &body) || rest.len != 0 ||
	    !ak_der_take_positive(&body, &n) || !ak_der_take_positive(&body, &e) ||
	    body.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, where, offset(f, f->bits),
		               "not an RSA modulus and exponent in DER");
	bits = bit_length(n);
	if (bits < 2048 || bits > 8192)
		return ak_fail(err, AK_WEAK_KEY, where, offset(f, n),
		               "RSA modulus of %zu bits; 2048 to 8192 are taken", bits);
	if ((n.data[n.len - 1] & 1) == 0)
		return ak_fail(err, AK_WEAK_KEY, where, offset(f, n), "even RSA modulus");
	if (!is(e, f4, sizeof(f4)))
		return ak_fail(err, AK_WEAK_KEY, where, offset(f, e),
		               "RSA exponent other than 65537");
	*out = (ak_spki){ AK_KEY_RSA, n };
	return AK_OK;
}

ak_status ak_spki_read(ak_span spki, ak_spki *out, ak_error *err)
{
	fields f = { .start = spki.data };
	ak_status st;

	if (spki.len > AK_SPKI_MAX)
		return ak_fail(err, AK_BAD_FORMAT, where, AK_SPKI_MAX,
		               "over %d bytes", AK_SPKI_MAX);
	st = read_fields(spki, &f, err);
	if (st != AK_OK)
		return st;
	if (is(f.oid, oid_ed25519, sizeof(oid_ed25519)))
		return read_ed25519(&f, out, err);
	if (is(f.oid, oid_ec, sizeof(oid_ec)))
		return read_ec(&f, out, err);
	if (is(f.oid, oid_rsa, sizeof(oid_rsa)))
		return read_rsa(&f, out, err);
	return ak_fail(err, AK_WEAK_KEY, where, offset(&f, f.oid),
	               "an algorithm other than Ed25519, EC P-256 and RSA");
}

void ak_spki_of_ed25519(const uint8_t raw[32], uint8_t out[AK_ED25519_SPKI_LEN])
{
	static const uint8_t head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
		                        0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };

	memcpy(out, head, sizeof(head));
	memcpy(out + sizeof(head), raw, 32);
}
