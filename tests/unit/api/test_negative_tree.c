/* SPDX-License-Identifier: Apache-2.0 */
/* Negative tests N40 to N48 and N54 to N55: what a bundle or a ledger says of tree, head and order, one thing changed. */
#include "negative.h"

#include "api/api.h"
#include "base/text.h"
#include "chain/tree.h"
#include "codec/note.h"
#include "crypto/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ZEROS "sha256:0000000000000000000000000000000000000000000000000000000000000000"

/* ---- proofs ---------------------------------------------------------------------------------------------------------- */

static void seq_is_the_size(world *w, ak_json *v)
{
	char last[40];

	(void)snprintf(last, sizeof(last), "/records/%zu/seq", ak_json_len(ak_json_get(v, "records")) - 1);
	negative_put(v, last, ak_json_new_int((int64_t)attack_size(w)));
}

/* The path of a record with n digests fewer, and these put behind. */
static void change_path(ak_json *v, size_t less, const char *more)
{
	const ak_json *old = ak_json_pointer(v, ak_span_str("/records/1/proof"));
	ak_json *path = ak_json_new_array();

	assert_true(ak_json_len(old) > less);
	for (size_t i = 0; i + less < ak_json_len(old); i++)
		assert_int_equal(ak_json_add(path, ak_json_copy(ak_json_at(old, i)), NULL), AK_OK);
	if (more != NULL)
		assert_int_equal(ak_json_add(path, ak_json_new_str(more), NULL), AK_OK);
	negative_put(v, "/records/1/proof", path);
}

static void path_too_short(world *w, ak_json *v)
{
	(void)w;
	change_path(v, 1, NULL);
}

static void path_too_long(world *w, ak_json *v)
{
	(void)w;
	change_path(v, 0, ZEROS);
}

static void path_with_the_root(world *w, ak_json *v)
{
	char root[80];

	ak_digest_format(&w->l->b->checkpoint.root, root);
	change_path(v, 0, root);
}

static void path_with_garbage(world *w, ak_json *v)
{
	(void)w;
	change_path(v, 1, ZEROS);
}

/* In a tree of four, the node over the first two is no leaf of a tree of two. */
static void node_as_a_leaf(world *w, const negative *row)
{
	ak_digest leaf[4], node[2], root, forged;
	ak_tree_proof path = { .n = 1 };
	uint8_t both[2 * AK_DIGEST_LEN];
	ak_error err = { 0 };

	(void)w;
	for (uint8_t i = 0; i < 4; i++)
		ak_tree_leaf((ak_span){ &i, 1 }, &leaf[i]);
	ak_tree_node(&leaf[0], &leaf[1], &node[0]);
	ak_tree_node(&leaf[2], &leaf[3], &node[1]);
	ak_tree_node(&node[0], &node[1], &root);
	memcpy(both, leaf[0].b, AK_DIGEST_LEN);
	memcpy(both + AK_DIGEST_LEN, leaf[1].b, AK_DIGEST_LEN);
	ak_tree_leaf((ak_span){ both, sizeof(both) }, &forged);
	path.hash[0] = node[1];
	assert_int_equal(ak_tree_check_inclusion(&forged, 0, 2, &path, &root, &err), row->status);
	assert_string_equal(err.where, row->where);
	assert_int_equal(ak_tree_check_inclusion(&node[0], 0, 4, &path, &root, &err), AK_BAD_FORMAT);
}

static void index_beyond_the_size(world *w, const negative *row)
{
	ak_digest leaf = { { 1 } };
	ak_tree_proof none = { .n = 0 };
	ak_error err = { 0 };

	(void)w;
	for (uint64_t index = 1; index != 0; index = index == 1 ? UINT64_MAX : 0) {
		assert_int_equal(ak_tree_check_inclusion(&leaf, index, 1, &none, &leaf, &err), row->status);
		assert_string_equal(err.where, row->where);
	}
	assert_int_equal(ak_tree_check_inclusion(&leaf, 0, 1, &none, &leaf, &err), AK_OK);
}

/* ---- records ---------------------------------------------------------------------------------------------------------- */

/* Record 1 is the profile, of which the package is cut out: not that one. */
static void of_another(ak_json *v, const char *member)
{
	char mine[40], theirs[40];

	(void)snprintf(mine, sizeof(mine), "/records/2/%s", member);
	(void)snprintf(theirs, sizeof(theirs), "/records/3/%s", member);
	negative_put(v, mine, negative_at(v, theirs));
}

static void header_of_another(world *w, ak_json *v)
{
	(void)w;
	of_another(v, "header");
	of_another(v, "proof");
}

static void record_of_another(world *w, ak_json *v)
{
	header_of_another(w, v);
	of_another(v, "statement");
	of_another(v, "signatures");
}

static void statement_of_another(world *w, ak_json *v)
{
	(void)w;
	of_another(v, "statement");
}

static void signatures_of_another(world *w, ak_json *v)
{
	(void)w;
	of_another(v, "signatures");
}

static void records_reordered(world *w, ak_json *v)
{
	ak_json *one = negative_at(v, "/records/1");

	(void)w;
	negative_put(v, "/records/1", negative_at(v, "/records/2"));
	negative_put(v, "/records/2", one);
}

static void forged(world *w, const negative *row, forgery f)
{
	ak_text e = world_sign(world_draft(w, "ismap", "application", NULL, NEGATIVE_APPLICATION, NULL), world_signers(w, "application"));
	ak_buf statement, signatures;

	world_lines(&e, &statement, &signatures);
	f.statement = ak_buf_span(&statement);
	f.signatures = ak_buf_span(&signatures);
	world_forge(w, &f);
	attack_is_broken(w, row->check, row->status);
	ak_buf_clear(&statement);
	ak_buf_clear(&signatures);
	ak_text_free(&e);
}

/* Digests are looked at also when signatures are not. */
static void another_record_unsigned(world *w, const negative *row)
{
	const ak_audit_options o = { .trust = { (const uint8_t *)w->trust.data, w->trust.len }, .now = w->now, .skip_signatures = true };
	ak_text json = { 0 };
	bool good = true;

	forged(w, row, (forgery){ .wrong_digest = true });
	assert_int_equal(ak_audit_repository(w->ledger, &o, &good, &json, NULL), AK_OK);
	assert_false(good);
	assert_non_null(strstr(json.data, "\"check\":\"statement\""));
	ak_text_free(&json);
}

static void seq_skipped(world *w, const negative *row)
{
	forged(w, row, (forgery){ .wrong_seq = true });
}

static void wrong_prev(world *w, const negative *row)
{
	forged(w, row, (forgery){ .wrong_prev = true });
}

static void wrong_root(world *w, const negative *row)
{
	forged(w, row, (forgery){ .wrong_root = true });
}

static void to_another_ledger(world *w, const negative *row)
{
	const edit edits[] = { { row->a, row->b }, { NULL, NULL } };

	negative_void(w, attack_edited(negative_draft(w), edits, world_signers(w, "deletion")), row->status, row->where);
}

/* The statement stands where it stood, and is laid there again; its old header does not fit. */
static void to_another_seq(world *w, const negative *row)
{
	(void)attack_refused(w, attack_unseal(w, world_seq(w, "decision-1")), row->status, row->where);
	(void)attack_forge(w, attack_unseal(w, world_seq(w, "decision-1")));
	attack_is_broken(w, row->check, row->status);
}

/* ---- checkpoint -------------------------------------------------------------------------------------------------------- */

/* Line i of the checkpoint is `text`, or is not there. */
static void set_line(ak_json *v, size_t at, const char *text)
{
	const ak_json *old = ak_json_get(v, "checkpoint");
	ak_json *lines = ak_json_new_array();

	for (size_t i = 0; i < ak_json_len(old); i++) {
		if (i != at)
			assert_int_equal(ak_json_add(lines, ak_json_copy(ak_json_at(old, i)), NULL), AK_OK);
		else if (text != NULL)
			assert_int_equal(ak_json_add(lines, ak_json_new_str(text), NULL), AK_OK);
	}
	assert_int_equal(ak_json_set(v, "checkpoint", lines, NULL), AK_OK);
}

static void checkpoint_line(world *w, const negative *row)
{
	ak_json *v = negative_bundle(w, 0);
	negative_said s;

	set_line(v, (size_t)(row->a[0] - '0'), row->b);
	s = negative_verdict(w, v);
	if (row->status != AK_OK)
		negative_is_status(row->name, s, row->status, row->where);
	else
		negative_is(row->name, s, AK_VERDICT_INVALID, "tampered", row->check, row->where);
}

/* The operator's line is by this key, under this name, with the id of the key `as`. */
static void sign_head(ak_json *v, const ak_secret *k, const char *name, const ak_secret *as)
{
	uint8_t raw[32], id[4];
	ak_buf text, sig, line;
	size_t len;

	ak_buf_init(&text, AK_NOTE_MAX);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ak_buf_add_span(&text, ak_json_text(ak_json_at(ak_json_get(v, "checkpoint"), i)), NULL), AK_OK);
		assert_int_equal(ak_buf_add_byte(&text, '\n', NULL), AK_OK);
	}
	ak_buf_init(&sig, 64);
	assert_int_equal(ak_seckey_sign(k->key, ak_buf_span(&text), &sig, NULL), AK_OK);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(as->key), raw));
	ak_note_key_id(ak_span_str(name), AK_NOTE_ED25519, raw, ak_sha256, id);
	ak_buf_init(&line, AK_NOTE_MAX);
	assert_int_equal(ak_note_line_format(ak_span_str(name), id, ak_buf_span(&sig), &line, NULL), AK_OK);
	len = line.len - 1; /* without its newline */
	assert_int_equal(ak_buf_add_byte(&line, 0, NULL), AK_OK);
	line.data[len] = '\0';
	set_line(v, 4, (const char *)line.data);
	ak_buf_clear(&text);
	ak_buf_clear(&sig);
	ak_buf_clear(&line);
}

/* As it was: then a row that differs differs by what it says. */
static void signed_as_before(world *w, const negative *row)
{
	ak_json *v = negative_bundle(w, 0), *again = ak_json_copy(v);

	sign_head(again, w->op, "ledger.example/ismap", w->op);
	assert_true(ak_json_equal(v, again));
	ak_json_free(v);
	negative_is(row->name, negative_verdict(w, again), AK_VERDICT_VALID, "", "", "");
}

static void right_key_under_another_name(world *w, const negative *row)
{
	ak_json *v = negative_bundle(w, 0);

	sign_head(v, w->op, row->a, w->op);
	negative_is(row->name, negative_verdict(w, v), AK_VERDICT_INVALID, "tampered", row->check, row->where);
}

static void by_a_stranger(world *w, ak_json *v)
{
	sign_head(v, w->stranger, "ledger.example/ismap", w->stranger);
}

static void by_a_stranger_with_the_id(world *w, ak_json *v)
{
	sign_head(v, w->stranger, "ledger.example/ismap", w->op);
}

static void over_another_root(world *w, ak_json *v)
{
	set_line(v, 2, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	sign_head(v, w->op, "ledger.example/ismap", w->op);
}

static const negative rows[] = {
	{ "N40_index_beyond_the_size", index_beyond_the_size, NULL, NULL, AK_BAD_FORMAT, "inclusion.index", NULL, NULL },
	{ "N40_seq_is_the_size", negative_plays_bundle, NULL, NULL, AK_OK, "container.records", "container", seq_is_the_size },
	{ "N41a_path_too_short", negative_plays_bundle, NULL, NULL, AK_OK, "inclusion.length", "inclusion", path_too_short },
	{ "N41b_path_too_long", negative_plays_bundle, NULL, NULL, AK_OK, "inclusion.length", "inclusion", path_too_long },
	{ "N41c_path_with_a_trailing_root", negative_plays_bundle, NULL, NULL, AK_OK, "inclusion.length", "inclusion", path_with_the_root },
	{ "N41d_path_with_garbage", negative_plays_bundle, NULL, NULL, AK_OK, "inclusion.root", "inclusion", path_with_garbage },
	{ "N42_node_as_a_leaf", node_as_a_leaf, NULL, NULL, AK_TREE_MISMATCH, "inclusion.root", NULL, NULL },
	{ "N43_header_of_another_record", negative_plays_bundle, NULL, NULL, AK_OK, "header.statement", "records", header_of_another },
	{ "N43_statement_of_another_record", negative_plays_bundle, NULL, NULL, AK_OK, "header.statement", "records", statement_of_another },
	{ "N43_signatures_of_another_record", negative_plays_bundle, NULL, NULL, AK_OK, "header.signatures", "records", signatures_of_another },
	{ "N44_another_record_with_signatures_skipped", another_record_unsigned, NULL, NULL, AK_CHAIN_BROKEN, NULL, "statement", NULL },
	{ "N47_signed_as_before", signed_as_before, NULL, NULL, AK_OK, NULL, NULL, NULL },
	{ "N47a_no_origin", checkpoint_line, "0", NULL, AK_OK, "checkpoint.size", "container", NULL },
	{ "N47a_empty_origin", checkpoint_line, "0", "", AK_OK, "checkpoint.origin", "container", NULL },
	{ "N47b_no_size", checkpoint_line, "1", NULL, AK_OK, "checkpoint.size", "container", NULL },
	{ "N47b_size_with_zeros", checkpoint_line, "1", "007", AK_OK, "checkpoint.size", "container", NULL },
	{ "N47b_size_negative", checkpoint_line, "1", "-7", AK_OK, "checkpoint.size", "container", NULL },
	{ "N47c_no_root", checkpoint_line, "2", NULL, AK_OK, "checkpoint.root", "container", NULL },
	{ "N47c_root_of_31_bytes", checkpoint_line, "2", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", AK_OK, "checkpoint.root", "container", NULL },
	{ "N47d_no_signature", checkpoint_line, "4", NULL, AK_OK, "note.signatures", "container", NULL },
	{ "N47d_signed_by_a_stranger", negative_plays_bundle, NULL, NULL, AK_OK, "checkpoint.signature", "checkpoint", by_a_stranger },
	{ "N47e_right_key_wrong_name", right_key_under_another_name, "ledger.example/other", NULL, AK_OK, "checkpoint.signature", "checkpoint", NULL },
	{ "N47f_name_is_a_part", right_key_under_another_name, "ledger.example/ism", NULL, AK_OK, "checkpoint.signature", "checkpoint", NULL },
	{ "N47f_name_is_longer", right_key_under_another_name, "ledger.example/ismap2", NULL, AK_OK, "checkpoint.signature", "checkpoint", NULL },
	{ "N47f_name_is_a_pattern", right_key_under_another_name, "ledger.example.ismap", NULL, AK_OK, "checkpoint.signature", "checkpoint", NULL },
	{ "N47g_another_key_of_the_same_id", negative_plays_bundle, NULL, NULL, AK_OK, "checkpoint.signature", "checkpoint", by_a_stranger_with_the_id },
	{ "N48_signed_over_another_root", negative_plays_bundle, NULL, NULL, AK_OK, "inclusion.root", "inclusion", over_another_root },
	{ "N48_ledger_signed_over_another_root", wrong_root, NULL, NULL, AK_TREE_MISMATCH, NULL, "tree", NULL },
	{ "N54a_for_another_origin", to_another_ledger, "/predicate/ledger", "\"ledger.example/other\"", AK_WRONG_LEDGER, "statement.ledger", NULL, NULL },
	{ "N54a_for_another_genesis", to_another_ledger, "/predicate/genesis", "\"sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"", AK_WRONG_LEDGER, "statement.genesis", NULL, NULL },
	{ "N54b_to_another_seq", to_another_seq, NULL, NULL, AK_REPEATED, "statement", "repeat", NULL },
	{ "N54b_record_under_another_seq", negative_plays_bundle, NULL, NULL, AK_OK, "header.seq", "records", record_of_another },
	{ "N55a_records_reordered", negative_plays_bundle, NULL, NULL, AK_BAD_FORMAT, "bundle.records", NULL, records_reordered },
	{ "N55a_seq_skipped", seq_skipped, NULL, NULL, AK_CHAIN_BROKEN, NULL, "chain", NULL },
	{ "N55b_wrong_prev", wrong_prev, NULL, NULL, AK_CHAIN_BROKEN, NULL, "chain", NULL },
};

int main(void)
{
	return negative_run("negative: tree", rows, sizeof(rows) / sizeof(rows[0]));
}
