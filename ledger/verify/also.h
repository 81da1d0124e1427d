/* SPDX-License-Identifier: Apache-2.0 */
/* also.h - what is signed and not sealed yet may make a verdict worse (internal; DESIGN 3.8)
 *
 * Somebody holds a deletion that the operator has not sealed, or does not want to.  Each record handed over is admitted and
 * judged as if it came next; what nobody could seal counts for nothing.  Where its base or a record it refers to is not
 * in the evidence it gets the benefit of the doubt: it can only do harm.
 * One may keep another from being sealed (a revocation, the signature of a deletion): so each is also judged alone, and none takes
 * away what another says alone, whatever order they come in.  What only some of them say together may be kept out by a third.
 */
#ifndef AK_VERIFY_ALSO_H
#define AK_VERIFY_ALSO_H

#include "verify/candidate.h"
#include "verify/judge.h"

/* The verdict on the evidence, the one with these records added, or the one with one of them added: whichever is worst.  The report has a check "also"
 * for each of them. */
AK_MUST_USE ak_status ak_verify_also(const ak_evidence *e, const ak_question *q, const ak_candidate *also, size_t n,
                                     ak_verdict *verdict, ak_json **report, ak_error *err);

/* Within a verdict whose question has some: put those that could be sealed behind the proven records, *n of them, and say of
 * each what became of it. `j`: how the proven records stand. */
AK_MUST_USE ak_status ak_also_append(ak_proven *p, const ak_judged *j, ak_report *r, size_t *n, ak_error *err);

#endif
