/* SPDX-License-Identifier: Apache-2.0 */
/* tell.h - a query of the scheme beside those that describe a listing (internal)
 *
 * Its rows are told as they are; where they name a rule or a parameter of the scheme, the basis of that is put beside it, so
 * that no query repeats it.
 */
#ifndef AK_VERIFY_TELL_H
#define AK_VERIFY_TELL_H

#include "rules/sandbox.h"
#include "verify/verify.h"

/* Is this a question?  NULL is none, and fine.  AK_INVALID_ARGUMENT, where "tell.query" or "tell.given". */
AK_MUST_USE ak_status ak_tell_check(const ak_tell *t, ak_error *err);
/* Hand what is given to the sandbox, before it is closed. */
AK_MUST_USE ak_status ak_tell_give(ak_rules *rules, const ak_tell *t, ak_error *err);
/* The rows, with their bases; AK_NOT_FOUND when the package has no such query. */
AK_MUST_USE ak_status ak_tell_rows(ak_rules *rules, const ak_json *package, const ak_tell *t, int32_t as_of, uint64_t known_at,
                                   const char *listing, ak_json **rows, ak_error *err);
/* "told" of a report. */
AK_MUST_USE ak_status ak_tell_put(ak_rules *rules, const ak_json *package, const ak_question *q, uint64_t known_at, ak_json *report,
                                  ak_error *err);

#endif
