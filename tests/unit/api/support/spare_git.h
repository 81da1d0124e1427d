/* SPDX-License-Identifier: Apache-2.0 */
/* spare_git.h - leave libgit2's own allocations out of a sweep
 *
 * libgit2 1.5 uses memory that it did not get (its configuration, its refs): a process that runs out of memory inside it dies.
 * What is swept is everything else.
 */
#ifndef AK_TEST_SPARE_GIT_H
#define AK_TEST_SPARE_GIT_H

/* Before the first ledger is opened. */
void spare_git(void);

#endif
