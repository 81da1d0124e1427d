/* SPDX-License-Identifier: Apache-2.0 */
/* schema_impl.h - what the files of the schema validator share (schema*.c only) */
#ifndef AK_CODEC_SCHEMA_IMPL_H
#define AK_CODEC_SCHEMA_IMPL_H

#include "codec/pattern.h"
#include "codec/schema.h"

/* What the value of a keyword must look like in the schema itself. */
typedef enum ak_schema_shape {
	AK_SHAPE_ANY,
	AK_SHAPE_SCHEMA,
	AK_SHAPE_SCHEMAS,    /* array of at least one schema */
	AK_SHAPE_SCHEMA_MAP, /* object of schemas            */
	AK_SHAPE_TYPE,       /* a type name, or several      */
	AK_SHAPE_LIST,
	AK_SHAPE_NAMES,      /* array of texts               */
	AK_SHAPE_NAMES_MAP,  /* object of such arrays        */
	AK_SHAPE_TEXT,
	AK_SHAPE_PATTERN,
	AK_SHAPE_REF,
	AK_SHAPE_BOOL,
	AK_SHAPE_INT,
	AK_SHAPE_COUNT,      /* integer, 0 or more           */
	AK_SHAPE_POSITIVE,
} ak_schema_shape;

/* Where we are in the value being validated: a chain of frames on the stack, turned into a
 * pointer only when something is wrong. */
typedef struct ak_schema_place {
	const struct ak_schema_place *up; /* NULL: the value itself */
	ak_span key;                      /* data NULL: an element  */
	size_t index;
} ak_schema_place;

typedef struct ak_schema_run {
	const ak_json *root; /* of the schema: what $ref points into */
	ak_error *err;
	unsigned quiet;      /* inside a branch that may fail without harm: describe nothing */
	unsigned depth;
	uint32_t steps;
	ak_pattern *pattern; /* made when first needed */
	const ak_json *compiled; /* what it was made from: elements of a list all have the same */
	uint64_t pattern_budget;
} ak_schema_run;

/* A value and the schema object whose keywords are applied to it. */
typedef struct ak_schema_at {
	const ak_json *schema;
	const ak_json *value;
	const ak_schema_place *place;
} ak_schema_at;

typedef struct ak_schema_keyword ak_schema_keyword;
typedef ak_status ak_schema_apply_fn(ak_schema_run *r, const ak_schema_at *at,
                                     const ak_schema_keyword *k, const ak_json *arg);

struct ak_schema_keyword {
	const char *name;
	size_t len; /* of the name */
	const char *where; /* "schema.<name>" */
	ak_schema_shape shape;
	ak_schema_apply_fn *apply; /* NULL: an annotation, or read by its sibling */
};

enum { AK_SCHEMA_KEYWORDS = 44 }; /* that are known, each with a name of its own */

/* NULL: not supported, unless it is an extension ("x-..."). */
const ak_schema_keyword *ak_schema_keyword_find(ak_span name);
bool ak_schema_is_extension(ak_span name);
/* The outside is looked at whenever a keyword is applied, what is in it only when the schema
 * is loaded: looking at every element again would cost more than applying most keywords. */
bool ak_schema_shape_fits(ak_schema_shape shape, const ak_json *arg);
bool ak_schema_elements_fit(ak_schema_shape shape, const ak_json *arg);

/* What a local reference ("#", "#/...", percent-encoded) leads to.  AK_UNKNOWN_VERSION when it
 * is not local, AK_BAD_FORMAT when it leads nowhere. */
AK_MUST_USE ak_status ak_schema_resolve(const ak_json *root, ak_span ref,
                                        const ak_json **out, ak_error *err);

/* Apply a whole schema (object or boolean) to a value. */
AK_MUST_USE ak_status ak_schema_apply(ak_schema_run *r, const ak_json *schema,
                                      const ak_json *value, const ak_schema_place *place);
/* The same, where a failure is an answer and not yet an error. */
AK_MUST_USE ak_status ak_schema_try(ak_schema_run *r, const ak_json *schema,
                                    const ak_json *value, const ak_schema_place *place,
                                    bool *valid);

/* AK_SCHEMA, described; `found` may be NULL when nothing is there. */
ak_status ak_schema_violated(ak_schema_run *r, const ak_schema_keyword *k,
                             const ak_schema_place *place, const ak_json *found,
                             const char *expected, const char *why);
/* The same with `expected` written from a value of the schema. */
ak_status ak_schema_violated_arg(ak_schema_run *r, const ak_schema_keyword *k,
                                 const ak_schema_place *place, const ak_json *found,
                                 const ak_json *expected, const char *why);

/* Keywords that judge the value by itself (schema_assert.c). */
ak_schema_apply_fn ak_schema_type, ak_schema_enum, ak_schema_const, ak_schema_bound,
	ak_schema_multiple, ak_schema_length, ak_schema_pattern, ak_schema_format,
	ak_schema_size, ak_schema_unique, ak_schema_required, ak_schema_dependent_required;

/* Keywords that apply other schemas (schema_applicators.c). */
ak_schema_apply_fn ak_schema_properties, ak_schema_additional, ak_schema_names,
	ak_schema_items, ak_schema_prefix_items, ak_schema_contains, ak_schema_all_of,
	ak_schema_any_of, ak_schema_one_of, ak_schema_not, ak_schema_if,
	ak_schema_dependent_schemas, ak_schema_ref, ak_schema_dialect, ak_schema_id;

#endif
