/* SPDX-License-Identifier: Apache-2.0 */
/* Trust files: every sentence of trust.h is a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "trust_text.h"

typedef struct row {
	const char *name, *text;
	ak_status want;
	const char *where;
	uint64_t at;
} row;

/* A failed parse names its place and writes nothing. */
static void check_rows(const row *rows, size_t n)
{
	ak_trust *t = malloc(sizeof(*t)), *before = malloc(sizeof(*t));

	assert_true(t != NULL && before != NULL);
	memset(before, 0xa5, sizeof(*before));
	for (size_t i = 0; i < n; i++) {
		const row *r = &rows[i];
		ak_error err = { 0 };
		ak_status st;

		memcpy(t, before, sizeof(*t));
		st = parse_text(r->text, t, &err);
		if (st != r->want)
			fail_msg("%s: %s (%s), want %s", r->name, ak_status_name(st), err.detail,
			         ak_status_name(r->want));
		if (st == AK_OK)
			continue;
		if (strcmp(err.where, r->where) != 0 || err.at != r->at || err.detail[0] == '\0')
			fail_msg("%s: at %s %llu (%s), want %s %llu", r->name, err.where,
			         (unsigned long long)err.at, err.detail, r->where,
			         (unsigned long long)r->at);
		assert_memory_equal(t, before, sizeof(*t));
	}
	free(before);
	free(t);
}

static void what_is_read(void **state)
{
	ak_trust *t = parsed("log {L}\n" ABC "group g 2 a b\ngroup h all g c\nquorum h\ngenesis {1}\n"
	                     "complete b\nfresh P30D\nkeyset {2}\nprofile ismap {3}\nprofile ismap {4}\n");
	ak_digest d;

	(void)state;
	assert_string_equal(t->log.name, "ledger.example/demo");
	assert_int_equal(t->log.type, AK_NOTE_ED25519);
	assert_int_equal(t->log.key[31], 'l');
	assert_int_equal(t->n_witnesses, 3);
	assert_string_equal(t->witness[1].name, "b");
	assert_string_equal(t->witness[1].key.name, "w.example/b");
	assert_int_equal(t->witness[1].key.key[0], 'b');
	assert_int_equal(t->n_groups, 2);
	assert_int_equal(t->group[0].k, 2);
	assert_int_equal(t->group[0].n, 2);
	assert_int_equal(t->group[0].member[1], 1);
	assert_int_equal(t->group[1].k, 2);
	assert_int_equal(t->group[1].member[0], AK_TRUST_WITNESSES_MAX);
	assert_int_equal(t->quorum, AK_TRUST_WITNESSES_MAX + 1);
	assert_int_equal(t->complete, 1);
	assert_int_equal(t->fresh_days, 30);
	assert_true(t->has_keyset);
	memset(&d, 0x11, sizeof(d));
	assert_memory_equal(&t->genesis, &d, sizeof(d));
	memset(&d, 0x22, sizeof(d));
	assert_memory_equal(&t->keyset, &d, sizeof(d));
	assert_int_equal(t->n_pins, 2);
	memset(&d, 0x44, sizeof(d));
	assert_true(ak_trust_pins(t, ak_span_str("ismap"), &d));
	assert_false(ak_trust_pins(t, ak_span_str("isma"), &d));
	memset(&d, 0x55, sizeof(d));
	assert_false(ak_trust_pins(t, ak_span_str("ismap"), &d));
	assert_string_equal(ak_trust_name(t, 2), "c");
	assert_string_equal(ak_trust_name(t, t->quorum), "h");
	assert_string_equal(ak_trust_name(t, AK_TRUST_NONE), "none");
	assert_string_equal(ak_trust_name(t, 3), "none");
	assert_string_equal(ak_trust_name(t, AK_TRUST_WITNESSES_MAX + 2), "none");
	free(t);
	t = parsed("log {L}\n" REST);
	assert_int_equal(t->quorum, AK_TRUST_NONE);
	assert_int_equal(t->complete, AK_TRUST_NONE);
	assert_false(t->has_keyset);
	free(t);
}

static void accepted(void **state)
{
	static const row rows[] = {
		{ "least", "log {L}\n" REST, AK_OK, "", 0 },
		{ "any order", "fresh P7D\ncomplete none\ngenesis {1}\nquorum none\nlog {L}\n", AK_OK, "", 0 },
		{ "blank lines and comments", "\n # note: none\n\t#\n \t\nlog {L}\n#\n" REST, AK_OK, "", 0 },
		{ "tabs and many blanks", "\tlog  \t{L} \t\n" REST, AK_OK, "", 0 },
		{ "URLs", "log {L} https://l.example\nwitness a {a} https://a.example/x\n" REST, AK_OK, "", 0 },
		{ "names of other scripts", "log {L}\nwitness 証人 {a}\ngroup é any 証人\n" REST, AK_OK, "", 0 },
		{ "K and the Kelvin sign", "log {L}\nwitness K {a}\nwitness \u212a {b}\n" REST, AK_OK, "", 0 },
		{ "keywords as names", "log {L}\nwitness log {a}\nwitness any {b}\ngroup all all log any\n" REST, AK_OK, "", 0 },
		{ "a name that begins with #", "log {L}\nwitness #a {a}\ngroup g 1 #a\n" REST, AK_OK, "", 0 },
		{ "one pin twice", "log {L}\n" REST "profile ismap {1}\nprofile ismap {1}\n", AK_OK, "", 0 },
		{ "quorum after a later group", "log {L}\n" ABC "group g 3 a b c\nquorum g\ngenesis {1}\ncomplete c\nfresh P1D\n", AK_OK, "", 0 },
	};

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* B08 of the negative cases, and its kin. */
static void policy_lines(void **state)
{
	static const row rows[] = {
		{ "two names for one key", "log {L}\nwitness a {a}\nwitness b {a}\n" REST, AK_BAD_FORMAT, "trust.witness", 3 },
		{ "the log as its own witness", "log {L}\nwitness a {l}\n" REST, AK_BAD_FORMAT, "trust.witness", 2 },
		{ "a witness as the log", "witness a {l}\nlog {L}\n" REST, AK_BAD_FORMAT, "trust.log", 2 },
		{ "two logs", "log {L}\nlog {M}\n" REST, AK_BAD_FORMAT, "trust.log", 2 },
		{ "the log twice", "log {L}\nlog {L}\n" REST, AK_BAD_FORMAT, "trust.log", 2 },
		{ "witness name twice", "log {L}\nwitness a {a}\nwitness a {b}\n" REST, AK_BAD_FORMAT, "trust.witness", 3 },
		{ "group named as a witness", "log {L}\n" ABC "group a any b\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "witness named as a group", "log {L}\n" ABC "group g any b\nwitness g {d}\n" REST, AK_BAD_FORMAT, "trust.witness", 6 },
		{ "witness in two groups", "log {L}\n" ABC "group g any a b\ngroup h any a c\n" REST, AK_BAD_FORMAT, "trust.group", 6 },
		{ "group in two groups", "log {L}\n" ABC "group g any a\ngroup h any g\ngroup i any g\n" REST, AK_BAD_FORMAT, "trust.group", 7 },
		{ "member twice in one group", "log {L}\n" ABC "group g 2 a a\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "forward member", "log {L}\ngroup g any a\n" ABC REST, AK_BAD_FORMAT, "trust.group", 2 },
		{ "group within itself", "log {L}\n" ABC "group g any a g\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "none as member", "log {L}\n" ABC "group g any a none\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "none as witness", "log {L}\nwitness none {a}\n" REST, AK_BAD_FORMAT, "trust.witness", 2 },
		{ "none as group", "log {L}\n" ABC "group none any a\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "k = 0", "log {L}\n" ABC "group g 0 a\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "k > n", "log {L}\n" ABC "group g 3 a b\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "k beyond 2^64", "log {L}\n" ABC "group g 18446744073709551617 a\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "k with a leading zero", "log {L}\n" ABC "group g 01 a\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "k with a sign", "log {L}\n" ABC "group g +1 a\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "k of another word", "log {L}\n" ABC "group g All a\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "group without members", "log {L}\n" ABC "group g all\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "group without anything", "log {L}\n" ABC "group\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "group with a name only", "log {L}\n" ABC "group g\n" REST, AK_BAD_FORMAT, "trust.group", 5 },
		{ "two quorum lines", "log {L}\n" REST "quorum none\n", AK_BAD_FORMAT, "trust.quorum", 6 },
		{ "quorum of nobody", "log {L}\nquorum\ngenesis {1}\ncomplete none\nfresh P7D\n", AK_BAD_FORMAT, "trust.quorum", 2 },
		{ "quorum unknown", "log {L}\nquorum a\n" ABC "genesis {1}\ncomplete none\nfresh P7D\n", AK_BAD_FORMAT, "trust.quorum", 2 },
		{ "quorum of two", "log {L}\n" ABC "quorum a b\ngenesis {1}\ncomplete none\nfresh P7D\n", AK_BAD_FORMAT, "trust.quorum", 5 },
		{ "witness without a key", "log {L}\nwitness a\n" REST, AK_BAD_FORMAT, "trust.witness", 2 },
		{ "witness without a name", "log {L}\nwitness {a}\n" REST, AK_BAD_FORMAT, "trust.witness", 2 },
		{ "witness of log type", "log {L}\nwitness a {A}\n" REST, AK_BAD_FORMAT, "trust.witness", 2 },
		{ "log of witness type", "log {a}\n" REST, AK_BAD_FORMAT, "trust.log", 1 },
		{ "log without a key", "log\n" REST, AK_BAD_FORMAT, "trust.log", 1 },
		{ "log with two URLs", "log {L} https://a https://b\n" REST, AK_BAD_FORMAT, "trust.log", 1 },
		{ "witness with two URLs", "log {L}\nwitness a {a} https://a https://b\n" REST, AK_BAD_FORMAT, "trust.witness", 2 },
		{ "key id of another name", "log {L}\nwitness a x{a}\n" REST, AK_BAD_FORMAT, "trust.witness", 2 },
		{ "key cut off", "log {L}\nwitness a w.example/a+00000000+BA==\n" REST, AK_BAD_FORMAT, "trust.witness", 2 },
		{ "key of an unknown type", "log {L}\nwitness a w.example/a+00000000+BgAA\n" REST, AK_UNKNOWN_VERSION, "trust.witness", 2 },
	};

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void own_lines(void **state)
{
	static const row rows[] = {
		{ "no log", REST, AK_BAD_FORMAT, "trust.log", 0 },
		{ "no quorum", "log {L}\ngenesis {1}\ncomplete none\nfresh P7D\n", AK_BAD_FORMAT, "trust.quorum", 0 },
		{ "no genesis", "log {L}\nquorum none\ncomplete none\nfresh P7D\n", AK_BAD_FORMAT, "trust.genesis", 0 },
		{ "no complete", "log {L}\nquorum none\ngenesis {1}\nfresh P7D\n", AK_BAD_FORMAT, "trust.complete", 0 },
		{ "no fresh", "log {L}\nquorum none\ngenesis {1}\ncomplete none\n", AK_BAD_FORMAT, "trust.fresh", 0 },
		{ "empty file", "", AK_BAD_FORMAT, "trust.log", 0 },
		{ "two genesis", "log {L}\n" REST "genesis {1}\n", AK_BAD_FORMAT, "trust.genesis", 6 },
		{ "two complete", "log {L}\n" REST "complete none\n", AK_BAD_FORMAT, "trust.complete", 6 },
		{ "two fresh", "log {L}\n" REST "fresh P7D\n", AK_BAD_FORMAT, "trust.fresh", 6 },
		{ "two keyset", "log {L}\n" REST "keyset {1}\nkeyset {1}\n", AK_BAD_FORMAT, "trust.keyset", 7 },
		{ "genesis without sha256:", "log {L}\nquorum none\ngenesis 1111\n", AK_BAD_FORMAT, "trust.genesis", 3 },
		{ "genesis short", "log {L}\nquorum none\ngenesis sha256:1111\n", AK_BAD_FORMAT, "trust.genesis", 3 },
		{ "genesis long", "log {L}\nquorum none\ngenesis {1}1\n", AK_BAD_FORMAT, "trust.genesis", 3 },
		{ "genesis and more", "log {L}\nquorum none\ngenesis {1} {1}\n", AK_BAD_FORMAT, "trust.genesis", 3 },
		{ "genesis with a comment behind it", "log {L}\nquorum none\ngenesis {1} # mine\n", AK_BAD_FORMAT, "trust.genesis", 3 },
		{ "complete unknown", "log {L}\nquorum none\ngenesis {1}\ncomplete a\n", AK_BAD_FORMAT, "trust.complete", 4 },
		{ "complete before its witness", "log {L}\nquorum none\ngenesis {1}\ncomplete a\nwitness a {a}\nfresh P7D\n", AK_BAD_FORMAT, "trust.complete", 4 },
		{ "complete empty", "log {L}\nquorum none\ngenesis {1}\ncomplete\nfresh P7D\n", AK_BAD_FORMAT, "trust.complete", 4 },
		{ "fresh 0", "log {L}\nfresh P0D\n", AK_BAD_FORMAT, "trust.fresh", 2 },
		{ "fresh nothing", "log {L}\nfresh PD\n", AK_BAD_FORMAT, "trust.fresh", 2 },
		{ "fresh empty", "log {L}\nfresh\n", AK_BAD_FORMAT, "trust.fresh", 2 },
		{ "fresh leading zero", "log {L}\nfresh P07D\n", AK_BAD_FORMAT, "trust.fresh", 2 },
		{ "fresh in weeks", "log {L}\nfresh P1W\n", AK_BAD_FORMAT, "trust.fresh", 2 },
		{ "fresh in hours", "log {L}\nfresh PT7D\n", AK_BAD_FORMAT, "trust.fresh", 2 },
		{ "fresh small letters", "log {L}\nfresh p7d\n", AK_BAD_FORMAT, "trust.fresh", 2 },
		{ "fresh bare number", "log {L}\nfresh 7\n", AK_BAD_FORMAT, "trust.fresh", 2 },
		{ "fresh negative", "log {L}\nfresh P-7D\n", AK_BAD_FORMAT, "trust.fresh", 2 },
		{ "fresh beyond 2^64", "log {L}\nfresh P18446744073709551623D\n", AK_BAD_FORMAT, "trust.fresh", 2 },
		{ "profile without a scheme", "log {L}\nprofile {1}\n", AK_BAD_FORMAT, "trust.profile", 2 },
		{ "profile without a digest", "log {L}\nprofile ismap\n", AK_BAD_FORMAT, "trust.profile", 2 },
		{ "profile scheme in capitals", "log {L}\nprofile ISMAP {1}\n", AK_BAD_FORMAT, "trust.profile", 2 },
		{ "unknown line", "log {L}\nmirror {a}\n" REST, AK_BAD_FORMAT, "trust.line", 2 },
		{ "line in capitals", "Log {L}\n" REST, AK_BAD_FORMAT, "trust.line", 1 },
		{ "origin in capitals", "log Ledger.example+00000000+AQ==\n" REST, AK_BAD_FORMAT, "trust.log", 1 },
	};

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void allowed_bytes(void **state)
{
	static const row rows[] = {
		{ "carriage return", "log {L}\r\n" REST, AK_BAD_FORMAT, "trust.text", 1 },
		{ "carriage return in a comment", "log {L}\n#\r\n" REST, AK_BAD_FORMAT, "trust.text", 2 },
		{ "form feed as blank", "log {L}\nquorum\fnone\n", AK_BAD_FORMAT, "trust.text", 2 },
		{ "delete", "log {L}\n# \x7f\n" REST, AK_BAD_FORMAT, "trust.text", 2 },
		{ "no final newline", "log {L}\n" REST "# end", AK_BAD_FORMAT, "trust.text", 6 },
		{ "not UTF-8", "log {L}\nwitness \xe9 {a}\n" REST, AK_BAD_FORMAT, "trust.text", 2 },
		{ "control character before what is not UTF-8", "\x01\n\xff\n", AK_BAD_FORMAT, "trust.text", 1 },
		{ "what is not UTF-8 before a control character", "\xff\n\x01\n", AK_BAD_FORMAT, "trust.text", 1 },
		{ "no-break space is no blank", "log\u00a0{L}\n" REST, AK_BAD_FORMAT, "trust.line", 1 },
	};
	ak_trust *t = calloc(1, sizeof(*t));
	ak_error err = { 0 };

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
	/* A string cannot hold this one. */
	assert_non_null(t);
	assert_int_equal(ak_trust_parse((ak_span){ (const uint8_t *)"#\0\n", 3 }, toy_hash, t, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "trust.text");
	for (int c = 0; c < 256; c++) {
		uint8_t text[] = { '#', (uint8_t)c, '\n' };
		bool good = c == '\t' || c == '\n' || (c >= 0x20 && c <= 0x7e);

		assert_int_equal(ak_trust_parse((ak_span){ text, 3 }, toy_hash, t, &err), AK_BAD_FORMAT);
		/* What follows a newline is "\n", and an otherwise empty file lacks its log. */
		assert_string_equal(err.where, good ? "trust.log" : "trust.text");
	}
	free(t);
}

/* A good key under a name that no ledger can have. */
static void log_is_named_by_its_origin(void **state)
{
	static const char *const name[] = { "ledger.example/demo", "Ledger.example", "/ledger", "台帳" };
	ak_trust *t = calloc(1, sizeof(*t));

	(void)state;
	assert_non_null(t);
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		ak_error err = { 0 };
		ak_status st;
		ak_buf b;

		ak_buf_init(&b, 1000);
		put_text(&b, REST "log ");
		put_vkey(&b, name[i], AK_NOTE_ED25519, 1);
		put_text(&b, "\n");
		st = ak_trust_parse(ak_buf_span(&b), toy_hash, t, &err);
		if (st != (i == 0 ? AK_OK : AK_BAD_FORMAT))
			fail_msg("%s: %s", name[i], ak_status_name(st));
		if (i > 0)
			assert_string_equal(err.where, "trust.log");
		ak_buf_clear(&b);
	}
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read),
		cmocka_unit_test(accepted),
		cmocka_unit_test(policy_lines),
		cmocka_unit_test(own_lines),
		cmocka_unit_test(allowed_bytes),
		cmocka_unit_test(log_is_named_by_its_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
