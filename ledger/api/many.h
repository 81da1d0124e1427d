/* SPDX-License-Identifier: Apache-2.0 */
/* many.h - verdicts on many listings of one ledger, on all processors (internal)
 *
 * Evidence is drawn by one thread at a time, since that reads what the ledger handle holds; judging it needs nothing of the handle.
 * (M1) Which thread answers a question, after which others, changes no byte of the answer.
 * (M2) Nothing that one thread may owe to another is an answer: what ran out of memory, and what the index may have left out, is asked
 *      again when all others have ended, as if it were the only one.
 * (M3) The first listing that cannot be answered at all gives the status.
 */
#ifndef AK_API_MANY_H
#define AK_API_MANY_H

#include "api/api.h"

/* The answer to question `i`; report is borrowed, and NULL where the listing takes too much to be judged (AK_LIMIT, AK_STOPPED).  Called once for
 * each, from several threads at the same time, in any order. */
typedef ak_status ak_answer_fn(void *ctx, size_t i, ak_verdict verdict, const ak_json *report, ak_error *err);

/* What `common` asks, of each {"listing","scheme"} in `rows`.  threads counts the caller's; 0: as many as there are processors, as far as it is worth
 * it. */
AK_MUST_USE ak_status ak_api_verify_many(ak_ledger *l, const ak_verify_options *common, const ak_json *rows, unsigned threads,
                                         ak_answer_fn *fn, void *ctx, ak_error *err);

#endif
