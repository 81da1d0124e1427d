/* SPDX-License-Identifier: Apache-2.0 */
#include "store/git_recover.h"

#include "base/fail.h"
#include "store/git_internal.h"

#include <string.h>

/* A signed commit is the unsigned one with a gpgsig header before the blank line that ends the headers; lines of the
 * signature after the first begin with a blank. */
static ak_status with_signature(ak_span commit, ak_span armor, ak_buf *out, ak_error *err)
{
	size_t head = 0;
	ak_status st;

	while (head + 1 < commit.len && !(commit.data[head] == '\n' && commit.data[head + 1] == '\n'))
		head++;
	if (head + 1 >= commit.len)
		return ak_fail(err, AK_BAD_FORMAT, "git.commit", 0, "has no message");
	head++; /* the newline that ends the last header */
	st = ak_buf_add(out, commit.data, head, err);
	if (st == AK_OK)
		st = ak_buf_add_str(out, "gpgsig ", err);
	for (size_t i = 0; st == AK_OK && i < armor.len; i++) {
		st = ak_buf_add_byte(out, armor.data[i], err);
		if (st == AK_OK && armor.data[i] == '\n')
			st = ak_buf_add_byte(out, ' ', err);
	}
	if (st == AK_OK)
		st = ak_buf_add_byte(out, '\n', err);
	if (st == AK_OK)
		st = ak_buf_add(out, commit.data + head, commit.len - head, err);
	return st;
}

ak_status ak_git_find_staged(ak_git *g, ak_span commit, ak_span armor, char id[AK_STORE_ID_MAX + 1],
                             bool *there, ak_error *err)
{
	ak_git_object o = { 0 };
	ak_buf b;
	git_oid oid;
	ak_status st;

	ak_buf_init(&b, AK_GIT_COMMIT_MAX);
	st = with_signature(commit, armor, &b, err);
	if (st == AK_OK && git_odb_hash(&oid, b.data, b.len, GIT_OBJECT_COMMIT) < 0)
		st = ak_fail(err, AK_INTERNAL, "git.commit", 0, "cannot be hashed");
	ak_buf_clear(&b);
	if (st != AK_OK)
		return st;
	/* Read, not looked for: a commit whose file is hollow is not there. */
	st = ak_git_read(g, &oid, GIT_OBJECT_COMMIT, AK_GIT_COMMIT_MAX, "git.commit", &o, err);
	ak_git_object_clear(&o);
	if (st == AK_NO_MEMORY)
		return st;
	(void)git_oid_tostr(id, AK_STORE_ID_MAX + 1, &oid);
	*there = st == AK_OK;
	return AK_OK;
}

/* Which checkpoint the tree of this commit names; *found = false when the tree is not here, or hollow. */
static ak_status named_checkpoint(ak_git *g, ak_span commit, git_oid *id, bool *found, ak_error *err)
{
	ak_git_object o = { 0 };
	ak_git_headers h = { 0 };
	ak_git_item e = { 0 };
	ak_status st = ak_git_commit_parse(commit, &h, err);

	*found = false;
	if (st != AK_OK)
		return st;
	st = ak_git_read(g, &h.tree, GIT_OBJECT_TREE, AK_GIT_TREE_MAX, "git.tree", &o, err);
	if (st == AK_OK)
		st = ak_git_item_find(o.bytes, ak_span_str("checkpoint"), &e, found, err);
	ak_git_object_clear(&o);
	if (st == AK_NO_MEMORY)
		return st;
	*found = st == AK_OK && *found;
	*id = e.id;
	return AK_OK;
}

ak_status ak_git_is_checkpoint_of(ak_git *g, ak_span checkpoint, ak_span commit, bool *yes, ak_error *err)
{
	git_oid id, named;
	bool found = false;
	ak_status st = named_checkpoint(g, commit, &named, &found, err);

	if (st == AK_OK && git_odb_hash(&id, checkpoint.data, checkpoint.len, GIT_OBJECT_BLOB) < 0)
		st = ak_fail(err, AK_INTERNAL, "git.blob", 0, "cannot be hashed");
	if (st == AK_OK)
		*yes = found && git_oid_equal(&named, &id);
	return st;
}

ak_status ak_git_write_signed(ak_git *g, ak_span checkpoint, ak_span commit, ak_span armor, ak_error *err)
{
	ak_git_pending p = { 0 };
	git_oid id;
	ak_buf b;
	ak_status st;

	ak_buf_init(&b, AK_GIT_COMMIT_MAX);
	st = with_signature(commit, armor, &b, err);
	if (st == AK_OK)
		st = ak_git_pending_add(&p, GIT_OBJECT_BLOB, checkpoint, &id, err);
	if (st == AK_OK)
		st = ak_git_pending_take(&p, GIT_OBJECT_COMMIT, &b, &id, err);
	if (st == AK_OK)
		st = ak_git_write_loose(g, &p, err);
	ak_git_pending_clear(&p);
	ak_buf_clear(&b);
	return st;
}

ak_status ak_git_drop_staged(ak_git *g, ak_span commit, const char *id, ak_error *err)
{
	git_oid gone[2];
	bool found = false;
	ak_status st = ak_git_parse_id(id, &gone[0], err);

	if (st == AK_OK)
		st = named_checkpoint(g, commit, &gone[1], &found, err);
	return st == AK_OK ? ak_git_forget(g, gone, found ? 2 : 1, err) : st;
}
