/* SPDX-License-Identifier: Apache-2.0 */
/* near.h - what somebody may have meant who mistyped the number of a listing */
#ifndef AK_CLI_NEAR_H
#define AK_CLI_NEAR_H

#include "out.h"

/* Is there any record about a listing of this number? */
bool ak_near_known(ak_ledger *l, const char *listing);
/* The numbers of listings that are like what was asked for; NULL without memory.  The caller's. */
json_t *ak_near_to(ak_ledger *l, const char *asked);
/* Says which they are, or that there is none. */
void ak_near_tell(const ak_cli *c, const json_t *near);

#endif
