/* SPDX-License-Identifier: Apache-2.0 */
/* What an audit asks of a repository from which records were erased (FORMAT 11.5, 16.12). */
#include "api/audit.h"

#include "base/fail.h"
#include "codec/sshsig.h"
#include "crypto/hash.h"
#include "seal/head.h"

#include <stdio.h>
#include <string.h>

/* Is it the operator's by a keyset of those replayed so far? */
static bool is_operator(const ak_audit *t, const uint8_t key[32])
{
	const ak_pubkey *op;
	uint8_t raw[32];

	for (size_t i = 0; (op = ak_authority_operator_at(ak_replay_authority(t->replay), i)) != NULL; i++) {
		if (ak_pubkey_raw_ed25519(op, raw) && memcmp(raw, key, sizeof(raw)) == 0)
			return true;
	}
	return false;
}

static ak_status verify_by(const uint8_t key[32], const uint8_t sig[64], const ak_commit_copy *c, bool *good, ak_error *err)
{
	ak_pubkey *pub = NULL;
	uint8_t hash[64];
	ak_buf msg;
	ak_status st;

	*good = false;
	ak_buf_init(&msg, AK_SSHSIG_MAX);
	ak_sha512(ak_buf_span(&c->signed_bytes), hash);
	st = ak_pubkey_from_ed25519(key, &pub, err);
	if (st == AK_OK)
		st = ak_sshsig_message("git", hash, &msg, err);
	if (st == AK_OK)
		st = ak_pubkey_check(pub, ak_buf_span(&msg), (ak_span){ sig, 64 }, err);
	*good = st == AK_OK;
	ak_buf_clear(&msg);
	ak_pubkey_free(&pub);
	return ak_status_class(st) == AK_CLASS_REJECT ? AK_OK : st;
}

static ak_status remember(ak_audit *t, const uint8_t key[32], const ak_commit_copy *c, ak_error *err)
{
	ak_late_signer *l;
	ak_status st;

	for (size_t i = 0; i < t->n_late; i++) {
		if (memcmp(t->late[i].key, key, sizeof(t->late[i].key)) == 0)
			return AK_OK;
	}
	st = ak_mem_grow((void **)&t->late, &t->cap_late, t->n_late + 1, sizeof(*t->late), err);
	if (st != AK_OK)
		return st;
	l = &t->late[t->n_late++];
	*l = (ak_late_signer){ .first = c->first };
	memcpy(l->key, key, sizeof(l->key));
	memcpy(l->commit, c->id, sizeof(l->commit));
	return AK_OK;
}

ak_status ak_audit_signature(ak_audit *t, const ak_commit_copy *c, ak_error *err)
{
	ak_error why = { 0 };
	uint8_t key[32], sig[64];
	bool good = false;
	ak_status st = ak_head_check_commit(ak_authority_operator(ak_replay_authority(t->replay)), c->id, c->first, ak_buf_span(&c->signature),
	                                    ak_buf_span(&c->signed_bytes), &why), late;

	/* Whoever wrote it again after an erasure had the key of then; those that had been operator's before had no business here. */
	if (st == AK_NO_TRUSTED_SIG && ak_replay_gaps(t->replay)->n != 0 &&
	    ak_sshsig_parse(ak_buf_span(&c->signature), "git", key, sig, NULL) == AK_OK && !is_operator(t, key)) {
		late = verify_by(key, sig, c, &good, err);
		if (late != AK_OK)
			return late;
		if (good)
			return remember(t, key, c, err);
	}
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}

static ak_status list_gap(ak_audit *t, const ak_gap *g, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	uint64_t by = 0;
	ak_status st = ak_replay_seq_of(t->replay, &g->erasure, &by, err);

	if (st == AK_OK)
		st = ak_json_set(o, "seq", ak_json_new_int((int64_t)g->seq), err);
	if (st == AK_OK)
		st = ak_json_set(o, "erasure", ak_json_new_int((int64_t)by), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(t->erased, o, err);
}

ak_status ak_audit_erased(ak_audit *t, ak_error *err)
{
	const ak_gaps *gaps = ak_replay_gaps(t->replay);
	ak_error why = { 0 };
	ak_status st = AK_OK;

	if (ak_gaps_check(gaps, &why) != AK_OK)
		return ak_audit_problem(t, &why, err);
	for (size_t i = 0; st == AK_OK && i < gaps->n; i++)
		st = list_gap(t, &gaps->gap[i], err);
	for (size_t i = 0; st == AK_OK && i < t->n_late; i++) {
		if (is_operator(t, t->late[i].key))
			continue;
		(void)ak_fail(&why, AK_NO_TRUSTED_SIG, "commit.signature", t->late[i].first,
		              "commit %s is not signed by the operator key in force, nor by a later one", t->late[i].commit);
		st = ak_audit_problem(t, &why, err);
	}
	return st;
}
