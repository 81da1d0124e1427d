/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - the verdict report for people, made from its JSON and nothing else */
#ifndef AK_CLI_VERDICT_H
#define AK_CLI_VERDICT_H

#include "out.h"

/* The answer first; then the chain, the reasons, and where it rests. */
void ak_verdict_print(const ak_cli *c, const json_t *report);
/* The steps from the listing back to the audit, aligned; and what is missing of them. */
void ak_verdict_chain(const ak_cli *c, const json_t *report);

#endif
