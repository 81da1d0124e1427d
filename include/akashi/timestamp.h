/* SPDX-License-Identifier: Apache-2.0 */
/* timestamp.h - time stamps of RFC 3161 from an authority: over signatures, over the head of a ledger, over a document
 *
 * A token is taken only when it verifies (FORMAT 24) by an authority that the profile in force names, or, for a receipt, that the
 * caller names.  What came back and does not verify changes nothing: nothing is written, nothing is sealed.
 *
 * Each function that asks an authority may wait for it, AK_IO when nobody answers as they should, AK_LIMIT for an answer over 32 KiB,
 * AK_BAD_TIMESTAMP, AK_BAD_SIGNATURE and AK_NO_TRUSTED_SIG for a token that does not count, with the reason in detail.
 */
#ifndef AKASHI_TIMESTAMP_H
#define AKASHI_TIMESTAMP_H

#include "akashi/ledger.h"
#include "akashi/types.h"

typedef struct ak_timestamp_options {
	const char *url;   /* http:// or https:// */
	unsigned seconds;  /* to wait for each token; 0: 30 */
	int64_t now;       /* the clock: a token from over 300 seconds ahead of it is refused */
	const ak_span *crls; /* lists of revoked certificates, PEM or DER: when one names the authority's, its token is refused */
	size_t n_crls;
} ak_timestamp_options;

/* A token over each signature of an exchange file: SHA-256 of its bytes, under its keyid.  `l` may be NULL: then the authorities are those
 * of the package shipped for the file's scheme.  A signature that has a token by the same operator already gets no second one.  The new
 * envelope in *envelope, whole or not at all; {"tokens":[{"keyid","authority","operator","policy","serial","time","accuracy":seconds
 * as text or null,"earliest","latest","url","new":bool}…]} in *json. */
AK_API AK_MUST_USE ak_status ak_timestamp_signatures(ak_ledger *l, ak_span envelope, const ak_timestamp_options *o, ak_text *out, ak_text *json,
                                                     ak_error *err);

/* A token over the head's checkpoint, sealed as a record `timestamp` (FORMAT 15.5) by the operator's key.  As ak_ledger_seal, with the member
 * "token" as above.  When it fails the ledger is as it was. */
AK_API AK_MUST_USE ak_status ak_ledger_timestamp(ak_ledger *l, const ak_timestamp_options *o, const ak_seal_options *seal, ak_text *json, ak_error *err);

/* A token over a commitment (FORMAT 13), for a receipt: its imprint is the commitment itself.  `root` is a certificate, PEM or DER: that
 * of the authority, or one that its path ends in; of several (PEM) the last, and the others may help to lead there.  The response in *tsr (DER);
 * {"authority" (whom the certificate that signed the token names; nobody: whom `root` names),"policy",…} in *json. */
AK_API AK_MUST_USE ak_status ak_timestamp_commitment(const ak_digest *commitment, ak_span root, const ak_timestamp_options *o, ak_text *tsr,
                                                     ak_text *json, ak_error *err);

#endif
