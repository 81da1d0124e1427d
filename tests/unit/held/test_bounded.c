/* SPDX-License-Identifier: Apache-2.0 */
/* Every type that is shipped can be judged whatever its body holds: its lists are bounded, and the largest body that fits them takes
 * fewer applications of schemas than a reader allows itself (FORMAT 17.3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/schema.h"
#include "held/held.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 40 };

typedef struct walk {
	const ak_json *root;
	const char *type;
	unsigned depth;
} walk;

static uint64_t most(walk *w, const ak_json *schema);

static uint64_t most_of_list(walk *w, const ak_json *schemas)
{
	uint64_t n = 0;

	for (size_t i = 0; i < ak_json_len(schemas); i++)
		n += most(w, ak_json_at(schemas, i));
	return n;
}

static uint64_t most_of_members(walk *w, const ak_json *schemas)
{
	const ak_json *s;
	ak_span name;
	uint64_t n = 0;

	for (void *it = NULL; ak_json_next(schemas, &it, &name, &s);)
		n += most(w, s);
	return n;
}

/* What is applied to each of several must say how many. */
static uint64_t times(const walk *w, const ak_json *schema, const char *what, const char *bound, uint64_t each)
{
	int64_t n = 0;

	if (!ak_json_int(ak_json_get(schema, bound), &n))
		fail_msg("%s: %s without %s", w->type, what, bound);
	return (uint64_t)n * each;
}

static uint64_t most(walk *w, const ak_json *schema)
{
	static const char *const single[] = { "not", "if", "then", "else" }, *const lists[] = { "allOf", "anyOf", "oneOf", "prefixItems" };
	const ak_json *sub;
	uint64_t n = 1;

	if (!ak_json_is(schema, AK_JSON_OBJECT))
		return 1;
	if (++w->depth > DEPTH_MAX)
		fail_msg("%s: a schema in itself", w->type);
	sub = ak_json_get(schema, "$ref");
	if (sub != NULL) {
		ak_span ref = ak_json_text(sub);

		n += most(w, ak_json_pointer(w->root, (ak_span){ ref.data + 1, ref.len - 1 }));
	}
	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
		sub = ak_json_get(schema, single[i]);
		n += sub == NULL ? 0 : most(w, sub);
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		n += most_of_list(w, ak_json_get(schema, lists[i]));
	n += most_of_members(w, ak_json_get(schema, "properties"));
	n += most_of_members(w, ak_json_get(schema, "dependentSchemas"));
	sub = ak_json_get(schema, "items");
	if (sub != NULL)
		n += times(w, schema, "items", "maxItems", most(w, sub));
	sub = ak_json_get(schema, "contains");
	if (sub != NULL)
		n += times(w, schema, "contains", "maxItems", most(w, sub));
	sub = ak_json_get(schema, "additionalProperties");
	if (ak_json_is(sub, AK_JSON_OBJECT))
		n += times(w, schema, "additionalProperties", "maxProperties", most(w, sub));
	sub = ak_json_get(schema, "propertyNames");
	if (sub != NULL)
		n += times(w, schema, "propertyNames", "maxProperties", most(w, sub));
	w->depth--;
	return n;
}

static void test_the_largest_body_of_each_type_can_be_judged(void **state)
{
	size_t types = 0;

	(void)state;
	for (size_t i = 0; i < ak_held_count(); i++) {
		ak_json *package = NULL;
		const ak_json *type;
		ak_error err = { 0 };
		ak_span name;

		assert_int_equal(ak_json_parse(ak_held_at(i)->bytes, &package, &err), AK_OK);
		for (void *it = NULL; ak_json_next(ak_json_get(package, "types"), &it, &name, &type);) {
			char label[128];
			walk w = { .root = ak_json_get(type, "schema"), .type = label };
			uint64_t n;

			(void)snprintf(label, sizeof(label), "%s %.*s", ak_held_at(i)->scheme, (int)name.len, (const char *)name.data);
			assert_non_null(w.root);
			n = most(&w, w.root);
			if (n >= AK_SCHEMA_STEPS_MAX)
				fail_msg("%s: %llu applications", label, (unsigned long long)n);
			types++;
		}
		ak_json_free(package);
	}
	assert_true(types > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_largest_body_of_each_type_can_be_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
