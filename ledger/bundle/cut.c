/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/bundle.h"

#include "base/text.h"

/* Where the package stands in line 2; len 0 when it is not one that `find` has, or the record carries none. */
static ak_status find_package(ak_span line, ak_package_fn *find, ak_bundle_cut *out, ak_error *err)
{
	static const char type[] = "\"predicateType\":\"urn:akashi:profile:v1\"";
	ak_statement s = { 0 };
	ak_span bytes;
	size_t at;
	ak_status st;

	out->len = 0;
	if (!ak_span_find(line, ak_span_str(type), &at))
		return AK_OK;
	st = ak_statement_parse(line, &s, err);
	if (st == AK_OK && ak_digest_parse(ak_json_get_text(s.body, "digest"), &out->package) &&
	    find(&out->package, &bytes) && bytes.len != 0 && ak_span_find(line, bytes, &at)) {
		out->at = at;
		out->len = bytes.len;
	}
	ak_statement_clear(&s);
	return st;
}

ak_status ak_bundle_cut_out(ak_bundle *b, ak_package_fn *find, ak_error *err)
{
	ak_status st = AK_OK;

	b->n_cut = 0;
	for (size_t i = 0; st == AK_OK && i < b->e.n_records; i++) {
		ak_bundle_cut c = { .seq = b->e.record[i].seq };
		ak_lines l;

		st = ak_record_split(ak_buf_span(&b->e.record[i].file), &l, err);
		if (st == AK_OK)
			st = find_package(l.statement, find, &c, err);
		if (st == AK_OK && c.len != 0)
			st = ak_mem_grow((void **)&b->cut, &b->cap_cut, b->n_cut + 1, sizeof(*b->cut), err);
		if (st == AK_OK && c.len != 0)
			b->cut[b->n_cut++] = c;
	}
	return st;
}
