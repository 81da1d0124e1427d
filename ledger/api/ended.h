/* SPDX-License-Identifier: Apache-2.0 */
/* ended.h - which listings a record ends, for the list of them (internal to api/) */
#ifndef AK_API_ENDED_H
#define AK_API_ENDED_H

#include "api/api.h"
#include "codec/schema.h"

/* The deletions and withdrawals on record. */
typedef struct ak_endings {
	struct ak_ending {
		uint64_t seq;
		const char *type;
		char subject[AK_SUBJECT_ID_MAX + 1], on[11]; /* of the listing; the day, month or year from which it takes effect */
		bool judged, stands;
	} *at;
	size_t n;
	uint64_t known_at;
} ak_endings;

/* Those with seq < known_at (0: all), in order of type, then of sealing.  None is judged yet: that is done for those asked for. */
AK_MUST_USE ak_status ak_endings_read(ak_books *b, uint64_t known_at, ak_endings *out, ak_error *err);
void ak_endings_clear(ak_endings *e);

/* "ended" of a row of the list: {"type","record","on"} of the first that stands and takes effect no earlier than the entry, which is
 * record `seq`; or null.  Nothing else is judged: whether who withdrew was the provider, for one, is a rule's to say. */
AK_MUST_USE ak_status ak_endings_put(ak_books *b, ak_endings *e, const char *subject, uint64_t seq, ak_json *row, ak_error *err);

#endif
