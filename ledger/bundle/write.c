/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/bundle.h"

#include "base/fail.h"
#include "codec/jcs.h"
#include "codec/note.h"
#include "crypto/hash.h"

#include <string.h>

/* The builders below answer NULL when out of memory; ak_json_set() and ak_json_add() say so. */

static ak_json *digest_list(const ak_digest *d, size_t n)
{
	ak_json *list = ak_json_new_array();

	for (size_t i = 0; i < n; i++) {
		if (ak_json_add(list, ak_json_new_digest(&d[i]), NULL) != AK_OK) {
			ak_json_free(list);
			return NULL;
		}
	}
	return list;
}

static ak_json *number(uint64_t n)
{
	return ak_json_new_int((int64_t)n); /* sizes and counts of a ledger stay below 2^53 */
}

/* The last of several ak_json_set: hand `o` over or drop it. */
static ak_status done(ak_json *o, ak_status st, ak_json **out)
{
	if (st != AK_OK)
		ak_json_free(o);
	else
		*out = o;
	return st;
}

static ak_status header_value(const ak_evidence_header *h, ak_json **out, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "header", ak_json_new_text(ak_buf_span(&h->line)), err);

	if (st == AK_OK)
		st = ak_json_set(o, "proof", digest_list(h->proof.hash, h->proof.n), err);
	if (st == AK_OK)
		st = ak_json_set(o, "seq", number(h->seq), err);
	return done(o, st, out);
}

/* Line 2: its text, or without the package what stood before and after it. */
static ak_status put_statement(ak_span line, const ak_bundle_cut *cut, ak_json *o, ak_error *err)
{
	ak_json *list;
	size_t after;
	ak_status st;

	if (cut == NULL)
		return ak_json_set(o, "statement", ak_json_new_text(line), err);
	after = cut->at + cut->len;
	list = ak_json_new_array();
	st = ak_json_set(o, "statement", list, err);
	if (st == AK_OK)
		st = ak_json_add(list, ak_json_new_text((ak_span){ line.data, cut->at }), err);
	if (st == AK_OK)
		st = ak_json_add(list, ak_json_new_text((ak_span){ line.data + after, line.len - after }), err);
	return st == AK_OK ? ak_json_set(o, "package", ak_json_new_digest(&cut->package), err) : st;
}

static ak_status record_value(const ak_evidence_record *r, const ak_bundle_cut *cut, ak_json **out, ak_error *err)
{
	ak_json *o;
	ak_lines l;
	ak_status st = ak_record_split(ak_buf_span(&r->file), &l, err);

	if (st != AK_OK)
		return st;
	o = ak_json_new_object();
	st = ak_json_set(o, "header", ak_json_new_text(l.header), err);
	if (st == AK_OK)
		st = ak_json_set(o, "proof", digest_list(r->proof.hash, r->proof.n), err);
	if (st == AK_OK)
		st = ak_json_set(o, "seq", number(r->seq), err);
	if (st == AK_OK)
		st = ak_json_set(o, "signatures", ak_json_new_text(l.signatures), err);
	if (st == AK_OK)
		st = put_statement(l.statement, cut, o, err);
	return done(o, st, out);
}

/* Which members there are says of which kind the proof is. */
static ak_status map_proof_value(const ak_map_proof *p, ak_json **out, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "siblings", digest_list(p->sibling, p->n), err);

	if (st == AK_OK && p->kind != AK_MAP_ABSENT_EMPTY)
		st = ak_json_set(o, "chain", ak_json_new_digest(&p->entry.chain), err);
	if (st == AK_OK && p->kind != AK_MAP_ABSENT_EMPTY)
		st = ak_json_set(o, "count", number(p->entry.count), err);
	if (st == AK_OK && p->kind == AK_MAP_ABSENT_OTHER)
		st = ak_json_set(o, "key", ak_json_new_digest(&p->other_key), err);
	return done(o, st, out);
}

static ak_status subject_value(const ak_evidence_subject *s, ak_json **out, ak_error *err)
{
	ak_json *o = ak_json_new_object(), *proof = NULL;
	ak_status st = ak_json_set(o, "id", ak_json_new_str(s->id), err);

	if (st == AK_OK)
		st = map_proof_value(&s->proof, &proof, err);
	if (st == AK_OK)
		st = ak_json_set(o, "proof", proof, err);
	return done(o, st, out);
}

/* A line of the signed text or its blank line, the operator's, or any when cosignatures are wanted. */
static bool line_is_wanted(ak_span line, const char *origin, bool cosignatures)
{
	static const char dash[] = "\xe2\x80\x94 ";
	size_t skip = sizeof(dash) - 1, len = strlen(origin);

	if (cosignatures || !ak_span_starts(line, dash))
		return true;
	return line.len > skip + len && memcmp(line.data + skip, origin, len) == 0 && line.data[skip + len] == ' ';
}

static ak_status checkpoint_value(const ak_evidence *e, bool cosignatures, ak_json **out, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_span rest = ak_buf_span(&e->checkpoint), line;
	char origin[AK_NOTE_NAME_MAX + 1] = "";
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && ak_span_line(&rest, &line); i++) {
		if (i == 0 && line.len < sizeof(origin))
			memcpy(origin, line.data, line.len);
		if (line_is_wanted(line, origin, cosignatures))
			st = ak_json_add(list, ak_json_new_text(line), err);
	}
	if (st == AK_OK && rest.len != 0)
		st = ak_fail(err, AK_INVALID_ARGUMENT, "bundle.checkpoint", e->checkpoint.len, "a note ends in a newline");
	return done(list, st, out);
}

static ak_status put_records(const ak_bundle *b, ak_json *root, ak_error *err)
{
	ak_json *list = ak_json_new_array(), *v = NULL;
	const ak_evidence *e = &b->e;
	size_t next = 0;
	ak_status st = ak_json_set(root, "records", list, err);

	for (size_t i = 0; st == AK_OK && i < e->n_records; i++) {
		bool cut = next < b->n_cut && b->cut[next].seq == e->record[i].seq;

		st = record_value(&e->record[i], cut ? &b->cut[next++] : NULL, &v, err);
		if (st == AK_OK)
			st = ak_json_add(list, v, err);
	}
	return st;
}

static ak_status put_bases(const ak_evidence *e, ak_json *root, ak_error *err)
{
	ak_json *list = ak_json_new_array(), *v = NULL;
	ak_status st = ak_json_set(root, "bases", list, err);

	for (size_t i = 0; st == AK_OK && i < e->n_bases; i++) {
		st = header_value(&e->base[i], &v, err);
		if (st == AK_OK)
			st = ak_json_add(list, v, err);
	}
	return st;
}

static ak_status put_subjects(const ak_evidence *e, ak_json *root, ak_error *err)
{
	ak_json *list = ak_json_new_array(), *v = NULL;
	ak_status st = ak_json_set(root, "subjects", list, err);

	for (size_t i = 0; st == AK_OK && i < e->n_subjects; i++) {
		st = subject_value(&e->subject[i], &v, err);
		if (st == AK_OK)
			st = ak_json_add(list, v, err);
	}
	return st;
}

static ak_status put_since(const ak_tree_since *s, ak_json *root, ak_error *err)
{
	ak_json *o, *v = NULL;
	ak_status st;

	if (s->size == 0)
		return AK_OK;
	o = ak_json_new_object();
	st = ak_json_set(o, "proof", digest_list(s->proof.hash, s->proof.n), err);
	if (st == AK_OK)
		st = ak_json_set(o, "root", ak_json_new_digest(&s->root), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", number(s->size), err);
	st = done(o, st, &v);
	return st == AK_OK ? ak_json_set(root, "since", v, err) : st;
}

static ak_status put_all(const ak_bundle *b, bool cosignatures, ak_json *root, ak_error *err)
{
	const ak_evidence *e = &b->e;
	ak_json *v = NULL;
	ak_status st = ak_json_set(root, "akashi", ak_json_new_str("bundle/1"), err);

	if (st == AK_OK)
		st = put_bases(e, root, err);
	if (st == AK_OK)
		st = checkpoint_value(e, cosignatures, &v, err);
	if (st == AK_OK)
		st = ak_json_set(root, "checkpoint", v, err);
	if (st == AK_OK)
		st = header_value(&e->last, &v, err);
	if (st == AK_OK)
		st = ak_json_set(root, "last", v, err);
	if (st == AK_OK && e->n_leaves != 0)
		st = ak_json_set(root, "leaves", digest_list(e->leaf, e->n_leaves), err);
	if (st == AK_OK)
		st = put_records(b, root, err);
	if (st == AK_OK)
		st = ak_json_set(root, "scheme", ak_json_new_str(b->scheme), err);
	if (st == AK_OK)
		st = put_since(&e->since, root, err);
	if (st == AK_OK)
		st = ak_json_set(root, "subject", ak_json_new_str(b->subject), err);
	return st == AK_OK ? put_subjects(e, root, err) : st;
}

static ak_status format(const ak_bundle *b, bool cosignatures, ak_buf *out, ak_error *err)
{
	ak_json *root = ak_json_new_object();
	ak_buf text;
	ak_status st = put_all(b, cosignatures, root, err);

	ak_buf_init(&text, AK_BUNDLE_JSON_MAX);
	if (st == AK_OK)
		st = ak_jcs_write(root, &text, err);
	ak_json_free(root);
	if (st == AK_LIMIT)
		st = ak_fail(err, AK_LIMIT, "bundle.size", AK_BUNDLE_JSON_MAX, "the evidence takes over %d bytes",
		             AK_BUNDLE_JSON_MAX);
	if (st == AK_OK)
		st = ak_buf_add_span(out, ak_buf_span(&text), err);
	ak_buf_clear(&text);
	return st;
}

ak_status ak_bundle_format(const ak_bundle *b, ak_buf *out, ak_error *err)
{
	return format(b, true, out, err);
}

ak_status ak_bundle_digest(const ak_bundle *b, ak_digest *out, ak_error *err)
{
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, AK_BUNDLE_JSON_MAX);
	st = format(b, false, &text, err);
	if (st == AK_OK)
		ak_sha256(ak_buf_span(&text), out);
	ak_buf_clear(&text);
	return st;
}

ak_status ak_bundle_write(const ak_bundle *b, ak_buf *file, ak_error *err)
{
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, AK_BUNDLE_JSON_MAX);
	st = ak_bundle_format(b, &text, err);
	if (st == AK_OK)
		st = ak_bundle_pack(ak_buf_span(&text), file, err);
	ak_buf_clear(&text);
	return st;
}
