/* SPDX-License-Identifier: Apache-2.0 */
/* ssh_key.h - OpenSSH's public keys and signatures as akashi's (private to signer/)
 *
 * RFC 8709 (Ed25519), RFC 5656 (ECDSA P-256), RFC 4253 and 8332 (RSA with SHA-256).
 */
#ifndef AK_SIGNER_SSH_KEY_H
#define AK_SIGNER_SSH_KEY_H

#include "crypto/key.h"

/* AK_NOT_FOUND: a kind of key that akashi knows nothing of.  AK_BAD_FORMAT: not whole. */
AK_MUST_USE ak_status ak_ssh_key_read(ak_span blob, ak_pubkey **out, ak_error *err);

/* Append the signature in akashi's form; AK_BAD_FORMAT when it is of another kind than the key. */
AK_MUST_USE ak_status ak_ssh_signature_read(ak_span blob, ak_key_alg alg, ak_buf *out, ak_error *err);

#endif
