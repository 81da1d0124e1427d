/* SPDX-License-Identifier: Apache-2.0 */
/* git_evidence.h - files kept beside a ledger: refs/akashi/evidence/NAME, each naming one blob (FORMAT 28.2; internal)
 *
 * They are no part of what is sealed: no commit leads to them, git clone and push pass them by, and nothing that is proved rests on them.  One can be
 * dropped at any time.
 */
#ifndef AK_STORE_GIT_EVIDENCE_H
#define AK_STORE_GIT_EVIDENCE_H

#include "store/git.h"

enum { AK_EVIDENCE_NAME_MAX = 63, AK_EVIDENCE_FILES_MAX = 10000 };

/* AK_CONFLICT when the name is taken: nothing is overwritten. */
AK_MUST_USE ak_status ak_git_evidence_put(ak_git *g, const char *name, ak_span bytes, ak_error *err);
AK_MUST_USE ak_status ak_git_evidence_get(ak_git *g, const char *name, size_t max, ak_buf *out, ak_error *err); /* AK_NOT_FOUND */
/* In order of their names; at most AK_EVIDENCE_FILES_MAX, else AK_LIMIT. */
typedef ak_status ak_git_evidence_fn(void *ctx, const char *name, ak_error *err);
AK_MUST_USE ak_status ak_git_evidence_each(ak_git *g, ak_git_evidence_fn *fn, void *ctx, ak_error *err);
/* The name is gone.  *gone: so are the bytes; else they are in a pack or named elsewhere, until git prunes them. */
AK_MUST_USE ak_status ak_git_evidence_drop(ak_git *g, const char *name, bool *gone, ak_error *err);

#endif
