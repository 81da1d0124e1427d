/* SPDX-License-Identifier: Apache-2.0 */
/* x-class: what is confidential does not stand in a body in the open, wherever its definition puts it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "seal/class.h"

#include <stdio.h>
#include <string.h>

#define D "\"sha256:00000000000000000000000000000000000000000000000000000000000000aa\""

static const char schema[] =
	"{\"$defs\":{\"kept\":{\"properties\":{\"why\":{\"x-class\":\"commit\"}}},\"loop\":{\"allOf\":[{\"$ref\":\"#/$defs/loop\"},{\"$ref\":\"#/$defs/loop\"}]}},"
	"\"properties\":{\"open\":{\"x-class\":\"public\"},\"secret\":{\"x-class\":\"commit\"},\"person\":{\"x-class\":\"never\"},"
	"\"list\":{\"x-class\":\"public\",\"items\":{\"$ref\":\"#/$defs/kept\"}},\"first\":{\"prefixItems\":[{\"x-class\":\"commit\"}],\"items\":{\"x-class\":\"public\"}},"
	"\"loop\":{\"$ref\":\"#/$defs/loop\"},\"more\":{\"additionalProperties\":{\"x-class\":\"commit\"}}},"
	"\"oneOf\":[{\"properties\":{\"a\":{\"x-class\":\"commit\"}}},{\"properties\":{\"b\":{\"x-class\":\"public\"}}}],"
	"\"then\":{\"properties\":{\"c\":{\"x-class\":\"commit\"}}}}";

static const struct row {
	const char *name, *body;
	ak_status want;
	const char *says; /* the field, at the start of what is said */
} rows[] = {
	{ "public in the open", "{\"open\":\"x\"}", AK_OK, NULL },
	{ "a commitment", "{\"secret\":" D "}", AK_OK, NULL },
	{ "an element as digest", "{\"secret\":{\"...\":\"x\"}}", AK_OK, NULL },
	{ "all members as digests", "{\"secret\":{\"_sd\":[\"x\"],\"_sd_alg\":\"sha-256\"}}", AK_OK, NULL },
	{ "no such field", "{\"other\":\"x\"}", AK_OK, NULL },
	{ "text in the open", "{\"secret\":\"hidden\"}", AK_SCHEMA, "/secret " },
	{ "a number in the open", "{\"secret\":7}", AK_SCHEMA, "/secret " },
	{ "null in the open", "{\"secret\":null}", AK_SCHEMA, "/secret " },
	{ "a digest with more behind it", "{\"secret\":\"sha256:00000000000000000000000000000000000000000000000000000000000000aahidden\"}", AK_SCHEMA, "/secret " },
	{ "a value beside digests", "{\"secret\":{\"_sd\":[\"x\"],\"hidden\":\"y\"}}", AK_SCHEMA, "/secret " },
	{ "a value beside a digest", "{\"secret\":{\"...\":\"x\",\"hidden\":\"y\"}}", AK_SCHEMA, "/secret " },
	{ "a list of digests", "{\"secret\":[" D "]}", AK_SCHEMA, "/secret " },
	{ "never, in the open", "{\"person\":\"x\"}", AK_SCHEMA, "/person " },
	{ "never, as a commitment", "{\"person\":" D "}", AK_SCHEMA, "/person " },
	{ "by reference, in a list", "{\"list\":[{\"why\":" D "},{\"why\":\"hidden\"}]}", AK_SCHEMA, "/list/1/why " },
	{ "by its place in a list", "{\"first\":[\"hidden\",\"x\"]}", AK_SCHEMA, "/first/0 " },
	{ "the rest of that list", "{\"first\":[" D ",\"x\"]}", AK_OK, NULL },
	{ "of any name", "{\"more\":{\"any\":\"hidden\"}}", AK_SCHEMA, "/more/any " },
	{ "in one of several ways", "{\"a\":\"hidden\"}", AK_SCHEMA, "/a " },
	{ "in the other way", "{\"b\":\"x\"}", AK_OK, NULL },
	{ "under a condition", "{\"c\":\"hidden\"}", AK_SCHEMA, "/c " },
	{ "a definition that never ends", "{\"loop\":1}", AK_LIMIT, "the definition" },
};

static void stands_in_the_open_or_not(void **state)
{
	ak_json *s = NULL;

	(void)state;
	assert_int_equal(ak_json_parse(ak_span_str(schema), &s, NULL), AK_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_json *body = NULL;
		ak_error err = { 0 };
		ak_status st;

		assert_int_equal(ak_json_parse(ak_span_str(r->body), &body, NULL), AK_OK);
		st = ak_class_check(s, body, &err);
		if (st != r->want)
			fail_msg("%s: %s, want %s", r->name, ak_status_name(st), ak_status_name(r->want));
		if (r->says != NULL && (strncmp(err.detail, r->says, strlen(r->says)) != 0 || strcmp(err.where, "body.class") != 0))
			fail_msg("%s: says %s at %s", r->name, err.detail, err.where);
		if (strstr(err.detail, "hidden") != NULL || strstr(err.found, "hidden") != NULL || strstr(err.expected, "hidden") != NULL)
			fail_msg("%s: gives the value away", r->name);
		ak_json_free(body);
	}
	ak_json_free(s);
}

#define DOC(name, notes) "{\"digest\":{\"sha256\":\"00\"},\"name\":\"" name "\"" notes "}"
#define OPEN(kind) ",\"annotations\":{\"kind\":\"" kind "\"}"
#define KEPT(kind) ",\"annotations\":{\"commitment\":\"akashi-1\",\"kind\":\"" kind "\"}"

static const struct paper {
	const char *name, *publication, *subject;
	ak_status want;
} papers[] = {
	{ "no document", "closed", "[" DOC("body", "") "]", AK_OK },
	{ "a commitment", "closed", "[" DOC("minutes", KEPT("minutes")) "]", AK_OK },
	{ "two of a kind", "closed", "[" DOC("minutes", KEPT("minutes")) "," DOC("minutes-2", KEPT("minutes")) "]", AK_OK },
	{ "an open document", "closed", "[" DOC("hidden.pdf", OPEN("minutes")) "]", AK_SCHEMA },
	{ "an open one without a kind", "closed", "[" DOC("hidden.pdf", "") "]", AK_SCHEMA },
	{ "an open one called body", "closed", "[" DOC("body", OPEN("minutes")) "]", AK_SCHEMA },
	{ "one behind a commitment", "closed", "[" DOC("minutes", KEPT("minutes")) "," DOC("body", "") "]", AK_SCHEMA },
	{ "a commitment that names the file", "closed", "[" DOC("hidden.pdf", KEPT("minutes")) "]", AK_SCHEMA },
	{ "open in an open record", "always", "[" DOC("hidden.pdf", OPEN("minutes")) "]", AK_OK },
	{ "open in one published later", "after-listing", "[" DOC("hidden.pdf", OPEN("minutes")) "]", AK_OK },
};

static void a_closed_record_has_no_open_document(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(papers) / sizeof(papers[0]); i++) {
		const struct paper *r = &papers[i];
		char text[64];
		ak_json *type = NULL, *subject = NULL;
		ak_error err = { 0 };
		ak_status st;

		(void)snprintf(text, sizeof(text), "{\"publication\":\"%s\"}", r->publication);
		assert_int_equal(ak_json_parse(ak_span_str(text), &type, NULL), AK_OK);
		assert_int_equal(ak_json_parse(ak_span_str(r->subject), &subject, NULL), AK_OK);
		st = ak_class_documents(type, subject, &err);
		if (st != r->want)
			fail_msg("%s: %s, want %s", r->name, ak_status_name(st), ak_status_name(r->want));
		if (st != AK_OK && (strcmp(err.where, "document.class") != 0 || strstr(err.detail, "hidden") != NULL))
			fail_msg("%s: says %s at %s", r->name, err.detail, err.where);
		ak_json_free(type);
		ak_json_free(subject);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(stands_in_the_open_or_not), cmocka_unit_test(a_closed_record_has_no_open_document) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
