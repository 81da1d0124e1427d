/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - where heads seen before are kept between runs: the only place that this program writes to
 *
 * $XDG_STATE_HOME/akashi/heads (else ~/.local/state/akashi/heads), one file a ledger, named by its genesis.  A run holds the
 * ledger's lock from reading to writing, so that runs at the same time forget nothing.  When the place cannot be used the run
 * goes on without memory; nothing is printed here, since the verdict says so (ak_verify_options.memory_lost).
 */
#ifndef AK_CLI_VERIFY_MEMORY_H
#define AK_CLI_VERIFY_MEMORY_H

#include "cli.h"

#include <jansson.h>

typedef struct ak_memory_file {
	char *path;     /* owned */
	int lock;       /* file descriptor, or -1: there is no memory in this run */
	ak_file text;   /* as it was found; empty when there was no file */
	char lost[160]; /* why it cannot be used, in English; "" when it can */
} ak_memory_file;

/* `genesis`: "sha256:…".  Never fails the run: look at out->lost. */
void ak_memory_file_open(const char *genesis, ak_memory_file *out);
/* False, and m->lost, when the file is as it was. */
bool ak_memory_file_write(ak_memory_file *m, const ak_text *text);
/* For people: where the two notes of a fork are, and how others judge them. */
void ak_memory_file_tell(const ak_cli *c, const ak_memory_file *m, const json_t *verdict);
void ak_memory_file_close(ak_memory_file *m);

#endif
