/* SPDX-License-Identifier: Apache-2.0 */
/* describe.h - what the scheme's queries tell people of a listing, with what the ledger knows of each record (internal) */
#ifndef AK_VERIFY_DESCRIBE_H
#define AK_VERIFY_DESCRIBE_H

#include "verify/judge.h"
#include "verify/standing.h"

/* The queries that are asked of every listing; ends with NULL. */
extern const char *const ak_describe_queries[];

/* After the rules have run: fills listing, chain, periods, missing, terms and history of the report, and of the standing what
 * follows from them.  A package without the queries "terms" and "history" has no terms, and its history is the records about
 * the listing. */
AK_MUST_USE ak_status ak_describe(ak_rules *rules, const ak_json *package, const ak_proven *p, const ak_judged *j,
                                  uint64_t known_at, ak_report *r, ak_standing *s, ak_error *err);

#endif
