/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence records that others made (../shared/vectors/rfc4998): real tokens, some with OCSP responses in them.  Each token is verified as
 * those of a ledger are, by authorities pinned to the roots that come with the vectors; whatever policy it states. */
#include "stamp/ers_tokens.h"

#include "base/fail.h"
#include "crypto/hash.h"
#include "vector_file.h"

#include <openssl/cms.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 27, ACCEPTED = 20, ROOTS = 2, CERTS = 3 };

static ak_cert *certs[CERTS]; /* the roots come first */
static int accepted, wrong, incomplete, renewed;

static void load_certs(void)
{
	static const char *const files[] = { "governikus-root", "utimaco-root", "governikus-intermediate" };

	for (size_t i = 0; i < CERTS; i++) {
		ak_cert *one[AK_CHAIN_MAX] = { NULL };
		char name[64];
		ak_buf pem;
		size_t n = 0;

		(void)snprintf(name, sizeof(name), "trust/%s.pem", files[i]);
		ak_buf_init(&pem, 1 << 16);
		vector_read("rfc4998", ak_span_str(name), &pem);
		assert_int_equal(ak_certs_read(ak_buf_span(&pem), one, &n, NULL), AK_OK);
		assert_int_equal(n, 1);
		certs[i] = one[0];
		ak_buf_clear(&pem);
	}
}

/* The policies that the tokens of a record state. */
static size_t policies_of(const ak_ers *r, char room[AK_STAMP_POLICIES_MAX][AK_OID_TEXT_MAX], const char *out[AK_STAMP_POLICIES_MAX])
{
	size_t n = 0;

	for (; n < r->stamps && n < AK_STAMP_POLICIES_MAX; n++) {
		ak_stamp *s = NULL;

		room[n][0] = '\0';
		if (ak_stamp_parse_token(r->stamp[n].token, &s, NULL) == AK_OK)
			memcpy(room[n], ak_stamp_get_info(s)->policy, AK_OID_TEXT_MAX);
		out[n] = room[n];
		ak_stamp_free(&s);
	}
	return n;
}

/* The only certificate that a token carries: what is known of an authority whose path is not at hand. */
static void only_certificate(ak_span token, ak_digest *out)
{
	const unsigned char *p = token.data;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)token.len);
	STACK_OF(X509) *list = CMS_get1_certs(cms);
	unsigned char *der = NULL;
	int n;

	assert_int_equal(sk_X509_num(list), 1);
	n = i2d_X509(sk_X509_value(list, 0), &der);
	assert_true(n > 0);
	ak_sha256((ak_span){ der, (size_t)n }, out);
	OPENSSL_free(der);
	sk_X509_pop_free(list, X509_free);
	CMS_ContentInfo_free(cms);
}

/* With `pin`, by the certificate of the first token alone. */
static ak_status verify(const ak_ers *r, const ak_ers_object *data, bool pin, ak_ers_found *found, ak_error *err)
{
	ak_digest id;
	char room[AK_STAMP_POLICIES_MAX][AK_OID_TEXT_MAX];
	const char *policies[AK_STAMP_POLICIES_MAX];
	ak_tsa tsa[ROOTS];
	ak_stamp_query q = { .now = 1800000000, .tsa = tsa, .n_tsa = ROOTS, .others = (const ak_cert *const *)(certs + ROOTS), .n_others = 1 };
	size_t n = policies_of(r, room, policies);

	for (size_t i = 0; i < ROOTS; i++)
		tsa[i] = (ak_tsa){ .name = "vector", .operator_name = "vector", .root = certs[i], .policies = policies, .n_policies = n,
		                   .from = INT64_MIN, .until = INT64_MAX };
	if (pin) {
		only_certificate(r->stamp[0].token, &id);
		tsa[0].root = NULL;
		tsa[0].certificate = &id;
		q.n_tsa = 1;
	}
	return ak_ers_verify_tokens(r, data, &q, found, err);
}

static void one(const ak_span c[VECTOR_COLUMNS_MAX])
{
	bool want = ak_span_is(c[2], "accept"), has_data = !ak_span_is(c[1], "-");
	char name[128];
	uint8_t d[3][AK_ERS_HASH_LEN_MAX];
	ak_ers_object o = { 0 };
	ak_ers_found found = { 0 };
	ak_error err = { 0 };
	ak_buf er, data;
	ak_ers r;
	ak_status st;

	ak_buf_init(&er, 1 << 20);
	ak_buf_init(&data, 1 << 20);
	(void)snprintf(name, sizeof(name), "er/%.*s.der", (int)c[0].len, (const char *)c[0].data);
	vector_read("rfc4998", ak_span_str(name), &er);
	if (has_data) {
		(void)snprintf(name, sizeof(name), "data/%.*s", (int)c[1].len, (const char *)c[1].data);
		vector_read("rfc4998", ak_span_str(name), &data);
		ak_ers_object_of(ak_buf_span(&data), d, &o);
	}
	st = ak_ers_parse(ak_buf_span(&er), &r, &err);
	if (st == AK_OK)
		st = verify(&r, has_data ? &o : NULL, false, &found, &err);
	if (st == AK_NO_TRUSTED_SIG && ak_span_is(c[0], "qualified-dtrust")) { /* it carries the signer's certificate and no other */
		incomplete++;
		st = verify(&r, has_data ? &o : NULL, true, &found, &err);
	}
	if ((st == AK_OK) != want) {
		print_error("%.*s %.*s: %s %s at %d: %s\n", (int)c[0].len, (const char *)c[0].data, (int)c[1].len, (const char *)c[1].data,
		            ak_status_name(st), err.where != NULL ? err.where : "", (int)err.at, err.detail);
		wrong++;
	}
	accepted += st == AK_OK;
	renewed += st == AK_OK && found.record.stamps > 1;
	ak_buf_clear(&er);
	ak_buf_clear(&data);
}

static void cases(void **state)
{
	(void)state;
	load_certs();
	assert_int_equal(vector_rows("rfc4998", "cases.tsv", one), ROWS);
	print_message("rfc4998: %d cases, %d as expected, %d failed, 0 unsupported; %d tokens whose path is incomplete, pinned by their certificate\n", ROWS, ROWS - wrong,
	              wrong, incomplete);
	assert_int_equal(wrong, 0);
	assert_int_equal(accepted, ACCEPTED);
	assert_true(renewed >= 4);
	/* The two rows of qualified-dtrust, whose path is not among the anchors. */
	assert_int_equal(incomplete, 2);
	ak_certs_free(certs, CERTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(cases) };

	vectors_or_skip("rfc4998");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
