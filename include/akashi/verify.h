/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - is this listing backed by a valid audit?
 *
 * The answer is a report in JSON (schemas/verdict.schema.json): verdict, reasons, the chain, every check with its
 * outcome, where the answer rests and until when its knowledge reaches.  What the command line prints is made
 * from that report, so nothing is said in one and not in the other.
 */
#ifndef AKASHI_VERIFY_H
#define AKASHI_VERIFY_H

#include "akashi/types.h"

/* Worst first. */
typedef enum ak_verdict {
	AK_VERDICT_INVALID,
	AK_VERDICT_EXPIRED,
	AK_VERDICT_SUSPENDED,
	AK_VERDICT_UNVERIFIABLE,
	AK_VERDICT_VALID,
} ak_verdict;

AK_API const char *ak_verdict_name(ak_verdict v); /* "valid" … */

/* One piece of evidence in the holder's hands, to be compared with what was sealed (rule A10). */
typedef struct ak_evidence_file {
	const char *name;
	ak_digest digest;     /* SHA-256 of the document */
	bool has_salt;
	uint8_t salt[32];
} ak_evidence_file;

typedef struct ak_verify_options {
	const char *scheme;   /* NULL: "ismap" */
	const char *listing;  /* bare name, e.g. "C21-0004-2" */
	ak_span trust;        /* bytes of the trust file */
	const char *as_of;    /* "2026-11-21" (JST day); NULL: the day of `now` */
	uint64_t known_at;    /* records with seq < known_at; 0: all */
	int64_t now;          /* the verifier's clock */
	const ak_evidence_file *evidence;
	size_t n_evidence;
} ak_verify_options;

#endif
