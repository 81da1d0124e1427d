/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/commit.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/sshsig.h"
#include "crypto/hash.h"
#include "store/durable.h"
#include "store/git_recover.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LOCK_WAIT_MS = 10000 };

void ak_commit_job_clear(ak_commit_job *j)
{
	ak_sign_state_clear(&j->state);
	ak_lock_release(&j->lock);
	*j = (ak_commit_job){ 0 };
}

/* The operator's memory is shared by all copies of a ledger that this key writes. */
static ak_status lock_memory(ak_commit_job *j, ak_error *err)
{
	ak_buf path;
	ak_status st;

	ak_buf_init(&path, 8192);
	st = ak_buf_addf(&path, err, "%s.lock", j->state_path);
	if (st == AK_OK)
		st = ak_buf_add_byte(&path, '\0', err);
	if (st == AK_OK)
		st = ak_lock_take((const char *)path.data, LOCK_WAIT_MS, &j->lock, err);
	ak_buf_clear(&path);
	return st;
}

static ak_status sign_commit(const ak_seckey *key, ak_span commit, ak_buf *armor, ak_error *err)
{
	uint8_t hash[64], raw[32], sig[64];
	ak_buf msg, out;
	ak_status st;

	if (!ak_pubkey_raw_ed25519(ak_seckey_public(key), raw))
		return ak_fail(err, AK_WEAK_KEY, "operator.key", 0, "the operator key must be Ed25519");
	ak_buf_init(&msg, AK_SSHSIG_MAX);
	ak_buf_init(&out, 64);
	ak_sha512(commit, hash);
	st = ak_sshsig_message("git", hash, &msg, err);
	if (st == AK_OK)
		st = ak_seckey_sign(key, ak_buf_span(&msg), &out, err);
	if (st == AK_OK && out.len != sizeof(sig))
		st = ak_fail(err, AK_INTERNAL, "operator.key", 0, "signature of odd length");
	if (st == AK_OK) {
		memcpy(sig, out.data, sizeof(sig));
		st = ak_sshsig_armor("git", raw, sig, armor, err);
	}
	ak_buf_clear(&out);
	ak_buf_clear(&msg);
	return st;
}

/* SIGNED: before anything that carries the new head's signature is written, remember that it was signed (S6).  Should we
 * die after this, the next writer finds the commit whole and publishes it, or finds it not there and drops it. */
static ak_status remember_and_sign(void *ctx, ak_span commit, ak_buf *armor, ak_error *err)
{
	ak_commit_job *j = ctx;
	ak_status st;

	ak_buf_clear(&j->state.commit);
	ak_buf_init(&j->state.commit, 1024 * 1024);
	st = ak_buf_add_span(&j->state.commit, commit, err);
	if (st != AK_OK)
		return st;
	memcpy(j->state.origin, j->checkpoint.origin, sizeof(j->state.origin));
	memcpy(j->state.was, j->b->head.id, sizeof(j->state.was));
	j->state.size = j->checkpoint.size;
	j->state.root = j->checkpoint.root;
	j->state.published = false;
	st = ak_sign_state_write(j->state_path, &j->state, err);
	return st == AK_OK ? sign_commit(j->key, commit, armor, err) : st;
}

/* The commit that the memory speaks of: signing is deterministic, so its id is known; is it in the repository? */
static ak_status find_pending(const ak_commit_job *j, char id[AK_STORE_ID_MAX + 1], bool *there, ak_error *err)
{
	ak_buf armor;
	ak_status st;

	ak_buf_init(&armor, AK_SSHSIG_MAX);
	st = sign_commit(j->key, ak_buf_span(&j->state.commit), &armor, err);
	if (st == AK_OK)
		st = ak_git_find_staged(j->b->git, ak_buf_span(&j->state.commit), ak_buf_span(&armor), id, there, err);
	ak_buf_clear(&armor);
	return st;
}

/* The one instant at which the ledger changes (S1, S2): with a remote, there (R1); the head here follows. */
static ak_status publish(ak_commit_job *j, const char *was, const char *id, ak_error *err)
{
	const ak_store store = ak_git_port(j->b->git);
	ak_status st = j->remote.url[0] == '\0' ? AK_OK : ak_git_remote_push(j->b->git, &j->remote, was, id, err);

	/* PUSHED: if we die here, the next writer finds our head at the remote and takes it over. */
	return st == AK_OK ? store.ops->publish(store.ctx, was, id, err) : st;
}

/* What a writer that died left: finish exactly its commit, or let it be. */
static ak_status finish_pending(ak_commit_job *j, ak_error *err)
{
	char id[AK_STORE_ID_MAX + 1];
	bool there = false;
	ak_status st = find_pending(j, id, &there, err);

	if (st == AK_OK && !there && j->state.published)
		return ak_fail(err, AK_FORK, "operator.state", j->state.size,
		               "the repository lacks the head of %" PRIu64 " records that this key has signed and published; "
		               "bring the newer repository back, never sign over it", j->state.size);
	if (st != AK_OK || !there)
		return st; /* never whole: nothing signed exists outside the dead process */
	st = publish(j, j->state.was, id, err);
	if (st == AK_OK)
		ak_sign_state_published(j->state_path);
	return st == AK_OK ? ak_books_sync(j->b, err) : st;
}

/* Did the remote's history go on from where our commit was to stand, and without it?  It took no such commit then, and never will:
 * another machine with this key was first.  Nothing was acknowledged. */
static bool is_overtaken(const ak_commit_job *j)
{
	ak_relation how = AK_RELATION_APART;

	return j->remote.url[0] != '\0' && j->state.known && !j->state.published &&
	       strcmp(j->state.origin, j->b->checkpoint.origin) == 0 &&
	       ak_git_relate(j->b->git, j->state.was, j->b->head.id, &how, NULL) == AK_OK && how == AK_RELATION_AHEAD;
}

/* R4: exactly that commit goes, and the head that both have is the one this key has signed last. */
static ak_status drop_overtaken(ak_commit_job *j, ak_error *err)
{
	char id[AK_STORE_ID_MAX + 1];
	bool there = false;
	ak_status st = find_pending(j, id, &there, err);

	if (st == AK_OK && there)
		st = ak_git_drop_staged(j->b->git, id, err);
	if (st != AK_OK)
		return st;
	ak_sign_state_clear(&j->state);
	j->adopt_head = true;
	return AK_OK;
}

ak_status ak_commit_recover(ak_commit_job *j, ak_error *err)
{
	bool pending = false;
	ak_status st = ak_remote_meet(j->b, &j->remote, err);

	if (st == AK_OK)
		st = lock_memory(j, err);
	if (st == AK_OK)
		st = ak_sign_state_read(j->state_path, &j->state, err);
	if (st == AK_OK)
		st = ak_sign_state_check(&j->state, j->b, &pending, err);
	if (st == AK_FORK && is_overtaken(j))
		return drop_overtaken(j, err);
	return st == AK_OK && pending ? finish_pending(j, err) : st;
}

ak_status ak_commit_check_memory(const ak_commit_job *j, ak_error *err)
{
	if (!j->state.known && j->b->checkpoint.size != 0 && !j->adopt_head)
		return ak_fail(err, AK_FORK, "operator.state", j->b->checkpoint.size,
		               "no memory of the last signed head lies beside the operator key: is this ledger the newest? "
		               "if it surely is, adopt its head");
	return AK_OK;
}

ak_status ak_commit_check_operator(const ak_commit_job *j, const ak_pubkey *in_force, ak_error *err)
{
	const ak_digest *have = ak_pubkey_id(ak_seckey_public(j->key));

	if (in_force == NULL || ak_digest_eq(ak_pubkey_id(in_force), have))
		return AK_OK;
	return ak_digest_mismatch(err, AK_NOT_AUTHORISED, "operator.key", j->checkpoint.size,
	                          ak_pubkey_id(in_force), have);
}

ak_status ak_commit_message_end(const ak_checkpoint *c, ak_buf *out, ak_error *err)
{
	ak_status st = ak_buf_addf(out, err, "size %" PRIu64 "\nroot ", c->size);

	if (st == AK_OK)
		st = ak_base64_encode((ak_span){ c->root.b, AK_DIGEST_LEN }, out, err);
	return st == AK_OK ? ak_buf_add_str(out, "\n", err) : st;
}

ak_status ak_commit_publish(ak_commit_job *j, ak_change *c, ak_error *err)
{
	const ak_store store = ak_git_port(j->b->git);
	char email[AK_ORIGIN_MAX + 16], new_id[AK_STORE_ID_MAX + 1];
	ak_status st;

	(void)snprintf(email, sizeof(email), "akashi@%.*s", (int)strcspn(j->checkpoint.origin, "/"), j->checkpoint.origin);
	c->name = j->checkpoint.origin;
	c->email = email;
	c->signer = (ak_commit_signer){ remember_and_sign, j };
	/* STAGED: after this the records are durable, and still invisible. */
	st = store.ops->stage(store.ctx, &j->b->head, c, new_id, err);
	c->email = NULL;
	/* PUBLISHED: compared with the head this was built on. */
	if (st == AK_OK)
		st = publish(j, j->b->head.id, new_id, err);
	if (st != AK_OK)
		return st;
	ak_sign_state_published(j->state_path);
	(void)snprintf(j->b->state.head_id, sizeof(j->b->state.head_id), "%s", new_id);
	return AK_OK;
}
