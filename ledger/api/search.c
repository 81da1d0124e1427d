/* SPDX-License-Identifier: Apache-2.0 */
/* list and search: the index's own table, brought up to the head before it is asked.
 *
 * A row is made from the record as it stands corrected; what is void or annulled is not listed. */
#include "api/annulled.h"
#include "api/ended.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "seal/corrected.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 1024 * 1024, CHAIN_MAX = 8 };

/* ---- making rows -------------------------------------------------------------------------------------------- */

typedef struct gathering {
	ak_buf *out;
	ak_error *err;
	ak_status st;
} gathering;

static void gather(gathering *g, const ak_json *v);

static bool gather_member(void *ctx, ak_span key, const ak_json *v)
{
	(void)key;
	gather(ctx, v);
	return ((gathering *)ctx)->st == AK_OK;
}

/* Every text of a body, one after the other: what a search looks through. */
static void gather(gathering *g, const ak_json *v)
{
	if (ak_json_is(v, AK_JSON_STRING)) {
		g->st = ak_buf_add_span(g->out, ak_json_text(v), g->err);
		if (g->st == AK_OK)
			g->st = ak_buf_add_str(g->out, " ", g->err);
	} else if (ak_json_is(v, AK_JSON_ARRAY)) {
		for (size_t i = 0; g->st == AK_OK && i < ak_json_len(v); i++)
			gather(g, ak_json_at(v, i));
	} else if (ak_json_is(v, AK_JSON_OBJECT)) {
		(void)ak_json_each(v, gather_member, g);
	}
}

static ak_status join_services(const ak_json *body, ak_json *row, ak_error *err)
{
	const ak_json *list = ak_json_get(body, "services");
	ak_buf names;
	ak_status st = AK_OK;

	ak_buf_init(&names, 65536);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(list); i++) {
		if (i > 0)
			st = ak_buf_add_str(&names, " / ", err);
		if (st == AK_OK)
			st = ak_buf_add_span(&names, ak_json_get_text(ak_json_at(list, i), "name"), err);
	}
	if (st == AK_OK)
		st = ak_json_set(row, "service", ak_json_new_text(ak_buf_span(&names)), err);
	ak_buf_clear(&names);
	return st;
}

static ak_json *text_or_null(ak_span s)
{
	return s.len == 0 ? ak_json_new_null() : ak_json_new_text(s);
}

/* The row of list --json. */
static ak_status listing_row(const ak_json *body, uint64_t seq, ak_buf *out, ak_error *err)
{
	ak_json *row = ak_json_new_object();
	ak_status st = ak_json_set(row, "listing", ak_json_new_text(ak_json_get_text(body, "listing")), err);

	if (st == AK_OK)
		st = join_services(body, row, err);
	if (st == AK_OK)
		st = ak_json_set(row, "provider", text_or_null(ak_json_get_text(ak_json_get(body, "provider"), "name")), err);
	if (st == AK_OK)
		st = ak_json_set(row, "registered_on", text_or_null(ak_json_get_text(body, "registered_on")), err);
	if (st == AK_OK)
		st = ak_json_set(row, "expires_on", text_or_null(ak_json_get_text(body, "expires_on")), err);
	if (st == AK_OK)
		st = ak_json_set(row, "basis", text_or_null(ak_json_get_text(body, "basis")), err);
	if (st == AK_OK)
		st = ak_json_set(row, "record", ak_json_new_int((int64_t)seq), err);
	if (st == AK_OK)
		st = ak_jcs_write(row, out, err);
	ak_json_free(row);
	return st;
}

/* What a person would call the record's subject: the party rather than one of its keys. */
static ak_span telling_subject(const ak_statement *s)
{
	for (size_t i = 0; i < ak_statement_n_about(s); i++) {
		if (!ak_span_starts(ak_statement_about(s, i), "akashi/key:"))
			return ak_statement_about(s, i);
	}
	return ak_statement_about(s, 0);
}

static ak_status put_row(ak_books *b, const ak_sealed *s, const ak_json *body, bool listed, ak_error *err)
{
	ak_buf text, title, json;
	gathering g = { &text, err, AK_OK };
	char type[AK_NAME_MAX + 1], subject[129];
	ak_span about = telling_subject(&s->statement);
	ak_status st = AK_OK;

	ak_buf_init(&text, TEXT_MAX);
	ak_buf_init(&title, 65536);
	ak_buf_init(&json, 1024 * 1024);
	(void)snprintf(type, sizeof(type), "%.*s", (int)s->statement.type.len, (const char *)s->statement.type.data);
	(void)snprintf(subject, sizeof(subject), "%.*s", (int)about.len, (const char *)about.data);
	if (!ak_span_is(s->statement.type, "profile")) /* its rules are not what people look for */
		gather(&g, body);
	st = g.st == AK_LIMIT ? AK_OK : g.st;
	if (st == AK_OK)
		st = ak_buf_add_byte(&text, 0, err);
	if (st == AK_OK)
		st = ak_api_title(&s->statement, &title, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(&title, 0, err);
	if (st == AK_OK && listed)
		st = listing_row(body, s->header.seq, &json, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(&json, 0, err);
	if (st == AK_OK) {
		const ak_index_entry e = { s->header.seq, type, subject, (const char *)title.data,
		                           (const char *)text.data, (const char *)json.data };

		st = ak_index_put_entry(b->index, &e, err);
	}
	ak_buf_clear(&json);
	ak_buf_clear(&title);
	ak_buf_clear(&text);
	return st;
}

/* ---- keeping rows in step ------------------------------------------------------------------------------------ */

typedef struct stepping {
	ak_books *b;
	ak_authority *a;
	uint64_t known_at; /* 0: all */
} stepping;

static ak_status load(ak_books *b, uint64_t seq, ak_buf *file, ak_sealed *s, ak_error *err)
{
	ak_status st = ak_books_record(b, seq, file, err);

	return st == AK_OK ? ak_sealed_parse(ak_buf_span(file), s, err) : st;
}

static bool is_type(const ak_sealed *s, const char *type)
{
	return ak_span_is(s->statement.type, type);
}

static ak_status authorised(stepping *t, ak_sealed *s, bool *yes, ak_error *err)
{
	ak_judgement j;
	ak_status st = ak_books_judge(t->b, t->a, s, &j, err);

	*yes = st == AK_OK && j.authorised;
	return st;
}

static ak_status put_listing(stepping *t, ak_sealed *s, ak_error *err)
{
	ak_json *body = ak_json_copy(s->statement.body);
	bool yes = false, annulled = false;
	ak_status st;

	if (body == NULL)
		return ak_no_memory(err, "list");
	st = authorised(t, s, &yes, err);
	if (st == AK_OK && yes)
		st = ak_books_correct(t->b, s, t->known_at, body, &annulled, err);
	if (st == AK_OK)
		st = put_row(t->b, s, body, yes && !annulled, err);
	ak_json_free(body);
	return st;
}

static bool corrects(const ak_sealed *s)
{
	return is_type(s, "correction") || is_type(s, "annulment");
}

/* A correction changes the row of the record it speaks of, or, when that is a correction, of what that one speaks of. */
static ak_status refresh_target(stepping *t, const ak_sealed *by, int depth, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_digest id;
	uint64_t seq = 0;
	ak_buf file;
	ak_status st;

	if (depth > CHAIN_MAX || !ak_digest_parse(ak_json_get_text(by->statement.body, "record"), &id) ||
	    ak_index_by_id(t->b->index, &id, &seq, NULL) != AK_OK || seq >= by->header.seq)
		return AK_OK;
	ak_buf_init(&file, AK_RECORD_MAX);
	st = load(t->b, seq, &file, &s, err);
	if (st == AK_OK && is_type(&s, "listing"))
		st = put_listing(t, &s, err);
	else if (st == AK_OK && corrects(&s))
		st = refresh_target(t, &s, depth + 1, err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static ak_status enter(stepping *t, uint64_t seq, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = load(t->b, seq, &file, &s, err);
	if (st == AK_OK)
		st = is_type(&s, "listing") ? put_listing(t, &s, err)
		                            : put_row(t->b, &s, s.statement.body, false, err);
	if (st == AK_OK && corrects(&s))
		st = refresh_target(t, &s, 0, err);
	if (st == AK_OK) /* what changes standing takes effect for the records after it */
		st = ak_books_feed(t->b, t->a, ak_buf_span(&file), err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static uint64_t rows_to(const ak_books *b, uint64_t known_at)
{
	return known_at != 0 ? known_at : b->checkpoint.size;
}

/* Within a transaction: from where the rows are to the head, or to what is known. */
static ak_status enter_all(ak_books *b, uint64_t known_at, uint64_t done, ak_authority *a, ak_error *err)
{
	stepping t = { .b = b, .a = a, .known_at = known_at };
	ak_status st = AK_OK;

	for (; st == AK_OK && done < rows_to(b, known_at); done++)
		st = enter(&t, done, err);
	return st == AK_OK ? ak_index_set_searched(b->index, done, err) : st;
}

static ak_status bring_up_once(ak_books *b, uint64_t known_at, ak_error *err)
{
	ak_authority *a = NULL;
	ak_index_state now;
	uint64_t done = 0;
	ak_status st = ak_index_searched(b->index, &done, err);

	if (st != AK_OK || done >= rows_to(b, known_at))
		return st;
	st = ak_books_authority_as_known(b, done, known_at, &a, err);
	if (st == AK_OK)
		st = ak_index_begin(b->index, err);
	if (st == AK_OK) {
		st = ak_index_get_state(b->index, &now, err);
		if (st == AK_OK && now.size != b->checkpoint.size)
			st = ak_fail(err, AK_CONFLICT, "index", now.size, "the ledger grew meanwhile");
		if (st == AK_OK)
			st = enter_all(b, known_at, done, a, err);
		if (st == AK_OK)
			st = ak_index_commit(b->index, NULL, err);
		else
			ak_index_rollback(b->index);
	}
	ak_authority_free(&a);
	return st;
}

static ak_status bring_up(ak_ledger *l, ak_error *err)
{
	ak_books *b = l->b;
	ak_status st = AK_CONFLICT;

	/* What was known then is no cache for others: rows of one's own. */
	if (l->rows_at != l->known_at) {
		st = ak_books_detach(b, err);
		if (st != AK_OK)
			return st;
		l->rows_at = l->known_at;
		st = AK_CONFLICT;
	}

	for (int i = 0; st == AK_CONFLICT && i < 8; i++) {
		ak_status again;

		st = bring_up_once(b, l->known_at, err);
		again = ak_books_sync(b, NULL);
		if (st == AK_OK && again != AK_OK)
			st = again;
	}
	if (st != AK_CONFLICT && st != AK_LOCKED && st != AK_IO)
		return st;
	/* Others are at the shared index, or it cannot be written: rows of one's own, then. */
	st = ak_books_detach(b, err);
	return st == AK_OK ? bring_up_once(b, l->known_at, err) : st;
}

/* ---- asking ---------------------------------------------------------------------------------------------------- */

typedef struct listing_rows {
	ak_books *b;
	ak_endings endings;
	ak_json *list;
	ak_error *err;
	ak_status st;
	ak_json *newest; /* subject -> row; a later record about the same listing replaces it */
} listing_rows;

static ak_status take_listing(void *ctx, const ak_index_entry *e, ak_error *err)
{
	listing_rows *r = ctx;
	ak_json *row = NULL;
	ak_status st;

	if (e->json == NULL || e->json[0] == '\0')
		return AK_OK;
	st = ak_json_parse(ak_span_str(e->json), &row, err);
	return st == AK_OK ? ak_json_set(r->newest, e->subject, row, err) : st;
}

static bool append_row(void *ctx, ak_span key, const ak_json *row)
{
	listing_rows *r = ctx;
	ak_json *o = ak_json_copy(row);
	char subject[AK_SUBJECT_ID_MAX + 1];
	int64_t seq = 0;

	(void)snprintf(subject, sizeof(subject), "%.*s", (int)key.len, (const char *)key.data);
	(void)ak_json_int(ak_json_get(row, "record"), &seq);
	r->st = o == NULL ? ak_no_memory(r->err, "list") : ak_endings_put(r->b, &r->endings, subject, (uint64_t)seq, o, r->err);
	if (r->st != AK_OK)
		ak_json_free(o);
	else
		r->st = ak_json_add(r->list, o, r->err);
	return r->st == AK_OK;
}

ak_status ak_ledger_list(ak_ledger *l, ak_text *json, ak_error *err)
{
	listing_rows r = { .b = l->b, .err = err, .newest = ak_json_new_object(), .list = ak_json_new_array() };
	ak_status st = bring_up(l, err);

	if (st == AK_OK)
		st = ak_index_search(l->b->index, NULL, "listing", 0, take_listing, &r, err);
	if (st == AK_OK)
		st = ak_endings_read(l->b, l->known_at, &r.endings, err);
	if (st == AK_OK && !ak_json_each(r.newest, append_row, &r))
		st = r.st;
	ak_endings_clear(&r.endings);
	ak_json_free(r.newest);
	if (st != AK_OK) {
		ak_json_free(r.list);
		return st;
	}
	return ak_api_text(r.list, json, err);
}

typedef struct hits {
	ak_books *b;
	ak_annulments annulled;
	ak_json *list;
} hits;

static ak_status take_hit(void *ctx, const ak_index_entry *e, ak_error *err)
{
	hits *h = ctx;
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "seq", ak_json_new_int((int64_t)e->seq), err);

	if (st == AK_OK)
		st = ak_json_set(o, "type", ak_json_new_str(e->type), err);
	if (st == AK_OK)
		st = ak_json_set(o, "subject", ak_json_new_str(e->subject), err);
	if (st == AK_OK)
		st = ak_json_set(o, "title", ak_json_new_str(e->title), err);
	if (st == AK_OK)
		st = ak_annulments_put(h->b, &h->annulled, e->seq, o, err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(h->list, o, err);
}

ak_status ak_ledger_search(ak_ledger *l, const char *query, size_t limit, ak_text *json, ak_error *err)
{
	hits h = { .b = l->b, .list = ak_json_new_array() };
	ak_status st = bring_up(l, err);

	if (st == AK_OK)
		st = ak_annulments_read(l->b, l->known_at, &h.annulled, err);
	if (st == AK_OK)
		st = ak_index_search(l->b->index, query, NULL, limit, take_hit, &h, err);
	ak_annulments_clear(&h.annulled);
	if (st != AK_OK) {
		ak_json_free(h.list);
		return st;
	}
	return ak_api_text(h.list, json, err);
}
