/* SPDX-License-Identifier: Apache-2.0 */
/* passphrase.h - asking for passphrases and PINs
 *
 * From the file descriptor of --passphrase-fd, a line for each question in the order they are asked, else from the terminal without
 * showing what is typed (a signal that comes meanwhile takes effect once the terminal shows again); never from the command line or the environment, which others can read.  Whoever gets one wipes it.
 */
#ifndef AK_CLI_PASSPHRASE_H
#define AK_CLI_PASSPHRASE_H

#include "cli.h"
#include "secrets.h"

enum { AK_PASSPHRASE_ROOM = 1025 /* bytes, with its end */ };

/* False: there is nobody to ask, or the answer does not fit. */
bool ak_passphrase_ask(const ak_cli *c, ak_msg question, const char *what, char *out, size_t room);
/* Tell that ak_passphrase_ask() found nobody, and how to hand a passphrase over. */
int ak_passphrase_missing(const ak_cli *c, const char *path);
/* The one given was wrong: ask a person for another, three times in all.  *wrong counts, 0 before; false from --passphrase-fd, which says each once. */
bool ak_passphrase_once_more(const ak_cli *c, const char *what, size_t *wrong, char out[AK_PASSPHRASE_ROOM]);

/* A new one: asked twice on a terminal, at least 8 bytes.  An exit code. */
int ak_passphrase_new(const ak_cli *c, const char *path, char out[AK_PASSPHRASE_ROOM]);

/* For ak_secret_open(): the agent that SSH_AUTH_SOCK names, and who is asked for a token's PIN.  `c` must live as long as the key. */
ak_key_access ak_passphrase_access(const ak_cli *c);

void ak_passphrase_wipe(void *p, size_t n);

#endif
