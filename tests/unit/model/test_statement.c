/* SPDX-License-Identifier: Apache-2.0 */
/* Line 2 of a record: members and their forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "edit.h"
#include "model/statement.h"

#define HEX1 "1111111111111111111111111111111111111111111111111111111111111111"
#define HEX2 "2222222222222222222222222222222222222222222222222222222222222222"
#define HEX3 "3333333333333333333333333333333333333333333333333333333333333333"
#define ABOUT "\"about\":[\"demo/note:a\",\"demo/note:b\"]"
#define REF1 "{\"record\":\"sha256:" HEX1 "\",\"rel\":\"audits\"}"
#define REF2 "{\"record\":\"sha256:" HEX2 "\",\"rel\":\"audits\"}"
#define REF3 "{\"record\":\"sha256:" HEX1 "\",\"rel\":\"review\"}"
#define REFS "\"refs\":[" REF1 "," REF2 "," REF3 "]"
#define DOC1 "{\"annotations\":{\"kind\":\"報告書\"},\"digest\":{\"sha256\":\"" HEX1 "\"},\"name\":\"a.pdf\"}"
#define DOC2 "{\"digest\":{\"sha256\":\"" HEX2 "\"},\"name\":\"body\"}"
#define SUBJECT "\"subject\":[" DOC1 "," DOC2 "]"
#define GOOD "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{" ABOUT ",\"base\":\"sha256:" HEX1 \
             "\",\"body\":{\"x\":1},\"genesis\":\"sha256:" HEX3 "\",\"issued\":\"2026-05-18\"," \
             "\"ledger\":\"ledger.example/demo\"," REFS ",\"scheme\":\"demo\"}," \
             "\"predicateType\":\"urn:akashi:note:v1\"," SUBJECT "}"
#define X15 "xxxxxxxxxxxxxxx"
#define X60 X15 X15 X15 X15

static void good_statement(void **state)
{
	ak_statement s;
	ak_digest d, want;

	(void)state;
	assert_int_equal(ak_statement_parse(ak_span_str(GOOD), &s, NULL), AK_OK);
	assert_true(ak_span_is(s.type, "note") && ak_span_is(s.scheme, "demo"));
	assert_true(ak_span_is(s.ledger, "ledger.example/demo") && ak_span_is(s.issued, "2026-05-18"));
	assert_true(s.has_genesis);
	memset(&want, 0x33, sizeof(want));
	assert_memory_equal(&s.genesis, &want, sizeof(want));
	memset(&want, 0x11, sizeof(want));
	assert_memory_equal(&s.base, &want, sizeof(want));
	assert_int_equal(ak_statement_n_about(&s), 2);
	assert_true(ak_span_is(ak_statement_about(&s, 1), "demo/note:b"));
	assert_int_equal(ak_statement_about(&s, 2).len, 0);
	assert_int_equal(ak_statement_n_refs(&s), 3);
	assert_true(ak_span_is(ak_statement_ref(&s, 2, &d), "review"));
	assert_memory_equal(&d, &want, sizeof(d));
	assert_int_equal(ak_json_len(s.subject), 2);
	assert_int_equal(ak_json_len(s.body), 1);
	ak_statement_clear(&s);
	ak_statement_clear(&s);
}

static const struct row {
	const char *name, *from, *to;
	ak_status want;
	const char *where;
	uint64_t at;
} rows[] = {
	{ "no genesis (record 0)", "\"genesis\":\"sha256:" HEX3 "\",", "", AK_OK, "", 0 },
	{ "no refs", REFS, "\"refs\":[]", AK_OK, "", 0 },
	{ "empty body", "{\"x\":1}", "{}", AK_OK, "", 0 },
	{ "longest type", "akashi:note", "akashi:x-0" X60, AK_OK, "", 0 },
	{ "longest about", ABOUT, "\"about\":[\"a/b:xxxx" X60 X60 "\"]", AK_OK, "", 0 },
	{ "longest rel", "review", "r" X15 X15 "x", AK_OK, "", 0 },
	/* form */
	{ "white space", "{\"_type\"", "{ \"_type\"", AK_BAD_FORMAT, "jcs", 1 },
	{ "escape that is not needed", "demo/note:b", "demo/n\\u006fte:b", AK_BAD_FORMAT, "jcs", 0 },
	{ "member order", "\"body\":{\"x\":1},\"genesis\":\"sha256:" HEX3 "\"", "\"genesis\":\"sha256:" HEX3 "\",\"body\":{\"x\":1}", AK_BAD_FORMAT, "jcs", 0 },
	{ "duplicate member", "\"scheme\":\"demo\"", "\"scheme\":\"demo\",\"scheme\":\"demo\"", AK_BAD_FORMAT, "json.key", 0 },
	{ "float in the body", "{\"x\":1}", "{\"x\":1.0}", AK_BAD_FORMAT, "json.number", 0 },
	{ "control character in the body", "{\"x\":1}", "{\"x\":\"\\u0007\"}", AK_BAD_FORMAT, "json.string", 0 },
	{ "newline at the end", "\"name\":\"body\"}]}", "\"name\":\"body\"}]}\n", AK_BAD_FORMAT, "jcs", 0 },
	/* statement */
	{ "_type of another project", "https://in-toto.io/Statement/v1", "https://in-toto.io/Link/v1", AK_BAD_FORMAT, "statement._type", 0 },
	{ "_type over http", "https://in-toto.io/Statement/v1", "http://in-toto.io/Statement/v1", AK_BAD_FORMAT, "statement._type", 0 },
	{ "_type not text", "\"https://in-toto.io/Statement/v1\"", "1", AK_BAD_FORMAT, "statement._type", 0 },
	{ "statement version 2", "Statement/v1", "Statement/v2", AK_UNKNOWN_VERSION, "statement._type", 0 },
	{ "statement version 0.1", "Statement/v1", "Statement/v0.1", AK_UNKNOWN_VERSION, "statement._type", 0 },
	{ "statement version 10", "Statement/v1", "Statement/v10", AK_UNKNOWN_VERSION, "statement._type", 0 },
	{ "one member more", SUBJECT "}", SUBJECT ",\"x\":1}", AK_BAD_FORMAT, "statement", 0 },
	{ "no subject", "," SUBJECT, "", AK_BAD_FORMAT, "statement", 0 },
	{ "predicateType not a URN", "urn:akashi:note:v1", "note:v1", AK_BAD_FORMAT, "statement.predicateType", 0 },
	{ "predicateType without a version", "urn:akashi:note:v1", "urn:akashi:note", AK_BAD_FORMAT, "statement.predicateType", 0 },
	{ "predicateType without a type", "urn:akashi:note:v1", "urn:akashi::v1", AK_BAD_FORMAT, "statement.predicateType", 0 },
	{ "predicateType prefix only", "urn:akashi:note:v1", "urn:akashi:", AK_BAD_FORMAT, "statement.predicateType", 0 },
	{ "type in capitals", "urn:akashi:note:v1", "urn:akashi:Note:v1", AK_BAD_FORMAT, "statement.predicateType", 0 },
	{ "type begins with a digit", "urn:akashi:note:v1", "urn:akashi:1note:v1", AK_BAD_FORMAT, "statement.predicateType", 0 },
	{ "type of 64 characters", "akashi:note", "akashi:x-01" X60, AK_BAD_FORMAT, "statement.predicateType", 0 },
	{ "predicate version 2", "note:v1", "note:v2", AK_UNKNOWN_VERSION, "statement.predicateType", 0 },
	{ "predicate version 1 and more", "note:v1", "note:v1:x", AK_UNKNOWN_VERSION, "statement.predicateType", 0 },
	{ "predicate version empty", "note:v1", "note:", AK_UNKNOWN_VERSION, "statement.predicateType", 0 },
	/* predicate */
	{ "predicate with one member more", "\"scheme\":\"demo\"", "\"scheme\":\"demo\",\"x\":1", AK_BAD_FORMAT, "statement.predicate", 0 },
	{ "predicate without genesis, with another", "\"genesis\":\"sha256:" HEX3 "\"", "\"genesiz\":\"sha256:" HEX3 "\"", AK_BAD_FORMAT, "statement.predicate", 0 },
	{ "predicate without scheme", ",\"scheme\":\"demo\"", "", AK_BAD_FORMAT, "statement.predicate", 0 },
	{ "genesis null", "\"genesis\":\"sha256:" HEX3 "\"", "\"genesis\":null", AK_BAD_FORMAT, "statement.genesis", 0 },
	{ "genesis bare hex", "\"genesis\":\"sha256:" HEX3 "\"", "\"genesis\":\"" HEX3 "\"", AK_BAD_FORMAT, "statement.genesis", 0 },
	{ "base short", "\"base\":\"sha256:" HEX1 "\"", "\"base\":\"sha256:11\"", AK_BAD_FORMAT, "statement.base", 0 },
	{ "base in capitals", "\"base\":\"sha256:" HEX1 "\"", "\"base\":\"SHA256:" HEX1 "\"", AK_BAD_FORMAT, "statement.base", 0 },
	{ "body an array", "{\"x\":1}", "[]", AK_BAD_FORMAT, "statement.body", 0 },
	{ "body text", "{\"x\":1}", "\"x\"", AK_BAD_FORMAT, "statement.body", 0 },
	{ "scheme in capitals", "\"scheme\":\"demo\"", "\"scheme\":\"Demo\"", AK_BAD_FORMAT, "statement.scheme", 0 },
	{ "scheme empty", "\"scheme\":\"demo\"", "\"scheme\":\"\"", AK_BAD_FORMAT, "statement.scheme", 0 },
	{ "ledger in capitals", "ledger.example/demo", "Ledger.example/demo", AK_BAD_FORMAT, "statement.ledger", 0 },
	{ "ledger a URL", "ledger.example/demo", "https://ledger.example/demo", AK_BAD_FORMAT, "statement.ledger", 0 },
	{ "issued with blanks", "2026-05-18", "2026-05-18 ", AK_BAD_FORMAT, "statement.issued", 0 },
	{ "issued no such day", "2026-05-18", "2026-02-30", AK_BAD_FORMAT, "statement.issued", 0 },
	{ "issued without zone", "2026-05-18", "2026-05-18T00:00:00", AK_BAD_FORMAT, "statement.issued", 0 },
	{ "issued a number", "\"2026-05-18\"", "2026", AK_BAD_FORMAT, "statement.issued", 0 },
	/* about */
	{ "about empty", ABOUT, "\"about\":[]", AK_BAD_FORMAT, "statement.about", 0 },
	{ "about not an array", ABOUT, "\"about\":\"demo/note:a\"", AK_BAD_FORMAT, "statement.about", 0 },
	{ "about an object", ABOUT, "\"about\":{\"a\":\"demo/note:a\"}", AK_BAD_FORMAT, "statement.about", 1 },
	{ "about not sorted", ABOUT, "\"about\":[\"demo/note:b\",\"demo/note:a\"]", AK_BAD_FORMAT, "statement.about", 1 },
	{ "about repeated", ABOUT, "\"about\":[\"demo/note:a\",\"demo/note:a\"]", AK_BAD_FORMAT, "statement.about", 1 },
	{ "about a number", ABOUT, "\"about\":[\"demo/note:a\",7]", AK_BAD_FORMAT, "statement.about", 1 },
	{ "about of 129 bytes", ABOUT, "\"about\":[\"a/b:xxxxx" X60 X60 "\"]", AK_BAD_FORMAT, "statement.about", 0 },
	{ "about with a blank", ABOUT, "\"about\":[\"demo/note:a b\"]", AK_BAD_FORMAT, "statement.about", 0 },
	/* refs */
	{ "refs not an array", REFS, "\"refs\":{}", AK_BAD_FORMAT, "statement.refs", 0 },
	{ "refs not sorted by rel", REFS, "\"refs\":[" REF3 "," REF1 "]", AK_BAD_FORMAT, "statement.refs", 1 },
	{ "refs not sorted by record", REFS, "\"refs\":[" REF2 "," REF1 "]", AK_BAD_FORMAT, "statement.refs", 1 },
	{ "refs repeated", REFS, "\"refs\":[" REF1 "," REF1 "]", AK_BAD_FORMAT, "statement.refs", 1 },
	{ "ref with one member more", REFS, "\"refs\":[{\"note\":1,\"record\":\"sha256:" HEX1 "\",\"rel\":\"audits\"}]", AK_BAD_FORMAT, "statement.refs", 0 },
	{ "ref without rel", REFS, "\"refs\":[{\"record\":\"sha256:" HEX1 "\"}]", AK_BAD_FORMAT, "statement.refs", 0 },
	{ "ref to bare hex", REFS, "\"refs\":[{\"record\":\"" HEX1 "\",\"rel\":\"audits\"}]", AK_BAD_FORMAT, "statement.refs", 0 },
	{ "ref an array", REFS, "\"refs\":[[\"record\",\"rel\"]]", AK_BAD_FORMAT, "statement.refs", 0 },
	{ "rel in capitals", "review", "Review", AK_BAD_FORMAT, "statement.refs", 2 },
	{ "rel of 33 characters", "review", "r" X15 X15 "xx", AK_BAD_FORMAT, "statement.refs", 2 },
	/* subject */
	{ "subject empty", SUBJECT, "\"subject\":[]", AK_BAD_FORMAT, "statement.subject", 0 },
	{ "subject not an array", SUBJECT, "\"subject\":" DOC2, AK_BAD_FORMAT, "statement.subject", 2 },
	{ "document name twice", "a.pdf", "body", AK_BAD_FORMAT, "statement.subject", 1 },
	{ "document name empty", "a.pdf", "", AK_BAD_FORMAT, "statement.subject", 0 },
	{ "document without digest", DOC2, "{\"name\":\"body\"}", AK_BAD_FORMAT, "statement.subject", 1 },
	{ "document with one member more", DOC2, "{\"digest\":{\"sha256\":\"" HEX2 "\"},\"name\":\"body\",\"uri\":\"x\"}", AK_BAD_FORMAT, "statement.subject", 1 },
	{ "second digest", DOC2, "{\"digest\":{\"sha256\":\"" HEX2 "\",\"sha512\":\"00\"},\"name\":\"body\"}", AK_BAD_FORMAT, "statement.subject", 1 },
	{ "another digest", DOC2, "{\"digest\":{\"sha512\":\"" HEX2 "\"},\"name\":\"body\"}", AK_BAD_FORMAT, "statement.subject", 1 },
	{ "digest in text form", DOC2, "{\"digest\":{\"sha256\":\"sha256:" HEX2 "\"},\"name\":\"body\"}", AK_BAD_FORMAT, "statement.subject", 1 },
	{ "annotations not text", "{\"kind\":\"報告書\"}", "{\"kind\":1}", AK_BAD_FORMAT, "statement.subject", 0 },
	{ "annotations empty", "{\"kind\":\"報告書\"}", "{}", AK_BAD_FORMAT, "statement.subject", 0 },
	{ "annotations an array", "{\"kind\":\"報告書\"}", "[\"kind\"]", AK_BAD_FORMAT, "statement.subject", 0 },
	{ "annotations null", "{\"kind\":\"報告書\"}", "null", AK_BAD_FORMAT, "statement.subject", 0 },
};

static void every_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_statement s, before;
		ak_error err = { 0 };
		ak_status st;
		ak_buf b;

		memset(&s, 0xa5, sizeof(s));
		memcpy(&before, &s, sizeof(s));
		edit(&b, GOOD, r->from, r->to);
		st = ak_statement_parse(ak_buf_span(&b), &s, &err);
		if (st != r->want)
			fail_msg("%s: %s (%s: %s)", r->name, ak_status_name(st), err.where, err.detail);
		if (st == AK_OK) {
			ak_statement_clear(&s);
		} else {
			/* In JSON text the offset is the business of the JSON reader. */
			bool json = strncmp(r->where, "j", 1) == 0;

			if (strcmp(err.where, r->where) != 0 || (!json && err.at != r->at))
				fail_msg("%s: at %s %llu (%s)", r->name, err.where,
				         (unsigned long long)err.at, err.detail);
			assert_memory_equal(&s, &before, sizeof(s));
		}
		ak_buf_clear(&b);
	}
}

/* What stands in the message comes from the text, which outlives the tree it was read from. */
static void versions_are_shown(void **state)
{
	ak_error err = { 0 };
	ak_statement s;
	ak_buf b;

	(void)state;
	edit(&b, GOOD, "note:v1", "note:v2");
	assert_int_equal(ak_statement_parse(ak_buf_span(&b), &s, &err), AK_UNKNOWN_VERSION);
	assert_string_equal(err.expected, "v1");
	assert_string_equal(err.found, "v2");
	ak_buf_clear(&b);
}

static void names(void **state)
{
	static const struct {
		const char *text;
		bool name, rel, origin;
	} n[] = {
		{ "", false, false, false },
		{ "a", true, true, true },
		{ "a-9", true, true, true },
		{ "a-", true, true, false },
		{ "-a", false, false, false },
		{ "9a", false, false, true },
		{ "A", false, false, false },
		{ "a_b", false, false, false },
		{ "a.b", false, false, true },
		{ "a/b", false, false, true },
		{ "a/b.", false, false, false },
		{ "a+b", false, false, false },
		{ "r" X15 X15 "x", true, true, true },
		{ "r" X15 X15 "xx", true, false, true },
		{ "n--" X60, true, false, true },
		{ "n---" X60, false, false, true },
		{ X60 X60 X60 X60 X15, false, false, true },
		{ X60 X60 X60 X60 X15 "x", false, false, false },
		{ "akashi/keyset", false, false, true },
		{ "demo/keyset", false, false, true },
	};
	ak_span s;

	(void)state;
	for (size_t i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		s = ak_span_str(n[i].text);
		if (ak_name_valid(s) != n[i].name)
			fail_msg("name %s", n[i].text);
		if (ak_rel_valid(s) != n[i].rel)
			fail_msg("rel %s", n[i].text);
		if (ak_origin_valid(s) != n[i].origin)
			fail_msg("origin %s", n[i].text);
	}
	assert_true(ak_type_is_core(ak_span_str("keyset")) && ak_type_is_core(ak_span_str("profile")) &&
	            ak_type_is_core(ak_span_str("party")) && ak_type_is_core(ak_span_str("revocation")));
	assert_true(ak_type_is_core(ak_span_str("timestamp")));
	assert_false(ak_type_gives_standing(ak_span_str("timestamp")));
	assert_false(ak_type_is_core(ak_span_str("decision")) || ak_type_is_core(ak_span_str("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_statement),
		cmocka_unit_test(every_rule),
		cmocka_unit_test(versions_are_shown),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
