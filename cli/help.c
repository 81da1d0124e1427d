/* SPDX-License-Identifier: Apache-2.0 */
#include "help.h"

#include "out.h"
#include "term.h"

#include <string.h>

enum { COLUMN = 26 };

static size_t put_name(FILE *to, const ak_opt *o)
{
	size_t w = strlen(o->name);

	ak_term_put(to, o->name);
	if (o->letter != 0) {
		(void)fprintf(to, ", -%c", o->letter);
		w += 4;
	}
	if (o->kind != AK_OPT_FLAG) {
		(void)fputc(' ', to);
		ak_term_put(to, o->metavar);
		w += 1 + ak_term_width(o->metavar);
	}
	return w;
}

ak_msg ak_help_of(const ak_command *k, ak_opt_id id)
{
	/* What an option means in one command only. */
	static const struct {
		const char *command;
		ak_opt_id id;
		ak_msg text;
	} own[] = {
		{ "plan", OPT_LISTING, MSG_HELP_OPT_LISTING_OF_PLAN },
		{ "verify", OPT_SERVICE, MSG_HELP_OPT_SERVICE_OF_VERIFY },
		{ "akashi-verify", OPT_SERVICE, MSG_HELP_OPT_SERVICE_OF_VERIFY },
		{ "evidence", OPT_TO, MSG_HELP_OPT_TO_OF_EVIDENCE },
		{ "evidence", OPT_NAME, MSG_HELP_OPT_NAME_OF_EVIDENCE },
		{ "evidence", OPT_KEY, MSG_HELP_OPT_KEY_OF_EVIDENCE },
		{ "evidence", OPT_OPENING, MSG_HELP_OPT_OPENING_OF_EVIDENCE },
		{ "disclose", OPT_FIELD, MSG_HELP_OPT_FIELD_OF_DISCLOSE },
	};

	for (size_t i = 0; k != NULL && i < sizeof(own) / sizeof(own[0]); i++) {
		if (own[i].id == id && strcmp(own[i].command, k->name) == 0)
			return own[i].text;
	}
	return ak_opt_get(id)->help;
}

void ak_help_option(const ak_cli *c, FILE *to, const ak_command *k, ak_opt_id id)
{
	const ak_opt *o = ak_opt_get(id);
	size_t w;

	ak_term_spaces(to, 2);
	w = put_name(to, o) + 2;
	if (w + 1 > COLUMN) {
		(void)fputc('\n', to);
		w = 0;
	}
	ak_term_spaces(to, COLUMN - w);
	ak_term_wrap(to, ak_msg_text(ak_help_of(k, id), c->ja), COLUMN, ak_out_text_width(c));
	(void)fputc('\n', to);
}

/* A line too long is broken before an option, in the way a shell takes when it is pasted. */
static void put_example(const ak_cli *c, FILE *to, const char *line)
{
	size_t used = 4, most = ak_out_text_width(c) - 2;

	(void)fputs("  $ ", to);
	while (*line != '\0') {
		const char *next = strstr(line + 1, " -");
		char piece[256];
		size_t w;

		(void)snprintf(piece, sizeof(piece), "%.*s", next == NULL ? (int)strlen(line) : (int)(next - line), line);
		w = ak_term_width(piece);
		if (used + w > most && used > 8) {
			(void)fputs(" \\\n     ", to);
			used = 5;
		}
		(void)fputs(piece, to);
		used += w;
		line += strlen(piece);
	}
	(void)fputc('\n', to);
}

void ak_help_command(const ak_cli *c, FILE *to, const ak_command *k)
{
	char called[AK_CALLED_ROOM];

	for (size_t i = 0; i < k->n_examples; i++)
		put_example(c, to, k->examples[i]);
	(void)fprintf(to, "\n%s %s%s", ak_cli_called(c, k, called), k->operands, *k->operands != '\0' ? " " : "");
	ak_out_line(c, to, MSG_HELP_OPTIONS_MARK, NULL);
	ak_term_wrap(to, ak_msg_text(k->summary, c->ja), 0, ak_out_text_width(c));
	(void)fputc('\n', to);
	if (k->about != MSG_NONE) {
		(void)fputc('\n', to);
		ak_term_wrap(to, ak_msg_text(k->about, c->ja), 0, ak_out_text_width(c));
		(void)fputc('\n', to);
	}
	if (k->n_options > 0) {
		(void)fputc('\n', to);
		for (size_t i = 0; i < k->n_options; i++)
			ak_help_option(c, to, k, k->options[i]);
	}
	(void)fputc('\n', to);
	ak_out_line(c, to, strcmp(k->name, c->program) == 0 ? MSG_HELP_OTHER : MSG_HELP_COMMON, NULL);
	for (size_t i = 0; i < c->n_common; i++)
		ak_help_option(c, to, NULL, c->common[i]);
}
