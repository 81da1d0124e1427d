/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/books.h"

#include "base/fail.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

void ak_books_free(ak_books **pb)
{
	ak_books *b = *pb;

	if (b == NULL)
		return;
	ak_map_free(&b->map);
	ak_head_clear(&b->head);
	ak_profile_clear(&b->core);
	ak_index_free(&b->index);
	ak_git_free(&b->git);
	ak_mem_free(b);
	*pb = NULL;
}

/* ---- source: what closures are drawn from ---------------------------------------------------------- */

static ak_status src_about(void *ctx, ak_span subject, uint64_t **seqs, size_t *n, ak_error *err)
{
	ak_books *b = ctx;
	ak_status st = ak_index_about(b->index, subject, seqs, n, err);

	if (st == AK_NOT_FOUND) {
		*seqs = NULL;
		*n = 0;
		return AK_OK;
	}
	return st;
}

static ak_status src_record(void *ctx, uint64_t seq, ak_buf *out, ak_error *err)
{
	return ak_books_record(ctx, seq, out, err);
}

static ak_status src_seq_of(void *ctx, const ak_digest *id, uint64_t *seq, ak_error *err)
{
	return ak_index_by_id(((ak_books *)ctx)->index, id, seq, err);
}

static ak_status src_leaf(void *ctx, uint64_t seq, ak_digest *id, ak_error *err)
{
	const ak_tree_source src = ak_index_tree_source(((ak_books *)ctx)->index);

	return src.node(src.ctx, 0, seq, id, err);
}

static ak_status src_prove_record(void *ctx, uint64_t seq, ak_tree_proof *out, ak_error *err)
{
	ak_books *b = ctx;
	const ak_tree_source src = ak_index_tree_source(b->index);

	return ak_tree_prove_inclusion(&src, seq, b->checkpoint.size, out, err);
}

static ak_status src_prove_subject(void *ctx, const ak_digest *key, ak_map_proof *out, ak_error *err)
{
	return ak_map_prove(((ak_books *)ctx)->map, key, out, err);
}

static ak_status open_index(ak_books *b, ak_error *err)
{
	ak_buf path;
	ak_status st;

	ak_buf_init(&path, 8192);
	st = ak_buf_addf(&path, err, "%sakashi-index.db", ak_git_dir(b->git));
	if (st == AK_OK)
		st = ak_buf_add_byte(&path, '\0', err);
	if (st == AK_OK) {
		st = ak_index_open((const char *)path.data, false, &b->index, err);
		/* Somebody else's clone, a read-only disk: the cache is then made in memory, for this run. */
		if (ak_status_class(st) == AK_CLASS_UNKNOWN && st != AK_NO_MEMORY)
			st = ak_index_open(":memory:", false, &b->index, err);
	}
	ak_buf_clear(&path);
	return st;
}

static ak_status new_books(ak_git *git, ak_books **out, ak_error *err)
{
	ak_books *b = ak_mem_alloc(sizeof(*b));
	ak_status st;

	if (b == NULL) {
		ak_git_free(&git);
		return ak_no_memory(err, "ledger");
	}
	b->git = git;
	b->source = (ak_source){ .about = src_about, .record = src_record, .seq_of = src_seq_of,
	                         .leaf = src_leaf, .prove_record = src_prove_record,
	                         .prove_subject = src_prove_subject, .ctx = b };
	st = ak_core_profile(&b->core, err);
	if (st != AK_OK)
		ak_books_free(&b);
	else
		*out = b;
	return st;
}

ak_status ak_books_from_git(ak_git *git, ak_books **out, ak_error *err)
{
	ak_books *b = NULL;
	ak_status st = new_books(git, &b, err);

	if (st == AK_OK)
		st = open_index(b, err);
	if (st == AK_OK)
		st = ak_books_sync(b, err);
	if (st != AK_OK)
		ak_books_free(&b);
	else
		*out = b;
	return st;
}

ak_status ak_books_open_apart(const char *path, const char *index_path, ak_books **out, ak_error *err)
{
	ak_git *git = NULL;
	ak_books *b = NULL;
	ak_status st = ak_git_open(path, &git, err);

	if (st == AK_OK)
		st = new_books(git, &b, err);
	if (st == AK_OK)
		st = ak_index_open(index_path, false, &b->index, err);
	if (st == AK_OK)
		st = ak_index_get_state(b->index, &b->state, err);
	if (st != AK_OK)
		ak_books_free(&b);
	else
		*out = b;
	return st;
}

ak_status ak_books_open(const char *path, ak_books **out, ak_error *err)
{
	ak_git *git = NULL;
	ak_status st = ak_git_open(path, &git, err);

	return st == AK_OK ? ak_books_from_git(git, out, err) : st;
}

ak_status ak_books_record(ak_books *b, uint64_t seq, ak_buf *out, ak_error *err)
{
	const ak_store s = ak_git_port(b->git);

	return s.ops->record(s.ctx, &b->head, seq, out, err);
}

/* ---- names and the past ------------------------------------------------------------------------------- */

static ak_status resolve_seq(ak_books *b, uint64_t n, uint64_t *seq, ak_digest *id, ak_error *err)
{
	ak_index_record r;
	ak_status st;

	if (n >= b->checkpoint.size)
		return ak_fail(err, AK_NOT_FOUND, "record", n, "the ledger has %" PRIu64 " records, the last is #%" PRIu64,
		               b->checkpoint.size, b->checkpoint.size == 0 ? 0 : b->checkpoint.size - 1);
	st = ak_index_by_seq(b->index, n, &r, err);
	if (st == AK_OK) {
		*seq = n;
		*id = r.id;
	}
	return st;
}

/* A unique prefix, by looking at every id: for people, on ledgers people type prefixes for. */
static ak_status resolve_prefix(ak_books *b, ak_span hex, uint64_t *seq, ak_digest *id, ak_error *err)
{
	size_t found = 0;

	if (hex.len < 8 || hex.len > 2 * AK_DIGEST_LEN)
		return ak_fail(err, AK_INVALID_ARGUMENT, "record", 0, "a prefix needs 8 to 64 hex digits");
	for (uint64_t n = 0; n < b->checkpoint.size; n++) {
		char text[2 * AK_DIGEST_LEN + 1];
		ak_index_record r;
		ak_status st = ak_index_by_seq(b->index, n, &r, err);

		if (st != AK_OK)
			return st;
		ak_hex_encode(r.id.b, AK_DIGEST_LEN, text);
		if (memcmp(text, hex.data, hex.len) != 0)
			continue;
		found++;
		*seq = n;
		*id = r.id;
	}
	if (found == 1)
		return AK_OK;
	return ak_fail(err, found == 0 ? AK_NOT_FOUND : AK_INVALID_ARGUMENT, "record", 0,
	               found == 0 ? "no record id begins so" : "several record ids begin so");
}

ak_status ak_books_resolve(ak_books *b, ak_span name, uint64_t *seq, ak_digest *id, ak_error *err)
{
	uint64_t n;

	if (ak_span_starts(name, "sha256:")) {
		ak_status st;

		if (!ak_digest_parse(name, id))
			return resolve_prefix(b, (ak_span){ name.data + 7, name.len - 7 }, seq, id, err);
		st = ak_index_by_id(b->index, id, seq, err);
		return st == AK_NOT_FOUND ? ak_fail(err, AK_NOT_FOUND, "record", 0, "no such record") : st;
	}
	if (name.len > 1 && name.data[0] == '#')
		name = (ak_span){ name.data + 1, name.len - 1 };
	if (name.len <= 10 && ak_decimal_parse(name, &n))
		return resolve_seq(b, n, seq, id, err);
	return resolve_prefix(b, name, seq, id, err);
}

static ak_status past_seq_of(void *ctx, const ak_digest *id, uint64_t *seq, ak_error *err)
{
	return ak_index_by_id(((ak_books_past *)ctx)->b->index, id, seq, err);
}

static ak_status past_statement(void *ctx, const ak_digest *d, uint64_t *seq, ak_error *err)
{
	const ak_books_past *p = ctx;
	ak_status st = ak_index_by_statement(p->b->index, d, seq, err);

	if (st == AK_OK && *seq >= p->before)
		return ak_fail(err, AK_NOT_FOUND, "statement", 0, "not before this position");
	return st;
}

static ak_status past_newest(void *ctx, ak_span subject, uint64_t *seq, ak_error *err)
{
	const ak_books_past *p = ctx;
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_newest(p->b->index, subject, seq, err);

	if (st != AK_OK || *seq < p->before)
		return st;
	st = ak_index_about(p->b->index, subject, &seqs, &n, err);
	while (st == AK_OK && n > 0 && seqs[n - 1] >= p->before)
		n--;
	if (st == AK_OK && n == 0)
		st = ak_fail(err, AK_NOT_FOUND, "subject", 0, "nothing about it before");
	if (st == AK_OK)
		*seq = seqs[n - 1];
	ak_mem_free(seqs);
	return st;
}

ak_past ak_books_past_of(ak_books_past *ctx)
{
	return (ak_past){ past_seq_of, past_statement, past_newest, ctx };
}
