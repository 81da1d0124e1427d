/* SPDX-License-Identifier: Apache-2.0 */
/* path.h - does a certificate trace to a pinned root at a given time?  (internal)
 *
 * RFC 5280, 6: signatures, validity, names, basic constraints, path length, key usage, name constraints, policies, unknown critical
 * extensions, revocation.  OpenSSL does the algorithm; this module fixes how it is asked, and adds:
 *
 *   - trusted are the certificates handed in as roots and nothing else, compared byte for byte; a root need not be self-signed, and
 *     what a root itself says (validity, constraints) counts
 *   - signatures: RSA (PKCS#1 v1.5 or PSS) or ECDSA with SHA-256, SHA-384 or SHA-512, and Ed25519, Ed448; so neither MD5 nor SHA-1.  The
 *     signature on a root is not what it is trusted for and is not looked at
 *   - keys: RSA 2048 to 8192 bits with an odd exponent above 2, P-256, P-384, P-521, Ed25519, Ed448, on every certificate of the path
 *   - the path has at most AK_CHAIN_MAX certificates
 *   - the time is the caller's
 *
 * Revocation: "could not be found out" is not "revoked".  A missing, stale or early list, or one that is not properly signed, is
 * AK_NOT_HELD; that a list says revoked is AK_BAD_CERTIFICATE, even when something else could not be found out.
 */
#ifndef AK_PKI_PATH_H
#define AK_PKI_PATH_H

#include "pki/cert.h"
#include "pki/crl.h"

typedef enum ak_purpose {
	AK_PURPOSE_ANY,       /* only what RFC 5280 asks of a path */
	AK_PURPOSE_SIGNATURE, /* signs documents, as office, seal or person: no CA; key usage, if it has one, digitalSignature or nonRepudiation;
	                         extended key usage, if it has one, with documentSigning, emailProtection, any, or Microsoft's or Adobe's document signing */
	AK_PURPOSE_TIMESTAMP, /* RFC 3161: extended key usage timeStamping alone and critical, key usage only for signing */
} ak_purpose;

typedef struct ak_path_query {
	const ak_cert *leaf;
	const ak_cert *const *others; /* untrusted, in any order; at most AK_PATH_OTHERS_MAX */
	size_t n_others;
	const ak_cert *const *roots; /* trusted, pinned by the caller; at most AK_PATH_ROOTS_MAX */
	size_t n_roots;
	const ak_crl *const *crls; /* at most AK_CRLS_MAX */
	size_t n_crls;
	bool revocation; /* every certificate below the root must have a list that covers the time and does not name it */
	int64_t at;      /* seconds since 1970 */
	ak_purpose purpose;
	const char *const *policies; /* dotted; none: any policy will do.  Some: the path must be valid for one of them */
	size_t n_policies;
	/* RFC 5280 6.1.1 (e) to (g); explicit_policy is implied by policies */
	bool explicit_policy, inhibit_mapping, inhibit_any;
	/* Take what RFC 5280 asks of issuers but not of who validates: no key identifiers, basicConstraints not critical, and the like.  For
	 * the conformance suite only; what akashi relies on must be stricter. */
	bool lenient;
} ak_path_query;

enum { AK_PATH_OTHERS_MAX = 32, AK_PATH_ROOTS_MAX = 64, AK_PATH_POLICIES_MAX = 32 };

typedef struct ak_path {
	size_t n;                          /* certificates, root included */
	const ak_cert *certs[AK_CHAIN_MAX]; /* leaf first; borrowed from the query */
	int64_t not_before, not_after;     /* what all of them are valid in */
} ak_path;

/* AK_OK: the path holds at that time, in *out (which may be NULL).  AK_BAD_CERTIFICATE: it does not, with the reason in err->detail and
 * the place in err->at (0 is the leaf).  AK_WEAK_KEY: a key or signature algorithm that is not taken.  AK_NOT_HELD: but for lists
 * that are missing it would.  AK_LIMIT, AK_INVALID_ARGUMENT: over the numbers above. */
AK_MUST_USE ak_status ak_path_check(const ak_path_query *q, ak_path *out, ak_error *err);

/* The demands on keys and signature algorithms alone.  AK_WEAK_KEY. */
AK_MUST_USE ak_status ak_cert_check_strength(const ak_cert *c, bool is_root, ak_error *err);

#endif
