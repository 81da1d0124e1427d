/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "term.h"

#include <string.h>

static const char *date_cell(const ak_cli *c, const char *stored, char room[AK_CELL_ROOM])
{
	char date[AK_TERM_DATE_MAX];

	(void)snprintf(room, AK_CELL_ROOM, "%s", ak_term_date(c->ja, stored, date));
	return *room != '\0' ? room : "—";
}

static const char *listing_cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	switch (column) {
	case 0:
		return ak_js_str(row, "listing");
	case 1:
		return ak_answer_word(c, ak_js_str(row, "verdict"));
	case 2:
		return date_cell(c, ak_js_str(row, "expires_on"), room);
	case 3:
		return ak_js_lang(row, "service", c->ja);
	case 4:
		return ak_js_lang(row, "provider", c->ja);
	default:
		return ak_answer_word(c, ak_js_str(row, "reason"));
	}
}

static const char *auditor_cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	switch (column) {
	case 0:
		return ak_js_str(row, "auditor");
	case 1:
		return ak_answer_word(c, ak_js_str(row, "standing"));
	case 2:
		return date_cell(c, ak_js_str(row, "valid_from"), room);
	default:
		return date_cell(c, ak_js_str(row, "valid_until"), room);
	}
}

static int print(const ak_cli *c, const ak_text *json)
{
	static const ak_msg listings[] = { MSG_HEAD_LISTING, MSG_HEAD_STANDING, MSG_HEAD_EXPIRES,
		                           MSG_HEAD_SERVICE, MSG_HEAD_PROVIDER, MSG_HEAD_REASON };
	static const ak_msg auditors[] = { MSG_HEAD_AUDITOR, MSG_HEAD_STANDING, MSG_HEAD_FROM, MSG_HEAD_UNTIL };
	char date[AK_TERM_DATE_MAX];
	json_t *o = NULL;
	int code = ak_answer(c, json, &o);

	if (code != EXIT_HOLDS)
		return code;
	ak_out_line(c, stdout, MSG_STATUS_AS_OF, ak_term_date(c->ja, ak_js_str(o, "as_of"), date), AK_NUM(ak_js_num(o, "known_at")), NULL);
	(void)fputc('\n', stdout);
	if (ak_js_len(o, "listings") == 0)
		ak_out_line(c, stdout, MSG_NO_LISTINGS, NULL);
	ak_answer_table(c, ak_js_at(o, "listings"), listings, 6, listing_cell);
	if (ak_js_len(o, "auditors") > 0)
		(void)fputc('\n', stdout);
	ak_answer_table(c, ak_js_at(o, "auditors"), auditors, 4, auditor_cell);
	json_decref(o);
	return EXIT_HOLDS;
}

int ak_cmd_status(ak_cli *c)
{
	ak_ledger *l = NULL;
	ak_file trust = { 0 };
	ak_text json = { 0 };
	ak_error e = { 0 };
	uint64_t known_at = 0;
	char as_of[11];
	int code = ak_cli_date(c, OPT_AS_OF, as_of);

	if (code == EXIT_HOLDS)
		code = ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &known_at);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust(c, &trust);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code != EXIT_HOLDS)
		goto out;
	if (ak_ledger_status(l, ak_file_span(&trust), *as_of != '\0' ? as_of : NULL, known_at, c->now, &json, &e) != AK_OK)
		code = ak_out_refused(c, NULL, &e, NULL);
	else if (c->json)
		ak_out_json_text(&json);
	else
		code = print(c, &json);
out:
	ak_text_free(&json);
	ak_ledger_free(&l);
	ak_file_drop(&trust);
	return code;
}
