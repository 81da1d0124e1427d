/* SPDX-License-Identifier: Apache-2.0 */
#include "store/git_internal.h"

#include "base/fail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

ak_status ak_git_fail(ak_error *err, int rc, const char *where, const char *what)
{
	/* NULL when libgit2 set no message: that happens, so never trust it to be there. */
	const git_error *e = git_error_last();
	const char *text = e == NULL || e->message == NULL ? "no reason given" : e->message;
	ak_status st = AK_IO;

	if (e != NULL && e->klass == GIT_ERROR_NOMEMORY)
		st = AK_NO_MEMORY;
	else if (rc == GIT_EMISMATCH)
		st = AK_BAD_FORMAT;
	else if (rc == GIT_ELOCKED)
		st = AK_LOCKED;
	st = ak_fail(err, st, where, 0, "%s: %s", what, text);
	git_error_clear();
	return st;
}

/* Options of libgit2 are one set per process and lost when its last user leaves: set at every start. */
static ak_status start(ak_error *err)
{
	static const int levels[] = { GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
		                      GIT_CONFIG_LEVEL_PROGRAMDATA };
	int rc = git_libgit2_init();

	if (rc < 0)
		return ak_git_fail(err, rc, "git", "libgit2 does not start");
	/* What it may have missed on its way, certificates for instance, is nobody's reason later. */
	git_error_clear();
	/* What a ledger answers must not depend on who asks: no configuration but the repository's. */
	for (size_t i = 0; rc >= 0 && i < sizeof(levels) / sizeof(levels[0]); i++)
		rc = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
	if (rc >= 0)
		rc = git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	if (rc >= 0)
		rc = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
	if (rc >= 0)
		rc = git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1);
	/* Objects come from disk each time, so that what is staged and lost is never read from memory. */
	if (rc >= 0)
		rc = git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	if (rc < 0) {
		ak_status st = ak_git_fail(err, rc, "git", "libgit2 refuses an option");

		(void)git_libgit2_shutdown();
		return st;
	}
	return AK_OK;
}

void ak_git_free(ak_git **g)
{
	if (g == NULL || *g == NULL)
		return;
	ak_git_path_clear(&(*g)->path);
	git_odb_free((*g)->odb);
	git_repository_free((*g)->repo);
	(void)git_libgit2_shutdown();
	ak_mem_free((*g)->dir);
	ak_mem_free(*g);
	*g = NULL;
}

static ak_status check_head(ak_git *g, ak_error *err)
{
	git_reference *head = NULL;
	const char *target;
	ak_status st = AK_OK;
	int rc = git_reference_lookup(&head, g->repo, "HEAD");

	if (rc == GIT_ENOTFOUND)
		return ak_fail(err, AK_BAD_FORMAT, "git.HEAD", 0, "%sHEAD is missing", g->dir);
	if (rc < 0)
		return ak_git_fail(err, rc, "git.HEAD", g->dir);
	target = git_reference_symbolic_target(head);
	if (target == NULL)
		st = ak_mismatch(err, AK_BAD_FORMAT, "git.HEAD", 0, AK_GIT_REF, "a commit (detached)");
	else if (strcmp(target, AK_GIT_REF) != 0)
		st = ak_mismatch(err, AK_BAD_FORMAT, "git.HEAD", 0, AK_GIT_REF, target);
	git_reference_free(head);
	return st;
}

/* Take over an opened repository; libgit2 has been started once for it. */
static ak_status adopt(git_repository *repo, ak_git **out, ak_error *err)
{
	ak_git *g = ak_mem_alloc(sizeof(*g));
	ak_status st = AK_OK;

	if (g == NULL) {
		git_repository_free(repo);
		(void)git_libgit2_shutdown();
		return ak_no_memory(err, "git");
	}
	g->repo = repo;
	g->path.leaf = UINT64_MAX;
	/* Of a work tree made by `git worktree` this is the main repository's folder. */
	g->dir = ak_span_dup(ak_span_str(git_repository_commondir(repo)));
	if (g->dir == NULL)
		st = ak_no_memory(err, "git");
	if (st == AK_OK)
		st = ak_git_open_packs(g, err);
	if (st == AK_OK)
		st = check_head(g, err);
	if (st != AK_OK) {
		ak_git_free(&g);
		return st;
	}
	*out = g;
	return AK_OK;
}

static ak_status open_fail(ak_error *err, int rc, const char *path)
{
	const git_error *e = git_error_last();
	const char *text = e == NULL || e->message == NULL ? "" : e->message;
	ak_status st;

	/* libgit2 1.5.1 says of another user's repository that it found no safe.directory. */
	if (rc == GIT_EOWNER || strstr(text, "safe.directory") != NULL)
		st = ak_fail(err, AK_IO, "git.owner", 0,
		             "%s belongs to another user; run as its owner, or clone it first", path);
	else if (rc == GIT_ENOTFOUND)
		st = ak_fail(err, AK_NOT_FOUND, "git", 0, "%s is not a git repository", path);
	else if (strstr(text, "objectformat") != NULL) {
		(void)ak_fail(err, AK_UNKNOWN_VERSION, "git.objectformat", 0,
		              "%s is a SHA-256 repository; a ledger is kept in a SHA-1 one", path);
		st = ak_fail_values(err, AK_UNKNOWN_VERSION, "sha1", "sha256");
	} else
		return ak_git_fail(err, rc, "git", path);
	git_error_clear();
	return st;
}

ak_status ak_git_open(const char *path, ak_git **out, ak_error *err)
{
	git_repository *repo = NULL;
	ak_status st = start(err);
	int rc;

	if (st != AK_OK)
		return st;
	rc = git_repository_open_ext(&repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (rc < 0) {
		st = open_fail(err, rc, path);
		(void)git_libgit2_shutdown();
		return st;
	}
	return adopt(repo, out, err);
}

/* -- creating -- */

static ak_status configure(git_repository *repo, const char *path, ak_error *err)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "core.fsync", "all" },                   /* for whoever writes with stock git        */
		{ "receive.denyNonFastForwards", "true" }, /* history only grows                       */
		{ "receive.denyDeletes", "true" },
		{ "transfer.fsckObjects", "true" },
		{ "gc.auto", "0" },                        /* the operator chooses when, never a reader */
	};
	git_config *c = NULL;
	ak_status st = AK_OK;
	int rc = git_repository_config(&c, repo);

	for (size_t i = 0; rc >= 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		rc = git_config_set_string(c, rows[i].name, rows[i].value);
	if (rc < 0)
		st = ak_git_fail(err, rc, "git.config", path);
	git_config_free(c);
	return st;
}

static ak_status sync_path(const char *dir, const char *name, ak_error *err)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s%s", dir, name);
	int fd = n < 0 || (size_t)n >= sizeof(path) ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	ak_status st = AK_OK;

	if (fd < 0 || fsync(fd) != 0)
		st = ak_fail(err, AK_IO, "git", 0, "cannot sync %s%s: %s", dir, name, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return st;
}

static ak_status sync_new(const char *dir, ak_error *err)
{
	static const char *const names[] = { "HEAD", "config", "objects/pack", "objects/info", "objects",
		                             "refs/heads", "refs", "", ".." };
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < sizeof(names) / sizeof(names[0]); i++)
		st = sync_path(dir, names[i], err);
	return st;
}

/* Missing, or a folder with nothing in it. */
static ak_status check_free(const char *path, ak_error *err)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	size_t n = 0;

	if (d == NULL && errno == ENOENT)
		return AK_OK;
	if (d == NULL && errno != ENOTDIR)
		return ak_fail(err, AK_IO, "git", 0, "%s: %s", path, strerror(errno));
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			n++;
	}
	if (d != NULL)
		(void)closedir(d);
	if (d == NULL || n != 0)
		return ak_fail(err, AK_INVALID_ARGUMENT, "git", 0, "%s exists and is not an empty folder", path);
	return AK_OK;
}

ak_status ak_git_create(const char *path, ak_git **out, ak_error *err)
{
	git_repository_init_options o = { .version = GIT_REPOSITORY_INIT_OPTIONS_VERSION };
	git_repository *repo = NULL;
	ak_git *g = NULL;
	ak_status st = check_free(path, err);
	int rc;

	if (st == AK_OK)
		st = start(err);
	if (st != AK_OK)
		return st;
	o.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_MKDIR |
	          GIT_REPOSITORY_INIT_MKPATH;
	o.initial_head = "main";
	rc = git_repository_init_ext(&repo, path, &o);
	if (rc < 0) {
		st = ak_git_fail(err, rc, "git", path);
		(void)git_libgit2_shutdown();
		return st;
	}
	st = adopt(repo, &g, err);
	if (st == AK_OK)
		st = configure(g->repo, path, err);
	if (st == AK_OK)
		st = sync_new(g->dir, err);
	if (st != AK_OK) {
		ak_git_free(&g);
		return st;
	}
	*out = g;
	return AK_OK;
}

/* -- reading -- */

const char *ak_git_dir(const ak_git *g)
{
	return g->dir;
}

void ak_git_record_path(uint64_t seq, char out[40])
{
	(void)snprintf(out, 40, "records/%02u/%02u/%02u/%02u/%02u.jsonl", (unsigned)(seq / 100000000 % 100),
	               (unsigned)(seq / 1000000 % 100), (unsigned)(seq / 10000 % 100),
	               (unsigned)(seq / 100 % 100), (unsigned)(seq % 100));
}

ak_status ak_git_tip(ak_git *g, char id[AK_STORE_ID_MAX + 1], ak_error *err)
{
	git_reference *ref = NULL;
	ak_status st = AK_OK;
	int rc = git_reference_lookup(&ref, g->repo, AK_GIT_REF);

	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		id[0] = '\0';
		return AK_OK;
	}
	if (rc < 0)
		return ak_git_fail(err, rc, "git.ref", AK_GIT_REF);
	if (git_reference_type(ref) != GIT_REFERENCE_DIRECT) {
		(void)ak_fail(err, AK_BAD_FORMAT, "git.ref", 0, AK_GIT_REF " points at another reference");
		st = ak_fail_values(err, AK_BAD_FORMAT, "a commit", git_reference_symbolic_target(ref));
	} else {
		git_oid_tostr(id, AK_STORE_ID_MAX + 1, git_reference_target(ref));
	}
	git_reference_free(ref);
	return st;
}

static ak_status git_head(void *ctx, ak_head *out, ak_error *err)
{
	ak_git *g = ctx;
	char id[AK_STORE_ID_MAX + 1] = "";
	bool found = true;
	git_oid tree;
	ak_buf note;
	ak_status st = AK_OK;

	if (g->look_at[0] != '\0')
		memcpy(id, g->look_at, sizeof(id));
	else
		st = ak_git_tip(g, id, err);
	if (st != AK_OK)
		return st;
	ak_buf_init(&note, AK_CHECKPOINT_MAX);
	if (id[0] != '\0') {
		st = ak_git_commit_tree(g, id, &tree, err);
		if (st == AK_OK)
			st = ak_git_top_file(g, &tree, "checkpoint", AK_CHECKPOINT_MAX, &note, &found, err);
		if (st == AK_OK && !found) {
			(void)ak_fail(err, AK_BAD_FORMAT, "git.checkpoint", 0, "commit %s has no checkpoint", id);
			st = ak_fail_values(err, AK_BAD_FORMAT, "a file checkpoint", "none");
		}
	}
	if (st != AK_OK) {
		ak_buf_clear(&note);
		return st;
	}
	(void)snprintf(out->id, sizeof(out->id), "%s", id);
	out->checkpoint = note;
	return AK_OK;
}

static ak_status git_record(void *ctx, const ak_head *at, uint64_t seq, ak_buf *out, ak_error *err)
{
	return ak_git_record(ctx, at->id, seq, out, err);
}

ak_store ak_git_port(ak_git *g)
{
	static const ak_store_ops ops = { git_head, git_record, ak_git_stage, ak_git_publish };

	return (ak_store){ &ops, g };
}

ak_status ak_git_file(ak_git *g, const ak_head *at, const char *path, size_t max, ak_buf *out, ak_error *err)
{
	bool found = false;
	git_oid tree;
	ak_status st;

	if (at->id[0] != '\0') {
		st = ak_git_commit_tree(g, at->id, &tree, err);
		if (st == AK_OK)
			st = ak_git_top_file(g, &tree, path, max, out, &found, err);
		if (st != AK_OK)
			return st;
	}
	if (!found)
		return ak_fail(err, AK_NOT_FOUND, "git.file", 0, "the ledger has no file %s", path);
	return AK_OK;
}
