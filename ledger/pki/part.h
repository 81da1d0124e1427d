/* SPDX-License-Identifier: Apache-2.0 */
/* part.h - what the files of pki/ share (private to pki/) */
#ifndef AK_PKI_PART_H
#define AK_PKI_PART_H

#include "pki/cert.h"
#include "pki/crl.h"

#include <openssl/x509.h>

/* False: not a time of the years 1 to 9999. */
bool ak_pki_time(const ASN1_TIME *t, int64_t *unix_s);

/* A signature algorithm that path.h takes? */
bool ak_pki_strong_digest(int md_nid, int key_nid);

/* Is the list signed by such an algorithm?  RSASSA-PSS is not taken here: OpenSSL does not say with which digest. */
bool ak_pki_strong_crl(const X509_CRL *x);

/* RFC 4514, UTF-8. */
AK_MUST_USE ak_status ak_pki_name(const X509_NAME *name, const char *where, ak_buf *out, ak_error *err);
AK_MUST_USE ak_status ak_pki_number(const ASN1_INTEGER *n, const char *where, ak_buf *out, ak_error *err);

/* Is there memory to be had?  Some of OpenSSL's failed allocations look like bad input: a bad answer has to be given twice, and with
 * memory in between. */
bool ak_pki_has_memory(void);

/* Each extension once, of strict DER inside, at most AK_CERT_EXTENSIONS_MAX. */
AK_MUST_USE ak_status ak_pki_extensions(const STACK_OF(X509_EXTENSION) *list, const char *where, ak_error *err);

#endif
