/* SPDX-License-Identifier: Apache-2.0 */
/* witness.h - to witness a ledger: check all that is new, remember it, and cosign its head
 *
 * A witness vouches that it has seen one history, checked record by record, and no other.  It believes its own trust file and its
 * own memory and nothing else.  Its memory is the file at state_path, with an index (".db") that can be made again and a lock
 * (".lock") beside it; the file must never be taken back to an older state.
 */
#ifndef AKASHI_WITNESS_H
#define AKASHI_WITNESS_H

#include "akashi/ledger.h"

typedef struct ak_witness_options {
	ak_span trust;          /* the witness's own trust file; may be empty with `heartbeat`     */
	const ak_secret *key;   /* Ed25519, used for nothing else                                  */
	const char *name;       /* as verifiers name this key; NULL: as the trust file does        */
	const char *state_path; /* what this witness remembers                                     */
	bool first;             /* it has never cosigned this ledger: begin at the genesis         */
	bool heartbeat;         /* the operator's own: the key is the keyset's heartbeat key       */
	int64_t now;            /* where there is no clock */
	ak_clock_fn *clock;     /* NULL: none */
	void *clock_ctx;
} ak_witness_options;

/* Look at the ledger (or a clone of it) and cosign its head:
 * {"ok":true,"origin","size","root","genesis","since","replayed","name","time", "line"}.  When a duty finds fault nothing is
 * signed and nothing forgotten: {"ok":false,…,"refusal":{"duty","seq","status","text","where",
 * "detail","expected","found"},"kept":[…]}; of a fork both heads are kept in files.  AK_OK also then: look at *ok.  Other
 * statuses mean that it could not be checked; AK_NOT_HELD at "witness.state": there is no memory, and `first` does not say that
 * there can be none. */
AK_API AK_MUST_USE ak_status ak_witness_cosign(const char *path, const ak_witness_options *o, bool *ok, ak_text *json,
                                               ak_error *err);

/* The verifier key of a witness, for the line "witness <any name> <this>" of trust files. */
AK_API AK_MUST_USE ak_status ak_witness_key(const ak_secret *key, const char *name, ak_text *vkey, ak_error *err);

/* The operator publishes signature lines of its head: by witnesses of `trust` (may be empty) and by the heartbeat key.  Of `o`
 * old_operator_key is not used.  {"origin","size","root","published","lines":[{"name","time","added"}…]}; `published` is false
 * when the head had all of them.  On refusal *failed is the text at fault (SIZE_MAX when none is), and nothing was published. */
AK_API AK_MUST_USE ak_status ak_ledger_cosign(ak_ledger *l, const ak_span *lines, size_t n, ak_span trust,
					      const ak_seal_options *o, ak_text *json, size_t *failed, ak_error *err);

#endif
