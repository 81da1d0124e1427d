/* SPDX-License-Identifier: Apache-2.0 */
/* NIST PKITS: every case that the folder has, with RFC 5280's demands, and again with those akashi makes beyond them: these may refuse more,
 * never accept what is to be refused.  Says how many cases ran, passed, failed, and are not supported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pki/path.h"
#include "vector_file.h"

#include <stdio.h>
#include <string.h>

#define FOLDER "pkits"

enum { AT = 1302825600 /* 2011-04-15T00:00:00Z */, WORDS_MAX = 12 };

static size_t ran, passed, failed, unsupported, stricter;

/* Words apart by one space, or by `sep`. */
static size_t split(ak_span list, char sep, ak_span out[WORDS_MAX])
{
	size_t n = 0, from = 0;

	if (ak_span_is(list, "-"))
		return 0;
	for (size_t i = 0; i <= list.len; i++) {
		if (i != list.len && list.data[i] != (uint8_t)sep)
			continue;
		assert_true(n < WORDS_MAX);
		out[n++] = (ak_span){ list.data + from, i - from };
		from = i + 1;
	}
	return n;
}

static ak_span file_name(const char *folder, ak_span name, const char *suffix, char out[160])
{
	int n = snprintf(out, 160, "%s/%.*s.%s", folder, (int)name.len, (const char *)name.data, suffix);

	assert_true(n > 0 && n < 160);
	return ak_span_str(out);
}

typedef struct testcase {
	ak_cert *certs[WORDS_MAX];
	ak_crl *crls[WORDS_MAX];
	char policies[WORDS_MAX][40];
	const char *policy_list[WORDS_MAX];
	size_t n_certs, n_crls, n_policies;
	bool is_dsa;
} testcase;

static ak_status load(testcase *t, const ak_span column[VECTOR_COLUMNS_MAX])
{
	ak_span words[WORDS_MAX];
	char name[160];
	ak_status st = AK_OK;
	ak_buf b;

	t->n_certs = split(column[3], ' ', words);
	for (size_t i = 0; i < t->n_certs && st == AK_OK; i++) {
		size_t at;

		t->is_dsa = t->is_dsa || ak_span_find(words[i], ak_span_str("DSA"), &at);
		vector_read(FOLDER, file_name("certs", words[i], "crt", name), &b);
		st = ak_cert_parse(ak_buf_span(&b), &t->certs[i], NULL);
		ak_buf_clear(&b);
	}
	t->n_crls = split(column[4], ' ', words);
	for (size_t i = 0; i < t->n_crls && st == AK_OK; i++) {
		vector_read(FOLDER, file_name("crls", words[i], "crl", name), &b);
		st = ak_crl_parse(ak_buf_span(&b), &t->crls[i], NULL);
		ak_buf_clear(&b);
	}
	if (ak_span_is(column[5], "any"))
		return st;
	t->n_policies = split(column[5], ',', words);
	for (size_t i = 0; i < t->n_policies; i++) {
		(void)snprintf(t->policies[i], sizeof(t->policies[i]), "2.16.840.1.101.3.2.1.48.%.*s", (int)words[i].len - 1, (const char *)words[i].data + 1);
		t->policy_list[i] = t->policies[i];
	}
	return st;
}

static bool has_setting(ak_span settings, const char *name)
{
	size_t at;

	return ak_span_find(settings, ak_span_str(name), &at);
}

static ak_status check(const testcase *t, ak_span settings, bool lenient, ak_error *err)
{
	ak_path_query q = { 0 };

	q.leaf = t->certs[t->n_certs - 1];
	q.roots = (const ak_cert *const *)&t->certs[0];
	q.n_roots = 1;
	q.others = (const ak_cert *const *)&t->certs[1];
	q.n_others = t->n_certs - 1;
	q.crls = (const ak_crl *const *)t->crls;
	q.n_crls = t->n_crls;
	q.revocation = true;
	q.at = AT;
	/* PKITS' set of policies that the user takes says nothing without require-explicit-policy; ours are required when named. */
	q.policies = t->policy_list;
	q.n_policies = t->n_policies;
	q.explicit_policy = has_setting(settings, "explicit-policy");
	q.inhibit_mapping = has_setting(settings, "inhibit-mapping");
	q.inhibit_any = has_setting(settings, "inhibit-any");
	q.lenient = lenient;
	return ak_path_check(&q, NULL, err);
}

static void check_row(const ak_span column[VECTOR_COLUMNS_MAX])
{
	testcase t = { 0 };
	bool accept = ak_span_is(column[2], "accept");
	ak_error err = { 0 };
	ak_status st = load(&t, column), strict = st;

	if (st == AK_OK) {
		st = check(&t, column[6], true, &err);
		strict = check(&t, column[6], false, NULL);
	}
	ran++;
	if (accept && st != AK_OK && t.is_dsa)
		unsupported++;
	else if ((st == AK_OK) == accept && (st == AK_OK || st == AK_BAD_CERTIFICATE || st == AK_NOT_HELD || st == AK_BAD_FORMAT))
		passed++;
	else {
		failed++;
		print_message("failed: %.*s %.*s: %s: %s\n", (int)column[0].len, (const char *)column[0].data, (int)column[1].len,
		              (const char *)column[1].data, ak_status_name(st), err.detail);
	}
	if (strict == AK_OK && !accept) {
		failed++;
		print_message("failed: %.*s: the stricter demands accept it\n", (int)column[0].len, (const char *)column[0].data);
	}
	stricter += strict != AK_OK && accept && st == AK_OK;
	for (size_t i = 0; i < WORDS_MAX; i++) {
		ak_cert_free(&t.certs[i]);
		ak_crl_free(&t.crls[i]);
	}
}

static void agrees_with_pkits(void **state)
{
	size_t rows = vector_rows(FOLDER, "cases.tsv", check_row);

	(void)state;
	print_message("pkits: %zu run, %zu passed, %zu failed, %zu unsupported (DSA); %zu that RFC 5280 accepts are refused by the stricter demands\n",
	              ran, passed, failed, unsupported, stricter);
	assert_true(rows == ran && ran > 100);
	assert_int_equal(failed, 0);
	assert_int_equal(passed + unsupported, ran);
	assert_true(unsupported <= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_pkits),
	};

	vectors_or_skip(FOLDER);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
