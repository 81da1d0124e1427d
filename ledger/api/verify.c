/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/verify.h"

#include "api/api.h"
#include "base/fail.h"
#include "bundle/bundle.h"
#include "proof/ask.h"

#include <stdio.h>
#include <string.h>

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

ak_status ak_api_draw(ak_books *b, ak_shelf *shelf, const char *scheme, const char *listing, uint64_t since, ak_bundle *out,
                      ak_error *err)
{
	const ak_tree_source tree = ak_index_tree_source(b->index);
	ak_source source = b->source;
	ak_bundle n = { 0 };
	ak_span id;
	ak_status st;

	if (strlen(scheme) + strlen("/listing:") + strlen(listing) > AK_BUNDLE_SUBJECT_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "listing", 0, "the name is too long");
	(void)snprintf(n.scheme, sizeof(n.scheme), "%s", scheme);
	(void)snprintf(n.subject, sizeof(n.subject), "%s/listing:%s", scheme, listing);
	id = ak_span_str(n.subject);
	source.shelf = shelf;
	st = ak_evidence_draw(&source, &id, 1, ak_span_str(scheme), &n.e, err);
	if (st != AK_OK)
		return st;
	ak_buf_init(&n.e.checkpoint, AK_NOTE_MAX);
	st = ak_buf_add_span(&n.e.checkpoint, ak_buf_span(&b->head.checkpoint), err);
	if (st == AK_OK)
		st = ak_tree_prove_since(&tree, since, b->checkpoint.size, &n.e.since, err);
	if (st != AK_OK)
		ak_bundle_clear(&n);
	else
		*out = n;
	return st;
}

/* The size to prove consistency from: that of the head seen before, where the ledger has grown since. */
static uint64_t seen_before(const ak_books *b, const ak_span *memory)
{
	uint64_t size;

	/* What is wrong with a memory is told with the verdict. */
	if (memory == NULL || ak_memory_size(*memory, &size, NULL) != AK_OK || size > b->checkpoint.size)
		return 0;
	return size;
}

void ak_seat_clear(ak_seat *s)
{
	ak_ask_held_clear(&s->held);
	ak_shelf_free(&s->shelf);
}

/* `drawing` may be NULL: nobody else asks. */
static ak_status draw(ak_ledger *l, ak_seat *seat, pthread_mutex_t *drawing, const ak_question *q, const ak_verify_options *o,
                      ak_bundle *out, ak_error *err)
{
	ak_status st;

	if (seat->shelf == NULL)
		seat->shelf = ak_shelf_new();
	if (seat->shelf == NULL)
		return ak_no_memory(err, "verify");
	if (drawing != NULL)
		(void)pthread_mutex_lock(drawing);
	st = ak_api_draw(l->b, seat->shelf, q->scheme, q->listing, seen_before(l->b, o->memory), out, err);
	if (drawing != NULL)
		(void)pthread_mutex_unlock(drawing);
	return st;
}

static ak_status attempt(ak_ledger *l, ak_seat *seat, pthread_mutex_t *drawing, ak_asked *a, const ak_verify_options *o,
                         ak_verdict *verdict, ak_json **report, ak_text *kept, ak_error *err)
{
	ak_bundle drawn = { 0 };
	ak_status st = draw(l, seat, drawing, &a->q, o, &drawn, err);

	if (st == AK_OK)
		st = ak_ask_judge(a, o, &drawn.e, verdict, report, kept, err);
	ak_bundle_clear(&drawn);
	return st;
}

static bool in_doubt(ak_status st, const ak_json *report)
{
	if (st == AK_OK)
		return failed_check(report, "map") || failed_check(report, "inclusion") || failed_check(report, "closure");
	return st == AK_MAP_MISMATCH || st == AK_NOT_FOUND;
}

static ak_status judge(ak_ledger *l, const ak_verify_options *o, ak_verdict *verdict, ak_json **out, ak_text *kept, ak_error *err)
{
	ak_asked *a = NULL;
	ak_json *report = NULL;
	char scheme[AK_NAME_MAX + 1] = "";
	ak_status st = o->scheme == NULL ? ak_api_scheme(l->b, o->listing, scheme, err) : AK_OK;

	if (st == AK_OK)
		st = ak_ask_with(&l->seat.held, o, o->scheme == NULL ? scheme : o->scheme, o->listing, &a, err);
	if (st == AK_OK)
		st = ak_ask_known_at(o->known_at, l->b->checkpoint.size, err);
	if (st == AK_OK) {
		st = attempt(l, &l->seat, NULL, a, o, verdict, &report, kept, err);
		/* The index may have left something out: what is drawn from a fresh one must hold, or the ledger is at fault. */
		if (in_doubt(st, report) && !l->b->index_fresh) {
			ak_json_free(report);
			ak_text_free(kept);
			report = NULL;
			st = ak_books_rebuild(l->b, err);
			if (st == AK_OK)
				st = attempt(l, &l->seat, NULL, a, o, verdict, &report, kept, err);
		}
	}
	ak_asked_free(&a);
	if (st == AK_OK)
		*out = report;
	return st;
}

ak_status ak_api_verify(ak_ledger *l, const ak_verify_options *o, ak_verdict *verdict, ak_json **report, ak_error *err)
{
	ak_text kept = { 0 };
	ak_status st = judge(l, o, verdict, report, &kept, err);

	if (st == AK_OK)
		ak_ask_keep(&kept, o);
	ak_text_free(&kept);
	return st;
}

ak_status ak_api_verify_beside(ak_ledger *l, ak_seat *seat, pthread_mutex_t *drawing, const ak_verify_options *o, ak_verdict *verdict,
                               ak_json **report, ak_error *err)
{
	ak_asked *a = NULL;
	ak_json *found = NULL;
	ak_text kept = { 0 };
	bool crowded = false;
	ak_status st = ak_ask_with(&seat->held, o, o->scheme, o->listing, &a, err);

	if (st == AK_OK) {
		a->q.threads = 1; /* the others have the other processors */
		a->q.crowded = &crowded;
		st = attempt(l, seat, drawing, a, o, verdict, &found, &kept, err);
	}
	if (st != AK_NO_MEMORY && (st != AK_OK || crowded || in_doubt(st, found)))
		st = ak_fail(err, AK_CONFLICT, "verify", 0, "to be asked again, alone");
	ak_text_free(&kept);
	ak_asked_free(&a);
	if (st != AK_OK)
		ak_json_free(found);
	else
		*report = found;
	return st;
}

ak_status ak_ledger_verify(ak_ledger *l, const ak_verify_options *o, ak_verdict *verdict, ak_text *json, ak_error *err)
{
	ak_json *report = NULL;
	ak_text kept = { 0 };
	ak_verdict v = AK_VERDICT_UNVERIFIABLE;
	ak_status st = judge(l, o, &v, &report, &kept, err);

	if (st == AK_OK)
		st = ak_api_text(report, json, err);
	if (st == AK_OK) {
		*verdict = v;
		ak_ask_keep(&kept, o);
	}
	ak_text_free(&kept);
	return st;
}
