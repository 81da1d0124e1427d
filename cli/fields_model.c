/* SPDX-License-Identifier: Apache-2.0 */
/* A walk through a type's schema: one row for each place in the body. */
#include "fields_model.h"

#include "js.h"
#include "scheme.h"

#include <string.h>

enum { POINTER_MAX = 512, DEPTH_MAX = 8 };

typedef struct walk {
	const json_t *schema;
	json_t *rows;
	bool failed; /* out of memory */
} walk;

static void put(walk *w, json_t *o, const char *name, json_t *v)
{
	w->failed = json_object_set_new(o, name, v) != 0 || w->failed;
}

/* The node's own, else that of what it refers to. */
static const json_t *said(const walk *w, const json_t *node, const char *member)
{
	const json_t *own = json_object_get(node, member);

	return own != NULL ? own : json_object_get(ak_scheme_behind(w->schema, node), member);
}

static const char *form_of(const walk *w, const json_t *node)
{
	static const char *const of_format[][2] = {
		{ "akashi-day", "day" }, { "akashi-date", "date" }, { "akashi-digest", "digest" }, { "akashi-subject", "subject" },
	};
	static const char *const of_type[][2] = {
		{ "string", "text" }, { "integer", "number" }, { "boolean", "boolean" }, { "array", "list" }, { "object", "object" },
	};
	const json_t *format = said(w, node, "format"), *type = said(w, node, "type");

	if (said(w, node, "enum") != NULL || said(w, node, "const") != NULL)
		return "words";
	for (size_t i = 0; json_is_string(format) && i < sizeof(of_format) / sizeof(of_format[0]); i++) {
		if (strcmp(json_string_value(format), of_format[i][0]) == 0)
			return of_format[i][1];
	}
	for (size_t i = 0; json_is_string(type) && i < sizeof(of_type) / sizeof(of_type[0]); i++) {
		if (strcmp(json_string_value(type), of_type[i][0]) == 0)
			return of_type[i][1];
	}
	return "any";
}

static void put_limits(walk *w, json_t *row, const json_t *node)
{
	static const char *const least[] = { "minimum", "minLength", "minItems" }, *const most[] = { "maximum", "maxLength", "maxItems" };
	const json_t *words = said(w, node, "enum"), *one = said(w, node, "const"), *pattern = said(w, node, "pattern");

	if (words != NULL)
		put(w, row, "words", json_deep_copy(words));
	else if (one != NULL)
		put(w, row, "words", json_pack("[O]", one));
	if (pattern != NULL)
		put(w, row, "pattern", json_deep_copy(pattern));
	for (size_t i = 0; i < sizeof(least) / sizeof(least[0]); i++) {
		if (said(w, node, least[i]) != NULL)
			put(w, row, "least", json_deep_copy(said(w, node, least[i])));
		if (said(w, node, most[i]) != NULL)
			put(w, row, "most", json_deep_copy(said(w, node, most[i])));
	}
}

static void add_row(walk *w, const char *pointer, const json_t *node, bool required)
{
	const json_t *class = said(w, node, "x-class");
	json_t *row = json_pack("{s:s,s:{s:s,s:s},s:b,s:s,s:s}", "field", pointer, "title", "ja", ak_js_str(node, "x-ja"), "en",
	                        ak_js_str(node, "title"), "required", required, "form", form_of(w, node), "class",
	                        json_is_string(class) ? json_string_value(class) : "");

	if (row == NULL) {
		w->failed = true;
		return;
	}
	if (*ak_js_str(row, "title.ja") == '\0' && json_is_string(said(w, node, "x-ja")))
		put(w, json_object_get(row, "title"), "ja", json_deep_copy(said(w, node, "x-ja")));
	if (*ak_js_str(row, "title.en") == '\0' && json_is_string(said(w, node, "title")))
		put(w, json_object_get(row, "title"), "en", json_deep_copy(said(w, node, "title")));
	put_limits(w, row, node);
	w->failed = json_array_append_new(w->rows, row) != 0 || w->failed;
}

static bool has_name(const json_t *names, const char *name)
{
	const json_t *v;
	size_t i;

	json_array_foreach(names, i, v) {
		if (json_is_string(v) && strcmp(json_string_value(v), name) == 0)
			return true;
	}
	return false;
}

static void walk_into(walk *w, const json_t *node, const char *pointer, int depth);

static void step(walk *w, const json_t *child, const char *pointer, const char *name, bool required, int depth)
{
	char at[POINTER_MAX];
	int n = snprintf(at, sizeof(at), "%s/%s", pointer, name);

	if (n < 0 || (size_t)n >= sizeof(at))
		return;
	if (strcmp(name, "*") != 0 || (*ak_js_str(child, "title") != '\0' && json_object_get(child, "properties") == NULL))
		add_row(w, at, child, required);
	walk_into(w, child, at, depth + 1);
}

static void walk_into(walk *w, const json_t *node, const char *pointer, int depth)
{
	const json_t *at = ak_scheme_behind(w->schema, node), *required = json_object_get(at, "required"), *items = json_object_get(at, "items");
	json_t *properties = json_object_get(at, "properties"), *child;
	const char *name;

	if (depth == DEPTH_MAX)
		return;
	/* What must be there first: that is what most people look for. */
	for (int pass = 0; pass < 2; pass++) {
		json_object_foreach(properties, name, child) {
			if (has_name(required, name) == (pass == 0))
				step(w, child, pointer, name, pass == 0, depth);
		}
	}
	if (json_is_object(items))
		step(w, items, pointer, "*", true, depth);
}

/* The fields that alternatives require, where an alternative says nothing else; false: they say more. */
static bool put_alternatives(walk *w, json_t *o, const char *keyword, const char *name)
{
	const json_t *list = json_object_get(w->schema, keyword), *v, *field;
	json_t *all = json_array();
	size_t i, k;

	json_array_foreach(list, i, v) {
		json_t *fields = json_array();

		json_array_foreach(json_object_get(v, "required"), k, field)
			w->failed = json_array_append_new(fields, json_sprintf("/%s", json_string_value(field))) != 0 || w->failed;
		if (json_object_size(v) != 1 || json_array_size(fields) == 0) {
			json_decref(fields);
			json_decref(all);
			put(w, o, name, json_array());
			return false;
		}
		w->failed = json_array_append_new(all, fields) != 0 || w->failed;
	}
	put(w, o, name, all);
	return true;
}

json_t *ak_fields_model(const json_t *package, const char *type)
{
	static const char *const more[] = { "if", "allOf", "not", "dependentRequired", "dependentSchemas" };
	const json_t *t = json_object_get(json_object_get(package, "types"), type), *schema = json_object_get(t, "schema");
	const json_t *refs = json_object_get(t, "refs");
	walk w = { .schema = schema, .rows = json_array() };
	json_t *o = json_pack("{s:s,s:s,s:s,s:O?,s:s,s:s,s:O*}", "type", type, "scheme", ak_js_str(package, "scheme"), "version",
	                      ak_js_str(package, "version"), "title", json_object_get(t, "title"), "publication", ak_js_str(t, "publication"),
	                      "documents", ak_js_str(t, "documents"), "refs", refs);
	bool conditions;

	walk_into(&w, schema, "", 0);
	conditions = !put_alternatives(&w, o, "oneOf", "one_of");
	conditions = !put_alternatives(&w, o, "anyOf", "some_of") || conditions;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		conditions = conditions || json_object_get(schema, more[i]) != NULL;
	put(&w, o, "conditions", json_boolean(conditions));
	put(&w, o, "fields", w.rows);
	if (w.failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}
