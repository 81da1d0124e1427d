/* SPDX-License-Identifier: Apache-2.0 */
#include "small.h"

#include "pack/pack.h"
#include "temp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char profile[] =
	"{\"format\":\"akashi-profile/1\",\"scheme\":\"s\",\"version\":\"2026.1\",\"names\":{\"ja\":\"制度\",\"en\":\"S\"},"
	"\"roles\":{\"board\":{\"ja\":\"委員会\",\"en\":\"Board\",\"enrolled_by\":[{\"mode\":\"root\"}]}},"
	"\"types\":{\"listing\":{\"title\":{\"ja\":\"掲載\",\"en\":\"Listing\"},\"schema\":\"listing.schema.json\","
	"\"signing\":[{\"mode\":\"members\",\"role\":\"board\",\"threshold\":2},{\"mode\":\"office\",\"role\":\"board\","
	"\"evidence\":\"/minutes\"}]},\"correction\":{\"title\":{\"ja\":\"訂正\",\"en\":\"Correction\"},"
	"\"schema\":\"../common/correction.schema.json\",\"signing\":[{\"mode\":\"as\",\"rel\":\"corrects\"}]}},"
	"\"ids\":{\"listing\":{\"pattern\":\"^L[0-9]+$\",\"ja\":\"掲載\",\"en\":\"listing\"}},"
	"\"parameters\":{\"months\":{\"value\":16,\"ja\":\"月\",\"en\":\"months\",\"basis\":\"3.5\",\"certainty\":\"S\"}},"
	"\"words\":{}}";

static const char listing[] =
	"{\"title\":\"Listing\",\"x-about\":[{\"prefix\":\"s/listing:\",\"pointer\":\"/listing\"}],\"x-exclusive\":true,"
	"\"x-publication\":\"always\",\"x-documents\":\"none\",\"x-refs\":[{\"rel\":\"previous\",\"types\":[\"listing\"],\"max\":1}],"
	"\"type\":\"object\",\"required\":[\"listing\"],\"additionalProperties\":false,\"properties\":{"
	"\"listing\":{\"$ref\":\"#/$defs/own\",\"x-class\":\"public\"},\"period\":{\"$ref\":\"#/$defs/period\",\"x-class\":\"public\"}},"
	"\"$defs\":{\"own\":{\"type\":\"string\"}}}";

static const char correction[] =
	"{\"x-about\":[{\"prefix\":\"\",\"pointer\":\"/subjects/*\"}],\"x-publication\":\"closed\",\"x-documents\":\"optional\","
	"\"x-refs\":[{\"rel\":\"corrects\",\"types\":[\"*\"],\"max\":1}],\"properties\":{\"subjects\":{\"x-class\":\"public\"}}}";

static const char defs[] =
	"{\"$defs\":{\"day\":{\"type\":\"string\",\"format\":\"akashi-day\"},\"period\":{\"type\":\"object\",\"properties\":{"
	"\"from\":{\"$ref\":\"#/$defs/day\"},\"to\":{\"$ref\":\"#/$defs/day\"}}},\"unused\":{\"type\":\"integer\"}}}";

static const char rule[] = HEADER("C12") "SELECT\tlisting" ROWS "\n WHERE add_period('2021-01-01', param('months'), 'month') < :as_of\n";

const small_source small_whole[SMALL_WHOLE] = {
	{ "s/profile.json", profile }, { "s/listing.schema.json", listing }, { "common/correction.schema.json", correction },
	{ "common/defs.json", defs }, { "common/views.sql", "CREATE VIEW link AS SELECT * FROM ref;\n" },
	{ "s/views.sql", "-- ours\n\nCREATE VIEW listing AS SELECT seq, body ->> 'listing' AS listing FROM record, (SELECT 1 FROM link"
	                 " UNION SELECT 1);" },
	{ "s/rules/C12.sql", rule }, { "s/rules/README.md", "# not a rule" }, { "s/rules/.hidden", "x" },
	{ "s/queries/list.sql", "SELECT listing FROM listing" },
};

char small_base[64];

void small_write(const char *path, const char *text)
{
	char full[256];
	FILE *f;

	(void)snprintf(full, sizeof(full), "%s/%s", small_base, path);
	f = fopen(full, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

void small_remove(const char *path)
{
	char full[256];

	(void)snprintf(full, sizeof(full), "%s/%s", small_base, path);
	assert_int_equal(remove(full), 0);
}

int small_open(void **state)
{
	static const char *const folders[] = { "s", "common", "s/rules", "s/queries" };
	char full[256];

	(void)state;
	temp_dir(small_base, sizeof(small_base));
	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(full, sizeof(full), "%s/%s", small_base, folders[i]);
		if (mkdir(full, 0700) != 0)
			return -1;
	}
	for (size_t i = 0; i < SMALL_WHOLE; i++)
		small_write(small_whole[i].path, small_whole[i].text);
	return 0;
}

static void empty_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char full[512];

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(full, sizeof(full), "%s/%s", folder, e->d_name);
		empty_folder(full);
		(void)remove(full);
	}
	(void)closedir(d);
}

int small_close(void **state)
{
	(void)state;
	empty_folder(small_base);
	return rmdir(small_base);
}

ak_status small_compile(ak_json **package, ak_error *err)
{
	char folder[128];

	(void)snprintf(folder, sizeof(folder), "%s/s", small_base);
	return ak_pack_compile(folder, package, err);
}

ak_json *small_compile_whole(void)
{
	ak_json *p = NULL;
	ak_error err = { 0 };

	if (small_compile(&p, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	return p;
}

const ak_json *small_at(const ak_json *p, const char *pointer)
{
	return ak_json_pointer(p, ak_span_str(pointer));
}

bool small_is_text(const ak_json *p, const char *pointer, const char *text)
{
	return ak_span_is(ak_json_text(small_at(p, pointer)), text);
}

char *small_replaced(const char *text, const char *old, const char *now, const char *what)
{
	const char *found = strstr(text, old);
	size_t before, size = strlen(text) + strlen(now) + 1;
	char *out = malloc(size);

	if (found == NULL || out == NULL)
		fail_msg("%s: \"%s\" is not there", what, old);
	before = found == NULL ? 0 : (size_t)(found - text);
	(void)snprintf(out, size, "%.*s%s%s", (int)before, text, now, text + before + strlen(old));
	return out;
}

void small_edit(const small_source *files, size_t n, const char *path, const char *old, const char *now)
{
	for (size_t i = 0; i < n; i++) {
		char *text;

		if (strcmp(files[i].path, path) != 0)
			continue;
		text = small_replaced(files[i].text, old, now, path);
		small_write(path, text);
		free(text);
		return;
	}
	fail_msg("no file %s", path);
}
