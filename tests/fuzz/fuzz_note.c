/* SPDX-License-Identifier: Apache-2.0 */
/* Property: parsing a note (or a verifier key) either fails, or writing its parts gives
 * back the very same bytes. */
#include "codec/note.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_note(ak_span in)
{
	ak_note_line line;
	ak_note note;
	size_t n = 0;
	ak_span rest;
	ak_buf b;

	if (ak_note_parse(in, &note, NULL) != AK_OK)
		return;
	ak_buf_init(&b, AK_NOTE_MAX);
	must(ak_buf_add_span(&b, note.text, NULL) == AK_OK);
	must(ak_buf_add_byte(&b, '\n', NULL) == AK_OK);
	rest = note.sigs;
	while (ak_note_next(&rest, &line)) {
		ak_span blob = { line.blob, line.blob_len };

		must(ak_note_line_format(line.name, line.key_id, blob, &b, NULL) == AK_OK);
		n++;
	}
	must(n == note.n_sigs && rest.len == 0);
	must(ak_span_eq(ak_buf_span(&b), in));
	ak_buf_clear(&b);
}

/* Every key has the id 00000000: the fuzzer cannot be asked to find a hash. */
static void no_hash(ak_span in, ak_digest *out)
{
	(void)in;
	*out = (ak_digest){ 0 };
}

static void check_key(ak_span in)
{
	ak_vkey key;
	ak_buf b;

	if (ak_vkey_parse(in, no_hash, &key, NULL) != AK_OK)
		return;
	ak_buf_init(&b, AK_NOTE_MAX);
	must(ak_vkey_format(&key, &b, NULL) == AK_OK);
	must(ak_span_eq(ak_buf_span(&b), in));
	ak_buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_note((ak_span){ data, size });
	check_key((ak_span){ data, size });
	return 0;
}
