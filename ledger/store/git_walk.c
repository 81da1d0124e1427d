/* SPDX-License-Identifier: Apache-2.0 */
#include "store/git_internal.h"

#include "base/fail.h"

#include <stdio.h>
#include <string.h>

enum { COMMITS_MAX = 100 * 1000 * 1000 };

typedef struct ids {
	git_oid *id;
	size_t n, cap;
} ids;

static ak_status read_commit(ak_git *g, const git_oid *id, ak_git_object *o, ak_git_headers *h, ak_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	ak_error why = { 0 };
	ak_status st = ak_git_read(g, id, GIT_OBJECT_COMMIT, AK_GIT_COMMIT_MAX, "git.commit", o, err);

	if (st != AK_OK)
		return st;
	if (ak_git_commit_parse(o->bytes, h, &why) != AK_OK)
		return ak_fail(err, AK_BAD_FORMAT, "git.commit", why.at, "commit %s: %s",
		               git_oid_tostr(hex, sizeof(hex), id), why.detail);
	return AK_OK;
}

/* The ids from the head back to the first commit, first parents only. */
static ak_status collect(ak_git *g, const char *head, ids *l, ak_error *err)
{
	ak_git_headers h = { .n_parents = 1 };
	ak_status st = ak_git_parse_id(head, &h.parent, err);

	while (st == AK_OK && h.n_parents != 0) {
		git_oid at = h.parent;
		ak_git_object o = { 0 };
		void *items = l->id;

		if (l->n >= COMMITS_MAX)
			return ak_fail(err, AK_LIMIT, "git.commit", l->n, "too many commits");
		st = ak_mem_grow(&items, &l->cap, l->n + 1, sizeof(at), err);
		if (st != AK_OK)
			return st;
		l->id = items;
		l->id[l->n++] = at;
		st = read_commit(g, &at, &o, &h, err);
		ak_git_object_clear(&o);
	}
	return st;
}

/* One commit taken apart. */
typedef struct visit {
	ak_git_object object;
	ak_git_headers headers;
	ak_buf signed_bytes, signature;
	char id[GIT_OID_HEXSZ + 1], tree[GIT_OID_HEXSZ + 1], parent[GIT_OID_HEXSZ + 1];
	ak_git_commit out;
} visit;

static void visit_clear(visit *v)
{
	ak_git_object_clear(&v->object);
	ak_buf_clear(&v->signed_bytes);
	ak_buf_clear(&v->signature);
	ak_buf_clear(&v->out.checkpoint);
}

static ak_status take_apart(ak_git *g, const git_oid *id, visit *v, ak_error *err)
{
	ak_git_commit *c = &v->out;
	ak_status st = read_commit(g, id, &v->object, &v->headers, err);

	if (st != AK_OK)
		return st;
	git_oid_tostr(v->id, sizeof(v->id), id);
	if (v->headers.n_parents != 0)
		git_oid_tostr(v->parent, sizeof(v->parent), &v->headers.parent);
	git_oid_tostr(v->tree, sizeof(v->tree), &v->headers.tree);
	c->id = v->id;
	c->tree = v->tree;
	c->parent = v->parent;
	c->n_parents = v->headers.n_parents;
	c->raw = v->object.bytes;
	if (v->headers.n_signatures == 0)
		return AK_OK;
	st = ak_git_commit_split(c->raw, &v->signature, &v->signed_bytes, err);
	c->signature = ak_buf_span(&v->signature);
	c->signed_bytes = ak_buf_span(&v->signed_bytes);
	return st;
}

/* What the commit's tree changed. */
static ak_status compare(ak_git *g, visit *v, const git_oid *parent_tree, uint64_t next, ak_error *err)
{
	ak_git_commit *c = &v->out;
	ak_git_changes changes = { .next = next };
	ak_status st = ak_git_diff(g, parent_tree, &v->headers.tree, &changes, err);

	if (st != AK_OK)
		return st;
	if (changes.unexpected[0] == '\0' && !changes.checkpoint)
		(void)snprintf(changes.unexpected, sizeof(changes.unexpected), "checkpoint");
	if (changes.unexpected[0] == '\0' && changes.papers && changes.next == next)
		(void)snprintf(changes.unexpected, sizeof(changes.unexpected), "README.md or trust without a record");
	if (changes.unexpected[0] == '\0' && v->headers.n_signatures > 1)
		(void)snprintf(changes.unexpected, sizeof(changes.unexpected), "gpgsig");
	c->first_seq = next;
	c->n_added = changes.next - next;
	c->only_expected_changes = changes.unexpected[0] == '\0';
	memcpy(c->unexpected, changes.unexpected, sizeof(c->unexpected));
	return AK_OK;
}

/* One that is missing, or is no file, was noted as unexpected; one that is too long is for who asks to judge. */
static ak_status read_checkpoint(ak_git *g, visit *v, ak_error *err)
{
	ak_git_commit *c = &v->out;
	bool found = false;
	ak_error why = { 0 };
	ak_status st = ak_git_top_file(g, &v->headers.tree, "checkpoint", AK_CHECKPOINT_MAX, &c->checkpoint, &found, &why);

	c->long_checkpoint = st == AK_LIMIT;
	if (st == AK_LIMIT || (st == AK_BAD_FORMAT && !c->only_expected_changes))
		return AK_OK;
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}

static ak_status visit_one(ak_git *g, const git_oid *id, git_oid *tree, bool first, uint64_t *next,
                           ak_git_commit_fn *fn, void *ctx, ak_error *err)
{
	visit v = { 0 };
	ak_status st;

	ak_buf_init(&v.signed_bytes, AK_GIT_COMMIT_MAX);
	ak_buf_init(&v.signature, AK_GIT_COMMIT_MAX);
	ak_buf_init(&v.out.checkpoint, AK_CHECKPOINT_MAX);
	st = take_apart(g, id, &v, err);
	if (st == AK_OK)
		st = compare(g, &v, first ? NULL : tree, *next, err);
	if (st == AK_OK)
		st = read_checkpoint(g, &v, err);
	if (st == AK_OK) {
		*tree = v.headers.tree;
		*next = v.out.first_seq + v.out.n_added;
		st = fn(ctx, &v.out, err);
	}
	visit_clear(&v);
	return st;
}

ak_status ak_git_walk(ak_git *g, const ak_head *head, ak_git_commit_fn *fn, void *ctx, ak_error *err)
{
	ids l = { 0 };
	git_oid tree = { { 0 } };
	uint64_t next = 0;
	ak_status st;

	if (head->id[0] == '\0')
		return AK_OK;
	if (git_repository_is_shallow(g->repo)) {
		(void)ak_fail(err, AK_NOT_HELD, "git.shallow", 0, "%s is a shallow clone: its history is cut; clone it whole", g->dir);
		return ak_fail_values(err, AK_NOT_HELD, "a whole clone", "a shallow clone");
	}
	st = collect(g, head->id, &l, err);
	for (size_t i = l.n; st == AK_OK && i-- > 0;)
		st = visit_one(g, &l.id[i], &tree, i + 1 == l.n, &next, fn, ctx, err);
	ak_mem_free(l.id);
	return st;
}

/* The signed note of one commit, and the commit before it. */
static ak_status read_note(ak_git *g, const git_oid *id, ak_git_headers *h, ak_buf *note, ak_error *err)
{
	ak_git_object o = { 0 };
	bool found = false;
	ak_status st = read_commit(g, id, &o, h, err);

	if (st == AK_OK)
		st = ak_git_top_file(g, &h->tree, "checkpoint", AK_CHECKPOINT_MAX, note, &found, err);
	ak_git_object_clear(&o);
	if (st == AK_OK && !found) {
		(void)ak_fail(err, AK_BAD_FORMAT, "git.checkpoint", 0, "a commit has no checkpoint");
		return ak_fail_values(err, AK_BAD_FORMAT, "a file checkpoint", "none");
	}
	return st;
}

ak_status ak_git_each_note(ak_git *g, const ak_head *head, ak_git_note_fn *fn, void *ctx, ak_error *err)
{
	ak_git_headers h = { .n_parents = 1 };
	bool more = true;
	ak_status st = AK_OK;

	if (head->id[0] == '\0')
		return AK_OK;
	st = ak_git_parse_id(head->id, &h.parent, err);
	for (size_t i = 0; st == AK_OK && more && h.n_parents != 0; i++) {
		git_oid at = h.parent;
		ak_buf note;

		if (i == COMMITS_MAX)
			return ak_fail(err, AK_LIMIT, "git.commit", i, "too many commits");
		ak_buf_init(&note, AK_CHECKPOINT_MAX);
		st = read_note(g, &at, &h, &note, err);
		if (st == AK_OK)
			st = fn(ctx, ak_buf_span(&note), &more, err);
		ak_buf_clear(&note);
	}
	return st;
}
