/* SPDX-License-Identifier: Apache-2.0 */
#include "store/git_internal.h"

#include "base/fail.h"

void ak_git_pending_clear(ak_git_pending *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->items[i].owned)
			ak_mem_free((void *)(uintptr_t)p->items[i].bytes.data);
	}
	ak_mem_free(p->items);
	*p = (ak_git_pending){ 0 };
}

ak_status ak_git_pending_add(ak_git_pending *p, git_object_t type, ak_span bytes, git_oid *id, ak_error *err)
{
	ak_git_pending_item e = { .type = type, .bytes = bytes };
	void *items = p->items;
	ak_status st = ak_mem_grow(&items, &p->cap, p->n + 1, sizeof(e), err);
	int rc;

	if (st != AK_OK)
		return st;
	p->items = items;
	rc = git_odb_hash(&e.id, bytes.data == NULL ? (const void *)"" : bytes.data, bytes.len, type);
	if (rc < 0)
		return ak_git_fail(err, rc, "git.object", "cannot be hashed");
	p->items[p->n++] = e;
	*id = e.id;
	return AK_OK;
}

ak_status ak_git_pending_take(ak_git_pending *p, git_object_t type, ak_buf *b, git_oid *id, ak_error *err)
{
	ak_status st = ak_git_pending_add(p, type, ak_buf_span(b), id, err);

	if (st == AK_OK) {
		p->items[p->n - 1].owned = true;
		*b = (ak_buf){ .max = b->max };
	}
	return st;
}
