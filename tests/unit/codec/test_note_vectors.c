/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes made by others: their form.  Whether a signature is good is asked elsewhere,
 * so a note that only its keys condemn must parse here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/note.h"
#include "vector_file.h"

#include <string.h>

#define FOLDER "signed-notes"

/* What the form alone condemns, and where. */
static const struct { const char *file, *where; } malformed[] = {
	{ "bad-no-signature.note", "note.signatures" },
	{ "bad-no-blank-line.note", "note.separator" },
	{ "bad-hyphen-for-em-dash.note", "note.signature" },
	{ "bad-crlf.note", "note.text" },
	{ "bad-no-final-newline.note", "note.end" },
	{ "bad-base64-trailing-bits.note", "note.blob" },
};

static const char *expected_place(ak_span file)
{
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		if (ak_span_is(file, malformed[i].file))
			return malformed[i].where;
	}
	return NULL;
}

/* Rebuild the note from its parts: the very same bytes. */
static void check_rebuilt(const ak_note *note, ak_span bytes)
{
	ak_span rest = note->sigs;
	ak_note_line line;
	ak_buf b;

	ak_buf_init(&b, AK_NOTE_MAX);
	assert_int_equal(ak_buf_add_span(&b, note->text, NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&b, '\n', NULL), AK_OK);
	while (ak_note_next(&rest, &line)) {
		ak_span blob = { line.blob, line.blob_len };

		assert_int_equal(ak_note_line_format(line.name, line.key_id, blob, &b, NULL),
		                 AK_OK);
	}
	assert_true(ak_span_eq(ak_buf_span(&b), bytes));
	ak_buf_clear(&b);
}

static void check_row(const ak_span column[VECTOR_COLUMNS_MAX])
{
	const char *place = expected_place(column[0]);
	ak_error err = { 0 };
	ak_note note;
	ak_status st;
	ak_buf b;

	vector_read(FOLDER, column[0], &b);
	st = ak_note_parse(ak_buf_span(&b), &note, &err);
	if (place == NULL) {
		if (st != AK_OK)
			fail_msg("%.*s: %s %s", (int)column[0].len,
			         (const char *)column[0].data, err.where, err.detail);
		check_rebuilt(&note, ak_buf_span(&b));
	} else {
		assert_true(ak_span_is(column[2], "reject"));
		if (st != AK_BAD_FORMAT || strcmp(err.where, place) != 0)
			fail_msg("%.*s: %s at %s, want %s", (int)column[0].len,
			         (const char *)column[0].data, ak_status_name(st), err.where,
			         place);
	}
	ak_buf_clear(&b);
}

static void notes(void **state)
{
	(void)state;
	assert_int_equal(vector_rows(FOLDER, "cases.tsv", check_row), 12);
}

/* Stands in for SHA-256, which this layer does not have: the id of the one key here. */
static void known_id(ak_span in, ak_digest *out)
{
	static const uint8_t id[4] = { 0x53, 0x0d, 0x90, 0x3a };

	assert_int_equal(in.len, strlen("example.com/foo\n") + 1 + 32);
	assert_memory_equal(in.data, "example.com/foo\n\x01", 17);
	*out = (ak_digest){ 0 };
	memcpy(out->b, id, sizeof(id));
}

static void verifier_key(void **state)
{
	ak_span text, rest;
	ak_note_line line;
	ak_note note;
	ak_vkey key;
	ak_buf b, again, msg;

	(void)state;
	vector_read(FOLDER, ak_span_str("c2sp-example.vkey"), &b);
	vector_read(FOLDER, ak_span_str("c2sp-example.note"), &msg);
	rest = ak_buf_span(&b);
	if (!ak_span_line(&rest, &text))
		text = rest;
	assert_int_equal(ak_vkey_parse(text, known_id, &key, NULL), AK_OK);
	assert_string_equal(key.name, "example.com/foo");
	assert_int_equal(key.type, AK_NOTE_ED25519);
	ak_buf_init(&again, 1000);
	assert_int_equal(ak_vkey_format(&key, &again, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&again), text));

	/* The note's only line is by that key. */
	assert_int_equal(ak_note_parse(ak_buf_span(&msg), &note, NULL), AK_OK);
	rest = note.sigs;
	assert_true(ak_note_next(&rest, &line));
	assert_true(ak_span_is(line.name, key.name));
	assert_memory_equal(line.key_id, key.id, 4);
	assert_int_equal(line.blob_len, 64);
	ak_buf_clear(&msg);
	ak_buf_clear(&again);
	ak_buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes),
		cmocka_unit_test(verifier_key),
	};

	vectors_or_skip(FOLDER);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
