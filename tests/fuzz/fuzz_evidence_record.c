/* SPDX-License-Identifier: Apache-2.0 */
/* The input is an evidence record (RFC 4998).  Properties: what is read is in bounds and lies within the input; with every token believed, a record that
 * holds has times that ascend; renewed by some token, it is read again with all that it had, and one stamp more. */
#include "stamp/ers_tokens.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Whoever made it: what it says is taken as said. */
static ak_status believe(void *ctx, ak_span token, size_t at, ak_ers_seen *out, ak_error *err)
{
	ak_stamp *s = NULL;
	ak_status st = ak_stamp_parse_token(token, &s, err);

	(void)ctx;
	(void)at;
	if (st == AK_OK) {
		const ak_stamp_info *i = ak_stamp_get_info(s);

		out->imprint.hash = i->imprint_len == 32 ? AK_ERS_SHA256 : i->imprint_len == 48 ? AK_ERS_SHA384 : AK_ERS_SHA512;
		memcpy(out->imprint.b, i->imprint, i->imprint_len);
		out->time = i->time;
		out->nanos = (int)i->nanos;
		out->until = INT64_MAX;
	}
	ak_stamp_free(&s);
	return st;
}

static bool within(ak_span part, const uint8_t *data, size_t size)
{
	return part.data >= data && part.len <= size && (size_t)(part.data - data) <= size - part.len;
}

static void renew(const ak_ers *r)
{
	const ak_span token = r->stamp[r->stamps - 1].token;
	ak_ers_next next;
	ak_ers again;
	ak_buf out;

	ak_buf_init(&out, 2 * (size_t)AK_ERS_MAX);
	ak_ers_next_renew(r, AK_ERS_SHA256, &next);
	if (ak_ers_put(r, &next, token, &out, NULL) == AK_OK && ak_ers_parse(ak_buf_span(&out), &again, NULL) == AK_OK) {
		must(again.chains == r->chains && again.stamps == r->stamps + 1);
		for (size_t i = 0; i < r->stamps; i++)
			must(ak_span_eq(again.stamp[i].token, r->stamp[i].token));
	}
	ak_buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const ak_ers_judge judge = { NULL, believe };
	const ak_stamp_query nobody = { .now = INT64_MAX };
	uint8_t room[3][AK_ERS_HASH_LEN_MAX];
	ak_ers_result result;
	ak_ers_object object;
	ak_ers_found found;
	ak_ers r;

	if (ak_ers_parse((ak_span){ data, size }, &r, NULL) != AK_OK)
		return 0;
	must(r.chains >= 1 && r.chains <= AK_ERS_CHAINS_MAX && r.stamps >= r.chains && r.stamps <= AK_ERS_STAMPS_MAX);
	for (size_t i = 0; i < r.stamps; i++)
		must(within(r.stamp[i].token, data, size) && r.stamp[i].chain < r.chains && (!r.stamp[i].has_tree || within(r.stamp[i].tree, data, size)));
	ak_ers_object_of(ak_span_str("hello"), room, &object);
	if (ak_ers_verify(&r, NULL, &judge, &result, NULL) == AK_OK)
		must(result.from <= result.last && result.stamps == r.stamps && result.chains == r.chains);
	must(ak_ers_verify_tokens(&r, &object, &nobody, &found, NULL) != AK_OK);
	renew(&r);
	return 0;
}
