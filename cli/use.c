/* SPDX-License-Identifier: Apache-2.0 */
#include "use.h"

#include "js.h"
#include "out.h"

#include "akashi/scheme.h"

#include <string.h>

enum { TERM_MAX = 256, TASK_INDENT = 13 };

/* One end of the term, as people write a day. */
static int read_day(const ak_cli *c, const char *text, char stored[11])
{
	ak_error e = { 0 };

	if (ak_date_normalise(text, stored, &e) == AK_OK && strlen(stored) == 10)
		return EXIT_HOLDS;
	return ak_out_usage(c, MSG_NOT_A_DATE, ak_opt_get(OPT_CONTRACT)->name, text, NULL);
}

/* "FROM..TO" */
static int read_term(const ak_cli *c, const char *text, ak_use_args *u)
{
	const char *dots = strstr(text, "..");
	char from[TERM_MAX];
	int code;

	if (dots == NULL || (size_t)(dots - text) >= sizeof(from))
		return ak_out_usage(c, MSG_NOT_A_TERM, ak_opt_get(OPT_CONTRACT)->name, text, NULL);
	(void)snprintf(from, sizeof(from), "%.*s", (int)(dots - text), text);
	code = read_day(c, from, u->from);
	if (code == EXIT_HOLDS)
		code = read_day(c, dots + 2, u->to);
	if (code == EXIT_HOLDS && strcmp(u->from, u->to) > 0)
		return ak_out_usage(c, MSG_TERM_BACKWARDS, ak_opt_get(OPT_CONTRACT)->name, text, NULL);
	u->use.contract_from = u->from;
	u->use.contract_to = u->to;
	return code;
}

static void list_tasks(const ak_cli *c, const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		ak_out_wrapped(c, stderr, TASK_INDENT, MSG_USE_TASK_IS, ak_js_str(row, "id"), ak_js_str(row, c->ja ? "label_ja" : "label_en"), NULL);
}

/* False, and what is known in `e`, for a task that is none of these. */
static bool is_task(const json_t *rows, const char *task, ak_error *e)
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(rows, i, row) {
		if (strcmp(ak_js_str(row, "id"), task) == 0)
			return true;
		if (n < sizeof(e->expected))
			n += (size_t)snprintf(e->expected + n, sizeof(e->expected) - n, "%s%s", n == 0 ? "" : " ", ak_js_str(row, "id"));
	}
	(void)snprintf(e->detail, sizeof(e->detail), "%s", n == 0 ? "this scheme lists no tasks" : "no task that this scheme lists");
	(void)snprintf(e->found, sizeof(e->found), "%.100s", task);
	return false;
}

int ak_use_check(const ak_cli *c, const char *file, const ak_use *u, const char *scheme)
{
	const ak_tell tasks = { .query = "tasks" };
	ak_error e = { .status = AK_INVALID_ARGUMENT, .where = "use.task" }, why = { 0 };
	ak_text json = { 0 };
	json_t *o = NULL;
	int code = EXIT_HOLDS;
	ak_status st;

	if (u == NULL || u->task == NULL)
		return EXIT_HOLDS;
	st = ak_scheme_tell(scheme, &tasks, NULL, c->now, &json, &why);
	if (st == AK_NOT_HELD)
		return EXIT_HOLDS; /* a scheme that this program does not know: its own rules say */
	if (st != AK_OK && st != AK_NOT_FOUND)
		return ak_out_refused(c, file, &why, NULL);
	o = st == AK_OK ? ak_js_parse(&json) : NULL;
	if (!is_task(ak_js_at(o, "rows"), u->task, &e)) {
		code = ak_out_refused(c, file, &e, NULL);
		if (!c->json)
			list_tasks(c, ak_js_at(o, "rows"));
	}
	json_decref(o);
	ak_text_free(&json);
	return code;
}

int ak_use_read(const ak_cli *c, ak_use_args *u)
{
	static const ak_opt_id texts[] = { OPT_SERVICE, OPT_REGION, OPT_USE, OPT_CONFIRMED };
	const char *term = ak_opt_value(&c->opts, OPT_CONTRACT);

	u->use = (ak_use){ .service = ak_opt_value(&c->opts, OPT_SERVICE), .region = ak_opt_value(&c->opts, OPT_REGION),
	                   .task = ak_opt_value(&c->opts, OPT_USE), .confirmation = ak_opt_value(&c->opts, OPT_CONFIRMED) };
	u->asked = term != NULL;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		u->asked = u->asked || ak_opt_has(&c->opts, texts[i]);
	return term == NULL ? EXIT_HOLDS : read_term(c, term, u);
}
