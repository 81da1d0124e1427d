/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/class.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { DEEP = 32, PATH_MAX_LEN = 200, STEPS_MAX = 1000000 };

typedef struct place {
	const struct place *above;
	ak_span name; /* of a member; empty: of an element */
	size_t index;
} place;

typedef struct class_walk {
	const ak_json *root;
	ak_error *err;
	size_t steps;
} class_walk;

static ak_status visit(class_walk *w, const ak_json *node, const ak_json *value, const place *at, int depth);

/* As a JSON pointer; what does not fit is marked. */
static void put_place(const place *at, char out[PATH_MAX_LEN])
{
	const place *up[2 * DEEP + 2] = { NULL };
	size_t n = 0, used = 0;

	for (; at != NULL && n < sizeof(up) / sizeof(up[0]); at = at->above)
		up[n++] = at;
	out[0] = '\0';
	while (n-- > 0) {
		const ak_span name = up[n]->name;
		char part[PATH_MAX_LEN];
		int len = name.data == NULL ? snprintf(part, sizeof(part), "/%zu", up[n]->index)
		                            : snprintf(part, sizeof(part), "/%.*s", (int)(name.len > 64 ? 64 : name.len), (const char *)name.data);

		if (len < 0 || used + (size_t)len + 4 > PATH_MAX_LEN) {
			memcpy(out + used, "...", 4);
			return;
		}
		memcpy(out + used, part, (size_t)len + 1);
		used += (size_t)len;
	}
}

static bool is_commitment(const ak_json *value)
{
	ak_digest d;

	if (ak_json_is(value, AK_JSON_STRING))
		return ak_digest_parse(ak_json_text(value), &d);
	if (!ak_json_is(value, AK_JSON_OBJECT))
		return false;
	if (ak_json_get(value, "...") != NULL)
		return ak_json_len(value) == 1;
	return ak_json_get(value, "_sd") != NULL && ak_json_len(value) == (ak_json_get(value, "_sd_alg") != NULL ? 2U : 1U);
}

static ak_status check_class(class_walk *w, const ak_json *node, const ak_json *value, const place *at)
{
	ak_span class = ak_json_get_text(node, "x-class");
	char path[PATH_MAX_LEN];
	ak_status st;

	if (ak_span_is(class, "never")) {
		put_place(at, path);
		return ak_fail(w->err, AK_SCHEMA, "body.class", 0, "%s may not be in a record, open or as a commitment", path);
	}
	if (!ak_span_is(class, "commit") || is_commitment(value))
		return AK_OK;
	put_place(at, path);
	st = ak_fail(w->err, AK_SCHEMA, "body.class", 0, "%s is not public: it enters as a commitment only", path);
	/* Not what is there: a refusal is shown and kept where others read it. */
	return st == AK_SCHEMA ? ak_fail_values(w->err, AK_SCHEMA, "sha256:...", "a value in the open") : st;
}

static const ak_json *target(const class_walk *w, ak_span ref)
{
	static const char defs[] = "#/$defs/";
	char name[128];

	if (ref.len < sizeof(defs) || ref.len - sizeof(defs) + 2 > sizeof(name) || memcmp(ref.data, defs, sizeof(defs) - 1) != 0)
		return NULL;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(ref.len - sizeof(defs) + 1), (const char *)ref.data + sizeof(defs) - 1);
	return ak_json_get(ak_json_get(w->root, "$defs"), name);
}

/* Every branch counts: what is confidential in one way of filling it in is not open in another. */
static ak_status visit_branches(class_walk *w, const ak_json *node, const ak_json *value, const place *at, int depth)
{
	static const char *const lists[] = { "allOf", "anyOf", "oneOf" }, *const single[] = { "then", "else" };
	ak_status st = AK_OK;

	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
		const ak_json *list = ak_json_get(node, lists[k]);

		for (size_t i = 0; st == AK_OK && i < ak_json_len(list); i++)
			st = visit(w, ak_json_at(list, i), value, at, depth + 1);
	}
	for (size_t k = 0; st == AK_OK && k < sizeof(single) / sizeof(single[0]); k++)
		st = visit(w, ak_json_get(node, single[k]), value, at, depth + 1);
	return st;
}

static ak_status visit_members(class_walk *w, const ak_json *node, const ak_json *value, const place *at, int depth)
{
	const ak_json *fields = ak_json_get(node, "properties"), *others = ak_json_get(node, "additionalProperties"), *member, *field;
	ak_status st = AK_OK;
	void *it = NULL;
	ak_span key;

	while (st == AK_OK && ak_json_next(value, &it, &key, &member)) {
		const place here = { at, key, 0 };
		void *known = NULL;
		ak_span name;
		bool found = false;

		while (st == AK_OK && !found && ak_json_next(fields, &known, &name, &field)) {
			found = ak_span_eq(name, key);
			if (found)
				st = visit(w, field, member, &here, depth + 1);
		}
		if (st == AK_OK && !found)
			st = visit(w, others, member, &here, depth + 1);
	}
	return st;
}

static ak_status visit(class_walk *w, const ak_json *node, const ak_json *value, const place *at, int depth)
{
	const ak_json *items, *first;
	ak_status st;

	if (!ak_json_is(node, AK_JSON_OBJECT))
		return AK_OK;
	if (depth > 2 * DEEP || ++w->steps > STEPS_MAX)
		return ak_fail(w->err, AK_LIMIT, "body.class", 0, "the definition of this type is too deep to follow");
	st = check_class(w, node, value, at);
	if (st == AK_OK)
		st = visit(w, target(w, ak_json_get_text(node, "$ref")), value, at, depth + 1);
	if (st == AK_OK)
		st = visit_branches(w, node, value, at, depth);
	if (st == AK_OK && ak_json_is(value, AK_JSON_OBJECT))
		return visit_members(w, node, value, at, depth);
	if (st != AK_OK || !ak_json_is(value, AK_JSON_ARRAY))
		return st;
	items = ak_json_get(node, "items");
	first = ak_json_get(node, "prefixItems");
	for (size_t i = 0; st == AK_OK && i < ak_json_len(value); i++) {
		const place here = { at, { NULL, 0 }, i };

		st = visit(w, i < ak_json_len(first) ? ak_json_at(first, i) : items, ak_json_at(value, i), &here, depth + 1);
	}
	return st;
}

ak_status ak_class_check(const ak_json *schema, const ak_json *body, ak_error *err)
{
	class_walk w = { .root = schema, .err = err };

	return visit(&w, schema, body, NULL, 0);
}

ak_status ak_class_documents(const ak_json *type, const ak_json *subject, ak_error *err)
{
	if (!ak_span_is(ak_json_get_text(type, "publication"), "closed"))
		return AK_OK;
	for (size_t i = 0; i < ak_json_len(subject); i++) {
		const ak_json *d = ak_json_at(subject, i), *notes = ak_json_get(d, "annotations");

		const ak_span name = ak_json_get_text(d, "name"), kind = ak_json_get_text(notes, "kind");

		if (ak_json_get(notes, "commitment") != NULL && kind.len != 0 && name.len >= kind.len && memcmp(name.data, kind.data, kind.len) == 0)
			continue;
		if (notes == NULL && ak_json_len(subject) == 1 && ak_span_is(name, "body"))
			continue;
		return ak_fail(err, AK_SCHEMA, "document.class", i, "document %zu of a record that is not public enters as a commitment only", i + 1);
	}
	return AK_OK;
}
