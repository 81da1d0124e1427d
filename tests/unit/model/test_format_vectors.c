/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors of FORMAT that need no hashing: header, statement, issued, about, checkpoint, origins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/utctime.h"
#include "codec/dsse.h"
#include "codec/jcs.h"
#include "codec/note.h"
#include "format_cases.h"
#include "model/checkpoint.h"
#include "model/header.h"
#include "model/profile.h"
#include "model/signatures.h"

static void check_fields(const format_case *c, const ak_header *h)
{
	const json_t *f = json_object_get(c->want, "fields");
	char time[AK_UTCTIME_LEN + 1];
	ak_digest d = digest_of(json_object_get(f, "prev"));

	assert_memory_equal(&h->prev, &d, sizeof(d));
	d = digest_of(json_object_get(f, "signatures"));
	assert_memory_equal(&h->signatures, &d, sizeof(d));
	d = digest_of(json_object_get(f, "statement"));
	assert_memory_equal(&h->statement, &d, sizeof(d));
	d = digest_of(json_object_get(f, "subjects"));
	assert_memory_equal(&h->subjects, &d, sizeof(d));
	assert_int_equal(h->seq, json_integer_value(json_object_get(f, "seq")));
	ak_utctime_format(h->time, time);
	assert_true(ak_span_is(text_of(f, "time"), time));
}

static void header_case(const format_case *c)
{
	ak_span line = text_of(c->input, "line");
	bool unknown = json_is_true(json_object_get(c->want, "unknown_version"));
	ak_status want = wants_ok(c) ? AK_OK : unknown ? AK_UNKNOWN_VERSION : AK_BAD_FORMAT;
	ak_header h;
	ak_buf b;
	ak_status st = ak_header_parse(line, &h, NULL);

	if (st != want)
		fail_msg("%s: %s, want %s", c->id, ak_status_name(st), ak_status_name(want));
	if (st != AK_OK)
		return;
	check_fields(c, &h);
	ak_buf_init(&b, AK_HEADER_MAX);
	assert_int_equal(ak_header_format(&h, &b, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&b), line));
	ak_buf_clear(&b);
}

static void header(void **state)
{
	(void)state;
	(void)each_format_case("header", header_case);
}

static void about_case(const format_case *c)
{
	const json_t *want = json_object_get(c->want, "about");
	static ak_subjects got;
	ak_error err = { 0 };
	ak_status st = ak_about_derive(c->input, json_object_get(c->input, "body"), &got, &err);

	if (st != (wants_ok(c) ? AK_OK : AK_SCHEMA))
		fail_msg("%s: %s (%s)", c->id, ak_status_name(st), err.detail);
	if (st != AK_OK)
		return;
	assert_int_equal(got.n, json_array_size(want));
	for (size_t i = 0; i < got.n; i++)
		assert_string_equal(got.id[i], json_string_value(json_array_get(want, i)));
}

static void about(void **state)
{
	(void)state;
	(void)each_format_case("about", about_case);
}

static void checkpoint_case(const format_case *c)
{
	ak_span origin = text_of(c->input, "origin"), file = text_of(c->want, "cosigned");
	ak_digest root = digest_of(json_object_get(c->input, "root"));
	ak_note_line line;
	ak_checkpoint cp;
	ak_note note;
	ak_buf b;

	assert_int_equal(ak_note_parse(file, &note, NULL), AK_OK);
	assert_int_equal(note.n_sigs, 2);
	assert_true(ak_note_next(&note.sigs, &line) && ak_span_eq(line.name, origin));
	assert_int_equal(ak_checkpoint_parse(note.text, &cp, NULL), AK_OK);
	assert_true(ak_span_is(origin, cp.origin));
	assert_int_equal(cp.size, json_integer_value(json_object_get(c->input, "size")));
	assert_memory_equal(&cp.root, &root, sizeof(root));
	ak_buf_init(&b, 1000);
	assert_int_equal(ak_checkpoint_format(&cp, &b, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&b), note.text));
	ak_buf_clear(&b);
}

static void checkpoint(void **state)
{
	(void)state;
	(void)each_format_case("checkpoint", checkpoint_case);
}

static void issued_case(const format_case *c)
{
	ak_date d;
	char day[11];

	if (ak_date_parse(text_of(c->input, "issued"), &d) != wants_ok(c))
		fail_msg("%s", c->id);
	if (!wants_ok(c))
		return;
	if (json_object_get(c->want, "first_unix") != NULL)
		assert_int_equal(d.instant, json_integer_value(json_object_get(c->want, "first_unix")));
	ak_day_format(d.first, day);
	if (!ak_span_is(text_of(c->want, "first_day"), day))
		fail_msg("%s: first day %s", c->id, day);
	ak_day_format(d.last, day);
	if (!ak_span_is(text_of(c->want, "last_day"), day))
		fail_msg("%s: last day %s", c->id, day);
}

static void issued(void **state)
{
	(void)state;
	(void)each_format_case("issued", issued_case);
}

static void canonical(const json_t *statement, ak_span line)
{
	ak_statement s;
	ak_buf b;

	ak_buf_init(&b, AK_STATEMENT_MAX);
	assert_int_equal(ak_jcs_write(statement, &b, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&b), line));
	ak_buf_clear(&b);
	assert_int_equal(ak_statement_parse(line, &s, NULL), AK_OK);
	assert_true(ak_json_equal(s.root, statement));
	ak_statement_clear(&s);
}

/* Payload and PAE are in base64. */
static void pae(const format_case *c)
{
	ak_buf payload, b, b64;

	ak_buf_init(&payload, AK_STATEMENT_MAX);
	ak_buf_init(&b, AK_STATEMENT_MAX);
	ak_buf_init(&b64, 2 * AK_STATEMENT_MAX);
	assert_true(ak_base64_decode(text_of(c->input, "payload"), &payload, NULL));
	assert_int_equal(ak_dsse_pae((const char *)text_of(c->input, "type").data, ak_buf_span(&payload), &b, NULL), AK_OK);
	assert_int_equal(ak_base64_encode(ak_buf_span(&b), &b64, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&b64), text_of(c->want, "pae")));
	ak_buf_clear(&b64);
	ak_buf_clear(&b);
	ak_buf_clear(&payload);
}

static void statement_case(const format_case *c)
{
	const json_t *statement = json_object_get(c->input, "statement");
	ak_signatures s;

	if (json_is_object(statement)) {
		canonical(statement, text_of(c->want, "line"));
	} else if (json_object_get(c->want, "pae") != NULL) {
		pae(c);
	} else {
		ak_digest keyid = digest_of(json_object_get(c->want, "keyid"));

		assert_int_equal(ak_signatures_parse(text_of(c->want, "line"), &s, NULL), AK_OK);
		assert_int_equal(s.n, 1);
		assert_memory_equal(&s.sig[0].keyid, &keyid, sizeof(keyid));
		ak_signatures_clear(&s);
	}
}

static void statement(void **state)
{
	(void)state;
	(void)each_format_case("statement", statement_case);
}

/* The paths, messages and addresses beside them are of the git store. */
static void origin_case(const format_case *c)
{
	if (json_object_get(c->want, "ok") != NULL &&
	    ak_origin_valid(text_of(c->input, "origin")) != wants_ok(c))
		fail_msg("%s", c->id);
}

static void origins(void **state)
{
	(void)state;
	(void)each_format_case("git", origin_case);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header),
		cmocka_unit_test(about),
		cmocka_unit_test(checkpoint),
		cmocka_unit_test(issued),
		cmocka_unit_test(statement),
		cmocka_unit_test(origins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
