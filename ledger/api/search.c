/* SPDX-License-Identifier: Apache-2.0 */
/* list and search: the index's own table, once it is at the head (rows.c). */
#include "api/annulled.h"
#include "api/blanks.h"
#include "api/ended.h"

#include "base/fail.h"
#include "codec/schema.h"

#include <stdio.h>
#include <string.h>

/* ---- asking ---------------------------------------------------------------------------------------------------- */

typedef struct listing_rows {
	ak_books *b;
	ak_endings endings;
	ak_blanks erased;
	ak_json *list;
	ak_error *err;
	ak_status st;
	ak_json *newest; /* subject -> row; a later record about the same listing replaces it       */
	ak_json *idle;   /* subject -> row of list_void: its newest record that is void or annulled */
} listing_rows;

static ak_status take_idle(listing_rows *r, const ak_index_entry *e, ak_error *err)
{
	ak_json *row = ak_json_new_object();
	ak_status st = ak_json_set(row, "subject", ak_json_new_str(e->subject), err);

	if (st == AK_OK)
		st = ak_json_set(row, "record", ak_json_new_int((int64_t)e->seq), err);
	if (st != AK_OK) {
		ak_json_free(row);
		return st;
	}
	return ak_json_set(r->idle, e->subject, row, err);
}

static ak_status take_listing(void *ctx, const ak_index_entry *e, ak_error *err)
{
	listing_rows *r = ctx;
	ak_json *row = NULL;
	ak_status st;

	if (e->json[0] == '\0')
		return take_idle(r, e, err);
	st = ak_json_parse(ak_span_str(e->json), &row, err);
	return st == AK_OK ? ak_json_set(r->newest, e->subject, row, err) : st;
}

static bool append_row(void *ctx, ak_span key, const ak_json *row)
{
	listing_rows *r = ctx;
	ak_json *o = ak_json_copy(row);
	char subject[AK_SUBJECT_ID_MAX + 1];
	int64_t seq = 0;
	size_t n = 0;

	while (n < key.len && key.data[n] != '/')
		n++;
	(void)snprintf(subject, sizeof(subject), "%.*s", (int)key.len, (const char *)key.data);
	(void)ak_json_int(ak_json_get(row, "record"), &seq);
	r->st = o == NULL ? ak_no_memory(r->err, "list") : ak_endings_put(r->b, &r->endings, subject, (uint64_t)seq, o, r->err);
	if (r->st == AK_OK)
		r->st = ak_blanks_put(&r->erased, subject, o, r->err);
	if (r->st == AK_OK) /* whose number it is */
		r->st = ak_json_set(o, "scheme", ak_json_new_text((ak_span){ key.data, n }), r->err);
	if (r->st != AK_OK)
		ak_json_free(o);
	else
		r->st = ak_json_add(r->list, o, r->err);
	return r->st == AK_OK;
}

/* The row of a listing that only erased records may have entered: its number is known, and no more. */
static ak_status take_blank(listing_rows *r, const struct ak_blank *one, ak_error *err)
{
	static const char *const unknown[] = { "service", "provider", "registered_on", "expires_on", "basis" };
	ak_json *row = ak_json_new_object();
	ak_status st = ak_json_set(row, "listing", ak_json_new_str(strchr(one->subject, ':') + 1), err); /* there is one: blanks.c */

	for (size_t i = 0; st == AK_OK && i < sizeof(unknown) / sizeof(unknown[0]); i++)
		st = ak_json_set(row, unknown[i], ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(row, "record", ak_json_new_int((int64_t)one->seq), err);
	if (st != AK_OK) {
		ak_json_free(row);
		return st;
	}
	return ak_json_set(r->newest, one->subject, row, err);
}

static ak_status read_rows(ak_ledger *l, listing_rows *r, ak_error *err)
{
	ak_status st = ak_api_bring_up(l, err);

	r->newest = ak_json_new_object();
	r->idle = ak_json_new_object();
	if (st == AK_OK)
		st = ak_index_search(l->b->index, NULL, "listing", 0, take_listing, r, err);
	if (st == AK_OK)
		st = ak_blanks_read(l->b, "listing", l->known_at, &r->erased, err);
	for (size_t i = 0; st == AK_OK && i < r->erased.n; i++) {
		if (ak_json_get(r->newest, r->erased.at[i].subject) == NULL)
			st = take_blank(r, &r->erased.at[i], err);
	}
	return st;
}

static ak_status give(listing_rows *r, ak_status st, ak_text *json, ak_error *err)
{
	ak_endings_clear(&r->endings);
	ak_blanks_clear(&r->erased);
	ak_json_free(r->newest);
	ak_json_free(r->idle);
	if (st != AK_OK) {
		ak_json_free(r->list);
		return st;
	}
	return ak_api_text(r->list, json, err);
}

ak_status ak_ledger_list(ak_ledger *l, ak_text *json, ak_error *err)
{
	listing_rows r = { .b = l->b, .err = err, .list = ak_json_new_array() };
	ak_status st = read_rows(l, &r, err);

	if (st == AK_OK)
		st = ak_endings_read(l->b, l->known_at, &r.endings, err);
	if (st == AK_OK && !ak_json_each(r.newest, append_row, &r))
		st = r.st;
	return give(&r, st, json, err);
}

static bool append_idle(void *ctx, ak_span key, const ak_json *row)
{
	listing_rows *r = ctx;

	(void)key;
	if (ak_json_get(r->newest, ak_json_get_str(row, "subject")) == NULL)
		r->st = ak_json_add(r->list, ak_json_copy(row), r->err);
	return r->st == AK_OK;
}

ak_status ak_ledger_list_void(ak_ledger *l, ak_text *json, ak_error *err)
{
	listing_rows r = { .b = l->b, .err = err, .list = ak_json_new_array() };
	ak_status st = read_rows(l, &r, err);

	if (st == AK_OK && !ak_json_each(r.idle, append_idle, &r))
		st = r.st;
	return give(&r, st, json, err);
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
	ak_status st = ak_api_bring_up(l, err);

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
