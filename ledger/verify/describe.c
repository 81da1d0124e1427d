/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/describe.h"

#include "base/text.h"
#include "base/utctime.h"

#include <stdio.h>
#include <string.h>

static bool copy_member(void *ctx, ak_span key, const ak_json *value)
{
	ak_json *to = ctx;
	char name[64];

	if (key.len >= sizeof(name) || ak_span_is(key, "listing") || ak_span_is(key, "attested"))
		return true;
	memcpy(name, key.data, key.len);
	name[key.len] = '\0';
	return ak_json_set(to, name, ak_json_copy(value), NULL) == AK_OK;
}

/* The one row of "summary" into the report's listing. */
static ak_status put_summary(ak_rules *rules, const ak_question *q, uint64_t known_at, ak_report *r,
                             ak_standing *s, ak_error *err)
{
	ak_json *rows = NULL, *listing = NULL;
	int64_t carried = 0, attested = 0;
	ak_status st = ak_rules_query(rules, "summary", q->as_of, known_at, q->listing, &rows, err);

	if (st != AK_OK)
		return st;
	s->listed = ak_json_len(rows) > 0;
	listing = ak_json_copy(ak_json_get(r->root, "listing"));
	if (listing == NULL ||
	    (s->listed && !ak_json_each(ak_json_at(rows, 0), copy_member, listing))) {
		ak_json_free(listing);
		ak_json_free(rows);
		return ak_no_memory(err, "report");
	}
	(void)ak_json_int(ak_json_get(ak_json_at(rows, 0), "carried"), &carried);
	s->chain_full = s->listed && ak_span_is(ak_json_get_text(ak_json_at(rows, 0), "basis"), "decided");
	(void)ak_json_int(ak_json_get(ak_json_at(rows, 0), "attested"), &attested);
	s->baseline = attested != 0;
	ak_json_free(rows);
	st = ak_json_set(listing, "carried", ak_json_new_bool(carried != 0), err);
	if (st != AK_OK) {
		ak_json_free(listing);
		return st;
	}
	return ak_json_set(r->root, "listing", listing, err);
}

/* What the findings say of one record: refuted, in doubt, or nothing. */
static const char *mark_of(const ak_report *r, const ak_judged *j, size_t record_at, int64_t record)
{
	const bool authorised = j->by[record_at].authorised;
	const char *mark = authorised ? "passed" : ak_judged_fell(j, record_at) ? "not-checked" : "failed";

	for (size_t i = 0; i < ak_json_len(r->findings); i++) {
		const ak_json *f = ak_json_at(r->findings, i);
		ak_span severity = ak_json_get_text(f, "severity");
		int64_t at;

		if (!ak_json_int(ak_json_get(f, "record"), &at) || at != record || ak_span_is(severity, "warning") ||
		    ak_json_get(f, "use") != NULL)
			continue;
		if (!ak_span_is(severity, "unverifiable"))
			return "failed";
		if (authorised)
			mark = "not-checked";
	}
	return mark;
}

static const ak_judgement *judgement_of(const ak_proven *p, const ak_judged *j, int64_t record, size_t *at)
{
	for (size_t i = 0; i < p->n_rec; i++) {
		if ((int64_t)p->rec[i].header.seq == record) {
			*at = i;
			return &j->by[i];
		}
	}
	return NULL;
}

/* {"ja": row.x_ja, "en": row.x_en} */
static ak_json *words_of(const ak_json *row, const char *stem)
{
	char ja[32], en[32];

	(void)snprintf(ja, sizeof(ja), "%s_ja", stem);
	(void)snprintf(en, sizeof(en), "%s_en", stem);
	{
		const char *j = ak_json_get_str(row, ja), *e = ak_json_get_str(row, en);

		return ak_report_words(j == NULL ? "" : j, e == NULL ? "" : e);
	}
}

static ak_json *signing_of(const ak_judgement *by)
{
	ak_json *o = ak_json_new_object();

	if (ak_json_set(o, "mode", ak_json_new_str(by->mode), NULL) != AK_OK ||
	    ak_json_set(o, "counted", ak_json_new_int((int64_t)by->counted), NULL) != AK_OK ||
	    ak_json_set(o, "needed", ak_json_new_int((int64_t)by->needed), NULL) != AK_OK ||
	    ak_json_set(o, "of", ak_json_new_int((int64_t)by->of), NULL) != AK_OK ||
	    (by->certified[0] != '\0' && ak_json_set(o, "certified", ak_json_new_str(by->certified), NULL) != AK_OK)) {
		ak_json_free(o);
		return NULL;
	}
	return o;
}

/* What the ledger says of the record that a row is about; nothing of one that is not here. */
static ak_status put_standing(const ak_proven *p, size_t at, const ak_judgement *by, ak_json *o, ak_error *err)
{
	ak_status st = AK_OK;

	if (at < p->n_rec - p->n_unsealed) /* what is not sealed has none */
		st = ak_json_set(o, "id", ak_json_new_digest(&p->rec[at].id), err);
	return st == AK_OK ? ak_json_set(o, "signing", signing_of(by), err) : st;
}

static ak_status copy_columns(const ak_json *row, const char *const *column, size_t n, ak_json *o, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < n; i++) {
		const ak_json *v = ak_json_get(row, column[i]);

		st = ak_json_set(o, column[i], v == NULL ? ak_json_new_null() : ak_json_copy(v), err);
	}
	return st;
}

/* Is it the link that a step before it ends or suspends, with an effect that was found? */
static bool is_ended(const ak_json *chain, int64_t record)
{
	for (size_t i = 0; i < ak_json_len(chain); i++) {
		const ak_json *end = ak_json_at(chain, i);
		int64_t ended;

		if (ak_json_int(ak_json_get(end, "ends"), &ended) && ended == record && ak_span_is(ak_json_get_text(end, "mark"), "failed"))
			return true;
	}
	return false;
}

static ak_status put_step(const ak_proven *p, const ak_judged *j, const ak_json *row, const ak_report *r,
                          ak_json *chain, ak_standing *s, ak_error *err)
{
	static const char *const plain[] = { "step", "date", "record" };
	ak_json *o = ak_json_new_object();
	const ak_judgement *by;
	int64_t record = -1, ends;
	size_t at = 0;
	ak_status st;

	(void)ak_json_int(ak_json_get(row, "record"), &record);
	by = judgement_of(p, j, record, &at);
	st = copy_columns(row, plain, sizeof(plain) / sizeof(plain[0]), o, err);
	if (st == AK_OK && ak_json_int(ak_json_get(row, "ends"), &ends))
		st = ak_json_set(o, "ends", ak_json_new_int(ends), err);
	if (st == AK_OK)
		st = ak_json_set(o, "label", words_of(row, "label"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "party", words_of(row, "party"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "text", words_of(row, "text"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "mark", ak_json_new_str(by == NULL ? "not-checked" : is_ended(chain, record) ? "failed"
		                                            : mark_of(r, j, at, record)), err);
	if (st == AK_OK && by != NULL) {
		st = put_standing(p, at, by, o, err);
		s->rests_on_compromised = s->rests_on_compromised || by->compromised;
	}
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(chain, o, err);
}

static ak_status put_chain(ak_rules *rules, const ak_proven *p, const ak_judged *j, uint64_t known_at,
                           ak_report *r, ak_standing *s, ak_error *err)
{
	ak_json *rows = NULL, *chain = ak_json_new_array();
	ak_status st = ak_json_set(r->root, "chain", chain, err);

	if (st == AK_OK)
		st = ak_rules_query(rules, "chain", p->q->as_of, known_at, p->q->listing, &rows, err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(rows); i++)
		st = put_step(p, j, ak_json_at(rows, i), r, chain, s, err);
	ak_json_free(rows);
	return st;
}

static ak_status put_missing(ak_rules *rules, const ak_question *q, uint64_t known_at, ak_report *r,
                             ak_standing *s, ak_error *err)
{
	ak_json *rows = NULL, *list = ak_json_new_array();
	ak_status st = ak_json_set(r->root, "missing", list, err);

	if (st == AK_OK)
		st = ak_rules_query(rules, "missing", q->as_of, known_at, q->listing, &rows, err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(rows); i++) {
		const ak_json *row = ak_json_at(rows, i);
		ak_json *o = ak_json_new_object();

		s->chain_full = false;
		st = ak_json_set(o, "what", ak_json_copy(ak_json_get(row, "what")), err);
		if (st == AK_OK)
			st = ak_json_set(o, "label", words_of(row, "label"), err);
		if (st != AK_OK)
			ak_json_free(o);
		else
			st = ak_json_add(list, o, err);
	}
	ak_json_free(rows);
	return st;
}

/* ---- the whole way, for who asks how it came about ---------------------------------------------------------------- */

/* A query that older packages do not have: *rows stays NULL. */
static ak_status query_if_any(ak_rules *rules, const char *name, const ak_question *q, uint64_t known_at, ak_json **rows,
                              ak_error *err)
{
	ak_error why = { 0 };
	ak_status st = ak_rules_query(rules, name, q->as_of, known_at, q->listing, rows, &why);

	if (st == AK_NOT_FOUND)
		return AK_OK;
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}

static ak_status put_terms(ak_rules *rules, const ak_question *q, uint64_t known_at, ak_report *r, ak_error *err)
{
	ak_json *rows = NULL, *list = ak_json_new_array();
	ak_status st = ak_json_set(r->root, "terms", list, err);

	if (st == AK_OK)
		st = query_if_any(rules, "terms", q, known_at, &rows, err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(rows); i++) {
		static const char *const plain[] = { "first", "last", "record", "basis", "ended_by", "gap_days" };
		const ak_json *row = ak_json_at(rows, i);
		ak_json *o = ak_json_new_object();
		int64_t carried = 0;

		(void)ak_json_int(ak_json_get(row, "carried"), &carried);
		st = copy_columns(row, plain, sizeof(plain) / sizeof(plain[0]), o, err);
		if (st == AK_OK)
			st = ak_json_set(o, "carried", ak_json_new_bool(carried != 0), err);
		if (st == AK_OK)
			st = ak_json_add(list, ak_json_ref(o), err);
		ak_json_free(o);
	}
	ak_json_free(rows);
	return st;
}

/* What the scheme calls a type; the core's are not in its package. */
static ak_json *title_of(const ak_json *package, ak_span type)
{
	const ak_json *title = ak_json_get(ak_json_get_span(ak_json_get(package, "types"), type), "title");

	return title != NULL ? ak_json_copy(title) : ak_report_words("", "");
}

/* A correction that stands and changes nothing: the warning about it names the record. */
static bool is_idle(const ak_report *r, int64_t record)
{
	for (size_t i = 0; i < ak_json_len(r->warnings); i++) {
		const ak_json *w = ak_json_at(r->warnings, i);
		int64_t seq;

		if (ak_span_is(ak_json_get_text(w, "id"), "correction-without-effect") && ak_json_int(ak_json_get(w, "record"), &seq) &&
		    seq == record)
			return true;
	}
	return false;
}

/* A query of the scheme need not know what became of corrections. */
static ak_status put_state(const ak_report *r, int64_t record, ak_json *event, ak_error *err)
{
	ak_span state = ak_json_get_text(event, "state");

	if (ak_span_is(state, "void") || ak_span_is(state, "annulled") || !is_idle(r, record))
		return AK_OK;
	return ak_json_set(event, "state", ak_json_new_str("idle"), err);
}

static ak_status put_event(const ak_json *package, const ak_proven *p, const ak_judged *j, const ak_json *row,
                           const ak_report *r, ak_json *history, ak_error *err)
{
	static const char *const plain[] = { "record", "type", "state", "date", "first", "last", "target" };
	ak_json *o = ak_json_new_object();
	const ak_judgement *by;
	int64_t record = -1;
	size_t at = 0;
	ak_status st;

	(void)ak_json_int(ak_json_get(row, "record"), &record);
	by = judgement_of(p, j, record, &at);
	st = copy_columns(row, plain, sizeof(plain) / sizeof(plain[0]), o, err);
	if (st == AK_OK)
		st = put_state(r, record, o, err);
	if (st == AK_OK)
		st = ak_json_set(o, "label", title_of(package, ak_json_get_text(row, "type")), err);
	if (st == AK_OK)
		st = ak_json_set(o, "party", words_of(row, "party"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "text", words_of(row, "text"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "mark", ak_json_new_str(by == NULL ? "not-checked"
		                                            : mark_of(r, j, at, record)), err);
	if (st == AK_OK && by != NULL) {
		char time[AK_UTCTIME_LEN + 1];

		ak_utctime_format(p->rec[at].header.time, time);
		st = ak_json_set(o, "sealed", ak_json_new_str(time), err);
		if (st == AK_OK)
			st = put_standing(p, at, by, o, err);
	}
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(history, o, err);
}

static bool is_about(const ak_sealed *s, const char *id)
{
	for (size_t i = 0; i < ak_statement_n_about(&s->statement); i++) {
		if (ak_span_is(ak_statement_about(&s->statement, i), id))
			return true;
	}
	return false;
}

/* Without a query of the scheme: the records about the listing, by the dates they were signed under. */
static ak_status rows_about(const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_json **out, ak_error *err)
{
	ak_json *rows = ak_json_new_array();
	char id[160];
	ak_status st = AK_OK;

	(void)snprintf(id, sizeof(id), "%s/listing:%s", p->q->scheme, p->q->listing);
	for (size_t i = 0; st == AK_OK && i < p->n_rec && p->rec[i].header.seq < known_at; i++) {
		const ak_sealed *s = &p->rec[i];
		ak_json *o;

		if (!is_about(s, id))
			continue;
		o = ak_json_new_object();
		st = ak_json_set(o, "record", ak_json_new_int((int64_t)s->header.seq), err);
		if (st == AK_OK)
			st = ak_json_set(o, "type", ak_json_new_text(s->statement.type), err);
		if (st == AK_OK)
			st = ak_json_set(o, "state", ak_json_new_str(j->by[i].authorised ? "" : "void"), err);
		if (st == AK_OK)
			st = ak_json_set(o, "date", ak_json_new_text(s->statement.issued), err);
		if (st == AK_OK)
			st = ak_json_add(rows, ak_json_ref(o), err);
		ak_json_free(o);
	}
	if (st != AK_OK)
		ak_json_free(rows);
	else
		*out = rows;
	return st;
}

static ak_status put_history(ak_rules *rules, const ak_json *package, const ak_proven *p, const ak_judged *j,
                             uint64_t known_at, ak_report *r, ak_error *err)
{
	ak_json *rows = NULL, *history = ak_json_new_array();
	ak_status st = ak_json_set(r->root, "history", history, err);

	if (st == AK_OK)
		st = query_if_any(rules, "history", p->q, known_at, &rows, err);
	if (st == AK_OK && rows == NULL)
		st = rows_about(p, j, known_at, &rows, err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(rows); i++)
		st = put_event(package, p, j, ak_json_at(rows, i), r, history, err);
	ak_json_free(rows);
	return st;
}

/* What is on record about each thing that was asked of the use: {"question","outcome","record","says"}.  Older packages have no such query. */
static ak_status put_answers(ak_rules *rules, const ak_question *q, uint64_t known_at, ak_report *r, ak_error *err)
{
	static const char *const plain[] = { "question", "outcome", "record" };
	ak_json *rows = NULL, *use = ak_json_new_object(), *list = ak_json_new_array();
	ak_status st = ak_json_set(use, "answers", list, err);

	if (st != AK_OK) {
		ak_json_free(use);
		return st;
	}
	st = ak_json_set(r->root, "use", use, err);
	if (st == AK_OK)
		st = query_if_any(rules, "use", q, known_at, &rows, err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(rows); i++) {
		ak_json *o = ak_json_new_object();

		st = copy_columns(ak_json_at(rows, i), plain, sizeof(plain) / sizeof(plain[0]), o, err);
		if (st == AK_OK)
			st = ak_json_set(o, "says", words_of(ak_json_at(rows, i), "says"), err);
		if (st == AK_OK)
			st = ak_json_add(list, ak_json_ref(o), err);
		ak_json_free(o);
	}
	ak_json_free(rows);
	return st;
}

const char *const ak_describe_queries[] = { "summary", "chain", "periods", "missing", "terms", "history", NULL };

ak_status ak_describe(ak_rules *rules, const ak_json *package, const ak_proven *p, const ak_judged *j, uint64_t known_at,
                      ak_report *r, ak_standing *s, ak_error *err)
{
	ak_json *periods = NULL;
	ak_status st = put_summary(rules, p->q, known_at, r, s, err);

	if (st == AK_OK)
		st = put_chain(rules, p, j, known_at, r, s, err);
	if (st == AK_OK)
		st = ak_rules_query(rules, "periods", p->q->as_of, known_at, p->q->listing, &periods, err);
	if (st == AK_OK)
		st = ak_json_set(r->root, "periods", periods, err);
	if (st == AK_OK)
		st = put_missing(rules, p->q, known_at, r, s, err);
	if (st == AK_OK)
		st = put_terms(rules, p->q, known_at, r, err);
	if (st == AK_OK && p->q->use != NULL)
		st = put_answers(rules, p->q, known_at, r, err);
	return st == AK_OK ? put_history(rules, package, p, j, known_at, r, err) : st;
}
