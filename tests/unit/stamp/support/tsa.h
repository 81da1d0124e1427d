/* SPDX-License-Identifier: Apache-2.0 */
/* tsa.h - time stamps as an authority would make them, and as it never should (tests only) */
#ifndef TSA_H
#define TSA_H

#include "stamp/stamp.h"

#include <openssl/x509.h>

typedef enum eku { EKU_GOOD, EKU_NONE, EKU_NOT_CRITICAL, EKU_ONE_MORE } eku;
typedef enum ess { ESS_V2, ESS_V1, ESS_NONE, ESS_OTHER, ESS_V1_WRONG, ESS_TEXT } ess;

typedef struct authority {
	EVP_PKEY *root_key, *key;
	X509 *root, *cert;
} authority;

/* "2026-01-01T00:00:00Z" */
int64_t at(const char *time);

typedef struct tsa_wishes {
	const char *not_before, *not_after; /* of the signer's certificate; NULL: 2026, the year */
	const char *root_not_before, *root_not_after; /* NULL: 2020 to 2040 */
	eku eku;
} tsa_wishes;
void authority_make(authority *a, const tsa_wishes *w);
void authority_clear(authority *a);
/* Read strictly, as the library does. */
ak_cert *as_cert(X509 *x);
/* The root's list, of 2026, that names the signer's certificate; -1: without a reason. */
ak_crl *authority_revokes(const authority *a, const char *when, int reason);

typedef struct wishes {
	const char *message;    /* what is stamped; NULL: "hello" */
	const char *time;       /* GeneralizedTime; NULL: 20260601120000Z */
	const char *policy;     /* NULL: 1.2.3.4.1 */
	ak_span imprint;        /* stamped as it is, when it has bytes: of the length that `hash` has */
	int hash;               /* NID of the imprint's; 0: SHA-256 */
	int digest;             /* NID of the signature's; 0: SHA-256 */
	const char *nonce;      /* NULL: none */
	int accuracy_s;         /* 0: none stated */
	int accuracy_ms;
	int version;            /* 0: 1 */
	const char *serial;     /* bytes of the INTEGER in hex; NULL: 2a */
	bool critical_extension;
	ess ess;
	int signers;            /* 0: one */
	bool no_certificate;
	X509 *first;            /* put in front of the other certificates */
	bool wrong_content;     /* said to be over other data */
	int status;
	bool no_token;
	bool trailing;          /* one byte after the response */
	bool broken;            /* the signature's last byte changes */
	bool no_digests;        /* digestAlgorithms is empty */
} wishes;
/* A TimeStampResp; free with OPENSSL_free. */
ak_span tsa_stamp(const authority *a, const wishes *w);
void stamp_drop(ak_span *s);

#endif
