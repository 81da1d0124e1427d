/* SPDX-License-Identifier: Apache-2.0 */
/* Standing of listings and auditors on a day. */
#include "api/api.h"

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

static ak_status put_listing(ak_ledger *l, const ak_json *row, const ak_verify_options *common, ak_json *list, ak_error *err)
{
	static const char *const copied[] = { "service", "provider" };
	ak_verify_options o = *common;
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_text text = { 0 };
	ak_json *report = NULL, *out = ak_json_new_object();
	ak_status st;

	o.listing = ak_json_get_str(row, "listing");
	st = ak_ledger_verify(l, &o, &verdict, &text, err);
	if (st == AK_OK)
		st = ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &report, err);
	else if (st == AK_LIMIT || st == AK_STOPPED)
		st = AK_OK;
	if (st == AK_OK)
		st = ak_json_set(out, "listing", ak_json_new_str(o.listing), err);
	for (size_t i = 0; st == AK_OK && i < sizeof(copied) / sizeof(copied[0]); i++)
		st = ak_json_set(out, copied[i], ak_json_copy(ak_json_get(row, copied[i])), err);
	if (st == AK_OK)
		st = put_judged(ak_verdict_name(report == NULL ? AK_VERDICT_UNVERIFIABLE : verdict), report, out, err);
	ak_json_free(report);
	ak_text_free(&text);
	if (st != AK_OK) {
		ak_json_free(out);
		return st;
	}
	return ak_json_add(list, out, err);
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

static ak_status put_listings(ak_ledger *l, const ak_verify_options *common, ak_json *o, ak_error *err)
{
	ak_json *rows = NULL, *list = ak_json_new_array();
	ak_text text = { 0 };
	ak_status st = ak_ledger_list(l, &text, err);

	if (st == AK_OK)
		st = ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &rows, err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(rows); i++)
		st = put_listing(l, ak_json_at(rows, i), common, list, err);
	ak_json_free(rows);
	ak_text_free(&text);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "listings", list, err);
}

ak_status ak_ledger_status(ak_ledger *l, ak_span trust, const char *as_of, uint64_t known_at, int64_t now,
                           ak_text *json, ak_error *err)
{
	const ak_verify_options common = { .trust = trust, .as_of = as_of, .known_at = known_at, .now = now };
	ak_json *o = ak_json_new_object();
	int32_t day = ak_day_of_instant_jst(now);
	const uint64_t was = l->known_at;
	char text[11];
	ak_date d;
	ak_status st = AK_OK;

	if (as_of != NULL && ak_date_parse(ak_span_str(as_of), &d))
		day = d.first;
	ak_day_format(day, text);
	st = ak_json_set(o, "as_of", ak_json_new_str(text), err);
	if (st == AK_OK)
		st = ak_json_set(o, "known_at", ak_json_new_int((int64_t)(known_at == 0 ? l->b->checkpoint.size : known_at)), err);
	if (st == AK_OK) /* which listings there are is asked as known then, too */
		st = ak_ledger_as_known(l, known_at, err);
	if (st == AK_OK)
		st = put_listings(l, &common, o, err);
	if (st == AK_OK)
		st = put_void(l, o, err);
	l->known_at = was;
	if (st == AK_OK)
		st = ak_api_auditors(l->b, day, known_at, o, err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}
