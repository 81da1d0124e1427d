/* SPDX-License-Identifier: Apache-2.0 */
/* A tiled log that others made, with a signed checkpoint at every size: notes, leaves, roots, and proofs between all sizes. */
#include "vector_file.h"

#include "base/text.h"
#include "chain/tree.h"
#include "codec/note.h"
#include "crypto/hash.h"
#include "crypto/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER "tlog-tiles"

enum { SIZES = 16, LEVELS = 4 };

/* Nodes of the whole tree, computed from the entries. */
typedef struct log15 {
	ak_digest node[LEVELS][SIZES], root[SIZES];
} log15;

static ak_status node(void *ctx, unsigned level, uint64_t index, ak_digest *out, ak_error *err)
{
	const log15 *l = ctx;

	(void)err;
	assert_true(level < LEVELS && index < SIZES);
	*out = l->node[level][index];
	return AK_OK;
}

static void read_numbered(const char *what, int n, ak_buf *out)
{
	char name[60];

	(void)snprintf(name, sizeof(name), "log/%s%d", what, n);
	vector_read(FOLDER, ak_span_str(name), out);
}

/* The leaf hashes of `n` entries; each is as the tile says. */
static void read_leaves(int n, ak_digest *leaf)
{
	ak_buf entries, tile;
	size_t at = 0;

	read_numbered("tile/entries/000.p/", n, &entries);
	read_numbered("tile/0/000.p/", n, &tile);
	assert_int_equal(tile.len, (size_t)n * AK_DIGEST_LEN);
	for (int i = 0; i < n; i++) {
		size_t len;

		assert_true(at + 2 <= entries.len);
		len = (size_t)entries.data[at] << 8 | entries.data[at + 1];
		assert_true(at + 2 + len <= entries.len);
		ak_tree_leaf((ak_span){ entries.data + at + 2, len }, &leaf[i]);
		assert_memory_equal(leaf[i].b, tile.data + (size_t)i * AK_DIGEST_LEN, AK_DIGEST_LEN);
		at += 2 + len;
	}
	assert_int_equal(at, entries.len);
	ak_buf_clear(&entries);
	ak_buf_clear(&tile);
}

static void root_of(const ak_digest *leaf, int n, ak_digest *root)
{
	ak_frontier f = { 0 };

	for (int i = 0; i < n; i++)
		assert_int_equal(ak_frontier_add(&f, &leaf[i], NULL, NULL), AK_OK);
	ak_frontier_root(&f, root);
}

static void read_log(log15 *l)
{
	read_leaves(SIZES - 1, l->node[0]);
	for (unsigned level = 1; level < LEVELS; level++) {
		for (size_t i = 0; (i + 1) << level <= SIZES - 1; i++)
			ak_tree_node(&l->node[level - 1][2 * i], &l->node[level - 1][2 * i + 1], &l->node[level][i]);
	}
	for (int n = 0; n < SIZES; n++)
		root_of(l->node[0], n, &l->root[n]);
}

static ak_pubkey *log_key(ak_vkey *k)
{
	ak_pubkey *pub = NULL;
	ak_buf b;

	vector_read(FOLDER, ak_span_str("log.vkey"), &b);
	while (b.len > 0 && b.data[b.len - 1] == '\n')
		b.len--;
	assert_int_equal(ak_vkey_parse(ak_buf_span(&b), ak_sha256, k, NULL), AK_OK);
	assert_int_equal(ak_pubkey_from_ed25519(k->key, &pub, NULL), AK_OK);
	ak_buf_clear(&b);
	return pub;
}

/* The note is signed by the log, and its third line is the root. */
static void every_checkpoint_is_the_root_of_its_entries(void **state)
{
	log15 l = { 0 };
	ak_vkey k;
	ak_pubkey *pub = log_key(&k);

	(void)state;
	read_log(&l);
	for (int n = 0; n < SIZES; n++) {
		ak_digest leaf[SIZES], other;
		ak_note note;
		ak_note_line line;
		ak_span rest, text[3], body;
		ak_buf b, root;
		char want[80];

		read_numbered("checkpoint.", n, &b);
		assert_int_equal(ak_note_parse(ak_buf_span(&b), &note, NULL), AK_OK);
		rest = note.sigs;
		assert_true(ak_note_next(&rest, &line));
		assert_true(ak_span_is(line.name, k.name));
		assert_memory_equal(line.key_id, k.id, 4);
		assert_int_equal(ak_pubkey_check(pub, note.text, (ak_span){ line.blob, line.blob_len }, NULL), AK_OK);
		line.blob[7] ^= 1;
		assert_int_equal(ak_pubkey_check(pub, note.text, (ak_span){ line.blob, line.blob_len }, NULL), AK_BAD_SIGNATURE);
		body = note.text;
		for (size_t i = 0; i < 3; i++)
			assert_true(ak_span_line(&body, &text[i]));
		(void)snprintf(want, sizeof(want), "%d", n);
		assert_true(ak_span_is(text[1], want));
		ak_buf_init(&root, 64);
		assert_true(ak_base64_decode(text[2], &root, NULL));
		assert_int_equal(root.len, AK_DIGEST_LEN);
		assert_memory_equal(root.data, l.root[n].b, AK_DIGEST_LEN);
		/* One byte of an entry more or less is another root. */
		if (n > 0) {
			read_leaves(n, leaf);
			leaf[n - 1].b[0] ^= 1;
			root_of(leaf, n, &other);
			assert_memory_not_equal(other.b, l.root[n].b, AK_DIGEST_LEN);
		}
		ak_buf_clear(&root);
		ak_buf_clear(&b);
	}
	ak_pubkey_free(&pub);
}

static void every_size_continues_every_earlier_one(void **state)
{
	log15 l = { 0 };
	const ak_tree_source src = { node, &l };

	(void)state;
	read_log(&l);
	for (uint64_t n = 1; n < SIZES; n++) {
		ak_tree_proof p;

		for (uint64_t m = 1; m <= n; m++) {
			assert_int_equal(ak_tree_prove_consistency(&src, m, n, &p, NULL), AK_OK);
			assert_int_equal(ak_tree_check_consistency(m, &l.root[m], n, &l.root[n], &p, NULL), AK_OK);
			if (m < n)
				assert_int_not_equal(ak_tree_check_consistency(m, &l.root[m - 1], n, &l.root[n], &p, NULL), AK_OK);
		}
		for (uint64_t i = 0; i < n; i++) {
			assert_int_equal(ak_tree_prove_inclusion(&src, i, n, &p, NULL), AK_OK);
			assert_int_equal(ak_tree_check_inclusion(&l.node[0][i], i, n, &p, &l.root[n], NULL), AK_OK);
			assert_int_not_equal(ak_tree_check_inclusion(&l.node[0][i], i, n, &p, &l.root[n - 1], NULL), AK_OK);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_checkpoint_is_the_root_of_its_entries),
		cmocka_unit_test(every_size_continues_every_earlier_one),
	};

	vectors_or_skip(FOLDER);
	return cmocka_run_group_tests_name("tlog-tiles vectors", tests, NULL, NULL);
}
