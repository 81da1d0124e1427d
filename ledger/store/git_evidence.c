/* SPDX-License-Identifier: Apache-2.0 */
#include "store/git_evidence.h"

#include "base/fail.h"
#include "store/git_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "refs/akashi/evidence/"

enum { REF_ROOM = sizeof(PREFIX) + AK_EVIDENCE_NAME_MAX + 1 };

/* [a-z0-9][a-z0-9-]{0,62} */
static bool name_valid(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++) {
		char c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0)))
			return false;
	}
	return n > 0 && n <= AK_EVIDENCE_NAME_MAX;
}

static ak_status ref_of(const char *name, char out[REF_ROOM], ak_error *err)
{
	if (!name_valid(name))
		return ak_fail(err, AK_INVALID_ARGUMENT, "evidence.name", 0, "a name is 1 to %d of a-z, 0-9 and -, and begins with a letter or digit", AK_EVIDENCE_NAME_MAX);
	(void)snprintf(out, REF_ROOM, PREFIX "%s", name);
	return AK_OK;
}

static ak_status look_up(ak_git *g, const char *name, git_reference **out, ak_error *err)
{
	char ref[REF_ROOM];
	ak_status st = ref_of(name, ref, err);
	int rc = st == AK_OK ? git_reference_lookup(out, g->repo, ref) : 0;

	if (st != AK_OK)
		return st;
	if (rc == GIT_ENOTFOUND)
		return ak_fail(err, AK_NOT_FOUND, "evidence.name", 0, "nothing is kept here under that name");
	if (rc != 0)
		return ak_git_fail(err, rc, "evidence", ref);
	if (git_reference_type(*out) != GIT_REFERENCE_DIRECT) {
		git_reference_free(*out);
		*out = NULL;
		return ak_fail(err, AK_BAD_FORMAT, "evidence.name", 0, "it names another reference");
	}
	return AK_OK;
}

ak_status ak_git_evidence_put(ak_git *g, const char *name, ak_span bytes, ak_error *err)
{
	char ref[REF_ROOM];
	git_reference *made = NULL;
	git_oid id;
	ak_status st = ref_of(name, ref, err);
	int rc;

	if (st != AK_OK)
		return st;
	if (git_reference_lookup(&made, g->repo, ref) == 0) {
		git_reference_free(made);
		return ak_fail(err, AK_CONFLICT, "evidence.name", 0, "that name is taken; nothing was overwritten");
	}
	rc = git_blob_create_from_buffer(&id, g->repo, bytes.data, bytes.len);
	if (rc == 0)
		rc = git_reference_create(&made, g->repo, ref, &id, 0, NULL);
	if (rc == GIT_EEXISTS)
		return ak_fail(err, AK_CONFLICT, "evidence.name", 0, "that name is taken; nothing was overwritten");
	git_reference_free(made);
	return rc == 0 ? AK_OK : ak_git_fail(err, rc, "evidence", ref);
}

ak_status ak_git_evidence_get(ak_git *g, const char *name, size_t max, ak_buf *out, ak_error *err)
{
	git_reference *ref = NULL;
	ak_git_object o = { 0 };
	ak_status st = look_up(g, name, &ref, err);

	if (st != AK_OK)
		return st;
	st = ak_git_read(g, git_reference_target(ref), GIT_OBJECT_BLOB, max, "evidence", &o, err);
	if (st == AK_OK)
		st = ak_buf_add_span(out, o.bytes, err);
	ak_git_object_clear(&o);
	git_reference_free(ref);
	return st;
}

typedef struct names {
	char (*name)[AK_EVIDENCE_NAME_MAX + 1];
	size_t n, cap;
} names;

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

ak_status ak_git_evidence_each(ak_git *g, ak_git_evidence_fn *fn, void *ctx, ak_error *err)
{
	git_reference_iterator *it = NULL;
	names all = { 0 };
	const char *ref;
	ak_status st = AK_OK;
	int rc = git_reference_iterator_glob_new(&it, g->repo, PREFIX "*");

	while (rc == 0 && st == AK_OK && (rc = git_reference_next_name(&ref, it)) == 0) {
		const char *name = ref + sizeof(PREFIX) - 1;

		if (!name_valid(name))
			continue; /* not one of ours */
		if (all.n == AK_EVIDENCE_FILES_MAX)
			st = ak_fail(err, AK_LIMIT, "evidence", all.n, "over %d files are kept here", AK_EVIDENCE_FILES_MAX);
		if (st == AK_OK)
			st = ak_mem_grow((void **)&all.name, &all.cap, all.n + 1, sizeof(*all.name), err);
		if (st == AK_OK)
			(void)snprintf(all.name[all.n++], sizeof(*all.name), "%s", name);
	}
	git_reference_iterator_free(it);
	if (st == AK_OK && rc != 0 && rc != GIT_ITEROVER)
		st = ak_git_fail(err, rc, "evidence", PREFIX);
	if (all.n > 0)
		qsort(all.name, all.n, sizeof(*all.name), by_name);
	for (size_t i = 0; st == AK_OK && i < all.n; i++)
		st = fn(ctx, all.name[i], err);
	ak_mem_free(all.name);
	return st;
}

/* Does another of our names lead to the same bytes? */
typedef struct same {
	ak_git *g;
	git_oid id;
	bool found;
} same;

static ak_status compare(void *ctx, const char *name, ak_error *err)
{
	same *s = ctx;
	git_reference *ref = NULL;

	(void)err;
	if (look_up(s->g, name, &ref, NULL) == AK_OK)
		s->found = s->found || git_oid_equal(git_reference_target(ref), &s->id);
	git_reference_free(ref);
	return AK_OK;
}

ak_status ak_git_evidence_drop(ak_git *g, const char *name, bool *gone, ak_error *err)
{
	git_reference *ref = NULL;
	same s = { .g = g };
	char hex[GIT_OID_HEXSZ + 1], *path;
	size_t room;
	int rc;
	ak_status st = look_up(g, name, &ref, err);

	if (st != AK_OK)
		return st;
	git_oid_cpy(&s.id, git_reference_target(ref));
	rc = git_reference_delete(ref);
	git_reference_free(ref);
	if (rc != 0)
		return ak_git_fail(err, rc, "evidence", name);
	*gone = false;
	st = ak_git_evidence_each(g, compare, &s, err);
	if (st != AK_OK || s.found)
		return st;
	/* Ciphertext is like no other object: a loose one that no name of ours leads to is nobody's. */
	git_oid_tostr(hex, sizeof(hex), &s.id);
	room = strlen(g->dir) + sizeof("objects//") + sizeof(hex);
	path = ak_mem_alloc(room);
	if (path == NULL)
		return ak_no_memory(err, "evidence");
	(void)snprintf(path, room, "%sobjects/%.2s/%s", g->dir, hex, hex + 2);
	*gone = unlink(path) == 0;
	ak_mem_free(path);
	return AK_OK;
}
