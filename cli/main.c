/* SPDX-License-Identifier: Apache-2.0 */
/* akashi - seal, read and verify evidence; see akashi(1) */
#include "commands.h"
#include "help.h"
#include "out.h"
#include "scheme.h"

#include <string.h>

enum { ALLOWED_MAX = 64 };

static size_t allowed_of(const ak_command *command, ak_opt_id out[ALLOWED_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < ak_common_options_n; i++)
		out[n++] = ak_common_options[i];
	for (size_t i = 0; command != NULL && i < command->n_options; i++)
		out[n++] = command->options[i];
	if (command == NULL)
		out[n++] = OPT_VERSION;
	return n;
}

static int bad_option(const ak_cli *c, ak_opt_fault fault, const char *arg)
{
	int code = ak_cli_bad_option(c, fault, arg);

	if (fault == AK_OPT_UNKNOWN && !c->json)
		ak_help_nearest(c, arg);
	return code;
}

static int unknown_command(ak_cli *c, const char *name)
{
	(void)ak_out_usage(c, MSG_NO_SUCH_COMMAND, name, NULL);
	if (!c->json) {
		ak_help_nearest(c, name);
		ak_out_line(c, stderr, MSG_HELP_HINT, NULL);
	}
	return EXIT_USAGE;
}

static int run(ak_cli *c, int argc, char **argv)
{
	ak_opt_id allowed[ALLOWED_MAX];
	int at = 1, code;
	ak_opt_fault fault = ak_opt_parse(&c->opts, argc, argv, &at, allowed, allowed_of(NULL, allowed), true);

	if (fault != AK_OPT_FINE)
		ak_opt_after_fault(&c->opts, argc, argv, at, allowed, allowed_of(NULL, allowed));
	code = ak_cli_settle(c);
	if (fault != AK_OPT_FINE)
		return bad_option(c, fault, argv[at]);
	if (code != EXIT_HOLDS)
		return code;
	if (ak_opt_has(&c->opts, OPT_VERSION))
		return ak_cmd_version(c);
	if (at == argc) {
		ak_help_start(c, ak_opt_has(&c->opts, OPT_HELP) ? stdout : stderr);
		return ak_opt_has(&c->opts, OPT_HELP) ? EXIT_HOLDS : EXIT_USAGE;
	}
	c->command = ak_command_find(argv[at]);
	at++;
	if (c->command == NULL) {
		const char *name = argv[at - 1];

		/* Other options may belong to what was meant. */
		ak_opt_after_fault(&c->opts, argc, argv, at - 1, allowed, allowed_of(NULL, allowed));
		(void)ak_cli_settle(c);
		return unknown_command(c, name);
	}
	fault = ak_opt_parse(&c->opts, argc, argv, &at, allowed, allowed_of(c->command, allowed), false);
	if (fault != AK_OPT_FINE)
		ak_opt_after_fault(&c->opts, argc, argv, at, allowed, allowed_of(c->command, allowed));
	code = ak_cli_settle(c);
	if (fault != AK_OPT_FINE)
		return bad_option(c, fault, argv[at]);
	if (code != EXIT_HOLDS)
		return code;
	if (ak_opt_has(&c->opts, OPT_HELP)) {
		ak_help_command(c, stdout, c->command);
		return EXIT_HOLDS;
	}
	return ak_cli_run(c);
}

static int run_and_drop(ak_cli *c, int argc, char **argv)
{
	int code = run(c, argc, argv);

	ak_scheme_drop(c);
	return code;
}

int main(int argc, char **argv)
{
	return ak_cli_main("akashi", ak_common_options, ak_common_options_n, run_and_drop, argc, argv);
}
