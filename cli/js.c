/* SPDX-License-Identifier: Apache-2.0 */
#include "js.h"

#include <string.h>

json_t *ak_js_parse(const ak_text *t)
{
	return t->data == NULL ? NULL : json_loadb(t->data, t->len, JSON_DECODE_ANY, NULL);
}

const json_t *ak_js_at(const json_t *o, const char *path)
{
	char step[64];

	while (o != NULL && *path != '\0') {
		size_t n = strcspn(path, ".");

		if (n >= sizeof(step))
			return NULL;
		memcpy(step, path, n);
		step[n] = '\0';
		o = json_object_get(o, step);
		path += n + (path[n] == '.');
	}
	return o;
}

const char *ak_js_str(const json_t *o, const char *path)
{
	const char *s = json_string_value(ak_js_at(o, path));

	return s == NULL ? "" : s;
}

uint64_t ak_js_num(const json_t *o, const char *path)
{
	json_int_t n = json_integer_value(ak_js_at(o, path));

	return n < 0 ? 0 : (uint64_t)n;
}

bool ak_js_has(const json_t *o, const char *path)
{
	const json_t *v = ak_js_at(o, path);

	return v != NULL && !json_is_null(v);
}

bool ak_js_true(const json_t *o, const char *path)
{
	return json_is_true(ak_js_at(o, path));
}

size_t ak_js_len(const json_t *o, const char *path)
{
	return json_array_size(ak_js_at(o, path));
}

const json_t *ak_js_nth(const json_t *o, const char *path, size_t i)
{
	return json_array_get(ak_js_at(o, path), i);
}

const char *ak_js_lang(const json_t *o, const char *path, bool ja)
{
	const json_t *v = ak_js_at(o, path);
	const char *s = json_string_value(v);

	if (s == NULL)
		s = ak_js_str(v, ja ? "ja" : "en");
	return *s != '\0' ? s : ak_js_str(v, ja ? "en" : "ja");
}
