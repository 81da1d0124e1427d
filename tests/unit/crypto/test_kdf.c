/* SPDX-License-Identifier: Apache-2.0 */
/* What opening an encrypted key costs is counted before it is spent: at the bound it is allowed, a step above it is refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "crypto/kdf.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The algorithm `nid` with the parameters `value` of the type `it` (NULL: none). */
static X509_ALGOR *algorithm(int nid, void *value, const ASN1_ITEM *it)
{
	X509_ALGOR *a = X509_ALGOR_new();
	ASN1_STRING *packed = value == NULL ? NULL : ASN1_item_pack(value, it, NULL);

	assert_non_null(a);
	assert_int_equal(X509_ALGOR_set0(a, OBJ_nid2obj(nid), packed == NULL ? V_ASN1_NULL : V_ASN1_SEQUENCE, packed), 1);
	return a;
}

static void put(ASN1_INTEGER **n, const char *decimal)
{
	BIGNUM *b = NULL;

	assert_true(BN_dec2bn(&b, decimal) > 0);
	ASN1_INTEGER_free(*n);
	*n = BN_to_ASN1_INTEGER(b, NULL);
	assert_non_null(*n);
	BN_free(b);
}

static X509_ALGOR *pbkdf2(const char *rounds)
{
	PBKDF2PARAM *p = PBKDF2PARAM_new();
	X509_ALGOR *a;

	assert_non_null(p);
	put(&p->iter, rounds);
	p->salt->type = V_ASN1_OCTET_STRING;
	p->salt->value.octet_string = ASN1_OCTET_STRING_new();
	assert_int_equal(ASN1_OCTET_STRING_set(p->salt->value.octet_string, (const unsigned char *)"12345678", 8), 1);
	a = algorithm(NID_id_pbkdf2, p, ASN1_ITEM_rptr(PBKDF2PARAM));
	PBKDF2PARAM_free(p);
	return a;
}

static X509_ALGOR *scrypt(const char *n, const char *r, const char *parallel)
{
	SCRYPT_PARAMS *p = SCRYPT_PARAMS_new();
	X509_ALGOR *a;

	assert_non_null(p);
	put(&p->costParameter, n);
	put(&p->blockSize, r);
	put(&p->parallelizationParameter, parallel);
	assert_int_equal(ASN1_OCTET_STRING_set(p->salt, (const unsigned char *)"12345678", 8), 1);
	a = algorithm(NID_id_scrypt, p, ASN1_ITEM_rptr(SCRYPT_PARAMS));
	SCRYPT_PARAMS_free(p);
	return a;
}

static X509_ALGOR *pbes1(const char *rounds)
{
	PBEPARAM *p = PBEPARAM_new();
	X509_ALGOR *a;

	assert_non_null(p);
	put(&p->iter, rounds);
	assert_int_equal(ASN1_OCTET_STRING_set(p->salt, (const unsigned char *)"12345678", 8), 1);
	a = algorithm(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, p, ASN1_ITEM_rptr(PBEPARAM));
	PBEPARAM_free(p);
	return a;
}

/* PBES2 or PBMAC1 around a derivation, which it takes over. */
static X509_ALGOR *around(int nid, X509_ALGOR *derivation)
{
	PBE2PARAM *p = PBE2PARAM_new();
	X509_ALGOR *a;

	assert_non_null(p);
	X509_ALGOR_free(p->keyfunc);
	p->keyfunc = derivation;
	assert_int_equal(X509_ALGOR_set0(p->encryption, OBJ_nid2obj(NID_aes_256_cbc), V_ASN1_NULL, NULL), 1);
	a = algorithm(nid, p, ASN1_ITEM_rptr(PBE2PARAM));
	PBE2PARAM_free(p);
	return a;
}

/* Takes `how` over. */
static void expect(const char *rule, X509_ALGOR *how, uint64_t before, ak_status want, uint64_t steps)
{
	uint64_t spent = before;
	ak_error err = { 0 };
	ak_status st = ak_kdf_admit(how, &spent, &err);

	X509_ALGOR_free(how);
	if (st != want)
		fail_msg("%s: %s (%s), want %s", rule, ak_status_name(st), err.detail, ak_status_name(want));
	if (spent != (want == AK_OK ? before + steps : before))
		fail_msg("%s: %llu spent", rule, (unsigned long long)spent);
	if (want != AK_OK && strcmp(err.where, "key.derivation") != 0)
		fail_msg("%s: at %s", rule, err.where);
	assert_true(ERR_peek_error() == 0);
}

static void iterations_have_a_bound(void **state)
{
	static const struct {
		const char *rounds;
		ak_status want;
		uint64_t steps;
	} rows[] = {
		{ "1", AK_OK, 1 },           { "600000", AK_OK, 600000 },   { "5000000", AK_OK, 5000000 },
		{ "5000001", AK_LIMIT, 0 },  { "2147483647", AK_LIMIT, 0 }, { "18446744073709551615", AK_LIMIT, 0 },
		{ "18446744073709551616", AK_LIMIT, 0 }, /* no number that wraps becomes a small one */
		{ "0", AK_BAD_FORMAT, 0 },   { "-1", AK_BAD_FORMAT, 0 },    { "-18446744073709551616", AK_BAD_FORMAT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		expect(rows[i].rounds, around(NID_pbes2, pbkdf2(rows[i].rounds)), 0, rows[i].want, rows[i].steps);
		expect(rows[i].rounds, around(NID_pbmac1, pbkdf2(rows[i].rounds)), 0, rows[i].want, rows[i].steps);
		expect(rows[i].rounds, pbes1(rows[i].rounds), 0, rows[i].want, rows[i].steps);
	}
}

static void scrypt_has_two_bounds(void **state)
{
	static const struct {
		const char *rule, *n, *r, *parallel;
		ak_status want;
		uint64_t steps;
	} rows[] = {
		{ "as openssl writes it", "16384", "8", "1", AK_OK, 131072 },
		{ "32 MiB", "262144", "1", "1", AK_OK, 262144 },
		{ "more than 32 MiB", "262145", "1", "1", AK_LIMIT, 0 },
		{ "a gibibyte", "1048576", "8", "1", AK_LIMIT, 0 },
		{ "wide blocks", "2", "131073", "1", AK_LIMIT, 0 },
		{ "many at once", "2", "1", "262145", AK_LIMIT, 0 },
		{ "little memory, hours", "131072", "1", "131072", AK_LIMIT, 0 },
		{ "just in time", "5000", "1", "1000", AK_OK, 5000000 },
		{ "just too long", "5000", "1", "1001", AK_LIMIT, 0 },
		{ "a product that wraps", "4294967296", "4294967296", "4294967296", AK_LIMIT, 0 },
		{ "a number that wraps", "18446744073709551617", "1", "1", AK_LIMIT, 0 },
		{ "no blocks", "16384", "0", "1", AK_BAD_FORMAT, 0 },
		{ "less than none", "-16384", "8", "1", AK_BAD_FORMAT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect(rows[i].rule, around(NID_pbes2, scrypt(rows[i].n, rows[i].r, rows[i].parallel)), 0, rows[i].want, rows[i].steps);
}

static void a_file_has_one_bound_for_all_its_derivations(void **state)
{
	(void)state;
	expect("the rest", around(NID_pbes2, pbkdf2("1000000")), 4000000, AK_OK, 1000000);
	expect("over the rest", around(NID_pbes2, pbkdf2("1000001")), 4000000, AK_LIMIT, 0);
	expect("over the rest, scrypt", around(NID_pbes2, scrypt("16384", "8", "1")), 4900000, AK_LIMIT, 0);
}

static void what_is_not_known_is_not_tried(void **state)
{
	X509_ALGOR *cut = X509_ALGOR_new();

	(void)state;
	expect("another scheme", algorithm(NID_sha256, NULL, NULL), 0, AK_BAD_FORMAT, 0);
	expect("another derivation", around(NID_pbes2, algorithm(NID_sha256, NULL, NULL)), 0, AK_BAD_FORMAT, 0);
	expect("PBES2 without parameters", algorithm(NID_pbes2, NULL, NULL), 0, AK_BAD_FORMAT, 0);
	expect("PBKDF2 without parameters", around(NID_pbes2, algorithm(NID_id_pbkdf2, NULL, NULL)), 0, AK_BAD_FORMAT, 0);
	expect("scrypt without parameters", around(NID_pbes2, algorithm(NID_id_scrypt, NULL, NULL)), 0, AK_BAD_FORMAT, 0);
	expect("PBES1 without parameters", algorithm(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NULL, NULL), 0, AK_BAD_FORMAT, 0);
	assert_non_null(cut);
	assert_int_equal(X509_ALGOR_set0(cut, OBJ_nid2obj(NID_pbes2), V_ASN1_UNDEF, NULL), 1);
	expect("PBES2 with nothing", cut, 0, AK_BAD_FORMAT, 0);
}

/* Who opens a file goes on after a block that is none: what comes behind it was not counted. */
static void what_comes_after_a_broken_block_is_not_opened(void **state)
{
	static const char plain[] = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
	static const struct {
		const char *before;
		ak_status want;
	} rows[] = {
		{ "", AK_OK },
		{ "a line that is none of it\n", AK_OK },
		{ "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n", AK_BAD_FORMAT },
		{ "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", AK_BAD_FORMAT },
		{ "-----BEGIN PRIVATE KEY-----\nA", AK_BAD_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char file[300];
		ak_error err = { 0 };

		(void)snprintf(file, sizeof(file), "%s%s", rows[i].before, plain);
		if (ak_kdf_admit_file((ak_span){ (const uint8_t *)file, strlen(file) }, &err) != rows[i].want)
			fail_msg("row %zu: %s", i, err.detail);
		if (rows[i].want != AK_OK)
			assert_string_equal(err.where, "key.derivation");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(iterations_have_a_bound),
		cmocka_unit_test(scrypt_has_two_bounds),
		cmocka_unit_test(a_file_has_one_bound_for_all_its_derivations),
		cmocka_unit_test(what_is_not_known_is_not_tried),
		cmocka_unit_test(what_comes_after_a_broken_block_is_not_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
