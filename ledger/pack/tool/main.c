/* SPDX-License-Identifier: Apache-2.0 */
/* ak_pack_tool - compiles profile folders for the build
 *
 *	ak_pack_tool OUT.c FOLDER...   the packages as C source, for the layer "held"
 *	ak_pack_tool --json FOLDER     one package, canonical, on standard output
 */
#include "base/fail.h"
#include "base/text.h"
#include "pack/pack.h"

#include <stdio.h>
#include <string.h>

enum { BYTES_A_LINE = 24 };

static int complain(const char *folder, const ak_error *err)
{
	(void)fprintf(stderr, "ak_pack_tool: %s: %s: %s %s %s %s\n", folder, ak_status_text(err->status), err->where,
	              err->detail, err->expected, err->found);
	return 1;
}

static void write_bytes(FILE *f, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		(void)fprintf(f, "%s%u,", i % BYTES_A_LINE == 0 ? "\n\t" : "", bytes[i]);
}

/* The row of the table for package n; its bytes go before the table, so they are written at once. */
static int write_package(FILE *f, size_t n, const char *folder, char row[1024], ak_error *err)
{
	ak_json *package = NULL;
	ak_buf bytes = { 0 };
	ak_digest digest;
	int used;
	ak_status st;

	ak_buf_init(&bytes, AK_PROFILE_MAX);
	st = ak_pack_compile(folder, &package, err);
	if (st == AK_OK)
		st = ak_pack_digest(package, &bytes, &digest, err);
	if (st == AK_OK) {
		(void)fprintf(f, "static const uint8_t package_%zu[] = {", n);
		write_bytes(f, bytes.data, bytes.len);
		(void)fprintf(f, "\n};\n\n");
		used = snprintf(row, 1024, "\t{ \"%s\", \"%s\", { {", ak_json_get_str(package, "scheme"),
		                ak_json_get_str(package, "version"));
		for (size_t i = 0; i < AK_DIGEST_LEN; i++)
			used += snprintf(row + used, 1024 - (size_t)used, " %u,", digest.b[i]);
		(void)snprintf(row + used, 1024 - (size_t)used, " } }, { package_%zu, sizeof(package_%zu) } },\n", n, n);
	}
	ak_json_free(package);
	ak_buf_clear(&bytes);
	return st == AK_OK ? 0 : complain(folder, err);
}

static int write_source(const char *path, char **folders, size_t n)
{
	ak_buf table = { 0 };
	ak_error err = { 0 };
	char row[1024];
	int bad = 0;
	FILE *f = fopen(path, "wb");

	if (f == NULL) {
		perror(path);
		return 1;
	}
	ak_buf_init(&table, (size_t)1024 * 1024);
	(void)fprintf(f, "/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by ak_pack_tool from schemas/. */\n"
	                 "#include \"held/table.h\"\n\n");
	for (size_t i = 0; bad == 0 && i < n; i++) {
		bad = write_package(f, i, folders[i], row, &err);
		if (bad == 0 && ak_buf_add_str(&table, row, &err) != AK_OK)
			bad = complain(folders[i], &err);
	}
	if (bad == 0)
		(void)fprintf(f, "const ak_held_package ak_held_table[] = {\n%.*s\t{ NULL, NULL, { { 0 } }, { NULL, 0 } },\n"
		                 "};\nconst size_t ak_held_table_len = %zu;\n", (int)table.len, (const char *)table.data, n);
	bad |= ferror(f) != 0;
	bad |= fclose(f) != 0;
	ak_buf_clear(&table);
	if (bad != 0)
		(void)remove(path);
	return bad;
}

static int print_json(const char *folder)
{
	ak_json *package = NULL;
	ak_buf bytes = { 0 };
	ak_error err = { 0 };
	ak_digest digest;
	char hex[AK_DIGEST_TEXT_LEN + 1];
	ak_status st;

	ak_buf_init(&bytes, AK_PROFILE_MAX);
	st = ak_pack_compile(folder, &package, &err);
	if (st == AK_OK)
		st = ak_pack_digest(package, &bytes, &digest, &err);
	if (st == AK_OK && (fwrite(bytes.data, 1, bytes.len, stdout) != bytes.len || fflush(stdout) != 0))
		st = ak_fail(&err, AK_IO, "stdout", 0, "could not be written");
	ak_json_free(package);
	ak_buf_clear(&bytes);
	if (st != AK_OK)
		return complain(folder, &err);
	ak_digest_format(&digest, hex);
	(void)fprintf(stderr, "%s\n", hex);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--json") == 0)
		return print_json(argv[2]);
	if (argc < 2 || argv[1][0] == '-') {
		(void)fprintf(stderr, "usage: ak_pack_tool OUT.c FOLDER...\n       ak_pack_tool --json FOLDER\n");
		return 2;
	}
	return write_source(argv[1], argv + 2, (size_t)(argc - 2));
}
