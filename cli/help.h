/* SPDX-License-Identifier: Apache-2.0 */
/* help.h - what help prints of one command, in whichever program */
#ifndef AK_CLI_HELP_H
#define AK_CLI_HELP_H

#include "cli.h"

#include <stdio.h>

void ak_help_option(const ak_cli *c, FILE *to, const ak_command *k, ak_opt_id id);
/* What an option does, in this command where that is particular; `k` may be NULL. */
ak_msg ak_help_of(const ak_command *k, ak_opt_id id);
void ak_help_command(const ak_cli *c, FILE *to, const ak_command *k);

#endif
