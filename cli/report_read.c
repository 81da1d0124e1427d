/* SPDX-License-Identifier: Apache-2.0 */
/* From a page back to what it embeds.  Nothing of HTML is interpreted: the elements stand at the end, byte for byte as they were written. */
#include "base64.h"
#include "js.h"
#include "report_parts.h"

#include <stdlib.h>
#include <string.h>

static const char beginning[] = "<!DOCTYPE html>\n";

typedef struct cursor {
	ak_span page;
	size_t at;
} cursor;

static ak_status bad(ak_error *err, ak_status st, const char *where, size_t at, const char *detail)
{
	*err = (ak_error){ .status = st, .where = where, .at = at };
	(void)snprintf(err->detail, sizeof(err->detail), "%s", detail);
	return st;
}

/* Where `text` stands at or after `from`; the length of the page when nowhere. */
static size_t find(ak_span page, size_t from, const char *text)
{
	size_t n = strlen(text);

	while (from + n <= page.len) {
		const uint8_t *p = memchr(page.data + from, text[0], page.len - n - from + 1);

		if (p == NULL)
			break;
		from = (size_t)(p - page.data);
		if (memcmp(p, text, n) == 0)
			return from;
		from++;
	}
	return page.len;
}

static bool take(cursor *c, const char *text)
{
	size_t n = strlen(text);

	if (c->page.len - c->at < n || memcmp(c->page.data + c->at, text, n) != 0)
		return false;
	c->at += n;
	return true;
}

bool ak_report_sniff(ak_span page)
{
	return page.len > 0 && page.data[0] == '<';
}

static bool take_open(cursor *c, const char *type, const char *name)
{
	char text[128];

	(void)snprintf(text, sizeof(text), AK_REPORT_OPEN, type, name);
	return take(c, text);
}

/* One element, decoded. */
static ak_status element(cursor *c, const char *where, const char *type, size_t most, ak_file *out, ak_error *err)
{
	size_t end, wrong = 0, len;
	ak_file f = { 0 };

	if (!take_open(c, type, strchr(where, '.') + 1))
		return bad(err, AK_BAD_FORMAT, where, c->at, "this part is not where it belongs");
	end = find(c->page, c->at, "<");
	len = end - c->at;
	if (len / 77 * 57 > most)
		return bad(err, AK_LIMIT, where, c->at, "this part is larger than it may be");
	f.data = malloc(len / 4 * 3 + 4);
	if (f.data == NULL)
		return bad(err, AK_NO_MEMORY, where, 0, "");
	if (!ak_base64_read((ak_span){ c->page.data + c->at, len }, (uint8_t *)f.data, &f.len, &wrong)) {
		free(f.data);
		return bad(err, AK_BAD_FORMAT, where, c->at + wrong, "this part is not the base64 that was written");
	}
	c->at = end;
	if (f.len > most || !take(c, AK_REPORT_CLOSE)) {
		free(f.data);
		return bad(err, AK_BAD_FORMAT, where, c->at, "this part does not end where it should");
	}
	f.data[f.len] = '\0';
	*out = f;
	return AK_OK;
}

/* ---- settings ------------------------------------------------------------------------------------------------------- */

static bool copy(const json_t *o, const char *key, char *out, size_t room)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL && strlen(text) == json_string_length(json_object_get(o, key)) && (size_t)snprintf(out, room, "%s", text) < room;
}

/* Days since 1970-01-01 (the usual count from March 1st, so that the leap day comes last). */
static int64_t days_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year, era = y / 400, yoe = y - era * 400;
	int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return (int64_t)era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

bool ak_report_instant(const char *made, int64_t *seconds)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	static const struct {
		int at, n, least, most;
	} field[] = { { 0, 4, 1970, 9999 }, { 5, 2, 1, 12 }, { 8, 2, 1, 31 }, { 11, 2, 0, 23 }, { 14, 2, 0, 59 }, { 17, 2, 0, 59 } };
	int v[6] = { 0 };

	if (strlen(made) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		if (form[i] == 'd' ? made[i] < '0' || made[i] > '9' : made[i] != form[i])
			return false;
	}
	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		for (int k = 0; k < field[i].n; k++)
			v[i] = v[i] * 10 + (made[field[i].at + k] - '0');
		if (v[i] < field[i].least || v[i] > field[i].most)
			return false;
	}
	*seconds = ((days_of(v[0], v[1], v[2]) * 24 + v[3]) * 60 + v[4]) * 60 + v[5];
	return true;
}

static ak_status read_settings(const ak_file *f, ak_report_settings *out, ak_error *err)
{
	static const char format[] = "akashi-report/";
	json_t *o = json_loadb(f->data, f->len, JSON_REJECT_DUPLICATES, NULL);
	ak_report_settings s = { 0 };
	char lang[3] = "", version[32] = "";
	ak_status st = AK_OK;
	int64_t when;

	if (!copy(o, "format", version, sizeof(version)) || strncmp(version, format, sizeof(format) - 1) != 0)
		st = bad(err, AK_BAD_FORMAT, "report.settings", 0, "these are not the settings of a report");
	else if (strcmp(version + sizeof(format) - 1, "1") != 0)
		st = bad(err, AK_UNKNOWN_VERSION, "report.settings", 0, "made by a newer program");
	else if (json_object_size(o) != 6 || !copy(o, "case", s.title, sizeof(s.title)) || !copy(o, "file", s.file, sizeof(s.file)) ||
	         !copy(o, "made", s.made, sizeof(s.made)) || !copy(o, "version", s.version, sizeof(s.version)) || !copy(o, "lang", lang, sizeof(lang)) ||
	         (strcmp(lang, "ja") != 0 && strcmp(lang, "en") != 0) || !ak_report_instant(s.made, &when))
		st = bad(err, AK_BAD_FORMAT, "report.settings", 0, "these are not the settings of a report");
	s.ja = strcmp(lang, "ja") == 0;
	if (st == AK_OK)
		*out = s;
	json_decref(o);
	return st;
}

/* ---- the page ------------------------------------------------------------------------------------------------------- */

static ak_status read_digest(cursor *c, bool *whole, ak_error *err)
{
	char text[AK_REPORT_DIGEST];
	size_t before = c->at;
	ak_status st = ak_report_digest((ak_span){ c->page.data, before }, text, err);

	if (st != AK_OK)
		return st;
	if (!take_open(c, "text/x-akashi-digest", "page"))
		return bad(err, AK_BAD_FORMAT, "report.page", c->at, "this part is not where it belongs");
	*whole = take(c, text);
	if (!*whole)
		c->at = find(c->page, c->at, "\n");
	if (!take(c, "\n" AK_REPORT_CLOSE AK_REPORT_END) || c->at != c->page.len)
		return bad(err, AK_BAD_FORMAT, "report.page", c->at, "something stands behind the end of the page");
	return AK_OK;
}

void ak_report_drop(ak_report_file *f)
{
	ak_file *const part[] = { &f->bundle, &f->trust, &f->verdict };

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		free(part[i]->data);
		*part[i] = (ak_file){ 0 };
	}
}

ak_status ak_report_read(ak_span page, ak_report_file *out, ak_error *err)
{
	ak_report_file f = { 0 };
	ak_file settings = { 0 };
	cursor c = { page, find(page, 0, "<script") };
	ak_status st = AK_OK;

	if (page.len > AK_REPORT_MAX)
		return bad(err, AK_LIMIT, "report", 0, "larger than a report may be");
	if (page.len < sizeof(beginning) - 1 || memcmp(page.data, beginning, sizeof(beginning) - 1) != 0)
		return bad(err, AK_BAD_FORMAT, "report", 0, "not a report as akashi writes it: a browser that saves a page writes another file");
	if (c.at == page.len)
		return bad(err, AK_BAD_FORMAT, "report", 0, "an HTML page without the parts of a report");
	st = element(&c, "report.bundle", "application/gzip", AK_REPORT_BUNDLE_MAX, &f.bundle, err);
	if (st == AK_OK)
		st = element(&c, "report.trust", "text/x-akashi-trust", AK_REPORT_TRUST_MAX, &f.trust, err);
	if (st == AK_OK)
		st = element(&c, "report.verdict", "application/x-akashi-verdict", AK_REPORT_VERDICT_MAX, &f.verdict, err);
	if (st == AK_OK)
		st = element(&c, "report.settings", "application/x-akashi-settings", AK_REPORT_SETTINGS_MAX, &settings, err);
	if (st == AK_OK)
		st = read_settings(&settings, &f.set, err);
	if (st == AK_OK)
		st = read_digest(&c, &f.whole, err);
	free(settings.data);
	if (st != AK_OK)
		ak_report_drop(&f);
	else
		*out = f;
	return st;
}
