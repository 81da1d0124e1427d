/* SPDX-License-Identifier: Apache-2.0 */
/* shelf.h - records that one question after another needs, taken apart once (internal)
 *
 * Under every listing stand the same few records: keysets, the scheme's profile, parties.  Here they stay with their bytes, between the
 * questions of one ledger handle.  The key is the id, which commits to every byte of a record; what is found here is proved for each
 * question as one that was just read.  A shelf decides nothing: without one every answer is the same.
 *
 * Headers wait here too: of bases, and of the newest record.  Bounded: what is full is emptied.  What evidence has in its hands stays until it lets go.  Not for several threads.
 */
#ifndef AK_VERIFY_SHELF_H
#define AK_VERIFY_SHELF_H

#include "verify/sealed.h"

enum {
	AK_SHELF_RECORDS_MAX = 4096,
	AK_SHELF_HEADERS_MAX = 4096,
	AK_SHELF_VALUES_MAX = 1 << 20, /* JSON values, of all together: a tree of them is many times their text */
};

typedef struct ak_shelved {
	size_t refs;
	ak_buf file;      /* owned */
	ak_sealed sealed; /* owned, borrows from file; how its signatures did is written into it by its copies (sealed.h) */
	size_t n_values;  /* JSON values in lines 2 and 3 */
} ak_shelved;

typedef struct ak_shelf ak_shelf;

/* NULL: out of memory. */
ak_shelf *ak_shelf_new(void);
void ak_shelf_free(ak_shelf **s);
/* One more reference, or NULL: it is not here. */
ak_shelved *ak_shelf_find(const ak_shelf *s, const ak_digest *id);
/* A record taken apart, with one reference for the caller; what more than one listing needs stays on the shelf too.  `file` is taken over
 * and becomes empty, on AK_OK only.  Not AK_OK: as ak_sealed_parse. */
AK_MUST_USE ak_status ak_shelf_add(ak_shelf *s, ak_buf *file, ak_shelved **out, ak_error *err);
/* The header line of the record with that id and seq; borrowed until the next is put here.  False: it is not here. */
bool ak_shelf_header(const ak_shelf *s, const ak_digest *id, uint64_t seq, ak_span *line);
/* Copies the line. */
AK_MUST_USE ak_status ak_shelf_put_header(ak_shelf *s, uint64_t seq, ak_span line, ak_error *err);
void ak_shelved_drop(ak_shelved **r); /* one reference; NULL is fine */

#endif
