/* SPDX-License-Identifier: Apache-2.0 */
/* Input: the JSON array [schema, value].  Property: a schema that passes its check gives valid,
 * invalid or "too much work" and nothing else, with or without an error record, and its negation
 * gives the opposite. */
#include "codec/jcs.h"
#include "codec/schema.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* In a negation "#" would be another schema. */
static bool has_reference(const ak_json *schema)
{
	static const char key[] = "\"$ref\"";
	bool found = false;
	ak_buf b;

	ak_buf_init(&b, AK_JSON_TEXT_MAX);
	must(ak_jcs_write(schema, &b, NULL) == AK_OK);
	for (size_t i = 0; !found && i + sizeof(key) - 1 <= b.len; i++)
		found = memcmp(b.data + i, key, sizeof(key) - 1) == 0;
	ak_buf_clear(&b);
	return found;
}

static void check_negation(const ak_json *schema, const ak_json *value, ak_status st)
{
	ak_json *negated = ak_json_new_object();
	ak_status opposite;

	must(ak_json_set(negated, "not", ak_json_copy(schema), NULL) == AK_OK);
	/* What only a whole schema may say ($id) is refused inside another. */
	if (ak_schema_check(negated, NULL) == AK_OK) {
		opposite = ak_schema_validate(negated, value, NULL);
		must(opposite == AK_STOPPED ||
		     opposite == (st == AK_OK ? AK_SCHEMA : AK_OK));
	}
	ak_json_free(negated);
}

static void check_pair(const ak_json *schema, const ak_json *value)
{
	ak_error err = { 0 };
	ak_status st;

	if (ak_schema_check(schema, &err) != AK_OK) {
		must(err.where != NULL && err.detail[0] != '\0');
		return;
	}
	st = ak_schema_validate(schema, value, &err);
	must(st == AK_OK || st == AK_SCHEMA || st == AK_STOPPED);
	must(st == AK_OK || (err.status == st && err.where != NULL && err.detail[0] != '\0'));
	must(ak_schema_validate(schema, value, NULL) == st);
	if (st != AK_STOPPED && !has_reference(schema))
		check_negation(schema, value, st);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ak_json *pair;

	if (ak_json_parse((ak_span){ data, size }, &pair, NULL) != AK_OK)
		return 0;
	if (ak_json_is(pair, AK_JSON_ARRAY) && ak_json_len(pair) == 2)
		check_pair(ak_json_at(pair, 0), ak_json_at(pair, 1));
	ak_json_free(pair);
	return 0;
}
