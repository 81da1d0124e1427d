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

/* One piece of evidence in the holder's hands, to be compared with what was sealed in records that have effect (rule A10). */
typedef struct ak_evidence_file {
	const char *name;
	ak_digest digest;     /* SHA-256 of the document */
	bool has_salt;
	uint8_t salt[32];
} ak_evidence_file;

/* An opening or a disclosure (disclosure.h) that goes with such files: salts for those given without, and single fields. */
typedef struct ak_evidence_opening {
	const char *name;
	ak_span text;
} ak_evidence_opening;

/* What somebody means to use the listed service for; what is not asked about is NULL, and one member at least is not.  Texts of 1
 * to 300 bytes, compared as they are. */
typedef struct ak_use {
	const char *contract_from, *contract_to; /* "2026-04-01", JST days, both included; both or none */
	const char *service;      /* its id, or its name as published */
	const char *region;       /* as the provider states it */
	const char *task;         /* ISMAP-LIU: "L01" to "L10"; the scheme's query "tasks" lists them (scheme.h), its rules judge any other */
	const char *confirmation; /* number of the document in which the agency confirms the use of a service that is not listed */
} ak_use;

/* A query of the scheme to be answered with the verdict, over the same records (schemas/<scheme>/queries). */
typedef struct ak_given {
	const char *name, *value; /* what the query is asked with: 1 to 300 bytes of text each, every name once */
} ak_given;
typedef struct ak_tell {
	const char *query;        /* "plan", "calendar" */
	const ak_given *given;
	size_t n_given;           /* 16 at most */
} ak_tell;

typedef struct ak_verify_options {
	const char *scheme;   /* NULL: the one that has such a listing, else "ismap"; of a bundle: whatever it is about */
	const char *listing;  /* bare name, e.g. "C21-0004-2"; of a bundle NULL: whatever it is about */
	const char *subject;  /* of a bundle: its full id, e.g. "ismap/listing:C21-0004-2", or the name in it; NULL: any */
	ak_span trust;        /* bytes of the trust file */
	const char *as_of;    /* "2026-11-21" (JST day); NULL: the day of `now` */
	uint64_t known_at;    /* records with seq < known_at; 0: all */
	int64_t now;          /* the verifier's clock */
	const ak_use *use;    /* NULL: the listing alone is judged */
	const ak_tell *tell;  /* NULL: none; its rows are "told" in the report, null when the scheme has no such query */
	const ak_evidence_file *evidence;
	size_t n_evidence;
	const ak_evidence_opening *openings; /* one that cannot be read: a status, where "opening.…" or "disclosure.…" */
	size_t n_openings;
	/* Deletions and revocations that are signed and not sealed, as DSSE envelopes: one that is valid makes the verdict
	 * worse or leaves it as it is; no other counts. */
	const ak_span *also;
	size_t n_also;
	/* Heads seen before (FORMAT, Memory of a verifier).  NULL: nothing is remembered; empty: nothing was so far. */
	const ak_span *memory;
	ak_text *new_memory;  /* with `memory`: filled when it is to be replaced, freed by the caller; else left alone */
	/* Why a memory cannot be used, a few words of English, and the report warns of it: without `memory`, nothing could be read;
	 * with it, nothing could be written, and what was seen is compared, yet not kept.  NULL: it can, or none is wanted. */
	const char *memory_lost;
} ak_verify_options;

/* The same from a bundle: the file that proves one listing's standing offline (FORMAT, Bundle).  The report is that of
 * ak_ledger_verify on the ledger it was made from.  No bundle at all, damaged, or over a limit: a status, where
 * "container.…" (the gzip around it), "bundle.…", "json.…" or "jcs"; a later version: AK_UNKNOWN_VERSION, where
 * "bundle.akashi".  About something else than was asked for: AK_NOT_FOUND, where "bundle.subject".  No status says
 * anything about the listing.  A bundle that is well formed has a verdict, and when it is not what the ledger signed that is
 * invalid. */
AK_API AK_MUST_USE ak_status ak_bundle_verify(ak_span bundle, const ak_verify_options *o, ak_verdict *verdict, ak_text *json,
                                              ak_error *err);

/* What a bundle says of itself, none of it verified: {"scheme","listing","subject","origin","size","root","digest","since",
 * "records","subjects","bytes"}.  digest: of the bundle (FORMAT, Bundle); since: the size it proves consistency from, or
 * null; bytes: of its JSON text. */
AK_API AK_MUST_USE ak_status ak_bundle_describe(ak_span bundle, ak_text *json, ak_error *err);

#endif
