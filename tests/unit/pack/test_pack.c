/* SPDX-License-Identifier: Apache-2.0 */
/* A small scheme on disk, whole; then with one thing wrong at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/text.h"
#include "codec/jcs.h"
#include "crypto/hash.h"
#include "pack/pack.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct source {
	const char *path, *text;
} source;

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

#define HEADER(id) "-- id: " id "\n-- severity: expired\n-- ja: 期限\n-- en: expiry\n-- basis: 3.5\n"
#define ROWS " AS listing, seq AS record, '' AS ja, '' AS en, '' AS expected, '' AS found FROM listing"

static const char rule[] = HEADER("C12") "SELECT\tlisting" ROWS "\n WHERE add_period('2021-01-01', param('months'), 'month') < :as_of\n";

static const source whole[] = {
	{ "s/profile.json", profile }, { "s/listing.schema.json", listing }, { "common/correction.schema.json", correction },
	{ "common/defs.json", defs }, { "common/views.sql", "CREATE VIEW link AS SELECT * FROM ref;\n" },
	{ "s/views.sql", "-- ours\n\nCREATE VIEW listing AS SELECT seq, body ->> 'listing' AS listing FROM record, (SELECT 1 FROM link"
	                 " UNION SELECT 1);" },
	{ "s/rules/C12.sql", rule }, { "s/rules/README.md", "# not a rule" }, { "s/rules/.hidden", "x" },
	{ "s/queries/list.sql", "SELECT listing FROM listing" },
};

enum { WHOLE = sizeof(whole) / sizeof(whole[0]) };

static char base[64];

static void write_file(const char *path, const char *text)
{
	char full[256];
	FILE *f;

	(void)snprintf(full, sizeof(full), "%s/%s", base, path);
	f = fopen(full, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static void remove_file(const char *path)
{
	char full[256];

	(void)snprintf(full, sizeof(full), "%s/%s", base, path);
	assert_int_equal(remove(full), 0);
}

static int set_up(void **state)
{
	static const char *const folders[] = { "s", "common", "s/rules", "s/queries" };
	char full[256];

	(void)state;
	(void)snprintf(base, sizeof(base), "/tmp/akashi-pack-XXXXXX");
	if (mkdtemp(base) == NULL)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(full, sizeof(full), "%s/%s", base, folders[i]);
		if (mkdir(full, 0700) != 0)
			return -1;
	}
	for (size_t i = 0; i < WHOLE; i++)
		write_file(whole[i].path, whole[i].text);
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

static int tear_down(void **state)
{
	(void)state;
	empty_folder(base);
	return rmdir(base);
}

static ak_status compile(ak_json **package, ak_error *err)
{
	char folder[128];

	(void)snprintf(folder, sizeof(folder), "%s/s", base);
	return ak_pack_compile(folder, package, err);
}

static ak_json *compile_whole(void)
{
	ak_json *p = NULL;
	ak_error err = { 0 };

	if (compile(&p, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	return p;
}

static const ak_json *at(const ak_json *p, const char *pointer)
{
	return ak_json_pointer(p, ak_span_str(pointer));
}

static void the_whole_scheme(void **state)
{
	ak_json *p = compile_whole(), *again = NULL;
	ak_buf bytes = { 0 };
	ak_digest digest, of_bytes;
	ak_error err = { 0 };

	(void)state;
	/* What the schema file said about its type stands beside the schema. */
	assert_true(ak_json_true(at(p, "/types/listing/exclusive")));
	assert_null(at(p, "/types/listing/schema/x-exclusive"));
	assert_true(ak_span_is(ak_json_text(at(p, "/types/listing/about/0/prefix")), "s/listing:"));
	assert_true(ak_json_is(at(p, "/types/correction/exclusive"), AK_JSON_BOOL));
	assert_false(ak_json_true(at(p, "/types/correction/exclusive")));
	/* The definitions used, and those that they use, and no others. */
	assert_non_null(at(p, "/types/listing/schema/$defs/own"));
	assert_non_null(at(p, "/types/listing/schema/$defs/period"));
	assert_non_null(at(p, "/types/listing/schema/$defs/day"));
	assert_null(at(p, "/types/listing/schema/$defs/unused"));
	assert_null(at(p, "/types/correction/schema/$defs"));
	/* SQL as lines, the shared before the own, without tabs. */
	assert_true(ak_span_is(ak_json_text(at(p, "/views/0")), "CREATE VIEW link AS SELECT * FROM ref;"));
	assert_true(ak_span_is(ak_json_text(at(p, "/views/1")), "-- ours"));
	assert_true(ak_span_is(ak_json_text(at(p, "/views/2")), ""));
	assert_int_equal(ak_json_len(at(p, "/views")), 4);
	assert_true(ak_span_is(ak_json_text(at(p, "/rules/C12/0")), "-- id: C12"));
	assert_true(ak_span_starts(ak_json_text(at(p, "/rules/C12/5")), "SELECT listing"));
	assert_int_equal(ak_json_len(at(p, "/rules")), 1);
	assert_int_equal(ak_json_len(at(p, "/queries")), 1);
	/* The canonical bytes give the package back. */
	ak_buf_init(&bytes, AK_PROFILE_MAX);
	assert_int_equal(ak_pack_digest(p, &bytes, &digest, &err), AK_OK);
	ak_sha256(ak_buf_span(&bytes), &of_bytes);
	assert_true(ak_digest_eq(&digest, &of_bytes));
	assert_int_equal(ak_json_parse(ak_buf_span(&bytes), &again, &err), AK_OK);
	assert_true(ak_json_equal(p, again));
	assert_int_equal(ak_jcs_check(ak_buf_span(&bytes), again, &err), AK_OK);
	assert_int_equal(ak_pack_check(again, &err), AK_OK);
	ak_buf_clear(&bytes);
	ak_json_free(again);
	ak_json_free(p);
}

static void optional_files(void **state)
{
	static const char *const optional[] = { "s/queries/list.sql", "s/rules/C12.sql", "s/views.sql", "common/views.sql" };
	ak_json *p;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		remove_file(optional[i]);
		p = compile_whole();
		/* Without views of its own a scheme gets none. */
		if (i >= 2)
			assert_int_equal(ak_json_len(at(p, "/views")), 0);
		ak_json_free(p);
	}
	for (size_t i = 0; i < WHOLE; i++)
		write_file(whole[i].path, whole[i].text);
}

/* Replace `old` by `now` in the file, once. */
typedef struct mistake {
	const char *name, *path, *old, *now;
	ak_status status;
	const char *where, *detail;
} mistake;

#define P "s/profile.json"
#define L "s/listing.schema.json"
#define R "s/rules/C12.sql"

static const mistake mistakes[] = {
	{ "not JSON", P, "{\"format\"", "{format", AK_BAD_FORMAT, "json.syntax", "profile.json: " },
	{ "format of the future", P, "profile/1", "profile/2", AK_UNKNOWN_VERSION, "package.format", "" },
	{ "no format", P, "\"format\":\"akashi-profile/1\",", "", AK_UNKNOWN_VERSION, "package.format", "" },
	{ "unknown member", P, "\"words\":{}", "\"words\":{},\"wrods\":{}", AK_BAD_FORMAT, "package.member", "wrods" },
	{ "member missing", P, ",\"words\":{}", "", AK_BAD_FORMAT, "package.member", "words" },
	{ "views in the profile", P, "\"words\":{}", "\"words\":{},\"views\":[]", AK_BAD_FORMAT, "pack.profile", "views" },
	{ "scheme in capitals", P, "\"scheme\":\"s\"", "\"scheme\":\"S\"", AK_BAD_FORMAT, "package.scheme", "" },
	{ "version with a space", P, "2026.1", "2026 1", AK_BAD_FORMAT, "package.version", "" },
	{ "name in one language", P, "\"ja\":\"制度\",", "", AK_BAD_FORMAT, "package.names", "names" },
	{ "role without enrolment", P, "[{\"mode\":\"root\"}]", "[]", AK_BAD_FORMAT, "package.policy", "roles/board" },
	{ "unknown mode", P, "\"mode\":\"members\"", "\"mode\":\"member\"", AK_BAD_FORMAT, "package.policy", "types/listing" },
	{ "unknown role", P, "\"role\":\"board\",\"threshold\"", "\"role\":\"bored\",\"threshold\"", AK_BAD_FORMAT,
	  "package.policy", "bored" },
	{ "threshold zero", P, "\"threshold\":2", "\"threshold\":0", AK_BAD_FORMAT, "package.policy", "members" },
	{ "threshold missing", P, ",\"threshold\":2", "", AK_BAD_FORMAT, "package.policy", "members" },
	{ "threshold as text", P, "\"threshold\":2", "\"threshold\":\"2\"", AK_BAD_FORMAT, "package.policy", "members" },
	{ "threshold of root", P, "[{\"mode\":\"root\"}]", "[{\"mode\":\"root\",\"threshold\":1}]", AK_BAD_FORMAT,
	  "package.policy", "root" },
	{ "party not a pointer", P, "\"threshold\":2", "\"threshold\":2,\"party\":\"auditor\"", AK_BAD_FORMAT, "package.policy",
	  "members" },
	{ "office without evidence", P, ",\"evidence\":\"/minutes\"", "", AK_BAD_FORMAT, "package.policy", "office" },
	{ "policy misspelt", P, "\"evidence\"", "\"evidense\"", AK_BAD_FORMAT, "package.member", "evidense" },
	{ "as without that reference", P, "\"rel\":\"corrects\"", "\"rel\":\"corects\"", AK_BAD_FORMAT, "package.policy",
	  "types/correction" },
	{ "as with several", "common/correction.schema.json", "\"max\":1", "\"max\":2", AK_BAD_FORMAT, "package.policy",
	  "types/correction" },
	{ "as with no maximum", "common/correction.schema.json", ",\"max\":1", "", AK_BAD_FORMAT, "package.policy", "max 1" },
	{ "title in one language", P, ",\"en\":\"Listing\"", "", AK_BAD_FORMAT, "package.names", "types/listing" },
	{ "a core type", P, "\"types\":{\"listing\"", "\"types\":{\"keyset\"", AK_BAD_FORMAT, "package.types", "types/keyset" },
	{ "type in capitals", P, "\"types\":{\"listing\"", "\"types\":{\"Listing\"", AK_BAD_FORMAT, "package.types", "" },
	{ "schema elsewhere", P, "../common/correction", "../s/correction", AK_BAD_FORMAT, "pack.type", "" },
	{ "schema far away", P, "listing.schema.json", "/etc/passwd", AK_BAD_FORMAT, "pack.type", "" },
	{ "schema not there", P, "listing.schema.json", "lost.schema.json", AK_IO, "pack.file", "lost.schema.json: no such file" },
	{ "id kind without a pattern", P, "\"pattern\":\"^L[0-9]+$\",", "", AK_BAD_FORMAT, "package.ids", "ids/listing" },
	{ "pattern not regular", P, "^L[0-9]+$", "^L[0-9", AK_UNKNOWN_VERSION, "", "ids/listing: " },
	{ "parameter without basis", P, ",\"basis\":\"3.5\"", "", AK_BAD_FORMAT, "package.parameters", "parameters/months" },
	{ "parameter of no certainty", P, "\"certainty\":\"S\"", "\"certainty\":\"A\"", AK_BAD_FORMAT, "package.parameters", "" },
	{ "schema not JSON", L, "\"title\"", "title", AK_BAD_FORMAT, "json.syntax", "listing.schema.json: " },
	{ "schema with an unknown keyword", L, "\"required\"", "\"requires\"", AK_UNKNOWN_VERSION, "", "listing.schema.json: " },
	{ "unknown definition", L, "$defs/period", "$defs/perriod", AK_BAD_FORMAT, "pack.ref", "listing.schema.json: no definition" },
	{ "definition twice", L, "\"own\":{\"type\"", "\"day\":{\"type\":\"string\"},\"own\":{\"type\"", AK_BAD_FORMAT, "pack.ref",
	  "listing.schema.json: \"day\"" },
	{ "reference inside a definition", L, "$defs/period", "$defs/period/properties", AK_BAD_FORMAT, "pack.ref", "" },
	{ "about missing", L, "\"x-about\":[{\"prefix\":\"s/listing:\",\"pointer\":\"/listing\"}],", "", AK_BAD_FORMAT,
	  "package.about", "types/listing" },
	{ "about empty", L, "[{\"prefix\":\"s/listing:\",\"pointer\":\"/listing\"}]", "[]", AK_BAD_FORMAT, "package.about", "" },
	{ "about of an unknown kind", L, "s/listing:", "s/listings:", AK_BAD_FORMAT, "package.about", "" },
	{ "about of another scheme", L, "s/listing:", "t/listing:", AK_BAD_FORMAT, "package.about", "" },
	{ "about without a colon", L, "s/listing:", "s/listing", AK_BAD_FORMAT, "package.about", "" },
	{ "about without a pointer", L, ",\"pointer\":\"/listing\"", "", AK_BAD_FORMAT, "package.about", "" },
	{ "about misspelt", L, "\"pointer\"", "\"poynter\"", AK_BAD_FORMAT, "package.member", "poynter" },
	{ "publication unknown", L, "\"always\"", "\"allways\"", AK_BAD_FORMAT, "package.publication", "" },
	{ "documents unknown", L, "\"none\"", "\"no\"", AK_BAD_FORMAT, "package.documents", "" },
	{ "exclusive a text", L, "\"x-exclusive\":true", "\"x-exclusive\":\"true\"", AK_BAD_FORMAT, "package.exclusive", "" },
	{ "reference to an unknown type", L, "\"types\":[\"listing\"]", "\"types\":[\"liszting\"]", AK_BAD_FORMAT, "package.refs",
	  "liszting" },
	{ "reference to no type", L, "\"types\":[\"listing\"]", "\"types\":[]", AK_BAD_FORMAT, "package.refs", "" },
	{ "reference at most none", L, "\"max\":1", "\"max\":0", AK_BAD_FORMAT, "package.refs", "" },
	{ "reference to be found nowhere", L, "\"max\":1", "\"max\":1,\"find\":[]", AK_BAD_FORMAT, "package.about", "" },
	{ "reference to be found under an unknown kind", L, "\"max\":1",
	  "\"max\":1,\"find\":[{\"prefix\":\"s/lising:\",\"pointer\":\"/listing\"}]", AK_BAD_FORMAT, "package.about", "" },
	{ "reference misspelt", L, "\"max\":1", "\"maks\":1", AK_BAD_FORMAT, "package.member", "maks" },
	{ "field without a class", L, "\"$ref\":\"#/$defs/own\",\"x-class\":\"public\"", "\"$ref\":\"#/$defs/own\"", AK_BAD_FORMAT,
	  "package.class", "\"listing\"" },
	{ "field of an unknown class", L, "\"$ref\":\"#/$defs/own\",\"x-class\":\"public\"",
	  "\"$ref\":\"#/$defs/own\",\"x-class\":\"publik\"", AK_BAD_FORMAT, "package.class", "" },
	{ "said twice", P, "\"schema\":\"listing", "\"documents\":\"none\",\"schema\":\"listing", AK_BAD_FORMAT, "pack.type",
	  "listing.schema.json: x-documents" },
	{ "definitions not JSON", "common/defs.json", "{\"$defs\"", "{\"$defs", AK_BAD_FORMAT, "json.syntax", "../common/defs.json: " },
	{ "a view that is none", "s/views.sql", "CREATE VIEW", "CREATE TABLE", AK_BAD_FORMAT, "package.views", "views.sql: " },
	{ "a view with a clock", "s/views.sql", "SELECT seq,", "SELECT date('now') AS d, seq,", AK_BAD_FORMAT, "package.views",
	  "views.sql: view listing: " },
	{ "a shared view that is none", "common/views.sql", "CREATE", "CRATE", AK_BAD_FORMAT, "package.views", "views.sql: " },
	{ "carriage return", "s/views.sql", "-- ours\n", "-- ours\r\n", AK_BAD_FORMAT, "pack.file",
	  "views.sql: control character in line 1" },
	{ "a patch on nothing", L, "\"title\"", "\"x-reuses\":true,\"title\"", AK_BAD_FORMAT, "pack.reuses", "listing.schema.json: " },
	{ "not UTF-8", R, "expiry", "\xff", AK_BAD_FORMAT, "pack.file", "rules/C12.sql: line 4 is not UTF-8" },
	{ "rule of another id", R, "id: C12", "id: C13", AK_BAD_FORMAT, "package.rules", "rules/C12.sql: " },
	{ "rule without severity", R, "-- severity: expired\n", "", AK_BAD_FORMAT, "package.rules", "\"severity\" is missing" },
	{ "rule that is not SQL", R, "SELECT", "SELEKT", AK_BAD_FORMAT, "package.rules", "rules/C12.sql: rule C12: SQL: " },
	{ "rule that writes", R, "SELECT", "DELETE FROM fact; SELECT", AK_BAD_FORMAT, "package.rules", "not authorized" },
	{ "rule without a column", R, "AS found", "AS fund", AK_BAD_FORMAT, "package.rules", "fund" },
	{ "rule that asks for a parameter that is not there", R, "'months'", "'month'", AK_BAD_FORMAT, "package.rules",
	  "no such parameter" },
	{ "rule with two statements", R, "< :as_of\n", "< :as_of; SELECT 1\n", AK_BAD_FORMAT, "package.rules", "first statement" },
	{ "rule that fails on nothing", R, "SELECT\tlisting AS listing, seq", "SELECT 'x' AS listing, max(seq)", AK_BAD_FORMAT,
	  "package.rules", "without any records" },
	{ "query that is not SQL", "s/queries/list.sql", "SELECT", "SELEKT", AK_BAD_FORMAT, "rules.sql", "queries/list.sql: SQL: " },
};

static char *replaced(const char *text, const mistake *m)
{
	const char *found = strstr(text, m->old);
	size_t before, size = strlen(text) + strlen(m->now) + 1;
	char *out = malloc(size);

	if (found == NULL || out == NULL)
		fail_msg("%s: \"%s\" is not in %s", m->name, m->old, m->path);
	before = found == NULL ? 0 : (size_t)(found - text);
	(void)snprintf(out, size, "%.*s%s%s", (int)before, text, m->now, text + before + strlen(m->old));
	return out;
}

static void one_mistake_at_a_time(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		const mistake *m = &mistakes[i];
		ak_json *p = NULL;
		ak_error err = { 0 };
		ak_status st;
		size_t f = 0;
		char *text;

		while (f < WHOLE - 1 && strcmp(whole[f].path, m->path) != 0)
			f++;
		text = replaced(whole[f].text, m);
		write_file(m->path, text);
		st = compile(&p, &err);
		if (st != m->status || p != NULL || (m->where[0] != '\0' && strcmp(err.where, m->where) != 0) ||
		    strstr(err.detail, m->detail) == NULL) {
			print_error("%s: %s at %s: %s\n", m->name, ak_status_name(st), st == AK_OK ? "" : err.where, err.detail);
			wrong++;
		}
		free(text);
		write_file(m->path, whole[f].text);
	}
	assert_int_equal(wrong, 0);
	ak_json_free(compile_whole());
}

static void files_that_should_not_be_there(void **state)
{
	static const char *const extra[] = { "s/rules/C13.SQL", "s/rules/C13", "s/rules/a.b.txt", "s/queries/.sql.x.bak",
	                                     "s/rules/a23456789012345678901234567890123.sql" };
	(void)state;
	for (size_t i = 0; i < sizeof(extra) / sizeof(extra[0]); i++) {
		ak_json *p = NULL;
		ak_error err = { 0 };
		ak_status st;

		write_file(extra[i], "SELECT 1");
		st = compile(&p, &err);
		if (strstr(extra[i], "/.") != NULL ? st != AK_OK : st != AK_BAD_FORMAT || strstr(err.detail, "NAME.sql") == NULL)
			fail_msg("%s: %s %s", extra[i], ak_status_name(st), err.detail);
		ak_json_free(p);
		remove_file(extra[i]);
	}
}

/* ---- a scheme that reuses another ------------------------------------------------------------------------------------- */

static const char other_profile[] =
	"{\"reuses\":\"s\",\"scheme\":\"s-two\",\"version\":\"2026.2\",\"names\":{\"ja\":\"第二\",\"en\":\"Two\"},"
	"\"parameters\":{\"months\":{\"value\":6},\"days\":{\"value\":1,\"ja\":\"日\",\"en\":\"days\",\"basis\":\"1\",\"certainty\":\"INF\"}},"
	"\"types\":{\"correction\":null,\"note\":{\"title\":{\"ja\":\"覚\",\"en\":\"Note\"},\"schema\":\"note.schema.json\","
	"\"signing\":[{\"mode\":\"root\"}]}}}";

static const source other[] = {
	{ "s-two/profile.json", other_profile },
	{ "s-two/note.schema.json", "{\"x-about\":[{\"prefix\":\"{scheme}/listing:\",\"pointer\":\"/listing\"}],\"x-publication\":\"closed\","
	                            "\"x-documents\":\"none\",\"properties\":{\"listing\":{\"x-class\":\"public\"}}}" },
	{ "s-two/listing.schema.json", "{\"x-reuses\":true,\"x-exclusive\":false,\"properties\":{\"more\":{\"x-class\":\"public\"}}}" },
	{ "s-two/views.sql", "CREATE VIEW twice AS SELECT * FROM listing;" },
	{ "s-two/rules/C13.sql", HEADER("C13") "SELECT listing" ROWS "\n" },
};

enum { OTHER = sizeof(other) / sizeof(other[0]) };

static ak_status compile_other(ak_json **package, ak_error *err)
{
	char folder[128];

	(void)snprintf(folder, sizeof(folder), "%s/s-two", base);
	return ak_pack_compile(folder, package, err);
}

static void edited(const source *files, size_t n, const char *path, const char *old, const char *now)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(files[i].path, path) == 0) {
			const mistake m = { path, path, old, now, AK_OK, "", "" };
			char *text = replaced(files[i].text, &m);

			write_file(path, text);
			free(text);
			return;
		}
	}
	fail_msg("no file %s", path);
}

static void write_other(void)
{
	static const char *const folders[] = { "s-two", "s-two/rules" };
	char full[256];

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(full, sizeof(full), "%s/%s", base, folders[i]);
		(void)mkdir(full, 0700);
	}
	for (size_t i = 0; i < OTHER; i++)
		write_file(other[i].path, other[i].text);
	/* The scheme that is reused names itself by {scheme}, so that what it has fits another. */
	edited(whole, WHOLE, "s/listing.schema.json", "s/listing:", "{scheme}/listing:");
}

static bool is_text(const ak_json *p, const char *pointer, const char *text)
{
	return ak_span_is(ak_json_text(at(p, pointer)), text);
}

static void what_is_reused_is_under_what_is_said_here(void **state)
{
	ak_json *p = NULL, *first, *changed = NULL;
	ak_digest one, two;
	ak_error err = { 0 };
	int64_t months = 0;

	(void)state;
	write_other();
	if (compile_other(&p, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	assert_true(is_text(p, "/scheme", "s-two") && is_text(p, "/version", "2026.2"));
	assert_true(is_text(p, "/types/listing/about/0/prefix", "s-two/listing:"));
	assert_true(is_text(p, "/types/note/about/0/prefix", "s-two/listing:"));
	assert_null(at(p, "/types/correction"));
	/* Its schema is a patch on the other's. */
	assert_false(ak_json_true(at(p, "/types/listing/exclusive")));
	assert_non_null(at(p, "/types/listing/schema/properties/more"));
	assert_non_null(at(p, "/types/listing/schema/properties/period"));
	assert_null(at(p, "/types/listing/schema/x-reuses"));
	assert_true(ak_json_int(at(p, "/parameters/months/value"), &months));
	assert_int_equal(months, 6);
	assert_true(is_text(p, "/parameters/months/basis", "3.5") && is_text(p, "/parameters/days/basis", "1"));
	assert_true(is_text(p, "/views/0", "CREATE VIEW link AS SELECT * FROM ref;") && is_text(p, "/views/1", "-- ours"));
	assert_true(is_text(p, "/views/4", "CREATE VIEW twice AS SELECT * FROM listing;"));
	assert_int_equal(ak_json_len(at(p, "/rules")), 2);
	assert_null(at(p, "/reuses"));
	first = compile_whole();
	assert_true(is_text(first, "/types/listing/about/0/prefix", "s/listing:"));
	ak_json_free(first);
	/* The digest covers what is reused. */
	assert_int_equal(ak_pack_digest(p, NULL, &one, &err), AK_OK);
	edited(whole, WHOLE, "s/rules/C12.sql", "ja: 期限", "ja: 期間");
	assert_int_equal(compile_other(&changed, &err), AK_OK);
	assert_int_equal(ak_pack_digest(changed, NULL, &two, &err), AK_OK);
	assert_false(ak_digest_eq(&one, &two));
	ak_json_free(changed);
	/* A rule of the same name here stands in its place. */
	write_file("s-two/rules/C12.sql", HEADER("C12") "SELECT listing" ROWS " WHERE 0\n");
	changed = NULL;
	assert_int_equal(compile_other(&changed, &err), AK_OK);
	assert_int_equal(ak_json_len(at(changed, "/rules")), 2);
	assert_true(is_text(changed, "/rules/C12/4", "-- basis: 3.5") && is_text(changed, "/rules/C12/3", "-- en: expiry"));
	assert_int_equal(ak_json_len(at(changed, "/rules/C12")), 6);
	remove_file("s-two/rules/C12.sql");
	ak_json_free(changed);
	ak_json_free(p);
}

static void what_cannot_be_reused(void **state)
{
	static const mistake wrong[] = {
		{ "a path", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"../s\"", AK_BAD_FORMAT, "pack.reuses", "beside" },
		{ "a number", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":1", AK_BAD_FORMAT, "pack.reuses", "beside" },
		{ "no folder", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"t\"", AK_IO, "pack.file", "profile.json: no such" },
		{ "itself", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"s-two\"", AK_BAD_FORMAT, "pack.reuses", "reuses another" },
		{ "fill with a quote", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"s\",\"fill\":{\"a\":\"it's\"}", AK_BAD_FORMAT,
		  "pack.fill", "fill \"a\"" },
		{ "fill of the scheme", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"s\",\"fill\":{\"scheme\":\"x\"}", AK_BAD_FORMAT,
		  "pack.fill", "{scheme} is the scheme" },
		{ "fill of the listing", "s-two/profile.json", "\"reuses\":\"s\"", "\"reuses\":\"s\",\"fill\":{\"listing\":\"x\"}", AK_BAD_FORMAT,
		  "pack.fill", "fill \"listing\"" },
		{ "nothing to fill in", "s-two/note.schema.json", "{scheme}", "{shceme}", AK_BAD_FORMAT, "pack.fill",
		  "note.schema.json: nothing is said to stand for {shceme}" },
		{ "schema in neither", "s-two/profile.json", "note.schema", "lost.schema", AK_IO, "pack.file", "lost.schema.json: no such" },
		{ "schema that does not say how", "s-two/listing.schema.json", "true,", "1,", AK_BAD_FORMAT, "pack.reuses", "x-reuses is true" },
		{ "schema on none", "s-two/note.schema.json", "\"x-about\"", "\"x-reuses\":true,\"x-about\"", AK_IO, "pack.file",
		  "note.schema.json: no such" },
		{ "another rule's id", "s-two/rules/C13.sql", "id: C13", "id: C12", AK_BAD_FORMAT, "package.rules", "rules/C13.sql: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const mistake *m = &wrong[i];
		ak_json *p = NULL;
		ak_error err = { 0 };
		ak_status st;

		write_other();
		edited(other, OTHER, m->path, m->old, m->now);
		st = compile_other(&p, &err);
		if (st != m->status || p != NULL || strcmp(err.where, m->where) != 0 || strstr(err.detail, m->detail) == NULL)
			fail_msg("%s: %s at %s: %s", m->name, ak_status_name(st), st == AK_OK ? "" : err.where, err.detail);
	}
}

/* In absence it is the rule's own word, and everywhere else braces that hold no name are what they are. */
static void the_hole_for_a_listing_stays(void **state)
{
	ak_json *p;

	(void)state;
	edited(whole, WHOLE, "s/rules/C12.sql", "-- basis: 3.5", "-- basis: {clause}, {1}, {A}\n-- absence: {scheme}/listing:{listing}");
	edited(whole, WHOLE, "s/profile.json", "\"words\":{}", "\"words\":{},\"fill\":{\"clause\":\"規則 3.5\"}");
	p = compile_whole();
	assert_true(is_text(p, "/rules/C12/4", "-- basis: 規則 3.5, {1}, {A}"));
	assert_true(is_text(p, "/rules/C12/5", "-- absence: s/listing:{listing}"));
	assert_null(at(p, "/fill"));
	ak_json_free(p);
	for (size_t i = 0; i < WHOLE; i++)
		write_file(whole[i].path, whole[i].text);
}

/* One more byte, and it could be sealed by nobody (FORMAT 17.1). */
static void a_package_of_one_mebibyte_is_the_end(void **state)
{
	ak_json *p = compile_whole();
	char *pad = calloc(AK_PROFILE_MAX + 2, 1);
	ak_error err = { 0 };
	ak_digest digest;
	ak_buf bytes;
	size_t room;

	(void)state;
	assert_non_null(pad);
	assert_int_equal(AK_PROFILE_MAX, 1048576);
	assert_int_equal(ak_json_pointer_set(p, ak_span_str("/words/pad"), ak_json_new_str(""), NULL), AK_OK);
	ak_buf_init(&bytes, AK_PROFILE_MAX);
	assert_int_equal(ak_pack_digest(p, &bytes, &digest, NULL), AK_OK);
	room = AK_PROFILE_MAX - bytes.len;
	memset(pad, 'x', room);
	assert_int_equal(ak_json_pointer_set(p, ak_span_str("/words/pad"), ak_json_new_str(pad), NULL), AK_OK);
	assert_int_equal(ak_pack_check(p, &err), AK_OK);
	pad[room] = 'x';
	assert_int_equal(ak_json_pointer_set(p, ak_span_str("/words/pad"), ak_json_new_str(pad), NULL), AK_OK);
	assert_int_equal(ak_pack_check(p, &err), AK_LIMIT);
	ak_buf_clear(&bytes);
	ak_json_free(p);
	free(pad);
}

static void no_such_folder(void **state)
{
	ak_json *p = NULL;
	ak_error err = { 0 };

	(void)state;
	assert_int_equal(ak_pack_compile("/nonexistent/scheme", &p, &err), AK_IO);
	assert_string_equal(err.where, "pack.file");
	assert_null(p);
}

/* Every prefix of the profile fails, with its file named. */
static void every_prefix(void **state)
{
	char *text = malloc(sizeof(profile));

	(void)state;
	assert_non_null(text);
	for (size_t n = 0; n + 1 < sizeof(profile) && text != NULL; n += 7) {
		ak_json *p = NULL;
		ak_error err = { 0 };

		memcpy(text, profile, n);
		text[n] = '\0';
		write_file("s/profile.json", text);
		assert_int_not_equal(compile(&p, &err), AK_OK);
		assert_non_null(strstr(err.detail, "profile.json: "));
	}
	free(text);
	write_file("s/profile.json", profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_scheme),
		cmocka_unit_test(optional_files),
		cmocka_unit_test(one_mistake_at_a_time),
		cmocka_unit_test(files_that_should_not_be_there),
		cmocka_unit_test(what_is_reused_is_under_what_is_said_here),
		cmocka_unit_test(what_cannot_be_reused),
		cmocka_unit_test(the_hole_for_a_listing_stays),
		cmocka_unit_test(a_package_of_one_mebibyte_is_the_end),
		cmocka_unit_test(no_such_folder),
		cmocka_unit_test(every_prefix),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
