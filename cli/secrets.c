/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* explicit_bzero() */
#include "secrets.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void ak_secrets_guard(void)
{
	const struct rlimit none = { 0, 0 };

	/* A kernel that refuses leaves things as they were: there is nothing better to do. */
	(void)setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void ak_secrets_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}

void ak_secrets_free_text(char *text)
{
	if (text != NULL)
		ak_secrets_wipe(text, strlen(text));
	free(text);
}

static void wipe_text(const json_t *o)
{
	/* jansson lends its texts as const; they are about to be freed. */
	if (json_is_string(o))
		ak_secrets_wipe((void *)(uintptr_t)json_string_value(o), json_string_length(o));
}

void ak_secrets_free_json(json_t *o)
{
	json_t *todo = o == NULL ? NULL : json_array();

	if (todo != NULL && json_array_append(todo, o) == 0) {
		for (size_t at = 0; at < json_array_size(todo); at++) {
			json_t *v = json_array_get(todo, at), *member;
			const char *key;
			size_t i;

			wipe_text(v);
			json_array_foreach(v, i, member)
				(void)json_array_append(todo, member);
			json_object_foreach(v, key, member)
				(void)json_array_append(todo, member);
		}
	}
	json_decref(todo);
	json_decref(o);
}
