/* SPDX-License-Identifier: Apache-2.0 */
/* hypothesis.h - what would the rules say if this were sealed now? (internal)
 *
 * The records drawn are judged as they stand, the candidates are taken as the next records with the authority they would have, and
 * the scheme's rules are asked about one listing.  No proof is checked and no verdict given: this is advice before sealing.
 */
#ifndef AK_VERIFY_HYPOTHESIS_H
#define AK_VERIFY_HYPOTHESIS_H

#include "verify/scheme_rules.h"

/* q->listing names the listing.  The report has findings and checks of rules only.  Takes the candidates' statements by reference;
 * they must outlive the call.  A candidate that refers to another does so by the id that is set in that one; seq: of the first. */
AK_MUST_USE ak_status ak_hypothesis(const ak_evidence *e, const ak_question *q, const char *origin, ak_sealed *const *candidate, size_t n,
                                    uint64_t seq, int64_t time, ak_json **report, ak_error *err);

/* What the query q->tell says of the records drawn, judged as they stand: its rows. */
AK_MUST_USE ak_status ak_evidence_rows(const ak_evidence *e, const ak_question *q, const char *origin, ak_json **rows, ak_error *err);

#endif
