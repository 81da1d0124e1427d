/* SPDX-License-Identifier: Apache-2.0 */
/* evidence.h - documents in the holder's hands, as --evidence FILE[:SALTFILE] names them */
#ifndef AK_CLI_EVIDENCE_H
#define AK_CLI_EVIDENCE_H

#include "cli.h"

enum { AK_EVIDENCE_ARGS_MAX = 64 };

typedef struct ak_evidence_args {
	ak_evidence_file file[AK_EVIDENCE_ARGS_MAX];
	char *path[AK_EVIDENCE_ARGS_MAX]; /* owned: the names in `file` point into them */
	size_t n;
} ak_evidence_args;

/* Digest every file that was given.  Clear it also after a failure. */
int ak_evidence_read(const ak_cli *c, ak_evidence_args *e);
void ak_evidence_drop(ak_evidence_args *e);

#endif
