/* SPDX-License-Identifier: Apache-2.0 */
/* spki.h - SubjectPublicKeyInfo, read strictly (private to crypto/)
 *
 *	SEQUENCE { SEQUENCE { algorithm OID, parameters }, BIT STRING }
 *
 *	            OID                   parameters       bits
 *	Ed25519     1.3.101.112           absent           32 bytes, RFC 8032
 *	EC P-256    1.2.840.10045.2.1     the curve's OID  0x04, X, Y
 *	RSA         1.2.840.113549.1.1.1  NULL             SEQUENCE { n, e }
 *
 * Each field has one possible encoding, so two keys are the same key exactly when their
 * bytes are equal.  What is read here is a key: OpenSSL refusing it later is a failure of
 * OpenSSL's, not of the key.
 */
#ifndef AK_CRYPTO_SPKI_H
#define AK_CRYPTO_SPKI_H

#include "crypto/key.h"

enum { AK_ED25519_SPKI_LEN = 44 };

typedef struct ak_spki {
	ak_key_alg alg;
	ak_span key; /* Ed25519: 32 bytes; P-256: 65 bytes; RSA: n without leading zero */
} ak_spki;

/* AK_BAD_FORMAT: not this form.  AK_WEAK_KEY: a key that akashi does not take. */
AK_MUST_USE ak_status ak_spki_read(ak_span spki, ak_spki *out, ak_error *err);

void ak_spki_of_ed25519(const uint8_t raw[32], uint8_t out[AK_ED25519_SPKI_LEN]);

/* AK_WEAK_KEY unless `raw` is the canonical encoding of a curve point whose order is not
 * small.  With a key of small order one fixed signature fits many messages, or all. */
AK_MUST_USE ak_status ak_ed25519_check_point(const uint8_t raw[32], ak_error *err);

/* The same for an uncompressed P-256 point: all points of that curve but zero, which has no
 * such encoding, have the one large order. */
AK_MUST_USE ak_status ak_p256_check_point(const uint8_t raw[65], ak_error *err);

#endif
