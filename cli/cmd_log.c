/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "js.h"
#include "scheme.h"
#include "term.h"

#include <string.h>

static const char *cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	char date[AK_TERM_DATE_MAX];

	switch (column) {
	case 0:
		(void)snprintf(room, AK_CELL_ROOM, "#%llu", (unsigned long long)ak_js_num(row, "seq"));
		return room;
	case 1:
		(void)snprintf(room, AK_CELL_ROOM, "%s", ak_term_date(c->ja, ak_js_str(row, "issued"), date));
		return room;
	case 2:
		return ak_answer_annulled(c, row, ak_answer_title(c, row, room), room);
	default: {
		char digest[AK_TERM_DIGEST_MAX];

		(void)snprintf(room, AK_CELL_ROOM, "%s", ak_term_digest(c->full, ak_js_str(row, "id"), digest));
		return room;
	}
	}
}

static int print(ak_cli *c, ak_ledger *l, const ak_text *json)
{
	static const ak_msg heads[] = { MSG_HEAD_RECORD, MSG_HEAD_ISSUED, MSG_HEAD_TITLE, MSG_HEAD_ID };
	json_t *rows = NULL;
	int code = ak_answer(c, json, &rows);

	if (code != EXIT_HOLDS)
		return code;
	ak_scheme_use(c, l, NULL);
	if (json_array_size(rows) == 0)
		ak_out_note(c, MSG_NOTHING, NULL);
	ak_answer_table(c, rows, heads, 4, cell);
	json_decref(rows);
	return EXIT_HOLDS;
}

int ak_cmd_log(ak_cli *c)
{
	const char *subject = c->opts.n_operands > 0 ? c->opts.operand[0] : NULL;
	ak_ledger *l = NULL;
	ak_text json = { 0 };
	ak_error e = { 0 };
	uint64_t limit = 0;
	int code = ak_cli_number(c, OPT_LIMIT, 1, UINT32_MAX, &limit);

	if (code == EXIT_HOLDS)
		code = ak_cli_open_as_known(c, &l);
	if (code != EXIT_HOLDS)
		return code;
	if (ak_ledger_log(l, subject, ak_opt_value(&c->opts, OPT_TYPE), (size_t)limit, &json, &e) != AK_OK)
		code = ak_out_refused(c, subject, &e, NULL);
	else if (c->json)
		ak_out_json_text(&json);
	else
		code = print(c, l, &json);
	ak_text_free(&json);
	ak_ledger_free(&l);
	return code;
}
