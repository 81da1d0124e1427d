/* SPDX-License-Identifier: Apache-2.0 */
/* use.h - what the listed service is to be used for, as --contract, --service, --region, --use and --confirmed say */
#ifndef AK_CLI_USE_H
#define AK_CLI_USE_H

#include "cli.h"

#include "akashi/verify.h"

typedef struct ak_use_args {
	ak_use use;         /* points into what follows, and into the command line */
	char from[11], to[11];
	bool asked;         /* one of the options was given */
} ak_use_args;

int ak_use_read(const ak_cli *c, ak_use_args *u);

/* A verdict that was refused; of a task that the scheme does not list, with those that it does.  `file`: what was asked about;
 * scheme NULL: the usual one. */
int ak_use_refused(const ak_cli *c, const char *file, const ak_error *e, const char *scheme);

#endif
