/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of a bundle: one form, every member of it required, each refusal in its place. */
#include "bundle/bundle.h"
#include "codec/jcs.h"
#include "codec/note.h"
#include "crypto/hash.h"
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define D(c) "\"sha256:" c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c "\""
#define ONE D("0a")
#define TWO D("b1")

/* Well formed, and not true. */
static const char sample[] =
	"{\"akashi\":\"bundle/1\",\"bases\":[{\"header\":\"b\",\"proof\":[],\"seq\":1},{\"header\":\"c\",\"proof\":[" ONE "],\"seq\":4}],"
	"\"checkpoint\":[\"ledger.example/demo\",\"9\",\"AA==\",\"\",\"\u2014 ledger.example/demo AAAA\",\"\u2014 witness.example BBBB\"],"
	"\"last\":{\"header\":\"h\",\"proof\":[" ONE "," TWO "],\"seq\":8},\"leaves\":[" ONE "," TWO "],"
	"\"records\":[{\"header\":\"{\\\"a\\\":1}\",\"proof\":[" ONE "],\"seq\":0,\"signatures\":\"g\",\"statement\":\"日本\"},"
	"{\"header\":\"x\",\"proof\":[],\"seq\":3,\"signatures\":\"y\",\"statement\":\"z\"}],\"scheme\":\"demo\","
	"\"since\":{\"proof\":[" TWO "],\"root\":" ONE ",\"size\":3},\"subject\":\"demo/listing:L-1\","
	"\"subjects\":[{\"id\":\"akashi/keyset\",\"proof\":{\"chain\":" ONE ",\"count\":2,\"siblings\":[" ONE "]}},"
	"{\"id\":\"demo/listing:L-1\",\"proof\":{\"siblings\":[]}},"
	"{\"id\":\"demo/x:y\",\"proof\":{\"chain\":" ONE ",\"count\":1,\"key\":" TWO ",\"siblings\":[]}}]}";

static ak_json *value_of(const char *json)
{
	ak_json *box = NULL, *v;
	size_t len = strlen(json) + 3;
	char *text = malloc(len);

	assert_non_null(text);
	(void)snprintf(text, len, "[%s]", json);
	assert_int_equal(ak_json_parse(ak_span_str(text), &box, NULL), AK_OK);
	v = ak_json_copy(ak_json_at(box, 0));
	ak_json_free(box);
	free(text);
	return v;
}

/* The sample with what is at `pointer` replaced; json NULL: taken away. */
static ak_buf edited(const char *pointer, const char *json)
{
	ak_json *v = NULL;
	ak_buf b;

	assert_int_equal(ak_json_parse(ak_span_str(sample), &v, NULL), AK_OK);
	if (json != NULL) {
		assert_int_equal(ak_json_pointer_set(v, ak_span_str(pointer), value_of(json), NULL), AK_OK);
	} else {
		const char *last = strrchr(pointer, '/');
		ak_span up = { (const uint8_t *)pointer, (size_t)(last - pointer) };
		ak_json *parent = ak_json_copy(ak_json_pointer(v, up));

		ak_json_remove(parent, last + 1);
		if (up.len == 0) {
			ak_json_free(v);
			v = parent;
		} else {
			assert_int_equal(ak_json_pointer_set(v, up, parent, NULL), AK_OK);
		}
	}
	ak_buf_init(&b, 1 << 24);
	assert_int_equal(ak_jcs_write(v, &b, NULL), AK_OK);
	ak_json_free(v);
	return b;
}

static void what_is_read_is_written_again(void **state)
{
	ak_bundle b = { 0 };
	ak_buf out;
	ak_error err = { 0 };

	(void)state;
	ak_buf_init(&out, 1 << 20);
	if (ak_bundle_parse(ak_span_str(sample), NULL, &b, &err) != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	assert_string_equal(ak_bundle_listing(&b), "L-1");
	assert_int_equal(b.e.n_records, 2);
	assert_true(ak_span_is(ak_buf_span(&b.e.record[0].file), "{\"a\":1}\n日本\ng\n"));
	assert_int_equal(b.e.subject[1].proof.kind, AK_MAP_ABSENT_EMPTY);
	assert_int_equal(b.e.subject[2].proof.kind, AK_MAP_ABSENT_OTHER);
	assert_int_equal(ak_bundle_format(&b, &out, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&out), sample));
	ak_buf_clear(&out);
	ak_bundle_clear(&b);
}

typedef struct row {
	const char *rule, *pointer, *json;
	ak_status want;
	const char *where;
	uint64_t at;
} row;

#define BAD(rule, pointer, json, where, at) { rule, pointer, json, AK_BAD_FORMAT, where, at }

static const row rows[] = {
	{ "a later version", "/akashi", "\"bundle/2\"", AK_UNKNOWN_VERSION, "bundle.akashi", 0 },
	{ "a much later version", "/akashi", "\"bundle/10\"", AK_UNKNOWN_VERSION, "bundle.akashi", 0 },
	BAD("no version", "/akashi", NULL, "bundle.akashi", 0),
	BAD("version 0", "/akashi", "\"bundle/0\"", "bundle.akashi", 0),
	BAD("version 01", "/akashi", "\"bundle/01\"", "bundle.akashi", 0),
	BAD("a draft", "/akashi", "\"draft/1\"", "bundle.akashi", 0),
	BAD("the version is no text", "/akashi", "1", "bundle.akashi", 0),
	BAD("a member that is not known", "/more", "1", "bundle", 0),
	BAD("no bases", "/bases", NULL, "bundle", 0),
	BAD("no checkpoint", "/checkpoint", NULL, "bundle", 0),
	BAD("no last header", "/last", NULL, "bundle", 0),
	BAD("no records", "/records", NULL, "bundle", 0),
	BAD("no scheme", "/scheme", NULL, "bundle", 0),
	BAD("no subject", "/subject", NULL, "bundle", 0),
	BAD("no subjects", "/subjects", NULL, "bundle", 0),
	BAD("null is no absence", "/since", "null", "bundle.since", 0),

	BAD("the scheme is a name", "/scheme", "\"Demo\"", "bundle.scheme", 0),
	BAD("the scheme is text", "/scheme", "[]", "bundle.scheme", 0),
	BAD("the subject is of the scheme", "/scheme", "\"dem\"", "bundle.subject", 0),
	BAD("the subject is a listing", "/subject", "\"demo/service:L-1\"", "bundle.subject", 0),
	BAD("the listing has a name", "/subject", "\"demo/listing:\"", "bundle.subject", 0),
	BAD("the subject is an id", "/subject", "\"demo/listing:a b\"", "bundle.subject", 0),

	BAD("the note is lines", "/checkpoint", "\"x\"", "bundle.checkpoint", 0),
	BAD("a line of it is text", "/checkpoint/3", "1", "bundle.checkpoint", 3),

	BAD("last is an object", "/last", "[]", "bundle.last", 0),
	BAD("last has a header", "/last/header", NULL, "bundle.last", 0),
	BAD("an empty header", "/last/header", "\"\"", "bundle.last", 0),
	BAD("last has a seq", "/last/seq", "\"8\"", "bundle.last", 0),
	BAD("a seq below 0", "/last/seq", "-1", "bundle.last", 0),
	BAD("last has a proof", "/last/proof", "{}", "bundle.last", 0),
	BAD("a proof of digests", "/last/proof/1", "\"sha256:0a\"", "bundle.last", 0),
	BAD("last with more", "/last/statement", "\"x\"", "bundle.last", 0),

	BAD("bases is an array", "/bases", "{}", "bundle.bases", 0),
	BAD("a base is an object", "/bases/1", "[]", "bundle.bases", 1),
	BAD("bases out of order", "/bases/1/seq", "0", "bundle.bases", 1),
	BAD("a base twice", "/bases/1/seq", "1", "bundle.bases", 1),

	BAD("records is an array", "/records", "{}", "bundle.records", 0),
	BAD("a record is an object", "/records/1", "null", "bundle.records", 1),
	BAD("no header line", "/records/1/header", NULL, "bundle.records", 1),
	BAD("no statement", "/records/1/statement", NULL, "bundle.records", 1),
	BAD("no signatures", "/records/1/signatures", NULL, "bundle.records", 1),
	BAD("no proof", "/records/1/proof", NULL, "bundle.records", 1),
	BAD("no seq", "/records/1/seq", NULL, "bundle.records", 1),
	BAD("an empty statement", "/records/1/statement", "\"\"", "bundle.records", 1),
	BAD("empty signatures", "/records/1/signatures", "\"\"", "bundle.records", 1),
	BAD("a statement that is no text", "/records/0/statement", "{}", "bundle.records", 0),
	BAD("records out of order", "/records/0/seq", "5", "bundle.records", 1),
	BAD("a record twice", "/records/0/seq", "3", "bundle.records", 1),
	BAD("a record with more", "/records/0/id", ONE, "bundle.records", 0),
	BAD("a proof that is no array", "/records/0/proof", ONE, "bundle.records", 0),

	BAD("subjects is an array", "/subjects", "0", "bundle.subjects", 0),
	BAD("a subject without a proof", "/subjects/0/proof", NULL, "bundle.subjects", 0),
	BAD("a subject without an id", "/subjects/0/id", NULL, "bundle.subjects", 0),
	BAD("an id that is none", "/subjects/2/id", "\"demo/ä\"", "bundle.subjects", 2),
	BAD("an id that is too long", "/subjects/2/id", "\"demo/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"", "bundle.subjects", 2),
	BAD("subjects out of order", "/subjects/2/id", "\"akashi/z\"", "bundle.subjects", 2),
	BAD("a subject twice", "/subjects/1/id", "\"akashi/keyset\"", "bundle.subjects", 1),
	BAD("a proof without siblings", "/subjects/0/proof/siblings", NULL, "bundle.subjects", 0),
	BAD("a chain without a count", "/subjects/0/proof/count", NULL, "bundle.subjects", 0),
	BAD("a count without a chain", "/subjects/0/proof/chain", NULL, "bundle.subjects", 0),
	BAD("a key without a chain", "/subjects/2/proof/chain", NULL, "bundle.subjects", 2),
	BAD("a key that is none", "/subjects/2/proof/key", "\"x\"", "bundle.subjects", 2),
	BAD("a count below 0", "/subjects/2/proof/count", "-1", "bundle.subjects", 2),
	BAD("a proof with more", "/subjects/1/proof/kind", "\"absent\"", "bundle.subjects", 1),
	BAD("siblings of digests", "/subjects/0/proof/siblings/0", "\"sha256:0A0a\"", "bundle.subjects", 0),

	BAD("leaves that are none", "/leaves", "[]", "bundle.leaves", 0),
	BAD("leaves in an object", "/leaves", "{}", "bundle.leaves", 0),
	BAD("a leaf is a digest", "/leaves/1", "0", "bundle.leaves", 1),

	BAD("since nothing", "/since/size", "0", "bundle.since", 0),
	BAD("since no size", "/since/size", NULL, "bundle.since", 0),
	BAD("since no root", "/since/root", NULL, "bundle.since", 0),
	BAD("since no proof", "/since/proof", NULL, "bundle.since", 0),
	BAD("since with more", "/since/note", "[]", "bundle.since", 0),
};

static void is_refused(ak_span text, const row *r)
{
	ak_bundle b = { 0 };
	ak_error err = { 0 };
	ak_status st = ak_bundle_parse(text, NULL, &b, &err);

	if (st != r->want || strcmp(err.where, r->where) != 0 || err.at != r->at)
		fail_msg("%s: %s at %s %llu (%s), want %s at %s", r->rule, ak_status_name(st), st == AK_OK ? "-" : err.where,
		         (unsigned long long)err.at, err.detail, ak_status_name(r->want), r->where);
	assert_int_equal(b.e.n_records, 0);
}

static void every_member_is_looked_at(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_buf b = edited(rows[i].pointer, rows[i].json);

		is_refused(ak_buf_span(&b), &rows[i]);
		ak_buf_clear(&b);
	}
}

/* Long things are made here. */
static char *repeat(const char *open, const char *item, size_t n, const char *close)
{
	size_t each = strlen(item), room = strlen(open) + n * (each + 1) + strlen(close) + 1, at = 0;
	char *s = malloc(room);

	assert_non_null(s);
	at += (size_t)snprintf(s, room, "%s", open);
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(s + at, room - at, "%s%s", i == 0 || open[0] == '"' ? "" : ",", item);
	(void)snprintf(s + at, room - at, "%s", close);
	return s;
}

static void long_things_are_refused(void **state)
{
	static const struct {
		row r;
		const char *open, *item;
		size_t n;
		const char *close;
	} big[] = {
		{ BAD("a header of 2049 bytes", "/last/header", NULL, "bundle.last", 0), "\"", "x", AK_HEADER_MAX + 1, "\"" },
		{ BAD("a record's header of 2049 bytes", "/records/1/header", NULL, "bundle.records", 1), "\"", "x", AK_HEADER_MAX + 1, "\"" },
		{ BAD("signatures over their limit", "/records/1/signatures", NULL, "bundle.records", 1), "\"", "x", AK_SIGNATURES_MAX + 1, "\"" },
		{ BAD("a statement over its limit", "/records/1/statement", NULL, "bundle.records", 1), "\"", "x", AK_STATEMENT_MAX + 1, "\"" },
		{ BAD("more than a record", "/records/1/statement", NULL, "bundle.records", 1), "\"", "x", AK_STATEMENT_MAX + 300000, "\"" },
		{ BAD("a proof of 66 digests", "/last/proof", NULL, "bundle.last", 0), "[", ONE, AK_TREE_LEVELS + 2, "]" },
		{ BAD("257 siblings", "/subjects/0/proof/siblings", NULL, "bundle.subjects", 0), "[", ONE, AK_MAP_DEPTH_MAX + 1, "]" },
		{ { "a note over 64 KiB", "/checkpoint", NULL, AK_LIMIT, "bundle.checkpoint", AK_NOTE_MAX / 9 }, "[", "\"01234567\"", AK_NOTE_MAX / 8, "]" },
		{ { "too many lines", "/checkpoint", NULL, AK_LIMIT, "bundle.checkpoint", AK_NOTE_MAX }, "[", "\"\"", AK_NOTE_MAX + 1, "]" },
		{ { "too many records", "/records", NULL, AK_LIMIT, "bundle.records", AK_EVIDENCE_RECORDS_MAX }, "[", "0", AK_EVIDENCE_RECORDS_MAX + 1, "]" },
		{ { "too many bases", "/bases", NULL, AK_LIMIT, "bundle.bases", AK_EVIDENCE_RECORDS_MAX }, "[", "0", AK_EVIDENCE_RECORDS_MAX + 1, "]" },
		{ { "too many subjects", "/subjects", NULL, AK_LIMIT, "bundle.subjects", AK_EVIDENCE_SUBJECTS_MAX }, "[", "0", AK_EVIDENCE_SUBJECTS_MAX + 1, "]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(big) / sizeof(big[0]); i++) {
		char *json = repeat(big[i].open, big[i].item, big[i].n, big[i].close);
		ak_buf b = edited(big[i].r.pointer, json);

		is_refused(ak_buf_span(&b), &big[i].r);
		ak_buf_clear(&b);
		free(json);
	}
}

/* Nothing but the canonical text: no space, no other order, no other escape. */
static void the_text_is_canonical(void **state)
{
	static const struct { const char *rule, *text, *where; } texts[] = {
		{ "a space", "{\"akashi\": \"bundle/1\"}", "jcs" },
		{ "another order", "{\"bases\":[],\"akashi\":\"bundle/1\"}", "jcs" },
		{ "an escape", "{\"akashi\":\"bundle\\/1\"}", "jcs" },
		{ "a newline at the end", "{\"akashi\":\"bundle/1\"}\n", "jcs" },
		{ "twice", "{\"akashi\":\"bundle/1\",\"akashi\":\"bundle/1\"}", "json.key" },
		{ "an array", "[]", "bundle.akashi" },
		{ "nothing", "", "json.syntax" },
		{ "a newline in a line", "{\"akashi\":\"bundle/1\",\"checkpoint\":[\"a\\n\"]}", "json.string" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ak_bundle b = { 0 };
		ak_error err = { 0 };

		assert_int_equal(ak_bundle_parse(ak_span_str(texts[i].text), NULL, &b, &err), AK_BAD_FORMAT);
		if (strcmp(err.where, texts[i].where) != 0)
			fail_msg("%s: at %s, want %s", texts[i].rule, err.where, texts[i].where);
	}
	for (size_t cut = 1; cut < sizeof(sample); cut++) {
		ak_bundle b = { 0 };

		assert_int_equal(ak_bundle_parse((ak_span){ (const uint8_t *)sample, sizeof(sample) - 1 - cut }, NULL, &b, NULL), AK_BAD_FORMAT);
	}
}

/* Whatever else one bit makes of the text: it is refused, or it is other evidence that is written as it was read. */
static void one_bit_is_another_bundle(void **state)
{
	char copy[sizeof(sample)];
	size_t read = 0;

	(void)state;
	memcpy(copy, sample, sizeof(sample));
	for (size_t i = 0; i < 8 * (sizeof(sample) - 1); i++) {
		ak_bundle b = { 0 };
		ak_buf out;

		ak_buf_init(&out, 1 << 20);
		copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
		if (ak_bundle_parse((ak_span){ (const uint8_t *)copy, sizeof(sample) - 1 }, NULL, &b, NULL) == AK_OK) {
			read++;
			assert_int_equal(ak_bundle_format(&b, &out, NULL), AK_OK);
			assert_true(ak_span_eq(ak_buf_span(&out), (ak_span){ (const uint8_t *)copy, sizeof(sample) - 1 }));
		}
		ak_buf_clear(&out);
		ak_bundle_clear(&b);
		copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
	}
	print_message("%zu of %zu are bundles\n", read, 8 * (sizeof(sample) - 1));
}

static void the_digest_leaves_cosignatures_out(void **state)
{
	static const char none[] = "[\"ledger.example/demo\",\"9\",\"AA==\",\"\",\"\u2014 ledger.example/demo AAAA\"]";
	static const char two[] = "[\"ledger.example/demo\",\"9\",\"AA==\",\"\",\"\u2014 ledger.example/demo AAAA\",\"\u2014 a BBBB\",\"\u2014 ledger.example/demo2 C\"]";
	static const char operator_too[] = "[\"ledger.example/demo\",\"9\",\"AA==\",\"\",\"\u2014 ledger.example/demo AAAA\",\"\u2014 ledger.example/demo B\"]";
	const char *const notes[] = { none, two, operator_too };
	ak_digest d[3], plain;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		ak_buf text = edited("/checkpoint", notes[i]);
		ak_bundle b = { 0 };

		assert_int_equal(ak_bundle_parse(ak_buf_span(&text), NULL, &b, NULL), AK_OK);
		assert_int_equal(ak_bundle_digest(&b, &d[i], NULL), AK_OK);
		if (i == 0) {
			ak_sha256(ak_buf_span(&text), &plain);
			assert_memory_equal(&plain, &d[0], sizeof(plain));
		}
		ak_bundle_clear(&b);
		ak_buf_clear(&text);
	}
	assert_memory_equal(&d[0], &d[1], sizeof(d[0]));
	assert_memory_not_equal(&d[0], &d[2], sizeof(d[0]));
}

static ak_status read_and_write(void *ctx)
{
	ak_bundle b = { 0 };
	ak_digest d;
	ak_buf file;
	ak_status st;

	(void)ctx;
	ak_buf_init(&file, AK_BUNDLE_FILE_MAX);
	st = ak_bundle_parse(ak_span_str(sample), NULL, &b, NULL);
	if (st == AK_OK)
		st = ak_bundle_write(&b, &file, NULL);
	ak_bundle_clear(&b);
	if (st == AK_OK)
		st = ak_bundle_read(ak_buf_span(&file), NULL, &b, NULL);
	if (st == AK_OK)
		st = ak_bundle_digest(&b, &d, NULL);
	ak_bundle_clear(&b);
	ak_buf_clear(&file);
	return st;
}

static void running_out_of_memory(void **state)
{
	(void)state;
	oom_sweep("bundle", read_and_write, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_written_again),
		cmocka_unit_test(every_member_is_looked_at),
		cmocka_unit_test(long_things_are_refused),
		cmocka_unit_test(the_text_is_canonical),
		cmocka_unit_test(one_bit_is_another_bundle),
		cmocka_unit_test(the_digest_leaves_cosignatures_out),
		cmocka_unit_test(running_out_of_memory),
	};

	return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
