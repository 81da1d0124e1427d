/* SPDX-License-Identifier: Apache-2.0 */
#include "api/annulled.h"

#include "base/fail.h"
#include "base/text.h"
#include "seal/corrected.h"

/* What annulment `seq` names; false where that is no record here. */
static ak_status target_of(ak_books *b, uint64_t seq, uint64_t *of, bool *known, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_digest id;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	*known = st == AK_OK && ak_digest_parse(ak_json_get_text(s.statement.body, "record"), &id) &&
	         ak_index_by_id(b->index, &id, of, NULL) == AK_OK && *of < seq;
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

ak_status ak_annulments_read(ak_books *b, uint64_t known_at, ak_annulments *out, ak_error *err)
{
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_of_type(b->index, "annulment", &seqs, &n, err);

	*out = (ak_annulments){ .known_at = known_at };
	if (st == AK_OK && n > 0) {
		out->at = ak_mem_array(n, sizeof(*out->at));
		if (out->at == NULL)
			st = ak_no_memory(err, "annulments");
	}
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		struct ak_annulment *a = &out->at[out->n];
		bool known = false;

		if (known_at != 0 && seqs[i] >= known_at)
			break;
		st = target_of(b, seqs[i], &a->of, &known, err);
		a->by = seqs[i];
		out->n += known;
	}
	ak_mem_free(seqs);
	if (st != AK_OK)
		ak_annulments_clear(out);
	return st;
}

void ak_annulments_clear(ak_annulments *a)
{
	ak_mem_free(a->at);
	*a = (ak_annulments){ 0 };
}

ak_status ak_annulments_put(ak_books *b, ak_annulments *a, uint64_t seq, ak_json *o, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < a->n; i++) {
		struct ak_annulment *one = &a->at[i];

		if (one->of != seq)
			continue;
		if (!one->judged)
			st = ak_books_stands(b, one->by, a->known_at, &one->stands, err);
		one->judged = st == AK_OK;
		if (st == AK_OK && one->stands)
			return ak_json_set(o, "annulled_by", ak_json_new_int((int64_t)one->by), err);
	}
	return st == AK_OK ? ak_json_set(o, "annulled_by", ak_json_new_null(), err) : st;
}
