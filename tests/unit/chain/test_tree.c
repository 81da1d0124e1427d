/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of chain/tree: published roots, and published sums over every subtree and every
 * inclusion proof up to 130 leaves. */
#include "forest.h"

static int plant(void **state)
{
	(void)state;
	plant_leaves();
	return 0;
}

/* ---- roots ---- */

static void roots_are_the_published_ones(void **state)
{
	static const struct { size_t n; const char *root; } rows[] = {
		{ 0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
		{ 1, "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=" },
		{ 2, "ogv5p8wtyKCPX0FacbGfasQnurVNJO7IaLXTEDRJlTo=" },
		{ 3, "O2zM1+PgI/85MAbwMDFe562esRGwIrQfun5bejlz9og=" },
		{ 4, "m81RJAr0AFFo8DMSG6hb5abtTw5qX6wmIGZym4+/3ss=" },
		{ 5, "uFW0LWww9bCH4FJmeD+9bjlPe5JgE8yqZ3AKiwxaWW8=" },
		{ 6, "uzbn09TO5XIMvTI9AvqxWWLiuh2t9fj8bu70/WrQVqg=" },
		{ 7, "NWAZGAMChESyMgGKwEf9tWHAnCOnpodsheCLXk1I6fM=" },
		{ 8, "739JtiD2x+qbljohTaNLUCHG3tjtV3NDgKMRq3JqqQc=" },
		{ 130, "8F0vXvJMct1wsKjyjldrOsr5RMAOAUUkxHqkIyXX0cM=" },
	};
	ak_frontier f = { .size = 0 };
	size_t row = 0;

	(void)state;
	for (size_t n = 0; n <= N; n++) {
		ak_digest root, want = mth(leaf, n);
		ak_buf text;

		ak_frontier_root(&f, &root);
		assert_memory_equal(&root, &want, sizeof(root));
		if (rows[row].n == n) {
			ak_buf_init(&text, 64);
			assert_int_equal(ak_base64_encode((ak_span){ root.b, 32 }, &text, NULL),
			                 AK_OK);
			assert_true(ak_span_is(ak_buf_span(&text), rows[row++].root));
			ak_buf_clear(&text);
		}
		if (n < N)
			assert_int_equal(ak_frontier_add(&f, &leaf[n], NULL, NULL), AK_OK);
	}
	assert_int_equal(row, sizeof(rows) / sizeof(rows[0]));
}

static void the_classic_ct_tree_has_its_root(void **state)
{
	static const char *const entry[] = {
		"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
		"606162636465666768696a6b6c6d6e6f",
	};
	ak_frontier f = { .size = 0 };
	char hex[65];
	ak_digest d;

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		uint8_t bytes[16];
		size_t n = strlen(entry[i]) / 2;

		assert_true(ak_hex_decode(ak_span_str(entry[i]), bytes, n));
		ak_tree_leaf((ak_span){ bytes, n }, &d);
		assert_int_equal(ak_frontier_add(&f, &d, NULL, NULL), AK_OK);
	}
	ak_frontier_root(&f, &d);
	ak_hex_encode(d.b, sizeof(d.b), hex);
	assert_string_equal(hex,
	                    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

/* ---- accumulated answers over every subtree up to 130 ---- */

static bool aligned(size_t start, size_t end)
{
	size_t ceil = 1;

	while (ceil < end - start)
		ceil *= 2;
	return start % ceil == 0;
}

static void feed(ak_sha256_ctx *sum, const char *s)
{
	assert_int_equal(ak_sha256_update(sum, ak_span_str(s), NULL), AK_OK);
}

static void feed_digest(ak_sha256_ctx *sum, const ak_digest *d)
{
	char hex[66] = " ";

	ak_hex_encode(d->b, sizeof(d->b), hex + 1);
	feed(sum, hex);
}

static void assert_sum(ak_sha256_ctx **sum, const char *want)
{
	ak_digest d;
	char hex[65];

	assert_int_equal(ak_sha256_close(sum, &d, NULL), AK_OK);
	ak_hex_encode(d.b, sizeof(d.b), hex);
	assert_string_equal(hex, want);
}

static void all_subtree_hashes_give_the_published_sum(void **state)
{
	ak_sha256_ctx *sum;
	char text[48];

	(void)state;
	assert_int_equal(ak_sha256_open(&sum, NULL), AK_OK);
	for (size_t end = 0; end <= N; end++) {
		for (size_t start = 0; start <= end; start++) {
			ak_frontier f = { .size = 0 };
			ak_digest d;

			if (!aligned(start, end))
				continue;
			for (size_t i = start; i < end; i++)
				assert_int_equal(ak_frontier_add(&f, &leaf[i], NULL, NULL), AK_OK);
			ak_frontier_root(&f, &d);
			(void)snprintf(text, sizeof(text), "[%zu, %zu)", start, end);
			feed(sum, text);
			feed_digest(sum, &d);
			feed(sum, "\n");
		}
	}
	assert_sum(&sum, "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81");
}

static void all_inclusion_proofs_give_the_published_sum(void **state)
{
	ak_sha256_ctx *sum;
	char text[64];

	(void)state;
	assert_int_equal(ak_sha256_open(&sum, NULL), AK_OK);
	for (size_t end = 0; end <= N; end++) {
		for (size_t start = 0; start <= end; start++) {
			static forest f;
			const ak_tree_source src = { recall, &f };

			if (!aligned(start, end))
				continue;
			grow(&f, leaf + start, end - start);
			for (size_t i = start; i < end; i++) {
				ak_tree_proof p;

				assert_int_equal(ak_tree_prove_inclusion(&src, i - start,
				                                         end - start, &p, NULL),
				                 AK_OK);
				(void)snprintf(text, sizeof(text), "%zu [%zu, %zu)", i, start, end);
				feed(sum, text);
				for (size_t k = 0; k < p.n; k++)
					feed_digest(sum, &p.hash[k]);
				feed(sum, "\n");
			}
		}
	}
	assert_sum(&sum, "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f");
}

static void an_inner_node_is_no_leaf(void **state)
{
	ak_digest root = mth(leaf, 4), l = mth(leaf, 2), r = mth(leaf + 2, 2), as_leaf;
	ak_tree_proof p = { .n = 1 };
	uint8_t both[64];

	(void)state;
	memcpy(both, l.b, 32);
	memcpy(both + 32, r.b, 32);
	ak_tree_leaf((ak_span){ both, 64 }, &as_leaf);
	assert_memory_not_equal(&as_leaf, &root, sizeof(root));
	p.hash[0] = r;
	assert_int_equal(ak_tree_check_inclusion(&l, 0, 4, &p, &root, NULL), AK_BAD_FORMAT);
}

/* ---- limits ---- */

static ak_status fail_at(void *ctx, unsigned level, uint64_t index, const ak_digest *h,
                         ak_error *err)
{
	(void)h;
	if (level == *(const unsigned *)ctx)
		return ak_fail(err, AK_IO, "test.sink", index, "level %u", level);
	return AK_OK;
}

static void a_failing_sink_leaves_the_frontier_as_it_was(void **state)
{
	ak_frontier f = { .size = 0 }, was;

	(void)state;
	for (size_t i = 0; i < 15; i++)
		assert_int_equal(ak_frontier_add(&f, &leaf[i], NULL, NULL), AK_OK);
	was = f;
	for (unsigned level = 0; level <= 4; level++) {
		const ak_tree_sink sink = { fail_at, &level };
		ak_error err = { 0 };

		assert_where(ak_frontier_add(&f, &leaf[15], &sink, &err), AK_IO, &err, "test.sink");
		assert_memory_equal(&f, &was, sizeof(f));
	}
	assert_int_equal(ak_frontier_add(&f, &leaf[15], NULL, NULL), AK_OK);
	ak_frontier_root(&f, &was.node[0]);
	f.node[0] = mth(leaf, 16);
	assert_memory_equal(&f.node[0], &was.node[0], sizeof(ak_digest));
}

static void a_full_tree_takes_no_more(void **state)
{
	ak_frontier f = { .size = UINT64_MAX };
	ak_error err = { 0 };

	(void)state;
	assert_where(ak_frontier_add(&f, &leaf[0], NULL, &err), AK_LIMIT, &err, "tree.size");
	assert_true(f.size == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_the_published_ones),
		cmocka_unit_test(the_classic_ct_tree_has_its_root),
		cmocka_unit_test(all_subtree_hashes_give_the_published_sum),
		cmocka_unit_test(all_inclusion_proofs_give_the_published_sum),
		cmocka_unit_test(an_inner_node_is_no_leaf),
		cmocka_unit_test(a_failing_sink_leaves_the_frontier_as_it_was),
		cmocka_unit_test(a_full_tree_takes_no_more),
	};

	return cmocka_run_group_tests(tests, plant, NULL);
}
