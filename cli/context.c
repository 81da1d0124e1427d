/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"
#include "files.h"
#include "out.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TRUST_FILE_MAX = 65536 };

int ak_cli_date(const ak_cli *c, ak_opt_id id, char stored[11])
{
	const char *text = ak_opt_value(&c->opts, id);
	ak_error e = { 0 };

	stored[0] = '\0';
	if (text == NULL || ak_date_normalise(text, stored, &e) == AK_OK)
		return EXIT_HOLDS;
	return ak_out_usage(c, MSG_NOT_A_DATE, ak_opt_get(id)->name, text, NULL);
}

int ak_cli_day(const ak_cli *c, ak_opt_id id, char stored[11])
{
	enum { DAY = 10 };
	int code = ak_cli_date(c, id, stored);

	if (code != EXIT_HOLDS || stored[0] == '\0' || strlen(stored) == DAY)
		return code;
	return ak_out_usage(c, MSG_NOT_A_DAY, ak_opt_get(id)->name, ak_opt_value(&c->opts, id), NULL);
}

int64_t ak_cli_clock(void *ctx)
{
	(void)ctx;
	return (int64_t)time(NULL);
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

void ak_cli_usual_trust(char out[AK_PATH_MAX])
{
	const char *given = getenv("AKASHI_TRUST"), *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	out[0] = '\0';
	if (given != NULL && *given != '\0')
		(void)snprintf(out, AK_PATH_MAX, "%s", given);
	else if (config != NULL && *config == '/')
		(void)snprintf(out, AK_PATH_MAX, "%s/akashi/trust", config);
	else if (home != NULL && *home != '\0')
		(void)snprintf(out, AK_PATH_MAX, "%s/.config/akashi/trust", home);
}

bool ak_cli_trust_known(const ak_cli *c)
{
	const char *given = getenv("AKASHI_TRUST");
	char usual[AK_PATH_MAX];

	ak_cli_usual_trust(usual);
	return ak_opt_value(&c->opts, OPT_TRUST) != NULL || (usual[0] != '\0' && ((given != NULL && *given != '\0') || ak_file_exists(usual)));
}

/* What is no trust file, an empty one too, is told before anything is done by it. */
static int check_trust(const ak_cli *c, const ak_file *f)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	ak_status st = ak_trust_describe(ak_file_span(f), &json, &e);

	ak_text_free(&json);
	return st == AK_OK ? EXIT_HOLDS : ak_out_refused(c, c->trust_path, &e, NULL);
}

int ak_cli_trust(ak_cli *c, ak_file *out)
{
	const char *option = ak_opt_value(&c->opts, OPT_TRUST), *dir = ak_opt_value(&c->opts, OPT_DIR);
	char usual[AK_PATH_MAX];
	int code;

	ak_cli_usual_trust(usual);
	if (!ak_cli_trust_known(c))
		return ak_out_fault(c, AK_NOT_FOUND, NULL, MSG_NO_TRUST, usual[0] == '\0' ? "~/.config/akashi/trust" : usual,
		                    dir == NULL ? "DIR" : dir, NULL);
	free(c->trust_path);
	c->trust_path = strdup(option != NULL ? option : usual);
	if (c->trust_path == NULL)
		return ak_out_no_memory(c);
	code = ak_file_read(c, c->trust_path, TRUST_FILE_MAX, out);
	return code == EXIT_HOLDS ? check_trust(c, out) : code;
}
