/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/bundle.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "codec/note.h"
#include "codec/schema.h"

#include <stdlib.h>
#include <string.h>

void ak_bundle_clear(ak_bundle *b)
{
	ak_evidence_clear(&b->e);
	ak_mem_free(b->cut);
	*b = (ak_bundle){ 0 };
}

const char *ak_bundle_listing(const ak_bundle *b)
{
	return b->subject + strlen(b->scheme) + strlen("/listing:");
}

/* An object with these members and no other; `optional` of them, listed last, may be absent. */
static ak_status members(const ak_json *o, const char *const *name, size_t n, size_t optional, const char *where,
                         uint64_t at, ak_error *err)
{
	size_t there = 0;

	if (!ak_json_is(o, AK_JSON_OBJECT))
		return ak_fail(err, AK_BAD_FORMAT, where, at, "an object is required");
	for (size_t i = 0; i < n; i++) {
		if (ak_json_get(o, name[i]) != NULL)
			there++;
		else if (i < n - optional)
			return ak_fail(err, AK_BAD_FORMAT, where, at, "member '%s' is missing", name[i]);
	}
	if (ak_json_len(o) != there)
		return ak_fail(err, AK_BAD_FORMAT, where, at, "a member that is not known");
	return AK_OK;
}

#define MEMBERS(o, list, optional, where, at, err) \
	members(o, list, sizeof(list) / sizeof((list)[0]), optional, where, at, err)

static ak_status array(const ak_json *v, size_t max, const char *where, size_t *n, ak_error *err)
{
	if (!ak_json_is(v, AK_JSON_ARRAY))
		return ak_fail(err, AK_BAD_FORMAT, where, 0, "an array is required");
	if (ak_json_len(v) > max)
		return ak_fail(err, AK_LIMIT, where, max, "over %zu of them", max);
	*n = ak_json_len(v);
	return AK_OK;
}

static ak_status digest(const ak_json *v, const char *where, uint64_t at, ak_digest *out, ak_error *err)
{
	if (ak_json_is(v, AK_JSON_STRING) && ak_digest_parse(ak_json_text(v), out))
		return AK_OK;
	return ak_fail(err, AK_BAD_FORMAT, where, at, "a digest is required: sha256: and 64 hex digits");
}

static ak_status number(const ak_json *v, const char *where, uint64_t at, uint64_t *out, ak_error *err)
{
	int64_t n;

	if (!ak_json_int(v, &n) || n < 0)
		return ak_fail(err, AK_BAD_FORMAT, where, at, "a number from 0 is required");
	*out = (uint64_t)n;
	return AK_OK;
}

static ak_status line(const ak_json *v, const char *where, uint64_t at, ak_span *out, ak_error *err)
{
	if (!ak_json_is(v, AK_JSON_STRING) || ak_json_text(v).len == 0)
		return ak_fail(err, AK_BAD_FORMAT, where, at, "a line of text is required");
	*out = ak_json_text(v);
	return AK_OK;
}

static ak_status tree_proof(const ak_json *v, const char *where, uint64_t at, ak_tree_proof *out, ak_error *err)
{
	size_t n = ak_json_len(v);
	ak_status st = AK_OK;

	if (!ak_json_is(v, AK_JSON_ARRAY) || n > sizeof(out->hash) / sizeof(out->hash[0]))
		return ak_fail(err, AK_BAD_FORMAT, where, at, "an array of at most %zu digests is required",
		               sizeof(out->hash) / sizeof(out->hash[0]));
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = digest(ak_json_at(v, i), where, at, &out->hash[i], err);
	out->n = n;
	return st;
}

static ak_status read_checkpoint(const ak_json *v, ak_buf *out, ak_error *err)
{
	size_t n = 0;
	ak_status st = array(v, AK_NOTE_MAX, "bundle.checkpoint", &n, err);

	ak_buf_init(out, AK_NOTE_MAX);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		const ak_json *l = ak_json_at(v, i);

		if (!ak_json_is(l, AK_JSON_STRING))
			return ak_fail(err, AK_BAD_FORMAT, "bundle.checkpoint", i, "a line of text is required");
		st = ak_buf_add_span(out, ak_json_text(l), err);
		if (st == AK_OK)
			st = ak_buf_add_byte(out, '\n', err);
		if (st == AK_LIMIT)
			st = ak_fail(err, AK_LIMIT, "bundle.checkpoint", i, "over %d bytes", AK_NOTE_MAX);
	}
	return st;
}

/* On failure what was made is left in *out, for ak_evidence_clear. */
static ak_status read_header(const ak_json *v, const char *where, uint64_t at, ak_evidence_header *out, ak_error *err)
{
	static const char *const known[] = { "header", "proof", "seq" };
	ak_span text = { 0 };
	ak_status st = MEMBERS(v, known, 0, where, at, err);

	ak_buf_init(&out->line, AK_HEADER_MAX);
	if (st == AK_OK)
		st = line(ak_json_get(v, "header"), where, at, &text, err);
	if (st == AK_OK && text.len > AK_HEADER_MAX)
		st = ak_fail(err, AK_BAD_FORMAT, where, at, "the header has over %d bytes", AK_HEADER_MAX);
	if (st == AK_OK)
		st = ak_buf_add_span(&out->line, text, err);
	if (st == AK_OK)
		st = number(ak_json_get(v, "seq"), where, at, &out->seq, err);
	return st == AK_OK ? tree_proof(ak_json_get(v, "proof"), where, at, &out->proof, err) : st;
}

/* Where packages come from, and what was put together with them so far. */
typedef struct filler {
	ak_package_fn *find;
	ak_bundle *b;
	size_t filled; /* bytes */
} filler;

static const char in_records[] = "bundle.records";

/* Line 2 with the package back in its place.  Each comes out of some bytes of text, so that what comes out is bounded here. */
static ak_status fill(filler *f, const ak_json *v, uint64_t at, ak_bundle_cut *c, ak_buf *line2, ak_error *err)
{
	const ak_json *halves = ak_json_get(v, "statement");
	ak_span before = { 0 }, after = { 0 }, bytes;
	char name[AK_DIGEST_TEXT_LEN + 1];
	ak_status st = digest(ak_json_get(v, "package"), in_records, at, &c->package, err);

	if (st == AK_OK && (!ak_json_is(halves, AK_JSON_ARRAY) || ak_json_len(halves) != 2))
		st = ak_fail(err, AK_BAD_FORMAT, in_records, at, "what stood before and after the package is required");
	if (st == AK_OK)
		st = line(ak_json_at(halves, 0), in_records, at, &before, err);
	if (st == AK_OK)
		st = line(ak_json_at(halves, 1), in_records, at, &after, err);
	if (st != AK_OK)
		return st;
	ak_digest_format(&c->package, name);
	if (f->find == NULL || !f->find(&c->package, &bytes) || bytes.len == 0)
		return ak_fail(err, AK_NOT_HELD, in_records, at, "the definition %s is not part of this program", name);
	if (before.len + after.len > AK_STATEMENT_MAX || bytes.len > AK_STATEMENT_MAX - before.len - after.len)
		return ak_fail(err, AK_BAD_FORMAT, in_records, at, "longer than a record may be");
	c->at = before.len;
	c->len = bytes.len;
	f->filled += before.len + bytes.len + after.len;
	if (f->filled > AK_BUNDLE_JSON_MAX)
		return ak_fail(err, AK_LIMIT, in_records, at, "the records have over %d bytes", AK_BUNDLE_JSON_MAX);
	st = ak_buf_add_span(line2, before, err);
	if (st == AK_OK)
		st = ak_buf_add_span(line2, bytes, err);
	return st == AK_OK ? ak_buf_add_span(line2, after, err) : st;
}

static ak_status read_statement(filler *f, const ak_json *v, uint64_t at, uint64_t seq, ak_buf *room, ak_span *out, ak_error *err)
{
	ak_bundle *b = f->b;
	ak_bundle_cut c = { .seq = seq };
	ak_status st;

	if (ak_json_get(v, "package") == NULL)
		return line(ak_json_get(v, "statement"), in_records, at, out, err);
	st = fill(f, v, at, &c, room, err);
	if (st == AK_OK)
		st = ak_mem_grow((void **)&b->cut, &b->cap_cut, b->n_cut + 1, sizeof(*b->cut), err);
	if (st != AK_OK)
		return st;
	b->cut[b->n_cut++] = c;
	*out = ak_buf_span(room);
	return AK_OK;
}

static ak_status read_record(filler *f, const ak_json *v, uint64_t at, ak_evidence_record *out, ak_error *err)
{
	static const char *const known[] = { "header", "proof", "seq", "signatures", "statement", "package" };
	static const char *const where = in_records;
	ak_lines l = { 0 }, again;
	ak_buf room;
	ak_status st = MEMBERS(v, known, 1, where, at, err);

	ak_buf_init(&room, AK_STATEMENT_MAX);
	ak_buf_init(&out->file, AK_HEADER_MAX + AK_STATEMENT_MAX + AK_SIGNATURES_MAX + 3);
	if (st == AK_OK)
		st = line(ak_json_get(v, "header"), where, at, &l.header, err);
	if (st == AK_OK)
		st = number(ak_json_get(v, "seq"), where, at, &out->seq, err);
	if (st == AK_OK)
		st = read_statement(f, v, at, out->seq, &room, &l.statement, err);
	if (st == AK_OK)
		st = line(ak_json_get(v, "signatures"), where, at, &l.signatures, err);
	if (st == AK_OK && l.header.len + l.statement.len + l.signatures.len + 3 > out->file.max)
		st = ak_fail(err, AK_BAD_FORMAT, where, at, "longer than a record may be");
	if (st == AK_OK)
		st = ak_record_join(&l, &out->file, err);
	if (st == AK_OK && (!ak_record_within_limits(&l) || ak_record_split(ak_buf_span(&out->file), &again, NULL) != AK_OK))
		st = ak_fail(err, AK_BAD_FORMAT, where, at, "a line is longer than it may be");
	ak_buf_clear(&room);
	return st == AK_OK ? tree_proof(ak_json_get(v, "proof"), where, at, &out->proof, err) : st;
}

static ak_status read_records(filler *f, const ak_json *v, ak_error *err)
{
	ak_evidence *e = &f->b->e;
	size_t n = 0;
	ak_status st = array(v, AK_EVIDENCE_RECORDS_MAX, "bundle.records", &n, err);

	if (st == AK_OK)
		st = ak_mem_grow((void **)&e->record, &e->cap_records, n, sizeof(*e->record), err);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_evidence_record *r = &e->record[e->n_records++];

		*r = (ak_evidence_record){ 0 };
		st = read_record(f, ak_json_at(v, i), i, r, err);
		if (st == AK_OK && i > 0 && r->seq <= r[-1].seq)
			st = ak_fail(err, AK_BAD_FORMAT, "bundle.records", i, "not in order of seq");
	}
	return st;
}

static ak_status read_bases(const ak_json *v, ak_evidence *e, ak_error *err)
{
	size_t n = 0;
	ak_status st = array(v, AK_EVIDENCE_RECORDS_MAX, "bundle.bases", &n, err);

	if (st == AK_OK)
		st = ak_mem_grow((void **)&e->base, &e->cap_bases, n, sizeof(*e->base), err);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_evidence_header *h = &e->base[e->n_bases++];

		*h = (ak_evidence_header){ 0 };
		st = read_header(ak_json_at(v, i), "bundle.bases", i, h, err);
		if (st == AK_OK && i > 0 && h->seq <= h[-1].seq)
			st = ak_fail(err, AK_BAD_FORMAT, "bundle.bases", i, "not in order of seq");
	}
	return st;
}

static ak_status read_siblings(const ak_json *v, uint64_t at, ak_map_proof *out, ak_error *err)
{
	static const char where[] = "bundle.subjects";
	size_t n = ak_json_len(v);
	ak_status st = AK_OK;

	if (!ak_json_is(v, AK_JSON_ARRAY) || n > AK_MAP_DEPTH_MAX)
		return ak_fail(err, AK_BAD_FORMAT, where, at, "an array of at most %d digests is required", AK_MAP_DEPTH_MAX);
	if (n == 0)
		return AK_OK;
	out->sibling = ak_mem_array(n, sizeof(*out->sibling));
	if (out->sibling == NULL)
		return ak_no_memory(err, "bundle");
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = digest(ak_json_at(v, i), where, at, &out->sibling[i], err);
	out->n = n;
	return st;
}

/* Which members there are says of which kind the proof is. */
static ak_status read_map_proof(const ak_json *v, uint64_t at, ak_map_proof *out, ak_error *err)
{
	static const char *const empty[] = { "siblings" };
	static const char *const present[] = { "chain", "count", "siblings" };
	static const char *const other[] = { "chain", "count", "key", "siblings" };
	static const char where[] = "bundle.subjects";
	ak_status st;

	if (ak_json_get(v, "key") != NULL) {
		out->kind = AK_MAP_ABSENT_OTHER;
		st = MEMBERS(v, other, 0, where, at, err);
	} else if (ak_json_get(v, "chain") != NULL) {
		out->kind = AK_MAP_PRESENT;
		st = MEMBERS(v, present, 0, where, at, err);
	} else {
		out->kind = AK_MAP_ABSENT_EMPTY;
		st = MEMBERS(v, empty, 0, where, at, err);
	}
	if (st == AK_OK && out->kind != AK_MAP_ABSENT_EMPTY)
		st = digest(ak_json_get(v, "chain"), where, at, &out->entry.chain, err);
	if (st == AK_OK && out->kind != AK_MAP_ABSENT_EMPTY)
		st = number(ak_json_get(v, "count"), where, at, &out->entry.count, err);
	if (st == AK_OK && out->kind == AK_MAP_ABSENT_OTHER)
		st = digest(ak_json_get(v, "key"), where, at, &out->other_key, err);
	return st == AK_OK ? read_siblings(ak_json_get(v, "siblings"), at, out, err) : st;
}

static ak_status read_subject(const ak_json *v, uint64_t at, ak_evidence_subject *out, ak_error *err)
{
	static const char *const known[] = { "id", "proof" };
	ak_span id = { 0 };
	ak_status st = MEMBERS(v, known, 0, "bundle.subjects", at, err);

	if (st == AK_OK)
		st = line(ak_json_get(v, "id"), "bundle.subjects", at, &id, err);
	if (st == AK_OK && !ak_subject_id_valid(id))
		st = ak_fail(err, AK_BAD_FORMAT, "bundle.subjects", at, "not a subject id");
	if (st != AK_OK)
		return st;
	memcpy(out->id, id.data, id.len);
	return read_map_proof(ak_json_get(v, "proof"), at, &out->proof, err);
}

static ak_status read_subjects(const ak_json *v, ak_evidence *e, ak_error *err)
{
	size_t n = 0;
	ak_status st = array(v, AK_EVIDENCE_SUBJECTS_MAX, "bundle.subjects", &n, err);

	if (st == AK_OK)
		st = ak_mem_grow((void **)&e->subject, &e->cap_subjects, n, sizeof(*e->subject), err);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_evidence_subject *s = &e->subject[e->n_subjects++];

		*s = (ak_evidence_subject){ 0 };
		st = read_subject(ak_json_at(v, i), i, s, err);
		if (st == AK_OK && i > 0 && strcmp(s->id, s[-1].id) <= 0)
			st = ak_fail(err, AK_BAD_FORMAT, "bundle.subjects", i, "not in order of id");
	}
	return st;
}

static ak_status read_leaves(const ak_json *v, ak_evidence *e, ak_error *err)
{
	size_t n = ak_json_len(v);
	ak_status st = AK_OK;

	if (v == NULL)
		return AK_OK;
	if (!ak_json_is(v, AK_JSON_ARRAY) || n == 0)
		return ak_fail(err, AK_BAD_FORMAT, "bundle.leaves", 0, "an array of digests is required");
	e->leaf = ak_mem_array(n, sizeof(*e->leaf));
	if (e->leaf == NULL)
		return ak_no_memory(err, "bundle");
	e->n_leaves = n;
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = digest(ak_json_at(v, i), "bundle.leaves", i, &e->leaf[i], err);
	return st;
}

static ak_status read_since(const ak_json *v, ak_tree_since *out, ak_error *err)
{
	static const char *const known[] = { "proof", "root", "size" };
	ak_status st;

	if (v == NULL)
		return AK_OK;
	st = MEMBERS(v, known, 0, "bundle.since", 0, err);
	if (st == AK_OK)
		st = number(ak_json_get(v, "size"), "bundle.since", 0, &out->size, err);
	if (st == AK_OK && out->size == 0)
		st = ak_fail(err, AK_BAD_FORMAT, "bundle.since", 0, "nothing follows from an empty ledger");
	if (st == AK_OK)
		st = digest(ak_json_get(v, "root"), "bundle.since", 0, &out->root, err);
	return st == AK_OK ? tree_proof(ak_json_get(v, "proof"), "bundle.since", 0, &out->proof, err) : st;
}

/* What it is about: "<scheme>/listing:<name>". */
static ak_status read_question(const ak_json *v, ak_bundle *b, ak_error *err)
{
	ak_span scheme = { 0 }, subject = { 0 };
	ak_status st = line(ak_json_get(v, "scheme"), "bundle.scheme", 0, &scheme, err);
	const char *kind = "/listing:";
	size_t skip;

	if (st == AK_OK && !ak_name_valid(scheme))
		st = ak_fail(err, AK_BAD_FORMAT, "bundle.scheme", 0, "not the name of a scheme");
	if (st == AK_OK)
		st = line(ak_json_get(v, "subject"), "bundle.subject", 0, &subject, err);
	if (st != AK_OK)
		return st;
	skip = scheme.len + strlen(kind);
	if (!ak_subject_id_valid(subject) || subject.len <= skip || memcmp(subject.data, scheme.data, scheme.len) != 0 ||
	    memcmp(subject.data + scheme.len, kind, strlen(kind)) != 0)
		return ak_fail(err, AK_BAD_FORMAT, "bundle.subject", 0, "not a listing of the scheme");
	memcpy(b->scheme, scheme.data, scheme.len);
	memcpy(b->subject, subject.data, subject.len);
	return AK_OK;
}

static ak_status check_version(const ak_json *v, ak_error *err)
{
	ak_span version = ak_json_get_text(v, "akashi");
	uint64_t n;

	if (ak_span_is(version, "bundle/1"))
		return AK_OK;
	if (ak_span_starts(version, "bundle/") &&
	    ak_decimal_parse((ak_span){ version.data + strlen("bundle/"), version.len - strlen("bundle/") }, &n) && n > 1)
		return ak_fail(err, AK_UNKNOWN_VERSION, "bundle.akashi", 0, "bundle/%llu: this program knows bundle/1",
		               (unsigned long long)n);
	return ak_fail(err, AK_BAD_FORMAT, "bundle.akashi", 0, "not a bundle");
}

static ak_status read_all(const ak_json *v, filler *f, ak_error *err)
{
	static const char *const known[] = { "akashi", "bases", "checkpoint", "last", "records", "scheme", "subject", "subjects",
	                                     "leaves", "since" };
	ak_evidence *e = &f->b->e;
	ak_status st = check_version(v, err);

	if (st == AK_OK)
		st = MEMBERS(v, known, 2, "bundle", 0, err);
	if (st == AK_OK)
		st = read_question(v, f->b, err);
	if (st == AK_OK)
		st = read_checkpoint(ak_json_get(v, "checkpoint"), &e->checkpoint, err);
	if (st == AK_OK)
		st = read_header(ak_json_get(v, "last"), "bundle.last", 0, &e->last, err);
	if (st == AK_OK)
		st = read_records(f, ak_json_get(v, "records"), err);
	if (st == AK_OK)
		st = read_bases(ak_json_get(v, "bases"), e, err);
	if (st == AK_OK)
		st = read_subjects(ak_json_get(v, "subjects"), e, err);
	if (st == AK_OK)
		st = read_leaves(ak_json_get(v, "leaves"), e, err);
	return st == AK_OK ? read_since(ak_json_get(v, "since"), &e->since, err) : st;
}

ak_status ak_bundle_parse(ak_span text, ak_package_fn *find, ak_bundle *out, ak_error *err)
{
	ak_bundle b = { 0 };
	filler f = { .find = find, .b = &b };
	ak_json *v = NULL;
	ak_status st = ak_json_count(text) > AK_BUNDLE_VALUES_MAX ? ak_fail(err, AK_LIMIT, "json.values", 0, "over %d values", AK_BUNDLE_VALUES_MAX)
	               : ak_json_parse_most(text, AK_BUNDLE_JSON_MAX, &v, err);

	if (st == AK_OK)
		st = check_version(v, err);
	if (st == AK_OK)
		st = ak_jcs_check(text, v, err);
	if (st == AK_OK)
		st = read_all(v, &f, err);
	ak_json_free(v);
	if (st != AK_OK)
		ak_bundle_clear(&b);
	else
		*out = b;
	return st;
}

ak_status ak_bundle_read(ak_span file, ak_package_fn *find, ak_bundle *out, ak_error *err)
{
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, AK_BUNDLE_JSON_MAX);
	st = ak_bundle_unpack(file, &text, err);
	if (st == AK_OK)
		st = ak_bundle_parse(ak_buf_span(&text), find, out, err);
	ak_buf_clear(&text);
	return st;
}
