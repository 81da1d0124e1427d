/* SPDX-License-Identifier: Apache-2.0 */
/* stamp.h - time stamps of RFC 3161: asked for, read and judged (internal; FORMAT 24)
 *
 * A time stamp is a TimeStampResp in strict DER (pki/walk.h) of at most AK_STAMP_MAX bytes, with a token.  Reading it decides nothing
 * about trust: what it says is believed only when ak_stamp_verify traces its one signature to an authority that the caller pins.
 * OpenSSL's CMS checks the signature and the path; everything else is asked here, because OpenSSL's TS module lets it through:
 * what is stamped, by which hash, when, under which policy, within whose window, with which certificate, and that nothing follows.
 *
 * Certificates inside a token are candidates for a path and nothing more; which of them signed is said by the signed attribute
 * signing-certificate, not by their order or their names.
 *
 * No network, no clock, no file.  Objects are immutable and may be used by many threads.
 */
#ifndef AK_STAMP_STAMP_H
#define AK_STAMP_STAMP_H

#include "pki/cert.h"
#include "pki/crl.h"

enum {
	AK_STAMP_MAX = 32 * 1024, /* bytes of a response (FORMAT 6.1) */
	AK_STAMP_VALUES_MAX = 4096,
	AK_STAMP_DEPTH_MAX = 24,
	AK_STAMP_CERTS_MAX = 16,   /* certificates that are looked at, in the token and beside it */
	AK_STAMP_POLICIES_MAX = 16,
	AK_NONCE_LEN_MAX = 20,     /* bytes */
	AK_OID_TEXT_MAX = 128,
	AK_ACCURACY_MAX = 86400,   /* seconds: what claims no more than the day is not taken */
	AK_STAMP_REQUEST_MAX = 256,
	AK_STAMP_ISSUER_MAX = 255,
};

/* What a token says, believed or not. */
typedef struct ak_stamp_info {
	char policy[AK_OID_TEXT_MAX];  /* dotted */
	char serial[2 * 21 + 2];       /* lower-case hex, "-" before a negative one */
	int64_t time;                  /* genTime in seconds since 1970, the fraction cut off */
	uint32_t nanos;                /* the fraction */
	int64_t earliest, latest;      /* whole seconds that genTime and its accuracy lie within */
	bool has_accuracy;
	uint64_t accuracy_us;          /* microseconds; 0 when none is stated */
	uint8_t imprint[64];
	size_t imprint_len;            /* 32, 48, 64: SHA-256, SHA-384, SHA-512 of what was stamped */
} ak_stamp_info;

typedef struct ak_stamp ak_stamp;

/* A request in DER: version 1, an imprint of 32, 48 or 64 bytes (SHA-256, SHA-384, SHA-512), the nonce (1 to AK_NONCE_LEN_MAX bytes, taken as a
 * number), certificate wanted. */
AK_MUST_USE ak_status ak_stamp_request(ak_span imprint, ak_span nonce, ak_buf *out, ak_error *err);

/* A response.  AK_BAD_FORMAT: not in the form above, with the byte in err->at.  AK_BAD_TIMESTAMP: in that form, and refused whoever
 * made it (the authority said no; no token, or one beside a refusal; a weak imprint; two signers).  Copies `der`. */
AK_MUST_USE ak_status ak_stamp_parse(ak_span der, ak_stamp **out, ak_error *err);
/* The same for a bare token (ContentInfo), as evidence records hold it. */
AK_MUST_USE ak_status ak_stamp_parse_token(ak_span der, ak_stamp **out, ak_error *err);
void ak_stamp_free(ak_stamp **s);
const ak_stamp_info *ak_stamp_get_info(const ak_stamp *s); /* borrowed */
ak_span ak_stamp_token(const ak_stamp *s);                 /* the ContentInfo; borrowed */

/* An authority as a profile pins it (FORMAT 17.1).  Two authorities of one operator are one witness of a time, not two. */
typedef struct ak_tsa {
	const char *name, *operator_name; /* borrowed */
	const ak_digest *certificate;     /* SHA-256 of the signer's certificate, or NULL: any under `root` */
	const ak_cert *root;              /* of which the signer's path ends, or NULL */
	const char *const *policies;      /* dotted; one of them has to be the token's */
	size_t n_policies;
	int64_t from, until;              /* the seconds in which its tokens count, first and last */
} ak_tsa;

typedef struct ak_stamp_query {
	ak_span message;             /* what has to be stamped; or, when its data is NULL, */
	ak_span imprint;             /* its hash, by the algorithm of that length          */
	ak_span nonce;               /* of the request, when it is at hand; else empty     */
	int64_t now;                 /* no token from later than this counts               */
	const ak_tsa *tsa;           /* whose tokens count */
	size_t n_tsa;
	const ak_cert *const *others; /* untrusted, for tokens that carry no certificates */
	size_t n_others;
	const ak_crl *const *crls;   /* lists that may name a certificate of the path; at most AK_CRLS_MAX */
	size_t n_crls;
	int64_t renewed_at;          /* another token was over this one by then at the latest: what was revoked or lost only later does not bear
	                                on it.  0: none was */
} ak_stamp_query;

/* By whom a list of revoked certificates is missing. */
typedef struct ak_stamp_unlisted {
	bool is;
	ak_digest key;                      /* of that issuer */
	char issuer[AK_STAMP_ISSUER_MAX + 1]; /* its name as ak_cert_subject has it, whole; "" when it is longer or no text */
} ak_stamp_unlisted;

typedef struct ak_stamp_found {
	const ak_tsa *by;           /* the authority; of the query */
	int64_t not_after;          /* the last second in which every certificate of the path is valid */
	ak_stamp_unlisted unlisted; /* the first issuer of the path of which the query has no list from after the token: whether what it issued was
	                               revoked is not known */
} ak_stamp_found;

/* AK_OK: *out says who made it.  AK_BAD_TIMESTAMP or AK_BAD_SIGNATURE: it does not prove that time for that
 * message, whoever made it, with the reason in err->detail.  AK_NO_TRUSTED_SIG: it would, but for no authority that is pinned. */
AK_MUST_USE ak_status ak_stamp_verify(const ak_stamp *s, const ak_stamp_query *q, ak_stamp_found *out, ak_error *err);
/* The same; appends whom the certificate that signed names (ak_cert_holder). */
AK_MUST_USE ak_status ak_stamp_verify_named(const ak_stamp *s, const ak_stamp_query *q, ak_stamp_found *out, ak_buf *holder, ak_error *err);

/* How many witnesses are these?  Authorities count by operator. */
size_t ak_tsa_operators(const ak_tsa *const *by, size_t n);

#endif
