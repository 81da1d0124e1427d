/* SPDX-License-Identifier: Apache-2.0 */
/* Everything re-derived from git: records, chain, map, tree, authority, and every commit that sealed them.
 *
 * Commits are walked oldest first; their records are replayed in chunks that several threads take apart and verify, and each
 * commit is checked when the replay stands at its size.  Nothing is taken from the index. */
#include "api/audit.h"

#include "base/fail.h"
#include "base/text.h"
#include "verify/parallel.h"

#include <string.h>

enum { CHUNK_RECORDS = 2048, CHUNK_COMMITS = 512 };

/* ---- records --------------------------------------------------------------------------------------------------- */

typedef struct parsing {
	ak_audit *t;
} parsing;

static ak_status parse_one(void *ctx, size_t i, ak_error *err)
{
	ak_audit *t = ((parsing *)ctx)->t;
	ak_chunk_record *r = &t->record[i];

	r->st = ak_sealed_parse(ak_buf_span(&r->file), &t->sealed[i], &r->err);
	if (r->st == AK_NO_MEMORY) {
		*err = r->err;
		return r->st;
	}
	return AK_OK;
}

static ak_status lies_void(ak_audit *t, size_t i, const ak_judgement *j, ak_error *err)
{
	ak_status st = ak_audit_void(t, t->next_seq + i, &j->why, err);

	return st == AK_OK ? ak_audit_mark(t, t->next_seq + i, AK_AUDIT_VOID, err) : st;
}

/* The trust file names one operator key of the chain, and perhaps one keyset that it contains (FORMAT 12). */
static void look_for_trusted(ak_audit *t, const ak_sealed *s)
{
	const ak_pubkey *op = ak_authority_operator(ak_replay_authority(t->replay));
	uint8_t raw[32];

	if (t->trust == NULL || op == NULL || !ak_pubkey_raw_ed25519(op, raw))
		return;
	t->log_seen = t->log_seen || memcmp(raw, t->trust->log.key, sizeof(raw)) == 0;
	t->floor_seen = t->floor_seen || ak_digest_eq(&s->id, &t->trust->keyset);
}

static ak_status stands(ak_audit *t, size_t i, const ak_judgement *j, ak_error *err)
{
	ak_sealed *s = &t->sealed[i];
	bool for_good = ak_span_is(s->statement.type, "revocation") && strcmp(j->mode, "root") == 0;
	size_t n = 0;
	ak_status st = AK_OK;

	t->n_authorised++;
	if (ak_span_is(s->statement.type, "keyset"))
		look_for_trusted(t, s);
	if (!t->o->skip_signatures && t->earlier == NULL)
		st = ak_authority_unverified(ak_replay_authority(t->replay), s, &n, err);
	if (st == AK_OK && n != 0)
		st = ak_audit_skipped(t, t->next_seq + i, n, err);
	if (st == AK_OK)
		st = ak_audit_mark(t, t->next_seq + i, for_good ? AK_AUDIT_STANDS_FOR_GOOD : AK_AUDIT_STANDS, err);
	return st;
}

static ak_status replay_one(ak_audit *t, size_t i, ak_error *err)
{
	ak_chunk_record *r = &t->record[i];
	ak_judgement j = { 0 };
	ak_error why = { 0 };
	ak_status st = r->st;

	if (st == AK_OK)
		st = ak_replay_add(t->replay, &t->sealed[i], &j, &why);
	else
		why = r->err;
	if (ak_status_class(st) == AK_CLASS_REJECT || st == AK_UNKNOWN_VERSION) {
		why.at = t->next_seq + i;
		t->broken = true;
		return ak_audit_problem(t, &why, err);
	}
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	t->n_signatures += t->sealed[i].signatures.n;
	return j.authorised ? stands(t, i, &j, err) : lies_void(t, i, &j, err);
}

static void drop_chunk(ak_audit *t)
{
	for (size_t i = 0; i < t->n_records; i++) {
		ak_sealed_clear(&t->sealed[i]);
		t->record[i].file.len = 0; /* the buffers are used again */
	}
	t->next_seq += t->n_records;
	t->n_records = 0;
}

/* Replay what has gathered, checking each commit when the ledger stands at its end. */
static ak_status flush(ak_audit *t, ak_error *err)
{
	parsing p = { t };
	unsigned threads = t->o->threads == 0 ? ak_processors() : t->o->threads;
	size_t done = 0;
	ak_status st = ak_parallel(t->n_records, threads, parse_one, &p, NULL, err);

	if (st == AK_OK && !t->o->skip_signatures)
		st = ak_preverify(ak_replay_authority(t->replay), t->sealed, t->n_records, threads, err);
	for (size_t c = 0; st == AK_OK && !t->broken && c < t->n_commits; c++) {
		const ak_commit_copy *k = &t->commit[c];
		ak_error why = { 0 };

		for (; st == AK_OK && !t->broken && done < t->n_records && t->next_seq + done < k->first + k->n; done++)
			st = replay_one(t, done, err);
		/* A record that git could not hand over ends it: that is told by who asked for it. */
		if (st != AK_OK || t->broken || t->next_seq + done < k->first + k->n)
			break;
		st = ak_audit_commit(t, k, &why);
		if (ak_status_class(st) == AK_CLASS_REJECT)
			st = ak_audit_problem(t, &why, err);
		else if (st != AK_OK && err != NULL)
			*err = why;
		if (st == AK_OK)
			st = ak_audit_commit_done(t, k, err);
		t->n_checked_commits++;
	}
	/* The beginning of a commit whose end is in the next chunk. */
	for (; st == AK_OK && !t->broken && done < t->n_records; done++)
		st = replay_one(t, done, err);
	drop_chunk(t);
	for (size_t c = 0; c < t->n_commits; c++)
		ak_commit_copy_clear(&t->commit[c]);
	t->n_commits = 0;
	if (t->o->progress != NULL)
		t->o->progress(t->o->progress_ctx, t->next_seq, t->head_size);
	return st;
}

static ak_status gather_record(void *ctx, uint64_t seq, ak_span bytes, ak_error *err)
{
	ak_audit *t = ctx;
	ak_buf *file = &t->record[t->n_records].file;

	(void)seq;
	t->n_records++;
	return ak_buf_add_span(file, bytes, err);
}

/* Records are read from the head's tree: later commits only add, and that is checked. */
static ak_status gather_records(ak_audit *t, uint64_t first, uint64_t end, ak_error *err)
{
	ak_status st = AK_OK;

	while (st == AK_OK && first < end && !t->broken) {
		uint64_t n = end - first;

		if (t->n_records == CHUNK_RECORDS)
			st = flush(t, err);
		if (n > CHUNK_RECORDS - t->n_records)
			n = CHUNK_RECORDS - t->n_records;
		if (st == AK_OK)
			st = ak_git_each_record(t->git, &t->head, first, first + n, gather_record, t, err);
		first += n;
	}
	return st;
}

static ak_status take_commit(void *ctx, const ak_git_commit *c, ak_error *err)
{
	ak_audit *t = ctx;
	ak_commit_copy k;
	ak_error why = { 0 };
	ak_status st;

	if (t->broken)
		return AK_OK;
	if (t->n_commits == CHUNK_COMMITS) {
		st = flush(t, err);
		if (st != AK_OK || t->broken)
			return st;
	}
	t->total_commits++;
	st = ak_commit_copy_take(t, c, &k, &why);
	if (ak_status_class(st) == AK_CLASS_REJECT) {
		ak_commit_copy_clear(&k);
		st = flush(t, err); /* what came before it is told before it */
		if (st != AK_OK || t->broken)
			return st;
		t->broken = true;
		why.at = c->first_seq;
		return ak_audit_problem(t, &why, err);
	}
	if (st != AK_OK) {
		ak_commit_copy_clear(&k);
		if (err != NULL)
			*err = why;
		return st;
	}
	/* Records first: a flush on the way must not yet see this commit, and takes those before it away. */
	st = gather_records(t, c->first_seq, c->first_seq + c->n_added, err);
	t->commit[t->n_commits++] = k;
	return st;
}

/* ---- the whole ----------------------------------------------------------------------------------------------- */

static ak_status open_tables(ak_audit *t, ak_error *err)
{
	t->commit = ak_mem_array(CHUNK_COMMITS + 1, sizeof(*t->commit));
	t->record = ak_mem_array(CHUNK_RECORDS, sizeof(*t->record));
	t->sealed = ak_mem_array(CHUNK_RECORDS, sizeof(*t->sealed));
	if (t->commit == NULL || t->record == NULL || t->sealed == NULL)
		return ak_no_memory(err, "audit");
	for (size_t i = 0; i < CHUNK_RECORDS; i++)
		ak_buf_init(&t->record[i].file, AK_RECORD_MAX);
	return AK_OK;
}

ak_status ak_audit_run(ak_audit *t, ak_error *err)
{
	const ak_replay_options o = {
		.origin = t->origin, .core = t->core, .genesis = t->trust == NULL ? NULL : &t->trust->genesis,
		.hooks = { ak_held_by_program, ak_audit_hook_record, ak_audit_hook_standing, t },
		.skip_signatures = t->o->skip_signatures,
	};
	ak_error why = { 0 };
	ak_status st = open_tables(t, err);

	if (st == AK_OK)
		st = ak_replay_open(&o, &t->replay, err);
	if (st == AK_OK)
		st = ak_audit_preload(t, err);
	if (st != AK_OK)
		return st;
	st = ak_git_walk(t->git, &t->head, take_commit, t, &why);
	if (st == AK_OK && !t->broken)
		st = flush(t, &why);
	/* What git itself cannot hand over whole is a fault of the repository, not of this run. */
	if (ak_status_class(st) == AK_CLASS_REJECT || st == AK_NOT_FOUND || st == AK_IO) {
		st = t->broken ? AK_OK : flush(t, err);
		t->broken = true;
		return st == AK_OK ? ak_audit_problem(t, &why, err) : st;
	}
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}
