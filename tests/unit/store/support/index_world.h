/* SPDX-License-Identifier: Apache-2.0 */
/* index_world.h - a ledger small enough to be asked about completely, and the folder its index lies in.
 * Include after cmocka.h. */
#ifndef TEST_INDEX_WORLD_H
#define TEST_INDEX_WORLD_H

#include "store/index_internal.h"

enum { RECORDS = 60, SUBJECTS = 7 };

typedef struct world {
	char dir[64], path[96];
	ak_index *x;
	ak_frontier frontier;
	ak_map *map;
} world;

/* Fail the test unless `st` is AK_OK. */
void must(ak_status st, const ak_error *err);

void world_open(world *w);
void world_close(world *w);

/* Open the index of the world, closing the one that was open. */
void open_index(world *w);

ak_digest digest_of(const char *kind, uint64_t n);
ak_index_record record_of(uint64_t seq);
void subject_of(uint64_t n, char out[32]);
ak_index_state state_of(world *w);

/* Append `n` records, in one transaction. */
void append(world *w, size_t n);

/* A row of the words of record `seq`, within a transaction that is open. */
void put_text(world *w, uint64_t seq, const char *type, const char *title, const char *text);

/* Open the index and lay RECORDS records and 20 rows of words in it. */
void fill(world *w);

/* Every answer of the index, as one digest: equal digests mean equal answers. */
ak_status ask_all(ak_index *x, ak_digest *out, uint64_t *size, ak_error *err);

#endif
