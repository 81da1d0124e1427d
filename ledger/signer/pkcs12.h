/* SPDX-License-Identifier: Apache-2.0 */
/* pkcs12.h - the private key of a PKCS#12 file (RFC 7292) (private to signer/)
 *
 * The first private key counts: certificates and what else is in the box are not looked at.  What lies in the open is read before
 * what is encrypted as a whole, so that no passphrase is hashed for nothing.  Each derivation is counted before it is spent
 * (crypto/kdf.h), all of a file together.
 */
#ifndef AK_SIGNER_PKCS12_H
#define AK_SIGNER_PKCS12_H

#include "crypto/key.h"

#include <openssl/pkcs12.h>

/* passphrase NULL: none was given, which opens boxes with the empty one.  AK_INVALID_ARGUMENT at "key.passphrase" when it does not open
 * the box; AK_LIMIT at "key.derivation" when opening it would cost too much. */
AK_MUST_USE ak_status ak_pkcs12_read(PKCS12 *box, const char *passphrase, ak_seckey **out, ak_error *err);

#endif
