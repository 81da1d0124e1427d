/* SPDX-License-Identifier: Apache-2.0 */
/* fill.h - a message template with its arguments
 *
 * {1} … {9}    an argument, made visible (term.h)
 * {$1} … {$9}  the same as one word of a shell, in quotes where it needs them
 * {C}, {T}     " -C DIR" and " --trust FILE" as they were given to this run, else nothing: a command that a message names runs as it
 *              is printed, on the same ledger
 */
#ifndef AK_CLI_FILL_H
#define AK_CLI_FILL_H

#include "cli.h"

void ak_fill(const ak_cli *c, FILE *to, const char *text, const char *const *arg, size_t n);

#endif
