/* SPDX-License-Identifier: Apache-2.0 */
/* Property: reading fails, or the canonical form of what was read reads as an equal tree, is its
 * own canonical form, and the text passes for canonical only when it is those very bytes.  What
 * is printed for people reads as the same tree too, reading and checking in one pass says the same,
 * and jansson's own parser, which accepts more than ours, agrees on what the text says. */
#include "codec/jcs.h"

#include <jansson.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_reads_as(const ak_buf *text, const ak_json *v)
{
	ak_json *again;

	must(ak_json_parse(ak_buf_span(text), &again, NULL) == AK_OK);
	must(ak_json_equal(v, again));
	ak_json_free(again);
}

static void check_second_opinion(ak_span text, const ak_json *v)
{
	json_t *other = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);

	must(other != NULL && json_equal(other, v));
	json_decref(other);
}

static void check_one_pass(ak_span text, ak_status st, const ak_error *want)
{
	ak_error err = { 0 };
	ak_json *v = NULL;

	must(ak_jcs_parse(text, &v, &err) == st && (st == AK_OK || err.at == want->at));
	ak_json_free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ak_span text = { data, size };
	ak_buf canonical, pretty;
	ak_error err = { 0 };
	ak_json *v;
	ak_status st;

	st = ak_json_parse(text, &v, &err);
	if (st != AK_OK) {
		must(err.status == st && err.where != NULL && err.at <= size);
		check_one_pass(text, st, &err);
		return 0;
	}
	check_second_opinion(text, v);
	ak_buf_init(&canonical, AK_JSON_TEXT_MAX);
	ak_buf_init(&pretty, 64 * (size_t)AK_JSON_TEXT_MAX);
	must(ak_jcs_write(v, &canonical, NULL) == AK_OK);
	check_reads_as(&canonical, v);
	must(ak_jcs_check(ak_buf_span(&canonical), v, NULL) == AK_OK);
	st = ak_jcs_check(text, v, &err);
	must(st == (ak_span_eq(text, ak_buf_span(&canonical)) ? AK_OK : AK_BAD_FORMAT));
	must(st == AK_OK || err.at <= size);
	check_one_pass(text, st, &err);
	must(ak_json_write_pretty(v, &pretty, NULL) == AK_OK);
	check_reads_as(&pretty, v);
	ak_buf_clear(&canonical);
	ak_buf_clear(&pretty);
	ak_json_free(v);
	return 0;
}
