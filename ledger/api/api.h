/* SPDX-License-Identifier: Apache-2.0 */
/* api.h - what the files of this layer share (internal)
 *
 * This layer holds no logic of its own: it checks arguments, calls one thing below, and puts the answer into JSON.
 */
#ifndef AK_API_API_H
#define AK_API_API_H

#include "akashi/ledger.h"
#include "bundle/bundle.h"
#include "codec/dsse.h"
#include "crypto/key.h"
#include "pki/cert.h"
#include "proof/ask.h"
#include "rules/sandbox.h"
#include "seal/books.h"
#include "verify/candidate.h"

#include <pthread.h>

/* What whoever asks one question after another keeps for the next; { 0 } is a valid empty one.  For one thread at a time. */
typedef struct ak_seat {
	ak_ask_held held;
	ak_shelf *shelf; /* NULL until the first evidence is drawn */
} ak_seat;

void ak_seat_clear(ak_seat *s);

struct ak_ledger {
	ak_books *b;
	uint64_t known_at; /* reading goes by records with seq below it; 0: all       */
	ak_seat seat;      /* for the next verdict */
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

/* A draft or an envelope as an envelope; that of a draft has no signature.  *e is cleared by the caller after AK_OK. */
AK_MUST_USE ak_status ak_api_open_exchange(ak_span in, ak_span package, ak_dsse *e, ak_error *err);
AK_MUST_USE ak_status ak_api_envelope_text(const ak_dsse *e, ak_text *out, ak_error *err);

/* Add a copy of `row` to `list`.  Where it is in doubt, since a record that it rests on lost its authority or was erased and nobody can say what it
 * would be (FORMAT 19.4), `key` says `word` instead, "reason" says why ("authority-lost", "erased"; NULL: it is not), and `unknown` (NULL: nothing) is
 * null. */
AK_MUST_USE ak_status ak_api_add_row(ak_json *list, const ak_json *row, const char *reason, const char *key, const char *word,
                                     const char *unknown, ak_error *err);

/* {"id","spki","algorithm","pem","ssh"?} */
AK_MUST_USE ak_status ak_api_public(const ak_pubkey *k, ak_json **out, ak_error *err);

/* What every draft on this ledger says, into `d`; a reference more for its `refs`. */
AK_MUST_USE ak_status ak_api_draft_frame(const ak_books *b, const char *scheme, const char *type, const char *issued, int64_t now,
                                         ak_json *d, ak_error *err);
AK_MUST_USE ak_status ak_api_draft_ref(ak_json *refs, const char *rel, const ak_digest *id, ak_error *err);

/* The scheme meant by a question about `listing` that names none: the one that has a record about a listing of this name, where several
 * have the one in which such a record has an effect; where none has, the ledger's only scheme, else AK_USUAL_SCHEME (as with
 * `listing` NULL).  AK_INVALID_ARGUMENT: in several. */
/* AK_UNKNOWN_TYPE: no record is of this type, and neither a profile in this ledger nor the core has it. */
AK_MUST_USE ak_status ak_api_type_known(ak_books *b, const char *type, ak_error *err);
AK_MUST_USE ak_status ak_api_scheme(ak_books *b, const char *listing, char out[AK_NAME_MAX + 1], ak_error *err);

/* Put these time stamps (FORMAT 6.1) beside those that the envelope has, but for those of no signature in it. */
AK_MUST_USE ak_status ak_api_add_tokens(ak_dsse *e, const ak_json *more, ak_error *err);

/* "sha256:…" */
ak_json *ak_api_digest(const ak_digest *d);
ak_json *ak_api_span(ak_span s);

/* What a bundle about this listing holds, drawn from the ledger; `since` as in ak_ledger_bundle.  With a shelf, which has to outlive
 * *out, its records are borrowed. */
AK_MUST_USE ak_status ak_api_draw(ak_books *b, ak_shelf *shelf, const char *scheme, const char *listing, uint64_t since, ak_bundle *out,
                                  ak_error *err);

/* ak_ledger_verify, with the report as JSON; freed with ak_json_free. */
AK_MUST_USE ak_status ak_api_verify(ak_ledger *l, const ak_verify_options *o, ak_verdict *verdict, ak_json **report, ak_error *err);
/* The same for one of several threads that ask the same ledger, each from a seat of its own: `drawing` guards what is the ledger's, and
 * o->scheme is given.  AK_CONFLICT: what it came to may be owed to the others or to the index, so ak_api_verify is to be asked when they have
 * ended. */
AK_MUST_USE ak_status ak_api_verify_beside(ak_ledger *l, ak_seat *seat, pthread_mutex_t *drawing, const ak_verify_options *o,
                                           ak_verdict *verdict, ak_json **report, ak_error *err);

/* ak_ledger_verdicts by so many threads (0: as many as it is worth), with the rest of what is asked in `o`. */
AK_MUST_USE ak_status ak_api_verdicts(ak_ledger *l, const ak_verify_options *o, unsigned threads, ak_text *json, ak_error *err);

/* "auditors" of `o`: what the scheme's query of this name says of every auditor whose registration is on record.  known_at 0: all. */
AK_MUST_USE ak_status ak_api_auditors(ak_books *b, int32_t as_of, uint64_t known_at, ak_json *o, ak_error *err);

/* "closing" of `o`: null, or how the ledger ended (verify/ending.h), by the records below known_at (0: all). */
AK_MUST_USE ak_status ak_api_closing(ak_books *b, const ak_authority *a, uint64_t known_at, ak_json *o, ak_error *err);

/* A draft or an envelope as a candidate for this ledger; `c` has its buffers, and is cleared by the caller in any case. */
AK_MUST_USE ak_status ak_api_candidate(ak_books *b, const ak_json *draft_or_envelope, ak_span bytes, ak_candidate *c, ak_error *err);
/* "refusal" of `o`: null, or what was refused and why. */
AK_MUST_USE ak_status ak_api_put_refusal(ak_status refused, const ak_error *why, ak_json *o, ak_error *err);
/* Has this record an effect?  Also when a revocation that reaches back took it away since. */
AK_MUST_USE ak_status ak_api_authorised(ak_books *b, uint64_t seq, bool *yes, ak_error *err);
/* A sealed record, judged at its own place with what is known since (known_at 0: all), into a sandbox.  *fell becomes true when a
 * revocation that reaches back took its authority; with `otherwise` it is taken as it stood before. */
AK_MUST_USE ak_status ak_api_take(ak_books *b, ak_rules *rules, uint64_t seq, uint64_t known_at, bool otherwise, bool *fell,
                                  ak_error *err);

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

/* "certificates" of `o`: those of the keys that still count, the first to end first. */
AK_MUST_USE ak_status ak_api_certificates(const ak_authority *a, int64_t now, ak_json *o, ak_error *err);
/* A warning for each key of a party's body whose certificate names another organisation than the party's, into `list`. */
AK_MUST_USE ak_status ak_api_certificate_names(const ak_json *body, ak_json *list, ak_error *err);

/* What proves when a record was there (show_times.c): "stamped" of a signature, TIME or null; "timestamps" of `o`: {"total","count","why"} of the tokens
 * over its signatures; "proofs" of `o`: the time stamps and evidence records over checkpoints that commit to record `seq`, as known then. */
AK_MUST_USE ak_status ak_api_put_stamped(const ak_sig_result *r, ak_json *o, ak_error *err);
AK_MUST_USE ak_status ak_api_put_stamps(const ak_judgement *j, ak_json *o, ak_error *err);
AK_MUST_USE ak_status ak_api_put_proofs(ak_ledger *l, uint64_t seq, ak_json *o, ak_error *err);
/* {"record","reason","subjects"} against a sealed record, and "basis" unless NULL: of an annulment, of an erasure. */
AK_MUST_USE ak_status ak_api_body_against(const ak_sealed *of, const ak_digest *id, const char *reason, const char *basis, ak_json **out, ak_error *err);
/* The body of a draft of a core type, by the schema that sealing goes by; one with blanks is not looked at yet.  AK_SCHEMA. */
AK_MUST_USE ak_status ak_api_check_core(const ak_profile *core, const char *type, const ak_json *body, ak_error *err);
/* "corrections" of `o`: corrections and annulments of this record with seq < known_at (0: all), their bodies with "seq", "type" and "effect". */
AK_MUST_USE ak_status ak_api_later(ak_books *b, const ak_sealed *s, uint64_t known_at, ak_json *o, ak_error *err);

/* Rows of list and search in the index, brought up to the head, or to what is asked about. */
AK_MUST_USE ak_status ak_api_bring_up(ak_ledger *l, ak_error *err);

#endif
