/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/draft.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "verify/admit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTER_MAX = 1024 };

bool ak_is_draft(const ak_json *v)
{
	return ak_span_starts(ak_json_get_text(v, "akashi"), "draft/");
}

/* ---- blanks -------------------------------------------------------------------------------------------- */

typedef struct blanks {
	ak_buf *out;
	ak_error *err;
	char at[POINTER_MAX];
	size_t len;
	ak_status st;
} blanks;

static void find_blanks(blanks *b, const ak_json *v);

static void step(blanks *b, ak_span name, const ak_json *v)
{
	size_t was = b->len;
	int n = snprintf(b->at + was, sizeof(b->at) - was, "/%.*s", (int)name.len, (const char *)name.data);

	if (n < 0 || (size_t)n >= sizeof(b->at) - was) {
		b->st = ak_fail(b->err, AK_LIMIT, "draft", 0, "nested too deeply");
		return;
	}
	b->len += (size_t)n;
	find_blanks(b, v);
	b->len = was;
	b->at[was] = '\0';
}

static bool step_member(void *ctx, ak_span key, const ak_json *v)
{
	blanks *b = ctx;

	step(b, key, v);
	return b->st == AK_OK;
}

static void find_blanks(blanks *b, const ak_json *v)
{
	if (ak_json_is(v, AK_JSON_OBJECT)) {
		(void)ak_json_each(v, step_member, b);
	} else if (ak_json_is(v, AK_JSON_ARRAY)) {
		for (size_t i = 0; b->st == AK_OK && i < ak_json_len(v); i++) {
			char n[24];

			(void)snprintf(n, sizeof(n), "%zu", i);
			step(b, ak_span_str(n), ak_json_at(v, i));
		}
	} else if (ak_json_is(v, AK_JSON_STRING) && ak_span_starts(ak_json_text(v), AK_BLANK)) {
		b->st = ak_buf_addf(b->out, b->err, "%s\n", b->at);
	}
}

ak_status ak_draft_blanks(const ak_json *v, ak_buf *out, ak_error *err)
{
	blanks b = { .out = out, .err = err, .st = AK_OK };

	find_blanks(&b, v);
	return b.st;
}

/* ---- templates ------------------------------------------------------------------------------------------- */

typedef struct templating {
	const ak_json *root;     /* the whole schema, for $ref */
	const ak_json *required;
	ak_json *to;
	int depth;
	ak_error *err;
	ak_status st;
} templating;

static ak_json *template_of(const ak_json *root, const ak_json *schema, ak_span name, int depth);

static bool is_required(const ak_json *required, ak_span key)
{
	for (size_t i = 0; i < ak_json_len(required); i++) {
		if (ak_span_eq(ak_json_text(ak_json_at(required, i)), key))
			return true;
	}
	return false;
}

static bool add_property(void *ctx, ak_span key, const ak_json *schema)
{
	templating *t = ctx;
	char name[128];

	if (!is_required(t->required, key) || key.len >= sizeof(name))
		return true;
	memcpy(name, key.data, key.len);
	name[key.len] = '\0';
	t->st = ak_json_set(t->to, name, template_of(t->root, schema, key, t->depth + 1), t->err);
	return t->st == AK_OK;
}

/* What the field is called, in both languages, by itself before what it is made of; and what may stand there. */
static ak_json *blank_of(const ak_json *own, const ak_json *schema, ak_span name)
{
	const ak_json *choices = ak_json_get(schema, "enum");
	const ak_json *from = ak_json_get_text(own, "title").len != 0 ? own : schema;
	ak_span title = ak_json_get_text(from, "title"), ja = ak_json_get_text(from, "x-ja");
	char list[512] = "";

	if (ak_span_is(ak_json_get_text(schema, "format"), "akashi-date"))
		(void)snprintf(list, sizeof(list), "YYYY-MM-DD|YYYY-MM|YYYY");

	for (size_t i = 0; i < ak_json_len(choices); i++) {
		ak_span c = ak_json_text(ak_json_at(choices, i));
		size_t at = strlen(list);

		(void)snprintf(list + at, sizeof(list) - at, "%s%.*s", i == 0 ? "" : "|", (int)c.len,
		               (const char *)c.data);
	}
	return ak_json_new_strf(AK_BLANK "%.*s%s%.*s%s%.*s%s%s", (int)name.len, (const char *)name.data,
	                        title.len != 0 ? ": " : "", (int)title.len, (const char *)title.data,
	                        ja.len != 0 ? " / " : "", (int)ja.len, (const char *)ja.data,
	                        list[0] != '\0' ? " = " : "", list);
}

/* Follow local references; the depth bound ends a circle. */
static const ak_json *resolve(const ak_json *root, const ak_json *schema)
{
	for (int i = 0; i < 8; i++) {
		ak_span ref = ak_json_get_text(schema, "$ref");

		if (ref.len == 0 || ref.data[0] != '#')
			break;
		schema = ak_json_pointer(root, (ak_span){ ref.data + 1, ref.len - 1 });
	}
	return schema;
}

static ak_json *template_of(const ak_json *root, const ak_json *schema, ak_span name, int depth)
{
	templating t = { .root = root, .depth = depth, .st = AK_OK };
	const ak_json *own = schema;

	schema = resolve(root, schema);
	if (ak_json_get(schema, "const") != NULL)
		return ak_json_copy(ak_json_get(schema, "const"));
	if (depth < 8 && ak_json_get(schema, "properties") != NULL) {
		t.required = ak_json_get(schema, "required");
		t.to = ak_json_new_object();
		(void)ak_json_each(ak_json_get(schema, "properties"), add_property, &t);
		if (t.st != AK_OK) {
			ak_json_free(t.to);
			return NULL;
		}
		return t.to;
	}
	if (depth < 8 && ak_span_is(ak_json_get_text(schema, "type"), "array")) {
		t.to = ak_json_new_array();
		if (ak_json_get(schema, "items") != NULL &&
		    ak_json_add(t.to, template_of(root, ak_json_get(schema, "items"), name, depth + 1), NULL) != AK_OK) {
			ak_json_free(t.to);
			return NULL;
		}
		return t.to;
	}
	return blank_of(own, schema, name);
}

ak_status ak_draft_template(const ak_json *schema, ak_json **body, ak_error *err)
{
	ak_json *t = template_of(schema, schema, ak_span_str("body"), 0);

	if (t == NULL)
		return ak_no_memory(err, "draft");
	*body = t;
	return AK_OK;
}

ak_status ak_draft_assign(ak_json *body, ak_span pointer, ak_json *value, ak_error *err)
{
	ak_status st = AK_OK;

	if (value == NULL)
		return ak_no_memory(err, "draft");
	if (pointer.len == 0 || pointer.data[0] != '/') {
		ak_json_free(value);
		return ak_fail(err, AK_INVALID_ARGUMENT, "draft.set", 0, "a pointer begins with '/'");
	}
	for (size_t i = 1; st == AK_OK && i < pointer.len; i++) {
		ak_span head = { pointer.data, i };

		if (pointer.data[i] == '/' && ak_json_pointer(body, head) == NULL)
			st = ak_json_pointer_set(body, head, ak_json_new_object(), err);
	}
	if (st != AK_OK) {
		ak_json_free(value);
		return st;
	}
	return ak_json_pointer_set(body, pointer, value, err);
}

/* ---- statement ------------------------------------------------------------------------------------------- */

static ak_status add_about(const ak_json *type, const ak_json *body, ak_json *predicate, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_subjects s;
	ak_status st = ak_about_derive(type, body, &s, err);

	for (size_t i = 0; st == AK_OK && i < s.n; i++)
		st = ak_json_add(list, ak_json_new_str(s.id[i]), err);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(predicate, "about", list, err);
}

static int ref_cmp(const void *a, const void *b)
{
	const ak_json *const *x = a, *const *y = b;
	int c = ak_span_cmp(ak_json_get_text(*x, "rel"), ak_json_get_text(*y, "rel"));

	return c != 0 ? c : ak_span_cmp(ak_json_get_text(*x, "record"), ak_json_get_text(*y, "record"));
}

static ak_status add_refs(const ak_json *refs, ak_json *predicate, ak_error *err)
{
	const ak_json *order[AK_REFS_MAX];
	ak_json *list;
	size_t n = ak_json_len(refs);
	ak_status st = AK_OK;

	if (n > AK_REFS_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "draft.refs", n, "at most %d references", AK_REFS_MAX);
	list = ak_json_new_array();
	for (size_t i = 0; i < n; i++)
		order[i] = ak_json_at(refs, i);
	if (n > 1)
		qsort(order, n, sizeof(order[0]), ref_cmp);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_json *r = ak_json_new_object();

		st = ak_json_set(r, "rel", ak_json_new_text(ak_json_get_text(order[i], "rel")), err);
		if (st == AK_OK)
			st = ak_json_set(r, "record", ak_json_new_text(ak_json_get_text(order[i], "record")), err);
		if (st != AK_OK)
			ak_json_free(r);
		else
			st = ak_json_add(list, r, err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(predicate, "refs", list, err);
}

/* {"digest":{"sha256":hex},"name":name} with annotations when kind is given. */
static ak_status add_document(ak_json *subject, ak_span name, const char *hex, ak_span kind, bool committed, ak_error *err)
{
	ak_json *d = ak_json_new_object(), *digest = ak_json_new_object(), *notes = NULL;
	ak_status st = ak_json_set(digest, "sha256", ak_json_new_str(hex), err);

	if (st == AK_OK)
		st = ak_json_set(d, "digest", ak_json_ref(digest), err);
	if (st == AK_OK)
		st = ak_json_set(d, "name", ak_json_new_text(name), err);
	if (st == AK_OK && kind.len != 0) {
		notes = ak_json_new_object();
		st = ak_json_set(notes, "kind", ak_json_new_text(kind), err);
		if (st == AK_OK && committed)
			st = ak_json_set(notes, "commitment", ak_json_new_str("akashi-1"), err);
		if (st == AK_OK)
			st = ak_json_set(d, "annotations", ak_json_ref(notes), err);
		ak_json_free(notes);
	}
	ak_json_free(digest);
	if (st != AK_OK) {
		ak_json_free(d);
		return st;
	}
	return ak_json_add(subject, d, err);
}

static ak_status add_subject(const ak_json *draft, const ak_json *body, ak_json *root, ak_error *err)
{
	const ak_json *documents = ak_json_get(draft, "documents");
	ak_json *subject = ak_json_new_array();
	char hex[2 * AK_DIGEST_LEN + 1];
	ak_digest d;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(documents); i++) {
		const ak_json *o = ak_json_at(documents, i);

		if (!ak_digest_parse(ak_json_get_text(o, "digest"), &d)) {
			st = ak_fail(err, AK_BAD_FORMAT, "draft.documents", i, "digest must be sha256:<64 hex>");
			break;
		}
		ak_hex_encode(d.b, AK_DIGEST_LEN, hex);
		st = add_document(subject, ak_json_get_text(o, "name"), hex, ak_json_get_text(o, "kind"),
		                  ak_json_true(ak_json_get(o, "commitment")), err);
	}
	if (st == AK_OK && ak_json_len(documents) == 0) {
		st = ak_body_digest(body, &d, err);
		if (st == AK_OK) {
			ak_hex_encode(d.b, AK_DIGEST_LEN, hex);
			st = add_document(subject, ak_span_str("body"), hex, (ak_span){ 0 }, false, err);
		}
	}
	if (st != AK_OK) {
		ak_json_free(subject);
		return st;
	}
	return ak_json_set(root, "subject", subject, err);
}

static ak_status add_plain(const ak_json *draft, const ak_json *body, ak_json *p, ak_error *err)
{
	static const char *const text[] = { "base", "issued", "ledger", "scheme" };
	ak_status st = ak_json_set(p, "body", ak_json_copy(body), err);

	for (size_t i = 0; st == AK_OK && i < sizeof(text) / sizeof(text[0]); i++) {
		ak_span v = ak_json_get_text(draft, text[i]);

		if (v.len == 0)
			return ak_fail(err, AK_BAD_FORMAT, "draft", 0, "member '%s' is missing", text[i]);
		st = ak_json_set(p, text[i], ak_json_new_text(v), err);
	}
	if (st == AK_OK && ak_json_get(draft, "genesis") != NULL)
		st = ak_json_set(p, "genesis", ak_json_new_text(ak_json_get_text(draft, "genesis")), err);
	return st;
}

static ak_status check_blanks(const ak_json *draft, ak_error *err)
{
	ak_buf names;
	ak_status st;

	ak_buf_init(&names, 65536);
	st = ak_draft_blanks(draft, &names, err);
	if (st == AK_OK && names.len != 0) {
		for (size_t i = 0; i < names.len; i++) {
			if (names.data[i] == '\n')
				names.data[i] = ' ';
		}
		st = ak_fail(err, AK_INVALID_ARGUMENT, "draft", 0, "still to be filled in: %.*s",
		             (int)(names.len < 180 ? names.len : 180), (const char *)names.data);
	}
	ak_buf_clear(&names);
	return st;
}

ak_status ak_draft_statement(const ak_json *draft, const ak_profile *core, const ak_profile *profile,
                             ak_buf *statement, ak_error *err)
{
	ak_span type_name = ak_json_get_text(draft, "type");
	const ak_json *body = ak_json_get(draft, "body");
	const ak_json *type = ak_type_is_core(type_name) ? ak_profile_type(core, type_name)
	                      : profile == NULL ? NULL : ak_profile_type(profile, type_name);
	ak_json *root = NULL, *p = NULL;
	ak_status st;

	st = ak_draft_check(draft, err);
	if (st != AK_OK)
		return st;
	if (type == NULL)
		return ak_fail(err, AK_UNKNOWN_TYPE, "draft.type", 0, "no record type '%.*s' in this profile",
		               (int)type_name.len, (const char *)type_name.data);
	st = check_blanks(draft, err);
	if (st != AK_OK)
		return st;
	root = ak_json_new_object();
	p = ak_json_new_object();
	st = add_plain(draft, body, p, err);
	if (st == AK_OK)
		st = add_about(type, body, p, err);
	if (st == AK_OK)
		st = add_refs(ak_json_get(draft, "refs"), p, err);
	if (st == AK_OK)
		st = ak_json_set(root, "_type", ak_json_new_str("https://in-toto.io/Statement/v1"), err);
	if (st == AK_OK)
		st = ak_json_set(root, "predicate", ak_json_ref(p), err);
	if (st == AK_OK)
		st = ak_json_set(root, "predicateType",
		                 ak_json_new_strf("urn:akashi:%.*s:v1", (int)type_name.len,
		                                  (const char *)type_name.data), err);
	if (st == AK_OK)
		st = add_subject(draft, body, root, err);
	if (st == AK_OK)
		st = ak_jcs_write(root, statement, err);
	ak_json_free(p);
	ak_json_free(root);
	if (st == AK_OK) { /* what is signed must be what readers accept */
		ak_statement s = { 0 };

		st = ak_statement_parse(ak_buf_span(statement), &s, err);
		ak_statement_clear(&s);
	}
	return st;
}
