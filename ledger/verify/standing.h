/* SPDX-License-Identifier: Apache-2.0 */
/* standing.h - from what was found to one verdict (internal; DESIGN 6)
 *
 * Worst first: invalid, expired, suspended, unverifiable, valid.  What would be valid is unverifiable when it is stale, when
 * completeness that the trust file asks for is missing, or when something could not be decided.
 */
#ifndef AK_VERIFY_STANDING_H
#define AK_VERIFY_STANDING_H

#include "verify/report.h"
#include "verify/verify.h"

typedef struct ak_standing {
	bool sound, closed;        /* proofs hold; nothing is missing           */
	bool fork;                 /* the operator signed two histories, and this is one of them */
	bool convicted;            /* it signed two histories: whose this is nobody can tell     */
	bool other_ledger;         /* not the one that the trust file names     */
	bool listed;               /* an effective listing record exists        */
	bool has_severity;
	ak_severity worst;         /* of the findings                           */
	bool evidence_missing;     /* the finding is "evidence-not-on-record"   */
	bool undecided;            /* a finding could not be decided, for another reason than staleness */
	bool evidence_unsure;      /* a file of the holder could not be compared */
	bool evidence_failed;      /* a file of the holder is not what was sealed, and no check before it failed */
	bool cannot_decide;        /* a rule or record could not be judged      */
	bool unknown_type, not_held;
	bool lost;                 /* some of it rests on records that lost their authority to a revocation that reaches back */
	bool erased;               /* a record of the evidence was erased: what it said is not known */
	bool rests_on_compromised; /* a link of the chain stands on a key declared compromised */
	bool quorum_none, quorum_met, complete_none, complete_met, fresh;
	int64_t known_until;
	bool ended;                /* an authorised closing is among the records: it is final          */
	int32_t ended_day;         /* its day (JST): of later days this ledger says nothing            */
	int32_t sure_day;          /* last day for which the absence of a record says something */
	uint64_t n_about;          /* records about the listing                 */
	uint64_t n_standing;       /* ... of which so many are not void         */
	bool chain_full;           /* decided, with every link on record        */
	bool baseline;             /* attested by the operator's baseline       */
	ak_severity use_worst;     /* of the findings on the use that was asked about; a warning changes nothing */
} ak_standing;

/* The "listing" member with what is known from the question alone. */
AK_MUST_USE ak_status ak_standing_listing(const ak_question *q, ak_json *root, ak_error *err);
/* With a use, the verdict is the worse of what is to be said of the listing and of the use. */
AK_MUST_USE ak_status ak_standing_conclude(const ak_question *q, const ak_standing *s, ak_report *r, ak_verdict *out,
                                           ak_error *err);

#endif
