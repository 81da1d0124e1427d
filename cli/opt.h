/* SPDX-License-Identifier: Apache-2.0 */
/* opt.h - options as data: one table gives parsing, usage, help, man page and completion
 *
 * --name VALUE, --name=VALUE, -n VALUE, -nVALUE; flags take no value; "--" ends options, "-" alone is an operand.  Options
 * and operands may be mixed.  An option that is not a list may be given once: the second would silently win.
 */
#ifndef AK_CLI_OPT_H
#define AK_CLI_OPT_H

#include "messages.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum ak_opt_kind {
	AK_OPT_FLAG,
	AK_OPT_VALUE,
	AK_OPT_LIST, /* may be given several times */
} ak_opt_kind;

/* What completion offers for the value. */
typedef enum ak_opt_hint {
	AK_HINT_NONE,
	AK_HINT_FILE,
	AK_HINT_DIR,
	AK_HINT_LANG,
	AK_HINT_ALG,
} ak_opt_hint;

typedef enum ak_opt_id {
#define AK_O(id, name, letter, kind, metavar, hint) OPT_##id,
#include "opt.def"
#undef AK_O
	OPT_END
} ak_opt_id;

typedef struct ak_opt {
	const char *name; /* "--as-of"      */
	char letter;      /* 'o', or 0      */
	ak_opt_kind kind;
	const char *metavar;
	ak_opt_hint hint;
	ak_msg help;
} ak_opt;

const ak_opt *ak_opt_get(ak_opt_id id);

enum { AK_OPTS_MAX = 512, AK_OPERANDS_MAX = 4096 };

/* What was given, in order.  Values are borrowed from argv. */
typedef struct ak_opts {
	struct {
		ak_opt_id id;
		const char *value; /* "" for a flag */
	} given[AK_OPTS_MAX];
	size_t n_given;
	const char *operand[AK_OPERANDS_MAX];
	size_t n_operands;
} ak_opts;

typedef enum ak_opt_fault {
	AK_OPT_FINE,
	AK_OPT_UNKNOWN,  /* no such option, or not one of this command */
	AK_OPT_NEEDS,    /* a value is missing; an option of this command behind it is none, but for "--x=--y" */
	AK_OPT_TAKES_NO, /* a value for a flag                         */
	AK_OPT_TWICE,
	AK_OPT_TOO_MANY,
} ak_opt_fault;

/* Read argv[*at …]: up to the end, or, with `stop_at_operand`, up to the first operand.  Appends; *at is left at
 * what was not read or is at fault.  `allowed`: which ids may be given. */
ak_opt_fault ak_opt_parse(ak_opts *o, int argc, char **argv, int *at, const ak_opt_id *allowed, size_t n_allowed, bool stop_at_operand);

/* Take what can be read behind the word at fault, argv[at]: --lang and --json there still say how to complain. */
void ak_opt_after_fault(ak_opts *o, int argc, char **argv, int at, const ak_opt_id *allowed, size_t n_allowed);

bool ak_opt_has(const ak_opts *o, ak_opt_id id);
const char *ak_opt_value(const ak_opts *o, ak_opt_id id); /* NULL when not given */
size_t ak_opt_count(const ak_opts *o, ak_opt_id id);
const char *ak_opt_nth(const ak_opts *o, ak_opt_id id, size_t i); /* NULL past the end */

/* The candidate nearest to `typed`, or NULL when none is near. */
const char *ak_opt_nearest(const char *typed, const char *const *candidates, size_t n);

#endif
