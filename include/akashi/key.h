/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - making and reading key files (PKCS#8 PEM)
 *
 * The library reads no files and asks no passphrase: bytes come in, bytes go out.  Secret text should be wiped by
 * whoever holds it (ak_text_wipe).
 */
#ifndef AKASHI_KEY_H
#define AKASHI_KEY_H

#include "akashi/types.h"

typedef struct ak_secret ak_secret; /* a private key in memory */

/* alg: "ed25519" or "p256".  AK_INVALID_ARGUMENT for others. */
AK_API AK_MUST_USE ak_status ak_secret_generate(const char *alg, ak_secret **out, ak_error *err);
/* passphrase NULL: the key must not be encrypted. */
AK_API AK_MUST_USE ak_status ak_secret_read(ak_span pem, const char *passphrase, ak_secret **out, ak_error *err);
AK_API AK_MUST_USE ak_status ak_secret_pem(const ak_secret *k, ak_text *out, ak_error *err);
AK_API void ak_secret_free(ak_secret **k);
AK_API void ak_text_wipe(ak_text *t); /* overwrite, then free */

/* {"id":"<64 hex>","spki":"<base64>","algorithm":"ed25519","pem":["-----BEGIN PUBLIC KEY-----"…],"ssh":"ssh-ed25519 …" (Ed25519
 * only)}: the lines of the PEM;: "id" and "spki" are what keyset and party records hold. */
AK_API AK_MUST_USE ak_status ak_secret_public(const ak_secret *k, ak_text *json, ak_error *err);
/* The same from a public key in PEM. */
AK_API AK_MUST_USE ak_status ak_public_read(ak_span pem, ak_text *json, ak_error *err);

#endif
