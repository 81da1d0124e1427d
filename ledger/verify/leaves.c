/* SPDX-License-Identifier: Apache-2.0 */
/* The ids of all records as evidence that one id is not among them: nothing shorter shows that a reference leads nowhere. */
#include "verify/evidence.h"

#include "base/fail.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

ak_status ak_evidence_draw_leaves(const ak_source *src, ak_evidence *e, ak_error *err)
{
	ak_status st = AK_OK;

	e->leaf = ak_mem_array((size_t)src->size, sizeof(*e->leaf));
	if (e->leaf == NULL)
		return ak_no_memory(err, "evidence.leaves");
	for (uint64_t i = 0; st == AK_OK && i < src->size; i++)
		st = src->leaf(src->ctx, i, &e->leaf[i], err);
	if (st == AK_OK)
		e->n_leaves = (size_t)src->size;
	return st;
}

ak_status ak_leaves_check(const ak_evidence *e, uint64_t size, const ak_digest *root, ak_error *err)
{
	ak_frontier f = { .size = 0 };
	ak_digest got;
	ak_status st = AK_OK;

	if (e->n_leaves == 0)
		return AK_OK;
	if (e->n_leaves != size)
		return ak_fail(err, AK_BAD_FORMAT, "container.leaves", 0, "%zu ids of %" PRIu64 " records", e->n_leaves, size);
	for (size_t i = 0; st == AK_OK && i < e->n_leaves; i++)
		st = ak_frontier_add(&f, &e->leaf[i], NULL, err);
	if (st != AK_OK)
		return st;
	ak_frontier_root(&f, &got);
	return ak_digest_eq(&got, root) ? AK_OK
	       : ak_digest_mismatch(err, AK_TREE_MISMATCH, "container.leaves", 0, root, &got);
}

static int by_bytes(const void *a, const void *b)
{
	const ak_digest *const *x = a, *const *y = b;

	return memcmp((*x)->b, (*y)->b, AK_DIGEST_LEN);
}

ak_status ak_leaves_order(const ak_digest *leaf, size_t n, ak_leaves *out, ak_error *err)
{
	*out = (ak_leaves){ .first = leaf };
	if (n == 0)
		return AK_OK;
	out->by = ak_mem_array(n, sizeof(*out->by));
	if (out->by == NULL)
		return ak_no_memory(err, "container.leaves");
	out->n = n;
	for (size_t i = 0; i < n; i++)
		out->by[i] = &leaf[i];
	qsort(out->by, n, sizeof(*out->by), by_bytes);
	for (size_t i = 1; i < n; i++)
		if (ak_digest_eq(out->by[i - 1], out->by[i]))
			return ak_fail(err, AK_BAD_FORMAT, "container.leaves", (uint64_t)(out->by[i] - leaf), "one id stands twice");
	return AK_OK;
}

void ak_leaves_clear(ak_leaves *l)
{
	ak_mem_free(l->by);
	*l = (ak_leaves){ 0 };
}

bool ak_leaves_find(const ak_leaves *l, const ak_digest *id, uint64_t *seq)
{
	const ak_digest **at = l->n == 0 ? NULL : bsearch(&id, l->by, l->n, sizeof(*l->by), by_bytes);

	if (at != NULL)
		*seq = (uint64_t)(*at - l->first);
	return at != NULL;
}

bool ak_leaves_lack(const ak_leaves *l, const ak_digest *id)
{
	uint64_t seq;

	return l->n != 0 && !ak_leaves_find(l, id, &seq);
}
