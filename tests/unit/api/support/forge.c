/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody with the operator key can lay on a ledger, whatever sealing would say. */
#include "world.h"

#include "api/api.h"
#include "base/text.h"
#include "codec/dsse.h"
#include "codec/note.h"
#include "codec/sshsig.h"
#include "crypto/hash.h"
#include "model/record.h"
#include "model/signatures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void world_lines(const ak_text *envelope, ak_buf *statement, ak_buf *signatures)
{
	ak_dsse e;

	ak_buf_init(statement, AK_STATEMENT_MAX);
	ak_buf_init(signatures, AK_SIGNATURES_MAX);
	assert_int_equal(ak_dsse_parse((ak_span){ (const uint8_t *)envelope->data, envelope->len }, &e, NULL), AK_OK);
	assert_int_equal(ak_buf_add_span(statement, ak_buf_span(&e.payload), NULL), AK_OK);
	assert_int_equal(ak_signatures_from_dsse(&e, signatures, NULL), AK_OK);
	ak_dsse_clear(&e);
}

static ak_status sign_commit(void *ctx, ak_span commit, ak_buf *armor, ak_error *err)
{
	const ak_secret *op = ctx;
	uint8_t hash[64], raw[32], sig[64];
	ak_buf msg, out;
	ak_status st;

	ak_buf_init(&msg, AK_SSHSIG_MAX);
	ak_buf_init(&out, 64);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(op->key), raw));
	ak_sha512(commit, hash);
	assert_int_equal(ak_sshsig_message("git", hash, &msg, err), AK_OK);
	assert_int_equal(ak_seckey_sign(op->key, ak_buf_span(&msg), &out, err), AK_OK);
	memcpy(sig, out.data, sizeof(sig));
	st = ak_sshsig_armor("git", raw, sig, armor, err);
	ak_buf_clear(&msg);
	ak_buf_clear(&out);
	return st;
}

static void add_line(const ak_secret *k, const char *origin, ak_span text, ak_buf *note)
{
	uint8_t raw[32], id[4];
	ak_buf sig;

	ak_buf_init(&sig, 64);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(k->key), raw));
	ak_note_key_id(ak_span_str(origin), AK_NOTE_ED25519, raw, ak_sha256, id);
	assert_int_equal(ak_seckey_sign(k->key, text, &sig, NULL), AK_OK);
	assert_int_equal(ak_note_line_format(ak_span_str(origin), id, ak_buf_span(&sig), note, NULL), AK_OK);
	ak_buf_clear(&sig);
}

static void make_note(const world *w, const ak_checkpoint *c, bool stranger_too, ak_buf *note)
{
	ak_buf text;

	ak_buf_init(&text, AK_NOTE_MAX);
	ak_buf_init(note, AK_NOTE_MAX);
	assert_int_equal(ak_checkpoint_format(c, &text, NULL), AK_OK);
	assert_int_equal(ak_buf_add_span(note, ak_buf_span(&text), NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(note, '\n', NULL), AK_OK);
	add_line(w->op, c->origin, ak_buf_span(&text), note);
	if (stranger_too)
		add_line(w->stranger, c->origin, ak_buf_span(&text), note);
	ak_buf_clear(&text);
}

/* One step for each of these ids instead of those the statement names. */
static void step_ids(ak_map *map, const char *const *ids, const ak_header *h)
{
	for (size_t i = 0; ids[i] != NULL; i++) {
		ak_map_entry e = { 0 };
		ak_digest key;
		bool found = false;

		ak_map_key(ak_span_str(ids[i]), &key);
		assert_int_equal(ak_map_get(map, &key, &e, &found, NULL), AK_OK);
		if (!found)
			e = (ak_map_entry){ 0 };
		e.count++;
		ak_map_chain_step(&e.chain, h->seq, h->time, &h->statement, &h->signatures);
		assert_int_equal(ak_map_put(map, &key, &e, NULL), AK_OK);
	}
}

static void put_map(ak_books *b, const forgery *f, ak_header *h)
{
	ak_statement s = { 0 };

	if (f->about_map != NULL) {
		step_ids(b->map, f->about_map, h);
	} else {
		assert_int_equal(ak_statement_parse(f->statement, &s, NULL), AK_OK);
		assert_int_equal(ak_map_step(b->map, &s, h->seq, h->time, &h->statement, &h->signatures, NULL), AK_OK);
		ak_statement_clear(&s);
	}
	ak_map_root(b->map, &h->subjects);
}

static void publish(world *w, ak_books *b, ak_span file, const ak_checkpoint *c, int64_t time, bool stranger_too)
{
	const ak_store store = ak_git_port(b->git);
	char message[512], id[AK_STORE_ID_MAX + 1], root[64];
	ak_change change = { .first_seq = c->size - 1, .records = &file, .n_records = 1, .message = message,
	                     .name = c->origin, .email = "akashi@ledger.example", .time = time,
	                     .signer = { sign_commit, w->op } };
	ak_buf note, b64;

	make_note(w, c, stranger_too, &note);
	ak_buf_init(&b64, 64);
	assert_int_equal(ak_base64_encode((ak_span){ c->root.b, AK_DIGEST_LEN }, &b64, NULL), AK_OK);
	(void)snprintf(root, sizeof(root), "%.*s", (int)b64.len, (const char *)b64.data);
	(void)snprintf(message, sizeof(message), "akashi: seal 1 record, #%" PRIu64 "\n\nsize %" PRIu64 "\nroot %s\n",
	               c->size - 1, c->size, root);
	change.checkpoint = ak_buf_span(&note);
	assert_int_equal(store.ops->stage(store.ctx, &b->head, &change, id, NULL), AK_OK);
	assert_int_equal(store.ops->publish(store.ctx, b->head.id, id, NULL), AK_OK);
	ak_buf_clear(&b64);
	ak_buf_clear(&note);
}

void world_forge(world *w, const forgery *f)
{
	ak_books *b = w->l->b;
	ak_header h = { .seq = b->checkpoint.size, .prev = b->state.last_record_id,
	                .time = f->time != 0 ? f->time : (w->now += 60) };
	ak_checkpoint c = b->checkpoint;
	ak_frontier frontier = b->state.frontier;
	ak_buf line, file;
	ak_lines lines;
	ak_digest id;
	ak_error err = { 0 };

	ak_buf_init(&line, AK_HEADER_MAX);
	ak_buf_init(&file, AK_RECORD_MAX);
	ak_sha256(f->statement, &h.statement);
	ak_sha256(f->signatures, &h.signatures);
	if (f->wrong_prev)
		h.prev.b[0] ^= 1;
	if (f->wrong_seq)
		h.seq++;
	if (f->wrong_digest)
		h.statement.b[0] ^= 1;
	put_map(b, f, &h);
	assert_int_equal(ak_header_format(&h, &line, NULL), AK_OK);
	lines = (ak_lines){ ak_buf_span(&line), f->statement, f->signatures };
	assert_int_equal(ak_record_join(&lines, &file, NULL), AK_OK);
	ak_tree_leaf(ak_buf_span(&line), &id);
	assert_int_equal(ak_frontier_add(&frontier, &id, NULL, NULL), AK_OK);
	c.size++;
	ak_frontier_root(&frontier, &c.root);
	if (f->wrong_root)
		c.root.b[0] ^= 1;
	publish(w, b, ak_buf_span(&file), &c, h.time, f->stranger_too);
	ak_buf_clear(&file);
	ak_buf_clear(&line);
	ak_ledger_free(&w->l);
	/* A thoroughly broken ledger may not open; audits go by the path. */
	if (ak_ledger_open(w->ledger, &w->l, &err) != AK_OK)
		w->l = NULL;
}
