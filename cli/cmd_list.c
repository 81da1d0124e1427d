/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "csv_file.h"
#include "js.h"
#include "term.h"

#include <string.h>

/* What is on record of its end, and whether the day published has passed: no more than that. */
static const char *standing(const ak_cli *c, const json_t *row, bool dated, char room[AK_CELL_ROOM])
{
	const char *on = ak_js_str(row, "ended.on"), *expires = ak_js_str(row, "expires_on"), *type = ak_js_str(row, "ended.type");
	char today[11], date[AK_TERM_DATE_MAX], day[AK_TERM_DATE_MAX + 2] = "";
	ak_msg m;

	ak_cli_today(c, today);
	if (ak_js_has(row, "ended")) {
		m = strcmp(type, "withdrawal") == 0 ? MSG_LIST_WITHDRAWN : strcmp(on, today) > 0 ? MSG_LIST_TO_BE_DELETED : MSG_LIST_DELETED;
		if (dated)
			(void)snprintf(day, sizeof(day), " %s", ak_term_date(c->ja, on, date));
		return ak_out_text(c, room, AK_CELL_ROOM, m, day, AK_NUM(ak_js_num(row, "ended.record")), NULL);
	}
	if (strlen(expires) == 10 && strcmp(expires, today) < 0)
		return ak_msg_text(MSG_LIST_PAST, c->ja);
	return "";
}

static const char *cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	char date[AK_TERM_DATE_MAX];

	switch (column) {
	case 0:
		return ak_js_str(row, "listing");
	case 1:
		return ak_js_lang(row, "service", c->ja);
	case 2:
		return ak_js_lang(row, "provider", c->ja);
	case 3:
	case 4:
		(void)snprintf(room, AK_CELL_ROOM, "%s",
		               ak_term_date(c->ja, ak_js_str(row, column == 3 ? "registered_on" : "expires_on"), date));
		return *room != '\0' ? room : "—";
	case 5:
		return ak_answer_word(c, ak_js_str(row, "basis"));
	case 6:
		return standing(c, row, c->full, room);
	default:
		(void)snprintf(room, AK_CELL_ROOM, "#%llu", (unsigned long long)ak_js_num(row, "record"));
		return room;
	}
}

static const ak_msg heads[] = { MSG_HEAD_LISTING,    MSG_HEAD_SERVICE, MSG_HEAD_PROVIDER, MSG_HEAD_REGISTERED,
	                                MSG_HEAD_EXPIRES, MSG_HEAD_BASIS,   MSG_HEAD_STANDING_ON_RECORD, MSG_HEAD_RECORD };

/* Names, numbers and dates as stored: a table is read by reconcile too.  (--json has the codes of the rest.) */
static int write_csv(const ak_cli *c, const char *path, const ak_text *json)
{
	static const char *const fields[] = { "listing", "service", "provider", "registered_on", "expires_on", "basis" };
	enum { BASIS = 5 };
	json_t *rows = NULL;
	const json_t *row;
	char room[AK_CELL_ROOM];
	ak_csv_out out;
	size_t i;
	int code = ak_answer(c, json, &rows);

	if (code != EXIT_HOLDS)
		return code;
	code = ak_csv_open(c, heads, sizeof(heads) / sizeof(heads[0]), &out);
	if (code != EXIT_HOLDS) {
		json_decref(rows);
		return code;
	}
	json_array_foreach(rows, i, row) {
		for (size_t k = 0; k < sizeof(fields) / sizeof(fields[0]); k++)
			ak_csv_put(&out, k == BASIS ? ak_answer_word(c, ak_js_str(row, fields[k])) : ak_js_lang(row, fields[k], c->ja));
		ak_csv_put(&out, standing(c, row, true, room));
		ak_csv_put(&out, AK_NUM(ak_js_num(row, "record")));
		ak_csv_end_row(&out);
	}
	code = ak_csv_write(c, path, &out);
	ak_csv_clear(&out);
	json_decref(rows);
	return code;
}

/* What is not on the list, and why: a note, since a table may be read by programs. */
static int note_missing(const ak_cli *c, ak_ledger *l, size_t listed)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *rows = NULL;
	int code;

	if (ak_ledger_list_void(l, &json, &e) != AK_OK)
		return ak_out_refused(c, NULL, &e, NULL);
	code = ak_answer(c, &json, &rows);
	ak_text_free(&json);
	if (code != EXIT_HOLDS)
		return code;
	if (json_array_size(rows) > 0)
		ak_out_note(c, MSG_VOID_LISTINGS, AK_NUM(json_array_size(rows)), NULL);
	else if (listed == 0)
		ak_out_note(c, MSG_NO_LISTINGS, NULL);
	json_decref(rows);
	return EXIT_HOLDS;
}

static int print(const ak_cli *c, ak_ledger *l, const ak_text *json)
{
	json_t *rows = NULL, *row;
	size_t i;
	int code = ak_answer(c, json, &rows);

	if (code == EXIT_HOLDS)
		code = note_missing(c, l, json_array_size(rows));
	if (code != EXIT_HOLDS) {
		json_decref(rows);
		return code;
	}
	ak_answer_table(c, rows, heads, sizeof(heads) / sizeof(heads[0]), cell);
	if (json_array_size(rows) > 0)
		ak_out_note(c, MSG_LIST_NOTE, NULL);
	json_array_foreach(rows, i, row) {
		if (ak_js_has(row, "problem"))
			ak_out_note(c, MSG_ROW_PROBLEM, ak_js_str(row, "listing"), ak_js_str(row, "problem"), NULL);
	}
	json_decref(rows);
	return EXIT_HOLDS;
}

int ak_cmd_list(ak_cli *c)
{
	const char *csv = ak_opt_value(&c->opts, OPT_CSV);
	ak_csv_encoding encoding;
	ak_ledger *l = NULL;
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code = ak_csv_option(c, &encoding);

	if (code == EXIT_HOLDS && c->json && csv != NULL && strcmp(csv, "-") == 0)
		code = ak_out_usage(c, MSG_ONE_ON_STDOUT, NULL);
	if (code == EXIT_HOLDS)
		code = ak_cli_open_as_known(c, &l);
	if (code != EXIT_HOLDS)
		return code;
	if (ak_ledger_list(l, &json, &e) != AK_OK)
		code = ak_out_refused(c, NULL, &e, NULL);
	else if (csv != NULL)
		code = write_csv(c, csv, &json);
	if (code == EXIT_HOLDS && c->json)
		ak_out_json_text(&json);
	else if (code == EXIT_HOLDS && csv == NULL)
		code = print(c, l, &json);
	ak_text_free(&json);
	ak_ledger_free(&l);
	return code;
}
