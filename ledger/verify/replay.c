/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/replay.h"

#include "base/fail.h"
#include "base/strmap.h"
#include "base/text.h"
#include "chain/map.h"
#include "crypto/hash.h"
#include "verify/admit.h"
#include "verify/erased.h"

#include <inttypes.h>
#include <string.h>

/* Tables are keyed by the first half of digests: 128 bits of SHA-256 are beyond finding a collision. */
enum { SHORT_KEY = 16 };

/* Roots of earlier trees are made from the leaves since the last of the frontiers that are kept. */
enum { MARK_EVERY = 256 };

struct ak_replay {
	ak_replay_options o;
	char origin[AK_ORIGIN_MAX + 1];
	ak_frontier frontier;
	ak_frontier *mark;  /* mark[i]: at MARK_EVERY * i records */
	ak_digest *leaf;    /* by seq */
	size_t cap_marks, cap_leaves;
	ak_map *map;
	ak_authority *authority;
	ak_strmap ids, statements, newest; /* record id, statement, subject key -> seq */
	ak_digest genesis, last_id;
	int64_t last_time;
	ak_past past;
	uint32_t *standing;      /* by seq: VOID, ROOT, or FIRST_PARTY + number of the party */
	size_t cap_standing;
	ak_strmap party_number;
	ak_buf party_names;      /* NUL-ended, in order of their numbers */
	ak_gaps gaps;            /* erased records met so far */
};

enum { VOID, ROOT, FIRST_PARTY };

static ak_span short_key(const ak_digest *d)
{
	return (ak_span){ d->b, SHORT_KEY };
}

static ak_status look_up(const ak_strmap *m, const ak_digest *key, uint64_t *seq, ak_error *err)
{
	if (ak_strmap_get(m, short_key(key), seq))
		return AK_OK;
	return ak_fail(err, AK_NOT_FOUND, "replay", 0, "not in the ledger so far");
}

static ak_status past_seq_of(void *ctx, const ak_digest *id, uint64_t *seq, ak_error *err)
{
	return look_up(&((ak_replay *)ctx)->ids, id, seq, err);
}

static ak_status past_statement(void *ctx, const ak_digest *d, uint64_t *seq, ak_error *err)
{
	return look_up(&((ak_replay *)ctx)->statements, d, seq, err);
}

static ak_status past_newest(void *ctx, ak_span subject, uint64_t *seq, ak_error *err)
{
	ak_digest key;

	ak_map_key(subject, &key);
	return look_up(&((ak_replay *)ctx)->newest, &key, seq, err);
}

ak_status ak_replay_open(const ak_replay_options *o, ak_replay **out, ak_error *err)
{
	ak_replay *r = ak_mem_alloc(sizeof(*r));
	ak_map_child top = { .kind = AK_MAP_EMPTY };
	ak_status st;

	if (r == NULL)
		return ak_no_memory(err, "replay");
	if (strlen(o->origin) > AK_ORIGIN_MAX) {
		ak_mem_free(r);
		return ak_fail(err, AK_INVALID_ARGUMENT, "replay.origin", 0, "too long");
	}
	r->o = *o;
	memcpy(r->origin, o->origin, strlen(o->origin) + 1);
	r->o.origin = r->origin;
	ak_strmap_init(&r->ids, 11);
	ak_strmap_init(&r->statements, 12);
	ak_strmap_init(&r->newest, 13);
	ak_strmap_init(&r->party_number, 14);
	ak_buf_init(&r->party_names, 64 * 1024 * 1024);
	r->past = (ak_past){ past_seq_of, past_statement, past_newest, r };
	st = ak_map_open(&top, NULL, &r->map, err);
	if (st == AK_OK)
		st = ak_authority_open(o->core, &o->hooks, &r->authority, err);
	if (st != AK_OK)
		ak_replay_free(&r);
	else
		*out = r;
	return st;
}

void ak_replay_free(ak_replay **pr)
{
	ak_replay *r = *pr;

	if (r == NULL)
		return;
	ak_map_free(&r->map);
	ak_authority_free(&r->authority);
	ak_strmap_clear(&r->ids);
	ak_strmap_clear(&r->statements);
	ak_strmap_clear(&r->newest);
	ak_strmap_clear(&r->party_number);
	ak_buf_clear(&r->party_names);
	ak_gaps_clear(&r->gaps);
	ak_mem_free(r->standing);
	ak_mem_free(r->mark);
	ak_mem_free(r->leaf);
	ak_mem_free(r);
	*pr = NULL;
}

static ak_status check_chain(const ak_replay *r, const ak_sealed *rec, ak_error *err)
{
	const ak_header *h = &rec->header;

	if (h->seq != r->frontier.size)
		return ak_fail(err, AK_CHAIN_BROKEN, "header.seq", r->frontier.size,
		               "expected %" PRIu64 ", found %" PRIu64, r->frontier.size, h->seq);
	if (!ak_digest_eq(&h->prev, &r->last_id))
		return ak_digest_mismatch(err, AK_CHAIN_BROKEN, "header.prev", h->seq, &r->last_id,
		                          &h->prev);
	if (h->time < r->last_time)
		return ak_fail(err, AK_CLOCK, "header.time", h->seq,
		               "is before the time of the record before it");
	if (h->seq == 0 && r->o.genesis != NULL && !ak_digest_eq(&rec->id, r->o.genesis))
		return ak_digest_mismatch(err, AK_WRONG_LEDGER, "genesis", 0, r->o.genesis, &rec->id);
	return AK_OK;
}

static ak_status update_map(ak_replay *r, const ak_sealed *rec, ak_error *err)
{
	const ak_header *h = &rec->header;
	ak_digest root;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_statement_n_about(&rec->statement); i++) {
		ak_map_entry e = { 0 };
		ak_digest key;
		bool found = false;

		ak_map_key(ak_statement_about(&rec->statement, i), &key);
		st = ak_map_get(r->map, &key, &e, &found, err);
		if (st != AK_OK)
			return st;
		if (!found)
			e = (ak_map_entry){ 0 };
		e.count++;
		ak_map_chain_step(&e.chain, h->seq, h->time, &h->statement, &h->signatures);
		st = ak_map_put(r->map, &key, &e, err);
		if (st == AK_OK)
			st = ak_strmap_put(&r->newest, short_key(&key), h->seq, err);
	}
	if (st != AK_OK)
		return st;
	ak_map_root(r->map, &root);
	if (!ak_digest_eq(&root, &h->subjects))
		return ak_digest_mismatch(err, AK_MAP_MISMATCH, "header.subjects", h->seq, &root,
		                          &h->subjects);
	return AK_OK;
}

/* A statement that may not stand here.  Wrong subjects and repeats are fatal: the map would prove something
 * else than the body says.  Everything else makes the record void: *why is filled and AK_OK is returned. */
static ak_status check_statement(ak_replay *r, const ak_sealed *rec, ak_error *why, ak_error *err)
{
	const ak_json *type = NULL;
	ak_place at = {
		.origin = r->origin,
		.genesis = r->genesis,
		.seq = rec->header.seq,
		.time = rec->header.time,
		.core = r->o.core,
		.profile = ak_authority_profile(r->authority, rec->statement.scheme),
		.past = &r->past,
	};
	ak_error no = { 0 };
	uint64_t before = 0;
	ak_status st;

	/* Whatever else is wrong with it: a statement stands once. */
	if (ak_strmap_get(&r->statements, short_key(&rec->header.statement), &before))
		return ak_fail(err, AK_REPEATED, "statement", at.seq, "the same statement is record #%" PRIu64, before);
	if (rec->erased) {
		(void)ak_erased_why(rec, why);
		return AK_OK;
	}
	st = ak_admit_type(&at, &rec->statement, &type, &no);
	if (st == AK_OK)
		st = ak_about_check(type, &rec->statement, err);
	if (ak_status_class(st) == AK_CLASS_REJECT && st != AK_UNKNOWN_TYPE)
		return st;
	if (st == AK_OK)
		st = ak_admit_binding(&at, rec, &no);
	if (st == AK_OK)
		st = ak_admit_content(&at, rec, type, &no);
	if (ak_status_class(st) == AK_CLASS_UNKNOWN) {
		if (err != NULL)
			*err = no;
		return st;
	}
	if (st != AK_OK) /* lookups that found nothing have written to `no` too: only the outcome counts */
		*why = no;
	return AK_OK;
}

static bool gives_meaning(ak_span type)
{
	return ak_type_of_chain(type) || ak_span_is(type, "profile");
}

static ak_status judge(ak_replay *r, ak_sealed *rec, const ak_error *why, ak_judgement *j, ak_error *err)
{
	uint64_t seq = rec->header.seq;
	ak_status st;

	if (why->status != AK_OK) {
		j->authorised = false;
		j->why = *why;
		return AK_OK;
	}
	/* Without signatures keysets and profiles still take effect: they give meaning to what follows. */
	j->authorised = true;
	if (r->o.skip_signatures)
		return gives_meaning(rec->statement.type)
			? ak_authority_apply(r->authority, rec, seq, j, err) : AK_OK;
	st = ak_authority_judge(r->authority, rec, seq, j, err);
	if (st == AK_OK)
		st = ak_authority_apply(r->authority, rec, seq, j, err);
	return st;
}

/* Remember how the record stands, for those that speak of it later. */
static ak_status note_standing(ak_replay *r, uint64_t seq, const ak_judgement *j, ak_error *err)
{
	uint64_t number;
	ak_status st = ak_mem_grow((void **)&r->standing, &r->cap_standing, (size_t)seq + 1, sizeof(*r->standing), err);

	if (st != AK_OK)
		return st;
	r->standing[seq] = j->authorised ? ROOT : VOID;
	if (!j->authorised || j->party[0] == '\0')
		return AK_OK;
	if (!ak_strmap_get(&r->party_number, ak_span_str(j->party), &number)) {
		number = r->party_names.len;
		st = ak_buf_add(&r->party_names, j->party, strlen(j->party) + 1, err);
		if (st == AK_OK)
			st = ak_strmap_put(&r->party_number, ak_span_str(j->party), number, err);
	}
	if (st == AK_OK)
		r->standing[seq] = FIRST_PARTY + (uint32_t)number; /* where its name begins */
	return st;
}

static ak_status keep_leaf(ak_replay *r, const ak_sealed *rec, ak_error *err)
{
	const size_t seq = (size_t)rec->header.seq, mark = seq / MARK_EVERY;
	ak_status st = ak_mem_grow((void **)&r->leaf, &r->cap_leaves, seq + 1, sizeof(*r->leaf), err);

	if (st == AK_OK && seq % MARK_EVERY == 0) {
		st = ak_mem_grow((void **)&r->mark, &r->cap_marks, mark + 1, sizeof(*r->mark), err);
		if (st == AK_OK)
			r->mark[mark] = r->frontier;
	}
	if (st == AK_OK)
		r->leaf[seq] = rec->id;
	return st;
}

static ak_status take_in(ak_replay *r, const ak_sealed *rec, ak_error *err)
{
	uint64_t seq = rec->header.seq;
	ak_status st = keep_leaf(r, rec, err);

	if (st == AK_OK)
		st = ak_frontier_add(&r->frontier, &rec->id, NULL, err);
	if (st == AK_OK)
		st = ak_strmap_put(&r->ids, short_key(&rec->id), seq, err);
	if (st == AK_OK)
		st = ak_strmap_put(&r->statements, short_key(&rec->header.statement), seq, err);
	if (st != AK_OK)
		return st;
	if (seq == 0)
		r->genesis = rec->id;
	r->last_id = rec->id;
	r->last_time = rec->header.time;
	return AK_OK;
}

ak_status ak_replay_add(ak_replay *r, ak_sealed *rec, ak_judgement *j, ak_error *err)
{
	ak_judgement judged = { 0 };
	ak_error why = { 0 };
	ak_status st = check_chain(r, rec, err);

	if (st == AK_OK)
		st = check_statement(r, rec, &why, err);
	if (st == AK_OK)
		st = update_map(r, rec, err);
	if (st == AK_OK)
		st = judge(r, rec, &why, &judged, err);
	if (st == AK_OK)
		st = note_standing(r, rec->header.seq, &judged, err);
	if (st == AK_OK)
		st = take_in(r, rec, err);
	if (st == AK_OK && rec->erased)
		st = ak_gaps_add(&r->gaps, rec, r->origin, &r->genesis, err);
	if (st == AK_OK && judged.authorised)
		ak_gaps_prove(&r->gaps, rec);
	if (st == AK_OK)
		*j = judged;
	return st;
}

const ak_gaps *ak_replay_gaps(const ak_replay *r)
{
	return &r->gaps;
}

uint64_t ak_replay_size(const ak_replay *r)
{
	return r->frontier.size;
}

void ak_replay_root(const ak_replay *r, ak_digest *out)
{
	ak_frontier_root(&r->frontier, out);
}

ak_status ak_replay_root_at(const ak_replay *r, uint64_t size, ak_digest *out, ak_error *err)
{
	ak_frontier f;
	ak_status st = AK_OK;

	if (size > r->frontier.size)
		return ak_fail(err, AK_NOT_FOUND, "replay", size, "not so many records so far");
	f = size == r->frontier.size ? r->frontier : r->mark[size / MARK_EVERY];
	while (st == AK_OK && f.size < size)
		st = ak_frontier_add(&f, &r->leaf[f.size], NULL, err);
	if (st == AK_OK)
		ak_frontier_root(&f, out);
	return st;
}

int64_t ak_replay_last_time(const ak_replay *r)
{
	return r->last_time;
}

const ak_digest *ak_replay_genesis(const ak_replay *r)
{
	return &r->genesis;
}

ak_authority *ak_replay_authority(ak_replay *r)
{
	return r->authority;
}

ak_status ak_replay_seq_of(const ak_replay *r, const ak_digest *id, uint64_t *seq, ak_error *err)
{
	return look_up(&r->ids, id, seq, err);
}

ak_status ak_replay_standing(const ak_replay *r, const ak_digest *id, bool *authorised, char party[64], ak_error *err)
{
	uint64_t seq = 0;
	ak_status st = look_up(&r->ids, id, &seq, err);
	uint32_t s;

	if (st != AK_OK)
		return st;
	s = r->standing[seq];
	*authorised = s != VOID;
	party[0] = '\0';
	if (s >= FIRST_PARTY)
		memcpy(party, r->party_names.data + (s - FIRST_PARTY), strlen((const char *)r->party_names.data + (s - FIRST_PARTY)) + 1);
	return AK_OK;
}
