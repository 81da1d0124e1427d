/* SPDX-License-Identifier: Apache-2.0 */
/* Time stamps that others made (../shared/vectors/rfc3161): the last certificate of each chain is the root, the others build the path. */
#include "stamp/stamp.h"

#include "vector_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 11, FILE_MAX = 65536, TIME_NOW_OF_VECTORS = 1793000000 /* 2026 */ };

static size_t accepted;

static ak_buf read_all(ak_span name)
{
	ak_buf b;

	ak_buf_init(&b, FILE_MAX);
	if (!ak_span_is(name, "-"))
		vector_read("rfc3161", name, &b);
	return b;
}

/* The nonce and the imprint of a request that openssl wrote: version, imprint, perhaps a policy, nonce. */
static void of_request(ak_span der, ak_span *imprint, ak_span *nonce)
{
	size_t at = 0;

	for (size_t i = 0; i + 2 < der.len; i++) {
		if (der.data[i] == 0x04 && imprint->len == 0 && (der.data[i + 1] == 32 || der.data[i + 1] == 48 || der.data[i + 1] == 64)) {
			*imprint = (ak_span){ der.data + i + 2, der.data[i + 1] };
			at = i + 2 + der.data[i + 1];
			i = at - 1;
		} else if (at != 0 && der.data[i] == 0x02 && nonce->len == 0) {
			*nonce = (ak_span){ der.data + i + 2, der.data[i + 1] };
		}
	}
}

static void one_row(const ak_span c[VECTOR_COLUMNS_MAX])
{
	static const char *const policies[] = { "1.3.6.1.4.1.57264.2", "1.2.3.4.1", "0.4.0.2023.1.1" };
	ak_buf tsr = read_all(c[0]), payload = read_all(c[1]), request = read_all(c[2]), chain = read_all(c[3]);
	ak_cert *certs[AK_CHAIN_MAX] = { NULL };
	const char *own[4] = { policies[0], policies[1], policies[2], NULL };
	ak_span imprint = { 0 }, nonce = { 0 };
	ak_stamp_found f;
	ak_stamp *s = NULL;
	ak_error e = { 0 };
	size_t n = 0;
	ak_status st;
	ak_tsa tsa = { .name = "vector", .operator_name = "vector", .policies = own, .n_policies = 4, .from = INT64_MIN, .until = INT64_MAX };
	ak_stamp_query q = { .tsa = &tsa, .n_tsa = 1, .now = TIME_NOW_OF_VECTORS };

	assert_int_equal(ak_certs_read(ak_buf_span(&chain), certs, &n, &e), AK_OK);
	tsa.root = certs[n - 1];
	q.others = (const ak_cert *const *)certs;
	q.n_others = n - 1;
	of_request(ak_buf_span(&request), &imprint, &nonce);
	q.message = ak_buf_span(&payload);
	if (ak_span_is(c[1], "-")) {
		q.message = (ak_span){ 0 };
		q.imprint = imprint;
		q.nonce = nonce;
	}
	st = ak_stamp_parse(ak_buf_span(&tsr), &s, &e);
	if (st == AK_OK) {
		own[3] = ak_stamp_get_info(s)->policy; /* whose policy it is, the vectors do not say */
		if (ak_span_is(c[4], "now"))
			tsa.from = TIME_NOW_OF_VECTORS;
		st = ak_stamp_verify(s, &q, &f, &e);
	}
	if ((st == AK_OK) != ak_span_is(c[5], "accept"))
		fail_msg("%.*s over %.*s%.*s: %s (%s: %s)", (int)c[0].len, (const char *)c[0].data, (int)c[1].len, (const char *)c[1].data, (int)c[2].len,
		         (const char *)c[2].data, ak_status_name(st), e.where, e.detail);
	accepted += st == AK_OK;
	ak_stamp_free(&s);
	ak_certs_free(certs, AK_CHAIN_MAX);
	ak_buf_clear(&tsr);
	ak_buf_clear(&payload);
	ak_buf_clear(&request);
	ak_buf_clear(&chain);
}

static void each_row(void **state)
{
	(void)state;
	assert_int_equal(vector_rows("rfc3161", "cases.tsv", one_row), ROWS);
	assert_int_equal(accepted, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
	};

	vectors_or_skip("rfc3161");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
