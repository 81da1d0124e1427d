/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of continuity as text, and what people's programs are told of it. */
#include "verify/consistency.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "codec/note.h"
#include "model/header.h"
#include "model/record.h"
#include "model/signatures.h"

#include <string.h>

static const char version[] = "consistency/1";

enum { RECORD_FILE_MAX = AK_HEADER_MAX + AK_STATEMENT_MAX + AK_SIGNATURES_MAX + 3 };

/* ---- writing: the builders answer NULL when out of memory, which ak_json_set() and ak_json_add() report ------------ */

static ak_json *digest_value(const ak_digest *d)
{
	char text[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(d, text);
	return ak_json_new_str(text);
}

static ak_json *digest_list(const ak_digest *d, size_t n)
{
	ak_json *list = ak_json_new_array();

	for (size_t i = 0; i < n; i++) {
		if (ak_json_add(list, digest_value(&d[i]), NULL) != AK_OK) {
			ak_json_free(list);
			return NULL;
		}
	}
	return list;
}

static ak_json *proof_value(const ak_tree_proof *p)
{
	return digest_list(p->hash, p->n);
}

static ak_json *note_value(const ak_buf *note)
{
	ak_json *list = ak_json_new_array();
	ak_span rest = ak_buf_span(note), line;

	while (ak_span_line(&rest, &line)) {
		if (ak_json_add(list, ak_json_new_text(line), NULL) != AK_OK) {
			ak_json_free(list);
			return NULL;
		}
	}
	return list;
}

static ak_status put_keysets(const ak_consistency *c, ak_json *root, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = ak_json_set(root, "keysets", list, err);

	for (size_t i = 0; st == AK_OK && i < c->n_keysets; i++) {
		ak_json *o = ak_json_new_object();
		ak_lines l;

		st = ak_record_split(ak_buf_span(&c->keyset[i]), &l, err);
		if (st == AK_OK)
			st = ak_json_set(o, "header", ak_json_new_text(l.header), err);
		if (st == AK_OK)
			st = ak_json_set(o, "signatures", ak_json_new_text(l.signatures), err);
		if (st == AK_OK)
			st = ak_json_set(o, "statement", ak_json_new_text(l.statement), err);
		if (st == AK_OK)
			st = ak_json_add(list, ak_json_ref(o), err);
		ak_json_free(o);
	}
	return st;
}

static ak_status put_last_and_map(const ak_consistency *c, ak_json *root, ak_error *err)
{
	ak_json *last = ak_json_new_object(), *map = ak_json_new_object();
	ak_status st = ak_json_set(last, "header", ak_json_new_text(ak_buf_span(&c->last)), err);

	if (st == AK_OK)
		st = ak_json_set(last, "proof", proof_value(&c->last_proof), err);
	if (st == AK_OK)
		st = ak_json_set(map, "chain", digest_value(&c->map.entry.chain), err);
	if (st == AK_OK)
		st = ak_json_set(map, "count", ak_json_new_int((int64_t)c->map.entry.count), err);
	if (st == AK_OK)
		st = ak_json_set(map, "siblings", digest_list(c->map.sibling, c->map.n), err);
	if (st == AK_OK)
		st = ak_json_set(root, "last", ak_json_ref(last), err);
	if (st == AK_OK)
		st = ak_json_set(root, "map", ak_json_ref(map), err);
	ak_json_free(last);
	ak_json_free(map);
	return st;
}

static ak_status put_fork(const ak_consistency *c, ak_json *root, ak_error *err)
{
	ak_json *o;
	ak_status st;

	if (c->fork == AK_FORK_NONE)
		return AK_OK;
	o = ak_json_new_object();
	st = ak_json_set(o, "of", ak_json_new_str(c->fork == AK_FORK_OLD ? "old" : "new"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "proof", proof_value(&c->fork_proof), err);
	if (st == AK_OK)
		st = ak_json_set(o, "root", digest_value(&c->fork_root), err);
	if (st == AK_OK)
		st = ak_json_set(root, "fork", ak_json_ref(o), err);
	ak_json_free(o);
	return st;
}

static bool leads_to_head(const ak_consistency *c)
{
	return c->head_note.len != 0 && c->fork != AK_FORK_NEW;
}

ak_status ak_consistency_format(const ak_consistency *c, ak_buf *out, ak_error *err)
{
	ak_json *root = ak_json_new_object();
	ak_status st = ak_json_set(root, "akashi", ak_json_new_str(version), err);

	if (st == AK_OK)
		st = put_fork(c, root, err);
	if (st == AK_OK && c->head_note.len != 0)
		st = ak_json_set(root, "head", note_value(&c->head_note), err);
	if (st == AK_OK)
		st = put_keysets(c, root, err);
	if (st == AK_OK && c->n_leaves != 0)
		st = ak_json_set(root, "leaves", digest_list(c->leaf, c->n_leaves), err);
	if (st == AK_OK)
		st = put_last_and_map(c, root, err);
	if (st == AK_OK)
		st = ak_json_set(root, "new", note_value(&c->new_note), err);
	if (st == AK_OK)
		st = ak_json_set(root, "old", note_value(&c->old_note), err);
	if (st == AK_OK && c->fork == AK_FORK_NONE)
		st = ak_json_set(root, "proof", proof_value(&c->proof), err);
	if (st == AK_OK && leads_to_head(c))
		st = ak_json_set(root, "to_head", proof_value(&c->to_head), err);
	if (st == AK_OK)
		st = ak_jcs_write(root, out, err);
	ak_json_free(root);
	return st;
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

static ak_status bad(ak_error *err, const char *where, const char *what)
{
	return ak_fail(err, AK_BAD_FORMAT, where, 0, "%s", what);
}

static ak_status read_digests(const ak_json *v, const char *where, size_t max, ak_digest *out, size_t *n, ak_error *err)
{
	if (!ak_json_is(v, AK_JSON_ARRAY) || ak_json_len(v) > max)
		return bad(err, where, "an array of digests is required, and not a longer one than any proof is");
	for (size_t i = 0; i < ak_json_len(v); i++) {
		if (!ak_digest_parse(ak_json_text(ak_json_at(v, i)), &out[i]))
			return bad(err, where, "a digest is required: sha256: and 64 hex digits");
	}
	*n = ak_json_len(v);
	return AK_OK;
}

static ak_status read_proof(const ak_json *v, const char *where, ak_tree_proof *out, ak_error *err)
{
	return read_digests(v, where, sizeof(out->hash) / sizeof(out->hash[0]), out->hash, &out->n, err);
}

static ak_status read_note(const ak_json *v, const char *where, ak_buf *out, ak_error *err)
{
	ak_status st = AK_OK;

	if (!ak_json_is(v, AK_JSON_ARRAY) || ak_json_len(v) == 0)
		return bad(err, where, "the lines of a signed note are required");
	for (size_t i = 0; st == AK_OK && i < ak_json_len(v); i++) {
		if (!ak_json_is(ak_json_at(v, i), AK_JSON_STRING))
			return bad(err, where, "a line of text is required");
		st = ak_buf_add_span(out, ak_json_text(ak_json_at(v, i)), err);
		if (st == AK_OK)
			st = ak_buf_add_byte(out, '\n', err);
	}
	return st == AK_LIMIT ? bad(err, where, "longer than a signed note may be") : st;
}

static ak_status read_keyset(const ak_json *v, ak_buf *out, ak_error *err)
{
	static const char where[] = "consistency.keysets";
	const ak_lines l = { .header = ak_json_get_text(v, "header"), .statement = ak_json_get_text(v, "statement"),
	                     .signatures = ak_json_get_text(v, "signatures") };
	ak_lines again;
	ak_status st;

	ak_buf_init(out, RECORD_FILE_MAX);
	if (ak_json_len(v) != 3 || l.header.len == 0 || l.statement.len == 0 || l.signatures.len == 0)
		return bad(err, where, "header, signatures and statement are required");
	st = ak_record_join(&l, out, err);
	if (st == AK_LIMIT || !ak_record_within_limits(&l) || (st == AK_OK && ak_record_split(ak_buf_span(out), &again, NULL) != AK_OK))
		return bad(err, where, "a line is longer than it may be");
	return st;
}

static ak_status read_keysets(const ak_json *v, ak_consistency *c, ak_error *err)
{
	void *items = NULL;
	ak_status st;

	if (!ak_json_is(v, AK_JSON_ARRAY) || ak_json_len(v) == 0 || ak_json_len(v) > AK_CONSISTENCY_KEYSETS_MAX)
		return bad(err, "consistency.keysets", "the keyset records are required");
	st = ak_mem_grow(&items, &c->cap_keysets, ak_json_len(v), sizeof(*c->keyset), err);
	c->keyset = items;
	for (size_t i = 0; st == AK_OK && i < ak_json_len(v); i++) {
		c->keyset[i] = (ak_buf){ 0 };
		c->n_keysets++;
		st = read_keyset(ak_json_at(v, i), &c->keyset[i], err);
	}
	return st;
}

static ak_status read_map(const ak_json *v, ak_map_proof *out, ak_error *err)
{
	static const char where[] = "consistency.map";
	const ak_json *siblings = ak_json_get(v, "siblings");
	int64_t count = 0;

	if (ak_json_len(v) != 3 || !ak_digest_parse(ak_json_get_text(v, "chain"), &out->entry.chain) ||
	    !ak_json_int(ak_json_get(v, "count"), &count) || count < 1)
		return bad(err, where, "chain, count and siblings are required");
	out->kind = AK_MAP_PRESENT;
	out->entry.count = (uint64_t)count;
	if (!ak_json_is(siblings, AK_JSON_ARRAY) || ak_json_len(siblings) > AK_MAP_DEPTH_MAX)
		return bad(err, where, "an array of at most 256 digests is required");
	out->sibling = ak_mem_array(ak_json_len(siblings) + 1, sizeof(*out->sibling));
	if (out->sibling == NULL)
		return ak_no_memory(err, where);
	return read_digests(siblings, where, AK_MAP_DEPTH_MAX, out->sibling, &out->n, err);
}

static ak_status read_last(const ak_json *v, ak_consistency *c, ak_error *err)
{
	static const char where[] = "consistency.last";
	ak_span line = ak_json_get_text(v, "header");
	ak_status st;

	if (ak_json_len(v) != 2 || line.len == 0 || line.len > AK_HEADER_MAX)
		return bad(err, where, "header and proof are required");
	st = ak_buf_add_span(&c->last, line, err);
	return st == AK_OK ? read_proof(ak_json_get(v, "proof"), where, &c->last_proof, err) : st;
}

static ak_status read_fork(const ak_json *v, ak_consistency *c, ak_error *err)
{
	static const char where[] = "consistency.fork";
	ak_span of = ak_json_get_text(v, "of");

	if (v == NULL)
		return AK_OK;
	if (ak_json_len(v) != 3 || (!ak_span_is(of, "old") && !ak_span_is(of, "new")) ||
	    !ak_digest_parse(ak_json_get_text(v, "root"), &c->fork_root))
		return bad(err, where, "of, proof and root are required");
	c->fork = ak_span_is(of, "old") ? AK_FORK_OLD : AK_FORK_NEW;
	return read_proof(ak_json_get(v, "proof"), where, &c->fork_proof, err);
}

static ak_status read_leaves(const ak_json *v, ak_consistency *c, ak_error *err)
{
	static const char where[] = "consistency.leaves";
	size_t n = ak_json_len(v);

	if (v == NULL)
		return AK_OK;
	if (!ak_json_is(v, AK_JSON_ARRAY) || n == 0)
		return bad(err, where, "the ids of all records are required");
	c->leaf = ak_mem_array(n, sizeof(*c->leaf));
	if (c->leaf == NULL)
		return ak_no_memory(err, where);
	return read_digests(v, where, n, c->leaf, &c->n_leaves, err);
}

/* Which members there have to be follows from what is shown. */
static ak_status read_shape(const ak_json *root, const ak_consistency *c, ak_error *err)
{
	size_t n = 7; /* akashi, keysets, last, map, new, old; fork or proof */

	n += c->head_note.len != 0 ? 1 : 0;
	n += leads_to_head(c) ? 1 : 0;
	n += c->n_leaves != 0 ? 1 : 0;

	if (c->fork == AK_FORK_NEW && c->head_note.len == 0)
		return bad(err, "consistency.head", "a head that the new one forks from is required");
	if (ak_json_len(root) != n)
		return bad(err, "consistency", "a member too many or too few");
	return AK_OK;
}

static ak_status read_all(const ak_json *root, ak_consistency *c, ak_error *err)
{
	ak_span said = ak_json_get_text(root, "akashi");
	ak_status st;

	if (!ak_span_is(said, version))
		return ak_fail(err, ak_span_starts(said, "consistency/") ? AK_UNKNOWN_VERSION : AK_BAD_FORMAT, "consistency.akashi", 0, "is no evidence of this version of the format");
	st = read_note(ak_json_get(root, "old"), "consistency.old", &c->old_note, err);
	if (st == AK_OK)
		st = read_note(ak_json_get(root, "new"), "consistency.new", &c->new_note, err);
	if (st == AK_OK && ak_json_get(root, "head") != NULL)
		st = read_note(ak_json_get(root, "head"), "consistency.head", &c->head_note, err);
	if (st == AK_OK)
		st = read_fork(ak_json_get(root, "fork"), c, err);
	if (st == AK_OK)
		st = read_keysets(ak_json_get(root, "keysets"), c, err);
	if (st == AK_OK)
		st = read_leaves(ak_json_get(root, "leaves"), c, err);
	if (st == AK_OK)
		st = read_last(ak_json_get(root, "last"), c, err);
	if (st == AK_OK)
		st = read_map(ak_json_get(root, "map"), &c->map, err);
	if (st == AK_OK && c->fork == AK_FORK_NONE)
		st = read_proof(ak_json_get(root, "proof"), "consistency.proof", &c->proof, err);
	if (st == AK_OK && leads_to_head(c))
		st = read_proof(ak_json_get(root, "to_head"), "consistency.to_head", &c->to_head, err);
	return st == AK_OK ? read_shape(root, c, err) : st;
}

ak_status ak_consistency_parse(ak_span text, ak_consistency *out, ak_error *err)
{
	ak_consistency c;
	ak_json *root = NULL;
	ak_status st;

	if (text.len > AK_CONSISTENCY_MAX)
		return ak_fail(err, AK_LIMIT, "consistency", text.len, "over %d bytes", AK_CONSISTENCY_MAX);
	if (ak_json_count(text) > AK_CONSISTENCY_VALUES_MAX)
		return ak_fail(err, AK_LIMIT, "json.values", 0, "over %d values", AK_CONSISTENCY_VALUES_MAX);
	st = ak_json_parse_most(text, AK_CONSISTENCY_MAX, &root, err);
	if (st != AK_OK)
		return st;
	ak_consistency_init(&c);
	st = ak_jcs_check(text, root, err);
	if (st == AK_OK)
		st = read_all(root, &c, err);
	ak_json_free(root);
	if (st != AK_OK)
		ak_consistency_clear(&c);
	else
		*out = c;
	return st;
}

/* ---- the report ------------------------------------------------------------------------------------------------------ */

static ak_json *head_value(const ak_checkpoint *h)
{
	ak_json *o = ak_json_new_object();

	if (ak_json_set(o, "root", digest_value(&h->root), NULL) != AK_OK ||
	    ak_json_set(o, "size", ak_json_new_int((int64_t)h->size), NULL) != AK_OK) {
		ak_json_free(o);
		return NULL;
	}
	return o;
}

/* The head whose history lacks the note, and the root that it has in its place. */
static ak_json *fork_value(const ak_consistency *c, const ak_continuity_found *f)
{
	ak_json *o = ak_json_new_object();
	const ak_checkpoint *h = c->fork == AK_FORK_OLD ? &f->old : &f->new;

	if (ak_json_set(o, "of", ak_json_new_str(c->fork == AK_FORK_OLD ? "old" : "new"), NULL) != AK_OK ||
	    ak_json_set(o, "size", ak_json_new_int((int64_t)h->size), NULL) != AK_OK ||
	    ak_json_set(o, "signed", digest_value(&h->root), NULL) != AK_OK ||
	    ak_json_set(o, "root", digest_value(&c->fork_root), NULL) != AK_OK ||
	    ak_json_set(o, "proof", proof_value(&c->fork_proof), NULL) != AK_OK) {
		ak_json_free(o);
		return NULL;
	}
	return o;
}

/* Pairs of a memory that do not hold. */
static ak_json *bad_value(const ak_continuity_found *f)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < f->n_bad; i++) {
		const ak_continuity_bad *b = &f->bad[i];
		ak_json *o = ak_json_new_object();

		st = ak_json_set(o, "en", ak_json_new_str(ak_status_text(b->status)), NULL);
		if (st == AK_OK)
			st = ak_json_set(o, "error", ak_json_new_str(ak_status_name(b->status)), NULL);
		if (st == AK_OK)
			st = ak_json_set(o, "ja", ak_json_new_str(ak_status_text_ja(b->status)), NULL);
		if (st == AK_OK)
			st = ak_json_set(o, "pair", ak_json_new_int((int64_t)b->pair), NULL);
		if (st == AK_OK)
			st = ak_json_set(o, "where", ak_json_new_str(b->where), NULL);
		if (st == AK_OK)
			st = ak_json_add(list, ak_json_ref(o), NULL);
		ak_json_free(o);
	}
	if (st == AK_OK)
		return list;
	ak_json_free(list);
	return NULL;
}

ak_status ak_consistency_report(const ak_consistency *c, const ak_continuity_found *f, const char *reason, ak_json **out,
                                ak_error *err)
{
	const bool shown = c != NULL, forked = shown && c->fork != AK_FORK_NONE;
	const bool same = shown && !forked && f->old.size == f->new.size;
	const char *outcome = !shown ? "not-shown" : forked ? "forked" : same ? "same" : "continues";
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "format", ak_json_new_str("akashi-consistency/1"), err);

	if (st == AK_OK)
		st = ak_json_set(o, "outcome", ak_json_new_str(outcome), err);
	if (st == AK_OK)
		st = ak_json_set(o, "exit", ak_json_new_int(!shown ? 3 : forked), err);
	if (st == AK_OK)
		st = ak_json_set(o, "reason", ak_json_new_str(reason), err);
	if (st == AK_OK)
		st = ak_json_set(o, "origin", ak_json_new_str(f->new.origin), err);
	if (st == AK_OK)
		st = ak_json_set(o, "old", head_value(&f->old), err);
	if (st == AK_OK)
		st = ak_json_set(o, "new", head_value(&f->new), err);
	if (st == AK_OK)
		st = ak_json_set(o, "head", head_value(&f->head), err);
	if (st == AK_OK)
		st = ak_json_set(o, "bad", bad_value(f), err);
	if (st == AK_OK)
		st = ak_json_set(o, "keysets", ak_json_new_int(shown ? (int64_t)c->n_keysets : 0), err);
	if (st == AK_OK)
		st = ak_json_set(o, "proof", shown && !forked ? proof_value(&c->proof) : ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(o, "fork", forked ? fork_value(c, f) : ak_json_new_null(), err);
	if (st != AK_OK)
		ak_json_free(o);
	else
		*out = o;
	return st;
}
