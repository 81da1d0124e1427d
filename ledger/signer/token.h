/* SPDX-License-Identifier: Apache-2.0 */
/* token.h - keys on tokens, through PKCS#11 2.40 and p11-kit (private to signer/)
 *
 * The URI (RFC 7512) must fit one initialised token and, on it, one private key, by label (object) and id.  Where the token has its own
 * means of asking for the PIN, it is left to it.  Ed25519 (CKM_EDDSA), P-256 (CKM_ECDSA) and RSA (CKM_SHA256_RSA_PKCS, else CKM_RSA_PKCS).
 */
#ifndef AK_SIGNER_TOKEN_H
#define AK_SIGNER_TOKEN_H

#include "akashi/key.h"
#include "crypto/key.h"

AK_MUST_USE ak_status ak_token_open(const char *uri, const ak_key_access *access, ak_seckey **out, ak_error *err);

#endif
