/* SPDX-License-Identifier: Apache-2.0 */
/* import.h - keys as other programs keep them (internal)
 *
 * Files are at most AK_IMPORT_MAX bytes, else AK_LIMIT.  What is read is then held to what akashi takes (crypto/key.h).
 */
#ifndef AK_SIGNER_IMPORT_H
#define AK_SIGNER_IMPORT_H

#include "crypto/key.h"

enum { AK_IMPORT_MAX = 65536 };

/* PEM or DER of PKCS#8, PKCS#1 and SEC 1, plain or encrypted; "OPENSSH PRIVATE KEY", plain; PKCS#12.  AK_INVALID_ARGUMENT when a passphrase
 * is needed and is NULL or wrong; AK_LIMIT at "key.derivation" when hashing it would take longer or more memory than crypto/kdf.h allows:
 * that is seen before anything is hashed. */
AK_MUST_USE ak_status ak_import_secret(ak_span file, const char *passphrase, ak_seckey **out, ak_error *err);

/* "-----BEGIN PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----", a certificate in DER, or one line of OpenSSH. */
AK_MUST_USE ak_status ak_import_public(ak_span file, ak_pubkey **out, ak_error *err);

#endif
