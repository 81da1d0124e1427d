/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* F_OFD_SETLK, renameat2, RENAME_NOREPLACE */
#include "store/durable.h"

#include "base/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_MAX_LEN = 255, TEMP_TRIES = 1000, LOCK_STEP_MS = 5 };

static ak_status io_fail(ak_error *err, const char *where, const char *doing, const char *path)
{
	int e = errno;

	return ak_fail(err, e == ENOMEM ? AK_NO_MEMORY : AK_IO, where, 0, "%s %s: %s", doing, path,
	               strerror(e));
}

/* The folder is opened before anything is written and kept open, so that an error while it is
 * written back is reported to us and to nobody else. */
static ak_status open_parent(const char *path, int *fd, const char **name, ak_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;
	char *folder;
	int d;

	if (base[0] == '\0' || strlen(base) + 24 > NAME_MAX_LEN)
		return ak_fail(err, AK_INVALID_ARGUMENT, "file.name", 0, "not a file name: %s", path);
	if (slash == NULL)
		folder = ak_span_dup(ak_span_str("."));
	else if (slash == path)
		folder = ak_span_dup(ak_span_str("/"));
	else
		folder = ak_span_dup((ak_span){ (const uint8_t *)path, (size_t)(slash - path) });
	if (folder == NULL)
		return ak_no_memory(err, "file");
	d = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d < 0) {
		ak_status st = io_fail(err, "folder", "cannot open", folder);

		ak_mem_free(folder);
		return st;
	}
	ak_mem_free(folder);
	*fd = d;
	*name = base;
	return AK_OK;
}

static bool write_all(int fd, ak_span bytes)
{
	while (bytes.len != 0) {
		ssize_t n = write(fd, bytes.data, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes.data += n;
		bytes.len -= (size_t)n;
	}
	return true;
}

/* A new file beside the target.  A name left by a dead process is passed over. */
static int create_temp(int dir, const char *name, unsigned mode, char temp[NAME_MAX_LEN + 1])
{
	for (int i = 0; i < TEMP_TRIES; i++) {
		int fd;

		(void)snprintf(temp, NAME_MAX_LEN + 1, ".%s.%ld-%d", name, (long)getpid(), i);
		fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)(mode & 0777));
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* Bytes and mode are on disk under `temp` when this returns AK_OK. */
static ak_status write_temp(int dir, const char *path, const char *name, ak_span bytes, unsigned mode,
                            char temp[NAME_MAX_LEN + 1], ak_error *err)
{
	ak_status st = AK_OK;
	int fd = create_temp(dir, name, mode, temp);

	if (fd < 0)
		return io_fail(err, "file", "cannot create a file beside", path);
	/* fchmod: the process's umask must not decide who reads a key. */
	if (fchmod(fd, (mode_t)(mode & 0777)) != 0 || !write_all(fd, bytes) || fsync(fd) != 0)
		st = io_fail(err, "file", "cannot write", path);
	if (close(fd) != 0 && st == AK_OK)
		st = io_fail(err, "file", "cannot write", path);
	if (st != AK_OK)
		(void)unlinkat(dir, temp, 0);
	return st;
}

ak_status ak_durable_write(const char *path, ak_span bytes, unsigned mode, ak_error *err)
{
	char temp[NAME_MAX_LEN + 1];
	const char *name = NULL;
	int dir = -1;
	ak_status st = open_parent(path, &dir, &name, err);

	if (st != AK_OK)
		return st;
	st = write_temp(dir, path, name, bytes, mode, temp, err);
	if (st != AK_OK)
		goto out;
	if (renameat(dir, temp, dir, name) != 0) {
		st = io_fail(err, "file", "cannot replace", path);
		(void)unlinkat(dir, temp, 0);
	} else if (fsync(dir) != 0) {
		st = io_fail(err, "folder", "cannot sync the folder of", path);
	}
out:
	(void)close(dir);
	return st;
}

/* Give the file its name unless that exists.  Not every file system knows both ways. */
static int move_new(int dir, const char *temp, const char *name)
{
	if (renameat2(dir, temp, dir, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(dir, temp, dir, name, 0) != 0)
		return -1;
	(void)unlinkat(dir, temp, 0);
	return 0;
}

ak_status ak_durable_create(const char *path, ak_span bytes, unsigned mode, ak_error *err)
{
	char temp[NAME_MAX_LEN + 1];
	const char *name = NULL;
	int dir = -1;
	ak_status st = open_parent(path, &dir, &name, err);

	if (st != AK_OK)
		return st;
	st = write_temp(dir, path, name, bytes, mode, temp, err);
	if (st != AK_OK)
		goto out;
	if (move_new(dir, temp, name) != 0) {
		st = errno == EEXIST
		             ? ak_fail(err, AK_INVALID_ARGUMENT, "file", 0, "%s exists already", path)
		             : io_fail(err, "file", "cannot create", path);
		(void)unlinkat(dir, temp, 0);
	} else if (fsync(dir) != 0) {
		st = io_fail(err, "folder", "cannot sync the folder of", path);
	}
out:
	(void)close(dir);
	return st;
}

static ak_status read_all(int fd, const char *path, size_t max, ak_buf *out, ak_error *err)
{
	size_t start = out->len;
	uint8_t block[8192];

	for (;;) {
		ssize_t n = read(fd, block, sizeof(block));
		ak_status st;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return io_fail(err, "file", "cannot read", path);
		if (n == 0)
			return AK_OK;
		if ((size_t)n > max - (out->len - start))
			return ak_fail(err, AK_LIMIT, "file", max, "%s is over %zu bytes", path, max);
		st = ak_buf_add(out, block, (size_t)n, err);
		if (st != AK_OK)
			return st;
	}
}

ak_status ak_durable_read(const char *path, size_t max, ak_buf *out, ak_error *err)
{
	ak_status st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return ak_fail(err, AK_NOT_FOUND, "file", 0, "%s is not there", path);
	if (fd < 0)
		return io_fail(err, "file", "cannot open", path);
	st = read_all(fd, path, max, out, err);
	(void)close(fd);
	return st;
}

struct ak_lock {
	int fd;
};

static void sleep_ms(unsigned ms)
{
	struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000L };

	/* A signal may cut the wait short: the caller counts tries, so it only asks sooner. */
	(void)nanosleep(&t, NULL);
}

/* Open file description locks, not POSIX ones: two openings in one process exclude each other, and
 * closing some other descriptor of the file does not drop the lock. */
static ak_status wait_for(int fd, const char *path, unsigned wait_ms, ak_error *err)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	for (unsigned waited = 0;; waited += LOCK_STEP_MS) {
		if (fcntl(fd, F_OFD_SETLK, &l) == 0)
			return AK_OK;
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return io_fail(err, "lock", "cannot lock", path);
		if (waited >= wait_ms)
			return ak_fail(err, AK_LOCKED, "lock", 0, "another process holds %s", path);
		sleep_ms(wait_ms - waited < LOCK_STEP_MS ? wait_ms - waited : LOCK_STEP_MS);
	}
}

ak_status ak_lock_take(const char *path, unsigned wait_ms, ak_lock **out, ak_error *err)
{
	ak_lock *l = ak_mem_alloc(sizeof(*l));
	ak_status st;

	if (l == NULL)
		return ak_no_memory(err, "lock");
	l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);
	if (l->fd < 0) {
		st = io_fail(err, "lock", "cannot open", path);
		ak_mem_free(l);
		return st;
	}
	st = wait_for(l->fd, path, wait_ms, err);
	if (st != AK_OK) {
		ak_lock_release(&l);
		return st;
	}
	*out = l;
	return AK_OK;
}

/* The file stays: removing it would let two holders lock two files of one name. */
void ak_lock_release(ak_lock **l)
{
	if (l == NULL || *l == NULL)
		return;
	(void)close((*l)->fd);
	ak_mem_free(*l);
	*l = NULL;
}
