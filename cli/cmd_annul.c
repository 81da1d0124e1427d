/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "draft.h"
#include "scheme.h"

int ak_cmd_annul(ak_cli *c)
{
	const char *record = c->opts.operand[0], *reason = ak_opt_value(&c->opts, OPT_REASON);
	ak_ledger *l = NULL;
	ak_text draft = { 0 };
	ak_error e = { 0 };
	char issued[11];
	int code;

	if (reason == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "--reason TEXT", NULL);
	code = ak_cli_date(c, OPT_ISSUED, issued);
	if (code == EXIT_HOLDS)
		code = ak_drafting_can_write(c);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	ak_drafting_caution(c, l);
	if (code != EXIT_HOLDS)
		return code;
	ak_scheme_use(c, l, NULL);
	if (ak_ledger_draft_annulment(l, record, reason, *issued != '\0' ? issued : NULL, c->now, &draft, &e) != AK_OK)
		code = ak_out_refused(c, record, &e, NULL);
	else
		code = ak_drafting_finish(c, &draft);
	ak_text_free(&draft);
	ak_ledger_free(&l);
	return code;
}
