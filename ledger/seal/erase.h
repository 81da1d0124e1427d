/* SPDX-License-Identifier: Apache-2.0 */
/* erase.h - taking the text of a record out of a ledger (internal; FORMAT 11.5, 15.8, 16.12)
 *
 * Git does not let a blob go: so the ledger is written again into a fresh repository, which never held it.  Commits before the record
 * stay as they are, byte for byte; from it on trees differ in one blob, checkpoint, message and time are the same, and the operator in
 * force signs.  The old repository is not touched.
 */
#ifndef AK_SEAL_ERASE_H
#define AK_SEAL_ERASE_H

#include "crypto/key.h"
#include "seal/books.h"

/* May this erasure be sealed?  AK_DANGLING: it names no record; AK_ERASED: that one was erased; AK_REPEATED: an erasure names it already;
 * AK_NOT_AUTHORISED "body.record": it is of a core type, on which others rest; AK_ABOUT_MISMATCH: about something else, or of another scheme. */
AK_MUST_USE ak_status ak_erasure_check(ak_books *b, const ak_sealed *erasure, ak_error *err);

typedef struct ak_erased_copy {
	uint64_t record, erasure; /* seqs */
	uint64_t commits, again;  /* written; of these signed again */
} ak_erased_copy;

/* The authorised erasure that names record `seq`: AK_NOT_FOUND, where "erasure", when there is none; AK_ERASED when it is done already;
 * AK_NOT_AUTHORISED for a core type. */
AK_MUST_USE ak_status ak_erase_find(ak_books *b, uint64_t seq, ak_digest *erasure, ak_erased_copy *out, ak_error *err);
/* Write the ledger into a fresh repository at `path` (not there, or an empty folder, and not within the ledger's own: AK_INVALID_ARGUMENT), without the text of record `seq`.  `key` is the
 * operator's in force.  Until this returns AK_OK the repository has no head, and is to be thrown away. */
AK_MUST_USE ak_status ak_erase_into(ak_books *b, uint64_t seq, const char *path, const ak_seckey *key, ak_erased_copy *out, ak_error *err);
/* The same with any bytes at all in the place of record `seq`, and without asking: what stands behind it is for readers to find out. */
AK_MUST_USE ak_status ak_erase_copy(ak_books *b, uint64_t seq, ak_span holder, const char *path, const ak_seckey *key, ak_erased_copy *out,
                                    ak_error *err);

#endif
