/* SPDX-License-Identifier: Apache-2.0 */
/* format_cases.h - walk the project's own vectors, tests/vectors/format/<name>.json
 *
 *   {"about":TEXT,"cases":[{"id":…,"rule":…,"input":…,"want":…}…]}
 *
 * They hold what our JSON profile refuses (line ends in strings), so jansson reads them.  For tests of layers that
 * have codec below them.
 */
#ifndef TESTS_SUPPORT_FORMAT_CASES_H
#define TESTS_SUPPORT_FORMAT_CASES_H

#include "base/bytes.h"
#include "base/text.h"

#include <jansson.h>
#include <string.h>

typedef struct format_case {
	const char *id;
	const json_t *input, *want;
} format_case;

typedef void format_case_fn(const format_case *c);

/* Answers how many cases there were; at least one. */
static size_t each_format_case(const char *name, format_case_fn *fn)
{
	char path[512];
	json_error_t why;
	const json_t *list;
	json_t *root;
	size_t n;

	assert_true(strlen(AK_SOURCE_DIR) + strlen(name) < 400);
	strcpy(path, AK_SOURCE_DIR "/tests/vectors/format/");
	strcat(path, name);
	strcat(path, ".json");
	root = json_load_file(path, 0, &why);
	if (root == NULL)
		fail_msg("%s: %s", path, why.text);
	list = json_object_get(root, "cases");
	n = json_array_size(list);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_array_get(list, i);
		const format_case c = { json_string_value(json_object_get(v, "id")), json_object_get(v, "input"),
			                json_object_get(v, "want") };

		assert_true(c.id != NULL && c.input != NULL && c.want != NULL);
		fn(&c);
	}
	json_decref(root);
	return n;
}

/* Text of a member; the empty span when there is none. */
static ak_span text_of(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return v == NULL ? (ak_span){ 0 }
	                 : (ak_span){ (const uint8_t *)json_string_value(v), json_string_length(v) };
}

static bool wants_ok(const format_case *c)
{
	return json_is_true(json_object_get(c->want, "ok"));
}

/* A digest, written as digest text or as bare hex. */
static ak_digest digest_of(const json_t *v)
{
	ak_span s = { (const uint8_t *)json_string_value(v), json_string_length(v) };
	ak_digest d;

	if (!ak_digest_parse(s, &d))
		assert_true(ak_hex_decode(s, d.b, sizeof(d.b)));
	return d;
}

#endif
