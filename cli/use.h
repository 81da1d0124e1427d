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

/* A task is one of those that the scheme lists: of another the rules would judge a slip of the pen.  Says itself what is wrong, with the
 * list.  `file`: what is asked about; scheme NULL: the usual one. */
int ak_use_check(const ak_cli *c, const char *file, const ak_use *use, const char *scheme);

#endif
