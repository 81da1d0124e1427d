/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/note.h"

#include <inttypes.h>
#include <string.h>

#define DASH "\xe2\x80\x94 "
#define SIG "AAECA/8=" /* key id 00010203, blob ff */
#define TEXT "ledger.example/a\n3\nAAAA\n"
#define LINE DASH "ledger.example/a " SIG "\n"
#define GOOD TEXT "\n" LINE

static ak_status parse(const char *s, size_t len, ak_note *out, ak_error *err)
{
	return ak_note_parse((ak_span){ (const uint8_t *)s, len }, out, err);
}

static void parts_of_a_note(void **state)
{
	static const char in[] = GOOD DASH "証人.example/w AAECBP/+\n";
	ak_note_line line;
	ak_note note;
	ak_span rest;

	(void)state;
	assert_int_equal(parse(in, sizeof(in) - 1, &note, NULL), AK_OK);
	assert_true(ak_span_is(note.text, TEXT));
	assert_int_equal(note.n_sigs, 2);
	rest = note.sigs;
	assert_true(ak_note_next(&rest, &line));
	assert_true(ak_span_is(line.name, "ledger.example/a"));
	assert_memory_equal(line.key_id, "\0\1\2\3", 4);
	assert_int_equal(line.blob_len, 1);
	assert_int_equal(line.blob[0], 0xff);
	assert_true(ak_span_is(line.raw, DASH "ledger.example/a " SIG));
	assert_true(ak_note_next(&rest, &line));
	assert_true(ak_span_is(line.name, "証人.example/w"));
	assert_memory_equal(line.key_id, "\0\1\2\4", 4);
	assert_int_equal(line.blob_len, 2);
	assert_false(ak_note_next(&rest, &line));
	assert_int_equal(rest.len, 0);
}

/* B03: the separator is the last blank line, wherever the others are. */
static void last_blank_line_separates(void **state)
{
	static const struct { const char *in, *text; } rows[] = {
		{ "a\n\nb\n\n" LINE, "a\n\nb\n" },
		{ "a\n\n\n" LINE, "a\n\n" },
		{ "\n\n" LINE, "\n" },
		{ "\n\n\n\n" LINE, "\n\n\n" },
		{ "a\n\n" LINE "\n" LINE, "a\n\n" LINE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_note note;

		assert_int_equal(parse(rows[i].in, strlen(rows[i].in), &note, NULL), AK_OK);
		assert_true(ak_span_is(note.text, rows[i].text));
		assert_int_equal(note.n_sigs, 1);
	}
}

static void malformed(void **state)
{
	static const struct { const char *name, *in, *where; uint64_t at; } rows[] = {
		{ "nothing", "", "note.end", 0 },
		{ "no final newline", TEXT "\n" DASH "a " SIG, "note.end", 39 },
		{ "only newline", "\n", "note.separator", 1 },
		{ "no blank line", "a\n" LINE, "note.separator", 32 },
		{ "no text at all", "\n" LINE, "note.separator", 31 },
		{ "no signature", "a\n\n", "note.signatures", 3 },
		{ "blank line at the end", "a\n\n" LINE "\n", "note.signatures", 34 },
		{ "carriage return", "a\r\n\n" LINE, "note.text", 1 },
		{ "tab", "a\tb\n\n" LINE, "note.text", 1 },
		{ "escape", "\x1b[2J\n\n" LINE, "note.text", 0 },
		{ "tab in a signature", "a\n\n" DASH "a\t" SIG "\n", "note.text", 8 },
		{ "invalid UTF-8", "a\xff\n\n" LINE, "note.text", 1 },
		{ "surrogate", "\xed\xa0\x80\n\n" LINE, "note.text", 0 },
		{ "hyphen", "a\n\n- a " SIG "\n", "note.signature", 3 },
		{ "en dash", "a\n\n\xe2\x80\x93 a " SIG "\n", "note.signature", 3 },
		{ "no space after the dash", "a\n\n\xe2\x80\x94" "a " SIG "\n", "note.signature", 3 },
		{ "blank before the dash", "a\n\n " LINE, "note.signature", 3 },
		{ "dash alone", "a\n\n" DASH "\n", "note.signature", 7 },
		{ "name alone", "a\n\n" DASH "a\n", "note.signature", 7 },
		{ "second line is text", "a\n\n" LINE "b\n", "note.signature", 33 },
		{ "empty name", "a\n\n" DASH " " SIG "\n", "note.name", 7 },
		{ "plus in the name", "a\n\n" DASH "a+b " SIG "\n", "note.name", 7 },
		{ "ideographic space in the name", "a\n\n" DASH "a\xe3\x80\x80" "b " SIG "\n",
		  "note.name", 7 },
		{ "two blanks", "a\n\n" DASH "a  " SIG "\n", "note.blob", 18 },
		{ "blank at the end", "a\n\n" DASH "a " SIG " \n", "note.blob", 18 },
		{ "nothing after the name", "a\n\n" DASH "a \n", "note.blob", 9 },
		{ "key id cut", "a\n\n" DASH "a AAEC\n", "note.blob", 9 },
		{ "key id alone", "a\n\n" DASH "a AAECAw==\n", "note.blob", 9 },
		{ "padding missing", "a\n\n" DASH "a AAECA/8\n", "note.blob", 16 },
		{ "unused bits", "a\n\n" DASH "a AAECA/9=\n", "note.blob", 13 },
		{ "URL-safe", "a\n\n" DASH "a AAECA_8=\n", "note.blob", 13 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_note note, was;
		ak_error err = { 0 };
		ak_status st;

		memset(&note, 0xa5, sizeof(note));
		memcpy(&was, &note, sizeof(was));
		st = parse(rows[i].in, strlen(rows[i].in), &note, &err);
		if (st != AK_BAD_FORMAT || strcmp(err.where, rows[i].where) != 0 ||
		    err.at != rows[i].at)
			fail_msg("%s: %s at %s %" PRIu64, rows[i].name, ak_status_name(st),
			         st == AK_OK ? "" : err.where, err.at);
		assert_memory_equal(&note, &was, sizeof(was));
	}
}

/* All below U+0020 but newline; DEL is above. */
static void control_characters(void **state)
{
	char in[] = "a\0b\n\n" LINE;

	(void)state;
	for (int c = 0; c <= 0x20; c++) {
		ak_error err = { .at = 1 };
		ak_note note;
		bool fine = c == '\n' || c == 0x20;

		in[1] = (char)c;
		assert_int_equal(parse(in, sizeof(in) - 1, &note, &err),
		                 fine ? AK_OK : AK_BAD_FORMAT);
		assert_int_equal(err.at, 1);
	}
	in[1] = 0x7f;
	assert_int_equal(parse(in, sizeof(in) - 1, &(ak_note){ 0 }, NULL), AK_OK);
}

static void build(ak_buf *b, size_t text, size_t lines, size_t blob)
{
	static const uint8_t zero[AK_NOTE_BLOB_MAX];

	ak_buf_init(b, 10 * AK_NOTE_MAX);
	for (size_t i = 1; i < text; i++)
		assert_int_equal(ak_buf_add_byte(b, 't', NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(b, "\n\n", NULL), AK_OK);
	for (size_t i = 0; i < lines; i++)
		assert_int_equal(ak_note_line_format(ak_span_str("w"), zero,
		                                     (ak_span){ zero, blob }, b, NULL),
		                 AK_OK);
}

/* B06 */
static void limits(void **state)
{
	ak_error err = { 0 };
	ak_note note;
	ak_buf b;

	(void)state;
	build(&b, 10, 16, 64);
	assert_int_equal(ak_note_parse(ak_buf_span(&b), &note, &err), AK_OK);
	assert_int_equal(note.n_sigs, 16);
	ak_buf_clear(&b);
	build(&b, 10, AK_NOTE_SIGNATURES_MAX, 64);
	assert_int_equal(ak_note_parse(ak_buf_span(&b), &note, &err), AK_OK);
	assert_int_equal(note.n_sigs, AK_NOTE_SIGNATURES_MAX);
	ak_buf_clear(&b);
	build(&b, 10, AK_NOTE_SIGNATURES_MAX + 1, 64);
	assert_int_equal(ak_note_parse(ak_buf_span(&b), &note, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "note.signatures");
	assert_int_equal(err.at, 11 + 100 * (4 + 2 + 92 + 1));
	ak_buf_clear(&b);

	build(&b, 10, 1, AK_NOTE_BLOB_MAX);
	assert_int_equal(ak_note_parse(ak_buf_span(&b), &note, &err), AK_OK);
	ak_buf_clear(&b);

	/* A text that fills the note to the last byte, and one byte more. */
	build(&b, AK_NOTE_MAX - 1 - 99, 1, 64);
	assert_int_equal(b.len, AK_NOTE_MAX);
	assert_int_equal(ak_note_parse(ak_buf_span(&b), &note, &err), AK_OK);
	ak_buf_clear(&b);
	build(&b, AK_NOTE_MAX - 99, 1, 64);
	assert_int_equal(ak_note_parse(ak_buf_span(&b), &note, &err), AK_LIMIT);
	assert_string_equal(err.where, "note.size");
	ak_buf_clear(&b);
}

static void blob_over_its_limit(void **state)
{
	ak_error err = { 0 };
	ak_note note;
	ak_buf b;

	(void)state;
	ak_buf_init(&b, AK_NOTE_MAX);
	assert_int_equal(ak_buf_add_str(&b, "t\n\n" DASH "w ", NULL), AK_OK);
	for (int i = 0; i < (AK_NOTE_BLOB_MAX + 4 + 3) / 3; i++)
		assert_int_equal(ak_buf_add_str(&b, "AAAA", NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&b, '\n', NULL), AK_OK);
	assert_int_equal(ak_note_parse(ak_buf_span(&b), &note, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "note.blob");
	ak_buf_clear(&b);
}

/* Whatever parses is rebuilt from its parts without a difference. */
static void check_rebuilt(const ak_note *note, ak_span bytes)
{
	ak_span rest = note->sigs;
	ak_note_line line;
	size_t n = 0;
	ak_buf b;

	ak_buf_init(&b, AK_NOTE_MAX);
	assert_int_equal(ak_buf_add_span(&b, note->text, NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&b, '\n', NULL), AK_OK);
	while (ak_note_next(&rest, &line)) {
		ak_span blob = { line.blob, line.blob_len };

		assert_int_equal(ak_note_line_format(line.name, line.key_id, blob, &b, NULL),
		                 AK_OK);
		n++;
	}
	assert_int_equal(n, note->n_sigs);
	assert_true(ak_span_eq(ak_buf_span(&b), bytes));
	ak_buf_clear(&b);
}

static void mangled(void **state)
{
	static const char good[] = "a\n\nb\n\n" LINE DASH "証.example AAECBAUG\n";
	uint8_t bytes[sizeof(good) - 1];
	size_t accepted = 0;
	ak_note note;

	(void)state;
	memcpy(bytes, good, sizeof(bytes));
	for (size_t n = 0; n < sizeof(bytes); n++) {
		if (ak_note_parse((ak_span){ bytes, n }, &note, NULL) == AK_OK)
			check_rebuilt(&note, (ak_span){ bytes, n });
	}
	for (size_t i = 0; i < sizeof(bytes) * 8; i++) {
		ak_span in = { bytes, sizeof(bytes) };

		bytes[i / 8] = (uint8_t)(bytes[i / 8] ^ 1U << i % 8);
		if (ak_note_parse(in, &note, NULL) == AK_OK) {
			check_rebuilt(&note, in);
			accepted++;
		}
		bytes[i / 8] = (uint8_t)(bytes[i / 8] ^ 1U << i % 8);
	}
	assert_true(accepted > 0);
	for (size_t i = 0; i < sizeof(bytes); i++) { /* each byte left out */
		uint8_t less[sizeof(bytes) - 1];

		memcpy(less, bytes, i);
		memcpy(less + i, bytes + i + 1, sizeof(bytes) - i - 1);
		if (ak_note_parse((ak_span){ less, sizeof(less) }, &note, NULL) == AK_OK)
			check_rebuilt(&note, (ak_span){ less, sizeof(less) });
	}
}

static void walking_stops_at_what_is_not_a_line(void **state)
{
	static const char *const rows[] = { "", "\n", "x\n", DASH "a " SIG, DASH "a b\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_span rest = ak_span_str(rows[i]), was = rest;
		ak_note_line line = { .blob_len = 77 };

		assert_false(ak_note_next(&rest, &line));
		assert_ptr_equal(rest.data, was.data);
		assert_int_equal(rest.len, was.len);
		assert_int_equal(line.blob_len, 77);
	}
}

static void names(void **state)
{
	static const struct { const char *name; bool ok; } rows[] = {
		{ "a", true }, { "ledger.example/x-1_2~3", true }, { "証し", true },
		{ "\xf0\x9f\x97\x9d", true }, { "oid/1.3.6.1", true }, { "a=b", true },
		{ "\xe2\x80\x8b", true }, /* U+200B is no White_Space */
		{ "", false }, { " ", false }, { "a b", false }, { "a+b", false }, { "+", false },
		{ "a\n", false }, { "a\t", false }, { "a\x7f", false },
		{ "a\xc2\x80", false },     /* U+0080 */
		{ "a\xc2\x85", false },     /* U+0085 */
		{ "a\xc2\x9f", false },     /* U+009F */
		{ "a\xc2\xa0", false },     /* U+00A0 */
		{ "\xe1\x9a\x80", false },  /* U+1680 */
		{ "\xe2\x80\x80", false },  /* U+2000 */
		{ "\xe2\x80\x8a", false },  /* U+200A */
		{ "\xe2\x80\xa8", false },  /* U+2028 */
		{ "\xe2\x80\xa9", false },  /* U+2029 */
		{ "\xe2\x80\xaf", false },  /* U+202F */
		{ "\xe2\x81\x9f", false },  /* U+205F */
		{ "a\xe3\x80\x80z", false }, /* U+3000 */
		{ "\xff", false }, { "a\xe3\x80", false },
	};
	char wide[AK_NOTE_NAME_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (ak_note_name_valid(ak_span_str(rows[i].name)) != rows[i].ok)
			fail_msg("row %zu", i);
	}
	memset(wide, 'n', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	assert_false(ak_note_name_valid(ak_span_str(wide)));
	assert_true(ak_note_name_valid(ak_span_str(wide + 1)));
}

static void lines_that_are_not_written(void **state)
{
	static const uint8_t blob[AK_NOTE_BLOB_MAX + 1], id[4];
	ak_error err = { 0 };
	ak_buf b;

	(void)state;
	ak_buf_init(&b, AK_NOTE_MAX);
	assert_int_equal(ak_note_line_format(ak_span_str("a b"), id, (ak_span){ blob, 1 }, &b,
	                                     &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "note.name");
	assert_int_equal(ak_note_line_format(ak_span_str("a"), id, (ak_span){ blob, 0 }, &b,
	                                     &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "note.blob");
	assert_int_equal(ak_note_line_format(ak_span_str("a"), id,
	                                     (ak_span){ blob, sizeof(blob) }, &b, &err),
	                 AK_INVALID_ARGUMENT);
	assert_int_equal(b.len, 0);
	ak_buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_of_a_note),
		cmocka_unit_test(last_blank_line_separates),
		cmocka_unit_test(malformed),
		cmocka_unit_test(control_characters),
		cmocka_unit_test(limits),
		cmocka_unit_test(blob_over_its_limit),
		cmocka_unit_test(mangled),
		cmocka_unit_test(walking_stops_at_what_is_not_a_line),
		cmocka_unit_test(names),
		cmocka_unit_test(lines_that_are_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
