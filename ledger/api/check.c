/* SPDX-License-Identifier: Apache-2.0 */
/* What seal would refuse and what the rules would say, changing nothing. */
#include "api/api.h"
#include "api/caution.h"
#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "model/trust.h"
#include "seal/ahead.h"
#include "seal/draft.h"
#include "seal/seal.h"
#include "seal/signers.h"
#include "verify/candidate.h"
#include "verify/hypothesis.h"

#include <stdio.h>
#include <string.h>

static ak_status from_draft(ak_books *b, const ak_json *draft, ak_candidate *c, ak_error *err)
{
	ak_authority *a = NULL;
	ak_profile shipped = { 0 };
	const ak_profile *p;
	ak_span scheme = ak_json_get_text(draft, "scheme");
	ak_status st = ak_books_authority(b, NULL, 0, NULL, 0, &a, err);

	if (st != AK_OK)
		return st;
	p = ak_authority_profile(a, scheme);
	if (p == NULL && !ak_span_is(scheme, "akashi") && ak_shipped_profile(scheme, &shipped, NULL) == AK_OK)
		p = &shipped;
	st = ak_draft_statement(draft, &b->core, p, &c->statement, err);
	if (st == AK_OK) {
		c->sealed.lines.statement = ak_buf_span(&c->statement);
		st = ak_statement_parse(c->sealed.lines.statement, &c->sealed.statement, err);
	}
	ak_profile_clear(&shipped);
	ak_authority_free(&a);
	return st;
}

ak_status ak_api_candidate(ak_books *b, const ak_json *v, ak_span bytes, ak_candidate *c, ak_error *err)
{
	return ak_is_draft(v) ? from_draft(b, v, c, err) : ak_candidate_parse(bytes, c, err);
}

ak_status ak_api_put_refusal(ak_status refused, const ak_error *why, ak_json *o, ak_error *err)
{
	ak_json *r;
	ak_status st;

	if (refused == AK_OK)
		return ak_json_set(o, "refusal", ak_json_new_null(), err);
	r = ak_json_new_object();
	st = ak_json_set(r, "status", ak_json_new_str(ak_status_name(refused)), err);
	if (st == AK_OK)
		st = ak_json_set(r, "text", ak_report_words(ak_status_text_ja(refused), ak_status_text(refused)), err);
	if (st == AK_OK)
		st = ak_json_set(r, "where", ak_json_new_str(why->where == NULL ? "" : why->where), err);
	if (st == AK_OK)
		st = ak_json_set(r, "detail", ak_json_new_str(why->detail), err);
	if (st == AK_OK)
		st = ak_json_set(r, "expected", ak_json_new_str(why->expected), err);
	if (st == AK_OK)
		st = ak_json_set(r, "found", ak_json_new_str(why->found), err);
	if (st != AK_OK) {
		ak_json_free(r);
		return st;
	}
	return ak_json_set(o, "refusal", r, err);
}

/* Whose signatures there are, and what each of them is here for. */
static ak_status put_signers(const ak_candidate *c, const ak_judgement *j, ak_json *o, ak_error *err)
{
	const ak_sealed *s = &c->sealed;
	ak_json *list = ak_json_new_array();
	ak_own_keys own = { 0 };
	ak_status st = j->n_signers == 0 ? AK_OK : ak_own_keys_read(&s->statement, &own, err);

	for (size_t i = 0; st == AK_OK && i < j->n_signers; i++) {
		ak_json *g = ak_json_new_object();

		st = ak_json_set(g, "keyid", ak_api_digest(&s->signatures.sig[i].keyid), err);
		if (st == AK_OK)
			st = ak_json_set(g, "counted", ak_json_new_bool(j->signer[i].counted), err);
		if (st == AK_OK)
			st = ak_json_set(g, "part", ak_json_new_bool(ak_signer_has_part(&own, s, i, j)), err);
		if (st != AK_OK)
			ak_json_free(g);
		else
			st = ak_json_add(list, g, err);
	}
	ak_own_keys_clear(&own);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "signers", list, err);
}

/* How the signatures stand; null when something else was wrong before they were counted. */
static ak_status put_judgement(ak_status refused, const ak_candidate *c, const ak_judgement *j, ak_json *o, ak_error *err)
{
	ak_json *s;
	ak_status st;

	if (refused != AK_OK && refused != AK_NOT_AUTHORISED && j->n_signers == 0)
		return ak_json_set(o, "signatures", ak_json_new_null(), err);
	s = ak_json_new_object();
	st = ak_json_set(s, "mode", ak_json_new_str(j->mode), err);

	if (st == AK_OK)
		st = ak_json_set(s, "role", ak_json_new_str(j->role), err);
	if (st == AK_OK)
		st = ak_json_set(s, "counted", ak_json_new_int((int64_t)j->counted), err);
	if (st == AK_OK)
		st = ak_json_set(s, "needed", ak_json_new_int((int64_t)j->needed), err);
	if (st == AK_OK)
		st = ak_json_set(s, "of", ak_json_new_int((int64_t)j->of), err);
	if (st == AK_OK)
		st = put_signers(c, j, s, err);
	if (st != AK_OK) {
		ak_json_free(s);
		return st;
	}
	return ak_json_set(o, "signatures", s, err);
}

/* The record that already carries this statement, or null. */
static ak_status put_sealed_as(ak_books *b, ak_status refused, const ak_candidate *c, ak_json *o, ak_error *err)
{
	ak_digest d;
	uint64_t seq = 0;
	ak_status st;

	if (refused != AK_REPEATED)
		return ak_json_set(o, "sealed_as", ak_json_new_null(), err);
	ak_sha256(c->sealed.lines.statement, &d);
	st = ak_index_by_statement(b->index, &d, &seq, err);
	return st == AK_OK ? ak_json_set(o, "sealed_as", ak_json_new_int((int64_t)seq), err) : st;
}

/* Ask the rules about the listing that the candidate is about, if it is about one. */
static ak_status ask_rules(ak_books *b, ak_candidate *c, const char *listing, int64_t now, ak_json **report, ak_error *err)
{
	const ak_statement *s = &c->sealed.statement;
	ak_trust *trust = ak_mem_alloc(sizeof(*trust)); /* trusts nothing: only its shape is needed */
	ak_profile rules = { 0 };
	ak_evidence e = { 0 };
	char scheme[AK_NAME_MAX + 1];
	ak_question q = { .trust = trust, .scheme = scheme, .listing = listing, .now = now,
	                  .as_of = ak_day_of_instant_jst(now), .core = &b->core };
	ak_sealed *one = &c->sealed;
	ak_status st = AK_OK;

	if (trust == NULL)
		return ak_no_memory(err, "check");
	trust->genesis = b->genesis;
	(void)snprintf(scheme, sizeof(scheme), "%.*s", (int)s->scheme.len, (const char *)s->scheme.data);
	st = ak_evidence_draw_for(&b->source, &c->sealed, NULL, 0, &e, err);
	if (st == AK_OK && ak_shipped_profile(s->scheme, &rules, NULL) == AK_OK)
		q.rules = rules.package;
	if (st == AK_OK)
		st = ak_hypothesis(&e, &q, b->checkpoint.origin, &one, 1, b->checkpoint.size, now, report, err);
	ak_profile_clear(&rules);
	ak_evidence_clear(&e);
	ak_mem_free(trust);
	return st;
}

static ak_status put_findings(ak_books *b, ak_candidate *c, int64_t now, ak_json *o, ak_error *err)
{
	const ak_statement *s = &c->sealed.statement;
	ak_json *report = NULL;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && report == NULL && i < ak_statement_n_about(s); i++) {
		ak_span id = ak_statement_about(s, i);
		size_t skip = s->scheme.len + strlen("/listing:");
		char listing[129];

		if (id.len <= skip || memcmp(id.data + s->scheme.len, "/listing:", 9) != 0 ||
		    ak_type_is_core(s->type))
			continue;
		(void)snprintf(listing, sizeof(listing), "%.*s", (int)(id.len - skip), (const char *)id.data + skip);
		st = ask_rules(b, c, listing, now, &report, err);
	}
	if (st == AK_OK)
		st = ak_json_set(o, "findings", report == NULL ? ak_json_new_array()
		                                 : ak_json_copy(ak_json_get(report, "findings")), err);
	ak_json_free(report);
	return st;
}

/* What nothing forbids, and nobody is likely to mean. */
static ak_status put_warnings(ak_books *b, const ak_candidate *c, int64_t now, ak_json *o, ak_error *err)
{
	const ak_statement *s = &c->sealed.statement;
	ak_json *list = ak_json_new_array();
	ak_profile shipped = { 0 };
	ak_cautions cautions = { 0 };
	ak_status st = ak_json_set(o, "warnings", list, err);

	if (st == AK_OK)
		st = ak_cautions_put(b, &cautions, s, UINT64_MAX, list, err);
	ak_cautions_clear(&cautions);
	if (st == AK_OK && ak_span_is(s->type, "party"))
		st = ak_api_certificate_names(s->body, list, err);
	if (st == AK_OK && ak_type_is_core(s->type))
		return ak_dates_ahead(ak_type_schema(ak_profile_type(&b->core, s->type)), s->body, now, list, err);
	if (st == AK_OK && ak_shipped_profile(s->scheme, &shipped, NULL) == AK_OK)
		st = ak_dates_ahead(ak_type_schema(ak_profile_type(&shipped, s->type)), s->body, now, list, err);
	ak_profile_clear(&shipped);
	return st;
}

ak_status ak_ledger_check(ak_ledger *l, ak_span in, int64_t now, ak_text *json, ak_error *err)
{
	ak_candidate c = { 0 };
	ak_judgement j = { 0 };
	ak_error why = { 0 };
	ak_json *v = NULL, *o = NULL;
	ak_status st = ak_books_sync(l->b, err), refused;

	ak_buf_init(&c.statement, AK_STATEMENT_MAX);
	ak_buf_init(&c.signatures, AK_SIGNATURES_MAX);
	if (st == AK_OK)
		st = ak_json_parse(in, &v, err);
	if (st != AK_OK)
		return st;
	refused = ak_api_candidate(l->b, v, in, &c, &why);
	ak_json_free(v);
	if (refused == AK_OK)
		refused = ak_seal_check(l->b, &c, now, &j, &why);
	if (ak_status_class(refused) == AK_CLASS_UNKNOWN) {
		ak_candidate_clear(&c);
		if (err != NULL)
			*err = why;
		return refused;
	}
	o = ak_json_new_object();
	st = ak_json_set(o, "would_seal", ak_json_new_bool(refused == AK_OK), err);
	if (st == AK_OK)
		st = ak_api_put_refusal(refused, &why, o, err);
	if (st == AK_OK)
		st = put_sealed_as(l->b, refused, &c, o, err);
	if (st == AK_OK)
		st = put_judgement(refused, &c, &j, o, err);
	/* The rules can be asked as soon as the statement is whole, signed or not. */
	if (st == AK_OK && (refused == AK_OK || refused == AK_NOT_AUTHORISED))
		st = put_findings(l->b, &c, now, o, err);
	else if (st == AK_OK)
		st = ak_json_set(o, "findings", ak_json_new_array(), err);
	if (st == AK_OK && (refused == AK_OK || refused == AK_NOT_AUTHORISED))
		st = put_warnings(l->b, &c, now, o, err);
	else if (st == AK_OK)
		st = ak_json_set(o, "warnings", ak_json_new_array(), err);
	ak_candidate_clear(&c);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}
