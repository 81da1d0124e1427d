/* SPDX-License-Identifier: Apache-2.0 */
/* Loose objects, many at a time.
 *
 * libgit2 syncs each object's file and folder before it begins the next; for the nine objects of one
 * sealed record that is two thirds of the time of `seal`.  Here all files are written first, then synced,
 * then named, then the folders are synced: an object has its name only after its bytes are durable, so a
 * crash leaves temporary files at worst, and never a name without an object.
 *
 * The bytes are not compressed (a zlib stream of stored blocks, RFC 1950 and 1951): `git gc` packs and
 * compresses them later, and readers need less time until then.
 */
#include "store/git_internal.h"

#include "base/fail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STORED_MAX = 65535, FOLDERS = 256, TEMP_TRIES = 1000, SWEEP_AGE_S = 3600 };

/* git's own housekeeping removes old files of this prefix. */
#define TEMP_PREFIX "tmp_obj_"
/* What libgit2 calls the temporary files of its own writer. */
#define LIBGIT2_PREFIX "tmp_object_git2_"

static ak_status io_fail(ak_error *err, const char *doing, const char *path)
{
	int e = errno;

	return ak_fail(err, e == ENOMEM ? AK_NO_MEMORY : AK_IO, "git.objects", 0, "%s %s: %s", doing, path,
	               strerror(e));
}

static ak_status add_stored(ak_buf *out, ak_span in, bool last, ak_error *err)
{
	uint8_t h[5] = { last ? 1 : 0, (uint8_t)(in.len & 255), (uint8_t)(in.len >> 8) };
	ak_status st;

	h[3] = (uint8_t)~h[1];
	h[4] = (uint8_t)~h[2];
	st = ak_buf_add(out, h, sizeof(h), err);
	return st == AK_OK ? ak_buf_add_span(out, in, err) : st;
}

ak_status ak_git_store_stream(ak_span head, ak_span body, ak_buf *out, ak_error *err)
{
	static const uint8_t magic[2] = { 0x78, 0x01 };
	ak_span rest = body;
	uint8_t sum[4];
	ak_status st = ak_buf_add(out, magic, sizeof(magic), err);

	ak_put_be32(sum, ak_git_adler32(head.len == 0 ? 1 : ak_git_adler32(1, head), body));
	if (st == AK_OK && (head.len != 0 || body.len == 0))
		st = add_stored(out, head, body.len == 0, err);
	while (st == AK_OK && rest.len != 0) {
		ak_span part = { rest.data, rest.len < STORED_MAX ? rest.len : STORED_MAX };

		rest = (ak_span){ rest.data + part.len, rest.len - part.len };
		st = add_stored(out, part, rest.len == 0, err);
	}
	return st == AK_OK ? ak_buf_add(out, sum, sizeof(sum), err) : st;
}

/* "<type> <length>" NUL <bytes>, as one zlib stream. */
static ak_status encode(const ak_git_pending_item *e, ak_buf *out, ak_error *err)
{
	char head[64];
	int n = snprintf(head, sizeof(head), "%s %zu", git_object_type2string(e->type), e->bytes.len);

	return ak_git_store_stream((ak_span){ (const uint8_t *)head, (size_t)n + 1 }, e->bytes, out, err);
}

static bool write_all(int fd, ak_span b)
{
	while (b.len != 0) {
		ssize_t n = write(fd, b.data, b.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		b.data += n;
		b.len -= (size_t)n;
	}
	return true;
}

/* One object on its way: an open file under a temporary name. */
typedef struct flight {
	int fd; /* -1: closed */
	bool named;
	char temp[64];
} flight;

/* `first`: the number to begin with; lower ones are our own. */
static ak_status open_temp(int dir, size_t first, flight *f, ak_error *err)
{
	for (size_t i = first; i < first + TEMP_TRIES; i++) {
		(void)snprintf(f->temp, sizeof(f->temp), TEMP_PREFIX "%ld_%zu", (long)getpid(), i);
		f->fd = openat(dir, f->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
		if (f->fd >= 0 || errno != EEXIST)
			break;
	}
	return f->fd >= 0 ? AK_OK : io_fail(err, "cannot create", f->temp);
}

static ak_status write_files(int dir, const ak_git_pending *p, bool sync, flight *f, ak_error *err)
{
	ak_status st = AK_OK;
	ak_buf b;

	ak_buf_init(&b, 2 * (size_t)AK_RECORD_MAX);
	for (size_t i = 0; st == AK_OK && i < p->n; i++) {
		b.len = 0;
		st = encode(&p->items[i], &b, err);
		if (st == AK_OK)
			st = open_temp(dir, i, &f[i], err);
		if (st == AK_OK && !write_all(f[i].fd, ak_buf_span(&b)))
			st = io_fail(err, "cannot write", f[i].temp);
	}
	ak_buf_clear(&b);
	for (size_t i = 0; st == AK_OK && i < p->n; i++) {
		int fd = f[i].fd;

		f[i].fd = -1;
		if (sync && fsync(fd) != 0) {
			st = io_fail(err, "cannot sync", f[i].temp);
			(void)close(fd);
		} else if (close(fd) != 0) {
			st = io_fail(err, "cannot close", f[i].temp);
		}
	}
	return st;
}

static ak_status sync_folders(int dir, const bool touched[FOLDERS], ak_error *err)
{
	for (unsigned i = 0; i < FOLDERS; i++) {
		char folder[3];
		int fd;
		bool ok;

		if (!touched[i])
			continue;
		(void)snprintf(folder, sizeof(folder), "%02x", i);
		fd = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ok = fd >= 0 && fsync(fd) == 0;
		if (!ok) {
			ak_status st = io_fail(err, "cannot sync folder", folder);

			if (fd >= 0)
				(void)close(fd);
			return st;
		}
		(void)close(fd);
	}
	return fsync(dir) == 0 ? AK_OK : io_fail(err, "cannot sync", "objects");
}

/* Renaming over an object that is there already puts the same bytes in its place: cheaper than asking,
 * and it mends what an earlier crash or a bad disk left under that name. */
static ak_status name_files(int dir, const ak_git_pending *p, size_t first, size_t end, bool sync, flight *f, ak_error *err)
{
	bool touched[FOLDERS] = { false };

	if (first == end)
		return AK_OK;
	for (size_t i = first; i < end; i++) {
		char name[GIT_OID_HEXSZ + 2], folder[3];

		git_oid_pathfmt(name, &p->items[i].id);
		name[GIT_OID_HEXSZ + 1] = '\0';
		memcpy(folder, name, 2);
		folder[2] = '\0';
		if (mkdirat(dir, folder, 0777) != 0 && errno != EEXIST)
			return io_fail(err, "cannot create folder", folder);
		if (renameat(dir, f[i].temp, dir, name) != 0)
			return io_fail(err, "cannot create", name);
		f[i].named = true;
		touched[p->items[i].id.id[0]] = true;
	}
	return sync ? sync_folders(dir, touched, err) : AK_OK;
}

static ak_status open_objects(const ak_git *g, const char *sub, int *fd, ak_error *err)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%sobjects%s", g->dir, sub);
	int d;

	if (n < 0 || (size_t)n >= sizeof(path))
		return ak_fail(err, AK_LIMIT, "git.objects", 0, "the path is too long");
	d = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d < 0)
		return io_fail(err, "cannot open", path);
	*fd = d;
	return AK_OK;
}

ak_status ak_git_write_loose(ak_git *g, const ak_git_pending *p, ak_error *err)
{
	flight *f = NULL;
	size_t last = p->n != 0 && p->items[p->n - 1].type == GIT_OBJECT_COMMIT ? p->n - 1 : p->n;
	int dir = -1;
	ak_status st = p->n == 0 ? AK_OK : open_objects(g, "", &dir, err);

	if (st != AK_OK || p->n == 0)
		return st;
	f = ak_mem_array(p->n, sizeof(*f));
	if (f == NULL) {
		st = ak_no_memory(err, "git.objects");
		goto out;
	}
	for (size_t i = 0; i < p->n; i++)
		f[i].fd = -1;
	st = write_files(dir, p, !g->sync_later, f, err);
	/* A commit, which comes last, only when all that it names is durable: whoever finds it finds its tree. */
	if (st == AK_OK)
		st = name_files(dir, p, 0, last, !g->sync_later, f, err);
	if (st == AK_OK)
		st = name_files(dir, p, last, p->n, !g->sync_later, f, err);
	for (size_t i = 0; i < p->n; i++) {
		if (f[i].fd >= 0)
			(void)close(f[i].fd);
		if (!f[i].named && f[i].temp[0] != '\0')
			(void)unlinkat(dir, f[i].temp, 0);
	}
out:
	ak_mem_free(f);
	(void)close(dir);
	return st;
}

/* Every file of one folder, which is synced with the others afterwards. */
static ak_status sync_files(int dir, const char *folder, ak_error *err)
{
	const struct dirent *e;
	ak_status st = AK_OK;
	int fd = openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL) {
		st = io_fail(err, "cannot read", folder);
		if (fd >= 0)
			(void)close(fd);
		return st;
	}
	for (errno = 0; st == AK_OK && (e = readdir(d)) != NULL; errno = 0) {
		int file = e->d_name[0] == '.' ? -1 : openat(fd, e->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

		if (e->d_name[0] == '.')
			continue;
		if (file < 0 || fsync(file) != 0)
			st = io_fail(err, "cannot sync", e->d_name);
		if (file >= 0)
			(void)close(file);
	}
	if (st == AK_OK && errno != 0)
		st = io_fail(err, "cannot read", folder);
	(void)closedir(d);
	return st;
}

ak_status ak_git_sync_loose(ak_git *g, ak_error *err)
{
	bool there[FOLDERS] = { false };
	int dir = -1;
	ak_status st = g->sync_later ? open_objects(g, "", &dir, err) : AK_OK;

	if (st != AK_OK || dir < 0)
		return st;
	for (unsigned i = 0; st == AK_OK && i < FOLDERS; i++) {
		char folder[4]; /* one more than is needed: an optimising gcc takes the end of the loop for a name */

		(void)snprintf(folder, sizeof(folder), "%02x", i);
		there[i] = faccessat(dir, folder, F_OK, 0) == 0;
		if (there[i])
			st = sync_files(dir, folder, err);
	}
	if (st == AK_OK)
		st = sync_folders(dir, there, err);
	g->sync_later = st != AK_OK;
	(void)close(dir);
	return st;
}

/* One of this file's own: git's have no second underscore. */
static bool is_own_temp(const char *name)
{
	size_t n = strlen(TEMP_PREFIX), pid, at;

	if (strncmp(name, TEMP_PREFIX, n) != 0)
		return false;
	pid = strspn(name + n, "0123456789");
	at = pid == 0 || name[n + pid] != '_' ? 0 : strspn(name + n + pid + 1, "0123456789");
	return at != 0 && name[n + pid + 1 + at] == '\0';
}

static bool is_temp(const char *name)
{
	return strncmp(name, TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0 ||
	       strncmp(name, LIBGIT2_PREFIX, strlen(LIBGIT2_PREFIX)) == 0;
}

/* false: not all that is `wanted` could be removed. */
static bool sweep(int fd, DIR *d, bool own, int64_t before)
{
	const struct dirent *e;
	struct stat s;
	bool ok = true;

	for (errno = 0; (e = readdir(d)) != NULL; errno = 0) {
		if (own ? is_own_temp(e->d_name)
		        : is_temp(e->d_name) && fstatat(fd, e->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(s.st_mode) && s.st_mtime < before)
			ok = (unlinkat(fd, e->d_name, 0) == 0 || errno == ENOENT) && ok;
	}
	return ok && errno == 0;
}

void ak_git_sweep(ak_git *g, int64_t now)
{
	DIR *d;
	int fd;

	if (open_objects(g, "", &fd, NULL) != AK_OK)
		return;
	d = fdopendir(fd);
	if (d == NULL) {
		(void)close(fd);
		return;
	}
	(void)sweep(fd, d, false, now - SWEEP_AGE_S);
	(void)closedir(d);
}

static ak_status forget_object(const ak_git *g, int dir, const git_oid *id, ak_error *err)
{
	char name[GIT_OID_HEXSZ + 2];
	bool touched[FOLDERS] = { false };

	git_oid_pathfmt(name, id);
	name[GIT_OID_HEXSZ + 1] = '\0';
	touched[id->id[0]] = true;
	if (unlinkat(dir, name, 0) == 0)
		return sync_folders(dir, touched, err);
	if (errno != ENOENT)
		return io_fail(err, "cannot remove", name);
	/* Not a file of its own: then it is nowhere, or somebody has packed it. */
	if (git_odb_exists(g->odb, id) == 1)
		return ak_fail(err, AK_IO, "git.objects", 0, "%.2s%s lies in a pack: take what no reference names out of it (git gc --prune=now), "
		               "then again", name, name + 3);
	return AK_OK;
}

ak_status ak_git_forget(ak_git *g, const git_oid *id, size_t n, ak_error *err)
{
	ak_status st;
	DIR *d;
	int fd;

	st = open_objects(g, "", &fd, err);
	if (st != AK_OK)
		return st;
	d = fdopendir(fd);
	if (d == NULL) {
		st = io_fail(err, "cannot read", "objects");
		(void)close(fd);
		return st;
	}
	if (!sweep(fd, d, true, 0))
		st = io_fail(err, "cannot remove temporary files in", "objects");
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = forget_object(g, fd, &id[i], err);
	if (st == AK_OK && fsync(fd) != 0)
		st = io_fail(err, "cannot sync", "objects");
	(void)closedir(d);
	return st;
}
