/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *ak_file_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

bool ak_file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

ak_span ak_file_span(const ak_file *f)
{
	return (ak_span){ (const uint8_t *)f->data, f->len };
}

void ak_file_drop(ak_file *f)
{
	volatile char *p = f->data; /* volatile: a plain memset before free may be left out */

	for (size_t i = 0; p != NULL && i < f->len; i++)
		p[i] = 0;
	free(f->data);
	*f = (ak_file){ 0 };
}

const char *ak_file_why(const ak_cli *c, int error)
{
	return ak_file_why_in(c->ja, error);
}

const char *ak_file_why_in(bool ja, int error)
{
	static const struct {
		int error;
		ak_msg text;
	} known[] = {
		{ ENOENT, MSG_NO_SUCH_FILE },
		{ EACCES, MSG_NO_PERMISSION },
		{ EPERM, MSG_NO_PERMISSION },
		{ EISDIR, MSG_IS_A_FOLDER },
		{ ENOTDIR, MSG_NOT_A_FOLDER },
		{ ENOSPC, MSG_DISK_FULL },
		{ EROFS, MSG_READ_ONLY },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].error == error)
			return ak_msg_text(known[i].text, ja);
	}
	return strerror(error);
}

static int cannot(const ak_cli *c, const char *path, ak_msg m)
{
	int why = errno;

	return ak_out_fault(c, AK_IO, path, m, ak_file_why(c, why), NULL);
}

/* Make room for `more` bytes and a NUL.  Not realloc(): it would leave a copy of a key behind. */
static bool grow(ak_file *f, size_t *room, size_t more)
{
	ak_file bigger = { NULL, f->len };

	if (*room - f->len > more)
		return true;
	while (*room - f->len <= more)
		*room = *room * 2;
	bigger.data = malloc(*room);
	if (bigger.data == NULL)
		return false;
	if (f->len > 0)
		memcpy(bigger.data, f->data, f->len);
	ak_file_drop(f);
	*f = bigger;
	return true;
}

static int read_all(const ak_cli *c, int fd, const char *path, size_t most, ak_file *out)
{
	enum { PIECE = 65536 };
	size_t room = PIECE * 2;
	ak_file f = { malloc(PIECE * 2), 0 };
	int code;

	if (f.data == NULL)
		return ak_out_no_memory(c);
	for (;;) {
		ssize_t n;

		if (!grow(&f, &room, PIECE)) {
			code = ak_out_no_memory(c);
			goto out;
		}
		n = read(fd, f.data + f.len, PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			code = cannot(c, path, MSG_CANNOT_READ);
			goto out;
		}
		if (n == 0)
			break;
		f.len += (size_t)n;
		if (f.len > most) {
			code = ak_out_fault(c, AK_LIMIT, path, MSG_FILE_TOO_BIG, NULL);
			goto out;
		}
	}
	f.data[f.len] = '\0';
	*out = f;
	return EXIT_HOLDS;
out:
	ak_file_drop(&f);
	return code;
}

/* A pipe that has a name in a file system waits for a writer that may never come.  One that the shell made ("<(…)", /dev/stdin)
 * has a writer; it is kept where every pipe without a name is. */
static bool is_named_pipe(int fd)
{
	struct stat st, nameless;
	int ends[2];
	bool known;

	if (fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode) || pipe(ends) != 0)
		return false;
	known = fstat(ends[0], &nameless) == 0;
	(void)close(ends[0]);
	(void)close(ends[1]);
	return known && st.st_dev != nameless.st_dev;
}

static int open_to_read(const ak_cli *c, const char *path, int *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), code = EXIT_HOLDS; /* NONBLOCK: to see what it is without waiting */
	int flags;

	if (fd < 0)
		return cannot(c, path, MSG_CANNOT_OPEN);
	if (is_named_pipe(fd))
		code = ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_NAMED_PIPE, path, NULL);
	else if ((flags = fcntl(fd, F_GETFL)) < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		code = cannot(c, path, MSG_CANNOT_OPEN);
	if (code != EXIT_HOLDS)
		(void)close(fd);
	else
		*out = fd;
	return code;
}

int ak_file_read(const ak_cli *c, const char *path, size_t most, ak_file *out)
{
	int fd = -1, code;

	if (strcmp(path, "-") == 0)
		return read_all(c, STDIN_FILENO, "-", most, out);
	code = open_to_read(c, path, &fd);
	if (code != EXIT_HOLDS)
		return code;
	code = read_all(c, fd, path, most, out);
	(void)close(fd);
	return code;
}

static bool write_all(int fd, ak_span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.data, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes.data += n;
		bytes.len -= (size_t)n;
	}
	return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP; /* a pipe or device cannot be synced */
}

/* A new name is lost in a power cut as long as its folder is not on disk. */
static bool sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
	int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced;

	if (fd < 0) { /* one that may be written to and not be read */
		synced = folder != NULL && errno == EACCES;
	} else {
		synced = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
		(void)close(fd);
	}
	free(folder);
	return synced;
}

static int write_new(const ak_cli *c, const char *path, ak_span bytes, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	bool written;

	if (fd < 0 && errno == EEXIST)
		return ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_FILE_EXISTS, NULL);
	if (fd < 0)
		return cannot(c, path, MSG_CANNOT_WRITE);
	written = write_all(fd, bytes);
	if (close(fd) != 0)
		written = false;
	if (written && sync_folder(path))
		return EXIT_HOLDS;
	(void)cannot(c, path, MSG_CANNOT_WRITE);
	(void)unlink(path); /* half a file would be taken for a whole one */
	return EXIT_NOT_DECIDED;
}

bool ak_file_swap(const char *path, ak_span bytes)
{
	size_t room = strlen(path) + 16;
	char *temporary = malloc(room);
	struct stat before;
	mode_t mode = 0644;
	int fd, why = 0;

	if (temporary == NULL)
		return false;
	if (stat(path, &before) == 0)
		mode = before.st_mode & 0777;
	(void)snprintf(temporary, room, "%s.XXXXXX", path);
	fd = mkstemp(temporary);
	if (fd < 0) {
		why = errno;
		free(temporary);
		errno = why;
		return false;
	}
	if (fchmod(fd, mode) != 0 || !write_all(fd, bytes))
		why = errno;
	if (close(fd) != 0 && why == 0)
		why = errno;
	if (why == 0 && rename(temporary, path) != 0)
		why = errno;
	if (why != 0)
		(void)unlink(temporary);
	else if (!sync_folder(path))
		why = errno;
	free(temporary);
	errno = why;
	return why == 0;
}

int ak_file_write(const ak_cli *c, const char *path, ak_span bytes, ak_write how)
{
	if (strcmp(path, "-") == 0) {
		(void)fwrite(bytes.data, 1, bytes.len, stdout);
		return EXIT_HOLDS;
	}
	switch (how) {
	case AK_WRITE_REPLACE:
		return ak_file_swap(path, bytes) ? EXIT_HOLDS : cannot(c, path, MSG_CANNOT_WRITE);
	case AK_WRITE_SECRET:
		return write_new(c, path, bytes, 0600);
	case AK_WRITE_NEW:
		break;
	}
	return write_new(c, path, bytes, 0644);
}

int ak_file_make_folder(const ak_cli *c, const char *path, bool for_owner_only)
{
	struct stat st;

	if (mkdir(path, for_owner_only ? 0700 : 0777) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return EXIT_HOLDS;
	return cannot(c, path, MSG_CANNOT_WRITE);
}

int ak_file_digest(const ak_cli *c, const char *path, ak_digest *out)
{
	ak_error e = { 0 };
	ak_hasher *h = NULL;
	uint8_t piece[8192];
	int fd = STDIN_FILENO, code = EXIT_HOLDS;
	ssize_t n;

	if (strcmp(path, "-") != 0)
		code = open_to_read(c, path, &fd);
	if (code != EXIT_HOLDS)
		return code;
	if (ak_hasher_open(&h, &e) != AK_OK) {
		code = ak_out_refused(c, path, &e, NULL);
		goto out;
	}
	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			code = cannot(c, path, MSG_CANNOT_READ);
			goto out;
		}
		if (ak_hasher_add(h, (ak_span){ piece, (size_t)n }, &e) != AK_OK) {
			code = ak_out_refused(c, path, &e, NULL);
			goto out;
		}
	}
	if (ak_hasher_close(&h, out, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
out:
	if (h != NULL) {
		ak_digest dropped;

		if (ak_hasher_close(&h, &dropped, NULL) != AK_OK)
			code = code == EXIT_HOLDS ? EXIT_NOT_DECIDED : code;
	}
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return code;
}

char *ak_file_digest_text(const ak_digest *d)
{
	enum { PREFIX = 7 };
	char *text = malloc(PREFIX + 2 * AK_DIGEST_LEN + 1);

	if (text == NULL)
		return NULL;
	(void)snprintf(text, PREFIX + 1, "sha256:");
	for (size_t i = 0; i < AK_DIGEST_LEN; i++)
		(void)snprintf(text + PREFIX + 2 * i, 3, "%02x", d->b[i]);
	return text;
}
