/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/part.h"

#include "base/fail.h"
#include "codec/schema.h"
#include "model/time_authority.h"
#include "rules/sandbox.h"

#include <stdio.h>
#include <string.h>

enum { PLACE = 120, VERSION_MAX = 32, LABEL_MAX = 400 };

bool ak_pack_word(ak_span s, size_t max)
{
	if (s.len == 0 || s.len > max || s.data[0] < 'a' || s.data[0] > 'z')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return true;
}

static bool chars_ok(ak_span s, size_t max)
{
	if (s.len == 0 || s.len > max || s.data[0] == '.')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
		      c == '.' || c == '_'))
			return false;
	}
	return true;
}

ak_status ak_pack_labels(const ak_json *v, const char *place, ak_error *err)
{
	ak_span ja = ak_json_get_text(v, "ja"), en = ak_json_get_text(v, "en");

	if (ja.len == 0 || en.len == 0 || ja.len > LABEL_MAX || en.len > LABEL_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "package.names", 0, "%.120s: needs \"ja\" and \"en\"", place);
	return AK_OK;
}

ak_status ak_pack_members(const ak_json *v, const char *const *known, const char *place, ak_error *err)
{
	const ak_json *member;
	void *it = NULL;
	ak_span key;

	if (!ak_json_is(v, AK_JSON_OBJECT))
		return ak_fail(err, AK_BAD_FORMAT, "package.member", 0, "%.120s: not an object", place);
	while (ak_json_next(v, &it, &key, &member)) {
		size_t i = 0;

		while (known[i] != NULL && !ak_span_is(key, known[i]))
			i++;
		if (known[i] == NULL)
			return ak_fail(err, AK_BAD_FORMAT, "package.member", 0, "%.120s: unknown member \"%.*s\"", place,
			               (int)(key.len > 40 ? 40 : key.len), (const char *)key.data);
	}
	return AK_OK;
}

static ak_status check_head(const ak_json *p, ak_error *err)
{
	static const char *const known[] = { "format", "scheme", "version", "names", "roles", "types", "ids", "parameters",
	                                     "views", "rules", "queries", "words", "certificate_roots", "time_authorities", NULL };
	ak_time_authority pinned[AK_TIME_AUTHORITIES_MAX];
	size_t n_pinned;
	ak_status st = ak_pack_members(p, known, "profile.json", err);

	if (st != AK_OK)
		return st;
	if (!ak_span_is(ak_json_get_text(p, "format"), "akashi-profile/1"))
		return ak_fail(err, AK_UNKNOWN_VERSION, "package.format", 0, "profile.json: format is not "
		               "akashi-profile/1");
	if (!ak_pack_word(ak_json_get_text(p, "scheme"), 63))
		return ak_fail(err, AK_BAD_FORMAT, "package.scheme", 0, "profile.json: scheme is [a-z][a-z0-9-]*, 1 to 63");
	if (!chars_ok(ak_json_get_text(p, "version"), VERSION_MAX))
		return ak_fail(err, AK_BAD_FORMAT, "package.version", 0, "profile.json: version is [A-Za-z0-9._-], 1 to "
		               "%d", VERSION_MAX);
	for (size_t i = 4; known[i] != NULL; i++) {
		bool pins = strcmp(known[i], "certificate_roots") == 0 || strcmp(known[i], "time_authorities") == 0; /* may be absent */
		bool list = pins || strcmp(known[i], "views") == 0;

		if (pins && ak_json_get(p, known[i]) == NULL)
			continue;
		if (!ak_json_is(ak_json_get(p, known[i]), list ? AK_JSON_ARRAY : AK_JSON_OBJECT))
			return ak_fail(err, AK_BAD_FORMAT, "package.member", 0, "profile.json: \"%s\" is missing or not "
			               "an object", known[i]);
	}
	st = ak_time_authorities_read(p, pinned, &n_pinned, err);
	return st == AK_OK ? ak_pack_labels(ak_json_get(p, "names"), "names", err) : st;
}

typedef ak_status check_fn(const ak_json *package, ak_span name, const ak_json *v, const char *place, ak_error *err);

/* Check every member of package[group]; `place` in messages is "group/name". */
static ak_status each(const ak_json *package, const char *group, check_fn *fn, ak_error *err)
{
	const ak_json *v;
	char place[PLACE];
	ak_status st = AK_OK;
	void *it = NULL;
	ak_span name;

	while (st == AK_OK && ak_json_next(ak_json_get(package, group), &it, &name, &v)) {
		(void)snprintf(place, sizeof(place), "%s/%.60s", group, (const char *)name.data);
		st = fn(package, name, v, place, err);
	}
	return st;
}

static ak_status check_role(const ak_json *package, ak_span name, const ak_json *v, const char *place, ak_error *err)
{
	static const char *const known[] = { "ja", "en", "enrolled_by", NULL };
	ak_status st = ak_pack_members(v, known, place, err);

	if (st == AK_OK && !ak_pack_word(name, 63))
		st = ak_fail(err, AK_BAD_FORMAT, "package.roles", 0, "%s: a role is [a-z][a-z0-9-]*, 1 to 63", place);
	if (st == AK_OK)
		st = ak_pack_labels(v, place, err);
	return st == AK_OK ? ak_pack_policies(package, ak_json_get(v, "enrolled_by"), place, err) : st;
}

static ak_status check_id_kind(const ak_json *package, ak_span name, const ak_json *v, const char *place, ak_error *err)
{
	static const char *const known[] = { "pattern", "ja", "en", NULL };
	ak_json *schema = ak_json_new_object();
	ak_error why = { 0 };
	ak_status st = ak_pack_members(v, known, place, err);

	(void)package;
	if (st == AK_OK && !ak_pack_word(name, 32))
		st = ak_fail(err, AK_BAD_FORMAT, "package.ids", 0, "%s: a kind is [a-z][a-z0-9-]*, 1 to 32", place);
	if (st == AK_OK)
		st = ak_pack_labels(v, place, err);
	if (st == AK_OK && (schema == NULL || ak_json_get_text(v, "pattern").len == 0))
		st = ak_fail(err, AK_BAD_FORMAT, "package.ids", 0, "%s: needs a pattern", place);
	if (st == AK_OK) {
		st = ak_json_set(schema, "pattern", ak_json_copy(ak_json_get(v, "pattern")), &why);
		if (st == AK_OK)
			st = ak_schema_check(schema, &why);
		if (st != AK_OK)
			st = ak_pack_named(err, &why, st, place);
	}
	ak_json_free(schema);
	return st;
}

static ak_status check_parameter(const ak_json *package, ak_span name, const ak_json *v, const char *place, ak_error *err)
{
	static const char *const known[] = { "value", "ja", "en", "basis", "certainty", NULL };
	static const char *const certainties[] = { "S", "P", "INF", "GK" };
	ak_span certainty = ak_json_get_text(v, "certainty");
	ak_status st = ak_pack_members(v, known, place, err);
	bool ok = false;

	(void)package;
	for (size_t i = 0; i < sizeof(certainties) / sizeof(certainties[0]); i++)
		ok = ok || ak_span_is(certainty, certainties[i]);
	if (st == AK_OK && (name.len > 100 || ak_json_get(v, "value") == NULL || !ok ||
	                    ak_json_get_text(v, "basis").len == 0))
		st = ak_fail(err, AK_BAD_FORMAT, "package.parameters", 0, "%s: needs value, basis and a certainty of "
		             "S, P, INF or GK", place);
	return st == AK_OK ? ak_pack_labels(v, place, err) : st;
}

static size_t depth_of(const ak_json *v)
{
	const ak_json *member;
	size_t deepest = 0, d;
	void *it = NULL;
	ak_span key;

	if (ak_json_is(v, AK_JSON_ARRAY)) {
		for (size_t i = 0; i < ak_json_len(v); i++) {
			d = depth_of(ak_json_at(v, i));
			deepest = d > deepest ? d : deepest;
		}
		return deepest + 1;
	}
	if (!ak_json_is(v, AK_JSON_OBJECT))
		return 0;
	while (ak_json_next(v, &it, &key, &member)) {
		d = depth_of(member);
		deepest = d > deepest ? d : deepest;
	}
	return deepest + 1;
}

static ak_status check_size(const ak_json *package, ak_error *err)
{
	ak_error why = { 0 };
	ak_digest digest;
	ak_status st = ak_pack_digest(package, NULL, &digest, &why);

	if (st != AK_OK)
		return ak_pack_named(err, &why, st, "package");
	if (depth_of(package) > AK_PACK_DEPTH_MAX)
		return ak_fail(err, AK_LIMIT, "package.depth", 0, "package: nested deeper than %d", AK_PACK_DEPTH_MAX);
	return AK_OK;
}

ak_status ak_pack_check(const ak_json *package, ak_error *err)
{
	ak_status st = check_head(package, err);

	if (st == AK_OK)
		st = check_size(package, err);
	if (st == AK_OK)
		st = each(package, "roles", check_role, err);
	if (st == AK_OK)
		st = each(package, "ids", check_id_kind, err);
	if (st == AK_OK)
		st = each(package, "parameters", check_parameter, err);
	if (st == AK_OK)
		st = ak_pack_check_types(package, err);
	return st == AK_OK ? ak_rules_try(package, err) : st;
}
