/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "index_world.h"

#include "crypto/hash.h"
#include "temp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void must(ak_status st, const ak_error *err)
{
	if (st != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(st), err->where, err->detail);
}

void world_open(world *w)
{
	memset(w, 0, sizeof(*w));
	temp_dir(w->dir, sizeof(w->dir));
	(void)snprintf(w->path, sizeof(w->path), "%s/index", w->dir);
}

void world_close(world *w)
{
	char line[128];

	ak_index_free(&w->x);
	ak_index_free(&w->x);
	ak_map_free(&w->map);
	(void)snprintf(line, sizeof(line), "rm -rf '%s'", w->dir);
	assert_int_equal(system(line), 0);
}

void open_index(world *w)
{
	ak_error err = { 0 };

	ak_index_free(&w->x);
	must(ak_index_open(w->path, false, &w->x, &err), &err);
}

ak_digest digest_of(const char *kind, uint64_t n)
{
	char text[64];
	ak_digest d;

	(void)snprintf(text, sizeof(text), "%s %llu", kind, (unsigned long long)n);
	ak_sha256(ak_span_str(text), &d);
	return d;
}

ak_index_record record_of(uint64_t seq)
{
	ak_index_record r = { .seq = seq, .time = 1700000000 + (int64_t)seq };

	r.id = digest_of("id", seq);
	r.statement = digest_of("statement", seq);
	r.signatures = digest_of("signatures", seq);
	(void)snprintf(r.type, sizeof(r.type), "%s", seq % 3 == 0 ? "listing" : "decision");
	(void)snprintf(r.scheme, sizeof(r.scheme), "ismap");
	return r;
}

void subject_of(uint64_t n, char out[32])
{
	(void)snprintf(out, 32, "ismap/listing:C21-%04llu", (unsigned long long)n);
}

static void put_one(world *w, uint64_t seq, uint64_t subject)
{
	ak_error err = { 0 };
	ak_index_record r = record_of(seq);
	ak_tree_sink sink = ak_index_tree_sink(w->x);
	char name[32];
	ak_digest key;
	ak_map_entry e = { 0 };
	bool found;

	subject_of(subject, name);
	must(ak_index_put_record(w->x, &r, &err), &err);
	must(ak_index_put_about(w->x, seq, ak_span_str(name), &err), &err);
	must(ak_frontier_add(&w->frontier, &r.id, &sink, &err), &err);
	ak_map_key(ak_span_str(name), &key);
	must(ak_map_get(w->map, &key, &e, &found, &err), &err);
	e.count++;
	ak_map_chain_step(&e.chain, seq, r.time, &r.statement, &r.signatures);
	must(ak_map_put(w->map, &key, &e, &err), &err);
}

ak_index_state state_of(world *w)
{
	ak_index_state s = { .size = w->frontier.size, .frontier = w->frontier };

	(void)snprintf(s.head_id, sizeof(s.head_id), "%040llu", (unsigned long long)s.size);
	if (s.size != 0) {
		s.last_record_id = digest_of("id", s.size - 1);
		s.last_time = 1700000000 + (int64_t)s.size - 1;
	}
	ak_map_top(w->map, &s.map_top);
	return s;
}

void append(world *w, size_t n)
{
	ak_error err = { 0 };
	ak_index_state s;

	if (w->map == NULL)
		must(ak_map_open(NULL, NULL, &w->map, &err), &err);
	must(ak_index_begin(w->x, &err), &err);
	for (size_t i = 0; i < n; i++)
		put_one(w, w->frontier.size, w->frontier.size % SUBJECTS);
	must(ak_map_flush(w->map, ak_index_map_flush, w->x, &err), &err);
	s = state_of(w);
	must(ak_index_commit(w->x, &s, &err), &err);
}

void put_text(world *w, uint64_t seq, const char *type, const char *title, const char *text)
{
	ak_error err = { 0 };
	char name[32];
	ak_index_entry e = { .seq = seq, .type = type, .subject = name, .title = title, .text = text, .json = "{}" };

	subject_of(seq, name);
	must(ak_index_put_entry(w->x, &e, &err), &err);
}

static ak_status add_entry(void *ctx, const ak_index_entry *e, ak_error *err)
{
	return ak_buf_addf(ctx, err, "%llu|%s|%s|%s|%s|%s\n", (unsigned long long)e->seq, e->type, e->subject, e->title,
	                   e->text, e->json);
}

static ak_status add_seqs(ak_buf *b, ak_status st, uint64_t *seqs, size_t n, ak_error *err)
{
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = ak_buf_addf(b, err, "%llu,", (unsigned long long)seqs[i]);
	ak_mem_free(seqs);
	return st;
}

static ak_status ask_records(ak_index *x, uint64_t seq, ak_buf *b, ak_error *err)
{
	ak_index_record want = record_of(seq), r = { 0 };
	uint64_t a = 0, c = 0;
	ak_status st = ak_index_by_seq(x, seq, &r, err);

	if (st == AK_OK)
		st = ak_buf_add(b, &r.id, 3 * sizeof(r.id), err);
	if (st == AK_OK)
		st = ak_buf_addf(b, err, "%lld %s %s\n", (long long)r.time, r.type, r.scheme);
	if (st == AK_OK)
		st = ak_index_by_id(x, &want.id, &a, err);
	if (st == AK_OK)
		st = ak_index_by_statement(x, &want.statement, &c, err);
	return st == AK_OK ? ak_buf_addf(b, err, "%llu %llu\n", (unsigned long long)a, (unsigned long long)c) : st;
}

static ak_status ask_nodes(ak_index *x, const ak_index_state *s, ak_buf *b, ak_error *err)
{
	ak_tree_source tree = ak_index_tree_source(x);
	ak_map_source src = ak_index_map_source(x);
	ak_map *map = NULL;
	ak_status st = ak_map_open(&s->map_top, &src, &map, err);
	ak_digest d;

	for (uint64_t i = 0; st == AK_OK && i < SUBJECTS; i++) {
		char name[32];
		ak_map_entry e = { 0 };
		ak_digest key;
		bool found = false;

		subject_of(i, name);
		ak_map_key(ak_span_str(name), &key);
		st = ak_map_get(map, &key, &e, &found, err);
		if (st == AK_OK)
			st = ak_buf_addf(b, err, "%d %llu\n", found, (unsigned long long)e.count);
		if (st == AK_OK)
			st = ak_buf_add(b, e.chain.b, sizeof(e.chain.b), err);
	}
	ak_map_free(&map);
	for (uint64_t i = 0; st == AK_OK && i < s->size / 4; i++) {
		st = tree.node(tree.ctx, 2, i, &d, err);
		if (st == AK_OK)
			st = ak_buf_add(b, d.b, sizeof(d.b), err);
	}
	return st;
}

ak_status ask_all(ak_index *x, ak_digest *out, uint64_t *size, ak_error *err)
{
	ak_index_state s = { 0 };
	uint64_t *seqs = NULL, n = 0;
	size_t count = 0;
	ak_status st = ak_index_get_state(x, &s, err);
	ak_buf b;

	ak_buf_init(&b, 1 << 20);
	if (st == AK_OK)
		*size = s.size;
	for (uint64_t i = 0; st == AK_OK && i < s.size; i++)
		st = ask_records(x, i, &b, err);
	for (uint64_t i = 0; st == AK_OK && s.size != 0 && i < SUBJECTS; i++) {
		char name[32];

		subject_of(i, name);
		st = ak_index_about(x, ak_span_str(name), &seqs, &count, err);
		if (st == AK_OK)
			st = add_seqs(&b, st, seqs, count, err);
		if (st == AK_OK)
			st = ak_index_newest(x, ak_span_str(name), &n, err);
		if (st == AK_OK)
			st = ak_buf_addf(&b, err, "%llu\n", (unsigned long long)n);
	}
	if (st == AK_OK)
		st = ak_index_of_type(x, "listing", &seqs, &count, err);
	if (st == AK_OK)
		st = add_seqs(&b, st, seqs, count, err);
	if (st == AK_OK && s.size != 0)
		st = ask_nodes(x, &s, &b, err);
	if (st == AK_OK)
		st = ak_index_search(x, "監査報告書", NULL, 0, add_entry, &b, err);
	if (st == AK_OK)
		st = ak_index_search(x, "監査", NULL, 0, add_entry, &b, err);
	if (st == AK_OK)
		ak_sha256(ak_buf_span(&b), out);
	ak_buf_clear(&b);
	return st;
}

void fill(world *w)
{
	const ak_digest by = digest_of("program", 1);
	ak_error err = { 0 };

	open_index(w);
	append(w, RECORDS);
	must(ak_index_begin(w->x, &err), &err);
	for (uint64_t i = 0; i < 20; i++)
		put_text(w, i, "listing", "登録", i % 2 == 0 ? "監査報告書 第1号 cloud" : "言明書");
	must(ak_index_set_searched(w->x, 20, &by, &err), &err);
	must(ak_index_commit(w->x, NULL, &err), &err);
}
