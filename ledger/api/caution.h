/* SPDX-License-Identifier: Apache-2.0 */
/* caution.h - what nothing forbids, and a person should look at before it goes on record (internal to api/) */
#ifndef AK_API_CAUTION_H
#define AK_API_CAUTION_H

#include "api/api.h"

/* Kept from one record of a batch to the next: {0} before. */
typedef struct ak_cautions {
	ak_authority *authority; /* NULL until a party record asks for it */
} ak_cautions;
void ak_cautions_clear(ak_cautions *c);

/* Adds to `list`: seats and keys that come again (verify/authority.h), of a party record; "listed-already" {"id","field","found","record","text"}, of a
 * listing whose number another listing record of the same basis bears, which stands, nothing has ended, and this one does not continue as a renewal does; "rule-broken" {"id","field","found","text"}, of a profile that this program does not ship
 * and whose rules or queries do not run over an empty ledger (rules/sandbox.h).  `seq`: the record's own once it is
 * sealed, else UINT64_MAX. */
AK_MUST_USE ak_status ak_cautions_put(ak_books *b, ak_cautions *c, const ak_statement *s, uint64_t seq, ak_json *list, ak_error *err);

#endif
