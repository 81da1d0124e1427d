/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - public keys, signatures, and key files, on OpenSSL 3 (internal)
 *
 * A public key is its DER SubjectPublicKeyInfo in one canonical encoding: Ed25519 (RFC 8410);
 * EC P-256 named curve, uncompressed point; RSA 2048-8192 bits, e = 65537, NULL parameters.
 * Whatever parses re-encodes to the same bytes, else AK_WEAK_KEY / AK_BAD_FORMAT.  Refused as
 * weak: Ed25519 points of small order, not canonical or off the curve; other curves and
 * algorithms; RSA of another size, with an even modulus or another exponent.
 * keyid = SHA-256 of the SPKI bytes; it names a key.
 *
 * Signatures: Ed25519 64 bytes; ECDSA P-256 SHA-256 strict DER; RSA PKCS#1 v1.5 SHA-256.
 */
#ifndef AK_CRYPTO_KEY_H
#define AK_CRYPTO_KEY_H

#include "base/bytes.h"

enum { AK_SPKI_MAX = 2048, AK_SIGNATURE_MAX = 1024 /* bytes */ };

typedef enum ak_key_alg { AK_KEY_ED25519, AK_KEY_P256, AK_KEY_RSA } ak_key_alg;

typedef struct ak_pubkey ak_pubkey; /* immutable after creation: may be used by many threads */

AK_MUST_USE ak_status ak_pubkey_from_spki(ak_span spki, ak_pubkey **out, ak_error *err);
AK_MUST_USE ak_status ak_pubkey_from_ed25519(const uint8_t raw[32], ak_pubkey **out,
                                             ak_error *err);
/* An uncompressed point: 0x04, X, Y. */
AK_MUST_USE ak_status ak_pubkey_from_p256(const uint8_t point[65], ak_pubkey **out, ak_error *err);
/* Big-endian modulus and exponent, with or without leading zeros. */
AK_MUST_USE ak_status ak_pubkey_from_rsa(ak_span n, ak_span e, ak_pubkey **out, ak_error *err);
/* One more reference; returns k. */
ak_pubkey *ak_pubkey_ref(ak_pubkey *k);
void ak_pubkey_free(ak_pubkey **k); /* drops one reference */
ak_span ak_pubkey_spki(const ak_pubkey *k);        /* borrowed */
const ak_digest *ak_pubkey_id(const ak_pubkey *k); /* borrowed */
ak_key_alg ak_pubkey_alg(const ak_pubkey *k);
bool ak_pubkey_raw_ed25519(const ak_pubkey *k, uint8_t out[32]); /* false for other algorithms */

/* AK_OK, or AK_BAD_SIGNATURE, or AK_NO_MEMORY when it could not be checked.  Thread-safe.
 * Two different strings may both verify (ECDSA: s and n - s): count keys, not signatures. */
AK_MUST_USE ak_status ak_pubkey_check(const ak_pubkey *k, ak_span message, ak_span sig,
                                      ak_error *err);

/* True only when the signature verifies.  Thread-safe. */
bool ak_pubkey_verify(const ak_pubkey *k, ak_span message, ak_span sig);

enum { AK_PASSPHRASE_MAX = 1024 /* bytes */, AK_KEY_ROUNDS = 600000 };

typedef struct ak_seckey ak_seckey;

/* Ed25519 or P-256; RSA is AK_INVALID_ARGUMENT. */
AK_MUST_USE ak_status ak_seckey_generate(ak_key_alg alg, ak_seckey **out, ak_error *err);
/* PKCS#8 PEM, plain ("PRIVATE KEY").  Encrypted: AK_INVALID_ARGUMENT unless the right
 * passphrase is given; AK_LIMIT at "key.derivation" when the file wants it hashed for longer than
 * crypto/kdf.h allows, which is seen before anything is hashed.  The two halves are tried on each other before the key is handed out. */
AK_MUST_USE ak_status ak_seckey_from_pem(ak_span pem, const char *passphrase, ak_seckey **out,
                                         ak_error *err);
/* A key that stays elsewhere, with an agent or on a token: whoever holds it is asked for each signature. */
typedef struct ak_key_holder {
	void *ctx;
	/* Append the signature, in the form that ak_pubkey_check takes. */
	ak_status (*sign)(void *ctx, ak_span message, ak_buf *sig, ak_error *err);
	void (*free)(void *ctx);
} ak_key_holder;
/* Takes `pub` and `holder` over, also on failure.  Nothing is signed to try it out: each signature may cost its owner a touch. */
AK_MUST_USE ak_status ak_seckey_held(ak_pubkey *pub, const ak_key_holder *holder, ak_seckey **out, ak_error *err);
/* Wipe `out` after use.  AK_INVALID_ARGUMENT for a key that is held elsewhere. */
AK_MUST_USE ak_status ak_seckey_to_pem(const ak_seckey *k, ak_buf *out, ak_error *err);
/* The same, encrypted: PBES2 (RFC 8018) with AES-256-CBC and PBKDF2, HMAC-SHA-256, AK_KEY_ROUNDS rounds.  AK_INVALID_ARGUMENT for an empty
 * passphrase or one over AK_PASSPHRASE_MAX bytes. */
AK_MUST_USE ak_status ak_seckey_to_pem_encrypted(const ak_seckey *k, const char *passphrase, ak_buf *out, ak_error *err);
void ak_seckey_free(ak_seckey **k);
const ak_pubkey *ak_seckey_public(const ak_seckey *k); /* borrowed */
/* Verifies what it made before handing it out (AK_INTERNAL when that fails). */
AK_MUST_USE ak_status ak_seckey_sign(const ak_seckey *k, ak_span message, ak_buf *out,
                                     ak_error *err);

/* DER of an ECDSA signature from its two numbers, big-endian, as agents and tokens give them. */
AK_MUST_USE ak_status ak_ecdsa_der(ak_span r, ak_span s, ak_buf *out, ak_error *err);

/* "-----BEGIN PUBLIC KEY-----" */
AK_MUST_USE ak_status ak_pubkey_to_pem(const ak_pubkey *k, ak_buf *out, ak_error *err);
AK_MUST_USE ak_status ak_pubkey_from_pem(ak_span pem, ak_pubkey **out, ak_error *err);

#endif
