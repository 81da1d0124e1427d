/* SPDX-License-Identifier: Apache-2.0 */
/* kdf.h - what opening an encrypted key costs, known before it is spent (internal)
 *
 * A key file says itself how often its passphrase is hashed, and how much memory that takes: a hostile one says minutes, hours or
 * gigabytes.  So every derivation that a file asks for is counted first, in steps, and refused above AK_KDF_STEPS_MAX for the
 * whole file; one step is one iteration of PBKDF2 or of PKCS#12's own hashing, or one block of scrypt (N r p of them).  scrypt may
 * also take no more than AK_KDF_MEMORY_MAX.  Both are well above what programs write: 600 000 iterations (akashi), 2048 (openssl),
 * N r p of 2^17 (openssl pkcs8 -scrypt).  Sources: RFC 8018 (PBES1, PBES2, PBKDF2, PBMAC1), RFC 7914 (scrypt), RFC 7292 (PKCS#12).
 */
#ifndef AK_CRYPTO_KDF_H
#define AK_CRYPTO_KDF_H

#include "akashi/types.h"

#include <openssl/x509.h>

enum {
	AK_KDF_STEPS_MAX = 5000000,
	AK_KDF_MEMORY_MAX = 32 << 20, /* bytes; OpenSSL's own bound for key files */
};

/* Add what `how` asks for to *spent, which begins at 0 for each file; *spent is untouched on failure.  AK_LIMIT at "key.derivation"
 * when the file then asks for too much; AK_BAD_FORMAT when it asks for a derivation that is not read, or in a damaged form. */
AK_MUST_USE ak_status ak_kdf_admit(const X509_ALGOR *how, uint64_t *spent, ak_error *err);

/* Every encrypted key in a file that OpenSSL is given to look for one in, PEM or DER, wherever it stands: counted together.  AK_LIMIT and AK_BAD_FORMAT
 * as above; AK_BAD_FORMAT also for a block that calls itself an encrypted key and cannot be counted. */
AK_MUST_USE ak_status ak_kdf_admit_file(ak_span file, ak_error *err);

/* The same for a count of iterations given apart, as PKCS#12 gives that of its MAC; NULL is 1. */
AK_MUST_USE ak_status ak_kdf_admit_rounds(const ASN1_INTEGER *rounds, uint64_t *spent, ak_error *err);

#endif
