/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/pack.h"

#include "base/fail.h"
#include "codec/jcs.h"
#include "crypto/hash.h"
#include "pack/part.h"

/* Members that are made here, from files of their own. */
static const char *const made[] = { "views", "rules", "queries" };

static ak_status compile_types(const ak_pack_source *src, const ak_json *defs, ak_json *package, ak_error *err)
{
	const ak_json *source, *types = ak_json_get(package, "types");
	ak_json *out = ak_json_new_object(), *type;
	ak_status st = out == NULL ? ak_no_memory(err, "pack.types") : AK_OK;
	void *it = NULL;
	ak_span name;

	while (st == AK_OK && ak_json_next(types, &it, &name, &source)) {
		type = NULL;
		st = ak_pack_type(src, defs, source, &type, err);
		if (st == AK_OK)
			st = ak_json_set(out, (const char *)name.data, type, err);
	}
	if (st != AK_OK) {
		ak_json_free(out);
		return st;
	}
	return ak_json_set(package, "types", out, err);
}

/* What schemes share goes before the scheme's own, and what is reused before what is added; the core package has none and gets
 * none. */
static ak_status read_views(const ak_pack_source *src, ak_json *own, ak_json *lines, ak_error *err)
{
	ak_status st = AK_OK;

	if (src->base[0] != '\0')
		st = ak_pack_read_lines(src, src->base, "views.sql", true, own, err);
	if (st == AK_OK)
		st = ak_pack_read_lines(src, src->folder, "views.sql", true, own, err);
	if (st == AK_OK && ak_json_len(own) != 0)
		st = ak_pack_read_lines(src, src->folder, "../common/views.sql", true, lines, err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(own); i++)
		st = ak_json_add(lines, ak_json_copy(ak_json_at(own, i)), err);
	return st;
}

static ak_status add_views(const ak_pack_source *src, ak_json *package, ak_error *err)
{
	ak_json *own = ak_json_new_array(), *lines = ak_json_new_array();
	ak_status st = own == NULL || lines == NULL ? ak_no_memory(err, "pack.views")
	                                            : read_views(src, own, lines, err);

	ak_json_free(own);
	if (st != AK_OK) {
		ak_json_free(lines);
		return st;
	}
	return ak_json_set(package, "views", lines, err);
}

static ak_status add_sql(const ak_pack_source *src, const char *name, ak_json *package, ak_error *err)
{
	ak_json *object = ak_json_new_object();
	ak_status st = object == NULL ? ak_no_memory(err, "pack.sql") : ak_pack_read_sql(src, name, object, err);

	if (st != AK_OK) {
		ak_json_free(object);
		return st;
	}
	return ak_json_set(package, name, object, err);
}

static ak_status assemble(const ak_pack_source *src, const ak_json *defs, ak_json *package, ak_error *err)
{
	ak_status st;

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		if (ak_json_get(package, made[i]) != NULL)
			return ak_fail(err, AK_BAD_FORMAT, "pack.profile", 0, "profile.json: \"%s\" has files of its own",
			               made[i]);
	}
	st = compile_types(src, defs, package, err);
	if (st == AK_OK)
		st = add_views(src, package, err);
	if (st == AK_OK)
		st = add_sql(src, "rules", package, err);
	if (st == AK_OK)
		st = add_sql(src, "queries", package, err);
	return st == AK_OK ? ak_pack_check(package, err) : st;
}

ak_status ak_pack_compile(const char *folder, ak_json **package, ak_error *err)
{
	ak_pack_source src = { 0 };
	ak_json *p = NULL, *defs = NULL;
	ak_status st = ak_pack_open(folder, &src, &p, err);

	if (st == AK_OK)
		st = ak_pack_read_json(&src, "../common/defs.json", true, &defs, err);
	if (st == AK_OK)
		st = assemble(&src, defs, p, err);
	if (st == AK_OK)
		*package = ak_json_ref(p);
	ak_json_free(defs);
	ak_json_free(p);
	ak_pack_close(&src);
	return st;
}

ak_status ak_pack_digest(const ak_json *package, ak_buf *bytes, ak_digest *digest, ak_error *err)
{
	ak_buf text = { 0 };
	ak_status st;

	ak_buf_init(&text, AK_PROFILE_MAX);
	st = ak_jcs_write(package, &text, err);
	if (st == AK_OK && bytes != NULL)
		st = ak_buf_add_span(bytes, ak_buf_span(&text), err);
	if (st == AK_OK)
		ak_sha256(ak_buf_span(&text), digest);
	ak_buf_clear(&text);
	return st;
}
