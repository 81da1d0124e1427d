/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/known.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/utctime.h"
#include "verify/cosignature.h"

#include <stdio.h>

enum { SECONDS_A_DAY = 86400 };

/* The last second that has a text (FORMAT 4.1). */
static const int64_t time_last = INT64_C(253402300799);

static void format_time(int64_t t, char out[AK_UTCTIME_LEN + 1])
{
	ak_utctime_format(t < time_last ? t : time_last, out);
}

/* Latest time at which the cosignatures at hand satisfy the quorum. */
static int64_t quorum_time(const ak_proven *p)
{
	const ak_trust *t = p->q->trust;
	int64_t best = 0;

	for (size_t i = 0; i < t->n_witnesses; i++) {
		bool then[AK_TRUST_WITNESSES_MAX] = { false };

		if (!p->witness[i])
			continue;
		for (size_t k = 0; k < t->n_witnesses; k++)
			then[k] = p->witness[k] && p->witness_time[k] >= p->witness_time[i];
		if (ak_trust_met(t, t->quorum, then) && p->witness_time[i] > best)
			best = p->witness_time[i];
	}
	return best;
}

static ak_status put_witnesses(const ak_proven *p, ak_standing *s, ak_report *r, ak_error *err)
{
	const ak_trust *t = p->q->trust;
	ak_json *w = ak_json_new_object(), *names = ak_json_new_array();
	size_t got = 0;
	ak_status st = AK_OK;

	s->quorum_none = t->quorum == AK_TRUST_NONE;
	s->quorum_met = ak_trust_met(t, t->quorum, p->witness);
	s->complete_met = t->complete != AK_TRUST_NONE && ak_trust_met(t, t->complete, p->witness);
	for (size_t i = 0; st == AK_OK && i < t->n_witnesses; i++) {
		if (!p->witness[i])
			continue;
		got++;
		st = ak_json_add(names, ak_json_new_str(t->witness[i].name), err);
	}
	if (st == AK_OK)
		st = ak_json_set(w, "policy", ak_json_new_str(ak_trust_name(t, t->quorum)), err);
	if (st == AK_OK)
		st = ak_json_set(w, "named", ak_json_new_int((int64_t)t->n_witnesses), err);
	if (st == AK_OK)
		st = ak_json_set(w, "got", ak_json_new_int((int64_t)got), err);
	if (st == AK_OK)
		st = ak_json_set(w, "met", ak_json_new_bool(s->quorum_met && !s->quorum_none), err);
	if (st == AK_OK)
		st = ak_json_set(w, "names", ak_json_ref(names), err);
	ak_json_free(names);
	if (st != AK_OK) {
		ak_json_free(w);
		return st;
	}
	st = ak_json_set(r->root, "witnesses", w, err);
	if (st == AK_OK && s->quorum_none)
		return ak_report_warning(r, "no-quorum", "立会機関を求めていない。台帳の分岐に対する保護はない",
		                         "no witness quorum is asked for: no protection against a fork", err);
	if (st == AK_OK && !s->quorum_met)
		return ak_report_not_checked(r, "witnesses", NULL, p->n_ahead == 0 ? "the witness quorum is not met"
		                             : "the witness quorum is not met: cosignatures lie ahead of this machine's clock", err);
	return st == AK_OK ? ak_report_passed(r, "witnesses", NULL, got, err) : st;
}

static ak_status put_completeness(const ak_proven *p, ak_standing *s, ak_report *r, ak_error *err)
{
	const ak_trust *t = p->q->trust;
	ak_json *c = ak_json_new_object();
	ak_status st = ak_json_set(c, "by", ak_json_new_str(t->complete == AK_TRUST_NONE
	                                                     ? "operator" : ak_trust_name(t, t->complete)), err);

	s->complete_none = t->complete == AK_TRUST_NONE;
	if (st == AK_OK)
		st = ak_json_set(c, "met", ak_json_new_bool(s->complete_met), err);
	if (st == AK_OK)
		st = ak_json_set(c, "records", ak_json_new_int((int64_t)s->n_about), err);
	if (st != AK_OK) {
		ak_json_free(c);
		return st;
	}
	st = ak_json_set(r->root, "completeness", c, err);
	if (st == AK_OK && s->complete_none)
		st = ak_report_warning(r, "completeness-on-word",
		                       "記録に欠落がないことは運用者の申告による（立会機関は確認していない）",
		                       "completeness is on the operator's word: no witness vouches for it", err);
	return st;
}

/* By the operator's word: the newest time it gives that this clock can believe. */
static int64_t operator_time(const ak_proven *p)
{
	const int64_t latest = p->q->now + AK_CLOCK_SLACK_S;
	int64_t best = p->heartbeat_time;

	if (p->last.time <= latest)
		return p->last.time > best ? p->last.time : best;
	for (size_t i = 0; i < p->n_rec - p->n_unsealed; i++) {
		int64_t t = p->rec[i].header.time;

		best = t <= latest && t > best ? t : best;
	}
	return best;
}

/* How far the ledger is known.  That nobody filed or decided anything can be said as long as it is fresh, by the operator's word
 * at least: beyond, only what the records themselves say (DESIGN 6). */
void ak_known_when(const ak_proven *p, ak_standing *s)
{
	const ak_trust *t = p->q->trust;
	const int64_t allowed = (int64_t)t->fresh_days * SECONDS_A_DAY;
	int64_t word = operator_time(p);

	s->known_until = t->quorum == AK_TRUST_NONE ? word : quorum_time(p);
	s->fresh = s->known_until != 0 && !p->outdated && p->q->as_of <= ak_day_of_instant_jst(s->known_until + allowed);
	if (word < s->known_until)
		word = s->known_until;
	s->sure_day = ak_day_of_instant_jst(p->outdated ? word : word + allowed);
	/* Nothing is sealed after a closing: what happens later is for another ledger to say (FORMAT 19.6). */
	if (s->ended && p->q->as_of > s->ended_day)
		s->fresh = false;
	if (s->ended && s->sure_day > s->ended_day)
		s->sure_day = s->ended_day;
}

static ak_status warn_clock(const ak_proven *p, ak_report *r, ak_error *err)
{
	int64_t given = p->last.time > p->ahead ? p->last.time : p->ahead;
	char time[AK_UTCTIME_LEN + 1], now[AK_UTCTIME_LEN + 1], ja[400], en[300];

	if (given <= p->q->now + AK_CLOCK_SLACK_S)
		return AK_OK;
	format_time(given, time);
	format_time(p->q->now, now);
	(void)snprintf(ja, sizeof(ja), "時計が合っていない。台帳の示す時刻 %s は、この機器の時計（%s）より5分を超えて先である。どちらかが誤っている。この時刻は数えない",
	               time, now);
	(void)snprintf(en, sizeof(en), "a clock is wrong, this machine's or the ledger's: the ledger gives the time %s, more than 5 minutes ahead "
	               "of this machine's %s; that time does not count", time, now);
	return ak_report_warning(r, "clock-ahead", ja, en, err);
}

/* Who is watched does not choose the watchers, whatever the trust file says (FORMAT 12). */
static ak_status warn_own_witnesses(const ak_proven *p, ak_report *r, ak_error *err)
{
	const ak_trust *t = p->q->trust;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < t->n_witnesses; i++) {
		char ja[AK_NOTE_NAME_MAX + 200], en[AK_NOTE_NAME_MAX + 200];

		if (!p->witness_own[i])
			continue;
		(void)snprintf(ja, sizeof(ja), "信頼ファイルの立会機関 %s の鍵は、この台帳自身の鍵一式に含まれる。その署名は数えない",
		               t->witness[i].name);
		(void)snprintf(en, sizeof(en), "witness %s of the trust file has a key of this ledger's own keyset: what it signs does not count",
		               t->witness[i].name);
		st = ak_report_warning(r, "witness-own-key", ja, en, err);
	}
	return st;
}

static void why_not_fresh(const ak_proven *p, const ak_standing *s, char *out, size_t size)
{
	char time[AK_UTCTIME_LEN + 1];

	format_time(s->known_until, time);
	if (s->ended && p->q->as_of > s->ended_day) {
		char day[11];

		ak_day_format(s->ended_day, day);
		(void)snprintf(out, size, "the ledger ended on %s: of later days it says nothing", day);
	} else if (p->outdated)
		(void)snprintf(out, size, "a newer head of this ledger was seen before");
	else if (s->known_until == 0)
		(void)snprintf(out, size, "no time that counts says how far the ledger is known");
	else
		(void)snprintf(out, size, "the ledger is known only to %s; the trust file allows %d days", time, (int)p->q->trust->fresh_days);
}

static ak_status put_freshness(const ak_proven *p, const ak_standing *s, ak_report *r, ak_error *err)
{
	const ak_trust *t = p->q->trust;
	ak_json *f = ak_json_new_object();
	char text[AK_UTCTIME_LEN + 1], days[16], why[200];
	ak_status st;

	format_time(s->known_until, text);
	(void)snprintf(days, sizeof(days), "P%dD", (int)t->fresh_days);
	st = ak_json_set(f, "known_until", s->known_until == 0 ? ak_json_new_null() : ak_json_new_str(text), err);
	if (st == AK_OK)
		st = ak_json_set(f, "fresh", ak_json_new_str(days), err);
	if (st == AK_OK)
		st = ak_json_set(f, "ok", ak_json_new_bool(s->fresh), err);
	if (st != AK_OK) {
		ak_json_free(f);
		return st;
	}
	st = ak_json_set(r->root, "freshness", f, err);
	if (st != AK_OK)
		return st;
	if (s->fresh)
		return ak_report_passed(r, "freshness", "A12", 0, err);
	why_not_fresh(p, s, why, sizeof(why));
	return ak_report_not_checked(r, "freshness", "A12", why, err);
}

/* Rule A05: a cosignature cannot be older than the newest record it covers. */
ak_status ak_known_clock(const ak_proven *p, ak_report *r, ak_error *err)
{
	for (size_t i = 0; i < p->q->trust->n_witnesses; i++) {
		ak_error why = { .status = AK_CLOCK, .where = "checkpoint.cosignature" };

		if (!p->witness[i] || p->witness_time[i] + 300 >= p->last.time)
			continue;
		(void)snprintf(why.detail, sizeof(why.detail),
		               "witness %.100s saw this head before its newest record claims to exist",
		               p->q->trust->witness[i].name);
		return ak_report_failed(r, "clock", "A05", (int64_t)p->last.seq, &why, err);
	}
	return ak_report_passed(r, "clock", "A05", 0, err);
}

ak_status ak_known_put(const ak_proven *p, ak_standing *s, ak_report *r, ak_error *err)
{
	ak_status st = put_witnesses(p, s, r, err);

	if (st == AK_OK)
		st = put_completeness(p, s, r, err);
	if (st == AK_OK)
		st = put_freshness(p, s, r, err);
	if (st == AK_OK)
		st = warn_own_witnesses(p, r, err);
	return st == AK_OK ? warn_clock(p, r, err) : st;
}
