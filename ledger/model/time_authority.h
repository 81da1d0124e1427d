/* SPDX-License-Identifier: Apache-2.0 */
/* time_authority.h - whose time stamps a profile takes (FORMAT 17.1)
 *
 * Member `time_authorities` of a package, which may be absent: 1 to AK_TIME_AUTHORITIES_MAX entries of different names
 *
 *   {"name":"tsa-1","operator":"example-time","certificate":"sha256:…","policies":["1.2.3"],"from":"2026-01-01T00:00:00Z","until":"…"}
 *
 * with either `certificate` (that of the signer) or `root` (DER in base64, under which any signer is), and perhaps `until`.  Pure.
 */
#ifndef AK_MODEL_TIME_AUTHORITY_H
#define AK_MODEL_TIME_AUTHORITY_H

#include "codec/json.h"

enum {
	AK_TIME_AUTHORITIES_MAX = 16,
	AK_TIME_POLICIES_MAX = 16,
	AK_TIME_ROOT_TEXT_MAX = 21848, /* characters: 16 KiB of DER */
};

typedef struct ak_time_authority {
	const char *name, *operator_name; /* borrowed from the package */
	bool has_certificate;
	ak_digest certificate;
	ak_span root;                     /* base64; borrowed; empty when there is a certificate */
	const char *policy[AK_TIME_POLICIES_MAX];
	size_t n_policies;
	int64_t from, until;              /* first and last second; INT64_MAX: no end yet */
} ak_time_authority;

/* AK_BAD_FORMAT.  With the member absent *n is 0. */
AK_MUST_USE ak_status ak_time_authorities_read(const ak_json *package, ak_time_authority out[AK_TIME_AUTHORITIES_MAX], size_t *n, ak_error *err);

#endif
