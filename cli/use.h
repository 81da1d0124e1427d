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

#endif
