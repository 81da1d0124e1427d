/* SPDX-License-Identifier: Apache-2.0 */
/* basis.h - what a statement rests on beside its body: the records it refers to, and its documents */
#ifndef AK_CLI_BASIS_H
#define AK_CLI_BASIS_H

#include "out.h"

/* One line for each, indented, the label padded to `width`.  `o` has "type", "refs" and "subject" as in ak_ledger_show and ak_exchange_show.
 * `l`: where to look up number and title of what it refers to, by the scheme in use; NULL: what `o` says of it. */
void ak_basis_print(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *o, size_t indent, size_t width);

#endif
