/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - where heads seen before are kept between runs: the only place that this program writes to
 *
 * $XDG_STATE_HOME/akashi/heads (else ~/.local/state/akashi/heads), one file a ledger, named by its genesis.  A run holds the
 * ledger's lock from reading to writing, so that runs at the same time forget nothing.  When the place cannot be used,
 * the run goes on without memory and says so on stderr.
 */
#ifndef AK_CLI_VERIFY_MEMORY_H
#define AK_CLI_VERIFY_MEMORY_H

#include "cli.h"

typedef struct ak_memory_file {
	char *path;   /* owned */
	int lock;     /* file descriptor, or -1: there is no memory in this run */
	ak_file text; /* as it was found; may be empty */
} ak_memory_file;

/* `genesis`: "sha256:…".  Never fails the run: look at out->lock. */
void ak_memory_file_open(const ak_cli *c, const char *genesis, ak_memory_file *out);
/* `text` empty: nothing changed. */
void ak_memory_file_close(const ak_cli *c, ak_memory_file *m, const ak_text *text);

#endif
