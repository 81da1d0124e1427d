/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "js.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { NEXT_MAX = 8192 };

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

/* The types of all schemes of this ledger, as they are typed and (in Japanese) as they are read; freed with free(), NULL without memory. */
static char *types_of(const ak_cli *c, ak_ledger *l)
{
	ak_text json = { 0 };
	json_t *rows = NULL;
	const json_t *row;
	char *text = NULL;
	size_t len = 0, i;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return NULL;
	if (ak_ledger_types(l, &json, NULL) == AK_OK)
		rows = ak_js_parse(&json);
	ak_text_free(&json);
	json_array_foreach(rows, i, row) {
		(void)fprintf(f, "%s%s", i == 0 ? "" : c->ja ? "、" : ", ", ak_js_str(row, "type"));
		if (c->ja && *ak_js_str(row, "ja") != '\0')
			(void)fprintf(f, "（%s）", ak_js_str(row, "ja"));
	}
	json_decref(rows);
	if (fclose(f) == 0 && len > 0)
		return text;
	free(text);
	return NULL;
}

/* Whoever mistypes a type is told which there are: "nothing" would be an answer about the ledger. */
static int refused(const ak_cli *c, ak_ledger *l, const char *subject, const ak_error *e)
{
	const bool typo = e->status == AK_UNKNOWN_TYPE;
	char *types = typo ? types_of(c, l) : NULL, next[NEXT_MAX] = "";
	int code;

	if (types != NULL)
		(void)ak_out_text(c, next, sizeof(next), MSG_NEXT_LEDGER_TYPES, types, NULL);
	code = ak_out_refused(c, typo ? ak_opt_value(&c->opts, OPT_TYPE) : subject, e, next);
	free(types);
	return code;
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
		code = refused(c, l, subject, &e);
	else if (c->json)
		ak_out_json_text(&json);
	else
		code = print(c, l, &json);
	ak_text_free(&json);
	ak_ledger_free(&l);
	return code;
}
