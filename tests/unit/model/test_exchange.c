/* SPDX-License-Identifier: Apache-2.0 */
/* Lines 2 and 3 to the exchange file and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/signatures.h"
#include "oom.h"

#include <stdlib.h>
#include <string.h>

#define ID1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define ID2 "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define LINE "{\"signatures\":[{\"keyid\":\"" ID1 "\",\"sig\":\"AQID\"},{\"keyid\":\"" ID2 \
             "\",\"sig\":\"/w==\"}],\"timestamps\":["
#define STAMP "{\"keyid\":\"" ID2 "\",\"tsr\":\"AA==\"}"
#define PLAIN LINE "]}"
#define STAMPED LINE STAMP "]}"

/* There and back, also through the text of the file. */
static ak_status round_trip(const char *line, ak_error *err)
{
	ak_dsse e, again;
	ak_buf back, text;
	ak_status st;

	ak_buf_init(&back, AK_SIGNATURES_MAX);
	ak_buf_init(&text, AK_JSON_TEXT_MAX);
	ak_dsse_init(&again);
	st = ak_signatures_to_dsse(ak_span_str("{\"statement\":1}"), ak_span_str(line), &e, err);
	if (st != AK_OK)
		return st;
	st = ak_dsse_format(&e, &text, err);
	if (st == AK_OK)
		st = ak_dsse_parse(ak_buf_span(&text), &again, err);
	if (st == AK_OK)
		st = ak_signatures_from_dsse(&again, &back, err);
	if (st == AK_OK && (!ak_span_is(ak_buf_span(&back), line) || strcmp(again.type, AK_DSSE_TYPE) != 0 ||
	                    !ak_span_is(ak_buf_span(&again.payload), "{\"statement\":1}")))
		st = AK_INTERNAL;
	ak_buf_clear(&text);
	ak_buf_clear(&back);
	ak_dsse_clear(&again);
	ak_dsse_clear(&e);
	return st;
}

static void nothing_is_lost(void **state)
{
	ak_dsse e;

	(void)state;
	assert_int_equal(round_trip(PLAIN, NULL), AK_OK);
	assert_int_equal(round_trip(STAMPED, NULL), AK_OK);
	assert_int_equal(ak_signatures_to_dsse(ak_span_str("x"), ak_span_str(PLAIN), &e, NULL), AK_OK);
	assert_int_equal(e.n_sigs, 2);
	assert_string_equal(e.sigs[1].keyid, ID2);
	assert_null(e.timestamps);
	ak_dsse_clear(&e);
}

static void a_bad_line_makes_no_file(void **state)
{
	ak_error err = { 0 };
	ak_dsse e, before;

	(void)state;
	memset(&e, 0xa5, sizeof(e));
	memcpy(&before, &e, sizeof(e));
	assert_int_equal(ak_signatures_to_dsse(ak_span_str("x"), ak_span_str("{}"), &e, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "signatures");
	assert_memory_equal(&e, &before, sizeof(e));
}

static void add(ak_dsse *e, const char *keyid, const char *sig)
{
	assert_int_equal(ak_dsse_add_signature(e, keyid, ak_span_str(sig), NULL), AK_OK);
}

static void any_order_of_signatures(void **state)
{
	ak_buf line;
	ak_dsse e;

	(void)state;
	ak_dsse_init(&e);
	ak_buf_init(&line, AK_SIGNATURES_MAX);
	add(&e, ID2, "\xff");
	add(&e, ID1, "\x01\x02\x03");
	assert_int_equal(ak_signatures_from_dsse(&e, &line, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&line), PLAIN));
	ak_buf_clear(&line);
	ak_dsse_clear(&e);
}

static void refuse(ak_dsse *e, const char *where, uint64_t at)
{
	ak_error err = { 0 };
	ak_buf line;

	ak_buf_init(&line, AK_SIGNATURES_MAX);
	assert_int_equal(ak_signatures_from_dsse(e, &line, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, where);
	assert_int_equal(err.at, at);
	assert_int_equal(line.len, 0);
	ak_buf_clear(&line);
	ak_dsse_clear(e);
}

/* What would not be a line 3 is refused here, not by whoever reads the record. */
static void what_would_be_no_line(void **state)
{
	uint8_t *sig = calloc(1, AK_SIG_BYTES_MAX + 1);
	ak_buf line;
	ak_dsse e;

	(void)state;
	assert_non_null(sig);
	ak_dsse_init(&e);
	refuse(&e, "signatures", 0);
	add(&e, NULL, "x");
	refuse(&e, "signatures.signatures", 0);
	add(&e, ID1, "x");
	add(&e, "SHA256:1111", "x");
	refuse(&e, "signatures.signatures", 0); /* capitals sort first */
	add(&e, ID1, "x");
	add(&e, ID2, "x");
	add(&e, ID1, "y");
	refuse(&e, "signatures.signatures", 1);
	assert_int_equal(ak_dsse_add_signature(&e, ID1, (ak_span){ sig, AK_SIG_BYTES_MAX + 1 }, NULL), AK_OK);
	refuse(&e, "signatures.signatures", 0);
	assert_int_equal(ak_dsse_add_signature(&e, ID1, (ak_span){ sig, AK_SIG_BYTES_MAX }, NULL), AK_OK);
	ak_buf_init(&line, AK_SIGNATURES_MAX);
	assert_int_equal(ak_signatures_from_dsse(&e, &line, NULL), AK_OK);
	ak_buf_clear(&line);
	assert_int_equal(ak_json_parse(ak_span_str("[" STAMP "]"), &e.timestamps, NULL), AK_OK);
	refuse(&e, "signatures.timestamps", 0); /* of no signature */
	free(sig);
}

static ak_status go_round(void *ctx)
{
	return round_trip(ctx == NULL ? PLAIN : STAMPED, NULL);
}

static void out_of_memory(void **state)
{
	(void)state;
	oom_sweep("exchange", go_round, NULL);
	oom_sweep("exchange with timestamps", go_round, (void *)&state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(a_bad_line_makes_no_file),
		cmocka_unit_test(any_order_of_signatures),
		cmocka_unit_test(what_would_be_no_line),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
