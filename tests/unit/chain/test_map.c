/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of chain/map in memory: the trie against its definition, known answers, flushing. */
#include "keys.h"
#include "oom.h"
#include "shelf.h"

static const char *const subject[] = {
	"akashi/keyset", "akashi/profile:ismap", "ismap/auditor:A01",
	"ismap/listing:C21-0004-2", "ismap/service:S0001",
};

/* Answers computed apart from this code, from the text of the format: record i is about
 * subject i % 5, sealed at 1795230245 + i, with the digests of "statement i", "signatures i". */
static const char *const root_after[] = {
	"7089f25a7e7af83b1ac97b760f756af3bf9e0cf03590122a024d7c973e2f04e5",
	"5c620496c7ed1d0136a4bc8277b9bdc9ac49d58c4f4545f1306096f9761939f8",
	"6f1a8901fead8ef3ea89a5fc785f9f2f29dfa1aa88e9c92c1a2d44aed412be05",
	"831c0a124c2466904874f93d2e408f5a94cb1514250dd3e9d7f1d98de4ff2145",
	"61d039a82edb74a9180006c6fc049f1faee95cff334cd99467154f7e9be744b8",
	"b3069ce872b09c1c8607b269e126dd691452f9450ae15aa7dcbde864d2f05a0e",
	"7f0a3a88406e3b5e0abe5e218bad8946070b7eeaaa7d2f1417ce79e665f348bb",
	"01bc06cbed87101e47e2fac9b0192519556f2e335272ea3b3e4dd88a1bf45cbc",
	"bf74dbd8fcf06721ae9c800635d59d2ac41ead3b75d0ba9149d01cd87d90af71",
	"1c85b2d2c73952224d5fb010c2ddec9a96bd5ad1bbef7f004aa45309d150e3b0",
};

static void digest_of(const char *what, uint64_t i, ak_digest *out)
{
	ak_buf b;

	ak_buf_init(&b, 64);
	assert_int_equal(ak_buf_addf(&b, NULL, "%s %llu", what, (unsigned long long)i), AK_OK);
	ak_sha256(ak_buf_span(&b), out);
	ak_buf_clear(&b);
}

static void assert_hex(const ak_digest *d, const char *want)
{
	char hex[65];

	ak_hex_encode(d->b, sizeof(d->b), hex);
	assert_string_equal(hex, want);
}

static void ten_records_give_the_known_roots(void **state)
{
	ak_map_entry e[5] = { { 0 } };
	ak_map *m = NULL;
	ak_digest key, d;

	(void)state;
	assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
	for (uint64_t i = 0; i < 10; i++) {
		ak_digest statement, signatures;

		digest_of("statement", i, &statement);
		digest_of("signatures", i, &signatures);
		ak_map_key(ak_span_str(subject[i % 5]), &key);
		e[i % 5].count++;
		ak_map_chain_step(&e[i % 5].chain, i, 1795230245 + (int64_t)i, &statement,
		                  &signatures);
		assert_int_equal(ak_map_put(m, &key, &e[i % 5], NULL), AK_OK);
		ak_map_root(m, &d);
		assert_hex(&d, root_after[i]);
	}
	ak_map_key(ak_span_str("ismap/listing:C21-0004-2"), &key);
	assert_hex(&key, "39cb8a9e1e4ce8889fa76020bbab1cf772205232a6113c10b725865ae3968da7");
	assert_hex(&e[3].chain, "e7ef5115e56658cd0b65d61fec6046516df6f827ca542de63fa6d7269c531ed8");
	ak_map_free(&m);
	assert_null(m);
}

static void an_empty_map_has_a_zero_root(void **state)
{
	static const ak_digest zero;
	const ak_map_child empty = { .kind = AK_MAP_EMPTY };
	ak_map *m = NULL;
	ak_map_child top;
	ak_map_entry e;
	bool found = true;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ak_map_open(i == 0 ? NULL : &empty, NULL, &m, NULL), AK_OK);
		assert_root(m, &zero);
		ak_map_top(m, &top);
		assert_int_equal(top.kind, AK_MAP_EMPTY);
		assert_int_equal(ak_map_get(m, &zero, &e, &found, NULL), AK_OK);
		assert_false(found);
		ak_map_free(&m);
	}
	ak_map_free(&m);
	ak_map_free(NULL);
}

static void assert_gets(ak_map *m, const item *it, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ak_map_entry e;
		bool found = false;
		ak_digest near = key_near(&it[i].key, roll() % 256);

		assert_int_equal(ak_map_get(m, &it[i].key, &e, &found, NULL), AK_OK);
		assert_true(found);
		assert_true(e.count == it[i].entry.count);
		assert_true(ak_digest_eq(&e.chain, &it[i].entry.chain));
		assert_int_equal(ak_map_get(m, &near, &e, &found, NULL), AK_OK);
		assert_int_equal(found, find_item(it, n, &near) != n);
	}
}

/* Put in rolled order, compare after every put; then replace every entry once. */
static void follow(bool crafted, size_t n)
{
	item it[64], sorted[64];
	ak_digest want;
	ak_map *m = NULL;

	roll_items(it, n, crafted);
	assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
	for (size_t i = 0; i < 2 * n; i++) {
		size_t have = i < n ? i + 1 : n;

		if (i >= n)
			roll_entry(&it[i % n].entry);
		put_all(m, &it[i % n], 1);
		memcpy(sorted, it, have * sizeof(*it));
		qsort(sorted, have, sizeof(*sorted), by_key);
		want = defined_root(sorted, have, 0);
		assert_root(m, &want);
	}
	assert_gets(m, it, n);
	ak_map_free(&m);
}

static void every_put_gives_the_defined_root(void **state)
{
	(void)state;
	for (size_t round = 0; round < 6; round++) {
		dice = 100 + round;
		follow(false, 1 + roll() % 64);
		follow(true, 1 + roll() % 24);
	}
}

static void many_keys_give_the_defined_root_in_any_order(void **state)
{
	enum { MANY = 3000 };
	static item it[MANY];
	ak_map *m = NULL;
	ak_digest want;

	(void)state;
	dice = 7;
	for (size_t i = 0; i < MANY; i++) {
		roll_digest(&it[i].key);
		roll_entry(&it[i].entry);
	}
	assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
	put_all(m, it, MANY);
	qsort(it, MANY, sizeof(*it), by_key);
	want = defined_root(it, MANY, 0);
	assert_root(m, &want);
	ak_map_free(&m);
	assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
	put_all(m, it, MANY);
	assert_root(m, &want);
	assert_gets(m, it, 200);
	ak_map_free(&m);
}

static void a_subject_without_records_is_not_put(void **state)
{
	const ak_map_entry none = { 0 };
	ak_digest before;
	ak_error err = { 0 };
	ak_map *m = NULL;
	item it[3];

	(void)state;
	roll_items(it, 3, false);
	assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
	put_all(m, it, 3);
	ak_map_root(m, &before);
	assert_where("count 0", ak_map_put(m, &it[0].key, &none, &err), AK_INVALID_ARGUMENT, &err,
	             "map.count");
	assert_root(m, &before);
	ak_map_free(&m);
}

/* ---- flushing ---- */

static shelf kept;

static void a_flush_shows_what_changed_and_no_more(void **state)
{
	item it[200];
	ak_map_proof p = { 0 };
	ak_map *m = NULL;

	(void)state;
	dice = 21;
	memset(&kept, 0, sizeof(kept));
	roll_items(it, 200, false);
	assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
	put_all(m, it, 1);
	assert_int_equal(ak_map_flush(m, shelf_put, &kept, NULL), AK_OK);
	assert_int_equal(kept.shown, 0); /* a single leaf is all in the top */
	put_all(m, it, 200);
	assert_int_equal(ak_map_flush(m, shelf_put, &kept, NULL), AK_OK);
	assert_int_equal(kept.shown, kept.n);
	kept.shown = 0;
	assert_int_equal(ak_map_flush(m, shelf_put, &kept, NULL), AK_OK);
	assert_int_equal(kept.shown, 0);
	for (size_t i = 0; i < 200; i++) {
		roll_entry(&it[i].entry);
		put_all(m, &it[i], 1);
		kept.shown = 0;
		assert_int_equal(ak_map_flush(m, shelf_put, &kept, NULL), AK_OK);
		assert_int_equal(ak_map_prove(m, &it[i].key, &p, NULL), AK_OK);
		assert_int_equal(kept.shown, p.n); /* the path of that key */
		ak_map_proof_clear(&p);
	}
	ak_map_free(&m);
}

typedef struct stopper {
	size_t left;
} stopper;

static ak_status stop_after(void *ctx, unsigned depth, const ak_digest *prefix,
                            const ak_map_node *node, ak_error *err)
{
	stopper *s = ctx;

	(void)prefix;
	(void)node;
	if (s->left-- == 0)
		return ak_fail(err, AK_IO, "test.flush", depth, "full");
	return AK_OK;
}

static void a_failed_flush_is_made_up_by_the_next(void **state)
{
	item it[30];
	ak_map *m = NULL;
	size_t all;

	(void)state;
	dice = 22;
	roll_items(it, 30, true);
	assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
	put_all(m, it, 30);
	for (size_t n = 0; n < 40; n++) {
		stopper s = { n };
		ak_error err = { 0 };

		assert_where("full", ak_map_flush(m, stop_after, &s, &err), AK_IO, &err,
		             "test.flush");
	}
	memset(&kept, 0, sizeof(kept));
	assert_int_equal(ak_map_flush(m, shelf_put, &kept, NULL), AK_OK);
	all = kept.n;
	ak_map_free(&m);

	assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
	put_all(m, it, 30);
	memset(&kept, 0, sizeof(kept));
	assert_int_equal(ak_map_flush(m, shelf_put, &kept, NULL), AK_OK);
	assert_int_equal(kept.n, all);
	ak_map_free(&m);
}

/* ---- memory ---- */

typedef struct starved {
	item it[300];
	ak_digest after; /* root of all */
	bool wrong;
} starved;

static ak_status grow_and_prove(void *ctx)
{
	starved *s = ctx;
	ak_map_proof p = { 0 };
	ak_map *m = NULL;
	ak_digest root, was;
	ak_status st = ak_map_open(NULL, NULL, &m, NULL);

	for (size_t i = 0; st == AK_OK && i < 300; i++) {
		ak_map_root(m, &was);
		st = ak_map_put(m, &s->it[i].key, &s->it[i].entry, NULL);
		ak_map_root(m, &root);
		/* A put that ran out of memory has changed nothing, and works later. */
		if (st != AK_OK)
			s->wrong |= !ak_digest_eq(&root, &was);
	}
	if (st == AK_OK) {
		ak_map_root(m, &root);
		s->wrong |= !ak_digest_eq(&root, &s->after);
		st = ak_map_prove(m, &s->it[299].key, &p, NULL);
	}
	if (st == AK_OK)
		st = ak_map_check(&s->it[299].key, &p, &s->after, NULL);
	ak_map_proof_clear(&p);
	ak_map_free(&m);
	return st;
}

static void running_out_of_memory_changes_nothing(void **state)
{
	static starved s;
	static item sorted[300];

	(void)state;
	dice = 31;
	roll_items(s.it, 300, false);
	roll_items(s.it, 40, true);
	memcpy(sorted, s.it, sizeof(sorted));
	qsort(sorted, 300, sizeof(*sorted), by_key);
	s.after = defined_root(sorted, 300, 0);
	oom_sweep("map", grow_and_prove, &s);
	assert_false(s.wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_records_give_the_known_roots),
		cmocka_unit_test(an_empty_map_has_a_zero_root),
		cmocka_unit_test(every_put_gives_the_defined_root),
		cmocka_unit_test(many_keys_give_the_defined_root_in_any_order),
		cmocka_unit_test(a_subject_without_records_is_not_put),
		cmocka_unit_test(a_flush_shows_what_changed_and_no_more),
		cmocka_unit_test(a_failed_flush_is_made_up_by_the_next),
		cmocka_unit_test(running_out_of_memory_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
