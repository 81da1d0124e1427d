/* SPDX-License-Identifier: Apache-2.0 */
/* annulled.h - which records have been annulled, for answers that show many (internal to api/) */
#ifndef AK_API_ANNULLED_H
#define AK_API_ANNULLED_H

#include "api/api.h"

typedef struct ak_annulments {
	struct ak_annulment {
		uint64_t of, by; /* records */
		bool judged, stands;
	} *at;
	size_t n;
	uint64_t known_at;
} ak_annulments;

/* All that the ledger has, of those with seq < known_at (0: all).  None is judged yet: that is done for those asked for. */
AK_MUST_USE ak_status ak_annulments_read(ak_books *b, uint64_t known_at, ak_annulments *out, ak_error *err);
void ak_annulments_clear(ak_annulments *a);

/* "annulled_by" of `o`: the first annulment of record `seq` that has effect, or null. */
AK_MUST_USE ak_status ak_annulments_put(ak_books *b, ak_annulments *a, uint64_t seq, ak_json *o, ak_error *err);

#endif
