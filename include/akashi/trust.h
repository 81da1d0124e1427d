/* SPDX-License-Identifier: Apache-2.0 */
/* trust.h - the trust file: what a verifier believes before it looks (FORMAT, Trust file) */
#ifndef AKASHI_TRUST_H
#define AKASHI_TRUST_H

#include "akashi/types.h"

/* Read and describe a trust file: {"ok":true,"origin","log","genesis","witnesses":[…],"groups":[…],"quorum","complete",
 * "fresh","keyset","profiles":[{"scheme","digest","held"}],"fingerprint":{"sha256","digits","words"},"warnings":[{"ja","en"}]}.
 * AK_BAD_FORMAT: err->where "trust.<line kind>", err->at the line number.  AK_WEAK_KEY, in the same places: a key that may not be relied on. */
AK_API AK_MUST_USE ak_status ak_trust_describe(ak_span trust, ak_text *json, ak_error *err);

#endif
