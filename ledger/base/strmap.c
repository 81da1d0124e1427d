/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strmap.h"

#include "base/fail.h"

#include <string.h>

enum { FIRST_CAP = 64 };
#define FREE_SLOT UINT32_MAX

/* FNV-1a over the seed and the key, finished with a multiply-shift so that low bits mix. */
static uint64_t hash_of(const ak_strmap *m, ak_span key)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ m->seed;

	for (size_t i = 0; i < key.len; i++)
		h = (h ^ key.data[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

void ak_strmap_init(ak_strmap *m, uint64_t seed)
{
	*m = (ak_strmap){ .seed = seed };
	ak_buf_init(&m->keys, UINT32_MAX - 1);
}

void ak_strmap_clear(ak_strmap *m)
{
	ak_mem_free(m->slot);
	ak_buf_clear(&m->keys);
	ak_strmap_init(m, m->seed);
}

static ak_strmap_slot *find(const ak_strmap *m, ak_span key, uint64_t hash)
{
	size_t i = (size_t)hash & (m->cap - 1);

	for (;; i = (i + 1) & (m->cap - 1)) {
		ak_strmap_slot *s = &m->slot[i];

		if (s->len == FREE_SLOT)
			return s;
		if (s->hash == hash && s->len == key.len &&
		    (key.len == 0 || memcmp(m->keys.data + s->at, key.data, key.len) == 0))
			return s;
	}
}

bool ak_strmap_get(const ak_strmap *m, ak_span key, uint64_t *value)
{
	const ak_strmap_slot *s;

	if (m->cap == 0)
		return false;
	s = find(m, key, hash_of(m, key));
	if (s->len == FREE_SLOT)
		return false;
	*value = s->value;
	return true;
}

static ak_status grow(ak_strmap *m, ak_error *err)
{
	size_t cap = m->cap == 0 ? FIRST_CAP : m->cap * 2;
	ak_strmap_slot *slot = ak_mem_array(cap, sizeof(*slot));

	if (slot == NULL)
		return ak_no_memory(err, "strmap");
	for (size_t i = 0; i < cap; i++)
		slot[i].len = FREE_SLOT;
	for (size_t i = 0; i < m->cap; i++) {
		size_t k = (size_t)m->slot[i].hash & (cap - 1);

		if (m->slot[i].len == FREE_SLOT)
			continue;
		while (slot[k].len != FREE_SLOT)
			k = (k + 1) & (cap - 1);
		slot[k] = m->slot[i];
	}
	ak_mem_free(m->slot);
	m->slot = slot;
	m->cap = cap;
	return AK_OK;
}

ak_status ak_strmap_put(ak_strmap *m, ak_span key, uint64_t value, ak_error *err)
{
	uint64_t hash = hash_of(m, key);
	ak_strmap_slot *s;
	size_t at;
	ak_status st;

	if (m->n + 1 > m->cap / 4 * 3) {
		st = grow(m, err);
		if (st != AK_OK)
			return st;
	}
	s = find(m, key, hash);
	if (s->len != FREE_SLOT) {
		s->value = value;
		return AK_OK;
	}
	at = m->keys.len;
	st = ak_buf_add_span(&m->keys, key, err);
	if (st != AK_OK)
		return st;
	*s = (ak_strmap_slot){ hash, value, (uint32_t)at, (uint32_t)key.len };
	m->n++;
	return AK_OK;
}

bool ak_strmap_next(const ak_strmap *m, size_t *it, ak_span *key, uint64_t *value)
{
	while (*it < m->cap) {
		const ak_strmap_slot *slot = &m->slot[(*it)++];

		if (slot->len == UINT32_MAX)
			continue;
		*key = (ak_span){ m->keys.data + slot->at, slot->len };
		*value = slot->value;
		return true;
	}
	return false;
}
