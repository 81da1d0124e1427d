/* SPDX-License-Identifier: Apache-2.0 */
/* What a witness looks at in every record. */
#include "witness/watch.h"

#include "base/fail.h"
#include "base/text.h"
#include "verify/cosignature.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static ak_status check_sequence(ak_watch *w, const ak_sealed *s, uint64_t seq, ak_error *err)
{
	const ak_books *b = w->b;

	w->duty = "sequence";
	if (s->header.seq != seq)
		return ak_fail(err, AK_CHAIN_BROKEN, "header.seq", seq, "expected %" PRIu64 ", found %" PRIu64, seq,
			       s->header.seq);
	if (!ak_digest_eq(&s->header.prev, &b->state.last_record_id))
		return ak_digest_mismatch(err, AK_CHAIN_BROKEN, "header.prev", seq, &b->state.last_record_id, &s->header.prev);
	if (s->header.time < b->state.last_time)
		return ak_fail(err, AK_CLOCK, "header.time", seq, "is before the time of the record before it");
	return AK_OK;
}

/* Nothing sealed since the last cosignature is dated before it: the operator cannot date back behind a witness. */
static ak_status check_time(ak_watch *w, const ak_header *h, ak_error *err)
{
	w->duty = "time";
	if (h->time > w->now + AK_CLOCK_SLACK_S)
		return ak_fail(err, AK_CLOCK, "header.time", h->seq, "lies ahead of this witness's clock");
	if (w->was.known && h->seq >= w->was.checkpoint.size && h->time < w->was.time - AK_CLOCK_SLACK_S)
		return ak_fail(err, AK_CLOCK, "header.time", h->seq,
		               "is before the last cosignature of this witness: the operator's clock was set back");
	return AK_OK;
}

static ak_status check_genesis(ak_watch *w, const ak_sealed *s, ak_error *err)
{
	const ak_digest *want = w->ask->trust != NULL ? &w->ask->trust->genesis : &w->was.genesis;

	w->duty = "genesis";
	if (s->header.seq != 0)
		return AK_OK;
	/* Without trust file and memory the operator takes its own ledger's. */
	if ((w->ask->trust != NULL || w->was.known) && !ak_digest_eq(want, &s->id))
		return ak_digest_mismatch(err, AK_WRONG_LEDGER, "genesis", 0, want, &s->id);
	w->b->genesis = s->id;
	return AK_OK;
}

/* Is this reason why a statement may not stand here one that a witness refuses for?  Which duty is it then? */
static const char *duty_of(const ak_error *why)
{
	const char *where = why->where == NULL ? "" : why->where;

	if (strcmp(where, "statement.ledger") == 0 || strcmp(where, "statement.genesis") == 0)
		return "genesis";
	return strcmp(where, "statement.base") == 0 ? "base" : NULL;
}

/* May the statement stand here?  Wrong subjects, repeats, another ledger and what is held back are refused; what else
 * makes a record void is no reason to refuse: it has no effect for anybody. */
static ak_status check_statement(ak_watch *w, const ak_sealed *s, ak_error *err)
{
	ak_books_past ctx = { w->b, s->header.seq };
	const ak_past past = ak_books_past_of(&ctx);
	const ak_json *type = NULL;
	ak_error why = { 0 };
	uint64_t before = 0;
	ak_place at = {
		.origin = w->b->checkpoint.origin,
		.genesis = w->b->genesis,
		.seq = s->header.seq,
		.time = s->header.time,
		.core = &w->b->core,
		.profile = ak_authority_profile(w->authority, s->statement.scheme),
		.past = &past,
	};
	ak_status st;

	w->duty = "repeat";
	st = past.seq_of_statement(past.ctx, &s->header.statement, &before, err);
	if (st == AK_OK)
		return ak_fail(err, AK_REPEATED, "statement", at.seq, "the same statement is record #%" PRIu64, before);
	if (st != AK_NOT_FOUND)
		return st;
	if (s->erased) /* whether it may be is asked when all is here */
		return AK_OK;
	w->duty = "about";
	st = ak_admit_type(&at, &s->statement, &type, &why);
	if (st == AK_UNKNOWN_TYPE)
		return AK_OK;
	if (st == AK_OK)
		st = ak_about_check(type, &s->statement, &why);
	if (st == AK_OK) {
		w->duty = NULL;
		st = ak_admit_binding(&at, s, &why);
	}
	if (st == AK_OK)
		st = ak_admit_content(&at, s, type, &why);
	if (ak_status_class(st) == AK_CLASS_REJECT && w->duty == NULL) {
		w->duty = duty_of(&why);
		if (w->duty == NULL)
			return AK_OK;
	}
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}

static bool gives_meaning(const ak_sealed *s)
{
	return ak_type_of_chain(s->statement.type) || ak_span_is(s->statement.type, "profile");
}

static void note_operator(ak_watch *w, const ak_sealed *s)
{
	const ak_trust *trust = w->ask->trust;
	uint8_t raw[32];

	if (!ak_pubkey_raw_ed25519(ak_authority_operator(w->authority), raw))
		return;
	if (w->has_operator && memcmp(raw, w->operator_key, sizeof(raw)) != 0) {
		memcpy(w->old_operator_key, w->operator_key, sizeof(raw));
		w->rotated_by = s->header.seq;
	}
	memcpy(w->operator_key, raw, sizeof(raw));
	w->has_operator = true;
	if (trust == NULL)
		return;
	w->log_seen = w->log_seen || memcmp(raw, trust->log.key, sizeof(raw)) == 0;
	w->floor_seen = w->floor_seen || (trust->has_keyset && ak_digest_eq(&s->id, &trust->keyset));
}

/* What the root erased is not what was sealed any more, and is sound all the same. */
static ak_status take_erasure(ak_watch *w, ak_sealed *s, ak_error *err)
{
	ak_judgement j = { 0 };
	ak_status st = ak_books_judge(w->b, w->authority, s, &j, err);

	if (st == AK_OK && j.authorised)
		ak_gaps_prove(&w->gaps, s);
	return st;
}

/* Keysets and profiles take effect when they are authorised, whatever else is in the ledger (FORMAT 16.1). */
static ak_status take_effect(ak_watch *w, ak_sealed *s, ak_error *err)
{
	ak_judgement j = { 0 };
	ak_status st;

	w->duty = "operator";
	if (ak_span_is(s->statement.type, "erasure"))
		return take_erasure(w, s, err);
	if (!gives_meaning(s))
		return AK_OK;
	st = ak_books_judge(w->b, w->authority, s, &j, err);
	if (st == AK_OK)
		st = ak_authority_apply(w->authority, s, s->header.seq, &j, err);
	if (st == AK_OK && j.authorised && ak_span_is(s->statement.type, "keyset"))
		note_operator(w, s);
	return st;
}

/* Nothing is sealed after the closing: whoever goes on there is not to be vouched for (FORMAT 16.11). */
static ak_status check_not_ended(ak_watch *w, const ak_sealed *s, ak_error *err)
{
	uint64_t by = 0;

	w->duty = "ended";
	if (ak_authority_ended(w->authority, &by) && s->header.seq > by)
		return ak_fail(err, AK_LEDGER_ENDED, "record", s->header.seq, "the ledger ended with record #%" PRIu64, by);
	return AK_OK;
}

static ak_status enter(ak_watch *w, const ak_sealed *s, ak_error *err)
{
	const ak_header *h = &s->header;
	ak_books *b = w->b;
	ak_digest root;
	ak_status st;

	w->duty = "map";
	st = ak_map_step(b->map, &s->statement, h->seq, h->time, &h->statement, &h->signatures, err);
	if (st != AK_OK)
		return st;
	ak_map_root(b->map, &root);
	if (!ak_digest_eq(&root, &h->subjects))
		return ak_digest_mismatch(err, AK_MAP_MISMATCH, "header.subjects", h->seq, &root, &h->subjects);
	st = ak_books_enter(b, s, err);
	if (st != AK_OK || h->seq + 1 != w->was.checkpoint.size)
		return st;
	w->duty = "history";
	ak_frontier_root(&b->state.frontier, &root);
	return ak_digest_eq(&root, &w->was.checkpoint.root) ? AK_OK
	       : ak_watch_forked(w, "it has grown out of another history", err);
}

static ak_status look_at(void *ctx, uint64_t seq, ak_span file, ak_error *err)
{
	ak_watch *w = ctx;
	ak_sealed s = { 0 };
	ak_status st;

	w->at = (int64_t)seq;
	w->duty = "bytes";
	st = ak_sealed_parse_erased(file, &s, err);
	if (st == AK_OK && s.erased)
		st = ak_gaps_add(&w->gaps, &s, w->b->checkpoint.origin, &w->b->genesis, err);
	if (st == AK_OK)
		st = check_sequence(w, &s, seq, err);
	if (st == AK_OK)
		st = check_genesis(w, &s, err);
	if (st == AK_OK)
		st = check_time(w, &s.header, err);
	if (st == AK_OK)
		st = check_not_ended(w, &s, err);
	if (st == AK_OK)
		st = check_statement(w, &s, err);
	if (st == AK_OK)
		st = take_effect(w, &s, err);
	if (st == AK_OK)
		st = enter(w, &s, err);
	ak_sealed_clear(&s);
	if (st != AK_OK)
		return st;
	w->replayed++;
	w->at = -1;
	return AK_OK;
}

ak_status ak_watch_records(ak_watch *w, ak_error *err)
{
	ak_books *b = w->b;
	ak_status st;

	if (b->state.size >= b->checkpoint.size)
		return AK_OK;
	st = ak_index_begin(b->index, err);
	if (st != AK_OK)
		return st;
	w->writing = true;
	st = ak_git_each_record(b->git, &b->head, b->state.size, b->checkpoint.size, look_at, w, err);
	if (st == AK_OK) {
		ak_error why = { 0 };

		st = ak_gaps_check(&w->gaps, &why);
		if (st != AK_OK) {
			w->duty = "bytes";
			w->at = (int64_t)why.at;
			if (err != NULL)
				*err = why;
		}
	}
	return st;
}

/* ---- what was looked at before ------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Bytes come from the ledger again, and must be those that were remembered. */
static ak_status recall_one(ak_watch *w, uint64_t seq, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_index_record r;
	ak_buf file;
	ak_status st = ak_index_by_seq(w->b->index, seq, &r, err);

	ak_buf_init(&file, AK_RECORD_MAX);
	w->duty = "history";
	w->at = (int64_t)seq;
	if (st == AK_OK)
		st = ak_books_record(w->b, seq, &file, err);
	if (st == AK_OK)
		st = ak_sealed_parse(ak_buf_span(&file), &s, err);
	if (st == AK_OK && !ak_digest_eq(&s.id, &r.id))
		st = ak_digest_mismatch(err, AK_CHAIN_BROKEN, "record", seq, &r.id, &s.id);
	if (st == AK_OK)
		st = take_effect(w, &s, err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	if (st == AK_OK)
		w->at = -1;
	return st;
}

ak_status ak_watch_recall(ak_watch *w, ak_error *err)
{
	static const char *const types[] = { "keyset", "profile", "closing" };
	uint64_t *all = NULL;
	size_t cap = 0, n = 0;
	ak_status st = AK_OK;

	for (size_t t = 0; st == AK_OK && t < sizeof(types) / sizeof(types[0]); t++) {
		uint64_t *seqs = NULL;
		size_t more = 0;

		st = ak_index_of_type(w->b->index, types[t], &seqs, &more, err);
		if (st == AK_OK)
			st = ak_mem_grow((void **)&all, &cap, n + more + 1, sizeof(*all), err);
		for (size_t i = 0; st == AK_OK && i < more; i++)
			all[n++] = seqs[i];
		ak_mem_free(seqs);
	}
	if (st == AK_OK && n > 1)
		qsort(all, n, sizeof(*all), by_value);
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = recall_one(w, all[i], err);
	ak_mem_free(all);
	return st;
}
