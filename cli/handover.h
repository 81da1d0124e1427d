/* SPDX-License-Identifier: Apache-2.0 */
/* handover.h - akashi status --handover: what whoever takes a ledger over has to know (引継書) */
#ifndef AK_CLI_HANDOVER_H
#define AK_CLI_HANDOVER_H

#include "cli.h"

#include <jansson.h>

/* `status` and `head` are the answers of ak_ledger_status and ak_ledger_head.  Operands of the command line are folders with drafts to look into. */
int ak_handover(ak_cli *c, ak_ledger *l, const ak_text *status, const ak_file *trust);

/* What wants somebody's attention, as [{"id","text":{"ja","en"}}…]; NULL without memory.  handover_alerts.c */
json_t *ak_handover_alerts(int64_t now, const json_t *all);

#endif
