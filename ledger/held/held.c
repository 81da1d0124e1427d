/* SPDX-License-Identifier: Apache-2.0 */
#include "held/held.h"

#include "base/text.h"
#include "held/table.h"

#include <string.h>

size_t ak_held_count(void)
{
	return ak_held_table_len;
}

const ak_held_package *ak_held_at(size_t i)
{
	return i < ak_held_table_len ? &ak_held_table[i] : NULL;
}

const ak_held_package *ak_held_find(const char *scheme, const ak_digest *digest)
{
	const ak_held_package *found = NULL;

	for (size_t i = 0; i < ak_held_table_len; i++) {
		const ak_held_package *p = &ak_held_table[i];

		if (strcmp(p->scheme, scheme) == 0 && (digest == NULL || ak_digest_eq(&p->digest, digest)))
			found = p;
	}
	return found;
}

bool ak_held_bytes(const ak_digest *digest, ak_span *bytes)
{
	for (size_t i = 0; i < ak_held_table_len; i++) {
		if (ak_digest_eq(&ak_held_table[i].digest, digest)) {
			*bytes = ak_held_table[i].bytes;
			return true;
		}
	}
	return false;
}
