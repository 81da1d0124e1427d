/* SPDX-License-Identifier: Apache-2.0 */
/* api.h - what the files of this layer share (internal)
 *
 * This layer holds no logic of its own: it checks arguments, calls one thing below, and puts the answer into JSON.
 */
#ifndef AK_API_API_H
#define AK_API_API_H

#include "akashi/ledger.h"
#include "bundle/bundle.h"
#include "crypto/key.h"
#include "seal/books.h"

struct ak_ledger {
	ak_books *b;
};

struct ak_secret {
	ak_seckey *key;
};

/* The canonical text of `v`, which is taken over, also on failure; NULL is AK_NO_MEMORY. */
AK_MUST_USE ak_status ak_api_text(ak_json *v, ak_text *out, ak_error *err);

/* The same, laid out for people to edit: drafts. */
AK_MUST_USE ak_status ak_api_pretty(ak_json *v, ak_text *out, ak_error *err);

/* The profile to read a draft or statement of `scheme` with: `package` bytes when given, else the one shipped.  For scheme "akashi"
 * *out stays empty. */
AK_MUST_USE ak_status ak_api_profile(ak_span scheme, ak_span package, ak_profile *out, ak_error *err);

/* {"id","spki","algorithm","pem","ssh"?} */
AK_MUST_USE ak_status ak_api_public(const ak_pubkey *k, ak_json **out, ak_error *err);

/* "sha256:…" */
ak_json *ak_api_digest(const ak_digest *d);
ak_json *ak_api_span(ak_span s);

/* What a bundle about this listing holds, drawn from the ledger; `since` as in ak_ledger_bundle. */
AK_MUST_USE ak_status ak_api_draw(ak_books *b, const char *scheme, const char *listing, uint64_t since, ak_bundle *out,
                                  ak_error *err);

/* One line for people: "decision C24-0101-2 registered". */
AK_MUST_USE ak_status ak_api_title(const ak_statement *s, ak_buf *out, ak_error *err);

#endif
