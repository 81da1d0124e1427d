/* SPDX-License-Identifier: Apache-2.0 */
/* Records that were erased, as the books know them: the index has their place-holders by type. */
#include "seal/books.h"

#include "base/fail.h"
#include "verify/erased.h"

#include <string.h>

ak_status ak_books_sealed(ak_books *b, uint64_t seq, ak_buf *file, ak_sealed *s, ak_error *err)
{
	ak_index_record r;
	ak_error why = { 0 };
	ak_status st = ak_books_record(b, seq, file, err);

	if (st != AK_OK)
		return st;
	st = ak_sealed_parse(ak_buf_span(file), s, &why);
	/* Only what was there as a place-holder when the books looked for its erasure. */
	if (st == AK_CHAIN_BROKEN && ak_index_by_seq(b->index, seq, &r, NULL) == AK_OK && strcmp(r.type, "erased") == 0 &&
	    strcmp(r.scheme, "akashi") == 0)
		st = ak_sealed_parse_erased(ak_buf_span(file), s, &why);
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}

static ak_status read_at(ak_books *b, uint64_t seq, ak_buf *file, ak_sealed *s, ak_error *err)
{
	ak_status st = ak_books_record(b, seq, file, err);

	return st == AK_OK ? ak_sealed_parse_erased(ak_buf_span(file), s, err) : st;
}

/* The record that the place-holder names, if it is one that may: then the gap is proven. */
static ak_status ask_erasure(ak_books *b, const ak_digest *id, ak_gaps *gaps, ak_error *err)
{
	ak_authority *a = NULL;
	ak_judgement j = { 0 };
	ak_sealed s = { 0 };
	uint64_t seq = 0;
	ak_buf file;
	ak_status st = ak_index_by_id(b->index, id, &seq, NULL);

	if (st == AK_NOT_FOUND)
		return AK_OK;
	ak_buf_init(&file, AK_RECORD_MAX);
	if (st == AK_OK)
		st = read_at(b, seq, &file, &s, err);
	if (st == AK_OK && !s.erased) {
		st = ak_books_authority_as_known(b, seq, 0, &a, err);
		if (st == AK_OK)
			st = ak_books_judge(b, a, &s, &j, err);
		if (st == AK_OK && j.authorised)
			ak_gaps_prove(gaps, &s);
	}
	ak_authority_free(&a);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

ak_status ak_books_check_erased(ak_books *b, ak_error *err)
{
	uint64_t *seqs = NULL;
	ak_gaps gaps = { 0 };
	size_t n = 0;
	ak_status st = ak_index_of_type(b->index, "erased", &seqs, &n, err);

	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_sealed s = { 0 };
		ak_digest by = { 0 };
		bool erased;
		ak_buf file;

		ak_buf_init(&file, AK_RECORD_MAX);
		st = read_at(b, seqs[i], &file, &s, err);
		erased = st == AK_OK && s.erased;
		if (erased) {
			by = s.erasure;
			st = ak_gaps_add(&gaps, &s, b->checkpoint.origin, &b->genesis, err);
		}
		ak_sealed_clear(&s);
		ak_buf_clear(&file);
		if (st == AK_OK && erased)
			st = ask_erasure(b, &by, &gaps, err);
	}
	if (st == AK_OK)
		st = ak_gaps_check(&gaps, err);
	ak_gaps_clear(&gaps);
	ak_mem_free(seqs);
	return st;
}
