/* SPDX-License-Identifier: Apache-2.0 */
#include "bundles.h"

#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

ak_span bundles_span(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

ak_text bundles_make(world *w, const char *scheme, const char *listing, uint64_t since)
{
	ak_text t = { 0 };
	ak_error err = { 0 };

	if (ak_ledger_bundle(w->l, scheme, listing, since, false, &t, &err) != AK_OK)
		fail_msg("bundle: %s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	return t;
}

ak_json *bundles_open(const ak_text *t)
{
	ak_json *v = NULL;
	ak_buf text;

	ak_buf_init(&text, 1);
	assert_int_equal(ak_bundle_unpack(bundles_span(t), &text, NULL), AK_OK);
	assert_int_equal(ak_json_parse(ak_buf_span(&text), &v, NULL), AK_OK);
	ak_buf_clear(&text);
	return v;
}

ak_text bundles_close(const ak_json *v)
{
	ak_text t = { 0 };
	ak_buf text, file;

	ak_buf_init(&text, AK_BUNDLE_JSON_MAX);
	ak_buf_init(&file, AK_BUNDLE_FILE_MAX);
	assert_int_equal(ak_jcs_write(v, &text, NULL), AK_OK);
	assert_int_equal(ak_bundle_pack(ak_buf_span(&text), &file, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&file, &t, NULL), AK_OK);
	ak_buf_clear(&text);
	ak_buf_clear(&file);
	return t;
}

static void first_failure(const ak_json *report, bundles_said *s)
{
	const ak_json *checks = ak_json_get(report, "checks");

	for (size_t i = 0; i < ak_json_len(checks); i++) {
		const ak_json *c = ak_json_at(checks, i);
		const char *where = ak_json_get_str(c, "where");
		bool failed = ak_span_is(ak_json_get_text(c, "effect"), "invalid"); /* rules have no effect, but findings */

		if (!failed && !ak_span_is(ak_json_get_text(c, "outcome"), "not-checked"))
			continue;
		(void)snprintf(s->check, sizeof(s->check), "%s", ak_json_get_str(c, "id"));
		(void)snprintf(s->where, sizeof(s->where), "%s", where == NULL ? "" : where);
		return;
	}
}

bundles_said bundles_ask_with(world *w, const ak_text *bundle, ak_verify_options o)
{
	bundles_said s = { .verdict = AK_VERDICT_VALID };
	ak_json *report = NULL;
	ak_text json = { 0 };
	ak_error err = { 0 };

	o.trust = bundles_span(&w->trust);
	o.now = w->now;
	s.status = ak_bundle_verify(bundles_span(bundle), &o, &s.verdict, &json, &err);
	if (s.status != AK_OK) {
		(void)snprintf(s.where, sizeof(s.where), "%s", err.where);
		return s;
	}
	assert_int_equal(ak_json_parse(bundles_span(&json), &report, NULL), AK_OK);
	(void)snprintf(s.reason, sizeof(s.reason), "%s", ak_json_get_str(report, "reason"));
	first_failure(report, &s);
	s.found = ak_json_len(ak_json_get(report, "findings")) + ak_json_len(ak_json_get(report, "warnings"));
	ak_json_free(report);
	ak_text_free(&json);
	return s;
}

bundles_said bundles_ask(world *w, const ak_text *bundle, const char *as_of)
{
	return bundles_ask_with(w, bundle, (ak_verify_options){ .as_of = as_of });
}

bundles_said bundles_ask_json(world *w, const ak_json *v, const char *as_of)
{
	ak_text t = bundles_close(v);
	bundles_said s = bundles_ask(w, &t, as_of);

	ak_text_free(&t);
	return s;
}

void bundles_is(bundles_said s, ak_verdict verdict, const char *reason, const char *check, const char *where, const char *what)
{
	if (s.status != AK_OK || s.verdict != verdict || strcmp(s.reason, reason) != 0 || strcmp(s.check, check) != 0 ||
	    strcmp(s.where, where) != 0)
		fail_msg("%s: %s, %s (%s) by %s at '%s'; want %s (%s) by %s at '%s'", what, ak_status_name(s.status),
		         ak_verdict_name(s.verdict), s.reason, s.check, s.where, ak_verdict_name(verdict), reason, check, where);
}

void bundles_refused(bundles_said s, ak_status status, const char *where, const char *what)
{
	if (s.status != status || strcmp(s.where, where) != 0)
		fail_msg("%s: %s at %s, want %s at %s", what, ak_status_name(s.status), s.where, ak_status_name(status), where);
}

void bundles_same(world *w, const ak_text *bundle, const ak_verify_options *asked)
{
	ak_verify_options o = *asked;
	ak_text from_ledger = { 0 }, from_bundle = { 0 };
	ak_verdict v = AK_VERDICT_VALID, u = AK_VERDICT_INVALID;

	o.trust = bundles_span(&w->trust);
	o.now = w->now;
	assert_int_equal(ak_ledger_verify(w->l, &o, &v, &from_ledger, NULL), AK_OK);
	assert_int_equal(ak_bundle_verify(bundles_span(bundle), &o, &u, &from_bundle, NULL), AK_OK);
	assert_int_equal(v, u);
	assert_string_equal(from_ledger.data, from_bundle.data);
	ak_text_free(&from_ledger);
	ak_text_free(&from_bundle);
}

/* A copy of `v` without element i of an array. */
ak_json *bundles_without(const ak_json *v, const char *array, size_t i)
{
	ak_json *copy = ak_json_copy(v), *list = ak_json_new_array();

	for (size_t k = 0; k < ak_json_len(ak_json_get(v, array)); k++) {
		if (k != i)
			assert_int_equal(ak_json_add(list, ak_json_copy(ak_json_at(ak_json_get(v, array), k)), NULL), AK_OK);
	}
	assert_int_equal(ak_json_set(copy, array, list, NULL), AK_OK);
	return copy;
}

void bundles_set(ak_json *v, const char *pointer, ak_json *value)
{
	assert_int_equal(ak_json_pointer_set(v, ak_span_str(pointer), value, NULL), AK_OK);
}

int64_t bundles_number(const ak_json *v, const char *pointer)
{
	int64_t n = -1;

	assert_true(ak_json_int(ak_json_pointer(v, ak_span_str(pointer)), &n));
	return n;
}

/* ---- scenes ------------------------------------------------------------------------------------------------------ */

static void deleted(demo *d)
{
	/* Its base is about something else, so that only the base's header is in the bundle. */
	(void)demo_add(d, "report", "{\"number\":\"9\",\"service\":\"elsewhere\"}", NULL, 0, false, 1);
	(void)demo_add(d, "deletion", "{\"listing\":\"L0\"}", NULL, 0, true, 2);
}

static void withdrawn(demo *d)
{
	(void)demo_add(d, "withdrawal", "{\"number\":\"1\",\"service\":\"s0\"}", "withdraws", attack_size(&d->w) - 2, false, 1);
}

static void revoked(demo *d)
{
	ak_secret *roots[] = { d->w.root[0], d->w.root[1], NULL };

	(void)world_seal(&d->w, demo_revocation(d, d->pool[0], 2, roots));
}

static void dangling(demo *d)
{
	static const edit nowhere[] = {
		{ "/predicate/base", "\"sha256:00000000000000000000000000000000000000000000000000000000000000ff\"" }, { NULL, NULL },
	};
	ak_secret *keys[] = { d->pool[0], d->pool[1], NULL }, *one[] = { d->w.stranger, NULL };
	ak_text t = demo_sign(demo_draft(d, "demo", "deletion", "{\"listing\":\"L0\"}", NULL, 0), "demo", one);

	(void)attack_forge(&d->w, attack_edited(t, nowhere, keys));
}

/* A stranger's record about the same report leads elsewhere: what it cites comes along, and nobody is judged by it. */
static void cited(demo *d)
{
	ak_secret *one[] = { d->w.stranger, NULL };
	const uint64_t other = demo_add(d, "report", "{\"number\":\"9\",\"service\":\"elsewhere\"}", NULL, 0, false, 1);

	(void)attack_forge(&d->w, demo_sign(demo_draft(d, "demo", "withdrawal", "{\"number\":\"1\",\"service\":\"s0\"}", "withdraws", other), "demo", one));
}

static void expired(demo *d)
{
	(void)demo_add(d, "listing", "{\"listing\":\"L0\",\"until\":\"2026-01-01\"}", "report", attack_size(&d->w) - 2, true, 1);
}

const bundles_scene bundles_scenes[BUNDLES_SCENES] = {
	{ "a valid listing", NULL, AK_VERDICT_VALID, "" },
	{ "a deletion", deleted, AK_VERDICT_INVALID, "rules" },
	{ "a withdrawn report", withdrawn, AK_VERDICT_SUSPENDED, "rules" },
	{ "an expired renewal", expired, AK_VERDICT_EXPIRED, "rules" },
	{ "a key revoked from long ago", revoked, AK_VERDICT_UNVERIFIABLE, "cannot-decide" },
	{ "a void withdrawal that cites another report", cited, AK_VERDICT_VALID, "" },
	{ "a void deletion on a base that is nowhere", dangling, AK_VERDICT_VALID, "" },
};

ak_json *bundles_play(const demo *of, size_t i, demo *d)
{
	ak_text b;
	ak_json *v;
	bundles_said s;

	demo_branch(of, d);
	demo_listing(d);
	if (bundles_scenes[i].happens != NULL)
		bundles_scenes[i].happens(d);
	b = bundles_make(&d->w, "demo", "L0", 0);
	s = bundles_ask(&d->w, &b, DEMO_LISTED);
	if (s.status != AK_OK || s.verdict != bundles_scenes[i].verdict || strcmp(s.reason, bundles_scenes[i].reason) != 0)
		fail_msg("%s: %s (%s) by %s", bundles_scenes[i].name, ak_verdict_name(s.verdict), s.reason, s.check);
	bundles_same(&d->w, &b, &(ak_verify_options){ .scheme = "demo", .listing = "L0", .as_of = DEMO_LISTED });
	v = bundles_open(&b);
	ak_text_free(&b);
	return v;
}
