/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint.h - the text a ledger signs to commit to its whole history (C2SP tlog-checkpoint)
 *
 *   <origin>\n<size, decimal>\n<base64 of the RFC 6962 root>\n
 *
 * No extension lines.  The signed note around it is codec/note.h.  One encoding per value.  Pure.
 */
#ifndef AK_MODEL_CHECKPOINT_H
#define AK_MODEL_CHECKPOINT_H

#include "base/bytes.h"
#include "model/statement.h" /* AK_ORIGIN_MAX */

#define AK_CHECKPOINT_SIZE_MAX UINT64_C(10000000000) /* records; AK_SEQ_MAX is the last */

typedef struct ak_checkpoint {
	char origin[AK_ORIGIN_MAX + 1];
	uint64_t size; /* records, 1 to AK_CHECKPOINT_SIZE_MAX */
	ak_digest root;
} ak_checkpoint;

/* AK_BAD_FORMAT: where "checkpoint.origin", ".size", ".root", ".extension"; at = where that line starts. */
AK_MUST_USE ak_status ak_checkpoint_parse(ak_span text, ak_checkpoint *out, ak_error *err);
/* AK_INVALID_ARGUMENT for an origin or size that no checkpoint can have. */
AK_MUST_USE ak_status ak_checkpoint_format(const ak_checkpoint *c, ak_buf *out, ak_error *err);

#endif
