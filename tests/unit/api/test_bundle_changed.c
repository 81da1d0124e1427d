/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles of whole ledgers: what becomes of those to which something is added, and in which something is changed. */
#include "bundles.h"
#include "oom.h"

#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

enum { OOM_POINTS = 60 };

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
	one = bundles_make(&d.w, "demo", "L0", 0);
	other = bundles_make(&d.w, "demo", "L1", 0);
	v = bundles_open(&one);
	o = bundles_open(&other);
	bundles_is(bundles_ask_json(&d.w, v, DEMO_LISTED), AK_VERDICT_VALID, "", "", "", "as it is");
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
				bundles_said s = bundles_ask_json(&d.w, copy, DEMO_LISTED);

				added++;
				/* A subject without its records is not even proved. */
				if (strcmp(s.check, "map") == 0)
					bundles_is(s, AK_VERDICT_INVALID, "tampered", "map", "map.count", arrays[a]);
				else
					bundles_is(s, AK_VERDICT_INVALID, "tampered", "closure", "closure.surplus", arrays[a]);
			}
			ak_json_free(copy);
		}
	}
	assert_true(added >= 4); /* listing, deletion, base, subject */
	bundles_set(v, "/subject", ak_json_new_str("demo/listing:L1"));
	bundles_is(bundles_ask_json(&d.w, v, DEMO_LISTED), AK_VERDICT_UNVERIFIABLE, "completeness", "closure", "", "relabelled");
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
	bundles_is(bundles_ask(&d.w, &t, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "closure", "closure.surplus", "two listings");
	ak_text_free(&t);
	ak_bundle_clear(&b);
	/* The ids of all records where no base is in doubt. */
	t = bundles_make(&d.w, "demo", "L0", 0);
	v = bundles_open(&t);
	ak_text_free(&t);
	assert_int_equal(ak_evidence_draw(&d.w.l->b->source, ids, 1, ak_span_str("demo"), &b.e, NULL), AK_OK);
	assert_int_equal(ak_evidence_draw_leaves(&d.w.l->b->source, &b.e, NULL), AK_OK);
	{
		ak_json *leaves = ak_json_new_array();

		for (size_t i = 0; i < b.e.n_leaves; i++)
			assert_int_equal(ak_json_add(leaves, ak_json_new_digest(&b.e.leaf[i]), NULL), AK_OK);
		bundles_set(v, "/leaves", leaves);
	}
	bundles_is(bundles_ask_json(&d.w, v, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "closure", "closure.surplus", "ids");
	ak_bundle_clear(&b);
	ak_json_free(v);
	demo_close(&d);
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

static void parts_cannot_be_exchanged(void **state)
{
	demo d;
	ak_json *v = bundles_play(*state, 1, &d), *c;
	size_t n = ak_json_len(ak_json_get(v, "records"));
	static const char *const lines[] = { "header", "statement", "signatures", "proof", "seq" };

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof(lines) / sizeof(lines[0]); k++) {
			char to[60], from[60];
			bundles_said s;

			(void)snprintf(to, sizeof(to), "/records/%zu/%s", i, lines[k]);
			(void)snprintf(from, sizeof(from), "/records/%zu/%s", (i + 1) % n, lines[k]);
			c = ak_json_copy(v);
			bundles_set(c, to, ak_json_copy(ak_json_pointer(v, ak_span_str(from))));
			s = bundles_ask_json(&d.w, c, DEMO_LISTED);
			if (k == 4)
				bundles_refused(s, AK_BAD_FORMAT, "bundle.records", to);
			else
				bundles_is(s, AK_VERDICT_INVALID, "tampered", k == 3 ? "inclusion" : "records", s.where, to);
			ak_json_free(c);
		}
	}
	/* All of another record in its place: the seq is not its own, or it is there twice. */
	c = ak_json_copy(v);
	bundles_set(c, "/records/2", ak_json_copy(ak_json_pointer(v, ak_span_str("/records/3"))));
	bundles_refused(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_BAD_FORMAT, "bundle.records", "twice");
	bundles_set(c, "/records/2/seq", ak_json_copy(ak_json_pointer(v, ak_span_str("/records/2/seq"))));
	bundles_is(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "records", "header.seq", "another record");
	bundles_set(c, "/records/2", ak_json_copy(ak_json_pointer(v, ak_span_str("/records/3"))));
	bundles_set(c, "/records/3", ak_json_copy(ak_json_pointer(v, ak_span_str("/records/2"))));
	bundles_refused(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_BAD_FORMAT, "bundle.records", "reordered");
	ak_json_free(c);
	ak_json_free(v);
	demo_close(&d);
}

/* The newest header commits to everything before it.  An older one, with a proof that holds, would hide the deletion. */
static void an_older_header_is_not_the_newest(void **state)
{
	demo d;
	ak_json *v = bundles_play(*state, 1, &d), *c = ak_json_copy(v);
	size_t n = ak_json_len(ak_json_get(v, "records")), base = ak_json_len(ak_json_get(v, "bases"));
	char from[60];

	/* The deletion's own base, the header just before it, lies in the bundle with its proof. */
	assert_int_equal(base, 1);
	assert_int_equal(bundles_number(v, "/bases/0/seq"), bundles_number(v, "/last/seq") - 1);
	bundles_set(c, "/last", ak_json_copy(ak_json_pointer(v, ak_span_str("/bases/0"))));
	bundles_is(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "container", "container.last", "older header");
	ak_json_free(c);
	c = bundles_without(v, "records", n - 1);
	bundles_set(c, "/last", ak_json_copy(ak_json_pointer(v, ak_span_str("/bases/0"))));
	bundles_is(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "container", "container.last", "older header, no deletion");
	bundles_set(c, "/last/seq", ak_json_copy(ak_json_pointer(v, ak_span_str("/last/seq"))));
	bundles_is(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "header.seq", "older header under its seq");
	ak_json_free(c);
	/* Any other record's header, too. */
	for (size_t i = 0; i + 1 < n; i++) {
		c = ak_json_copy(v);
		(void)snprintf(from, sizeof(from), "/records/%zu/header", i);
		bundles_set(c, "/last/header", ak_json_copy(ak_json_pointer(v, ak_span_str(from))));
		bundles_is(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "header.seq", from);
		(void)snprintf(from, sizeof(from), "/records/%zu/proof", i);
		bundles_set(c, "/last/proof", ak_json_copy(ak_json_pointer(v, ak_span_str(from))));
		(void)snprintf(from, sizeof(from), "/records/%zu/seq", i);
		bundles_set(c, "/last/seq", ak_json_copy(ak_json_pointer(v, ak_span_str(from))));
		bundles_is(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "container", "container.last", from);
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
	before = bundles_make(&d.w, "demo", "L0", 0);
	(void)demo_add(&d, "deletion", "{\"listing\":\"L0\"}", NULL, 0, true, 2);
	after = bundles_make(&d.w, "demo", "L0", 0);
	o = bundles_open(&before);
	v = bundles_open(&after);
	bundles_is(bundles_ask(&d.w, &before, DEMO_LISTED), AK_VERDICT_VALID, "", "", "", "as known then");
	for (size_t i = 0; i < 2; i++) {
		c = ak_json_copy(o);
		bundles_set(c, parts[i], ak_json_copy(ak_json_pointer(v, ak_span_str(parts[i]))));
		bundles_is(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "container", "container.last", parts[i]);
		ak_json_free(c);
	}
	c = ak_json_copy(o);
	for (size_t i = 0; i < 2; i++)
		bundles_set(c, parts[i], ak_json_copy(ak_json_pointer(v, ak_span_str(parts[i]))));
	bundles_is(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "inclusion.root", "new head, old records");
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
		ak_text b = bundles_make(&d.w, "demo", "L0", since), about = { 0 };
		ak_json *v = bundles_open(&b), *c;

		assert_int_equal(ak_bundle_describe(bundles_span(&b), &about, NULL), AK_OK);
		assert_int_equal(bundles_number(v, "/since/size"), since);
		bundles_same(&d.w, &b, &(ak_verify_options){ .scheme = "demo", .listing = "L0", .as_of = DEMO_LISTED });
		for (size_t i = 0; since == 3 && i < sizeof(row) / sizeof(row[0]); i++) {
			ak_json *box = NULL;
			char text[100];

			(void)snprintf(text, sizeof(text), "[%s]", row[i].json);
			assert_int_equal(ak_json_parse(ak_span_str(text), &box, NULL), AK_OK);
			c = ak_json_copy(v);
			bundles_set(c, row[i].pointer, ak_json_copy(ak_json_at(box, 0)));
			bundles_is(bundles_ask_json(&d.w, c, DEMO_LISTED), AK_VERDICT_INVALID, "tampered", "inclusion", "container.since", row[i].pointer);
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
	ak_json *v = bundles_play(*state, 0, &d);
	ak_text b = bundles_close(v);
	size_t stride = oom_available() ? 3 : 101, n = 0, verdicts = 0; /* sanitizers are slow */
	ak_buf text, file;

	ak_json_free(v);
	ak_buf_init(&text, 1);
	ak_buf_init(&file, AK_BUNDLE_FILE_MAX);
	assert_int_equal(ak_bundle_unpack(bundles_span(&b), &text, NULL), AK_OK);
	/* A bit of every third byte; every bit of what evidence is made of is flipped in test_bits.c, of the form in test_form.c. */
	for (size_t i = 0; i < text.len; i += stride) {
		bundles_said s;

		text.data[i] ^= (uint8_t)(1 << i % 8);
		pack_stored(ak_buf_span(&text), &file);
		s = bundles_ask(&d.w, &(ak_text){ (char *)file.data, file.len }, DEMO_LISTED);
		if (s.status == AK_OK && s.verdict != AK_VERDICT_INVALID && s.verdict != AK_VERDICT_UNVERIFIABLE)
			fail_msg("byte %zu: %s (%s)", i, ak_verdict_name(s.verdict), s.reason);
		if (ak_status_class(s.status) == AK_CLASS_USAGE)
			fail_msg("byte %zu: %s", i, ak_status_name(s.status));
		verdicts += s.status == AK_OK;
		text.data[i] ^= (uint8_t)(1 << i % 8);
		n++;
	}
	pack_stored(ak_buf_span(&text), &file);
	bundles_is(bundles_ask(&d.w, &(ak_text){ (char *)file.data, file.len }, DEMO_LISTED), AK_VERDICT_VALID, "", "", "", "as it was");
	print_message("%zu of %zu bytes flipped, %zu were judged\n", n, text.len, verdicts);
	ak_buf_clear(&text);
	ak_buf_clear(&file);
	ak_text_free(&b);
	demo_close(&d);
}

static void no_byte_of_the_file_is_idle(void **state)
{
	demo d;
	ak_json *v = bundles_play(*state, 0, &d);
	ak_text b = bundles_close(v);
	ak_buf whole, out;
	size_t same_text = 0;

	ak_json_free(v);
	ak_buf_init(&whole, 1);
	assert_int_equal(ak_bundle_unpack(bundles_span(&b), &whole, NULL), AK_OK);
	for (size_t i = 0; i < b.len; i++) {
		ak_buf_init(&out, 1);
		b.data[i] = (char)(b.data[i] ^ 1 << i % 8);
		if (ak_bundle_unpack(bundles_span(&b), &out, NULL) == AK_OK) {
			/* Deflate can say one thing in two ways; what comes out must be the same then. */
			assert_true(ak_span_eq(ak_buf_span(&out), ak_buf_span(&whole)));
			same_text++;
		}
		b.data[i] = (char)(b.data[i] ^ 1 << i % 8);
		ak_buf_clear(&out);
	}
	for (size_t cut = 0; cut < b.len; cut += 7) {
		const ak_text less = { b.data, cut };

		bundles_refused(bundles_ask(&d.w, &less, DEMO_LISTED), AK_BAD_FORMAT, cut < 10 ? "container.header" : "container.gzip", "cut");
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
	const ak_verify_options o = { .trust = bundles_span(&s->w->trust), .as_of = DEMO_LISTED, .now = s->w->now };
	ak_verdict verdict = AK_VERDICT_INVALID;
	ak_text json = { 0 };
	ak_status st = ak_bundle_verify(bundles_span(&s->bundle), &o, &verdict, &json, NULL);

	if (st == AK_OK && (verdict != AK_VERDICT_VALID || json.len == 0))
		s->wrong++;
	ak_text_free(&json);
	return st;
}

static ak_status describe_once(void *ctx)
{
	const starving *s = ctx;
	ak_text json = { 0 };
	ak_status st = ak_bundle_describe(bundles_span(&s->bundle), &json, NULL);

	ak_text_free(&json);
	return st;
}

static void running_out_of_memory_is_no_verdict(void **state)
{
	const oom_plan plan = { .points = OOM_POINTS, .may_keep = true };
	starving s = { 0 };
	demo d;
	ak_json *v = bundles_play(*state, 0, &d);

	s.bundle = bundles_close(v);
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

	return cmocka_run_group_tests_name("bundle_changed", tests, demo_group_open, demo_group_close);
}
