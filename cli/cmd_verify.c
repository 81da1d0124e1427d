/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "evidence.h"
#include "files.h"
#include "js.h"
#include "near.h"
#include "report.h"
#include "use.h"
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

/* The paper is made from a bundle, as it is checked again: a whole one, for the programs of later years. */
static int write_report(const ak_cli *c, ak_ledger *l, const ak_verify_options *o, const json_t *told)
{
	ak_text bundle = { 0 };
	ak_error e = { 0 };
	int code;

	if (ak_ledger_bundle(l, o->scheme, o->listing, 0, true, &bundle, &e) != AK_OK)
		return ak_out_refused(c, o->listing, &e, NULL);
	code = ak_report_make(c, (ak_span){ (const uint8_t *)bundle.data, bundle.len }, o, told);
	ak_text_free(&bundle);
	return code;
}

static int verify(ak_cli *c, ak_ledger *l, const ak_verify_options *o)
{
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *report = NULL;
	int code;

	if (ak_ledger_verify(l, o, &verdict, &json, &e) != AK_OK)
		return ak_out_refused(c, o->listing, &e, NULL);
	code = ak_answer(c, &json, &report);
	if (code == EXIT_HOLDS) {
		const bool taken = ak_report_asked(c) && strcmp(ak_opt_value(&c->opts, OPT_REPORT), "-") == 0, json_wanted = c->json;

		if (c->json && !taken)
			ak_out_json_text(&json);
		else if (!taken)
			ak_verdict_print(c, report);
		if (!c->json && strcmp(ak_js_str(report, "reason"), "not-found") == 0) {
			json_t *near = ak_near_to(l, o->listing);

			ak_near_tell(c, near);
			json_decref(near);
		}
		c->json = c->json && taken; /* what is wrong with the report is no second answer */
		if (ak_report_asked(c))
			code = write_report(c, l, o, report);
		c->json = json_wanted;
		code = code == EXIT_HOLDS ? ak_verdict_exit(verdict) : code;
	}
	json_decref(report);
	ak_text_free(&json);
	return code;
}

/* A task that the scheme does not list is a slip of the keyboard, and told before anything is judged. */
static int check_use(const ak_cli *c, ak_ledger *l, const ak_verify_options *o, const ak_use_args *use)
{
	ak_text scheme = { 0 };
	ak_error e = { 0 };
	int code;

	if (o->scheme != NULL || use->use.task == NULL)
		return ak_use_check(c, o->listing, &use->use, o->scheme);
	if (ak_ledger_scheme(l, o->listing, &scheme, &e) != AK_OK)
		return ak_out_refused(c, o->listing, &e, NULL);
	code = ak_use_check(c, o->listing, &use->use, scheme.data);
	ak_text_free(&scheme);
	return code;
}

int ak_cmd_verify(ak_cli *c)
{
	ak_verify_options o = { .scheme = ak_opt_value(&c->opts, OPT_SCHEME), .listing = c->opts.operand[0], .now = c->now };
	ak_evidence_args *ev = calloc(1, sizeof(*ev));
	ak_use_args use = { 0 };
	ak_file trust = { 0 };
	ak_ledger *l = NULL;
	char as_of[11];
	int code = ev == NULL ? ak_out_no_memory(c) : ak_cli_day(c, OPT_AS_OF, as_of);

	if (code == EXIT_HOLDS)
		code = ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &o.known_at);
	if (code == EXIT_HOLDS)
		code = ak_use_read(c, &use);
	if (code == EXIT_HOLDS)
		code = ak_report_check_options(c);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust(c, &trust);
	if (code == EXIT_HOLDS)
		code = ak_evidence_read(c, ev);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS)
		code = check_use(c, l, &o, &use);
	if (code == EXIT_HOLDS) {
		o.trust = ak_file_span(&trust);
		o.as_of = *as_of != '\0' ? as_of : NULL;
		o.use = use.asked ? &use.use : NULL;
		ak_evidence_put(ev, &o);
		code = verify(c, l, &o);
	}
	if (ev != NULL)
		ak_evidence_drop(ev);
	free(ev);
	ak_file_drop(&trust);
	ak_ledger_free(&l);
	return code;
}
