/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/commit.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/sshsig.h"
#include "crypto/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void ak_commit_job_clear(ak_commit_job *j)
{
	ak_sign_state_clear(&j->state);
	ak_lock_release(&j->old_lock);
	ak_lock_release(&j->lock);
	*j = (ak_commit_job){ 0 };
}

ak_status ak_commit_sign(const ak_seckey *key, ak_span commit, ak_buf *armor, ak_error *err)
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

ak_status ak_commit_remember(const ak_commit_job *j, ak_error *err)
{
	bool two = j->old_signs && j->old_state_path != NULL && strcmp(j->old_state_path, j->state_path) != 0;
	ak_status st = two ? ak_sign_state_write(j->old_state_path, &j->state, err) : AK_OK;

	return st == AK_OK ? ak_sign_state_write(j->state_path, &j->state, err) : st;
}

/* SIGNED: before anything that carries a signature of the new head is written, remember that it was signed (S6).  Should we die
 * after this, the next writer finds all that is not signed (S7), makes the rest again where it is missing, and publishes it. */
static ak_status sign_and_remember(void *ctx, ak_span commit, ak_buf *armor, ak_error *err)
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
	/* In memory first: whoever holds the key may refuse, and then there is nothing to finish. */
	st = ak_commit_sign(j->key, commit, armor, err);
	return st == AK_OK ? ak_commit_remember(j, err) : st;
}

ak_status ak_commit_move(ak_commit_job *j, const char *was, const char *id, ak_error *err)
{
	const ak_store store = ak_git_port(j->b->git);
	ak_status st = j->remote.url[0] == '\0' ? AK_OK : ak_git_remote_push(j->b->git, &j->remote, was, id, err);

	/* PUSHED: if we die here, the next writer finds our head at the remote and takes it over. */
	if (st == AK_OK)
		st = store.ops->publish(store.ctx, was, id, err);
	if (st != AK_OK)
		return st;
	ak_sign_state_published(j->state_path);
	if (j->old_signs && j->old_state_path != NULL)
		ak_sign_state_published(j->old_state_path);
	return AK_OK;
}

ak_status ak_commit_check_memory(const ak_commit_job *j, ak_error *err)
{
	if (!j->known && j->b->checkpoint.size != 0 && !j->adopt_head)
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
	c->signer = (ak_commit_signer){ sign_and_remember, j };
	/* STAGED: after this the records are durable, and still invisible. */
	st = store.ops->stage(store.ctx, &j->b->head, c, new_id, err);
	c->email = NULL;
	/* PUBLISHED: compared with the head this was built on. */
	if (st == AK_OK)
		st = ak_commit_move(j, j->b->head.id, new_id, err);
	if (st != AK_OK)
		return st;
	(void)snprintf(j->b->state.head_id, sizeof(j->b->state.head_id), "%s", new_id);
	return AK_OK;
}
