/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/draft.h"

#include "api/api.h"
#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "codec/schema.h"

#include <stdio.h>
#include <string.h>

ak_status ak_api_draft_frame(const ak_books *b, const char *scheme, const char *type, const char *issued, int64_t now,
                             ak_json *d, ak_error *err)
{
	char day[11];
	ak_status st = ak_json_set(d, "akashi", ak_json_new_str("draft/1"), err);

	ak_day_format(ak_day_of_instant_jst(now), day);
	if (st == AK_OK)
		st = ak_json_set(d, "type", ak_json_new_str(type), err);
	if (st == AK_OK)
		st = ak_json_set(d, "scheme", ak_json_new_str(scheme), err);
	if (st == AK_OK)
		st = ak_json_set(d, "ledger", ak_json_new_str(b->checkpoint.origin), err);
	if (st == AK_OK)
		st = ak_json_set(d, "genesis", ak_api_digest(&b->genesis), err);
	if (st == AK_OK)
		st = ak_json_set(d, "base", ak_api_digest(&b->state.last_record_id), err);
	if (st == AK_OK)
		st = ak_json_set(d, "issued", ak_json_new_str(issued == NULL ? day : issued), err);
	return st;
}

ak_status ak_api_draft_ref(ak_json *refs, const char *rel, const ak_digest *id, ak_error *err)
{
	ak_json *r = ak_json_new_object();
	ak_status st = ak_json_set(r, "rel", ak_json_new_str(rel), err);

	if (st == AK_OK)
		st = ak_json_set(r, "record", ak_api_digest(id), err);
	if (st != AK_OK) {
		ak_json_free(r);
		return st;
	}
	return ak_json_add(refs, r, err);
}

static bool has_rel(const ak_json *refs, ak_span rel)
{
	for (size_t i = 0; i < ak_json_len(refs); i++) {
		if (ak_span_eq(ak_json_get_text(ak_json_at(refs, i), "rel"), rel))
			return true;
	}
	return false;
}

static bool type_fits(const ak_json *types, const char *type)
{
	for (size_t i = 0; i < ak_json_len(types); i++) {
		if (ak_span_is(ak_json_text(ak_json_at(types, i)), type))
			return true;
	}
	return false;
}

/* The newest record of one of these types about this subject. */
static ak_status newest_fitting(ak_books *b, ak_span subject, const ak_json *types, bool *found, uint64_t *best,
                                ak_digest *id, ak_error *err)
{
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_about(b->index, subject, &seqs, &n, err);

	if (st == AK_NOT_FOUND)
		return AK_OK;
	while (st == AK_OK && n-- > 0) {
		ak_index_record r;

		st = ak_index_by_seq(b->index, seqs[n], &r, err);
		if (st != AK_OK || !type_fits(types, r.type))
			continue;
		if (!*found || r.seq > *best) {
			*found = true;
			*best = r.seq;
			*id = r.id;
		}
		break;
	}
	ak_mem_free(seqs);
	return st;
}

typedef struct finding_refs {
	ak_books *b;
	const ak_profile *profile;
	const ak_json *body, *types;
	bool found;
	uint64_t best;
	ak_digest id;
	ak_error *err;
	ak_status st;
} finding_refs;

/* A body member named like a kind of subject names such a subject: "service": "kumo-iaas". */
static bool look_at_kind(void *ctx, ak_span kind, const ak_json *spec)
{
	finding_refs *f = ctx;
	char subject[AK_SUBJECT_ID_MAX + 1];
	ak_span scheme = f->profile->scheme, value = ak_json_text(ak_json_get_span(f->body, kind));

	(void)spec;
	if (value.len == 0 || scheme.len + kind.len + value.len + 2 > AK_SUBJECT_ID_MAX)
		return true; /* no subject has so long an id */
	(void)snprintf(subject, sizeof(subject), "%.*s/%.*s:%.*s", (int)scheme.len, (const char *)scheme.data, (int)kind.len,
	               (const char *)kind.data, (int)value.len, (const char *)value.data);
	f->st = newest_fitting(f->b, ak_span_str(subject), f->types, &f->found, &f->best, &f->id, f->err);
	return f->st == AK_OK;
}

/* Where the type says how: "find", in the form of "about". */
static ak_status look_at_rules(finding_refs *f, const ak_json *rules)
{
	ak_subjects s;
	ak_status st;

	if (rules == NULL)
		return AK_OK;
	st = ak_about_by_rules(rules, f->body, &s, NULL);
	if (st == AK_SCHEMA)
		return AK_OK; /* not filled in yet */
	for (size_t i = 0; st == AK_OK && i < s.n; i++)
		st = newest_fitting(f->b, ak_span_str(s.id[i]), f->types, &f->found, &f->best, &f->id, f->err);
	return st;
}

static ak_status find_refs(ak_books *b, const ak_profile *profile, const ak_json *type, const ak_json *body,
                           ak_json *refs, ak_error *err)
{
	const ak_json *wanted = ak_json_get(type, "refs");
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(wanted); i++) {
		const ak_json *w = ak_json_at(wanted, i);
		finding_refs f = { .b = b, .profile = profile, .body = body,
		                   .types = ak_json_get(w, "types"), .err = err, .st = AK_OK };

		if (has_rel(refs, ak_json_get_text(w, "rel")))
			continue;
		(void)ak_json_each(ak_json_get(profile->package, "ids"), look_at_kind, &f);
		st = f.st;
		if (st == AK_OK)
			st = look_at_rules(&f, ak_json_get(w, "find"));
		if (st == AK_OK && f.found)
			st = ak_api_draft_ref(refs, ak_json_get_str(w, "rel"), &f.id, err);
	}
	return st;
}

static ak_status named_refs(ak_books *b, const ak_draft_options *o, ak_json *refs, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < o->n_refs; i++) {
		ak_digest id;
		uint64_t seq;

		if (!ak_rel_valid(ak_span_str(o->refs[i].rel)))
			return ak_fail(err, AK_INVALID_ARGUMENT, "ref", i, "'%s' is no name of a reference", o->refs[i].rel);
		st = ak_books_resolve(b, ak_span_str(o->refs[i].record), &seq, &id, err);
		if (st == AK_OK)
			st = ak_api_draft_ref(refs, o->refs[i].rel, &id, err);
	}
	return st;
}

static ak_status make_body(const ak_draft_options *o, const ak_json *type, ak_json **out, ak_error *err)
{
	ak_json *body = NULL;
	ak_status st = o->body.len != 0 ? ak_json_parse(o->body, &body, err)
	                                : ak_draft_template(ak_type_schema(type), &body, err);

	for (size_t i = 0; st == AK_OK && i < o->n_set; i++) {
		ak_json *v = NULL;

		if (o->set[i].is_json) {
			/* The reader takes objects and arrays only: wrap the value. */
			ak_json *box = NULL;
			ak_buf text;

			ak_buf_init(&text, AK_JSON_TEXT_MAX);
			st = ak_buf_addf(&text, err, "[");
			if (st == AK_OK)
				st = ak_buf_add_str(&text, o->set[i].value, err);
			if (st == AK_OK)
				st = ak_buf_add_str(&text, "]", err);
			if (st == AK_OK)
				st = ak_json_parse(ak_buf_span(&text), &box, err);
			if (st == AK_OK && ak_json_len(box) == 1)
				v = ak_json_copy(ak_json_at(box, 0));
			else if (st == AK_OK)
				st = ak_fail(err, AK_INVALID_ARGUMENT, "set", i, "not one JSON value");
			ak_json_free(box);
			ak_buf_clear(&text);
		} else {
			v = ak_json_new_str(o->set[i].value);
		}
		if (st == AK_OK)
			st = ak_draft_assign(body, ak_span_str(o->set[i].pointer), v, err);
	}
	if (st != AK_OK)
		ak_json_free(body);
	else
		*out = body;
	return st;
}

static ak_status put_documents(const ak_draft_options *o, ak_json *d, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < o->n_documents; i++) {
		const ak_document *f = &o->documents[i];
		ak_json *v = ak_json_new_object();

		st = ak_json_set(v, "name", ak_json_new_str(f->name), err);
		if (st == AK_OK)
			st = ak_json_set(v, "kind", ak_json_new_str(f->kind), err);
		if (st == AK_OK)
			st = ak_json_set(v, "digest", ak_api_digest(&f->digest), err);
		if (st == AK_OK && f->commitment)
			st = ak_json_set(v, "commitment", ak_json_new_bool(true), err);
		if (st != AK_OK)
			ak_json_free(v);
		else
			st = ak_json_add(list, v, err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(d, "documents", list, err);
}

/* The profile to draft with: in force in this ledger, or, before there is one, the one shipped. */
static ak_status profile_for(ak_books *b, const char *scheme, ak_authority **a, ak_profile *shipped,
                             const ak_profile **out, ak_error *err)
{
	ak_status st = ak_books_authority(b, NULL, 0, NULL, 0, a, err);

	if (st != AK_OK)
		return st;
	*out = ak_authority_profile(*a, ak_span_str(scheme));
	if (*out != NULL || strcmp(scheme, "akashi") == 0)
		return AK_OK;
	st = ak_shipped_profile(ak_span_str(scheme), shipped, err);
	if (st == AK_OK)
		*out = shipped;
	return st;
}

ak_status ak_api_check_core(const ak_profile *core, const char *type, const ak_json *body, ak_error *err)
{
	bool blank;
	ak_buf names;
	ak_status st;

	ak_buf_init(&names, AK_JSON_TEXT_MAX);
	st = ak_draft_blanks(body, &names, err);
	blank = names.len != 0;
	ak_buf_clear(&names);
	return st != AK_OK || blank ? st : ak_schema_validate(ak_type_schema(ak_profile_type(core, ak_span_str(type))), body, err);
}

ak_status ak_ledger_draft(ak_ledger *l, const ak_draft_options *o, ak_text *draft, ak_error *err)
{
	bool core = ak_type_is_core(ak_span_str(o->type));
	const char *scheme = o->scheme != NULL ? o->scheme
	                     : core && strcmp(o->type, "party") != 0 ? "akashi" : AK_USUAL_SCHEME;
	ak_json *d = ak_json_new_object(), *body = NULL, *refs = ak_json_new_array();
	ak_authority *a = NULL;
	ak_profile shipped = { 0 };
	const ak_profile *profile = NULL;
	const ak_json *type = NULL;
	ak_status st = profile_for(l->b, scheme, &a, &shipped, &profile, err);

	if (st == AK_OK) {
		type = core ? ak_profile_type(&l->b->core, ak_span_str(o->type))
		       : profile == NULL ? NULL : ak_profile_type(profile, ak_span_str(o->type));
		if (type == NULL)
			st = ak_fail(err, AK_UNKNOWN_TYPE, "type", 0, "scheme '%s' has no record type '%s'", scheme, o->type);
	}
	if (st == AK_OK)
		st = ak_api_draft_frame(l->b, scheme, o->type, o->issued, o->now, d, err);
	if (st == AK_OK)
		st = make_body(o, type, &body, err);
	if (st == AK_OK && core)
		st = ak_api_check_core(&l->b->core, o->type, body, err);
	if (st == AK_OK)
		st = named_refs(l->b, o, refs, err);
	if (st == AK_OK && o->find_refs && !core)
		st = find_refs(l->b, profile, type, body, refs, err);
	if (st == AK_OK)
		st = ak_json_set(d, "refs", ak_json_ref(refs), err);
	if (st == AK_OK && o->n_documents != 0)
		st = put_documents(o, d, err);
	if (st == AK_OK)
		st = ak_json_set(d, "body", ak_json_ref(body), err);
	ak_json_free(body);
	ak_json_free(refs);
	ak_profile_clear(&shipped);
	ak_authority_free(&a);
	if (st != AK_OK) {
		ak_json_free(d);
		return st;
	}
	return ak_api_pretty(d, draft, err);
}

ak_status ak_ledger_draft_profile(ak_ledger *l, const char *scheme, ak_span package, int64_t now, ak_text *draft,
                                  ak_error *err)
{
	ak_json *d = ak_json_new_object(), *body = ak_json_new_object();
	ak_profile p = { 0 };
	ak_status st = ak_api_profile(ak_span_str(scheme == NULL ? AK_USUAL_SCHEME : scheme), package, &p, err);

	if (st == AK_OK && p.package == NULL)
		st = ak_fail(err, AK_INVALID_ARGUMENT, "scheme", 0, "the core package is not sealed: the format fixes it");
	if (st == AK_OK && package.len != 0)
		st = ak_body_digest(p.package, &p.digest, err);
	if (st == AK_OK)
		st = ak_api_draft_frame(l->b, "akashi", "profile", NULL, now, d, err);
	if (st == AK_OK)
		st = ak_json_set(body, "scheme", ak_api_span(p.scheme), err);
	if (st == AK_OK)
		st = ak_json_set(body, "version", ak_api_span(p.version), err);
	if (st == AK_OK)
		st = ak_json_set(body, "digest", ak_api_digest(&p.digest), err);
	if (st == AK_OK)
		st = ak_json_set(body, "package", ak_json_copy(p.package), err);
	if (st == AK_OK)
		st = ak_json_set(d, "refs", ak_json_new_array(), err);
	if (st == AK_OK)
		st = ak_json_set(d, "body", ak_json_ref(body), err);
	ak_json_free(body);
	ak_profile_clear(&p);
	if (st != AK_OK) {
		ak_json_free(d);
		return st;
	}
	return ak_api_pretty(d, draft, err);
}
