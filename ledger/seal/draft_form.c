/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/draft.h"

#include "base/fail.h"

typedef struct member {
	const char *name, *where;
	ak_json_type type;
	bool needed;
} member;

static const member top[] = {
	{ "akashi", "draft.akashi", AK_JSON_STRING, true },
	{ "type", "draft.type", AK_JSON_STRING, true },
	{ "scheme", "draft.scheme", AK_JSON_STRING, true },
	{ "ledger", "draft.ledger", AK_JSON_STRING, true },
	{ "genesis", "draft.genesis", AK_JSON_STRING, false },
	{ "base", "draft.base", AK_JSON_STRING, true },
	{ "issued", "draft.issued", AK_JSON_STRING, true },
	{ "refs", "draft.refs", AK_JSON_ARRAY, false },
	{ "documents", "draft.documents", AK_JSON_ARRAY, false },
	{ "body", "draft.body", AK_JSON_OBJECT, true },
};
static const member ref[] = {
	{ "rel", "draft.refs.rel", AK_JSON_STRING, true },
	{ "record", "draft.refs.record", AK_JSON_STRING, true },
};
static const member document[] = {
	{ "name", "draft.documents.name", AK_JSON_STRING, true },
	{ "kind", "draft.documents.kind", AK_JSON_STRING, false },
	{ "digest", "draft.documents.digest", AK_JSON_STRING, true },
	{ "commitment", "draft.documents.commitment", AK_JSON_BOOL, false },
};

static const char *wanted_name(ak_json_type t)
{
	switch (t) {
	case AK_JSON_STRING:
		return "text";
	case AK_JSON_ARRAY:
		return "an array";
	case AK_JSON_OBJECT:
		return "an object";
	case AK_JSON_BOOL:
		return "true or false";
	case AK_JSON_INT:
	case AK_JSON_NULL:
		break;
	}
	return "";
}

static bool is_known(const member *m, size_t n, ak_span key)
{
	for (size_t i = 0; i < n; i++) {
		if (ak_span_is(key, m[i].name))
			return true;
	}
	return false;
}

/* Exactly these members, each of its type. */
static ak_status check_members(const ak_json *o, const member *m, size_t n, const char *where, size_t at, ak_error *err)
{
	const ak_json *v;
	ak_span key;

	if (!ak_json_is(o, AK_JSON_OBJECT))
		return ak_mismatch(err, AK_BAD_FORMAT, where, at, "an object", ak_json_type_name(o));
	for (void *it = NULL; ak_json_next(o, &it, &key, &v);) {
		if (!is_known(m, n, key))
			return ak_fail(err, AK_BAD_FORMAT, where, at, "a draft has no member '%.*s' here",
			               key.len < 60 ? (int)key.len : 60, (const char *)key.data);
	}
	for (size_t i = 0; i < n; i++) {
		v = ak_json_get(o, m[i].name);
		if (v == NULL && m[i].needed)
			return ak_fail(err, AK_BAD_FORMAT, m[i].where, at, "member '%s' is missing", m[i].name);
		if (v != NULL && !ak_json_is(v, m[i].type))
			return ak_mismatch(err, AK_BAD_FORMAT, m[i].where, at, wanted_name(m[i].type), ak_json_type_name(v));
	}
	return AK_OK;
}

static ak_status check_elements(const ak_json *array, const member *m, size_t n, const char *where, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(array); i++)
		st = check_members(ak_json_at(array, i), m, n, where, i, err);
	return st;
}

ak_status ak_draft_check(const ak_json *draft, ak_error *err)
{
	const char *version = ak_json_get_str(draft, "akashi");
	ak_status st;

	/* First of all: another version may have other members. */
	if (version != NULL && !ak_span_is(ak_span_str(version), "draft/1"))
		return ak_mismatch(err, AK_UNKNOWN_VERSION, "draft.akashi", 0, "draft/1", version);
	st = check_members(draft, top, sizeof(top) / sizeof(top[0]), "draft", 0, err);
	if (st == AK_OK)
		st = check_elements(ak_json_get(draft, "refs"), ref, sizeof(ref) / sizeof(ref[0]), "draft.refs", err);
	if (st == AK_OK)
		st = check_elements(ak_json_get(draft, "documents"), document, sizeof(document) / sizeof(document[0]),
		                    "draft.documents", err);
	return st;
}
