/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence.h"

#include "files.h"
#include "out.h"

#include <stdlib.h>
#include <string.h>

enum { SALT = 32, SALT_FILE_MAX = 128 };

static int hex_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* 64 hex digits, as draft --commit wrote them. */
static int read_salt(const ak_cli *c, const char *path, uint8_t out[SALT])
{
	uint8_t salt[SALT];
	ak_file f = { 0 };
	bool good;
	int code = ak_file_read(c, path, SALT_FILE_MAX, &f);

	if (code != EXIT_HOLDS)
		return code;
	good = f.len == 2 * SALT || (f.len == 2 * SALT + 1 && f.data[2 * SALT] == '\n');
	for (size_t i = 0; good && i < SALT; i++) {
		int high = hex_value(f.data[2 * i]), low = hex_value(f.data[2 * i + 1]);

		good = high >= 0 && low >= 0;
		salt[i] = (uint8_t)((high & 15) << 4 | (low & 15));
	}
	ak_file_drop(&f);
	if (!good)
		return ak_out_fault(c, AK_BAD_FORMAT, path, MSG_NOT_A_SALT, NULL);
	memcpy(out, salt, SALT);
	return EXIT_HOLDS;
}

/* FILE or FILE:SALTFILE; a file whose own name has a colon is found because it is there. */
static int add(const ak_cli *c, ak_evidence_args *e, const char *spec)
{
	ak_evidence_file *f = &e->file[e->n];
	char *path, *colon;
	int code;

	if (e->n == AK_EVIDENCE_ARGS_MAX)
		return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
	path = strdup(spec);
	if (path == NULL)
		return ak_out_no_memory(c);
	e->path[e->n++] = path;
	colon = ak_file_exists(path) ? NULL : strrchr(path, ':');
	if (colon != NULL)
		*colon = '\0';
	f->name = ak_file_base(path);
	code = ak_file_digest(c, path, &f->digest);
	if (code == EXIT_HOLDS && colon != NULL) {
		f->has_salt = true;
		code = read_salt(c, colon + 1, f->salt);
	}
	return code;
}

int ak_evidence_read(const ak_cli *c, ak_evidence_args *e)
{
	const char *spec;
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (spec = ak_opt_nth(&c->opts, OPT_EVIDENCE, i)) != NULL; i++)
		code = add(c, e, spec);
	return code;
}

void ak_evidence_drop(ak_evidence_args *e)
{
	for (size_t i = 0; i < e->n; i++)
		free(e->path[i]);
	*e = (ak_evidence_args){ 0 };
}
