/* SPDX-License-Identifier: Apache-2.0 */
/* scheme_rules.h - hand the proven records to the rules and take in what they say (internal) */
#ifndef AK_VERIFY_SCHEME_RULES_H
#define AK_VERIFY_SCHEME_RULES_H

#include "verify/judge.h"
#include "verify/standing.h"

/* Fills findings and checks of the report, with what describe.h adds, and the standing, which says beforehand how far the ledger
 * is known (sure_day).  What would be expired or suspended only after that is "unverifiable" for the reason "stale". */
AK_MUST_USE ak_status ak_scheme_rules(const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_report *r,
                                      ak_standing *s, ak_error *err);

/* The rows of the query that p->q->tell names, over the same records, with what is given; nothing is judged. */
AK_MUST_USE ak_status ak_scheme_rows(const ak_proven *p, const ak_judged *j, ak_json **rows, ak_error *err);

/* One record with the authority it has, its subjects, references and signers, into the sandbox. */
AK_MUST_USE ak_status ak_rules_take(ak_rules *rules, const ak_sealed *s, const ak_judgement *by, ak_error *err);

#endif
