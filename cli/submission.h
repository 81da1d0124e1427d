/* SPDX-License-Identifier: Apache-2.0 */
/* submission.h - the operands of check as the papers of one application (check --submission) */
#ifndef AK_CLI_SUBMISSION_H
#define AK_CLI_SUBMISSION_H

#include "cli.h"

/* Says what is missing and what does not fit.  EXIT_HOLDS: complete; EXIT_DOES_NOT_HOLD; EXIT_NOT_DECIDED: nothing is known to
 * be wrong, and not all of it is known. */
int ak_check_submission(ak_cli *c, ak_ledger *l);

#endif
