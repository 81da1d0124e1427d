/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a schema: every schema in it, and every one a reference leads to, is looked at once. */
#include "codec/schema_impl.h"

#include "base/fail.h"

#include <stdio.h>

enum { SCHEMAS_MAX = 8192 };

struct check {
	ak_schema_run run; /* for the keywords that judge the schema, not a value */
	const ak_json **found;
	size_t n, cap;
	ak_error *err;
};

/* Queue a schema, once.  Booleans are shared values and need no look. */
static ak_status queue(struct check *c, const ak_json *schema)
{
	void *items = c->found;
	ak_status st;

	if (!ak_json_is(schema, AK_JSON_OBJECT))
		return AK_OK;
	for (size_t i = 0; i < c->n; i++) {
		if (c->found[i] == schema)
			return AK_OK;
	}
	if (c->n == SCHEMAS_MAX)
		return ak_fail(c->err, AK_LIMIT, "schema", 0, "over %d schemas", SCHEMAS_MAX);
	st = ak_mem_grow(&items, &c->cap, c->n + 1, sizeof(*c->found), c->err);
	if (st != AK_OK)
		return st;
	c->found = items;
	c->found[c->n++] = schema;
	return AK_OK;
}

static ak_status queue_all(struct check *c, const ak_json *v)
{
	ak_status st = AK_OK;
	const ak_json *member;
	ak_span key;

	for (size_t i = 0; st == AK_OK && ak_json_is(v, AK_JSON_ARRAY) && i < ak_json_len(v); i++)
		st = queue(c, ak_json_at(v, i));
	for (void *it = NULL; st == AK_OK && ak_json_next(v, &it, &key, &member);)
		st = queue(c, member);
	return st;
}

static ak_status check_ref(struct check *c, const ak_json *arg)
{
	const ak_json *schema;
	ak_status st = ak_schema_resolve(c->run.root, ak_json_text(arg), &schema, c->err);

	if (st != AK_OK)
		return st;
	if (!ak_json_is(schema, AK_JSON_OBJECT) && !ak_json_is(schema, AK_JSON_BOOL))
		return ak_fail(c->err, AK_BAD_FORMAT, "schema.$ref", 0, "does not lead to a schema");
	return queue(c, schema);
}

static ak_status check_pattern(struct check *c, const ak_json *arg)
{
	if (c->run.pattern == NULL)
		c->run.pattern = ak_pattern_new();
	if (c->run.pattern == NULL)
		return ak_no_memory(c->err, "schema.pattern");
	return ak_pattern_compile(c->run.pattern, ak_json_text(arg), c->err);
}

static ak_status check_keyword(struct check *c, const ak_json *schema, ak_span name,
                               const ak_json *arg)
{
	const ak_schema_keyword *k = ak_schema_keyword_find(name);
	ak_schema_at at = { .schema = schema };

	if (ak_schema_is_extension(name))
		return AK_OK;
	if (k == NULL)
		return ak_fail(c->err, AK_UNKNOWN_VERSION, "schema", 0, "keyword is not supported");
	if (!ak_schema_shape_fits(k->shape, arg) || !ak_schema_elements_fit(k->shape, arg))
		return ak_fail(c->err, AK_BAD_FORMAT, k->where, 0, "is malformed");
	if (k->apply == ak_schema_id || k->apply == ak_schema_dialect)
		return k->apply(&c->run, &at, k, arg);
	switch (k->shape) {
	case AK_SHAPE_SCHEMA:
		return queue(c, arg);
	case AK_SHAPE_SCHEMAS:
	case AK_SHAPE_SCHEMA_MAP:
		return queue_all(c, arg);
	case AK_SHAPE_REF:
		return check_ref(c, arg);
	case AK_SHAPE_PATTERN:
		return check_pattern(c, arg);
	default:
		return AK_OK;
	}
}

/* Write the pointer of `what` inside `v`, looking for the very object; false: not there. */
static bool find_pointer(const ak_json *v, const ak_json *what, ak_buf *out)
{
	size_t before = out->len;
	const ak_json *member;
	ak_span key;

	if (v == what)
		return true;
	for (size_t i = 0; ak_json_is(v, AK_JSON_ARRAY) && i < ak_json_len(v); i++) {
		if (ak_buf_addf(out, NULL, "/%zu", i) == AK_OK &&
		    find_pointer(ak_json_at(v, i), what, out))
			return true;
		out->len = before;
	}
	for (void *it = NULL; ak_json_next(v, &it, &key, &member);) {
		if (ak_buf_add_byte(out, '/', NULL) == AK_OK &&
		    ak_buf_add_span(out, key, NULL) == AK_OK && find_pointer(member, what, out))
			return true;
		out->len = before;
	}
	return false;
}

/* Put the place in the schema before what is wrong with it. */
static void add_place(struct check *c, const ak_json *schema, ak_span name)
{
	char why[AK_ERROR_DETAIL_MAX];
	ak_buf b;

	if (c->err == NULL)
		return;
	ak_buf_init(&b, 400);
	if (!find_pointer(c->run.root, schema, &b))
		b.len = 0;
	(void)snprintf(why, sizeof(why), "%s", c->err->detail);
	(void)snprintf(c->err->detail, sizeof(c->err->detail), "%.*s/%.*s: %.*s",
	               b.len < 120 ? (int)b.len : 120, b.len == 0 ? "" : (const char *)b.data,
	               name.len < 40 ? (int)name.len : 40, (const char *)name.data, 72, why);
	ak_buf_clear(&b);
}

ak_status ak_schema_check(const ak_json *schema, ak_error *err)
{
	struct check c = { .run = { .root = schema, .err = err }, .err = err };
	const ak_json *arg;
	ak_status st;
	ak_span name;

	if (!ak_json_is(schema, AK_JSON_OBJECT) && !ak_json_is(schema, AK_JSON_BOOL))
		return ak_fail(err, AK_BAD_FORMAT, "schema", 0, "a schema is an object or a boolean");
	st = queue(&c, schema);
	for (size_t i = 0; st == AK_OK && i < c.n; i++) {
		for (void *it = NULL; st == AK_OK && ak_json_next(c.found[i], &it, &name, &arg);) {
			st = check_keyword(&c, c.found[i], name, arg);
			if (st != AK_OK)
				add_place(&c, c.found[i], name);
		}
	}
	ak_pattern_free(c.run.pattern);
	ak_mem_free(c.found);
	return st;
}
