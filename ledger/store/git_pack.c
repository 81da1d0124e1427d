/* SPDX-License-Identifier: Apache-2.0 */
/* One pack for a change of many records.  The pack builder reads from an object database of its own that
 * holds nothing but the pending objects, so nothing of them is known to the ledger's before they are durable. */
#include "store/git_internal.h"

#include "base/fail.h"

#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct source {
	git_odb_backend base;
	const ak_git_pending *pending; /* sorted by id */
} source;

static int by_id(const void *a, const void *b)
{
	const ak_git_pending_item *x = a, *y = b;

	return git_oid_cmp(&x->id, &y->id);
}

static const ak_git_pending_item *find(git_odb_backend *b, const git_oid *id)
{
	const ak_git_pending *p = ((const source *)b)->pending;
	ak_git_pending_item key = { .id = *id };

	return bsearch(&key, p->items, p->n, sizeof(key), by_id);
}

static int source_read(void **data, size_t *len, git_object_t *type, git_odb_backend *b, const git_oid *id)
{
	const ak_git_pending_item *e = find(b, id);
	void *copy;

	if (e == NULL)
		return GIT_ENOTFOUND;
	copy = git_odb_backend_data_alloc(b, e->bytes.len == 0 ? 1 : e->bytes.len);
	if (copy == NULL)
		return GIT_ERROR;
	if (e->bytes.len != 0)
		memcpy(copy, e->bytes.data, e->bytes.len);
	*data = copy;
	*len = e->bytes.len;
	*type = e->type;
	return 0;
}

static int source_header(size_t *len, git_object_t *type, git_odb_backend *b, const git_oid *id)
{
	const ak_git_pending_item *e = find(b, id);

	if (e == NULL)
		return GIT_ENOTFOUND;
	*len = e->bytes.len;
	*type = e->type;
	return 0;
}

static int source_exists(git_odb_backend *b, const git_oid *id)
{
	return find(b, id) != NULL;
}

static void source_free(git_odb_backend *b)
{
	ak_mem_free(b);
}

/* A database with only `p` in it.  The backend goes to the database, also when this fails. */
static ak_status open_source(const ak_git_pending *p, git_odb **out, ak_error *err)
{
	source *s = ak_mem_alloc(sizeof(*s));
	git_odb *odb = NULL;
	int rc;

	if (s == NULL)
		return ak_no_memory(err, "git.pack");
	s->pending = p;
	rc = git_odb_init_backend(&s->base, GIT_ODB_BACKEND_VERSION);
	s->base.read = source_read;
	s->base.read_header = source_header;
	s->base.exists = source_exists;
	s->base.free = source_free;
	if (rc >= 0)
		rc = git_odb_new(&odb);
	if (rc < 0) {
		ak_mem_free(s);
		return ak_git_fail(err, rc, "git.pack", "object database");
	}
	rc = git_odb_add_backend(odb, &s->base, 1);
	if (rc < 0) {
		ak_mem_free(s);
		git_odb_free(odb);
		return ak_git_fail(err, rc, "git.pack", "object database");
	}
	*out = odb;
	return AK_OK;
}

static int build(git_repository *repo, const ak_git_pending *p, const char *folder)
{
	static const git_object_t order[] = { GIT_OBJECT_COMMIT, GIT_OBJECT_TREE, GIT_OBJECT_BLOB };
	git_packbuilder *pb = NULL;
	int rc = git_packbuilder_new(&pb, repo);

	for (size_t k = 0; rc >= 0 && k < sizeof(order) / sizeof(order[0]); k++) {
		for (size_t i = 0; rc >= 0 && i < p->n; i++) {
			if (p->items[i].type == order[k])
				rc = git_packbuilder_insert(pb, &p->items[i].id, NULL);
		}
	}
	/* Syncs the pack, its index and the folder: the option is on for the whole process. */
	if (rc >= 0)
		rc = git_packbuilder_write(pb, folder, 0, NULL, NULL);
	git_packbuilder_free(pb);
	return rc;
}

ak_status ak_git_write_pack(ak_git *g, ak_git_pending *p, ak_error *err)
{
	git_repository *repo = NULL;
	git_config *config = NULL;
	git_odb *odb = NULL;
	char folder[4096];
	ak_status st;
	int rc = snprintf(folder, sizeof(folder), "%sobjects/pack", g->dir);

	if (rc < 0 || (size_t)rc >= sizeof(folder))
		return ak_fail(err, AK_LIMIT, "git.pack", 0, "the path is too long");
	qsort(p->items, p->n, sizeof(p->items[0]), by_id);
	st = open_source(p, &odb, err);
	if (st != AK_OK)
		return st;
	rc = git_repository_wrap_odb(&repo, odb);
	if (rc >= 0)
		rc = ak_git_pack_settings(&config);
	if (rc >= 0)
		rc = git_repository_set_config(repo, config);
	if (rc >= 0)
		rc = build(repo, p, folder);
	if (rc < 0)
		st = ak_git_fail(err, rc, "git.pack", folder);
	git_config_free(config);
	git_repository_free(repo);
	git_odb_free(odb);
	if (st == AK_OK) {
		rc = git_odb_refresh(g->odb);
		if (rc < 0)
			st = ak_git_fail(err, rc, "git.pack", folder);
	}
	return st;
}
