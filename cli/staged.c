/* SPDX-License-Identifier: Apache-2.0 */
#include "staged.h"

#include "files.h"
#include "out.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *ak_path_in(const char *folder, const char *name)
{
	size_t n = strlen(folder), room = n + strlen(name) + 2;
	char *path = malloc(room);

	if (path != NULL)
		(void)snprintf(path, room, "%s%s%s", folder, n > 0 && folder[n - 1] == '/' ? "" : "/", name);
	return path;
}

bool ak_path_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int cannot(const ak_cli *c, const char *path)
{
	return ak_out_fault(c, AK_IO, path, MSG_CANNOT_WRITE, ak_file_why(c, errno), NULL);
}

static bool empty_folder(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	bool empty = d != NULL;

	while (empty && (e = readdir(d)) != NULL)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	if (d != NULL)
		(void)closedir(d);
	return empty;
}

int ak_staged_open(const ak_cli *c, const char *path, ak_staged *s)
{
	size_t n = strlen(path), room = n + 16;

	while (n > 1 && path[n - 1] == '/')
		n--;
	s->path = strndup(path, n);
	s->at = malloc(room);
	if (s->path == NULL || s->at == NULL) {
		free(s->at);
		s->at = NULL;
		return ak_out_no_memory(c);
	}
	(void)snprintf(s->at, room, "%s.XXXXXX", s->path);
	if (ak_file_exists(s->path) && !empty_folder(s->path)) {
		free(s->at);
		s->at = NULL;
		return ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_FOLDER_EXISTS, NULL);
	}
	if (mkdtemp(s->at) == NULL) {
		free(s->at);
		s->at = NULL;
		return cannot(c, path);
	}
	return EXIT_HOLDS;
}

int ak_staged_put(const ak_cli *c, ak_staged *s, const char *name, ak_span bytes)
{
	char *path;
	int code;

	if (s->n == AK_STAGED_MAX)
		return ak_out_fault(c, AK_LIMIT, s->path, MSG_TOO_MANY_FILES, NULL);
	path = ak_path_in(s->at, name);
	s->name[s->n] = strdup(name);
	if (path == NULL || s->name[s->n] == NULL) {
		free(path);
		return ak_out_no_memory(c);
	}
	s->n++;
	code = ak_file_write(c, path, bytes, AK_WRITE_NEW);
	free(path);
	return code;
}

char *ak_staged_text(const ak_cli *c, ak_staged_draw_fn *draw, const void *what, size_t *len)
{
	char *text = NULL;
	FILE *m = open_memstream(&text, len);
	bool whole;

	if (m == NULL)
		return NULL;
	draw(m, c, what);
	whole = ferror(m) == 0;
	if (fclose(m) == 0 && whole)
		return text;
	free(text);
	return NULL;
}

int ak_staged_draw(const ak_cli *c, ak_staged *s, const char *name, ak_staged_draw_fn *draw, const void *what)
{
	size_t len = 0;
	char *text = ak_staged_text(c, draw, what, &len);
	int code = text == NULL ? ak_out_no_memory(c) : ak_staged_put(c, s, name, (ak_span){ (const uint8_t *)text, len });

	free(text);
	return code;
}

int ak_staged_finish(const ak_cli *c, ak_staged *s)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	if (chmod(s->at, 0777 & ~mask) != 0 || rename(s->at, s->path) != 0)
		return cannot(c, s->path);
	free(s->at);
	s->at = NULL;
	return EXIT_HOLDS;
}

void ak_staged_drop(ak_staged *s)
{
	for (size_t i = 0; i < s->n; i++) {
		char *path = s->at == NULL ? NULL : ak_path_in(s->at, s->name[i]);

		if (path != NULL)
			(void)unlink(path);
		free(path);
		free(s->name[i]);
	}
	if (s->at != NULL)
		(void)rmdir(s->at);
	free(s->at);
	free(s->path);
	memset(s, 0, sizeof(*s));
}
