/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/documents.h"

#include "base/text.h"
#include "crypto/hash.h"

#include <stdio.h>

/* What is sealed of one file. */
typedef struct sealed_as {
	ak_json *records;   /* owned: seqs, ascending              */
	const char *name;   /* as the first of them calls it       */
	bool committed;     /* some document here is a commitment  */
} sealed_as;

static bool is_commitment(const ak_json *document)
{
	return ak_json_get_text(ak_json_get(document, "annotations"), "commitment").len != 0;
}

static ak_status look_in(const ak_sealed *rec, const ak_evidence_file *f, const char *hex, sealed_as *out, ak_error *err)
{
	const ak_json *documents = rec->statement.subject;

	for (size_t k = 0; k < ak_json_len(documents); k++) {
		const ak_json *d = ak_json_at(documents, k);
		bool committed = is_commitment(d);

		out->committed = out->committed || committed;
		if (committed != f->has_salt || !ak_span_is(ak_json_get_text(ak_json_get(d, "digest"), "sha256"), hex))
			continue;
		if (out->name == NULL)
			out->name = ak_json_get_str(d, "name");
		return ak_json_add(out->records, ak_json_new_int((int64_t)rec->header.seq), err);
	}
	return AK_OK;
}

static ak_status look_for(const ak_proven *p, const ak_evidence_file *f, sealed_as *out, ak_error *err)
{
	char hex[2 * AK_DIGEST_LEN + 1];
	ak_digest d = f->digest;
	ak_status st = AK_OK;

	if (f->has_salt)
		ak_sha256_tagged(AK_TAG_COMMITMENT, (ak_span){ f->salt, sizeof(f->salt) },
		                 (ak_span){ f->digest.b, AK_DIGEST_LEN }, &d);
	ak_hex_encode(d.b, AK_DIGEST_LEN, hex);
	for (size_t i = 0; st == AK_OK && i < p->n_rec; i++)
		st = look_in(&p->rec[i], f, hex, out, err);
	return st;
}

static ak_status check_file(const ak_proven *p, const ak_evidence_file *f, ak_report *r, ak_standing *s, ak_error *err)
{
	ak_error why = { .status = AK_BAD_SIGNATURE, .where = "evidence" };
	sealed_as as = { .records = ak_json_new_array() };
	ak_status st = as.records == NULL ? ak_no_memory(err, "verify") : look_for(p, f, &as, err);

	if (st == AK_OK && ak_json_len(as.records) != 0) {
		st = ak_report_document(r, f->name, as.name, as.records, err);
	} else if (st == AK_OK && as.committed && !f->has_salt) {
		s->evidence_unsure = true;
		(void)snprintf(why.detail, sizeof(why.detail), "%.120s came without its salt, and documents here are sealed as commitments: "
		               "give FILE:SALTFILE", f->name);
		st = ak_report_not_checked(r, "evidence", "A10", why.detail, err);
	} else if (st == AK_OK) {
		(void)snprintf(why.detail, sizeof(why.detail), "%s is none of the documents sealed with this listing", f->name);
		st = ak_report_failed(r, "evidence", "A10", AK_NO_RECORD, &why, err);
	}
	ak_json_free(as.records);
	return st;
}

ak_status ak_check_documents(const ak_proven *p, ak_report *r, ak_standing *s, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->q->n_files; i++)
		st = check_file(p, &p->q->files[i], r, s, err);
	return st;
}
