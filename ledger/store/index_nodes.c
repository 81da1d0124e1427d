/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes of the tree and of the subject map.
 *
 * A tree node's key is its level in the top byte and its index below.
 *
 * A map node's name is: the number of its band of six depths, the prefix as far as the top of that band, the depth
 * in two bytes, the prefix as far as the depth.  So the nodes that change together, those on the way to one
 * subject, lie together in a page or two, and not one in each region of the table.  Its value is its two children,
 * one after the other: a kind byte, then for LEAF and INNER the hash, then for LEAF key, be64 count and chain. */
#include "store/index_internal.h"

#include "base/fail.h"

#include <string.h>

enum { BAND = 6, NAME_MAX_LEN = 1 + AK_DIGEST_LEN + 2 + AK_DIGEST_LEN, NODE_MAX = 2 * (1 + 3 * AK_DIGEST_LEN + 8) };

static ak_status tree_key(unsigned level, uint64_t index, sqlite3_int64 *out, ak_error *err)
{
	if (level >= AK_TREE_LEVELS || index >> 56 != 0)
		return ak_fail(err, AK_LIMIT, "index.tree", index, "level %u is out of range", level);
	*out = (sqlite3_int64)((uint64_t)level << 56 | index);
	return AK_OK;
}

static ak_status tree_seen(void *ctx, unsigned level, uint64_t index, const ak_digest *hash, ak_error *err)
{
	ak_index *x = ctx;
	sqlite3_stmt *s = NULL;
	sqlite3_int64 key = 0;
	ak_status st = tree_key(level, index, &key, err);

	if (st == AK_OK)
		st = ak_index_stmt(x, AK_SQL_PUT_TREE, &s, err);
	if (st != AK_OK)
		return st;
	if (sqlite3_bind_int64(s, 1, key) != SQLITE_OK ||
	    sqlite3_bind_blob(s, 2, hash->b, AK_DIGEST_LEN, SQLITE_STATIC) != SQLITE_OK)
		return ak_no_memory(err, "index.tree");
	return ak_index_run(x, s, "index.tree", err);
}

static ak_status tree_node(void *ctx, unsigned level, uint64_t index, ak_digest *out, ak_error *err)
{
	ak_index *x = ctx;
	sqlite3_stmt *s = NULL;
	sqlite3_int64 key = 0;
	bool row = false;
	ak_status st = tree_key(level, index, &key, err);

	if (st == AK_OK)
		st = ak_index_stmt(x, AK_SQL_GET_TREE, &s, err);
	if (st != AK_OK)
		return st;
	if (sqlite3_bind_int64(s, 1, key) != SQLITE_OK)
		return ak_no_memory(err, "index.tree");
	st = ak_index_row(x, s, &row, "index.tree", err);
	if (st == AK_OK && !row)
		st = ak_fail(err, AK_NOT_FOUND, "index.tree", index, "no node at level %u", level);
	if (st == AK_OK && sqlite3_column_bytes(s, 0) != AK_DIGEST_LEN)
		st = ak_index_damaged(err, "index.tree");
	if (st == AK_OK)
		memcpy(out->b, sqlite3_column_blob(s, 0), AK_DIGEST_LEN);
	(void)sqlite3_reset(s);
	return st;
}

ak_tree_sink ak_index_tree_sink(ak_index *x)
{
	return (ak_tree_sink){ tree_seen, x };
}

ak_tree_source ak_index_tree_source(ak_index *x)
{
	return (ak_tree_source){ tree_node, x };
}

static ak_status map_name(unsigned depth, const ak_digest *prefix, uint8_t out[NAME_MAX_LEN], size_t *len,
                          ak_error *err)
{
	unsigned top = depth / BAND * BAND;
	size_t n = (top + 7) / 8, bytes = (depth + 7) / 8;

	if (depth > AK_MAP_DEPTH_MAX)
		return ak_fail(err, AK_LIMIT, "index.map", depth, "depth is out of range");
	out[0] = (uint8_t)(depth / BAND);
	memcpy(out + 1, prefix->b, n);
	if (top % 8 != 0)
		out[n] &= (uint8_t)(0xff00u >> top % 8);
	out[n + 1] = (uint8_t)(depth >> 8);
	out[n + 2] = (uint8_t)(depth & 255);
	memcpy(out + n + 3, prefix->b, bytes);
	*len = n + 3 + bytes;
	return AK_OK;
}

static size_t put_child(const ak_map_child *c, uint8_t *p)
{
	p[0] = (uint8_t)c->kind;
	if (c->kind == AK_MAP_EMPTY)
		return 1;
	memcpy(p + 1, c->hash.b, AK_DIGEST_LEN);
	if (c->kind == AK_MAP_INNER)
		return 33;
	memcpy(p + 33, c->key.b, AK_DIGEST_LEN);
	ak_put_be64(p + 65, c->entry.count);
	memcpy(p + 73, c->entry.chain.b, AK_DIGEST_LEN);
	return 105;
}

/* How many bytes of p the child takes; 0: malformed. */
static size_t get_child(const uint8_t *p, size_t len, ak_map_child *out)
{
	static const size_t sizes[] = { [AK_MAP_EMPTY] = 1, [AK_MAP_LEAF] = 105, [AK_MAP_INNER] = 33 };
	ak_map_child c = { 0 };

	if (len == 0 || p[0] > AK_MAP_INNER || len < sizes[p[0]])
		return 0;
	c.kind = (ak_map_child_kind)p[0];
	if (c.kind != AK_MAP_EMPTY)
		memcpy(c.hash.b, p + 1, AK_DIGEST_LEN);
	if (c.kind == AK_MAP_LEAF) {
		memcpy(c.key.b, p + 33, AK_DIGEST_LEN);
		c.entry.count = ak_get_be64(p + 65);
		memcpy(c.entry.chain.b, p + 73, AK_DIGEST_LEN);
	}
	*out = c;
	return sizes[p[0]];
}

ak_status ak_index_map_flush(void *ctx, unsigned depth, const ak_digest *prefix, const ak_map_node *node,
                             ak_error *err)
{
	ak_index *x = ctx;
	uint8_t name[NAME_MAX_LEN], value[NODE_MAX];
	sqlite3_stmt *s = NULL;
	size_t len = 0, n;
	ak_status st = map_name(depth, prefix, name, &len, err);

	if (st == AK_OK)
		st = ak_index_stmt(x, AK_SQL_PUT_MAP, &s, err);
	if (st != AK_OK)
		return st;
	n = put_child(&node->child[0], value);
	n += put_child(&node->child[1], value + n);
	if (sqlite3_bind_blob(s, 1, name, (int)len, SQLITE_STATIC) != SQLITE_OK ||
	    sqlite3_bind_blob(s, 2, value, (int)n, SQLITE_STATIC) != SQLITE_OK)
		return ak_no_memory(err, "index.map");
	return ak_index_run(x, s, "index.map", err);
}

static ak_status map_node(void *ctx, unsigned depth, const ak_digest *prefix, ak_map_node *out, ak_error *err)
{
	ak_index *x = ctx;
	uint8_t name[NAME_MAX_LEN];
	ak_map_node node = { 0 };
	sqlite3_stmt *s = NULL;
	size_t len = 0;
	bool row = false;
	ak_status st = map_name(depth, prefix, name, &len, err);

	if (st == AK_OK)
		st = ak_index_stmt(x, AK_SQL_GET_MAP, &s, err);
	if (st != AK_OK)
		return st;
	if (sqlite3_bind_blob(s, 1, name, (int)len, SQLITE_STATIC) != SQLITE_OK)
		return ak_no_memory(err, "index.map");
	st = ak_index_row(x, s, &row, "index.map", err);
	if (st == AK_OK && !row)
		st = ak_fail(err, AK_NOT_FOUND, "index.map", depth, "no such node");
	if (st == AK_OK) {
		const uint8_t *v = sqlite3_column_blob(s, 0);
		size_t have = v == NULL ? 0 : (size_t)sqlite3_column_bytes(s, 0);
		size_t a = get_child(v, have, &node.child[0]);
		size_t b = a == 0 ? 0 : get_child(v + a, have - a, &node.child[1]);

		if (b == 0 || a + b != have)
			st = ak_index_damaged(err, "index.map");
	}
	(void)sqlite3_reset(s);
	if (st == AK_OK)
		*out = node;
	return st;
}

ak_map_source ak_index_map_source(ak_index *x)
{
	return (ak_map_source){ map_node, x };
}
