/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "js.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { LIMIT = 100 };

static const char *cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	switch (column) {
	case 0:
		(void)snprintf(room, AK_CELL_ROOM, "#%llu", (unsigned long long)ak_js_num(row, "seq"));
		return room;
	case 1: {
		char named[AK_SCHEME_TEXT];

		(void)ak_term_fit(ak_scheme_title(c, ak_js_str(row, "type"), ak_js_lang(row, "title", c->ja), named), room, AK_CELL_ROOM);
		return ak_answer_annulled(c, row, room, room);
	}
	default:
		return ak_answer_subject(c, ak_js_str(row, "subject"), room);
	}
}

static int print(ak_cli *c, ak_ledger *l, const ak_text *json)
{
	static const ak_msg heads[] = { MSG_HEAD_RECORD, MSG_HEAD_TITLE, MSG_HEAD_ABOUT };
	json_t *rows = NULL;
	int code = ak_answer(c, json, &rows);

	if (code != EXIT_HOLDS)
		return code;
	ak_scheme_use(c, l, NULL);
	if (json_array_size(rows) == 0)
		ak_out_note(c, MSG_NOTHING, NULL);
	ak_answer_note_closing(c, l);
	ak_answer_table(c, rows, heads, 3, cell);
	json_decref(rows);
	return EXIT_HOLDS;
}

/* The operands, one space between them: quotes around a phrase are optional. */
static char *joined(const ak_opts *o)
{
	size_t room = 1;
	char *text, *at;

	for (size_t i = 0; i < o->n_operands; i++)
		room += strlen(o->operand[i]) + 1;
	text = at = malloc(room);
	for (size_t i = 0; text != NULL && i < o->n_operands; i++) {
		size_t n = strlen(o->operand[i]);

		if (i > 0)
			*at++ = ' ';
		memcpy(at, o->operand[i], n);
		at += n;
	}
	if (text != NULL)
		*at = '\0';
	return text;
}

int ak_cmd_search(ak_cli *c)
{
	ak_ledger *l = NULL;
	ak_text json = { 0 };
	ak_error e = { 0 };
	uint64_t limit = LIMIT;
	char *query = joined(&c->opts);
	int code = query == NULL ? ak_out_no_memory(c) : ak_cli_number(c, OPT_LIMIT, 1, UINT32_MAX, &limit);

	if (code == EXIT_HOLDS)
		code = ak_cli_open_as_known(c, &l);
	if (code != EXIT_HOLDS)
		goto out;
	if (ak_ledger_search(l, query, (size_t)limit, &json, &e) != AK_OK)
		code = ak_out_refused(c, query, &e, NULL);
	else if (c->json)
		ak_out_json_text(&json);
	else
		code = print(c, l, &json);
out:
	ak_text_free(&json);
	ak_ledger_free(&l);
	free(query);
	return code;
}
