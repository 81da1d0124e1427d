/* SPDX-License-Identifier: Apache-2.0 */
/* header.h - line 1 of a record: the Merkle leaf (FORMAT, Header)
 *
 *   {"prev":"sha256:…","seq":12,"signatures":"sha256:…","statement":"sha256:…",
 *    "subjects":"sha256:…","time":"2026-11-21T03:04:05Z","v":1}            (one line)
 *
 * There is one encoding of each header: the parser matches the canonical text byte by byte.
 * A header whose only difference is another v is AK_UNKNOWN_VERSION, not AK_BAD_FORMAT.
 * Pure: no I/O, no clock, no hashing.
 */
#ifndef AK_MODEL_HEADER_H
#define AK_MODEL_HEADER_H

#include "base/bytes.h"

enum { AK_HEADER_MAX = 2048 /* bytes */ };
#define AK_SEQ_MAX UINT64_C(9999999999) /* ten digits in the record path */

typedef struct ak_header {
	ak_digest prev;       /* record id of seq - 1; zero for seq 0 */
	uint64_t seq;
	ak_digest signatures; /* SHA-256 of line 3 without newline    */
	ak_digest statement;  /* SHA-256 of line 2 without newline    */
	ak_digest subjects;   /* subject map root after this record   */
	int64_t time;         /* operator's clock, UTC                */
} ak_header;

/* `line` is without its newline. err->where names the member, err->at its offset. */
AK_MUST_USE ak_status ak_header_parse(ak_span line, ak_header *out, ak_error *err);
/* AK_LIMIT for a seq, AK_INVALID_ARGUMENT for a time that no header can have. */
AK_MUST_USE ak_status ak_header_format(const ak_header *h, ak_buf *out, ak_error *err);

#endif
