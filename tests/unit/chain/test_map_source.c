/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of chain/map over a source: nodes are fetched when needed, and one that lies is
 * found out; the root is never wrong. */
#include "keys.h"
#include "oom.h"
#include "shelf.h"

static shelf kept;

/* Flush a map of these items onto the shelf; returns its top. */
static ak_map_child shelve(const item *it, size_t n)
{
	ak_map *m = NULL;
	ak_map_child top;

	memset(&kept, 0, sizeof(kept));
	assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
	put_all(m, it, n);
	assert_int_equal(ak_map_flush(m, shelf_put, &kept, NULL), AK_OK);
	ak_map_top(m, &top);
	ak_map_free(&m);
	return top;
}

static ak_digest root_of(item *it, size_t n)
{
	qsort(it, n, sizeof(*it), by_key);
	return defined_root(it, n, 0);
}

static void reopened_maps_go_on_as_if_never_closed(void **state)
{
	enum { ALL = 240, STEP = 20 };
	static item it[ALL], sorted[ALL];

	(void)state;
	for (int crafted = 0; crafted <= 1; crafted++) {
		ak_map_child top = { .kind = AK_MAP_EMPTY };

		dice = 40 + (uint64_t)crafted;
		roll_items(it, ALL, false);
		if (crafted)
			roll_items(it, ALL / 3, true);
		memset(&kept, 0, sizeof(kept));
		/* n = 1 first: a top that is a leaf travels without any node. */
		for (size_t n = 1; n <= ALL; n = n == 1 ? STEP : n + STEP) {
			size_t was = n == 1 ? 0 : n == STEP ? 1 : n - STEP;
			ak_map *m = reopen(&kept, &top);
			ak_digest want;

			put_all(m, it + was, n - was);
			roll_entry(&it[roll() % n].entry);
			put_all(m, it, n);
			memcpy(sorted, it, n * sizeof(*it));
			want = root_of(sorted, n);
			assert_root(m, &want);
			assert_int_equal(ak_map_flush(m, shelf_put, &kept, NULL), AK_OK);
			ak_map_top(m, &top);
			ak_map_free(&m);
		}
	}
}

static void only_the_path_is_fetched(void **state)
{
	static item it[2000];
	ak_map_child top;
	ak_map_proof p = { 0 };

	(void)state;
	dice = 50;
	roll_items(it, 2000, false);
	top = shelve(it, 1900);
	for (size_t i = 1800; i < 2000; i++) { /* old and new keys */
		ak_map *m = reopen(&kept, &top);

		assert_int_equal(ak_map_prove(m, &it[i].key, &p, NULL), AK_OK);
		kept.asked = 0;
		ak_map_free(&m);
		m = reopen(&kept, &top);
		put_all(m, &it[i], 1);
		assert_int_equal(kept.asked, p.n);
		put_all(m, &it[i], 1); /* and only once */
		assert_int_equal(kept.asked, p.n);
		ak_map_proof_clear(&p);
		ak_map_free(&m);
	}
}

static void the_whole_map_can_be_fetched(void **state)
{
	static item it[2000];
	ak_map_child top;
	ak_map *m;

	(void)state;
	dice = 51;
	roll_items(it, 2000, false);
	top = shelve(it, 2000);
	m = reopen(&kept, &top);
	for (size_t i = 0; i < 2000; i++) {
		ak_map_entry e;
		bool found = false;

		assert_int_equal(ak_map_get(m, &it[i].key, &e, &found, NULL), AK_OK);
		assert_true(found && e.count == it[i].entry.count);
	}
	assert_int_equal(kept.asked, kept.n);
	put_all(m, it, 2000);
	assert_root(m, &top.hash);
	ak_map_free(&m);
}

/* ---- lies ---- */

enum { FEW = 12 };
static item few[FEW];
static ak_map_child few_top;
static ak_digest few_root;

static void set_few(uint64_t seed, bool crafted)
{
	dice = seed;
	roll_items(few, FEW, crafted);
	few_top = shelve(few, FEW);
	few_root = few_top.hash;
}

/* Touch every key while the shelf lies; true when anything was refused.  Whatever is
 * answered must be right, whatever is refused must be refused as `want`. */
static bool survives(ak_status want, const char *name)
{
	ak_map *m = reopen(&kept, &few_top);
	bool told = false;

	for (size_t i = 0; i < FEW; i++) {
		ak_map_entry e = { 0 };
		bool found = false;
		ak_map_proof p = { 0 };
		ak_error err = { 0 };
		ak_status st = ak_map_get(m, &few[i].key, &e, &found, &err);

		if (st == AK_OK) {
			if (!found || e.count != few[i].entry.count ||
			    !ak_digest_eq(&e.chain, &few[i].entry.chain))
				fail_msg("%s: a wrong entry was believed", name);
		} else {
			told = true;
			if (st != want)
				fail_msg("%s: %s, want %s", name, ak_status_name(st),
				         ak_status_name(want));
		}
		assert_int_equal(ak_map_prove(m, &few[i].key, &p, NULL), st);
		if (st == AK_OK)
			assert_int_equal(ak_map_check(&few[i].key, &p, &few_root, NULL), AK_OK);
		ak_map_proof_clear(&p);
		/* The same entry again: the root must not move, whether this works or not. */
		assert_int_equal(ak_map_put(m, &few[i].key, &few[i].entry, NULL), st);
		assert_root(m, &few_root);
	}
	if (told && want == AK_MAP_MISMATCH) {
		/* Nothing was kept of the lie: with an honest source the map goes on. */
		lie how = kept.how;

		kept.how = HONEST;
		put_all(m, few, FEW);
		assert_root(m, &few_root);
		kept.how = how;
	}
	ak_map_free(&m);
	return told;
}

/* Flip every step-th bit of one child, and change its kind.  Members that the kind does not use are not
 * believed either, so flipping them harms nothing. */
static void alter(size_t row, unsigned side, size_t step)
{
	const ak_map_child *was = &kept.row[row].node.child[side];
	struct { const char *name; uint8_t *at; size_t bits; bool counts; } field[3];

	kept.where = row;
	kept.instead = kept.row[row].node;
	field[0].name = "hash";
	field[0].at = kept.instead.child[side].hash.b;
	field[0].counts = true;
	field[1].name = "key";
	field[1].at = kept.instead.child[side].key.b;
	field[2].name = "chain";
	field[2].at = kept.instead.child[side].entry.chain.b;
	field[1].counts = field[2].counts = was->kind == AK_MAP_LEAF;
	for (size_t f = 0; f < 3; f++) {
		for (size_t bit = 0; bit < 256; bit += step) {
			bool told;

			flip_bit(field[f].at, bit);
			told = survives(AK_MAP_MISMATCH, field[f].name);
			if (told != field[f].counts)
				fail_msg("%s bit %zu of row %zu: %s", field[f].name, bit, row,
				         told ? "refused" : "believed");
			flip_bit(field[f].at, bit);
		}
	}
	for (size_t bit = 0; bit < 64; bit += step) {
		kept.instead.child[side].entry.count ^= (uint64_t)1 << bit;
		assert_int_equal(survives(AK_MAP_MISMATCH, "count"), was->kind == AK_MAP_LEAF);
		kept.instead.child[side].entry.count ^= (uint64_t)1 << bit;
	}
	for (int kind = 0; kind < 4; kind++) {
		if (kind == (int)was->kind)
			continue;
		kept.instead.child[side].kind = (ak_map_child_kind)kind;
		/* A leaf called an inner node hashes right; what is below cannot be had. */
		assert_true(survives(was->kind == AK_MAP_LEAF && kind == AK_MAP_INNER
		                             ? AK_NOT_FOUND : AK_MAP_MISMATCH, "kind"));
	}
}

static void no_altered_node_is_believed(void **state)
{
	(void)state;
	set_few(61, false);
	kept.how = ALTERED;
	for (size_t row = 0; row < kept.n; row++) {
		alter(row, 0, 1);
		alter(row, 1, 1);
	}
	set_few(62, true);
	kept.how = ALTERED;
	for (size_t row = 0; row < kept.n; row += 1 + kept.n / 6)
		alter(row, (unsigned)row % 2, 29);
}

static void a_missing_node_is_not_found(void **state)
{
	(void)state;
	for (int crafted = 0; crafted <= 1; crafted++) {
		set_few(63, crafted == 1);
		kept.how = MISSING;
		for (kept.where = 0; kept.where < kept.n; kept.where++)
			assert_true(survives(AK_NOT_FOUND, "missing"));
	}
}

static void no_node_is_taken_for_another(void **state)
{
	(void)state;
	set_few(64, false);
	kept.how = SWAPPED;
	for (kept.where = 0; kept.where < kept.n; kept.where++) {
		for (kept.other = 0; kept.other < kept.n; kept.other++) {
			if (kept.other != kept.where)
				assert_true(survives(AK_MAP_MISMATCH, "swapped"));
		}
	}
}

/* ---- nodes that hash as they should and still cannot be: a lying root ---- */

static ak_status answer(void *ctx, unsigned depth, const ak_digest *prefix, ak_map_node *out,
                        ak_error *err)
{
	(void)depth;
	(void)prefix;
	(void)err;
	*out = *(const ak_map_node *)ctx;
	return AK_OK;
}

static ak_map_child leaf_of(uint8_t first_byte, uint64_t count)
{
	ak_map_child c = { .kind = AK_MAP_LEAF, .entry = { .count = count } };

	c.key.b[0] = first_byte;
	ak_map_leaf(&c.key, &c.entry, &c.hash);
	return c;
}

static void impossible_nodes_are_refused(void **state)
{
	const ak_map_child none = { .kind = AK_MAP_EMPTY };
	const ak_map_child l = leaf_of(0x00, 1), r = leaf_of(0x80, 1), empty = leaf_of(0x80, 0);
	const ak_map_child hollow = { .kind = AK_MAP_INNER }, inner = { AK_MAP_INNER, l.hash, { { 0 } }, { 0 } };
	const ak_map_child filled = { AK_MAP_EMPTY, r.hash, { { 0 } }, { 0 } };
	const ak_map_child odd = { (ak_map_child_kind)3, r.hash, r.key, r.entry };
	const struct row { const char *name; ak_map_child c[2]; const char *where; } rows[] = {
		{ "nothing below", { none, none }, "map-node.kind" },
		{ "a leaf that should have moved up", { l, none }, "map-node.kind" },
		{ "a leaf that should have moved up, right", { none, r }, "map-node.kind" },
		{ "leaves on each other's side", { r, l }, "map-node.key" },
		{ "a leaf twice", { l, l }, "map-node.key" },
		{ "a leaf without records", { l, empty }, "map-node.count" },
		{ "an inner node with an empty hash", { l, hollow }, "map-node.hash" },
		{ "an empty place with a hash", { inner, filled }, "map-node.hash" },
		{ "an unknown kind", { l, odd }, "map-node.kind" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_map_node n = { { rows[i].c[0], rows[i].c[1] } };
		const ak_map_source src = { answer, &n };
		ak_map_child top = { .kind = AK_MAP_INNER };
		ak_map_entry e;
		bool found;
		ak_map *m = NULL;
		ak_error err = { 0 };

		top.hash = join(&n.child[0].hash, &n.child[1].hash);
		assert_int_equal(ak_map_open(&top, &src, &m, NULL), AK_OK);
		assert_where(rows[i].name, ak_map_get(m, &l.key, &e, &found, &err),
		             AK_MAP_MISMATCH, &err, rows[i].where);
		ak_map_free(&m);
	}
}

static void impossible_tops_are_refused(void **state)
{
	const ak_map_child good = leaf_of(0x12, 3);
	ak_map_child c[6];
	static const struct { const char *name; ak_status want; const char *where; } rows[] = {
		{ "an empty map with a root", AK_MAP_MISMATCH, "map-node.hash" },
		{ "an inner node with an empty hash", AK_MAP_MISMATCH, "map-node.hash" },
		{ "a leaf of another hash", AK_MAP_MISMATCH, "map-node.leaf" },
		{ "a leaf without records", AK_MAP_MISMATCH, "map-node.count" },
		{ "an unknown kind", AK_MAP_MISMATCH, "map-node.kind" },
		{ "an inner node and no source", AK_INVALID_ARGUMENT, "map.source" },
	};

	(void)state;
	for (size_t i = 0; i < 6; i++)
		c[i] = good;
	c[0].kind = AK_MAP_EMPTY;
	c[1] = (ak_map_child){ .kind = AK_MAP_INNER };
	c[2].key.b[5] ^= 1;
	c[3] = leaf_of(0x12, 0);
	c[4].kind = (ak_map_child_kind)9;
	c[5].kind = AK_MAP_INNER;
	for (size_t i = 0; i < 6; i++) {
		ak_map *m = NULL;
		ak_error err = { 0 };

		assert_where(rows[i].name, ak_map_open(&c[i], NULL, &m, &err), rows[i].want, &err,
		             rows[i].where);
		assert_null(m);
	}
}

/* A source that goes on for ever: key 000... always has one more inner node below. */
static ak_digest endless[AK_MAP_DEPTH_MAX + 1];

static ak_status one_more(void *ctx, unsigned depth, const ak_digest *prefix, ak_map_node *out,
                          ak_error *err)
{
	(void)ctx;
	(void)prefix;
	if (depth >= AK_MAP_DEPTH_MAX)
		return ak_fail(err, AK_INTERNAL, "test.depth", depth, "asked below the last bit");
	*out = (ak_map_node){ 0 };
	out->child[0].kind = AK_MAP_INNER;
	out->child[0].hash = endless[depth + 1];
	return AK_OK;
}

static void the_trie_ends_at_the_last_bit(void **state)
{
	static const ak_digest zero;
	const ak_map_source src = { one_more, NULL };
	ak_map_child top = { .kind = AK_MAP_INNER };
	ak_map *m = NULL;
	ak_error err = { 0 };
	ak_map_entry e = { .count = 1 };
	bool found;

	(void)state;
	endless[AK_MAP_DEPTH_MAX].b[0] = 1;
	for (size_t d = AK_MAP_DEPTH_MAX; d > 0; d--)
		endless[d - 1] = join(&endless[d], &zero);
	top.hash = endless[0];
	assert_int_equal(ak_map_open(&top, &src, &m, NULL), AK_OK);
	assert_where("get", ak_map_get(m, &zero, &e, &found, &err), AK_MAP_MISMATCH, &err,
	             "map-node.hash");
	assert_int_equal(err.at, 256);
	assert_where("put", ak_map_put(m, &zero, &e, &err), AK_MAP_MISMATCH, &err, "map-node.hash");
	assert_root(m, &top.hash);
	ak_map_free(&m);
}

/* ---- memory ---- */

static ak_status touch_all(void *ctx)
{
	const ak_map_source src = { shelf_get, &kept };
	bool *wrong = ctx;
	ak_map *m = NULL;
	ak_digest root;
	ak_status st = ak_map_open(&few_top, &src, &m, NULL);

	for (size_t i = 0; st == AK_OK && i < FEW; i++)
		st = ak_map_put(m, &few[i].key, &few[i].entry, NULL);
	if (m != NULL) {
		ak_map_root(m, &root);
		*wrong |= !ak_digest_eq(&root, &few_root);
	}
	ak_map_free(&m);
	return st;
}

static void loading_survives_running_out_of_memory(void **state)
{
	bool wrong = false;

	(void)state;
	set_few(65, true);
	oom_sweep("map source", touch_all, &wrong);
	assert_false(wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reopened_maps_go_on_as_if_never_closed),
		cmocka_unit_test(only_the_path_is_fetched),
		cmocka_unit_test(the_whole_map_can_be_fetched),
		cmocka_unit_test(no_altered_node_is_believed),
		cmocka_unit_test(a_missing_node_is_not_found),
		cmocka_unit_test(no_node_is_taken_for_another),
		cmocka_unit_test(impossible_nodes_are_refused),
		cmocka_unit_test(impossible_tops_are_refused),
		cmocka_unit_test(the_trie_ends_at_the_last_bit),
		cmocka_unit_test(loading_survives_running_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
