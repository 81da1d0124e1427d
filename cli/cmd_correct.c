/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "draft.h"
#include "js.h"
#include "scheme.h"

#include <stdlib.h>
#include <string.h>

/* The new value as JSON: --to is text, --to-json is taken as it is (the library parses it). */
static int new_value(const ak_cli *c, char **json)
{
	const char *text = ak_opt_value(&c->opts, OPT_TO), *given = ak_opt_value(&c->opts, OPT_TO_JSON);
	json_t *v;

	if (ak_opt_count(&c->opts, OPT_FIELD) > 1 || ak_opt_count(&c->opts, OPT_TO) > 1)
		return ak_out_usage(c, MSG_CORRECT_ONE_FIELD, NULL);

	if ((text == NULL) == (given == NULL))
		return text == NULL ? ak_out_usage(c, MSG_OPT_MISSING, "--to TEXT", NULL)
		                    : ak_out_usage(c, MSG_NOT_TOGETHER, "--to", "--to-json", NULL);
	v = given != NULL ? json_loads(given, JSON_DECODE_ANY, NULL) : json_string(text);
	if (v == NULL)
		return ak_out_usage(c, MSG_NOT_JSON, given != NULL ? "--to-json" : "--to", given != NULL ? given : text, NULL);
	*json = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(v);
	return *json == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

/* --to a field that is a date, as people write dates. */
static int as_date(ak_cli *c, ak_ledger *l, const char *record, const char *field, char **json)
{
	const char *text = ak_opt_value(&c->opts, OPT_TO);
	char stored[11], quoted[14];
	ak_text shown = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	bool date;

	if (text == NULL || ak_ledger_show(l, record, &shown, NULL) != AK_OK)
		return EXIT_HOLDS; /* drafting says what is wrong with the record */
	o = ak_js_parse(&shown);
	ak_text_free(&shown);
	ak_scheme_use(c, l, *ak_js_str(o, "scheme") != '\0' ? ak_js_str(o, "scheme") : NULL);
	date = ak_scheme_is_date(c, ak_js_str(o, "type"), field);
	json_decref(o);
	if (!date)
		return EXIT_HOLDS;
	if (ak_date_normalise(text, stored, &e) != AK_OK)
		return ak_out_usage(c, MSG_NOT_A_DATE, "--to", text, NULL);
	(void)snprintf(quoted, sizeof(quoted), "\"%s\"", stored);
	free(*json);
	*json = strdup(quoted);
	return *json == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

int ak_cmd_correct(ak_cli *c)
{
	const char *record = c->opts.operand[0], *field = ak_opt_value(&c->opts, OPT_FIELD);
	const char *reason = ak_opt_value(&c->opts, OPT_REASON);
	ak_ledger *l = NULL;
	ak_text draft = { 0 };
	ak_error e = { 0 };
	char *after = NULL, issued[11];
	int code;

	if (field == NULL || reason == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, field == NULL ? "--field /FIELD" : "--reason TEXT", NULL);
	code = new_value(c, &after);
	if (code == EXIT_HOLDS)
		code = ak_cli_date(c, OPT_ISSUED, issued);
	if (code == EXIT_HOLDS)
		code = ak_drafting_can_write(c);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	ak_drafting_caution(c, l);
	if (code == EXIT_HOLDS)
		code = as_date(c, l, record, field, &after);
	if (code != EXIT_HOLDS)
		goto out;
	if (ak_ledger_draft_correction(l, record, field, after, reason, *issued != '\0' ? issued : NULL, c->now, &draft, &e) != AK_OK)
		code = ak_out_refused(c, record, &e, NULL);
	else
		code = ak_drafting_finish(c, &draft);
out:
	ak_text_free(&draft);
	ak_ledger_free(&l);
	free(after);
	return code;
}
