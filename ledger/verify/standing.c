/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/standing.h"

#include <stdio.h>

const char *ak_verdict_name(ak_verdict v)
{
	switch (v) {
	case AK_VERDICT_INVALID:
		return "invalid";
	case AK_VERDICT_EXPIRED:
		return "expired";
	case AK_VERDICT_SUSPENDED:
		return "suspended";
	case AK_VERDICT_VALID:
		return "valid";
	case AK_VERDICT_UNVERIFIABLE:
		break;
	}
	return "unverifiable";
}

ak_status ak_standing_listing(const ak_question *q, ak_json *root, ak_error *err)
{
	static const char *const unknown[] = { "service", "provider", "basis", "registered_on",
	                                       "expires_on", "expires_stated", "source" };
	ak_json *l = ak_json_new_object();
	ak_status st = ak_json_set(l, "scheme", ak_json_new_str(q->scheme), err);

	if (st == AK_OK)
		st = ak_json_set(l, "name", ak_json_new_str(q->listing), err);
	if (st == AK_OK)
		st = ak_json_set(l, "subject", ak_json_new_strf("%s/listing:%s", q->scheme, q->listing), err);
	for (size_t i = 0; st == AK_OK && i < sizeof(unknown) / sizeof(unknown[0]); i++)
		st = ak_json_set(l, unknown[i], ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(l, "carried", ak_json_new_bool(false), err);
	if (st != AK_OK) {
		ak_json_free(l);
		return st;
	}
	return ak_json_set(root, "listing", l, err);
}

typedef struct conclusion {
	ak_verdict verdict;
	const char *reason;
} conclusion;

static conclusion conclude(const ak_standing *s, bool check_failed)
{
	if (s->fork)
		return (conclusion){ AK_VERDICT_INVALID, "fork" };
	if (s->other_ledger)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, "other-ledger" };
	if (!s->sound)
		return check_failed ? (conclusion){ AK_VERDICT_INVALID, "tampered" }
		                    : (conclusion){ AK_VERDICT_UNVERIFIABLE, "unknown-version" };
	/* Before all that is found in what is here: what is left out may say the opposite. */
	if (!s->closed)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, "completeness" };
	/* Shown to be absent from this ledger: that says nothing about the world (DESIGN 6).  What only void records name is as absent:
	 * else whoever holds the operator key could have any number called invalid. */
	if (s->n_standing == 0 && !check_failed)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, s->erased ? "erased" : s->lost ? "cannot-decide" : s->n_about == 0 ? "not-found" : s->unknown_type ? "unknown-version"
		                                              : s->not_held ? "cannot-decide" : "not-found" };
	if (s->has_severity && s->worst == AK_SEVERITY_INVALID)
		return (conclusion){ AK_VERDICT_INVALID, "rules" };
	if (check_failed && (s->quorum_none || s->quorum_met))
		return (conclusion){ AK_VERDICT_INVALID, "evidence" };
	if (s->unknown_type)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, "unknown-version" };
	if (!s->listed)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, s->erased ? "erased" : s->lost ? "cannot-decide" : "not-found" };
	if (s->has_severity && s->worst == AK_SEVERITY_EXPIRED)
		return (conclusion){ AK_VERDICT_EXPIRED, "rules" };
	if (s->has_severity && s->worst == AK_SEVERITY_SUSPENDED)
		return (conclusion){ AK_VERDICT_SUSPENDED, "rules" };
	/* What it said may have been good or bad; what came later without it, and is bad, stays so (19.4). */
	if (s->erased)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, "erased" };
	if (s->has_severity && s->worst == AK_SEVERITY_UNVERIFIABLE)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE,
		                     s->evidence_missing ? "evidence-not-on-record"
		                     : s->undecided ? "cannot-decide" : "stale" };
	if (s->cannot_decide || s->not_held ||
	    (s->rests_on_compromised && (s->quorum_none || !s->quorum_met)))
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, "cannot-decide" };
	if (!s->quorum_none && !s->quorum_met)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, "completeness" };
	if (!s->complete_none && !s->complete_met)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, "completeness" };
	if (!s->fresh)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, "stale" };
	if (!s->chain_full)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, "evidence-not-on-record" };
	if (s->evidence_unsure)
		return (conclusion){ AK_VERDICT_UNVERIFIABLE, "evidence" };
	return (conclusion){ AK_VERDICT_VALID, "" };
}

/* Of two histories that one operator signed neither is believed; what is bad in one of them stays bad. */
static conclusion with_fork(const ak_standing *s, conclusion c)
{
	return s->convicted && c.verdict >= AK_VERDICT_UNVERIFIABLE ? (conclusion){ AK_VERDICT_UNVERIFIABLE, "fork" } : c;
}

static conclusion with_use(const ak_standing *s, conclusion listing)
{
	static const ak_verdict verdict[] = {
		[AK_SEVERITY_WARNING] = AK_VERDICT_VALID, [AK_SEVERITY_UNVERIFIABLE] = AK_VERDICT_UNVERIFIABLE,
		[AK_SEVERITY_SUSPENDED] = AK_VERDICT_SUSPENDED, [AK_SEVERITY_EXPIRED] = AK_VERDICT_EXPIRED,
		[AK_SEVERITY_INVALID] = AK_VERDICT_INVALID,
	};
	ak_verdict use = verdict[s->use_worst];

	return use < listing.verdict ? (conclusion){ use, "use" } : listing;
}

/* What is to be said of the listing whatever documents somebody holds. */
static ak_verdict without_documents(const ak_standing *s, bool check_failed)
{
	ak_standing alone = *s;

	alone.evidence_unsure = false;
	return with_fork(s, conclude(&alone, check_failed && !s->evidence_failed)).verdict;
}

static ak_status put_evidence(ak_verdict listing, ak_json *root, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "listing_verdict", ak_json_new_str(ak_verdict_name(listing)), err);

	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_set(root, "evidence", o, err);
}

static ak_json *text_or_null(const char *s)
{
	return s == NULL ? ak_json_new_null() : ak_json_new_str(s);
}

static ak_status put_term(const ak_use *u, ak_json *o, ak_error *err)
{
	ak_json *term;
	ak_status st;

	if (u->contract_from == NULL)
		return ak_json_set(o, "contract", ak_json_new_null(), err);
	term = ak_json_new_object();
	st = ak_json_set(term, "from", ak_json_new_str(u->contract_from), err);
	if (st == AK_OK)
		st = ak_json_set(term, "to", ak_json_new_str(u->contract_to), err);
	if (st != AK_OK) {
		ak_json_free(term);
		return st;
	}
	return ak_json_set(o, "contract", term, err);
}

/* What was asked of the use, and the verdict without it. */
static ak_status put_use(const ak_use *u, ak_verdict listing, ak_json *root, ak_error *err)
{
	const ak_json *said = ak_json_get(ak_json_get(root, "use"), "answers"); /* where the rules ran */
	ak_json *o = ak_json_new_object();
	ak_status st = put_term(u, o, err);

	if (st == AK_OK)
		st = ak_json_set(o, "answers", said == NULL ? ak_json_new_array() : ak_json_copy(said), err);

	if (st == AK_OK)
		st = ak_json_set(o, "service", text_or_null(u->service), err);
	if (st == AK_OK)
		st = ak_json_set(o, "region", text_or_null(u->region), err);
	if (st == AK_OK)
		st = ak_json_set(o, "task", text_or_null(u->task), err);
	if (st == AK_OK)
		st = ak_json_set(o, "confirmation", text_or_null(u->confirmation), err);
	if (st == AK_OK)
		st = ak_json_set(o, "listing_verdict", ak_json_new_str(ak_verdict_name(listing)), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_set(root, "use", o, err);
}

ak_status ak_standing_conclude(const ak_question *q, const ak_standing *s, ak_report *r, ak_verdict *out, ak_error *err)
{
	conclusion listing = with_fork(s, conclude(s, r->failed));
	conclusion c = q->use == NULL ? listing : with_use(s, listing);
	const char *assurance = !s->sound || !s->listed ? "none"
	                        : s->chain_full ? "full-chain"
	                        : s->baseline ? "operator-attested" : "public-list";
	int code = c.verdict == AK_VERDICT_VALID ? 0 : c.verdict == AK_VERDICT_UNVERIFIABLE ? 3 : 1;
	ak_status st = ak_json_set(r->root, "verdict", ak_json_new_str(ak_verdict_name(c.verdict)), err);

	if (st == AK_OK)
		st = ak_json_set(r->root, "reason", ak_json_new_str(c.reason), err);
	if (st == AK_OK)
		st = ak_json_set(r->root, "exit", ak_json_new_int(code), err);
	if (st == AK_OK)
		st = ak_json_set(r->root, "assurance", ak_json_new_str(assurance), err);
	if (st == AK_OK && q->use != NULL)
		st = put_use(q->use, listing.verdict, r->root, err);
	if (st == AK_OK && (q->n_files != 0 || q->n_openings != 0))
		st = put_evidence(without_documents(s, r->failed), r->root, err);
	if (st == AK_OK)
		*out = c.verdict;
	return st;
}
