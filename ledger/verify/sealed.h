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
	const ak_pubkey *key; /* to be tried ahead of the judge (ak_sealed_try); borrowed, or NULL                */
} ak_sig_result;

typedef struct ak_sealed {
	ak_lines lines;           /* borrowed */
	ak_header header;
	ak_digest id;             /* record id = leaf hash */
	ak_statement statement;   /* owned */
	ak_signatures signatures; /* owned */
	ak_sig_result result[AK_SIGNERS_MAX];
} ak_sealed;

void ak_sealed_clear(ak_sealed *s);
/* A record read from a ledger.  err->at is the seq when known. */
AK_MUST_USE ak_status ak_sealed_parse(ak_span file, ak_sealed *out, ak_error *err);
/* A candidate that has no header yet: lines 2 and 3 only; header and id stay zero. */
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
