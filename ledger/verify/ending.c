/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/ending.h"

#include "base/date.h"
#include "base/text.h"
#include "base/utctime.h"

#include <inttypes.h>
#include <stdio.h>

enum { ORIGIN_SHOWN = AK_ORIGIN_MAX, TEXT_MAX = 600 };

static ak_json *copy_or_null(const ak_json *v)
{
	return v == NULL ? ak_json_new_null() : ak_json_copy(v);
}

static ak_status put_successor(const ak_json *successor, ak_json *out, ak_error *err)
{
	ak_json *o;
	ak_status st;

	if (successor == NULL)
		return ak_json_set(out, "successor", ak_json_new_null(), err);
	o = ak_json_new_object();
	st = ak_json_set(o, "ledger", copy_or_null(ak_json_get(successor, "ledger")), err);
	if (st == AK_OK)
		st = ak_json_set(o, "genesis", copy_or_null(ak_json_get(successor, "genesis")), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_set(out, "successor", o, err);
}

ak_status ak_ending_json(uint64_t seq, int64_t time, const ak_json *body, ak_json **out, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	char text[AK_UTCTIME_LEN + 1], day[11];
	ak_status st;

	ak_utctime_format(time, text);
	ak_day_format(ak_day_of_instant_jst(time), day);
	st = ak_json_set(o, "record", ak_json_new_int((int64_t)seq), err);
	if (st == AK_OK)
		st = ak_json_set(o, "time", ak_json_new_str(text), err);
	if (st == AK_OK)
		st = ak_json_set(o, "day", ak_json_new_str(day), err);
	if (st == AK_OK)
		st = ak_json_set(o, "reason", copy_or_null(ak_json_get(body, "reason")), err);
	if (st == AK_OK && ak_json_get(body, "explanation") != NULL)
		st = ak_json_set(o, "explanation", ak_json_copy(ak_json_get(body, "explanation")), err);
	if (st == AK_OK)
		st = put_successor(ak_json_get(body, "successor"), o, err);
	if (st != AK_OK)
		ak_json_free(o);
	else
		*out = o;
	return st;
}

static ak_status warn(uint64_t seq, int32_t ended, const ak_json *body, ak_report *r, ak_error *err)
{
	ak_span ledger = ak_json_get_text(ak_json_get(body, "successor"), "ledger");
	char day[11], origin[ORIGIN_SHOWN + 1] = "", ja[TEXT_MAX], en[TEXT_MAX];

	ak_day_format(ended, day);
	if (ledger.len <= ORIGIN_SHOWN) /* the schema has seen to that */
		(void)snprintf(origin, sizeof(origin), "%.*s", (int)ledger.len, ledger.len == 0 ? "" : (const char *)ledger.data);
	(void)snprintf(ja, sizeof(ja), "この台帳は %s に終了した（#%" PRIu64 "）。%s%s%s", day, seq,
	               origin[0] != '\0' ? "以後のことは後継の台帳 " : "後継の台帳は示されていない", origin, origin[0] != '\0' ? " による" : "");
	(void)snprintf(en, sizeof(en), "this ledger ended on %s (#%" PRIu64 "); %s%s", day, seq,
	               origin[0] != '\0' ? "what came later is in its successor, " : "no successor is named", origin);
	return ak_report_warning(r, "ledger-ended", ja, en, err);
}

ak_status ak_ending_put(const ak_proven *p, const ak_judged *j, ak_standing *s, ak_report *r, ak_error *err)
{
	const ak_sealed *rec = NULL;
	ak_json *closing = NULL;
	uint64_t seq = 0;
	ak_status st;

	if (!ak_authority_ended(j->authority, &seq))
		return AK_OK;
	for (size_t i = 0; i < p->n_rec && rec == NULL; i++)
		rec = p->rec[i].header.seq == seq ? &p->rec[i] : NULL;
	if (rec == NULL)
		return AK_OK;
	s->ended = true;
	s->ended_day = ak_day_of_instant_jst(rec->header.time);
	st = ak_ending_json(seq, rec->header.time, rec->statement.body, &closing, err);
	if (st == AK_OK)
		st = ak_json_set(r->root, "closing", closing, err);
	return st == AK_OK ? warn(seq, s->ended_day, rec->statement.body, r, err) : st;
}
