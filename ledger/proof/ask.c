/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/ask.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "codec/schema.h"
#include "held/shipped.h"
#include "verify/also.h"
#include "verify/tell.h"
#include "verify/trust_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ALSO_MAX = 64, USE_TEXT_MAX = 300 };

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

ak_status ak_ask_listing(const char *scheme, const char *listing, ak_error *err)
{
	char id[AK_SUBJECT_ID_MAX + 2];
	int n;

	if (listing == NULL || *listing == '\0')
		return ak_fail(err, AK_INVALID_ARGUMENT, "listing", 0, "which listing?");
	if (!ak_name_valid(ak_span_str(scheme)))
		return ak_mismatch(err, AK_INVALID_ARGUMENT, "scheme", 0, "a scheme's name: a-z 0-9 -", scheme);
	n = snprintf(id, sizeof(id), "%s/listing:%s", scheme, listing);
	if (n >= 0 && (size_t)n < sizeof(id) && ak_subject_id_valid(ak_span_str(id)))
		return AK_OK;
	(void)ak_fail(err, AK_INVALID_ARGUMENT, "listing", 0, "no listing number");
	return ak_fail_values(err, AK_INVALID_ARGUMENT, "A-Z a-z 0-9 - . _ / :", listing);
}

static ak_status check_use_text(const char *where, const char *text, ak_error *err)
{
	size_t n = text == NULL ? 0 : strlen(text);

	if (text == NULL)
		return AK_OK;
	if (n == 0 || n > USE_TEXT_MAX || !ak_utf8_valid(ak_span_str(text), &(size_t){ 0 }))
		return ak_fail(err, AK_INVALID_ARGUMENT, where, 0, "a text of 1 to %d bytes of UTF-8", USE_TEXT_MAX);
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return ak_fail(err, AK_INVALID_ARGUMENT, where, i, "a control character");
	}
	return AK_OK;
}

static ak_status check_term(const ak_use *u, ak_error *err)
{
	const char *const end[] = { u->contract_from, u->contract_to };
	ak_date day[2];

	if (end[0] == NULL && end[1] == NULL)
		return AK_OK;
	for (size_t i = 0; i < 2; i++) {
		if (end[i] == NULL || strlen(end[i]) != 10 || !ak_date_parse(ak_span_str(end[i]), &day[i]))
			return ak_mismatch(err, AK_INVALID_ARGUMENT, "use.contract", i, "a day such as 2026-11-21",
			                   end[i] == NULL ? "none" : end[i]);
	}
	if (day[0].first > day[1].first)
		return ak_fail(err, AK_INVALID_ARGUMENT, "use.contract", 0, "the term ends before it begins");
	return AK_OK;
}

static ak_status check_use(const ak_use *u, ak_error *err)
{
	ak_status st;

	if (u == NULL)
		return AK_OK;
	if (u->contract_from == NULL && u->contract_to == NULL && u->service == NULL && u->region == NULL && u->task == NULL &&
	    u->confirmation == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "use", 0, "nothing is asked of the use");
	st = check_term(u, err);
	if (st == AK_OK)
		st = check_use_text("use.service", u->service, err);
	if (st == AK_OK)
		st = check_use_text("use.region", u->region, err);
	if (st == AK_OK)
		st = check_use_text("use.task", u->task, err);
	return st == AK_OK ? check_use_text("use.confirmation", u->confirmation, err) : st;
}

void ak_asked_free(ak_asked **a)
{
	if (*a == NULL)
		return;
	ak_ask_held_clear(&(*a)->own);
	ak_mem_free(*a);
	*a = NULL;
}

void ak_ask_held_clear(ak_ask_held *h)
{
	ak_warm_free(&h->warm);
	ak_rules_free(&h->sandbox);
	ak_profile_clear(&h->rules);
	ak_profile_clear(&h->core);
	ak_text_free(&h->trust_text);
	ak_mem_free(h->trust);
	ak_mem_free(h->good_lines);
	ak_mem_free(h->scheme);
	*h = (ak_ask_held){ 0 };
}

static ak_status hold(ak_ask_held *h, const char *scheme, ak_error *err)
{
	ak_status st;

	if (h->scheme != NULL && strcmp(h->scheme, scheme) == 0)
		return AK_OK;
	ak_ask_held_clear(h);
	st = ak_core_profile(&h->core, err);
	if (st == AK_OK)
		st = ak_shipped_profile(ak_span_str(scheme), &h->rules, err);
	if (st == AK_NOT_HELD) /* then the ledger's own are all there is */
		st = AK_OK;
	if (st == AK_OK) {
		h->scheme = ak_span_dup(ak_span_str(scheme));
		st = h->scheme == NULL ? ak_no_memory(err, "verify") : AK_OK;
	}
	if (st != AK_OK)
		ak_ask_held_clear(h);
	return st;
}

/* A trust file is read once, as long as the next question comes with the same bytes. */
static ak_status read_trust(ak_ask_held *h, ak_span text, ak_error *err)
{
	ak_buf copy;
	ak_status st;

	if (h->trust_text.len != 0 && ak_span_eq((ak_span){ (const uint8_t *)h->trust_text.data, h->trust_text.len }, text))
		return AK_OK;
	ak_text_free(&h->trust_text);
	if (h->trust == NULL)
		h->trust = ak_mem_alloc(sizeof(*h->trust));
	if (h->good_lines == NULL)
		h->good_lines = ak_mem_alloc(sizeof(*h->good_lines));
	if (h->trust == NULL || h->good_lines == NULL)
		return ak_no_memory(err, "verify");
	st = ak_trust_read(text, h->trust, err);
	if (st != AK_OK)
		return st;
	ak_buf_init(&copy, AK_TRUST_MAX);
	st = ak_buf_add_span(&copy, text, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&copy, &h->trust_text, err);
	ak_buf_clear(&copy);
	return st;
}

static ak_status fill(ak_asked *a, ak_ask_held *h, const ak_verify_options *o, ak_error *err)
{
	ak_status st = ak_ask_listing(a->q.scheme, a->q.listing, err);

	if (st == AK_OK)
		st = check_use(o->use, err);
	if (st == AK_OK)
		st = ak_tell_check(o->tell, err);
	if (st == AK_OK)
		st = hold(h, a->q.scheme, err);
	if (st == AK_OK)
		st = read_trust(h, o->trust, err);
	if (st == AK_OK)
		st = as_of_day(o->as_of, o->now, &a->q.as_of, err);
	a->q.trust = h->trust;
	a->q.held_ctx = h->trust;
	a->q.good_lines = h->good_lines;
	a->q.core = &h->core;
	a->q.rules = h->rules.package;
	a->q.rules_digest = h->rules.package == NULL ? NULL : &h->rules.digest;
	a->q.kept = &h->sandbox;
	a->q.warm = &h->warm;
	if (st == AK_OK && h->rules.package != NULL && h->sandbox == NULL && h->warm == NULL)
		h->warm = ak_warm_begin(h->rules.package);
	return st;
}

ak_status ak_ask_with(ak_ask_held *h, const ak_verify_options *o, const char *scheme, const char *listing, ak_asked **out,
                      ak_error *err)
{
	ak_asked *a = ak_mem_alloc(sizeof(*a));
	ak_status st;

	if (a == NULL)
		return ak_no_memory(err, "verify");
	a->q = (ak_question){ .scheme = scheme, .listing = listing, .known_at = o->known_at,
	                      .now = o->now, .held = held,
	                      .memory_lost = o->memory_lost, .use = o->use, .tell = o->tell, .files = o->evidence, .n_files = o->n_evidence,
	                      .openings = o->openings, .n_openings = o->n_openings };
	st = fill(a, h == NULL ? &a->own : h, o, err);
	if (st != AK_OK)
		ak_asked_free(&a);
	else
		*out = a;
	return st;
}

ak_status ak_ask(const ak_verify_options *o, const char *scheme, const char *listing, ak_asked **out, ak_error *err)
{
	return ak_ask_with(NULL, o, scheme, listing, out, err);
}

/* Free with free_also(), also on failure. */
static ak_status parse_also(const ak_verify_options *o, ak_candidate **out, ak_error *err)
{
	ak_status st = AK_OK;

	if (o->n_also > ALSO_MAX)
		return ak_fail(err, AK_LIMIT, "also", ALSO_MAX, "over %d unsealed records", ALSO_MAX);
	*out = ak_mem_array(o->n_also + 1, sizeof(**out));
	if (*out == NULL)
		return ak_no_memory(err, "verify");
	for (size_t i = 0; st == AK_OK && i < o->n_also; i++) {
		st = ak_candidate_parse(o->also[i], &(*out)[i], err);
		if (st != AK_OK && st != AK_NO_MEMORY && err != NULL) { /* which of the files: not the bundle, nor the ledger */
			err->where = "also";
			err->at = i;
		}
	}
	return st;
}

static void free_also(ak_candidate *c, size_t n)
{
	for (size_t i = 0; c != NULL && i < n; i++)
		ak_candidate_clear(&c[i]);
	ak_mem_free(c);
}

ak_status ak_ask_judge(ak_asked *a, const ak_verify_options *o, const ak_evidence *e, ak_verdict *verdict,
                       ak_json **report, ak_text *kept, ak_error *err)
{
	ak_candidate *also = NULL;
	ak_memory_answer answer = { 0 };
	const ak_span none = { 0 };
	const ak_remember memory = { o->memory == NULL ? none : *o->memory, &answer };
	ak_status st = parse_also(o, &also, err);

	a->q.memory = o->memory == NULL ? NULL : &memory;
	if (st == AK_OK)
		st = ak_verify_also(e, &a->q, also, o->n_also, verdict, report, err);
	a->q.memory = NULL;
	free_also(also, o->n_also);
	if (st == AK_OK && answer.changed) {
		st = ak_buf_take_text(&answer.text, kept, err);
		if (st != AK_OK) {
			ak_json_free(*report);
			*report = NULL;
		}
	}
	ak_memory_clear(&answer);
	return st;
}

void ak_ask_keep(ak_text *kept, const ak_verify_options *o)
{
	if (kept->len == 0 || o->new_memory == NULL)
		return;
	*o->new_memory = *kept;
	*kept = (ak_text){ 0 };
}

ak_status ak_ask_known_at(uint64_t known_at, uint64_t size, ak_error *err)
{
	if (known_at > size)
		return ak_fail(err, AK_INVALID_ARGUMENT, "known_at", known_at, "the ledger has only %" PRIu64 " records", size);
	return AK_OK;
}
