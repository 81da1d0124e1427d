/* SPDX-License-Identifier: Apache-2.0 */
/* strmap.h - a hash table from short byte strings to 64-bit numbers (internal)
 *
 * Open addressing, grows at 3/4 full; keys are copied.  Keys come from outside, so the hash is keyed by a
 * seed given at birth: a fixed seed is fine where keys are themselves digests.  Nothing is ever removed.
 */
#ifndef AK_BASE_STRMAP_H
#define AK_BASE_STRMAP_H

#include "base/bytes.h"

typedef struct ak_strmap_slot {
	uint64_t hash;
	uint64_t value;
	uint32_t at;  /* offset of the key in keys    */
	uint32_t len; /* UINT32_MAX: the slot is free */
} ak_strmap_slot;

typedef struct ak_strmap {
	ak_strmap_slot *slot;
	size_t n, cap; /* cap is 0 or a power of two */
	ak_buf keys;
	uint64_t seed;
} ak_strmap;

void ak_strmap_init(ak_strmap *m, uint64_t seed);
void ak_strmap_clear(ak_strmap *m);
bool ak_strmap_get(const ak_strmap *m, ak_span key, uint64_t *value);
/* Every key once, in no order: *it begins at 0.  false: there are no more.  *key is borrowed until the next insertion. */
bool ak_strmap_next(const ak_strmap *m, size_t *it, ak_span *key, uint64_t *value);
/* Insert or replace. */
AK_MUST_USE ak_status ak_strmap_put(ak_strmap *m, ak_span key, uint64_t value, ak_error *err);

#endif
