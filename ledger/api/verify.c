/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/verify.h"

#include "api/api.h"
#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <stdio.h>
#include <string.h>

/* Shipped, or pinned by the trust file. */
static bool held(void *ctx, ak_span scheme, const ak_digest *digest)
{
	return ak_trust_pins(ctx, scheme, digest) || ak_held_by_program(NULL, scheme, digest);
}

static ak_status as_of_day(const char *text, int64_t now, int32_t *day, ak_error *err)
{
	ak_date d;

	if (text == NULL) {
		*day = ak_day_of_instant_jst(now);
		return AK_OK;
	}
	if (!ak_date_parse(ak_span_str(text), &d) || d.first != d.last)
		return ak_mismatch(err, AK_INVALID_ARGUMENT, "as_of", 0, "a day such as 2026-11-21", text);
	*day = d.first;
	return AK_OK;
}

static bool failed_check(const ak_json *report, const char *id)
{
	const ak_json *checks = ak_json_get(report, "checks");

	for (size_t i = 0; i < ak_json_len(checks); i++) {
		const ak_json *c = ak_json_at(checks, i);

		if (ak_span_is(ak_json_get_text(c, "id"), id) &&
		    !ak_span_is(ak_json_get_text(c, "outcome"), "passed"))
			return true;
	}
	return false;
}

static ak_status attempt(ak_books *b, const ak_question *q, ak_verdict *verdict, ak_json **report, ak_error *err)
{
	ak_evidence e = { 0 };
	char subject[160];
	ak_span id;
	ak_status st;

	(void)snprintf(subject, sizeof(subject), "%s/listing:%s", q->scheme, q->listing);
	if (strlen(subject) > 128)
		return ak_fail(err, AK_INVALID_ARGUMENT, "listing", 0, "the name is too long");
	id = ak_span_str(subject);
	st = ak_evidence_draw(&b->source, &id, 1, ak_span_str(q->scheme), &e, err);
	if (st != AK_OK)
		return st;
	ak_buf_init(&e.checkpoint, AK_NOTE_MAX);
	st = ak_buf_add_span(&e.checkpoint, ak_buf_span(&b->head.checkpoint), err);
	if (st == AK_OK)
		st = ak_verify_evidence(&e, q, verdict, report, err);
	ak_evidence_clear(&e);
	return st;
}

ak_status ak_ledger_verify(ak_ledger *l, const ak_verify_options *o, ak_verdict *verdict, ak_text *json, ak_error *err)
{
	const char *scheme = o->scheme == NULL ? "ismap" : o->scheme;
	ak_trust *trust = ak_mem_alloc(sizeof(*trust));
	ak_profile rules = { 0 };
	ak_question q = { .trust = trust, .scheme = scheme, .listing = o->listing, .known_at = o->known_at,
	                  .now = o->now, .core = &l->b->core, .held = held, .held_ctx = trust,
	                  .files = o->evidence, .n_files = o->n_evidence };
	ak_json *report = NULL;
	ak_status st = AK_OK;

	if (trust == NULL)
		return ak_no_memory(err, "verify");
	if (o->listing == NULL || !ak_name_valid(ak_span_str(scheme)))
		st = ak_fail(err, AK_INVALID_ARGUMENT, "listing", 0, "which listing?");
	if (st == AK_OK)
		st = ak_trust_parse(o->trust, ak_sha256, trust, err);
	if (st == AK_OK)
		st = as_of_day(o->as_of, o->now, &q.as_of, err);
	if (st == AK_OK && o->known_at > l->b->checkpoint.size)
		st = ak_fail(err, AK_INVALID_ARGUMENT, "known_at", o->known_at, "the ledger has only %llu records",
		             (unsigned long long)l->b->checkpoint.size);
	if (st == AK_OK && ak_shipped_profile(ak_span_str(scheme), &rules, NULL) == AK_OK)
		q.rules = rules.package;
	if (st == AK_OK)
		st = attempt(l->b, &q, verdict, &report, err);
	/* The index may have left something out: what is drawn from a fresh one must hold, or the ledger is at fault. */
	if (((st == AK_OK && (failed_check(report, "map") || failed_check(report, "inclusion") ||
	                      failed_check(report, "closure"))) ||
	     st == AK_MAP_MISMATCH || st == AK_NOT_FOUND) && !l->b->index_fresh) {
		ak_json_free(report);
		report = NULL;
		st = ak_books_rebuild(l->b, err);
		if (st == AK_OK)
			st = attempt(l->b, &q, verdict, &report, err);
	}
	ak_profile_clear(&rules);
	ak_mem_free(trust);
	return st == AK_OK ? ak_api_text(report, json, err) : st;
}
