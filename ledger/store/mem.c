/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "base/fail.h"

#include <stdio.h>
#include <string.h>

/* One staged state.  States are never changed and never freed before the store is, so that
 * a head read earlier stays readable, as in git. */
typedef struct state {
	size_t parent; /* index into states, or SIZE_MAX */
	uint64_t first_seq;
	size_t n_records;
	ak_buf *records;
	ak_buf checkpoint;
} state;

struct ak_mem_store {
	state *states;
	size_t n, cap;
	size_t head; /* SIZE_MAX: never written */
};

static void state_clear(state *s)
{
	for (size_t i = 0; i < s->n_records; i++)
		ak_buf_clear(&s->records[i]);
	ak_mem_free(s->records);
	ak_buf_clear(&s->checkpoint);
}

ak_status ak_mem_store_open(ak_mem_store **out, ak_error *err)
{
	ak_mem_store *s = ak_mem_alloc(sizeof(*s));

	if (s == NULL)
		return ak_no_memory(err, "store");
	s->head = SIZE_MAX;
	*out = s;
	return AK_OK;
}

void ak_mem_store_free(ak_mem_store **s)
{
	if (s == NULL || *s == NULL)
		return;
	for (size_t i = 0; i < (*s)->n; i++)
		state_clear(&(*s)->states[i]);
	ak_mem_free((*s)->states);
	ak_mem_free(*s);
	*s = NULL;
}

static void format_id(size_t i, char id[AK_STORE_ID_MAX + 1])
{
	if (i == SIZE_MAX)
		id[0] = '\0';
	else
		(void)snprintf(id, AK_STORE_ID_MAX + 1, "state-%zu", i);
}

/* The state an id names; "" is the state before the first. */
static bool find_state(const ak_mem_store *s, const char *id, size_t *out)
{
	char have[AK_STORE_ID_MAX + 1];

	if (id[0] == '\0') {
		*out = SIZE_MAX;
		return true;
	}
	for (size_t i = s->n; i-- > 0;) {
		format_id(i, have);
		if (strcmp(have, id) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

static uint64_t size_of(const ak_mem_store *s, size_t i)
{
	return i == SIZE_MAX ? 0 : s->states[i].first_seq + s->states[i].n_records;
}

static ak_status mem_head(void *ctx, ak_head *out, ak_error *err)
{
	const ak_mem_store *s = ctx;
	ak_buf note;
	ak_status st;

	ak_buf_init(&note, AK_CHECKPOINT_MAX);
	if (s->head != SIZE_MAX) {
		st = ak_buf_add_span(&note, ak_buf_span(&s->states[s->head].checkpoint), err);
		if (st != AK_OK)
			return st;
	}
	format_id(s->head, out->id);
	out->checkpoint = note;
	return AK_OK;
}

static ak_status mem_record(void *ctx, const ak_head *at, uint64_t seq, ak_buf *out, ak_error *err)
{
	const ak_mem_store *s = ctx;
	size_t i;

	if (!find_state(s, at->id, &i))
		return ak_fail(err, AK_INVALID_ARGUMENT, "head.id", 0, "no such state: %s", at->id);
	for (; i != SIZE_MAX; i = s->states[i].parent) {
		const state *p = &s->states[i];

		if (seq >= p->first_seq && seq - p->first_seq < p->n_records)
			return ak_buf_add_span(out, ak_buf_span(&p->records[seq - p->first_seq]), err);
	}
	return ak_fail(err, AK_NOT_FOUND, "record", seq, "the ledger has no such record");
}

static ak_status copy_change(state *to, const ak_change *c, ak_error *err)
{
	ak_status st;

	ak_buf_init(&to->checkpoint, AK_CHECKPOINT_MAX);
	st = ak_buf_add_span(&to->checkpoint, c->checkpoint, err);
	if (st != AK_OK)
		return st;
	to->first_seq = c->first_seq;
	to->records = ak_mem_array(c->n_records, sizeof(*to->records));
	if (to->records == NULL)
		return ak_no_memory(err, "record");
	for (size_t i = 0; i < c->n_records; i++) {
		ak_buf_init(&to->records[i], AK_RECORD_MAX);
		to->n_records = i + 1;
		st = ak_buf_add_span(&to->records[i], c->records[i], err);
		if (st != AK_OK)
			return st;
	}
	return AK_OK;
}

static ak_status mem_stage(void *ctx, const ak_head *was, const ak_change *c,
                           char new_id[AK_STORE_ID_MAX + 1], ak_error *err)
{
	ak_mem_store *s = ctx;
	state fresh = { 0 };
	ak_status st;
	void *items = s->states;

	if (!find_state(s, was->id, &fresh.parent))
		return ak_fail(err, AK_INVALID_ARGUMENT, "head.id", 0, "no such state: %s", was->id);
	if (c->checkpoint.len == 0)
		return ak_fail(err, AK_INVALID_ARGUMENT, "change.checkpoint", 0, "no checkpoint");
	if (c->first_seq != size_of(s, fresh.parent))
		return ak_fail(err, AK_INVALID_ARGUMENT, "change.first_seq", c->first_seq,
		               "does not follow the last record");
	st = ak_mem_grow(&items, &s->cap, s->n + 1, sizeof(state), err);
	if (st != AK_OK)
		return st;
	s->states = items;
	st = copy_change(&fresh, c, err);
	if (st != AK_OK) {
		state_clear(&fresh);
		return st;
	}
	s->states[s->n] = fresh;
	format_id(s->n, new_id);
	s->n++;
	return AK_OK;
}

static ak_status mem_publish(void *ctx, const char *was_id, const char *new_id, ak_error *err)
{
	ak_mem_store *s = ctx;
	char head[AK_STORE_ID_MAX + 1];
	size_t i;

	format_id(s->head, head);
	if (strcmp(head, was_id) != 0)
		return ak_mismatch(err, AK_CONFLICT, "head", 0, was_id, head);
	if (!find_state(s, new_id, &i) || i == SIZE_MAX || s->states[i].parent != s->head)
		return ak_fail(err, AK_INVALID_ARGUMENT, "head.id", 0,
		               "not staged on top of the head: %s", new_id);
	s->head = i;
	return AK_OK;
}

ak_store ak_mem_store_port(ak_mem_store *s)
{
	static const ak_store_ops ops = { mem_head, mem_record, mem_stage, mem_publish };

	return (ak_store){ &ops, s };
}
