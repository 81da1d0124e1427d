/* SPDX-License-Identifier: Apache-2.0 */
/* witness.h - a witness that replays: what it checks before it cosigns a head (internal; DESIGN 7)
 *
 * It starts from the genesis that its own trust file names and keeps its own memory of the ledger: an index of every record and
 * the subject map, apart from the ledger's own, and a small file with the head it cosigned last (state.h).  From there it looks
 * at every new record, then at the head:
 *
 *     duty        what must hold
 *     git         the repository can be opened and is one of ours in form
 *     checkpoint  form of the head; its origin
 *     history     nothing that was cosigned is gone or is another: else a fork, and both heads are kept for others to see
 *     bytes       canonical lines, and the digests that the header names
 *     sequence    seq without gap, `prev`, time that does not run backwards
 *     time        header time within [last cosignature - 5 min, now + 5 min]
 *     genesis     record 0 is the one that is trusted; `ledger` and `genesis` of every statement
 *     about       exactly the subjects that the body gives
 *     repeat      no statement twice
 *     base        names an earlier record, and no exclusive record is held back
 *     map, tree   the roots that headers and head commit to
 *     operator    keyset chain from the genesis; the head is signed by the operator key in force, and by nobody else in its name;
 *                 what the trust file names of the chain is in it
 *     ended       no record follows the closing of the ledger
 *     key         the witness's own key does nothing else in this ledger
 *
 * Signatures of records are judged for keysets, closings and profiles alone, which decide what the rest means.  Who had authority for
 * anything else, and what scheme rules say, is not a witness's business: records without authority are void for every reader.
 *
 *     CHECKED ---> REMEMBERED ---> SIGNED
 * The memory moves by compare-and-swap, durably, before the cosignature is made: dying in between costs a signature, never
 * a memory.  A refusal leaves the memory where it was.
 */
#ifndef AK_WITNESS_WITNESS_H
#define AK_WITNESS_WITNESS_H

#include "codec/note.h"
#include "crypto/key.h"
#include "model/checkpoint.h"
#include "model/trust.h"

enum { AK_WITNESS_PATH_MAX = 2048 };

typedef struct ak_witness_ask {
	const char *path;       /* the ledger, or a clone of it */
	const char *state_path; /* the memory; ".db" and ".lock" beside it */
	const ak_trust *trust;  /* NULL: of the operator's own heartbeat, which trusts the genesis it finds first */
	const ak_seckey *key;
	const char *name;       /* NULL: as the trust file calls this key; the heartbeat's is derived */
	bool heartbeat;         /* the key is the keyset's heartbeat key, and must be */
	bool first;             /* there is no memory yet: begin at the genesis */
	int64_t now;
	int64_t (*clock)(void *ctx); /* asked when no other run of this witness is at it, and then `now` is what it says; or NULL */
	void *clock_ctx;
} ak_witness_ask;

typedef struct ak_witness_answer {
	bool cosigned;
	char name[AK_NOTE_NAME_MAX + 1];
	ak_checkpoint checkpoint; /* the head looked at; size 0 when it could not be read */
	ak_digest genesis;
	uint64_t since;           /* records remembered from before */
	uint64_t replayed;        /* records looked at now          */
	int64_t time;             /* cosigned: of the cosignature */
	ak_buf line;              /* owned; cosigned: the signature line with its newline */
	/* refused: */
	const char *duty;         /* one of the above; static */
	int64_t seq;              /* of the record at fault, or -1 */
	ak_error why;
	char kept[2][AK_WITNESS_PATH_MAX]; /* files with the two heads of a fork, or "" */
} ak_witness_answer;

void ak_witness_answer_clear(ak_witness_answer *a);
/* AK_OK with out->cosigned, or without: then the ledger was refused.  Other statuses mean that it could not be checked, or that
 * it was asked wrongly: AK_NOT_HELD "witness.state" no memory, and not told that this is the first time; AK_IO "witness.state"
 * damaged; AK_WRONG_LEDGER "witness.state" of another ledger; AK_LOCKED, AK_CONFLICT another run of this witness. */
AK_MUST_USE ak_status ak_witness_run(const ak_witness_ask *ask, ak_witness_answer *out, ak_error *err);

#endif
