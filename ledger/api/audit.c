/* SPDX-License-Identifier: Apache-2.0 */
/* Everything re-derived from git: records, chain, map, tree, authority, and every commit that sealed them.
 *
 * Commits are walked oldest first; their records are replayed in chunks that several threads take apart and verify, and each
 * commit is checked when the replay stands at its size.  Nothing is taken from the index. */
#include "api/audit.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/note.h"
#include "codec/sshsig.h"
#include "crypto/hash.h"
#include "verify/parallel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK_RECORDS = 2048, CHUNK_COMMITS = 512 };

/* ---- commits ------------------------------------------------------------------------------------------------- */

/* FORMAT, Git: what the commit that leaves the ledger at `size` says. */
static void expected_message(const ak_audit *t, const ak_commit_copy *c, char out[512])
{
	char root[64];
	ak_buf b64;

	ak_buf_init(&b64, sizeof(root));
	root[0] = '\0';
	if (ak_base64_encode((ak_span){ c->checkpoint.root.b, AK_DIGEST_LEN }, &b64, NULL) == AK_OK)
		(void)snprintf(root, sizeof(root), "%.*s", (int)b64.len, (const char *)b64.data);
	ak_buf_clear(&b64);
	(void)t;
	if (c->n == 0)
		(void)snprintf(out, 512, "akashi: cosign size %" PRIu64 "\n\nsize %" PRIu64 "\nroot %s\n",
		               c->checkpoint.size, c->checkpoint.size, root);
	else if (c->n == 1)
		(void)snprintf(out, 512, "akashi: seal 1 record, #%" PRIu64 "\n\nsize %" PRIu64 "\nroot %s\n",
		               c->first, c->checkpoint.size, root);
	else
		(void)snprintf(out, 512, "akashi: seal %" PRIu64 " records, #%" PRIu64 " to #%" PRIu64
		               "\n\nsize %" PRIu64 "\nroot %s\n", c->n, c->first, c->first + c->n - 1,
		               c->checkpoint.size, root);
}

static ak_status check_commit_signature(const ak_commit_copy *c, const ak_pubkey *op, ak_error *err)
{
	uint8_t raw[32], pub[32], sig[64], hash[64];
	ak_buf msg;
	ak_status st;
	bool good = false;

	if (c->signature.len == 0)
		return ak_fail(err, AK_GIT_HISTORY, "commit.signature", c->first, "commit %s is not signed", c->id);
	st = ak_sshsig_parse(ak_buf_span(&c->signature), "git", pub, sig, err);
	if (st != AK_OK)
		return st;
	if (!ak_pubkey_raw_ed25519(op, raw) || memcmp(raw, pub, sizeof(raw)) != 0)
		return ak_fail(err, AK_NO_TRUSTED_SIG, "commit.signature", c->first,
		               "commit %s is not signed by the operator key in force", c->id);
	ak_buf_init(&msg, AK_SSHSIG_MAX);
	ak_sha512(ak_buf_span(&c->signed_bytes), hash);
	st = ak_sshsig_message("git", hash, &msg, err);
	if (st == AK_OK)
		good = ak_pubkey_verify(op, ak_buf_span(&msg), (ak_span){ sig, sizeof(sig) });
	ak_buf_clear(&msg);
	if (st == AK_OK && !good)
		st = ak_fail(err, AK_BAD_SIGNATURE, "commit.signature", c->first, "commit %s", c->id);
	return st;
}

/* Is `l` the line of this operator, and good? */
static bool operator_line(const ak_audit *t, const ak_note *note, const ak_note_line *l, const uint8_t raw[32])
{
	ak_pubkey *k = NULL;
	uint8_t id[4];
	bool good;

	ak_note_key_id(ak_span_str(t->origin), AK_NOTE_ED25519, raw, ak_sha256, id);
	if (memcmp(l->key_id, id, 4) != 0 || ak_pubkey_from_ed25519(raw, &k, NULL) != AK_OK)
		return false;
	good = ak_pubkey_verify(k, note->text, (ak_span){ l->blob, l->blob_len });
	ak_pubkey_free(&k);
	return good;
}

/* Lines named as the origin are exactly the operator's and, where a rotation changes the operator, then the old one's. */
static ak_status check_note(const ak_audit *t, const ak_commit_copy *c, const uint8_t op[32], ak_error *err)
{
	bool rotated = t->has_operator && memcmp(op, t->operator_key, 32) != 0;
	ak_note note;
	ak_note_line l;
	ak_span rest;
	size_t n = 0;
	ak_status st = ak_note_parse(ak_buf_span(&c->note), &note, err);

	if (st != AK_OK)
		return st;
	rest = note.sigs;
	while (ak_note_next(&rest, &l)) {
		if (!ak_span_is(l.name, t->origin))
			continue;
		n++;
		if (n > (rotated ? 2u : 1u))
			return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", c->first,
			               "the head of commit %s has a line named as the ledger that is none of its operator's", c->id);
		if (!operator_line(t, &note, &l, n == 1 ? op : t->operator_key))
			return ak_fail(err, AK_BAD_SIGNATURE, "checkpoint.signature", c->first,
			               "the head of commit %s is not validly signed by the operator key in force", c->id);
	}
	return n == (rotated ? 2u : 1u) ? AK_OK
	       : ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", c->first,
	                 "the head of commit %s lacks a signature of its operator", c->id);
}

static ak_status check_commit(ak_audit *t, const ak_commit_copy *c, ak_error *err)
{
	const ak_pubkey *op = ak_authority_operator(ak_replay_authority(t->replay));
	char want[512];
	uint8_t raw[32];
	ak_digest root;
	ak_status st;

	ak_replay_root(t->replay, &root);
	if (c->checkpoint.size != ak_replay_size(t->replay))
		return ak_fail(err, AK_TREE_MISMATCH, "checkpoint.size", c->first, "commit %s says %" PRIu64
		               " records and holds %" PRIu64, c->id, c->checkpoint.size, ak_replay_size(t->replay));
	if (!ak_digest_eq(&c->checkpoint.root, &root))
		return ak_digest_mismatch(err, AK_TREE_MISMATCH, "checkpoint.root", c->first, &root, &c->checkpoint.root);
	if (strcmp(c->checkpoint.origin, t->origin) != 0)
		return ak_mismatch(err, AK_WRONG_LEDGER, "checkpoint.origin", c->first, t->origin, c->checkpoint.origin);
	if (op == NULL)
		return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint", c->first, "no keyset stands");
	if (!ak_pubkey_raw_ed25519(op, raw))
		return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint", c->first, "the operator key is not Ed25519");
	st = check_note(t, c, raw, err);
	memcpy(t->operator_key, raw, sizeof(raw));
	t->has_operator = true;
	if (st == AK_OK && !t->o->skip_signatures)
		st = check_commit_signature(c, op, err);
	if (st != AK_OK)
		return st;
	expected_message(t, c, want);
	if (!ak_span_is(ak_buf_span(&c->message), want))
		return ak_fail(err, AK_GIT_HISTORY, "commit.message", c->first, "commit %s has another message than its head gives", c->id);
	if (!c->plain)
		return ak_fail(err, AK_GIT_HISTORY, "commit.author", c->first,
		               "commit %s: author, committer or parents are not as sealing writes them", c->id);
	if (c->time != ak_replay_last_time(t->replay))
		return ak_fail(err, AK_GIT_HISTORY, "commit.time", c->first, "commit %s is not dated as its last record", c->id);
	if (c->unexpected[0] != '\0')
		return ak_fail(err, AK_GIT_HISTORY, "commit.tree", c->first, "commit %s changed %s", c->id, c->unexpected);
	return AK_OK;
}

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
	if (j.authorised)
		t->n_authorised++;
	else
		st = ak_audit_void(t, t->next_seq + i, &j.why, err);
	if (st == AK_OK)
		st = ak_audit_mark(t, t->next_seq + i, j.authorised, err);
	return st;
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

		for (; st == AK_OK && !t->broken && t->next_seq + done < k->first + k->n; done++)
			st = replay_one(t, done, err);
		if (st != AK_OK || t->broken)
			break;
		st = check_commit(t, k, &why);
		if (ak_status_class(st) == AK_CLASS_REJECT)
			st = ak_audit_problem(t, &why, err);
		else if (st != AK_OK && err != NULL)
			*err = why;
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
		t->broken = true;
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
		.origin = t->origin, .core = t->core, .genesis = t->genesis,
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
		t->broken = true;
		return ak_audit_problem(t, &why, err);
	}
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}
