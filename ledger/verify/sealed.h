/* SPDX-License-Identifier: Apache-2.0 */
/* sealed.h - a record taken apart, with its digests checked (internal)
 *
 * From the bytes of a record file: three lines, canonical header, the digests of lines 2 and 3 as the header says,
 * statement and signatures in their forms.  What needs other records (prev, seq order, map, authority) is not
 * judged here.  The spans borrow from the bytes given, which must outlive it.
 */
#ifndef AK_VERIFY_SEALED_H
#define AK_VERIFY_SEALED_H

#include "crypto/key.h"
#include "model/header.h"
#include "model/record.h"
#include "model/signatures.h"
#include "model/statement.h"

/* What is known of one signature of a record. */
typedef enum ak_sig_state { AK_SIG_UNTRIED, AK_SIG_GOOD, AK_SIG_BAD } ak_sig_state;

typedef struct ak_sig_result {
	ak_sig_state state;   /* under the key whose id the keyid is: no other is tried (FORMAT 6.3) */
	bool stamped;         /* tokens that count say that it was there ... (stamps.h)                           */
	int64_t stamped_by;   /* ... at this second: of several the latest                                        */
	const ak_pubkey *key; /* to be tried ahead of the judge (ak_sealed_try); borrowed, or NULL                */
} ak_sig_result;

/* A key in a record's body, as it was read. */
typedef struct ak_read_key {
	const ak_json *from; /* borrowed from the statement */
	ak_pubkey *key;      /* one reference */
} ak_read_key;

typedef struct ak_sealed {
	ak_lines lines;           /* borrowed */
	ak_header header;
	ak_digest id;             /* record id = leaf hash */
	ak_statement statement;   /* owned */
	ak_signatures signatures; /* owned */
	ak_sig_result result[AK_SIGNERS_MAX];
	struct ak_sealed *of;     /* NULL, or what this is a copy of (ak_sealed_share) */
	bool fits_core;           /* body and documents are as the core package has them for its type: not asked again */
	bool fits_package;        /* of a profile: the package is well formed, and its digest that of the record: likewise */
	ak_read_key *keys;        /* owned: keys of the body that were read for a copy */
	size_t n_keys, cap_keys;
	bool erased;              /* line 2 is a place-holder (erased.h), of which nothing is believed yet */
	ak_digest erasure;        /* ... and names this record */
} ak_sealed;

void ak_sealed_clear(ak_sealed *s);
/* A record read from a ledger.  err->at is the seq when known. */
AK_MUST_USE ak_status ak_sealed_parse(ak_span file, ak_sealed *out, ak_error *err);
/* A copy that owns nothing, for as long as `s` stays.  It knows what `s` knows, and tells `s` what it finds out, of what depends on the
 * record's bytes and nothing else: whether a signature verifies under the key that it names, and what fits.  Nothing else is shared. */
void ak_sealed_share(ak_sealed *s, ak_sealed *out);
/* A key in the body of what this is a copy of, read before: one more reference, or NULL. */
ak_pubkey *ak_sealed_key(const ak_sealed *s, const ak_json *from);
/* Let what this is a copy of, if it is one, keep a reference to the key that was read `from` there. */
AK_MUST_USE ak_status ak_sealed_keep_key(const ak_sealed *s, const ak_json *from, ak_pubkey *key, ak_error *err);
/* The same, and place-holders of erased records: with out->erased the caller asks for the erasure (ak_gaps_add). */
AK_MUST_USE ak_status ak_sealed_parse_erased(ak_span file, ak_sealed *out, ak_error *err);
/* A candidate that has no header yet: lines 2 and 3 only; header and id stay zero.  Who
 * has it judged sets header.time, the time of sealing, at which certificates have to hold. */
AK_MUST_USE ak_status ak_sealed_candidate(ak_span statement, ak_span signatures, ak_sealed *out, ak_error *err);

/* The bytes of the statement's body as they stand in line 2, so in canonical form. */
ak_span ak_sealed_body(const ak_sealed *s);
/* Does signature `i` verify under `key`, and is that the key whose id its keyid is?  The message is PAE(line 2).  How the
 * signature did under that key is remembered; nothing of the key is kept. */
AK_MUST_USE ak_status ak_sealed_verify(ak_sealed *s, size_t i, const ak_pubkey *key, bool *good, ak_error *err);
/* Is there a signature under this key's id, and does it verify? */
AK_MUST_USE ak_status ak_sealed_signed_by(ak_sealed *s, const ak_pubkey *key, bool *yes, ak_error *err);
/* Did `key` make signature `i`, whatever its keyid says?  For exchange files only (FORMAT 6.4); remembers nothing. */
AK_MUST_USE ak_status ak_sealed_made_by(const ak_sealed *s, size_t i, const ak_pubkey *key, bool *yes, ak_error *err);
/* Verify each signature under the key set for it in `result`, and take that key away.  Other records may be tried by other
 * threads at the same time. */
AK_MUST_USE ak_status ak_sealed_try(ak_sealed *s, ak_error *err);

#endif
