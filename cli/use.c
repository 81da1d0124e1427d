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
		return ak_out_usage(c, MSG_NOT_A_TERM, ak_opt_get(OPT_CONTRACT)->name, text, NULL);
	u->use.contract_from = u->from;
	u->use.contract_to = u->to;
	return code;
}

int ak_use_refused(const ak_cli *c, const char *file, const ak_error *e, const char *scheme)
{
	const int code = ak_out_refused(c, file, e, NULL);
	const ak_tell tasks = { .query = "tasks" };
	ak_text json = { 0 };
	json_t *o = NULL, *row;
	size_t i;

	if (c->json || scheme == NULL || e->where == NULL || strcmp(e->where, "use.task") != 0 || ak_scheme_tell(scheme, &tasks, NULL, c->now, &json, &(ak_error){ 0 }) != AK_OK)
		return code;
	o = ak_js_parse(&json);
	json_array_foreach(ak_js_at(o, "rows"), i, row) {
		const char *id = ak_js_str(row, "id"), *label = ak_js_str(row, c->ja ? "label_ja" : "label_en");

		ak_out_wrapped(c, stderr, TASK_INDENT, MSG_USE_TASK_IS, id, label, NULL);
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
