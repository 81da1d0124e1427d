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

static ak_status put_listing(ak_ledger *l, const ak_json *row, const ak_verify_options *common, ak_json *list, ak_error *err)
{
	ak_verify_options o = *common;
	ak_verdict verdict;
	ak_text text = { 0 };
	ak_json *report = NULL, *out = ak_json_new_object();
	const ak_json *about;
	ak_status st;

	o.listing = ak_json_get_str(row, "listing");
	st = ak_ledger_verify(l, &o, &verdict, &text, err);
	if (st == AK_OK)
		st = ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &report, err);
	about = ak_json_get(report, "listing");
	if (st == AK_OK)
		st = ak_json_set(out, "listing", ak_json_new_str(o.listing), err);
	if (st == AK_OK)
		st = ak_json_set(out, "service", ak_json_copy(ak_json_get(row, "service")), err);
	if (st == AK_OK)
		st = ak_json_set(out, "provider", ak_json_copy(ak_json_get(row, "provider")), err);
	if (st == AK_OK)
		st = ak_json_set(out, "expires_on", ak_json_copy(ak_json_get(about, "expires_on")), err);
	if (st == AK_OK)
		st = ak_json_set(out, "verdict", ak_json_new_str(ak_verdict_name(verdict)), err);
	if (st == AK_OK)
		st = ak_json_set(out, "reason", ak_json_new_text(ak_json_get_text(report, "reason")), err);
	if (st == AK_OK)
		st = ak_json_set(out, "assurance", ak_json_new_text(ak_json_get_text(report, "assurance")), err);
	if (st == AK_OK)
		st = ak_json_set(out, "finding", deciding(report), err);
	ak_json_free(report);
	ak_text_free(&text);
	if (st != AK_OK) {
		ak_json_free(out);
		return st;
	}
	return ak_json_add(list, out, err);
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

/* ---- auditors: their newest registration known -------------------------------------------------------------------- */

static const char *standing_of(const ak_json *body, int32_t as_of)
{
	ak_date from, until;

	if (ak_span_is(ak_json_get_text(body, "kind"), "deregistration"))
		return "deregistered";
	if (!ak_date_parse(ak_json_get_text(body, "valid_from"), &from) ||
	    !ak_date_parse(ak_json_get_text(body, "valid_until"), &until))
		return "unknown";
	return as_of < from.first ? "not-yet" : as_of > until.last ? "lapsed" : "registered";
}

static ak_status put_auditor(ak_ledger *l, uint64_t seq, int32_t as_of, ak_json *by_name, ak_error *err)
{
	static const char *const copied[] = { "auditor", "kind", "registered_on", "valid_from", "valid_until" };
	ak_sealed s = { 0 };
	ak_json *o = ak_json_new_object();
	char name[AK_NAME_MAX + 70];
	ak_span auditor;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_record(l->b, seq, &file, err);
	if (st == AK_OK)
		st = ak_sealed_parse(ak_buf_span(&file), &s, err);
	auditor = ak_json_get_text(s.statement.body, "auditor");
	for (size_t i = 0; st == AK_OK && i < sizeof(copied) / sizeof(copied[0]); i++) {
		const ak_json *v = ak_json_get(s.statement.body, copied[i]);

		st = ak_json_set(o, copied[i], v == NULL ? ak_json_new_null() : ak_json_copy(v), err);
	}
	if (st == AK_OK)
		st = ak_json_set(o, "record", ak_json_new_int((int64_t)seq), err);
	if (st == AK_OK)
		st = ak_json_set(o, "standing", ak_json_new_str(standing_of(s.statement.body, as_of)), err);
	(void)snprintf(name, sizeof(name), "%.*s", (int)(auditor.len < 128 ? auditor.len : 128),
	               (const char *)auditor.data);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_set(by_name, name, o, err); /* a later one replaces it */
}

static bool append(void *ctx, ak_span key, const ak_json *v)
{
	(void)key;
	return ak_json_add(ctx, ak_json_copy(v), NULL) == AK_OK;
}

static ak_status put_auditors(ak_ledger *l, int32_t as_of, uint64_t known_at, ak_json *o, ak_error *err)
{
	ak_json *by_name = ak_json_new_object(), *list = ak_json_new_array();
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_of_type(l->b->index, "auditor-registration", &seqs, &n, err);

	if (st == AK_NOT_FOUND)
		st = AK_OK;
	for (size_t i = 0; st == AK_OK && i < n && (known_at == 0 || seqs[i] < known_at); i++)
		st = put_auditor(l, seqs[i], as_of, by_name, err);
	if (st == AK_OK && !ak_json_each(by_name, append, list))
		st = ak_no_memory(err, "status");
	ak_mem_free(seqs);
	ak_json_free(by_name);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "auditors", list, err);
}

ak_status ak_ledger_status(ak_ledger *l, ak_span trust, const char *as_of, uint64_t known_at, int64_t now,
                           ak_text *json, ak_error *err)
{
	const ak_verify_options common = { .trust = trust, .as_of = as_of, .known_at = known_at, .now = now };
	ak_json *o = ak_json_new_object();
	int32_t day = ak_day_of_instant_jst(now);
	char text[11];
	ak_date d;
	ak_status st = AK_OK;

	if (as_of != NULL && ak_date_parse(ak_span_str(as_of), &d))
		day = d.first;
	ak_day_format(day, text);
	st = ak_json_set(o, "as_of", ak_json_new_str(text), err);
	if (st == AK_OK)
		st = ak_json_set(o, "known_at", ak_json_new_int((int64_t)(known_at == 0 ? l->b->checkpoint.size : known_at)), err);
	if (st == AK_OK)
		st = put_listings(l, &common, o, err);
	if (st == AK_OK)
		st = put_auditors(l, day, known_at, o, err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}
