/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/scheme_rules.h"

#include "base/fail.h"
#include "base/strmap.h"
#include "base/text.h"
#include "rules/rule.h"
#include "verify/describe.h"
#include "verify/rests.h"
#include "verify/tell.h"
#include "verify/worlds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

ak_status ak_rules_take(ak_rules *rules, const ak_sealed *s, const ak_judgement *by, ak_error *err)
{
	char *type = ak_span_dup(s->statement.type), *scheme = ak_span_dup(s->statement.scheme);
	char *issued = ak_span_dup(s->statement.issued);
	ak_status st = AK_NO_MEMORY;

	if (type == NULL || scheme == NULL || issued == NULL) {
		(void)ak_no_memory(err, "rules");
	} else {
		/* What a void record says is nobody's word, and may be as long as a line can be. */
		const ak_fact f = {
			.seq = s->header.seq, .id = s->id, .type = type, .scheme = scheme,
			.issued = issued, .time = s->header.time, .body = by->authorised ? s->statement.body : NULL,
			.body_text = by->authorised ? ak_sealed_body(s) : (ak_span){ 0 },
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

static ak_status add_use(ak_rules *rules, const ak_use *u, ak_error *err)
{
	const ak_rules_use use = { u->contract_from, u->contract_to, u->service, u->region, u->task, u->confirmation };

	return ak_rules_add_use(rules, &use, err);
}

static ak_status load(ak_rules *rules, const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->n_rec && p->rec[i].header.seq < known_at; i++)
		st = ak_rules_take(rules, &p->rec[i], &j->by[i], err);
	for (size_t i = 0; st == AK_OK && i < p->e->n_subjects; i++)
		st = ak_rules_add_proved(rules, ak_span_str(p->e->subject[i].id), err);
	if (st == AK_OK)
		st = ak_authority_each_party(j->authority, add_party, rules, err);
	if (st == AK_OK && p->q->use != NULL)
		st = add_use(rules, p->q->use, err);
	if (st == AK_OK)
		st = ak_tell_give(rules, p->q->tell, err);
	if (st == AK_OK)
		st = ak_rules_ready(rules, err);
	return st;
}

typedef struct taking {
	ak_report *r;
	ak_standing *s;
	const ak_strmap *sure; /* rule and record (name_about) -> worst severity on the last day that is known; NULL: the day asked about is known */
	const ak_proven *p;
	const bool *rests; /* by record: does what it says hang on one that was erased (rests.h)?  NULL: none was */
	size_t newest;     /* the last that was erased: it may have corrected, annulled or renewed whatever comes before it */
	const ak_worlds *otherwise; /* as it would be if records had not lost their authority; NULL: none has */
} taking;

/* Why a finding says less than its rule would. */
typedef enum softened { AS_FOUND, STALE, LOST, ERASED } softened;

static const struct {
	const char *reason, *detail, *ja, *en;
} soft[] = {
	[STALE] = { "stale", "whether a later record says otherwise is not known", "知られている記録の範囲では、%s", "as far as this ledger is known: %s" },
	[LOST] = { "authority-lost", "it holds only with records that lost their authority to a revocation", "遡及する失効により権限を失った記録を除けば、%s",
	           "without records that lost their authority to a revocation: %s" },
	[ERASED] = { "erased", "what an erased record said is not known", "消去された記録を除けば、%s", "without what was erased: %s" },
};

/* A rule and the record it speaks of: "<rule> <record>"; no id holds a space. */
enum { ABOUT_ROOM = AK_RULE_ID_MAX + 22 };

static ak_span name_about(const ak_rule_info *rule, const ak_finding *f, char out[ABOUT_ROOM])
{
	(void)snprintf(out, ABOUT_ROOM, "%.*s %" PRId64, AK_RULE_ID_MAX, rule->id, f->record);
	return ak_span_str(out);
}

/* Expired or suspended only since days of which this evidence knows nothing: a later record may say otherwise.  The same rule may
 * have held another record against it on the last day that is known, and that be over (FORMAT 19.5). */
static bool is_stale(const taking *t, const ak_rule_info *rule, const ak_finding *f)
{
	uint64_t then = AK_SEVERITY_WARNING;
	char about[ABOUT_ROOM];

	if (t->sure == NULL || (f->severity != AK_SEVERITY_EXPIRED && f->severity != AK_SEVERITY_SUSPENDED))
		return false;
	return !ak_strmap_get(t->sure, name_about(rule, f, about), &then) || then < (uint64_t)f->severity;
}

/* Bad only without records that lost their authority to a revocation that reaches back: what they said may be so, and may not.  Asked
 * of each rule and not of the verdict: what fell and took something away would make that bad in every world (adr/0011). */
static bool is_lost(const taking *t, const ak_rule_info *rule, const ak_finding *f)
{
	return t->otherwise != NULL && f->severity != AK_SEVERITY_WARNING && ak_worlds_doubt(t->otherwise, rule->id, f->severity);
}

static bool is_erased(const taking *t, const ak_finding *f)
{
	return t->rests != NULL && ak_rests_doubt(t->p, t->rests, t->newest, f->record);
}

/* A printf format of our own table, with one text. */
static ak_json *words_around(const char *pattern, const char *text)
{
	const char *at = strstr(pattern, "%s");

	return ak_json_new_strf("%.*s%s%s", (int)(at - pattern), pattern, text, at + 2);
}

static ak_json *words_of(const ak_finding *f, softened how)
{
	ak_json *o;

	if (how == AS_FOUND)
		return ak_report_words(f->ja, f->en);
	o = ak_json_new_object();
	if (ak_json_set(o, "ja", words_around(soft[how].ja, f->ja), NULL) != AK_OK ||
	    ak_json_set(o, "en", words_around(soft[how].en, f->en), NULL) != AK_OK) {
		ak_json_free(o);
		return NULL;
	}
	return o;
}

static ak_status put_finding(ak_report *r, const ak_rule_info *rule, const ak_finding *f, softened how, ak_error *err)
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
		st = ak_json_set(o, "text", words_of(f, how), err);
	if (st == AK_OK)
		st = ak_json_set(o, "expected", ak_report_text(f->expected), err);
	if (st == AK_OK)
		st = ak_json_set(o, "found", ak_report_text(f->found), err);
	if (st == AK_OK)
		st = ak_json_set(o, "basis", ak_json_new_str(rule->basis), err);
	if (st == AK_OK)
		st = ak_json_set(o, "basis_en", rule->basis_en[0] == '\0' ? ak_json_new_null() : ak_json_new_str(rule->basis_en), err);
	if (st == AK_OK)
		st = ak_json_set(o, "basis_version", ak_json_new_str(rule->basis_version), err);
	if (st == AK_OK)
		st = ak_json_set(o, "next", ak_report_words(rule->next_ja, rule->next_en), err);
	if (st == AK_OK && rule->judges_use)
		st = ak_json_set(o, "use", ak_json_new_bool(true), err);
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

/* What is wrong with a use says nothing about the listing. */
static void take_use(ak_standing *s, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f)
{
	ak_severity found = AK_SEVERITY_WARNING;

	if (outcome == AK_FAILED && f != NULL)
		found = f->severity;
	else if (outcome == AK_NOT_CHECKED && rule->severity != AK_SEVERITY_WARNING)
		found = AK_SEVERITY_UNVERIFIABLE;
	if (found > s->use_worst)
		s->use_worst = found;
}

static ak_status take_rule(void *ctx, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f,
                           const char *why, ak_error *err)
{
	taking *t = ctx;
	softened how = outcome != AK_FAILED || f == NULL ? AS_FOUND : is_erased(t, f) ? ERASED : is_lost(t, rule, f) ? LOST
	               : is_stale(t, rule, f) ? STALE : AS_FOUND;
	ak_finding known;
	ak_status st = AK_OK;

	/* Of a listing that no record is about there is nothing to judge but its use. */
	if (t->s->n_standing == 0 && !rule->judges_use)
		return AK_OK;
	if (how != AS_FOUND) {
		known = *f;
		if (f->severity != AK_SEVERITY_WARNING) /* which is one all the same, but not said for sure */
			known.severity = AK_SEVERITY_UNVERIFIABLE;
		known.reason = soft[how].reason;
		f = &known;
	}
	if (!last_check_is(t->r, rule->id))
		st = put_rule(t->r, rule, how != AS_FOUND ? AK_NOT_CHECKED : outcome,
		              how != AS_FOUND ? soft[how].detail : why, err);
	/* A rule that could not run never makes a verdict better. */
	if (outcome == AK_NOT_CHECKED && rule->severity != AK_SEVERITY_WARNING && !rule->judges_use)
		t->s->cannot_decide = true;
	if (rule->judges_use)
		take_use(t->s, rule, outcome, f);
	if (st != AK_OK || outcome != AK_FAILED || f == NULL)
		return st;
	if (rule->judges_use)
		return put_finding(t->r, rule, f, how, err);
	if (!t->s->has_severity || f->severity > t->s->worst) {
		t->s->worst = f->severity;
		t->s->evidence_missing = false;
	}
	t->s->has_severity = true;
	if (f->severity == AK_SEVERITY_UNVERIFIABLE && t->s->worst == AK_SEVERITY_UNVERIFIABLE &&
	    strcmp(f->reason, "evidence-not-on-record") == 0)
		t->s->evidence_missing = true;
	t->s->undecided = t->s->undecided || (f->severity == AK_SEVERITY_UNVERIFIABLE && how != STALE);
	t->s->lost = t->s->lost || how == LOST;
	return put_finding(t->r, rule, f, how, err);
}

static ak_status keep_worst(ak_strmap *worst_of, ak_span key, ak_severity severity, ak_error *err)
{
	uint64_t worst = 0;

	if (ak_strmap_get(worst_of, key, &worst) && worst >= (uint64_t)severity)
		return AK_OK;
	return ak_strmap_put(worst_of, key, (uint64_t)severity, err);
}

static ak_status take_worst_about(void *ctx, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f,
                                  const char *why, ak_error *err)
{
	char about[ABOUT_ROOM];

	(void)why;
	return outcome != AK_FAILED || f == NULL ? AK_OK : keep_worst(ctx, name_about(rule, f, about), f->severity, err);
}

static ak_status take_worst(void *ctx, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f,
                           const char *why, ak_error *err)
{
	(void)why;
	return outcome != AK_FAILED || f == NULL ? AK_OK : keep_worst(ctx, ak_span_str(rule->id), f->severity, err);
}

/* When the day asked about is past what is known, what the rules say of the last known day is asked first. */
static ak_status run(ak_rules *rules, const ak_proven *p, uint64_t known_at, taking *t, ak_error *err)
{
	const ak_question *q = p->q;
	ak_strmap sure;
	ak_status st = AK_OK;

	ak_strmap_init(&sure, 41);
	if (t->s->sure_day < q->as_of) {
		t->sure = &sure;
		st = ak_rules_run(rules, t->s->sure_day, known_at, q->listing, take_worst_about, &sure, err);
	}
	if (st == AK_OK)
		st = ak_rules_run(rules, q->as_of, known_at, q->listing, take_rule, t, err);
	t->sure = NULL;
	ak_strmap_clear(&sure);
	return st;
}

typedef struct asking {
	ak_rules *rules;
	const ak_proven *p;
	uint64_t known_at;
} asking;

/* The records are taken out again. */
static ak_status ask_world(void *ctx, const ak_judged *then, ak_strmap *worst, ak_error *err)
{
	const asking *a = ctx;
	ak_status st = load(a->rules, a->p, then, a->known_at, err);

	if (st == AK_OK)
		st = ak_rules_run(a->rules, a->p->q->as_of, a->known_at, a->p->q->listing, take_worst, worst, err);
	return st == AK_OK ? ak_rules_again(a->rules, err) : st;
}

static void count_about(const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_standing *s)
{
	char id[160];
	uint64_t n_fell = 0;

	(void)snprintf(id, sizeof(id), "%s/listing:%s", p->q->scheme, p->q->listing);
	for (size_t i = 0; i < p->n_rec - p->n_unsealed && p->rec[i].header.seq < known_at; i++) {
		const ak_statement *t = &p->rec[i].statement;

		for (size_t k = 0; k < ak_statement_n_about(t); k++)
			if (ak_span_is(ak_statement_about(t, k), id)) {
				s->n_about++;
				s->n_standing += j->by[i].authorised;
				n_fell += ak_judged_fell(j, i);
			}
	}
	s->lost = s->n_standing == 0 && n_fell != 0;
}

static ak_status tell_idle(void *ctx, uint64_t seq, uint64_t target, const char *why, ak_error *err)
{
	return ak_report_idle_correction(ctx, seq, target, why, err);
}

static const ak_json *package_of(const ak_proven *p, const ak_profile *profile)
{
	return p->q->rules != NULL ? p->q->rules : profile == NULL ? NULL : profile->package;
}

ak_status ak_scheme_rows(const ak_proven *p, const ak_judged *j, ak_json **rows, ak_error *err)
{
	const ak_json *package = package_of(p, ak_authority_profile(j->authority, ak_span_str(p->q->scheme)));
	ak_rules *rules = NULL;
	ak_status st;

	if (package == NULL)
		return ak_fail(err, AK_NOT_HELD, "scheme", 0, "the ledger has no definition of \"%.60s\"", p->q->scheme);
	st = ak_rules_open(package, &rules, err);
	if (st == AK_OK)
		st = load(rules, p, j, INT64_MAX, err);
	if (st == AK_OK)
		st = ak_tell_rows(rules, package, p->q->tell, p->q->as_of, INT64_MAX, p->q->listing, rows, err);
	ak_rules_free(&rules);
	return st;
}

/* The sandbox of the last question, emptied, or a new one. */
static ak_status open_rules(const ak_question *q, const ak_json *package, ak_rules **out, ak_error *err)
{
	ak_rules *kept = NULL;
	ak_status st;

	if (q->kept != NULL && package == q->rules) {
		kept = *q->kept;
		*q->kept = NULL;
	}
	if (kept == NULL && q->warm != NULL && package == q->rules)
		kept = ak_warm_take(q->warm);
	if (kept == NULL)
		return ak_rules_open(package, out, err);
	st = ak_rules_again(kept, err);
	if (st == AK_OK)
		*out = kept;
	else
		ak_rules_free(&kept);
	return st;
}

/* What an error left half done is not used again, nor what ran out of memory. */
static void close_rules(const ak_question *q, const ak_json *package, ak_status st, ak_rules **rules)
{
	const bool crowded = *rules != NULL && ak_rules_crowded(*rules);

	if (crowded && q->crowded != NULL)
		*q->crowded = true;
	if (st == AK_OK && !crowded && q->kept != NULL && package == q->rules) {
		ak_rules_free(q->kept);
		*q->kept = *rules;
		*rules = NULL;
	}
	ak_rules_free(rules);
}

ak_status ak_scheme_rules(const ak_proven *p, const ak_judged *j, uint64_t known_at, ak_report *r,
                          ak_standing *s, ak_error *err)
{
	const ak_profile *profile = ak_authority_profile(j->authority, ak_span_str(p->q->scheme));
	const ak_json *package = package_of(p, profile);
	taking t = { .r = r, .s = s, .p = p };
	bool *rests = NULL;
	ak_rules *rules = NULL;
	ak_worlds otherwise;
	ak_status st;

	count_about(p, j, known_at, s);
	if (ak_rests_mark(p, known_at, &rests, &t.newest, err) != AK_OK)
		return AK_NO_MEMORY;
	t.rests = rests;
	s->erased = rests != NULL;
	if (package == NULL || profile == NULL) {
		s->cannot_decide = true;
		ak_mem_free(rests);
		return ak_report_not_checked(r, "rules", NULL, "the ledger has no profile for this scheme", err);
	}
	/* What is not there breaks no rule: that it is absent is all there is to say. */
	if (s->n_standing == 0) {
		st = ak_report_not_checked(r, "rules", NULL, s->n_about == 0 ? "no record is about this listing"
		                           : "no record about this listing has effect", err);
		if (st != AK_OK || p->q->use == NULL) {
			ak_mem_free(rests);
			return st;
		}
	}
	ak_worlds_init(&otherwise);
	st = open_rules(p->q, package, &rules, err);
	if (st == AK_OK && j->otherwise != NULL) {
		st = ak_worlds_ask(p, j, ask_world, &(asking){ rules, p, known_at }, &otherwise, err);
		t.otherwise = &otherwise;
	}
	if (st == AK_OK)
		st = load(rules, p, j, known_at, err);
	if (st == AK_OK)
		st = ak_rules_idle_corrections(rules, tell_idle, r, err);
	if (st == AK_OK)
		st = run(rules, p, known_at, &t, err);
	if (st == AK_OK && s->n_standing != 0)
		st = ak_describe(rules, package, p, j, known_at, r, s, err);
	if (st == AK_OK && s->n_standing != 0 && rests != NULL)
		st = ak_rests_gaps(p, rests, t.newest, "periods", r->root, err);
	if (st == AK_OK && s->n_standing != 0 && rests != NULL)
		st = ak_rests_gaps(p, rests, t.newest, "terms", r->root, err);
	if (st == AK_OK && s->n_standing != 0 && p->q->tell != NULL)
		st = ak_tell_put(rules, package, p->q, known_at, r->root, err);
	close_rules(p->q, package, st, &rules);
	ak_worlds_clear(&otherwise);
	ak_mem_free(rests);
	return st;
}
