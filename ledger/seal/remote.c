/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/remote.h"

#include "base/fail.h"
#include "codec/note.h"
#include "seal/head.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LOCK_WAIT_MS = 10000, NAMED_MAX = 96, COMMIT_SHOWN = 12 };

ak_status ak_remote_head_size(ak_git *g, const char *id, uint64_t *size, ak_error *err)
{
	ak_head at = { 0 };
	ak_checkpoint c;
	ak_note note;
	ak_buf text;
	ak_status st;

	if (id[0] == '\0') {
		*size = 0;
		return AK_OK;
	}
	(void)snprintf(at.id, sizeof(at.id), "%s", id);
	ak_buf_init(&text, AK_CHECKPOINT_MAX);
	st = ak_git_file(g, &at, "checkpoint", AK_CHECKPOINT_MAX, &text, err);
	if (st == AK_OK)
		st = ak_note_parse(ak_buf_span(&text), &note, err);
	if (st == AK_OK)
		st = ak_checkpoint_parse(note.text, &c, err);
	if (st == AK_OK)
		*size = c.size;
	ak_buf_clear(&text);
	return st;
}

/* "12 records, commit 0123456789ab" */
static void name_head(ak_git *g, const char *id, char out[NAMED_MAX])
{
	uint64_t size;

	if (id[0] == '\0')
		(void)snprintf(out, NAMED_MAX, "no ledger");
	else if (ak_remote_head_size(g, id, &size, NULL) == AK_OK)
		(void)snprintf(out, NAMED_MAX, "%" PRIu64 " records, commit %.*s", size, (int)COMMIT_SHOWN, id);
	else
		(void)snprintf(out, NAMED_MAX, "commit %.*s", (int)COMMIT_SHOWN, id);
}

static ak_status set_back(const ak_books *b, const char *there, ak_error *err)
{
	char ours[NAMED_MAX], theirs[NAMED_MAX];

	name_head(b->git, b->head.id, ours);
	name_head(b->git, there, theirs);
	(void)ak_fail(err, AK_FORK, "remote.head", b->checkpoint.size,
	              "the remote's ledger is older than this one, which it had: it was set back or replaced; nothing was signed");
	return ak_fail_values(err, AK_FORK, ours, theirs);
}

static ak_status other_history(const ak_books *b, const char *there, ak_error *err)
{
	char ours[NAMED_MAX], theirs[NAMED_MAX];

	name_head(b->git, b->head.id, ours);
	name_head(b->git, there, theirs);
	(void)ak_fail(err, AK_FORK, "remote.history", b->checkpoint.size,
	              "the remote holds another history than this ledger: keep both, they show a fork; nothing was signed");
	return ak_fail_values(err, AK_FORK, ours, theirs);
}

/* b looks at the remote's head: is it whole, and signed by the operator key in force there, head and commit?  The commit's signature
 * covers its tree and all that came before it. */
static ak_status check_ours(ak_books *b, ak_error *err)
{
	static const ak_digest nobody;
	ak_authority *a = NULL;
	ak_buf signature, signed_bytes;
	const ak_pubkey *op;
	ak_status st = ak_books_authority(b, &nobody, 1, NULL, 0, &a, err);

	ak_buf_init(&signature, 1 << 20);
	ak_buf_init(&signed_bytes, 1 << 20);
	op = st == AK_OK ? ak_authority_operator(a) : NULL;
	if (st == AK_OK)
		st = ak_head_check(b, op, err);
	if (st == AK_OK)
		st = ak_git_commit_signature(b->git, b->head.id, &signature, &signed_bytes, err);
	if (st == AK_OK)
		st = ak_head_check_commit(op, b->head.id, b->checkpoint.size, ak_buf_span(&signature), ak_buf_span(&signed_bytes), err);
	ak_buf_clear(&signed_bytes);
	ak_buf_clear(&signature);
	ak_authority_free(&a);
	return st;
}

/* R2: looked at and checked first, then the reference follows. */
static ak_status take_over(ak_books *b, const char *there, ak_error *err)
{
	char here[AK_STORE_ID_MAX + 1];
	ak_status st, after;

	memcpy(here, b->head.id, sizeof(here));
	ak_git_look_at(b->git, there);
	st = ak_books_sync(b, err);
	if (st == AK_OK)
		st = check_ours(b, err);
	ak_git_look_at(b->git, "");
	if (st == AK_OK)
		st = ak_git_forward(b->git, here, there, err);
	after = ak_books_sync(b, st == AK_OK ? err : NULL);
	return st == AK_OK ? after : st;
}

ak_status ak_remote_meet(ak_books *b, ak_git_remote *out, ak_error *err)
{
	char there[AK_STORE_ID_MAX + 1];
	ak_relation how = AK_RELATION_SAME;
	ak_status st = ak_git_remote_get(b->git, out, err);

	if (st != AK_OK || out->url[0] == '\0')
		return st;
	if (out->unsaid)
		return ak_fail(err, AK_INVALID_ARGUMENT, "remote.unsaid", 0,
		               "this repository was cloned from %.120s, and nothing says whether the ledger's commit point is there", out->url);
	st = ak_git_remote_compare(b->git, out, b->head.id, there, &how, err);
	if (st != AK_OK || how == AK_RELATION_SAME)
		return st;
	if (how == AK_RELATION_BEHIND)
		return set_back(b, there, err);
	return how == AK_RELATION_AHEAD ? take_over(b, there, err) : other_history(b, there, err);
}

static ak_status join(ak_books *b, const ak_git_remote *r, ak_error *err)
{
	char there[AK_STORE_ID_MAX + 1];
	ak_relation how = AK_RELATION_SAME;
	ak_status st = ak_git_remote_compare(b->git, r, b->head.id, there, &how, err);

	if (st != AK_OK || how == AK_RELATION_SAME)
		return st;
	if (how == AK_RELATION_BEHIND)
		return ak_git_remote_push(b->git, r, there, b->head.id, err);
	return how == AK_RELATION_AHEAD ? take_over(b, there, err) : other_history(b, there, err);
}

ak_status ak_remote_set(ak_books *b, const char *url, ak_error *err)
{
	ak_git_remote r = { 0 }, now = { 0 };
	ak_lock *lock = NULL;
	ak_status st = url == NULL ? AK_OK : ak_git_remote_of(url, &r, err);

	if (st == AK_OK)
		st = ak_git_remote_get(b->git, &now, err);
	if (st == AK_OK)
		st = ak_books_lock(b, LOCK_WAIT_MS, &lock, err);
	if (st != AK_OK)
		return st;
	r.timeout_s = now.timeout_s;
	b->writer = true;
	st = ak_books_sync(b, err);
	if (st == AK_OK && url != NULL)
		st = join(b, &r, err);
	if (st == AK_OK)
		st = ak_git_remote_set(b->git, &r, err);
	b->writer = false;
	ak_lock_release(&lock);
	return st;
}
