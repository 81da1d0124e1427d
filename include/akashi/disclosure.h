/* SPDX-License-Identifier: Apache-2.0 */
/* disclosure.h - showing what was sealed without being shown (FORMAT 13)
 *
 * A document that is not public, or a single field, enters a record as a digest that nobody can try values on: it covers 32 random
 * bytes, the salt.  What opens it is kept by its holder in an *opening*, a small JSON file and a secret.  Chosen parts of it for one record
 * are a *disclosure*, which is handed over together with the documents, and checked by ak_verify_options.openings.
 * Without the salt nobody can show any more what was sealed, its holder included; that is also how it is forgotten.
 *
 *   {"akashi":"opening/1","documents":[{"commitment":"sha256:…","document":"sha256:…","kind":"…","name":"…","salt":"<64 hex>"}…],
 *    "fields":[{"disclosure":"<base64url>","field":"/pointer"}…]}
 *   a disclosure: the same with "akashi":"disclosure/1" and "genesis","ledger","record", which say of what record it is
 *
 * At most 64 documents and 64 fields, 16 MiB.
 */
#ifndef AKASHI_DISCLOSURE_H
#define AKASHI_DISCLOSURE_H

#include "akashi/types.h"

/* A field's value (JSON text of any one value) under a fresh salt, as an RFC 9901 disclosure, and the digest that enters the body. `name` is
 * that of the member, NULL for an element of an array.  AK_INVALID_ARGUMENT for what is no value, and for the names "_sd" and "...". */
AK_API AK_MUST_USE ak_status ak_field_commit(const char *name, ak_span value, ak_text *disclosure, ak_digest *digest, ak_error *err);

/* Whether a file looks like an opening or a disclosure, and what is in one: {"kind":"opening|disclosure","record":"sha256:…"|null,
 * "ledger"|null,"documents":[{"name","kind","document","commitment","salt"}…],"fields":["/pointer"…]}.  Reading sees to its form, and that each commitment
 * follows from its salt: AK_BAD_FORMAT, where "opening.…" or "disclosure.…"; AK_UNKNOWN_VERSION. */
AK_API bool ak_opening_looks_like(ak_span file);
AK_API AK_MUST_USE ak_status ak_opening_describe(ak_span file, ak_text *json, ak_error *err);

/* The disclosure of one record (its three lines) with the documents of these digests and the fields at these pointers, out of openings.  Every part is
 * checked against the record first.  AK_NOT_FOUND, where "disclose.document" or "disclose.field", err->at which of them: no
 * opening given has it for this record. */
AK_API AK_MUST_USE ak_status ak_disclose(ak_span record, const ak_span *openings, size_t n_openings, const ak_digest *documents, size_t n_documents,
                                         const char *const *fields, size_t n_fields, ak_text *disclosure, ak_error *err);

#endif
