/* SPDX-License-Identifier: Apache-2.0 */
#include "api/audit.h"

#include "api/api.h"

#include <string.h>

static ak_status put_authority(const ak_audit *t, const ak_audit *now, ak_json *o, ak_error *err)
{
	ak_json *a = ak_json_new_object();
	ak_status st = ak_json_set(a, "authorised", ak_json_new_int((int64_t)t->n_authorised), err);

	if (st == AK_OK)
		st = ak_json_set(a, "void", ak_json_new_int((int64_t)ak_json_len(t->voids)), err);
	if (st == AK_OK)
		st = ak_json_set(a, "changed_since", now->changed == NULL ? ak_json_new_array()
		                                       : ak_json_copy(now->changed), err);
	if (st != AK_OK) {
		ak_json_free(a);
		return st;
	}
	return ak_json_set(o, "authority", a, err);
}

static bool has_problem(const ak_audit *t, const char *check)
{
	for (size_t i = 0; i < ak_json_len(t->errors); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(t->errors, i), "check"), check))
			return true;
	}
	return false;
}

/* How many things a check was made of: records, commits or signatures; of what was not looked at, none. */
static uint64_t looked_at(const ak_audit *t, const char *check)
{
	if (strcmp(check, "dsse") == 0)
		return t->n_signatures;
	if (strcmp(check, "timestamps") == 0)
		return t->stamped[AK_TIME_SOUND] + ak_audit_unproven(t);
	if (strcmp(check, "trust") == 0)
		return t->trust != NULL ? 1 : 0;
	if (strcmp(check, "git") == 0)
		return t->total_commits;
	if (strcmp(check, "tree") == 0 || strcmp(check, "checkpoint") == 0 || strcmp(check, "commit") == 0)
		return t->n_checked_commits;
	return ak_replay_size(t->replay);
}

static ak_status put_check(const ak_audit *t, const char *check, ak_json *list, ak_error *err)
{
	bool stamps = strcmp(check, "timestamps") == 0;
	bool left = t->broken || ((stamps || strcmp(check, "dsse") == 0) && t->o->skip_signatures) || (strcmp(check, "trust") == 0 && t->trust == NULL);
	const char *outcome = (has_problem(t, check) || (stamps && ak_audit_unproven(t) > 0)) && !t->unknown && !t->other ? "failed" : left ? "not-checked" : "passed";
	ak_json *c = ak_json_new_object();
	ak_status st = ak_json_set(c, "id", ak_json_new_str(check), err);

	if (st == AK_OK)
		st = ak_json_set(c, "outcome", ak_json_new_str(outcome), err);
	if (st == AK_OK)
		st = ak_json_set(c, "count", ak_json_new_int((int64_t)looked_at(t, check)), err);
	if (st != AK_OK) {
		ak_json_free(c);
		return st;
	}
	return ak_json_add(list, c, err);
}

static ak_status put_checks(const ak_audit *t, ak_json *o, ak_error *err)
{
	static const char *const names[] = { "header", "statement", "signatures", "chain", "repeat", "about", "map",
	                                     "tree", "checkpoint", "commit", "git", "trust", "dsse", "timestamps" };
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < sizeof(names) / sizeof(names[0]); i++)
		st = put_check(t, names[i], list, err);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "checks", list, err);
}

ak_status ak_audit_answer(const ak_audit *t, const ak_audit *now, bool *ok, ak_text *json, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_digest root = { 0 };
	bool good = ak_json_len(t->errors) == 0 && !t->broken;
	ak_status st = ak_json_set(o, "ok", ak_json_new_bool(good), err);

	ak_replay_root(t->replay, &root);
	if (st == AK_OK)
		st = ak_json_set(o, "unknown_version", ak_json_new_bool(t->unknown), err);
	if (st == AK_OK)
		st = ak_json_set(o, "other_ledger", ak_json_new_bool(t->other), err);
	if (st == AK_OK)
		st = ak_json_set(o, "origin", ak_json_new_str(t->origin), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)t->head_size), err);
	if (st == AK_OK)
		st = ak_json_set(o, "replayed", ak_json_new_int((int64_t)ak_replay_size(t->replay)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "root", ak_api_digest(&root), err);
	if (st == AK_OK)
		st = ak_json_set(o, "genesis", ak_api_digest(ak_replay_genesis(t->replay)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "genesis_pinned", ak_json_new_bool(t->trust != NULL), err);
	if (st == AK_OK)
		st = ak_json_set(o, "commits", ak_json_new_int((int64_t)t->total_commits), err);
	if (st == AK_OK)
		st = ak_json_set(o, "signatures", ak_json_new_int((int64_t)t->n_signatures), err);
	if (st == AK_OK)
		st = ak_json_set(o, "signatures_skipped", ak_json_new_bool(t->o->skip_signatures), err);
	if (st == AK_OK)
		st = put_authority(t, now, o, err);
	if (st == AK_OK)
		st = put_checks(t, o, err);
	if (st == AK_OK)
		st = ak_audit_put_stamps(t, o, err);
	if (st == AK_OK)
		st = ak_json_set(o, "errors", ak_json_copy(t->errors), err);
	if (st == AK_OK)
		st = ak_json_set(o, "erased", ak_json_copy(t->erased), err);
	if (st == AK_OK)
		st = ak_json_set(o, "void", ak_json_copy(t->voids), err);
	if (st == AK_OK)
		st = ak_json_set(o, "skipped", ak_json_copy(t->skipped), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	*ok = good;
	return ak_api_text(o, json, err);
}
