/* SPDX-License-Identifier: Apache-2.0 */
/* admit.h - what a statement must satisfy to stand at a position of a ledger (internal)
 *
 * The same checks for the one who seals and for everyone who reads: ledger and genesis binding, issued not
 * after the clock, no repeat, references and base in the past, nothing about an exclusive record's
 * subjects since its base, subjects as the body gives them, body as its schema says, documents as its type wants.
 * Signatures and authority are judged by authority.h.
 */
#ifndef AK_VERIFY_ADMIT_H
#define AK_VERIFY_ADMIT_H

#include "model/profile.h"
#include "verify/sealed.h"

/* What is known of the records before the position. */
typedef struct ak_past {
	/* Seq of a record; AK_NOT_FOUND when it is not among them. */
	ak_status (*seq_of)(void *ctx, const ak_digest *id, uint64_t *seq, ak_error *err);
	/* Seq of the record that already carries this statement; AK_NOT_FOUND when none does. */
	ak_status (*seq_of_statement)(void *ctx, const ak_digest *statement, uint64_t *seq, ak_error *err);
	/* Newest record about the subject; AK_NOT_FOUND when there is none. */
	ak_status (*newest_about)(void *ctx, ak_span subject, uint64_t *seq, ak_error *err);
	void *ctx;
} ak_past;

typedef struct ak_place {
	const char *origin;
	ak_digest genesis;          /* ignored at seq 0 */
	uint64_t seq;               /* where it stands or is to stand  */
	int64_t time;               /* header time                     */
	const ak_profile *core;     /* types keyset profile party revocation */
	const ak_profile *profile;  /* in force for the statement's scheme, or NULL */
	const ak_past *past;
} ak_place;

/* The type's entry: core types come from the core profile.  AK_UNKNOWN_TYPE when there is none. */
AK_MUST_USE ak_status ak_admit_type(const ak_place *at, const ak_statement *s, const ak_json **type, ak_error *err);

/* Binding, time, repeat, references, base: what needs no profile.  r->header.statement is the digest of its statement. */
AK_MUST_USE ak_status ak_admit_binding(const ak_place *at, const ak_sealed *r, ak_error *err);
/* About, exclusive base, schema, documents. */
AK_MUST_USE ak_status ak_admit_content(const ak_place *at, const ak_sealed *r, const ak_json *type, ak_error *err);

/* All of this of a keyset record, which needs no profile: `past` has to know the keysets before it, and where base and references
 * lead.  AK_OK: it may stand, if it is signed as it must be. */
AK_MUST_USE ak_status ak_admit_keyset(const ak_place *at, const ak_sealed *r, ak_error *err);

/* The entry that a statement without documents carries: SHA-256 of the body's canonical bytes. */
AK_MUST_USE ak_status ak_body_digest(const ak_json *body, ak_digest *out, ak_error *err);

#endif
