/* SPDX-License-Identifier: Apache-2.0 */
/* Everything re-derived from git: records, chain, map, tree, authority, and every commit that sealed them.
 *
 * Commits are walked oldest first; their records are replayed in chunks that several threads take apart and verify, and each
 * commit is checked when the replay stands at its size.  While the signatures of a chunk are being verified the next one is
 * read, and then the verified one replayed in order, so that no processor waits.  Nothing is taken from the index. */
#include "api/audit.h"

#include "base/fail.h"
#include "base/text.h"
#include "verify/parallel.h"

#include <string.h>

/* ---- chunks ---------------------------------------------------------------------------------------------------- */

static ak_status chunk_open(ak_chunk *c, ak_error *err)
{
	c->commit = ak_mem_array(AK_CHUNK_COMMITS, sizeof(*c->commit));
	c->record = ak_mem_array(AK_CHUNK_RECORDS, sizeof(*c->record));
	c->sealed = ak_mem_array(AK_CHUNK_RECORDS, sizeof(*c->sealed));
	if (c->commit == NULL || c->record == NULL || c->sealed == NULL)
		return ak_no_memory(err, "audit");
	for (size_t i = 0; i < AK_CHUNK_RECORDS; i++)
		ak_buf_init(&c->record[i].file, AK_RECORD_MAX);
	return AK_OK;
}

/* Make it the empty chunk that begins with record `first`.  Buffers of the usual size are used again. */
static void chunk_empty(ak_chunk *c, uint64_t first)
{
	ak_work_end(&c->verifying);
	for (size_t i = 0; i < c->n_records; i++) {
		ak_sealed_clear(&c->sealed[i]);
		if (c->record[i].file.cap > AK_CHUNK_BYTES / AK_CHUNK_RECORDS)
			ak_buf_clear(&c->record[i].file);
		c->record[i].file.len = 0;
		c->record[i].st = AK_OK;
	}
	for (size_t i = 0; i < c->n_commits; i++)
		ak_commit_copy_clear(&c->commit[i]);
	c->n_records = c->n_commits = c->bytes = 0;
	c->first = first;
}

void ak_chunk_clear(ak_chunk *c)
{
	chunk_empty(c, 0);
	for (size_t i = 0; c->record != NULL && i < AK_CHUNK_RECORDS; i++)
		ak_buf_clear(&c->record[i].file);
	ak_mem_free(c->commit);
	ak_mem_free(c->record);
	ak_mem_free(c->sealed);
	*c = (ak_chunk){ 0 };
}

static uint64_t chunk_end(const ak_chunk *c)
{
	return c->first + c->n_records;
}

static ak_status parse_one(void *ctx, size_t i, ak_error *err)
{
	ak_chunk *c = ctx;
	ak_chunk_record *r = &c->record[i];

	if (r->st != AK_OK) /* could not be read */
		return AK_OK;
	r->st = ak_sealed_parse_erased(ak_buf_span(&r->file), &c->sealed[i], &r->err);
	if (r->st == AK_NO_MEMORY) {
		*err = r->err;
		return r->st;
	}
	return AK_OK;
}

static ak_status verify_one(void *ctx, size_t i, ak_error *err)
{
	return ak_sealed_try(&((ak_chunk *)ctx)->sealed[i], err);
}

/* ---- records --------------------------------------------------------------------------------------------------- */

static ak_status lies_void(ak_audit *t, uint64_t seq, const ak_judgement *j, ak_error *err)
{
	ak_status st = ak_audit_void(t, seq, &j->why, err);

	return st == AK_OK ? ak_audit_mark(t, seq, AK_AUDIT_VOID, err) : st;
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

static ak_status stands(ak_audit *t, ak_sealed *s, const ak_judgement *j, ak_error *err)
{
	uint64_t seq = s->header.seq;
	bool for_good = ak_span_is(s->statement.type, "revocation") && strcmp(j->mode, "root") == 0;
	size_t n = 0;
	ak_status st = AK_OK;

	t->n_authorised++;
	if (ak_span_is(s->statement.type, "keyset"))
		look_for_trusted(t, s);
	if (!t->o->skip_signatures && t->earlier == NULL)
		st = ak_authority_unverified(ak_replay_authority(t->replay), s, &n, err);
	if (st == AK_OK && n != 0)
		st = ak_audit_skipped(t, seq, n, err);
	if (st == AK_OK)
		st = ak_audit_mark(t, seq, for_good ? AK_AUDIT_STANDS_FOR_GOOD : AK_AUDIT_STANDS, err);
	return st;
}

/* Until its signatures have been tried.  What reaches back makes authority let go of its keys: then those of all others. */
static ak_status wait_for(ak_chunk *c, size_t i, ak_error *err)
{
	if (c->verifying == NULL)
		return AK_OK;
	return ak_work_until(c->verifying, ak_authority_reaches_back(&c->sealed[i]) ? c->n_records - 1 : i, NULL, err);
}

static ak_status replay_one(ak_audit *t, ak_chunk *c, size_t i, ak_error *err)
{
	ak_judgement j = { 0 };
	ak_error why = { 0 };
	ak_status st = wait_for(c, i, err);

	if (st != AK_OK)
		return st;
	st = c->record[i].st;
	if (st == AK_OK)
		st = ak_replay_add(t->replay, &c->sealed[i], &j, &why);
	else
		why = c->record[i].err;
	if (ak_status_class(st) == AK_CLASS_REJECT || st == AK_UNKNOWN_VERSION) {
		why.at = c->first + i;
		t->broken = true;
		return ak_audit_problem(t, &why, err);
	}
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	if (!t->o->skip_signatures)
		t->n_signatures += c->sealed[i].signatures.n;
	st = ak_audit_stamped(t, &c->sealed[i], &j, err);
	if (st != AK_OK)
		return st;
	return j.authorised ? stands(t, &c->sealed[i], &j, err) : lies_void(t, c->first + i, &j, err);
}

/* Replay the chunk's records, checking each commit when the ledger stands at its end. */
static ak_status replay_chunk(ak_audit *t, ak_chunk *c, ak_error *err)
{
	size_t done = 0;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && !t->broken && i < c->n_commits; i++) {
		const ak_commit_copy *k = &c->commit[i];
		ak_error why = { 0 };

		for (; st == AK_OK && !t->broken && done < c->n_records && c->first + done < k->first + k->n; done++)
			st = replay_one(t, c, done, err);
		/* A record that git could not hand over ends it: that is told by who asked for it. */
		if (st != AK_OK || t->broken || c->first + done < k->first + k->n)
			break;
		st = ak_audit_commit(t, k, &why);
		t->broken = k->no_checkpoint != AK_OK;
		if (ak_status_class(st) == AK_CLASS_REJECT)
			st = ak_audit_problem(t, &why, err);
		else if (st != AK_OK && err != NULL)
			*err = why;
		if (st == AK_OK)
			st = ak_audit_commit_done(t, k, err);
		t->n_checked_commits++;
	}
	/* The beginning of a commit whose end is in the next chunk. */
	for (; st == AK_OK && !t->broken && done < c->n_records; done++)
		st = replay_one(t, c, done, err);
	if (t->o->progress != NULL)
		t->o->progress(t->o->progress_ctx, chunk_end(c), t->head_size);
	return st;
}

/* Take the chunk's records apart and have their signatures tried under the keys known so far. */
static ak_status verify_chunk(ak_audit *t, ak_chunk *c, ak_error *err)
{
	unsigned threads = t->o->threads == 0 ? ak_processors() : t->o->threads;
	ak_status st = ak_parallel(c->n_records, threads, parse_one, c, NULL, err);

	if (st != AK_OK || t->o->skip_signatures || c->n_records == 0)
		return st;
	for (size_t i = 0; i < c->n_records; i++)
		ak_authority_name_keys(ak_replay_authority(t->replay), &c->sealed[i]);
	return ak_work_begin(c->n_records, threads, verify_one, c, &c->verifying, err);
}

/* The chunk ahead is replayed, and the one that has been read goes ahead. */
static ak_status pass_on(ak_audit *t, ak_error *err)
{
	ak_chunk *c = t->ahead;
	ak_status st = replay_chunk(t, c, err);

	if (st == AK_OK && !t->broken)
		st = verify_chunk(t, t->reading, err);
	chunk_empty(c, chunk_end(t->reading));
	t->ahead = t->reading;
	t->reading = c;
	return st;
}

/* All that has been read is replayed. */
static ak_status flush(ak_audit *t, ak_error *err)
{
	ak_status st = pass_on(t, err);

	return st == AK_OK ? pass_on(t, err) : st;
}

static ak_status read_record(ak_audit *t, uint64_t seq, ak_error *err)
{
	const ak_store s = ak_git_port(t->git);
	ak_chunk *c = t->reading;
	ak_chunk_record *r = &c->record[c->n_records];
	ak_error why = { 0 };
	ak_status st = s.ops->record(s.ctx, &t->head, seq, &r->file, &why);

	if (st == AK_LIMIT && strcmp(why.where, "git.record") == 0) {
		r->st = ak_fail(&r->err, AK_BAD_FORMAT, "record.lines", seq, "over %d bytes", AK_RECORD_LINES_MAX);
	} else if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	c->n_records++;
	c->bytes += r->file.len;
	return AK_OK;
}

/* Records are read from the head's tree: later commits only add, and that is checked. */
static ak_status read_records(ak_audit *t, uint64_t first, uint64_t end, ak_error *err)
{
	ak_status st = AK_OK;

	while (st == AK_OK && first < end && !t->broken) {
		if (t->reading->n_records == AK_CHUNK_RECORDS || t->reading->bytes >= AK_CHUNK_BYTES)
			st = pass_on(t, err);
		if (st == AK_OK)
			st = read_record(t, first++, err);
	}
	return st;
}

static ak_status take_commit(void *ctx, const ak_git_commit *c, ak_error *err)
{
	ak_audit *t = ctx;
	ak_commit_copy k;
	ak_status st;

	if (t->broken)
		return AK_OK;
	if (t->reading->n_commits == AK_CHUNK_COMMITS) {
		st = pass_on(t, err);
		if (st != AK_OK || t->broken)
			return st;
	}
	t->total_commits++;
	st = ak_commit_copy_take(c, &k, err);
	if (st != AK_OK) {
		ak_commit_copy_clear(&k);
		return st;
	}
	/* Records first: a chunk that is full on the way must not have this commit yet. */
	st = read_records(t, c->first_seq, c->first_seq + c->n_added, err);
	t->reading->commit[t->reading->n_commits++] = k;
	return st;
}

/* ---- the whole ----------------------------------------------------------------------------------------------- */

ak_status ak_audit_run(ak_audit *t, ak_error *err)
{
	const ak_replay_options o = {
		.origin = t->origin, .core = t->core, .genesis = t->trust == NULL ? NULL : &t->trust->genesis,
		.hooks = { .held = ak_held_by_program, .record = ak_audit_hook_record, .standing = ak_audit_hook_standing, .ctx = t,
		           .root = ak_audit_hook_root, .file = ak_audit_hook_file },
		.skip_signatures = t->o->skip_signatures,
	};
	ak_error why = { 0 };
	ak_status st = chunk_open(&t->chunk[0], err);

	t->reading = &t->chunk[0];
	t->ahead = &t->chunk[1];
	if (st == AK_OK)
		st = chunk_open(&t->chunk[1], err);
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
	if (ak_status_class(st) == AK_CLASS_REJECT || st == AK_NOT_FOUND || st == AK_IO ||
	    (st == AK_LIMIT && strncmp(why.where, "git.", 4) == 0)) {
		st = t->broken ? AK_OK : flush(t, err);
		t->broken = true;
		return st == AK_OK ? ak_audit_problem(t, &why, err) : st;
	}
	if (st == AK_OK && !t->broken)
		return ak_audit_erased(t, err);
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}
