/* SPDX-License-Identifier: Apache-2.0 */
/* corrected.h - the body of a record as the corrections sealed so far leave it (internal to seal/ and above)
 *
 * For who drafts and seals corrections: the rules' sandbox settles them for readers (rules/correct.c), in the same order.  Records
 * of the batch being sealed are not looked at.
 */
#ifndef AK_SEAL_CORRECTED_H
#define AK_SEAL_CORRECTED_H

#include "seal/books.h"

/* Let the corrections and annulments of a record, and those of them in turn, act on a copy of its body: those with seq < known_at, as
 * known then; 0: all. */
AK_MUST_USE ak_status ak_books_correct(ak_books *b, const ak_sealed *s, uint64_t known_at, ak_json *body, bool *annulled, ak_error *err);
/* Does record `seq` stand: is it authorised, and has nothing annulled it?  (A correction that stands may still find
 * that another value is there now, and change nothing.) */
AK_MUST_USE ak_status ak_books_stands(ak_books *b, uint64_t seq, uint64_t known_at, bool *yes, ak_error *err);
/* *body is the caller's. */
AK_MUST_USE ak_status ak_books_corrected(ak_books *b, uint64_t seq, ak_json **body, ak_error *err);

/* May this correction, whose reference is known to hold, be sealed now?  AK_HELD_BACK when `before` is not what stands there,
 * AK_SCHEMA when what it makes is not as `type` of its target allows; readers judge the latter by the target as sealed only (FORMAT
 * 16.7.1).  Other types, and corrections of no field, may. */
AK_MUST_USE ak_status ak_correction_check(ak_books *b, const ak_authority *a, const ak_statement *s, uint64_t seq, ak_error *err);

#endif
