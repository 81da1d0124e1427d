/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include "files.h"
#include "out.h"

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

void ak_memory_file_open(const ak_cli *c, const char *genesis, ak_memory_file *out)
{
	ak_memory_file m = { .lock = -1 };

	if (!open_locked(genesis, &m)) {
		ak_out_note(c, MSG_MEMORY_OFF, ak_file_why(c, errno), NULL);
		goto off;
	}
	/* A file that is there and cannot be read must not be written over. */
	if (ak_file_exists(m.path) && ak_file_read(c, m.path, TEXT_MAX, &m.text) != EXIT_HOLDS)
		goto off;
	*out = m;
	return;
off:
	if (m.lock >= 0)
		(void)close(m.lock);
	free(m.path);
	*out = (ak_memory_file){ .lock = -1 };
}

void ak_memory_file_close(const ak_cli *c, ak_memory_file *m, const ak_text *text)
{
	if (m->lock >= 0 && text->len > 0)
		(void)ak_file_write(c, m->path, (ak_span){ (const uint8_t *)text->data, text->len }, AK_WRITE_REPLACE);
	ak_file_drop(&m->text);
	free(m->path);
	if (m->lock >= 0)
		(void)close(m->lock); /* lets the lock go */
	*m = (ak_memory_file){ .lock = -1 };
}
