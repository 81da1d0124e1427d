/* SPDX-License-Identifier: Apache-2.0 */
#include "store/git_internal.h"

#include "base/fail.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	LOCK_STALE_S = 2,
	LOCK_STEP_MS = 20,
	LOCK_TRIES = 250, /* five seconds in all: longer than a stale lock takes to be known as one */
};

/* The newest id must have been staged on top of the one it replaces: a reference that is moved
 * anywhere else would drop history (S2). */
static ak_status check_parent(ak_git *g, const char *was_id, const char *new_id, ak_error *err)
{
	ak_git_object o = { 0 };
	git_oid id;
	ak_span b;
	bool ok;
	ak_status st = ak_git_parse_id(new_id, &id, err);

	if (st == AK_OK)
		st = ak_git_read(g, &id, GIT_OBJECT_COMMIT, AK_GIT_COMMIT_MAX, "git.commit", &o, err);
	if (st != AK_OK)
		return st;
	b = o.bytes;
	if (b.len < 6 + GIT_OID_HEXSZ) {
		ok = false;
	} else {
		ak_span rest = { b.data + 6 + GIT_OID_HEXSZ, b.len - 6 - GIT_OID_HEXSZ };

		ok = ak_span_starts(rest, "parent ") == (was_id[0] != '\0');
		if (ok && was_id[0] != '\0')
			ok = rest.len >= 7 + GIT_OID_HEXSZ && memcmp(rest.data + 7, was_id, GIT_OID_HEXSZ) == 0;
	}
	ak_git_object_clear(&o);
	if (!ok)
		return ak_fail(err, AK_INVALID_ARGUMENT, "head.id", 0, "not staged on top of the head: %s", new_id);
	return AK_OK;
}

/* Is the lock file older than the file system's own idea of now?  A file made this instant tells that
 * idea: the ledger may lie on another machine, whose clock is not ours. */
static bool is_stale(const ak_git *g, const char *lock)
{
	struct stat held, now;
	char probe[4096];
	int fd, n = snprintf(probe, sizeof(probe), "%sakashi-now-XXXXXX", g->dir);
	bool stale = false;

	if (n < 0 || (size_t)n >= sizeof(probe))
		return false;
	fd = mkstemp(probe);
	if (fd < 0)
		return false;
	if (fstat(fd, &now) == 0 && lstat(lock, &held) == 0)
		stale = S_ISREG(held.st_mode) && now.st_mtime - held.st_mtime > LOCK_STALE_S;
	(void)close(fd);
	(void)unlink(probe);
	return stale;
}

/* Whoever publishes holds the ledger's own lock, so a lock file on the reference is that of somebody who
 * died, or of a stock git that will be done in a moment. */
static int lock_ref(ak_git *g, git_transaction *tx)
{
	struct timespec step = { 0, LOCK_STEP_MS * 1000000L };
	char lock[4096];
	int n = snprintf(lock, sizeof(lock), "%s" AK_GIT_REF ".lock", g->dir);
	int rc = git_transaction_lock_ref(tx, AK_GIT_REF);

	for (int i = 0; rc == GIT_ELOCKED && n > 0 && (size_t)n < sizeof(lock) && i < LOCK_TRIES; i++) {
		if (i % 50 == 0 && is_stale(g, lock))
			(void)unlink(lock);
		else
			(void)nanosleep(&step, NULL);
		rc = git_transaction_lock_ref(tx, AK_GIT_REF);
	}
	return rc;
}

/* Under the lock: compare, then move. */
static ak_status swap(ak_git *g, git_transaction *tx, const char *was_id, const git_oid *new_id, ak_error *err)
{
	char tip[AK_STORE_ID_MAX + 1];
	ak_status st = ak_git_tip(g, tip, err);
	int rc;

	if (st != AK_OK)
		return st;
	if (strcmp(tip, was_id) != 0)
		return ak_mismatch(err, AK_CONFLICT, "head", 0, was_id, tip);
	rc = git_transaction_set_target(tx, AK_GIT_REF, new_id, NULL, NULL);
	if (rc >= 0)
		rc = git_transaction_commit(tx);
	return rc < 0 ? ak_git_fail(err, rc, "git.ref", AK_GIT_REF) : AK_OK;
}

static void sync_folder(const ak_git *g)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%srefs/heads", g->dir);
	int fd = n < 0 || (size_t)n >= sizeof(path) ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
}

/* libgit2 reports an error also when the reference has moved and only its folder could not be opened or
 * synced: so look, and decide by what is there, after trying the sync once more. */
static ak_status settle(ak_git *g, const char *new_id, ak_status st)
{
	char tip[AK_STORE_ID_MAX + 1];

	if (ak_git_tip(g, tip, NULL) != AK_OK || strcmp(tip, new_id) != 0)
		return st;
	sync_folder(g);
	return AK_OK;
}

ak_status ak_git_move(ak_git *g, const char *was_id, const char *new_id, ak_error *err)
{
	git_transaction *tx = NULL;
	git_oid id;
	ak_status st = ak_git_parse_id(new_id, &id, err);
	int rc;

	if (st != AK_OK)
		return st;
	rc = git_transaction_new(&tx, g->repo);
	if (rc >= 0)
		rc = lock_ref(g, tx);
	/* PUBLISHED inside: the one instant at which the ledger changes (S1). */
	st = rc < 0 ? ak_git_fail(err, rc, "git.ref", AK_GIT_REF) : swap(g, tx, was_id, &id, err);
	git_transaction_free(tx);
	if (st != AK_OK && st != AK_CONFLICT)
		st = settle(g, new_id, st);
	return st;
}

ak_status ak_git_publish(void *ctx, const char *was_id, const char *new_id, ak_error *err)
{
	ak_git *g = ctx;
	char tip[AK_STORE_ID_MAX + 1];
	ak_status st = ak_git_tip(g, tip, err);

	/* Asked again under the lock; asked here so that a conflict is not reported as a bad argument. */
	if (st == AK_OK && strcmp(tip, was_id) != 0)
		st = ak_mismatch(err, AK_CONFLICT, "head", 0, was_id, tip);
	if (st == AK_OK)
		st = check_parent(g, was_id, new_id, err);
	return st == AK_OK ? ak_git_move(g, was_id, new_id, err) : st;
}

void ak_git_sync_later(ak_git *g)
{
	g->sync_later = true;
}

ak_status ak_git_begin(ak_git *g, const char *id, ak_error *err)
{
	ak_status st = ak_git_sync_loose(g, err);

	return st == AK_OK ? ak_git_move(g, "", id, err) : st;
}
