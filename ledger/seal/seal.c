/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/seal.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/note.h"
#include "crypto/hash.h"
#include "seal/batch.h"
#include "seal/commit.h"
#include "seal/head.h"
#include "store/durable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LOCK_WAIT_MS = 10000, MESSAGE_MAX = 512 };

/* One seal in progress. */
typedef struct sealing {
	ak_books *b;
	const ak_sealer *s;
	int64_t now;               /* read once it is our turn */
	ak_batch batch;
	ak_commit_job job;         /* with the head to be */
	ak_digest operator_before; /* key id; all zero before genesis */
	ak_buf note;
} sealing;

/* FORMAT, Checkpoint: a head that changes the operator key is signed by the one before, too. */
static ak_status check_rotation(sealing *g, const ak_authority *a, ak_error *err)
{
	const ak_seckey *old = g->s->old_operator_key;
	const ak_pubkey *now = ak_authority_operator(a);

	g->job.old_signs = !ak_digest_is_zero(&g->operator_before) && now != NULL &&
	                   !ak_digest_eq(&g->operator_before, ak_pubkey_id(now));
	if (!g->job.old_signs)
		return AK_OK;
	if (old == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "operator.old_key", g->job.checkpoint.size,
		               "this keyset changes the operator key: the one before has to sign the head as well");
	if (ak_digest_eq(ak_pubkey_id(ak_seckey_public(old)), &g->operator_before))
		return AK_OK;
	return ak_digest_mismatch(err, AK_NOT_AUTHORISED, "operator.old_key", g->job.checkpoint.size,
	                          &g->operator_before, ak_pubkey_id(ak_seckey_public(old)));
}

/* ---- header, one record after the other ------------------------------------------------------------- */

static ak_status give_header(sealing *g, size_t i, ak_error *err)
{
	ak_batch_item *item = &g->batch.item[i];
	ak_candidate *c = &item->candidate;
	ak_header h = { .seq = g->batch.first + i, .time = g->now };
	ak_sealed done = { 0 };
	ak_lines lines;
	ak_buf line;
	ak_status st;

	ak_buf_init(&line, AK_HEADER_MAX);
	h.prev = g->b->state.last_record_id;
	h.statement = c->sealed.header.statement;
	ak_sha256(ak_buf_span(&c->signatures), &h.signatures);
	st = ak_map_step(g->b->map, &c->sealed.statement, h.seq, h.time, &h.statement, &h.signatures, err);
	if (st == AK_OK) {
		ak_map_root(g->b->map, &h.subjects);
		st = ak_header_format(&h, &line, err);
	}
	lines = (ak_lines){ ak_buf_span(&line), ak_buf_span(&c->statement), ak_buf_span(&c->signatures) };
	if (st == AK_OK)
		st = ak_record_join(&lines, &item->file, err);
	/* Read back what readers will read. */
	if (st == AK_OK)
		st = ak_record_split(ak_buf_span(&item->file), &lines, err);
	if (st == AK_OK)
		st = ak_header_parse(lines.header, &done.header, err);
	if (st == AK_OK) {
		done.statement = c->sealed.statement; /* borrowed for the index */
		ak_tree_leaf(lines.header, &done.id);
		st = ak_books_enter(g->b, &done, err);
		c->sealed.id = done.id;
		c->sealed.header = done.header;
	}
	ak_buf_clear(&line);
	return st;
}

static ak_status judge_all(sealing *g, size_t *failed, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < g->batch.n; i++) {
		ak_candidate *c = &g->batch.item[i].candidate;
		ak_judgement j = { 0 };

		*failed = i;
		if (ak_span_is(c->sealed.statement.type, "keyset") && g->batch.n != 1)
			return ak_fail(err, AK_INVALID_ARGUMENT, "batch", i, "a keyset is sealed alone");
		st = ak_batch_admit(&g->batch, i, c, g->now, &j, err);
		if (st == AK_OK)
			st = ak_batch_apply(&g->batch, i, &c->sealed, &j, err);
		if (st == AK_OK)
			st = give_header(g, i, err);
	}
	if (st == AK_OK)
		*failed = SIZE_MAX;
	return st;
}

/* ---- the new head -------------------------------------------------------------------------------------- */

/* FORMAT, Git: the message is derived from the head. */
static ak_status make_message(const sealing *g, ak_buf *out, ak_error *err)
{
	uint64_t first = g->batch.first, last = g->job.checkpoint.size - 1;
	ak_status st;

	if (g->batch.n == 1)
		st = ak_buf_addf(out, err, "akashi: seal 1 record, #%" PRIu64 "\n\n", first);
	else
		st = ak_buf_addf(out, err, "akashi: seal %zu records, #%" PRIu64 " to #%" PRIu64 "\n\n",
		                 g->batch.n, first, last);
	if (st == AK_OK)
		st = ak_commit_message_end(&g->job.checkpoint, out, err);
	return st == AK_OK ? ak_buf_add_byte(out, 0, err) : st;
}

static ak_status make_readme(const sealing *g, ak_buf *out, ak_error *err)
{
	if (g->batch.first != 0)
		return AK_OK; /* written once */
	return ak_buf_addf(out, err,
	                   "# %s\n\nAn akashi evidence ledger: signed, hash-chained records.\n\n"
	                   "- `records/` one file a record, ten decimal digits in pairs: three JSON lines (header, "
	                   "statement, signatures)\n- `checkpoint` the signed head\n\n"
	                   "Check everything: `akashi audit -C .`. Check one listing: `akashi verify LISTING -C . "
	                   "--trust FILE`,\nwith a trust file from a source you believe, not from here.\n",
	                   g->job.checkpoint.origin);
}

static ak_status publish(sealing *g, ak_error *err)
{
	ak_span *files = ak_mem_array(g->batch.n, sizeof(*files));
	ak_buf message, readme;
	ak_change change = { .first_seq = g->batch.first, .n_records = g->batch.n, .time = g->now };
	ak_status st;

	ak_buf_init(&message, MESSAGE_MAX);
	ak_buf_init(&readme, 4096);
	if (files == NULL) {
		st = ak_no_memory(err, "seal");
		goto out;
	}
	for (size_t i = 0; i < g->batch.n; i++)
		files[i] = ak_buf_span(&g->batch.item[i].file);
	st = make_message(g, &message, err);
	if (st == AK_OK)
		st = make_readme(g, &readme, err);
	if (st != AK_OK)
		goto out;
	change.records = files;
	change.checkpoint = ak_buf_span(&g->note);
	change.readme = ak_buf_span(&readme);
	change.message = (const char *)message.data;
	st = ak_commit_publish(&g->job, &change, err);
out:
	ak_buf_clear(&readme);
	ak_buf_clear(&message);
	ak_mem_free(files);
	return st;
}

/* INDEXED: best effort; what fails here is made good by the next sync. */
static void index_batch(ak_books *b)
{
	ak_status st = ak_map_flush(b->map, ak_index_map_flush, b->index, NULL);

	if (st == AK_OK) {
		ak_map_top(b->map, &b->state.map_top);
		st = ak_index_commit(b->index, &b->state, NULL);
	} else {
		ak_index_rollback(b->index);
	}
}

static void list_entries(const sealing *g, ak_sealed_entry *entries)
{
	for (size_t i = 0; i < g->batch.n; i++) {
		const ak_sealed *s = &g->batch.item[i].candidate.sealed;

		const ak_profile *p = ak_authority_profile(g->batch.authority, s->statement.scheme);

		entries[i] = (ak_sealed_entry){ .seq = s->header.seq, .id = s->id, .statement = s->statement,
		                                .holds = ak_json_ref(s->statement.root),
		                                .package = p == NULL ? NULL : ak_json_ref(p->package) };
		(void)snprintf(entries[i].type, sizeof(entries[i].type), "%.*s", (int)s->statement.type.len,
		               (const char *)s->statement.type.data);
	}
}

void ak_sealed_entry_clear(ak_sealed_entry *e)
{
	ak_json_free(e->package);
	ak_json_free(e->holds);
	*e = (ak_sealed_entry){ 0 };
}

/* From judged to published, within an index transaction that the caller ends. */
static ak_status seal_batch(sealing *g, size_t *failed, ak_error *err)
{
	const ak_pubkey *before = ak_authority_operator(g->batch.authority);
	ak_status st;

	if (before != NULL)
		g->operator_before = *ak_pubkey_id(before);
	st = ak_head_check(g->b, before, err);
	if (st == AK_OK)
		st = judge_all(g, failed, err);
	if (st != AK_OK)
		return st;
	g->job.checkpoint.size = g->b->state.size;
	ak_frontier_root(&g->b->state.frontier, &g->job.checkpoint.root);
	st = ak_commit_check_operator(&g->job, ak_authority_operator(g->batch.authority), err);
	if (st == AK_OK)
		st = check_rotation(g, g->batch.authority, err);
	if (st == AK_OK)
		st = ak_head_note(g->s->operator_key, g->job.old_signs ? g->s->old_operator_key : NULL, &g->job.checkpoint, &g->note, err);
	return st == AK_OK ? publish(g, err) : st;
}

static ak_status check_ready(const sealing *g, ak_error *err)
{
	const ak_books *b = g->b;

	if (b->checkpoint.size != 0 && g->now < b->state.last_time)
		return ak_fail(err, AK_CLOCK, "clock", b->checkpoint.size,
		               "this machine's clock is before the newest record: set the clock, nothing was sealed");
	return ak_commit_check_memory(&g->job, err);
}

int64_t ak_sealer_now(const ak_sealer *s)
{
	return s->clock == NULL ? s->now : s->clock(s->clock_ctx);
}

ak_status ak_seal(ak_books *b, const char *origin, const ak_span *envelopes, size_t n, const ak_sealer *s,
                  ak_sealed_entry *entries, size_t *failed, ak_error *err)
{
	sealing g = {
		.b = b,
		.s = s,
		.job = { .b = b, .key = s->operator_key, .state_path = s->state_path, .old_key = s->old_operator_key,
		         .old_state_path = s->old_state_path, .adopt_head = s->adopt_head },
	};
	ak_lock *lock = NULL;
	ak_status st;

	*failed = SIZE_MAX;
	if (n == 0)
		return ak_fail(err, AK_INVALID_ARGUMENT, "batch", 0, "nothing to seal");
	ak_buf_init(&g.note, AK_NOTE_MAX);
	st = ak_books_lock(b, LOCK_WAIT_MS, &lock, err);
	if (st != AK_OK)
		return st;
	b->writer = true;
	g.now = ak_sealer_now(s);
	st = ak_books_sync(b, err);
	if (st == AK_OK)
		st = ak_commit_recover(&g.job, err);
	if (st == AK_OK)
		st = check_ready(&g, err);
	if (st != AK_OK)
		goto out;
	st = ak_batch_open(b, origin, envelopes, n, s->threads, &g.batch, failed, err);
	if (st != AK_OK)
		goto out;
	(void)snprintf(g.job.checkpoint.origin, sizeof(g.job.checkpoint.origin), "%s",
	               b->checkpoint.size == 0 ? origin : b->checkpoint.origin);
	st = ak_index_begin(b->index, err);
	if (st == AK_OK) {
		st = seal_batch(&g, failed, err);
		if (st == AK_OK)
			index_batch(b);
		else
			ak_index_rollback(b->index);
	}
	if (st == AK_OK)
		list_entries(&g, entries);
	ak_batch_clear(&g.batch);
	/* Whatever happened, the books are to speak of what is now in the repository.  Should that fail, the records are
	 * sealed all the same, and the next opening tries again. */
	if (ak_books_sync(b, NULL) != AK_OK)
		b->index_fresh = false;
out:
	ak_commit_job_clear(&g.job);
	ak_buf_clear(&g.note);
	b->writer = false;
	ak_lock_release(&lock);
	return st;
}

ak_status ak_seal_check(ak_books *b, ak_candidate *candidate, int64_t now, ak_judgement *j, ak_error *err)
{
	ak_batch t;
	ak_status st = ak_batch_of(b, b->checkpoint.origin, candidate, &t, err);

	if (st != AK_OK)
		return st;
	*j = (ak_judgement){ 0 };
	st = ak_batch_admit(&t, 0, candidate, now < b->state.last_time ? b->state.last_time : now, j, err);
	/* The engine's names die with the batch. */
	for (size_t i = 0; i < j->n_signers; i++)
		j->signer[i].party = j->signer[i].member = j->signer[i].seat = "";
	ak_batch_clear(&t);
	return st;
}
