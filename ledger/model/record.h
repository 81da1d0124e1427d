/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - a record is one file of exactly three lines, each ended by one U+000A (FORMAT, Record)
 *
 *   line 1  header (header.h)       line 2  statement (statement.h)     line 3  signatures (signatures.h)
 *
 * Splitting looks at newlines only: no line is empty, and all three are not longer than they may be together.  What each may be is
 * asked when it is parsed, after its digest.  Pure.
 */
#ifndef AK_MODEL_RECORD_H
#define AK_MODEL_RECORD_H

#include "base/bytes.h"
#include "model/header.h"
#include "model/signatures.h"
#include "model/statement.h"

enum { AK_RECORD_LINES_MAX = AK_HEADER_MAX + AK_STATEMENT_MAX + AK_SIGNATURES_MAX + 3 /* bytes of a record file */ };

typedef struct ak_lines {
	ak_span header, statement, signatures; /* borrowed, without newlines */
} ak_lines;

/* AK_BAD_FORMAT: where "record.lines". */
AK_MUST_USE ak_status ak_record_split(ak_span file, ak_lines *out, ak_error *err);
/* Is no line longer than it may be?  For containers of lines, which have this among their own rules. */
bool ak_record_within_limits(const ak_lines *l);
AK_MUST_USE ak_status ak_record_join(const ak_lines *l, ak_buf *out, ak_error *err);

#endif
