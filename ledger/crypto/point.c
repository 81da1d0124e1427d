/* SPDX-License-Identifier: Apache-2.0 */
/* Is this the encoding of a point that can be a key?  For Ed25519 OpenSSL 3.0 takes any 32
 * bytes; for P-256 it looks, but its answer does not tell a bad point from want of memory. */
#include "crypto/spki.h"

#include "base/fail.h"
#include "crypto/ossl.h"

#include <openssl/bn.h>
#include <string.h>

/* The y of the points whose order divides 8, little-endian.  Each y stands for both of
 * its x, so the sign bit is left out of the comparison. */
static const uint8_t small_order_y[][32] = {
	{ 0 }, /* order 4 */
	{ 1 }, /* order 1: the identity */
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
	  0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
	  0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 }, /* order 8 */
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
	  0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
	  0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a }, /* order 8 */
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f }, /* order 2: -1 */
};

/* y >= p = 2^255 - 19: a second name for y - p. */
static bool is_reduced(const uint8_t y[32])
{
	if (y[31] != 0x7f || y[0] < 0xed)
		return true;
	for (size_t i = 1; i < 31; i++) {
		if (y[i] != 0xff)
			return true;
	}
	return false;
}

static bool is_small_order(const uint8_t y[32])
{
	for (size_t i = 0; i < sizeof(small_order_y) / sizeof(small_order_y[0]); i++) {
		if (memcmp(y, small_order_y[i], 32) == 0)
			return true;
	}
	return false;
}

/* The curve is x^2 = (y^2 - 1) / (d y^2 + 1) with d = -121665/121666.  An x exists when the
 * right side is a square.  Times the square of 121666 (d y^2 + 1), which changes nothing
 * about that, it is  121666 (y^2 - 1) (121666 - 121665 y^2):  no division.
 * 1: a square, 0: not, -1: OpenSSL failed. */
static int has_x(const uint8_t y_le[32])
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *y2 = BN_new(), *a = BN_new(), *b = BN_new();
	int kind = -2;

	if (ctx == NULL || p == NULL || y2 == NULL || a == NULL || b == NULL)
		goto out;
	if (BN_set_bit(p, 255) != 1 || BN_sub_word(p, 19) != 1 ||
	    BN_lebin2bn(y_le, 32, y2) == NULL || BN_mod_sqr(y2, y2, p, ctx) != 1)
		goto out;
	if (BN_copy(a, y2) == NULL || BN_sub_word(a, 1) != 1 || BN_mul_word(a, 121666) != 1)
		goto out;
	/* b = 121665 y^2 - 121666; its sign is put right below: -1 is a square mod p. */
	if (BN_copy(b, y2) == NULL || BN_mul_word(b, 121665) != 1 ||
	    BN_sub_word(b, 121666) != 1 || BN_mod_mul(a, a, b, p, ctx) != 1)
		goto out;
	kind = BN_kronecker(a, p, ctx); /* 1, 0, -1, or -2 for an error */
out:
	BN_free(b);
	BN_free(a);
	BN_free(y2);
	BN_free(p);
	BN_CTX_free(ctx);
	return kind == -2 ? -1 : kind >= 0;
}

ak_status ak_ed25519_check_point(const uint8_t raw[32], ak_error *err)
{
	static const char where[] = "key.ed25519";
	uint8_t y[32];

	memcpy(y, raw, sizeof(y));
	y[31] &= 0x7f;
	if (!is_reduced(y))
		return ak_fail(err, AK_WEAK_KEY, where, 0, "the point is not in canonical form");
	if (is_small_order(y))
		return ak_fail(err, AK_WEAK_KEY, where, 0, "a point of small order");
	switch (has_x(y)) {
	case 1:
		return AK_OK;
	case 0:
		return ak_fail(err, AK_WEAK_KEY, where, 0, "not a point of the curve");
	default:
		return ak_ossl_fail(err, AK_INTERNAL, where, "curve arithmetic failed");
	}
}

static const uint8_t p256_p[32] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

static const uint8_t p256_b[32] = {
	0x5a, 0xc6, 0x35, 0xd8, 0xaa, 0x3a, 0x93, 0xe7, 0xb3, 0xeb, 0xbd,
	0x55, 0x76, 0x98, 0x86, 0xbc, 0x65, 0x1d, 0x06, 0xb0, 0xcc, 0x53,
	0xb0, 0xf6, 0x3b, 0xce, 0x3c, 0x3e, 0x27, 0xd2, 0x60, 0x4b,
};

/* y^2 = x^3 - 3 x + b = x (x^2 - 3) + b.  1: it holds, 0: not, -1: OpenSSL failed. */
static int p256_holds(const uint8_t x_be[32], const uint8_t y_be[32])
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_bin2bn(p256_p, 32, NULL), *b = BN_bin2bn(p256_b, 32, NULL);
	BIGNUM *x = BN_bin2bn(x_be, 32, NULL), *y = BN_bin2bn(y_be, 32, NULL);
	BIGNUM *t = BN_new();
	int holds = -1;

	if (ctx == NULL || p == NULL || b == NULL || x == NULL || y == NULL || t == NULL)
		goto out;
	if (BN_mod_sqr(t, x, p, ctx) != 1 || BN_sub_word(t, 3) != 1 ||
	    BN_mod_mul(t, t, x, p, ctx) != 1 || BN_mod_add(t, t, b, p, ctx) != 1 ||
	    BN_mod_sqr(y, y, p, ctx) != 1)
		goto out;
	holds = BN_cmp(t, y) == 0;
out:
	BN_free(t);
	BN_free(y);
	BN_free(x);
	BN_free(b);
	BN_free(p);
	BN_CTX_free(ctx);
	return holds;
}

ak_status ak_p256_check_point(const uint8_t raw[65], ak_error *err)
{
	static const char where[] = "key.p256";
	const uint8_t *x = raw + 1, *y = raw + 33;

	if (raw[0] != 0x04)
		return ak_fail(err, AK_BAD_FORMAT, where, 0, "not an uncompressed point");
	if (memcmp(x, p256_p, 32) >= 0 || memcmp(y, p256_p, 32) >= 0)
		return ak_fail(err, AK_WEAK_KEY, where, 0, "the point is not in canonical form");
	switch (p256_holds(x, y)) {
	case 1:
		return AK_OK;
	case 0:
		return ak_fail(err, AK_WEAK_KEY, where, 0, "not a point of the curve");
	default:
		return ak_ossl_fail(err, AK_INTERNAL, where, "curve arithmetic failed");
	}
}
