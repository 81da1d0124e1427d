/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/part.h"

#include "base/fail.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PATH_LEN = AK_PACK_PATH, NAME_MAX_LEN = 32 };

ak_status ak_pack_named(ak_error *err, const ak_error *why, ak_status st, const char *name)
{
	if (why->detail[0] == '\0' && (why->expected[0] != '\0' || why->found[0] != '\0'))
		return ak_fail(err, st, why->where, why->at, "%.80s: expected %.60s, found %.60s", name, why->expected,
		               why->found);
	return ak_fail(err, st, why->where, why->at, "%.100s: %.130s", name, why->detail);
}

static ak_status read_stream(FILE *f, ak_buf *out, const char *path, ak_error *err)
{
	uint8_t block[4096];
	ak_status st = AK_OK;
	size_t n;

	while (st == AK_OK && (n = fread(block, 1, sizeof(block), f)) != 0)
		st = ak_buf_add(out, block, n, err);
	if (st == AK_OK && ferror(f))
		st = ak_fail(err, AK_IO, "pack.file", 0, "%.100s: %s", path, strerror(errno));
	return st;
}

/* *found false: there is no such file. */
static ak_status read_file(const char *folder, const char *path, bool *found, ak_buf *out, ak_error *err)
{
	char full[PATH_LEN];
	int n = snprintf(full, sizeof(full), "%s/%s", folder, path);
	ak_status st;
	FILE *f;

	if (n < 0 || (size_t)n >= sizeof(full))
		return ak_fail(err, AK_LIMIT, "pack.file", 0, "%.100s: path too long", path);
	*found = false;
	f = fopen(full, "rb");
	if (f == NULL && errno == ENOENT)
		return AK_OK;
	if (f == NULL)
		return ak_fail(err, AK_IO, "pack.file", 0, "%.100s: %s", path, strerror(errno));
	*found = true;
	st = read_stream(f, out, path, err);
	(void)fclose(f);
	return st;
}

/* From the folder, and when it is not there, from the one that is reused; what is shared by all is the same from either. */
static ak_status read_or_miss(const ak_pack_source *src, const char *folder, const char *path, bool optional, bool *found,
                              ak_buf *out, ak_error *err)
{
	ak_buf raw = { 0 };
	ak_status st;

	ak_buf_init(&raw, AK_PACK_FILE_MAX);
	st = read_file(folder != NULL ? folder : src->folder, path, found, &raw, err);
	if (st == AK_OK && !*found && folder == NULL && src->base[0] != '\0')
		st = read_file(src->base, path, found, &raw, err);
	if (st == AK_OK && !*found && !optional)
		st = ak_fail(err, AK_IO, "pack.file", 0, "%.100s: no such file", path);
	if (st == AK_OK)
		st = ak_pack_fill(src, ak_buf_span(&raw), path, out, err);
	ak_buf_clear(&raw);
	return st;
}

ak_status ak_pack_read_json(const ak_pack_source *src, const char *path, bool optional, ak_json **out, ak_error *err)
{
	ak_buf text = { 0 };
	ak_error why = { 0 };
	bool found = false;
	ak_status st;

	ak_buf_init(&text, AK_PACK_FILE_MAX);
	st = read_or_miss(src, NULL, path, optional, &found, &text, err);
	if (st == AK_OK && found) {
		st = ak_json_parse(ak_buf_span(&text), out, &why);
		if (st != AK_OK)
			st = ak_pack_named(err, &why, st, path);
	}
	ak_buf_clear(&text);
	return st;
}

static ak_status add_line(ak_json *lines, ak_span line, const char *path, uint64_t n, ak_error *err)
{
	char *copy = ak_span_dup(line);
	ak_json *text;

	if (copy == NULL)
		return ak_no_memory(err, "pack.file");
	for (size_t i = 0; i < line.len; i++) {
		if (copy[i] == '\t')
			copy[i] = ' ';
		if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7f) {
			ak_mem_free(copy);
			return ak_fail(err, AK_BAD_FORMAT, "pack.file", n, "%.100s: control character in line %llu",
			               path, (unsigned long long)n);
		}
	}
	text = ak_json_new_text((ak_span){ (const uint8_t *)copy, line.len });
	ak_mem_free(copy);
	if (text == NULL)
		return ak_fail(err, AK_BAD_FORMAT, "pack.file", n, "%.100s: line %llu is not UTF-8", path,
		               (unsigned long long)n);
	return ak_json_add(lines, text, err);
}

ak_status ak_pack_read_lines(const ak_pack_source *src, const char *folder, const char *path, bool optional, ak_json *lines,
                             ak_error *err)
{
	ak_buf text = { 0 };
	bool found = false;
	ak_span rest, line;
	ak_status st;

	ak_buf_init(&text, AK_PACK_FILE_MAX);
	st = read_or_miss(src, folder, path, optional, &found, &text, err);
	rest = ak_buf_span(&text);
	for (uint64_t n = 1; st == AK_OK && rest.len != 0; n++) {
		if (!ak_span_line(&rest, &line)) {
			line = rest;
			rest = (ak_span){ 0 };
		}
		st = add_line(lines, line, path, n, err);
	}
	ak_buf_clear(&text);
	return st;
}

/* "C12.sql" -> "C12"; *skip for what may lie there besides. */
static ak_status sql_name(const char *file, const char *path, char name[NAME_MAX_LEN + 1], bool *skip, ak_error *err)
{
	size_t n = strlen(file);

	*skip = file[0] == '.' || (n > 3 && strcmp(file + n - 3, ".md") == 0);
	if (*skip)
		return AK_OK;
	if (n < 5 || n - 4 > NAME_MAX_LEN || strcmp(file + n - 4, ".sql") != 0)
		return ak_fail(err, AK_BAD_FORMAT, "pack.file", 0, "%.100s: not a NAME.sql", path);
	memcpy(name, file, n - 4);
	name[n - 4] = '\0';
	return AK_OK;
}

static ak_status read_sql_file(const ak_pack_source *src, const char *folder, const char *sub, const char *file,
                               ak_json *object, ak_error *err)
{
	char path[PATH_LEN], name[NAME_MAX_LEN + 1];
	bool skip = false;
	ak_json *lines;
	ak_status st;

	(void)snprintf(path, sizeof(path), "%s/%s", sub, file);
	st = sql_name(file, path, name, &skip, err);
	if (st != AK_OK || skip)
		return st;
	lines = ak_json_new_array();
	if (lines == NULL)
		return ak_no_memory(err, "pack.file");
	st = ak_pack_read_lines(src, folder, path, false, lines, err);
	if (st != AK_OK) {
		ak_json_free(lines);
		return st;
	}
	return ak_json_set(object, name, lines, err);
}

static ak_status read_sql_folder(const ak_pack_source *src, const char *folder, const char *sub, ak_json *object,
                                 ak_error *err)
{
	char full[PATH_LEN];
	int n = snprintf(full, sizeof(full), "%s/%s", folder, sub);
	ak_status st = AK_OK;
	struct dirent *e;
	DIR *d;

	if (n < 0 || (size_t)n >= sizeof(full))
		return ak_fail(err, AK_LIMIT, "pack.file", 0, "%.100s: path too long", sub);
	d = opendir(full);
	if (d == NULL && errno == ENOENT)
		return AK_OK;
	if (d == NULL)
		return ak_fail(err, AK_IO, "pack.file", 0, "%.100s: %s", sub, strerror(errno));
	for (errno = 0; st == AK_OK && (e = readdir(d)) != NULL; errno = 0)
		st = read_sql_file(src, folder, sub, e->d_name, object, err);
	if (st == AK_OK && errno != 0)
		st = ak_fail(err, AK_IO, "pack.file", 0, "%.100s: %s", sub, strerror(errno));
	(void)closedir(d);
	return st;
}

ak_status ak_pack_read_sql(const ak_pack_source *src, const char *sub, ak_json *object, ak_error *err)
{
	ak_status st = AK_OK;

	if (src->base[0] != '\0')
		st = read_sql_folder(src, src->base, sub, object, err);
	return st == AK_OK ? read_sql_folder(src, src->folder, sub, object, err) : st;
}
