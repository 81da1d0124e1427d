/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/part.h"

#include "base/fail.h"
#include "codec/schema.h"

#include <stdio.h>
#include <string.h>

enum { NAME_LEN = 80 };

static const char ref_start[] = "#/$defs/";

/* What a schema file says about its type, and where the package keeps it. */
static const struct { const char *in_schema, *in_type; } moved[] = {
	{ "x-about", "about" }, { "x-exclusive", "exclusive" }, { "x-publication", "publication" },
	{ "x-documents", "documents" }, { "x-refs", "refs" },
};

typedef struct closure {
	const ak_json *shared; /* $defs of common/defs.json, or NULL */
	const ak_json *own;    /* $defs of the schema itself, or NULL */
	ak_json *found;        /* the shared ones that are needed     */
} closure;

static ak_status need_def(closure *c, ak_span ref, ak_error *err);

/* Everything that `v` refers to.  Recursion ends: nesting is bounded, and each definition is walked once. */
static ak_status walk(closure *c, const ak_json *v, ak_error *err)
{
	const ak_json *member;
	ak_status st = AK_OK;
	void *it = NULL;
	ak_span key;

	for (size_t i = 0; st == AK_OK && ak_json_is(v, AK_JSON_ARRAY) && i < ak_json_len(v); i++)
		st = walk(c, ak_json_at(v, i), err);
	if (!ak_json_is(v, AK_JSON_OBJECT))
		return st;
	while (st == AK_OK && ak_json_next(v, &it, &key, &member)) {
		if (ak_span_is(key, "$ref") && ak_json_is(member, AK_JSON_STRING))
			st = need_def(c, ak_json_text(member), err);
		else
			st = walk(c, member, err);
	}
	return st;
}

static ak_status need_def(closure *c, ak_span ref, ak_error *err)
{
	size_t skip = sizeof(ref_start) - 1;
	char name[NAME_LEN];
	const ak_json *def;
	ak_status st;

	if (!ak_span_starts(ref, ref_start))
		return AK_OK;
	ref = (ak_span){ ref.data + skip, ref.len - skip };
	if (ref.len == 0 || ref.len >= sizeof(name) || memchr(ref.data, '/', ref.len) != NULL ||
	    memchr(ref.data, '~', ref.len) != NULL)
		return ak_fail(err, AK_BAD_FORMAT, "pack.ref", 0, "reference into a definition: \"%.*s\"",
		               (int)(ref.len > 60 ? 60 : ref.len), (const char *)ref.data);
	memcpy(name, ref.data, ref.len);
	name[ref.len] = '\0';
	if (ak_json_get(c->own, name) != NULL || ak_json_get(c->found, name) != NULL)
		return AK_OK;
	def = ak_json_get(c->shared, name);
	if (def == NULL)
		return ak_fail(err, AK_BAD_FORMAT, "pack.ref", 0, "no definition \"%s\"", name);
	st = ak_json_set(c->found, name, ak_json_copy(def), err);
	return st == AK_OK ? walk(c, def, err) : st;
}

static ak_status add_defs(ak_json *schema, const ak_json *shared, ak_error *err)
{
	closure c = { .shared = shared, .own = ak_json_get(schema, "$defs"), .found = ak_json_new_object() };
	const ak_json *def;
	ak_status st = c.found == NULL ? ak_no_memory(err, "pack.type") : walk(&c, schema, err);
	void *it = NULL;
	ak_span name;

	while (st == AK_OK && ak_json_next(c.own, &it, &name, &def)) {
		if (ak_json_get_span(c.shared, name) != NULL)
			st = ak_fail(err, AK_BAD_FORMAT, "pack.ref", 0, "\"%.*s\" is defined here and in common/defs.json",
			             (int)(name.len > 60 ? 60 : name.len), (const char *)name.data);
		else
			st = ak_json_set(c.found, (const char *)name.data, ak_json_copy(def), err);
	}
	if (st == AK_OK && ak_json_len(c.found) != 0)
		st = ak_json_set(schema, "$defs", ak_json_ref(c.found), err);
	ak_json_free(c.found);
	return st;
}

/* A file of this folder or of ../common, and no other. */
static bool file_ok(const char *name)
{
	static const char common[] = "../common/";

	if (strncmp(name, common, sizeof(common) - 1) == 0)
		name += sizeof(common) - 1;
	return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL;
}

static ak_status move_up(ak_json *schema, ak_json *type, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < sizeof(moved) / sizeof(moved[0]); i++) {
		const ak_json *v = ak_json_get(schema, moved[i].in_schema);

		if (v == NULL)
			continue;
		if (ak_json_get(type, moved[i].in_type) != NULL)
			return ak_fail(err, AK_BAD_FORMAT, "pack.type", 0, "%s here and \"%s\" in profile.json",
			               moved[i].in_schema, moved[i].in_type);
		st = ak_json_set(type, moved[i].in_type, ak_json_copy(v), err);
		ak_json_remove(schema, moved[i].in_schema);
	}
	return st;
}

static ak_status fill_defaults(ak_json *type, ak_error *err)
{
	ak_status st = AK_OK;

	if (ak_json_get(type, "exclusive") == NULL)
		st = ak_json_set(type, "exclusive", ak_json_new_bool(false), err);
	if (st == AK_OK && ak_json_get(type, "refs") == NULL)
		st = ak_json_set(type, "refs", ak_json_new_array(), err);
	return st;
}

static ak_status put_schema(const ak_json *defs, ak_json *schema, ak_json *type, ak_error *err)
{
	ak_status st = move_up(schema, type, err);

	if (st == AK_OK)
		st = fill_defaults(type, err);
	if (st == AK_OK)
		st = add_defs(schema, ak_json_get(defs, "$defs"), err);
	if (st == AK_OK)
		st = ak_schema_check(schema, err);
	return st == AK_OK ? ak_json_set(type, "schema", ak_json_ref(schema), err) : st;
}

/* The schema file: where it says "x-reuses": true, it is a merge patch on that of the same name in the folder that is reused. */
static ak_status read_schema(const ak_pack_source *src, const char *file, ak_json **out, ak_error *err)
{
	ak_json *own = NULL, *base = NULL;
	const ak_pack_source under = { .folder = src->base, .fill = src->fill };
	ak_status st = ak_pack_read_json(src, file, false, &own, err);

	if (st == AK_OK && ak_json_get(own, "x-reuses") != NULL) {
		if (!ak_json_true(ak_json_get(own, "x-reuses")) || src->base[0] == '\0')
			st = ak_fail(err, AK_BAD_FORMAT, "pack.reuses", 0, "%.80s: x-reuses is true, in a folder that reuses another", file);
		if (st == AK_OK)
			st = ak_pack_read_json(&under, file, false, &base, err);
		if (st == AK_OK)
			st = ak_pack_merge(base, own, err);
		if (st == AK_OK)
			ak_json_remove(base, "x-reuses");
	}
	if (st == AK_OK)
		*out = ak_json_ref(base == NULL ? own : base);
	ak_json_free(base);
	ak_json_free(own);
	return st;
}

ak_status ak_pack_type(const ak_pack_source *src, const ak_json *defs, const ak_json *source, ak_json **out, ak_error *err)
{
	const char *file = ak_json_get_str(source, "schema");
	ak_json *schema = NULL, *type = NULL;
	ak_error why = { 0 };
	ak_status st;

	if (file == NULL || strlen(file) > NAME_LEN || !file_ok(file))
		return ak_fail(err, AK_BAD_FORMAT, "pack.type", 0, "profile.json: \"schema\" of a type is the name of a "
		               "file here or in ../common");
	st = read_schema(src, file, &schema, err);
	if (st != AK_OK)
		return st;
	type = ak_json_copy(source);
	if (type == NULL) {
		st = ak_no_memory(err, "pack.type");
		goto out;
	}
	st = put_schema(defs, schema, type, &why);
	if (st != AK_OK) {
		st = ak_pack_named(err, &why, st, file);
		goto out;
	}
	*out = ak_json_ref(type);
out:
	ak_json_free(schema);
	ak_json_free(type);
	return st;
}
