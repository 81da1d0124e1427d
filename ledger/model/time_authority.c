/* SPDX-License-Identifier: Apache-2.0 */
#include "model/time_authority.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"

#include <string.h>

static ak_status bad(ak_error *err, size_t i, const char *what)
{
	return ak_fail(err, AK_BAD_FORMAT, "profile.time_authorities", i, "entry %zu: %s", i + 1, what);
}

static bool short_name(ak_span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (i > 0 && (c == '.' || c == '-'))))
			return false;
	}
	return s.len >= 1 && s.len <= 63;
}

/* Numbers and points, no number with a zero in front: "1.2.392" */
static bool is_oid(ak_span s)
{
	size_t digits = 0, arcs = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] == '.') {
			if (digits == 0)
				return false;
			digits = 0;
			continue;
		}
		if (s.data[i] < '0' || s.data[i] > '9' || (digits == 1 && s.data[i - 1] == '0'))
			return false;
		arcs += digits == 0;
		digits++;
	}
	return digits != 0 && arcs >= 2 && s.len <= 64;
}

static bool is_base64(ak_span s)
{
	ak_buf b;
	bool good;

	ak_buf_init(&b, AK_TIME_ROOT_TEXT_MAX);
	good = s.len != 0 && s.len <= AK_TIME_ROOT_TEXT_MAX && ak_base64_decode(s, &b, NULL);
	ak_buf_clear(&b);
	return good;
}

static ak_status read_policies(const ak_json *list, size_t i, ak_time_authority *t, ak_error *err)
{
	if (!ak_json_is(list, AK_JSON_ARRAY) || ak_json_len(list) == 0 || ak_json_len(list) > AK_TIME_POLICIES_MAX)
		return bad(err, i, "policies are 1 to 16");
	for (size_t k = 0; k < ak_json_len(list); k++) {
		ak_span oid = ak_json_text(ak_json_at(list, k));

		if (!is_oid(oid))
			return bad(err, i, "a policy is an object identifier in digits and points");
		t->policy[t->n_policies++] = (const char *)oid.data;
	}
	return AK_OK;
}

static ak_status read_one(const ak_json *v, size_t i, ak_time_authority *out, ak_error *err)
{
	static const char *const known[] = { "name", "operator", "policies", "from", "certificate", "root", "until" };
	const ak_json *certificate = ak_json_get(v, "certificate"), *root = ak_json_get(v, "root"), *until = ak_json_get(v, "until");
	ak_span name = ak_json_get_text(v, "name"), operator_name = ak_json_get_text(v, "operator");
	ak_time_authority t = { .until = INT64_MAX };
	size_t members = 0;

	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
		members += ak_json_get(v, known[k]) != NULL;
	if (!ak_json_is(v, AK_JSON_OBJECT) || members != ak_json_len(v))
		return bad(err, i, "a member that is not known");
	if (!short_name(name) || !short_name(operator_name))
		return bad(err, i, "name and operator are short names");
	if ((certificate == NULL) == (root == NULL))
		return bad(err, i, "has either certificate or root");
	t.has_certificate = certificate != NULL;
	if (t.has_certificate ? !ak_digest_parse(ak_json_text(certificate), &t.certificate) : !is_base64(ak_json_text(root)))
		return bad(err, i, "certificate is a digest, root is DER in base64");
	if (!ak_utctime_parse(ak_json_get_text(v, "from"), &t.from) || (until != NULL && !ak_utctime_parse(ak_json_text(until), &t.until)) ||
	    t.until < t.from)
		return bad(err, i, "from and until are times, in this order");
	t.name = (const char *)name.data;
	t.operator_name = (const char *)operator_name.data;
	t.root = ak_json_text(root);
	*out = t;
	return read_policies(ak_json_get(v, "policies"), i, out, err);
}

ak_status ak_time_authorities_read(const ak_json *package, ak_time_authority out[AK_TIME_AUTHORITIES_MAX], size_t *n, ak_error *err)
{
	const ak_json *list = ak_json_get(package, "time_authorities");
	size_t count = ak_json_len(list);
	ak_status st = AK_OK;

	*n = 0;
	if (list == NULL)
		return AK_OK;
	if (!ak_json_is(list, AK_JSON_ARRAY) || count == 0 || count > AK_TIME_AUTHORITIES_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "profile.time_authorities", 0, "a list of 1 to %d", AK_TIME_AUTHORITIES_MAX);
	for (size_t i = 0; st == AK_OK && i < count; i++) {
		st = read_one(ak_json_at(list, i), i, &out[i], err);
		for (size_t k = 0; st == AK_OK && k < i; k++) {
			if (strcmp(out[k].name, out[i].name) == 0)
				st = bad(err, i, "the name of another entry");
		}
	}
	if (st == AK_OK)
		*n = count;
	return st;
}
