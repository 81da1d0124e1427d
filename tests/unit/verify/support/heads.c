/* SPDX-License-Identifier: Apache-2.0 */
#include "heads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char genesis[] = "sha256:0000000000000000000000000000000000000000000000000000000000000001";

ak_digest heads_leaf[2][HEADS_LEAVES];

static void plant(int history)
{
	for (size_t i = 0; i < HEADS_LEAVES; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "%d leaf %zu", history, i);
		ak_tree_leaf(ak_span_str(text), &heads_leaf[history][i]);
	}
}

void heads_root(const ak_digest *l, size_t n, ak_digest *out)
{
	ak_frontier f = { 0 };

	for (size_t i = 0; i < n; i++)
		assert_int_equal(ak_frontier_add(&f, &l[i], NULL, NULL), AK_OK);
	ak_frontier_root(&f, out);
}

static ak_status node(void *ctx, unsigned level, uint64_t index, ak_digest *out, ak_error *err)
{
	const ak_digest *l = ctx;
	const size_t n = (size_t)1 << level;

	(void)err;
	heads_root(l + index * n, n, out);
	return AK_OK;
}

void heads_make(int history, size_t size, uint64_t from, head *h)
{
	const ak_tree_source src = { node, heads_leaf[history] };
	ak_buf text;

	*h = (head){ .c = { .origin = "ledger.example/test", .size = size } };
	heads_root(heads_leaf[history], size, &h->c.root);
	ak_buf_init(&text, HEADS_NOTE_ROOM);
	assert_int_equal(ak_checkpoint_format(&h->c, &text, NULL), AK_OK);
	(void)snprintf(h->note, sizeof(h->note), "%.*s\n\xe2\x80\x94 ledger.example/test AAAAAAA=\n", (int)text.len,
	               (const char *)text.data);
	ak_buf_clear(&text);
	h->since.size = from;
	if (from != 0)
		assert_int_equal(ak_tree_prove_consistency(&src, from, size, &h->since.proof, NULL), AK_OK);
}

ak_status heads_step(const ak_buf *memory, const head *h, ak_memory_answer *a, ak_error *err)
{
	const ak_memory_head m = { .genesis_text = ak_span_str(genesis), .checkpoint = &h->c, .note = ak_span_str(h->note),
	                           .since = h->since.size == 0 ? NULL : &h->since, .now = 1764000000 };

	return ak_memory_step(ak_buf_span(memory), &m, a, err);
}

ak_memory_outcome heads_see(ak_buf *memory, int history, size_t size, uint64_t from)
{
	ak_memory_answer a = { 0 };
	ak_memory_outcome o;
	head h;

	heads_make(history, size, from, &h);
	assert_int_equal(heads_step(memory, &h, &a, NULL), AK_OK);
	o = a.outcome;
	if (a.changed) {
		ak_buf_clear(memory);
		*memory = a.text;
		a.text = (ak_buf){ 0 };
	}
	ak_memory_clear(&a);
	return o;
}

uint64_t heads_remembered(const ak_buf *memory)
{
	uint64_t size = 0;

	assert_int_equal(ak_memory_size(ak_buf_span(memory), &size, NULL), AK_OK);
	return size;
}

int heads_setup(void **state)
{
	(void)state;
	plant(0);
	plant(1);
	return 0;
}
