/* SPDX-License-Identifier: Apache-2.0 */
/* proof_check.h - are these records what the ledger signed, and all of them? (internal)
 *
 * Container, checkpoint, witnesses, inclusion, chain, map and closure, and the head against those seen before.  Each failure is placed and written into the report; the
 * first one ends the work, since nothing that follows would mean anything.
 */
#ifndef AK_VERIFY_PROOF_CHECK_H
#define AK_VERIFY_PROOF_CHECK_H

#include "base/strmap.h"
#include "model/checkpoint.h"
#include "verify/report.h"
#include "verify/verify.h"

/* Evidence taken apart, and what was proven of it. */
typedef struct ak_proven {
	const ak_evidence *e;
	const ak_question *q;
	ak_checkpoint checkpoint;
	ak_note note;
	ak_sealed *rec;             /* owned: one per evidence record, same order */
	size_t n_rec;
	size_t n_unsealed;          /* of these, the last: not sealed, but judged as if they were next (also.h) */
	ak_strmap by_id;            /* record id -> position in rec          */
	ak_strmap bases;            /* record id -> seq of base headers      */
	ak_leaves leaves;           /* ids of all records, where they are here */
	bool keyset_open;           /* something that a keyset rests on is missing: the closure is not there */
	ak_strmap subjects;         /* id -> position in e->subject: proved  */
	ak_header last;
	bool witness[AK_TRUST_WITNESSES_MAX];        /* cosigned this head, in time */
	int64_t witness_time[AK_TRUST_WITNESSES_MAX];
	bool witness_own[AK_TRUST_WITNESSES_MAX];    /* has a key of the ledger's own keyset: never counts */
	int64_t heartbeat_time;     /* newest cosignature by the heartbeat key, or 0 */
	int64_t ahead;              /* newest time of a cosignature that does not count because it lies ahead of the clock, or 0 */
	size_t n_ahead;             /* how many of these are by witnesses    */
	int64_t at;                 /* the record that is being looked at, or AK_NO_RECORD */
	bool other_ledger;          /* not the one that the trust file names */
	bool outdated;              /* a larger head was seen before         */
	bool forked, convicted;     /* the operator signed two histories: this is one of them; some others were seen before */
	bool sound;                 /* everything passed                     */
	bool closed;                /* nothing is missing from the closure   */
} ak_proven;

void ak_proven_clear(ak_proven *p);
AK_MUST_USE ak_status ak_prove(const ak_evidence *e, const ak_question *q, ak_report *report, ak_proven *out, ak_error *err);

/* Take the records apart, each as its header says, and name the bases (proof_records.c; part of ak_prove).  AK_LIMIT, where
 * "evidence.values": more JSON than is read of records that many, or of such as nothing shows the operator to have signed. */
AK_MUST_USE ak_status ak_prove_records(ak_proven *p, ak_error *err);

/* The lines of the head: the operator's, and those of witnesses and heartbeat that count (note_check.c; part of ak_prove). */
AK_MUST_USE ak_status ak_prove_note(ak_proven *p, ak_error *err);

/* The head against those seen before (remember.c), when everything else holds: what is signed by the key of a note alone
 * may be by one that was replaced, and must neither convict anybody nor make other heads old.  p->sound is false
 * afterwards when the two cannot both be true. */
AK_MUST_USE ak_status ak_prove_memory(ak_proven *p, ak_report *report, ak_error *err);

/* AK_NOT_FOUND, where "closure.subject", ".record", ".base": something that the question brings is missing.  AK_BAD_FORMAT,
 * where "closure.surplus": something is here that it does not bring (closure_check.c; part of ak_prove). */
AK_MUST_USE ak_status ak_prove_closure(ak_proven *p, ak_error *err);

/* Position of the record with that id; false when it is not here. */
bool ak_proven_find(const ak_proven *p, const ak_digest *id, size_t *at);

#endif
