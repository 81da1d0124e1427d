/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/schema_impl.h"

#include "base/fail.h"
#include "codec/jcs.h"

#include <stdio.h>
#include <string.h>

enum {
	DEPTH_MAX = 256,         /* schemas applied inside each other */
	PATTERN_WORK = 20000000, /* places visited by all patterns of one validation */
};

static const ak_schema_keyword never = { .name = "false", .where = "schema.false" };

/* Text cut to what fits, never inside a character. */
struct line {
	char *at;
	size_t left; /* without the NUL */
};

static void line_add(struct line *l, ak_span s)
{
	size_t n = s.len < l->left ? s.len : l->left;

	while (n < s.len && n > 0 && (s.data[n] & 0xc0) == 0x80)
		n--;
	if (n != 0)
		memcpy(l->at, s.data, n);
	l->at += n;
	*l->at = '\0';
	l->left = n < s.len ? 0 : l->left - n;
}

static void line_str(struct line *l, const char *s)
{
	line_add(l, ak_span_str(s));
}

static void line_place(struct line *l, const ak_schema_place *p)
{
	char index[24];

	if (p == NULL || p->up == NULL)
		return;
	line_place(l, p->up);
	line_str(l, "/");
	if (p->key.data == NULL) {
		(void)snprintf(index, sizeof(index), "%zu", p->index);
		line_str(l, index);
		return;
	}
	for (size_t i = 0, from = 0; i <= p->key.len; i++) {
		if (i < p->key.len && p->key.data[i] != '~' && p->key.data[i] != '/')
			continue;
		line_add(l, (ak_span){ p->key.data + from, i - from });
		if (i < p->key.len)
			line_str(l, p->key.data[i] == '~' ? "~0" : "~1");
		from = i + 1;
	}
}

static void line_value(struct line *l, const ak_json *v)
{
	char text[48];
	ak_buf b;

	switch (ak_json_type_of(v)) {
	case AK_JSON_OBJECT:
		(void)snprintf(text, sizeof(text), "an object of %zu", ak_json_len(v));
		line_str(l, text);
		return;
	case AK_JSON_ARRAY:
		(void)snprintf(text, sizeof(text), "an array of %zu", ak_json_len(v));
		line_str(l, text);
		return;
	case AK_JSON_STRING:
		line_str(l, "\"");
		line_add(l, ak_json_text(v));
		line_str(l, "\"");
		return;
	case AK_JSON_NULL:
	case AK_JSON_BOOL:
	case AK_JSON_INT:
		break;
	}
	if (v == NULL) {
		line_str(l, "nothing");
		return;
	}
	ak_buf_init(&b, 32);
	if (ak_jcs_write(v, &b, NULL) == AK_OK)
		line_add(l, ak_buf_span(&b));
	ak_buf_clear(&b);
}

static struct line line_of(char *at, size_t size)
{
	return (struct line){ at, size - 1 };
}

ak_status ak_schema_violated(ak_schema_run *r, const ak_schema_keyword *k,
                             const ak_schema_place *place, const ak_json *found,
                             const char *expected, const char *why)
{
	struct line l;

	if (r->quiet != 0 || r->err == NULL)
		return AK_SCHEMA;
	(void)ak_fail(r->err, AK_SCHEMA, k->where, 0, "%s", "");
	l = line_of(r->err->detail, sizeof(r->err->detail));
	line_place(&l, place);
	line_str(&l, ": ");
	line_str(&l, why);
	l = line_of(r->err->expected, sizeof(r->err->expected));
	line_str(&l, expected);
	l = line_of(r->err->found, sizeof(r->err->found));
	line_value(&l, found);
	return AK_SCHEMA;
}

ak_status ak_schema_violated_arg(ak_schema_run *r, const ak_schema_keyword *k,
                                 const ak_schema_place *place, const ak_json *found,
                                 const ak_json *expected, const char *why)
{
	char text[AK_ERROR_VALUE_MAX] = "";
	struct line l = line_of(text, sizeof(text));
	size_t n = ak_json_len(expected);

	if (r->quiet != 0)
		return AK_SCHEMA;
	if (!ak_json_is(expected, AK_JSON_ARRAY)) {
		line_value(&l, expected);
		return ak_schema_violated(r, k, place, found, text, why);
	}
	if (n == 0)
		line_str(&l, "nothing");
	for (size_t i = 0; i < n; i++) {
		line_str(&l, i == 0 ? "" : ", ");
		line_value(&l, ak_json_at(expected, i));
	}
	return ak_schema_violated(r, k, place, found, text, why);
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static ak_status unescape_fragment(ak_span in, ak_buf *out, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < in.len; i++) {
		int hi, lo;

		if (in.data[i] != '%') {
			st = ak_buf_add_byte(out, in.data[i], err);
			continue;
		}
		hi = in.len - i > 2 ? hex_value(in.data[i + 1]) : -1;
		lo = in.len - i > 2 ? hex_value(in.data[i + 2]) : -1;
		if (hi < 0 || lo < 0)
			return ak_fail(err, AK_BAD_FORMAT, "schema.$ref", i, "bad percent escape");
		st = ak_buf_add_byte(out, (uint8_t)(hi << 4 | lo), err);
		i += 2;
	}
	return st;
}

ak_status ak_schema_resolve(const ak_json *root, ak_span ref, const ak_json **out,
                            ak_error *err)
{
	const ak_json *found = NULL;
	ak_status st = AK_OK;
	ak_span pointer;
	ak_buf plain;

	if (!ak_span_is(ref, "#") && !ak_span_starts(ref, "#/"))
		return ak_fail(err, AK_UNKNOWN_VERSION, "schema.$ref", 0,
		               "only references into the same schema are supported");
	pointer = (ak_span){ ref.data + 1, ref.len - 1 };
	ak_buf_init(&plain, ref.len);
	if (memchr(ref.data, '%', ref.len) != NULL) {
		st = unescape_fragment(pointer, &plain, err);
		pointer = ak_buf_span(&plain);
	}
	if (st == AK_OK)
		found = ak_json_pointer(root, pointer);
	ak_buf_clear(&plain);
	if (st == AK_OK && found == NULL)
		st = ak_fail(err, AK_BAD_FORMAT, "schema.$ref", 0, "leads nowhere: %.*s",
		             ref.len < 120 ? (int)ref.len : 120, (const char *)ref.data);
	if (st == AK_OK)
		*out = found;
	return st;
}

/* Keywords that look at the value itself, and then those that apply further schemas to it or to what is in it. */
typedef enum turn { ASSERTIONS, APPLICATORS } turn;

static turn turn_of(const ak_schema_keyword *k)
{
	return k->shape == AK_SHAPE_SCHEMA || k->shape == AK_SHAPE_SCHEMAS || k->shape == AK_SHAPE_SCHEMA_MAP || k->shape == AK_SHAPE_REF
		       ? APPLICATORS
		       : ASSERTIONS;
}

/* A keyword whose turn comes later. */
typedef struct waiting {
	const ak_schema_keyword *k;
	const ak_json *arg;
} waiting;

static ak_status unsupported(ak_schema_run *r, ak_span name)
{
	return ak_fail(r->err, AK_UNKNOWN_VERSION, "schema", 0, "keyword \"%.*s\" is not supported",
	               name.len < 64 ? (int)name.len : 64, (const char *)name.data);
}

static ak_status apply_keyword(ak_schema_run *r, const ak_schema_at *at, const ak_schema_keyword *k, const ak_json *arg)
{
	if (!ak_schema_shape_fits(k->shape, arg))
		return ak_fail(r->err, AK_BAD_FORMAT, k->where, 0, "the schema is malformed");
	return k->apply == NULL ? AK_OK : k->apply(r, at, k, arg);
}

/* A keyword of each name may stand in an object once, so there is room for all that are known. */
static ak_status apply_assertions(ak_schema_run *r, const ak_schema_at *at, waiting later[AK_SCHEMA_KEYWORDS], size_t *n_later)
{
	const ak_json *type = ak_json_get(at->schema, "type"), *arg;
	ak_status st = AK_OK;
	ak_span name;

	/* A wrong type explains more than whatever else would fail because of it. */
	if (type != NULL)
		st = apply_keyword(r, at, ak_schema_keyword_find(ak_span_str("type")), type);
	for (void *it = NULL; st == AK_OK && ak_json_next(at->schema, &it, &name, &arg);) {
		const ak_schema_keyword *k;

		if (arg == type || ak_schema_is_extension(name))
			continue;
		k = ak_schema_keyword_find(name);
		if (k == NULL)
			st = unsupported(r, name);
		else if (turn_of(k) == ASSERTIONS)
			st = apply_keyword(r, at, k, arg);
		else
			later[(*n_later)++] = (waiting){ k, arg };
	}
	return st;
}

static ak_status apply_object(ak_schema_run *r, const ak_schema_at *at)
{
	waiting later[AK_SCHEMA_KEYWORDS];
	size_t n = 0;
	ak_status st = apply_assertions(r, at, later, &n);

	/* Only then what is in it: a list that is too long is refused before any of its elements costs a step. */
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = apply_keyword(r, at, later[i].k, later[i].arg);
	return st;
}

ak_status ak_schema_apply(ak_schema_run *r, const ak_json *schema, const ak_json *value,
                          const ak_schema_place *place)
{
	ak_schema_at at = { schema, value, place };
	ak_status st;

	if (r->steps++ >= AK_SCHEMA_STEPS_MAX || r->depth >= DEPTH_MAX)
		return ak_fail(r->err, AK_STOPPED, "schema", r->steps, "too many steps");
	if (ak_json_is(schema, AK_JSON_BOOL))
		return ak_json_true(schema) ? AK_OK
		       : ak_schema_violated(r, &never, place, value, "nothing", "not allowed here");
	if (!ak_json_is(schema, AK_JSON_OBJECT))
		return ak_fail(r->err, AK_BAD_FORMAT, "schema", 0, "a schema is an object or a boolean");
	r->depth++;
	st = apply_object(r, &at);
	r->depth--;
	return st;
}

ak_status ak_schema_try(ak_schema_run *r, const ak_json *schema, const ak_json *value,
                        const ak_schema_place *place, bool *valid)
{
	ak_status st;

	r->quiet++;
	st = ak_schema_apply(r, schema, value, place);
	r->quiet--;
	*valid = st == AK_OK;
	return st == AK_SCHEMA ? AK_OK : st;
}

ak_status ak_schema_validate(const ak_json *schema, const ak_json *value, ak_error *err)
{
	ak_schema_run r = { .root = schema, .err = err, .pattern_budget = PATTERN_WORK };
	const ak_schema_place root = { 0 };
	ak_status st;

	if (schema == NULL || value == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "schema", 0, "no schema or no value");
	st = ak_schema_apply(&r, schema, value, &root);
	ak_pattern_free(r.pattern);
	return st;
}
