/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "csv_file.h"
#include "files.h"
#include "findings.h"
#include "js.h"
#include "standings.h"
#include "term.h"

#include <string.h>

/* What is on record of its end, and whether the day published has passed: no more than that. */
static const char *standing(const ak_cli *c, const json_t *row, bool dated, char room[AK_CELL_ROOM])
{
	const char *on = ak_js_str(row, "ended.on"), *expires = ak_js_str(row, "expires_on"), *type = ak_js_str(row, "ended.type");
	const size_t n_erased = ak_js_len(row, "erased");
	char erased[AK_ERASED_ROOM];
	char today[11], date[AK_TERM_DATE_MAX], day[AK_TERM_DATE_MAX + 2] = "";
	ak_msg m;

	ak_cli_today(c, today);
	/* What was erased later may have taken the end back, or set another. */
	if (n_erased > 0 && (!ak_js_has(row, "ended") ||
	                     (uint64_t)json_integer_value(json_array_get(ak_js_at(row, "erased"), n_erased - 1)) > ak_js_num(row, "ended.record")))
		return ak_out_text(c, room, AK_CELL_ROOM, MSG_STANDING_ERASED, ak_answer_erased(row, erased, sizeof(erased)), NULL);
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

/* With verdicts the same columns, and these after them. */
static const ak_msg verdict_heads[] = { MSG_HEAD_LISTING,    MSG_HEAD_SERVICE, MSG_HEAD_PROVIDER, MSG_HEAD_REGISTERED,
	                                MSG_HEAD_EXPIRES,    MSG_HEAD_BASIS,   MSG_HEAD_STANDING_ON_RECORD, MSG_HEAD_RECORD,
	                                MSG_HEAD_STANDING,   MSG_HEAD_REASON,  MSG_HEAD_COVERAGE };

static void put_row(const ak_cli *c, ak_csv_out *out, const json_t *row, bool verdicts)
{
	static const char *const fields[] = { "listing", "service", "provider", "registered_on", "expires_on", "basis" };
	enum { BASIS = 5 };
	char room[AK_CELL_ROOM];

	for (size_t k = 0; k < sizeof(fields) / sizeof(fields[0]); k++)
		ak_csv_put(out, k == BASIS ? ak_answer_word(c, ak_js_str(row, fields[k])) : ak_js_lang(row, fields[k], c->ja));
	ak_csv_put(out, standing(c, row, true, room));
	ak_csv_put(out, AK_NUM(ak_js_num(row, "record")));
	if (verdicts) {
		ak_csv_put(out, ak_answer_word(c, ak_js_str(row, "verdict")));
		ak_csv_put(out, ak_finding_reason(c, row, room, sizeof(room)));
		ak_csv_put(out, ak_standings_reach(c, ak_js_str(row, "assurance")));
	}
	ak_csv_end_row(out);
}

/* Names, numbers and dates as stored: a table is read by reconcile too.  (--json has the codes of the rest.) */
static int write_csv(const ak_cli *c, const char *path, const ak_text *json, bool verdicts)
{
	const ak_msg *head = verdicts ? verdict_heads : heads;
	size_t n = verdicts ? sizeof(verdict_heads) / sizeof(verdict_heads[0]) : sizeof(heads) / sizeof(heads[0]);
	json_t *o = NULL;
	const json_t *row;
	ak_csv_out out;
	size_t i;
	int code = ak_answer(c, json, &o);

	if (code != EXIT_HOLDS)
		return code;
	code = ak_csv_open(c, head, n, &out);
	if (code != EXIT_HOLDS) {
		json_decref(o);
		return code;
	}
	json_array_foreach(verdicts ? ak_js_at(o, "listings") : o, i, row)
		put_row(c, &out, row, verdicts);
	code = ak_csv_write(c, path, &out);
	ak_csv_clear(&out);
	json_decref(o);
	return code;
}

/* Which of them a record was erased of. */
static int note_erased(const ak_cli *c, const json_t *rows)
{
	json_t *names = json_array();
	const json_t *row;
	size_t i;
	bool fine = names != NULL;

	json_array_foreach(rows, i, row) {
		if (ak_js_len(row, "erased") > 0)
			fine = fine && json_array_append(names, json_object_get(row, "listing")) == 0;
	}
	if (fine)
		ak_answer_put_erased(c, names, true);
	json_decref(names);
	return fine ? EXIT_HOLDS : ak_out_no_memory(c);
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
	ak_answer_note_closing(c, l);
	code = note_erased(c, rows);
	json_array_foreach(rows, i, row) {
		if (ak_js_has(row, "problem"))
			ak_out_note(c, MSG_ROW_PROBLEM, ak_js_str(row, "listing"), ak_js_str(row, "problem"), NULL);
	}
	json_decref(rows);
	return code;
}

static int print_verdicts(const ak_cli *c, const ak_text *json)
{
	json_t *o = NULL;
	int code = ak_answer(c, json, &o);

	if (code != EXIT_HOLDS)
		return code;
	ak_standings_head(c, o);
	ak_standings_print(c, o);
	json_decref(o);
	return EXIT_HOLDS;
}

/* What is only for verdicts is not passed over. */
static int check_options(const ak_cli *c, bool verdicts)
{
	static const ak_opt_id only[] = { OPT_TRUST, OPT_AS_OF };

	for (size_t i = 0; !verdicts && i < sizeof(only) / sizeof(only[0]); i++) {
		if (ak_opt_has(&c->opts, only[i]))
			return ak_out_usage(c, MSG_OPT_MISSING, "--verdict", NULL);
	}
	return EXIT_HOLDS;
}

static int tell(ak_cli *c, ak_ledger *l, bool verdicts, const ak_text *json)
{
	const char *csv = ak_opt_value(&c->opts, OPT_CSV);
	int code = csv != NULL ? write_csv(c, csv, json, verdicts) : EXIT_HOLDS;

	if (code == EXIT_HOLDS && c->json)
		ak_out_json_text(json);
	else if (code == EXIT_HOLDS && csv == NULL)
		code = verdicts ? print_verdicts(c, json) : print(c, l, json);
	return code;
}

int ak_cmd_list(ak_cli *c)
{
	const char *csv = ak_opt_value(&c->opts, OPT_CSV);
	const bool verdicts = ak_opt_has(&c->opts, OPT_VERDICT);
	ak_csv_encoding encoding;
	ak_ledger *l = NULL;
	ak_file trust = { 0 };
	ak_text json = { 0 };
	ak_error e = { 0 };
	ak_status st;
	char as_of[11] = "";
	int code = ak_csv_option(c, &encoding);

	if (code == EXIT_HOLDS && c->json && csv != NULL && strcmp(csv, "-") == 0)
		code = ak_out_usage(c, MSG_ONE_ON_STDOUT, NULL);
	if (code == EXIT_HOLDS)
		code = check_options(c, verdicts);
	if (code == EXIT_HOLDS && verdicts)
		code = ak_cli_day(c, OPT_AS_OF, as_of);
	if (code == EXIT_HOLDS && verdicts)
		code = ak_cli_trust(c, &trust);
	if (code == EXIT_HOLDS)
		code = ak_cli_open_as_known(c, &l);
	if (code == EXIT_HOLDS && verdicts)
		code = ak_cli_trust_names(c, l, &trust);
	if (code != EXIT_HOLDS)
		goto out;
	st = verdicts ? ak_ledger_verdicts(l, ak_file_span(&trust), *as_of != '\0' ? as_of : NULL, c->now, &json, &e)
	              : ak_ledger_list(l, &json, &e);
	code = st != AK_OK ? ak_out_refused(c, NULL, &e, NULL) : tell(c, l, verdicts, &json);
out:
	ak_text_free(&json);
	ak_ledger_free(&l);
	ak_file_drop(&trust);
	return code;
}
