/* SPDX-License-Identifier: Apache-2.0 */
/* evidence.h - documents in the holder's hands, and what opens commitments to them, as --evidence FILE[:OPENING] names them */
#ifndef AK_CLI_EVIDENCE_H
#define AK_CLI_EVIDENCE_H

#include "cli.h"

enum { AK_EVIDENCE_ARGS_MAX = 64 };

typedef struct ak_evidence_args {
	ak_evidence_file file[AK_EVIDENCE_ARGS_MAX];
	ak_evidence_opening opening[AK_EVIDENCE_ARGS_MAX];
	ak_file text[AK_EVIDENCE_ARGS_MAX];  /* of the openings */
	char *path[AK_EVIDENCE_ARGS_MAX];    /* owned: the names above point into them */
	size_t n, n_openings, n_paths;
} ak_evidence_args;

/* Digest every file that was given; read every opening and disclosure.  Clear it also after a failure. */
int ak_evidence_read(const ak_cli *c, ak_evidence_args *e);
/* Put them into the question. */
void ak_evidence_put(const ak_evidence_args *e, ak_verify_options *o);
void ak_evidence_drop(ak_evidence_args *e);

#endif
