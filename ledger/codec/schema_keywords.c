/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/schema_impl.h"

#include <string.h>

/* The most used first: the search is linear. */
static const ak_schema_keyword table[] = {
#define K(name, shape, apply) \
	{ name, sizeof(name) - 1, "schema." name, AK_SHAPE_##shape, apply }
	K("title", ANY, NULL),
	K("$ref", REF, ak_schema_ref),
	K("type", TYPE, ak_schema_type),
	K("maxLength", COUNT, ak_schema_length),
	K("properties", SCHEMA_MAP, ak_schema_properties),
	K("required", NAMES, ak_schema_required),
	K("additionalProperties", SCHEMA, ak_schema_additional),
	K("enum", LIST, ak_schema_enum),
	K("items", SCHEMA, ak_schema_items),
	K("minLength", COUNT, ak_schema_length),
	K("pattern", PATTERN, ak_schema_pattern),
	K("format", TEXT, ak_schema_format),
	K("minItems", COUNT, ak_schema_size),
	K("maxItems", COUNT, ak_schema_size),
	K("uniqueItems", BOOL, ak_schema_unique),
	K("const", ANY, ak_schema_const),
	K("minimum", INT, ak_schema_bound),
	K("maximum", INT, ak_schema_bound),
	K("if", SCHEMA, ak_schema_if),
	K("then", SCHEMA, NULL),
	K("else", SCHEMA, NULL),
	K("not", SCHEMA, ak_schema_not),
	K("$defs", SCHEMA_MAP, NULL),
	K("description", ANY, NULL),
	K("$comment", ANY, NULL),
	K("$id", TEXT, ak_schema_id),
	K("$schema", TEXT, ak_schema_dialect),
	K("allOf", SCHEMAS, ak_schema_all_of),
	K("anyOf", SCHEMAS, ak_schema_any_of),
	K("contains", SCHEMA, ak_schema_contains),
	K("default", ANY, NULL),
	K("dependentRequired", NAMES_MAP, ak_schema_dependent_required),
	K("dependentSchemas", SCHEMA_MAP, ak_schema_dependent_schemas),
	K("examples", ANY, NULL),
	K("exclusiveMaximum", INT, ak_schema_bound),
	K("exclusiveMinimum", INT, ak_schema_bound),
	K("maxContains", COUNT, NULL),
	K("maxProperties", COUNT, ak_schema_size),
	K("minContains", COUNT, NULL),
	K("minProperties", COUNT, ak_schema_size),
	K("multipleOf", POSITIVE, ak_schema_multiple),
	K("oneOf", SCHEMAS, ak_schema_one_of),
	K("prefixItems", SCHEMAS, ak_schema_prefix_items),
	K("propertyNames", SCHEMA, ak_schema_names),
#undef K
};

_Static_assert(sizeof(table) / sizeof(table[0]) == AK_SCHEMA_KEYWORDS, "the number in schema_impl.h");

const ak_schema_keyword *ak_schema_keyword_find(ak_span name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const ak_schema_keyword *k = &table[i];

		/* Almost every row is passed over without a call. */
		if (k->len == name.len && k->name[0] == (char)name.data[0] &&
		    memcmp(k->name, name.data, name.len) == 0)
			return k;
	}
	return NULL;
}

bool ak_schema_is_extension(ak_span name)
{
	return name.len >= 2 && name.data[0] == 'x' && name.data[1] == '-';
}

static bool is_schema(const ak_json *v)
{
	return ak_json_is(v, AK_JSON_OBJECT) || ak_json_is(v, AK_JSON_BOOL);
}

static bool is_text(const ak_json *v)
{
	return ak_json_is(v, AK_JSON_STRING);
}

static bool is_type_name(const ak_json *v)
{
	static const char *const names[] = {
		"array", "boolean", "integer", "null", "number", "object", "string",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (ak_span_is(ak_json_text(v), names[i]))
			return true;
	}
	return false;
}

static bool is_list_of(const ak_json *v, bool (*fits)(const ak_json *))
{
	if (!ak_json_is(v, AK_JSON_ARRAY))
		return false;
	for (size_t i = 0; i < ak_json_len(v); i++) {
		if (!fits(ak_json_at(v, i)))
			return false;
	}
	return true;
}

static bool is_names(const ak_json *v)
{
	return is_list_of(v, is_text);
}

static bool is_map_of(const ak_json *v, bool (*fits)(const ak_json *))
{
	const ak_json *member;
	ak_span key;

	if (!ak_json_is(v, AK_JSON_OBJECT))
		return false;
	for (void *it = NULL; ak_json_next(v, &it, &key, &member);) {
		if (!fits(member))
			return false;
	}
	return true;
}

bool ak_schema_shape_fits(ak_schema_shape shape, const ak_json *arg)
{
	int64_t n = 0;

	switch (shape) {
	case AK_SHAPE_ANY:
		return arg != NULL;
	case AK_SHAPE_SCHEMA:
		return is_schema(arg);
	case AK_SHAPE_SCHEMAS:
		return ak_json_is(arg, AK_JSON_ARRAY) && ak_json_len(arg) != 0;
	case AK_SHAPE_SCHEMA_MAP:
	case AK_SHAPE_NAMES_MAP:
		return ak_json_is(arg, AK_JSON_OBJECT);
	case AK_SHAPE_TYPE:
		return is_text(arg) || (ak_json_is(arg, AK_JSON_ARRAY) && ak_json_len(arg) != 0);
	case AK_SHAPE_LIST:
	case AK_SHAPE_NAMES:
		return ak_json_is(arg, AK_JSON_ARRAY);
	case AK_SHAPE_TEXT:
	case AK_SHAPE_PATTERN:
	case AK_SHAPE_REF:
		return is_text(arg);
	case AK_SHAPE_BOOL:
		return ak_json_is(arg, AK_JSON_BOOL);
	case AK_SHAPE_INT:
		return ak_json_is(arg, AK_JSON_INT);
	case AK_SHAPE_COUNT:
		return ak_json_int(arg, &n) && n >= 0;
	case AK_SHAPE_POSITIVE:
		return ak_json_int(arg, &n) && n > 0;
	}
	return false;
}

bool ak_schema_elements_fit(ak_schema_shape shape, const ak_json *arg)
{
	switch (shape) {
	case AK_SHAPE_SCHEMAS:
		return is_list_of(arg, is_schema);
	case AK_SHAPE_SCHEMA_MAP:
		return is_map_of(arg, is_schema);
	case AK_SHAPE_TYPE:
		return is_type_name(arg) || is_list_of(arg, is_type_name);
	case AK_SHAPE_NAMES:
		return is_names(arg);
	case AK_SHAPE_NAMES_MAP:
		return is_map_of(arg, is_names);
	default:
		return true;
	}
}
