/* SPDX-License-Identifier: Apache-2.0 */
/* good_lines.h - lines under a head that were found to verify (internal)
 *
 * Every listing of a ledger is judged under one and the same head, and a signature is a matter of text, key and line and nothing else: what was
 * found good for one question is good for the next.  Only good ones are here; what is not here is tried.  Whether a key counts, and whether
 * the time of a cosignature is to be believed, is asked anew each time.  Not for several threads.
 */
#ifndef AK_VERIFY_GOOD_LINES_H
#define AK_VERIFY_GOOD_LINES_H

#include "codec/note.h"

enum { AK_GOOD_LINES_MAX = 16 }; /* then the oldest makes room */

typedef struct ak_good_lines {
	ak_digest line[AK_GOOD_LINES_MAX];
	size_t n; /* that were ever put here */
} ak_good_lines;

/* As ak_operator_line_check and ak_cosignature_check (cosignature.h); `g` may be NULL. */
AK_MUST_USE ak_status ak_good_operator_line(ak_good_lines *g, ak_span text, ak_span origin, const ak_note_line *l, const uint8_t key[32],
                                            ak_error *err);
AK_MUST_USE ak_status ak_good_cosignature(ak_good_lines *g, ak_span text, const ak_note_line *l, const uint8_t key[32], bool *good,
                                          int64_t *time, ak_error *err);

#endif
