/* SPDX-License-Identifier: Apache-2.0 */
/* akashi - seal, read and verify evidence; see akashi(1) */
#include "commands.h"
#include "help.h"
#include "out.h"
#include "scheme.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* What the common options say; they may stand before or after the command. */
static int settle(ak_cli *c)
{
	const char *lang = ak_opt_value(&c->opts, OPT_LANG), *dir = ak_opt_value(&c->opts, OPT_DIR);

	c->ja = ak_cli_prefers_japanese(lang);
	c->json = ak_opt_has(&c->opts, OPT_JSON);
	c->quiet = ak_opt_has(&c->opts, OPT_QUIET);
	c->full = ak_opt_has(&c->opts, OPT_FULL);
	c->dir = dir == NULL ? "." : dir;
	if (lang != NULL && strcmp(lang, "ja") != 0 && strcmp(lang, "en") != 0)
		return ak_out_usage(c, MSG_NOT_A_LANG, lang, NULL);
	return EXIT_HOLDS;
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

	code = settle(c);
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

		/* --json and --lang behind it still say how to complain; other options may belong to what was meant. */
		while (at < argc && ak_opt_parse(&c->opts, argc, argv, &at, allowed, allowed_of(NULL, allowed), false) != AK_OPT_FINE)
			at++;
		(void)settle(c);
		return unknown_command(c, name);
	}
	fault = ak_opt_parse(&c->opts, argc, argv, &at, allowed, allowed_of(c->command, allowed), false);
	code = settle(c);
	if (fault != AK_OPT_FINE)
		return bad_option(c, fault, argv[at]);
	if (code != EXIT_HOLDS)
		return code;
	if (ak_opt_has(&c->opts, OPT_HELP)) {
		ak_help_command(c, stdout, c->command);
		return EXIT_HOLDS;
	}
	if (c->opts.n_operands < c->command->least)
		return ak_out_usage(c, MSG_OPERAND_MISSING, c->command->operands, NULL);
	if (c->opts.n_operands > c->command->most)
		return ak_out_usage(c, MSG_OPERAND_TOO_MANY, c->opts.operand[c->command->most], NULL);
	return c->command->run(c);
}

int main(int argc, char **argv)
{
	ak_cli *c = calloc(1, sizeof(*c));
	bool lost;
	int code;

	if (c == NULL || !ak_cli_streams_taken()) {
		free(c);
		return EXIT_NOT_DECIDED;
	}
	(void)signal(SIGPIPE, SIG_IGN); /* a reader that went away is a failed write, seen below */
	c->program = "akashi";
	c->common = ak_common_options;
	c->n_common = ak_common_options_n;
	c->now = (int64_t)time(NULL);
	c->colour = ak_cli_wants_colour();
	c->width = ak_cli_terminal_width();
	code = run(c, argc, argv);
	/* An answer that did not arrive must not look like a good one. */
	lost = fflush(stdout) != 0 || ferror(stdout);
	if (lost)
		ak_out_line(c, stderr, MSG_STDOUT_LOST, NULL);
	ak_scheme_drop(c);
	free(c->trust_path);
	free(c);
	return lost ? EXIT_NOT_DECIDED : code;
}
