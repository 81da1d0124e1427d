/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "trace.h"
#include "verdict.h"

#include <string.h>

static int show(const ak_cli *c, const ak_text *json, ak_verdict verdict)
{
	const char *path = ak_opt_value(&c->opts, OPT_SVG);
	json_t *report = NULL;
	int code = ak_answer(c, json, &report);

	/* A picture on stdout is the whole answer there. */
	if (code == EXIT_HOLDS && path != NULL)
		code = ak_svg_write(c, path, ak_trace_draw, report);
	if (code == EXIT_HOLDS) {
		bool taken = path != NULL && strcmp(path, "-") == 0;

		if (c->json && !taken)
			ak_out_json_text(json);
		else if (!taken)
			ak_trace_print(c, report);
		code = ak_verdict_exit(verdict);
	}
	json_decref(report);
	return code;
}

int ak_cmd_trace(ak_cli *c)
{
	ak_verify_options o = { .scheme = ak_opt_value(&c->opts, OPT_SCHEME), .listing = c->opts.operand[0], .now = c->now };
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_file trust = { 0 };
	ak_ledger *l = NULL;
	ak_text json = { 0 };
	ak_error e = { 0 };
	char as_of[11];
	int code = ak_cli_day(c, OPT_AS_OF, as_of);

	if (code == EXIT_HOLDS)
		code = ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &o.known_at);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust(c, &trust);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS) {
		o.trust = ak_file_span(&trust);
		o.as_of = *as_of != '\0' ? as_of : NULL;
		if (ak_ledger_verify(l, &o, &verdict, &json, &e) != AK_OK)
			code = ak_out_refused(c, o.listing, &e, NULL);
		else
			code = show(c, &json, verdict);
	}
	ak_text_free(&json);
	ak_file_drop(&trust);
	ak_ledger_free(&l);
	return code;
}
