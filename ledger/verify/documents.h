/* SPDX-License-Identifier: Apache-2.0 */
/* documents.h - the holder's own papers against what was sealed (internal; rule A10) */
#ifndef AK_VERIFY_DOCUMENTS_H
#define AK_VERIFY_DOCUMENTS_H

#include "verify/judge.h"
#include "verify/standing.h"

/* One check "evidence" for each file of the question: passed, with the records that seal it; failed when it is none of the documents;
 * not-checked, and s->evidence_unsure, when it came without salt and could be one of those sealed as commitments.  Records with seq at or past
 * `known_at` and those that are not sealed are as if they were not here.  What only void records have failed; what only records have of which
 * it cannot be said whether they have effect (they lost their authority, for instance) is not-checked, and unsure.
 * Of each opening: passed, with the values, for its fields; failed for whatever in it belongs to nothing here or is called otherwise here; not-checked,
 * and unsure, for each document that it opens and that is not among the files. */
AK_MUST_USE ak_status ak_check_documents(const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_report *r, ak_standing *s, ak_error *err);

#endif
