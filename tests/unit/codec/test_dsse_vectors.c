/* SPDX-License-Identifier: Apache-2.0 */
/* The DSSE specification's example and edits of it: structure only.  What the signatures
 * condemn must be read here, so that a verifier can skip it and say why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/dsse.h"
#include "vector_file.h"

#include <string.h>

#define FOLDER "dsse-spec"

static const struct { const char *file, *where; } malformed[] = {
	{ "bad-no-payload.json", "dsse.payload" },
	{ "bad-base64-padding.json", "dsse.payload" },
	{ "bad-base64-trailing-bits.json", "dsse.payload" },
};

static const char *expected_place(ak_span file)
{
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		if (ak_span_is(file, malformed[i].file))
			return malformed[i].where;
	}
	return NULL;
}

static void check_same(const ak_dsse *a, const ak_dsse *b)
{
	assert_string_equal(a->type, b->type);
	assert_true(ak_span_eq(ak_buf_span(&a->payload), ak_buf_span(&b->payload)));
	assert_int_equal(a->n_sigs, b->n_sigs);
	for (size_t i = 0; i < a->n_sigs; i++) {
		assert_string_equal(a->sigs[i].keyid, b->sigs[i].keyid);
		assert_true(ak_span_eq(ak_buf_span(&a->sigs[i].sig),
		                       ak_buf_span(&b->sigs[i].sig)));
	}
}

static void check_rewritten(const ak_dsse *e)
{
	ak_dsse again;
	ak_buf b;

	ak_buf_init(&b, 100000);
	assert_int_equal(ak_dsse_format(e, &b, NULL), AK_OK);
	assert_int_equal(ak_dsse_parse(ak_buf_span(&b), &again, NULL), AK_OK);
	check_same(e, &again);
	ak_dsse_clear(&again);
	ak_buf_clear(&b);
}

static void check_row(const ak_span column[VECTOR_COLUMNS_MAX])
{
	const char *place = expected_place(column[0]);
	ak_error err = { 0 };
	ak_dsse e;
	ak_status st;
	ak_buf b;

	vector_read(FOLDER, column[0], &b);
	st = ak_dsse_parse(ak_buf_span(&b), &e, &err);
	if (place != NULL) {
		assert_true(ak_span_is(column[2], "reject"));
		if (st != AK_BAD_FORMAT || strcmp(err.where, place) != 0)
			fail_msg("%.*s: %s at %s, want %s", (int)column[0].len,
			         (const char *)column[0].data, ak_status_name(st), err.where,
			         place);
	} else {
		if (st != AK_OK)
			fail_msg("%.*s: %s %s", (int)column[0].len,
			         (const char *)column[0].data, err.where, err.detail);
		check_rewritten(&e);
		ak_dsse_clear(&e);
	}
	ak_buf_clear(&b);
}

static void envelopes(void **state)
{
	(void)state;
	assert_int_equal(vector_rows(FOLDER, "cases.tsv", check_row), 14);
}

static void pae_of_the_specification(void **state)
{
	ak_buf in, payload, want, pae;
	ak_dsse e;

	(void)state;
	vector_read(FOLDER, ak_span_str("envelope.json"), &in);
	vector_read(FOLDER, ak_span_str("payload.bin"), &payload);
	vector_read(FOLDER, ak_span_str("pae.bin"), &want);
	ak_buf_init(&pae, 1000);
	assert_int_equal(ak_dsse_parse(ak_buf_span(&in), &e, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&e.payload), ak_buf_span(&payload)));
	assert_int_equal(ak_dsse_pae(e.type, ak_buf_span(&e.payload), &pae, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&pae), ak_buf_span(&want)));
	ak_dsse_clear(&e);
	ak_buf_clear(&pae);
	ak_buf_clear(&want);
	ak_buf_clear(&payload);
	ak_buf_clear(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(envelopes),
		cmocka_unit_test(pae_of_the_specification),
	};

	vectors_or_skip(FOLDER);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
