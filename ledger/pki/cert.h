/* SPDX-License-Identifier: Apache-2.0 */
/* cert.h - X.509 certificates (RFC 5280), read strictly (internal)
 *
 * A certificate is at most AK_CERT_MAX bytes of strict DER (walk.h), of version 3 or, without extensions, 1; every extension has its own
 * object identifier and holds one value in strict DER.  What parses re-encodes to the same bytes.  Parsing decides nothing about trust:
 * path.h does.  Objects are immutable and may be used by many threads.
 *
 * No network, no clock, no file, no trust store of the system.
 */
#ifndef AK_PKI_CERT_H
#define AK_PKI_CERT_H

#include "base/bytes.h"

enum {
	AK_CERT_MAX = 16 * 1024, /* bytes */
	AK_CERT_VALUES_MAX = 4096,
	AK_CERT_DEPTH_MAX = 24,
	AK_CERT_EXTENSIONS_MAX = 64,
	AK_CHAIN_MAX = 10,           /* certificates in a path, leaf and root included */
	AK_CERT_TEXT_MAX = 32 * 1024, /* bytes of a name as text: escapes make it longer */
};

typedef struct ak_cert ak_cert;

/* AK_BAD_FORMAT: not such a certificate.  Copies `der`. */
AK_MUST_USE ak_status ak_cert_parse(ak_span der, ak_cert **out, ak_error *err);
/* One block "-----BEGIN CERTIFICATE-----" after the other, and nothing beside them but blank lines; 1 to AK_CHAIN_MAX.  Or one certificate in DER.
 * `out` has room for AK_CHAIN_MAX; on failure all of it is NULL. */
AK_MUST_USE ak_status ak_certs_read(ak_span file, ak_cert *out[AK_CHAIN_MAX], size_t *n, ak_error *err);
void ak_cert_free(ak_cert **c);
void ak_certs_free(ak_cert **certs, size_t n);

ak_span ak_cert_der(const ak_cert *c);            /* borrowed */
const ak_digest *ak_cert_id(const ak_cert *c);    /* SHA-256 of the DER; borrowed */
ak_span ak_cert_spki(const ak_cert *c);           /* DER SubjectPublicKeyInfo as it stands in it; borrowed */
const ak_digest *ak_cert_key(const ak_cert *c);   /* SHA-256 of that; borrowed */
int64_t ak_cert_not_before(const ak_cert *c);     /* first second it is valid in; may be negative (before 1970) */
int64_t ak_cert_not_after(const ak_cert *c);      /* last second it is valid in */
bool ak_cert_is_ca(const ak_cert *c);             /* basicConstraints says so */
struct x509_st *ak_cert_x509(const ak_cert *c);   /* OpenSSL's object, for its CMS; borrowed */

/* Append a name as RFC 4514 writes it (most specific part first), in UTF-8.  The text is the issuer's: escape it before showing it. */
AK_MUST_USE ak_status ak_cert_subject(const ak_cert *c, ak_buf *out, ak_error *err);
AK_MUST_USE ak_status ak_cert_issuer(const ak_cert *c, ak_buf *out, ak_error *err);
/* The organisation the subject names (the first organizationName), else its common name; appends nothing when there is neither. */
AK_MUST_USE ak_status ak_cert_holder(const ak_cert *c, ak_buf *out, ak_error *err);
/* The same without its common name, which may be a person's. */
AK_MUST_USE ak_status ak_cert_organisation(const ak_cert *c, ak_buf *out, ak_error *err);
/* The serial number in lower-case hex, two digits a byte. */
AK_MUST_USE ak_status ak_cert_serial(const ak_cert *c, ak_buf *out, ak_error *err);

/* May this certificate stand in a record, which is public and can not be taken back?  AK_PERSONAL_DATA, with the field in err->detail, when
 * it carries anywhere (subject, alternative names, directory attributes, issuer)
 *
 *   a postal or street address, a postal code, a private address or telephone number
 *   date or place of birth, gender, citizenship, country of residence
 *   the surname, given name or initials of a person, or an identifier marked as a natural person's
 *   anything under 1.2.392.200149.8.5.5, where 公的個人認証 cards have name, gender, date of birth and address
 *   an e-mail address, when the subject names no organisation
 *
 * An address is refused also when it is an office's: nothing in a certificate tells the two apart.  What a common name says is not judged. */
AK_MUST_USE ak_status ak_cert_check_public(const ak_cert *c, ak_error *err);

#endif
