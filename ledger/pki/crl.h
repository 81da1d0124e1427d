/* SPDX-License-Identifier: Apache-2.0 */
/* crl.h - certificate revocation lists (RFC 5280, 5), read strictly (internal)
 *
 * At most AK_CRL_MAX bytes of strict DER (walk.h), with thisUpdate.  Objects are immutable and may be used by many threads.  path.h takes
 * complete, delta and indirect lists; what akashi seals must pass ak_crl_check_form.
 */
#ifndef AK_PKI_CRL_H
#define AK_PKI_CRL_H

#include "pki/cert.h"

enum {
	AK_CRL_MAX = 4 * 1024 * 1024, /* bytes */
	AK_CRL_VALUES_MAX = 1000000,
	AK_CRL_DEPTH_MAX = 24,
	AK_CRLS_MAX = 64, /* lists that one question takes */
};

typedef struct ak_crl ak_crl;

/* DER, or one PEM block "-----BEGIN X509 CRL-----".  AK_BAD_FORMAT: no such list.  Copies the bytes. */
AK_MUST_USE ak_status ak_crl_parse(ak_span file, ak_crl **out, ak_error *err);
void ak_crl_free(ak_crl **c);

ak_span ak_crl_der(const ak_crl *c);             /* borrowed */
const ak_digest *ak_crl_id(const ak_crl *c);     /* SHA-256 of the DER; borrowed */
int64_t ak_crl_this_update(const ak_crl *c);
bool ak_crl_next_update(const ak_crl *c, int64_t *t); /* false: it names none, and can not be used */
/* The issuer's name, as ak_cert_subject; the number in lower-case hex, nothing when it has none. */
AK_MUST_USE ak_status ak_crl_issuer(const ak_crl *c, ak_buf *out, ak_error *err);
AK_MUST_USE ak_status ak_crl_number(const ak_crl *c, ak_buf *out, ak_error *err);
struct X509_crl_st *ak_crl_x509(const ak_crl *c); /* OpenSSL's object; borrowed */

/* May it be sealed: not a delta list, not an indirect one, with a nextUpdate, every critical extension known?  A list cut by scope or by
 * reasons (issuingDistributionPoint) is taken; path.h asks whether it speaks about a certificate.  AK_BAD_FORMAT. */
AK_MUST_USE ak_status ak_crl_check_form(const ak_crl *c, ak_error *err);

/* Made by `issuer`: its name (AK_NOT_FOUND), its key (AK_BAD_SIGNATURE), a key usage that has cRLSign (AK_BAD_CERTIFICATE), an algorithm that is taken (AK_WEAK_KEY). */
AK_MUST_USE ak_status ak_crl_check_issuer(const ak_crl *c, const ak_cert *issuer, ak_error *err);

typedef struct ak_revoked {
	int64_t date;       /* revocationDate */
	int64_t invalid;    /* invalidityDate, since when the issuer takes the key for lost; = date when none is given */
	int reason;         /* RFC 5280 5.3.1; -1: none given */
} ak_revoked;

/* True: the list, one that is not indirect, names the certificate, and `cert` has its issuer's name. */
bool ak_crl_find(const ak_crl *c, const ak_cert *cert, ak_revoked *out);
const char *ak_revoked_reason(int reason); /* "keyCompromise"; "unspecified" for none and unknown ones; static */

#endif
