/* SPDX-License-Identifier: Apache-2.0 */
#include "opt.h"

#include <string.h>

static const ak_opt table[] = {
#define AK_O(id, name, letter, kind, metavar, hint) \
	[OPT_##id] = { name, letter, AK_OPT_##kind, metavar, AK_HINT_##hint, MSG_HELP_OPT_##id },
#include "opt.def"
#undef AK_O
};

const ak_opt *ak_opt_get(ak_opt_id id)
{
	return &table[id];
}

bool ak_opt_has(const ak_opts *o, ak_opt_id id)
{
	return ak_opt_count(o, id) > 0;
}

const char *ak_opt_nth(const ak_opts *o, ak_opt_id id, size_t i)
{
	for (size_t k = 0; k < o->n_given; k++) {
		if (o->given[k].id == id && i-- == 0)
			return o->given[k].value;
	}
	return NULL;
}

const char *ak_opt_value(const ak_opts *o, ak_opt_id id)
{
	return ak_opt_nth(o, id, 0);
}

size_t ak_opt_count(const ak_opts *o, ak_opt_id id)
{
	size_t n = 0;

	for (size_t k = 0; k < o->n_given; k++)
		n += o->given[k].id == id;
	return n;
}

/* Is `arg` this option?  *value is what stands in the same word, or NULL. */
static bool spells(const ak_opt *opt, const char *arg, const char **value)
{
	size_t n = strlen(opt->name);

	*value = NULL;
	if (arg[1] != '-') {
		if (opt->letter == 0 || arg[1] != opt->letter)
			return false;
		*value = arg[2] != '\0' ? arg + 2 : NULL;
		return true;
	}
	if (strncmp(arg, opt->name, n) != 0 || (arg[n] != '\0' && arg[n] != '='))
		return false;
	*value = arg[n] == '=' ? arg + n + 1 : NULL;
	return true;
}

/* Does `arg`, where a value was wanted, spell another option?  A value that looks like one stands behind "=". */
static bool is_option(const char *arg, const ak_opt_id *allowed, size_t n_allowed)
{
	const char *value;

	if (arg[0] != '-' || arg[1] == '\0' || (arg[1] != '-' && arg[2] != '\0'))
		return false;
	for (size_t i = 0; i < n_allowed; i++) {
		if (spells(&table[allowed[i]], arg, &value))
			return true;
	}
	return false;
}

static ak_opt_fault give(ak_opts *o, ak_opt_id id, const char *value)
{
	if (table[id].kind != AK_OPT_LIST && ak_opt_has(o, id))
		return AK_OPT_TWICE;
	if (o->n_given == AK_OPTS_MAX)
		return AK_OPT_TOO_MANY;
	o->given[o->n_given].id = id;
	o->given[o->n_given].value = value;
	o->n_given++;
	return AK_OPT_FINE;
}

static ak_opt_fault take_option(ak_opts *o, int argc, char **argv, int *at, const ak_opt_id *allowed, size_t n_allowed)
{
	for (size_t i = 0; i < n_allowed; i++) {
		const ak_opt *opt = &table[allowed[i]];
		const char *value;
		ak_opt_fault fault;

		if (!spells(opt, argv[*at], &value))
			continue;
		if (opt->kind == AK_OPT_FLAG) {
			fault = value != NULL ? AK_OPT_TAKES_NO : give(o, allowed[i], "");
			*at += fault == AK_OPT_FINE;
			return fault;
		}
		if (value == NULL && (*at + 1 >= argc || is_option(argv[*at + 1], allowed, n_allowed)))
			return AK_OPT_NEEDS;
		fault = give(o, allowed[i], value != NULL ? value : argv[*at + 1]);
		if (fault == AK_OPT_FINE)
			*at += value != NULL ? 1 : 2;
		return fault;
	}
	return AK_OPT_UNKNOWN;
}

ak_opt_fault ak_opt_parse(ak_opts *o, int argc, char **argv, int *at, const ak_opt_id *allowed, size_t n_allowed, bool stop_at_operand)
{
	bool options = true;

	while (*at < argc) {
		const char *arg = argv[*at];

		if (options && strcmp(arg, "--") == 0) {
			options = false;
			++*at;
			continue;
		}
		if (options && arg[0] == '-' && arg[1] != '\0') {
			ak_opt_fault fault = take_option(o, argc, argv, at, allowed, n_allowed);

			if (fault != AK_OPT_FINE)
				return fault;
			continue;
		}
		if (stop_at_operand)
			break;
		if (o->n_operands == AK_OPERANDS_MAX)
			return AK_OPT_TOO_MANY;
		o->operand[o->n_operands++] = arg;
		++*at;
	}
	return AK_OPT_FINE;
}

void ak_opt_after_fault(ak_opts *o, int argc, char **argv, int at, const ak_opt_id *allowed, size_t n_allowed)
{
	for (at++; at < argc && ak_opt_parse(o, argc, argv, &at, allowed, n_allowed, false) != AK_OPT_FINE; at++)
		;
}

enum { NAME_MAX_LEN = 24 };

/* Levenshtein distance; words longer than NAME_MAX_LEN are far from everything. */
static size_t distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), row[NAME_MAX_LEN + 1];

	if (la > NAME_MAX_LEN || lb > NAME_MAX_LEN)
		return NAME_MAX_LEN;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t shorter = row[j] < row[j - 1] ? row[j] : row[j - 1];

			diagonal = row[j];
			row[j] = change < shorter + 1 ? change : shorter + 1;
		}
	}
	return row[lb];
}

const char *ak_opt_nearest(const char *typed, const char *const *candidates, size_t n)
{
	size_t best = 3, len = strlen(typed);
	const char *found = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(typed, candidates[i]);

		if (d < best && d < len) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}
