/* SPDX-License-Identifier: Apache-2.0 */
/* hypothesis.h - what would the rules say if this were sealed now? (internal)
 *
 * The records drawn are judged as they stand, the candidate is taken as the next record with the authority it would have, and
 * the scheme's rules are asked about one listing.  No proof is checked and no verdict given: this is advice before sealing.
 */
#ifndef AK_VERIFY_HYPOTHESIS_H
#define AK_VERIFY_HYPOTHESIS_H

#include "verify/scheme_rules.h"

/* q->listing names the listing.  The report has findings and checks of rules only.  Takes the candidate's statement by reference;
 * it must outlive the call. */
AK_MUST_USE ak_status ak_hypothesis(const ak_evidence *e, const ak_question *q, const char *origin, ak_sealed *candidate,
                                    uint64_t seq, int64_t time, ak_json **report, ak_error *err);

#endif
