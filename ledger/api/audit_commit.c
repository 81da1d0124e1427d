/* SPDX-License-Identifier: Apache-2.0 */
/* One commit against the ledger as it stands at its end (FORMAT 9, 11): head, signatures, message, what it may change. */
#include "api/audit.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/note.h"
#include "codec/sshsig.h"
#include "crypto/hash.h"
#include "seal/head.h"
#include "verify/cosignature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void expected_message(const ak_commit_copy *c, char out[512])
{
	char root[64];
	ak_buf b64;

	ak_buf_init(&b64, sizeof(root));
	root[0] = '\0';
	if (ak_base64_encode((ak_span){ c->checkpoint.root.b, AK_DIGEST_LEN }, &b64, NULL) == AK_OK)
		(void)snprintf(root, sizeof(root), "%.*s", (int)b64.len, (const char *)b64.data);
	ak_buf_clear(&b64);
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

/* ---- lines of the head ---------------------------------------------------------------------------------------- */

/* The key that this cosignature line names, when we know it. */
static bool known_key(const ak_audit *t, const ak_note_line *l, uint8_t raw[32])
{
	const ak_pubkey *beat = ak_authority_heartbeat(ak_replay_authority(t->replay));

	if (beat != NULL && ak_pubkey_raw_ed25519(beat, raw) && ak_cosignature_by(l, raw))
		return true;
	for (size_t i = 0; t->trust != NULL && i < t->trust->n_witnesses; i++) {
		const ak_vkey *k = &t->trust->witness[i].key;

		if (ak_span_is(l->name, k->name) && memcmp(l->key_id, k->id, 4) == 0) {
			memcpy(raw, k->key, 32);
			return true;
		}
	}
	return false;
}

static ak_status check_cosignature(const ak_commit_copy *c, const ak_note *note, const ak_note_line *l,
                                   const uint8_t raw[32], ak_error *err)
{
	bool good = false;
	int64_t time;
	ak_status st = ak_cosignature_check(note->text, l, raw, &good, &time, err);

	if (st != AK_OK || good)
		return st;
	return ak_fail(err, AK_BAD_SIGNATURE, "checkpoint.cosignature", c->first,
	               "the line of %.*s in the head of commit %s does not verify", (int)l->name.len,
	               (const char *)l->name.data, c->id);
}

/* First the operator's line and, where a rotation changes the operator, the old one's; then cosignatures in order.  A line
 * of a key that we know must verify. */
static ak_status check_lines(const ak_audit *t, const ak_commit_copy *c, const ak_note *note, ak_error *err)
{
	const size_t want = t->rotated ? 2 : 1;
	ak_note_line l, last = { 0 };
	ak_span rest = note->sigs;
	uint8_t raw[32];
	size_t n = 0;
	ak_status st = AK_OK;

	for (; st == AK_OK && ak_note_next(&rest, &l); n++) {
		bool own = ak_span_is(l.name, t->origin);

		if (n < want)
			st = ak_operator_line_check(note->text, ak_span_str(t->origin), &l,
			                            n == 0 ? t->operator_key : t->old_operator_key, err);
		if (st == AK_BAD_SIGNATURE)
			return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", c->first,
			               "the head of commit %s is not signed by the operator key in force", c->id);
		if (n >= want && own)
			return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", c->first,
			               "the head of commit %s has a line named as the ledger that is none of its operator's", c->id);
		if (n > want && ak_cosignature_cmp(&last, &l) >= 0)
			return ak_fail(err, AK_BAD_FORMAT, "checkpoint.cosignatures", c->first,
			               "the cosignatures of commit %s are not in order, or one key stands twice", c->id);
		if (st == AK_OK && n >= want && known_key(t, &l, raw))
			st = check_cosignature(c, note, &l, raw, err);
		last = l;
	}
	if (st == AK_OK && n < want)
		st = ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", c->first,
		             "the head of commit %s lacks a signature of its operator", c->id);
	return st;
}

static ak_status check_head(const ak_audit *t, const ak_commit_copy *c, ak_error *err)
{
	ak_note note;
	ak_status st;

	if (strcmp(c->checkpoint.origin, t->origin) != 0)
		return ak_mismatch(err, AK_WRONG_LEDGER, "checkpoint.origin", c->first, t->origin, c->checkpoint.origin);
	if (!t->has_operator)
		return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint", c->first, "no keyset stands");
	st = ak_note_parse(ak_buf_span(&c->note), &note, err);
	return st == AK_OK ? check_lines(t, c, &note, err) : st;
}

/* ---- what a commit may do ---------------------------------------------------------------------------------------- */

static bool has_line(const ak_note *note, const ak_note_line *want)
{
	ak_span rest = note->sigs;
	ak_note_line l;

	while (ak_note_next(&rest, &l)) {
		if (ak_cosignature_cmp(&l, want) == 0)
			return true;
	}
	return false;
}

/* A commit without records adds or renews cosignatures, and takes none away. */
static ak_status check_cosigning(const ak_audit *t, const ak_commit_copy *c, ak_error *err)
{
	ak_note now, before;
	ak_note_line l;
	ak_span rest;
	ak_status st;

	if (t->last_note.len == 0)
		return ak_fail(err, AK_GIT_HISTORY, "commit.tree", c->first, "commit %s adds no record", c->id);
	st = ak_note_parse(ak_buf_span(&c->note), &now, err);
	if (st == AK_OK)
		st = ak_note_parse(ak_buf_span(&t->last_note), &before, err);
	if (st != AK_OK)
		return st;
	if (!ak_span_eq(now.text, before.text))
		return ak_fail(err, AK_GIT_HISTORY, "commit.tree", c->first,
		               "commit %s adds no record and changes what is signed", c->id);
	rest = before.sigs;
	while (ak_note_next(&rest, &l)) {
		if (!has_line(&now, &l))
			return ak_fail(err, AK_GIT_HISTORY, "commit.tree", c->first,
			               "commit %s takes the line of %.*s away", c->id, (int)l.name.len, (const char *)l.name.data);
	}
	return AK_OK;
}

/* ---- the commit as sealing writes it ----------------------------------------------------------------------------- */

/* What the line is about that should be where `at` is. */
static const char *place_of(ak_span want, size_t at)
{
	ak_span rest = want, line = { 0 };
	const uint8_t *person;

	while (ak_span_line(&rest, &line) && line.len != 0 && (size_t)(rest.data - want.data) <= at)
		;
	if (line.len == 0 && (size_t)(rest.data - want.data) <= at)
		return "commit.message";
	if (!ak_span_starts(line, "author ") && !ak_span_starts(line, "committer "))
		return "commit.headers";
	person = memchr(line.data, '>', line.len);
	return person != NULL && want.data + at > person ? "commit.time" : "commit.author";
}

/* FORMAT 11.4 leaves nothing open, so bytes are compared: what a parser would pass over could be anything. */
static ak_status check_bytes(const ak_audit *t, const ak_commit_copy *c, ak_error *err)
{
	char message[512], email[AK_ORIGIN_MAX + 16];
	const ak_change as = { .name = t->origin, .email = email, .message = message, .time = ak_replay_last_time(t->replay) };
	size_t at = 0;
	ak_buf want;
	ak_status st;

	expected_message(c, message);
	(void)snprintf(email, sizeof(email), "akashi@%.*s", (int)strcspn(t->origin, "/"), t->origin);
	ak_buf_init(&want, c->signature.len * 2 + 4096);
	st = ak_git_commit_format(&as, c->tree, c->parent, ak_buf_span(&c->signature), &want, err);
	if (st == AK_OK && !ak_span_eq(ak_buf_span(&want), ak_buf_span(&c->raw))) {
		while (at < want.len && at < c->raw.len && want.data[at] == c->raw.data[at])
			at++;
		st = ak_fail(err, AK_GIT_HISTORY, place_of(ak_buf_span(&want), at), c->first,
		             "commit %s is not as sealing writes it, from byte %zu on", c->id, at);
	}
	ak_buf_clear(&want);
	return st;
}

static ak_status check_form(const ak_audit *t, const ak_commit_copy *c, ak_error *err)
{
	ak_status st;

	if (c->unexpected[0] != '\0')
		return ak_fail(err, AK_GIT_HISTORY, "commit.tree", c->first, "commit %s changed %s", c->id, c->unexpected);
	st = check_bytes(t, c, err);
	if (st != AK_OK)
		return st;
	if (c->n > 1 && t->keyset_before != 0 &&
	    ak_authority_keyset_number(ak_replay_authority(t->replay)) != t->keyset_before)
		return ak_fail(err, AK_GIT_HISTORY, "commit.rotation", c->first,
		               "commit %s seals a keyset together with other records", c->id);
	return c->n == 0 ? check_cosigning(t, c, err) : AK_OK;
}

/* Who signs at this size.  A commit that only cosigns is signed as the one it cosigns. */
static void take_operator(ak_audit *t, const ak_commit_copy *c)
{
	const ak_pubkey *op = ak_authority_operator(ak_replay_authority(t->replay));
	uint8_t raw[32];

	if (op == NULL || !ak_pubkey_raw_ed25519(op, raw))
		return;
	if (c->n != 0) {
		t->rotated = t->has_operator && memcmp(raw, t->operator_key, sizeof(raw)) != 0;
		memcpy(t->old_operator_key, t->operator_key, sizeof(raw));
	}
	memcpy(t->operator_key, raw, sizeof(raw));
	t->has_operator = true;
}

ak_status ak_audit_commit(ak_audit *t, const ak_commit_copy *c, ak_error *err)
{
	ak_digest root;
	ak_status st = AK_OK;

	take_operator(t, c);
	if (c->no_checkpoint != AK_OK) {
		if (err != NULL)
			*err = c->why;
		return c->no_checkpoint;
	}
	ak_replay_root(t->replay, &root);
	if (c->checkpoint.size != ak_replay_size(t->replay))
		return ak_fail(err, AK_TREE_MISMATCH, "checkpoint.size", c->first, "commit %s says %" PRIu64
		               " records and holds %" PRIu64, c->id, c->checkpoint.size, ak_replay_size(t->replay));
	if (!ak_digest_eq(&c->checkpoint.root, &root))
		return ak_digest_mismatch(err, AK_TREE_MISMATCH, "checkpoint.root", c->first, &root, &c->checkpoint.root);
	st = check_head(t, c, err);
	if (st == AK_OK && !t->o->skip_signatures)
		st = ak_audit_signature(t, c, err);
	return st == AK_OK ? check_form(t, c, err) : st;
}

ak_status ak_audit_commit_done(ak_audit *t, const ak_commit_copy *c, ak_error *err)
{
	t->keyset_before = ak_authority_keyset_number(ak_replay_authority(t->replay));
	t->last_note.len = 0;
	return ak_buf_add_span(&t->last_note, ak_buf_span(&c->note), err);
}
