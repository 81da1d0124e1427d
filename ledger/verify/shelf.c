/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/shelf.h"

#include "base/fail.h"
#include "base/strmap.h"
#include "chain/tree.h"

typedef struct header {
	uint64_t seq;
	ak_buf line; /* owned */
} header;

struct ak_shelf {
	ak_strmap by_id; /* id -> position */
	ak_shelved *record[AK_SHELF_RECORDS_MAX]; /* one reference each */
	size_t n, n_values;
	ak_strmap header_by_id;
	header header[AK_SHELF_HEADERS_MAX];
	size_t n_headers;
};

ak_shelf *ak_shelf_new(void)
{
	ak_shelf *s = ak_mem_alloc(sizeof(*s));

	if (s != NULL) {
		ak_strmap_init(&s->by_id, 51);
		ak_strmap_init(&s->header_by_id, 52);
	}
	return s;
}

static void empty_headers(ak_shelf *s)
{
	while (s->n_headers > 0)
		ak_buf_clear(&s->header[--s->n_headers].line);
	ak_strmap_clear(&s->header_by_id);
	ak_strmap_init(&s->header_by_id, 52);
}

static void empty(ak_shelf *s)
{
	while (s->n > 0)
		ak_shelved_drop(&s->record[--s->n]);
	s->n_values = 0;
	ak_strmap_clear(&s->by_id);
	ak_strmap_init(&s->by_id, 51);
}

void ak_shelf_free(ak_shelf **s)
{
	if (*s == NULL)
		return;
	empty(*s);
	empty_headers(*s);
	ak_strmap_clear(&(*s)->by_id);
	ak_strmap_clear(&(*s)->header_by_id);
	ak_mem_free(*s);
	*s = NULL;
}

void ak_shelved_drop(ak_shelved **pr)
{
	ak_shelved *r = *pr;

	*pr = NULL;
	if (r == NULL || --r->refs > 0)
		return;
	ak_sealed_clear(&r->sealed);
	ak_buf_clear(&r->file);
	ak_mem_free(r);
}

ak_shelved *ak_shelf_find(const ak_shelf *s, const ak_digest *id)
{
	uint64_t at;

	if (!ak_strmap_get(&s->by_id, (ak_span){ id->b, AK_DIGEST_LEN }, &at))
		return NULL;
	s->record[at]->refs++;
	return s->record[at];
}

bool ak_shelf_header(const ak_shelf *s, const ak_digest *id, uint64_t seq, ak_span *line)
{
	uint64_t at;

	if (!ak_strmap_get(&s->header_by_id, (ak_span){ id->b, AK_DIGEST_LEN }, &at) || s->header[at].seq != seq)
		return false;
	*line = ak_buf_span(&s->header[at].line);
	return true;
}

ak_status ak_shelf_put_header(ak_shelf *s, uint64_t seq, ak_span line, ak_error *err)
{
	header h = { .seq = seq };
	ak_digest id;
	ak_status st;

	if (s->n_headers == AK_SHELF_HEADERS_MAX)
		empty_headers(s);
	ak_tree_leaf(line, &id);
	ak_buf_init(&h.line, AK_HEADER_MAX);
	st = ak_buf_add_span(&h.line, line, err);
	if (st == AK_OK)
		st = ak_strmap_put(&s->header_by_id, (ak_span){ id.b, AK_DIGEST_LEN }, s->n_headers, err);
	if (st == AK_OK)
		s->header[s->n_headers++] = h;
	else
		ak_buf_clear(&h.line);
	return st;
}

static ak_status keep(ak_shelf *s, ak_shelved *r, ak_error *err)
{
	ak_status st;

	if (s->n == AK_SHELF_RECORDS_MAX || s->n_values + r->n_values > AK_SHELF_VALUES_MAX)
		empty(s);
	if (r->n_values > AK_SHELF_VALUES_MAX)
		return AK_OK;
	st = ak_strmap_put(&s->by_id, (ak_span){ r->sealed.id.b, AK_DIGEST_LEN }, s->n, err);
	if (st != AK_OK)
		return st;
	s->record[s->n++] = r;
	s->n_values += r->n_values;
	r->refs++;
	return AK_OK;
}

ak_status ak_shelf_add(ak_shelf *s, ak_buf *file, ak_shelved **out, ak_error *err)
{
	ak_shelved *r = ak_mem_alloc(sizeof(*r));
	ak_status st;

	if (r == NULL)
		return ak_no_memory(err, "evidence");
	r->refs = 1;
	st = ak_sealed_parse_erased(ak_buf_span(file), &r->sealed, err);
	if (st == AK_OK) {
		r->n_values = ak_json_count(r->sealed.lines.statement) + ak_json_count(r->sealed.lines.signatures);
		if (ak_type_is_core(r->sealed.statement.type))
			st = keep(s, r, err);
	}
	if (st != AK_OK) {
		ak_shelved_drop(&r);
		return st;
	}
	/* The bytes stay where they are: what was taken apart points into them. */
	r->file = *file;
	ak_buf_init(file, file->max);
	*out = r;
	return AK_OK;
}
