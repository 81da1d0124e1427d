/* SPDX-License-Identifier: Apache-2.0 */
/* The state row, and the question whether an index that lies there can be believed.
 *
 *     "AKIX" be64 size  be64 record time  32 last record id  65 head id  65 boot id
 *     64 * 32 frontier  map top (kind, hash, key, be64 count, chain)  be64 rows of about  be64 checksum
 *
 * Nothing is synced to disk.  As long as the machine runs that does no harm: the kernel shows every process what
 * was written, and the journal undoes what a dead one left half done.  A power cut may keep some pages and lose
 * others, each sound in itself.  So the row says in which run of the machine (the kernel's boot id) the index was
 * written last, and one that was written in another run is read through once before it is believed.
 */
#include "store/index_internal.h"

#include "base/fail.h"
#include "store/durable.h"

#include <stdio.h>
#include <string.h>

enum {
	AT_SIZE = 4,
	AT_TIME = 12,
	AT_RECORD = 20,
	AT_HEAD = 52,
	AT_BOOT = 117,
	AT_FRONTIER = 182,
	AT_TOP = AT_FRONTIER + AK_TREE_LEVELS * AK_DIGEST_LEN,
	AT_ABOUT = AT_TOP + 1 + 32 + 32 + 8 + 32,
	AT_SUM = AT_ABOUT + 8,
	ROW_LEN = AT_SUM + 8,
	TEXT_LEN = 65,
};

/* Empty where the kernel does not tell: then only checksums protect. */
static void boot_id(char out[TEXT_LEN])
{
	ak_buf b;

	ak_buf_init(&b, TEXT_LEN - 1);
	memset(out, 0, TEXT_LEN);
	if (ak_durable_read("/proc/sys/kernel/random/boot_id", TEXT_LEN - 1, &b, NULL) == AK_OK)
		memcpy(out, b.data, b.len);
	ak_buf_clear(&b);
}

static void pack_state(const ak_index_state *s, uint64_t n_about, uint8_t row[ROW_LEN])
{
	const ak_map_child *top = &s->map_top;
	char boot[TEXT_LEN];
	uint8_t *p = row + AT_TOP;

	boot_id(boot);
	memset(row, 0, ROW_LEN);
	memcpy(row, "AKIX", 4);
	ak_put_be64(row + AT_SIZE, s->size);
	ak_put_be64(row + AT_TIME, (uint64_t)s->last_time);
	memcpy(row + AT_RECORD, s->last_record_id.b, AK_DIGEST_LEN);
	memcpy(row + AT_HEAD, s->head_id, strnlen(s->head_id, TEXT_LEN - 1));
	memcpy(row + AT_BOOT, boot, TEXT_LEN);
	/* Only the levels that the size uses mean anything. */
	for (size_t i = 0; i < AK_TREE_LEVELS; i++) {
		if (s->frontier.size >> i & 1)
			memcpy(row + AT_FRONTIER + i * AK_DIGEST_LEN, s->frontier.node[i].b, AK_DIGEST_LEN);
	}
	*p = (uint8_t)top->kind;
	memcpy(p + 1, top->hash.b, AK_DIGEST_LEN);
	memcpy(p + 33, top->key.b, AK_DIGEST_LEN);
	ak_put_be64(p + 65, top->entry.count);
	memcpy(p + 73, top->entry.chain.b, AK_DIGEST_LEN);
	ak_put_be64(row + AT_ABOUT, n_about);
	ak_put_be64(row + AT_SUM, ak_index_sum(row, AT_SUM, AK_INDEX_VERSION));
}

/* What the row says beside the state. */
typedef struct extra {
	char boot[TEXT_LEN];
	uint64_t n_about;
} extra;

static bool unpack_state(const uint8_t *row, size_t len, ak_index_state *out, extra *e)
{
	ak_index_state s = { 0 };
	const uint8_t *p = row + AT_TOP;

	if (len != ROW_LEN || memcmp(row, "AKIX", 4) != 0 ||
	    ak_get_be64(row + AT_SUM) != ak_index_sum(row, AT_SUM, AK_INDEX_VERSION) || *p > AK_MAP_INNER)
		return false;
	s.size = ak_get_be64(row + AT_SIZE);
	s.last_time = (int64_t)ak_get_be64(row + AT_TIME);
	memcpy(s.last_record_id.b, row + AT_RECORD, AK_DIGEST_LEN);
	memcpy(s.head_id, row + AT_HEAD, TEXT_LEN - 1);
	memcpy(e->boot, row + AT_BOOT, TEXT_LEN);
	e->n_about = ak_get_be64(row + AT_ABOUT);
	s.frontier.size = s.size;
	for (size_t i = 0; i < AK_TREE_LEVELS; i++)
		memcpy(s.frontier.node[i].b, row + AT_FRONTIER + i * AK_DIGEST_LEN, AK_DIGEST_LEN);
	s.map_top.kind = (ak_map_child_kind)*p;
	memcpy(s.map_top.hash.b, p + 1, AK_DIGEST_LEN);
	memcpy(s.map_top.key.b, p + 33, AK_DIGEST_LEN);
	s.map_top.entry.count = ak_get_be64(p + 65);
	memcpy(s.map_top.entry.chain.b, p + 73, AK_DIGEST_LEN);
	*out = s;
	return true;
}

/* Without a row: the state of an empty index. */
static ak_status read_state(ak_index *x, ak_index_state *out, extra *e, ak_error *err)
{
	ak_index_state empty = { 0 };
	sqlite3_stmt *s = NULL;
	bool row = false;
	ak_status st = ak_index_stmt(x, AK_SQL_GET_STATE, &s, err);

	if (st != AK_OK)
		return st;
	st = ak_index_row(x, s, &row, "index.state", err);
	if (st == AK_OK && !row) {
		*out = empty;
		boot_id(e->boot);
		e->n_about = 0;
	} else if (st == AK_OK) {
		const uint8_t *v = sqlite3_column_blob(s, 0);
		size_t len = (size_t)sqlite3_column_bytes(s, 0);

		if (v == NULL || !unpack_state(v, len, out, e))
			st = ak_index_damaged(err, "index.state");
	}
	(void)sqlite3_reset(s);
	return st;
}

ak_status ak_index_get_state(ak_index *x, ak_index_state *out, ak_error *err)
{
	extra e;

	return read_state(x, out, &e, err);
}

ak_status ak_index_load_counts(ak_index *x, ak_error *err)
{
	ak_index_state s;
	extra e = { 0 };
	ak_status st = read_state(x, &s, &e, err);

	if (st == AK_OK)
		x->n_about = e.n_about;
	return st;
}

/* How many records there are, going by the newest. */
static ak_status last_record(ak_index *x, uint64_t *size, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	bool row = false;
	ak_status st = ak_index_stmt(x, AK_SQL_LAST, &s, err);

	if (st != AK_OK)
		return st;
	st = ak_index_row(x, s, &row, "index.record", err);
	if (st == AK_OK)
		*size = !row || sqlite3_column_type(s, 0) == SQLITE_NULL
		                ? 0
		                : (uint64_t)sqlite3_column_int64(s, 0) + 1;
	(void)sqlite3_reset(s);
	return st;
}

ak_status ak_index_put_state(ak_index *x, const ak_index_state *state, ak_error *err)
{
	uint8_t row[ROW_LEN];
	sqlite3_stmt *s = NULL;
	uint64_t size = 0;
	ak_status st = last_record(x, &size, err);

	if (st == AK_OK && (size != state->size || state->frontier.size != state->size))
		return ak_fail(err, AK_INVALID_ARGUMENT, "index.state", size, "size is not that of the records put");
	if (st == AK_OK)
		st = ak_index_stmt(x, AK_SQL_PUT_STATE, &s, err);
	if (st != AK_OK)
		return st;
	pack_state(state, x->n_about, row);
	if (sqlite3_bind_blob(s, 1, row, ROW_LEN, SQLITE_STATIC) != SQLITE_OK)
		return ak_no_memory(err, "index.state");
	st = ak_index_run(x, s, "index.state", err);
	(void)sqlite3_clear_bindings(s);
	return st;
}

/* One value from a query of this file's own. */
static ak_status ask(ak_index *x, const char *sql, bool *is_ok, uint64_t *n, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	bool row = false;
	const unsigned char *text;
	ak_status st;
	int rc = sqlite3_prepare_v2(x->db, sql, -1, &s, NULL);

	if (rc != SQLITE_OK)
		return ak_index_fail(x, rc, "index", err);
	st = ak_index_row(x, s, &row, "index", err);
	if (st == AK_OK && row) {
		*n = (uint64_t)sqlite3_column_int64(s, 0);
		text = sqlite3_column_text(s, 0);
		*is_ok = text != NULL && strcmp((const char *)text, "ok") == 0;
	}
	(void)sqlite3_finalize(s);
	return st;
}

/* Leaves and inner nodes of the complete subtrees of n leaves. */
static uint64_t tree_nodes(uint64_t n)
{
	uint64_t sum = 0;

	for (; n != 0; n >>= 1)
		sum += n;
	return sum;
}

/* Pages of different ages: rows are missing, or the trees do not fit together. */
static ak_status read_through(ak_index *x, const ak_index_state *state, ak_error *err)
{
	uint64_t records = 0, nodes = 0, about = 0, none;
	bool sound = false, unused;
	ak_status st = ask(x, "PRAGMA integrity_check(1)", &sound, &none, err);

	if (st == AK_OK)
		st = ask(x, "SELECT count(*) FROM record", &unused, &records, err);
	if (st == AK_OK)
		st = ask(x, "SELECT count(*) FROM tree", &unused, &nodes, err);
	if (st == AK_OK)
		st = ask(x, "SELECT count(*) FROM about", &unused, &about, err);
	if (st == AK_OK && (!sound || about != x->n_about || records != state->size ||
	                    (nodes != 0 && nodes != tree_nodes(state->size))))
		st = ak_index_damaged(err, "index");
	return st;
}

ak_status ak_index_check(ak_index *x, ak_error *err)
{
	ak_index_state state;
	extra then = { 0 };
	char now[TEXT_LEN];
	uint64_t size = 0;
	ak_status st = read_state(x, &state, &then, err);

	x->n_about = then.n_about;
	if (st == AK_OK)
		st = last_record(x, &size, err);
	if (st == AK_OK && size != state.size)
		st = ak_index_damaged(err, "index.state");
	boot_id(now);
	if (st == AK_OK && memcmp(then.boot, now, TEXT_LEN) != 0) {
		st = read_through(x, &state, err);
		/* Said once, so that the next to open it need not look again. */
		if (st == AK_OK && !x->read_only)
			st = ak_index_put_state(x, &state, err);
	}
	return st;
}
