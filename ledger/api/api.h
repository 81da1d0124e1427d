/* SPDX-License-Identifier: Apache-2.0 */
/* api.h - what the files of this layer share (internal)
 *
 * This layer holds no logic of its own: it checks arguments, calls one thing below, and puts the answer into JSON.
 */
#ifndef AK_API_API_H
#define AK_API_API_H

#include "akashi/ledger.h"
#include "bundle/bundle.h"
#include "crypto/key.h"
#include "proof/ask.h"
#include "rules/sandbox.h"
#include "seal/books.h"
#include "verify/candidate.h"

struct ak_ledger {
	ak_books *b;
	uint64_t known_at; /* reading goes by records with seq below it; 0: all       */
	ak_ask_held held;  /* for the next verdict */
	uint64_t rows_at;  /* what the rows of list and search in b's index are known at */
};

struct ak_secret {
	ak_seckey *key;
};

/* The canonical text of `v`, which is taken over, also on failure; NULL is AK_NO_MEMORY. */
AK_MUST_USE ak_status ak_api_text(ak_json *v, ak_text *out, ak_error *err);

/* The same, laid out for people to edit: drafts. */
AK_MUST_USE ak_status ak_api_pretty(ak_json *v, ak_text *out, ak_error *err);

/* The profile to read a draft or statement of `scheme` with: `package` bytes when given, else the one shipped.  For scheme "akashi"
 * *out stays empty. */
AK_MUST_USE ak_status ak_api_profile(ak_span scheme, ak_span package, ak_profile *out, ak_error *err);

/* {"id","spki","algorithm","pem","ssh"?} */
AK_MUST_USE ak_status ak_api_public(const ak_pubkey *k, ak_json **out, ak_error *err);

/* What every draft on this ledger says, into `d`; a reference more for its `refs`. */
AK_MUST_USE ak_status ak_api_draft_frame(const ak_books *b, const char *scheme, const char *type, const char *issued, int64_t now,
                                         ak_json *d, ak_error *err);
AK_MUST_USE ak_status ak_api_draft_ref(ak_json *refs, const char *rel, const ak_digest *id, ak_error *err);

/* "sha256:…" */
ak_json *ak_api_digest(const ak_digest *d);
ak_json *ak_api_span(ak_span s);

/* What a bundle about this listing holds, drawn from the ledger; `since` as in ak_ledger_bundle. */
AK_MUST_USE ak_status ak_api_draw(ak_books *b, const char *scheme, const char *listing, uint64_t since, ak_bundle *out,
                                  ak_error *err);

/* "auditors" of `o`: what the scheme's query of this name says of every auditor whose registration is on record.  known_at 0: all. */
AK_MUST_USE ak_status ak_api_auditors(ak_books *b, int32_t as_of, uint64_t known_at, ak_json *o, ak_error *err);

/* A draft or an envelope as a candidate for this ledger; `c` has its buffers, and is cleared by the caller in any case. */
AK_MUST_USE ak_status ak_api_candidate(ak_books *b, const ak_json *draft_or_envelope, ak_span bytes, ak_candidate *c, ak_error *err);
/* "refusal" of `o`: null, or what was refused and why. */
AK_MUST_USE ak_status ak_api_put_refusal(ak_status refused, const ak_error *why, ak_json *o, ak_error *err);
/* A sealed record, judged at its own place with what is known since, into a sandbox. */
AK_MUST_USE ak_status ak_api_take(ak_books *b, ak_rules *rules, uint64_t seq, ak_error *err);

/* What a record brings is cut where it is shown as one line: a record may be of some megabytes.  Adds `s` as far as there are
 * characters left; where there are not, "…", and nothing more from then on.  At most four bytes a character, and three. */
typedef struct ak_cut {
	size_t left; /* characters */
	bool cut;
} ak_cut;
AK_MUST_USE ak_status ak_api_add_cut(ak_buf *out, ak_span s, ak_cut *c, ak_error *err);

enum { AK_TITLE_CHARS = 200, AK_TITLE_BYTES = 4 * (AK_TITLE_CHARS + 1) };
/* One line for people: "decision C24-0101-2 registered", at most AK_TITLE_CHARS characters and an ellipsis, AK_TITLE_BYTES bytes. */
AK_MUST_USE ak_status ak_api_title(const ak_statement *s, ak_buf *out, ak_error *err);

/* Rows of list and search in the index, brought up to the head, or to what is asked about. */
AK_MUST_USE ak_status ak_api_bring_up(ak_ledger *l, ak_error *err);

#endif
