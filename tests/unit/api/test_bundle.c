/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles of whole ledgers: that they say what their ledger says, and what becomes of those from which something is left out. */
#include "bundles.h"
#include "oom.h"
#include "tried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BUNDLE_AIM = 64 * 1024 };

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
		bundle = bundles_make(&w, NULL, LISTING, i % 2 == 0 ? 0 : 9);
		biggest = bundle.len > biggest ? bundle.len : biggest;
		for (size_t d = 0; d < sizeof(days) / sizeof(days[0]); d++) {
			bundles_same(&w, &bundle, &(ak_verify_options){ .listing = LISTING, .as_of = days[d] });
			bundles_same(&w, &bundle, &(ak_verify_options){ .listing = LISTING, .as_of = days[d], .known_at = attack_size(&w) - 2 });
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
	a = bundles_make(&d.w, "demo", "L0", 0);
	/* Whatever way the ledger was read before, and from an index made anew. */
	ak_ledger_free(&d.w.l);
	assert_int_equal(ak_ledger_open(d.w.ledger, &d.w.l, NULL), AK_OK);
	assert_int_equal(ak_books_rebuild(d.w.l->b, NULL), AK_OK);
	b = bundles_make(&d.w, "demo", "L0", 0);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assert_int_equal(ak_bundle_describe(bundles_span(&a), &about, NULL), AK_OK);
	assert_int_equal(ak_json_parse(bundles_span(&about), &v, NULL), AK_OK);
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

		assert_int_equal(ak_ledger_bundle(d->w.l, row[i].scheme, row[i].listing, row[i].since, false, &t, &err), AK_INVALID_ARGUMENT);
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
	b = bundles_make(&d.w, "demo", "L0", 0);
	bundles_is(bundles_ask_with(&d.w, &b, (ak_verify_options){ .subject = "demo/listing:L0", .scheme = "demo", .listing = "L0", .as_of = DEMO_LISTED }),
	   AK_VERDICT_VALID, "", "", "", "asked for by name");
	bundles_refused(bundles_ask_with(&d.w, &b, (ak_verify_options){ .subject = "demo/listing:L1" }), AK_NOT_FOUND, "bundle.subject", "another subject");
	bundles_is(bundles_ask_with(&d.w, &b, (ak_verify_options){ .subject = "L0", .as_of = DEMO_LISTED }), AK_VERDICT_VALID, "", "", "", "a bare name");
	bundles_refused(bundles_ask_with(&d.w, &b, (ak_verify_options){ .subject = "L1" }), AK_NOT_FOUND, "bundle.subject", "another bare name");
	bundles_refused(bundles_ask_with(&d.w, &b, (ak_verify_options){ .listing = "L1" }), AK_NOT_FOUND, "bundle.subject", "another listing");
	bundles_refused(bundles_ask_with(&d.w, &b, (ak_verify_options){ .scheme = "ismap" }), AK_NOT_FOUND, "bundle.subject", "another scheme");
	bundles_refused(bundles_ask_with(&d.w, &b, (ak_verify_options){ .known_at = 100 }), AK_INVALID_ARGUMENT, "known_at", "more than there is");
	bundles_refused(bundles_ask_with(&d.w, &b, (ak_verify_options){ .as_of = "tomorrow" }), AK_INVALID_ARGUMENT, "as_of", "no day");
	ak_text_free(&b);
	demo_close(&d);
}

/* ---- leaving out ------------------------------------------------------------------------------------------------- */
/* It is missed that something is missing, and nothing else is concluded: neither good, nor that somebody broke a rule. */
static void is_incomplete(bundles_said s, const char *what)
{
	bundles_is(s, AK_VERDICT_UNVERIFIABLE, "completeness", "closure", "", what);
	if (s.found != 0)
		fail_msg("%s: %zu findings and warnings on what is not all there", what, s.found);
}

/* What is missing is missed, as what it is. */
static void leave_out_each(world *w, const ak_json *v, const char *as_of, const char *what)
{
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "records")); i++) {
		ak_json *less = bundles_without(v, "records", i);
		bundles_said s = bundles_ask_json(w, less, as_of);
		char name[80];

		(void)snprintf(name, sizeof(name), "%s without record %zu", what, i);
		if (i == 0)
			bundles_is(s, AK_VERDICT_INVALID, "tampered", "records", "container.records", name);
		else if (strcmp(s.check, "checkpoint") == 0) /* a keyset that the head needs */
			bundles_is(s, AK_VERDICT_INVALID, "tampered", "checkpoint", s.where, name);
		else
			bundles_is(s, AK_VERDICT_INVALID, "tampered", "map", "map.count", name);
		ak_json_free(less);
	}
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "subjects")); i++) {
		ak_json *less = bundles_without(v, "subjects", i);

		is_incomplete(bundles_ask_json(w, less, as_of), what);
		ak_json_free(less);
	}
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "bases")); i++) {
		ak_json *less = bundles_without(v, "bases", i);

		is_incomplete(bundles_ask_json(w, less, as_of), what);
		ak_json_free(less);
	}
}

/* Does line 2 say it?  Of a profile record the package may be cut out of it. */
static bool says(const ak_json *record, const char *quoted)
{
	const ak_json *line = ak_json_get(record, "statement");

	for (size_t i = 0; i < ak_json_len(line); i++) {
		if (strstr((const char *)ak_json_text(ak_json_at(line, i)).data, quoted) != NULL)
			return true;
	}
	return ak_json_is(line, AK_JSON_STRING) && strstr((const char *)ak_json_text(line).data, quoted) != NULL;
}

/* Of the records that name `quoted`, every other subject too. */
static void drop_subjects_of_the_gone(ak_json *less, const ak_json *records, const char *quoted)
{
	const ak_json *subjects = ak_json_get(less, "subjects");
	ak_json *kept = ak_json_new_array();

	for (size_t i = 0; i < ak_json_len(subjects); i++) {
		const char *id = ak_json_get_str(ak_json_at(subjects, i), "id");
		bool gone = false;
		char other[160];

		(void)snprintf(other, sizeof(other), "\"%s\"", id);
		for (size_t k = 0; k < ak_json_len(records); k++) {
			const ak_json *r = ak_json_at(records, k);

			gone = gone || (says(r, quoted) && says(r, other));
		}
		if (!gone)
			assert_int_equal(ak_json_add(kept, ak_json_copy(ak_json_at(subjects, i)), NULL), AK_OK);
	}
	assert_int_equal(ak_json_set(less, "subjects", kept, NULL), AK_OK);
}

/* A subject and, with it, every record about it and what else those are about: nothing is left to contradict what is left. */
static void leave_out_with_its_records(world *w, const ak_json *v, const char *as_of, const char *what)
{
	size_t tampered = 0;

	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "subjects")); i++) {
		ak_json *less = bundles_without(v, "subjects", i), *kept = ak_json_new_array();
		const char *id = ak_json_get_str(ak_json_at(ak_json_get(v, "subjects"), i), "id");
		const ak_json *records = ak_json_get(v, "records");
		char quoted[160];
		bundles_said s;

		(void)snprintf(quoted, sizeof(quoted), "\"%s\"", id);
		for (size_t k = 0; k < ak_json_len(records); k++) {
			if (!says(ak_json_at(records, k), quoted))
				assert_int_equal(ak_json_add(kept, ak_json_copy(ak_json_at(records, k)), NULL), AK_OK);
		}
		assert_int_equal(ak_json_set(less, "records", kept, NULL), AK_OK);
		drop_subjects_of_the_gone(less, records, quoted);
		s = bundles_ask_json(w, less, as_of);
		/* Other subjects of those records have too few now, or a keyset is gone that the head needs. */
		if (strcmp(s.reason, "tampered") == 0 &&
		    (strcmp(s.where, "map.count") == 0 || strcmp(s.check, "checkpoint") == 0 || strcmp(s.where, "container.records") == 0))
			tampered++;
		else
			is_incomplete(s, id);
		ak_json_free(less);
	}
	print_message("%s: %zu of %zu are missed before closure\n", what, tampered, ak_json_len(ak_json_get(v, "subjects")));
	assert_true(tampered < ak_json_len(ak_json_get(v, "subjects")) / 2);
}

static void nothing_can_be_left_out(void **state)
{
	for (size_t i = 0; i < BUNDLES_SCENES; i++) {
		demo d;
		ak_json *v = bundles_play(*state, i, &d);

		leave_out_each(&d.w, v, DEMO_LISTED, bundles_scenes[i].name);
		leave_out_with_its_records(&d.w, v, DEMO_LISTED, bundles_scenes[i].name);
		ak_json_free(v);
		demo_close(&d);
	}
}

#define DEFERRED "{\"listing\":\"C23-0001-2\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"2023-05-01\",\"meeting\":\"第9回\"}"
#define DELETED "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"提供終了\"}"

/* What is left may look as if somebody had not been registered, or had no authority: that must not be said. */
static void nothing_can_be_left_out_of_an_ismap_chain(void **state)
{
	static const struct { const char *name; bool deleted; ak_verdict verdict; const char *reason; } row[] = {
		{ "a valid listing of ISMAP", false, AK_VERDICT_VALID, "" },
		{ "a deleted listing of ISMAP", true, AK_VERDICT_INVALID, "rules" },
	};
	world w;

	(void)state;
	if (!oom_available())
		skip(); /* the same checks as above, slower */
	world_open(&w);
	/* About another listing, so that of the base of what follows only the header is in the bundle. */
	(void)world_add(&w, "other", "decision", NULL, DEFERRED, NULL);
	world_play(&w, "first");
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_text b;
		ak_json *v;

		if (row[i].deleted)
			(void)world_add(&w, "gone", "deletion", NULL, DELETED, NULL);
		b = bundles_make(&w, NULL, LISTING, 0);
		v = bundles_open(&b);
		bundles_is(bundles_ask(&w, &b, LISTED_ON), row[i].verdict, row[i].reason, "", "", row[i].name);
		assert_true(ak_json_len(ak_json_get(v, "bases")) > 0);
		leave_out_each(&w, v, LISTED_ON, row[i].name);
		leave_out_with_its_records(&w, v, LISTED_ON, row[i].name);
		ak_json_free(v);
		ak_text_free(&b);
	}
	world_close(&w);
}

/* Ids of all records show that a base is nowhere; without them it is only missing. */
static void the_ids_of_all_records_cannot_be_left_out(void **state)
{
	demo d;
	ak_json *v = bundles_play(*state, BUNDLES_SCENES - 1, &d), *copy;
	ak_json *leaves = ak_json_copy(ak_json_get(v, "leaves"));

	assert_int_equal(ak_json_len(leaves), attack_size(&d.w));
	copy = ak_json_copy(v);
	ak_json_remove(copy, "leaves");
	bundles_is(bundles_ask_json(&d.w, copy, DEMO_LISTED), AK_VERDICT_UNVERIFIABLE, "completeness", "closure", "", "no ids");
	ak_json_free(copy);
	copy = bundles_without(v, "leaves", 2);
	bundles_is(bundles_ask_json(&d.w, copy, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "container.leaves", "an id less");
	bundles_set(copy, "/leaves", leaves);
	bundles_set(copy, "/leaves/1", ak_json_copy(ak_json_pointer(v, ak_span_str("/leaves/0"))));
	bundles_is(bundles_ask_json(&d.w, copy, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "container", "container.leaves", "an id twice");
	bundles_set(copy, "/leaves/1", ak_json_new_str("sha256:0000000000000000000000000000000000000000000000000000000000000001"));
	bundles_is(bundles_ask_json(&d.w, copy, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "container.leaves", "another id");
	ak_json_free(copy);
	ak_json_free(v);
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
	};

	tried_once();
	return cmocka_run_group_tests_name("bundle", tests, demo_group_open, demo_group_close);
}
