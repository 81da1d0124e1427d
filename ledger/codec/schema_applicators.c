/* SPDX-License-Identifier: Apache-2.0 */
/* Keywords that apply other schemas, to the value or to what is in it. */
#include "codec/schema_impl.h"

#include "base/fail.h"

#include <stdio.h>

ak_status ak_schema_properties(ak_schema_run *r, const ak_schema_at *at,
                               const ak_schema_keyword *k, const ak_json *arg)
{
	ak_schema_place in = { .up = at->place };
	const ak_json *member, *schema;
	ak_status st = AK_OK;

	(void)k;
	for (void *it = NULL; st == AK_OK && ak_json_next(at->value, &it, &in.key, &member);) {
		schema = ak_json_get_span(arg, in.key);
		if (schema != NULL)
			st = ak_schema_apply(r, schema, member, &in);
	}
	return st;
}

ak_status ak_schema_additional(ak_schema_run *r, const ak_schema_at *at,
                               const ak_schema_keyword *k, const ak_json *arg)
{
	const ak_json *named = ak_json_get(at->schema, "properties"), *member;
	ak_schema_place in = { .up = at->place };
	ak_status st = AK_OK;

	for (void *it = NULL; st == AK_OK && ak_json_next(at->value, &it, &in.key, &member);) {
		if (ak_json_get_span(named, in.key) != NULL)
			continue;
		if (ak_json_is(arg, AK_JSON_BOOL) && !ak_json_true(arg))
			return ak_schema_violated(r, k, &in, member, "nothing",
			                          "is not a member that the schema knows");
		st = ak_schema_apply(r, arg, member, &in);
	}
	return st;
}

ak_status ak_schema_names(ak_schema_run *r, const ak_schema_at *at,
                          const ak_schema_keyword *k, const ak_json *arg)
{
	ak_schema_place in = { .up = at->place };
	const ak_json *member;
	ak_status st = AK_OK;

	for (void *it = NULL; st == AK_OK && ak_json_next(at->value, &it, &in.key, &member);) {
		ak_json *name = ak_json_new_text(in.key);

		if (name == NULL)
			return ak_no_memory(r->err, k->where);
		st = ak_schema_apply(r, arg, name, &in);
		ak_json_free(name);
	}
	return st;
}

ak_status ak_schema_prefix_items(ak_schema_run *r, const ak_schema_at *at,
                                 const ak_schema_keyword *k, const ak_json *arg)
{
	size_t n = ak_json_is(at->value, AK_JSON_ARRAY) ? ak_json_len(at->value) : 0;
	ak_schema_place in = { .up = at->place };
	ak_status st = AK_OK;

	(void)k;
	for (size_t i = 0; st == AK_OK && i < n && i < ak_json_len(arg); i++) {
		in.index = i;
		st = ak_schema_apply(r, ak_json_at(arg, i), ak_json_at(at->value, i), &in);
	}
	return st;
}

ak_status ak_schema_items(ak_schema_run *r, const ak_schema_at *at,
                          const ak_schema_keyword *k, const ak_json *arg)
{
	size_t n = ak_json_is(at->value, AK_JSON_ARRAY) ? ak_json_len(at->value) : 0;
	ak_schema_place in = { .up = at->place };
	ak_status st = AK_OK;

	(void)k;
	for (size_t i = ak_json_len(ak_json_get(at->schema, "prefixItems")); st == AK_OK && i < n; i++) {
		in.index = i;
		st = ak_schema_apply(r, arg, ak_json_at(at->value, i), &in);
	}
	return st;
}

ak_status ak_schema_contains(ak_schema_run *r, const ak_schema_at *at,
                             const ak_schema_keyword *k, const ak_json *arg)
{
	int64_t min = 1, max = INT64_MAX, n = 0;
	ak_schema_place in = { .up = at->place };
	ak_status st = AK_OK;
	char expected[96];

	if (!ak_json_is(at->value, AK_JSON_ARRAY))
		return AK_OK;
	(void)ak_json_int(ak_json_get(at->schema, "minContains"), &min);
	(void)ak_json_int(ak_json_get(at->schema, "maxContains"), &max);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(at->value); i++) {
		bool valid;

		in.index = i;
		st = ak_schema_try(r, arg, ak_json_at(at->value, i), &in, &valid);
		n += st == AK_OK && valid;
	}
	if (st != AK_OK || (n >= min && n <= max))
		return st;
	(void)snprintf(expected, sizeof(expected), "%s %lld such elements, not %lld",
	               n < min ? "at least" : "at most", (long long)(n < min ? min : max),
	               (long long)n);
	return ak_schema_violated(r, k, at->place, at->value, expected,
	                          n < min ? "holds too few such elements"
	                                  : "holds too many such elements");
}

ak_status ak_schema_all_of(ak_schema_run *r, const ak_schema_at *at,
                           const ak_schema_keyword *k, const ak_json *arg)
{
	ak_status st = AK_OK;

	(void)k;
	for (size_t i = 0; st == AK_OK && i < ak_json_len(arg); i++)
		st = ak_schema_apply(r, ak_json_at(arg, i), at->value, at->place);
	return st;
}

/* How many of the schemas hold; stops at `enough`. */
static ak_status count_valid(ak_schema_run *r, const ak_schema_at *at, const ak_json *schemas,
                             size_t enough, size_t *count)
{
	ak_status st = AK_OK;

	*count = 0;
	for (size_t i = 0; st == AK_OK && *count < enough && i < ak_json_len(schemas); i++) {
		bool valid;

		st = ak_schema_try(r, ak_json_at(schemas, i), at->value, at->place, &valid);
		*count += st == AK_OK && valid;
	}
	return st;
}

ak_status ak_schema_any_of(ak_schema_run *r, const ak_schema_at *at,
                           const ak_schema_keyword *k, const ak_json *arg)
{
	size_t count;
	ak_status st = count_valid(r, at, arg, 1, &count);

	if (st != AK_OK || count == 1)
		return st;
	return ak_schema_violated(r, k, at->place, at->value, "one alternative that holds",
	                          "fits none of the alternatives");
}

ak_status ak_schema_one_of(ak_schema_run *r, const ak_schema_at *at,
                           const ak_schema_keyword *k, const ak_json *arg)
{
	size_t count;
	ak_status st = count_valid(r, at, arg, 2, &count);

	if (st != AK_OK || count == 1)
		return st;
	return ak_schema_violated(r, k, at->place, at->value, "exactly one alternative that holds",
	                          count == 0 ? "fits none of the alternatives"
	                                     : "fits more than one alternative");
}

ak_status ak_schema_not(ak_schema_run *r, const ak_schema_at *at,
                        const ak_schema_keyword *k, const ak_json *arg)
{
	bool valid;
	ak_status st = ak_schema_try(r, arg, at->value, at->place, &valid);

	if (st != AK_OK || !valid)
		return st;
	return ak_schema_violated(r, k, at->place, at->value, "another value",
	                          "fits what is excluded");
}

ak_status ak_schema_if(ak_schema_run *r, const ak_schema_at *at,
                       const ak_schema_keyword *k, const ak_json *arg)
{
	const ak_json *next;
	bool valid;
	ak_status st = ak_schema_try(r, arg, at->value, at->place, &valid);

	(void)k;
	if (st != AK_OK)
		return st;
	next = ak_json_get(at->schema, valid ? "then" : "else");
	return next == NULL ? AK_OK : ak_schema_apply(r, next, at->value, at->place);
}

ak_status ak_schema_dependent_schemas(ak_schema_run *r, const ak_schema_at *at,
                                      const ak_schema_keyword *k, const ak_json *arg)
{
	ak_status st = AK_OK;
	const ak_json *schema;
	ak_span key;

	(void)k;
	for (void *it = NULL; st == AK_OK && ak_json_next(arg, &it, &key, &schema);) {
		if (ak_json_get_span(at->value, key) != NULL)
			st = ak_schema_apply(r, schema, at->value, at->place);
	}
	return st;
}

ak_status ak_schema_ref(ak_schema_run *r, const ak_schema_at *at,
                        const ak_schema_keyword *k, const ak_json *arg)
{
	const ak_json *schema;
	ak_status st = ak_schema_resolve(r->root, ak_json_text(arg), &schema, r->err);

	(void)k;
	return st != AK_OK ? st : ak_schema_apply(r, schema, at->value, at->place);
}

/* In another draft the same keywords mean other things. */
ak_status ak_schema_dialect(ak_schema_run *r, const ak_schema_at *at,
                            const ak_schema_keyword *k, const ak_json *arg)
{
	ak_span name = ak_json_text(arg);

	(void)at;
	if (ak_span_is(name, "https://json-schema.org/draft/2020-12/schema") ||
	    ak_span_is(name, "https://json-schema.org/draft/2020-12/schema#"))
		return AK_OK;
	return ak_fail(r->err, AK_UNKNOWN_VERSION, k->where, 0, "not draft 2020-12");
}

/* Below the root, $id would change what every $ref under it means. */
ak_status ak_schema_id(ak_schema_run *r, const ak_schema_at *at,
                       const ak_schema_keyword *k, const ak_json *arg)
{
	(void)arg;
	if (at->schema == r->root)
		return AK_OK;
	return ak_fail(r->err, AK_UNKNOWN_VERSION, k->where, 0, "only the whole schema may have one");
}
