/* SPDX-License-Identifier: Apache-2.0 */
/* What a meeting decides, made into drafts by the scheme itself and judged before anybody signs. */
#include "api/api.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "codec/schema.h"
#include "crypto/hash.h"
#include "held/shipped.h"
#include "model/trust.h"
#include "seal/ahead.h"
#include "seal/draft.h"
#include "seal/seal.h"
#include "verify/hypothesis.h"

#include <stdio.h>
#include <string.h>

enum { MATTER_MAX = 64 * 1024, THEN_MAX = 8, SUBJECTS_MAX = 16, SUBJECT_ROOM = AK_SUBJECT_ID_MAX + 1 };

typedef struct sitting {
	ak_books *b;
	const char *scheme;
	int64_t now;
	ak_profile profile;         /* owned: the newest that is shipped       */
	const ak_json *matter;
	ak_json *rows;              /* of the query; owned                     */
	ak_json *draft, *then;      /* owned                                   */
	ak_candidate c[1 + THEN_MAX]; /* the draft, and what follows it        */
	size_t n;
	int32_t judged_on;
	const char *listing;        /* the one the matter is about, or NULL    */
	char subject[SUBJECTS_MAX][SUBJECT_ROOM];
	ak_span about[SUBJECTS_MAX];
	size_t n_about;
} sitting;

static void clear(sitting *s)
{
	for (size_t i = 0; i < s->n; i++)
		ak_candidate_clear(&s->c[i]);
	ak_json_free(s->rows);
	ak_json_free(s->draft);
	ak_json_free(s->then);
	ak_profile_clear(&s->profile);
}

static void put_subject(sitting *s, ak_span scheme, ak_span kind, ak_span name)
{
	if (s->n_about == SUBJECTS_MAX || scheme.len + kind.len + name.len + 2 > AK_SUBJECT_ID_MAX)
		return; /* no subject has so long an id */
	(void)snprintf(s->subject[s->n_about], SUBJECT_ROOM, "%.*s/%.*s:%.*s", (int)scheme.len, (const char *)scheme.data, (int)kind.len,
	               (const char *)kind.data, (int)name.len, (const char *)name.data);
	s->about[s->n_about] = ak_span_str(s->subject[s->n_about]);
	s->n_about++;
}

/* A field named like a kind of subject names such a subject: "listing": "C24-0101-2"; one named like a role names a party as well. */
static bool add_subject(void *ctx, ak_span kind, const ak_json *spec)
{
	sitting *s = ctx;
	ak_span value = ak_json_text(ak_json_get_span(s->matter, kind));

	(void)spec;
	if (value.len == 0)
		return true;
	put_subject(s, ak_span_str(s->scheme), kind, value);
	if (ak_json_get_span(ak_json_get(s->profile.package, "roles"), kind) != NULL)
		put_subject(s, ak_span_str("akashi"), ak_span_str("party"), value);
	return true;
}

static ak_question question(const sitting *s, ak_trust *trust, const ak_tell *tell)
{
	return (ak_question){ .trust = trust, .scheme = s->scheme, .listing = s->listing, .now = s->now, .as_of = s->judged_on,
		              .core = &s->b->core, .rules = s->profile.package, .tell = tell };
}

static ak_status ask(sitting *s, ak_trust *trust, ak_error *err)
{
	ak_buf text = { 0 };
	ak_evidence e = { 0 };
	ak_text given = { 0 };
	ak_status st;

	ak_buf_init(&text, MATTER_MAX);
	st = ak_jcs_write(s->matter, &text, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&text, &given, err);
	if (st == AK_OK)
		st = ak_evidence_draw(&s->b->source, s->about, s->n_about, ak_span_str(s->scheme), &e, err);
	if (st == AK_OK) {
		const ak_given matter = { "matter", given.data };
		const ak_tell tell = { .query = "meeting", .given = &matter, .n_given = 1 };
		const ak_question q = question(s, trust, &tell);

		st = ak_evidence_rows(&e, &q, s->b->checkpoint.origin, &s->rows, err);
	}
	ak_evidence_clear(&e);
	ak_text_free(&given);
	ak_buf_clear(&text);
	return st;
}

/* What a query could not leave out of an object it made. */
static void drop_nulls(ak_json *object)
{
	const char *name[64];
	size_t n;

	do {
		void *it = NULL;
		const ak_json *v;
		ak_span key;

		n = 0;
		while (n < sizeof(name) / sizeof(name[0]) && ak_json_next(object, &it, &key, &v)) {
			if (ak_json_type_of(v) == AK_JSON_NULL)
				name[n++] = (const char *)key.data;
		}
		for (size_t i = 0; i < n; i++)
			ak_json_remove(object, name[i]);
	} while (n > 0);
}

/* The JSON in one column of a row. */
static ak_status column(const ak_json *row, const char *name, ak_json **out, ak_error *err)
{
	ak_error why = { 0 };
	ak_status st = ak_json_parse(ak_json_get_text(row, name), out, &why);

	if (st == AK_OK)
		return AK_OK;
	return st == AK_NO_MEMORY ? ak_no_memory(err, "meeting")
	                          : ak_fail(err, AK_BAD_FORMAT, "rules.query", 0, "meeting: column \"%s\" is no JSON: %.100s", name, why.detail);
}

/* {"rel","record": id}: records are named by number; `draft` stands for the one that comes of the draft, NULL leaves it null. */
static ak_status add_refs(const sitting *s, const ak_json *list, const ak_digest *draft, ak_json *refs, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(list); i++) {
		const ak_json *r = ak_json_at(list, i);
		const char *rel = ak_json_get_str(r, "rel");
		ak_index_record found;
		ak_json *o = NULL;
		int64_t seq;

		if (rel == NULL)
			return ak_fail(err, AK_BAD_FORMAT, "rules.query", i, "meeting: a reference has no \"rel\"");
		if (ak_json_int(ak_json_get(r, "record"), &seq)) {
			st = ak_index_by_seq(s->b->index, (uint64_t)seq, &found, err);
			if (st == AK_OK)
				st = ak_api_draft_ref(refs, rel, &found.id, err);
		} else if (draft != NULL) {
			st = ak_api_draft_ref(refs, rel, draft, err);
		} else {
			o = ak_json_new_object();
			st = ak_json_set(o, "rel", ak_json_new_str(rel), err);
			if (st == AK_OK)
				st = ak_json_set(o, "record", ak_json_new_null(), err);
			if (st == AK_OK)
				st = ak_json_add(refs, ak_json_ref(o), err);
			ak_json_free(o);
		}
	}
	return st;
}

/* The draft that a row describes.  `draft`: as in add_refs. */
static ak_status make_draft(const sitting *s, const ak_json *row, const char *issued, const ak_digest *draft, ak_json **out, ak_error *err)
{
	const char *type = ak_json_get_str(row, "type");
	ak_json *d = ak_json_new_object(), *body = NULL, *list = NULL, *refs = ak_json_new_array();
	ak_status st = type == NULL ? ak_fail(err, AK_BAD_FORMAT, "rules.query", 0, "meeting: a draft has no \"type\"")
	                            : column(row, "body", &body, err);

	if (st == AK_OK)
		drop_nulls(body);
	if (st == AK_OK)
		st = column(row, "refs", &list, err);
	if (st == AK_OK)
		st = ak_api_draft_frame(s->b, s->scheme, type, issued, s->now, d, err);
	if (st == AK_OK)
		st = add_refs(s, list, draft, refs, err);
	if (st == AK_OK)
		st = ak_json_set(d, "refs", ak_json_ref(refs), err);
	if (st == AK_OK)
		st = ak_json_set(d, "body", ak_json_ref(body), err);
	ak_json_free(body);
	ak_json_free(list);
	ak_json_free(refs);
	if (st == AK_OK)
		*out = d;
	else
		ak_json_free(d);
	return st;
}

/* As a record that would be sealed; its id is that of the statement, so that what follows can refer to it. */
static ak_status take(sitting *s, const ak_json *draft, ak_error *err)
{
	ak_candidate *c = &s->c[s->n++];
	ak_status st;

	ak_buf_init(&c->statement, AK_STATEMENT_MAX);
	ak_buf_init(&c->signatures, AK_SIGNATURES_MAX);
	st = ak_api_candidate(s->b, draft, (ak_span){ 0 }, c, err);
	if (st == AK_OK)
		ak_sha256(c->sealed.lines.statement, &c->sealed.id);
	return st;
}

static ak_status make_then(sitting *s, const ak_json *row, ak_error *err)
{
	ak_json *judged = NULL, *shown = NULL, *o;
	ak_status st;

	if (s->n == 1 + THEN_MAX)
		return ak_fail(err, AK_LIMIT, "rules.query", THEN_MAX, "meeting: more than %d records follow", THEN_MAX);
	st = make_draft(s, row, NULL, &s->c[0].sealed.id, &judged, err);
	if (st == AK_OK)
		st = take(s, judged, err);
	if (st == AK_OK)
		st = make_draft(s, row, NULL, NULL, &shown, err);
	if (st == AK_OK) {
		o = ak_json_new_object();
		st = ak_json_set(o, "type", ak_json_copy(ak_json_get(shown, "type")), err);
		if (st == AK_OK)
			st = ak_json_set(o, "body", ak_json_copy(ak_json_get(shown, "body")), err);
		if (st == AK_OK)
			st = ak_json_set(o, "refs", ak_json_copy(ak_json_get(shown, "refs")), err);
		if (st == AK_OK)
			st = ak_json_add(s->then, ak_json_ref(o), err);
		ak_json_free(o);
	}
	ak_json_free(judged);
	ak_json_free(shown);
	return st;
}

static bool row_is(const ak_json *row, const char *what)
{
	return ak_span_is(ak_json_get_text(row, "what"), what);
}

static const ak_json *first_row(const sitting *s, const char *what)
{
	for (size_t i = 0; i < ak_json_len(s->rows); i++) {
		if (row_is(ak_json_at(s->rows, i), what))
			return ak_json_at(s->rows, i);
	}
	return NULL;
}

/* Rules are asked about the day on which all of it is in force, and not before today. */
static void judging_day(sitting *s)
{
	ak_date d;

	if (ak_date_parse(ak_json_get_text(first_row(s, "head"), "date"), &d) && d.last > s->judged_on)
		s->judged_on = d.last;
}

static ak_status make_drafts(sitting *s, ak_error *err)
{
	const ak_json *row = first_row(s, "draft");
	const char *issued = ak_json_get_str(s->matter, "decided_on");
	ak_status st;

	if (row == NULL)
		return ak_fail(err, AK_BAD_FORMAT, "rules.query", 0, "meeting: neither a draft nor a fault");
	st = make_draft(s, row, issued, NULL, &s->draft, err);
	if (st == AK_OK)
		st = take(s, s->draft, err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(s->rows); i++) {
		if (row_is(ak_json_at(s->rows, i), "then"))
			st = make_then(s, ak_json_at(s->rows, i), err);
	}
	return st;
}

/* What would be refused of the draft, or of what follows it. */
static ak_status put_refusal(sitting *s, ak_json *o, ak_error *err)
{
	ak_error why = { 0 };
	ak_judgement j = { 0 };
	ak_status refused = s->n == 0 ? AK_OK : ak_seal_check(s->b, &s->c[0], s->now, &j, &why);

	if (refused == AK_NOT_AUTHORISED) /* nobody has signed yet */
		refused = AK_OK;
	/* What follows refers to a record that is not there yet: of it only the form can be asked. */
	for (size_t i = 1; refused == AK_OK && i < s->n; i++) {
		const ak_statement *t = &s->c[i].sealed.statement;

		refused = ak_schema_validate(ak_type_schema(ak_profile_type(&s->profile, t->type)), t->body, &why);
	}
	if (ak_status_class(refused) == AK_CLASS_UNKNOWN) {
		if (err != NULL)
			*err = why;
		return refused;
	}
	return ak_api_put_refusal(refused, &why, o, err);
}

static ak_status put_findings(sitting *s, ak_trust *trust, ak_json *o, ak_error *err)
{
	const ak_question q = question(s, trust, NULL);
	ak_sealed *candidate[1 + THEN_MAX] = { NULL };
	ak_json *report = NULL;
	ak_evidence e = { 0 };
	ak_status st = AK_OK;

	if (s->listing == NULL || s->n == 0)
		return ak_json_set(o, "findings", ak_json_new_array(), err);
	for (size_t i = 0; i < s->n; i++)
		candidate[i] = &s->c[i].sealed;
	st = ak_evidence_draw_for(&s->b->source, &s->c[0].sealed, s->about, s->n_about, &e, err);
	if (st == AK_OK)
		st = ak_hypothesis(&e, &q, s->b->checkpoint.origin, candidate, s->n, s->b->checkpoint.size, s->now, &report, err);
	if (st == AK_OK)
		st = ak_json_set(o, "findings", ak_json_copy(ak_json_get(report, "findings")), err);
	ak_json_free(report);
	ak_evidence_clear(&e);
	return st;
}

static ak_status put_rows(const sitting *s, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = list == NULL ? ak_no_memory(err, "meeting") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(s->rows); i++) {
		const ak_json *row = ak_json_at(s->rows, i);

		if (!row_is(row, "draft") && !row_is(row, "then"))
			st = ak_json_add(list, ak_json_copy(row), err);
	}
	if (st == AK_OK)
		return ak_json_set(o, "rows", list, err);
	ak_json_free(list);
	return st;
}

static ak_status put_dates_ahead(const sitting *s, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = ak_json_set(o, "warnings", list, err);

	for (size_t i = 0; st == AK_OK && i < s->n; i++) {
		const ak_statement *t = &s->c[i].sealed.statement;

		st = ak_dates_ahead(ak_type_schema(ak_profile_type(&s->profile, t->type)), t->body, s->now, list, err);
	}
	return st;
}

static ak_status answer(sitting *s, ak_trust *trust, ak_json *o, ak_error *err)
{
	bool stands = s->draft != NULL;
	char day[11];
	ak_status st = put_rows(s, o, err);

	ak_day_format(s->judged_on, day);
	if (st == AK_OK)
		st = ak_json_set(o, "judged_on", ak_json_new_str(day), err);
	if (st == AK_OK)
		st = ak_json_set(o, "draft", stands ? ak_json_ref(s->draft) : ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(o, "statement", stands ? ak_api_digest(&s->c[0].sealed.id) : ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(o, "then", ak_json_ref(s->then), err);
	if (st == AK_OK)
		st = put_refusal(s, o, err);
	if (st == AK_OK)
		st = put_dates_ahead(s, o, err);
	if (st == AK_OK)
		st = stands ? put_findings(s, trust, o, err) : ak_json_set(o, "findings", ak_json_new_array(), err);
	return st;
}

ak_status ak_ledger_meeting(ak_ledger *l, const char *scheme, ak_span matter, int64_t now, ak_text *json, ak_error *err)
{
	sitting *s = ak_mem_alloc(sizeof(*s));
	ak_trust *trust = ak_mem_alloc(sizeof(*trust)); /* trusts nothing: only its shape is needed */
	ak_json *m = NULL, *o = ak_json_new_object();
	ak_status st = AK_OK;

	if (s == NULL || trust == NULL)
		st = ak_no_memory(err, "meeting");
	if (st == AK_OK)
		st = ak_books_sync(l->b, err);
	if (st == AK_OK)
		st = ak_json_parse_most(matter, MATTER_MAX, &m, err);
	if (st == AK_OK) {
		trust->genesis = l->b->genesis;
		s->b = l->b;
		s->scheme = scheme == NULL ? AK_USUAL_SCHEME : scheme;
		s->now = now;
		s->matter = m;
		s->judged_on = ak_day_of_instant_jst(now);
		s->listing = ak_json_get_str(m, "listing");
		s->then = ak_json_new_array();
		st = s->then == NULL ? ak_no_memory(err, "meeting") : ak_shipped_profile(ak_span_str(s->scheme), &s->profile, err);
	}
	if (st == AK_OK) {
		(void)ak_json_each(ak_json_get(s->profile.package, "ids"), add_subject, s);
		st = ask(s, trust, err);
	}
	if (st == AK_OK)
		judging_day(s);
	if (st == AK_OK && first_row(s, "fault") == NULL)
		st = make_drafts(s, err);
	if (st == AK_OK)
		st = answer(s, trust, o, err);
	if (s != NULL)
		clear(s);
	ak_json_free(m);
	ak_mem_free(s);
	ak_mem_free(trust);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}
