/* SPDX-License-Identifier: Apache-2.0 */
/* scheme.h - what a scheme's definition says by itself, without a ledger
 *
 * The arithmetic of a scheme (terms, deadlines) is in the SQL and the parameters of its definition and nowhere else: these are
 * asked here as they are asked for a verdict, over no records.
 */
#ifndef AKASHI_SCHEME_H
#define AKASHI_SCHEME_H

#include "akashi/verify.h"

/* The rows of a query of the newest definition that this program ships: {"scheme","version","query","rows":[{column: text,
 * number or null}…]}.  A row that names a `rule` gets its "basis", "basis_en" and "basis_version", one that names a `parameter`
 * its "parameter_basis" and "certainty".  `as_of`: a day such as "2026-11-21", or NULL: the day of `now`.  AK_NOT_HELD: no such
 * scheme; AK_NOT_FOUND, where "rules.query": no such query. */
AK_API AK_MUST_USE ak_status ak_scheme_tell(const char *scheme, const ak_tell *tell, const char *as_of, int64_t now, ak_text *json,
                                            ak_error *err);

#endif
