/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles of whole ledgers: what is in them, and what becomes of those in which something is missing, added or changed. */
#include "demo.h"
#include "oom.h"

#include "api/api.h"
#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

enum { OOM_POINTS = 60, BUNDLE_AIM = 64 * 1024 };

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

/* ---- making and asking ------------------------------------------------------------------------------------------- */

static ak_text bundle_of(world *w, const char *scheme, const char *listing, uint64_t since)
{
	ak_text t = { 0 };
	ak_error err = { 0 };

	if (ak_ledger_bundle(w->l, scheme, listing, since, &t, &err) != AK_OK)
		fail_msg("bundle: %s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	return t;
}

static ak_json *open_bundle(const ak_text *t)
{
	ak_json *v = NULL;
	ak_buf text;

	ak_buf_init(&text, 1);
	assert_int_equal(ak_bundle_unpack(span_of(t), &text, NULL), AK_OK);
	assert_int_equal(ak_json_parse(ak_buf_span(&text), &v, NULL), AK_OK);
	ak_buf_clear(&text);
	return v;
}

static ak_text close_bundle(const ak_json *v)
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

/* What is said of a bundle that was changed.  status AK_OK: there is a verdict; then why it failed, if it did. */
typedef struct said {
	ak_status status;
	ak_verdict verdict;
	char reason[40], check[40], where[60];
} said;

static void first_failure(const ak_json *report, said *s)
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

static said ask_with(world *w, const ak_text *bundle, ak_verify_options o)
{
	said s = { .verdict = AK_VERDICT_VALID };
	ak_json *report = NULL;
	ak_text json = { 0 };
	ak_error err = { 0 };

	o.trust = span_of(&w->trust);
	o.now = w->now;
	s.status = ak_bundle_verify(span_of(bundle), &o, &s.verdict, &json, &err);
	if (s.status != AK_OK) {
		(void)snprintf(s.where, sizeof(s.where), "%s", err.where);
		return s;
	}
	assert_int_equal(ak_json_parse(span_of(&json), &report, NULL), AK_OK);
	(void)snprintf(s.reason, sizeof(s.reason), "%s", ak_json_get_str(report, "reason"));
	first_failure(report, &s);
	ak_json_free(report);
	ak_text_free(&json);
	return s;
}

static said ask(world *w, const ak_text *bundle, const char *as_of)
{
	return ask_with(w, bundle, (ak_verify_options){ .as_of = as_of });
}

static said ask_json(world *w, const ak_json *v, const char *as_of)
{
	ak_text t = close_bundle(v);
	said s = ask(w, &t, as_of);

	ak_text_free(&t);
	return s;
}

static void is(said s, ak_verdict verdict, const char *reason, const char *check, const char *where, const char *what)
{
	if (s.status != AK_OK || s.verdict != verdict || strcmp(s.reason, reason) != 0 || strcmp(s.check, check) != 0 ||
	    strcmp(s.where, where) != 0)
		fail_msg("%s: %s, %s (%s) by %s at '%s'; want %s (%s) by %s at '%s'", what, ak_status_name(s.status),
		         ak_verdict_name(s.verdict), s.reason, s.check, s.where, ak_verdict_name(verdict), reason, check, where);
}

static void is_status(said s, ak_status status, const char *where, const char *what)
{
	if (s.status != status || strcmp(s.where, where) != 0)
		fail_msg("%s: %s at %s, want %s at %s", what, ak_status_name(s.status), s.where, ak_status_name(status), where);
}

/* ---- the same as the ledger -------------------------------------------------------------------------------------- */

static void same(world *w, const ak_text *bundle, const ak_verify_options *asked)
{
	ak_verify_options o = *asked;
	ak_text from_ledger = { 0 }, from_bundle = { 0 };
	ak_verdict v = AK_VERDICT_VALID, u = AK_VERDICT_INVALID;

	o.trust = span_of(&w->trust);
	o.now = w->now;
	assert_int_equal(ak_ledger_verify(w->l, &o, &v, &from_ledger, NULL), AK_OK);
	assert_int_equal(ak_bundle_verify(span_of(bundle), &o, &u, &from_bundle, NULL), AK_OK);
	assert_int_equal(v, u);
	assert_string_equal(from_ledger.data, from_bundle.data);
	ak_text_free(&from_ledger);
	ak_text_free(&from_bundle);
}

/* Cases of the rules' tests, on the whole first three years of an ISMAP listing. */
static void ismap_bundles_say_what_their_ledger_says(void **state)
{
	static const char *const cases[] = {
		"", "../cases/C01-deregistered", "../cases/A11-near-withdrawn-report", "../cases/A11-report-number-twice", "../cases/C03-lapsed",
	};
	static const char *const days[] = { "2024-07-01", "2026-11-21", "2027-08-01" };
	size_t n = oom_available() ? sizeof(cases) / sizeof(cases[0]) : 2, biggest = 0;
	world base;

	(void)state;
	world_open(&base);
	world_play(&base, "first");
	world_play(&base, "three-years");
	for (size_t i = 0; i < n; i++) {
		ak_text bundle;
		world w;

		world_branch(&base, &w);
		w.now += INT64_C(300) * 86400; /* the cases happen later */
		if (cases[i][0] != '\0')
			world_play(&w, cases[i]);
		bundle = bundle_of(&w, NULL, LISTING, i % 2 == 0 ? 0 : 9);
		biggest = bundle.len > biggest ? bundle.len : biggest;
		for (size_t d = 0; d < sizeof(days) / sizeof(days[0]); d++) {
			same(&w, &bundle, &(ak_verify_options){ .listing = LISTING, .as_of = days[d] });
			same(&w, &bundle, &(ak_verify_options){ .listing = LISTING, .as_of = days[d], .known_at = attack_size(&w) - 2 });
		}
		ak_text_free(&bundle);
		world_close(&w);
	}
	world_close(&base);
	print_message("largest bundle: %zu bytes\n", biggest);
	assert_true(biggest <= BUNDLE_AIM);
}

static void the_same_state_gives_the_same_bytes(void **state)
{
	demo d;
	ak_text a, b, about = { 0 };
	ak_json *v = NULL;

	demo_branch(*state, &d);
	demo_listing(&d);
	a = bundle_of(&d.w, "demo", "L0", 0);
	/* Whatever way the ledger was read before, and from an index made anew. */
	ak_ledger_free(&d.w.l);
	assert_int_equal(ak_ledger_open(d.w.ledger, &d.w.l, NULL), AK_OK);
	assert_int_equal(ak_books_rebuild(d.w.l->b, NULL), AK_OK);
	b = bundle_of(&d.w, "demo", "L0", 0);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assert_int_equal(ak_bundle_describe(span_of(&a), &about, NULL), AK_OK);
	assert_int_equal(ak_json_parse(span_of(&about), &v, NULL), AK_OK);
	assert_string_equal(ak_json_get_str(v, "subject"), "demo/listing:L0");
	assert_string_equal(ak_json_get_str(v, "scheme"), "demo");
	assert_string_equal(ak_json_get_str(v, "listing"), "L0");
	assert_true(ak_json_is(ak_json_get(v, "since"), AK_JSON_NULL));
	print_message("%s\n", about.data);
	ak_json_free(v);
	ak_text_free(&about);
	ak_text_free(&a);
	ak_text_free(&b);
	demo_close(&d);
}

static void what_cannot_be_bundled(void **state)
{
	static const struct { const char *scheme, *listing; uint64_t since; const char *where; } row[] = {
		{ "demo", NULL, 0, "listing" },     { "demo", "", 0, "listing" },   { "Demo", "L0", 0, "scheme" },
		{ "demo", "L 0", 0, "listing" },    { "demo", "\xe3\x81\x82", 0, "listing" }, { "demo", "L0", 1000, "since" },
	};
	demo *d = *state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_text t = { 0 };
		ak_error err = { 0 };

		assert_int_equal(ak_ledger_bundle(d->w.l, row[i].scheme, row[i].listing, row[i].since, &t, &err), AK_INVALID_ARGUMENT);
		assert_string_equal(err.where, row[i].where);
		assert_null(t.data);
	}
}

static void it_is_about_what_it_is_about(void **state)
{
	demo d;
	ak_text b;

	demo_branch(*state, &d);
	demo_listing(&d);
	b = bundle_of(&d.w, "demo", "L0", 0);
	is(ask_with(&d.w, &b, (ak_verify_options){ .subject = "demo/listing:L0", .scheme = "demo", .listing = "L0", .as_of = DEMO_LISTED }),
	   AK_VERDICT_VALID, "", "", "", "asked for by name");
	is_status(ask_with(&d.w, &b, (ak_verify_options){ .subject = "demo/listing:L1" }), AK_NOT_FOUND, "bundle.subject", "another subject");
	is(ask_with(&d.w, &b, (ak_verify_options){ .subject = "L0", .as_of = DEMO_LISTED }), AK_VERDICT_VALID, "", "", "", "a bare name");
	is_status(ask_with(&d.w, &b, (ak_verify_options){ .subject = "L1" }), AK_NOT_FOUND, "bundle.subject", "another bare name");
	is_status(ask_with(&d.w, &b, (ak_verify_options){ .listing = "L1" }), AK_NOT_FOUND, "bundle.subject", "another listing");
	is_status(ask_with(&d.w, &b, (ak_verify_options){ .scheme = "ismap" }), AK_NOT_FOUND, "bundle.subject", "another scheme");
	is_status(ask_with(&d.w, &b, (ak_verify_options){ .known_at = 100 }), AK_INVALID_ARGUMENT, "known_at", "more than there is");
	is_status(ask_with(&d.w, &b, (ak_verify_options){ .as_of = "tomorrow" }), AK_INVALID_ARGUMENT, "as_of", "no day");
	ak_text_free(&b);
	demo_close(&d);
}

/* ---- leaving out ------------------------------------------------------------------------------------------------- */

/* A copy of `v` without element i of an array. */
static ak_json *without(const ak_json *v, const char *array, size_t i)
{
	ak_json *copy = ak_json_copy(v), *list = ak_json_new_array();

	for (size_t k = 0; k < ak_json_len(ak_json_get(v, array)); k++) {
		if (k != i)
			assert_int_equal(ak_json_add(list, ak_json_copy(ak_json_at(ak_json_get(v, array), k)), NULL), AK_OK);
	}
	assert_int_equal(ak_json_set(copy, array, list, NULL), AK_OK);
	return copy;
}

static void set_at(ak_json *v, const char *pointer, ak_json *value)
{
	assert_int_equal(ak_json_pointer_set(v, ak_span_str(pointer), value, NULL), AK_OK);
}

static int64_t number_at(const ak_json *v, const char *pointer)
{
	int64_t n = -1;

	assert_true(ak_json_int(ak_json_pointer(v, ak_span_str(pointer)), &n));
	return n;
}

/* It is missed that something is missing; what a rule calls invalid even so stays that. */
static void is_incomplete(said s, ak_verdict whole, const char *what)
{
	if (whole == AK_VERDICT_INVALID && s.verdict == AK_VERDICT_INVALID)
		is(s, AK_VERDICT_INVALID, "rules", "closure", "", what);
	else
		is(s, AK_VERDICT_UNVERIFIABLE, "completeness", "closure", "", what);
}

/* What is missing is missed, as what it is. */
static void leave_out_each(world *w, const ak_json *v, const char *as_of, ak_verdict whole, const char *what)
{
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "records")); i++) {
		ak_json *less = without(v, "records", i);
		said s = ask_json(w, less, as_of);
		char name[80];

		(void)snprintf(name, sizeof(name), "%s without record %zu", what, i);
		if (i == 0)
			is(s, AK_VERDICT_INVALID, "tampered", "records", "container.records", name);
		else if (strcmp(s.check, "checkpoint") == 0) /* a keyset that the head needs */
			is(s, AK_VERDICT_INVALID, "tampered", "checkpoint", s.where, name);
		else
			is(s, AK_VERDICT_INVALID, "tampered", "map", "map.count", name);
		ak_json_free(less);
	}
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "subjects")); i++) {
		ak_json *less = without(v, "subjects", i);

		is_incomplete(ask_json(w, less, as_of), whole, what);
		ak_json_free(less);
	}
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "bases")); i++) {
		ak_json *less = without(v, "bases", i);

		is_incomplete(ask_json(w, less, as_of), whole, what);
		ak_json_free(less);
	}
}

/* A subject and, with it, every record that only it brings: nothing is left to contradict what is left. */
static void leave_out_with_its_records(world *w, const ak_json *v, const char *as_of, const char *what)
{
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "subjects")); i++) {
		ak_json *less = without(v, "subjects", i), *kept = ak_json_new_array();
		const char *id = ak_json_get_str(ak_json_at(ak_json_get(v, "subjects"), i), "id");
		const ak_json *records = ak_json_get(v, "records");
		char quoted[160];
		said s;

		(void)snprintf(quoted, sizeof(quoted), "\"%s\"", id);
		for (size_t k = 0; k < ak_json_len(records); k++) {
			if (strstr(ak_json_get_str(ak_json_at(records, k), "statement"), quoted) == NULL)
				assert_int_equal(ak_json_add(kept, ak_json_copy(ak_json_at(records, k)), NULL), AK_OK);
		}
		assert_int_equal(ak_json_set(less, "records", kept, NULL), AK_OK);
		s = ask_json(w, less, as_of);
		if (s.verdict != AK_VERDICT_INVALID && (s.verdict != AK_VERDICT_UNVERIFIABLE || strcmp(s.reason, "completeness") != 0))
			fail_msg("%s without %s: %s (%s)", what, id, ak_verdict_name(s.verdict), s.reason);
		ak_json_free(less);
	}
}

/* What makes each of these worlds what it is: taken out, it would be another. */
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

static void expired(demo *d)
{
	(void)demo_add(d, "listing", "{\"listing\":\"L0\",\"until\":\"2026-01-01\"}", "report", attack_size(&d->w) - 2, true, 1);
}

static const struct scene {
	const char *name;
	void (*happens)(demo *d); /* NULL: nothing */
	ak_verdict verdict;
	const char *reason;
} scenes[] = {
	{ "a valid listing", NULL, AK_VERDICT_VALID, "" },
	{ "a deletion", deleted, AK_VERDICT_INVALID, "rules" },
	{ "a withdrawn report", withdrawn, AK_VERDICT_SUSPENDED, "rules" },
	{ "an expired renewal", expired, AK_VERDICT_EXPIRED, "rules" },
	{ "a key revoked from long ago", revoked, AK_VERDICT_UNVERIFIABLE, "not-found" },
	{ "a void deletion on a base that is nowhere", dangling, AK_VERDICT_VALID, "" },
};

enum { SCENES = sizeof(scenes) / sizeof(scenes[0]) };

static ak_json *play(const demo *of, size_t i, demo *d)
{
	ak_text b;
	ak_json *v;
	said s;

	demo_branch(of, d);
	demo_listing(d);
	if (scenes[i].happens != NULL)
		scenes[i].happens(d);
	b = bundle_of(&d->w, "demo", "L0", 0);
	s = ask(&d->w, &b, DEMO_LISTED);
	if (s.status != AK_OK || s.verdict != scenes[i].verdict || strcmp(s.reason, scenes[i].reason) != 0)
		fail_msg("%s: %s (%s) by %s", scenes[i].name, ak_verdict_name(s.verdict), s.reason, s.check);
	same(&d->w, &b, &(ak_verify_options){ .scheme = "demo", .listing = "L0", .as_of = DEMO_LISTED });
	v = open_bundle(&b);
	ak_text_free(&b);
	return v;
}

static void nothing_can_be_left_out(void **state)
{
	for (size_t i = 0; i < SCENES; i++) {
		demo d;
		ak_json *v = play(*state, i, &d);

		leave_out_each(&d.w, v, DEMO_LISTED, scenes[i].verdict, scenes[i].name);
		leave_out_with_its_records(&d.w, v, DEMO_LISTED, scenes[i].name);
		ak_json_free(v);
		demo_close(&d);
	}
}

static void nothing_can_be_left_out_of_an_ismap_chain(void **state)
{
	ak_text b;
	ak_json *v;
	world w;

	(void)state;
	if (!oom_available())
		skip(); /* the same checks as above, slower */
	world_open(&w);
	world_play(&w, "first");
	b = bundle_of(&w, NULL, LISTING, 0);
	v = open_bundle(&b);
	is(ask(&w, &b, LISTED_ON), AK_VERDICT_VALID, "", "", "", "all of it");
	leave_out_each(&w, v, LISTED_ON, AK_VERDICT_VALID, "ismap");
	ak_json_free(v);
	ak_text_free(&b);
	world_close(&w);
}

/* Ids of all records show that a base is nowhere; without them it is only missing. */
static void the_ids_of_all_records_cannot_be_left_out(void **state)
{
	demo d;
	ak_json *v = play(*state, SCENES - 1, &d), *copy;
	ak_json *leaves = ak_json_copy(ak_json_get(v, "leaves"));

	assert_int_equal(ak_json_len(leaves), attack_size(&d.w));
	copy = ak_json_copy(v);
	ak_json_remove(copy, "leaves");
	is(ask_json(&d.w, copy, DEMO_LISTED), AK_VERDICT_UNVERIFIABLE, "completeness", "closure", "", "no ids");
	ak_json_free(copy);
	copy = without(v, "leaves", 2);
	is(ask_json(&d.w, copy, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "container.leaves", "an id less");
	set_at(copy, "/leaves", leaves);
	set_at(copy, "/leaves/1", ak_json_copy(ak_json_pointer(v, ak_span_str("/leaves/0"))));
	is(ask_json(&d.w, copy, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "container.leaves", "another id");
	ak_json_free(copy);
	ak_json_free(v);
	demo_close(&d);
}

/* ---- adding ------------------------------------------------------------------------------------------------------ */

/* True things that the question does not bring could be half of a story. */
static void nothing_can_be_added(void **state)
{
	static const char *const arrays[] = { "records", "bases", "subjects" };
	demo d;
	ak_text one, other;
	ak_json *v, *o;
	size_t added = 0;

	demo_branch(*state, &d);
	demo_listing(&d);
	(void)demo_add(&d, "listing", "{\"listing\":\"L1\",\"until\":\"2026-12-01\"}", "report", attack_size(&d.w) - 2, true, 1);
	(void)demo_add(&d, "report", "{\"number\":\"9\",\"service\":\"elsewhere\"}", NULL, 0, false, 1);
	(void)demo_add(&d, "deletion", "{\"listing\":\"L1\"}", NULL, 0, true, 2);
	one = bundle_of(&d.w, "demo", "L0", 0);
	other = bundle_of(&d.w, "demo", "L1", 0);
	v = open_bundle(&one);
	o = open_bundle(&other);
	is(ask_json(&d.w, v, DEMO_LISTED), AK_VERDICT_VALID, "", "", "", "as it is");
	for (size_t a = 0; a < 3; a++) {
		const ak_json *mine = ak_json_get(v, arrays[a]), *theirs = ak_json_get(o, arrays[a]);

		for (size_t i = 0; i < ak_json_len(theirs); i++) {
			const char *key = a == 2 ? "id" : "seq";
			const ak_json *e = ak_json_at(theirs, i);
			ak_json *copy = ak_json_copy(v), *list = ak_json_new_array();
			bool had = false, put = false;

			for (size_t k = 0; k < ak_json_len(mine); k++) {
				const ak_json *m = ak_json_at(mine, k);
				int64_t x = 0, y = 0;
				int order;

				(void)ak_json_int(ak_json_get(m, key), &x);
				(void)ak_json_int(ak_json_get(e, key), &y);
				order = a == 2 ? strcmp(ak_json_get_str(m, "id"), ak_json_get_str(e, "id")) : x < y ? -1 : x > y;
				had = had || order == 0;
				if (order > 0 && !put) {
					assert_int_equal(ak_json_add(list, ak_json_copy(e), NULL), AK_OK);
					put = true;
				}
				assert_int_equal(ak_json_add(list, ak_json_copy(m), NULL), AK_OK);
			}
			if (!had && !put)
				assert_int_equal(ak_json_add(list, ak_json_copy(e), NULL), AK_OK);
			assert_int_equal(ak_json_set(copy, arrays[a], list, NULL), AK_OK);
			if (!had) {
				said s = ask_json(&d.w, copy, DEMO_LISTED);

				added++;
				/* A subject without its records is not even proved. */
				if (strcmp(s.check, "map") == 0)
					is(s, AK_VERDICT_INVALID, "tampered", "map", "map.count", arrays[a]);
				else
					is(s, AK_VERDICT_INVALID, "tampered", "closure", "closure.surplus", arrays[a]);
			}
			ak_json_free(copy);
		}
	}
	assert_true(added >= 4); /* listing, deletion, base, subject */
	set_at(v, "/subject", ak_json_new_str("demo/listing:L1"));
	is(ask_json(&d.w, v, DEMO_LISTED), AK_VERDICT_UNVERIFIABLE, "completeness", "closure", "", "relabelled");
	ak_json_free(v);
	ak_json_free(o);
	ak_text_free(&one);
	ak_text_free(&other);
	demo_close(&d);
}

/* Everything about a subject that nothing asks for, proof and all. */
static void a_whole_story_cannot_be_added_either(void **state)
{
	demo d;
	ak_bundle b = { 0 };
	ak_json *v;
	ak_span ids[2] = { ak_span_str("demo/listing:L0"), ak_span_str("demo/listing:L1") };
	ak_buf file;
	ak_text t = { 0 };

	demo_branch(*state, &d);
	demo_listing(&d);
	(void)demo_add(&d, "listing", "{\"listing\":\"L1\",\"until\":\"2026-12-01\"}", "report", attack_size(&d.w) - 2, true, 1);
	(void)snprintf(b.scheme, sizeof(b.scheme), "demo");
	(void)snprintf(b.subject, sizeof(b.subject), "demo/listing:L0");
	assert_int_equal(ak_evidence_draw(&d.w.l->b->source, ids, 2, ak_span_str("demo"), &b.e, NULL), AK_OK);
	ak_buf_init(&b.e.checkpoint, 65536);
	assert_int_equal(ak_buf_add_span(&b.e.checkpoint, ak_buf_span(&d.w.l->b->head.checkpoint), NULL), AK_OK);
	ak_buf_init(&file, AK_BUNDLE_FILE_MAX);
	assert_int_equal(ak_bundle_write(&b, &file, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&file, &t, NULL), AK_OK);
	is(ask(&d.w, &t, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "closure", "closure.surplus", "two listings");
	ak_text_free(&t);
	ak_bundle_clear(&b);
	/* The ids of all records where no base is in doubt. */
	t = bundle_of(&d.w, "demo", "L0", 0);
	v = open_bundle(&t);
	ak_text_free(&t);
	assert_int_equal(ak_evidence_draw(&d.w.l->b->source, ids, 1, ak_span_str("demo"), &b.e, NULL), AK_OK);
	assert_int_equal(ak_evidence_draw_leaves(&d.w.l->b->source, &b.e, NULL), AK_OK);
	{
		ak_json *leaves = ak_json_new_array();

		for (size_t i = 0; i < b.e.n_leaves; i++)
			assert_int_equal(ak_json_add(leaves, ak_json_new_digest(&b.e.leaf[i]), NULL), AK_OK);
		set_at(v, "/leaves", leaves);
	}
	is(ask_json(&d.w, v, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "closure", "closure.surplus", "ids");
	ak_bundle_clear(&b);
	ak_json_free(v);
	demo_close(&d);
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

static void parts_cannot_be_exchanged(void **state)
{
	demo d;
	ak_json *v = play(*state, 1, &d), *c;
	size_t n = ak_json_len(ak_json_get(v, "records"));
	static const char *const lines[] = { "header", "statement", "signatures", "proof", "seq" };

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof(lines) / sizeof(lines[0]); k++) {
			char to[60], from[60];
			said s;

			(void)snprintf(to, sizeof(to), "/records/%zu/%s", i, lines[k]);
			(void)snprintf(from, sizeof(from), "/records/%zu/%s", (i + 1) % n, lines[k]);
			c = ak_json_copy(v);
			set_at(c, to, ak_json_copy(ak_json_pointer(v, ak_span_str(from))));
			s = ask_json(&d.w, c, DEMO_LISTED);
			if (k == 4)
				is_status(s, AK_BAD_FORMAT, "bundle.records", to);
			else
				is(s, AK_VERDICT_INVALID, "tampered", k == 3 ? "inclusion" : "records", s.where, to);
			ak_json_free(c);
		}
	}
	/* All of another record in its place: the seq is not its own, or it is there twice. */
	c = ak_json_copy(v);
	set_at(c, "/records/2", ak_json_copy(ak_json_pointer(v, ak_span_str("/records/3"))));
	is_status(ask_json(&d.w, c, DEMO_LISTED), AK_BAD_FORMAT, "bundle.records", "twice");
	set_at(c, "/records/2/seq", ak_json_copy(ak_json_pointer(v, ak_span_str("/records/2/seq"))));
	is(ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "records", "header.seq", "another record");
	set_at(c, "/records/2", ak_json_copy(ak_json_pointer(v, ak_span_str("/records/3"))));
	set_at(c, "/records/3", ak_json_copy(ak_json_pointer(v, ak_span_str("/records/2"))));
	is_status(ask_json(&d.w, c, DEMO_LISTED), AK_BAD_FORMAT, "bundle.records", "reordered");
	ak_json_free(c);
	ak_json_free(v);
	demo_close(&d);
}

/* The newest header commits to everything before it.  An older one, with a proof that holds, would hide the deletion. */
static void an_older_header_is_not_the_newest(void **state)
{
	demo d;
	ak_json *v = play(*state, 1, &d), *c = ak_json_copy(v);
	size_t n = ak_json_len(ak_json_get(v, "records")), base = ak_json_len(ak_json_get(v, "bases"));
	char from[60];

	/* The deletion's own base, the header just before it, lies in the bundle with its proof. */
	assert_int_equal(base, 1);
	assert_int_equal(number_at(v, "/bases/0/seq"), number_at(v, "/last/seq") - 1);
	set_at(c, "/last", ak_json_copy(ak_json_pointer(v, ak_span_str("/bases/0"))));
	is(ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "container", "container.last", "older header");
	ak_json_free(c);
	c = without(v, "records", n - 1);
	set_at(c, "/last", ak_json_copy(ak_json_pointer(v, ak_span_str("/bases/0"))));
	is(ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "container", "container.last", "older header, no deletion");
	set_at(c, "/last/seq", ak_json_copy(ak_json_pointer(v, ak_span_str("/last/seq"))));
	is(ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "header.seq", "older header under its seq");
	ak_json_free(c);
	/* Any other record's header, too. */
	for (size_t i = 0; i + 1 < n; i++) {
		c = ak_json_copy(v);
		(void)snprintf(from, sizeof(from), "/records/%zu/header", i);
		set_at(c, "/last/header", ak_json_copy(ak_json_pointer(v, ak_span_str(from))));
		is(ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "header.seq", from);
		(void)snprintf(from, sizeof(from), "/records/%zu/proof", i);
		set_at(c, "/last/proof", ak_json_copy(ak_json_pointer(v, ak_span_str(from))));
		(void)snprintf(from, sizeof(from), "/records/%zu/seq", i);
		set_at(c, "/last/seq", ak_json_copy(ak_json_pointer(v, ak_span_str(from))));
		is(ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "container", "container.last", from);
		ak_json_free(c);
	}
	ak_json_free(v);
	demo_close(&d);
}

/* The old bundle is a bundle; the new head on it is not, nor the old head on the new one. */
static void heads_cannot_be_exchanged(void **state)
{
	static const char *const parts[] = { "/checkpoint", "/last" };
	demo d;
	ak_text before, after;
	ak_json *o, *v, *c;

	demo_branch(*state, &d);
	demo_listing(&d);
	before = bundle_of(&d.w, "demo", "L0", 0);
	(void)demo_add(&d, "deletion", "{\"listing\":\"L0\"}", NULL, 0, true, 2);
	after = bundle_of(&d.w, "demo", "L0", 0);
	o = open_bundle(&before);
	v = open_bundle(&after);
	is(ask(&d.w, &before, DEMO_LISTED), AK_VERDICT_VALID, "", "", "", "as known then");
	for (size_t i = 0; i < 2; i++) {
		c = ak_json_copy(o);
		set_at(c, parts[i], ak_json_copy(ak_json_pointer(v, ak_span_str(parts[i]))));
		is(ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "container", "container.last", parts[i]);
		ak_json_free(c);
	}
	c = ak_json_copy(o);
	for (size_t i = 0; i < 2; i++)
		set_at(c, parts[i], ak_json_copy(ak_json_pointer(v, ak_span_str(parts[i]))));
	is(ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "inclusion.root", "new head, old records");
	ak_json_free(c);
	ak_json_free(o);
	ak_json_free(v);
	ak_text_free(&before);
	ak_text_free(&after);
	demo_close(&d);
}

static void a_consistency_proof_holds_or_all_is_lost(void **state)
{
	static const struct { const char *pointer, *json; } row[] = {
		{ "/since/root", "\"sha256:00000000000000000000000000000000000000000000000000000000000000ff\"" },
		{ "/since/proof/0", "\"sha256:00000000000000000000000000000000000000000000000000000000000000ff\"" },
		{ "/since/proof", "[]" }, { "/since/size", "4" }, { "/since/size", "900" },
	};
	demo d;

	demo_branch(*state, &d);
	demo_listing(&d);
	for (uint64_t since = 1; since <= attack_size(&d.w); since++) {
		ak_text b = bundle_of(&d.w, "demo", "L0", since), about = { 0 };
		ak_json *v = open_bundle(&b), *c;

		assert_int_equal(ak_bundle_describe(span_of(&b), &about, NULL), AK_OK);
		assert_int_equal(number_at(v, "/since/size"), since);
		same(&d.w, &b, &(ak_verify_options){ .scheme = "demo", .listing = "L0", .as_of = DEMO_LISTED });
		for (size_t i = 0; since == 3 && i < sizeof(row) / sizeof(row[0]); i++) {
			ak_json *box = NULL;
			char text[100];

			(void)snprintf(text, sizeof(text), "[%s]", row[i].json);
			assert_int_equal(ak_json_parse(ak_span_str(text), &box, NULL), AK_OK);
			c = ak_json_copy(v);
			set_at(c, row[i].pointer, ak_json_copy(ak_json_at(box, 0)));
			is(ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "container.since", row[i].pointer);
			ak_json_free(c);
			ak_json_free(box);
		}
		ak_json_free(v);
		ak_text_free(&about);
		ak_text_free(&b);
	}
	demo_close(&d);
}

/* ---- every bit --------------------------------------------------------------------------------------------------- */

/* As ak_bundle_pack, in one stored block: quick to make. */
static void pack_stored(ak_span text, ak_buf *out)
{
	static const uint8_t frame[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 1 };
	uint16_t n = (uint16_t)text.len, complement = (uint16_t)~n;
	uint32_t crc = (uint32_t)crc32(0, text.data, (uInt)text.len);
	const uint8_t lengths[] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)complement, (uint8_t)(complement >> 8) };
	const uint8_t end[] = { (uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16), (uint8_t)(crc >> 24), (uint8_t)n, (uint8_t)(n >> 8), 0, 0 };

	assert_true(text.len <= UINT16_MAX);
	out->len = 0;
	assert_int_equal(ak_buf_add(out, frame, sizeof(frame), NULL), AK_OK);
	assert_int_equal(ak_buf_add(out, lengths, sizeof(lengths), NULL), AK_OK);
	assert_int_equal(ak_buf_add_span(out, text, NULL), AK_OK);
	assert_int_equal(ak_buf_add(out, end, sizeof(end), NULL), AK_OK);
}

static void no_bit_of_the_text_is_idle(void **state)
{
	demo d;
	ak_json *v = play(*state, 0, &d);
	ak_text b = close_bundle(v);
	size_t stride = oom_available() ? 3 : 101, n = 0, verdicts = 0; /* sanitizers are slow */
	ak_buf text, file;

	ak_json_free(v);
	ak_buf_init(&text, 1);
	ak_buf_init(&file, AK_BUNDLE_FILE_MAX);
	assert_int_equal(ak_bundle_unpack(span_of(&b), &text, NULL), AK_OK);
	/* A bit of every third byte; every bit of what evidence is made of is flipped in test_bits.c, of the form in test_form.c. */
	for (size_t i = 0; i < text.len; i += stride) {
		said s;

		text.data[i] ^= (uint8_t)(1 << i % 8);
		pack_stored(ak_buf_span(&text), &file);
		s = ask(&d.w, &(ak_text){ (char *)file.data, file.len }, DEMO_LISTED);
		if (s.status == AK_OK && s.verdict != AK_VERDICT_INVALID && s.verdict != AK_VERDICT_UNVERIFIABLE)
			fail_msg("byte %zu: %s (%s)", i, ak_verdict_name(s.verdict), s.reason);
		if (ak_status_class(s.status) == AK_CLASS_USAGE)
			fail_msg("byte %zu: %s", i, ak_status_name(s.status));
		verdicts += s.status == AK_OK;
		text.data[i] ^= (uint8_t)(1 << i % 8);
		n++;
	}
	pack_stored(ak_buf_span(&text), &file);
	is(ask(&d.w, &(ak_text){ (char *)file.data, file.len }, DEMO_LISTED), AK_VERDICT_VALID, "", "", "", "as it was");
	print_message("%zu of %zu bytes flipped, %zu were judged\n", n, text.len, verdicts);
	ak_buf_clear(&text);
	ak_buf_clear(&file);
	ak_text_free(&b);
	demo_close(&d);
}

static void no_byte_of_the_file_is_idle(void **state)
{
	demo d;
	ak_json *v = play(*state, 0, &d);
	ak_text b = close_bundle(v);
	ak_buf whole, out;
	size_t same_text = 0;

	ak_json_free(v);
	ak_buf_init(&whole, 1);
	assert_int_equal(ak_bundle_unpack(span_of(&b), &whole, NULL), AK_OK);
	for (size_t i = 0; i < b.len; i++) {
		ak_buf_init(&out, 1);
		b.data[i] = (char)(b.data[i] ^ 1 << i % 8);
		if (ak_bundle_unpack(span_of(&b), &out, NULL) == AK_OK) {
			/* Deflate can say one thing in two ways; what comes out must be the same then. */
			assert_true(ak_span_eq(ak_buf_span(&out), ak_buf_span(&whole)));
			same_text++;
		}
		b.data[i] = (char)(b.data[i] ^ 1 << i % 8);
		ak_buf_clear(&out);
	}
	for (size_t cut = 0; cut < b.len; cut += 7) {
		const ak_text less = { b.data, cut };

		is_status(ask(&d.w, &less, DEMO_LISTED), AK_BAD_FORMAT, cut < 10 ? "container.header" : "container.gzip", "cut");
	}
	print_message("%zu bytes, %zu flips say the same in another way\n", b.len, same_text);
	assert_true(same_text <= b.len / 100);
	ak_buf_clear(&whole);
	ak_text_free(&b);
	demo_close(&d);
}

/* ---- out of memory ----------------------------------------------------------------------------------------------- */

typedef struct starving {
	world *w;
	ak_text bundle;
	size_t wrong;
} starving;

static ak_status verify_once(void *ctx)
{
	starving *s = ctx;
	const ak_verify_options o = { .trust = span_of(&s->w->trust), .as_of = DEMO_LISTED, .now = s->w->now };
	ak_verdict verdict = AK_VERDICT_INVALID;
	ak_text json = { 0 };
	ak_status st = ak_bundle_verify(span_of(&s->bundle), &o, &verdict, &json, NULL);

	if (st == AK_OK && (verdict != AK_VERDICT_VALID || json.len == 0))
		s->wrong++;
	ak_text_free(&json);
	return st;
}

static ak_status describe_once(void *ctx)
{
	const starving *s = ctx;
	ak_text json = { 0 };
	ak_status st = ak_bundle_describe(span_of(&s->bundle), &json, NULL);

	ak_text_free(&json);
	return st;
}

static void running_out_of_memory_is_no_verdict(void **state)
{
	const oom_plan plan = { .points = OOM_POINTS, .may_keep = true };
	starving s = { 0 };
	demo d;
	ak_json *v = play(*state, 0, &d);

	s.bundle = close_bundle(v);
	s.w = &d.w;
	oom_sweep_plan("verify a bundle", verify_once, &s, &plan);
	oom_sweep_plan("describe a bundle", describe_once, &s, &plan);
	assert_int_equal(s.wrong, 0);
	ak_json_free(v);
	ak_text_free(&s.bundle);
	demo_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ismap_bundles_say_what_their_ledger_says),
		cmocka_unit_test(the_same_state_gives_the_same_bytes),
		cmocka_unit_test(what_cannot_be_bundled),
		cmocka_unit_test(it_is_about_what_it_is_about),
		cmocka_unit_test(nothing_can_be_left_out),
		cmocka_unit_test(nothing_can_be_left_out_of_an_ismap_chain),
		cmocka_unit_test(the_ids_of_all_records_cannot_be_left_out),
		cmocka_unit_test(nothing_can_be_added),
		cmocka_unit_test(a_whole_story_cannot_be_added_either),
		cmocka_unit_test(parts_cannot_be_exchanged),
		cmocka_unit_test(an_older_header_is_not_the_newest),
		cmocka_unit_test(heads_cannot_be_exchanged),
		cmocka_unit_test(a_consistency_proof_holds_or_all_is_lost),
		cmocka_unit_test(no_bit_of_the_text_is_idle),
		cmocka_unit_test(no_byte_of_the_file_is_idle),
		cmocka_unit_test(running_out_of_memory_is_no_verdict),
	};

	return cmocka_run_group_tests_name("bundle", tests, demo_group_open, demo_group_close);
}
