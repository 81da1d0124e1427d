/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are made to cost whoever looks at them: some hundred kilobytes that unpack to 60 MiB, and would become gigabytes of values,
 * or hours of signatures.  They are refused before, and nothing is said about the listing. */
#include "bundles.h"

#include "base/text.h"
#include "bundle/bundle.h"
#include "codec/jcs.h"
#include "crypto/hash.h"
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define NO_SIGNATURES "{\"signatures\":[],\"timestamps\":[]}"

enum {
	SIZE = 1000000,            /* of the ledger that these files make up */
	MOST = 512 * 1024 * 1024,  /* bytes that looking at one of them may take */
	SECONDS = 60,              /* also under a sanitizer, on a busy machine */
};

static const char no_digest[] = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/* A record as its header says, under no head at all. */
static ak_json *record_of(uint64_t seq, const char *statement, const char *signatures)
{
	char digest[2][AK_DIGEST_TEXT_LEN + 1], header[512];
	ak_json *r = ak_json_new_object();
	ak_digest d;

	ak_sha256(ak_span_str(statement), &d);
	ak_digest_format(&d, digest[0]);
	ak_sha256(ak_span_str(signatures), &d);
	ak_digest_format(&d, digest[1]);
	(void)snprintf(header, sizeof(header), "{\"prev\":\"%s\",\"seq\":%llu,\"signatures\":\"%s\",\"statement\":\"%s\",\"subjects\":\"%s\","
	               "\"time\":\"2026-06-01T00:00:00Z\",\"v\":1}", no_digest, (unsigned long long)seq, digest[1], digest[0], no_digest);
	bundles_set(r, "/header", ak_json_new_str(header));
	bundles_set(r, "/proof", ak_json_new_array());
	bundles_set(r, "/seq", ak_json_new_int((int64_t)seq));
	bundles_set(r, "/signatures", ak_json_new_str(signatures));
	bundles_set(r, "/statement", ak_json_new_str(statement));
	return r;
}

/* The head says what it likes; record 0 is the true one. */
static ak_json *of_size(const ak_json *honest, ak_json *records)
{
	ak_json *v = ak_json_copy(honest), *last = record_of(SIZE - 1, NO_SIGNATURES, NO_SIGNATURES);
	char size[24];

	(void)snprintf(size, sizeof(size), "%d", SIZE);
	bundles_set(v, "/checkpoint/1", ak_json_new_str(size));
	bundles_set(v, "/last/header", ak_json_copy(ak_json_get(last, "header")));
	bundles_set(v, "/last/seq", ak_json_new_int(SIZE - 1));
	bundles_set(v, "/records", records);
	ak_json_free(last);
	return v;
}

static ak_json *first_record(const ak_json *honest)
{
	ak_json *list = ak_json_new_array();

	assert_int_equal(ak_json_add(list, ak_json_copy(ak_json_at(ak_json_get(honest, "records"), 0)), NULL), AK_OK);
	return list;
}

static char *repeated(const char *open, const char *item, size_t n, const char *close)
{
	const size_t len = strlen(item);
	char *s = malloc(strlen(open) + n * len + strlen(close) + 1), *at = s;

	assert_non_null(s);
	at += snprintf(at, strlen(open) + 1, "%s", open);
	for (size_t i = 0; i < n; i++, at += len)
		memcpy(at, item, len);
	(void)snprintf(at, strlen(close) + 1, "%s", close);
	return s;
}

/* What no compressor makes shorter than half. */
static char *noise(size_t n)
{
	char *s = repeated("{\"x\":\"", "0", n, "\"}");
	uint32_t x = 2463534242u;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13, x ^= x >> 17, x ^= x << 5;
		s[6 + i] = "0123456789abcdef"[x >> 28];
	}
	return s;
}

/* What is said of it, in bounded memory and time; takes the document. */
static bundles_said said_of(world *w, ak_json *v, const char *what, size_t at_most)
{
	ak_text t = bundles_close(v);
	time_t start;
	bundles_said s;
	size_t peak;

	ak_json_free(v);
	assert_true(t.len < at_most);
	start = time(NULL);
	oom_weigh();
	s = bundles_ask(w, &t, DEMO_LISTED);
	peak = oom_peak();
	if (peak > MOST)
		fail_msg("%s: %zu bytes for a file of %zu", what, peak, t.len);
	assert_true(time(NULL) - start <= SECONDS);
	ak_text_free(&t);
	return s;
}

static void is_refused(world *w, ak_json *v, const char *where, size_t at_most)
{
	bundles_refused(said_of(w, v, where, at_most), AK_LIMIT, where, where);
}

static void values_are_counted_before_they_are_made(void **state)
{
	static const struct { const char *text; size_t n; } count[] = {
		{ "{}", 1 }, { "[]", 1 }, { "[0]", 2 }, { "[0,0]", 3 }, { "[[],[[]]]", 4 }, { "{\"a\":{\"b\":[1,2],\"c\":\"[,{\"},\"d\":\"\\\",\"}", 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(count) / sizeof(count[0]); i++)
		assert_int_equal(ak_json_count(ak_span_str(count[i].text)), count[i].n);
}

/* A statement of the form of that one, with `n` values in an array in its body. */
static char *statement_of(const ak_json *record, size_t n)
{
	ak_json *s = NULL, *body = ak_json_new_object();
	char *open, *hole, *values, *full;
	size_t room;
	ak_buf text;

	assert_int_equal(ak_json_parse(ak_json_get_text(record, "statement"), &s, NULL), AK_OK);
	bundles_set(body, "/x", ak_json_new_str("@"));
	bundles_set(s, "/predicate/body", body);
	bundles_set(s, "/predicateType", ak_json_new_str("urn:akashi:filler:v1")); /* nobody knows it, so a ledger that holds it opens */
	ak_buf_init(&text, AK_STATEMENT_MAX);
	assert_int_equal(ak_jcs_write(s, &text, NULL), AK_OK);
	open = ak_span_dup(ak_buf_span(&text));
	assert_non_null(open);
	hole = strstr(open, "\"@\"");
	assert_non_null(hole);
	*hole = '\0';
	values = repeated("[{}", ",{}", n - 1, "]");
	room = strlen(open) + strlen(values) + strlen(hole + 3) + 1;
	full = malloc(room);
	assert_non_null(full);
	(void)snprintf(full, room, "%s%s%s", open, values, hole + 3);
	free(values);
	ak_mem_free(open);
	ak_buf_clear(&text);
	ak_json_free(s);
	return full;
}

/* ... with as many as fit. */
static char *full_statement(const ak_json *record)
{
	return statement_of(record, (AK_STATEMENT_MAX - 4096) / 3 + 1);
}

/* Each record is as its header says, and full of values. */
static void records_full_of_values_are_not_read(void **state)
{
	demo d;
	ak_text b;
	ak_json *honest, *list;
	const ak_json *newest;
	char *full, *signs, *junk = noise(250000);

	demo_branch(*state, &d);
	demo_listing(&d);
	b = bundles_make(&d.w, "demo", "L0", 0);
	honest = bundles_open(&b);
	list = first_record(honest);
	newest = ak_json_at(ak_json_get(honest, "records"), ak_json_len(ak_json_get(honest, "records")) - 1);
	full = full_statement(newest);
	signs = ak_span_dup(ak_json_get_text(newest, "signatures"));
	for (uint64_t i = 1; i <= 14; i++)
		assert_int_equal(ak_json_add(list, record_of(i, full, i > 12 ? junk : signs), NULL), AK_OK);
	is_refused(&d.w, of_size(honest, list), "evidence.values", 450000);
	free(full);
	free(junk);
	ak_mem_free(signs);
	ak_json_free(honest);
	ak_text_free(&b);
	demo_close(&d);
}

/* ---- each limit by itself ----------------------------------------------------------------------------------------- */

enum { BEYOND_UNSIGNED = 600000 }; /* values: over AK_EVIDENCE_VALUES_UNSIGNED, below AK_EVIDENCE_VALUES_MAX */

/* The operator lays `n` records of so many values on the ledger; the bundle shows them under its head, with the records that it had
 * before, each with its proof.  Which subjects they are about does not matter: nothing gets that far. */
static ak_json *laid(demo *d, size_t n, size_t values)
{
	ak_text b = bundles_make(&d->w, "demo", "L0", 0);
	ak_json *v = bundles_open(&b), *note = ak_json_new_array();
	const ak_json *old = ak_json_get(v, "records");
	const uint64_t before = attack_size(&d->w);
	ak_json *list = ak_json_new_array(), *last = NULL;
	ak_span rest, line;

	for (size_t i = 0; i < n; i++) {
		const ak_json *newest = ak_json_at(old, ak_json_len(old) - 1);
		char *full = statement_of(newest, values + i); /* no statement twice */

		world_forge(&d->w, &(forgery){ .statement = ak_span_str(full), .signatures = ak_json_get_text(newest, "signatures") });
		free(full);
	}
	for (size_t i = 0; i < ak_json_len(old) + n; i++) {
		const ak_source *src = &d->w.l->b->source;
		int64_t seq = (int64_t)(before + i - ak_json_len(old));
		ak_json *r = ak_json_new_object(), *path = ak_json_new_array();
		ak_tree_proof proof = { 0 };
		ak_lines l;
		ak_buf file;

		if (i < ak_json_len(old))
			assert_true(ak_json_int(ak_json_get(ak_json_at(old, i), "seq"), &seq));
		ak_buf_init(&file, AK_HEADER_MAX + AK_STATEMENT_MAX + AK_SIGNATURES_MAX + 3);
		assert_int_equal(src->record(src->ctx, (uint64_t)seq, &file, NULL), AK_OK);
		assert_int_equal(ak_record_split(ak_buf_span(&file), &l, NULL), AK_OK);
		assert_int_equal(src->prove_record(src->ctx, (uint64_t)seq, &proof, NULL), AK_OK);
		for (size_t k = 0; k < proof.n; k++)
			assert_int_equal(ak_json_add(path, ak_json_new_digest(&proof.hash[k]), NULL), AK_OK);
		bundles_set(r, "/header", ak_json_new_text(l.header));
		bundles_set(r, "/proof", path);
		bundles_set(r, "/seq", ak_json_new_int(seq));
		last = ak_json_copy(r);
		bundles_set(r, "/signatures", ak_json_new_text(l.signatures));
		bundles_set(r, "/statement", ak_json_new_text(l.statement));
		assert_int_equal(ak_json_add(list, r, NULL), AK_OK);
		if (i + 1 == ak_json_len(old) + n)
			bundles_set(v, "/last", last);
		else
			ak_json_free(last);
		ak_buf_clear(&file);
	}
	for (rest = ak_buf_span(&d->w.l->b->head.checkpoint); ak_span_line(&rest, &line);)
		assert_int_equal(ak_json_add(note, ak_json_new_text(line), NULL), AK_OK);
	bundles_set(v, "/checkpoint", note);
	bundles_set(v, "/records", list);
	bundles_set(v, "/bases", ak_json_new_array());
	ak_text_free(&b);
	return v;
}

/* What the operator signed is read, though it is more than a stranger may send. */
static void many_values_are_read_where_the_operator_signed_them(void **state)
{
	bundles_said s;
	ak_json *v;
	demo d;

	demo_branch(*state, &d);
	demo_listing(&d);
	v = laid(&d, 1, BEYOND_UNSIGNED);
	s = bundles_ask_json(&d.w, v, DEMO_LISTED);
	assert_int_equal(s.status, AK_OK);
	ak_json_free(v);
	demo_close(&d);
}

/* All of them are under this head, and the head is nobody's. */
static void many_values_under_a_forged_head_are_not_read(void **state)
{
	ak_json *v, *lines;
	char *signature, *at;
	demo d;

	demo_branch(*state, &d);
	demo_listing(&d);
	v = laid(&d, 1, BEYOND_UNSIGNED);
	lines = ak_json_copy(ak_json_get(v, "checkpoint"));
	signature = ak_span_dup(ak_json_text(ak_json_at(lines, 4)));
	assert_non_null(signature);
	at = signature + strlen(signature) - 8;
	*at = *at == 'A' ? 'B' : 'A';
	ak_json_free(lines);
	bundles_set(v, "/checkpoint/4", ak_json_new_str(signature));
	ak_mem_free(signature);
	is_refused(&d.w, v, "evidence.values", 450000);
	demo_close(&d);
}

/* The head is the operator's, and they are not under it. */
static void many_values_beside_a_true_head_are_not_read(void **state)
{
	ak_json *v, *fake;
	const ak_json *records, *newest;
	char *full;
	ak_text b;
	int64_t seq = 0;
	char place[40];
	demo d;

	demo_branch(*state, &d);
	demo_listing(&d);
	b = bundles_make(&d.w, "demo", "L0", 0);
	v = bundles_open(&b);
	records = ak_json_get(v, "records");
	newest = ak_json_at(records, ak_json_len(records) - 1);
	assert_true(ak_json_int(ak_json_get(newest, "seq"), &seq));
	full = statement_of(newest, BEYOND_UNSIGNED);
	fake = record_of((uint64_t)seq, full, NO_SIGNATURES);
	bundles_set(fake, "/proof", ak_json_copy(ak_json_get(newest, "proof")));
	(void)snprintf(place, sizeof(place), "/records/%zu", ak_json_len(records) - 1);
	bundles_set(v, place, fake);
	is_refused(&d.w, v, "evidence.values", 450000);
	free(full);
	ak_text_free(&b);
	demo_close(&d);
}

/* More than two records as full as can be are nobody's need, whoever signed them. */
static void more_values_than_anybody_needs_are_not_read(void **state)
{
	char *junk = noise(250000);
	ak_json *v;
	demo d;

	demo_branch(*state, &d);
	demo_listing(&d);
	v = laid(&d, 4, 1350000);
	bundles_set(v, "/records/1/signatures", ak_json_new_str(junk)); /* else it packs too well */
	is_refused(&d.w, v, "evidence.values", 450000);
	free(junk);
	demo_close(&d);
}

static void nor_is_a_document_full_of_values(void **state)
{
	demo d;
	ak_text b;
	ak_json *v, *leaves = ak_json_new_array();
	char *junk = noise(250000);

	demo_branch(*state, &d);
	demo_listing(&d);
	b = bundles_make(&d.w, "demo", "L0", 0);
	v = bundles_open(&b);
	for (size_t i = 0; i < AK_BUNDLE_VALUES_MAX; i++)
		assert_int_equal(ak_json_add(leaves, ak_json_new_object(), NULL), AK_OK);
	bundles_set(v, "/leaves", leaves);
	bundles_set(v, "/records/1/signatures", ak_json_new_str(junk));
	is_refused(&d.w, v, "json.values", 300000);
	free(junk);
	ak_text_free(&b);
	demo_close(&d);
}

/* Whoever made the file claims rotation after rotation: each would be tried before the head is. */
static void rotations_without_end_are_not_tried(void **state)
{
	demo d;
	ak_text b;
	ak_json *honest, *list, *next = NULL;
	ak_buf text;

	demo_branch(*state, &d);
	demo_listing(&d);
	b = bundles_make(&d.w, "demo", "L0", 0);
	honest = bundles_open(&b);
	list = first_record(honest);
	{
		ak_span line = ak_json_get_text(ak_json_at(list, 0), "statement"), signatures = ak_json_get_text(ak_json_at(list, 0), "signatures");
		char *signs = ak_span_dup(signatures);

		assert_non_null(signs);
		assert_int_equal(ak_json_parse(line, &next, NULL), AK_OK);
		for (uint64_t i = 1; i <= AK_EVIDENCE_KEYSETS_MAX; i++) {
			bundles_set(next, "/predicate/body/number", ak_json_new_int((int64_t)i + 1));
			ak_buf_init(&text, AK_STATEMENT_MAX);
			assert_int_equal(ak_jcs_write(next, &text, NULL), AK_OK);
			assert_int_equal(ak_buf_add_byte(&text, 0, NULL), AK_OK);
			assert_int_equal(ak_json_add(list, record_of(i, (const char *)text.data, signs), NULL), AK_OK);
			ak_buf_clear(&text);
		}
		ak_mem_free(signs);
	}
	ak_json_free(next);
	is_refused(&d.w, of_size(honest, list), "evidence.keysets", 4 * 1024 * 1024);
	ak_json_free(honest);
	ak_text_free(&b);
	demo_close(&d);
}

/* Made-up ids of records; of 8192 no compressor makes less. */
static ak_json *ids(size_t n, uint64_t from)
{
	ak_json *list = ak_json_new_array();

	for (size_t i = 0; i < n; i++) {
		char id[AK_DIGEST_TEXT_LEN + 1];
		ak_digest d;

		(void)snprintf(id, sizeof(id), "sha256:%064llx", (unsigned long long)(from + i));
		if (i < 8192) {
			ak_sha256(ak_span_str(id), &d);
			ak_digest_format(&d, id);
		}
		assert_int_equal(ak_json_add(list, ak_json_new_str(id), NULL), AK_OK);
	}
	return list;
}

/* Each reference of each claimed keyset leads nowhere: whether it does is asked before anything shows that the operator signed. */
static void references_into_many_ids_are_looked_up_and_not_searched(void **state)
{
	enum { KEYSETS = 300, REFS = 250, LEAVES = 400000 };
	demo d;
	ak_text b;
	ak_json *honest, *list, *next = NULL, *refs = ak_json_new_array(), *v;
	ak_buf text;
	char *signs;

	demo_branch(*state, &d);
	demo_listing(&d);
	b = bundles_make(&d.w, "demo", "L0", 0);
	honest = bundles_open(&b);
	list = first_record(honest);
	signs = ak_span_dup(ak_json_get_text(ak_json_at(list, 0), "signatures"));
	assert_non_null(signs);
	assert_int_equal(ak_json_parse(ak_json_get_text(ak_json_at(list, 0), "statement"), &next, NULL), AK_OK);
	for (size_t i = 0; i < REFS; i++) {
		ak_json *ref = ak_json_new_object();
		char id[AK_DIGEST_TEXT_LEN + 1];

		(void)snprintf(id, sizeof(id), "sha256:%064zx", i + 1);
		bundles_set(ref, "/record", ak_json_new_str(id));
		bundles_set(ref, "/rel", ak_json_new_str("a"));
		assert_int_equal(ak_json_add(refs, ref, NULL), AK_OK);
	}
	bundles_set(next, "/predicate/refs", refs);
	for (uint64_t i = 1; i <= KEYSETS; i++) {
		bundles_set(next, "/predicate/body/number", ak_json_new_int((int64_t)i + 1));
		ak_buf_init(&text, AK_STATEMENT_MAX);
		assert_int_equal(ak_jcs_write(next, &text, NULL), AK_OK);
		assert_int_equal(ak_buf_add_byte(&text, 0, NULL), AK_OK);
		assert_int_equal(ak_json_add(list, record_of(i, (const char *)text.data, signs), NULL), AK_OK);
		ak_buf_clear(&text);
	}
	v = of_size(honest, list);
	bundles_set(v, "/leaves", ids(LEAVES, 1000));
	bundles_set(v, "/bases", ak_json_new_array());
	bundles_is(said_of(&d.w, v, "references", 8 * 1024 * 1024), AK_VERDICT_INVALID, "tampered", "checkpoint", "checkpoint.signature", "references");
	ak_mem_free(signs);
	ak_json_free(next);
	ak_json_free(honest);
	ak_text_free(&b);
	demo_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_counted_before_they_are_made),
		cmocka_unit_test(records_full_of_values_are_not_read),
		cmocka_unit_test(many_values_are_read_where_the_operator_signed_them),
		cmocka_unit_test(many_values_under_a_forged_head_are_not_read),
		cmocka_unit_test(many_values_beside_a_true_head_are_not_read),
		cmocka_unit_test(more_values_than_anybody_needs_are_not_read),
		cmocka_unit_test(nor_is_a_document_full_of_values),
		cmocka_unit_test(rotations_without_end_are_not_tried),
		cmocka_unit_test(references_into_many_ids_are_looked_up_and_not_searched),
	};

	return cmocka_run_group_tests_name("hostile bundles", tests, demo_group_open, demo_group_close);
}
