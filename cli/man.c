/* SPDX-License-Identifier: Apache-2.0 */
/* The man page and the completion script, out of the same tables that parse the command line. */
#include "commands.h"
#include "help.h"

#include <string.h>

/* A character of our own texts beyond ASCII, as roff wants it written.  Returns its bytes. */
static size_t foreign(FILE *to, const unsigned char *s)
{
	size_t n = (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : 4;
	uint32_t cp = s[0] & (0x7fu >> n);

	for (size_t i = 1; i < n; i++)
		cp = cp << 6 | (s[i] & 0x3fu);
	(void)fprintf(to, "\\[u%04X]", (unsigned)cp);
	return n;
}

/* roff: a backslash and a hyphen are escaped everywhere, a dot or quote where it would begin a request. */
static void roff(FILE *to, const char *s)
{
	if (*s == '.' || *s == '\'')
		(void)fputs("\\&", to);
	for (; *s != '\0'; s++) {
		if (*s == '\\')
			(void)fputs("\\e", to);
		else if (*s == '-')
			(void)fputs("\\-", to);
		else if ((unsigned char)*s >= 0x80)
			s += foreign(to, (const unsigned char *)s) - 1;
		else
			(void)fputc(*s, to);
	}
}

static void man_option(FILE *to, const ak_command *k, ak_opt_id id)
{
	const ak_opt *o = ak_opt_get(id);

	(void)fputs(".TP\n.B ", to);
	roff(to, o->name);
	if (o->letter != 0)
		(void)fprintf(to, "\\fR, \\fB\\-%c", o->letter);
	if (o->kind != AK_OPT_FLAG) {
		(void)fputs(" \\fI", to);
		roff(to, o->metavar);
		(void)fputs("\\fR", to);
	}
	(void)fputc('\n', to);
	roff(to, ak_msg_text(ak_help_of(k, id), false));
	(void)fputc('\n', to);
}

static void man_command(FILE *to, const ak_command *k)
{
	(void)fputs(".SS akashi ", to);
	roff(to, k->name);
	(void)fputc(' ', to);
	roff(to, k->operands);
	(void)fputs("\n", to);
	roff(to, ak_msg_text(k->summary, false));
	(void)fputs(".\n", to);
	if (k->about != MSG_NONE) {
		(void)fputs(".PP\n", to);
		roff(to, ak_msg_text(k->about, false));
		(void)fputc('\n', to);
	}
	(void)fputs(".PP\n.nf\n", to);
	for (size_t i = 0; i < k->n_examples; i++) {
		(void)fputs("$ ", to);
		roff(to, k->examples[i]);
		(void)fputc('\n', to);
	}
	(void)fputs(".fi\n", to);
	for (size_t i = 0; i < k->n_options; i++)
		man_option(to, k, k->options[i]);
}

static void man_section(FILE *to, const char *title, ak_msg text)
{
	(void)fprintf(to, ".SH %s\n", title);
	roff(to, ak_msg_text(text, false));
	(void)fputc('\n', to);
}

void ak_help_man(FILE *to)
{
	const ak_command *k;

	(void)fprintf(to, ".\\\" SPDX-License-Identifier: Apache-2.0\n"
	                  ".\\\" Made by: akashi help --man\n"
	                  ".TH AKASHI 1 \"\" \"akashi %s\" \"User Commands\"\n"
	                  ".SH NAME\nakashi \\- seal and verify the records of a cloud\\-assurance scheme\n"
	                  ".SH SYNOPSIS\n.B akashi\n.I COMMAND\n[\\fIoption\\fR\\&...] [\\fIoperand\\fR\\&...]\n",
	              AK_VERSION);
	man_section(to, "DESCRIPTION", MSG_HELP_DESCRIPTION);
	(void)fputs(".SH OPTIONS OF EVERY COMMAND\n", to);
	for (size_t i = 0; i < ak_common_options_n; i++)
		man_option(to, NULL, ak_common_options[i]);
	(void)fputs(".SH COMMANDS\n", to);
	for (size_t i = 0; (k = ak_command_at(i)) != NULL; i++)
		man_command(to, k);
	man_section(to, "DATES", MSG_HELP_DATES);
	man_section(to, "EXIT STATUS", MSG_HELP_EXITS);
	man_section(to, "ENVIRONMENT", MSG_HELP_ENVIRONMENT);
	man_section(to, "FILES", MSG_HELP_FILES);
}

static void words_of(FILE *to, const ak_opt_id *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)fprintf(to, " %s", ak_opt_get(ids[i])->name);
}

static void completion_values(FILE *to)
{
	static const struct {
		ak_opt_hint hint;
		const char *reply;
	} kinds[] = {
		{ AK_HINT_FILE, "compgen -f -- \"$cur\"" },
		{ AK_HINT_DIR, "compgen -d -- \"$cur\"" },
		{ AK_HINT_LANG, "compgen -W 'ja en' -- \"$cur\"" },
		{ AK_HINT_ALG, "compgen -W 'ed25519 p256' -- \"$cur\"" },
	};

	(void)fputs("\tcase $prev in\n", to);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		const char *bar = "\t";

		for (int id = 0; id < OPT_END; id++) {
			const ak_opt *o = ak_opt_get((ak_opt_id)id);

			if (o->hint != kinds[k].hint || o->kind == AK_OPT_FLAG)
				continue;
			(void)fprintf(to, "%s%s", bar, o->name);
			if (o->letter != 0)
				(void)fprintf(to, "|-%c", o->letter);
			bar = "|";
		}
		(void)fprintf(to, ")\n\t\tCOMPREPLY=($(%s))\n\t\treturn ;;\n", kinds[k].reply);
	}
	(void)fputs("\tesac\n", to);
}

void ak_help_completion(FILE *to)
{
	const ak_command *k;

	(void)fputs("# bash completion of akashi; made by: akashi help --completion\n"
	            "_akashi() {\n"
	            "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word options\n"
	            "\tCOMPREPLY=()\n"
	            "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	            "\t\tcase $word in\n\t\t",
	            to);
	for (size_t i = 0; (k = ak_command_at(i)) != NULL; i++)
		(void)fprintf(to, "%s%s", i > 0 ? "|" : "", k->name);
	(void)fputs(") command=$word; break ;;\n\t\tesac\n\tdone\n", to);
	completion_values(to);
	(void)fputs("\tcase $command in\n", to);
	for (size_t i = 0; (k = ak_command_at(i)) != NULL; i++) {
		(void)fprintf(to, "\t%s) options='", k->name);
		words_of(to, k->options, k->n_options);
		(void)fputs("' ;;\n", to);
	}
	(void)fputs("\t'') options='", to);
	for (size_t i = 0; (k = ak_command_at(i)) != NULL; i++)
		(void)fprintf(to, " %s", k->name);
	(void)fputs("' ;;\n\tesac\n\tif [[ $cur == -* || -z $command ]]; then\n\t\tCOMPREPLY=($(compgen -W \"$options", to);
	words_of(to, ak_common_options, ak_common_options_n);
	(void)fputs("\" -- \"$cur\"))\n"
	            "\telif [[ $command == help ]]; then\n\t\tCOMPREPLY=($(compgen -W '",
	            to);
	for (size_t i = 0; (k = ak_command_at(i)) != NULL; i++)
		(void)fprintf(to, " %s", k->name);
	(void)fputs("' -- \"$cur\"))\n"
	            "\telif [[ $command == trust ]]; then\n"
	            "\t\tCOMPREPLY=($(compgen -W 'show init check' -- \"$cur\") $(compgen -f -- \"$cur\"))\n"
	            "\telse\n\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n\tfi\n}\n"
	            "complete -o filenames -F _akashi akashi\n",
	            to);
}
