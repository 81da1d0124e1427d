/* SPDX-License-Identifier: Apache-2.0 */
/* Standing of listings and auditors on a day. */
#include "api/api.h"
#include "api/many.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* ---- listings: one verdict each -------------------------------------------------------------------------------- */

/* The finding that decided: the first of the worst severity, as {"rule","text"}; null where no rule found anything but warnings. */
static ak_json *deciding(const ak_json *report)
{
	static const char *const worst_first[] = { "invalid", "expired", "suspended", "unverifiable" };
	static const char *const copied[] = { "rule", "text" };
	const ak_json *findings = ak_json_get(report, "findings"), *f;
	ak_json *o;

	for (size_t k = 0; k < sizeof(worst_first) / sizeof(worst_first[0]); k++) {
		for (size_t i = 0; i < ak_json_len(findings); i++) {
			f = ak_json_at(findings, i);
			if (!ak_span_is(ak_json_get_text(f, "severity"), worst_first[k]))
				continue;
			o = ak_json_new_object();
			for (size_t m = 0; m < sizeof(copied) / sizeof(copied[0]); m++) {
				if (ak_json_set(o, copied[m], ak_json_copy(ak_json_get(f, copied[m])), NULL) != AK_OK) {
					ak_json_free(o);
					return NULL;
				}
			}
			return o;
		}
	}
	return ak_json_new_null();
}

/* What the report on a listing says of it; NULL when it takes too much to be judged, which is said in its place. */
static ak_status put_judged(const char *verdict, const ak_json *report, ak_json *out, ak_error *err)
{
	const ak_json *about = ak_json_get(report, "listing"), *missing = ak_json_get(report, "missing");
	ak_span reason = report == NULL ? ak_span_str("cannot-decide") : ak_json_get_text(report, "reason");
	ak_status st = ak_json_set(out, "expires_on", about == NULL ? ak_json_new_null() : ak_json_copy(ak_json_get(about, "expires_on")), err);

	if (st == AK_OK)
		st = ak_json_set(out, "verdict", ak_json_new_str(verdict), err);
	if (st == AK_OK)
		st = ak_json_set(out, "reason", ak_json_new_text(reason), err);
	if (st == AK_OK)
		st = ak_json_set(out, "assurance", report == NULL ? ak_json_new_str("none") : ak_json_new_text(ak_json_get_text(report, "assurance")), err);
	if (st == AK_OK)
		st = ak_json_set(out, "finding", deciding(report), err);
	if (st == AK_OK)
		st = ak_json_set(out, "missing", missing == NULL ? ak_json_new_array() : ak_json_copy(missing), err);
	return st;
}

typedef struct listings {
	const ak_json *rows; /* as of ak_ledger_list */
	ak_json **judged;    /* owned: one for each, or NULL as long as there is none */
} listings;

static ak_status take_listing(void *ctx, size_t i, ak_verdict verdict, const ak_json *report, ak_error *err)
{
	static const char *const copied[] = { "scheme", "service", "provider", "registered_on", "basis", "record", "ended" };
	listings *t = ctx;
	const ak_json *row = ak_json_at(t->rows, i);
	ak_json *out = ak_json_new_object();
	ak_status st = ak_json_set(out, "listing", ak_json_copy(ak_json_get(row, "listing")), err);

	for (size_t k = 0; st == AK_OK && k < sizeof(copied) / sizeof(copied[0]); k++)
		st = ak_json_set(out, copied[k], ak_json_copy(ak_json_get(row, copied[k])), err);
	if (st == AK_OK && ak_json_get(row, "erased") != NULL)
		st = ak_json_set(out, "erased", ak_json_copy(ak_json_get(row, "erased")), err);
	if (st == AK_OK)
		st = put_judged(ak_verdict_name(verdict), report, out, err);
	if (st != AK_OK)
		ak_json_free(out);
	else
		t->judged[i] = out;
	return st;
}

static ak_status put_void(ak_ledger *l, ak_json *o, ak_error *err)
{
	ak_json *rows = NULL;
	ak_text text = { 0 };
	ak_status st = ak_ledger_list_void(l, &text, err);

	if (st == AK_OK)
		st = ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &rows, err);
	ak_text_free(&text);
	return st == AK_OK ? ak_json_set(o, "void", rows, err) : st;
}

static ak_status judge_listings(ak_ledger *l, const ak_verify_options *common, unsigned threads, const ak_json *rows, ak_json *list,
                                ak_error *err)
{
	const size_t n = ak_json_len(rows);
	listings t = { rows, ak_mem_array(n + 1, sizeof(*t.judged)) };
	ak_status st = t.judged == NULL ? ak_no_memory(err, "verify") : ak_api_verify_many(l, common, rows, threads, take_listing, &t, err);

	for (size_t i = 0; t.judged != NULL && i < n; i++) {
		if (st == AK_OK)
			st = ak_json_add(list, t.judged[i], err);
		else
			ak_json_free(t.judged[i]);
	}
	ak_mem_free(t.judged);
	return st;
}

static ak_status put_listings(ak_ledger *l, const ak_verify_options *common, unsigned threads, ak_json *o, ak_error *err)
{
	ak_json *rows = NULL, *list = ak_json_new_array();
	ak_text text = { 0 };
	ak_status st = ak_ledger_list(l, &text, err);

	if (st == AK_OK)
		st = ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &rows, err);
	ak_text_free(&text);
	if (st == AK_OK)
		st = judge_listings(l, common, threads, rows, list, err);
	ak_json_free(rows);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "listings", list, err);
}

/* How the ledger ended, and which certificates end: none of those that an earlier size did not know. */
static ak_status put_ends(ak_ledger *l, uint64_t known_at, int64_t now, ak_json *o, ak_error *err)
{
	ak_authority *a = NULL;
	ak_status st = ak_books_authority(l->b, NULL, 0, NULL, 0, &a, err);

	if (st == AK_OK)
		st = ak_api_closing(l->b, a, known_at, o, err);
	if (st == AK_OK)
		st = known_at == 0 ? ak_api_certificates(a, now, o, err) : ak_json_set(o, "certificates", ak_json_new_array(), err);
	ak_authority_free(&a);
	return st;
}

/* {"as_of","known_at"} of what is asked. */
static ak_status begin(const ak_ledger *l, const ak_verify_options *o, int32_t *day, ak_json *out, ak_error *err)
{
	char text[11];
	ak_date d;
	ak_status st;

	*day = ak_day_of_instant_jst(o->now);
	if (o->as_of != NULL && ak_date_parse(ak_span_str(o->as_of), &d))
		*day = d.first;
	ak_day_format(*day, text);
	st = ak_json_set(out, "as_of", ak_json_new_str(text), err);
	return st == AK_OK ? ak_json_set(out, "known_at", ak_json_new_int((int64_t)(o->known_at == 0 ? l->b->checkpoint.size : o->known_at)), err)
	                   : st;
}

static ak_status answer(ak_ledger *l, const ak_verify_options *o, unsigned threads, bool auditors, ak_text *json, ak_error *err)
{
	ak_json *out = ak_json_new_object();
	const uint64_t was = l->known_at;
	int32_t day = 0;
	ak_status st = begin(l, o, &day, out, err);

	if (st == AK_OK) /* which listings there are is asked as known then, too */
		st = ak_ledger_as_known(l, o->known_at, err);
	if (st == AK_OK)
		st = put_listings(l, o, threads, out, err);
	if (st == AK_OK)
		st = put_void(l, out, err);
	l->known_at = was;
	if (st == AK_OK && auditors)
		st = ak_api_auditors(l->b, day, o->known_at, out, err);
	if (st == AK_OK)
		st = put_ends(l, o->known_at, o->now, out, err);
	if (st != AK_OK) {
		ak_json_free(out);
		return st;
	}
	return ak_api_text(out, json, err);
}

ak_status ak_ledger_status(ak_ledger *l, ak_span trust, const char *as_of, uint64_t known_at, int64_t now,
                           ak_text *json, ak_error *err)
{
	const ak_verify_options o = { .trust = trust, .as_of = as_of, .known_at = known_at, .now = now };

	return answer(l, &o, 0, true, json, err);
}

ak_status ak_api_verdicts(ak_ledger *l, const ak_verify_options *o, unsigned threads, ak_text *json, ak_error *err)
{
	return answer(l, o, threads, false, json, err);
}

ak_status ak_ledger_verdicts(ak_ledger *l, ak_span trust, const char *as_of, int64_t now, ak_text *json, ak_error *err)
{
	const ak_verify_options o = { .trust = trust, .as_of = as_of, .known_at = l->known_at, .now = now };

	return ak_api_verdicts(l, &o, 0, json, err);
}
