/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors of FORMAT that need hashing or signatures: ids, tree, map, chain, commitments, keys, checkpoints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chain/map.h"
#include "chain/tree.h"
#include "codec/dsse.h"
#include "codec/jcs.h"
#include "codec/note.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "format_cases.h"
#include "model/signatures.h"
#include "model/statement.h"

static ak_digest digest_at(const json_t *object, const char *name)
{
	return digest_of(json_object_get(object, name));
}

static void same(const char *id, const char *what, const ak_digest *got, const json_t *want)
{
	ak_digest d = digest_of(want);

	if (!ak_digest_eq(got, &d))
		fail_msg("%s: %s differs", id, what);
}

static void header_case(const format_case *c)
{
	ak_digest id;

	if (!wants_ok(c))
		return;
	ak_tree_leaf(text_of(c->input, "line"), &id);
	same(c->id, "record id", &id, json_object_get(c->want, "record_id"));
}

static void record_ids(void **state)
{
	(void)state;
	(void)each_format_case("header", header_case);
}

static void tree_case(const format_case *c)
{
	const json_t *list = json_object_get(c->input, "entries");
	const json_t *leaves = json_object_get(c->want, "leaves");
	ak_frontier f = { 0 };
	ak_digest d;
	ak_buf b;

	for (size_t i = 0; i < json_array_size(list); i++) {
		ak_tree_leaf(ak_span_str(json_string_value(json_array_get(list, i))), &d);
		same(c->id, "leaf", &d, json_array_get(leaves, i));
		assert_int_equal(ak_frontier_add(&f, &d, NULL, NULL), AK_OK);
	}
	ak_frontier_root(&f, &d);
	same(c->id, "root", &d, json_object_get(c->want, "root"));
	ak_buf_init(&b, 100);
	assert_int_equal(ak_base64_encode((ak_span){ d.b, sizeof(d.b) }, &b, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&b), text_of(c->want, "root_base64")));
	ak_buf_clear(&b);
}

static void tree(void **state)
{
	(void)state;
	(void)each_format_case("tree", tree_case);
}

static ak_map_entry entry_of(const json_t *v)
{
	const ak_map_entry e = { (uint64_t)json_integer_value(json_object_get(v, "count")), digest_at(v, "chain") };

	return e;
}

static void chain_case(const format_case *c)
{
	ak_map_entry e;
	ak_digest key, leaf;

	if (json_object_get(c->input, "subject") == NULL) {
		ak_digest chain = digest_at(c->input, "chain");
		ak_digest statement = digest_at(c->input, "statement"), sigs = digest_at(c->input, "signatures");

		ak_map_chain_step(&chain, (uint64_t)json_integer_value(json_object_get(c->input, "seq")),
		                  json_integer_value(json_object_get(c->input, "time")), &statement, &sigs);
		same(c->id, "chain", &chain, json_object_get(c->want, "chain"));
		return;
	}
	e = entry_of(c->input);
	ak_map_key(text_of(c->input, "subject"), &key);
	same(c->id, "key", &key, json_object_get(c->want, "key"));
	ak_map_leaf(&key, &e, &leaf);
	same(c->id, "leaf", &leaf, json_object_get(c->want, "leaf"));
}

static void chain(void **state)
{
	(void)state;
	(void)each_format_case("chain", chain_case);
}

/* The root does not depend on the order of insertion. */
static void map_case(const format_case *c)
{
	const json_t *list = json_object_get(c->input, "entries");
	size_t n = json_array_size(list);

	for (int backwards = 0; backwards <= 1; backwards++) {
		ak_map *m = NULL;
		ak_digest root;

		assert_int_equal(ak_map_open(NULL, NULL, &m, NULL), AK_OK);
		for (size_t i = 0; i < n; i++) {
			const json_t *v = json_array_get(list, backwards ? n - 1 - i : i);
			const ak_map_entry e = entry_of(v);
			const ak_digest key = digest_at(v, "key");

			assert_int_equal(ak_map_put(m, &key, &e, NULL), AK_OK);
		}
		ak_map_root(m, &root);
		same(c->id, "root", &root, json_object_get(c->want, "root"));
		ak_map_free(&m);
	}
}

static void map(void **state)
{
	(void)state;
	(void)each_format_case("map", map_case);
}

static bool kind_of(const json_t *proof, ak_map_kind *kind)
{
	ak_span s = text_of(proof, "kind");

	if (ak_span_is(s, "present"))
		*kind = AK_MAP_PRESENT;
	else if (ak_span_is(s, "absent-empty"))
		*kind = AK_MAP_ABSENT_EMPTY;
	else if (ak_span_is(s, "absent-other"))
		*kind = AK_MAP_ABSENT_OTHER;
	else
		return false;
	return true;
}

static void map_proof_case(const format_case *c)
{
	const json_t *v = json_object_get(c->input, "proof"), *siblings = json_object_get(v, "siblings");
	const ak_digest key = digest_at(c->input, "key"), root = digest_at(c->input, "root");
	ak_map_proof p = { .n = json_array_size(siblings) };
	ak_status st;

	if (!kind_of(v, &p.kind)) {
		assert_false(wants_ok(c));
		return;
	}
	if (p.kind != AK_MAP_ABSENT_EMPTY)
		p.entry = entry_of(v);
	if (p.kind == AK_MAP_ABSENT_OTHER)
		p.other_key = digest_at(v, "key");
	p.sibling = ak_mem_array(p.n, sizeof(*p.sibling));
	assert_non_null(p.sibling);
	for (size_t i = 0; i < p.n; i++)
		p.sibling[i] = digest_of(json_array_get(siblings, i));
	st = ak_map_check(&key, &p, &root, NULL);
	if (wants_ok(c) ? st != AK_OK : st != AK_MAP_MISMATCH && st != AK_BAD_FORMAT)
		fail_msg("%s: %s", c->id, ak_status_name(st));
	ak_map_proof_clear(&p);
}

static void map_proofs(void **state)
{
	(void)state;
	(void)each_format_case("map-proofs", map_proof_case);
}

static void commitment_case(const format_case *c)
{
	ak_digest salt = digest_at(c->input, "salt"), document, got;
	ak_buf b;

	ak_buf_init(&b, AK_JSON_TEXT_MAX);
	assert_true(ak_base64_decode(text_of(c->input, "document"), &b, NULL));
	ak_sha256(ak_buf_span(&b), &document);
	ak_buf_clear(&b);
	same(c->id, "document", &document, json_object_get(c->want, "document_sha256"));
	ak_sha256_tagged(AK_TAG_COMMITMENT, (ak_span){ salt.b, sizeof(salt.b) },
	                 (ak_span){ document.b, sizeof(document.b) }, &got);
	same(c->id, "commitment", &got, json_object_get(c->want, "commitment"));
}

static void commitments(void **state)
{
	(void)state;
	(void)each_format_case("commitment", commitment_case);
}

static void key_case(const format_case *c)
{
	ak_pubkey *k = NULL;
	ak_buf der;
	ak_status st;

	ak_buf_init(&der, AK_JSON_TEXT_MAX);
	assert_true(ak_base64_decode(text_of(c->input, "spki"), &der, NULL));
	st = ak_pubkey_from_spki(ak_buf_span(&der), &k, NULL);
	if (wants_ok(c) ? st != AK_OK : ak_status_class(st) != AK_CLASS_REJECT)
		fail_msg("%s: %s", c->id, ak_status_name(st));
	if (st == AK_OK)
		same(c->id, "id", ak_pubkey_id(k), json_object_get(c->want, "id"));
	ak_pubkey_free(&k);
	ak_buf_clear(&der);
}

static void keys(void **state)
{
	(void)state;
	(void)each_format_case("keys", key_case);
}

static void statement_digests(const format_case *c)
{
	const json_t *body = json_object_get(json_object_get(json_object_get(c->input, "statement"), "predicate"), "body");
	ak_digest d;
	ak_buf b;

	ak_sha256(text_of(c->want, "line"), &d);
	same(c->id, "digest", &d, json_object_get(c->want, "digest"));
	ak_buf_init(&b, AK_STATEMENT_MAX);
	assert_int_equal(ak_jcs_write(body, &b, NULL), AK_OK);
	ak_sha256(ak_buf_span(&b), &d);
	same(c->id, "body digest", &d, json_object_get(c->want, "body_digest"));
	ak_buf_clear(&b);
}

/* Line 3 over line 2, by the key beside it. */
static void statement_signature(const format_case *c)
{
	ak_span line = text_of(c->want, "line");
	ak_pubkey *k = NULL;
	ak_signatures s;
	ak_buf der, pae;
	ak_digest d;

	ak_sha256(line, &d);
	same(c->id, "digest", &d, json_object_get(c->want, "digest"));
	ak_buf_init(&der, AK_SPKI_MAX);
	ak_buf_init(&pae, AK_STATEMENT_MAX);
	assert_true(ak_base64_decode(text_of(c->want, "spki"), &der, NULL));
	assert_int_equal(ak_pubkey_from_spki(ak_buf_span(&der), &k, NULL), AK_OK);
	same(c->id, "keyid", ak_pubkey_id(k), json_object_get(c->want, "keyid"));
	assert_int_equal(ak_dsse_pae(AK_DSSE_TYPE, text_of(c->input, "statement"), &pae, NULL), AK_OK);
	assert_int_equal(ak_signatures_parse(line, &s, NULL), AK_OK);
	assert_true(ak_pubkey_verify(k, ak_buf_span(&pae), s.sig[0].sig));
	pae.data[pae.len - 1] ^= 1;
	assert_false(ak_pubkey_verify(k, ak_buf_span(&pae), s.sig[0].sig));
	ak_signatures_clear(&s);
	ak_pubkey_free(&k);
	ak_buf_clear(&pae);
	ak_buf_clear(&der);
}

static void statement_case(const format_case *c)
{
	if (json_object_get(c->want, "body_digest") != NULL)
		statement_digests(c);
	else if (json_object_get(c->want, "keyid") != NULL)
		statement_signature(c);
}

static void statements(void **state)
{
	(void)state;
	(void)each_format_case("statement", statement_case);
}

static bool line_verifies(const ak_note_line *l, ak_span vkey, ak_span text, int64_t time)
{
	ak_pubkey *k = NULL;
	ak_vkey v;
	ak_buf msg;
	bool good;

	assert_int_equal(ak_vkey_parse(vkey, ak_sha256, &v, NULL), AK_OK);
	assert_true(ak_span_is(l->name, v.name));
	assert_memory_equal(l->key_id, v.id, sizeof(v.id));
	assert_int_equal(ak_pubkey_from_ed25519(v.key, &k, NULL), AK_OK);
	ak_buf_init(&msg, AK_NOTE_MAX);
	if (v.type == AK_NOTE_COSIGNATURE) {
		assert_int_equal(l->blob_len, 72);
		assert_int_equal(ak_get_be64(l->blob), time);
		assert_int_equal(ak_cosignature_message((uint64_t)time, text, &msg, NULL), AK_OK);
		good = ak_pubkey_verify(k, ak_buf_span(&msg), (ak_span){ l->blob + 8, 64 });
	} else {
		good = ak_pubkey_verify(k, text, (ak_span){ l->blob, l->blob_len });
	}
	ak_buf_clear(&msg);
	ak_pubkey_free(&k);
	return good;
}

static void checkpoint_case(const format_case *c)
{
	int64_t time = json_integer_value(json_object_get(c->input, "heartbeat_time"));
	ak_note_line line;
	ak_note note;

	assert_int_equal(ak_note_parse(text_of(c->want, "cosigned"), &note, NULL), AK_OK);
	assert_true(ak_note_next(&note.sigs, &line));
	assert_true(line_verifies(&line, text_of(c->want, "vkey"), note.text, 0));
	assert_true(ak_note_next(&note.sigs, &line));
	assert_true(line_verifies(&line, text_of(c->want, "heartbeat_vkey"), note.text, time));
	assert_false(ak_note_next(&note.sigs, &line));
}

static void checkpoints(void **state)
{
	(void)state;
	(void)each_format_case("checkpoint", checkpoint_case);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_ids),
		cmocka_unit_test(tree),
		cmocka_unit_test(chain),
		cmocka_unit_test(map),
		cmocka_unit_test(map_proofs),
		cmocka_unit_test(commitments),
		cmocka_unit_test(keys),
		cmocka_unit_test(statements),
		cmocka_unit_test(checkpoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
