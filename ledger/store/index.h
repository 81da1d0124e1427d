/* SPDX-License-Identifier: Apache-2.0 */
/* index.h - a rebuildable SQLite cache beside the ledger (internal; SQLite behind this door)
 *
 * Holds what seal needs so that its cost does not grow with the ledger (tree nodes, map nodes, which record is
 * where) and what list and search need.  A cache: deleting it changes no answer; whoever reads it checks what it
 * says against the signed head, and rebuilds it when it differs.  A file that is not a healthy index of this
 * version is discarded and opened empty.  One writer at a time; journal mode WAL is not used (the cache must not
 * leave side files behind a crash that a reader cannot see past): journal_mode=TRUNCATE, synchronous=OFF.
 * A torn index after power loss must be detected on open (SQLite errors or the state row's own checksum) and
 * answered by an empty one.  Pages carry checksums; after a restart of the machine the file is read through once.
 */
#ifndef AK_STORE_INDEX_H
#define AK_STORE_INDEX_H

#include "chain/map.h"
#include "chain/tree.h"

typedef struct ak_index ak_index;

/* What the index believes about the ledger; written in the same transaction as everything else. */
typedef struct ak_index_state {
	uint64_t size;            /* records; 0: empty index   */
	char head_id[65];         /* store state it was built from (may be older than the head) */
	ak_digest last_record_id; /* record id of size-1       */
	int64_t last_time;        /* its header time           */
	ak_frontier frontier;
	ak_map_child map_top;
} ak_index_state;

AK_MUST_USE ak_status ak_index_open(const char *path, bool read_only, ak_index **out, ak_error *err);
void ak_index_free(ak_index **x);
/* Everything is put between begin and commit or rollback.  A failed commit leaves the transaction open: roll it
 * back.  `s` NULL: the state stays as it is (for entries of the search).  Else its size must be that of the records
 * put (AK_INVALID_ARGUMENT).  Another writer for three seconds: AK_LOCKED.  A damaged file met later than at open:
 * AK_IO, and ak_index_reset makes it empty and whole.  Not for several threads at once. */
AK_MUST_USE ak_status ak_index_begin(ak_index *x, ak_error *err);
AK_MUST_USE ak_status ak_index_commit(ak_index *x, const ak_index_state *s, ak_error *err);
void ak_index_rollback(ak_index *x);
AK_MUST_USE ak_status ak_index_reset(ak_index *x, ak_error *err); /* empty it */
/* From now on every read sees the index as it is now, whatever other processes write, until the next begin, reset, release or
 * free.  *out is its state at that moment. */
AK_MUST_USE ak_status ak_index_hold(ak_index *x, ak_index_state *out, ak_error *err);
void ak_index_release(ak_index *x);
AK_MUST_USE ak_status ak_index_get_state(ak_index *x, ak_index_state *out, ak_error *err);

typedef struct ak_index_record {
	uint64_t seq;
	ak_digest id, statement, signatures;
	int64_t time;
	char type[64], scheme[64];
} ak_index_record;
AK_MUST_USE ak_status ak_index_put_record(ak_index *x, const ak_index_record *r, ak_error *err);
AK_MUST_USE ak_status ak_index_put_about(ak_index *x, uint64_t seq, ak_span subject, ak_error *err);
/* AK_NOT_FOUND when absent. */
AK_MUST_USE ak_status ak_index_by_id(ak_index *x, const ak_digest *id, uint64_t *seq, ak_error *err);
AK_MUST_USE ak_status ak_index_by_statement(ak_index *x, const ak_digest *statement, uint64_t *seq, ak_error *err);
AK_MUST_USE ak_status ak_index_by_seq(ak_index *x, uint64_t seq, ak_index_record *out, ak_error *err);
/* All seqs about a subject, ascending; array owned by the caller (ak_mem_free). */
AK_MUST_USE ak_status ak_index_about(ak_index *x, ak_span subject, uint64_t **seqs, size_t *n, ak_error *err);
/* The same of all subjects of this name, whatever their scheme and kind.  Looks at every subject of every record. */
AK_MUST_USE ak_status ak_index_called(ak_index *x, ak_span name, uint64_t **seqs, size_t *n, ak_error *err);
/* Newest seq about a subject, or AK_NOT_FOUND. */
AK_MUST_USE ak_status ak_index_newest(ak_index *x, ak_span subject, uint64_t *seq, ak_error *err);
/* Seqs of all records of a type, ascending; as above. */
AK_MUST_USE ak_status ak_index_of_type(ak_index *x, const char *type, uint64_t **seqs, size_t *n, ak_error *err);

/* Tree nodes (complete subtrees) and map nodes: sink and source for chain/. ctx is the ak_index. */
ak_tree_sink ak_index_tree_sink(ak_index *x);     /* stores levels >= 0 */
ak_tree_source ak_index_tree_source(ak_index *x);
ak_map_source ak_index_map_source(ak_index *x);
ak_map_flush_fn ak_index_map_flush;               /* ctx: ak_index * */

/* Search: one row per record that people look for.  Filled lazily by list and search: `searched` counts records
 * already entered, by a program of that name (a digest of what its rows depend on): those of another count as none.  Text is matched by FTS5 trigram; queries under three characters fall back to a scan. */
typedef struct ak_index_entry {
	uint64_t seq;
	const char *type, *subject;                       /* subject: first subject id */
	const char *title;                                /* one line for people       */
	const char *text;                                 /* everything searchable     */
	const char *json;                                 /* row for list --json       */
} ak_index_entry;
AK_MUST_USE ak_status ak_index_searched(ak_index *x, const ak_digest *by, uint64_t *seq, ak_error *err);
/* Putting an entry again replaces it. */
AK_MUST_USE ak_status ak_index_put_entry(ak_index *x, const ak_index_entry *e, ak_error *err);
AK_MUST_USE ak_status ak_index_set_searched(ak_index *x, uint64_t seq, const ak_digest *by, ak_error *err);
typedef ak_status ak_index_entry_fn(void *ctx, const ak_index_entry *e, ak_error *err);
/* query NULL: all; type NULL: any.  Ascending seq.  limit 0: no limit.  Words apart by white space (U+3000 too)
 * must all be found.  AK_INVALID_ARGUMENT: not UTF-8; AK_LIMIT: over 4096 bytes or 16 words. */
AK_MUST_USE ak_status ak_index_search(ak_index *x, const char *query, const char *type, size_t limit,
                                      ak_index_entry_fn *fn, void *ctx, ak_error *err);

#endif
