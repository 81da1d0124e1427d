/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/cosign.h"

#include "base/fail.h"
#include "seal/commit.h"
#include "seal/head.h"
#include "verify/cosignature.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOCK_WAIT_MS = 10000, MESSAGE_MAX = 512 };

/* One commit of cosignatures in progress. */
typedef struct cosigning {
	ak_books *b;
	const ak_sealer *s;
	int64_t now;           /* read once it is our turn */
	const ak_trust *trust;
	ak_commit_job job;
	ak_authority *authority;
	ak_note note;          /* the head as it is; borrows from b->head */
	ak_note_line *line;    /* its cosignatures, then with the new ones; owned */
	size_t n_lines;
	ak_cosign_entry *entry;
	size_t n_entries, max_entries;
	bool changed;
} cosigning;

static bool is_heartbeat(const cosigning *g, const ak_note_line *l, uint8_t raw[32])
{
	const ak_pubkey *beat = ak_authority_heartbeat(g->authority);
	char name[AK_ORIGIN_MAX + 16];

	(void)snprintf(name, sizeof(name), "%s/heartbeat", g->b->checkpoint.origin);
	return ak_span_is(l->name, name) && beat != NULL && ak_pubkey_raw_ed25519(beat, raw) && ak_cosignature_by(l, raw);
}

static bool known_key(const cosigning *g, const ak_note_line *l, uint8_t raw[32])
{
	if (is_heartbeat(g, l, raw))
		return true;
	for (size_t i = 0; g->trust != NULL && i < g->trust->n_witnesses; i++) {
		const ak_vkey *k = &g->trust->witness[i].key;

		if (ak_span_is(l->name, k->name) && memcmp(l->key_id, k->id, sizeof(k->id)) == 0) {
			memcpy(raw, k->key, 32);
			return true;
		}
	}
	return false;
}

static int64_t time_of(const ak_note_line *l)
{
	uint64_t t = l->blob_len == 8 + 64 ? ak_get_be64(l->blob) : 0;

	return t > INT64_MAX ? INT64_MAX : (int64_t)t;
}

static ak_status check_line(const cosigning *g, const ak_note_line *l, int64_t *time, ak_error *err)
{
	uint8_t raw[32];
	bool good = false;
	ak_status st;

	if (!known_key(g, l, raw))
		return ak_fail(err, AK_NO_TRUSTED_SIG, "cosignature", 0,
		               "%.*s is no witness of the trust file, and not the heartbeat of this ledger", (int)l->name.len,
		               (const char *)l->name.data);
	st = ak_cosignature_check(g->note.text, l, raw, &good, time, err);
	if (st != AK_OK)
		return st;
	if (!good)
		return ak_fail(err, AK_BAD_SIGNATURE, "cosignature", 0,
			       "the line of %.*s does not verify over the head of %" PRIu64 " records", (int)l->name.len,
			       (const char *)l->name.data, g->b->checkpoint.size);
	if (*time > g->now + AK_CLOCK_SLACK_S)
		return ak_fail(err, AK_CLOCK, "cosignature", 0, "the line of %.*s lies ahead of this machine's clock",
			       (int)l->name.len, (const char *)l->name.data);
	return AK_OK;
}

/* Put it in the place of the key's older line, or beside the others; one that is no newer changes nothing. */
static ak_status take_line(cosigning *g, const ak_note_line *l, bool *added, ak_error *err)
{
	size_t i = 0;

	*added = false;
	while (i < g->n_lines && ak_cosignature_cmp(&g->line[i], l) != 0)
		i++;
	if (i < g->n_lines && time_of(&g->line[i]) >= time_of(l))
		return AK_OK;
	if (i == AK_NOTE_SIGNATURES_MAX)
		return ak_fail(err, AK_LIMIT, "cosignature", i, "a head has at most %d lines", (int)AK_NOTE_SIGNATURES_MAX);
	g->line[i] = *l;
	g->n_lines += i == g->n_lines;
	g->changed = *added = true;
	return AK_OK;
}

static ak_status take_text(cosigning *g, ak_span text, ak_error *err)
{
	ak_cosign_entry *e;
	ak_note_line l;
	size_t n = 0;
	ak_status st = AK_OK;

	for (; st == AK_OK && ak_note_next(&text, &l); n++) {
		if (g->n_entries == g->max_entries)
			return ak_fail(err, AK_LIMIT, "cosignature", n, "too many lines at once");
		e = &g->entry[g->n_entries];
		*e = (ak_cosign_entry){ 0 };
		st = check_line(g, &l, &e->time, err);
		if (st == AK_OK)
			st = take_line(g, &l, &e->added, err);
		memcpy(e->name, l.name.data, l.name.len);
		g->n_entries++;
	}
	if (st == AK_OK && (n == 0 || text.len != 0))
		st = ak_fail(err, AK_BAD_FORMAT, "cosignature", n,
			     "not a signature line: one begins with a dash, a name, and base64");
	return st;
}

/* The head taken apart: the operator's lines stay as they are. */
static ak_status open_head(cosigning *g, ak_buf *out, ak_error *err)
{
	ak_span origin = ak_span_str(g->b->checkpoint.origin), rest;
	ak_note_line l;
	ak_status st = ak_note_parse(ak_buf_span(&g->b->head.checkpoint), &g->note, err);

	if (st == AK_OK)
		st = ak_buf_add_span(out, g->note.text, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(out, '\n', err);
	if (st != AK_OK)
		return st;
	g->line = ak_mem_array(AK_NOTE_SIGNATURES_MAX, sizeof(*g->line));
	if (g->line == NULL)
		return ak_no_memory(err, "cosign");
	rest = g->note.sigs;
	while (st == AK_OK && ak_note_next(&rest, &l)) {
		if (!ak_span_eq(l.name, origin)) {
			g->line[g->n_lines++] = l;
			continue;
		}
		st = ak_buf_add_span(out, l.raw, err);
		if (st == AK_OK)
			st = ak_buf_add_byte(out, '\n', err);
	}
	return st;
}

static int by_key(const void *a, const void *b)
{
	return ak_cosignature_cmp(a, b);
}

static ak_status close_head(cosigning *g, ak_buf *out, ak_error *err)
{
	ak_note back;
	ak_status st = AK_OK;

	qsort(g->line, g->n_lines, sizeof(*g->line), by_key);
	for (size_t i = 0; st == AK_OK && i < g->n_lines; i++) {
		st = ak_buf_add_span(out, g->line[i].raw, err);
		if (st == AK_OK)
			st = ak_buf_add_byte(out, '\n', err);
	}
	/* Read back what readers will read. */
	return st == AK_OK ? ak_note_parse(ak_buf_span(out), &back, err) : st;
}

static ak_status publish(cosigning *g, ak_span note, ak_error *err)
{
	ak_change change = { .first_seq = g->b->checkpoint.size, .checkpoint = note, .time = g->b->state.last_time };
	ak_buf message;
	ak_status st;

	ak_buf_init(&message, MESSAGE_MAX);
	st = ak_buf_addf(&message, err, "akashi: cosign size %" PRIu64 "\n\n", g->job.checkpoint.size);
	if (st == AK_OK)
		st = ak_commit_message_end(&g->job.checkpoint, &message, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(&message, 0, err);
	if (st == AK_OK) {
		change.message = (const char *)message.data;
		st = ak_commit_publish(&g->job, &change, err);
	}
	ak_buf_clear(&message);
	return st;
}

static ak_status add_lines(cosigning *g, const ak_span *lines, size_t n, size_t *failed, ak_error *err)
{
	const ak_pubkey *op = ak_authority_operator(g->authority);
	ak_buf note;
	ak_status st = ak_head_check(g->b, op, err);

	ak_buf_init(&note, AK_NOTE_MAX);
	if (st == AK_OK)
		st = ak_commit_check_operator(&g->job, op, err);
	if (st == AK_OK)
		st = open_head(g, &note, err);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		*failed = i;
		st = take_text(g, lines[i], err);
	}
	if (st == AK_OK)
		*failed = SIZE_MAX;
	if (st == AK_OK && g->changed)
		st = close_head(g, &note, err);
	if (st == AK_OK && g->changed)
		st = publish(g, ak_buf_span(&note), err);
	ak_buf_clear(&note);
	return st;
}

ak_status ak_seal_cosign(ak_books *b, const ak_sealer *s, const ak_trust *trust, const ak_span *lines, size_t n,
                         ak_cosign_entry *entries, size_t max, size_t *n_entries, bool *published, size_t *failed,
                         ak_error *err)
{
	cosigning g = {
		.b = b,
		.s = s,
		.trust = trust,
		.job = { .b = b, .key = s->operator_key, .state_path = s->state_path, .adopt_head = s->adopt_head },
		.entry = entries,
		.max_entries = max,
	};
	ak_lock *lock = NULL;
	ak_status st = ak_books_lock(b, LOCK_WAIT_MS, &lock, err);

	*failed = SIZE_MAX;
	if (st != AK_OK)
		return st;
	b->writer = true;
	g.now = ak_sealer_now(s);
	st = ak_books_sync(b, err);
	if (st == AK_OK)
		st = ak_commit_recover(&g.job, err);
	if (st == AK_OK)
		st = ak_commit_check_memory(&g.job, err);
	g.job.checkpoint = b->checkpoint;
	if (st == AK_OK)
		st = ak_books_authority(b, NULL, 0, NULL, 0, &g.authority, err);
	if (st == AK_OK)
		st = add_lines(&g, lines, n, failed, err);
	if (st == AK_OK) {
		*n_entries = g.n_entries;
		*published = g.changed;
	}
	ak_authority_free(&g.authority);
	ak_mem_free(g.line);
	/* As after a seal: the books are to speak of what is now in the repository. */
	if (ak_books_sync(b, NULL) != AK_OK)
		b->index_fresh = false;
	ak_commit_job_clear(&g.job);
	b->writer = false;
	ak_lock_release(&lock);
	return st;
}
