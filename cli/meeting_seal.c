/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing a session, and the papers that come of it. */
#include "answer.h"
#include "files.h"
#include "js.h"
#include "meeting.h"
#include "scheme.h"
#include "staged.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 64, RECORD_ROOM = 24 };

static int check_envelope(const ak_cli *c, const char *path, const json_t *one)
{
	char label[AK_CASE_ROOM];
	ak_file file = { 0 };
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *shown = NULL;
	int code;

	if (!ak_file_exists(path))
		return ak_out_fault(c, AK_NOT_AUTHORISED, path, MSG_CASE_UNSIGNED, ak_case_label(c, one, label), NULL);
	code = ak_file_read(c, path, AK_FILE_MAX, &file);
	if (code == EXIT_HOLDS && ak_exchange_show(ak_file_span(&file), (ak_span){ 0 }, &json, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &json, &shown);
	if (code == EXIT_HOLDS && strcmp(ak_js_str(shown, "statement"), ak_js_str(one, "statement")) != 0)
		code = ak_out_fault(c, AK_BAD_FORMAT, path, MSG_NOT_THE_DRAFT, ak_case_label(c, one, label), NULL);
	json_decref(shown);
	ak_text_free(&json);
	ak_file_drop(&file);
	return code;
}

int ak_meeting_envelopes(const ak_cli *c, const char *folder, const json_t *index, char ***path, size_t *n)
{
	size_t cases = ak_js_len(index, "cases");
	int code = EXIT_HOLDS;

	*n = 0;
	*path = calloc(cases, sizeof(**path));
	if (*path == NULL)
		return ak_out_no_memory(c);
	for (size_t i = 0; code == EXIT_HOLDS && i < cases; i++) {
		const json_t *one = ak_js_nth(index, "cases", i);

		(*path)[i] = ak_meeting_envelope(folder, one);
		if ((*path)[i] == NULL)
			return ak_out_no_memory(c);
		*n = i + 1;
		code = check_envelope(c, (*path)[i], one);
	}
	return code;
}

/* ---- where they are on record ---------------------------------------------------------------------------------------- */

static int find_one(const ak_cli *c, ak_ledger *l, const char *path, const json_t *one, json_t *sealed)
{
	char label[AK_CASE_ROOM], number[RECORD_ROOM];
	ak_file file = { 0 };
	ak_text check_json = { 0 }, json = { 0 };
	ak_error e = { 0 };
	json_t *check = NULL, *record = NULL;
	int code = ak_file_read(c, path, AK_FILE_MAX, &file);

	if (code == EXIT_HOLDS && ak_ledger_check(l, ak_file_span(&file), c->now, &check_json, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &check_json, &check);
	if (code == EXIT_HOLDS && !ak_js_has(check, "sealed_as"))
		code = ak_out_fault(c, AK_NOT_FOUND, path, MSG_CASE_NOT_SEALED, ak_case_label(c, one, label), NULL);
	if (code == EXIT_HOLDS) {
		(void)snprintf(number, sizeof(number), "#%llu", (unsigned long long)ak_js_num(check, "sealed_as"));
		if (ak_ledger_show(l, number, &json, &e) != AK_OK)
			code = ak_out_refused(c, path, &e, NULL);
	}
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &json, &record);
	if (code == EXIT_HOLDS && json_array_append_new(sealed, json_pack("{s:I,s:s,s:s}", "seq", (json_int_t)ak_js_num(record, "seq"), "id", ak_js_str(record, "id"), "time",
	                                                                  ak_js_str(record, "time"))) != 0)
		code = ak_out_no_memory(c);
	json_decref(check);
	json_decref(record);
	ak_text_free(&check_json);
	ak_text_free(&json);
	ak_file_drop(&file);
	return code;
}

int ak_meeting_find(const ak_cli *c, ak_ledger *l, const char *folder, const json_t *index, json_t **sealed)
{
	char **path = NULL;
	size_t n = 0;
	int code = ak_meeting_envelopes(c, folder, index, &path, &n);

	if (code == EXIT_HOLDS && (*sealed = json_array()) == NULL)
		code = ak_out_no_memory(c);
	for (size_t i = 0; code == EXIT_HOLDS && i < n; i++)
		code = find_one(c, l, path[i], ak_js_nth(index, "cases", i), *sealed);
	for (size_t i = 0; i < n; i++)
		free(path[i]);
	free(path);
	return code;
}

/* ---- papers ----------------------------------------------------------------------------------------------------------- */

static int put_paper(const ak_cli *c, const char *folder, const char *name, ak_staged_draw_fn *draw, const ak_papers *p)
{
	char *path = ak_path_in(folder, name);
	size_t len = 0;
	char *text = ak_staged_text(c, draw, p, &len);
	int code = path == NULL || text == NULL ? ak_out_no_memory(c) : ak_file_write(c, path, (ak_span){ (const uint8_t *)text, len }, AK_WRITE_REPLACE);

	free(text);
	free(path);
	return code;
}

/* The head as it was signed with the last of them; where that cannot be found any more, the newest. */
static int find_note(const ak_cli *c, ak_ledger *l, ak_papers *p, ak_text *note)
{
	json_t *head = NULL;
	ak_error e = { 0 };
	const json_t *v;
	int code = ak_cli_head(c, l, &head);
	size_t i;

	if (code != EXIT_HOLDS)
		return code;
	json_array_foreach(p->sealed, i, v) {
		if (ak_js_num(v, "seq") + 1 > p->size)
			p->size = ak_js_num(v, "seq") + 1;
	}
	if (ak_ledger_note(l, p->size, note, NULL) != AK_OK) {
		p->size = ak_js_num(head, "size");
		if (ak_ledger_note(l, p->size, note, &e) != AK_OK)
			code = ak_out_refused(c, NULL, &e, NULL);
	}
	json_decref(head);
	p->note = note->data;
	return code;
}

int ak_meeting_sealed(ak_cli *c, ak_ledger *l, const char *folder, const json_t *index)
{
	bool decisions = strcmp(ak_js_str(index, "stage"), "decisions") == 0, made = false;
	json_t *sealed = NULL;
	ak_papers p = { .index = index };
	ak_text note = { 0 };
	char name[NAME_ROOM];
	int code = ak_meeting_find(c, l, folder, index, &sealed);

	p.sealed = sealed;
	if (code == EXIT_HOLDS)
		code = find_note(c, l, &p, &note);
	if (code == EXIT_HOLDS)
		code = put_paper(c, folder, "sealed.html", ak_meeting_minutes, &p);
	for (p.one = 0; code == EXIT_HOLDS && decisions && p.one < ak_js_len(index, "cases"); p.one++) {
		(void)snprintf(name, sizeof(name), "notice-%.2s.html", ak_js_str(ak_js_nth(index, "cases", p.one), "file"));
		if (ak_js_len(index, "cases") > 99)
			(void)snprintf(name, sizeof(name), "notice-%.3s.html", ak_js_str(ak_js_nth(index, "cases", p.one), "file"));
		code = put_paper(c, folder, name, ak_meeting_notice, &p);
	}
	if (code == EXIT_HOLDS)
		ak_out_note(c, decisions ? MSG_MEETING_PAPERS : MSG_MEETING_PAPER, folder, AK_NUM(ak_js_len(index, "cases")), NULL);
	if (code == EXIT_HOLDS && decisions)
		code = ak_meeting_follow(c, l, folder, index, sealed, &made);
	if (code == EXIT_HOLDS && made)
		ak_out_note(c, MSG_MEETING_FOLLOWING, folder, NULL);
	ak_text_free(&note);
	json_decref(sealed);
	return code;
}
