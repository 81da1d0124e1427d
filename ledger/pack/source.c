/* SPDX-License-Identifier: Apache-2.0 */
/* What a package is made from: a folder, the folder that it reuses, and the texts that stand for names in braces. */
#include "pack/part.h"

#include "base/fail.h"

#include <stdio.h>
#include <string.h>

enum { MERGE_DEPTH = AK_JSON_DEPTH_MAX, FILL_NAME_MAX = 63, FILL_TEXT_MAX = 400 };

/* The hole that stays open: in "absence" of a rule it stands for the listing (docs/RULES.md). */
static const char kept[] = "listing";

/* RFC 7396: a null takes the member away, an object goes into an object, all else replaces.  Recursion ends: nesting is bounded. */
static ak_status merge(ak_json *into, const ak_json *patch, int depth, ak_error *err)
{
	const ak_json *v, *old;
	ak_status st = AK_OK;
	void *it = NULL;
	ak_span key;

	if (depth > MERGE_DEPTH)
		return ak_fail(err, AK_LIMIT, "pack.reuses", 0, "profile.json: nested too deep");
	while (st == AK_OK && ak_json_next(patch, &it, &key, &v)) {
		const char *name = (const char *)key.data;

		old = ak_json_get_span(into, key);
		if (v == NULL || ak_json_type_of(v) == AK_JSON_NULL) {
			ak_json_remove(into, name);
		} else if (ak_json_is(v, AK_JSON_OBJECT) && ak_json_is(old, AK_JSON_OBJECT)) {
			ak_json *both = ak_json_copy(old);

			st = both == NULL ? ak_no_memory(err, "pack.reuses") : merge(both, v, depth + 1, err);
			if (st == AK_OK)
				st = ak_json_set(into, name, both, err);
			else
				ak_json_free(both);
		} else {
			st = ak_json_set(into, name, ak_json_copy(v), err);
		}
	}
	return st;
}

ak_status ak_pack_merge(ak_json *into, const ak_json *patch, ak_error *err)
{
	return merge(into, patch, 0, err);
}

/* [a-z][a-z0-9-]* between braces at the start of `rest`; empty when there is none. */
static ak_span hole_at(ak_span rest)
{
	size_t n = 1;

	while (n < rest.len && n <= FILL_NAME_MAX + 1 && rest.data[n] != '}')
		n++;
	if (rest.data[0] != '{' || n >= rest.len || rest.data[n] != '}' ||
	    !ak_pack_word((ak_span){ rest.data + 1, n - 1 }, FILL_NAME_MAX))
		return (ak_span){ 0 };
	return (ak_span){ rest.data + 1, n - 1 };
}

ak_status ak_pack_fill(const ak_pack_source *src, ak_span text, const char *path, ak_buf *out, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < text.len; i++) {
		ak_span rest = { text.data + i, text.len - i }, name = hole_at(rest);
		const ak_json *filling = ak_json_get_span(src->fill, name);

		if (name.len == 0 || src->fill == NULL || ak_span_is(name, kept)) {
			st = ak_buf_add_byte(out, text.data[i], err);
			continue;
		}
		if (filling == NULL)
			return ak_fail(err, AK_BAD_FORMAT, "pack.fill", i, "%.100s: nothing is said to stand for {%.*s}", path,
			               (int)name.len, (const char *)name.data);
		st = ak_buf_add_span(out, ak_json_text(filling), err);
		i += name.len + 1;
	}
	return st;
}

/* What is put into JSON and SQL alike has no quotes, escapes, braces or line ends. */
static ak_status check_fill(const ak_json *fill, ak_error *err)
{
	const ak_json *v;
	void *it = NULL;
	ak_span name;

	while (ak_json_next(fill, &it, &name, &v)) {
		ak_span text = ak_json_text(v);
		bool ok = ak_pack_word(name, FILL_NAME_MAX) && !ak_span_is(name, kept) && text.len != 0 &&
		          text.len <= FILL_TEXT_MAX;

		for (size_t i = 0; ok && i < text.len; i++)
			ok = text.data[i] >= 0x20 && text.data[i] != 0x7f && strchr("\"'\\{}", text.data[i]) == NULL;
		if (!ok)
			return ak_fail(err, AK_BAD_FORMAT, "pack.fill", 0, "profile.json: fill \"%.*s\": a name [a-z][a-z0-9-]* "
			               "and a text of 1 to %d bytes without quotes, backslash or braces",
			               (int)(name.len > 60 ? 60 : name.len), (const char *)name.data, FILL_TEXT_MAX);
	}
	return AK_OK;
}

static ak_status put_base(ak_pack_source *src, const ak_json *own, ak_error *err)
{
	ak_span name = ak_json_get_text(own, "reuses");
	int n;

	if (ak_json_get(own, "reuses") == NULL)
		return AK_OK;
	if (!ak_pack_word(name, FILL_NAME_MAX))
		return ak_fail(err, AK_BAD_FORMAT, "pack.reuses", 0, "profile.json: \"reuses\" is the name of a folder beside this "
		               "one");
	n = snprintf(src->base, sizeof(src->base), "%s/../%.*s", src->folder, (int)name.len, (const char *)name.data);
	if (n < 0 || (size_t)n >= sizeof(src->base))
		return ak_fail(err, AK_LIMIT, "pack.reuses", 0, "%.100s: path too long", src->folder);
	return AK_OK;
}

/* profile.json as it stands in `folder`. */
static ak_status read_profile(const ak_pack_source *src, const char *folder, ak_json **out, ak_error *err)
{
	ak_pack_source one = { .folder = folder, .fill = src->fill };
	ak_status st = ak_pack_read_json(&one, "profile.json", false, out, err);

	if (st == AK_OK && !ak_json_is(*out, AK_JSON_OBJECT))
		return ak_fail(err, AK_BAD_FORMAT, "pack.profile", 0, "profile.json: not an object");
	return st;
}

/* The profile of the base with the own one on it; without a base, the own one. */
static ak_status read_merged(const ak_pack_source *src, ak_json **out, ak_error *err)
{
	ak_json *own = NULL, *base = NULL;
	ak_status st = read_profile(src, src->folder, &own, err);

	if (st == AK_OK && src->base[0] != '\0') {
		st = read_profile(src, src->base, &base, err);
		if (st == AK_OK && ak_json_get(base, "reuses") != NULL)
			st = ak_fail(err, AK_BAD_FORMAT, "pack.reuses", 0, "profile.json: what is reused reuses another itself");
		if (st == AK_OK)
			st = ak_pack_merge(base, own, err);
	}
	if (st == AK_OK)
		*out = ak_json_ref(base == NULL ? own : base);
	ak_json_free(base);
	ak_json_free(own);
	return st;
}

static ak_status put_fill(ak_pack_source *src, const ak_json *profile, ak_error *err)
{
	const ak_json *said = ak_json_get(profile, "fill");
	ak_json *fill = said == NULL ? ak_json_new_object() : ak_json_copy(said);
	ak_status st = fill == NULL ? ak_no_memory(err, "pack.fill") : AK_OK;

	if (st == AK_OK && (!ak_json_is(fill, AK_JSON_OBJECT) || ak_json_get(fill, "scheme") != NULL))
		st = ak_fail(err, AK_BAD_FORMAT, "pack.fill", 0, "profile.json: \"fill\" is an object, and {scheme} is the scheme");
	if (st == AK_OK && ak_json_get_text(profile, "scheme").len != 0)
		st = ak_json_set(fill, "scheme", ak_json_copy(ak_json_get(profile, "scheme")), err);
	if (st == AK_OK)
		st = check_fill(fill, err);
	if (st != AK_OK) {
		ak_json_free(fill);
		return st;
	}
	src->fill = fill;
	return AK_OK;
}

ak_status ak_pack_open(const char *folder, ak_pack_source *src, ak_json **profile, ak_error *err)
{
	ak_json *raw = NULL;
	ak_status st;

	*src = (ak_pack_source){ .folder = folder };
	st = read_profile(src, folder, &raw, err);
	if (st == AK_OK)
		st = put_base(src, raw, err);
	ak_json_free(raw);
	raw = NULL;
	if (st == AK_OK)
		st = read_merged(src, &raw, err);
	if (st == AK_OK)
		st = put_fill(src, raw, err);
	ak_json_free(raw);
	raw = NULL;
	/* Once more, with the names filled in. */
	if (st == AK_OK)
		st = read_merged(src, &raw, err);
	if (st != AK_OK) {
		ak_json_free(raw);
		ak_pack_close(src);
		return st;
	}
	ak_json_remove(raw, "reuses");
	ak_json_remove(raw, "fill");
	*profile = raw;
	return AK_OK;
}

void ak_pack_close(ak_pack_source *src)
{
	ak_json_free(src->fill);
	src->fill = NULL;
}
