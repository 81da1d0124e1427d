/* SPDX-License-Identifier: Apache-2.0 */
/* One pack for a change of many records, in git's formats of version 2 (gitformat-pack).
 *
 *     pack   "PACK" be32 2 be32 n, each object (type and length in groups of bits, zlib stream), SHA-1 of all that
 *     index  ff 't' 'O' 'c' be32 2, 256 * be32 fan-out, n * 20 names, n * be32 CRC, n * be32 offset (or, with the top
 *            bit, a place among the) m * be64 offset, SHA-1 of the pack, SHA-1 of all that
 *
 * libgit2's pack builder compresses each object and hashes it twice more; that is more work than verifying its
 * signature.  As in loose objects the bytes are stored uncompressed: `git gc` looks for differences and compresses
 * later, and readers need less time until then.  Names are still made by libgit2, which refuses bytes made to
 * collide.  The pack gets its name before its index does, and nobody looks at a pack without an index.
 */
#include "store/git_internal.h"

#include "base/fail.h"
#include "crypto/hash.h"
#include "store/durable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { PACK_HEAD = 12, FILE_MODE = 0444 };
#define NARROW_MAX UINT64_C(0x7fffffff)
#define PACK_MAX ((size_t)UINT32_MAX * 4)

typedef struct entry {
	const ak_git_pending_item *item;
	uint64_t offset;
	uint32_t crc;
} entry;

static int by_id(const void *a, const void *b)
{
	const entry *x = a, *y = b;

	return git_oid_cmp(&x->item->id, &y->item->id);
}

static int kind(const ak_git_pending_item *e)
{
	return e->type == GIT_OBJECT_COMMIT ? 0 : e->type == GIT_OBJECT_TREE ? 1 : 2;
}

/* Commits, trees, then records as they follow each other: they are read in that order. */
static int by_kind(const void *a, const void *b)
{
	const entry *x = a, *y = b;

	if (kind(x->item) != kind(y->item))
		return kind(x->item) - kind(y->item);
	return x->item < y->item ? -1 : x->item > y->item;
}

/* Every object once, in the order of the pack. */
static entry *list_entries(const ak_git_pending *p, size_t *n)
{
	entry *e = ak_mem_array(p->n, sizeof(*e));
	size_t kept = 0;

	if (e == NULL)
		return NULL;
	for (size_t i = 0; i < p->n; i++)
		e[i].item = &p->items[i];
	qsort(e, p->n, sizeof(*e), by_id);
	for (size_t i = 0; i < p->n; i++) {
		if (kept == 0 || !git_oid_equal(&e[kept - 1].item->id, &e[i].item->id))
			e[kept++] = e[i];
	}
	qsort(e, kept, sizeof(*e), by_kind);
	*n = kept;
	return e;
}

static ak_status add_be32(ak_buf *b, uint32_t v, ak_error *err)
{
	uint8_t bytes[4];

	ak_put_be32(bytes, v);
	return ak_buf_add(b, bytes, sizeof(bytes), err);
}

static ak_status add_be64(ak_buf *b, uint64_t v, ak_error *err)
{
	uint8_t bytes[8];

	ak_put_be64(bytes, v);
	return ak_buf_add(b, bytes, sizeof(bytes), err);
}

/* Three bits of type and four of the length, then seven at a time; the top bit says that more follow. */
static ak_status add_object_head(ak_buf *b, git_object_t type, size_t len, ak_error *err)
{
	uint8_t c = (uint8_t)((unsigned)type << 4 | (len & 15));
	ak_status st = AK_OK;

	for (len >>= 4; st == AK_OK && len != 0; len >>= 7) {
		st = ak_buf_add_byte(b, c | 0x80, err);
		c = len & 0x7f;
	}
	return st == AK_OK ? ak_buf_add_byte(b, c, err) : st;
}

static ak_status add_sum(ak_buf *b, ak_error *err)
{
	uint8_t sum[AK_SHA1_LEN];

	ak_sha1(ak_buf_span(b), sum);
	return ak_buf_add(b, sum, sizeof(sum), err);
}

static ak_status make_pack(entry *e, size_t n, ak_buf *b, ak_error *err)
{
	size_t want = PACK_HEAD + AK_SHA1_LEN;
	ak_status st;

	for (size_t i = 0; i < n; i++)
		want += e[i].item->bytes.len + e[i].item->bytes.len / 4096 + 64;
	st = ak_buf_reserve(b, want, err);
	if (st == AK_OK)
		st = ak_buf_add(b, "PACK\0\0\0\2", 8, err);
	if (st == AK_OK)
		st = add_be32(b, (uint32_t)n, err);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		const ak_git_pending_item *item = e[i].item;

		e[i].offset = b->len;
		st = add_object_head(b, item->type, item->bytes.len, err);
		if (st == AK_OK)
			st = ak_git_store_stream((ak_span){ 0 }, item->bytes, b, err);
		if (st == AK_OK)
			e[i].crc = (uint32_t)crc32_z(0, b->data + e[i].offset, b->len - (size_t)e[i].offset);
	}
	return st == AK_OK ? add_sum(b, err) : st;
}

static ak_status add_fan_out(const entry *e, size_t n, ak_buf *b, ak_error *err)
{
	ak_status st = AK_OK;
	size_t below = 0;

	for (unsigned first = 0; st == AK_OK && first < 256; first++) {
		while (below < n && e[below].item->id.id[0] <= first)
			below++;
		st = add_be32(b, (uint32_t)below, err);
	}
	return st;
}

static ak_status add_offsets(const entry *e, size_t n, ak_buf *b, ak_error *err)
{
	uint32_t wide = 0;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < n; i++) {
		if (e[i].offset <= NARROW_MAX)
			st = add_be32(b, (uint32_t)e[i].offset, err);
		else
			st = add_be32(b, UINT32_C(0x80000000) | wide++, err);
	}
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		if (e[i].offset > NARROW_MAX)
			st = add_be64(b, e[i].offset, err);
	}
	return st;
}

/* `pack` has its sum already; sorts the entries by name. */
static ak_status make_index(entry *e, size_t n, ak_span pack, ak_buf *b, ak_error *err)
{
	ak_status st;

	qsort(e, n, sizeof(*e), by_id);
	st = ak_buf_reserve(b, 8 + 256 * 4 + n * (AK_SHA1_LEN + 4 + 4) + 2 * AK_SHA1_LEN, err);
	if (st == AK_OK)
		st = ak_buf_add(b, "\377tOc\0\0\0\2", 8, err);
	if (st == AK_OK)
		st = add_fan_out(e, n, b, err);
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = ak_buf_add(b, e[i].item->id.id, GIT_OID_RAWSZ, err);
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = add_be32(b, e[i].crc, err);
	if (st == AK_OK)
		st = add_offsets(e, n, b, err);
	if (st == AK_OK)
		st = ak_buf_add(b, pack.data + pack.len - AK_SHA1_LEN, AK_SHA1_LEN, err);
	return st == AK_OK ? add_sum(b, err) : st;
}

/* Named by its bytes: when it is there already, a seal before this one got as far as that. */
static ak_status put_file(const ak_git *g, const char *sum, const char *ending, ak_span bytes, ak_error *err)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%sobjects/pack/pack-%s.%s", g->dir, sum, ending);

	if (n < 0 || (size_t)n >= sizeof(path))
		return ak_fail(err, AK_LIMIT, "git.pack", 0, "the path is too long");
	if (access(path, F_OK) == 0)
		return AK_OK;
	return ak_durable_create(path, bytes, FILE_MODE, err);
}

ak_status ak_git_write_pack(ak_git *g, const ak_git_pending *p, ak_error *err)
{
	char sum[2 * AK_SHA1_LEN + 1];
	git_oid name;
	ak_buf pack, index;
	size_t n = 0;
	entry *e = list_entries(p, &n);
	ak_status st;
	int rc;

	if (e == NULL)
		return ak_no_memory(err, "git.pack");
	ak_buf_init(&pack, PACK_MAX);
	ak_buf_init(&index, PACK_MAX);
	st = make_pack(e, n, &pack, err);
	if (st == AK_OK)
		st = make_index(e, n, ak_buf_span(&pack), &index, err);
	if (st != AK_OK)
		goto out;
	memcpy(name.id, pack.data + pack.len - AK_SHA1_LEN, AK_SHA1_LEN);
	git_oid_tostr(sum, sizeof(sum), &name);
	st = put_file(g, sum, "pack", ak_buf_span(&pack), err);
	if (st == AK_OK)
		st = put_file(g, sum, "idx", ak_buf_span(&index), err);
	if (st != AK_OK)
		goto out;
	rc = git_odb_refresh(g->odb);
	if (rc < 0)
		st = ak_git_fail(err, rc, "git.pack", sum);
out:
	ak_buf_clear(&pack);
	ak_buf_clear(&index);
	ak_mem_free(e);
	return st;
}
