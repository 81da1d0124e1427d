/* SPDX-License-Identifier: Apache-2.0 */
#include "akashi/remote.h"

#include "api/api.h"
#include "base/fail.h"
#include "seal/remote.h"

ak_status ak_remote_is_free(const char *url, ak_error *err)
{
	char there[AK_STORE_ID_MAX + 1];
	ak_git_remote r;
	ak_status st = ak_git_remote_of(url, &r, err);

	if (st == AK_OK)
		st = ak_git_remote_tip(NULL, &r, there, err);
	if (st == AK_OK && there[0] != '\0')
		st = ak_fail(err, AK_CONFLICT, "remote.taken", 0, "the remote has a ledger already; clone it instead: git clone --bare");
	return st;
}

ak_status ak_ledger_set_remote(ak_ledger *l, const char *url, ak_error *err)
{
	return ak_remote_set(l->b, url, err);
}

/* {"commit","size"}, or null where there is no commit; size null where it cannot be read. */
static ak_status put_head(ak_git *g, const char *name, const char *id, ak_json *o, ak_error *err)
{
	ak_json *h = NULL;
	uint64_t size;
	ak_status st = AK_OK;

	if (id[0] == '\0')
		return ak_json_set(o, name, ak_json_new_null(), err);
	h = ak_json_new_object();
	st = ak_json_set(h, "commit", ak_json_new_str(id), err);
	if (st == AK_OK)
		st = ak_json_set(h, "size", ak_remote_head_size(g, id, &size, NULL) == AK_OK ? ak_json_new_int((int64_t)size) : ak_json_new_null(), err);
	if (st != AK_OK) {
		ak_json_free(h);
		return st;
	}
	return ak_json_set(o, name, h, err);
}

static ak_status put_problem(const ak_error *why, ak_json *o, ak_error *err)
{
	ak_json *p;
	ak_status st;

	if (why->status == AK_OK)
		return ak_json_set(o, "problem", ak_json_new_null(), err);
	p = ak_json_new_object();
	st = ak_json_set(p, "status", ak_json_new_str(ak_status_name(why->status)), err);
	if (st == AK_OK)
		st = ak_json_set(p, "where", ak_json_new_str(why->where), err);
	if (st == AK_OK)
		st = ak_json_set(p, "detail", ak_json_new_str(why->detail), err);
	if (st != AK_OK) {
		ak_json_free(p);
		return st;
	}
	return ak_json_set(o, "problem", p, err);
}

static ak_status answer(ak_git *g, const ak_git_remote *r, const char *here, ak_json *o, ak_error *err)
{
	static const char *const names[] = { "same", "ahead", "behind", "apart" };
	char there[AK_STORE_ID_MAX + 1] = "";
	const char *relation = NULL;
	ak_relation how = AK_RELATION_SAME;
	ak_error why = { 0 };
	ak_status st = AK_OK;

	if (r->url[0] != '\0') {
		st = ak_git_remote_compare(g, r, here, there, &how, &why);
		if (st == AK_NO_MEMORY)
			return ak_no_memory(err, "remote");
		relation = st == AK_OK ? names[how] : "unreachable";
	}
	st = ak_json_set(o, "url", r->url[0] == '\0' ? ak_json_new_null() : ak_json_new_str(r->url), err);
	if (st == AK_OK)
		st = ak_json_set(o, "commit_point", ak_json_new_bool(r->url[0] != '\0' && !r->unsaid), err);
	if (st == AK_OK)
		st = ak_json_set(o, "relation", relation == NULL ? ak_json_new_null() : ak_json_new_str(relation), err);
	if (st == AK_OK)
		st = put_head(g, "here", here, o, err);
	if (st == AK_OK)
		st = put_head(g, "there", there, o, err);
	return st == AK_OK ? put_problem(&why, o, err) : st;
}

ak_status ak_repository_remote(const char *path, ak_text *json, ak_error *err)
{
	char here[AK_STORE_ID_MAX + 1];
	ak_git_remote r = { 0 };
	ak_git *g = NULL;
	ak_json *o = NULL;
	ak_status st = ak_git_open(path, &g, err);

	if (st == AK_OK)
		st = ak_git_tip(g, here, err);
	if (st == AK_OK)
		st = ak_git_remote_get(g, &r, err);
	if (st == AK_OK) {
		o = ak_json_new_object();
		st = answer(g, &r, here, o, err);
	}
	ak_git_free(&g);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}
