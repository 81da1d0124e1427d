/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of map proofs: every proof of a map against the definition, every bit of it
 * flipped, and every way of claiming what is not so. */
#include "keys.h"

enum { SIBLINGS_MAX = 300 };

static ak_map *map_of(const item *it, size_t n)
{
	ak_map *m = NULL;

	assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
	put_all(m, it, n);
	return m;
}

/* Flip bits of `bytes`, a part of p: each must be refused. */
static void flips_are_refused(const char *name, uint8_t *bytes, size_t bits, size_t step,
                              const ak_digest *key, const ak_map_proof *p,
                              const ak_digest *root)
{
	for (size_t bit = roll() % step; bit < bits; bit += step) {
		ak_status st;

		flip_bit(bytes, bit);
		st = ak_map_check(key, p, root, NULL);
		flip_bit(bytes, bit);
		if (st != AK_MAP_MISMATCH && st != AK_BAD_FORMAT)
			fail_msg("%s bit %zu: %s", name, bit, ak_status_name(st));
	}
}

static void damage_is_refused(const ak_digest *key, ak_map_proof *p, const ak_digest *root)
{
	size_t step = p->n > 24 ? 251 : 1; /* the long ones have bits enough for years */
	ak_digest any_root = *root;
	size_t n = p->n;

	for (size_t i = 0; i < n; i++)
		flips_are_refused("sibling", p->sibling[i].b, 256, step, key, p, root);
	if (p->kind != AK_MAP_ABSENT_EMPTY) {
		flips_are_refused("chain", p->entry.chain.b, 256, step, key, p, root);
		for (unsigned bit = 0; bit < 64; bit++) {
			p->entry.count ^= (uint64_t)1 << bit;
			assert_int_not_equal(ak_map_check(key, p, root, NULL), AK_OK);
			p->entry.count ^= (uint64_t)1 << bit;
		}
	}
	if (p->kind == AK_MAP_ABSENT_OTHER)
		flips_are_refused("other key", p->other_key.b, 256, step, key, p, root);
	flips_are_refused("root", any_root.b, 256, step, key, p, &any_root);
	for (p->n = 0; p->n < n; p->n++) /* the top cut off */
		assert_int_not_equal(ak_map_check(key, p, root, NULL), AK_OK);
	for (size_t i = 0; i + 1 < n; i++) {
		ak_digest t = p->sibling[i];

		p->sibling[i] = p->sibling[i + 1];
		p->sibling[i + 1] = t;
		if (!ak_digest_eq(&p->sibling[i], &t))
			assert_int_not_equal(ak_map_check(key, p, root, NULL), AK_OK);
		p->sibling[i + 1] = p->sibling[i];
		p->sibling[i] = t;
	}
}

static void other_kinds_are_refused(const ak_digest *key, const ak_map_proof *good,
                                    const ak_digest *root)
{
	for (int kind = -1; kind <= 3; kind++) {
		ak_map_proof p = *good;

		p.kind = (ak_map_kind)kind;
		if (p.kind != good->kind)
			assert_int_not_equal(ak_map_check(key, &p, root, NULL), AK_OK);
		if (good->kind == AK_MAP_PRESENT) {
			p.other_key = *key; /* the asked key shown as another */
			if (p.kind != good->kind)
				assert_int_not_equal(ak_map_check(key, &p, root, NULL), AK_OK);
		}
	}
}

static void one_proof(ak_map *m, const item *sorted, size_t n, const ak_digest *key,
                      bool damage)
{
	static ak_digest want[SIBLINGS_MAX];
	ak_digest root = defined_root(sorted, n, 0);
	ak_map_proof p = { 0 };
	ak_map_kind kind;
	size_t at = find_item(sorted, n, key);
	size_t len = defined_proof(sorted, n, 0, key, want, &kind);

	assert_int_equal(ak_map_prove(m, key, &p, NULL), AK_OK);
	assert_int_equal(p.kind, kind);
	assert_int_equal(kind == AK_MAP_PRESENT, at < n);
	assert_int_equal(p.n, len);
	assert_true(len == 0 || memcmp(p.sibling, want, len * sizeof(*want)) == 0);
	if (at < n) {
		assert_true(p.entry.count == sorted[at].entry.count);
		assert_true(ak_digest_eq(&p.entry.chain, &sorted[at].entry.chain));
	}
	assert_int_equal(ak_map_check(key, &p, &root, NULL), AK_OK);
	if (damage)
		damage_is_refused(key, &p, &root);
	other_kinds_are_refused(key, &p, &root);
	ak_map_proof_clear(&p);
	ak_map_proof_clear(&p);
	assert_null(p.sibling);
}

static void all_proofs(size_t n, bool crafted)
{
	static item it[64];
	ak_map *m;

	roll_items(it, n, crafted);
	m = map_of(it, n);
	qsort(it, n, sizeof(*it), by_key);
	for (size_t i = 0; i < n; i++)
		one_proof(m, it, n, &it[i].key, true);
	for (size_t i = 0; i < 2 * n; i++) {
		ak_digest key;

		roll_digest(&key);
		if (i % 2 == 0 && n > 0)
			key = key_near(&it[i / 2].key, roll() % 256);
		one_proof(m, it, n, &key, true);
	}
	for (size_t at = 0; n > 0 && at < 256; at++) {
		ak_digest key = key_near(&it[roll() % n].key, at);

		one_proof(m, it, n, &key, false);
	}
	ak_map_free(&m);
}

static void every_proof_is_the_defined_one_and_damage_shows(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 8; n++) {
		dice = 70 + n;
		all_proofs(n, false);
		all_proofs(n, true);
	}
	all_proofs(40, false);
	all_proofs(16, true);
}

static void an_empty_map_proves_absence_of_all(void **state)
{
	static const ak_digest zero;
	ak_map *m = map_of(NULL, 0);
	ak_map_proof p = { 0 };
	ak_digest key;

	(void)state;
	roll_digest(&key);
	assert_int_equal(ak_map_prove(m, &key, &p, NULL), AK_OK);
	assert_int_equal(p.kind, AK_MAP_ABSENT_EMPTY);
	assert_int_equal(p.n, 0);
	assert_int_equal(ak_map_check(&key, &p, &zero, NULL), AK_OK);
	assert_int_equal(ak_map_check(&key, &p, &key, NULL), AK_MAP_MISMATCH);
	ak_map_proof_clear(&p);
	ak_map_free(&m);
}

/* ---- rules, one row each ---- */

/* A proof with n siblings of which the deepest may be zero, and the root it folds to, so that
 * only the rule named can refuse it. */
static ak_digest fold(const ak_digest *key, ak_digest place, const ak_digest *sibling, size_t n)
{
	for (size_t i = 0; i < n; i++)
		place = key_bit(key, n - 1 - i) ? join(&sibling[i], &place)
		                                : join(&place, &sibling[i]);
	return place;
}

static const struct row {
	const char *name;
	ak_map_kind kind;
	size_t n;
	uint64_t count;
	size_t shares;     /* bits that the other key shares with the asked one; 256: it is it */
	bool empty_deepest;
	ak_status want;
	const char *where; /* NULL when want is AK_OK */
} rows[] = {
	{ "ok: one key alone", AK_MAP_PRESENT, 0, 1, 0, false, AK_OK, NULL },
	{ "ok: 256 siblings", AK_MAP_PRESENT, 256, 1, 0, false, AK_OK, NULL },
	{ "257 siblings", AK_MAP_PRESENT, 257, 1, 0, false, AK_BAD_FORMAT, "map-proof.siblings" },
	{ "no records", AK_MAP_PRESENT, 3, 0, 0, false, AK_BAD_FORMAT, "map-proof.count" },
	{ "empty beside the leaf", AK_MAP_PRESENT, 3, 1, 0, true, AK_BAD_FORMAT,
	  "map-proof.deepest" },
	{ "empty beside the leaf, depth 1", AK_MAP_PRESENT, 1, 1, 0, true, AK_BAD_FORMAT,
	  "map-proof.deepest" },

	{ "ok: nothing at all", AK_MAP_ABSENT_EMPTY, 0, 0, 0, false, AK_OK, NULL },
	{ "ok: empty place", AK_MAP_ABSENT_EMPTY, 5, 0, 0, false, AK_OK, NULL },
	{ "ok: empty place above the last bit", AK_MAP_ABSENT_EMPTY, 255, 0, 0, false, AK_OK,
	  NULL },
	{ "empty place below the last bit", AK_MAP_ABSENT_EMPTY, 256, 0, 0, false, AK_BAD_FORMAT,
	  "map-proof.siblings" },
	{ "empty place, 257 siblings", AK_MAP_ABSENT_EMPTY, 257, 0, 0, false, AK_BAD_FORMAT,
	  "map-proof.siblings" },
	{ "empty beside an empty place", AK_MAP_ABSENT_EMPTY, 5, 0, 0, true, AK_BAD_FORMAT,
	  "map-proof.deepest" },

	{ "ok: another key alone", AK_MAP_ABSENT_OTHER, 0, 1, 0, false, AK_OK, NULL },
	{ "ok: another key on the path", AK_MAP_ABSENT_OTHER, 9, 1, 9, false, AK_OK, NULL },
	{ "ok: another key far along", AK_MAP_ABSENT_OTHER, 9, 1, 200, false, AK_OK, NULL },
	{ "ok: parts at the last bit", AK_MAP_ABSENT_OTHER, 255, 1, 255, false, AK_OK, NULL },
	{ "the asked key itself", AK_MAP_ABSENT_OTHER, 9, 1, 256, false, AK_BAD_FORMAT,
	  "map-proof.other-key" },
	{ "the asked key itself, alone", AK_MAP_ABSENT_OTHER, 0, 1, 256, false, AK_BAD_FORMAT,
	  "map-proof.other-key" },
	{ "the asked key itself, 256 siblings", AK_MAP_ABSENT_OTHER, 256, 1, 256, false,
	  AK_BAD_FORMAT, "map-proof.other-key" },
	{ "other key off the path by one bit", AK_MAP_ABSENT_OTHER, 9, 1, 8, false, AK_BAD_FORMAT,
	  "map-proof.other-key" },
	{ "other key off the path from the start", AK_MAP_ABSENT_OTHER, 9, 1, 0, false,
	  AK_BAD_FORMAT, "map-proof.other-key" },
	{ "other key off the path at the end", AK_MAP_ABSENT_OTHER, 256, 1, 255, false,
	  AK_BAD_FORMAT, "map-proof.other-key" },
	{ "other key without records", AK_MAP_ABSENT_OTHER, 9, 0, 9, false, AK_BAD_FORMAT,
	  "map-proof.count" },
	{ "empty beside the other leaf", AK_MAP_ABSENT_OTHER, 9, 1, 9, true, AK_BAD_FORMAT,
	  "map-proof.deepest" },
	{ "257 siblings to another key", AK_MAP_ABSENT_OTHER, 257, 1, 255, false, AK_BAD_FORMAT,
	  "map-proof.siblings" },

	{ "unknown kind", (ak_map_kind)3, 2, 1, 0, false, AK_BAD_FORMAT, "map-proof.kind" },
};

static void check_row(const struct row *r)
{
	static ak_digest sibling[SIBLINGS_MAX];
	ak_map_proof p = { .kind = r->kind, .entry.count = r->count, .sibling = sibling, .n = r->n };
	ak_digest key, place = { 0 }, root;
	ak_error err = { 0 };
	ak_status st;

	roll_digest(&key);
	for (size_t i = 0; i < r->n; i++)
		roll_digest(&sibling[i]);
	if (r->empty_deepest)
		sibling[0] = (ak_digest){ 0 };
	p.other_key = r->shares == 256 ? key : key_near(&key, r->shares);
	if (p.kind != AK_MAP_ABSENT_EMPTY)
		ak_map_leaf(p.kind == AK_MAP_ABSENT_OTHER ? &p.other_key : &key, &p.entry, &place);
	root = r->n <= 256 ? fold(&key, place, sibling, r->n) : key;
	st = ak_map_check(&key, &p, &root, &err);
	if (r->want != AK_OK) {
		assert_where(r->name, st, r->want, &err, r->where);
		return;
	}
	if (st != AK_OK)
		fail_msg("%s: %s at %s", r->name, ak_status_name(st), err.where);
	root.b[31] ^= 1;
	assert_where(r->name, ak_map_check(&key, &p, &root, &err), AK_MAP_MISMATCH, &err,
	             "map-proof.root");
	assert_true(strlen(err.expected) == AK_DIGEST_TEXT_LEN);
	assert_true(strlen(err.found) == AK_DIGEST_TEXT_LEN);
}

static void each_rule_has_its_row(void **state)
{
	(void)state;
	dice = 90;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i]);
}

/* Somebody else's genuine absence proof shows nothing about this key. */
static void an_absence_proof_of_another_subject_is_no_use(void **state)
{
	static item it[32];
	ak_map *m;
	ak_digest root;

	(void)state;
	dice = 91;
	roll_items(it, 32, false);
	m = map_of(it, 32);
	ak_map_root(m, &root);
	for (size_t i = 0; i < 300; i++) {
		ak_digest absent;
		ak_map_proof p = { 0 };

		roll_digest(&absent);
		assert_int_equal(ak_map_prove(m, &absent, &p, NULL), AK_OK);
		for (size_t k = 0; k < 32; k++)
			assert_int_not_equal(ak_map_check(&it[k].key, &p, &root, NULL), AK_OK);
		ak_map_proof_clear(&p);
	}
	ak_map_free(&m);
}

static ak_status nothing_held(void *ctx, unsigned depth, const ak_digest *prefix,
                              ak_map_node *out, ak_error *err)
{
	(void)ctx;
	(void)prefix;
	(void)out;
	return ak_fail(err, AK_NOT_FOUND, "test.source", depth, "nothing held");
}

static void what_fails_writes_nothing(void **state)
{
	const ak_map_child top = { .kind = AK_MAP_INNER, .hash = { { 1 } } };
	const ak_map_source none = { NULL, NULL }, src = { nothing_held, NULL };
	const ak_digest key = { { 9 } };
	ak_map_proof p, p_was;
	ak_map_entry e, e_was;
	ak_map *m = NULL;
	bool found = true;

	(void)state;
	memset(&p, 0xa5, sizeof(p));
	memset(&e, 0xa5, sizeof(e));
	p_was = p;
	e_was = e;
	assert_int_equal(ak_map_open(&top, &none, &m, NULL), AK_INVALID_ARGUMENT);
	assert_null(m);
	assert_int_equal(ak_map_open(&top, &src, &m, NULL), AK_OK);
	assert_int_equal(ak_map_prove(m, &key, &p, NULL), AK_NOT_FOUND);
	assert_int_equal(ak_map_get(m, &key, &e, &found, NULL), AK_NOT_FOUND);
	assert_memory_equal(&p, &p_was, sizeof(p));
	assert_memory_equal(&e, &e_was, sizeof(e));
	assert_true(found);
	ak_map_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_proof_is_the_defined_one_and_damage_shows),
		cmocka_unit_test(an_empty_map_proves_absence_of_all),
		cmocka_unit_test(each_rule_has_its_row),
		cmocka_unit_test(an_absence_proof_of_another_subject_is_no_use),
		cmocka_unit_test(what_fails_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
