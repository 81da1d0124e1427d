/* SPDX-License-Identifier: Apache-2.0 */
/* How one history stands to another, and the head moved along it by more than one commit: what a remote is ahead by. */
#include "store/git_remote.h"

#include "base/fail.h"
#include "store/git_internal.h"

#include <stdio.h>
#include <string.h>

static ak_status first_parent(ak_git *g, const char *id, char parent[AK_STORE_ID_MAX + 1], ak_error *err)
{
	ak_git_object o = { 0 };
	ak_git_headers h = { 0 };
	git_oid oid;
	ak_status st = ak_git_parse_id(id, &oid, err);

	if (st == AK_OK)
		st = ak_git_read(g, &oid, GIT_OBJECT_COMMIT, AK_GIT_COMMIT_MAX, "git.commit", &o, err);
	if (st == AK_OK)
		st = ak_git_commit_parse(o.bytes, &h, err);
	ak_git_object_clear(&o);
	if (st != AK_OK)
		return st;
	parent[0] = '\0';
	if (h.n_parents > 0)
		git_oid_tostr(parent, AK_STORE_ID_MAX + 1, &h.parent);
	return AK_OK;
}

/* Is `old` ("": before the first) met on the way down from `id`? */
static ak_status continues(ak_git *g, const char *old, const char *id, bool *yes, ak_error *err)
{
	char at[AK_STORE_ID_MAX + 1], parent[AK_STORE_ID_MAX + 1];
	ak_status st = AK_OK;

	(void)snprintf(at, sizeof(at), "%s", id);
	while (st == AK_OK && at[0] != '\0' && strcmp(at, old) != 0) {
		st = first_parent(g, at, parent, err);
		memcpy(at, parent, sizeof(at));
	}
	*yes = st == AK_OK && strcmp(at, old) == 0;
	return st;
}

ak_status ak_git_relate(ak_git *g, const char *here, const char *there, ak_relation *out, ak_error *err)
{
	bool yes = false;
	ak_status st;

	if (strcmp(here, there) == 0) {
		*out = AK_RELATION_SAME;
		return AK_OK;
	}
	st = there[0] == '\0' ? AK_OK : continues(g, here, there, &yes, err);
	if (st == AK_OK && yes) {
		*out = AK_RELATION_AHEAD;
		return AK_OK;
	}
	if (st == AK_OK)
		st = continues(g, there, here, &yes, err);
	if (st == AK_OK)
		*out = yes ? AK_RELATION_BEHIND : AK_RELATION_APART;
	return st;
}

static bool is_here(ak_git *g, const char *id)
{
	char parent[AK_STORE_ID_MAX + 1];

	return first_parent(g, id, parent, NULL) == AK_OK;
}

ak_status ak_git_remote_compare(ak_git *g, const ak_git_remote *r, const char *here, char there_id[AK_STORE_ID_MAX + 1],
                                ak_relation *out, ak_error *err)
{
	ak_status st = ak_git_remote_tip(g, r, there_id, err);

	if (st == AK_OK && there_id[0] != '\0' && strcmp(there_id, here) != 0 && !is_here(g, there_id))
		st = ak_git_remote_fetch(g, r, there_id, err);
	return st == AK_OK ? ak_git_relate(g, here, there_id, out, err) : st;
}

void ak_git_look_at(ak_git *g, const char *id)
{
	(void)snprintf(g->look_at, sizeof(g->look_at), "%s", id);
	ak_git_path_clear(&g->path);
}

ak_status ak_git_forward(ak_git *g, const char *was_id, const char *new_id, ak_error *err)
{
	bool yes = false;
	ak_status st = continues(g, was_id, new_id, &yes, err);

	if (st == AK_OK && !yes)
		st = ak_fail(err, AK_INVALID_ARGUMENT, "head.id", 0, "does not continue the head: %s", new_id);
	return st == AK_OK ? ak_git_move(g, was_id, new_id, err) : st;
}

ak_status ak_git_commit_signature(ak_git *g, const char *id, ak_buf *signature, ak_buf *signed_bytes, ak_error *err)
{
	ak_git_object o = { 0 };
	git_oid oid;
	ak_status st = ak_git_parse_id(id, &oid, err);

	if (st == AK_OK)
		st = ak_git_read(g, &oid, GIT_OBJECT_COMMIT, AK_GIT_COMMIT_MAX, "git.commit", &o, err);
	if (st == AK_OK)
		st = ak_git_commit_split(o.bytes, signature, signed_bytes, err);
	ak_git_object_clear(&o);
	return st;
}
