/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* realpath() */

#include "cli.h"
#include "files.h"
#include "out.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
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

int ak_cli_open(const ak_cli *c, ak_ledger **out)
{
	ak_error e = { 0 };

	if (ak_ledger_open(c->dir, out, &e) == AK_OK)
		return EXIT_HOLDS;
	return ak_out_refused(c, c->dir, &e, e.status == AK_NOT_FOUND ? ak_msg_text(MSG_NEXT_NO_LEDGER, c->ja) : NULL);
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

/* The ledger's git directory: itself when bare, else .git in it. */
static bool note_path(const char *dir, bool make, char out[PATH_TEXT_MAX])
{
	char git[PATH_TEXT_MAX];
	struct stat st;
	int n;

	n = snprintf(git, sizeof(git), "%s/.git", dir);
	if (n < 0 || (size_t)n >= sizeof(git))
		return false;
	if (stat(git, &st) != 0 || !S_ISDIR(st.st_mode))
		git[n - 5] = '\0';
	n = snprintf(out, PATH_TEXT_MAX, "%s/akashi", git);
	if (n < 0 || n + 10 >= PATH_TEXT_MAX)
		return false;
	if (make)
		(void)mkdir(out, 0755); /* writing into it tells whether that went well */
	(void)snprintf(out + n, (size_t)(PATH_TEXT_MAX - n), "/operator");
	return true;
}

int ak_cli_note_operator(const ak_cli *c, const char *dir, const char *path)
{
	char place[PATH_TEXT_MAX];
	char *absolute = realpath(path, NULL);
	int code;

	if (absolute == NULL)
		return ak_out_no_memory(c);
	if (note_path(dir, true, place))
		code = ak_file_write(c, place, (ak_span){ (const uint8_t *)absolute, strlen(absolute) }, AK_WRITE_REPLACE);
	else
		code = ak_out_fault(c, AK_LIMIT, dir, MSG_PATH_TOO_LONG, NULL);
	free(absolute);
	return code;
}

int ak_cli_operator_path(const ak_cli *c, char **path)
{
	const char *option = ak_opt_value(&c->opts, OPT_OPERATOR);
	char place[PATH_TEXT_MAX];
	ak_file f = { 0 };
	int code;

	if (option != NULL) {
		*path = strdup(option);
		return *path == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
	}
	if (!note_path(c->dir, false, place) || !ak_file_exists(place))
		return ak_out_usage(c, MSG_NO_OPERATOR, NULL);
	code = ak_file_read(c, place, PATH_TEXT_MAX, &f);
	if (code == EXIT_HOLDS) {
		f.data[strcspn(f.data, "\n")] = '\0';
		*path = f.data;
	}
	return code;
}

char *ak_cli_state_path(const char *operator_path)
{
	size_t room = strlen(operator_path) + sizeof(".state");
	char *p = malloc(room);

	if (p != NULL)
		(void)snprintf(p, room, "%s.state", operator_path);
	return p;
}
