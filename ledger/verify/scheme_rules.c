/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/scheme_rules.h"

#include "base/fail.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static ak_status add_fact(ak_rules *rules, const ak_proven *p, const ak_judged *j, size_t i, ak_error *err)
{
	const ak_sealed *s = &p->rec[i];
	const ak_judgement *by = &j->by[i];
	char *type = ak_span_dup(s->statement.type), *scheme = ak_span_dup(s->statement.scheme);
	char *issued = ak_span_dup(s->statement.issued);
	ak_status st = AK_NO_MEMORY;

	if (type == NULL || scheme == NULL || issued == NULL) {
		(void)ak_no_memory(err, "rules");
	} else {
		const ak_fact f = {
			.seq = s->header.seq, .id = s->id, .type = type, .scheme = scheme,
			.issued = issued, .time = s->header.time, .body = s->statement.body,
			.authorised = by->authorised, .mode = by->mode,
		};

		st = ak_rules_add_record(rules, &f, err);
	}
	ak_mem_free(type);
	ak_mem_free(scheme);
	ak_mem_free(issued);
	for (size_t k = 0; st == AK_OK && k < ak_statement_n_about(&s->statement); k++)
		st = ak_rules_add_about(rules, s->header.seq, ak_statement_about(&s->statement, k), err);
	for (size_t k = 0; st == AK_OK && k < ak_statement_n_refs(&s->statement); k++) {
		ak_digest target;
		ak_span rel = ak_statement_ref(&s->statement, k, &target);

		st = ak_rules_add_ref(rules, s->header.seq, rel, &target, err);
	}
	for (size_t k = 0; st == AK_OK && k < by->n_signers; k++) {
		if (by->signer[k].member[0] != '\0')
			st = ak_rules_add_signer(rules, s->header.seq, by->signer[k].party, by->role,
			                         by->signer[k].member, by->signer[k].counted, err);
	}
	return st;
}

static ak_status add_party(void *ctx, const char *party, const char *ja, const char *en, ak_error *err)
{
	return ak_rules_add_party(ctx, party, ja, en, err);
}

static ak_status load(ak_rules *rules, const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->n_rec && p->rec[i].header.seq < known_at; i++)
		st = add_fact(rules, p, j, i, err);
	for (size_t i = 0; st == AK_OK && i < p->e->n_subjects; i++)
		st = ak_rules_add_proved(rules, ak_span_str(p->e->subject[i].id), err);
	if (st == AK_OK)
		st = ak_authority_each_party(j->authority, add_party, rules, err);
	if (st == AK_OK)
		st = ak_rules_ready(rules, err);
	return st;
}

typedef struct taking {
	ak_report *r;
	ak_standing *s;
} taking;

static ak_status put_finding(ak_report *r, const ak_rule_info *rule, const ak_finding *f, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "rule", ak_json_new_str(rule->id), err);

	if (st == AK_OK)
		st = ak_json_set(o, "severity", ak_json_new_str(ak_severity_name(f->severity)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "reason", ak_json_new_str(f->reason), err);
	if (st == AK_OK)
		st = ak_json_set(o, "record", f->record < 0 ? ak_json_new_null()
		                                            : ak_json_new_int(f->record), err);
	if (st == AK_OK)
		st = ak_json_set(o, "text", ak_report_words(f->ja, f->en), err);
	if (st == AK_OK)
		st = ak_json_set(o, "expected", ak_report_text(f->expected), err);
	if (st == AK_OK)
		st = ak_json_set(o, "found", ak_report_text(f->found), err);
	if (st == AK_OK)
		st = ak_json_set(o, "basis", ak_json_new_str(rule->basis), err);
	if (st == AK_OK)
		st = ak_json_set(o, "basis_version", ak_json_new_str(rule->basis_version), err);
	if (st == AK_OK)
		st = ak_json_set(o, "next", ak_report_words(rule->next_ja, rule->next_en), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(r->findings, o, err);
}

static ak_status put_rule(ak_report *r, const ak_rule_info *rule, ak_outcome outcome, const char *why, ak_error *err)
{
	static const char *const names[] = { "passed", "failed", "not-checked" };
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "id", ak_json_new_str(rule->id), err);

	if (st == AK_OK)
		st = ak_json_set(o, "rule", ak_json_new_str(rule->id), err);
	if (st == AK_OK)
		st = ak_json_set(o, "outcome", ak_json_new_str(names[outcome]), err);
	if (st == AK_OK && why != NULL && why[0] != '\0')
		st = ak_json_set(o, "detail", ak_json_new_str(why), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(r->checks, o, err);
}

static bool last_check_is(const ak_report *r, const char *id)
{
	size_t n = ak_json_len(r->checks);

	return n > 0 && ak_span_is(ak_json_get_text(ak_json_at(r->checks, n - 1), "id"), id);
}

static ak_status take_rule(void *ctx, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f,
                           const char *why, ak_error *err)
{
	taking *t = ctx;
	ak_status st = AK_OK;

	if (!last_check_is(t->r, rule->id))
		st = put_rule(t->r, rule, outcome, why, err);
	/* A rule that could not run never makes a verdict better. */
	if (outcome == AK_NOT_CHECKED && rule->severity != AK_SEVERITY_WARNING)
		t->s->cannot_decide = true;
	if (st != AK_OK || outcome != AK_FAILED || f == NULL)
		return st;
	if (!t->s->has_severity || f->severity > t->s->worst) {
		t->s->worst = f->severity;
		t->s->evidence_missing = false;
	}
	t->s->has_severity = true;
	if (f->severity == AK_SEVERITY_UNVERIFIABLE && t->s->worst == AK_SEVERITY_UNVERIFIABLE &&
	    strcmp(f->reason, "evidence-not-on-record") == 0)
		t->s->evidence_missing = true;
	return put_finding(t->r, rule, f, err);
}

static bool copy_member(void *ctx, ak_span key, const ak_json *value)
{
	ak_json *to = ctx;
	char name[64];

	if (key.len >= sizeof(name) || ak_span_is(key, "listing"))
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
	int64_t carried = 0;
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
	ak_json_free(rows);
	st = ak_json_set(listing, "carried", ak_json_new_bool(carried != 0), err);
	if (st != AK_OK) {
		ak_json_free(listing);
		return st;
	}
	return ak_json_set(r->root, "listing", listing, err);
}

/* What the findings say of one record: refuted, in doubt, or nothing. */
static const char *mark_of(const ak_report *r, int64_t record, bool authorised)
{
	const char *mark = authorised ? "passed" : "failed";

	for (size_t i = 0; i < ak_json_len(r->findings); i++) {
		const ak_json *f = ak_json_at(r->findings, i);
		ak_span severity = ak_json_get_text(f, "severity");
		int64_t at;

		if (!ak_json_int(ak_json_get(f, "record"), &at) || at != record || ak_span_is(severity, "warning"))
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
	    ak_json_set(o, "of", ak_json_new_int((int64_t)by->of), NULL) != AK_OK) {
		ak_json_free(o);
		return NULL;
	}
	return o;
}

static ak_status put_step(const ak_proven *p, const ak_judged *j, const ak_json *row, const ak_report *r,
                          ak_json *chain, ak_standing *s, ak_error *err)
{
	static const char *const plain[] = { "step", "date", "record" };
	ak_json *o = ak_json_new_object();
	const ak_judgement *by;
	int64_t record = -1;
	size_t at = 0;
	ak_status st = AK_OK;

	(void)ak_json_int(ak_json_get(row, "record"), &record);
	by = judgement_of(p, j, record, &at);
	for (size_t i = 0; st == AK_OK && i < sizeof(plain) / sizeof(plain[0]); i++) {
		const ak_json *v = ak_json_get(row, plain[i]);

		st = ak_json_set(o, plain[i], v == NULL ? ak_json_new_null() : ak_json_copy(v), err);
	}
	if (st == AK_OK)
		st = ak_json_set(o, "label", words_of(row, "label"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "party", words_of(row, "party"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "text", words_of(row, "text"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "mark", ak_json_new_str(by == NULL ? "not-checked"
		                                            : mark_of(r, record, by->authorised)), err);
	if (st == AK_OK && by != NULL) {
		char id[AK_DIGEST_TEXT_LEN + 1];

		ak_digest_format(&p->rec[at].id, id);
		st = ak_json_set(o, "id", ak_json_new_str(id), err);
		if (st == AK_OK)
			st = ak_json_set(o, "signing", signing_of(by), err);
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

static ak_status describe(ak_rules *rules, const ak_proven *p, const ak_judged *j, uint64_t known_at,
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
	return st;
}

static ak_status count_about(const ak_proven *p, uint64_t known_at, ak_standing *s)
{
	char id[160];

	(void)snprintf(id, sizeof(id), "%s/listing:%s", p->q->scheme, p->q->listing);
	for (size_t i = 0; i < p->n_rec && p->rec[i].header.seq < known_at; i++) {
		const ak_statement *t = &p->rec[i].statement;

		for (size_t k = 0; k < ak_statement_n_about(t); k++)
			s->n_about += ak_span_is(ak_statement_about(t, k), id);
		s->baseline = s->baseline || ak_span_is(t->type, "baseline");
	}
	return AK_OK;
}

ak_status ak_scheme_rules(const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_report *r,
                          ak_standing *s, ak_error *err)
{
	const ak_profile *profile = ak_authority_profile(j->authority, ak_span_str(p->q->scheme));
	const ak_json *package = p->q->rules != NULL ? p->q->rules
	                         : profile == NULL ? NULL : profile->package;
	taking t = { r, s };
	ak_rules *rules = NULL;
	ak_status st = count_about(p, known_at, s);

	if (st == AK_OK && (package == NULL || profile == NULL)) {
		s->cannot_decide = true;
		return ak_report_not_checked(r, "rules", NULL, "the ledger has no profile for this scheme", err);
	}
	if (st == AK_OK)
		st = ak_rules_open(package, &rules, err);
	if (st == AK_OK)
		st = load(rules, p, j, known_at, err);
	if (st == AK_OK)
		st = ak_rules_run(rules, p->q->as_of, known_at, p->q->listing, take_rule, &t, err);
	if (st == AK_OK)
		st = describe(rules, p, j, known_at, r, s, err);
	ak_rules_free(&rules);
	return st;
}
