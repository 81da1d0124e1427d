/* SPDX-License-Identifier: Apache-2.0 */
/* git_recover.h - what a writer that died may have left staged (internal) */
#ifndef AK_STORE_GIT_RECOVER_H
#define AK_STORE_GIT_RECOVER_H

#include "store/git.h"

/* The id that the commit with these bytes and this signature has, and whether it is in the repository.  stage() writes it
 * after everything it needs, so when it is there its tree is too. */
AK_MUST_USE ak_status ak_git_find_staged(ak_git *g, ak_span commit, ak_span armor, char id[AK_STORE_ID_MAX + 1],
                                         bool *there, ak_error *err);

#endif
