/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"
#include "files.h"
#include "out.h"
#include "term.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { PATH_TEXT_MAX = 4096, TRUST_FILE_MAX = 65536 };

bool ak_cli_prefers_japanese(const char *option)
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

bool ak_cli_wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && term != NULL && strcmp(term, "dumb") != 0;
}

size_t ak_cli_terminal_width(void)
{
	struct winsize w = { 0 };

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0)
		return 0;
	return w.ws_col;
}

/* The place of a stream that is closed would be taken by a ledger's file, and our words would be written into that file. */
bool ak_cli_streams_taken(void)
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

int ak_cli_date(const ak_cli *c, ak_opt_id id, char stored[11])
{
	const char *text = ak_opt_value(&c->opts, id);
	ak_error e = { 0 };

	stored[0] = '\0';
	if (text == NULL || ak_date_normalise(text, stored, &e) == AK_OK)
		return EXIT_HOLDS;
	return ak_out_usage(c, MSG_NOT_A_DATE, ak_opt_get(id)->name, text, NULL);
}

void ak_cli_today(const ak_cli *c, char stored[11])
{
	enum { JST = 9 * 3600 };
	time_t there = (time_t)(c->now + JST);
	struct tm tm;

	if (gmtime_r(&there, &tm) == NULL || strftime(stored, 11, "%Y-%m-%d", &tm) != 10)
		stored[0] = '\0';
}

/* "512", and also "#512" as records are shown. */
int ak_cli_number(const ak_cli *c, ak_opt_id id, uint64_t least, uint64_t most, uint64_t *out)
{
	const char *text = ak_opt_value(&c->opts, id);
	const char *s = text;
	uint64_t n = 0;

	if (text == NULL)
		return EXIT_HOLDS;
	s += *s == '#';
	for (; *s >= '0' && *s <= '9' && n <= most; s++)
		n = n * 10 + (uint64_t)(*s - '0');
	if (*s != '\0' || s == text || s[-1] == '#' || n < least || n > most)
		return ak_out_usage(c, MSG_NOT_A_NUMBER, ak_opt_get(id)->name, text, AK_NUM(least), AK_NUM(most), NULL);
	*out = n;
	return EXIT_HOLDS;
}

/* $AKASHI_TRUST or the usual place; "" when neither is known. */
static void usual_trust(char out[PATH_TEXT_MAX])
{
	const char *given = getenv("AKASHI_TRUST"), *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	out[0] = '\0';
	if (given != NULL && *given != '\0')
		(void)snprintf(out, PATH_TEXT_MAX, "%s", given);
	else if (config != NULL && *config == '/')
		(void)snprintf(out, PATH_TEXT_MAX, "%s/akashi/trust", config);
	else if (home != NULL && *home != '\0')
		(void)snprintf(out, PATH_TEXT_MAX, "%s/.config/akashi/trust", home);
}

int ak_cli_trust(ak_cli *c, ak_file *out)
{
	const char *option = ak_opt_value(&c->opts, OPT_TRUST);
	char usual[PATH_TEXT_MAX];

	usual_trust(usual);
	if (option == NULL && (usual[0] == '\0' || (getenv("AKASHI_TRUST") == NULL && !ak_file_exists(usual))))
		return ak_out_usage(c, MSG_NO_TRUST, usual[0] == '\0' ? "~/.config/akashi/trust" : usual, NULL);
	free(c->trust_path);
	c->trust_path = strdup(option != NULL ? option : usual);
	if (c->trust_path == NULL)
		return ak_out_no_memory(c);
	return ak_file_read(c, c->trust_path, TRUST_FILE_MAX, out);
}
