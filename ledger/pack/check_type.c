/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/part.h"

#include "base/fail.h"
#include "codec/schema.h"

#include <stdio.h>
#include <string.h>

enum { PLACE = 120, THRESHOLD_MAX = 64, REFS_MAX = 256, POINTER_MAX = 200 };

static const char *const core_types[] = { "keyset", "profile", "party", "revocation", "timestamp", "closing", "crl", "erasure", "erased" };
static const char *const core_kinds[] = { "keyset", "profile", "party", "key", "time" };

static bool is_one_of(ak_span s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ak_span_is(s, list[i]))
			return true;
	}
	return false;
}

static bool is_pointer(const ak_json *v)
{
	ak_span s = ak_json_text(v);

	return s.len > 1 && s.len <= POINTER_MAX && s.data[0] == '/';
}

/* What each mode needs (n) and may have (m). */
enum { OFF, MAY, NEEDS };

typedef struct mode {
	const char *name;
	int role, threshold, party, evidence, rel;
} mode;

static const mode modes[] = {
	{ "root", OFF, OFF, OFF, OFF, OFF },
	{ "members", NEEDS, NEEDS, MAY, OFF, OFF },
	{ "office", NEEDS, OFF, MAY, NEEDS, OFF },
	{ "mixed", NEEDS, NEEDS, MAY, NEEDS, OFF },
	{ "as", OFF, OFF, OFF, OFF, NEEDS },
	{ "operator", OFF, OFF, OFF, OFF, OFF }, /* of the core alone */
};

static bool fits(int want, const ak_json *v, bool well_formed)
{
	return v == NULL ? want != NEEDS : want != OFF && well_formed;
}

static ak_status check_policy(const ak_json *package, const ak_json *v, const char *place, ak_error *err)
{
	static const char *const known[] = { "mode", "role", "threshold", "party", "evidence", "rel", NULL };
	const ak_json *role = ak_json_get(v, "role"), *threshold = ak_json_get(v, "threshold");
	const ak_json *party = ak_json_get(v, "party"), *evidence = ak_json_get(v, "evidence");
	const ak_json *rel = ak_json_get(v, "rel");
	ak_status st = ak_pack_members(v, known, place, err);
	const mode *m = NULL;
	int64_t k = 0;

	if (st != AK_OK)
		return st;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (ak_span_is(ak_json_get_text(v, "mode"), modes[i].name))
			m = &modes[i];
	}
	if (m == NULL || (ak_span_is(ak_json_get_text(v, "mode"), "operator") && !ak_span_is(ak_json_get_text(package, "scheme"), "akashi")))
		return ak_fail(err, AK_BAD_FORMAT, "package.policy", 0, "%s: unknown mode of signing", place);
	if (role != NULL && ak_json_get_span(ak_json_get(package, "roles"), ak_json_text(role)) == NULL)
		return ak_fail(err, AK_BAD_FORMAT, "package.policy", 0, "%s: no such role: %.40s", place,
		               ak_json_text(role).len == 0 ? "" : (const char *)ak_json_text(role).data);
	if (!fits(m->role, role, true) || !fits(m->party, party, is_pointer(party)) ||
	    !fits(m->threshold, threshold, ak_json_int(threshold, &k) && k >= 1 && k <= THRESHOLD_MAX) ||
	    !fits(m->evidence, evidence, is_pointer(evidence)) ||
	    !fits(m->rel, rel, ak_pack_word(ak_json_text(rel), 63)))
		return ak_fail(err, AK_BAD_FORMAT, "package.policy", 0, "%s: a member of mode %s is missing, wrong or "
		               "not its own", place, m->name);
	return AK_OK;
}

ak_status ak_pack_policies(const ak_json *package, const ak_json *list, const char *place, ak_error *err)
{
	ak_status st = AK_OK;

	/* None at all would let nobody sign, and never on purpose. */
	if (!ak_json_is(list, AK_JSON_ARRAY) || ak_json_len(list) == 0)
		return ak_fail(err, AK_BAD_FORMAT, "package.policy", 0, "%s: needs a list of signing policies", place);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(list); i++)
		st = check_policy(package, ak_json_at(list, i), place, err);
	return st;
}

/* "<scheme>/<kind>:" with a kind that has a grammar, or a core one. */
static bool prefix_ok(const ak_json *package, ak_span prefix)
{
	const uint8_t *slash = prefix.len == 0 ? NULL : memchr(prefix.data, '/', prefix.len);
	ak_span scheme, kind;

	if (slash == NULL || prefix.data[prefix.len - 1] != ':')
		return false;
	scheme = (ak_span){ prefix.data, (size_t)(slash - prefix.data) };
	kind = (ak_span){ slash + 1, prefix.len - scheme.len - 2 };
	if (ak_span_eq(scheme, ak_json_get_text(package, "scheme")) &&
	    ak_json_get_span(ak_json_get(package, "ids"), kind) != NULL)
		return true;
	return ak_span_is(scheme, "akashi") && is_one_of(kind, core_kinds, sizeof(core_kinds) / sizeof(core_kinds[0]));
}

static ak_status check_about(const ak_json *package, const ak_json *list, const char *place, ak_error *err)
{
	static const char *const known[] = { "prefix", "pointer", "id", NULL };
	ak_status st = AK_OK;

	if (!ak_json_is(list, AK_JSON_ARRAY) || ak_json_len(list) == 0)
		return ak_fail(err, AK_BAD_FORMAT, "package.about", 0, "%s: needs a list of rules for subjects", place);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(list); i++) {
		const ak_json *v = ak_json_at(list, i), *id = ak_json_get(v, "id");
		const ak_json *prefix = ak_json_get(v, "prefix"), *pointer = ak_json_get(v, "pointer");
		bool ok = false;

		st = ak_pack_members(v, known, place, err);
		if (id != NULL)
			ok = prefix == NULL && pointer == NULL && ak_subject_id_valid(ak_json_text(id));
		else if (ak_json_is(prefix, AK_JSON_STRING) && is_pointer(pointer))
			/* An empty prefix: the body holds whole ids. */
			ok = ak_json_text(prefix).len == 0 || prefix_ok(package, ak_json_text(prefix));
		if (st == AK_OK && !ok)
			st = ak_fail(err, AK_BAD_FORMAT, "package.about", i, "%s: about %zu is neither an id nor a prefix "
			             "of a known kind with a pointer", place, i);
	}
	return st;
}

static bool type_known(const ak_json *package, ak_span name)
{
	return ak_span_is(name, "*") || ak_json_get_span(ak_json_get(package, "types"), name) != NULL ||
	       is_one_of(name, core_types, sizeof(core_types) / sizeof(core_types[0]));
}

static ak_status check_ref(const ak_json *package, const ak_json *v, const char *place, ak_error *err)
{
	static const char *const known[] = { "rel", "types", "max", "find", NULL };
	const ak_json *types = ak_json_get(v, "types"), *max = ak_json_get(v, "max");
	ak_status st = ak_pack_members(v, known, place, err);
	int64_t n = 0;

	if (st == AK_OK && ak_json_get(v, "find") != NULL)
		st = check_about(package, ak_json_get(v, "find"), place, err);
	if (st != AK_OK)
		return st;
	if (!ak_pack_word(ak_json_get_text(v, "rel"), 63) || !ak_json_is(types, AK_JSON_ARRAY) ||
	    ak_json_len(types) == 0 || (max != NULL && (!ak_json_int(max, &n) || n < 1 || n > REFS_MAX)))
		return ak_fail(err, AK_BAD_FORMAT, "package.refs", 0, "%s: a reference has rel, types and perhaps max, "
		               "1 to %d", place, REFS_MAX);
	for (size_t i = 0; i < ak_json_len(types); i++) {
		ak_span name = ak_json_text(ak_json_at(types, i));

		if (!type_known(package, name))
			return ak_fail(err, AK_BAD_FORMAT, "package.refs", i, "%s: reference to an unknown type \"%.*s\"",
			               place, (int)(name.len > 40 ? 40 : name.len), (const char *)name.data);
	}
	return AK_OK;
}

/* A policy "as" takes the authority from a reference, which the type must therefore have, and once only. */
static ak_status check_as(const ak_json *type, const char *place, ak_error *err)
{
	const ak_json *signing = ak_json_get(type, "signing"), *refs = ak_json_get(type, "refs");

	for (size_t i = 0; i < ak_json_len(signing); i++) {
		const ak_json *rel = ak_json_get(ak_json_at(signing, i), "rel");
		bool found = rel == NULL;

		for (size_t k = 0; k < ak_json_len(refs); k++) {
			const ak_json *ref = ak_json_at(refs, k);
			int64_t max = 0;

			if (ak_span_eq(ak_json_get_text(ref, "rel"), ak_json_text(rel)))
				found = found || (ak_json_int(ak_json_get(ref, "max"), &max) && max == 1);
		}
		if (!found)
			return ak_fail(err, AK_BAD_FORMAT, "package.policy", i, "%s: mode \"as\" needs a reference of that rel "
			               "with max 1", place);
	}
	return AK_OK;
}

static ak_status check_refs(const ak_json *package, const ak_json *type, const char *place, ak_error *err)
{
	const ak_json *refs = ak_json_get(type, "refs");
	ak_status st = AK_OK;

	if (!ak_json_is(refs, AK_JSON_ARRAY))
		return ak_fail(err, AK_BAD_FORMAT, "package.refs", 0, "%s: \"refs\" is not a list", place);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(refs); i++) {
		st = check_ref(package, ak_json_at(refs, i), place, err);
		for (size_t k = 0; st == AK_OK && k < i; k++) {
			if (ak_json_equal(ak_json_get(ak_json_at(refs, k), "rel"), ak_json_get(ak_json_at(refs, i), "rel")))
				st = ak_fail(err, AK_BAD_FORMAT, "package.refs", i, "%s: one rel twice", place);
		}
	}
	return st == AK_OK ? check_as(type, place, err) : st;
}

/* x-class, wherever it stands, is one of three words. */
static ak_status check_classes(const ak_json *v, const char *place, ak_error *err)
{
	static const char *const classes[] = { "public", "commit", "never" };
	const ak_json *member;
	ak_status st = AK_OK;
	void *it = NULL;
	ak_span key;

	for (size_t i = 0; st == AK_OK && ak_json_is(v, AK_JSON_ARRAY) && i < ak_json_len(v); i++)
		st = check_classes(ak_json_at(v, i), place, err);
	if (!ak_json_is(v, AK_JSON_OBJECT))
		return st;
	while (st == AK_OK && ak_json_next(v, &it, &key, &member)) {
		if (ak_span_is(key, "x-class") &&
		    !is_one_of(ak_json_text(member), classes, sizeof(classes) / sizeof(classes[0])))
			st = ak_fail(err, AK_BAD_FORMAT, "package.class", 0, "%s: x-class is public, commit or never", place);
		else
			st = check_classes(member, place, err);
	}
	return st;
}

/* Every field of the body itself says who may see it. */
static ak_status check_fields(const ak_json *schema, const char *place, ak_error *err)
{
	const ak_json *field;
	void *it = NULL;
	ak_span key;

	while (ak_json_next(ak_json_get(schema, "properties"), &it, &key, &field)) {
		if (ak_json_get(field, "x-class") == NULL)
			return ak_fail(err, AK_BAD_FORMAT, "package.class", 0, "%s: field \"%.*s\" has no x-class", place,
			               (int)(key.len > 60 ? 60 : key.len), (const char *)key.data);
	}
	return check_classes(schema, place, err);
}

static ak_status check_words(const ak_json *v, const char *place, ak_error *err)
{
	static const char *const publication[] = { "always", "after-listing", "closed" };
	static const char *const documents[] = { "required", "optional", "none" };

	if (!is_one_of(ak_json_get_text(v, "publication"), publication, 3))
		return ak_fail(err, AK_BAD_FORMAT, "package.publication", 0, "%s: publication is always, after-listing or "
		               "closed", place);
	if (!is_one_of(ak_json_get_text(v, "documents"), documents, 3))
		return ak_fail(err, AK_BAD_FORMAT, "package.documents", 0, "%s: documents is required, optional or none",
		               place);
	if (!ak_json_is(ak_json_get(v, "exclusive"), AK_JSON_BOOL))
		return ak_fail(err, AK_BAD_FORMAT, "package.exclusive", 0, "%s: exclusive is true or false", place);
	return AK_OK;
}

static ak_status check_type(const ak_json *package, ak_span name, const ak_json *v, const char *place, ak_error *err)
{
	static const char *const known[] = { "title", "schema", "about", "exclusive", "publication", "documents", "refs",
	                                     "signing", NULL };
	ak_error why = { 0 };
	ak_status st = ak_pack_members(v, known, place, err);

	if (st == AK_OK && !ak_pack_word(name, 63))
		st = ak_fail(err, AK_BAD_FORMAT, "package.types", 0, "%s: a type is [a-z][a-z0-9-]*, 1 to 63", place);
	if (st == AK_OK)
		st = ak_pack_labels(ak_json_get(v, "title"), place, err);
	if (st == AK_OK)
		st = check_words(v, place, err);
	if (st == AK_OK)
		st = check_about(package, ak_json_get(v, "about"), place, err);
	if (st == AK_OK)
		st = ak_pack_policies(package, ak_json_get(v, "signing"), place, err);
	if (st == AK_OK)
		st = check_refs(package, v, place, err);
	if (st == AK_OK)
		st = check_fields(ak_json_get(v, "schema"), place, err);
	if (st != AK_OK)
		return st;
	st = ak_schema_check(ak_json_get(v, "schema"), &why);
	return st == AK_OK ? AK_OK : ak_pack_named(err, &why, st, place);
}

ak_status ak_pack_check_types(const ak_json *package, ak_error *err)
{
	bool core = ak_span_is(ak_json_get_text(package, "scheme"), "akashi");
	const ak_json *v;
	char place[PLACE];
	ak_status st = AK_OK;
	void *it = NULL;
	ak_span name;

	while (st == AK_OK && ak_json_next(ak_json_get(package, "types"), &it, &name, &v)) {
		(void)snprintf(place, sizeof(place), "types/%.60s", (const char *)name.data);
		if (!core && is_one_of(name, core_types, sizeof(core_types) / sizeof(core_types[0])))
			return ak_fail(err, AK_BAD_FORMAT, "package.types", 0, "%s: a core type, which no scheme defines",
			               place);
		st = check_type(package, name, v, place, err);
	}
	return st;
}
