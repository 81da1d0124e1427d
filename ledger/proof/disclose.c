/* SPDX-License-Identifier: Apache-2.0 */
#include "akashi/disclosure.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "verify/erased.h"
#include "verify/opening.h"

#include <string.h>

ak_status ak_field_commit(const char *name, ak_span value, ak_text *disclosure, ak_digest *digest, ak_error *err)
{
	ak_json *box = NULL;
	ak_digest d = { 0 };
	ak_buf text, out;
	ak_status st;

	ak_buf_init(&text, AK_DISCLOSURE_MAX);
	ak_buf_init(&out, AK_DISCLOSURE_MAX);
	st = ak_buf_add_byte(&text, '[', err);
	if (st == AK_OK)
		st = ak_buf_add_span(&text, value, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(&text, ']', err);
	if (st == AK_OK)
		st = ak_json_parse(ak_buf_span(&text), &box, err);
	if (st == AK_OK && (ak_json_len(box) != 1 || (name != NULL && *name == '\0')))
		st = ak_fail(err, AK_INVALID_ARGUMENT, "disclosure.value", 0, "not one JSON value, or a name without letters");
	if (st == AK_OK)
		st = ak_disclosure_make(ak_span_str(name), ak_json_at(box, 0), &out, &d, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&out, disclosure, err);
	if (st == AK_OK)
		*digest = d;
	ak_json_free(box);
	ak_buf_wipe(&text);
	ak_buf_wipe(&out);
	return st;
}

bool ak_opening_looks_like(ak_span file)
{
	return ak_opening_sniff(file);
}

static ak_status describe(const ak_opening *o, ak_json *out, ak_error *err)
{
	ak_json *fields = ak_json_new_array();
	ak_status st = ak_json_set(out, "kind", ak_json_new_str(o->handed_over ? "disclosure" : "opening"), err);

	for (size_t i = 0; st == AK_OK && i < o->n_fields; i++)
		st = ak_json_add(fields, ak_json_new_text(o->field[i]), err);
	if (st == AK_OK)
		st = ak_json_set(out, "record", o->handed_over ? ak_json_new_digest(&o->record) : ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(out, "ledger", o->handed_over ? ak_json_new_text(o->ledger) : ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(out, "documents", ak_json_copy(ak_json_get(o->root, "documents")), err);
	if (st == AK_OK)
		st = ak_json_set(out, "fields", ak_json_ref(fields), err);
	ak_json_free(fields);
	return st;
}

ak_status ak_opening_describe(ak_span file, ak_text *json, ak_error *err)
{
	ak_opening *o = ak_mem_alloc(sizeof(*o));
	ak_json *out = NULL;
	ak_status st = o == NULL ? ak_no_memory(err, "opening") : ak_opening_parse(file, o, err);

	if (st == AK_OK) {
		out = ak_json_new_object();
		st = describe(o, out, err);
	}
	if (st == AK_OK) {
		st = ak_jcs_text(out, 2 * (size_t)AK_OPENING_MAX, json, err);
		out = NULL;
	}
	ak_json_free(out);
	if (o != NULL)
		ak_opening_clear(o);
	ak_mem_free(o);
	return st;
}

ak_status ak_disclose(ak_span record, const ak_span *openings, size_t n_openings, const ak_digest *documents, size_t n_documents,
                      const char *const *fields, size_t n_fields, ak_text *disclosure, ak_error *err)
{
	const ak_choice choice = { .document = documents, .n_documents = n_documents, .field = fields, .n_fields = n_fields };
	ak_opening *o = ak_mem_array(n_openings + 1, sizeof(*o));
	ak_sealed s = { 0 };
	ak_json *out = NULL;
	size_t n = 0;
	ak_status st = o == NULL ? ak_no_memory(err, "disclose") : ak_sealed_parse_erased(record, &s, err);

	if (st == AK_OK && s.erased)
		st = ak_erased_why(&s, err);

	while (st == AK_OK && n < n_openings) {
		st = ak_opening_parse(openings[n], &o[n], err);
		n += st == AK_OK;
	}
	if (st == AK_OK)
		st = ak_opening_choose(&s, o, n, &choice, &out, err);
	if (st == AK_OK)
		st = ak_jcs_text(out, AK_OPENING_MAX, disclosure, err);
	for (size_t i = 0; i < n; i++)
		ak_opening_clear(&o[i]);
	ak_mem_free(o);
	ak_sealed_clear(&s);
	return st;
}
