/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of chain/proof: the fast code against the recursive definitions of RFC 6962
 * section 2.1, and every kind of damaged proof. */
#include "forest.h"

static forest woods; /* all N leaves */

static int plant(void **state)
{
	(void)state;
	plant_leaves();
	grow(&woods, leaf, N);
	return 0;
}

/* ---- the definitions, word for word ---- */

static void path(size_t m, const ak_digest *d, size_t n, ak_tree_proof *out)
{
	size_t k = n > 1 ? k_of(n) : 0;

	if (n == 1)
		return;
	if (m < k) {
		path(m, d, k, out);
		out->hash[out->n++] = mth(d + k, n - k);
	} else {
		path(m - k, d + k, n - k, out);
		out->hash[out->n++] = mth(d, k);
	}
}

static void subproof(size_t m, const ak_digest *d, size_t n, bool whole, ak_tree_proof *out)
{
	size_t k = n > 1 ? k_of(n) : 0;

	if (m == n) {
		if (!whole)
			out->hash[out->n++] = mth(d, n);
		return;
	}
	if (m <= k) {
		subproof(m, d, k, whole, out);
		out->hash[out->n++] = mth(d + k, n - k);
	} else {
		subproof(m - k, d + k, n - k, false, out);
		out->hash[out->n++] = mth(d, k);
	}
}

static void assert_same_proof(const ak_tree_proof *a, const ak_tree_proof *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->hash, b->hash, a->n * sizeof(a->hash[0]));
}

/* ---- every proof up to 130, whole and damaged ---- */

static void damaged_inclusion_is_refused(size_t m, size_t n, const ak_tree_proof *good,
                                         const ak_digest *root, bool every_bit)
{
	ak_tree_proof p = *good;
	ak_error err;

	for (size_t i = 0; i < good->n; i++) {
		for (size_t b = every_bit ? 0 : (m + n + i) % 256; b < 256; b += every_bit ? 1 : 256) {
			p.hash[i].b[b / 8] ^= (uint8_t)(1 << b % 8);
			assert_where(ak_tree_check_inclusion(&leaf[m], m, n, &p, root, &err),
			             AK_TREE_MISMATCH, &err, "inclusion.root");
			p.hash[i] = good->hash[i];
		}
	}
	p.n = good->n + 1;
	p.hash[good->n] = *root;
	assert_where(ak_tree_check_inclusion(&leaf[m], m, n, &p, root, &err), AK_BAD_FORMAT, &err,
	             "inclusion.length");
	p.n = SIZE_MAX;
	assert_where(ak_tree_check_inclusion(&leaf[m], m, n, &p, root, &err), AK_BAD_FORMAT, &err,
	             "inclusion.length");
	for (p.n = 0; p.n < good->n; p.n++)
		assert_where(ak_tree_check_inclusion(&leaf[m], m, n, &p, root, &err),
		             AK_BAD_FORMAT, &err, "inclusion.length");
	p = *good;
	assert_where(ak_tree_check_inclusion(&leaf[m], n, n, &p, root, &err), AK_BAD_FORMAT, &err,
	             "inclusion.index");
	for (size_t other = 0; other < n; other++) {
		if (other != m)
			assert_int_not_equal(ak_tree_check_inclusion(&leaf[m], other, n, &p, root,
			                                             &err), AK_OK);
	}
}

static void inclusion_proofs_are_right_and_damage_shows(void **state)
{
	const ak_tree_source src = { recall, &woods };

	(void)state;
	for (size_t n = 1; n <= N; n++) {
		ak_digest root = mth(leaf, n);

		woods.size = n;
		for (size_t m = 0; m < n; m++) {
			ak_tree_proof p, want = { .n = 0 };
			ak_error err;

			path(m, leaf, n, &want);
			assert_int_equal(ak_tree_prove_inclusion(&src, m, n, &p, &err), AK_OK);
			assert_same_proof(&p, &want);
			assert_int_equal(ak_tree_check_inclusion(&leaf[m], m, n, &p, &root, &err),
			                 AK_OK);
			damaged_inclusion_is_refused(m, n, &p, &root, n == 7 || n == 66);
		}
	}
	woods.size = N;
}

static void damaged_consistency_is_refused(size_t m, size_t n, const ak_tree_proof *good,
                                           const ak_digest *r1, const ak_digest *r2,
                                           bool every_bit)
{
	ak_tree_proof p = *good;
	ak_digest bad = *r1;
	ak_error err;

	for (size_t i = 0; i < good->n; i++) {
		for (size_t b = every_bit ? 0 : (m + n + i) % 256; b < 256; b += every_bit ? 1 : 256) {
			p.hash[i].b[b / 8] ^= (uint8_t)(1 << b % 8);
			assert_int_equal(ak_tree_check_consistency(m, r1, n, r2, &p, &err),
			                 AK_TREE_MISMATCH);
			p.hash[i] = good->hash[i];
		}
	}
	p.n = good->n + 1;
	p.hash[good->n] = *r2;
	assert_where(ak_tree_check_consistency(m, r1, n, r2, &p, &err), AK_BAD_FORMAT, &err,
	             "consistency.length");
	p.n = SIZE_MAX;
	assert_where(ak_tree_check_consistency(m, r1, n, r2, &p, &err), AK_BAD_FORMAT, &err,
	             "consistency.length");
	for (p.n = 0; p.n < good->n; p.n++)
		assert_where(ak_tree_check_consistency(m, r1, n, r2, &p, &err), AK_BAD_FORMAT, &err,
		             "consistency.length");
	bad.b[m % 32] ^= 1;
	assert_int_equal(ak_tree_check_consistency(m, &bad, n, r2, good, &err), AK_TREE_MISMATCH);
	bad = *r2;
	bad.b[n % 32] ^= 0x80;
	assert_where(ak_tree_check_consistency(m, r1, n, &bad, good, &err), AK_TREE_MISMATCH, &err,
	             "consistency.root2");
	if (m != n)
		assert_int_not_equal(ak_tree_check_consistency(m, r2, n, r1, good, &err), AK_OK);
	assert_where(ak_tree_check_consistency(0, r1, n, r2, good, &err), AK_BAD_FORMAT, &err,
	             "consistency.size1");
	assert_where(ak_tree_check_consistency(n + 1, r1, n, r2, good, &err), AK_BAD_FORMAT, &err,
	             "consistency.size1");
}

static void consistency_proofs_are_right_and_damage_shows(void **state)
{
	const ak_tree_source src = { recall, &woods };

	(void)state;
	for (size_t n = 1; n <= N; n++) {
		ak_digest r2 = mth(leaf, n);

		woods.size = n;
		for (size_t m = 1; m <= n; m++) {
			ak_tree_proof p, want = { .n = 0 };
			ak_digest r1 = mth(leaf, m);
			ak_error err;

			subproof(m, leaf, n, true, &want);
			assert_int_equal(ak_tree_prove_consistency(&src, m, n, &p, &err), AK_OK);
			assert_same_proof(&p, &want);
			assert_int_equal(ak_tree_check_consistency(m, &r1, n, &r2, &p, &err),
			                 AK_OK);
			damaged_consistency_is_refused(m, n, &p, &r1, &r2, n == 7 || n == 67);
		}
	}
	woods.size = N;
}

static void nothing_follows_from_an_empty_tree(void **state)
{
	ak_tree_proof p = { .n = 0 };
	ak_digest empty = mth(leaf, 0);
	ak_error err;

	(void)state;
	assert_where(ak_tree_check_consistency(0, &empty, 0, &empty, &p, &err), AK_BAD_FORMAT, &err,
	             "consistency.size1");
	assert_where(ak_tree_check_inclusion(&empty, 0, 0, &p, &empty, &err), AK_BAD_FORMAT, &err,
	             "inclusion.index");
}

/* ---- sizes no test can fill: all leaves alike, so each level has one hash ---- */

static ak_digest alike[64];

static ak_status alike_node(void *ctx, unsigned level, uint64_t index, ak_digest *out,
                            ak_error *err)
{
	const uint64_t *size = ctx;

	if (level > 63 || index >= *size >> level)
		return ak_fail(err, AK_NOT_FOUND, "test.source", index, "level %u", level);
	*out = alike[level];
	return AK_OK;
}

static ak_digest alike_root(uint64_t size)
{
	ak_frontier f = { .size = size };
	ak_digest root;

	memcpy(f.node, alike, sizeof(alike));
	ak_frontier_root(&f, &root);
	return root;
}

static void sizes_up_to_2_64_work(void **state)
{
	static const uint64_t sizes[] = {
		UINT64_MAX, UINT64_MAX - 1, (uint64_t)1 << 63, ((uint64_t)1 << 63) + 1,
		((uint64_t)1 << 63) - 1, 0xaaaaaaaaaaaaaaaa, 0x5555555555555555, 1000000007,
	};
	const size_t n = sizeof(sizes) / sizeof(sizes[0]);

	(void)state;
	alike[0] = leaf[0];
	for (size_t i = 1; i < 64; i++)
		ak_tree_node(&alike[i - 1], &alike[i - 1], &alike[i]);
	for (size_t i = 0; i < n * n; i++) {
		uint64_t a = sizes[i / n], b = sizes[i % n];
		const ak_tree_source src = { alike_node, &b };
		ak_digest r1 = alike_root(a), r2 = alike_root(b);
		ak_tree_proof p;

		if (a > b)
			continue;
		assert_int_equal(ak_tree_prove_consistency(&src, a, b, &p, NULL), AK_OK);
		assert_int_equal(ak_tree_check_consistency(a, &r1, b, &r2, &p, NULL), AK_OK);
		assert_int_equal(ak_tree_prove_inclusion(&src, a - 1, b, &p, NULL), AK_OK);
		assert_int_equal(ak_tree_check_inclusion(&leaf[0], a - 1, b, &p, &r2, NULL), AK_OK);
	}
}

/* ---- bad arguments and failing callbacks ---- */

static void makers_refuse_what_does_not_exist(void **state)
{
	static const struct { const char *name; uint64_t a, b; bool inclusion; } rows[] = {
		{ "index at the size", 5, 5, true },
		{ "no leaf in an empty tree", 0, 0, true },
		{ "from an empty tree", 0, 5, false },
		{ "from a larger tree", 6, 5, false },
	};
	const ak_tree_source src = { recall, &woods };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_tree_proof p;
		ak_error err = { 0 };
		ak_status st;

		memset(&p, 0xa5, sizeof(p));
		st = rows[i].inclusion
		             ? ak_tree_prove_inclusion(&src, rows[i].a, rows[i].b, &p, &err)
		             : ak_tree_prove_consistency(&src, rows[i].a, rows[i].b, &p, &err);
		if (st != AK_INVALID_ARGUMENT)
			fail_msg("%s: %s", rows[i].name, ak_status_name(st));
		assert_string_equal(err.where, rows[i].inclusion ? "inclusion.index"
		                                                 : "consistency.size1");
		assert_int_equal(((const uint8_t *)&p)[0], 0xa5);
	}
}

static void a_missing_node_is_reported_and_writes_nothing(void **state)
{
	const ak_tree_source src = { recall, &woods };
	ak_tree_proof p;
	ak_error err = { 0 };

	(void)state;
	memset(&p, 0xa5, sizeof(p));
	woods.size = 20; /* the source holds less than the tree claims */
	assert_where(ak_tree_prove_inclusion(&src, 3, 40, &p, &err), AK_NOT_FOUND, &err,
	             "test.source");
	assert_where(ak_tree_prove_consistency(&src, 19, 40, &p, &err), AK_NOT_FOUND, &err,
	             "test.source");
	assert_int_equal(((const uint8_t *)&p)[0], 0xa5);
	woods.size = N;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inclusion_proofs_are_right_and_damage_shows),
		cmocka_unit_test(consistency_proofs_are_right_and_damage_shows),
		cmocka_unit_test(nothing_follows_from_an_empty_tree),
		cmocka_unit_test(sizes_up_to_2_64_work),
		cmocka_unit_test(makers_refuse_what_does_not_exist),
		cmocka_unit_test(a_missing_node_is_reported_and_writes_nothing),
	};

	return cmocka_run_group_tests(tests, plant, NULL);
}
