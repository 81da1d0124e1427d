/* SPDX-License-Identifier: Apache-2.0 */
/* cosignature.h - the lines under a head: the operator's, and those by which others vouch for it (internal; FORMAT 9)
 *
 * The operator's are of type 0x01 and plain Ed25519 over the checkpoint text.  A cosignature is of type 0x04 of
 * C2SP tlog-cosignature: be64(time) || Ed25519 signature over "cosignature/v1\ntime <t>\n" || text.  Which keys count, and
 * whether the time is one to believe, is for the caller.
 */
#ifndef AK_VERIFY_COSIGNATURE_H
#define AK_VERIFY_COSIGNATURE_H

#include "codec/note.h"
#include "crypto/key.h"

/* Clocks may differ by so much before a time counts as one of the future (DESIGN 6, 7). */
enum { AK_CLOCK_SLACK_S = 300 };

/* AK_BAD_SIGNATURE when it is no line of the ledger's name by this key, or a bad one. */
AK_MUST_USE ak_status ak_operator_line_check(ak_span text, ak_span origin, const ak_note_line *l, const uint8_t key[32],
                                             ak_error *err);

/* Is this the cosignature line of that key, by its key id, under the name that the line gives? */
bool ak_cosignature_by(const ak_note_line *l, const uint8_t key[32]);
/* *good only when it verifies over the checkpoint text; then *time is what it says. */
AK_MUST_USE ak_status ak_cosignature_check(ak_span text, const ak_note_line *l, const uint8_t key[32], bool *good,
                                           int64_t *time, ak_error *err);
/* Append a line by this Ed25519 key (AK_WEAK_KEY for others). */
AK_MUST_USE ak_status ak_cosignature_make(const ak_seckey *key, ak_span name, ak_span text, int64_t now, ak_buf *note,
                                          ak_error *err);
/* The order of cosignature lines in a note: by name, then key id; 0 for lines of one key. */
int ak_cosignature_cmp(const ak_note_line *a, const ak_note_line *b);

#endif
