/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - the verdict on one listing from a closed set of evidence (internal; DESIGN 6)
 *
 * Order: container, checkpoint, witnesses, inclusion, chain, map, closure, memory, signatures and authority, timestamps, schema, scheme
 * rules, freshness, status.  Nothing after a failure of the first group is judged: bytes that are not what the
 * ledger signed have no meaning.  "Could not check" is never good and never tampered.
 *
 * Pure: takes bytes, a trust file and a clock reading; reads no file.
 */
#ifndef AK_VERIFY_VERIFY_H
#define AK_VERIFY_VERIFY_H

#include "akashi/verify.h"
#include "model/trust.h"
#include "rules/sandbox.h"
#include "verify/authority.h"
#include "verify/evidence.h"
#include "verify/memory.h"
#include "verify/good_lines.h"
#include "verify/warm.h"

/* What is known of heads seen before, and what is to be known from now on. */
typedef struct ak_remember {
	ak_span text;             /* memory.h; may be empty */
	ak_memory_answer *answer; /* filled when all proofs hold; the caller clears it */
} ak_remember;

typedef struct ak_question {
	const ak_trust *trust;
	const char *scheme;
	const char *listing;     /* bare name */
	int32_t as_of;           /* day number, JST */
	uint64_t known_at;       /* 0: all */
	int64_t now;
	const ak_profile *core;
	const ak_json *rules;    /* newest package held for the scheme, or NULL: the ledger's own */
	const ak_digest *rules_digest; /* of `rules`, or NULL: not known */
	ak_rules **kept;         /* NULL, or where the sandbox of `rules` waits for the next question; *kept NULL: none there yet */
	ak_warm **warm;          /* NULL, or the first sandbox for `kept`, being made; taken when it is needed */
	ak_good_lines *good_lines; /* NULL, or what is known of lines under heads; what is found is added */
	bool (*held)(void *ctx, ak_span scheme, const ak_digest *digest);
	void *held_ctx;
	/* Does a trusted token say that signature `i` of the record was there at `time` or before?  NULL: none does.  So a signature
	 * stands that was made before its key was compromised, also without a quorum (FORMAT 16.8). */
	bool (*older)(void *ctx, const ak_sealed *r, size_t i, int64_t time);
	void *older_ctx;
	const ak_use *use;       /* NULL: the listing alone; its days are whole days, in order */
	const ak_tell *tell;     /* NULL: nothing more is asked */
	unsigned threads;        /* that try signatures; 0: as many as there are processors */
	bool *crowded;           /* NULL, or set when a statement was stopped for want of memory, which others of this process may have taken */
	const ak_evidence_file *files;
	size_t n_files;
	const ak_evidence_opening *openings;
	size_t n_openings;
	const ak_remember *memory; /* NULL: nothing is remembered, nothing is kept */
	const char *memory_lost;   /* ak_verify_options */
	const struct ak_candidate *also; /* unsealed records to be judged with the others (also.h) */
	size_t n_also;
	size_t also_only;          /* 0: all of them; k: the k-th alone */
} ak_question;

/* AK_OK whenever there is a verdict. The report is akashi-verdict/1 (docs/API.md); free with ak_json_free. */
AK_MUST_USE ak_status ak_verify_evidence(const ak_evidence *e, const ak_question *q, ak_verdict *verdict,
                                         ak_json **report, ak_error *err);

#endif
