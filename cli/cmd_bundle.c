/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "near.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_ROOM = 160, PATH_ROOM = 4096 };

/* What was written so far. */
typedef struct written {
	json_t *list; /* [{"listing","file","bytes"}…] */
	json_t *near; /* the ledger does not know the listing asked for: what is like it; else NULL */
	uint64_t files, bytes;
} written;

static int remember(const ak_cli *c, written *w, const char *listing, const char *path, size_t bytes)
{
	json_t *o = json_pack("{s:s,s:s,s:I}", "listing", listing, "file", path, "bytes", (json_int_t)bytes);

	if (o == NULL || json_array_append_new(w->list, o) != 0)
		return ak_out_no_memory(c);
	w->files++;
	w->bytes += bytes;
	return EXIT_HOLDS;
}

/* What is no bundle is not overwritten, whatever name was meant; nor is a bundle by one that shows nothing, of a number mistyped. */
static int check_place(const ak_cli *c, const char *path, const written *w)
{
	static const uint8_t head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3 }; /* every bundle begins so (FORMAT 21.1) */
	uint8_t there[sizeof(head)];
	struct stat st;
	bool bundle;
	FILE *f;

	if (strcmp(path, "-") == 0 || ak_opt_has(&c->opts, OPT_FORCE) || stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return EXIT_HOLDS;
	f = fopen(path, "rb");
	bundle = f != NULL && fread(there, 1, sizeof(there), f) == sizeof(there) && memcmp(there, head, sizeof(head)) == 0;
	if (f != NULL)
		(void)fclose(f); /* was only read */
	if (!bundle)
		return ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_BUNDLE_EXISTS_OTHER, NULL);
	return w->near == NULL ? EXIT_HOLDS : ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_BUNDLE_EXISTS_UNKNOWN, NULL);
}

static int write_one(const ak_cli *c, ak_ledger *l, const char *listing, const char *path, written *w)
{
	ak_text bundle = { 0 };
	ak_error e = { 0 };
	uint64_t since = 0;
	int code = ak_cli_number(c, OPT_SINCE, 1, INT64_MAX, &since);

	if (code == EXIT_HOLDS)
		code = check_place(c, path, w);
	if (code != EXIT_HOLDS)
		return code;
	if (ak_ledger_bundle(l, ak_opt_value(&c->opts, OPT_SCHEME), listing, since,
	                     ak_opt_has(&c->opts, OPT_WHOLE), &bundle, &e) != AK_OK)
		return ak_out_refused(c, listing, &e, NULL);
	code = ak_file_write(c, path, (ak_span){ (const uint8_t *)bundle.data, bundle.len }, AK_WRITE_REPLACE);
	if (code == EXIT_HOLDS)
		code = remember(c, w, listing, path, bundle.len);
	ak_text_free(&bundle);
	return code;
}

/* A listing's number becomes the name of a file, so it must be one. */
static bool names_a_file(const char *listing)
{
	return *listing != '\0' && *listing != '.' && strchr(listing, '/') == NULL && strlen(listing) < NAME_ROOM - 16;
}

static int write_all(const ak_cli *c, ak_ledger *l, const char *folder, written *w)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *rows = NULL;
	char path[PATH_ROOM];
	int code;

	if (strlen(folder) > PATH_ROOM - NAME_ROOM)
		return ak_out_fault(c, AK_INVALID_ARGUMENT, folder, MSG_PATH_TOO_LONG, NULL);
	if (ak_ledger_list(l, &json, &e) != AK_OK)
		return ak_out_refused(c, NULL, &e, NULL);
	code = ak_answer(c, &json, &rows);
	ak_text_free(&json);
	if (code == EXIT_HOLDS)
		code = ak_file_make_folder(c, folder, false);
	for (size_t i = 0; code == EXIT_HOLDS && i < json_array_size(rows); i++) {
		const char *listing = ak_js_str(json_array_get(rows, i), "listing");

		if (!names_a_file(listing)) {
			code = ak_out_fault(c, AK_INVALID_ARGUMENT, listing, MSG_BUNDLE_NO_FILE_NAME, NULL);
			break;
		}
		(void)snprintf(path, sizeof(path), "%s/%s.akashi", folder, listing);
		code = write_one(c, l, listing, path, w);
	}
	json_decref(rows);
	return code;
}

static int tell(const ak_cli *c, const written *w, const char *folder)
{
	char files[24], bytes[24];
	const json_t *first = json_array_get(w->list, 0);

	if (c->json)
		return ak_out_json(c, json_pack("{s:O,s:O*}", "bundles", w->list, "near", w->near), EXIT_HOLDS);
	(void)snprintf(files, sizeof(files), "%llu", (unsigned long long)w->files);
	(void)snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)w->bytes);
	if (folder != NULL)
		ak_out_wrapped(c, stdout, 0, MSG_BUNDLES_WRITTEN, files, folder, bytes, NULL);
	else
		ak_out_wrapped(c, stdout, 0, MSG_BUNDLE_WRITTEN, ak_js_str(first, "file"), bytes, NULL);
	return EXIT_HOLDS;
}

/* One listing: to -o, else into a file that is named after it. */
static int bundle_one(const ak_cli *c, ak_ledger *l, const char *listing, written *w)
{
	const char *path = ak_opt_value(&c->opts, OPT_OUT);
	char name[NAME_ROOM];
	int code;

	if (path == NULL) {
		if (!names_a_file(listing))
			return ak_out_usage(c, MSG_BUNDLE_NO_FILE_NAME, NULL);
		(void)snprintf(name, sizeof(name), "%s.akashi", listing);
		path = name;
	}
	if (!ak_near_known(l, listing))
		w->near = ak_near_to(l, listing);
	code = write_one(c, l, listing, path, w);
	if (w->near != NULL)
	{
		ak_out_note(c, MSG_BUNDLE_UNKNOWN, listing, NULL);
		ak_near_tell(c, w->near);
	}
	return code;
}

static int check_usage(const ak_cli *c, const char *folder)
{
	if (folder == NULL && c->opts.n_operands == 0)
		return ak_out_usage(c, MSG_OPERAND_MISSING, "LISTING", NULL);
	if (folder != NULL && c->opts.n_operands != 0)
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--all", c->opts.operand[0], NULL);
	if (folder != NULL && ak_opt_has(&c->opts, OPT_OUT))
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--all", "--output", NULL);
	return EXIT_HOLDS;
}

int ak_cmd_bundle(ak_cli *c)
{
	const char *folder = ak_opt_value(&c->opts, OPT_ALL), *out = ak_opt_value(&c->opts, OPT_OUT);
	written w = { .list = json_array() };
	ak_ledger *l = NULL;
	int code = w.list == NULL ? ak_out_no_memory(c) : check_usage(c, folder);

	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS && folder != NULL)
		code = write_all(c, l, folder, &w);
	else if (code == EXIT_HOLDS)
		code = bundle_one(c, l, c->opts.operand[0], &w);
	/* With "-" the bundle itself is the answer. */
	if (code == EXIT_HOLDS && (out == NULL || strcmp(out, "-") != 0))
		code = tell(c, &w, folder);
	json_decref(w.list);
	json_decref(w.near);
	ak_ledger_free(&l);
	return code;
}
