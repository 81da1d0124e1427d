/* SPDX-License-Identifier: Apache-2.0 */
#include "meeting.h"

#include "files.h"
#include "js.h"
#include "staged.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

/* A name within the folder, as this program gives them: "01-decision.json". */
static bool plain_name(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && n < 100 && strspn(name, "0123456789abcdefghijklmnopqrstuvwxyz.-") == n && name[0] != '.' && strstr(name, "..") == NULL &&
	       strcmp(name + n - 5, ".json") == 0 && (n < 10 || strcmp(name + n - 10, ".dsse.json") != 0) && strcmp(name, "meeting.json") != 0;
}

static bool whole(const json_t *index)
{
	const json_t *one, *other;
	size_t i, k;

	if (strcmp(ak_js_str(index, "akashi"), "meeting/1") != 0 || ak_js_len(index, "cases") == 0)
		return false;
	json_array_foreach(ak_js_at(index, "cases"), i, one) {
		if (!plain_name(ak_js_str(one, "file")) || strncmp(ak_js_str(one, "statement"), "sha256:", 7) != 0)
			return false;
		json_array_foreach(ak_js_at(index, "cases"), k, other) {
			if (k < i && strcmp(ak_js_str(other, "file"), ak_js_str(one, "file")) == 0)
				return false;
		}
	}
	return true;
}

int ak_meeting_read(const ak_cli *c, const char *folder, json_t **index)
{
	char *path = ak_path_in(folder, "meeting.json");
	ak_file file = { 0 };
	json_error_t why;
	int code;

	if (path == NULL)
		return ak_out_no_memory(c);
	if (!ak_file_exists(path)) {
		code = ak_out_fault(c, AK_INVALID_ARGUMENT, folder, MSG_NO_MEETING, NULL);
		free(path);
		return code;
	}
	code = ak_file_read(c, path, AK_MEETING_INDEX_MAX, &file);
	if (code == EXIT_HOLDS) {
		*index = json_loadb(file.data, file.len, JSON_REJECT_DUPLICATES, &why);
		if (*index == NULL || !whole(*index)) {
			json_decref(*index);
			*index = NULL;
			code = ak_out_fault(c, AK_BAD_FORMAT, path, MSG_NOT_A_MEETING, NULL);
		}
	}
	ak_file_drop(&file);
	free(path);
	return code;
}

char *ak_meeting_envelope(const char *folder, const json_t *one)
{
	const char *file = ak_js_str(one, "file");
	size_t n = strlen(file);
	char name[128];

	(void)snprintf(name, sizeof(name), "%.*s.dsse.json", (int)(n > 5 ? n - 5 : 0), file);
	return ak_path_in(folder, name);
}

char *ak_meeting_file(const char *folder, const json_t *one)
{
	char *path = ak_meeting_envelope(folder, one);

	if (path == NULL || ak_file_exists(path))
		return path;
	free(path);
	return ak_path_in(folder, ak_js_str(one, "file"));
}

const char *ak_case_number(const json_t *one)
{
	return ak_js_str(one, "no");
}

const char *ak_case_subject(const json_t *one)
{
	static const char *const fields[] = { "matter.listing", "matter.service", "matter.auditor" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (*ak_js_str(one, fields[i]) != '\0')
			return ak_js_str(one, fields[i]);
	}
	return "";
}

const char *ak_case_word(const ak_cli *c, const json_t *one, const char *field)
{
	return ak_js_lang(ak_js_at(one, "words"), field, c->ja);
}

const char *ak_case_outcome(const ak_cli *c, const json_t *one)
{
	const char *outcome = ak_case_word(c, one, "outcome");

	return *outcome != '\0' ? outcome : ak_case_word(c, one, "matter");
}

const json_t *ak_case_row(const json_t *one, const char *what, size_t n)
{
	const json_t *row;
	size_t i;

	json_array_foreach(ak_js_at(one, "rows"), i, row) {
		if (strcmp(ak_js_str(row, "what"), what) == 0 && n-- == 0)
			return row;
	}
	return NULL;
}

const char *ak_row_text(const ak_cli *c, const json_t *row, const char *name)
{
	char key[32];
	const char *text;

	(void)snprintf(key, sizeof(key), "%.20s_%s", name, c->ja ? "ja" : "en");
	text = ak_js_str(row, key);
	if (*text != '\0')
		return text;
	(void)snprintf(key, sizeof(key), "%.20s_%s", name, c->ja ? "en" : "ja");
	return ak_js_str(row, key);
}

const char *ak_case_label(const ak_cli *c, const json_t *one, char out[AK_CASE_ROOM])
{
	char what[AK_CASE_ROOM], cut[AK_CASE_ROOM];
	const char *matter = ak_case_word(c, one, "matter"), *subject = ak_case_subject(one);

	(void)snprintf(what, sizeof(what), "%.100s%s%.100s", matter, *matter != '\0' ? " " : "", subject);
	return ak_out_text(c, out, AK_CASE_ROOM, MSG_CASE, ak_case_number(one), ak_term_cut(what, 70, cut, sizeof(cut)), NULL);
}

/* ---- what has to be said ---------------------------------------------------------------------------------------------- */

/* Is the rule among the rows of this kind? */
static bool rule_in(const json_t *one, const char *what, const char *rule)
{
	const json_t *row;

	for (size_t i = 0; (row = ak_case_row(one, what, i)) != NULL; i++) {
		if (strcmp(ak_js_str(row, "rule"), rule) == 0)
			return true;
	}
	return false;
}

/* A rule that was asked says it better. */
static bool rule_spoke(const json_t *one, const char *rule)
{
	const json_t *f;
	size_t i;

	json_array_foreach(ak_js_at(one, "findings"), i, f) {
		if (*rule != '\0' && strcmp(ak_js_str(f, "rule"), rule) == 0)
			return true;
	}
	return false;
}

/* A row of the scheme's query in the form of a finding. */
static json_t *flag_of(const json_t *row)
{
	static const char *const same[] = { "severity", "rule", "expected", "found", "basis", "basis_en", "basis_version" };
	json_t *f = json_pack("{s:{s:s,s:s}}", "text", "ja", ak_js_str(row, "label_ja"), "en", ak_js_str(row, "label_en"));

	for (size_t i = 0; f != NULL && i < sizeof(same) / sizeof(same[0]); i++) {
		json_t *v = json_object_get(row, same[i]);

		if (v != NULL && json_object_set(f, same[i], v) != 0) {
			json_decref(f);
			f = NULL;
		}
	}
	return f;
}

static json_t *refusal_of(const json_t *one)
{
	const json_t *r = ak_js_at(one, "refusal");

	if (!json_is_object(r))
		return NULL;
	return json_pack("{s:s,s:s,s:{s:s,s:s},s:s,s:s}", "severity", "invalid", "rule", "", "text", "ja", ak_js_lang(r, "text", true), "en",
	                 ak_js_lang(r, "text", false), "expected", ak_js_str(r, "expected"), "found", ak_js_str(r, "found"));
}

bool ak_flag_is_bad(const json_t *flag)
{
	const char *severity = ak_js_str(flag, "severity");

	return strcmp(severity, "warning") != 0 && strcmp(severity, "unverifiable") != 0;
}

json_t *ak_case_flags(const json_t *one, bool effects)
{
	json_t *list = json_array(), *refusal;
	const json_t *row, *findings;
	size_t i;

	if (list == NULL)
		return NULL;
	refusal = effects ? NULL : refusal_of(one);
	if (refusal != NULL)
		(void)json_array_append_new(list, refusal);
	for (size_t k = 0; !effects && (row = ak_case_row(one, "flag", k)) != NULL; k++) {
		if (!rule_spoke(one, ak_js_str(row, "rule")))
			(void)json_array_append_new(list, flag_of(row));
	}
	findings = ak_js_at(one, "findings");
	for (i = 0; i < json_array_size(findings); i++) {
		const char *rule = ak_js_str(json_array_get(findings, i), "rule");

		if (!rule_in(one, "unasked", rule) && rule_in(one, "effect", rule) == effects)
			(void)json_array_append(list, json_array_get(findings, i));
	}
	json_array_foreach(ak_js_at(one, "warnings"), i, row) {
		if (!effects)
			(void)json_array_append_new(list, json_pack("{s:s,s:s,s:O?,s:s}", "severity", "warning", "rule", "", "text", json_object_get(row, "text"), "found", ak_js_str(row, "found")));
	}
	return list;
}
