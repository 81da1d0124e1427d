/* SPDX-License-Identifier: Apache-2.0 */
/* heads.h - heads of two histories of one ledger, and a memory that they are shown to (memory.h) */
#ifndef AK_TEST_VERIFY_HEADS_H
#define AK_TEST_VERIFY_HEADS_H

#include "verify/memory.h"

enum { HEADS_LEAVES = 40, HEADS_NOTE_ROOM = 512 };

/* Two histories, 0 and 1: they differ from the first leaf on. */
extern ak_digest heads_leaf[2][HEADS_LEAVES];

typedef struct head {
	ak_checkpoint c;
	char note[HEADS_NOTE_ROOM];
	ak_tree_since since;
} head;

int heads_setup(void **state); /* of a group of tests: before any other of these */
/* The root of the first n leaves. */
void heads_root(const ak_digest *l, size_t n, ak_digest *out);
/* The head of a history at `size`, with a proof from `from` when that is not 0. */
void heads_make(int history, size_t size, uint64_t from, head *h);
/* What a memory says to a head. */
ak_status heads_step(const ak_buf *memory, const head *h, ak_memory_answer *a, ak_error *err);
/* Show a head to a memory, which then is what it has become. */
ak_memory_outcome heads_see(ak_buf *memory, int history, size_t size, uint64_t from);
/* The size of the head that the memory holds. */
uint64_t heads_remembered(const ak_buf *memory);

#endif
