/* SPDX-License-Identifier: Apache-2.0 */
/* draft.h - from a draft a person can edit to the exact bytes that are signed (internal; include/akashi/exchange.h
 * has the form of a draft)
 *
 * Pure but for hashing: no ledger is needed, only the profile that says what a type's body is about.
 */
#ifndef AK_SEAL_DRAFT_H
#define AK_SEAL_DRAFT_H

#include "model/profile.h"

/* A value that begins so is a blank to fill in. */
#define AK_BLANK "\xc2\xab" /* « */

/* The blanks of a value as JSON pointers, one a line. */
AK_MUST_USE ak_status ak_draft_blanks(const ak_json *v, ak_buf *out, ak_error *err);

/* A body with blanks for all that the schema requires. */
AK_MUST_USE ak_status ak_draft_template(const ak_json *schema, ak_json **body, ak_error *err);

/* Set a value at a pointer, making objects on the way. Steals `value`. */
AK_MUST_USE ak_status ak_draft_assign(ak_json *body, ak_span pointer, ak_json *value, ak_error *err);

/* The canonical statement (line 2) of a draft.  `core` for core types, `profile` (may be NULL then) for the others. */
AK_MUST_USE ak_status ak_draft_statement(const ak_json *draft, const ak_profile *core, const ak_profile *profile,
                                         ak_buf *statement, ak_error *err);

/* Says of itself that it is a draft, of whatever version. */
bool ak_is_draft(const ak_json *v);
/* The form of a draft: its version, no member that nothing would come of, every one of its type.  AK_UNKNOWN_VERSION or
 * AK_BAD_FORMAT, where "draft.<member>", or "draft", "draft.refs", "draft.documents" for a member that is not known; err->at is the element of an array.  Blanks are allowed. */
AK_MUST_USE ak_status ak_draft_check(const ak_json *draft, ak_error *err);

#endif
