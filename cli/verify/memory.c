/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include "files.h"
#include "js.h"
#include "out.h"
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	PATH_ROOM = 4096,
	HEX = 64,
	TEXT_MAX = 4 * 1024 * 1024, /* what the library keeps is smaller */
	LOCK_TRIES = 200,
	LOCK_STEP_MS = 25,
	INDENT = 2,
};

static const char place[] = "/akashi/heads";

/* Where state of programs is kept; false when neither variable says. */
static bool state_home(char out[PATH_ROOM])
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;

	if (state != NULL && *state == '/')
		n = snprintf(out, PATH_ROOM, "%s%s", state, place);
	else if (home != NULL && *home == '/')
		n = snprintf(out, PATH_ROOM, "%s/.local/state%s", home, place);
	else
		return false;
	return n > 0 && n + HEX + 8 < PATH_ROOM;
}

/* All folders of a path, readable by their owner only, as the XDG specification wants them. */
static bool make_folders(char path[PATH_ROOM])
{
	for (char *slash = path + 1;; slash++) {
		char end;

		slash += strcspn(slash, "/");
		end = *slash;
		*slash = '\0';
		if (!ak_file_exists(path) && mkdir(path, 0700) != 0 && errno != EEXIST)
			return false;
		*slash = end;
		if (end == '\0')
			return true;
	}
}

static bool take_lock(int fd)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	const struct timespec step = { .tv_nsec = LOCK_STEP_MS * 1000000L };

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (fcntl(fd, F_SETLK, &all) == 0)
			return true;
		if (errno != EACCES && errno != EAGAIN && errno != EINTR)
			return false;
		(void)nanosleep(&step, NULL);
	}
	errno = EAGAIN;
	return false;
}

static bool open_locked(const char *genesis, ak_memory_file *m)
{
	const char *hex = strchr(genesis, ':') == NULL ? genesis : strchr(genesis, ':') + 1;
	char path[PATH_ROOM];
	size_t n;

	errno = ENOENT;
	if (strlen(hex) != HEX || !state_home(path) || !make_folders(path))
		return false;
	n = strlen(path);
	(void)snprintf(path + n, PATH_ROOM - n, "/%s.lock", hex);
	m->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (m->lock < 0)
		return false;
	if (!take_lock(m->lock))
		return false;
	(void)snprintf(path + n, PATH_ROOM - n, "/%s.json", hex);
	m->path = strdup(path);
	return m->path != NULL;
}

/* English, whatever the language: it goes into the report, whose details are. */
static void lose(ak_memory_file *m, int error)
{
	(void)snprintf(m->lost, sizeof(m->lost), "%s", error == ENODATA ? "the file is empty" : error == EINVAL ? "it is no regular file"
	               : ak_file_why_in(false, error));
}

/* A file that is there and cannot be read, or is empty, held something: it must not be written over. */
static bool read_text(const char *path, ak_file *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), why = 0;
	struct stat st;
	ak_file f = { 0 };

	if (fd < 0)
		return errno == ENOENT && !ak_file_exists(path);
	if (fstat(fd, &st) != 0)
		why = errno;
	else if (!S_ISREG(st.st_mode))
		why = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	else if (st.st_size == 0 || st.st_size > TEXT_MAX)
		why = st.st_size == 0 ? ENODATA : EFBIG;
	else if ((f.data = malloc((size_t)st.st_size)) == NULL)
		why = ENOMEM;
	while (why == 0 && f.len < (size_t)st.st_size) {
		ssize_t n = read(fd, f.data + f.len, (size_t)st.st_size - f.len);

		if (n > 0)
			f.len += (size_t)n;
		else if (n == 0 || errno != EINTR)
			why = n == 0 ? EIO : errno;
	}
	(void)close(fd);
	if (why != 0)
		ak_file_drop(&f);
	else
		*out = f;
	errno = why;
	return why == 0;
}

/* Keeps m->lost. */
void ak_memory_file_close(ak_memory_file *m)
{
	ak_file_drop(&m->text);
	free(m->path);
	m->path = NULL;
	if (m->lock >= 0)
		(void)close(m->lock); /* lets the lock go */
	m->lock = -1;
}

void ak_memory_file_open(const char *genesis, ak_memory_file *out)
{
	int why;

	*out = (ak_memory_file){ .lock = -1 };
	if (open_locked(genesis, out) && read_text(out->path, &out->text))
		return;
	why = errno;
	ak_memory_file_close(out);
	lose(out, why);
}

bool ak_memory_file_write(ak_memory_file *m, const ak_text *text)
{
	if (ak_file_swap(m->path, (ak_span){ (const uint8_t *)text->data, text->len }))
		return true;
	lose(m, errno);
	return false;
}

void ak_memory_file_tell(const ak_cli *c, const ak_memory_file *m, const json_t *verdict)
{
	const char *outcome = ak_js_str(verdict, "memory.outcome");

	if (m->path == NULL || (strcmp(outcome, "fork") != 0 && strcmp(outcome, "broken") != 0 && strcmp(outcome, "convicted") != 0))
		return;
	ak_term_spaces(stdout, INDENT);
	if (!ak_js_true(verdict, "memory.kept")) {
		ak_out_wrapped(c, stdout, INDENT, MSG_FORK_NOT_KEPT, NULL);
		return;
	}
	if (strcmp(outcome, "broken") == 0) {
		ak_out_wrapped(c, stdout, INDENT, MSG_BROKEN_KEPT, m->path, NULL);
		ak_out_line(c, stdout, MSG_BROKEN_TAKE_OUT, m->path, NULL);
	} else {
		ak_out_wrapped(c, stdout, INDENT, MSG_FORK_KEPT, m->path, NULL);
		ak_out_line(c, stdout, MSG_FORK_TAKE_OUT, m->path, NULL);
	}
	ak_term_spaces(stdout, INDENT);
	ak_out_wrapped(c, stdout, INDENT, MSG_FORK_SETTLED, NULL);
}
