/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/schema: keywords, the place and words of an error, and what is refused
 * when a schema is loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Values are given wrapped in an array, because a document is an object or an array. */
static const struct row {
	const char *schema;
	const char *good; /* elements that are valid, or NULL */
	const char *bad;  /* and that are not                 */
	const char *where;
} rows[] = {
	{ "{}", "[null,1,\"a\",[],{}]", NULL, NULL },
	{ "{\"type\":\"integer\"}", "[0,-1]", "[null,true,\"1\",[],{}]", "schema.type" },
	{ "{\"type\":\"number\"}", "[0]", "[\"1\"]", "schema.type" },
	{ "{\"type\":\"null\"}", "[null]", "[0,false,\"\"]", "schema.type" },
	{ "{\"type\":\"boolean\"}", "[true,false]", "[0,null]", "schema.type" },
	{ "{\"type\":[\"string\",\"null\"]}", "[\"\",null]", "[1,[]]", "schema.type" },
	{ "{\"enum\":[1,\"a\",null,{\"a\":[1]}]}", "[1,\"a\",null,{\"a\":[1]}]",
	  "[true,\"A\",{\"a\":[2]},{}]", "schema.enum" },
	{ "{\"enum\":[]}", NULL, "[1]", "schema.enum" },
	{ "{\"const\":{\"a\":1,\"b\":2}}", "[{\"b\":2,\"a\":1}]", "[{\"a\":1}]", "schema.const" },
	{ "{\"const\":0}", "[0]", "[false,null,\"\"]", "schema.const" },
	{ "{\"minimum\":-2}", "[-2,3,\"a\"]", "[-3]", "schema.minimum" },
	{ "{\"maximum\":5}", "[5,-9]", "[6]", "schema.maximum" },
	{ "{\"exclusiveMinimum\":1}", "[2,\"a\"]", "[1,0]", "schema.exclusiveMinimum" },
	{ "{\"exclusiveMaximum\":1}", "[0]", "[1,2]", "schema.exclusiveMaximum" },
	{ "{\"multipleOf\":3}", "[0,3,-6,\"a\"]", "[1,-2]", "schema.multipleOf" },
	{ "{\"minLength\":2}", "[\"ab\",\"\\u3042\\u3044\",1]", "[\"a\",\"\\u3042\",\"\"]", "schema.minLength" },
	{ "{\"maxLength\":1}", "[\"\",\"\\ud83d\\udc32\"]", "[\"ab\"]", "schema.maxLength" },
	{ "{\"pattern\":\"^C[0-9]+$\"}", "[\"C21\",1]", "[\"C\",\"xC1\",\"\"]", "schema.pattern" },
	{ "{\"minItems\":1}", "[[1],{}]", "[[]]", "schema.minItems" },
	{ "{\"maxItems\":1}", "[[],[1]]", "[[1,2]]", "schema.maxItems" },
	{ "{\"uniqueItems\":true}", "[[],[1,true,\"1\",null],[{\"a\":1},{\"a\":2}],{}]",
	  "[[1,1],[{\"a\":1,\"b\":2},3,{\"b\":2,\"a\":1}],[[1],[1]]]", "schema.uniqueItems" },
	{ "{\"uniqueItems\":false}", "[[1,1]]", NULL, NULL },
	{ "{\"minProperties\":1}", "[{\"a\":1},[]]", "[{}]", "schema.minProperties" },
	{ "{\"maxProperties\":1}", "[{},{\"a\":1}]", "[{\"a\":1,\"b\":1}]", "schema.maxProperties" },
	{ "{\"required\":[\"a\",\"b\"]}", "[{\"a\":1,\"b\":null},[]]", "[{\"a\":1},{}]", "schema.required" },
	{ "{\"properties\":{\"a\":{\"type\":\"string\"}}}", "[{},{\"a\":\"\"},{\"b\":1},[]]",
	  "[{\"a\":1}]", "schema.type" },
	{ "{\"properties\":{\"a\":false}}", "[{},{\"b\":1}]", "[{\"a\":1}]", "schema.false" },
	{ "{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "[{},{\"a\":1},[1]]",
	  "[{\"b\":1},{\"a\":1,\"b\":1}]", "schema.additionalProperties" },
	{ "{\"additionalProperties\":{\"type\":\"integer\"}}", "[{\"z\":1}]", "[{\"z\":\"\"}]", "schema.type" },
	{ "{\"propertyNames\":{\"pattern\":\"^[a-z]+$\"}}", "[{\"ab\":1},{}]", "[{\"a1\":1}]", "schema.pattern" },
	{ "{\"items\":{\"type\":\"integer\"}}", "[[],[1,2],{}]", "[[1,\"a\"]]", "schema.type" },
	{ "{\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"string\"}],\"items\":false}",
	  "[[],[1],[1,\"a\"]]", "[[1,\"a\",2]]", "schema.false" },
	{ "{\"prefixItems\":[{\"type\":\"integer\"}]}", "[[1,\"x\"]]", "[[\"x\"]]", "schema.type" },
	{ "{\"contains\":{\"const\":1}}", "[[1],[2,1,1],{}]", "[[],[2]]", "schema.contains" },
	{ "{\"contains\":{\"const\":1},\"minContains\":2,\"maxContains\":3}", "[[1,1],[1,1,1,2]]",
	  "[[1],[1,1,1,1]]", "schema.contains" },
	{ "{\"contains\":{\"const\":1},\"minContains\":0}", "[[],[2]]", NULL, NULL },
	{ "{\"allOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "[2]", "[1]", "schema.minimum" },
	{ "{\"anyOf\":[{\"type\":\"integer\"},{\"minLength\":2}]}", "[1,\"ab\",null]", "[\"a\"]", "schema.anyOf" },
	{ "{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}", "[1,\"a\"]", "[2]", "schema.oneOf" },
	{ "{\"oneOf\":[{\"const\":1},{\"const\":2}]}", "[1,2]", "[3]", "schema.oneOf" },
	{ "{\"not\":{\"type\":\"null\"}}", "[1]", "[null]", "schema.not" },
	{ "{\"not\":{\"not\":{\"required\":[\"a\"]}}}", "[{\"a\":1}]", "[{}]", "schema.not" },
	{ "{\"if\":{\"required\":[\"a\"]},\"then\":{\"required\":[\"b\"]},\"else\":{\"required\":[\"c\"]}}",
	  "[{\"a\":1,\"b\":1},{\"c\":1}]", "[{\"a\":1,\"c\":1},{\"b\":1}]", "schema.required" },
	{ "{\"then\":false,\"else\":false,\"if\":true}", NULL, "[1]", "schema.false" },
	{ "{\"then\":false}", "[1]", NULL, NULL },
	{ "{\"dependentRequired\":{\"a\":[\"b\"]}}", "[{},{\"b\":1},{\"a\":1,\"b\":1},[]]",
	  "[{\"a\":1}]", "schema.dependentRequired" },
	{ "{\"dependentSchemas\":{\"a\":{\"maxProperties\":1}}}", "[{\"a\":1},{\"b\":1,\"c\":1}]",
	  "[{\"a\":1,\"b\":1}]", "schema.maxProperties" },
	{ "{\"$defs\":{\"n\":{\"type\":\"integer\"}},\"items\":{\"$ref\":\"#/$defs/n\"}}", "[[1]]",
	  "[[\"a\"]]", "schema.type" },
	{ "{\"$ref\":\"#/$defs/a~1b%25%22\",\"$defs\":{\"a/b%\\\"\":{\"const\":1}}}", "[1]", "[2]", "schema.const" },
	{ "{\"properties\":{\"next\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
	  "[{\"next\":{\"next\":{}}}]", "[{\"next\":{\"x\":1}}]", "schema.additionalProperties" },
	{ "{\"$ref\":\"#/properties/a\",\"properties\":{\"a\":{\"type\":\"object\"}}}", "[{}]", "[1]", "schema.type" },
	{ "{\"format\":\"akashi-date\"}",
	  "[\"2021\",\"2021-09\",\"2021-09-13\",\"2021-09-13T10:00:00+09:00\",1]",
	  "[\"\",\"2021-9\",\"2021-02-30\",\"13.9.2021\"]", "schema.format" },
	{ "{\"format\":\"akashi-day\"}", "[\"2021-09-13\"]",
	  "[\"2021\",\"2021-09\",\"2021-09-31\",\"2021-09-13T10:00:00Z\"]", "schema.format" },
	{ "{\"format\":\"akashi-digest\"}",
	  "[\"sha256:0f343b0931126a20f133d67c2b018a3b5bdc8b0c64e8e0b1f6d4b0e2a1c3d5f7\"]",
	  "[\"sha256:0F343b0931126a20f133d67c2b018a3b5bdc8b0c64e8e0b1f6d4b0e2a1c3d5f7\",\"sha256:\",\"\"]",
	  "schema.format" },
	{ "{\"format\":\"akashi-subject\"}", "[\"ismap/listing:C21-0004-2\"]", "[\"\",\"a b\",\"a~\"]", "schema.format" },
	{ "{\"format\":\"email\"}", "[\"anything\"]", NULL, NULL },
	{ "{\"title\":1,\"description\":\"\",\"$comment\":\"\",\"default\":0,\"examples\":[0],\"x-class\":\"never\","
	  "\"$id\":\"urn:x\",\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"}", "[1]", NULL, NULL },
};

static ak_json *parsed(const char *text)
{
	ak_json *v = NULL;
	ak_error err = { 0 };

	if (ak_json_parse(ak_span_str(text), &v, &err) != AK_OK)
		fail_msg("%s: %s at %llu", text, err.detail, (unsigned long long)err.at);
	return v;
}

static void expect_each(const struct row *r, const ak_json *schema, const char *texts, ak_status want)
{
	ak_json *values = texts == NULL ? NULL : parsed(texts);

	for (size_t i = 0; i < ak_json_len(values); i++) {
		ak_error err = { 0 };
		ak_status st = ak_schema_validate(schema, ak_json_at(values, i), &err);

		if (st != want)
			fail_msg("%s: %s[%zu]: %s %s", r->schema, texts, i, ak_status_name(st), err.detail);
		if (st == AK_OK)
			continue;
		if (strcmp(err.where, r->where) != 0)
			fail_msg("%s: %s[%zu]: %s", r->schema, texts, i, err.where);
		assert_true(err.detail[0] != '\0' && err.expected[0] != '\0' && err.found[0] != '\0');
		assert_int_equal(ak_schema_validate(schema, ak_json_at(values, i), NULL), want);
	}
	ak_json_free(values);
}

static void keywords_hold_as_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_json *schema = parsed(rows[i].schema);
		ak_error err = { 0 };

		if (ak_schema_check(schema, &err) != AK_OK)
			fail_msg("%s: %s: %s", rows[i].schema, err.where, err.detail);
		expect_each(&rows[i], schema, rows[i].good, AK_OK);
		expect_each(&rows[i], schema, rows[i].bad, AK_SCHEMA);
		ak_json_free(schema);
	}
}

static void errors_name_the_place(void **state)
{
	static const struct {
		const char *schema, *value, *detail, *expected, *found;
	} says[] = {
		{ "{\"properties\":{\"services\":{\"items\":{\"required\":[\"name\"]}}}}",
		  "{\"services\":[{\"name\":1},{}]}", "/services/1/name: is required and missing", "a value", "nothing" },
		{ "{\"type\":\"object\"}", "[1]", ": is of another type", "\"object\"", "an array of 1" },
		{ "{\"type\":[\"object\",\"null\"]}", "[]", ": is of another type", "\"object\", \"null\"", "an array of 0" },
		{ "{\"items\":{\"maximum\":3}}", "[4]", "/0: is out of range", "at most 3", "4" },
		{ "{\"properties\":{\"a/b~\":{\"minLength\":3}}}", "{\"a/b~\":\"xy\"}",
		  "/a~1b~0: has another length", "at least 3 characters", "\"xy\"" },
		{ "{\"additionalProperties\":false}", "{\"x\":{\"y\":1}}",
		  "/x: is not a member that the schema knows", "nothing", "an object of 1" },
		{ "{\"items\":{\"enum\":[\"a\",1,null,true]}}", "[false]",
		  "/0: is none of the values listed", "\"a\", 1, null, true", "false" },
		{ "{\"contains\":{\"type\":\"null\"}}", "[1,2]", ": holds too few such elements",
		  "at least 1 such elements, not 0", "an array of 2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		ak_json *schema = parsed(says[i].schema), *value = parsed(says[i].value);
		ak_error err = { 0 };

		assert_int_equal(ak_schema_validate(schema, value, &err), AK_SCHEMA);
		assert_string_equal(err.detail, says[i].detail);
		assert_string_equal(err.expected, says[i].expected);
		assert_string_equal(err.found, says[i].found);
		ak_json_free(schema);
		ak_json_free(value);
	}
}

/* Long text is cut, and never in the middle of a character. */
static void long_values_are_cut_between_characters(void **state)
{
	ak_json *schema = parsed("{\"items\":{\"maxLength\":1}}"), *value = ak_json_new_array();
	ak_error err = { 0 };

	(void)state;
	for (int lead = 0; lead < 3; lead++) {
		ak_buf b;

		ak_buf_init(&b, 1000);
		assert_int_equal(ak_buf_add(&b, "xx", (size_t)lead, NULL), AK_OK);
		for (int i = 0; i < 200; i++)
			assert_int_equal(ak_buf_add_str(&b, "\xe8\xa8\xbc", NULL), AK_OK);
		assert_int_equal(ak_json_add(value, ak_json_new_text(ak_buf_span(&b)), NULL), AK_OK);
		ak_buf_clear(&b);
	}
	for (size_t i = 0; i < 3; i++) {
		ak_json *one = ak_json_new_array();

		assert_int_equal(ak_json_add(one, ak_json_copy(ak_json_at(value, i)), NULL), AK_OK);
		assert_int_equal(ak_schema_validate(schema, one, &err), AK_SCHEMA);
		assert_true(strlen(err.found) >= AK_ERROR_VALUE_MAX - 4);
		assert_int_equal((unsigned char)err.found[strlen(err.found) - 1], 0xbc);
		ak_json_free(one);
	}
	ak_json_free(schema);
	ak_json_free(value);
}

static void unsupported_schemas_are_refused(void **state)
{
	static const struct {
		const char *schema;
		ak_status want;
		const char *where, *detail; /* how detail begins */
	} bad[] = {
		{ "{\"patternProperties\":{}}", AK_UNKNOWN_VERSION, "schema", "/patternProperties: " },
		{ "{\"properties\":{\"a\":{\"unevaluatedItems\":false}}}", AK_UNKNOWN_VERSION, "schema",
		  "/properties/a/unevaluatedItems: " },
		{ "{\"typ\":\"object\"}", AK_UNKNOWN_VERSION, "schema", "/typ: " },
		{ "{\"$anchor\":\"a\"}", AK_UNKNOWN_VERSION, "schema", "/$anchor: " },
		{ "{\"X-a\":1}", AK_UNKNOWN_VERSION, "schema", "/X-a: " },
		{ "{\"$ref\":\"other.json\"}", AK_UNKNOWN_VERSION, "schema.$ref", "/$ref: " },
		{ "{\"$ref\":\"#anchor\"}", AK_UNKNOWN_VERSION, "schema.$ref", "/$ref: " },
		{ "{\"$ref\":\"\"}", AK_UNKNOWN_VERSION, "schema.$ref", "/$ref: " },
		{ "{\"$ref\":\"#/$defs/none\"}", AK_BAD_FORMAT, "schema.$ref", "/$ref: leads nowhere" },
		{ "{\"$ref\":\"#/%zz\"}", AK_BAD_FORMAT, "schema.$ref", "/$ref: " },
		{ "{\"$ref\":\"#/%2\"}", AK_BAD_FORMAT, "schema.$ref", "/$ref: " },
		{ "{\"$ref\":\"#/title\",\"title\":\"x\"}", AK_BAD_FORMAT, "schema.$ref", "/$ref: " },
		{ "{\"$ref\":\"#/default\",\"default\":{\"foo\":1}}", AK_UNKNOWN_VERSION, "schema", "/default/foo: " },
		{ "{\"items\":{\"$id\":\"x\"}}", AK_UNKNOWN_VERSION, "schema.$id", "/items/$id: " },
		{ "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}", AK_UNKNOWN_VERSION, "schema.$schema", "/$schema: " },
		{ "{\"pattern\":\"(?=a)\"}", AK_UNKNOWN_VERSION, "pattern", "/pattern: " },
		{ "{\"pattern\":\"a{1000}{2}\"}", AK_UNKNOWN_VERSION, "pattern", "/pattern: " },
		{ "{\"pattern\":1}", AK_BAD_FORMAT, "schema.pattern", "/pattern: " },
		{ "{\"type\":\"float\"}", AK_BAD_FORMAT, "schema.type", "/type: " },
		{ "{\"type\":[]}", AK_BAD_FORMAT, "schema.type", "/type: " },
		{ "{\"type\":[\"string\",1]}", AK_BAD_FORMAT, "schema.type", "/type: " },
		{ "{\"required\":\"a\"}", AK_BAD_FORMAT, "schema.required", "/required: " },
		{ "{\"required\":[1]}", AK_BAD_FORMAT, "schema.required", "/required: " },
		{ "{\"enum\":{}}", AK_BAD_FORMAT, "schema.enum", "/enum: " },
		{ "{\"properties\":[]}", AK_BAD_FORMAT, "schema.properties", "/properties: " },
		{ "{\"properties\":{\"a\":1}}", AK_BAD_FORMAT, "schema.properties", "/properties: " },
		{ "{\"items\":[{}]}", AK_BAD_FORMAT, "schema.items", "/items: " },
		{ "{\"allOf\":[]}", AK_BAD_FORMAT, "schema.allOf", "/allOf: " },
		{ "{\"anyOf\":[1]}", AK_BAD_FORMAT, "schema.anyOf", "/anyOf: " },
		{ "{\"oneOf\":{}}", AK_BAD_FORMAT, "schema.oneOf", "/oneOf: " },
		{ "{\"not\":null}", AK_BAD_FORMAT, "schema.not", "/not: " },
		{ "{\"minLength\":-1}", AK_BAD_FORMAT, "schema.minLength", "/minLength: " },
		{ "{\"maxItems\":\"1\"}", AK_BAD_FORMAT, "schema.maxItems", "/maxItems: " },
		{ "{\"minimum\":\"1\"}", AK_BAD_FORMAT, "schema.minimum", "/minimum: " },
		{ "{\"multipleOf\":0}", AK_BAD_FORMAT, "schema.multipleOf", "/multipleOf: " },
		{ "{\"uniqueItems\":1}", AK_BAD_FORMAT, "schema.uniqueItems", "/uniqueItems: " },
		{ "{\"dependentRequired\":{\"a\":[1]}}", AK_BAD_FORMAT, "schema.dependentRequired", "/dependentRequired: " },
		{ "{\"$defs\":{\"a\":{\"if\":1}}}", AK_BAD_FORMAT, "schema.if", "/$defs/a/if: " },
		{ "[]", AK_BAD_FORMAT, "schema", "a schema is" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ak_json *schema = parsed(bad[i].schema);
		ak_error err = { 0 };
		ak_status st = ak_schema_check(schema, &err);

		if (st != bad[i].want || strcmp(err.where, bad[i].where) != 0 ||
		    strncmp(err.detail, bad[i].detail, strlen(bad[i].detail)) != 0)
			fail_msg("%s: %s %s \"%s\"", bad[i].schema, ak_status_name(st), err.where, err.detail);
		assert_int_equal(ak_schema_check(schema, NULL), bad[i].want);
		ak_json_free(schema);
	}
	assert_int_equal(ak_schema_check(NULL, NULL), AK_BAD_FORMAT);
}

/* Also a schema that nobody checked is never half applied. */
static void validation_stops_at_what_it_cannot_do(void **state)
{
	static const struct {
		const char *schema;
		ak_status want;
	} at[] = {
		{ "{\"unevaluatedProperties\":false}", AK_UNKNOWN_VERSION },
		{ "{\"anyOf\":[{\"foo\":1},true]}", AK_UNKNOWN_VERSION },
		{ "{\"propertyNames\":{\"pattern\":\"(?=a)\"}}", AK_UNKNOWN_VERSION },
		{ "{\"required\":3}", AK_BAD_FORMAT },
		{ "{\"$ref\":\"#\"}", AK_STOPPED },
		{ "{\"allOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}", AK_STOPPED },
		{ "{\"$ref\":\"#/$defs/none\"}", AK_BAD_FORMAT },
		{ "{\"$ref\":\"x\"}", AK_UNKNOWN_VERSION },
		{ "{\"properties\":{\"a\":{\"$id\":\"x\"}}}", AK_UNKNOWN_VERSION },
	};
	ak_json *value = parsed("{\"a\":[]}");

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		ak_json *schema = parsed(at[i].schema);
		ak_error err = { 0 };
		ak_status st = ak_schema_validate(schema, value, &err);

		if (st != at[i].want || err.status != st)
			fail_msg("%s: %s, %s", at[i].schema, ak_status_name(st), ak_status_name(err.status));
		ak_json_free(schema);
	}
	assert_int_equal(ak_schema_validate(NULL, value, NULL), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_schema_validate(value, NULL, NULL), AK_INVALID_ARGUMENT);
	ak_json_free(value);
}

/* Each level doubles the work: 2^40 steps if nothing stopped it. */
static void steps_are_bounded(void **state)
{
	ak_json *schema = ak_json_new_object(), *defs = ak_json_new_object(), *value = parsed("[]");
	ak_error err = { 0 };

	(void)state;
	for (int i = 0; i < 40; i++) {
		ak_json *level = parsed("{\"anyOf\":[{\"$ref\":\"\"},{\"$ref\":\"\"}]}");
		char name[16];

		for (int k = 0; k < 2; k++)
			assert_int_equal(ak_json_pointer_set(level, ak_span_str(k == 0 ? "/anyOf/0/$ref" : "/anyOf/1/$ref"),
			                                     ak_json_new_strf("#/$defs/d%d", i + 1), NULL), AK_OK);
		(void)snprintf(name, sizeof(name), "d%d", i);
		assert_int_equal(ak_json_set(defs, name, level, NULL), AK_OK);
	}
	assert_int_equal(ak_json_set(defs, "d40", ak_json_new_bool(false), NULL), AK_OK);
	assert_int_equal(ak_json_set(schema, "$defs", defs, NULL), AK_OK);
	assert_int_equal(ak_json_set(schema, "$ref", ak_json_new_str("#/$defs/d0"), NULL), AK_OK);
	assert_int_equal(ak_schema_check(schema, &err), AK_OK);
	assert_int_equal(ak_schema_validate(schema, value, &err), AK_STOPPED);
	assert_string_equal(err.where, "schema");
	ak_json_free(schema);
	ak_json_free(value);
}

static void subject_ids(void **state)
{
	char id[AK_SUBJECT_ID_MAX + 2];

	(void)state;
	assert_true(ak_subject_id_valid(ak_span_str("ismap/listing:C21-0004-2")));
	for (unsigned c = 0; c < 256; c++) {
		uint8_t b = (uint8_t)c;
		bool want = c != 0 && c < 0x80 &&
		            strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/-",
		                   (int)c) != NULL;

		if (ak_subject_id_valid((ak_span){ &b, 1 }) != want)
			fail_msg("byte %u", c);
	}
	memset(id, 'a', sizeof(id));
	assert_false(ak_subject_id_valid((ak_span){ 0 }));
	assert_true(ak_subject_id_valid((ak_span){ (const uint8_t *)id, AK_SUBJECT_ID_MAX }));
	assert_false(ak_subject_id_valid((ak_span){ (const uint8_t *)id, AK_SUBJECT_ID_MAX + 1 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keywords_hold_as_they_should),
		cmocka_unit_test(errors_name_the_place),
		cmocka_unit_test(long_values_are_cut_between_characters),
		cmocka_unit_test(unsupported_schemas_are_refused),
		cmocka_unit_test(validation_stops_at_what_it_cannot_do),
		cmocka_unit_test(steps_are_bounded),
		cmocka_unit_test(subject_ids),
	};

	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
