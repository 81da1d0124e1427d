/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping the index in step with the head: what is new is read in, what differs is made anew. */
#include "seal/books.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/note.h"

#include <stdio.h>

enum { SYNC_TRIES = 8 };

ak_status ak_books_open_map(ak_books *b, ak_error *err)
{
	const ak_map_source src = ak_index_map_source(b->index);

	ak_map_free(&b->map);
	return ak_map_open(&b->state.map_top, &src, &b->map, err);
}

ak_status ak_map_step(ak_map *map, const ak_statement *s, uint64_t seq, int64_t time,
                      const ak_digest *statement, const ak_digest *signatures, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_statement_n_about(s); i++) {
		ak_map_entry e = { 0 };
		ak_digest key;
		bool found = false;

		ak_map_key(ak_statement_about(s, i), &key);
		st = ak_map_get(map, &key, &e, &found, err);
		if (st != AK_OK)
			break;
		if (!found)
			e = (ak_map_entry){ 0 };
		e.count++;
		ak_map_chain_step(&e.chain, seq, time, statement, signatures);
		st = ak_map_put(map, &key, &e, err);
	}
	return st;
}

static void copy_name(char *to, size_t size, ak_span s)
{
	(void)snprintf(to, size, "%.*s", (int)s.len, (const char *)s.data);
}

ak_status ak_books_enter(ak_books *b, const ak_sealed *r, ak_error *err)
{
	const ak_tree_sink sink = ak_index_tree_sink(b->index);
	ak_index_record rec = { .seq = r->header.seq, .id = r->id, .statement = r->header.statement,
	                        .signatures = r->header.signatures, .time = r->header.time };
	ak_status st;

	copy_name(rec.type, sizeof(rec.type), r->statement.type);
	copy_name(rec.scheme, sizeof(rec.scheme), r->statement.scheme);
	st = ak_frontier_add(&b->state.frontier, &r->id, &sink, err);
	if (st == AK_OK)
		st = ak_index_put_record(b->index, &rec, err);
	for (size_t i = 0; st == AK_OK && i < ak_statement_n_about(&r->statement); i++)
		st = ak_index_put_about(b->index, rec.seq, ak_statement_about(&r->statement, i), err);
	if (st != AK_OK)
		return st;
	b->state.size = rec.seq + 1;
	b->state.last_record_id = r->id;
	b->state.last_time = r->header.time;
	return AK_OK;
}

static ak_status enter_file(void *ctx, uint64_t seq, ak_span file, ak_error *err)
{
	ak_books *b = ctx;
	ak_sealed s = { 0 };
	ak_error why = { 0 };
	ak_status st = ak_sealed_parse_erased(file, &s, &why);

	if (st != AK_OK) {
		if (err != NULL) {
			*err = why;
			err->at = seq;
		}
		return st;
	}
	if (s.header.seq != seq || !ak_digest_eq(&s.header.prev, &b->state.last_record_id))
		st = ak_fail(err, AK_CHAIN_BROKEN, "header.prev", seq, "the record does not follow the one before it");
	if (st == AK_OK)
		st = ak_map_step(b->map, &s.statement, seq, s.header.time, &s.header.statement,
		                 &s.header.signatures, err);
	if (st == AK_OK)
		st = ak_books_enter(b, &s, err);
	ak_sealed_clear(&s);
	return st;
}

static ak_status enter_all(ak_books *b, ak_error *err)
{
	ak_status st = ak_books_open_map(b, err);

	if (st == AK_OK)
		st = ak_git_each_record(b->git, &b->head, b->state.size, b->checkpoint.size, enter_file, b, err);
	if (st == AK_OK)
		st = ak_map_flush(b->map, ak_index_map_flush, b->index, err);
	if (st == AK_OK) {
		ak_map_top(b->map, &b->state.map_top);
		(void)snprintf(b->state.head_id, sizeof(b->state.head_id), "%s", b->head.id);
	}
	return st;
}

/* From where the index is to the head, in one transaction. */
static ak_status catch_up(ak_books *b, ak_error *err)
{
	ak_status st = ak_index_begin(b->index, err);

	if (st != AK_OK)
		return st;
	/* Another process may have done it by now. */
	st = ak_index_get_state(b->index, &b->state, err);
	if (st == AK_OK && b->state.size < b->checkpoint.size) {
		st = enter_all(b, err);
		if (st == AK_OK)
			return ak_index_commit(b->index, &b->state, err);
	}
	ak_index_rollback(b->index);
	return st;
}

/* Does what the index computed agree with the signed head and the newest header? */
static ak_status check_against_head(ak_books *b, ak_error *err)
{
	ak_buf file;
	ak_lines lines;
	ak_header last;
	ak_digest root, map_root, id;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	if (b->state.size != b->checkpoint.size) {
		st = ak_fail(err, AK_TREE_MISMATCH, "index.size", b->state.size, "the index is not at the head");
		goto out;
	}
	st = AK_OK;
	if (b->checkpoint.size == 0)
		goto out;
	ak_frontier_root(&b->state.frontier, &root);
	if (!ak_digest_eq(&root, &b->checkpoint.root)) {
		st = ak_digest_mismatch(err, AK_TREE_MISMATCH, "checkpoint.root", b->checkpoint.size,
		                        &b->checkpoint.root, &root);
		goto out;
	}
	st = ak_books_record(b, b->checkpoint.size - 1, &file, err);
	if (st == AK_OK)
		st = ak_record_split(ak_buf_span(&file), &lines, err);
	if (st == AK_OK)
		st = ak_header_parse(lines.header, &last, err);
	if (st != AK_OK)
		goto out;
	ak_tree_leaf(lines.header, &id);
	ak_map_root(b->map, &map_root);
	if (!ak_digest_eq(&id, &b->state.last_record_id))
		st = ak_digest_mismatch(err, AK_CHAIN_BROKEN, "index.last", last.seq,
		                        &b->state.last_record_id, &id);
	else if (!ak_digest_eq(&map_root, &last.subjects))
		st = ak_digest_mismatch(err, AK_MAP_MISMATCH, "header.subjects", last.seq,
		                        &last.subjects, &map_root);
out:
	ak_buf_clear(&file);
	return st;
}

ak_status ak_books_read_head(ak_books *b, ak_error *err)
{
	const ak_store s = ak_git_port(b->git);
	ak_note note;
	ak_status st;

	ak_head_clear(&b->head);
	b->checkpoint = (ak_checkpoint){ 0 };
	st = s.ops->head(s.ctx, &b->head, err);
	if (st != AK_OK || b->head.id[0] == '\0')
		return st;
	st = ak_note_parse(ak_buf_span(&b->head.checkpoint), &note, err);
	if (st == AK_OK)
		st = ak_checkpoint_parse(note.text, &b->checkpoint, err);
	return st;
}

static ak_status read_genesis(ak_books *b, ak_error *err)
{
	ak_index_record r;
	ak_status st;

	if (b->checkpoint.size == 0)
		return AK_OK;
	st = ak_index_by_seq(b->index, 0, &r, err);
	if (st == AK_OK)
		b->genesis = r.id;
	return st;
}

/* Hold the index still, and see that it speaks of the head that was read. */
static ak_status settle(ak_books *b, ak_error *err)
{
	ak_status st = ak_index_hold(b->index, &b->state, err);

	if (st == AK_OK && b->state.size != b->checkpoint.size)
		st = ak_fail(err, AK_CONFLICT, "index.size", b->state.size, "the index is not at the head");
	if (st == AK_OK)
		st = ak_books_open_map(b, err);
	if (st == AK_OK)
		st = check_against_head(b, err);
	if (st == AK_OK)
		st = read_genesis(b, err);
	return st == AK_OK ? ak_books_check_erased(b, err) : st;
}

static ak_status make_anew(ak_books *b, ak_error *err)
{
	ak_status st = ak_index_reset(b->index, err);

	if (st == AK_OK)
		st = catch_up(b, err);
	return st == AK_OK ? settle(b, err) : st;
}

ak_status ak_books_detach(ak_books *b, ak_error *err)
{
	ak_status st;

	ak_map_free(&b->map);
	ak_index_free(&b->index);
	st = ak_index_open(":memory:", false, &b->index, err);
	if (st == AK_OK)
		st = catch_up(b, err);
	return st == AK_OK ? settle(b, err) : st;
}

ak_status ak_books_lock(ak_books *b, unsigned wait_ms, ak_lock **out, ak_error *err)
{
	ak_buf path;
	ak_status st;

	ak_buf_init(&path, 8192);
	st = ak_buf_addf(&path, err, "%sakashi-lock", ak_git_dir(b->git));
	if (st == AK_OK)
		st = ak_buf_add_byte(&path, 0, err);
	if (st == AK_OK)
		st = ak_lock_take((const char *)path.data, wait_ms, out, err);
	ak_buf_clear(&path);
	return st;
}

ak_status ak_books_rebuild(ak_books *b, ak_error *err)
{
	ak_lock *lock = NULL;
	ak_status st;

	b->index_fresh = true;
	/* The file is others' too: only who holds the ledger's lock may take it away under them. */
	if (b->writer) {
		st = make_anew(b, NULL);
	} else {
		st = ak_books_lock(b, 0, &lock, NULL);
		if (st == AK_OK)
			st = make_anew(b, NULL);
		ak_lock_release(&lock);
	}
	return st == AK_OK ? AK_OK : ak_books_detach(b, err);
}

static ak_status sync_once(ak_books *b, ak_error *err)
{
	ak_status st = ak_books_read_head(b, err);

	b->source.size = b->checkpoint.size;
	if (st != AK_OK)
		return st;
	st = ak_index_get_state(b->index, &b->state, err);
	if (st == AK_OK && b->state.size < b->checkpoint.size)
		st = catch_up(b, err);
	return st == AK_OK ? settle(b, err) : st;
}

ak_status ak_books_sync(ak_books *b, ak_error *err)
{
	ak_status st = AK_CONFLICT;

	b->index_fresh = false;
	/* A writer may move the head, and the index with it, between reading the one and the other. */
	for (int i = 0; st == AK_CONFLICT && i < SYNC_TRIES; i++) {
		ak_index_release(b->index);
		st = sync_once(b, NULL);
	}
	if (st == AK_OK || st == AK_NO_MEMORY)
		return st == AK_OK ? AK_OK : ak_no_memory(err, "index");
	ak_index_release(b->index);
	st = ak_books_read_head(b, err); /* a head that cannot be read is not the index's fault */
	b->source.size = b->checkpoint.size;
	return st == AK_OK ? ak_books_rebuild(b, err) : st;
}
