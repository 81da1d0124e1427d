/* SPDX-License-Identifier: Apache-2.0 */
/* document.h - digests of documents, and dates as people write them */
#ifndef AKASHI_DOCUMENT_H
#define AKASHI_DOCUMENT_H

#include "akashi/types.h"

/* SHA-256 of a document handed over in pieces, of any size.  Errors: AK_NO_MEMORY. */
typedef struct ak_hasher ak_hasher;
AK_API AK_MUST_USE ak_status ak_hasher_open(ak_hasher **out, ak_error *err);
AK_API AK_MUST_USE ak_status ak_hasher_add(ak_hasher *h, ak_span piece, ak_error *err);
AK_API AK_MUST_USE ak_status ak_hasher_close(ak_hasher **h, ak_digest *out, ak_error *err); /* frees it and nulls *h, also on failure */

/* A date as people write it (2021-09-13, 2021年9月13日, 令和3年9月13日, full-width digits; a year, a month or a day) in the stored form, with its
 * NUL.  AK_INVALID_ARGUMENT, where "date": none of these, or no such day. */
AK_API AK_MUST_USE ak_status ak_date_normalise(const char *text, char stored[11], ak_error *err);

#endif
