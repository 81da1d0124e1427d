/* SPDX-License-Identifier: Apache-2.0 */
/* documents.h - the holder's own papers against what was sealed (internal; rule A10) */
#ifndef AK_VERIFY_DOCUMENTS_H
#define AK_VERIFY_DOCUMENTS_H

#include "verify/proof_check.h"
#include "verify/standing.h"

/* One check "evidence" for each file of the question: passed, with the records that seal it; failed when it is none of the documents;
 * not-checked, and s->evidence_unsure, when it came without salt and could be one of those sealed as commitments. */
AK_MUST_USE ak_status ak_check_documents(const ak_proven *p, ak_report *r, ak_standing *s, ak_error *err);

#endif
