/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "fields.h"
#include "help.h"
#include "out.h"
#include "term.h"

#include <string.h>

enum { CANDIDATES_MAX = 128 };

void ak_help_start(const ak_cli *c, FILE *to)
{
	static const struct {
		ak_msg what;
		const char *line;
	} six[] = {
		{ MSG_HELP_DO_VERIFY, "akashi verify C24-0101-2 --trust ismap.trust" },
		{ MSG_HELP_DO_RECORD, "akashi draft decision -o d.json; akashi sign d.json --key me.key; akashi seal d.dsse.json" },
		{ MSG_HELP_DO_PROVE, "akashi draft audit-report --commit report.pdf:result-report -o r.json" },
		{ MSG_HELP_DO_STATUS, "akashi status --trust ismap.trust" },
		{ MSG_HELP_DO_AUDIT, "akashi audit -C ismap-ledger --trust ismap.trust" },
		{ MSG_HELP_DO_INIT, "akashi init try.git --origin ledger.example/try --make-keys keys" },
	};

	ak_out_line(c, to, MSG_HELP_TITLE, NULL);
	for (size_t i = 0; i < sizeof(six) / sizeof(six[0]); i++) {
		(void)fputs("\n  ", to);
		ak_out_line(c, to, six[i].what, NULL);
		(void)fprintf(to, "      $ %s\n", six[i].line);
	}
	(void)fputc('\n', to);
	ak_out_line(c, to, MSG_HELP_HINT, NULL);
}

void ak_help_all(const ak_cli *c, FILE *to)
{
	const ak_command *k;

	ak_help_start(c, to);
	(void)fputc('\n', to);
	for (size_t i = 0; (k = ak_command_at(i)) != NULL; i++) {
		ak_term_spaces(to, 2);
		ak_term_pad(to, k->name, 13);
		ak_term_wrap(to, ak_msg_text(k->summary, c->ja), 12, ak_out_text_width(c));
		(void)fputc('\n', to);
	}
	(void)fputc('\n', to);
	ak_out_line(c, to, MSG_HELP_COMMON, NULL);
	for (size_t i = 0; i < c->n_common; i++)
		ak_help_option(c, to, NULL, c->common[i]);
	(void)fputc('\n', to);
	ak_out_wrapped(c, to, 0, MSG_HELP_EXITS, NULL);
}

/* The second word of a command, typed as if it were the first. */
static const char *whole_command(const char *typed)
{
	static const char *const whole[] = { "witness heartbeat", "witness cosign", "timestamp renew", "evidence encrypt", "evidence decrypt", "evidence drop" };

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		if (strcmp(strchr(whole[i], ' ') + 1, typed) == 0)
			return whole[i];
	}
	return NULL;
}

void ak_help_nearest(const ak_cli *c, const char *typed)
{
	const char *candidate[CANDIDATES_MAX], *near;
	const ak_command *k;
	size_t n = 0;

	if (*typed == '-') {
		for (size_t i = 0; i < c->n_common; i++)
			candidate[n++] = ak_opt_get(c->common[i])->name;
		for (size_t i = 0; c->command != NULL && i < c->command->n_options; i++)
			candidate[n++] = ak_opt_get(c->command->options[i])->name;
	} else {
		for (size_t i = 0; (k = ak_command_at(i)) != NULL; i++)
			candidate[n++] = k->name;
	}
	near = whole_command(typed);
	if (near == NULL)
		near = ak_opt_nearest(typed, candidate, n);
	if (near != NULL)
		ak_out_line(c, stderr, MSG_DID_YOU_MEAN, near, NULL);
}

int ak_cmd_help(ak_cli *c)
{
	const ak_command *k;

	if (ak_opt_has(&c->opts, OPT_MAN)) {
		ak_help_man(stdout);
		return EXIT_HOLDS;
	}
	if (ak_opt_has(&c->opts, OPT_COMPLETION)) {
		ak_help_completion(stdout);
		return EXIT_HOLDS;
	}
	if (c->opts.n_operands == 0) {
		ak_help_all(c, stdout);
		return EXIT_HOLDS;
	}
	k = ak_command_find(c->opts.operand[0]);
	if (k == NULL && ak_fields_known(c->opts.operand[0]))
		return ak_fields(c, NULL, c->opts.operand[0]);
	if (k == NULL) {
		(void)ak_out_usage(c, MSG_NO_SUCH_COMMAND, c->opts.operand[0], NULL);
		ak_help_nearest(c, c->opts.operand[0]);
		return EXIT_USAGE;
	}
	ak_help_command(c, stdout, k);
	return EXIT_HOLDS;
}
