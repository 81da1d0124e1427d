/* SPDX-License-Identifier: Apache-2.0 */
/* DSSE envelopes that others made and signed: accepted is what some key signed as PAE, whatever keyid it goes by; a signature over
 * the bare payload is none. */
#include "vector_file.h"

#include "codec/dsse.h"
#include "crypto/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const gcb_keys[] = {
	"gcb/keys/global-pae-google-hosted-worker_1.pem", "gcb/keys/global-pae-provenanceSigner_1.pem", "gcb/keys/global.pem",
	"gcb/keys/us-west1.pem", "gcb/keys/us-west2.pem",
};

static bool verifies(const char *folder, const char *pem, const ak_dsse *e)
{
	ak_pubkey *key = NULL;
	ak_buf text, pae;
	bool good = false;

	vector_read(folder, ak_span_str(pem), &text);
	ak_buf_init(&pae, 1 << 24);
	if (ak_pubkey_from_pem(ak_buf_span(&text), &key, NULL) == AK_OK) {
		assert_int_equal(ak_dsse_pae(e->type, ak_buf_span(&e->payload), &pae, NULL), AK_OK);
		for (size_t i = 0; i < e->n_sigs; i++)
			good = good || ak_pubkey_check(key, ak_buf_span(&pae), ak_buf_span(&e->sigs[i].sig), NULL) == AK_OK;
	}
	ak_pubkey_free(&key);
	ak_buf_clear(&pae);
	ak_buf_clear(&text);
	return good;
}

/* By any of these keys. */
static bool accepted(const char *folder, ak_span name, const char *const *keys, size_t n)
{
	ak_dsse e;
	ak_buf b;
	bool good = false;

	vector_read(folder, name, &b);
	if (ak_dsse_parse(ak_buf_span(&b), &e, NULL) == AK_OK) {
		for (size_t i = 0; i < n; i++)
			good = good || verifies(folder, keys[i], &e);
		ak_dsse_clear(&e);
	}
	ak_buf_clear(&b);
	return good;
}

static void gcb_row(const ak_span column[VECTOR_COLUMNS_MAX])
{
	if (accepted("intoto-slsa", column[0], gcb_keys, sizeof(gcb_keys) / sizeof(gcb_keys[0])) != ak_span_is(column[2], "accept"))
		fail_msg("%.*s: want %.*s", (int)column[0].len, (const char *)column[0].data, (int)column[2].len, (const char *)column[2].data);
}

static void slsa(void **state)
{
	(void)state;
	assert_int_equal(vector_rows("intoto-slsa", "gcb/cases.tsv", gcb_row), 22);
}

static void archivista_row(const ak_span column[VECTOR_COLUMNS_MAX])
{
	char pem[80];
	const char *const key = pem;

	(void)snprintf(pem, sizeof(pem), "%.*s", (int)column[1].len, (const char *)column[1].data);
	if (accepted("intoto-archivista", column[0], &key, 1) != ak_span_is(column[2], "accept"))
		fail_msg("%.*s: want %.*s", (int)column[0].len, (const char *)column[0].data, (int)column[2].len, (const char *)column[2].data);
}

static void archivista(void **state)
{
	(void)state;
	assert_int_equal(vector_rows("intoto-archivista", "cases.tsv", archivista_row), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slsa),
		cmocka_unit_test(archivista),
	};

	vectors_or_skip("intoto-slsa");
	vectors_or_skip("intoto-archivista");
	return cmocka_run_group_tests_name("in-toto vectors", tests, NULL, NULL);
}
