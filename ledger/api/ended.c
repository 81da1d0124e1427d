/* SPDX-License-Identifier: Apache-2.0 */
#include "api/ended.h"

#include "base/fail.h"
#include "base/text.h"
#include "seal/corrected.h"

#include <stdio.h>
#include <string.h>

static void copy(char *to, size_t size, ak_span s)
{
	(void)snprintf(to, size, "%.*s", (int)s.len, (const char *)s.data);
}

/* The listing that a record is about. */
static ak_span listing_of(const ak_statement *s)
{
	for (size_t i = 0; i < ak_statement_n_about(s); i++) {
		ak_span id = ak_statement_about(s, i);

		if (id.len > s->scheme.len && ak_span_starts((ak_span){ id.data + s->scheme.len, id.len - s->scheme.len }, "/listing:"))
			return id;
	}
	return (ak_span){ 0 };
}

static ak_status take(ak_books *b, uint64_t seq, const char *type, ak_endings *out, ak_error *err)
{
	struct ak_ending *e = &out->at[out->n];
	ak_sealed s = { 0 };
	ak_span id = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK)
		id = listing_of(&s.statement);
	if (id.len > 0 && id.len < sizeof(e->subject)) {
		*e = (struct ak_ending){ .seq = seq, .type = type };
		copy(e->subject, sizeof(e->subject), id);
		copy(e->on, sizeof(e->on), ak_json_get_text(s.statement.body, "effective_on"));
		out->n++;
	}
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

ak_status ak_endings_read(ak_books *b, uint64_t known_at, ak_endings *out, ak_error *err)
{
	static const char *const types[] = { "deletion", "withdrawal" };
	enum { TYPES = sizeof(types) / sizeof(types[0]) };
	uint64_t *seqs[TYPES] = { NULL };
	size_t n[TYPES] = { 0 }, all = 0;
	ak_status st = AK_OK;

	*out = (ak_endings){ .known_at = known_at };
	for (size_t t = 0; st == AK_OK && t < TYPES; t++) {
		st = ak_index_of_type(b->index, types[t], &seqs[t], &n[t], err);
		all += st == AK_OK ? n[t] : 0;
	}
	if (st == AK_OK && all > 0) {
		out->at = ak_mem_array(all, sizeof(*out->at));
		st = out->at == NULL ? ak_no_memory(err, "list") : AK_OK;
	}
	for (size_t t = 0; t < TYPES; t++) {
		for (size_t i = 0; st == AK_OK && i < n[t] && (known_at == 0 || seqs[t][i] < known_at); i++)
			st = take(b, seqs[t][i], types[t], out, err);
		ak_mem_free(seqs[t]);
	}
	if (st != AK_OK)
		ak_endings_clear(out);
	return st;
}

void ak_endings_clear(ak_endings *e)
{
	ak_mem_free(e->at);
	*e = (ak_endings){ 0 };
}

/* A listing may be entered anew after its end: an end before the entry is of an earlier one.  What is too coarse to tell is not before. */
static ak_status before_entry(ak_books *b, const struct ak_ending *e, uint64_t seq, bool *before, ak_error *err)
{
	ak_json *body = NULL;
	ak_status st = ak_books_corrected(b, seq, &body, err);
	ak_span from = ak_json_get_text(body, "effective_on");
	size_t n = strlen(e->on);

	if (from.len == 0)
		from = ak_json_get_text(body, "registered_on");
	n = from.len < n ? from.len : n;
	*before = st == AK_OK && n > 0 && memcmp(e->on, from.data, n) < 0;
	ak_json_free(body);
	return st;
}

static ak_status applies(ak_books *b, ak_endings *all, struct ak_ending *e, uint64_t seq, bool *yes, ak_error *err)
{
	bool before = false;
	ak_status st = AK_OK;

	if (!e->judged)
		st = ak_books_stands(b, e->seq, all->known_at, &e->stands, err);
	e->judged = st == AK_OK;
	if (st == AK_OK && e->stands)
		st = before_entry(b, e, seq, &before, err);
	*yes = st == AK_OK && e->stands && !before;
	return st;
}

ak_status ak_endings_put(ak_books *b, ak_endings *all, const char *subject, uint64_t seq, ak_json *row, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < all->n; i++) {
		struct ak_ending *e = &all->at[i];
		bool yes = false;
		ak_json *o;

		if (strcmp(e->subject, subject) == 0)
			st = applies(b, all, e, seq, &yes, err);
		if (st != AK_OK || !yes)
			continue;
		o = ak_json_new_object();
		st = ak_json_set(o, "type", ak_json_new_str(e->type), err);
		if (st == AK_OK)
			st = ak_json_set(o, "record", ak_json_new_int((int64_t)e->seq), err);
		if (st == AK_OK)
			st = ak_json_set(o, "on", e->on[0] == '\0' ? ak_json_new_null() : ak_json_new_str(e->on), err);
		if (st == AK_OK)
			return ak_json_set(row, "ended", o, err);
		ak_json_free(o);
	}
	return st == AK_OK ? ak_json_set(row, "ended", ak_json_new_null(), err) : st;
}
