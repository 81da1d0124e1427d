/* SPDX-License-Identifier: Apache-2.0 */
/* opening.h - what opens commitments: kept by the holder, or handed over for one record (FORMAT 13.3; internal)
 *
 *   {"akashi":"opening/1","documents":[{"commitment":"sha256:…","document":"sha256:…","kind":"…","name":"…","salt":"<64 hex>"}…],
 *    "fields":[{"disclosure":"<base64url>","field":"/a/b"}…]}
 *   {"akashi":"disclosure/1", … as above …, "genesis":"sha256:…","ledger":"ledger.example/ismap","record":"sha256:…"}
 *
 * The first is a secret of its holder.  The second holds what was chosen for somebody, of one record.  Neither is signed: each part
 * proves itself against the record, and nothing else in it is believed.
 */
#ifndef AK_VERIFY_OPENING_H
#define AK_VERIFY_OPENING_H

#include "verify/disclosure.h"
#include "verify/sealed.h"

enum { AK_OPENING_MAX = 16 * 1024 * 1024, AK_SALT_LEN = 32 };

typedef struct ak_opened_document {
	ak_digest commitment, document; /* the one follows from salt and the other: seen to when it was read */
	uint8_t salt[AK_SALT_LEN];
	ak_span name, kind;             /* as in the record */
} ak_opened_document;

typedef struct ak_opening {
	ak_json *root;    /* owned; spans borrow from it */
	bool handed_over; /* a disclosure: the next three are set */
	ak_digest genesis, record;
	ak_span ledger;
	ak_opened_document document[AK_DOCUMENTS_MAX];
	size_t n_documents;
	ak_span disclosure[AK_DISCLOSURES_MAX], field[AK_DISCLOSURES_MAX];
	size_t n_fields;
} ak_opening;

void ak_commitment(const uint8_t salt[AK_SALT_LEN], const ak_digest *document, ak_digest *out);

/* Does this look like one of the two? */
bool ak_opening_sniff(ak_span text);
/* `out` is all zero before.  AK_BAD_FORMAT, where "opening.…" and the member, err->at the element: form, a commitment that does not follow from
 * its salt, a salt that stands there twice or is too short; AK_UNKNOWN_VERSION for a later one. */
AK_MUST_USE ak_status ak_opening_parse(ak_span text, ak_opening *out, ak_error *err);
void ak_opening_clear(ak_opening *o);

/* Is this document sealed in `s` as a commitment of that name and kind?  AK_NOT_FOUND, where "opening.documents": no commitment
 * there is this one; AK_BAD_FORMAT, where "opening.documents.name" or ".kind": it is, and is called otherwise there. */
AK_MUST_USE ak_status ak_opened_document_check(const ak_opened_document *d, const ak_statement *s, ak_error *err);

/* The text of a disclosure of the record `s`: the documents with these digests and the fields at these pointers, as far as
 * openings have them.  Each part is checked against the record.  AK_NOT_FOUND, where "disclose.document" or "disclose.field",
 * err->at which: no opening has it for this record. */
typedef struct ak_choice {
	const ak_digest *document;
	size_t n_documents;
	const char *const *field;
	size_t n_fields;
} ak_choice;
AK_MUST_USE ak_status ak_opening_choose(const ak_sealed *s, const ak_opening *opening, size_t n, const ak_choice *choice, ak_json **out,
                                        ak_error *err);

#endif
