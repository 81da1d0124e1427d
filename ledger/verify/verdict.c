/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/verify.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "crypto/hash.h"
#include "verify/also.h"
#include "verify/documents.h"
#include "verify/ending.h"
#include "verify/judge.h"
#include "verify/known.h"
#include "verify/scheme_rules.h"
#include "verify/standing.h"

#include <stdio.h>
#include <string.h>

static ak_status put_question(const ak_question *q, uint64_t known_at, ak_json *root, ak_error *err)
{
	char day[11];
	ak_status st;

	ak_day_format(q->as_of, day);
	st = ak_json_set(root, "as_of", ak_json_new_str(day), err);
	if (st == AK_OK)
		st = ak_json_set(root, "known_at", ak_json_new_int((int64_t)known_at), err);
	return st;
}

static ak_status put_ledger(const ak_proven *p, ak_json *root, ak_error *err)
{
	ak_json *l = ak_json_new_object();
	char genesis[AK_DIGEST_TEXT_LEN + 1], time[AK_UTCTIME_LEN + 1], hex[AK_DIGEST_TEXT_LEN + 1];
	ak_status st;

	ak_digest_format(&p->q->trust->genesis, genesis);
	ak_digest_format(&p->checkpoint.root, hex);
	ak_utctime_format(p->last.time, time);
	st = ak_json_set(l, "origin", ak_json_new_str(p->checkpoint.origin), err);
	if (st == AK_OK)
		st = ak_json_set(l, "size", ak_json_new_int((int64_t)p->checkpoint.size), err);
	if (st == AK_OK)
		st = ak_json_set(l, "root", ak_json_new_str(hex), err);
	if (st == AK_OK) /* only what was proven is told */
		st = ak_json_set(l, "time", p->sound ? ak_json_new_str(time) : ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(l, "genesis", ak_json_new_str(genesis), err);
	if (st != AK_OK) {
		ak_json_free(l);
		return st;
	}
	return ak_json_set(root, "ledger", l, err);
}

static ak_status put_profile(const ak_judged *j, const char *scheme, ak_report *r, ak_error *err)
{
	const ak_profile *p = ak_authority_profile(j->authority, ak_span_str(scheme));
	ak_json *o;
	char hex[AK_DIGEST_TEXT_LEN + 1];
	ak_status st;

	if (p == NULL)
		return ak_json_set(r->root, "profile", ak_json_new_null(), err);
	o = ak_json_new_object();
	ak_digest_format(&p->digest, hex);
	st = ak_json_set(o, "scheme", ak_json_new_text(p->scheme), err);
	if (st == AK_OK)
		st = ak_json_set(o, "version", ak_json_new_text(p->version), err);
	if (st == AK_OK)
		st = ak_json_set(o, "digest", ak_json_new_str(hex), err);
	if (st == AK_OK)
		st = ak_json_set(o, "held", ak_json_new_bool(p->held), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_set(r->root, "profile", o, err);
}

/* The engine's own rules as the scheme's list names them, each with the reasons that break it. */
static const struct {
	const char *id, *rule;
	ak_status reason[4];
} engine_rules[] = {
	{ "binding", NULL, { AK_WRONG_LEDGER, AK_HELD_BACK, AK_BAD_FORMAT, AK_LEDGER_ENDED } },
	{ "signatures", "A02", { AK_BAD_SIGNATURE, AK_WEAK_KEY } },
	{ "issued", "A04", { AK_CLOCK } },
	{ "keys", "A06", { AK_NOT_AUTHORISED, AK_KEY_REUSED } },
	{ "roles", "A08", { AK_NOT_AUTHORISED, AK_ABOUT_MISMATCH } },
	{ "references", "A09", { AK_DANGLING } },
	{ "schema", NULL, { AK_SCHEMA, AK_UNKNOWN_TYPE } },
};

static bool breaks(size_t rule, ak_status reason)
{
	for (size_t i = 0; i < 4; i++) {
		if (reason != AK_OK && engine_rules[rule].reason[i] == reason)
			return true;
	}
	return false;
}

static ak_status put_engine_rule(const ak_proven *p, const ak_judged *j, uint64_t known_at, size_t rule, ak_report *r,
                                 ak_error *err)
{
	size_t good = 0, bad = 0;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->n_rec && p->rec[i].header.seq < known_at; i++) {
		if (ak_judged_fell(j, i)) /* it broke no rule; "compromise" tells of it */
			continue;
		if (j->by[i].authorised || !breaks(rule, j->by[i].why.status)) {
			good++;
			continue;
		}
		bad++;
		st = ak_report_void(r, engine_rules[rule].id, engine_rules[rule].rule, (int64_t)p->rec[i].header.seq,
		                    &j->by[i].why, err);
	}
	if (st == AK_OK && bad == 0)
		st = ak_report_passed(r, engine_rules[rule].id, engine_rules[rule].rule, good, err);
	return st;
}

/* Rule A07: signatures of a key declared compromised stand only if somebody else than the operator saw them in time, and not at all
 * after the record that the declaration names. */
static ak_status put_compromise(const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_report *r, ak_error *err)
{
	for (size_t i = 0; i < p->n_rec && p->rec[i].header.seq < known_at; i++) {
		char why[200];

		if (!j->by[i].compromised && !ak_judged_fell(j, i))
			continue;
		(void)snprintf(why, sizeof(why), ak_judged_fell(j, i) ? "record #%llu lost its authority to a revocation that reaches back"
		                                                      : "record #%llu rests on a key that was later declared compromised",
		               (unsigned long long)p->rec[i].header.seq);
		return ak_report_not_checked(r, "compromise", "A07", why, err);
	}
	return ak_report_passed(r, "compromise", "A07", 0, err);
}

/* Whoever judged the evidence has seen to it that the erasure is there. */
static ak_status warn_erased(const ak_proven *p, size_t i, ak_report *r, ak_error *err)
{
	size_t at;

	if (!ak_proven_find(p, &p->rec[i].erasure, &at))
		return ak_fail(err, AK_INTERNAL, "erased", p->rec[i].header.seq, "its erasure is not in the evidence");
	return ak_report_erased(r, p->rec[i].header.seq, p->rec[at].header.seq, err);
}

static ak_status put_authority(const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_report *r, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t k = 0; st == AK_OK && k < sizeof(engine_rules) / sizeof(engine_rules[0]); k++)
		st = put_engine_rule(p, j, known_at, k, r, err);
	for (size_t i = 0; st == AK_OK && i < p->n_rec && p->rec[i].header.seq < known_at; i++) {
		if (p->rec[i].erased)
			st = warn_erased(p, i, r, err);
		else if (ak_judged_fell(j, i))
			st = ak_fallen_warn(p, i, &j->fall[i], r, err);
		else if (!j->by[i].authorised) /* whether the listing rests on it is the rules' business */
			st = ak_report_void_record(r, p->rec[i].header.seq, &j->by[i].why, err);
	}
	return st == AK_OK ? put_compromise(p, j, known_at, r, err) : st;
}

/* Tokens that do not count are passed over, and told: they never make anything better, or worse. */
static ak_status put_tokens(const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_report *r, ak_error *err)
{
	size_t n = 0, good = 0, first = SIZE_MAX;
	char why[240];

	for (size_t i = 0; i < p->n_rec && p->rec[i].header.seq < known_at; i++) {
		n += p->rec[i].signatures.n_timestamps;
		good += j->by[i].stamps_good;
		if (first == SIZE_MAX && j->by[i].stamps_good != p->rec[i].signatures.n_timestamps)
			first = i;
	}
	if (first == SIZE_MAX)
		return ak_report_passed(r, "timestamps", NULL, good, err);
	(void)snprintf(why, sizeof(why), "%zu of %zu tokens do not count; the first is of record #%llu: %.150s", n - good, n,
	               (unsigned long long)p->rec[first].header.seq,
	               j->by[first].stamp_why.detail[0] == '\0' ? "the record has no effect" : j->by[first].stamp_why.detail);
	return ak_report_not_checked(r, "timestamps", NULL, why, err);
}

static bool is_found(const ak_report *r, ak_span id)
{
	for (size_t i = 0; i < ak_json_len(r->findings); i++) {
		if (ak_span_eq(ak_json_get_text(ak_json_at(r->findings, i), "rule"), id))
			return true;
	}
	return false;
}

/* What could not be asked, and found nothing for that reason. */
static ak_json *not_checked(const ak_report *r)
{
	ak_json *list = ak_json_new_array();
	ak_status st = list == NULL ? AK_NO_MEMORY : AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(r->checks); i++) {
		const ak_json *check = ak_json_at(r->checks, i);
		ak_span id = ak_json_get_text(check, "id");

		if (ak_span_is(ak_json_get_text(check, "outcome"), "not-checked") && !is_found(r, id))
			st = ak_json_add(list, ak_json_new_text(id), NULL);
	}
	if (st == AK_OK)
		return list;
	ak_json_free(list);
	return NULL;
}

/* The scheme's rules are the verifier's newest.  When the ledger's own profile is another, what its rules say is shown too. */
static ak_status put_ledgers_own(ak_proven *p, const ak_judged *j, uint64_t known_at, int32_t sure_day, ak_report *r, ak_error *err)
{
	const ak_profile *own = ak_authority_profile(j->authority, ak_span_str(p->q->scheme));
	const ak_question *q = p->q;
	ak_question other = *q;
	ak_standing s = { .sure_day = sure_day };
	ak_report side = { 0 };
	ak_json *o;
	ak_status st;

	if (own == NULL || q->rules == NULL)
		return AK_OK;
	/* Digests are of canonical bytes. */
	if (q->rules_digest != NULL ? ak_digest_eq(q->rules_digest, &own->digest) : ak_json_equal(q->rules, own->package))
		return AK_OK;
	other.rules = NULL;
	other.rules_digest = NULL;
	st = ak_report_open(&side, err);
	if (st != AK_OK)
		return st;
	st = ak_standing_listing(&other, side.root, err);
	p->q = &other;
	if (st == AK_OK)
		st = ak_scheme_rules(p, j, known_at, &side, &s, err);
	p->q = q;
	o = ak_json_new_object();
	if (st == AK_OK)
		st = ak_json_set(o, "version", ak_json_new_text(own->version), err);
	if (s.cannot_decide && (!s.has_severity || s.worst < AK_SEVERITY_UNVERIFIABLE)) {
		s.has_severity = true;
		s.worst = AK_SEVERITY_UNVERIFIABLE;
	}
	if (st == AK_OK)
		st = ak_json_set(o, "worst", ak_json_new_str(s.has_severity ? ak_severity_name(s.worst) : ""), err);
	if (st == AK_OK)
		st = ak_json_set(o, "not_checked", not_checked(&side), err);
	if (st == AK_OK)
		st = ak_json_set(o, "findings", ak_json_ref(side.findings), err);
	ak_report_clear(&side);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	st = ak_json_set(r->root, "ledger_rules", o, err);
	if (st == AK_OK)
		st = ak_report_warning(r, "other-rules", "台帳の規則の版は検証側の版と異なる。両方の結果を示す",
		                       "the ledger's profile is another version than the verifier's: both results are shown", err);
	return st;
}

/* Unsealed records that count are judged together with the others, since a revocation may reach back. */
static ak_status add_unsealed(ak_proven *p, ak_judged *j, uint64_t *known_at, ak_report *r, ak_error *err)
{
	size_t n = 0;
	ak_status st = ak_also_append(p, j, r, &n, err);

	if (st != AK_OK || n == 0)
		return st;
	*known_at = p->checkpoint.size + n;
	ak_judged_clear(j);
	return ak_judge(p, *known_at, j, err);
}

static ak_status judge_sound(ak_proven *p, const ak_question *q, uint64_t known_at, ak_report *r,
                             ak_standing *s, ak_error *err)
{
	ak_judged j = { 0 };
	bool failed;
	ak_status st = ak_judge(p, known_at, &j, err);

	if (st != AK_OK)
		return st;
	if (j.unsound.status != AK_OK) { /* fatal, as in a replay: no ledger that sealing wrote holds this */
		s->sound = false;
		if (j.unsound.status == AK_CHAIN_BROKEN) /* a place-holder that no erasure stands behind */
			st = ak_report_failed(r, "records", "A01", (int64_t)j.unsound.at, &j.unsound, err);
		else
			st = ak_report_failed(r, j.unsound.status == AK_REPEATED ? "repeat" : "about", NULL, (int64_t)j.unsound.at,
			                      &j.unsound, err);
		ak_judged_clear(&j);
		return st;
	}
	st = ak_prove_memory(p, r, err);
	if (st != AK_OK || !p->sound) {
		s->sound = p->sound;
		s->fork = p->forked;
		ak_judged_clear(&j);
		return st;
	}
	s->convicted = p->convicted;
	if (q->n_also != 0)
		st = add_unsealed(p, &j, &known_at, r, err);
	if (st == AK_OK)
		st = put_authority(p, &j, known_at, r, err);
	if (st == AK_OK)
		st = put_tokens(p, &j, known_at, r, err);
	if (st == AK_OK)
		st = ak_known_clock(p, r, err);
	failed = r->failed;
	if (st == AK_OK)
		st = ak_check_documents(p, &j, known_at, r, s, err);
	s->evidence_failed = r->failed && !failed;
	if (st == AK_OK)
		st = put_profile(&j, q->scheme, r, err);
	s->unknown_type = j.unknown_type;
	s->not_held = j.not_held;
	if (st == AK_OK)
		st = ak_ending_put(p, &j, s, r, err);
	ak_known_when(p, s);
	if (st == AK_OK)
		st = ak_scheme_rules(p, &j, known_at, r, s, err);
	if (st == AK_OK && s->n_standing != 0)
		st = put_ledgers_own(p, &j, known_at, s->sure_day, r, err);
	ak_judged_clear(&j);
	return st == AK_OK ? ak_known_put(p, s, r, err) : st;
}

ak_status ak_verify_evidence(const ak_evidence *e, const ak_question *q, ak_verdict *verdict,
                             ak_json **report, ak_error *err)
{
	uint64_t known_at;
	ak_proven p = { 0 };
	ak_report r = { 0 };
	ak_standing s = { 0 };
	ak_status st = ak_report_open(&r, err);

	if (st != AK_OK)
		return st;
	st = ak_prove(e, q, &r, &p, err);
	if (st != AK_OK)
		goto out;
	known_at = q->known_at == 0 || q->known_at > p.checkpoint.size ? p.checkpoint.size : q->known_at;
	s.sound = p.sound;
	s.other_ledger = p.other_ledger;
	s.closed = p.closed;
	st = put_question(q, known_at, r.root, err);
	if (st == AK_OK)
		st = ak_standing_listing(q, r.root, err);
	if (st == AK_OK && p.checkpoint.size != 0 && !p.other_ledger)
		st = put_ledger(&p, r.root, err);
	/* What is not here may say the opposite of all that is: nothing is judged then (FORMAT 21.4). */
	if (st == AK_OK && p.sound)
		st = p.closed ? judge_sound(&p, q, known_at, &r, &s, err) : ak_prove_memory(&p, &r, err);
	if (st == AK_OK)
		st = ak_standing_conclude(q, &s, &r, verdict, err);
out:
	ak_proven_clear(&p);
	if (st == AK_OK) {
		*report = r.root;
		r.root = NULL;
	}
	ak_report_clear(&r);
	return st;
}
