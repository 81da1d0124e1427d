/* SPDX-License-Identifier: Apache-2.0 */
/* blanks.h - which listings and auditors a record that was erased is about (internal to api/)
 *
 * The place-holder keeps `about` (FORMAT 16.12), and what the record said of it nobody knows: it may have entered, renewed, corrected or ended it.
 * So nothing is said of such a listing or auditor but that, and none is left out. */
#ifndef AK_API_BLANKS_H
#define AK_API_BLANKS_H

#include "api/api.h"
#include "codec/schema.h"

typedef struct ak_blanks {
	struct ak_blank {
		uint64_t seq;
		char subject[AK_SUBJECT_ID_MAX + 1];
	} *at;
	size_t n, cap;
} ak_blanks;

/* Every subject <scheme>/<kind>:<name> of every erased record with seq < known_at (0: all), in order of sealing. */
AK_MUST_USE ak_status ak_blanks_read(ak_books *b, const char *kind, uint64_t known_at, ak_blanks *out, ak_error *err);
void ak_blanks_clear(ak_blanks *k);

/* Is one about this? */
bool ak_blanks_have(const ak_blanks *k, const char *subject);
/* "erased" of `row`: the erased records about this, ascending.  Where there is none the row stays as it is. */
AK_MUST_USE ak_status ak_blanks_put(const ak_blanks *k, const char *subject, ak_json *row, ak_error *err);

#endif
