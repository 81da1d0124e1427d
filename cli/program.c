/* SPDX-License-Identifier: Apache-2.0 */
/* From main() to the command and back: what both programs do alike. */
#include "cli.h"
#include "out.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static bool prefers_japanese(const char *option)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	if (option != NULL)
		return strcmp(option, "ja") == 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *v = getenv(names[i]);

		if (v != NULL && *v != '\0')
			return strncmp(v, "ja", 2) == 0;
	}
	return false;
}

static bool wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && term != NULL && strcmp(term, "dumb") != 0;
}

static size_t terminal_width(void)
{
	struct winsize w = { 0 };

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0)
		return 0;
	return w.ws_col;
}

/* The place of a stream that is closed would be taken by a ledger's file, and our words would be written into that file. */
static bool streams_taken(void)
{
	static const int use[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", use[fd]) != fd)
			return false;
	}
	return true;
}

int ak_cli_bad_option(const ak_cli *c, ak_opt_fault fault, const char *arg)
{
	char called[AK_CALLED_ROOM];

	switch (fault) {
	case AK_OPT_NEEDS:
		return ak_out_usage(c, MSG_OPT_NEEDS_VALUE, arg, NULL);
	case AK_OPT_TAKES_NO:
		return ak_out_usage(c, MSG_OPT_TAKES_NO_VALUE, arg, NULL);
	case AK_OPT_TWICE:
		return ak_out_usage(c, MSG_OPT_TWICE, arg, NULL);
	case AK_OPT_TOO_MANY:
		return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
	case AK_OPT_UNKNOWN:
	case AK_OPT_FINE:
		break;
	}
	return ak_out_usage(c, MSG_OPT_UNKNOWN, c->command == NULL ? c->program : ak_cli_called(c, c->command, called), arg, NULL);
}

int ak_cli_settle(ak_cli *c)
{
	const char *lang = ak_opt_value(&c->opts, OPT_LANG), *dir = ak_opt_value(&c->opts, OPT_DIR);

	c->ja = prefers_japanese(lang);
	c->json = ak_opt_has(&c->opts, OPT_JSON);
	c->quiet = ak_opt_has(&c->opts, OPT_QUIET);
	c->full = ak_opt_has(&c->opts, OPT_FULL);
	c->dir = dir == NULL ? "." : dir;
	if (lang != NULL && strcmp(lang, "ja") != 0 && strcmp(lang, "en") != 0)
		return ak_out_usage(c, MSG_NOT_A_LANG, lang, NULL);
	return EXIT_HOLDS;
}

int ak_cli_run(ak_cli *c)
{
	const ak_command *k = c->command;

	if (c->opts.n_operands < k->least)
		return ak_out_usage(c, MSG_OPERAND_MISSING, k->operands, NULL);
	if (c->opts.n_operands > k->most)
		return ak_out_usage(c, MSG_OPERAND_TOO_MANY, c->opts.operand[k->most], NULL);
	return k->run(c);
}

int ak_cli_main(const char *program, const ak_opt_id *common, size_t n_common, ak_cli_run_fn *run, int argc, char **argv)
{
	ak_cli *c = calloc(1, sizeof(*c));
	bool lost;
	int code;

	if (c == NULL || !streams_taken()) {
		free(c);
		return EXIT_NOT_DECIDED;
	}
	(void)signal(SIGPIPE, SIG_IGN); /* a reader that went away is a failed write, seen below */
	c->program = program;
	c->common = common;
	c->n_common = n_common;
	c->now = (int64_t)time(NULL);
	c->colour = wants_colour();
	c->width = terminal_width();
	code = run(c, argc, argv);
	/* An answer that did not arrive must not look like a good one. */
	lost = fflush(stdout) != 0 || ferror(stdout);
	if (lost)
		ak_out_line(c, stderr, MSG_STDOUT_LOST, NULL);
	free(c->trust_path);
	free(c);
	return lost ? EXIT_NOT_DECIDED : code;
}
