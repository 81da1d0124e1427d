/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/times.h"

#include "base/fail.h"
#include "base/text.h"
#include "model/checkpoint.h"
#include "verify/time_proof.h"

#include <string.h>

/* ---- what is proven ---- */

ak_status ak_times_root(ak_books *b, uint64_t size, ak_digest *out, ak_error *err)
{
	const ak_tree_source src = ak_index_tree_source(b->index);
	ak_frontier f = { .size = size };
	ak_status st = AK_OK;

	for (unsigned level = 0; st == AK_OK && level < AK_TREE_LEVELS; level++) {
		if ((size >> level & 1) != 0)
			st = src.node(src.ctx, level, (size >> level) - 1, &f.node[level], err);
	}
	if (st == AK_OK)
		ak_frontier_root(&f, out);
	return st;
}

/* The text of the checkpoint at `size`. */
static ak_status text_at(ak_books *b, uint64_t size, ak_checkpoint *c, ak_buf *out, ak_error *err)
{
	ak_status st;

	*c = b->checkpoint;
	c->size = size;
	st = ak_times_root(b, size, &c->root, err);
	return st == AK_OK ? ak_checkpoint_format(c, out, err) : st;
}

static ak_status file_of(void *ctx, uint64_t seq, ak_buf *out, ak_error *err)
{
	return ak_books_record(ctx, seq, out, err);
}

static ak_time_question question(ak_books *b, uint64_t size, ak_span text, const ak_stamp_query *q)
{
	return (ak_time_question){ .text = text, .size = size, .query = q, .file = file_of, .ctx = b };
}

/* ---- one token ---- */

static ak_status judge_proof(ak_books *b, ak_time_proof *p, ak_span der, const ak_digest *root, const ak_stamp_query *q, ak_error *err)
{
	ak_time_question asked;
	ak_checkpoint c;
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, 4096);
	st = text_at(b, p->size, &c, &text, err);
	if (st == AK_OK && !ak_digest_eq(root, &c.root))
		st = ak_digest_mismatch(err, AK_TREE_MISMATCH, "timestamp.root", p->size, &c.root, root);
	asked = question(b, p->size, ak_buf_span(&text), q);
	if (st == AK_OK)
		st = ak_time_proof_judge(&asked, p->evidence, der, &p->bytes, &p->found, err);
	ak_buf_clear(&text);
	return st;
}

/* ---- all of them ---- */

static ak_status add_proof(ak_books *b, ak_times *t, const ak_time_proof *like, ak_span text, const ak_digest *root, const ak_stamp_query *q,
                           ak_error *err)
{
	ak_time_proof *p;
	void *items = t->proof;
	ak_buf der;
	ak_status st = ak_mem_grow(&items, &t->cap, t->n + 1, sizeof(*t->proof), err);

	t->proof = items;
	if (st != AK_OK)
		return st;
	p = &t->proof[t->n++];
	*p = *like;
	ak_buf_init(&p->bytes, AK_ERS_MAX);
	ak_buf_init(&der, AK_ERS_MAX);
	p->status = ak_base64_decode(text, &der, &p->why) ? AK_OK : AK_BAD_FORMAT;
	if (p->why.status == AK_NO_MEMORY)
		p->status = AK_NO_MEMORY;
	if (p->status == AK_OK)
		p->status = judge_proof(b, p, ak_buf_span(&der), root, q, &p->why);
	ak_buf_clear(&der);
	if (p->status == AK_NO_MEMORY || p->status == AK_IO)
		return ak_fail(err, p->status, p->why.where, p->why.at, "%s", p->why.detail);
	return AK_OK;
}

static ak_status read_record(ak_books *b, uint64_t seq, const ak_stamp_query *q, ak_times *t, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_digest root;
	int64_t size = 0;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK) {
		const ak_json *body = s.statement.body, *tokens = ak_json_get(body, "tokens");
		ak_span form = ak_json_get_text(body, "form");
		ak_time_proof like = { .record = seq, .evidence = ak_span_is(form, "rfc4998") };

		/* A body in another form makes the record void: it says nothing. */
		if (ak_json_int(ak_json_get(body, "size"), &size) && size > 0 && (uint64_t)size <= seq &&
		    ak_digest_parse(ak_json_get_text(body, "root"), &root) && (like.evidence || ak_span_is(form, "rfc3161"))) {
			like.size = (uint64_t)size;
			for (; st == AK_OK && like.token < ak_json_len(tokens); like.token++)
				st = add_proof(b, t, &like, ak_json_text(ak_json_at(tokens, like.token)), &root, q, err);
		}
	}
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

/* Does `later` begin with all tokens of `p`, and have more? */
static bool carries(const ak_time_proof *later, const ak_time_proof *p)
{
	ak_ers a, b;

	if (later->status != AK_OK || p->status != AK_OK || later->size != p->size ||
	    ak_ers_parse(ak_buf_span(&later->bytes), &a, NULL) != AK_OK || ak_ers_parse(ak_buf_span(&p->bytes), &b, NULL) != AK_OK ||
	    a.stamps <= b.stamps)
		return false;
	for (size_t i = 0; i < b.stamps; i++) {
		if (!ak_span_eq(a.stamp[i].token, b.stamp[i].token))
			return false;
	}
	return true;
}

ak_status ak_times_read(ak_books *b, const ak_stamp_query *q, ak_times *out, ak_error *err)
{
	ak_times t = { 0 };
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_of_type(b->index, "timestamp", &seqs, &n, err);

	for (size_t i = 0; st == AK_OK && i < n; i++) {
		if (seqs[i] < b->checkpoint.size)
			st = read_record(b, seqs[i], q, &t, err);
	}
	for (size_t i = 0; st == AK_OK && i < t.n; i++) {
		for (size_t k = i + 1; k < t.n && !t.proof[i].carried; k++)
			t.proof[i].carried = carries(&t.proof[k], &t.proof[i]);
	}
	ak_mem_free(seqs);
	if (st != AK_OK)
		ak_times_clear(&t);
	else
		*out = t;
	return st;
}

void ak_times_clear(ak_times *t)
{
	for (size_t i = 0; i < t->n; i++)
		ak_buf_clear(&t->proof[i].bytes);
	ak_mem_free(t->proof);
	*t = (ak_times){ 0 };
}

/* ---- one more step ---- */

ak_status ak_times_next(ak_books *b, const ak_time_proof *p, ak_ers_hash hash, ak_ers_next *out, ak_error *err)
{
	uint8_t room[3][AK_ERS_HASH_LEN_MAX], records[AK_ERS_HASH_LEN_MAX];
	ak_time_question asked;
	ak_ers_object data;
	ak_checkpoint c;
	ak_buf text;
	ak_ers r;
	ak_status st;

	if (p->status != AK_OK)
		return ak_fail(err, AK_INVALID_ARGUMENT, "timestamp", p->record, "what proves nothing is not renewed");
	st = ak_ers_parse(ak_buf_span(&p->bytes), &r, err);
	if (st == AK_OK && hash == AK_ERS_HASH_NONE)
		ak_ers_next_renew(&r, p->found.record.hash, out);
	if (st != AK_OK || hash == AK_ERS_HASH_NONE)
		return st;
	if (hash == AK_ERS_SHA256 || (r.used & 1u << hash) != 0)
		return ak_fail(err, AK_INVALID_ARGUMENT, "timestamp.digest", p->record, "%s is no digest that this record could move to", ak_ers_hash_name(hash));
	ak_buf_init(&text, 4096);
	st = text_at(b, p->size, &c, &text, err);
	asked = question(b, p->size, ak_buf_span(&text), NULL);
	if (st == AK_OK)
		st = ak_time_records_digest(&asked, hash, records, err);
	if (st == AK_OK) {
		ak_ers_object_of(ak_buf_span(&text), room, &data);
		st = ak_ers_next_rehash(&r, &data, hash, records, out, err);
	}
	ak_buf_clear(&text);
	return st;
}

ak_status ak_times_put(ak_books *b, const ak_time_proof *p, const ak_ers_next *next, ak_span token, const ak_stamp_query *q, ak_buf *out,
                       ak_ers_found *found, ak_error *err)
{
	ak_time_question asked;
	ak_checkpoint c;
	ak_buf text;
	ak_ers r;
	ak_status st = ak_ers_parse(ak_buf_span(&p->bytes), &r, err);

	if (st != AK_OK)
		return st;
	ak_buf_init(&text, 4096);
	st = text_at(b, p->size, &c, &text, err);
	if (st == AK_OK)
		st = ak_ers_put(&r, next, token, out, err);
	asked = question(b, p->size, ak_buf_span(&text), q);
	if (st == AK_OK)
		st = ak_time_record_judge(&asked, ak_buf_span(out), found, err);
	ak_buf_clear(&text);
	return st;
}
