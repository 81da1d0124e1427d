/* SPDX-License-Identifier: Apache-2.0 */
/* seckey.h - private keys as OpenSSL has them, for whoever reads other forms of them (internal) */
#ifndef AK_CRYPTO_SECKEY_H
#define AK_CRYPTO_SECKEY_H

#include "crypto/key.h"

#include <openssl/evp.h>

/* Take a private key over, also on failure.  AK_WEAK_KEY: a key that akashi does not take; AK_BAD_FORMAT: its two
 * halves do not belong together. */
AK_MUST_USE ak_status ak_seckey_adopt(EVP_PKEY *pkey, ak_seckey **out, ak_error *err);

#endif
