/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - a record is one file of exactly three lines, each ended by one U+000A (FORMAT, Record)
 *
 *   line 1  header (header.h)       line 2  statement (statement.h)     line 3  signatures (signatures.h)
 *
 * Splitting looks at newlines and limits only: no line is empty or longer than it may be.  Pure.
 */
#ifndef AK_MODEL_RECORD_H
#define AK_MODEL_RECORD_H

#include "base/bytes.h"

typedef struct ak_lines {
	ak_span header, statement, signatures; /* borrowed, without newlines */
} ak_lines;

/* AK_BAD_FORMAT: where "record.lines". */
AK_MUST_USE ak_status ak_record_split(ak_span file, ak_lines *out, ak_error *err);
AK_MUST_USE ak_status ak_record_join(const ak_lines *l, ak_buf *out, ak_error *err);

#endif
