/* SPDX-License-Identifier: Apache-2.0 */
/* Several tokens over one signature (FORMAT 24.3, 24.4): the earliest never wins, and one that does not count takes nothing away. */
#include "verify/stamps.h"
#include "base/text.h"
#include "tsa.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { TOKENS_MAX = 3 };

static const char sealed_at[] = "2026-06-01T12:10:00Z";

typedef struct token {
	const char *time, *message; /* of the signature: "sig"           */
	bool stranger;              /* by an authority that nobody names */
} token;

typedef struct row {
	const char *name;
	token token[TOKENS_MAX]; /* the first without a time ends them */
	size_t good;
	const char *stamped_by; /* NULL: not known to have been there at all */
	ak_status why;          /* of the first that does not count          */
} row;

static const row rows[] = {
	{ "one", { { "20260601120000Z", "sig", false } }, 1, "2026-06-01T12:00:00Z", AK_OK },
	{ "N69 an earlier one does not win", { { "20260601115000Z", "sig", false }, { "20260601120000Z", "sig", false } }, 2, "2026-06-01T12:00:00Z", AK_OK },
	{ "N69 nor when it comes last", { { "20260601120000Z", "sig", false }, { "20260601115000Z", "sig", false } }, 2, "2026-06-01T12:00:00Z", AK_OK },
	{ "N69 a bad early one, by nobody", { { "20260601100000Z", "sig", true }, { "20260601120000Z", "sig", false } }, 1, "2026-06-01T12:00:00Z",
	  AK_NO_TRUSTED_SIG },
	{ "N69 a bad early one, over something else", { { "20260601100000Z", "else", false }, { "20260601120000Z", "sig", false } }, 1,
	  "2026-06-01T12:00:00Z", AK_BAD_TIMESTAMP },
	{ "N69 a bad early one, from before the certificate", { { "20251231235959Z", "sig", false }, { "20260601120000Z", "sig", false } }, 1,
	  "2026-06-01T12:00:00Z", AK_NO_TRUSTED_SIG },
	{ "N69 a bad early one and a bad late one", { { "20260601100000Z", "sig", true }, { "20260601120000Z", "sig", false }, { "20260601121501Z", "sig", false } }, 1,
	  "2026-06-01T12:00:00Z", AK_NO_TRUSTED_SIG },
	{ "N69 only bad ones", { { "20260601100000Z", "sig", true }, { "20260601110000Z", "else", false } }, 0, NULL, AK_NO_TRUSTED_SIG },
};

static ak_pins *pins_of(const authority *a)
{
	ak_cert *root = as_cert(a->root);
	ak_json *package = NULL;
	ak_pins *pins = NULL;
	ak_buf der, text;

	ak_buf_init(&der, AK_CERT_MAX * 2);
	ak_buf_init(&text, AK_CERT_MAX * 4);
	assert_int_equal(ak_base64_encode(ak_cert_der(root), &der, NULL), AK_OK);
	assert_int_equal(ak_buf_addf(&text, NULL, "{\"time_authorities\":[{\"name\":\"tsa\",\"operator\":\"one\",\"root\":\"%.*s\",\"policies\":[\"1.2.3.4.1\"],"
	                             "\"from\":\"2020-01-01T00:00:00Z\"}]}", (int)der.len, (const char *)der.data), AK_OK);
	assert_int_equal(ak_json_parse(ak_buf_span(&text), &package, NULL), AK_OK);
	assert_int_equal(ak_pins_read(package, &pins, NULL), AK_OK);
	ak_json_free(package);
	ak_buf_clear(&text);
	ak_buf_clear(&der);
	ak_cert_free(&root);
	return pins;
}

static void add_token(ak_buf *text, const char *keyid, const authority *by, const token *t)
{
	const wishes w = { .message = t->message, .time = t->time };
	ak_span tsr = tsa_stamp(by, &w);
	ak_buf base;

	ak_buf_init(&base, 2 * AK_STAMP_MAX);
	assert_int_equal(ak_base64_encode(tsr, &base, NULL), AK_OK);
	assert_int_equal(ak_buf_addf(text, NULL, "%s{\"keyid\":\"%s\",\"tsr\":\"", text->len == 1 ? "" : ",", keyid), AK_OK);
	assert_int_equal(ak_buf_add_span(text, ak_buf_span(&base), NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(text, "\"}", NULL), AK_OK);
	ak_buf_clear(&base);
	stamp_drop(&tsr);
}

static void each_row(void **state)
{
	static const ak_digest id = { { 9 } };
	char keyid[AK_DIGEST_TEXT_LEN + 1];
	authority known, stranger;
	ak_pins *pins;

	(void)state;
	authority_make(&known, NULL);
	authority_make(&stranger, NULL);
	pins = pins_of(&known);
	ak_digest_format(&id, keyid);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const row *r = &rows[i];
		const ak_pins *const all[] = { pins };
		ak_signature one = { .keyid = id, .sig = ak_span_str("sig") };
		ak_sealed s = { .header = { .time = at(sealed_at) } };
		ak_error why, err = { 0 };
		ak_json *list = NULL;
		size_t good = 99;
		ak_buf text;

		ak_buf_init(&text, TOKENS_MAX * 2 * AK_STAMP_MAX);
		assert_int_equal(ak_buf_add_str(&text, "[", NULL), AK_OK);
		for (size_t k = 0; k < TOKENS_MAX && r->token[k].time != NULL; k++)
			add_token(&text, keyid, r->token[k].stranger ? &stranger : &known, &r->token[k]);
		assert_int_equal(ak_buf_add_str(&text, "]", NULL), AK_OK);
		assert_int_equal(ak_json_parse(ak_buf_span(&text), &list, NULL), AK_OK);
		s.signatures.n = 1;
		s.signatures.sig = &one;
		s.signatures.timestamps = list;
		assert_int_equal(ak_stamps_try(&s, all, 1, &good, &why, &err), AK_OK);
		if (good != r->good || s.result[0].stamped != (r->stamped_by != NULL) || why.status != r->why ||
		    (r->stamped_by != NULL && s.result[0].stamped_by != at(r->stamped_by)))
			fail_msg("%s: %zu good, want %zu; by %lld; %s: %s", r->name, good, r->good, (long long)s.result[0].stamped_by, ak_status_name(why.status), why.detail);
		ak_json_free(list);
		ak_buf_clear(&text);
	}
	ak_pins_free(&pins);
	authority_clear(&stranger);
	authority_clear(&known);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_row) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
