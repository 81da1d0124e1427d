/* SPDX-License-Identifier: Apache-2.0 */
#include "model/profile.h"

#include "base/fail.h"
#include "codec/pattern.h"
#include "codec/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKAGE_FORMAT "akashi-profile/1"
#define CORE_PREFIX "akashi/"

enum { PATTERN_WORK = 1000000 /* places visited for one name, which has 128 bytes at most */ };

static ak_status bad(ak_error *err, const char *where, ak_span name, const char *what)
{
	return ak_fail(err, AK_BAD_FORMAT, where, 0, "%.*s: %s", (int)name.len,
	               (const char *)name.data, what);
}

typedef struct walk {
	ak_error *err;
	ak_status st;
	bool core; /* the package of FORMAT 15, whose types the operator may sign */
} walk;

static ak_status check_policy(const ak_json *p, ak_span name, bool core, ak_error *err)
{
	static const char *const modes[] = { "root", "members", "office", "mixed", "as", "operator" };
	ak_span mode = ak_json_get_text(p, "mode");
	int64_t k = 0;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!ak_span_is(mode, modes[i]) || (ak_span_is(mode, "operator") && !core))
			continue;
		if (ak_span_is(mode, "members") || ak_span_is(mode, "mixed")) {
			if (!ak_json_int(ak_json_get(p, "threshold"), &k) || k < 1 || k > 64)
				return bad(err, "profile.signing", name, "threshold must be 1 to 64");
		}
		if (!ak_span_is(mode, "root") && !ak_span_is(mode, "as") && !ak_span_is(mode, "operator") &&
		    !ak_name_valid(ak_json_get_text(p, "role")))
			return bad(err, "profile.signing", name, "needs a role");
		if ((ak_span_is(mode, "office") || ak_span_is(mode, "mixed")) &&
		    !ak_span_starts(ak_json_get_text(p, "evidence"), "/"))
			return bad(err, "profile.signing", name, "needs an evidence pointer");
		if (ak_span_is(mode, "as") && !ak_rel_valid(ak_json_get_text(p, "rel")))
			return bad(err, "profile.signing", name, "needs a rel");
		return AK_OK;
	}
	return bad(err, "profile.signing", name, "unknown signing mode");
}

static ak_status check_policies(const ak_json *list, ak_span name, bool core, ak_error *err)
{
	ak_status st = AK_OK;

	if (!ak_json_is(list, AK_JSON_ARRAY) || ak_json_len(list) == 0)
		return bad(err, "profile.signing", name, "needs at least one policy");
	for (size_t i = 0; st == AK_OK && i < ak_json_len(list); i++)
		st = check_policy(ak_json_at(list, i), name, core, err);
	return st;
}

/* {"id":"akashi/keyset"} or {"prefix":"ismap/listing:","pointer":"/listing"} */
static ak_status check_about(const ak_json *list, ak_span name, ak_error *err)
{
	if (!ak_json_is(list, AK_JSON_ARRAY) || ak_json_len(list) == 0)
		return bad(err, "profile.types", name, "has no about pointers");
	for (size_t i = 0; i < ak_json_len(list); i++) {
		const ak_json *a = ak_json_at(list, i);
		const ak_json *id = ak_json_get(a, "id");
		bool whole = id != NULL && ak_json_len(a) == 1 && ak_subject_id_valid(ak_json_text(id));
		bool parts = id == NULL && ak_json_len(a) == 2 &&
		             ak_json_is(ak_json_get(a, "prefix"), AK_JSON_STRING) &&
		             ak_span_starts(ak_json_get_text(a, "pointer"), "/");

		if (!whole && !parts)
			return bad(err, "profile.types", name,
			           "about needs an id, or a prefix and a pointer");
	}
	return AK_OK;
}

static bool check_type(void *ctx, ak_span name, const ak_json *type)
{
	walk *w = ctx;

	if (!ak_name_valid(name))
		w->st = bad(w->err, "profile.types", name, "not a type name");
	else
		w->st = check_about(ak_json_get(type, "about"), name, w->err);
	if (w->st == AK_OK && ak_json_get(type, "schema") == NULL)
		w->st = bad(w->err, "profile.types", name, "has no schema");
	if (w->st == AK_OK)
		w->st = ak_schema_check(ak_json_get(type, "schema"), w->err);
	if (w->st == AK_OK)
		w->st = check_policies(ak_json_get(type, "signing"), name, w->core, w->err);
	return w->st == AK_OK;
}

static bool check_role(void *ctx, ak_span name, const ak_json *role)
{
	const ak_json *list = ak_json_get(role, "enrolled_by");
	walk *w = ctx;

	if (!ak_name_valid(name))
		w->st = bad(w->err, "profile.roles", name, "not a role name");
	else
		w->st = check_policies(list, name, false, w->err);
	for (size_t i = 0; w->st == AK_OK && i < ak_json_len(list); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(list, i), "mode"), "as"))
			w->st = bad(w->err, "profile.roles", name, "a role cannot be enrolled \"as\" another record");
	}
	return w->st == AK_OK;
}

ak_status ak_profile_init(ak_json *package, ak_profile *out, ak_error *err)
{
	ak_profile p = { .package = package };
	walk w = { err, AK_OK, ak_span_is(ak_json_get_text(package, "scheme"), "akashi") };

	if (!ak_span_is(ak_json_get_text(package, "format"), PACKAGE_FORMAT))
		return ak_fail(err, AK_UNKNOWN_VERSION, "profile.format", 0,
		               "expected " PACKAGE_FORMAT);
	p.scheme = ak_json_get_text(package, "scheme");
	p.version = ak_json_get_text(package, "version");
	if (!ak_name_valid(p.scheme) || p.version.len == 0)
		return bad(err, "profile.scheme", p.scheme, "needs a scheme name and a version");
	if (!ak_json_is(ak_json_get(package, "types"), AK_JSON_OBJECT))
		return bad(err, "profile.types", p.scheme, "needs types");
	if (ak_json_get(package, "roles") != NULL &&
	    !ak_json_is(ak_json_get(package, "roles"), AK_JSON_OBJECT))
		return bad(err, "profile.roles", p.scheme, "roles must be an object");
	(void)ak_json_each(ak_json_get(package, "types"), check_type, &w);
	if (w.st == AK_OK)
		(void)ak_json_each(ak_json_get(package, "roles"), check_role, &w);
	if (w.st == AK_OK)
		*out = p;
	return w.st;
}

void ak_profile_again(ak_json *package, ak_profile *out)
{
	*out = (ak_profile){ .package = package, .scheme = ak_json_get_text(package, "scheme"), .version = ak_json_get_text(package, "version") };
}

void ak_profile_clear(ak_profile *p)
{
	ak_json_free(p->package);
	*p = (ak_profile){ 0 };
}

const ak_json *ak_profile_type(const ak_profile *p, ak_span type)
{
	return ak_json_get_span(ak_json_get(p->package, "types"), type);
}

bool ak_type_exclusive(const ak_json *type)
{
	return ak_json_true(ak_json_get(type, "exclusive"));
}

const ak_json *ak_type_schema(const ak_json *type)
{
	return ak_json_get(type, "schema");
}

const ak_json *ak_type_signing(const ak_json *type)
{
	return ak_json_get(type, "signing");
}

const ak_json *ak_profile_enrolled_by(const ak_profile *p, ak_span role)
{
	return ak_json_get(ak_json_get_span(ak_json_get(p->package, "roles"), role), "enrolled_by");
}

static int id_cmp(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Add an id unless it is there already: a body may name one subject many times. */
static ak_status add_subject(ak_span prefix, ak_span name, ak_subjects *out, ak_error *err)
{
	char id[AK_SUBJECT_ID_MAX + 1], want[AK_ERROR_VALUE_MAX], found[AK_ERROR_VALUE_MAX];

	if (prefix.len > AK_SUBJECT_ID_MAX || name.len > AK_SUBJECT_ID_MAX - prefix.len) {
		(void)ak_fail(err, AK_SCHEMA, "statement.about", out->n, "a subject id would be over %d bytes", AK_SUBJECT_ID_MAX);
		(void)snprintf(want, sizeof(want), "at most %d bytes", AK_SUBJECT_ID_MAX);
		(void)snprintf(found, sizeof(found), "%zu bytes", prefix.len + name.len);
		return ak_fail_values(err, AK_SCHEMA, want, found);
	}
	if (prefix.len != 0)
		memcpy(id, prefix.data, prefix.len);
	if (name.len != 0)
		memcpy(id + prefix.len, name.data, name.len);
	id[prefix.len + name.len] = '\0';
	if (!ak_subject_id_valid(ak_span_str(id))) {
		(void)ak_fail(err, AK_SCHEMA, "statement.about", out->n, "the body gives '%s', which is not a subject id", id);
		return ak_fail_values(err, AK_SCHEMA, "scheme/kind:name", id);
	}
	for (size_t i = 0; i < out->n; i++) {
		if (strcmp(out->id[i], id) == 0)
			return AK_OK;
	}
	if (out->n == AK_ABOUT_MAX) {
		(void)ak_fail(err, AK_SCHEMA, "statement.about", out->n, "the body names more than %d subjects", AK_ABOUT_MAX);
		(void)snprintf(want, sizeof(want), "at most %d", AK_ABOUT_MAX);
		return ak_fail_values(err, AK_SCHEMA, want, "more");
	}
	memcpy(out->id[out->n], id, prefix.len + name.len + 1);
	out->n++;
	return AK_OK;
}

/* Cut a pointer at its first step "*".  False: it has none. */
static bool cut_at_star(ak_span pointer, ak_span *head, ak_span *tail)
{
	for (size_t i = 0; i + 1 < pointer.len; i++) {
		if (pointer.data[i] != '/' || pointer.data[i + 1] != '*' ||
		    (i + 2 < pointer.len && pointer.data[i + 2] != '/'))
			continue;
		*head = (ak_span){ pointer.data, i };
		*tail = (ak_span){ pointer.data + i + 2, pointer.len - i - 2 };
		return true;
	}
	return false;
}

/* Follow `pointer` from `at`, a "*" step standing for every element; add what it leads to.  Each star goes one
 * level down, so nesting bounds the recursion. */
static ak_status follow(const ak_json *at, ak_span pointer, ak_span prefix, ak_subjects *out,
                        ak_error *err)
{
	ak_span head, tail;
	ak_status st = AK_OK;

	if (!cut_at_star(pointer, &head, &tail)) {
		ak_span name = ak_json_text(ak_json_pointer(at, pointer));

		return name.len == 0 ? AK_OK : add_subject(prefix, name, out, err);
	}
	at = ak_json_pointer(at, head);
	for (size_t i = 0; st == AK_OK && ak_json_is(at, AK_JSON_ARRAY) && i < ak_json_len(at); i++)
		st = follow(ak_json_at(at, i), tail, prefix, out, err);
	return st;
}

ak_status ak_about_by_rules(const ak_json *rules, const ak_json *body, ak_subjects *out, ak_error *err)
{
	ak_subjects s; /* eight kilobytes, of which little is used */
	ak_status st = AK_OK;

	s.n = 0;
	for (size_t i = 0; st == AK_OK && i < ak_json_len(rules); i++) {
		const ak_json *a = ak_json_at(rules, i);
		ak_span id = ak_json_get_text(a, "id");

		st = id.len != 0 ? add_subject((ak_span){ 0 }, id, &s, err)
		                 : follow(body, ak_json_get_text(a, "pointer"),
		                          ak_json_get_text(a, "prefix"), &s, err);
	}
	if (st != AK_OK)
		return st;
	if (s.n == 0) {
		(void)ak_fail(err, AK_SCHEMA, "statement.about", 0, "the body names no subject");
		return ak_fail_values(err, AK_SCHEMA, "at least one", "none");
	}
	qsort(s.id, s.n, sizeof(s.id[0]), id_cmp);
	memcpy(out->id, s.id, s.n * sizeof(s.id[0]));
	out->n = s.n;
	return AK_OK;
}

ak_status ak_about_derive(const ak_json *type, const ak_json *body, ak_subjects *out, ak_error *err)
{
	return ak_about_by_rules(ak_json_get(type, "about"), body, out, err);
}

/* "ismap/listing:X" in scheme "ismap", or a core id. */
static bool own_or_core(ak_span id, ak_span scheme)
{
	if (ak_span_starts(id, CORE_PREFIX))
		return true;
	return id.len > scheme.len && id.data[scheme.len] == '/' &&
	       memcmp(id.data, scheme.data, scheme.len) == 0;
}

ak_status ak_about_check(const ak_json *type, const ak_statement *s, ak_error *err)
{
	ak_subjects want;
	size_t n = ak_statement_n_about(s);
	ak_status st;

	want.n = 0;
	st = ak_about_derive(type, s->body, &want, err);
	if (st == AK_SCHEMA) {
		if (err != NULL)
			err->status = AK_ABOUT_MISMATCH;
		return AK_ABOUT_MISMATCH;
	}
	if (st != AK_OK)
		return st;
	for (size_t i = 0; i < want.n || i < n; i++) {
		ak_span got = i < n ? ak_statement_about(s, i) : ak_span_str("nothing more");
		const char *w = i < want.n ? want.id[i] : "nothing more";
		char found[AK_ERROR_VALUE_MAX], own[AK_ERROR_VALUE_MAX];

		if (i < n && i < want.n && ak_span_is(got, w)) {
			if (own_or_core(got, s->scheme))
				continue;
			(void)ak_fail(err, AK_ABOUT_MISMATCH, "statement.about", i, "'%s' belongs to another scheme", w);
			(void)snprintf(own, sizeof(own), "a subject of %.*s%s", (int)s->scheme.len, (const char *)s->scheme.data,
			               ak_span_is(s->scheme, "akashi") ? "" : " or akashi");
			return ak_fail_values(err, AK_ABOUT_MISMATCH, own, w);
		}
		(void)snprintf(found, sizeof(found), "%.*s", (int)got.len, (const char *)got.data);
		return ak_mismatch(err, AK_ABOUT_MISMATCH, "statement.about", i, w, found);
	}
	return AK_OK;
}

/* A kind is {"pattern", "ja", "en"}. */
static ak_status fits(const ak_json *kind, ak_span name, bool *yes, ak_error *err)
{
	uint64_t budget = PATTERN_WORK;
	ak_pattern *p = ak_pattern_new();
	ak_status st = p == NULL ? ak_no_memory(err, "profile.ids") : AK_OK;

	if (st == AK_OK)
		st = ak_pattern_compile(p, ak_json_get_text(kind, "pattern"), err);
	if (st == AK_OK)
		st = ak_pattern_match(p, name, &budget, yes, err);
	ak_pattern_free(p);
	return st;
}

ak_status ak_profile_check_name(const ak_profile *p, ak_span id, ak_error *err)
{
	const uint8_t *slash = id.len == 0 ? NULL : memchr(id.data, '/', id.len);
	const uint8_t *colon = id.len == 0 ? NULL : memchr(id.data, ':', id.len);
	const ak_json *kind;
	bool yes = false;
	ak_span name;
	ak_status st;

	if (slash == NULL || colon == NULL || colon < slash || ak_span_starts(id, CORE_PREFIX))
		return AK_OK;
	kind = ak_json_get_span(ak_json_get(p->package, "ids"),
	                        (ak_span){ slash + 1, (size_t)(colon - slash - 1) });
	if (ak_json_get(kind, "pattern") == NULL)
		return AK_OK;
	name = (ak_span){ colon + 1, id.len - (size_t)(colon - id.data) - 1 };
	st = fits(kind, name, &yes, err);
	if (st != AK_OK || yes)
		return st;
	(void)ak_fail(err, AK_SCHEMA, "statement.about", 0, "'%.*s' is outside the grammar of its kind",
	              (int)id.len, (const char *)id.data);
	if (err != NULL) {
		(void)snprintf(err->expected, sizeof(err->expected), "%s", ak_json_get_str(kind, "pattern"));
		(void)snprintf(err->found, sizeof(err->found), "%.*s", (int)name.len, (const char *)name.data);
	}
	return AK_SCHEMA;
}
