/* SPDX-License-Identifier: Apache-2.0 */
/* cosign.h - publish what witnesses and the heartbeat signed of the head: a commit without records (internal; FORMAT 9.3, 11.2)
 *
 * The same lock, memory and commit point as sealing (seal.h, commit.h).  The operator signs the commit and no head: size and
 * root stay, so the memory beside its key goes on speaking of the same head.  Every line must be by a witness of the trust file
 * or by the heartbeat key in force, under its own name, verify over the head as it is, and not lie ahead of the clock.  A line
 * takes the place of an older one by the same key; one that is no newer adds nothing.
 */
#ifndef AK_SEAL_COSIGN_H
#define AK_SEAL_COSIGN_H

#include "codec/note.h"
#include "model/trust.h"
#include "seal/seal.h"

typedef struct ak_cosign_entry {
	char name[AK_NOTE_NAME_MAX + 1];
	int64_t time;
	bool added; /* false: the head has one as new */
} ak_cosign_entry;

/* lines: texts of one signature line or more, each ended by a newline.  trust: whose witnesses are meant; NULL: nobody's.
 * entries: up to `max`, one a line.  *published: false when nothing was new.  On refusal *failed is the text at fault, or
 * SIZE_MAX. */
AK_MUST_USE ak_status ak_seal_cosign(ak_books *b, const ak_sealer *s, const ak_trust *trust, const ak_span *lines, size_t n,
                                     ak_cosign_entry *entries, size_t max, size_t *n_entries, bool *published,
                                     size_t *failed, ak_error *err);

#endif
