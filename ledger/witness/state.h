/* SPDX-License-Identifier: Apache-2.0 */
/* state.h - what a witness remembers of the head it cosigned last (internal)
 *
 * A small file beside the witness key, replaced durably before a cosignature leaves the process:
 *     {"format":"akashi-witness/1","genesis":"sha256:…","note":"<base64>","operator":"<64 hex>","time":1795230245}
 * note: the whole signed note of that head, so that a fork can be shown to others; origin, size and root are those in it.
 * operator: the key that had signed it.  time: of the newest cosignature.  The records up to there are remembered apart,
 * in an index that may be lost: it is made again from the ledger, and must then come to this size and root.
 */
#ifndef AK_WITNESS_STATE_H
#define AK_WITNESS_STATE_H

#include "base/bytes.h"
#include "model/checkpoint.h"

typedef struct ak_witness_state {
	bool known;               /* the file exists */
	ak_checkpoint checkpoint; /* size 0 when not known */
	ak_digest genesis;
	uint8_t operator_key[32];
	int64_t time;
	ak_buf note;              /* owned */
	ak_buf file;              /* owned: the bytes it was read from */
} ak_witness_state;

void ak_witness_state_clear(ak_witness_state *s);
/* Absent: AK_OK and not known.  Damaged: AK_IO, where "witness.state"; nothing can be said without it. */
AK_MUST_USE ak_status ak_witness_state_read(const char *path, ak_witness_state *out, ak_error *err);
/* Put `next` in the place of `was`; AK_CONFLICT, and nothing changes, when the file is no longer what `was` was read from.  The
 * caller holds the lock beside it. */
AK_MUST_USE ak_status ak_witness_state_swap(const char *path, const ak_witness_state *was, const ak_witness_state *next,
                                            ak_error *err);

#endif
