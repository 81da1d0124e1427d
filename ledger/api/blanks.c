/* SPDX-License-Identifier: Apache-2.0 */
#include "api/blanks.h"

#include "base/fail.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Is `id` <scheme>/<kind>:<name>? */
static bool is_kind(ak_span id, const char *kind)
{
	const size_t n = strlen(kind);
	size_t at = 0;

	while (at < id.len && id.data[at] != '/')
		at++;
	return id.len > at + n + 2 && memcmp(id.data + at + 1, kind, n) == 0 && id.data[at + 1 + n] == ':';
}

static ak_status take(ak_books *b, uint64_t seq, const char *kind, ak_blanks *out, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	for (size_t i = 0; st == AK_OK && s.erased && i < ak_statement_n_about(&s.statement); i++) {
		ak_span id = ak_statement_about(&s.statement, i);

		if (!is_kind(id, kind) || id.len > AK_SUBJECT_ID_MAX)
			continue;
		st = ak_mem_grow((void **)&out->at, &out->cap, out->n + 1, sizeof(*out->at), err);
		if (st == AK_OK) {
			struct ak_blank *blank = &out->at[out->n++];

			blank->seq = seq;
			memcpy(blank->subject, id.data, id.len);
			blank->subject[id.len] = '\0';
		}
	}
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

ak_status ak_blanks_read(ak_books *b, const char *kind, uint64_t known_at, ak_blanks *out, ak_error *err)
{
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_of_type(b->index, "erased", &seqs, &n, err);

	*out = (ak_blanks){ 0 };
	for (size_t i = 0; st == AK_OK && i < n && (known_at == 0 || seqs[i] < known_at); i++)
		st = take(b, seqs[i], kind, out, err);
	ak_mem_free(seqs);
	if (st != AK_OK)
		ak_blanks_clear(out);
	return st;
}

void ak_blanks_clear(ak_blanks *k)
{
	ak_mem_free(k->at);
	*k = (ak_blanks){ 0 };
}

bool ak_blanks_have(const ak_blanks *k, const char *subject)
{
	for (size_t i = 0; i < k->n; i++) {
		if (strcmp(k->at[i].subject, subject) == 0)
			return true;
	}
	return false;
}

ak_status ak_blanks_put(const ak_blanks *k, const char *subject, ak_json *row, ak_error *err)
{
	ak_json *list;
	ak_status st = AK_OK;

	if (!ak_blanks_have(k, subject))
		return AK_OK;
	list = ak_json_new_array();
	for (size_t i = 0; st == AK_OK && i < k->n; i++) {
		if (strcmp(k->at[i].subject, subject) == 0)
			st = ak_json_add(list, ak_json_new_int((int64_t)k->at[i].seq), err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(row, "erased", list, err);
}
