/* SPDX-License-Identifier: Apache-2.0 */
/* A package before it takes effect (FORMAT 17): what would otherwise be read in more than one way is refused. */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/schema.h"

typedef struct walk {
	ak_error *err;
	ak_status st;
} walk;

static ak_status bad(ak_error *err, const char *where, ak_span name, const char *what)
{
	return ak_fail(err, AK_SCHEMA, where, 0, "%.*s: %s", (int)name.len, (const char *)name.data, what);
}

/* The model looks at the other members of a policy. */
static bool policies_fit(const ak_json *list)
{
	for (size_t i = 0; i < ak_json_len(list); i++) {
		const ak_json *p = ak_json_at(list, i), *named = ak_json_get(p, "party");
		ak_span mode = ak_json_get_text(p, "mode");

		if (named != NULL && !ak_span_is(mode, "root") && !ak_span_is(mode, "as") &&
		    !ak_span_starts(ak_json_text(named), "/"))
			return false;
	}
	return true;
}

static bool check_type(void *ctx, ak_span name, const ak_json *type)
{
	ak_span documents = ak_json_get_text(type, "documents");
	walk *w = ctx;

	if (ak_type_is_core(name) || ak_span_is(name, "erased"))
		w->st = bad(w->err, "profile.types", name, "is a core type, which no scheme defines again");
	else if (!ak_json_is(ak_json_get(type, "exclusive"), AK_JSON_BOOL))
		w->st = bad(w->err, "profile.types", name, "needs to say whether it is exclusive");
	else if (!ak_span_is(documents, "required") && !ak_span_is(documents, "optional") && !ak_span_is(documents, "none"))
		w->st = bad(w->err, "profile.types", name, "documents are required, optional or none");
	else if (!policies_fit(ak_type_signing(type)))
		w->st = bad(w->err, "profile.types", name, "a policy's party is a pointer");
	return w->st == AK_OK;
}

static bool check_role(void *ctx, ak_span name, const ak_json *role)
{
	walk *w = ctx;

	if (!policies_fit(ak_json_get(role, "enrolled_by")))
		w->st = bad(w->err, "profile.roles", name, "a policy's party is a pointer");
	return w->st == AK_OK;
}

/* A grammar is judged as the schema {"pattern": …} is. */
static bool check_kind(void *ctx, ak_span name, const ak_json *kind)
{
	ak_span pattern = ak_json_get_text(kind, "pattern");
	ak_json *schema = ak_json_new_object();
	walk *w = ctx;

	if (!ak_json_is(ak_json_get(kind, "pattern"), AK_JSON_STRING)) {
		w->st = bad(w->err, "profile.ids", name, "needs a pattern");
	} else {
		w->st = ak_json_set(schema, "pattern", ak_json_new_text(pattern), w->err);
		if (w->st == AK_OK)
			w->st = ak_schema_check(schema, w->err);
	}
	ak_json_free(schema);
	return w->st == AK_OK;
}

ak_status ak_auth_check_package(const ak_json *package, ak_error *err)
{
	const ak_json *roles = ak_json_get(package, "roles"), *ids = ak_json_get(package, "ids");
	ak_span scheme = ak_json_get_text(package, "scheme");
	walk w = { err, AK_OK };
	ak_pins *pins = NULL;

	if (ak_span_is(scheme, "akashi"))
		return bad(err, "profile.scheme", scheme, "is the core's own");
	if (!ak_json_is(roles, AK_JSON_OBJECT) || !ak_json_is(ids, AK_JSON_OBJECT))
		return bad(err, "profile", scheme, "needs roles and ids");
	w.st = ak_auth_check_roots(package, err);
	if (w.st == AK_OK)
		w.st = ak_pins_read(package, &pins, err);
	ak_pins_free(&pins);
	if (w.st != AK_OK)
		return w.st;
	(void)ak_json_each(ak_json_get(package, "types"), check_type, &w);
	if (w.st == AK_OK)
		(void)ak_json_each(roles, check_role, &w);
	if (w.st == AK_OK)
		(void)ak_json_each(ids, check_kind, &w);
	return w.st;
}
